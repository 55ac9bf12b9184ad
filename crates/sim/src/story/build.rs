//! From what a scenario says to a world: names looked up, units turned, everything checked.

use super::flight::{Ending, Shaped, Stray, USUAL_GLIDE, Wind};
use super::spec::{self, Corner, Place};
use super::{ScenarioError, line_of, navigation, parts, report, traffic};
use crate::expect::Expectations;
use crate::listener::Listener;
use crate::path::{Handling, Path, Waypoint};
use crate::radar::{Faults, Primary, Radar, Secondary};
use crate::receiver::{Interference, Receiver};
use crate::rng::Rng;
use crate::sensor::{Outages, Site};
use crate::target::{Air, Fate, Kind, Quality, Target, Transponder};
use crate::tracker::Tracker;
use crate::world::World;
use skypicket_model::math::{M_S_PER_KT, rad};
use skypicket_model::{Address, FlightId, FlightLevel, FlightPlan, LatLon, Mode3A, Span, Time};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The longest world, hours.
const MAX_HOURS: i64 = 48;
/// The most targets of one world.
const MAX_TARGETS: usize = 100_000;

/// Look-ups while building.
pub(crate) struct Context<'d> {
    toml: &'d str,
    pub(crate) places: &'d BTreeMap<String, [f64; 2]>,
    pub(crate) begin: Time,
    pub(crate) end: Time,
    pub(crate) air: Air,
    pub(crate) seed: u64,
    wind: Option<Wind>,
}

type Result<T> = core::result::Result<T, ScenarioError>;

/// Reads a scenario.
///
/// # Errors
/// At the first fault, with its line.
pub(crate) fn world(text: &str) -> Result<World> {
    let parts = parts(text)?;
    let document: spec::Document = toml::from_str(&parts.toml).map_err(|error| {
        let line = error.span().map_or(0, |span| line_of(&parts.toml, span.start));
        ScenarioError::new(line, error.message().trim().to_owned())
    })?;
    let context = Context::new(&document, &parts.toml)?;
    let mut targets = Vec::new();
    for spec in &document.target {
        targets.push(target(spec, &context)?);
    }
    for route in &document.route {
        traffic::fly(route, &document.airlines, &context, &mut targets)?;
    }
    if targets.len() > MAX_TARGETS {
        return Err(ScenarioError::new(0, format!("{} targets, more than {MAX_TARGETS}", targets.len())));
    }
    let mut world =
        World::empty(document.world.get_ref().name.clone(), context.begin, context.end, context.seed, context.air);
    world.watched.clone_from(&document.world.get_ref().watched);
    for spec in &document.radar {
        world.radars.push(radar(spec, &context)?);
    }
    for spec in &document.receiver {
        world.receivers.push(receiver(spec, &context)?);
    }
    for spec in &document.tracker {
        world.trackers.push(tracker(spec, &context)?);
    }
    for spec in &document.listener {
        world.listeners.push(listener(spec, &context)?);
    }
    for spec in &document.interference {
        world.interference.push(interference(spec, &context)?);
    }
    world.navigation =
        navigation::navigation(&document.jammer, &document.spoofer, document.airframes.as_ref(), &context)?;
    for spec in &document.ghost {
        world.ghosts.extend(crate::ghost::told::ghosts(spec, &context, &targets)?);
    }
    for spec in &document.report {
        world.said.push(report::said(spec, &context)?);
    }
    world.said.sort_by_key(|said| said.at);
    world.targets = targets;
    unique(&document, &parts.toml)?;
    world.expectations = Expectations::parse(&parts.expect, &world)?;
    Ok(world)
}

