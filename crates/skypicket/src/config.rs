//! The site file: one TOML that says *what* (flags say *how to run*). Units stand in the keys, every key has a documented default,
//! unknown keys are faults. It is parsed once, here, and then resolved into a [`crate::plan::Plan`] of valid things.

mod faults;
mod keys;
mod read;
mod sections;
pub mod time_zone;
pub(crate) mod wording;

pub use faults::{Fault, Faults};
pub use sections::{
    AirspaceFile, Clock, Config, FeedConfig, Http, JournalConfig, SensorConfig, SensorKindName, Site, TransportConfig,
};

use keys::Keys;
use read::{sound, text_of};
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A parsed site file and where its parts stand in the text. What had a fault is left out of it.
pub struct Parsed {
    /// The sections.
    pub config: Config,
    /// Unknown keys and values of a wrong type, each with its line.
    pub faults: Faults,
    /// Feeds and sensors (`"feed/name"`) that had faults: others may name them all the same.
    pub left_out: Vec<String>,
    text: String,
    keys: Keys,
    kept: Kept,
}

/// Of the read items of each list: which of the file's they are. Those with faults are left out.
#[derive(Default)]
struct Kept {
    feeds: Vec<usize>,
    sensors: Vec<usize>,
    airspaces: Vec<usize>,
}

/// Which part of the file a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `[site]`
    Site,
    /// `[http]`
    Http,
    /// `[permission]`
    Permission,
    /// `[journal]`
    Journal,
    /// `[clock]`
    Clock,
    /// `[track]`
    Track,
    /// `[assess]`
    Assess,
    /// The n-th `[[feed]]` that was read
    Feed(usize),
    /// The n-th `[[sensor]]` that was read
    Sensor(usize),
    /// The n-th `[[airspace]]` that was read
    Airspace(usize),
}

/// What a site file may have.
const SECTIONS: [&str; 10] =
    ["site", "http", "journal", "clock", "feed", "sensor", "airspace", "permission", "track", "assess"];
/// The longest site file, bytes.
const MAX_SITE_BYTES: usize = 1 << 20;
/// Syntax faults told at once; a file with more is something else.
const MAX_SYNTAX_FAULTS: usize = 20;

/// Reads a site file. Faults that leave the rest readable are in [`Parsed::faults`], so that the rest can be checked too.
///
/// # Errors
/// Every syntax fault, each with its line: then nothing is known of the rest.
pub fn parse(text: &str) -> Result<Parsed, Faults> {
    if text.len() > MAX_SITE_BYTES {
        let what = format!("{} bytes: a site file has at most {MAX_SITE_BYTES}; is this one?", text.len());
        return Err(Faults::one(Fault { line: 0, what }));
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut faults = Faults::default();
        if errors.len() > MAX_SYNTAX_FAULTS {
            let what =
                format!("{} syntax faults, the first {MAX_SYNTAX_FAULTS} follow; is this a site file?", errors.len());
            faults.add(Fault { line: 0, what });
        }
        for error in errors.into_iter().take(MAX_SYNTAX_FAULTS) {
            faults.add(Fault::at(text, error.span().map_or(0, |span| span.start), error.message()));
        }
        return Err(faults);
    }
    let mut faults = Faults::default();
    let mut config = Config::default();
    let mut keys = Keys::default();
    let mut kept = Kept::default();
    let mut left_out = Vec::new();
    for (key, value) in table.into_inner() {
        keys.add(key.get_ref(), Keys::of(key.span().start, &value));
        match key.get_ref().as_ref() {
            "site" => section(text, "site", value, &mut config.site, &mut faults),
            "http" => section(text, "http", value, &mut config.http, &mut faults),
            "permission" => section(text, "permission", value, &mut config.permission, &mut faults),
            "journal" => section(text, "journal", value, &mut config.journal, &mut faults),
            "clock" => section(text, "clock", value, &mut config.clock, &mut faults),
            "track" => section(text, "track", value, &mut config.track, &mut faults),
            "assess" => section(text, "assess", value, &mut config.assess, &mut faults),
            "feed" => left_out.extend(list(text, "feed", value, &mut config.feed, &mut kept.feeds, &mut faults)),
            "sensor" => {
                left_out.extend(list(text, "sensor", value, &mut config.sensor, &mut kept.sensors, &mut faults));
            }
            "airspace" => {
                left_out.extend(list(text, "airspace", value, &mut config.airspace, &mut kept.airspaces, &mut faults));
            }
            other => {
                let meant = crate::near::did_you_mean(other, SECTIONS.iter().copied());
                let what = format!("unknown section \"{other}\"; there are {}{meant}", SECTIONS.join(", "));
                faults.add(Fault::at(text, key.span().start, &what));
            }
        }
    }
    Ok(Parsed { config, faults, left_out, text: text.to_owned(), keys, kept })
}

impl Parsed {
    /// A fault of a key of some part (`transport.listen`; empty for the part as a whole), with the line of the key or, where that is
    /// left out, of what it belongs in.
    #[must_use]
    pub fn fault(&self, part: Part, key: &str, what: &str) -> Fault {
        Fault::at(&self.text, self.keys.nearest(&self.path(part, key)), what)
    }

