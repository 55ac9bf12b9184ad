//! One transmitter or two: each number of them explained as well as it can be, and the second only where it explains much more.

use skypicket_model::LatLon;
use skypicket_model::gnss::{SourceArea, SourceUnclear};
use skypicket_model::math::{cos, ln, rad, sin_cos};

use super::given::{Flown, Given, Kind, vector};
use super::region;
use super::search::Search;
use super::weigh::{self, Kit, Weigher};

/// How much better a transmitter must explain what was seen than one less: for each of its four figures half the logarithm of the samples (BIC).
const FIGURES: f64 = 4.0;
/// For the second one of as many as there were losses, and so many times as much: antennas and obstacles that the model does not know look like a second one;
/// from this share of it on it cannot be said whether there are two. Origin: docs/detectors/gnss_interference.md, "Where it comes from".
const SECOND: f64 = 1.2;
const DOUBT: f64 = 0.4;
/// Aircraft that lost their navigation without which no second one is looked for.
const LEAST_FOR_TWO: usize = 10;
/// Places of two are moved by so much at first, and no longer below; and all of them so often at most.
const FIRST_KM: f64 = 32.0;
const LAST_KM: f64 = 4.0;
const MOST_ROUNDS: u8 = 14;
/// Moves of one: eight directions, reach and mast up and down, and the antenna alike in all directions.
const MOVES: u8 = 13;

/// A transmitter at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stand {
    pub(super) place: LatLon,
    pub(super) kit: Kit,
}
skypicket_model::canon_struct!(Stand { place, kit });

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// One is looked for.
    One,
    /// One of two, with the aircraft of one side.
    Side(u8),
    /// Two are moved together.
    Together,
    /// One of two, while the other stands.
    Each(u8),
    Done,
}
skypicket_model::canon_enum!(Stage { 0 => One, 1 => Side(side), 2 => Together, 3 => Each(one), 4 => Done });

/// Looking for the transmitters of an interference.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hunt {
    pub(super) given: Given,
    stage: Stage,
    search: Search,
    stands: Vec<Stand>,
    /// How well one and two explain what was seen.
    ln: [f64; 2],
    /// Where the moves of two are: by how far, which one, whether any was for the better in this round, and the round.
    by_km: f64,
    next: u8,
    better: bool,
    round: u8,
    pub(super) found: Vec<SourceArea>,
    pub(super) unexplained: bool,
    /// Two explain it better than one, but not by enough.
    pub(super) one_or_two: bool,
}
skypicket_model::canon_struct!(Hunt {
    given,
    stage,
    search,
    stands,
    ln,
    by_km,
    next,
    better,
    round,
    found,
    unexplained,
    one_or_two,
});

impl Hunt {
    /// Begins; `None` where nobody lost anything.
    pub(super) fn new(given: Given) -> Option<Self> {
        let search = Search::new(given.clone(), false)?;
        Some(Self {
            given,
            stage: Stage::One,
            search,
            stands: Vec::new(),
            ln: [0.0; 2],
            by_km: FIRST_KM,
            next: 0,
            better: false,
            round: 0,
            found: Vec::new(),
            unexplained: false,
            one_or_two: false,
        })
    }

    /// Goes on for so many steps weighed; `true` once it is done.
    pub(super) fn go_on(&mut self, weigher: &mut Weigher, budget: &mut u64) -> bool {
        while *budget > 0 {
            match self.stage {
                Stage::One => {
                    if self.search.go_on(weigher, budget) {
                        self.one(weigher);
                    }
                }
                Stage::Side(side) => {
                    if self.search.go_on(weigher, budget) {
                        self.stands.extend(best(&self.search));
                        self.side(side, weigher);
                    }
                }
                Stage::Together => {
                    *budget = budget.saturating_sub(self.given.steps.len() as u64 * 60);
                    self.moved(weigher);
                }
                Stage::Each(one) => {
                    if self.search.go_on(weigher, budget) {
                        self.found.extend(area(&self.search, weigher));
                        self.each(one + 1, weigher);
                    }
                }
                Stage::Done => return true,
            }
        }
        self.stage == Stage::Done
    }

