//! Real flights as trials: the collections of recorded trajectories that are used, how each is cleaned, and the radars that look at them.
//!
//! The recordings are the samples of the Python package `traffic` (docs/testdata.md). Three radars stand around the middle of each
//! collection's area, the same three everywhere, at distances that follow its size.

use super::recorded::{Dropped, Piece, Rules, read};
use super::station::{Errors, Station};
use super::{Target, Trial};
use crate::geodesic::Line;
use skypicket_model::LatLon;
use skypicket_model::math::rad;

/// Which part of a recording is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// All of it.
    Whole,
    /// From a moment after its first row on, for a time; seconds.
    Between(f64, f64),
    /// Its pieces moved in time so that so many fly at once, one after the other: for recordings that are mostly gaps.
    Packed(usize),
}

/// Between packed pieces, seconds.
const PAUSE_S: f64 = 60.0;

/// A recording and how it is used.
#[derive(Clone, Copy, Debug)]
pub struct Collection {
    /// Its name.
    pub name: &'static str,
    /// Its file below the folder of test data.
    pub file: &'static str,
    /// What flies in it, for the scorer's tables.
    pub kind: &'static str,
    /// How it is cleaned.
    pub rules: Rules,
    /// What of it is played.
    pub part: Part,
}

/// Rules for rows about a second apart, as receivers of self-reports give them.
pub const DENSE: Rules =
    Rules { gap_s: 20.0, least_s: 120.0, position_sigma_m: 40.0, jerk_m2_s5: 0.3, along_m_s2: 4.0 };
const SPARSE: Rules = Rules { gap_s: 30.0, least_s: 120.0, position_sigma_m: 100.0, jerk_m2_s5: 0.02, along_m_s2: 3.0 };
const GLIDERS: Rules = Rules { gap_s: 30.0, least_s: 90.0, position_sigma_m: 25.0, jerk_m2_s5: 0.5, along_m_s2: 4.0 };
const MILITARY: Rules =
    Rules { gap_s: 20.0, least_s: 120.0, position_sigma_m: 40.0, jerk_m2_s5: 1.0, along_m_s2: 10.0 };

const fn glider(name: &'static str, file: &'static str) -> Collection {
    Collection { name, file, kind: "glider", rules: GLIDERS, part: Part::Packed(4) }
}

/// The collections.
pub const COLLECTIONS: [Collection; 12] = [
    Collection {
        name: "quickstart",
        file: "traffic/collections/quickstart.json.gz",
        kind: "airliner",
        rules: DENSE,
        part: Part::Between(7200.0, 1800.0),
    },
    Collection {
        name: "switzerland",
        file: "traffic/collections/switzerland.json.gz",
        kind: "airliner",
        rules: SPARSE,
        part: Part::Between(21_600.0, 3600.0),
    },
    glider("alpi-italiane", "traffic/gliders/alpi_italiane.json.gz"),
    glider("alto-adige", "traffic/gliders/alto_adige.json.gz"),
    glider("cevennes", "traffic/gliders/cevennes.json.gz"),
    glider("danube-valley", "traffic/gliders/danube_valley.json.gz"),
    glider("franconia", "traffic/gliders/franconia.json.gz"),
    glider("luberon", "traffic/gliders/luberon.json.gz"),
    glider("oxford-cambridge", "traffic/gliders/oxford_cambridge.json.gz"),
    glider("sisteron", "traffic/gliders/sisteron.json.gz"),
    Collection {
        name: "aircraft-carrier",
        file: "traffic/military/aircraft_carrier.json.gz",
        kind: "military",
        rules: MILITARY,
        part: Part::Whole,
    },
    Collection {
        name: "inflight-refuelling",
        file: "traffic/military/inflight_refuelling.json.gz",
        kind: "military",
        rules: MILITARY,
        part: Part::Whole,
    },
];

/// The trial of a collection from its (unpacked) file, and what was left out of it.
///
/// # Errors
/// When the file is no such recording, or nothing in it flies.
pub fn trial(collection: &Collection, json: &[u8]) -> Result<(Trial, Dropped), String> {
    let (pieces, dropped) = read(json, &collection.rules)?;
    let (pieces, duration_s) = played(pieces, collection.part);
    let stations = radars(&pieces).ok_or_else(|| format!("nothing flies in {}", collection.name))?;
    let targets: Vec<Target> =
        pieces.into_iter().map(|piece| Target { kind: collection.kind, address: None, flown: piece.flown }).collect();
    let trial = Trial {
        name: collection.name.to_owned(),
        description: format!("{} pieces of recorded flights, three radars", targets.len()),
        seed: 11,
        duration_s,
        step_s: 2.0,
        stations,
        targets,
    };
    Ok((trial, dropped))
}

