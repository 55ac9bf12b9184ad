//! Nights with a known number of objects, drawn from a seed at the level of tracks and reports: shared by a test and an example.
//!
//! Objects come over a straight border (inside is x < 0), fly with bends, are tracked or not, lost and found again, come down or leave; people
//! report some of it, some of it twice, and some that never was. Probabilities are drawn so that they mean what they say: of tracks told to
//! exist with 0.9 nine in ten do.

#![allow(dead_code, reason = "each of its users takes a part")]

use skypicket_assess::count::{Fix, Given, Piece, ReportKind, Statement, Tracked};
use skypicket_model::math;

#[path = "../raids/mod.rs"]
pub(crate) mod raids;
use raids::Dice;

/// A night and its truth.
pub(crate) struct Night {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) tracked: Tracked,
    pub(crate) now_s: f64,
    pub(crate) seed: u64,
    /// Entered, inside now, reported shot down, wrecks, wrecks of no drone.
    pub(crate) truth: [u32; 5],
    /// Objects that were tracked, and tracks that go on an earlier one.
    pub(crate) tracked_objects: u32,
    pub(crate) stitches: u32,
}

/// What happened to one object: where it was at each half minute, until it came down or left.
struct Flight {
    path: Vec<Fix>,
    came_down: bool,
}

fn gamma(dice: &mut Dice, shape: f64) -> f64 {
    // Sum of exponentials and a power for the rest: slow and plain, unlike the program's own.
    let whole = shape.floor() as usize;
    let mut sum: f64 = (0..whole).map(|_| -math::ln(1.0 - dice.unit())).sum();
    let rest = shape - shape.floor();
    if rest > 0.0 {
        loop {
            let (u, v) = (1.0 - dice.unit(), 1.0 - dice.unit());
            let (x, y) = (math::pow(u, 1.0 / rest), math::pow(v, 1.0 / (1.0 - rest)));
            if x + y <= 1.0 {
                sum += x / (x + y).max(1e-300) * -math::ln(1.0 - dice.unit());
                break;
            }
        }
    }
    sum
}

fn beta(dice: &mut Dice, a: f64, b: f64) -> f64 {
    let (x, y) = (gamma(dice, a), gamma(dice, b));
    if x + y > 0.0 { x / (x + y) } else { 0.5 }
}

fn poisson(dice: &mut Dice, mean: f64) -> usize {
    let mut at = -math::ln(1.0 - dice.unit());
    let mut n = 0;
    while at < mean {
        n += 1;
        at -= math::ln(1.0 - dice.unit());
    }
    n
}

/// Probability of existence: of a population that is beta distributed, given what is true.
const EXISTS: (f64, f64) = (6.0, 0.3);
/// The same of having entered, among tracks near the border.
const ENTERED: (f64, f64) = (0.08, 0.1);
const CONFIDENCES: [f64; 3] = [0.6, 0.8, 0.95];
const DRONE: [(f64, f64); 3] = [(0.97, 0.85), (0.6, 0.1), (0.03, 0.05)];

