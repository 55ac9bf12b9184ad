//! Described sensors: names to numbers, degrees to radians, ranges checked.

use super::PlannedFeed;
use crate::config::{Faults, Parsed, Part, SensorConfig, SensorKindName};
use crate::near::did_you_mean;
use skypicket_model::math::rad;
use skypicket_model::{FeedId, Geodetic, Sensor, SensorId, SensorKind, Span};
use std::sync::Arc;

/// Formats whose messages name their sensor.
const NAMING: &[&str] = &["plots"];

/// All described sensors, in id order.
pub(super) fn resolve(parsed: &Parsed, feeds: &[PlannedFeed], faults: &mut Faults) -> Vec<Sensor> {
    let mut sensors: Vec<Sensor> = Vec::new();
    let mut per_feed = vec![0_u16; feeds.len()];
    for (number, described) in parsed.config.sensor.iter().enumerate() {
        let mut fault = |key: &str, what: &str| {
            let what = format!("sensor \"{}\": {what}", described.name);
            faults.add(parsed.fault(Part::Sensor(number), key, &what));
        };
        let Some(feed) = feeds.iter().find(|feed| feed.name == described.feed) else {
            check_ranges(described, &mut fault);
            // Of a feed that has faults of its own nothing more is said.
            let written = parsed.config.feed.iter().map(|feed| &feed.name).chain(&parsed.left_out);
            if written.into_iter().any(|name| *name == described.feed) {
                continue;
            }
            let names: Vec<&str> = feeds.iter().map(|feed| feed.name.as_str()).collect();
            let meant = did_you_mean(&described.feed, names.iter().copied());
            let names = if names.is_empty() { "no feed is described".to_owned() } else { names.join(", ") };
            fault("feed", &format!("feed is \"{}\", must be one of the feeds: {names}{meant}", described.feed));
            continue;
        };
        check_ranges(described, &mut fault);
        let ordinal = &mut per_feed[usize::from(feed.id.0)];
        *ordinal += 1;
        let source = match &described.sac_sic {
            Some(text) => match sac_sic(text) {
                Some(source) => source,
                None => {
                    fault(
                        "sac_sic",
                        &format!("sac_sic is \"{text}\", must be two numbers up to 255 such as \"25/201\""),
                    );
                    continue;
                }
            },
            // Formats that name their sensors number them in the config's order; any other feed is one sensor.
            None if NAMING.contains(&feed.format.name) => *ordinal,
            None => 0,
        };
        let id = SensorId { feed: feed.id, source };
        if let Some(other) = sensors.iter().find(|other| other.id == id) {
            let key = if described.sac_sic.is_some() { "sac_sic" } else { "name" };
            fault(key, &format!("is the same source of feed \"{}\" as sensor \"{}\"", feed.name, other.name));
        }
        sensors.push(build(id, described));
    }
    resolve_lineage(parsed, feeds, &mut sensors, faults);
    sensors.sort_by_key(|sensor| sensor.id);
    sensors
}

/// Gives each feed's decoders the sensors that the config describes for it. A feed that is one sensor is its number 0.
pub(super) fn attach(mut feeds: Vec<PlannedFeed>, sensors: &[Sensor]) -> Vec<PlannedFeed> {
    for feed in &mut feeds {
        let own: Vec<Sensor> = sensors.iter().filter(|sensor| sensor.id.feed == feed.id).cloned().collect();
        feed.setup.sensors = Arc::from(own);
    }
    feeds
}

/// Who is missed when silent: the described sensors, and each feed without any as a whole (source 0, which is heard with any source of
/// the feed).
pub(super) fn expected(feeds: &[PlannedFeed], described: &[Sensor]) -> Vec<Sensor> {
    let bare = feeds.iter().filter(|feed| !described.iter().any(|sensor| sensor.id.feed == feed.id));
    let whole = bare.map(|feed| {
        let id = SensorId { feed: feed.id, source: 0 };
        Sensor::new(id, feed.name.clone(), SensorKind::Position)
    });
    let mut all: Vec<Sensor> = described.iter().cloned().chain(whole).collect();
    all.sort_by_key(|sensor| sensor.id);
    all
}

fn sac_sic(text: &str) -> Option<u16> {
    let (sac, sic) = text.split_once('/')?;
    Some(u16::from(sac.trim().parse::<u8>().ok()?) << 8 | u16::from(sic.trim().parse::<u8>().ok()?))
}

