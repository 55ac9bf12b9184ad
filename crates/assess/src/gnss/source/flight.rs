//! How probable what was seen of one aircraft is, if a transmitter stands somewhere, and how that changes with the transmitter's figures.
//!
//! Airframes differ in sensitivity: each flight is weighed with a spread of reaches about the transmitter's, the same one where it loses its navigation and where
//! it has it back.

use skypicket_model::math::exp;

use super::given::{Carried, Flown, Given, Kind, UNITS};
use super::shape::{FIGURES, ORDERS};

/// Airframes' reaches about the transmitter's, logarithm: steps and standard deviation. Origin: thresholds of receivers differ by some 2.5 dB, a factor of 1.33
/// in distance (Aeronautical Journal, "Aircraft resilience to GNSS jamming").
const USUAL: usize = 9;
const STEP: f64 = 0.15;
const SPREAD: f64 = 0.3;
/// Something in the way makes it weaker for some: by so much, and the share of flights. Origin: some 10 dB behind hills and buildings.
const BEHIND: f64 = -1.1;
const SHADED: f64 = 0.06;
const AIRFRAMES: usize = USUAL + 1;
/// Share of flights that are as the model thinks; the others are immune or change for reasons of their own.
const AS_THOUGHT: f64 = 0.95;
/// From outside to inside of a reach it goes over twice this, logarithm. Origin: docs/detectors/gnss_interference.md, "Where it comes from".
const EDGE: f64 = 0.12;
/// Likewise of the horizon, km: refraction differs.
const EDGE_KM: f64 = 15.0;
/// Least likelihood of a flight, and of having navigation back.
const LEAST: f64 = 1e-20;
const LEAST_BACK: f64 = 1e-12;

/// A step as seen from a place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Logarithm of its distance, km.
    pub(super) ln_km: f64,
    /// How much farther it is than its own horizon, km.
    pub(super) beyond_km: f64,
    /// The antenna's waves in its direction.
    pub(super) waves: [f64; 2 * ORDERS],
}

/// How far inside of another transmitter's reach a step is, logarithm, and how surely above its horizon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Other {
    pub(super) by: f64,
    pub(super) above: f64,
}

/// What a flight says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Says {
    pub(super) likely: f64,
    /// Slopes of its logarithm.
    pub(super) slope: [f64; FIGURES],
}

/// A step that the transmitter's figures change, with the slopes of the logarithm for each airframe.
#[derive(Clone, Copy, Debug)]
struct Active {
    at: usize,
    /// It counts only through the next step in which it has its navigation back.
    waits: bool,
    by: [f64; AIRFRAMES],
    horizon: [f64; AIRFRAMES],
}

/// What is the same for all flights.
#[derive(Clone, Debug)]
pub(super) struct Flights {
    carried: Carried,
    /// How much farther away each airframe loses its navigation, logarithm; the last is the least. And their shares.
    airframes: [f64; AIRFRAMES],
    shares: [f64; AIRFRAMES],
    active: Vec<Active>,
    between: Between,
}

/// From 0 to 1 while x goes from −1 to 1, and the slope.
#[inline]
fn rise(x: f64) -> (f64, f64) {
    let x = x.clamp(-1.0, 1.0);
    (0.5 + 0.75 * x - 0.25 * x * x * x, 0.75 - 0.75 * x * x)
}

/// How surely a step is above the horizon, and the slope with km.
pub(super) fn above(horizon_km: f64, seen: &Seen) -> (f64, f64) {
    let (above, slope) = rise((horizon_km - seen.beyond_km) / EDGE_KM);
    (above, slope / EDGE_KM)
}

impl Seen {
    /// How far inside of the reach a step is, logarithm.
    pub(super) fn inside_by(&self, figures: &[f64; FIGURES]) -> f64 {
        let waves: f64 = self.waves.iter().zip(figures.iter().skip(2)).map(|(wave, own)| wave * own).sum();
        figures[0] + waves - self.ln_km
    }
}

/// How a step lies to the transmitters.
enum Lies {
    Outside,
    Inside,
    /// As [`Between`] says.
    Between,
}

