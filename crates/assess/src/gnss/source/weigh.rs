//! How well a transmitter at a place explains who was affected where: for every reach, mast height and direction of its antenna at once.
//!
//! A step is inside where its distance is less than the reach, and the transmitter above its horizon. What a step says inside is a factor that is set in at the
//! first reach that holds it, so that one pass over a flight's steps gives its likelihood for all reaches. Airframes differ in sensitivity: each flight is weighed
//! with a spread of reaches about the transmitter's, the same at its entry and at its exit.

use skypicket_model::math::{PI, cos, exp, ln, rad, sin_cos};
use skypicket_model::{LatLon, math};

use super::given::{Carried, Flown, Given, HORIZON_KM, Kind, Step, UNITS, vector};
use super::hunt::Stand;

/// Reaches that are tried: from 20 km on, each larger by the same factor, up to 450 km.
pub(super) const RADII: usize = 24;
const LN_FIRST_KM: f64 = 2.995_732_273_553_991;
const STEP_LN: f64 = 0.135_37;
/// Distances are told apart three times as finely: where a flight came within reach and left it, both are as far from the transmitter.
const FINE: usize = 3;
/// Airframes' reaches about the transmitter's: so many fine steps, and their standard deviation in those. Origin: thresholds of receivers differ by some
/// 2.5 dB, a factor of 1.33 in distance (Aeronautical Journal, "Aircraft resilience to GNSS jamming").
const SPREAD: usize = 27;
const SPREAD_STEPS: f64 = 6.6;
const BINS: usize = FINE * (RADII - 1) + SPREAD;
/// The edge is no line: from outside to inside it goes in so many fine steps. Origin: antennas ripple by 1–2 dB with direction, a tenth to a fifth of the reach.
const SOFT: usize = 5;
/// How probable it is to be inside after each of them.
const INSIDE: [f64; SOFT] = [0.03, 0.12, 0.3, 0.6, 1.0];
/// Heights of the antenna above what is around it, metres, and how probable each is; the last one flies.
pub(super) const MASTS: usize = 4;
const MASTS_M: [(f64, f64); MASTS] = [(8.0, 0.4), (30.0, 0.33), (100.0, 0.22), (2500.0, 0.05)];
/// Antennas: alike in all directions, or weaker behind by so many dB, in eight directions; and how probable each is. One that is stronger in a direction looks
/// nearly like one that stands farther that way: only this and the horizon tell them apart.
const DIRECTIONS: usize = 8;
const ALIKE: f64 = 0.6;
const SWINGS_DB: [(f64, f64); 2] = [(4.0, 0.25), (9.0, 0.15)];
pub(super) const PATTERNS: usize = 1 + DIRECTIONS * SWINGS_DB.len();
/// What steps say is taken to this power: those of one flight, and of flights on one airway, are alike.
const TEMPER: f64 = 0.9;
/// Share of flights that are as the model thinks.
const USUAL: f64 = 0.95;
/// What is so many fine steps inside of another transmitter's reach says nothing of this one; who lost its navigation did so by it up to so far outside.
const WELL_INSIDE: f64 = 5.0;
const ABOUT: f64 = -7.0;
/// Least likelihood of a flight, and so many are multiplied before the logarithm is taken.
const LEAST: f64 = 1e-20;
const AT_ONCE: u32 = 12;

/// What is found about a transmitter at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    /// Log-likelihood over all reaches, masts and antennas by their prior.
    pub(super) ln: f64,
    /// The best of them, and which.
    pub(super) best_ln: f64,
    pub(super) best: Kit,
}
skypicket_model::canon_struct!(Found { ln, best_ln, best });

/// A transmitter but for its place: numbers of reach, mast and antenna.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kit {
    pub(super) reach: u8,
    pub(super) mast: u8,
    pub(super) pattern: u8,
}
skypicket_model::canon_struct!(Kit { reach, mast, pattern });

impl Kit {
    /// Reach in the direction in which it is strongest, km.
    pub(super) fn reach_km(self) -> f64 {
        exp(LN_FIRST_KM + STEP_LN * f64::from(self.reach))
    }
}

/// A step as seen from a place.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Number of its distance among fine steps, with the spread below.
    bin: f64,
    /// Direction of it, east and north.
    toward: [f64; 2],
    /// The lowest mast that it sees.
    mast: u8,
    /// Factors that are set in from outside to inside, one at each fine step of the edge.
    gain: [f64; SOFT],
}

