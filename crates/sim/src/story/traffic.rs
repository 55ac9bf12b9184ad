//! Flights along routes: civil traffic drawn from a world's seed.

use super::ScenarioError;
use super::build::{Context, handling, plan};
use super::spec::{Airline, Route};
use crate::geodesic::{Line, between};
use crate::path::{Path, Waypoint};
use crate::rng::Rng;
use crate::target::{Fate, Kind, Quality, Target, Transponder};
use skypicket_model::math::rad;
use skypicket_model::{Address, FlightId, FlightLevel, Mode3A, Span, Time};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// Above this height (metres) a waypoint counts as en route and takes the flight's own level.
const EN_ROUTE_M: f64 = 5_000.0;
/// Addresses that one airline may use, counted from its first.
const FLEET: usize = 0x300;
/// The most flights of one route.
const MAX_FLIGHTS: usize = 5_000;

/// Adds the flights of a route that are in the air at any time of the world.
pub(crate) fn fly(
    spanned: &Spanned<Route>,
    airlines: &BTreeMap<String, Spanned<Airline>>,
    context: &Context<'_>,
    targets: &mut Vec<Target>,
) -> Result<(), ScenarioError> {
    let route = spanned.get_ref();
    let line = context.line(spanned);
    let base = context.waypoints(&route.path, line)?;
    let first = Path::new(&base, handling(Kind::Airliner)).ok_or_else(|| {
        ScenarioError::new(line, format!("route \"{}\" needs two corners apart and a speed", route.name))
    })?;
    if route.every_min.is_nan() || route.every_min < 0.1 {
        return Err(ScenarioError::new(line, format!("every_min is {}, must be 0.1 or more", route.every_min)));
    }
    let fleets = fleets(route, airlines, context, line)?;
    let from = route.from.as_ref().map_or(Ok(Time::MIN), |text| context.time(text, line))?;
    let until = route.until.as_ref().map_or(Ok(context.end), |text| context.time(text, line))?;
    let mut used: BTreeSet<u32> =
        targets.iter().filter_map(|t| t.transponder.as_ref().map(|transponder| transponder.address)).collect();
    let mut rng = Rng::named(context.seed, &route.name);
    // The first flights began long enough ago to be near their ends when the world begins.
    let mut born = context.begin - Span::from_s_f64(first.duration_s()).unwrap_or(Span::ZERO);
    born += gap(route, &mut rng, 0.0);
    let mut count = 0;
    while born < until.min(context.end) && count < MAX_FLIGHTS {
        count += 1;
        let waypoints = vary(&base, route, context, &mut rng);
        if let (Some(path), Some((code, fleet))) =
            (Path::new(&waypoints, handling(Kind::Airliner)), rng.pick(&fleets).copied())
        {
            let flight_id = flight_id(code, &mut rng);
            let mut target = Target {
                name: format!("{}-{count}", route.name),
                kind: Kind::Airliner,
                born,
                path,
                rcs_m2: Kind::Airliner.rcs_m2(),
                transponder: Some(Transponder {
                    address: address(fleet, &mut used, &mut rng),
                    flight_id,
                    squawks: vec![(born, squawk(&mut rng))],
                    ads_b: Some(Quality::USUAL),
                }),
                plan: None,
                fate: Fate::FliesOn,
                wave: None,
            };
            if route.plan {
                target.plan = plan(&target);
            }
            if target.gone() > context.begin && born >= from {
                targets.push(target);
            }
        }
        born += gap(route, &mut rng, 0.55);
    }
    Ok(())
}

fn fleets<'a>(
    route: &'a Route,
    airlines: &BTreeMap<String, Spanned<Airline>>,
    context: &Context<'_>,
    line: usize,
) -> Result<Vec<(&'a str, u32)>, ScenarioError> {
    let mut fleets = Vec::new();
    for code in &route.airlines {
        let spanned = airlines
            .get(code)
            .ok_or_else(|| ScenarioError::new(line, format!("no airline \"{code}\" in [airlines]")))?;
        let text = &spanned.get_ref().first_address;
        let address = Address::parse(text).filter(|_| !text.starts_with('~')).ok_or_else(|| {
            ScenarioError::new(context.line(spanned), format!("first_address \"{text}\" is not six hexadecimal digits"))
        })?;
        if FlightId::parse(code).is_none() || code.len() > 4 {
            return Err(ScenarioError::new(line, format!("airline \"{code}\" must be up to four letters or digits")));
        }
        fleets.push((code.as_str(), address.value));
    }
    if fleets.is_empty() {
        return Err(ScenarioError::new(line, format!("route \"{}\" names no airline", route.name)));
    }
    Ok(fleets)
}

/// Time to the next flight: `least` of the mean, and a uniform part that makes up the mean.
fn gap(route: &Route, rng: &mut Rng, least: f64) -> Span {
    let minutes = route.every_min * (least + 2.0 * (1.0 - least) * rng.unit());
    Span::from_s_f64(minutes * 60.0).unwrap_or(Span::from_s(60))
}

/// A flight's own track, level and speed.
fn vary(base: &[Waypoint], route: &Route, context: &Context<'_>, rng: &mut Rng) -> Vec<Waypoint> {
    let offset_m = route.spread_km * 1000.0 * rng.normal().clamp(-2.5, 2.5);
    let factor = rng.between(0.97, 1.03);
    let plus_fl = rng.pick(&route.plus_fl).copied().unwrap_or(0.0);
    let plus_m = FlightLevel { hundreds_ft: plus_fl }.pressure().m;
    let (Some(start), Some(end)) = (base.first(), base.last()) else { return Vec::new() };
    let aside_rad = between(start.place, end.place).azimuth_rad + rad(90.0);
    base.iter()
        .map(|waypoint| {
            let en_route = waypoint.height_m - context.air.geoid_m > EN_ROUTE_M;
            let place = if en_route && offset_m.abs() > 1.0 {
                Line::new(waypoint.place, aside_rad).at(offset_m).place
            } else {
                waypoint.place
            };
            Waypoint {
                place,
                height_m: waypoint.height_m + if en_route { plus_m } else { 0.0 },
                speed_m_s: waypoint.speed_m_s * factor,
            }
        })
        .collect()
}

fn flight_id(code: &str, rng: &mut Rng) -> Option<FlightId> {
    let number = 10 + rng.below(990);
    // About every third flight has a letter at its end, as European operators avoid similar names so.
    let text = if rng.chance(0.35) {
        let letter = char::from(b'A' + rng.below(26) as u8);
        format!("{code}{}{letter}", number % 100)
    } else {
        format!("{code}{number}")
    };
    FlightId::parse(&text)
}

fn address(fleet: u32, used: &mut BTreeSet<u32>, rng: &mut Rng) -> u32 {
    let wanted = (fleet + rng.below(FLEET) as u32) & 0xff_ffff;
    // What is taken moves on to the next free one; a full fleet overflows into the addresses after it.
    let address = (wanted..=0xff_ffff).find(|candidate| !used.contains(candidate)).unwrap_or(wanted);
    used.insert(address);
    address
}

/// A code that means nothing special: 1001 to 6777 in octal.
fn squawk(rng: &mut Rng) -> Mode3A {
    Mode3A(0o1001 + rng.below(0o6777 - 0o1001) as u16)
}