/// Names of sensors (which are names of feeds) and of targets must be unique.
fn unique(document: &spec::Document, toml: &str) -> Result<()> {
    let mut names = BTreeSet::new();
    let sensors = (document.radar.iter().map(|s| (s.span().start, &s.get_ref().name)))
        .chain(document.receiver.iter().map(|s| (s.span().start, &s.get_ref().name)))
        .chain(document.tracker.iter().map(|s| (s.span().start, &s.get_ref().name)))
        .chain(document.listener.iter().map(|s| (s.span().start, &s.get_ref().name)))
        .chain(document.target.iter().map(|s| (s.span().start, &s.get_ref().name)))
        .chain(document.ghost.iter().map(|s| (s.span().start, &s.get_ref().name)));
    for (offset, name) in sensors {
        let legal = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !legal {
            let what = format!("name \"{name}\" must be letters, digits, - and _");
            return Err(ScenarioError::new(line_of(toml, offset), what));
        }
        if !names.insert(name) {
            return Err(ScenarioError::new(line_of(toml, offset), format!("the name \"{name}\" is given twice")));
        }
    }
    Ok(())
}

impl<'d> Context<'d> {
    fn new(document: &'d spec::Document, toml: &'d str) -> Result<Self> {
        let world = document.world.get_ref();
        let line = line_of(toml, document.world.span().start);
        let begin = Time::parse(&world.begin)
            .ok_or_else(|| ScenarioError::new(line, format!("begin \"{}\" is no RFC 3339 moment", world.begin)))?;
        let air = Air { geoid_m: world.geoid_m, ground_m: world.ground_m, qnh_hpa: world.qnh_hpa };
        let wind = world.wind.map(|wind| Wind { from_rad: rad(wind.from_deg), m_s: wind.m_s });
        if wind.is_some_and(|wind| !(0.0..=60.0).contains(&wind.m_s) || !wind.from_rad.is_finite()) {
            return Err(ScenarioError::new(line, "wind needs from_deg and m_s, the latter in [0, 60]"));
        }
        let mut context = Self { toml, places: &document.places, begin, end: begin, air, seed: world.seed, wind };
        context.end = context.time(&world.end, line)?;
        if context.end <= begin || context.end - begin > Span::from_s(MAX_HOURS * 3600) {
            return Err(ScenarioError::new(line, format!("end must be after begin and within {MAX_HOURS} hours")));
        }
        Ok(context)
    }

    pub(crate) fn line<T>(&self, spanned: &Spanned<T>) -> usize {
        line_of(self.toml, spanned.span().start)
    }

    /// A moment: RFC 3339, a time of day `21:30Z` or `21:30:15Z` nearest to the world's begin, or `+12:30` after it.
    pub(crate) fn time(&self, text: &str, line: usize) -> Result<Time> {
        moment(text, self.begin).ok_or_else(|| {
            let what = format!("\"{text}\" is no moment: write 21:30:15Z, +12:30 (after the begin) or RFC 3339");
            ScenarioError::new(line, what)
        })
    }

    pub(crate) fn place(&self, place: &Place, line: usize) -> Result<LatLon> {
        let [lat, lon] = match place {
            Place::At(at) => *at,
            Place::Named(name) => *self
                .places
                .get(name)
                .ok_or_else(|| ScenarioError::new(line, format!("no place \"{name}\" in [places]")))?,
        };
        LatLon::new(lat, lon)
            .ok_or_else(|| ScenarioError::new(line, format!("[{lat}, {lon}] is no latitude and longitude")))
    }

    fn silent(&self, times: &[[String; 2]], line: usize) -> Result<Outages> {
        let pairs = times.iter().map(|[from, until]| Ok((self.time(from, line)?, self.time(until, line)?)));
        Ok(Outages(pairs.collect::<Result<_>>()?))
    }

    pub(crate) fn site(&self, place: &Place, mast_m: f64, line: usize) -> Result<Site> {
        let antenna = self.place(place, line)?.at_height(self.air.from_agl_m(mast_m));
        Ok(Site::new(antenna, mast_m))
    }

