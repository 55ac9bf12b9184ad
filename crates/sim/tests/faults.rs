//! Faults in scenarios are told with their line and what is wanted.

mod common;

use common::SMALL;
use skypicket_sim::World;

/// What the small world says when one piece of its text is replaced.
fn fault(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from}");
    let text = SMALL.replacen(from, to, 1);
    let error = World::from_scenario(&text).map(|_| ()).expect_err(to);
    let line = text.lines().nth(error.line.saturating_sub(1)).unwrap_or_default();
    format!("{} | {line}", error.what)
}

#[test]
fn a_fault_names_its_line_and_what_is_wanted() {
    let cases = [
        ("begin = \"2025-09-09T23:55:00Z\"", "begin = \"yesterday\"", "is no RFC 3339 moment"),
        ("end = \"+10:00\"", "end = \"23:50:00Z\"", "end must be after begin"),
        ("period_s = 5", "period_s = 0", "period_s is 0, must be above 0"),
        ("range_km = [1, 300]", "range_km = [1, 900]", "farthest at most 470"),
        ("clutter = 3", "cluter = 3", "unknown field `cluter`"),
        ("kind = \"drone\"", "kind = \"dragon\"", "unknown variant `dragon`"),
        ("squawk = \"1234\"", "squawk = \"1289\"", "is not four octal digits"),
        ("address = \"489abc\"", "address = \"48zzzz\"", "is not six hexadecimal digits"),
        ("name = \"post\"", "name = \"radar\"", "the name \"radar\" is given twice"),
        ("at = [51.49, 23.90]", "at = \"Nowhere\"", "no place \"Nowhere\" in [places]"),
        ("silent-mover enters AAA", "ghost enters AAA", "no target \"ghost\" in this world"),
        ("liner causes no incident", "liner is happy", "is no statement known"),
        ("after 00:01:00Z", "whenever", "is no time: write by T"),
        ("path = [{ to = [51.45, 24.3], agl_m = 800, km_h = 160 }", "path = [{ to = [51.45, 24.3] }", "needs a height"),
    ];
    for (from, to, wanted) in cases {
        let got = fault(from, to);
        assert!(got.contains(wanted), "{to}: {got}");
    }
}

#[test]
fn the_line_is_that_of_the_file() {
    let text = SMALL.replacen("silent-mover enters AAA", "ghost enters AAA", 1);
    let line = 1 + text.lines().position(|line| line.starts_with("ghost")).expect("there");
    assert_eq!(World::from_scenario(&text).map(|_| ()).expect_err("ghost").line, line);
    let text = SMALL.replacen("clutter = 3", "cluter = 3", 1);
    let line = 1 + text.lines().position(|line| line.starts_with("cluter")).expect("there");
    assert_eq!(World::from_scenario(&text).map(|_| ()).expect_err("cluter").line, line);
}

#[test]
fn nonsense_is_refused_without_a_panic() {
    for text in ["", "```toml\n```", "```toml\n[world]\n```", "```toml", "```expect\nno incidents\n```", "\u{0}\u{1}"] {
        assert!(World::from_scenario(text).is_err(), "{text:?}");
    }
    // Cut anywhere, the text gives a world or an error.
    for end in (0..SMALL.len()).step_by(37) {
        let _ = World::from_scenario(SMALL.get(..end).unwrap_or_default());
    }
}