/// Probability of being inside for each airframe, and its slopes with the reach and with the horizon.
#[derive(Clone, Copy, Debug)]
struct Between {
    inside: [f64; AIRFRAMES],
    by: [f64; AIRFRAMES],
    horizon: [f64; AIRFRAMES],
}

impl Flights {
    pub(super) fn new() -> Self {
        let mut airframes = [BEHIND; AIRFRAMES];
        let mut shares = [SHADED; AIRFRAMES];
        let mut sum = 0.0;
        for k in 0..USUAL {
            airframes[k] = (k as f64 - (USUAL / 2) as f64) * STEP;
            shares[k] = exp(-0.5 * airframes[k] * airframes[k] / (SPREAD * SPREAD));
            sum += shares[k];
        }
        shares.iter_mut().take(USUAL).for_each(|share| *share *= (AS_THOUGHT - SHADED) / sum);
        Self { carried: Carried::new(), airframes, shares, active: Vec::new(), between: Between::all(0.0) }
    }

    #[inline]
    fn lies(
        &mut self,
        seen: &Seen,
        other: Option<&Other>,
        figures: &[f64; FIGURES],
        (horizon_km, farthest): (f64, f64),
    ) -> Lies {
        let (least, most) = (self.airframes[AIRFRAMES - 1], self.airframes[USUAL - 1]);
        let (own, own_slope) = above(horizon_km, seen);
        let outside = |by: f64, above: f64| above <= 0.0 || by + most <= -EDGE;
        // Most steps are beyond it in any direction.
        if other.is_none() && outside(farthest - seen.ln_km, own) {
            return Lies::Outside;
        }
        let by = seen.inside_by(figures);
        let inside = |by: f64, above: f64| above >= 1.0 && by + least >= EDGE;
        if inside(by, own) || other.is_some_and(|other| inside(other.by, other.above)) {
            return Lies::Inside;
        }
        if outside(by, own) && other.is_none_or(|other| outside(other.by, other.above)) {
            return Lies::Outside;
        }
        let Between { inside, by: by_slope, horizon } = &mut self.between;
        let each = inside.iter_mut().zip(by_slope).zip(horizon).zip(&self.airframes);
        for (((inside, by_slope), horizon), airframe) in each {
            let (near, slope) = rise((by + airframe) * (1.0 / EDGE));
            let beside = other.map_or(0.0, |other| other.above * rise((other.by + airframe) * (1.0 / EDGE)).0);
            // The stronger one decides: two at one place are no more than one.
            let decides = if near * own >= beside { 1.0 } else { 0.0 };
            *inside = beside.max(near * own);
            *by_slope = decides * slope * own * (1.0 / EDGE);
            *horizon = decides * near * own_slope * horizon_km;
        }
        Lies::Between
    }

