//! Faults of the parser in the words of a site file: `is "POL", must be a list` instead of ``invalid type: string "POL", expected a sequence``.

use crate::near::did_you_mean;

/// What the parser's message means. What is not known stays as it is. A text that begins with `is` or `must` wants its key before it.
pub(crate) fn in_words(message: &str) -> String {
    // A message may begin with its key, as those of transports and formats do.
    if let Some((key, rest)) = message.split_once(": ")
        && !key.contains(' ')
    {
        let words = in_words(rest);
        let joint = if needs_key(&words) { " " } else { ": " };
        return format!("{key}{joint}{words}");
    }
    if message == "invalid socket address syntax" {
        return "must be a numeric address with its port, such as 127.0.0.1:8470".to_owned();
    }
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return format!("{key} is missing");
    }
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = wrong.and_then(|wrong| wrong.rsplit_once(", expected ")) {
        return format!("is {}, must be {}", value(found), type_wanted(wanted));
    }
    for (begin, what) in [("unknown field `", "unknown key"), ("unknown variant `", "unknown word")] {
        let parts = message.strip_prefix(begin).and_then(|rest| rest.split_once("`, expected "));
        if let Some((typed, known)) = parts {
            let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
            return format!("{what} \"{typed}\"; there are {}{}", names.join(", "), did_you_mean(typed, names.clone()));
        }
    }
    message.to_owned()
}

/// Whether the words need the key before them.
pub(crate) fn needs_key(words: &str) -> bool {
    words.starts_with("is ") || words.starts_with("must ")
}

/// A value as it stands in the file: ``integer `-1` `` is -1.
fn value(found: &str) -> String {
    let quoted = found.split_once('`').and_then(|(_, rest)| rest.strip_suffix('`'));
    let text = found.strip_prefix("string ");
    match (quoted, text) {
        (_, Some(text)) => text.to_owned(),
        (Some(value), None) => value.to_owned(),
        (None, None) => match found {
            "map" => "a table".to_owned(),
            "sequence" => "a list".to_owned(),
            other => other.to_owned(),
        },
    }
}

fn type_wanted(wanted: &str) -> String {
    match wanted {
        "a sequence" => "a list: [\"…\"]".to_owned(),
        "a string" | "path string" => "a text in quotes".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "u16" | "u32" | "u64" | "usize" => "a whole number of 0 or more, without quotes".to_owned(),
        "socket address" => "a numeric address with its port in quotes, such as \"127.0.0.1:8470\"".to_owned(),
        "struct TransportConfig" => "a table such as { kind = \"udp\", listen = \"0.0.0.0:8600\" }".to_owned(),
        other if other == "a map" || other.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parsers_words_become_those_of_the_file() {
        let cases = [
            ("invalid type: string \"POL\", expected a sequence", "is \"POL\", must be a list: [\"…\"]"),
            ("invalid value: integer `-1`, expected u32", "is -1, must be a whole number of 0 or more, without quotes"),
            ("invalid type: floating point `1.5`, expected a string", "is 1.5, must be a text in quotes"),
            ("missing field `format`", "format is missing"),
            (
                "unknown field `nmae`, expected one of `name`, `watch`",
                "unknown key \"nmae\"; there are name, watch; did you mean name?",
            ),
            ("unknown field `x`, expected `epoch`", "unknown key \"x\"; there are epoch"),
            (
                "listen: invalid socket address syntax",
                "listen must be a numeric address with its port, such as 127.0.0.1:8470",
            ),
            ("connect: missing field `connect`", "connect: connect is missing"),
            ("max_connections is 0, must be in [1, 1024]", "max_connections is 0, must be in [1, 1024]"),
        ];
        for (message, words) in cases {
            assert_eq!(in_words(message), words);
        }
    }
}
