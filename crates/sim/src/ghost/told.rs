//! Ghosts as scenarios tell them: `[[ghost]]` (docs/formats/scenario.md).

use super::{Ghost, Says, Transmitter};
use crate::geodesic::Line;
use crate::path::{Path, Waypoint};
use crate::rng::Rng;
use crate::story::ScenarioError;
use crate::story::build::{Context, handling};
use crate::story::spec::{Corner, Place};
use crate::target::{Kind, Quality, Target, Transponder};
use serde::Deserialize;
use skypicket_model::math::{TAU, rad};
use skypicket_model::{Address, FlightId, Mode3A, Span, Time};
use toml::Spanned;

/// The most ghosts of one flood.
const MAX_FLOOD: usize = 20_000;

/// One `[[ghost]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) name: String,
    /// Where its transmitter stands, or
    at: Option<Place>,
    /// aboard which target it is.
    aboard: Option<String>,
    #[serde(default = "usual_mast")]
    mast_m: f64,
    #[serde(default = "usual_range")]
    range_km: f64,
    from: String,
    until: Option<String>,
    #[serde(default = "usual_kind")]
    kind: Kind,
    address: Option<String>,
    flight_id: Option<String>,
    #[serde(default)]
    path: Vec<Corner>,
    beside: Option<Beside>,
    ramp: Option<Ramp>,
    replay: Option<Replay>,
    flood: Option<Flood>,
}

const fn usual_mast() -> f64 {
    20.0
}
const fn usual_range() -> f64 {
    400.0
}
const fn usual_kind() -> Kind {
    Kind::Airliner
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    target: String,
    east_m: f64,
    north_m: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ramp {
    target: String,
    towards_deg: f64,
    m_s: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replay {
    target: String,
    delay_s: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Flood {
    around: Place,
    radius_km: f64,
    count: usize,
    /// Their begins are spread over so many seconds.
    within_s: f64,
}

type Result<T> = core::result::Result<T, ScenarioError>;

/// All ghosts of one `[[ghost]]`.
pub(crate) fn ghosts(spanned: &Spanned<Spec>, context: &Context<'_>, targets: &[Target]) -> Result<Vec<Ghost>> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    let wrong = |what: String| ScenarioError::new(line, format!("ghost \"{}\": {what}", spec.name));
    let target = |name: &str| {
        let at = targets.iter().position(|target| target.name == name);
        at.ok_or_else(|| wrong(format!("no target \"{name}\" in this world")))
    };
    let transmitter = match (&spec.at, &spec.aboard) {
        (Some(place), None) => Transmitter::Ground(context.site(place, spec.mast_m, line)?),
        (None, Some(name)) => Transmitter::Aboard(target(name)?),
        _ => return Err(wrong("either at or aboard says where it transmits".into())),
    };
    let from = context.time(&spec.from, line)?;
    let until = spec.until.as_ref().map_or(Ok(context.end), |text| context.time(text, line))?;
    if !(1.0..=500.0).contains(&spec.range_km) {
        return Err(wrong(format!("range_km is {}, must be in [1, 500]", spec.range_km)));
    }
    let of = |name: &str, says: Says, address: Option<u32>| {
        let transponder = transponder(spec, from, address).map_err(wrong)?;
        let (name, transmitter) = (name.to_owned(), transmitter.clone());
        let range_m = 1000.0 * spec.range_km;
        Ok(Ghost { name, transmitter, range_m, says, kind: spec.kind, transponder, from, until })
    };
    let own = |target: usize| targets.get(target).and_then(|target| target.transponder.as_ref()).map(|own| own.address);
    match (&spec.beside, &spec.ramp, &spec.replay, &spec.flood) {
        (None, None, None, None) => {
            let waypoints = context.waypoints(&spec.path, line)?;
            let path = Path::new(&waypoints, handling(spec.kind));
            let path = path.ok_or_else(|| wrong("needs a path, beside, ramp, replay or flood".into()))?;
            Ok(vec![of(&spec.name, Says::Path(path), None)?])
        }
        (Some(beside), None, None, None) => {
            let says = Says::Beside { target: target(&beside.target)?, east_m: beside.east_m, north_m: beside.north_m };
            Ok(vec![of(&spec.name, says, None)?])
        }
        (None, Some(ramp), None, None) => {
            let target = target(&ramp.target)?;
            let says = Says::Ramp { target, azimuth_rad: rad(ramp.towards_deg), m_s: ramp.m_s };
            Ok(vec![of(&spec.name, says, own(target))?])
        }
        (None, None, Some(replay), None) => {
            let target = target(&replay.target)?;
            let delay = Span::from_s_f64(replay.delay_s).filter(|delay| *delay > Span::ZERO);
            let delay = delay.ok_or_else(|| wrong(format!("delay_s is {}, must be above 0", replay.delay_s)))?;
            Ok(vec![of(&spec.name, Says::Replay { target, delay }, own(target))?])
        }
        (None, None, None, Some(flood)) => {
            if flood.count > MAX_FLOOD {
                return Err(wrong(format!("flood.count is {}, must be at most {MAX_FLOOD}", flood.count)));
            }
            let mut rng = Rng::named(context.seed, &spec.name);
            let around = context.place(&flood.around, line)?;
            let mut all = Vec::with_capacity(flood.count);
            for number in 0..flood.count {
                let far_m = 1000.0 * flood.radius_km * rng.unit().sqrt();
                let place = Line::new(around, rng.between(0.0, TAU)).at(far_m).place;
                let end = Line::new(place, rng.between(0.0, TAU)).at(400_000.0).place;
                let (height_m, speed_m_s) = (rng.between(3_000.0, 12_000.0), rng.between(120.0, 250.0));
                let corners = [place, end].map(|place| Waypoint { place, height_m, speed_m_s });
                let path =
                    Path::new(&corners, handling(spec.kind)).ok_or_else(|| wrong("a flood needs room".into()))?;
                // An odd multiplier keeps the addresses apart and spreads them.
                let address = (number as u32).wrapping_mul(0x9e_3779).wrapping_add(0x30_0001) & 0xff_ffff;
                let mut ghost = of(&format!("{}-{}", spec.name, number + 1), Says::Path(path), Some(address))?;
                ghost.from += Span::from_s_f64(flood.within_s * rng.unit()).unwrap_or(Span::ZERO);
                all.push(ghost);
            }
            Ok(all)
        }
        _ => Err(wrong("only one of beside, ramp, replay and flood".into())),
    }
}

fn transponder(spec: &Spec, from: Time, given: Option<u32>) -> core::result::Result<Transponder, String> {
    let address = match &spec.address {
        Some(text) => {
            let address = Address::parse(text).filter(|_| !text.starts_with('~'));
            address.ok_or_else(|| format!("address \"{text}\" is not six hexadecimal digits"))?.value
        }
        None => given.ok_or("needs an address")?,
    };
    let flight_id = match &spec.flight_id {
        Some(text) => Some(FlightId::parse(text).ok_or_else(|| format!("flight_id \"{text}\" is no flight ID"))?),
        None => None,
    };
    Ok(Transponder { address, flight_id, squawks: vec![(from, Mode3A(0o2000))], ads_b: Some(Quality::USUAL) })
}