/// The pieces of the wanted part in the trial's time, and its length.
fn played(pieces: Vec<Piece>, part: Part) -> (Vec<Piece>, f64) {
    let begin = |piece: &Piece| piece.flown.span_s().map_or(0.0, |(from_s, _)| from_s);
    let end = |piece: &Piece| piece.flown.span_s().map_or(0.0, |(_, to_s)| to_s);
    let first_s = pieces.iter().map(begin).fold(f64::INFINITY, f64::min);
    let shifted: Vec<Piece> = match part {
        Part::Whole => pieces.into_iter().map(|p| Piece { flown: p.flown.shifted(-first_s), ..p }).collect(),
        Part::Between(from_s, for_s) => pieces
            .into_iter()
            .map(|p| Piece { flown: p.flown.shifted(-first_s - from_s).between(0.0, for_s), ..p })
            .filter(|p| p.flown.span_s().is_some_and(|(from_s, to_s)| to_s - from_s > 60.0))
            .collect(),
        Part::Packed(lanes) => {
            // Each lane takes a run of neighbours, so that what flies at once is far apart, and pauses until the last track is gone.
            let run = pieces.len().div_ceil(lanes.max(1)).max(1);
            let lane = |(lane, pieces): (usize, &[Piece])| {
                let mut free_s = 15.0 * lane as f64;
                let mut packed = Vec::new();
                for piece in pieces {
                    let flown = piece.flown.clone().shifted(free_s - begin(piece));
                    free_s += end(piece) - begin(piece) + PAUSE_S;
                    packed.push(Piece { flown, ..*piece });
                }
                packed
            };
            pieces.chunks(run).enumerate().flat_map(lane).collect()
        }
    };
    let duration_s = shifted.iter().map(end).fold(0.0, f64::max).ceil();
    (shifted, duration_s)
}

/// Three radars around the middle of what flies.
fn radars(pieces: &[Piece]) -> Option<Vec<Station>> {
    let (mut south, mut north, mut west, mut east) = (90.0_f64, -90.0_f64, 180.0_f64, -180.0_f64);
    for piece in pieces {
        let Some((from_s, to_s)) = piece.flown.span_s() else { continue };
        let count = ((to_s - from_s) / 30.0) as u32;
        for place in (0..=count).filter_map(|k| Some(piece.flown.at(from_s + 30.0 * f64::from(k))?.motion().place)) {
            (south, north) = (south.min(place.lat_deg), north.max(place.lat_deg));
            (west, east) = (west.min(place.lon_deg), east.max(place.lon_deg));
        }
    }
    if south > north {
        return None;
    }
    let centre = LatLon { lat_deg: 0.5 * (south + north), lon_deg: 0.5 * (west + east) };
    let corner = LatLon { lat_deg: north, lon_deg: east };
    let reach_m = centre.rough_distance_m(corner).max(30_000.0);
    let at =
        |azimuth_deg: f64, share: f64| Line::new(centre, rad(azimuth_deg)).at(share * reach_m).place.at_height(350.0);
    let noise = |range_m, azimuth_deg, elevation_deg| Errors { range_m, azimuth_deg, elevation_deg };
    let reach_km = reach_m / 1000.0;
    Some(vec![
        Station {
            pd: 0.9,
            clutter: 20.0,
            noise: noise(50.0, 0.15, 0.3),
            phase_s: 0.4,
            ..Station::radar("approach", at(20.0, 0.3), 4.0, (1.3 * reach_km).clamp(80.0, 200.0))
        },
        Station {
            pd: 0.85,
            clutter: 30.0,
            noise: noise(100.0, 0.1, 0.25),
            phase_s: 2.7,
            ..Station::radar("en-route", at(140.0, 0.4), 10.0, (1.5 * reach_km).clamp(150.0, 350.0))
        },
        Station {
            pd: 0.8,
            clutter: 40.0,
            noise: noise(40.0, 0.2, 0.4),
            phase_s: 1.6,
            ..Station::radar("field", at(260.0, 0.3), 6.0, (1.3 * reach_km).clamp(80.0, 200.0))
        },
    ])
}
