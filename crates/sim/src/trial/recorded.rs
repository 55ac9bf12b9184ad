//! Recorded flights as trajectories: rows of reported states, cleaned, smoothed and cut where too little is known.
//!
//! Read is a JSON array of rows as the Python package `traffic` stores its samples: `timestamp` (Unix ms), `icao24`, `latitude`, `longitude` (degrees), `altitude`
//! (pressure, ft), `groundspeed` (kt), `track` (degrees), `vertical_rate` (ft/min), `onground`; any may be missing or null but the first
//! two. What is done to them:
//!
//! 1. left out: rows on the ground, without position or altitude, of the same time as another, and rows that repeat the place of the row
//!    before (recorders carry the last one forward);
//! 2. a reported velocity that repeats the one before is not used, nor a vertical rate;
//! 3. a flight is cut into pieces where more than [`Rules::gap_s`] pass between rows, and where less than [`STRETCHED`] of the way that
//!    the reported speed makes in a gap of over 5 s was made good: it turned there, unseen;
//! 4. each piece is smoothed (`smooth`), positions on the ellipsoid apart from height; positions that do not fit are left out;
//! 5. a piece is cut where it would change its speed faster than [`Rules::along_m_s2`];
//! 6. kept are pieces of at least [`Rules::least_s`].
//!
//! Pressure altitude stands in for the height above the ellipsoid: the truth is that of an object that flew there.

use super::flown::{Flown, State};
use super::smooth::{Noise, Sample, Smoothed, smooth};
use core::ops::Range;
use serde::Deserialize;
use skypicket_model::frames::{Enu, WGS84_A_M};
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, rad, sin_cos};
use skypicket_model::{Geodetic, LatLon, Vec3};
use std::collections::BTreeMap;

/// The most rows that are read.
pub const MAX_ROWS: usize = 5_000_000;
/// The least share of the flown way that must have been made good over a gap: an arc of 180° makes 0.64.
pub const STRETCHED: f64 = 0.64;

/// How a collection is cleaned.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The longest time between rows that is bridged, seconds.
    pub gap_s: f64,
    /// The shortest piece that is kept, seconds.
    pub least_s: f64,
    /// 1-sigma of a recorded position, metres: mostly time, 1 s at 200 m/s being 200 m.
    pub position_sigma_m: f64,
    /// How fast accelerations change: density of white jerk, m²/s⁵.
    pub jerk_m2_s5: f64,
    /// Faster than this no speed changes, m/s²: where the smoothed motion asks for more, times or places are wrong.
    pub along_m_s2: f64,
}

/// What was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Rows read.
    pub rows: usize,
    /// Rows on the ground.
    pub on_ground: usize,
    /// Rows without position or altitude.
    pub incomplete: usize,
    /// Rows of a time that was there already.
    pub same_time: usize,
    /// Rows that repeat a place.
    pub repeated: usize,
    /// Rows whose position does not fit.
    pub outliers: usize,
    /// Intervals that ask for an implausible change of speed.
    pub implausible: usize,
    /// Rows in pieces that are too short or have no speed.
    pub short: usize,
    /// Cuts at gaps.
    pub gaps: usize,
    /// Rows that the trajectories are made of.
    pub used: usize,
}

/// A piece of a recorded flight.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The address that it was recorded under.
    pub address: u32,
    /// Its trajectory, in seconds of Unix time.
    pub flown: Flown,
    /// Root mean square of how far smoothing moved its rows, metres.
    pub moved_rms_m: f64,
}

#[derive(Deserialize)]
struct Row {
    timestamp: i64,
    icao24: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    altitude: Option<f64>,
    groundspeed: Option<f64>,
    track: Option<f64>,
    vertical_rate: Option<f64>,
    #[serde(default)]
    onground: Option<bool>,
}

/// A row that has a place.
#[derive(Clone, Copy)]
struct Fix {
    time_s: f64,
    place: LatLon,
    height_m: f64,
    velocity: Option<Vec3<Enu>>,
    climb_m_s: Option<f64>,
}