/// What is the same for all places.
#[derive(Clone, Debug)]
pub(super) struct Weigher {
    carried: Carried,
    spread: [f64; SPREAD],
    /// Direction and strength of each antenna: half of the swing in fine steps.
    antennas: [([f64; 2], f64); PATTERNS],
    masts_km: [f64; MASTS],
    ln_mast: [f64; MASTS],
    seen: Vec<Seen>,
    /// By antenna, mast, reach.
    ln: Vec<[[f64; RADII]; MASTS]>,
}

impl Weigher {
    pub(super) fn new() -> Self {
        let mut spread: [f64; SPREAD] = core::array::from_fn(|k| {
            let off = (k as f64 - (SPREAD / 2) as f64) / SPREAD_STEPS;
            exp(-0.5 * off * off)
        });
        let sum: f64 = spread.iter().sum();
        spread.iter_mut().for_each(|weight| *weight *= USUAL / sum);
        let antennas = core::array::from_fn(|pattern| {
            let Some(turned) = pattern.checked_sub(1) else { return ([0.0, 0.0], 0.0) };
            let (north_cos, east_sin) = {
                let (sin, cos) = sin_cos(2.0 * PI * (turned % DIRECTIONS) as f64 / DIRECTIONS as f64);
                (cos, sin)
            };
            let (swing_db, _) = SWINGS_DB[turned / DIRECTIONS];
            ([east_sin, north_cos], 0.5 * swing_db / 20.0 * ln(10.0) / STEP_LN * FINE as f64)
        });
        Self {
            carried: Carried::new(),
            spread,
            antennas,
            masts_km: MASTS_M.map(|(mast_m, _)| HORIZON_KM * mast_m.sqrt()),
            ln_mast: MASTS_M.map(|(_, probable)| ln(probable)),
            seen: Vec::new(),
            ln: Vec::new(),
        }
    }

    fn ln_pattern(pattern: usize) -> f64 {
        let probable =
            pattern.checked_sub(1).map_or(ALIKE, |turned| SWINGS_DB[turned / DIRECTIONS].1 / DIRECTIONS as f64);
        ln(probable)
    }

    /// Weighs a transmitter at a place. `patterns`: how many antennas are tried.
    pub(super) fn weigh(&mut self, given: &Given, place: LatLon, patterns: usize) -> Found {
        self.look(given, place);
        let patterns = patterns.min(PATTERNS);
        self.ln.clear();
        self.ln.resize(patterns, [[0.0; RADII]; MASTS]);
        for pattern in 0..patterns {
            self.add(given, pattern);
        }
        let mut found = Found { ln: 0.0, best_ln: f64::NEG_INFINITY, best: Kit::default() };
        for (pattern, by_mast) in self.ln.iter_mut().enumerate() {
            let ln_pattern = Self::ln_pattern(pattern);
            for (mast, (by_reach, ln_mast)) in by_mast.iter_mut().zip(self.ln_mast).enumerate() {
                for (reach, ln) in by_reach.iter_mut().enumerate() {
                    *ln += ln_pattern + ln_mast;
                    if *ln > found.best_ln {
                        found.best_ln = *ln;
                        found.best = Kit { reach: reach as u8, mast: mast as u8, pattern: pattern as u8 };
                    }
                }
            }
        }
        let sum: f64 = self.ln.iter().flatten().flatten().map(|ln| exp(ln - found.best_ln)).sum();
        found.ln = found.best_ln + math::ln(sum / RADII as f64);
        found
    }

    /// How probable each reach is at the place that was weighed last; they add up to one.
    pub(super) fn reaches(&self) -> [f64; RADII] {
        let most = self.ln.iter().flatten().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut reaches = [0.0; RADII];
        for by_reach in self.ln.iter().flatten() {
            for (sum, ln) in reaches.iter_mut().zip(by_reach) {
                *sum += exp(ln - most);
            }
        }
        let sum: f64 = reaches.iter().sum();
        reaches.iter_mut().for_each(|reach| *reach /= sum.max(f64::MIN_POSITIVE));
        reaches
    }

    /// 5 %, 50 % and 95 % of the reach at the place that was weighed last, metres.
    pub(super) fn reach_m(&self) -> [f64; 3] {
        let mut told = [0.0; 3];
        let (mut below, mut next) = (0.0, 0);
        for (reach, probable) in self.reaches().iter().enumerate() {
            below += probable;
            while next < 3 && below >= [0.05, 0.5, 0.95][next] {
                told[next] = 1e3 * exp(LN_FIRST_KM + STEP_LN * reach as f64);
                next += 1;
            }
        }
        told
    }