fn check_ranges(described: &SensorConfig, fault: &mut impl FnMut(&str, &str)) {
    let within = |name: &str, value: Option<f64>, low: f64, high: f64, fault: &mut dyn FnMut(&str, &str)| {
        if let Some(value) = value
            && !(low..=high).contains(&value)
        {
            fault(name, &format!("{name} is {value}, must be in [{low}, {high}]"));
        }
    };
    within("lat_deg", described.lat_deg, -90.0, 90.0, fault);
    within("lon_deg", described.lon_deg, -180.0, 180.0, fault);
    within("height_m", described.height_m, -500.0, 40_000.0, fault);
    within("period_s", described.period_s, 0.01, 3600.0, fault);
    within("range_sigma_m", described.range_sigma_m, 0.1, 50_000.0, fault);
    within("azimuth_sigma_deg", described.azimuth_sigma_deg, 1e-4, 45.0, fault);
    within("elevation_sigma_deg", described.elevation_sigma_deg, 1e-4, 45.0, fault);
    within("azimuth_correction_deg", Some(described.azimuth_correction_deg), -180.0, 180.0, fault);
    within("range_correction_m", Some(described.range_correction_m), -10_000.0, 10_000.0, fault);
    within("detection_probability", described.detection_probability, 0.01, 1.0, fault);
    within("clutter_per_look", described.clutter_per_look, 0.0, 1e6, fault);
    within("expected_within_s", described.expected_within_s, 0.1, 86_400.0, fault);
    let placed =
        [described.lat_deg, described.lon_deg, described.height_m].iter().filter(|value| value.is_some()).count();
    if placed == 1 || (placed == 2 && described.height_m.is_some()) {
        let written = if described.lat_deg.is_some() { "lat_deg" } else { "lon_deg" };
        fault(written, "lat_deg and lon_deg belong together (height_m may be left out: 0)");
    }
    for (name, pair) in
        [("range_limits_m", described.range_limits_m), ("elevation_limits_deg", described.elevation_limits_deg)]
    {
        if let Some([low, high]) = pair
            && (low.is_nan() || high.is_nan() || low >= high)
        {
            fault(name, &format!("{name} is [{low}, {high}], must be [smaller, larger]"));
        }
    }
}

fn build(id: SensorId, described: &SensorConfig) -> Sensor {
    let kind = match described.kind {
        SensorKindName::Radar2d => SensorKind::Radar2d,
        SensorKindName::Radar3d => SensorKind::Radar3d,
        SensorKindName::Bearing => SensorKind::Bearing,
        SensorKindName::SelfReportReceiver => SensorKind::SelfReportReceiver,
        SensorKindName::Multilateration => SensorKind::Multilateration,
        SensorKindName::SystemTracker => SensorKind::SystemTracker,
        SensorKindName::Position => SensorKind::Position,
    };
    let radians = |pair: Option<[f64; 2]>| pair.map(|[a, b]| (rad(a), rad(b)));
    let site = match (described.lat_deg, described.lon_deg) {
        (Some(lat_deg), Some(lon_deg)) => {
            Some(Geodetic { lat_deg, lon_deg, height_m: described.height_m.unwrap_or(0.0) })
        }
        _ => None,
    };
    Sensor {
        site,
        period: described.period_s.and_then(Span::from_s_f64),
        range_sigma_m: described.range_sigma_m,
        azimuth_sigma_rad: described.azimuth_sigma_deg.map(rad),
        elevation_sigma_rad: described.elevation_sigma_deg.map(rad),
        azimuth_correction_rad: rad(described.azimuth_correction_deg),
        range_correction_m: described.range_correction_m,
        detection_probability: described.detection_probability,
        clutter_per_look: described.clutter_per_look,
        range_limits_m: described.range_limits_m.map(|[a, b]| (a, b)),
        elevation_limits_rad: radians(described.elevation_limits_deg),
        azimuth_sector_rad: radians(described.azimuth_sector_deg),
        expected_within: described.expected_within_s.and_then(Span::from_s_f64),
        ..Sensor::new(id, described.name.clone(), kind)
    }
}

fn resolve_lineage(parsed: &Parsed, feeds: &[PlannedFeed], sensors: &mut [Sensor], faults: &mut Faults) {
    let named = |feed: FeedId| feeds.get(usize::from(feed.0)).map_or("", |feed| feed.name.as_str());
    let ids: Vec<(String, SensorId)> =
        sensors.iter().map(|sensor| (format!("{}/{}", named(sensor.id.feed), sensor.name), sensor.id)).collect();
    for (number, described) in parsed.config.sensor.iter().enumerate() {
        let Some(lineage) = &described.lineage else { continue };
        let mut resolved = Vec::new();
        for (place, name) in lineage.iter().enumerate() {
            let written = parsed.config.sensor.iter().map(|sensor| format!("{}/{}", sensor.feed, sensor.name));
            match ids.iter().find(|(known, _)| known == name) {
                Some((_, id)) => resolved.push(*id),
                None if parsed.left_out.contains(name) || written.into_iter().any(|written| written == *name) => {}
                None => {
                    let what = format!(
                        "sensor \"{}\": lineage names \"{name}\", must be \"feed/sensor\" of this file",
                        described.name
                    );
                    faults.add(parsed.fault(Part::Sensor(number), &format!("lineage.{place}"), &what));
                }
            }
        }
        resolved.sort();
        let own = ids.iter().find(|(known, _)| *known == format!("{}/{}", described.feed, described.name));
        if let Some(sensor) = own.and_then(|(_, id)| sensors.iter_mut().find(|sensor| sensor.id == *id)) {
            sensor.lineage = Some(resolved);
        }
    }
}
