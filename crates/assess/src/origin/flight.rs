//! Flights backwards: from where a track was first seen to where it may have started.
//!
//! Starts are taken to happen anywhere at any time, as often as the candidate areas and what is elsewhere say; a flight goes straight but for turns at
//! random distances, in a wind that is not exactly known, as far as its kind flies. Such flights run backwards as they run forwards. A
//! start some way back is then as probable as starts are there, times the chance that the flight was not seen on all the way since, times the chance that its range
//! was enough for what was seen of it, too.

use super::areas::Areas;
use super::chance::Chance;
use super::params::{KindParams, OriginParams};
use super::start::Start;
use super::wind::wind;
use crate::coverage::{Coverage, EARTH_M, Network, Target};
use skypicket_model::math::{PI, cos, exp, hypot, ln, rad, sin_cos};
use skypicket_model::{LatLon, Span, Time};

/// What flights are tried in.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) params: &'a OriginParams,
    pub(super) areas: &'a Areas,
    pub(super) coverage: &'a Coverage,
    pub(super) network: &'a Network,
}

/// A possible start: a place about there, how much it weighs, and in which areas it is.
pub(super) struct Deposit<'a> {
    pub(super) about: LatLon,
    pub(super) weight: f64,
    pub(super) inside: &'a [u8],
}

/// Velocities and winds that are tried for one flight.
const TRIES: usize = 8;
/// Length of a step, metres, and the least number of them in the range.
const STEP_M: f64 = 5000.0;
const STEPS: f64 = 40.0;
/// Longest step, seconds; most steps.
const STEP_S: f64 = 300.0;
const MAX_STEPS: usize = 900;
/// A track is held after three detections; the second and third come within this time, seconds.
const HELD_WITHIN_S: f64 = 30.0;
/// A start climbs this fast, m/s, through these bands above ground, metres, each asked at one height; then it is where it cruises.
const CLIMB_M_S: f64 = 3.0;
const CLIMB: usize = 4;
const BANDS_M: [f64; CLIMB] = [60.0, 200.0, 600.0, 1800.0];
const ASKED_M: [f64; CLIMB] = [40.0, 130.0, 400.0, 1200.0];
/// So much of the rate of detection is left where what is said of coverage does not hold.
const UNBELIEVED: f64 = 1.0 / 30.0;
/// So long before its first place a track may have been seen a time or two without being held, seconds: a turn of a slow radar, three
/// plots, and what confirming takes.
const BEGINNING_S: f64 = 45.0;
/// Flights that were not seen on the first of the way back go on so many times.
const BRANCHES: u32 = 4;
/// 1 sigma by which a place is turned about the first, radians, and of its distance, as a share.
const SPREAD_RAD: f64 = 0.06;
const SPREAD: f64 = 0.05;
/// Chance that the wind is off by so many times more than its sigma says.
const WILD_WIND: f64 = 0.2;
const WILD: f64 = 2.0;
/// Chance that a flight changes its height where it turns.
const NEW_HEIGHT: f64 = 0.3;
/// One turn in so many is into any direction.
const ANY_TURN: f64 = 0.05;
/// Airspeeds beyond the usual ones fall off over this share of the limit, m/s at least this; what is farther has this density beside.
const TAIL: f64 = 0.15;
const TAIL_M_S: f64 = 2.0;
const FLOOR: f64 = 0.003;

impl KindParams {
    fn drifts(&self) -> bool {
        self.airspeed_km_h[0] <= 0.0
    }

    /// Density of an airspeed, per m/s.
    fn speed_density(&self, m_s: f64) -> f64 {
        let [low, high] = self.airspeed_km_h.map(|km_h| km_h / 3.6);
        let (below, above) = ((TAIL * low).max(TAIL_M_S), (TAIL * high).max(TAIL_M_S));
        let flat = if m_s < low { 1.0 - (low - m_s) / below } else { 1.0 - (m_s - high) / above };
        let total = (high - low) + 0.5 * (below + above);
        let floor = if m_s < 2.0 * high { FLOOR / (2.0 * high) } else { 0.0 };
        (1.0 - FLOOR) * flat.clamp(0.0, 1.0) / total + floor
    }

    fn speed(&self, chance: &mut Chance) -> f64 {
        let [low, high] = self.airspeed_km_h.map(|km_h| km_h / 3.6);
        chance.between(low, high)
    }

    fn height(&self, chance: &mut Chance) -> f64 {
        let [low, high] = self.height_m;
        exp(chance.between(ln(low.max(5.0)), ln(high.max(10.0))))
    }
}