    /// By how many fine steps a step is inside of a transmitter's reach for a usual airframe; `None` below its horizon.
    fn inside_by(&self, stand: &Stand, seen: &Seen) -> Option<f64> {
        let (front, half) = self.antennas[usize::from(stand.kit.pattern)];
        let behind = 1.0 - (front[0] * seen.toward[0] + front[1] * seen.toward[1]);
        let reach = (FINE * usize::from(stand.kit.reach) + SPREAD / 2) as f64;
        (seen.mast <= stand.kit.mast).then_some(reach - (seen.bin + half * behind))
    }

    /// Log-likelihood of several transmitters together, with their priors; of none where there are none.
    pub(super) fn together(&mut self, given: &Given, stands: &[Stand]) -> f64 {
        let mut looks = Vec::with_capacity(stands.len());
        let mut sum = 0.0;
        for stand in stands {
            self.look(given, stand.place);
            looks.push(self.seen.iter().map(|seen| self.inside_by(stand, seen)).collect::<Vec<_>>());
            sum += self.ln_mast[usize::from(stand.kit.mast)] + Self::ln_pattern(usize::from(stand.kit.pattern));
        }
        for flown in &given.flown {
            let mut likely = flown.anyway;
            for (k, weight) in self.spread.iter().enumerate() {
                let airframe = k as f64 - (SPREAD / 2) as f64;
                likely += weight * self.flight_of(given, flown, &looks, airframe);
            }
            sum += flown.weight * TEMPER * ln(likely.max(LEAST));
        }
        sum
    }

    /// Likelihood of a flight whose airframe is by so many fine steps more sensitive than usual.
    fn flight_of(&self, given: &Given, flown: &Flown, looks: &[Vec<Option<f64>>], airframe: f64) -> f64 {
        let (mut likely, mut units) = (1.0, 0_usize);
        for at in flown.from as usize..flown.until as usize {
            let Some(step) = given.steps.get(at) else { break };
            let mut outside = 1.0;
            for look in looks {
                // As many steps of the edge as it is inside; the same as in `flight`.
                let by = look.get(at).copied().flatten().map_or(-1.0, |by| (by + airframe + (SOFT / 2) as f64).floor());
                outside *= if by < 0.0 { 1.0 } else { 1.0 - INSIDE[(by as usize).min(SOFT - 1)] };
            }
            let inside = 1.0 - outside;
            match step.kind {
                Kind::Has | Kind::Loses => likely *= outside * step.outside + inside * step.inside,
                Kind::Lacks => units += if inside < 0.25 { usize::from(step.units) } else { 0 },
                Kind::Back => {
                    let n = core::mem::take(&mut units).min(UNITS);
                    likely *= outside * self.carried.back[n] + inside * step.inside * self.carried.still[n];
                }
            }
        }
        likely * self.carried.still[units.min(UNITS)]
    }

    /// What is given, without what another transmitter explains: who lost its navigation about its reach, and who had it well within.
    pub(super) fn covered(&mut self, given: &Given, other: &Stand) -> Given {
        self.look(given, other.place);
        let mut own = given.clone();
        let mut onsets = given.onsets.iter();
        own.onsets.clear();
        for (step, seen) in own.steps.iter_mut().zip(&self.seen) {
            let by = self.inside_by(other, seen).unwrap_or(f64::NEG_INFINITY);
            step.covered = by > if step.kind == Kind::Has { WELL_INSIDE } else { ABOUT };
            if step.kind == Kind::Loses {
                own.onsets.extend(onsets.next().filter(|_| !step.covered));
            }
        }
        own
    }

    fn look(&mut self, given: &Given, place: LatLon) {
        let at = vector(place, 0.0);
        let (sin_lon, cos_lon) = sin_cos(rad(place.lon_deg));
        let (sin_lat, cos_lat) = (math::sin(rad(place.lat_deg)), cos(rad(place.lat_deg)));
        self.seen.clear();
        self.seen.extend(given.steps.iter().map(|step| {
            let to: [f64; 3] = core::array::from_fn(|k| step.at[k] - at[k]);
            let km = (to[0] * to[0] + to[1] * to[1] + to[2] * to[2]).sqrt().max(0.1);
            let east = -sin_lon * to[0] + cos_lon * to[1];
            let north = -sin_lat * cos_lon * to[0] - sin_lat * sin_lon * to[1] + cos_lat * to[2];
            let mast = self.masts_km.iter().position(|mast_km| km <= mast_km + step.horizon_km).unwrap_or(MASTS);
            Seen {
                bin: (ln(km) - LN_FIRST_KM) / STEP_LN * FINE as f64 + (SPREAD / 2) as f64,
                toward: [east / km, north / km],
                mast: mast as u8,
                gain: edge(step),
            }
        }));
    }