/// Reads and cleans a recording; pieces in order of address and time.
///
/// # Errors
/// When it is no such array, or has more than [`MAX_ROWS`] rows.
pub fn read(json: &[u8], rules: &Rules) -> Result<(Vec<Piece>, Dropped), String> {
    let rows: Vec<Row> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    if rows.len() > MAX_ROWS {
        return Err(format!("{} rows, must be at most {MAX_ROWS}", rows.len()));
    }
    let mut dropped = Dropped { rows: rows.len(), ..Dropped::default() };
    let mut flights: BTreeMap<u32, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let Ok(address) = u32::from_str_radix(&row.icao24, 16) else {
            dropped.incomplete += 1;
            continue;
        };
        flights.entry(address).or_default().push(row);
    }
    let mut pieces = Vec::new();
    for (address, mut rows) in flights {
        rows.sort_by_key(|row| row.timestamp);
        for fixes in cut(&fixes(&rows, &mut dropped), rules, &mut dropped) {
            made(address, &fixes, rules, &mut dropped, &mut pieces);
        }
    }
    Ok((pieces, dropped))
}

/// The rows that say something new.
fn fixes(rows: &[Row], dropped: &mut Dropped) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = Vec::new();
    let mut said = (None, None);
    for row in rows {
        let velocity = row.groundspeed.zip(row.track);
        let new = velocity.filter(|_| velocity != said.0);
        let climb = row.vertical_rate.filter(|_| row.vertical_rate != said.1);
        said = (velocity, row.vertical_rate);
        if row.onground == Some(true) {
            dropped.on_ground += 1;
            continue;
        }
        let place = row.latitude.zip(row.longitude).and_then(|(lat, lon)| LatLon::new(lat, lon));
        let (Some(place), Some(altitude_ft)) = (place, row.altitude.filter(|ft| ft.abs() < 1e5)) else {
            dropped.incomplete += 1;
            continue;
        };
        let time_s = row.timestamp as f64 * 1e-3;
        match fixes.last() {
            Some(last) if time_s <= last.time_s => dropped.same_time += 1,
            Some(last) if place == last.place => dropped.repeated += 1,
            _ => fixes.push(Fix {
                time_s,
                place,
                height_m: altitude_ft * M_PER_FT,
                velocity: new.filter(|(kt, _)| *kt < 2000.0).map(|(kt, track_deg)| {
                    let (s, c) = sin_cos(rad(track_deg));
                    Vec3::new(kt * M_S_PER_KT * s, kt * M_S_PER_KT * c, 0.0)
                }),
                climb_m_s: climb.map(|ft_min| ft_min * M_S_PER_FT_MIN),
            }),
        }
    }
    fixes
}

/// Cut where too little is known of what happened between two rows.
fn cut(fixes: &[Fix], rules: &Rules, dropped: &mut Dropped) -> Vec<Vec<Fix>> {
    let mut pieces: Vec<Vec<Fix>> = Vec::new();
    let mut before: Option<&Fix> = None;
    for fix in fixes {
        let joined = before.is_some_and(|last| {
            let gap_s = fix.time_s - last.time_s;
            let speed = |fix: &Fix| fix.velocity.map(Vec3::norm);
            let flown_m = speed(last).zip(speed(fix)).map(|(a, b)| 0.5 * (a + b) * gap_s);
            let made_m = last.place.rough_distance_m(fix.place);
            // Carriers forward and stuck velocities aside, a way much shorter than flown was no straight one.
            let turned = gap_s > 5.0 && flown_m.is_some_and(|flown_m| made_m < STRETCHED * flown_m);
            gap_s <= rules.gap_s && !turned
        });
        match pieces.last_mut() {
            Some(piece) if joined => piece.push(*fix),
            _ => {
                dropped.gaps += usize::from(before.is_some());
                pieces.push(vec![*fix]);
            }
        }
        before = Some(fix);
    }
    pieces
}