/// Ground and air velocity that fit what was seen, and how well.
struct Motion {
    /// East and north, m/s.
    air: [f64; 2],
    /// What the wind is more than was told.
    gust: [f64; 2],
    weight: f64,
}

fn motion(world: &World<'_>, start: &Start, kind: &KindParams, height_m: f64, chance: &mut Chance) -> Motion {
    let told = wind(world.params, start.place, height_m);
    // What is told of winds is right to its sigma mostly, not always.
    let wild = chance.unit() < WILD_WIND;
    let sigma = world.params.wind_sigma_m_s.max(0.1) * if wild { WILD } else { 1.0 };
    let mut tries: [Motion; TRIES] = core::array::from_fn(|_| {
        let ground = start.velocity_m_s.map(|v| v + start.velocity_sigma_m_s * chance.normal());
        if kind.drifts() {
            let speed = kind.speed(chance);
            let (sin, cos) = sin_cos(chance.between(-PI, PI));
            let air = [speed * sin, speed * cos];
            let gust = [ground[0] - air[0] - told[0], ground[1] - air[1] - told[1]];
            let far2 = (gust[0] * gust[0] + gust[1] * gust[1]) / (sigma * sigma);
            Motion { air, gust, weight: exp(-0.5 * far2) / (2.0 * PI * sigma * sigma) }
        } else {
            let gust = [sigma * chance.normal(), sigma * chance.normal()];
            let air = [ground[0] - told[0] - gust[0], ground[1] - told[1] - gust[1]];
            let speed = hypot(air[0], air[1]).max(0.5);
            Motion { air, gust, weight: kind.speed_density(speed) / (2.0 * PI * speed) }
        }
    });
    // One of them, as often as it fits; the flight weighs what they fit in the mean.
    let total: f64 = tries.iter().map(|motion| motion.weight).sum();
    let mut left = total * chance.unit();
    let chosen = tries.iter().position(|motion| {
        left -= motion.weight;
        left <= 0.0
    });
    let chosen = &mut tries[chosen.unwrap_or(TRIES - 1)];
    Motion { air: chosen.air, gust: chosen.gust, weight: total / TRIES as f64 }
}

/// How well a kind fits what was seen, by a few tries: where flights are worth trying.
pub(super) fn fit(world: &World<'_>, start: &Start, kind: &KindParams, chance: &mut Chance) -> f64 {
    const PILOTS: usize = 8;
    let fits = (0..PILOTS).map(|_| {
        let height_m = height(start, kind, chance);
        let beyond = beyond(start, kind);
        motion(world, start, kind, height_m, chance).weight * beyond
    });
    fits.sum::<f64>() / PILOTS as f64
}

/// Chance that a kind's range is enough for what was seen alone.
fn beyond(start: &Start, kind: &KindParams) -> f64 {
    let [low, high] = kind.range_km;
    ((high - start.flown_km.max(low)) / (high - low)).clamp(0.0, 1.0)
}

fn height(start: &Start, kind: &KindParams, chance: &mut Chance) -> f64 {
    match start.height_m {
        Some((height_m, sigma_m)) => (height_m + sigma_m * chance.normal()).max(20.0),
        None => kind.height(chance),
    }
}

