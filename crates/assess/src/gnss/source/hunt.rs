//! One transmitter or two: each number of them explained as well as it can be, and the second only where it explains much more.

use skypicket_model::LatLon;
use skypicket_model::gnss::{SourceArea, SourceUnclear};
use skypicket_model::math::ln;

use super::given::Given;
use super::region;
use super::search::{LEVELS, QUICK, Search};
use super::shape::Stand;
use super::weigh::Weigher;

/// How much better a transmitter must explain what was seen than none: for each of its four figures (place, reach, height; its antenna has its prior) half the
/// logarithm of the losses (BIC): samples of one flight do not count apart.
const FIGURES: f64 = 4.0;
/// For the second one so many times as much: obstacles that the model does not know look like a second one; from this share of it on it cannot be said whether
/// there are two. Origin: docs/detectors/gnss_interference.md, "Where it comes from".
const SECOND: f64 = 0.9;
const DOUBT: f64 = 0.55;
/// Aircraft that lost their navigation without which no second one is looked for.
const LEAST_FOR_TWO: usize = 10;
/// Two are moved in turn, so often in all, while that makes it better by so much; and no more once both were moved where it is worth less than this share.
const TURNS: u8 = 6;
const BETTER: f64 = 0.3;
const HOPELESS: f64 = 0.15;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// One is looked for.
    One,
    /// One of two, coarsely, while the other stands.
    Turn(u8),
    /// One of two, finely, while the other stands.
    Each(u8),
    Done,
}
skypicket_model::canon_enum!(Stage { 0 => One, 1 => Turn(turn), 2 => Each(one), 3 => Done });

/// Looking for the transmitters of an interference.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hunt {
    pub(super) given: Given,
    /// Whether two are looked for.
    pub(super) two: bool,
    stage: Stage,
    search: Search,
    /// Two that are tried.
    stands: Vec<Stand>,
    /// How well one and two explain what was seen.
    ln: [f64; 2],
    pub(super) found: Vec<SourceArea>,
    pub(super) unexplained: bool,
    /// Two explain it better than one, but not by enough.
    pub(super) one_or_two: bool,
}
skypicket_model::canon_struct!(Hunt { given, two, stage, search, stands, ln, found, unexplained, one_or_two });

impl Hunt {
    /// Begins; `None` where nobody lost anything.
    pub(super) fn new(given: Given, two: bool) -> Option<Self> {
        let search = Search::new(&given, None, None, LEVELS)?;
        Some(Self {
            given,
            two,
            stage: Stage::One,
            search,
            stands: Vec::new(),
            ln: [f64::NEG_INFINITY; 2],
            found: Vec::new(),
            unexplained: false,
            one_or_two: false,
        })
    }

    /// Goes on for so many steps weighed; `true` once it is done.
    pub(super) fn go_on(&mut self, weigher: &mut Weigher, budget: &mut u64) -> bool {
        while *budget > 0 && self.stage != Stage::Done {
            if !self.search.go_on(&self.given, weigher, budget) {
                return false;
            }
            match self.stage {
                Stage::One => self.one(weigher),
                Stage::Turn(turn) => self.turned(turn, weigher),
                Stage::Each(one) => {
                    self.found.extend(self.area(weigher));
                    self.each(one + 1);
                }
                Stage::Done => {}
            }
        }
        self.stage == Stage::Done
    }

    /// One was found, and two do not explain it much better.
    pub(super) fn is_one(&self) -> bool {
        self.found.len() == 1 && !self.one_or_two
    }

    fn figures(&self) -> f64 {
        0.5 * FIGURES * ln(self.given.onsets.len().max(2) as f64)
    }

    fn begin(&mut self, beside: Stand, about: Option<LatLon>, levels: u8, stage: Stage) {
        self.stage = Stage::Done;
        if let Some(search) = Search::new(&self.given, Some(beside), about, levels) {
            (self.search, self.stage) = (search, stage);
        }
    }

    /// One is found: is it there at all, and is it worth looking for two?
    fn one(&mut self, weigher: &mut Weigher) {
        self.stage = Stage::Done;
        let Some((stand, ln)) = self.search.best() else { return };
        self.ln[0] = ln;
        if ln - weigher.without(&self.given) < self.figures() {
            self.unexplained = true;
            return;
        }
        self.found.extend(self.area(weigher));
        if self.two && self.given.onsets.len() >= LEAST_FOR_TWO {
            self.stands = vec![stand, stand];
            self.begin(stand, None, QUICK, Stage::Turn(0));
        }
    }

    /// One of two was moved while the other stood: the second one at first.
    fn turned(&mut self, turn: u8, weigher: &mut Weigher) {
        self.stage = Stage::Done;
        let moved = usize::from(1 - turn % 2);
        let (Some((stand, ln)), Some(other)) = (self.search.best(), self.stands.get(1 - moved).copied()) else {
            return;
        };
        let together = ln + weigher.before(&other.shape);
        let needed = SECOND * self.figures();
        let better = together - self.ln[1];
        if better > 0.0 {
            self.ln[1] = together;
            if let Some(own) = self.stands.get_mut(moved) {
                *own = stand;
            }
        }
        let more = self.ln[1] - self.ln[0];
        if turn + 1 < TURNS && better > BETTER && (turn == 0 || more > HOPELESS * needed) {
            self.begin(stand, Some(other.place), LEVELS, Stage::Turn(turn + 1));
            return;
        }
        if more >= needed {
            self.found.clear();
            self.each(0);
        } else {
            self.one_or_two = more >= DOUBT * needed;
        }
    }

    /// The next of two while the other stands.
    fn each(&mut self, one: u8) {
        self.stage = Stage::Done;
        let one = usize::from(one);
        if let (Some(own), Some(other)) = (self.stands.get(one).copied(), self.stands.get(1 - one.min(1)).copied()) {
            self.begin(other, Some(own.place), LEVELS, Stage::Each(one as u8));
        }
    }

    /// What is told of one.
    fn area(&self, weigher: &mut Weigher) -> Option<SourceArea> {
        let (stand, _) = self.search.best()?;
        let regions = region::regions(&self.search, stand.shape.reach_km());
        let place = regions.middle();
        Some(SourceArea {
            place,
            reach_m: weigher.reach_m(&self.given, place, &stand.shape),
            cell_deg: regions.cell_deg,
            cells: regions.cells,
            half: regions.half,
            area_km2: regions.area_km2,
        })
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