/// Smooths one piece into one or, where it goes astray, more trajectories.
fn made(address: u32, fixes: &[Fix], rules: &Rules, dropped: &mut Dropped, pieces: &mut Vec<Piece>) {
    /// 1-sigma of reported velocities, m/s: knots and degrees, and a second of age.
    const VELOCITY_SIGMA_M_S: f64 = 2.0;
    /// 1-sigma of pressure altitudes in steps of 25 ft, metres, of climb rates, m/s, and density of their jerk, m²/s⁵.
    const HEIGHT: Noise = Noise { position: 8.0, velocity: 1.5, jerk: 0.05 };
    let across: Vec<Sample> = fixes.iter().map(on_ellipsoid).collect();
    let up: Vec<Sample> = fixes
        .iter()
        .map(|fix| Sample {
            time_s: fix.time_s,
            position: [fix.height_m, 0.0, 0.0],
            velocity: fix.climb_m_s.map(|climb| [climb, 0.0, 0.0]),
        })
        .collect();
    let noise = Noise { position: rules.position_sigma_m, velocity: VELOCITY_SIGMA_M_S, jerk: rules.jerk_m2_s5 };
    let heights: Vec<Smoothed> = smooth(&up, HEIGHT).0.into_iter().flatten().collect();
    let (smoothed, outliers) = smooth(&across, noise);
    dropped.outliers += outliers;
    if heights.is_empty() {
        dropped.short += fixes.len() - outliers;
        return;
    }
    for part in smoothed {
        let states: Vec<(f64, State)> = part.iter().map(|s| (s.time_s, raised(s, &heights))).collect();
        for range in plausible(&states, rules, dropped) {
            let (states, part) = (&states[range.clone()], &part[range]);
            let length_s = states.first().zip(states.last()).map_or(0.0, |(a, b)| b.0 - a.0);
            let made_m: f64 = states.windows(2).map(|pair| (pair[1].1.position - pair[0].1.position).norm()).sum();
            // What crept along at less than 8 m/s was on the ground whatever it said.
            if length_s < rules.least_s || made_m < 8.0 * length_s {
                dropped.short += part.len();
                continue;
            }
            dropped.used += part.len();
            let square: f64 = part.iter().map(|s| s.moved_m * s.moved_m).sum();
            let moved_rms_m = (square / part.len() as f64).sqrt();
            pieces.push(Piece { address, flown: Flown::new(states.iter().copied()), moved_rms_m });
        }
    }
}

/// The runs of states between which speed changes no faster than is plausible.
fn plausible(states: &[(f64, State)], rules: &Rules, dropped: &mut Dropped) -> Vec<Range<usize>> {
    /// Looks into each interval.
    const PARTS: u32 = 4;
    let mut runs = Vec::new();
    let mut begin = 0;
    for (k, pair) in states.windows(2).enumerate() {
        let flown = Flown::new(pair.iter().copied());
        let part_s = (pair[1].0 - pair[0].0) / f64::from(PARTS);
        let speed = |part: u32| flown.at(pair[0].0 + f64::from(part) * part_s).map_or(0.0, |s| s.velocity.norm());
        let most = (0..PARTS).map(|part| (speed(part + 1) - speed(part)).abs()).fold(0.0, f64::max);
        if most > rules.along_m_s2 * part_s {
            dropped.implausible += 1;
            runs.push(begin..k + 1);
            begin = k + 1;
        }
    }
    runs.push(begin..states.len());
    runs
}

/// A row on the ellipsoid's surface.
fn on_ellipsoid(fix: &Fix) -> Sample {
    let state = State::new(fix.place.at_height(0.0), fix.velocity.unwrap_or(Vec3::ZERO));
    // The way over ground at a height is a little shorter on the ellipsoid.
    let lower = 1.0 / (1.0 + fix.height_m / WGS84_A_M);
    let velocity = fix.velocity.map(|_| [state.velocity.x * lower, state.velocity.y * lower, state.velocity.z * lower]);
    Sample { time_s: fix.time_s, position: [state.position.x, state.position.y, state.position.z], velocity }
}

/// A smoothed state of the surface, lifted to its height.
fn raised(s: &Smoothed, heights: &[Smoothed]) -> State {
    let next = heights.partition_point(|h| h.time_s < s.time_s).min(heights.len() - 1);
    let (height_m, climb_m_s) = between(&heights[next.saturating_sub(1)], &heights[next], s.time_s);
    let surface = State {
        position: Vec3::new(s.position[0], s.position[1], s.position[2]),
        velocity: Vec3::new(s.velocity[0], s.velocity[1], s.velocity[2]),
    };
    let m = surface.motion();
    let higher = 1.0 + height_m / WGS84_A_M;
    let place = Geodetic { height_m, ..m.place };
    State::new(place, Vec3::new(m.east_m_s * higher, m.north_m_s * higher, climb_m_s))
}

/// Height and climb between two smoothed heights; the nearer one's outside.
fn between(a: &Smoothed, b: &Smoothed, time_s: f64) -> (f64, f64) {
    let share = if b.time_s > a.time_s { ((time_s - a.time_s) / (b.time_s - a.time_s)).clamp(0.0, 1.0) } else { 1.0 };
    let mix = |x: f64, y: f64| x + share * (y - x);
    (mix(a.position[0], b.position[0]), mix(a.velocity[0], b.velocity[0]))
}

#[cfg(test)]
#[path = "recorded_tests.rs"]
mod tests;