/// Flies back once and deposits all starts on the way; `weight` is that of the choice of kind.
pub(super) fn back(
    world: &World<'_>,
    start: &Start,
    kind: &KindParams,
    weight: f64,
    chance: &mut Chance,
    deposit: &mut impl FnMut(&Deposit<'_>),
) {
    let params = world.params;
    let height_m = height(start, kind, chance);
    let Motion { air, gust, weight: fits } = motion(world, start, kind, height_m, chance);
    let flight_weight = weight * fits * beyond(start, kind);
    if flight_weight <= 0.0 {
        return;
    }
    let low = kind.range_km[0].max(start.flown_km);
    let range_m = 1000.0 * (chance.between(low, kind.range_km[1].max(low)) - start.flown_km);
    // Turns are as frequent as is usual, and as they were while it was seen.
    let turns_per_m = chance.gamma(1.5 + start.turns, 1.0 / (1.5 * params.leg_km + start.flown_km)) / 1000.0;
    let turn_rad = rad(params.turn_deg) * exp(0.4 * chance.normal());
    let speed = hypot(air[0], air[1]);
    let course = [air[0] / speed.max(0.1), air[1] / speed.max(0.1)];
    let step_m = STEP_M.min(range_m / STEPS).max(50.0);
    let told = wind(params, start.place, height_m);
    let ground = [0, 1].map(|k| air[k] + told[k] + gust[k]);
    let (seen, fits) = seen(world, start, kind, ground, turns_per_m, chance);
    let flight_weight = flight_weight * fits;
    let climbing = climbing(world, start, &seen);
    let first = start.place;
    let flight = Flight { world, kind, seen, climbing, speed, gust, range_m, step_m, turns_per_m, turn_rad, first };
    let mut way = Way {
        place: start.place,
        time: start.time,
        course,
        height_m: seen.height_m,
        flown_m: 0.0,
        elapsed_s: 0.0,
        seen: [0.0; CLIMB + 1],
        passed: Vec::with_capacity(64),
    };
    if flight.fly(&mut way, AHEAD as f64 * AHEAD_M, flight_weight, chance, deposit) {
        // Who came unseen from farther away may have come from many places.
        for _ in 0..BRANCHES {
            flight.fly(&mut way.clone(), f64::INFINITY, flight_weight / f64::from(BRANCHES), chance, deposit);
        }
    }
}

/// What of a flight does not change on its way.
struct Flight<'a> {
    world: &'a World<'a>,
    kind: &'a KindParams,
    seen: Seeing,
    /// How much less often it is seen where the track begins while it climbs through each band.
    climbing: [f64; CLIMB],
    speed: f64,
    gust: [f64; 2],
    range_m: f64,
    step_m: f64,
    turns_per_m: f64,
    turn_rad: f64,
    first: LatLon,
}

/// How far it has flown back.
#[derive(Clone)]
struct Way {
    place: LatLon,
    time: Time,
    course: [f64; 2],
    height_m: f64,
    flown_m: f64,
    elapsed_s: f64,
    /// How often it would have been seen so far had it been in each band, and in cruise; and by when, from the beginning on.
    seen: [f64; CLIMB + 1],
    passed: Vec<(f64, [f64; CLIMB + 1])>,
}

impl Flight<'_> {
    /// Flies back to a distance; `false` where the flight cannot have come from farther.
    fn fly(
        &self,
        way: &mut Way,
        until_m: f64,
        weight: f64,
        chance: &mut Chance,
        deposit: &mut impl FnMut(&Deposit<'_>),
    ) -> bool {
        let (world, params) = (self.world, self.world.params);
        let near_m = AHEAD as f64 * AHEAD_M;
        let mut inside = Vec::new();
        for _ in 0..MAX_STEPS {
            if way.flown_m >= until_m {
                return true;
            }
            let told = wind(params, way.place, way.height_m);
            let ground = [0, 1].map(|k| self.speed * way.course[k] + told[k] + self.gust[k]);
            let dt_s = (self.step_m / hypot(ground[0], ground[1]).max(0.1)).min(STEP_S);
            way.flown_m += self.speed.max(0.2) * dt_s;
            if way.flown_m > self.range_m {
                return false;
            }
            // What a second of this step is in degrees, backwards.
            let per_s = degrees_back(way.place, ground);
            let middle = moved(way.place, per_s, 0.5 * dt_s);
            let now = if way.flown_m <= near_m {
                self.seen.at(way.flown_m)
            } else {
                Seeing { height_m: way.height_m, ..self.seen }
            };
            way.height_m = now.height_m;
            let counted_s = (way.elapsed_s + dt_s - BEGINNING_S).clamp(0.0, dt_s);
            let at = back_by(way.time, 0.5 * dt_s);
            for (band, seen) in way.seen.iter_mut().enumerate() {
                let height_m = ASKED_M.get(band).map_or(now.height_m, |asked| asked.min(now.height_m));
                *seen += now.believed * hazard(world, middle, at, &Seeing { height_m, ..now }) * counted_s;
            }
            way.elapsed_s += dt_s;
            way.passed.push((way.elapsed_s, way.seen));
            let since_s = way.elapsed_s - 0.5 * dt_s;
            // What climbs only later in the past was seen in cruise all the while.
            if way.seen_by(way.elapsed_s - BANDS_M[CLIMB - 1] / CLIMB_M_S, CLIMB) > 14.0 {
                return false;
            }
            let unseen = way.seen_since(since_s);
            let first = self.first_seen(since_s);
            let here = moved(way.place, per_s, chance.unit() * dt_s);
            let density = world.areas.density(here, (params.elsewhere, params.elsewhere_km2), &mut inside);
            let weight = weight * first * density * dt_s * exp(-unseen);
            deposit(&Deposit { about: spread(self.first, here, chance), weight, inside: &inside });
            way.place = moved(way.place, per_s, dt_s);
            way.time = back_by(way.time, dt_s);
            if way.place.lat_deg.abs() > 85.0 {
                return false;
            }
            if chance.unit() < 1.0 - exp(-self.turns_per_m * self.speed * dt_s) {
                let any = chance.unit() < ANY_TURN;
                let turn = if any { chance.between(-PI, PI) } else { self.turn_rad * chance.normal() };
                let (sin, cos) = sin_cos(turn);
                let [east, north] = way.course;
                way.course = [east * cos + north * sin, north * cos - east * sin];
                if way.flown_m > near_m && chance.unit() < NEW_HEIGHT {
                    way.height_m = self.kind.height(chance);
                }
            }
        }
        false
    }
}

