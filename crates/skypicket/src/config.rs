//! The site file: one TOML that says *what* (flags say *how to run*). Units stand in the keys, every key has a documented default,
//! unknown keys are faults. It is parsed once, here, and then resolved into a [`crate::plan::Plan`] of valid things.

mod faults;
mod sections;

pub use faults::{Fault, Faults};
pub use sections::{
    AirspaceFile, Clock, Config, FeedConfig, Http, JournalConfig, SensorConfig, SensorKindName, Site, TransportConfig,
};

use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// A parsed site file and where its parts stand in the text.
pub struct Parsed {
    /// The sections.
    pub config: Config,
    text: String,
    places: Places,
}

/// Byte ranges of the list items that faults are told about.
#[derive(Default)]
struct Places {
    feeds: Vec<Range<usize>>,
    sensors: Vec<Range<usize>>,
    airspaces: Vec<Range<usize>>,
    site: Range<usize>,
    http: Range<usize>,
    permission: Range<usize>,
    clock: Range<usize>,
    assess: Range<usize>,
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
    /// `[clock]`
    Clock,
    /// `[assess]`
    Assess,
    /// The n-th `[[feed]]`
    Feed(usize),
    /// The n-th `[[sensor]]`
    Sensor(usize),
    /// The n-th `[[airspace]]`
    Airspace(usize),
}

/// Reads a site file and reports all its faults at once.
///
/// # Errors
/// Every syntax fault, unknown key and value of a wrong type, each with its line.
pub fn parse(text: &str) -> Result<Parsed, Faults> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Faults::one(Fault::at(text, at, error.message()))
    })?;
    let mut faults = Faults::default();
    let mut config = Config::default();
    let mut places = Places::default();
    for (key, value) in table.into_inner() {
        let span = value.span();
        match key.get_ref().as_ref() {
            "site" => {
                places.site = span;
                section(text, "site", value, &mut config.site, &mut faults);
            }
            "http" => {
                places.http = span;
                section(text, "http", value, &mut config.http, &mut faults);
            }
            "permission" => {
                places.permission = span;
                section(text, "permission", value, &mut config.permission, &mut faults);
            }
            "journal" => section(text, "journal", value, &mut config.journal, &mut faults),
            "clock" => {
                places.clock = span;
                section(text, "clock", value, &mut config.clock, &mut faults);
            }
            "track" => section(text, "track", value, &mut config.track, &mut faults),
            "assess" => {
                places.assess = span;
                section(text, "assess", value, &mut config.assess, &mut faults);
            }
            "feed" => list(text, "feed", value, &mut config.feed, &mut places.feeds, &mut faults),
            "sensor" => list(text, "sensor", value, &mut config.sensor, &mut places.sensors, &mut faults),
            "airspace" => list(text, "airspace", value, &mut config.airspace, &mut places.airspaces, &mut faults),
            other => {
                let what = format!(
                    "unknown section \"{other}\"; there are site, http, journal, clock, feed, sensor, airspace, permission, track, assess"
                );
                faults.add(Fault::at(text, key.span().start, &what));
            }
        }
    }
    if faults.is_empty() { Ok(Parsed { config, text: text.to_owned(), places }) } else { Err(faults) }
}

impl Parsed {
    /// A fault of some part, with the line on which that part begins.
    #[must_use]
    pub fn fault(&self, part: Part, what: &str) -> Fault {
        let span = match part {
            Part::Site => Some(&self.places.site),
            Part::Http => Some(&self.places.http),
            Part::Permission => Some(&self.places.permission),
            Part::Clock => Some(&self.places.clock),
            Part::Assess => Some(&self.places.assess),
            Part::Feed(n) => self.places.feeds.get(n),
            Part::Sensor(n) => self.places.sensors.get(n),
            Part::Airspace(n) => self.places.airspaces.get(n),
        };
        Fault::at(&self.text, span.map_or(0, |span| span.start), what)
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
    let at = value.span().start;
    match T::deserialize(ValueDeserializer::from(value)) {
        Ok(parsed) => *into = parsed,
        Err(error) => {
            let at = error.span().map_or(at, |span| span.start);
            faults.add(Fault::at(text, at, &format!("{name}: {}", error.message())));
        }
    }
}

fn list<T: DeserializeOwned>(
    text: &str,
    name: &str,
    value: Spanned<DeValue<'_>>,
    into: &mut Vec<T>,
    places: &mut Vec<Range<usize>>,
    faults: &mut Faults,
) {
    let span = value.span();
    let DeValue::Array(items) = value.into_inner() else {
        faults.add(Fault::at(text, span.start, &format!("{name} is a list: write [[{name}]]")));
        return;
    };
    for (number, item) in items.into_iter().enumerate() {
        let span = item.span();
        match T::deserialize(ValueDeserializer::from(item)) {
            Ok(parsed) => {
                into.push(parsed);
                places.push(span);
            }
            Err(error) => {
                let at = error.span().map_or(span.start, |span| span.start);
                faults.add(Fault::at(text, at, &format!("{name} {}: {}", number + 1, error.message())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = "[site]\nname = 3\n\n[[feed]]\nname = \"a\"\nformat = \"beast\"\ntransport = { kind = \"tcp\" }\nwrong = 1\n\n[surprise]\n";
        let faults = parse(text).err().expect("three faults");
        let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 8, 10], "{faults}");
    }

    #[test]
    fn an_empty_file_is_a_site_with_defaults() {
        let Ok(parsed) = parse("") else { panic!("an empty file has no faults") };
        assert_eq!(parsed.config.http.listen.to_string(), "127.0.0.1:8470");
    }
}