    /// Height above the ellipsoid of whichever of the three was given.
    fn height(&self, agl_m: Option<f64>, amsl_m: Option<f64>, fl: Option<f64>) -> Option<f64> {
        agl_m
            .map(|m| self.air.from_agl_m(m))
            .or_else(|| amsl_m.map(|m| self.air.from_amsl_m(m)))
            .or_else(|| fl.map(|fl| self.air.from_pressure(FlightLevel { hundreds_ft: fl }.pressure())))
    }

    pub(crate) fn waypoints(&self, corners: &[Corner], line: usize) -> Result<Vec<Waypoint>> {
        let mut waypoints: Vec<Waypoint> = Vec::with_capacity(corners.len());
        for corner in corners {
            let last = waypoints.last();
            let height_m = self.height(corner.agl_m, corner.amsl_m, corner.fl).or(last.map(|w| w.height_m));
            let speed_m_s = speed(corner.km_h, corner.m_s, corner.kt).or(last.map(|w| w.speed_m_s));
            let (Some(height_m), Some(speed_m_s)) = (height_m, speed_m_s) else {
                let what = "the first corner needs a height (agl_m, amsl_m or fl) and a speed (km_h, m_s or kt)";
                return Err(ScenarioError::new(line, what));
            };
            waypoints.push(Waypoint { place: self.place(&corner.to, line)?, height_m, speed_m_s });
        }
        Ok(waypoints)
    }
}

/// A moment as scenarios write it.
pub(crate) fn moment(text: &str, begin: Time) -> Option<Time> {
    if let Some(after) = text.strip_prefix('+') {
        return Some(begin + clock(after, 60.0)?);
    }
    match text.strip_suffix('Z') {
        Some(time) if !text.contains('-') => Some(begin.nearest_with_time_of_day(clock(time, 3600.0)?)),
        _ => Time::parse(text),
    }
}

/// `h:m:s`, or two parts of which the first counts `first_s` seconds, or seconds alone.
fn clock(text: &str, first_s: f64) -> Option<Span> {
    let numbers: Option<Vec<f64>> = text.split(':').map(|part| part.parse::<f64>().ok()).collect();
    let s = match *numbers?.as_slice() {
        [h, m, s] => h * 3600.0 + m * 60.0 + s,
        [a, b] => a * first_s + b * first_s / 60.0,
        [s] => s,
        _ => return None,
    };
    Span::from_s_f64(s).filter(|span| *span >= Span::ZERO && *span < Span::from_s(86_400 * 3))
}

pub(crate) fn speed(km_h: Option<f64>, m_s: Option<f64>, kt: Option<f64>) -> Option<f64> {
    km_h.map(|v| v / 3.6).or(m_s).or_else(|| kt.map(|v| v * M_S_PER_KT))
}

/// How a kind of target flies unless its scenario says otherwise (our assumptions; rate one is 3°/s).
pub(crate) fn handling(kind: Kind) -> Handling {
    let (turn_deg_s, accel_m_s2, climb_m_s) = match kind {
        Kind::Airliner => (1.8, 0.5, Some(9.0)),
        Kind::Light => (3.0, 0.8, Some(3.0)),
        Kind::Helicopter => (4.0, 1.0, Some(4.0)),
        Kind::Jet => (3.0, 4.0, Some(60.0)),
        Kind::Drone => (4.0, 0.8, None),
        Kind::Balloon => (30.0, 0.5, None),
    };
    Handling { turn_rad_s: rad(turn_deg_s), accel_m_s2, climb_m_s }
}

