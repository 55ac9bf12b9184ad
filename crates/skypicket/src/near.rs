//! What somebody may have meant who mistyped a name.

/// Longest word that is compared, characters.
const MAX_CHARS: usize = 64;

/// The known name that is nearest to a mistyped one, if any is near: one that begins so, or one that differs by at most a third of its
/// characters. Upper and lower case count as the same.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = |word: &str| word.to_lowercase().chars().take(MAX_CHARS).collect::<Vec<char>>();
    let typed = lower(typed.trim());
    if typed.is_empty() {
        return None;
    }
    let near = known.into_iter().filter_map(|name| {
        let word = lower(name);
        let steps = distance(&typed, &word);
        let begins = typed.len() >= 3 && word.starts_with(&typed);
        (steps * 3 <= word.len().max(typed.len()) || begins).then_some((steps, name))
    });
    near.min_by_key(|(steps, _)| *steps).map(|(_, name)| name)
}

/// `"; did you mean NAME?"`, or nothing.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(typed, known).map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// Fewest characters to put in, leave out, exchange, or swap with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let exchanged = row[j] + usize::from(x != y);
            let mut best = exchanged.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                best = best.min(before[j - 1] + 1);
            }
            next[j + 1] = best;
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_and_nothing_far_off() {
        let known = ["Poland", "Portugal", "Germany", "POL", "DEU", "Europe/Warsaw", "beast", "asterix"];
        for (typed, meant) in [
            ("Polnad", Some("Poland")),
            ("polan", Some("Poland")),
            ("Germ", Some("Germany")),
            ("Europe/Warsow", Some("Europe/Warsaw")),
            ("POK", Some("POL")),
            ("beest", Some("beast")),
            ("morse", None),
            ("", None),
            ("xyz", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
        assert_eq!(did_you_mean("asterisk", known), "; did you mean asterix?");
        assert_eq!(did_you_mean(&"x".repeat(10_000), known), "");
    }
}