impl Flight<'_> {
    /// How often a flight that started so long before its track began is seen there, by how often it is in cruise.
    fn first_seen(&self, started_s: f64) -> f64 {
        let height_m = CLIMB_M_S * started_s;
        let band = BANDS_M.iter().position(|upper| height_m < upper.min(self.seen.height_m));
        band.and_then(|band| self.climbing.get(band)).copied().unwrap_or(1.0)
    }
}

/// See [`Flight::climbing`].
fn climbing(world: &World<'_>, start: &Start, seen: &Seeing) -> [f64; CLIMB] {
    // A height that was measured does not climb.
    if start.height_m.is_some() {
        return BANDS_M.map(|upper| if upper < 0.7 * seen.height_m { 0.0 } else { 1.0 });
    }
    let cruise = hazard(world, start.place, start.time, seen).max(1e-6);
    ASKED_M.map(|asked| {
        let climbing = Seeing { height_m: asked.min(seen.height_m), ..*seen };
        hazard(world, start.place, start.time, &climbing).max(1e-6) / cruise
    })
}

impl Way {
    /// How often it would have been seen in a band (or in cruise) until so long before the track began.
    fn seen_by(&self, elapsed_s: f64, band: usize) -> f64 {
        if elapsed_s <= 0.0 {
            return 0.0;
        }
        let after = self.passed.partition_point(|(then, _)| *then < elapsed_s);
        let of = |at: usize| {
            self.passed.get(at).map_or((0.0, 0.0), |(then, seen)| (*then, seen.get(band).copied().unwrap_or(0.0)))
        };
        let (from, to) = (after.checked_sub(1).map_or((0.0, 0.0), of), of(after));
        let share = if to.0 > from.0 { ((elapsed_s - from.0) / (to.0 - from.0)).clamp(0.0, 1.0) } else { 1.0 };
        from.1 + share * (to.1 - from.1)
    }

    /// How often it would have been seen had it started so long before the track began: climbing through its bands, then in cruise.
    fn seen_since(&self, started_s: f64) -> f64 {
        let mut sum = 0.0;
        let mut from_s: f64 = 0.0;
        for (band, upper_m) in BANDS_M.iter().enumerate() {
            let until_s = (upper_m.min(self.height_m) / CLIMB_M_S).min(started_s);
            if until_s > from_s {
                sum += self.seen_by(started_s - from_s, band) - self.seen_by(started_s - until_s, band);
                from_s = until_s;
            }
        }
        sum + self.seen_by(started_s - from_s, CLIMB)
    }
}

/// A place turned and drawn a little about another: between the flights that are tried there are others.
fn spread(about: LatLon, place: LatLon, chance: &mut Chance) -> LatLon {
    let wide = cos(rad(about.lat_deg));
    let (east, north) =
        (skypicket_model::math::wrap_deg_180(place.lon_deg - about.lon_deg) * wide, place.lat_deg - about.lat_deg);
    let (sin, cos) = sin_cos(SPREAD_RAD * chance.normal());
    let longer = exp(SPREAD * chance.normal());
    LatLon {
        lat_deg: (about.lat_deg + longer * (north * cos - east * sin)).clamp(-89.0, 89.0),
        lon_deg: skypicket_model::math::wrap_deg_180(about.lon_deg + longer * (east * cos + north * sin) / wide),
    }
}

/// What decides whether a flight is seen, and nobody knows.
#[derive(Clone, Copy)]
struct Seeing {
    height_m: f64,
    rcs_m2: f64,
    /// All horizons are off by so many of their sigmas.
    horizon: f64,
    /// What is left of the rates of detection until the track begins: what hid it is in no model.
    believed: f64,
    /// It came to this height so far before it was first seen, metres, from another.
    before: Option<(f64, f64)>,
}

impl Seeing {
    /// As it was so far back on the way.
    fn at(self, back_m: f64) -> Self {
        match self.before {
            Some((from_m, height_m)) if back_m > from_m => Self { height_m, ..self },
            _ => self,
        }
    }
}