fn target(spanned: &Spanned<spec::Target>, context: &Context<'_>) -> Result<Target> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    let usual = handling(spec.kind);
    let handling = Handling {
        turn_rad_s: spec.turn_deg_s.map_or(usual.turn_rad_s, rad),
        accel_m_s2: spec.accel_m_s2.unwrap_or(usual.accel_m_s2),
        climb_m_s: spec.climb_m_s.or(usual.climb_m_s),
    };
    let (path, named) = match &spec.orbit {
        Some(orbit) => {
            let height = context.height(orbit.agl_m, orbit.amsl_m, orbit.fl);
            let speed = speed(orbit.km_h, orbit.m_s, orbit.kt);
            let around = context.place(&orbit.around, line)?;
            let path = height.zip(speed).and_then(|(height_m, speed_m_s)| {
                Path::orbit(around, orbit.radius_km * 1000.0, height_m, speed_m_s, orbit.minutes * 60.0)
            });
            (path, vec![0])
        }
        None => {
            let shaped = shaped(spec, context, line)?;
            (Path::new(&shaped.waypoints, handling), shaped.named)
        }
    };
    let path = path.ok_or_else(|| {
        let what = format!("\"{}\": a path needs two corners apart and a speed above 0, or an orbit", spec.name);
        ScenarioError::new(line, what)
    })?;
    let passes_s = named.get(spec.at_corner).and_then(|corner| path.passes_s(*corner)).ok_or_else(|| {
        ScenarioError::new(line, format!("\"{}\" has no corner {} (they count from 0)", spec.name, spec.at_corner))
    })?;
    let born = context.time(&spec.at, line)? - Span::from_s_f64(passes_s).unwrap_or(Span::ZERO);
    let transponder = spec.transponder.as_ref().map(|t| transponder(t, born, context, line)).transpose()?;
    let mut target = Target {
        name: spec.name.clone(),
        kind: spec.kind,
        born,
        path,
        rcs_m2: spec.rcs_m2.unwrap_or(spec.kind.rcs_m2()),
        transponder,
        plan: None,
        fate: spec.fate,
        wave: spec.wave.clone(),
    };
    if spec.plan {
        let what = format!("\"{}\" has a plan but no flight_id to name in it", spec.name);
        target.plan = Some(plan(&target).ok_or_else(|| ScenarioError::new(line, what))?);
    }
    Ok(target)
}

/// The corners of a target's path with all that its manner of flying adds to them.
fn shaped(spec: &spec::Target, context: &Context<'_>, line: usize) -> Result<Shaped> {
    let mut shaped = Shaped::new(context.waypoints(&spec.path, line)?);
    if let Some(stray) = &spec.stray {
        positive(&[("stray.every_km", stray.every_km), ("stray.sigma_km", stray.sigma_km)], line)?;
        let stray = Stray {
            from_corner: stray.from_corner,
            every_m: 1000.0 * stray.every_km,
            sigma_m: 1000.0 * stray.sigma_km,
        };
        shaped = shaped.stray(stray, &mut Rng::named(context.seed, &format!("{} strays", spec.name)));
    }
    let glide = spec.glide.unwrap_or(USUAL_GLIDE);
    positive(&[("glide", glide)], line)?;
    let ending = match spec.fate {
        Fate::FliesOn => Ending::Flying,
        Fate::ComesDown => Ending::Gliding(glide),
        Fate::BroughtDown => Ending::Falling,
    };
    shaped = shaped.end(ending, context.air.from_agl_m(0.0));
    Ok(match context.wind {
        Some(wind) if spec.kind == Kind::Drone => shaped.blow(wind),
        _ => shaped,
    })
}

/// The plan that a target would have filed: valid half an hour around its flight, its route not stated.
pub(crate) fn plan(target: &Target) -> Option<FlightPlan> {
    let transponder = target.transponder.as_ref()?;
    Some(FlightPlan {
        id: target.name.clone(),
        flight_id: transponder.flight_id?,
        address: Some(Address::icao(transponder.address)),
        squawk: None,
        from: target.born - Span::from_s(1800),
        until: target.gone() + Span::from_s(1800),
        airspaces: Vec::new(),
        route: Vec::new(),
        corridor_m: 0.0,
    })
}

