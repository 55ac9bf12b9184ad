//! Which time zones there are: the names of the IANA time zone database 2025b (public domain), zones and links. The map's browser knows
//! their rules; here only the name is checked, from a list of our own, so that a plan is the same on every machine.

/// One name a line, sorted.
const NAMES: &str = include_str!("time_zones.txt");

/// All names.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// Whether there is such a zone; upper and lower case as the database writes them.
#[must_use]
pub fn exists(name: &str) -> bool {
    names().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_sorted() {
        assert!(names().is_sorted());
        for name in ["Europe/Warsaw", "Europe/Kyiv", "Europe/Kiev", "UTC", "America/Argentina/Ushuaia"] {
            assert!(exists(name), "{name}");
        }
        for name in ["", "Europe", "europe/warsaw", "Europe/Warsow", "Europe/Warsaw "] {
            assert!(!exists(name), "{name}");
        }
    }
}
