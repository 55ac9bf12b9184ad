//! Mark-up to plain text: tags go, what ends a paragraph becomes a line's end, entities become characters. No script is looked at.

/// Named entities that newspapers' texts have; others stay as they are written.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("ldquo", '\u{201c}'),
    ("rdquo", '\u{201d}'),
    ("bdquo", '\u{201e}'),
    ("hellip", '\u{2026}'),
];
/// Tags whose text is none.
const SILENT: &[&str] = &["script", "style", "head", "template"];
/// Tags that end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "br",
    "div",
    "li",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "blockquote",
    "article",
    "section",
];

/// The text of a piece of mark-up.
pub(super) fn text_of(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let tag = &rest[at + 1..];
        // What is no tag is a sign of its own.
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') {
            text.push('<');
            rest = tag;
            continue;
        }
        let (inside, after) = match tag.strip_prefix("!--") {
            Some(comment) => comment.split_once("-->").unwrap_or(("", "")),
            None => tag.split_once('>').unwrap_or((tag, "")),
        };
        let name = inside.trim_start_matches('/');
        let name = name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())].to_ascii_lowercase();
        rest = after;
        if !inside.starts_with('/') && SILENT.contains(&name.as_str()) {
            let end = format!("</{name}");
            rest = rest.find(&end).map_or("", |at| &rest[at..]);
        }
        if BLOCKS.contains(&name.as_str()) {
            text.push('\n');
        }
    }
    text.push_str(rest);
    tidy(&entities(&text))
}

/// Entities as characters.
pub(super) fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let known = after.find(';').filter(|end| *end <= 10).and_then(|end| Some((entity(&after[..end])?, end)));
        match known {
            Some((c, end)) => {
                out.push(c);
                rest = &after[end + 1..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control() || *c == '\n');
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

/// One space between words, one line's end between paragraphs, no control characters.
pub(super) fn tidy(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(|line| {
        let words: Vec<&str> =
            line.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
        words.join(" ")
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_left_and_nothing_else() {
        let markup = "<p>Three&nbsp;came&#8217;s &amp; went</p><script>if (a < b) {}</script><!-- no > --><p class=\"x\">2 < 3 &unknown; &#x41;</p>";
        assert_eq!(text_of(markup), "Three came\u{2019}s & went\n2 < 3 &unknown; A");
        assert_eq!(text_of("<script>never ends"), "");
        assert_eq!(text_of("<"), "<");
        assert_eq!(text_of("a <b"), "a");
    }
}