    fn figures(&self) -> f64 {
        0.5 * FIGURES * ln(f64::from(self.given.samples.max(2)))
    }

    /// One is found: is it there at all, and is it worth looking for two?
    fn one(&mut self, weigher: &mut Weigher) {
        self.stage = Stage::Done;
        let Some(stand) = best(&self.search) else { return };
        self.ln[0] = weigher.together(&self.given, &[stand]);
        if self.ln[0] - weigher.together(&self.given, &[]) < self.figures() {
            self.unexplained = true;
            return;
        }
        self.found.extend(area(&self.search, weigher));
        if self.given.onsets.len() >= LEAST_FOR_TWO
            && let Some(search) = Search::new(self.given.side(0), true)
        {
            (self.search, self.stage) = (search, Stage::Side(0));
        }
    }

    fn side(&mut self, side: u8, weigher: &mut Weigher) {
        self.stage = Stage::Done;
        if side == 0 {
            if let Some(search) = Search::new(self.given.side(1), true) {
                (self.search, self.stage) = (search, Stage::Side(1));
            }
        } else if self.stands.len() == 2 {
            self.ln[1] = weigher.together(&self.given, &self.stands);
            self.stage = Stage::Together;
        }
    }

    /// Tries one move of one of two.
    fn moved(&mut self, weigher: &mut Weigher) {
        let which = usize::from(self.next / MOVES);
        let mut stands = self.stands.clone();
        if let Some(stand) = stands.get_mut(which)
            && stand.go(self.next % MOVES, self.by_km)
        {
            let ln = weigher.together(&self.given, &stands);
            if ln > self.ln[1] {
                (self.ln[1], self.stands, self.better) = (ln, stands, true);
            }
        }
        self.next += 1;
        if self.next < 2 * MOVES {
            return;
        }
        self.round += 1;
        if !self.better {
            self.by_km *= 0.5;
        }
        (self.next, self.better) = (0, false);
        if self.by_km < LAST_KM || self.round >= MOST_ROUNDS {
            self.stage = Stage::Done;
            let more = self.ln[1] - self.ln[0];
            let needed = SECOND * 0.5 * FIGURES * ln(self.given.onsets.len().max(2) as f64);
            if more >= needed {
                self.found.clear();
                self.each(0, weigher);
            } else {
                self.one_or_two = more >= DOUBT * needed;
            }
        }
    }

    /// The next of two while the other stands.
    fn each(&mut self, one: u8, weigher: &mut Weigher) {
        self.stage = Stage::Done;
        let other = self.stands.get(usize::from(1 - one.min(1))).filter(|_| one < 2);
        if let Some(search) = other.and_then(|other| Search::new(weigher.covered(&self.given, other), false)) {
            (self.search, self.stage) = (search, Stage::Each(one));
        }
    }
}

impl Stand {
    /// Moves it; `false` where it cannot go.
    fn go(&mut self, way: u8, by_km: f64) -> bool {
        let up = |value: u8, most: usize| if usize::from(value) + 1 < most { Some(value + 1) } else { None };
        let kit = self.kit;
        match way {
            0..8 => {
                let (sin, cos_) = sin_cos(f64::from(way) * core::f64::consts::FRAC_PI_4);
                let lat_deg = (self.place.lat_deg + by_km * cos_ / 111.2).clamp(-89.0, 89.0);
                let east_deg = by_km * sin / (111.2 * cos(rad(lat_deg)));
                self.place =
                    LatLon { lat_deg, lon_deg: skypicket_model::math::wrap_deg_180(self.place.lon_deg + east_deg) };
                return true;
            }
            8 => up(kit.reach, weigh::RADII).map(|reach| self.kit.reach = reach),
            9 => kit.reach.checked_sub(1).map(|reach| self.kit.reach = reach),
            10 => up(kit.mast, weigh::MASTS).map(|mast| self.kit.mast = mast),
            11 => kit.mast.checked_sub(1).map(|mast| self.kit.mast = mast),
            _ => (kit.pattern > 0).then(|| self.kit.pattern = 0),
        }
        .is_some()
    }
}