    /// Adds what all flights say for one antenna.
    fn add(&mut self, given: &Given, pattern: usize) {
        let antenna = self.antennas[pattern];
        let mut product = [[1.0_f64; RADII]; MASTS];
        let (mut weight, mut count) = (0.0_f64, 0);
        let mut sums = [[0.0; RADII]; MASTS];
        for flown in &given.flown {
            if count >= AT_ONCE || weight.total_cmp(&flown.weight).is_ne() {
                fold(&mut sums, &mut product, weight);
                (weight, count) = (flown.weight, 0);
            }
            count += 1;
            let own = self.seen.get(flown.from as usize..flown.until as usize).unwrap_or_default();
            let mut says = [1.0; RADII];
            for (mast, product) in product.iter_mut().enumerate() {
                if mast == 0 || own.iter().any(|seen| usize::from(seen.mast) == mast) {
                    says = self.flight(given, flown, &self.seen, antenna, mast as u8);
                }
                product.iter_mut().zip(says).for_each(|(product, own)| *product *= own);
            }
        }
        fold(&mut sums, &mut product, weight);
        self.ln[pattern] = sums;
    }

    /// Likelihood of a flight for every reach.
    fn flight(
        &self,
        given: &Given,
        flown: &Flown,
        seen: &[Seen],
        (front, half): ([f64; 2], f64),
        mast: u8,
    ) -> [f64; RADII] {
        // What is set in at a reach, and units outside that end there.
        let (mut gain, mut units) = ([1.0_f64; BINS + SOFT], [0_i32; BINS + SOFT]);
        let (mut base, mut total) = (1.0_f64, 0_i32);
        let mut runs = [1.0_f64; BINS];
        let range = flown.from as usize..flown.until as usize;
        let steps = given.steps.get(range.clone()).unwrap_or_default();
        for (step, seen) in steps.iter().zip(seen.get(range).unwrap_or_default()) {
            if step.covered {
                continue;
            }
            let at = if seen.mast > mast {
                BINS
            } else {
                let behind = 1.0 - (front[0] * seen.toward[0] + front[1] * seen.toward[1]);
                (seen.bin + half * behind - (SOFT / 2) as f64).ceil().clamp(0.0, BINS as f64) as usize
            };
            match step.kind {
                Kind::Has | Kind::Loses => {
                    base *= step.outside;
                    gain[at..].iter_mut().zip(seen.gain).for_each(|(gain, own)| *gain *= own);
                }
                Kind::Lacks => {
                    total += i32::from(step.units);
                    units[at + SOFT / 2] -= i32::from(step.units);
                }
                Kind::Back => {
                    let mut left = total;
                    for (x, run) in runs.iter_mut().enumerate() {
                        left += units[x];
                        let n = (left.max(0) as usize).min(UNITS);
                        let inside = if x < at { 0.0 } else { INSIDE[(x - at).min(SOFT - 1)] };
                        *run *= (1.0 - inside) * self.carried.back[n] + inside * step.inside * self.carried.still[n];
                    }
                    (units, total) = ([0; BINS + SOFT], 0);
                }
            }
        }
        let (mut here, mut left) = (base, total);
        let mut bins = [0.0; BINS];
        for (x, bin) in bins.iter_mut().enumerate() {
            here *= gain[x];
            left += units[x];
            *bin = here * runs[x] * self.carried.still[(left.max(0) as usize).min(UNITS)];
        }
        core::array::from_fn(|reach| {
            let spread: f64 = self.spread.iter().zip(&bins[FINE * reach..]).map(|(w, bin)| w * bin).sum();
            (spread + flown.anyway).max(LEAST)
        })
    }
}

/// What is set in at each fine step of the edge, as factor of what stood before.
fn edge(step: &Step) -> [f64; SOFT] {
    let mut before = step.outside;
    INSIDE.map(|inside| {
        let own = (1.0 - inside) * step.outside + inside * step.inside;
        own / core::mem::replace(&mut before, own)
    })
}

fn fold(sums: &mut [[f64; RADII]; MASTS], product: &mut [[f64; RADII]; MASTS], weight: f64) {
    for (sum, product) in sums.iter_mut().flatten().zip(product.iter_mut().flatten()) {
        *sum += weight * TEMPER * ln(*product);
        *product = 1.0;
    }
}