fn transponder(spec: &spec::Transponder, born: Time, context: &Context<'_>, line: usize) -> Result<Transponder> {
    let wrong = |what: String| ScenarioError::new(line, what);
    let address = Address::parse(&spec.address)
        .filter(|_| !spec.address.starts_with('~'))
        .ok_or_else(|| wrong(format!("address \"{}\" is not six hexadecimal digits", spec.address)))?;
    let flight_id = match &spec.flight_id {
        Some(text) => {
            Some(FlightId::parse(text).ok_or_else(|| wrong(format!("flight_id \"{text}\" is no flight ID")))?)
        }
        None => None,
    };
    let code =
        |text: &str| Mode3A::parse(text).ok_or_else(|| wrong(format!("squawk \"{text}\" is not four octal digits")));
    let mut squawks = vec![(born, code(&spec.squawk)?)];
    for [from, text] in &spec.then {
        squawks.push((context.time(from, line)?, code(text)?));
    }
    squawks.sort_by_key(|(from, _)| *from);
    let (nic, nac_p) = (spec.nic.unwrap_or(Quality::USUAL.nic), spec.nac_p.unwrap_or(Quality::USUAL.nac_p));
    if nic > 11 || nac_p > 11 {
        return Err(wrong(format!("nic {nic} and nac_p {nac_p} must be at most 11")));
    }
    let quality = Quality { nic, nac_p, ..Quality::USUAL };
    Ok(Transponder { address: address.value, flight_id, squawks, ads_b: spec.ads_b.then_some(quality) })
}

fn positive(values: &[(&str, f64)], line: usize) -> Result<()> {
    match values.iter().find(|(_, value)| !(*value > 0.0 && value.is_finite())) {
        Some((name, value)) => Err(ScenarioError::new(line, format!("{name} is {value}, must be above 0"))),
        None => Ok(()),
    }
}

fn probability(name: &str, value: f64, line: usize) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(ScenarioError::new(line, format!("{name} is {value}, must be in [0, 1]")))
}

fn span(name: &str, seconds: f64, line: usize) -> Result<Span> {
    Span::from_s_f64(seconds)
        .filter(|span| span.abs() < Span::from_s(3600) && (name == "clock_error_s" || *span >= Span::ZERO))
        .ok_or_else(|| {
            ScenarioError::new(
                line,
                format!("{name} is {seconds}, must be below an hour and, but for clocks, not below 0"),
            )
        })
}

fn radar(spanned: &Spanned<spec::Radar>, context: &Context<'_>) -> Result<Radar> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    positive(
        &[
            ("period_s", spec.period_s),
            ("range_km", spec.range_km[1]),
            ("range_sigma_m", spec.range_sigma_m),
            ("azimuth_sigma_deg", spec.azimuth_sigma_deg),
            ("elevation_sigma_deg", spec.elevation_sigma_deg.unwrap_or(1.0)),
        ],
        line,
    )?;
    if !(0.5..=30.0).contains(&spec.period_s) {
        return Err(ScenarioError::new(line, format!("period_s is {}, must be in [0.5, 30]", spec.period_s)));
    }
    if spec.range_km[0] < 0.0 || spec.range_km[0] >= spec.range_km[1] || spec.range_km[1] > 470.0 {
        return Err(ScenarioError::new(
            line,
            "range_km must be [nearest, farthest], farthest at most 470 (CAT048 ends there)",
        ));
    }
    if !(0.0..=1000.0).contains(&spec.clutter) {
        return Err(ScenarioError::new(line, format!("clutter is {}, must be in [0, 1000] a turn", spec.clutter)));
    }
    if let Some(primary) = &spec.primary {
        positive(
            &[("primary.reference_km", primary.reference_km), ("primary.false_alarm", primary.false_alarm)],
            line,
        )?;
        probability("primary.false_alarm", primary.false_alarm, line)?;
    }
    if let Some(secondary) = &spec.secondary {
        probability("secondary.probability", secondary.probability, line)?;
    }
    Ok(Radar {
        name: spec.name.clone(),
        source: (spec.sac, spec.sic),
        site: context.site(&spec.at, spec.mast_m, line)?,
        period_s: spec.period_s,
        phase_s: spec.phase_s,
        range_m: (spec.range_km[0] * 1000.0, spec.range_km[1] * 1000.0),
        elevation_rad: (rad(spec.elevation_deg[0]), rad(spec.elevation_deg[1])),
        range_sigma_m: spec.range_sigma_m,
        azimuth_sigma_rad: rad(spec.azimuth_sigma_deg),
        elevation_sigma_rad: spec.elevation_sigma_deg.map(rad),
        primary: spec
            .primary
            .as_ref()
            .map(|p| Primary { reference_m: p.reference_km * 1000.0, false_alarm: p.false_alarm }),
        secondary: spec
            .secondary
            .as_ref()
            .map(|s| Secondary { range_m: s.range_km * 1000.0, probability: s.probability }),
        clutter: spec.clutter,
        faults: Faults {
            azimuth_rad: rad(spec.azimuth_bias_deg),
            range_m: spec.range_bias_m,
            clock: span("clock_error_s", spec.clock_error_s, line)?,
        },
        latency: span("latency_s", spec.latency_s, line)?,
        outages: context.silent(&spec.silent, line)?,
    })
}