/// So many are weighed against each other for one flight, along the straight way back, in steps of so many metres, so far.
const SEEINGS: usize = 12;
const AHEAD_M: f64 = 8_000.0;
const AHEAD: usize = 12;
/// Chance with which one is taken that would have been seen on that way: it may have started on it.
const ALL_THE_SAME: f64 = 0.5;

/// Draws what decides whether the flight is seen: as often as it is seen where the track begins, and mostly such that it was not seen before. The
/// weight makes up for the choice.
fn seen(
    world: &World<'_>,
    start: &Start,
    kind: &KindParams,
    ground_m_s: [f64; 2],
    turns_per_m: f64,
    chance: &mut Chance,
) -> (Seeing, f64) {
    let params = world.params;
    let dt_s = (AHEAD_M / hypot(ground_m_s[0], ground_m_s[1]).max(0.1)).min(10.0 * STEP_S);
    let per_s = degrees_back(start.place, ground_m_s);
    let way: [(LatLon, Time, f64); AHEAD] = core::array::from_fn(|k| {
        let back_s = (k as f64 + 0.5) * dt_s;
        let counted_s = (back_s + 0.5 * dt_s - BEGINNING_S).clamp(0.0, dt_s);
        (moved(start.place, per_s, back_s), back_by(start.time, back_s), counted_s)
    });
    // Half of them came to their height on the way: more than do, for those that came into view so would be missed.
    let changes = 1.0 - exp(-NEW_HEIGHT * turns_per_m * AHEAD as f64 * AHEAD_M);
    let all: [(Seeing, f64, f64); SEEINGS] = core::array::from_fn(|number| {
        let changed = number % 2 == 1;
        let often = 2.0 * if changed { changes } else { 1.0 - changes };
        let seeing = Seeing {
            height_m: height(start, kind, chance),
            rcs_m2: kind.rcs_m2 * exp(ln(params.size_factor.max(1.0)) * chance.normal()),
            horizon: chance.normal(),
            believed: if chance.unit() < params.coverage_doubt { UNBELIEVED } else { 1.0 },
            before: changed.then(|| (chance.between(0.0, AHEAD as f64 * AHEAD_M), kind.height(chance))),
        };
        // What hid it hid it where its track begins, too: it is seen for the first time only once.
        let there = often * seeing.believed * hazard(world, start.place, start.time, &seeing).max(1e-6);
        let before: f64 = way
            .iter()
            .zip(0..)
            .map(|((place, time, counted_s), k)| {
                let back_m = (f64::from(k) + 0.5) * AHEAD_M;
                seeing.believed * hazard(world, *place, *time, &seeing.at(back_m)) * counted_s
            })
            .sum();
        (seeing, there, there * (exp(-before) + ALL_THE_SAME))
    });
    let total: f64 = all.iter().map(|(.., wanted)| wanted).sum();
    let mut left = total * chance.unit();
    let chosen = all.iter().find(|(.., wanted)| {
        left -= wanted;
        left <= 0.0
    });
    let (seeing, there, wanted) = chosen.copied().unwrap_or(all[SEEINGS - 1]);
    (seeing, there / wanted * total / SEEINGS as f64)
}

/// Rate at which a track would have been begun, per second: a detection that others follow soon.
fn hazard(world: &World<'_>, place: LatLon, time: Time, seeing: &Seeing) -> f64 {
    let target = Target { rcs_m2: seeing.rcs_m2, height_m: seeing.height_m };
    let rate = world.network.rate_on_path(world.coverage, place, target, time, seeing.horizon);
    if rate <= 0.0 {
        return 0.0;
    }
    let more = rate * HELD_WITHIN_S;
    rate * (1.0 - exp(-more) * (1.0 + more))
}

fn back_by(time: Time, seconds: f64) -> Time {
    time - Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
}

/// Degrees of latitude and longitude that are passed in a second, flying back.
fn degrees_back(place: LatLon, velocity_m_s: [f64; 2]) -> [f64; 2] {
    let deg_m = EARTH_M * PI / 180.0;
    [-velocity_m_s[1] / deg_m, -velocity_m_s[0] / (deg_m * cos(rad(place.lat_deg.clamp(-88.0, 88.0))))]
}

fn moved(place: LatLon, per_s: [f64; 2], seconds: f64) -> LatLon {
    LatLon {
        lat_deg: place.lat_deg + per_s[0] * seconds,
        lon_deg: skypicket_model::math::wrap_deg_180(place.lon_deg + per_s[1] * seconds),
    }
}