impl Night {
    /// Draws a night: 1 to 30 objects in one to five waves over seven hours. `share` of the night is over; reports of wrecks come when it is
    /// over. Coverage: the share tracked is between 0.9 and 0.985 in the mean, known with a sigma of 0.01 to 0.04; where it is `poor`, between
    /// 0.75 and 0.9, known with 0.04 to 0.1.
    pub(crate) fn draw(seed: u64, share: f64, poor: bool) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(99));
        for _ in 0..32 {
            dice.unit();
        }
        let dice = &mut dice;
        let mean = if poor { dice.between(0.75, 0.9) } else { dice.between(0.9, 0.985) };
        let sigma = if poor { dice.between(0.04, 0.1) } else { dice.between(0.01, 0.04) };
        let sigma = sigma.min(0.8 * (1.0 - mean));
        let strength = mean * (1.0 - mean) / (sigma * sigma) - 1.0;
        let q = beta(dice, mean * strength, (1.0 - mean) * strength);
        let now_s = share * 25_000.0 + 1000.0;
        let objects = 1 + dice.below(30);
        let waves: Vec<(f64, f64)> = (0..1 + dice.below(5))
            .map(|_| (dice.between(0.0, 22_000.0), dice.between(-150_000.0, 150_000.0)))
            .collect();
        let over = share >= 1.0;
        let reported = if over { dice.between(0.2, 0.9) } else { 0.0 };
        let sighted = dice.between(0.0, 0.3);
        let mut night = Self {
            pieces: Vec::new(),
            statements: Vec::new(),
            tracked: Tracked { mean, sigma },
            now_s,
            seed,
            truth: [0; 5],
            tracked_objects: 0,
            stitches: 0,
        };
        for _ in 0..objects {
            let (begin, y) = waves[dice.below(waves.len())];
            let starts = begin + dice.between(0.0, 2400.0);
            let y = y + 15_000.0 * dice.normal();
            let flight = fly(dice, starts, y, now_s);
            if !flight.path.iter().any(|fix| fix.place_m[0] < 0.0) {
                continue;
            }
            night.truth[0] += 1;
            let last = flight.path[flight.path.len() - 1];
            let flies = !flight.came_down && now_s - last.time_s < 31.0 && last.place_m[0] < 0.0;
            night.truth[1] += u32::from(flies);
            if dice.unit() < q {
                night.track(dice, &flight);
            }
            if flight.came_down {
                if dice.unit() < reported {
                    night.wreck(dice, last);
                }
                if dice.unit() < 0.12 {
                    night.truth[2] += 1;
                    let place = [last.place_m[0] + 2000.0 * dice.normal(), last.place_m[1] + 2000.0 * dice.normal()];
                    let at = last.time_s + 60.0 * dice.normal();
                    night.tell(dice, ReportKind::ShotDown, place, 3000.0, [at - 120.0, at + 120.0], true, 1.0);
                }
            }
            if dice.unit() < sighted {
                let seen: Vec<&Fix> = flight.path.iter().filter(|fix| fix.place_m[0] < 0.0).collect();
                let fix = *seen[dice.below(seen.len())];
                night.tell(
                    dice,
                    ReportKind::Sighting,
                    fix.place_m,
                    3000.0,
                    [fix.time_s - 300.0, fix.time_s + 300.0],
                    true,
                    1.0,
                );
            }
        }
        night.strays(dice);
        night.rumours(dice);
        night
    }

    /// The tracks of one object: from where it is first held, with breaks.
    fn track(&mut self, dice: &mut Dice, flight: &Flight) {
        let path = &flight.path;
        let crossed = path.iter().position(|fix| fix.place_m[0] < 0.0).unwrap_or(0);
        let mut at = if dice.unit() < 0.88 {
            crossed.saturating_sub(dice.below(20))
        } else {
            crossed + dice.below(path.len() - crossed)
        };
        let mut first_piece = true;
        while at < path.len() {
            let minutes = -25.0 * math::ln(1.0 - dice.unit());
            let mut end = (at + 1 + (minutes * 2.0) as usize).min(path.len() - 1);
            // Low at the end of the flight: mostly lost some minutes before.
            if flight.came_down && end + 1 == path.len() {
                end = end.saturating_sub(dice.below(12)).max(at);
            }
            let last = path[path.len() - 1];
            let held = end + 1 == path.len() && !flight.came_down && self.now_s - last.time_s < 31.0;
            let left = end + 1 == path.len() && !flight.came_down && !held;
            let (first, ended) = (noisy(dice, path[at]), noisy(dice, path[end]));
            let near = first_piece && path[end].place_m[0] > -8000.0 || path[end].place_m[0] > 0.0;
            let came_in = path[at..=end].iter().any(|fix| fix.place_m[0] < 0.0);
            let entered = if near {
                if came_in { beta(dice, ENTERED.0 + 1.0, ENTERED.1) } else { beta(dice, ENTERED.0, ENTERED.1 + 1.0) }
            } else {
                0.999
            };
            let inside = if path[end].place_m[0] < 0.0 { entered * 0.99 } else { 0.01 };
            self.pieces.push(Piece {
                exists: beta(dice, EXISTS.0 + 1.0, EXISTS.1),
                entered,
                inside,
                held,
                left,
                first,
                last: ended,
                first_depth_m: -first.place_m[0],
                class: drone_class(dice),
            });
            self.tracked_objects += u32::from(first_piece);
            self.stitches += u32::from(!first_piece);
            first_piece = false;
            // What is told of coverage is how many are tracked inside: lost before the border, they are found again.
            let outside = path[end].place_m[0] > 0.0;
            if end + 1 >= path.len() || !outside && dice.unit() > 0.4 {
                return;
            }
            at = end + 1 + (-12.0 * math::ln(1.0 - dice.unit())) as usize;
            if outside {
                at = at.min((crossed + 4).max(end + 1)).min(path.len() - 1);
            }
        }
    }

    fn wreck(&mut self, dice: &mut Dice, last: Fix) {
        self.truth[3] += 1;
        let (early, late) = (dice.between(0.0, 10_800.0), dice.between(0.0, 21_600.0));
        let times = [last.time_s - early, last.time_s + late];
        let place = [last.place_m[0] + 250.0 * dice.normal(), last.place_m[1] + 250.0 * dice.normal()];
        self.tell(dice, ReportKind::Wreck, place, 350.0, times, true, 1.0);
        if dice.unit() < 0.1 {
            let place = [last.place_m[0] + 250.0 * dice.normal(), last.place_m[1] + 250.0 * dice.normal()];
            self.tell(dice, ReportKind::Wreck, place, 350.0, times, true, 1.0);
        }
    }

    /// A statement with a confidence, and a probability of being of a drone, that fit how often such statements are true.
    #[allow(clippy::too_many_arguments, reason = "a generator")]
    fn tell(
        &mut self,
        dice: &mut Dice,
        kind: ReportKind,
        place_m: [f64; 2],
        sigma_m: f64,
        times: [f64; 2],
        drone: bool,
        _of: f64,
    ) {
        let confidence = weighted(dice, &CONFIDENCES.map(|c| (c, c)));
        let drone = weighted(dice, &DRONE.map(|(p, share)| (p, share * if drone { p } else { 1.0 - p })));
        let [from_s, until_s] = times;
        self.statements.push(Statement { kind, place_m, sigma_m, from_s, until_s, confidence, drone, piece: None });
    }

    /// Tracks of nothing, and of objects that stay outside.
    fn strays(&mut self, dice: &mut Dice) {
        let real = self.pieces.len() as f64;
        for _ in 0..poisson(dice, real * EXISTS.1 / EXISTS.0) {
            let place = [dice.between(-200_000.0, 20_000.0), dice.between(-200_000.0, 200_000.0)];
            let exists = beta(dice, EXISTS.0, EXISTS.1 + 1.0);
            let piece = self.stray(dice, place, exists, 0.999);
            self.pieces.push(piece);
        }
        let firsts = self.pieces.iter().filter(|piece| (0.5..0.9989).contains(&piece.entered)).count() as f64;
        for _ in 0..poisson(dice, firsts * ENTERED.1 / ENTERED.0) {
            let place = [dice.between(500.0, 8000.0), dice.between(-200_000.0, 200_000.0)];
            let (exists, entered) = (beta(dice, EXISTS.0 + 1.0, EXISTS.1), beta(dice, ENTERED.0, ENTERED.1 + 1.0));
            let piece = self.stray(dice, place, exists, entered);
            self.pieces.push(Piece { left: true, ..piece });
        }
        // What comes first is not what is real.
        for i in (1..self.pieces.len()).rev() {
            self.pieces.swap(i, dice.below(i + 1));
        }
    }

    fn stray(&self, dice: &mut Dice, place_m: [f64; 2], exists: f64, entered: f64) -> Piece {
        let (sin, cos) = math::sin_cos(dice.between(0.0, math::TAU));
        let speed = dice.between(20.0, 60.0);
        let time_s = dice.between(0.0, self.now_s);
        let lasts = dice.between(60.0, 600.0).min(self.now_s - time_s);
        let velocity_m_s = [speed * sin, speed * cos];
        let first = Fix { time_s, place_m, velocity_m_s, sigma_m: 200.0, sigma_m_s: 3.0 };
        let place_m = [place_m[0] + velocity_m_s[0] * lasts, place_m[1] + velocity_m_s[1] * lasts];
        let last = Fix { time_s: time_s + lasts, place_m, ..first };
        let inside = if place_m[0] < 0.0 { entered } else { 0.0 };
        let depth = -first.place_m[0];
        Piece {
            exists,
            entered,
            inside,
            held: false,
            left: false,
            first,
            last,
            first_depth_m: depth,
            class: drone_class(dice),
        }
    }

    /// Reports of nothing, and wrecks that are no drones, as many as confidences say.
    fn rumours(&mut self, dice: &mut Dice) {
        let wrecks = self.statements.iter().filter(|statement| statement.kind == ReportKind::Wreck).count() as f64;
        let of_drones: f64 = DRONE.iter().map(|(p, share)| p * share).sum();
        for _ in 0..poisson(dice, wrecks * (1.0 - of_drones) / of_drones) {
            self.truth[3] += 1;
            self.truth[4] += 1;
            let place = [dice.between(-300_000.0, 0.0), dice.between(-150_000.0, 150_000.0)];
            self.tell(dice, ReportKind::Wreck, place, 350.0, [0.0, self.now_s], false, 1.0);
        }
        let mean = CONFIDENCES.iter().sum::<f64>() / 3.0;
        let true_ones = self.statements.clone();
        for statement in &true_ones {
            if dice.unit() > (1.0 - mean) / mean {
                continue;
            }
            let place_m = [dice.between(-300_000.0, 0.0), dice.between(-150_000.0, 150_000.0)];
            let confidence = weighted(dice, &CONFIDENCES.map(|c| (c, 1.0 - c)));
            let drone = weighted(dice, &DRONE.map(|(p, share)| (p, share)));
            let at = dice.between(0.0, self.now_s);
            let lasts = statement.until_s - statement.from_s;
            let (from_s, until_s) = (at - 0.5 * lasts, at + 0.5 * lasts);
            self.statements.push(Statement { place_m, confidence, drone, from_s, until_s, ..statement.clone() });
        }
        for i in (1..self.statements.len()).rev() {
            self.statements.swap(i, dice.below(i + 1));
        }
    }

    pub(crate) fn given(&self) -> Given<'_> {
        Given {
            pieces: &self.pieces,
            statements: &self.statements,
            tracked: self.tracked,
            now_s: self.now_s,
            seed: self.seed,
        }
    }
}