fn receiver(spanned: &Spanned<spec::Receiver>, context: &Context<'_>) -> Result<Receiver> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    positive(&[("range_km", spec.range_km)], line)?;
    probability("probability", spec.probability, line)?;
    Ok(Receiver {
        name: spec.name.clone(),
        site: context.site(&spec.at, spec.mast_m, line)?,
        range_m: spec.range_km * 1000.0,
        probability: spec.probability,
        stamps: spec.stamps,
        latency: span("latency_s", spec.latency_s, line)?,
        outages: context.silent(&spec.silent, line)?,
    })
}

fn tracker(spanned: &Spanned<spec::Tracker>, context: &Context<'_>) -> Result<Tracker> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    positive(&[("range_km", spec.range_km), ("period_s", spec.period_s), ("sigma_m", spec.sigma_m)], line)?;
    Ok(Tracker {
        name: spec.name.clone(),
        source: (spec.sac, spec.sic),
        centre: context.site(&spec.at, 0.0, line)?,
        range_m: spec.range_km * 1000.0,
        lowest_m: spec.lowest_m,
        period_s: spec.period_s,
        sigma_m: spec.sigma_m,
        primary: spec.primary,
        latency: span("latency_s", spec.latency_s, line)?,
        outages: context.silent(&spec.silent, line)?,
    })
}

fn listener(spanned: &Spanned<spec::Listener>, context: &Context<'_>) -> Result<Listener> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    positive(&[("period_s", spec.period_s), ("azimuth_sigma_deg", spec.azimuth_sigma_deg)], line)?;
    probability("probability", spec.probability, line)?;
    Ok(Listener {
        name: spec.name.clone(),
        site: context.site(&spec.at, 2.0, line)?,
        period_s: spec.period_s,
        azimuth_sigma_rad: rad(spec.azimuth_sigma_deg),
        probability: spec.probability,
        clutter: spec.clutter,
        latency: span("latency_s", spec.latency_s, line)?,
        outages: context.silent(&spec.silent, line)?,
    })
}

fn interference(spanned: &Spanned<spec::Interference>, context: &Context<'_>) -> Result<Interference> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    positive(&[("range_km", spec.range_km)], line)?;
    Ok(Interference {
        site: context.site(&spec.at, spec.mast_m, line)?,
        range_m: spec.range_km * 1000.0,
        weak_m: 1000.0 * spec.weak_km.unwrap_or(spec.range_km).max(spec.range_km),
        from: context.time(&spec.from, line)?,
        until: context.time(&spec.until, line)?,
    })
}
