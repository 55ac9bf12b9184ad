//! Feeds and the interface: what the config names must exist, and what is dangerous must be asked for.

use super::PlannedFeed;
use crate::config::wording::in_words;
use crate::config::{Faults, Http, Parsed, Part, SensorConfig, time_zone};
use crate::near::did_you_mean;
use crate::transport::{self, Listening};
use skypicket_model::{Airspace, FeedId};
use skypicket_wire::FeedSetup;
use std::sync::Arc;

/// How many feeds a site may have.
const MAX_FEEDS: usize = 4096;

/// The feeds that could be resolved, by number, each with its place among those of the file; faults for the others.
pub(super) fn feeds(parsed: &Parsed, faults: &mut Faults) -> Vec<(usize, PlannedFeed)> {
    let mut feeds: Vec<(usize, PlannedFeed)> = Vec::new();
    let written = &parsed.config.feed;
    for (number, feed) in written.iter().enumerate().take(MAX_FEEDS) {
        let own = Part::Feed(number);
        let named = |what: &str| format!("feed \"{}\": {what}", feed.name);
        let format = skypicket_wire::decoder(&feed.format);
        if format.is_none() {
            let names: Vec<&str> = skypicket_wire::DECODERS.iter().map(|kind| kind.name).collect();
            let meant = did_you_mean(&feed.format, names.iter().copied());
            let what = format!("format is \"{}\", must be one of {}{meant}", feed.format, names.join(", "));
            faults.add(parsed.fault(own, "format", &named(&what)));
        }
        let params = to_json(feed.params.clone().unwrap_or_default());
        let transport_params = to_json(feed.transport.params.clone());
        let kind = transport::kind(&feed.transport.kind);
        match kind {
            None => {
                let names: Vec<&str> = transport::TRANSPORTS.iter().map(|kind| kind.name).collect();
                let meant = did_you_mean(&feed.transport.kind, names.iter().copied());
                let kind = &feed.transport.kind;
                let what = format!("transport.kind is \"{kind}\", must be one of {}{meant}", names.join(", "));
                faults.add(parsed.fault(own, "transport.kind", &named(&what)));
            }
            Some(kind) => {
                if let Err(why) = (kind.check)(&transport_params) {
                    let what = named(&format!("transport {}: {}", kind.name, in_words(&why)));
                    faults.add(parsed.fault_named_in(own, "transport", &why, &what));
                }
            }
        }
        if feed.name.is_empty() {
            faults.add(parsed.fault(own, "name", "feed \"\": the name is empty; every feed has its own"));
        } else if let Some(other) = written.iter().take(number).position(|other| other.name == feed.name) {
            let line = parsed.line(Part::Feed(other), "name");
            let what = format!("name is that of the feed on line {line} too; every feed has its own");
            faults.add(parsed.fault(own, "name", &named(&what)));
        }
        let (Some(format), Some(kind)) = (format, kind) else { continue };
        let id = FeedId(feeds.len() as u16);
        let planned = PlannedFeed {
            id,
            name: feed.name.clone(),
            format,
            setup: FeedSetup { feed: id, sensors: Arc::new([]), params },
            transport: Some((kind, transport_params)),
        };
        feeds.push((number, planned));
    }
    feeds
}

/// Ports that two feeds, or a feed and the map, would take from each other.
pub(super) fn ports(parsed: &Parsed, faults: &mut Faults) {
    let mut taken: Vec<(Listening, String)> = Vec::new();
    let map = parsed.config.http.listen;
    taken.push((Listening::tcp(map), format!("the map (http.listen {map})")));
    for (number, feed) in parsed.config.feed.iter().enumerate().take(MAX_FEEDS) {
        let listens = transport::kind(&feed.transport.kind)
            .and_then(|kind| (kind.listens)(&to_json(feed.transport.params.clone())));
        let Some(listens) = listens else { continue };
        let own = Part::Feed(number);
        if let Some((_, other)) = taken.iter().find(|(other, _)| other.excludes(&listens)) {
            let what = format!(
                "feed \"{}\": transport.listen is {listens}, which {other} takes; give one of them another port",
                feed.name
            );
            faults.add(parsed.fault(own, "transport.listen", &what));
        }
        let line = parsed.line(own, "transport.listen");
        taken.push((listens, format!("feed \"{}\" on line {line} ({listens})", feed.name)));
    }
}

/// Sensors of one feed that have one name: formats and lineage name them by it.
pub(super) fn sensor_names(parsed: &Parsed, faults: &mut Faults) {
    let written = &parsed.config.sensor;
    for (number, sensor) in written.iter().enumerate() {
        let same = |other: &SensorConfig| other.feed == sensor.feed && other.name == sensor.name;
        if let Some(other) = written.iter().take(number).position(same) {
            let line = parsed.line(Part::Sensor(other), "name");
            let what = format!(
                "sensor \"{}\": name is that of the sensor of feed \"{}\" on line {line} too; within a feed every sensor has its own",
                sensor.name, sensor.feed
            );
            faults.add(parsed.fault(Part::Sensor(number), "name", &what));
        }
    }
}

/// Rules for airspaces that nobody watches: they would never hold.
pub(super) fn rules(parsed: &Parsed, airspaces: &[Airspace], faults: &mut Faults) {
    let watched: Vec<&str> =
        airspaces.iter().filter(|airspace| airspace.watched).map(|airspace| airspace.code.as_str()).collect();
    for (number, rule) in parsed.config.permission.rule.iter().enumerate() {
        for (place, code) in rule.airspace.iter().enumerate().filter(|(_, code)| !watched.contains(&code.as_str())) {
            let meant = did_you_mean(code, watched.iter().copied());
            let codes = if watched.is_empty() { "none is watched".to_owned() } else { watched.join(", ") };
            let what = format!(
                "permission rule \"{}\": airspace is \"{code}\", must be the code of a watched airspace: {codes}{meant}",
                rule.name
            );
            faults.add(parsed.fault(Part::Permission, &format!("rule.{number}.airspace.{place}"), &what));
        }
    }
}