    /// As [`Self::fault`] of the key below `key` that `message` begins with or names in backticks, as the messages of formats,
    /// transports and detectors do.
    #[must_use]
    pub fn fault_named_in(&self, part: Part, key: &str, message: &str, what: &str) -> Fault {
        Fault::at(&self.text, self.keys.named_in(&self.path(part, key), message), what)
    }

    /// The 1-based line of a key, for a fault elsewhere that names it.
    #[must_use]
    pub fn line(&self, part: Part, key: &str) -> usize {
        self.fault(part, key, "").line
    }

    fn path(&self, part: Part, key: &str) -> String {
        // What is not among the read items cannot be asked for; the list itself stands in.
        let item = |list: &str, kept: &[usize], n: usize| match kept.get(n) {
            Some(number) => format!("{list}.{number}"),
            None => list.to_owned(),
        };
        let part = match part {
            Part::Site => "site".to_owned(),
            Part::Http => "http".to_owned(),
            Part::Permission => "permission".to_owned(),
            Part::Journal => "journal".to_owned(),
            Part::Clock => "clock".to_owned(),
            Part::Track => "track".to_owned(),
            Part::Assess => "assess".to_owned(),
            Part::Feed(n) => item("feed", &self.kept.feeds, n),
            Part::Sensor(n) => item("sensor", &self.kept.sensors, n),
            Part::Airspace(n) => item("airspace", &self.kept.airspaces, n),
        };
        if key.is_empty() { part } else { format!("{part}.{key}") }
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn section<T: DeserializeOwned>(
    text: &str,
    name: &str,
    value: Spanned<DeValue<'_>>,
    into: &mut T,
    faults: &mut Faults,
) {
    if let Some(read) = sound(text, name, value, faults) {
        *into = read;
    }
}

/// Reads the items of a list; returns the names of those that had faults.
fn list<T: DeserializeOwned>(
    text: &str,
    name: &str,
    value: Spanned<DeValue<'_>>,
    into: &mut Vec<T>,
    kept: &mut Vec<usize>,
    faults: &mut Faults,
) -> Vec<String> {
    let span = value.span();
    let DeValue::Array(items) = value.into_inner() else {
        faults.add(Fault::at(text, span.start, &format!("{name} is a list: write [[{name}]]")));
        return Vec::new();
    };
    let mut left_out = Vec::new();
    for (number, item) in items.into_iter().enumerate() {
        let own = text_of(&item, "name").unwrap_or_default();
        let full = text_of(&item, "feed").map_or_else(|| own.clone(), |feed| format!("{feed}/{own}"));
        match sound(text, &format!("{name} {}", number + 1), item, faults) {
            Some(read) => {
                into.push(read);
                kept.push(number);
            }
            None => left_out.push(full),
        }
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = "[site]\nname = 3\nsurprise = 1\ntime_zone = true\n\n[[feed]]\nname = \"a\"\nformat = 7\ntransport = { kind = \"tcp\" }\nwrong = 1\n\n\
                    [surprise]\n\n[[sensor]]\nname = \"s\"\nfeed = \"a\"\nkind = \"radar2d\"\nlat_deg = \"51\"\nlon_deg = 22.0\nperiod_s = \"4\"\n";
        let Ok(parsed) = parse(text) else { panic!("its syntax is right") };
        let lines: Vec<usize> = parsed.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4, 8, 10, 12, 18, 20], "{}", parsed.faults);
        // What had no fault is read; the feed without its format cannot be, but is known by name.
        assert_eq!(parsed.config.sensor[0].lon_deg, Some(22.0));
        assert_eq!(parsed.left_out, ["a"]);
    }

    #[test]
    fn what_is_no_site_file_is_told_so_in_few_lines() {
        let Err(faults) = parse(&"8d4840d6202cc371c32ce0576098\n=\n".repeat(10_000)) else { panic!("no site file") };
        assert_eq!(faults.len(), MAX_SYNTAX_FAULTS + 1);
        assert!(faults.to_string().contains("is this a site file?"));
        let Err(faults) = parse(&"# long\n".repeat(200_000)) else { panic!("too long") };
        assert!(faults.len() == 1 && faults.to_string().contains("at most 1048576"), "{faults}");
    }

    #[test]
    fn every_syntax_fault_is_told_with_its_line() {
        let faults = parse("a = \n[site]\nname = \"x\n\n[[feed]\n").err().expect("faults");
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 3, 5], "{faults}");
    }

    #[test]
    fn a_missing_key_is_told_once_and_what_was_left_out_is_not_missing() {
        let Ok(parsed) = parse("[[feed]]\nname = 1\ntransport = { kind = \"stdin\" }\n") else {
            panic!("its syntax is right")
        };
        let told: Vec<String> = parsed.faults.iter().map(|fault| fault.what.clone()).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|what| what == "feed 1: name is 1, must be a text in quotes"), "{told:?}");
        assert!(told.iter().any(|what| what == "feed 1: format is missing"), "{told:?}");
    }

    #[test]
    fn an_empty_file_is_a_site_with_defaults() {
        let Ok(parsed) = parse("") else { panic!("an empty file has no faults") };
        assert_eq!(parsed.config.http.listen.to_string(), "127.0.0.1:8470");
    }
}
