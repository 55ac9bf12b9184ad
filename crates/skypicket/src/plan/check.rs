//! Feeds and the interface: what the config names must exist, and what is dangerous must be asked for.

use super::PlannedFeed;
use crate::config::{Faults, Http, Parsed, Part, time_zone};
use crate::near::did_you_mean;
use crate::transport;
use skypicket_model::FeedId;
use skypicket_wire::FeedSetup;
use std::sync::Arc;

/// How many feeds a site may have.
const MAX_FEEDS: usize = 4096;

/// The feeds that could be resolved, by number; faults for the others.
pub(super) fn feeds(parsed: &Parsed, faults: &mut Faults) -> Vec<PlannedFeed> {
    let mut feeds: Vec<PlannedFeed> = Vec::new();
    for (number, feed) in parsed.config.feed.iter().enumerate().take(MAX_FEEDS) {
        let mut fault =
            |what: String| faults.add(parsed.fault(Part::Feed(number), &format!("feed \"{}\": {what}", feed.name)));
        let format = skypicket_wire::decoder(&feed.format);
        if format.is_none() {
            let names: Vec<&str> = skypicket_wire::DECODERS.iter().map(|kind| kind.name).collect();
            let meant = did_you_mean(&feed.format, names.iter().copied());
            fault(format!("format is \"{}\", must be one of {}{meant}", feed.format, names.join(", ")));
        }
        let params = to_json(feed.params.clone().unwrap_or_default());
        let transport_params = to_json(feed.transport.params.clone());
        let kind = transport::kind(&feed.transport.kind);
        match kind {
            None => {
                let names: Vec<&str> = transport::TRANSPORTS.iter().map(|kind| kind.name).collect();
                let meant = did_you_mean(&feed.transport.kind, names.iter().copied());
                let kind = &feed.transport.kind;
                fault(format!("transport.kind is \"{kind}\", must be one of {}{meant}", names.join(", ")));
            }
            Some(kind) => {
                if let Err(why) = (kind.check)(&transport_params) {
                    fault(format!("transport {}: {why}", kind.name));
                }
            }
        }
        if feeds.iter().any(|other| other.name == feed.name) || feed.name.is_empty() {
            fault("the name is empty or used twice; every feed has its own".to_owned());
        }
        let (Some(format), Some(kind)) = (format, kind) else { continue };
        let id = FeedId(feeds.len() as u16);
        feeds.push(PlannedFeed {
            id,
            name: feed.name.clone(),
            format,
            setup: FeedSetup { feed: id, sensors: Arc::new([]), params },
            transport: Some((kind, transport_params)),
        });
    }
    feeds
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
        faults.add(parsed.fault(Part::Site, &what));
    }
}

/// Faults of the `[http]` section.
pub(super) fn http(parsed: &Parsed, faults: &mut Faults) {
    for what in listen(&parsed.config.http) {
        faults.add(parsed.fault(Part::Http, &what));
    }
}

/// Anything but loopback needs TLS and a token: a picture of a country's air is not for the neighbourhood.
pub(super) fn listen(http: &Http) -> Vec<String> {
    let mut faults = Vec::new();
    if !http.listen.ip().is_loopback() {
        let reachable = format!("http.listen is {}, which others can reach", http.listen);
        if http.tls_certificate.is_none() || http.tls_key.is_none() {
            faults.push(format!("{reachable}: set tls_certificate and tls_key, or listen on 127.0.0.1"));
        }
        if http.token_file.is_none() {
            faults.push(format!("{reachable}: set token_file, or listen on 127.0.0.1"));
        }
    }
    if http.tls_certificate.is_some() != http.tls_key.is_some() {
        faults.push("http.tls_certificate and http.tls_key belong together".to_owned());
    }
    faults
}

/// Parameters of tracker and detectors: ranges that serde cannot say.
pub(super) fn params(parsed: &Parsed, faults: &mut Faults) {
    let clock = parsed.config.clock;
    if !(clock.max_late_s >= 0.0 && clock.max_late_s <= 60.0) {
        faults.add(parsed.fault(
            Part::Clock,
            &format!("clock.max_late_s is {}, must be in [0, 60]: later data cannot be worked in", clock.max_late_s),
        ));
    }
    if !(clock.max_early_s >= 0.0 && clock.max_early_s <= 60.0) {
        faults
            .add(parsed.fault(Part::Clock, &format!("clock.max_early_s is {}, must be in [0, 60]", clock.max_early_s)));
    }
    for what in parsed.config.assess.faults() {
        faults.add(parsed.fault(Part::Assess, &what));
    }
}