/// TOML to JSON: dates become text, everything else is itself.
fn to_json(table: toml::Table) -> serde_json::Value {
    serde_json::to_value(table).unwrap_or_default()
}

/// Faults of the `[site]` section but for its airspaces and files.
pub(super) fn site(parsed: &Parsed, faults: &mut Faults) {
    let zone = &parsed.config.site.time_zone;
    if !time_zone::exists(zone) {
        let meant = did_you_mean(zone, time_zone::names());
        let what = format!("site.time_zone is \"{zone}\", must be an IANA name such as \"Europe/Warsaw\"{meant}");
        faults.add(parsed.fault(Part::Site, "time_zone", &what));
    }
}

/// Limits of the `[journal]` section with which it could not do its work.
pub(super) fn journal(parsed: &Parsed, faults: &mut Faults) {
    let journal = &parsed.config.journal;
    let mut fault = |key: &str, what: String| {
        faults.add(parsed.fault(Part::Journal, key, &format!("journal.{key} is {what}")));
    };
    let (least, most) = (1 << 20, 1 << 32);
    if !(least..=most).contains(&journal.segment_bytes) {
        fault("segment_bytes", format!("{}, must be in [{least}, {most}]", journal.segment_bytes));
    } else if journal.max_bytes < 16 * journal.segment_bytes {
        // An epoch ends at a quarter of the limit, and only whole segments of ended epochs are removed.
        let least = 16 * journal.segment_bytes;
        fault("max_bytes", format!("{}, must be {least} or more: 16 segments", journal.max_bytes));
    }
    if journal.max_age_days == 0 {
        fault("max_age_days", "0, must be 1 or more".to_owned());
    }
    if journal.checkpoint_every_s < 10 {
        fault("checkpoint_every_s", format!("{}, must be 10 or more", journal.checkpoint_every_s));
    }
}

/// Faults of the `[http]` section.
pub(super) fn http(parsed: &Parsed, faults: &mut Faults) {
    for (key, what) in listen(&parsed.config.http) {
        faults.add(parsed.fault(Part::Http, key, &what));
    }
}

/// Anything but loopback needs TLS and a token: a picture of a country's air is not for the neighbourhood. Each fault with the key that
/// it is about.
pub(super) fn listen(http: &Http) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    if !http.listen.ip().is_loopback() {
        let reachable = format!("http.listen is {}, which others can reach", http.listen);
        if http.tls_certificate.is_none() || http.tls_key.is_none() {
            faults.push(("listen", format!("{reachable}: set tls_certificate and tls_key, or listen on 127.0.0.1")));
        }
        if http.token_file.is_none() {
            faults.push(("listen", format!("{reachable}: set token_file, or listen on 127.0.0.1")));
        }
    }
    if http.tls_certificate.is_some() != http.tls_key.is_some() {
        let written = if http.tls_certificate.is_some() { "tls_certificate" } else { "tls_key" };
        faults.push((written, "http.tls_certificate and http.tls_key belong together".to_owned()));
    }
    faults
}

/// Parameters of clock and detectors: ranges that serde cannot say.
pub(super) fn params(parsed: &Parsed, faults: &mut Faults) {
    let clock = parsed.config.clock;
    for (key, value, why) in
        [("max_late_s", clock.max_late_s, ": later data cannot be worked in"), ("max_early_s", clock.max_early_s, "")]
    {
        if !(0.0..=60.0).contains(&value) {
            let what = format!("clock.{key} is {value}, must be in [0, 60]{why}");
            faults.add(parsed.fault(Part::Clock, key, &what));
        }
    }
    for what in parsed.config.assess.faults() {
        let message = what.strip_prefix("assess: ").unwrap_or(&what);
        faults.add(parsed.fault_named_in(Part::Assess, "", message, &what));
    }
}

/// What an entry looks at before its stay, seconds: a margin of 5, a pause of 20 that may be one stay still, and 60 that are not settled yet
/// (docs/detectors/airspace_entry.md).
const BEFORE_STAY_S: f64 = 85.0;

/// What is kept of tracks' ways must reach back as far as entries look; of a shorter way they would tell another entry.
pub(super) fn ways(parsed: &Parsed, faults: &mut Faults) {
    let (lag_s, stay_s) = (parsed.config.track.smooth_lag_s, parsed.config.assess.airspace_entry.stay_s);
    let needed_s = stay_s + BEFORE_STAY_S;
    if (0.0..needed_s).contains(&lag_s) && parsed.config.assess.faults().is_empty() {
        let what = format!(
            "track.smooth_lag_s is {lag_s}, must be {needed_s} or more: an entry looks back {BEFORE_STAY_S} s beyond assess.airspace_entry.stay_s, which is {stay_s}"
        );
        faults.add(parsed.fault(Part::Track, "smooth_lag_s", &what));
    }
}

/// Parameters with which the tracker could not do its work. A recording that was made with such ones is played as it was.
pub(super) fn tracker(parsed: &Parsed, faults: &mut Faults) {
    for what in parsed.config.track.faults() {
        let message = what.strip_prefix("track: ").unwrap_or(&what);
        faults.add(parsed.fault_named_in(Part::Track, "", message, &what));
    }
}