fn weighted(dice: &mut Dice, values: &[(f64, f64)]) -> f64 {
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mut left = dice.unit() * total;
    for (value, weight) in values {
        left -= weight;
        if left < 0.0 {
            return *value;
        }
    }
    values[values.len() - 1].0
}

fn drone_class(dice: &mut Dice) -> [f32; 7] {
    let drone = dice.between(0.2, 0.8) as f32;
    [0.05, 0.0, 0.05, drone, 0.0, 0.05, 0.85 - drone]
}

fn noisy(dice: &mut Dice, fix: Fix) -> Fix {
    let (sigma_m, sigma_m_s) = (dice.between(80.0, 400.0), dice.between(1.5, 5.0));
    let moved = |dice: &mut Dice, v: [f64; 2], s: f64| [v[0] + s * dice.normal(), v[1] + s * dice.normal()];
    Fix {
        time_s: fix.time_s,
        place_m: moved(dice, fix.place_m, sigma_m),
        velocity_m_s: moved(dice, fix.velocity_m_s, sigma_m_s),
        sigma_m,
        sigma_m_s,
    }
}

/// Half minutes of flight from 40 km outside, with a bend now and then, until it comes down, leaves or the night is cut off.
fn fly(dice: &mut Dice, starts: f64, y: f64, now_s: f64) -> Flight {
    let speed = dice.between(33.0, 52.0);
    let mut course = math::rad(270.0 + 15.0 * dice.normal());
    let mut place = [40_000.0, y];
    let mut path = Vec::new();
    let mut time_s = starts;
    let range_m = 40_000.0 + 5_000.0 - 110_000.0 * math::ln(1.0 - dice.unit());
    let turns_back = dice.unit() < 0.12;
    let mut flown = 0.0;
    while time_s <= now_s && flown < range_m && path.len() < 2000 {
        let (sin, cos) = math::sin_cos(course);
        let velocity_m_s = [speed * sin, speed * cos];
        path.push(Fix { time_s, place_m: place, velocity_m_s, sigma_m: 0.0, sigma_m_s: 0.0 });
        if turns_back && flown > 60_000.0 && place[0] > 0.0 {
            return Flight { path, came_down: false };
        }
        if dice.unit() < 1.0 / 40.0 {
            course += math::rad(25.0) * dice.normal();
        }
        if turns_back && flown > 55_000.0 {
            course = math::rad(90.0);
        }
        place = [place[0] + 30.0 * velocity_m_s[0], place[1] + 30.0 * velocity_m_s[1]];
        flown += 30.0 * speed;
        time_s += 30.0;
    }
    let came_down = time_s <= now_s && place[0] < 0.0;
    Flight { path, came_down }
}