/// The best place of a search that is done.
fn best(search: &Search) -> Option<Stand> {
    let leaf = search.leaves().max_by(|a, b| a.found.best_ln.total_cmp(&b.found.best_ln))?;
    Some(Stand { place: search.middle(leaf.row, leaf.column, leaf.level), kit: leaf.found.best })
}

/// What is told of one.
fn area(search: &Search, weigher: &mut Weigher) -> Option<SourceArea> {
    let stand = best(search)?;
    let regions = region::regions(search, stand.kit.reach_km());
    let place = regions.middle();
    weigher.weigh(&search.given, place, weigh::PATTERNS);
    Some(SourceArea {
        place,
        reach_m: weigher.reach_m(),
        cell_deg: regions.cell_deg,
        cells: regions.cells,
        half: regions.half,
        area_km2: regions.area_km2,
    })
}

impl Given {
    /// Flights of one side of where aircraft lost their navigation, along the line on which those places lie; who never lost it is on both.
    fn side(&self, side: u8) -> Self {
        let lost: Vec<[f64; 3]> =
            self.steps.iter().filter(|step| step.kind == Kind::Loses).map(|step| step.at).collect();
        let count = lost.len().max(1) as f64;
        let middle: [f64; 3] = core::array::from_fn(|k| lost.iter().map(|at| at[k]).sum::<f64>() / count);
        // The direction in which they lie farthest apart: the covariance applied again and again.
        let mut along = [1.0, 0.7, 0.4];
        for _ in 0..30 {
            let mut next = [0.0; 3];
            for at in &lost {
                let off: [f64; 3] = core::array::from_fn(|k| at[k] - middle[k]);
                let dot: f64 = off.iter().zip(along).map(|(off, along)| off * along).sum();
                next.iter_mut().zip(off).for_each(|(next, off)| *next += dot * off);
            }
            let norm = next.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            along = next.map(|x| x / norm);
        }
        let mut own = Self { steps: Vec::new(), flown: Vec::new(), onsets: Vec::new(), ..self.clone() };
        for flown in &self.flown {
            let steps = self.steps.get(flown.from as usize..flown.until as usize).unwrap_or_default();
            let (mut sum, mut affected) = (0.0, false);
            for step in steps.iter().filter(|step| step.kind != Kind::Has) {
                affected = true;
                sum += (0..3).map(|k| (step.at[k] - middle[k]) * along[k]).sum::<f64>();
            }
            if affected && (sum < 0.0) != (side == 0) {
                continue;
            }
            let from = own.steps.len() as u32;
            own.steps.extend_from_slice(steps);
            own.flown.push(Flown { from, until: own.steps.len() as u32, ..flown.clone() });
        }
        for place in &self.onsets {
            let at = vector(*place, 0.0);
            let off = (0..3).map(|k| (at[k] - middle[k]) * along[k]).sum::<f64>();
            if (off < 0.0) == (side == 0) {
                own.onsets.push(*place);
            }
        }
        own
    }
}

/// Why it cannot be said, of what was found.
pub(super) fn unclear(hunt: &Hunt, most_km2: f64) -> Vec<SourceUnclear> {
    let mut why = Vec::new();
    if hunt.unexplained {
        why.push(SourceUnclear::Unexplained);
    }
    if hunt.one_or_two {
        why.push(SourceUnclear::OneOrTwo);
    }
    let large = hunt.found.iter().map(|area| area.area_km2[1]).fold(0.0, f64::max);
    if large > most_km2 {
        why.push(SourceUnclear::TooLarge { area_km2: large, most_km2 });
    }
    why
}