    /// Weighs one; `SLOPES`: whether those are wanted.
    pub(super) fn weigh<const SLOPES: bool>(
        &mut self,
        given: &Given,
        flown: &Flown,
        (seen, others): (&[Seen], &[Other]),
        figures: &[f64; FIGURES],
    ) -> Says {
        let horizon_km = exp(figures[1]);
        let farthest = figures[0] + figures.iter().skip(2).map(|wave| wave.abs()).sum::<f64>();
        self.active.clear();
        // What all airframes have in common, and each; time outside without navigation likewise.
        let (mut base, mut each) = (1.0, [1.0_f64; AIRFRAMES]);
        let (mut units, mut units_each) = (0.0, [0.0_f64; AIRFRAMES]);
        for at in flown.from as usize..flown.until as usize {
            let (Some(step), Some(own)) = (given.steps.get(at), seen.get(at)) else { break };
            let lies = self.lies(own, others.get(at), figures, (horizon_km, farthest));
            match (step.kind, lies) {
                (Kind::Has | Kind::Loses, Lies::Outside) => base *= step.outside,
                (Kind::Has | Kind::Loses, Lies::Inside) => base *= step.inside,
                (Kind::Has | Kind::Loses, Lies::Between) => {
                    let more = step.inside - step.outside;
                    let likely = self.between.inside.map(|inside| step.outside + more * inside);
                    each.iter_mut().zip(likely).for_each(|(each, likely)| *each *= likely);
                    if SLOPES {
                        self.active.push(Active::new(at, false, likely.map(|likely| more / likely), &self.between));
                    }
                }
                (Kind::Lacks, Lies::Outside) => units += f64::from(step.units),
                (Kind::Lacks, Lies::Inside) => {}
                (Kind::Lacks, Lies::Between) => {
                    let own = f64::from(step.units);
                    let inside = self.between.inside;
                    units_each.iter_mut().zip(inside).for_each(|(units, inside)| *units += own * (1.0 - inside));
                    if SLOPES {
                        self.active.push(Active::new(at, true, [-own; AIRFRAMES], &self.between));
                    }
                }
                (Kind::Back, lies) => {
                    match lies {
                        Lies::Outside => self.between = Between::all(0.0),
                        Lies::Inside => self.between = Between::all(1.0),
                        Lies::Between => {}
                    }
                    let mut slopes = [0.0; AIRFRAMES];
                    for (k, inside) in self.between.inside.into_iter().enumerate() {
                        let n = core::mem::take(&mut units_each[k]) + units;
                        let (back, back_slope) = between_units(&self.carried.back, n);
                        let (still, still_slope) = between_units(&self.carried.still, n);
                        let likely = ((1.0 - inside) * back + inside * step.inside * still).max(LEAST_BACK);
                        each[k] *= likely;
                        if SLOPES {
                            let slope = (1.0 - inside) * back_slope + inside * step.inside * still_slope;
                            waited(&mut self.active, k, slope / likely);
                            slopes[k] = (step.inside * still - back) / likely;
                        }
                    }
                    if SLOPES {
                        self.active.iter_mut().for_each(|own| own.waits = false);
                        self.active.push(Active::new(at, false, slopes, &self.between));
                    }
                    units = 0.0;
                }
            }
        }
        let mut likely = flown.anyway;
        for k in 0..AIRFRAMES {
            let (still, slope) = between_units(&self.carried.still, units_each[k] + units);
            waited(&mut self.active, k, slope / still);
            each[k] *= base * still * self.shares[k];
            likely += each[k];
        }
        let mut says = Says { likely: likely.max(LEAST), slope: [0.0; FIGURES] };
        if SLOPES {
            self.slopes(&mut says, seen, &each);
        }
        says
    }

    fn slopes(&self, says: &mut Says, seen: &[Seen], each: &[f64; AIRFRAMES]) {
        let share = each.map(|own| own / says.likely);
        let mean = |slopes: &[f64; AIRFRAMES]| slopes.iter().zip(share).map(|(slope, own)| slope * own).sum::<f64>();
        for active in &self.active {
            let Some(own) = seen.get(active.at) else { continue };
            let by = mean(&active.by);
            says.slope[0] += by;
            says.slope[1] += mean(&active.horizon);
            says.slope.iter_mut().skip(2).zip(own.waves).for_each(|(slope, wave)| *slope += by * wave);
        }
    }
}

impl Active {
    fn new(at: usize, waits: bool, slopes: [f64; AIRFRAMES], between: &Between) -> Self {
        let times = |own: &[f64; AIRFRAMES]| core::array::from_fn(|k| slopes[k] * own[k]);
        Self { at, waits, by: times(&between.by), horizon: times(&between.horizon) }
    }
}

impl Between {
    fn all(inside: f64) -> Self {
        Self { inside: [inside; AIRFRAMES], by: [0.0; AIRFRAMES], horizon: [0.0; AIRFRAMES] }
    }
}

/// Steps without navigation get their slopes from the one that ends them.
fn waited(active: &mut [Active], airframe: usize, slope: f64) {
    for own in active.iter_mut().rev().take_while(|own| own.waits) {
        own.by[airframe] *= slope;
        own.horizon[airframe] *= slope;
    }
}

/// Of a table by units, between its entries, and the slope.
fn between_units(table: &[f64; UNITS + 1], units: f64) -> (f64, f64) {
    let below = (units as usize).min(UNITS - 1);
    let rise = table[below + 1] - table[below];
    let along = (units - below as f64).min(1.0);
    (table[below] + along * rise, if along < 1.0 { rise } else { 0.0 })
}
