//! Gibbs sampling over what belongs to what and how much was missed.

use super::dice::Dice;
use super::evidence::{
    AREA_M2, Piece, ReportKind, Statement, begin_there, ended_there, false_there, found_again, told_again, told_twice,
    unseen_there,
};
use super::given::{Estimate, Given};
use skypicket_model::{CountBasis, CountDistribution, Referent, math};

/// Draws left out at the beginning, and draws that count.
const BURN_IN: usize = 200;
const DRAWS: usize = 1500;
/// Tracks and reports that are weighed; the least probable of more are left out, and the count says so.
pub(super) const MAX_PIECES: usize = 400;
/// See [`MAX_PIECES`].
pub(super) const MAX_STATEMENTS: usize = 200;
/// Candidates kept of each.
const CANDIDATES: usize = 8;
/// Prior of the number of objects: gamma of this shape and rate. Nearly flat from none to a hundred.
const NUMBER_SHAPE: f64 = 0.5;
const NUMBER_RATE: f64 = 0.01;
/// Prior of the share of objects that a report tells of: anything.
const REPORTED: [f64; 2] = [1.0, 1.0];
/// A person's word that a report is of a track weighs so much.
const PERSONS_WORD: f64 = 50.0;
/// Where a track begins says at most so much about whether it is of an object.
const OUT_OF_PLACE: f64 = 20.0;
/// An object that was lost inside, and of which nothing more is known, flies there still with about this probability, which falls
/// with this time, s.
const STILL_FLIES: f64 = 0.6;
const STILL_FLIES_S: f64 = 2400.0;

/// What a statement is held to tell of in one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    Nothing,
    /// Of a piece's object.
    Piece(usize),
    /// Of an object that no piece is of: statements of one number tell of one object.
    Unseen(usize),
    /// Of something that is no drone.
    NoDrone(usize),
}

/// Estimates all counts of an area. Bounded: 1,700 draws over at most 400 pieces and 200 statements with eight candidates each.
#[must_use]
pub fn estimate(given: &Given<'_>) -> Estimate {
    let pieces = given.pieces.get(..given.pieces.len().min(MAX_PIECES)).unwrap_or_default();
    let statements = given.statements.get(..given.statements.len().min(MAX_STATEMENTS)).unwrap_or_default();
    let mut sampler = Sampler::new(pieces, statements, given);
    for draw in 0..BURN_IN + DRAWS {
        sampler.sweep();
        if draw >= BURN_IN {
            sampler.record();
        }
    }
    let cut = pieces.len() < given.pieces.len() || statements.len() < given.statements.len();
    sampler.estimate(cut)
}

/// Candidates with their weights, the weightiest first.
fn candidates(weights: impl Iterator<Item = (usize, f64)>) -> Vec<(usize, f64)> {
    let mut all: Vec<(usize, f64)> = weights.filter(|(_, weight)| *weight > 0.0).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.truncate(CANDIDATES);
    all
}

struct Sampler<'g> {
    pieces: &'g [Piece],
    statements: &'g [Statement],
    now_s: f64,
    dice: Dice,
    prior: [f64; 2],
    /// Of each piece the earlier ones that it may go on, and of each statement the pieces that it may tell of.
    earlier: Vec<Vec<(usize, f64)>>,
    /// How much more probable a false track is where the piece begins than a new object, beside what its existence says.
    out_of_place: Vec<f64>,
    ends: Vec<Vec<(usize, f64)>>,
    /// How probable the place of each statement is of an object that no piece is of, per m².
    unseen: Vec<f64>,
    /// Of each statement and each other one: how much more probable the other is if both tell of one object.
    both: Vec<f64>,
    order: Vec<usize>,
    // What is drawn.
    real: Vec<bool>,
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
    tells: Vec<Tells>,
    told: Vec<[bool; 2]>,
    tracked: f64,
    reported: [f64; 2],
    missed: u32,
    /// Entered objects that were tracked, or that only reports tell of, in the last draw.
    seen: u32,
    only_reported: u32,
    inside: u32,
    // What was counted.
    counts: [Vec<u32>; 5],
    sums: [f64; 6],
    draws: u32,
    links: Vec<Vec<u32>>,
    matches: Vec<Vec<u32>>,
}

impl<'g> Sampler<'g> {
    fn new(pieces: &'g [Piece], statements: &'g [Statement], given: &Given<'_>) -> Self {
        let objects: f64 = pieces.iter().map(|piece| piece.exists * piece.entered).sum();
        let first = pieces.iter().map(|piece| piece.first.time_s).fold(given.now_s, f64::min);
        let activity_s = given.now_s - first;
        let begins: Vec<f64> = pieces.iter().map(|piece| begin_there(pieces, piece, objects, activity_s)).collect();
        let of_pieces = pieces.iter().zip(&begins);
        let earlier: Vec<Vec<(usize, f64)>> = of_pieces
            .map(|(later, begin)| {
                candidates(pieces.iter().map(|earlier| found_again(earlier, later, *begin)).enumerate())
            })
            .collect();
        let of_objects: f64 = pieces.iter().map(|piece| piece.exists).sum();
        let anywhere = of_objects * false_there(activity_s);
        let out_of_place =
            begins.iter().map(|begin| (anywhere / begin).clamp(1.0 / OUT_OF_PLACE, OUT_OF_PLACE)).collect();
        let ends: Vec<Vec<(usize, f64)>> = statements
            .iter()
            .map(|statement| {
                let weight = |(i, piece): (usize, &Piece)| {
                    let word = if statement.piece == Some(i) { PERSONS_WORD } else { 1.0 };
                    // A person may know what the density does not.
                    let floor = if statement.piece == Some(i) { 1.0 / AREA_M2 } else { 0.0 };
                    (i, word * ended_there(piece, statement).max(floor))
                };
                candidates(pieces.iter().enumerate().map(weight))
            })
            .collect();
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        order.sort_by(|a, b| {
            let at = |i: usize| pieces.get(i).map_or(0.0, |piece| piece.first.time_s);
            at(*a).total_cmp(&at(*b)).then(a.cmp(b))
        });
        let links = earlier.iter().map(|kept| vec![0; kept.len()]).collect();
        let matches = ends.iter().map(|kept| vec![0; kept.len()]).collect();
        let prior = given.tracked.beta();
        let both = |known: &'g Statement| {
            statements.iter().map(move |other| told_again(known.kind, other.kind) * told_twice(known, other))
        };
        Self {
            both: statements.iter().flat_map(both).collect(),
            pieces,
            statements,
            now_s: given.now_s,
            dice: Dice::new(given.seed),
            prior,
            earlier,
            out_of_place,
            ends,
            unseen: statements.iter().map(|statement| unseen_there(pieces, statement)).collect(),
            order,
            real: pieces.iter().map(|piece| piece.exists >= 0.5).collect(),
            before: vec![None; pieces.len()],
            after: vec![None; pieces.len()],
            tells: (0..statements.len()).map(Tells::Unseen).collect(),
            told: vec![[false; 2]; pieces.len()],
            tracked: prior[0] / (prior[0] + prior[1]),
            reported: [0.5; 2],
            missed: 0,
            seen: u32::try_from(pieces.len()).unwrap_or(u32::MAX),
            only_reported: 0,
            inside: 0,
            counts: Default::default(),
            sums: [0.0; 6],
            draws: 0,
            links,
            matches,
        }
    }

    fn sweep(&mut self) {
        self.note_told();
        for at in 0..self.order.len() {
            if let Some(i) = self.order.get(at).copied() {
                self.draw_piece(i);
            }
        }
        for j in 0..self.statements.len() {
            self.draw_statement(j);
        }
        for j in 0..self.statements.len() {
            self.draw_together(j);
        }
        self.draw_shares();
    }

    /// By which channels each piece is told of: what pieces are of is drawn while that stays.
    fn note_told(&mut self) {
        self.told.fill([false; 2]);
        for (tells, statement) in self.tells.iter().zip(self.statements) {
            if let Tells::Piece(piece) = tells
                && let Some(told) = self.told.get_mut(*piece)
            {
                told[channel(statement.kind)] = true;
            }
        }
    }

    /// By which channels any piece of a row of them is told of.
    fn told_of(&self, pieces: impl Iterator<Item = usize>) -> [bool; 2] {
        let each = pieces.filter_map(|piece| self.told.get(piece));
        each.fold([false; 2], |any, told| [any[0] || told[0], any[1] || told[1]])
    }

    /// How probable it is that nobody tells of an entered object by the channels by which nobody does.
    fn untold(&self, told: [bool; 2], entered: f64) -> f64 {
        let by = |by: usize| if told[by] { 1.0 } else { 1.0 - entered * self.reported[by].clamp(0.01, 0.99) };
        by(0) * by(1)
    }

    /// Whether a piece is of an object, and which earlier one it goes on.
    fn draw_piece(&mut self, i: usize) {
        let Some(piece) = self.pieces.get(i) else { return };
        if let Some(former) = self.before.get_mut(i).and_then(Option::take)
            && let Some(after) = self.after.get_mut(former)
        {
            *after = None;
        }
        // Of an object that entered somebody would have told: a piece alone is an object more of which nobody did.
        let later = core::iter::successors(Some(i), |at| self.after.get(*at).copied().flatten()).take(MAX_PIECES);
        let told = self.told_of(later);
        let must = self.after.get(i).copied().flatten().is_some() || told[0] || told[1];
        let kept = self.earlier.get(i).map_or(&[] as &[(usize, f64)], Vec::as_slice);
        let mut weights = [0.0; CANDIDATES + 2];
        weights[CANDIDATES] = piece.exists * self.untold(told, piece.entered);
        let out_of_place = self.out_of_place.get(i).copied().unwrap_or(1.0);
        weights[CANDIDATES + 1] = if must { 0.0 } else { (1.0 - piece.exists) * out_of_place };
        for (weight, (former, odds)) in weights.iter_mut().zip(kept) {
            let before = self.told_of(self.chain(*former));
            let free = self.after.get(*former).is_some_and(Option::is_none)
                && self.real.get(*former).copied().unwrap_or(false)
                && !before[0];
            if free {
                let entered = self.pieces.get(*former).map_or(1.0, |piece| piece.entered);
                let both = [told[0], told[1] || before[1]];
                *weight = piece.exists * odds * self.untold(both, piece.entered) / self.untold(before, entered);
            }
        }
        let drawn = self.dice.pick(&weights);
        let former = drawn.and_then(|at| kept.get(at)).map(|(former, _)| *former);
        if let Some(real) = self.real.get_mut(i) {
            *real = drawn != Some(CANDIDATES + 1);
        }
        if let Some(former) = former {
            if let Some(before) = self.before.get_mut(i) {
                *before = Some(former);
            }
            if let Some(after) = self.after.get_mut(former) {
                *after = Some(i);
            }
        }
    }

    /// What a statement tells of.
    fn draw_statement(&mut self, j: usize) {
        let Some(statement) = self.statements.get(j) else { return };
        if let Some(tells) = self.tells.get_mut(j) {
            *tells = Tells::Nothing;
        }
        let r = self.reported.get(channel(statement.kind)).copied().unwrap_or(0.5).clamp(0.01, 0.99);
        let number = f64::from(self.seen + self.only_reported + self.missed).max(1.0);
        let unseen = self.unseen.get(j).copied().unwrap_or(0.0);
        let (drone, other) = (statement.drone, 1.0 - statement.drone);
        let confidence = statement.confidence.clamp(0.0, 1.0);
        let usual = number * r / AREA_M2;
        let mut options = vec![
            (Tells::Nothing, (1.0 - confidence) * usual),
            (Tells::Unseen(j), confidence * drone * number * (1.0 - self.tracked) * r * unseen),
            (Tells::NoDrone(j), confidence * other * usual),
        ];
        for (piece, place) in self.ends.get(j).into_iter().flatten() {
            let real = self.real.get(*piece).copied().unwrap_or(false);
            let open = statement.kind == ReportKind::Sighting || self.after.get(*piece).is_some_and(Option::is_none);
            if !real || !open {
                continue;
            }
            let first = self.first_told(j, *piece, channel(statement.kind));
            let weight = match first {
                Some(other) => self.both(other, j),
                None => r / (1.0 - r) * place,
            };
            options.push((Tells::Piece(*piece), confidence * drone * weight));
        }
        let mut known = [[false; MAX_STATEMENTS + 1]; 2];
        for (k, tells) in self.tells.iter().enumerate().filter(|(k, _)| *k != j) {
            let (of, number, share) = match tells {
                Tells::Unseen(number) => (0, *number, drone),
                Tells::NoDrone(number) => (1, *number, other),
                Tells::Nothing | Tells::Piece(_) => continue,
            };
            // Each object once, by the first that tells of it.
            if !core::mem::replace(&mut known[of][number.min(MAX_STATEMENTS)], true) {
                options.push((*tells, confidence * share * self.both(k, j)));
            }
        }
        let weights: Vec<f64> = options.iter().map(|(_, weight)| *weight).collect();
        // The second and third are an object of its own, with a number that no other has.
        let drawn = match self.dice.pick(&weights) {
            Some(1) => Tells::Unseen(self.free_number()),
            Some(2) => Tells::NoDrone(self.free_number()),
            Some(at) => options.get(at).map_or(Tells::Nothing, |(tells, _)| *tells),
            None => Tells::Nothing,
        };
        if let Some(tells) = self.tells.get_mut(j) {
            *tells = drawn;
        }
    }

    /// The first other statement of a piece's object that comes the same way: where something was seen says nothing of where it came down that the track
    /// does not say better.
    fn first_told(&self, but: usize, piece: usize, by: usize) -> Option<usize> {
        let told = self.tells.iter().zip(self.statements).enumerate();
        let of_it = |(k, (tells, statement)): &(usize, (&Tells, &Statement))| {
            *k != but && **tells == Tells::Piece(piece) && channel(statement.kind) == by
        };
        told.into_iter().find(of_it).map(|(k, _)| k)
    }

    /// How much more probable statement `j` is if it tells of what statement `k` does.
    fn both(&self, k: usize, j: usize) -> f64 {
        self.both.get(k * self.statements.len() + j).copied().unwrap_or(0.0)
    }

    /// Draws anew what all statements of one object tell of, together: one by one they would hold each other where they are.
    fn draw_together(&mut self, j: usize) {
        let Some((statement, tells)) = self.statements.get(j).zip(self.tells.get(j).copied()) else { return };
        if tells == Tells::Nothing || self.tells.iter().take(j).any(|earlier| *earlier == tells) {
            return;
        }
        let members: Vec<usize> = (j..self.tells.len()).filter(|k| self.tells.get(*k) == Some(&tells)).collect();
        let of = |k: &usize| self.statements.get(*k);
        // Sightings have their own place on a track.
        if members.len() < 2
            || members.iter().filter_map(of).any(|other| channel(other.kind) != channel(statement.kind))
        {
            return;
        }
        let drone: f64 = members.iter().filter_map(of).map(|other| other.drone).product();
        let other: f64 = members.iter().filter_map(of).map(|other| 1.0 - other.drone).product();
        let r = self.reported.get(channel(statement.kind)).copied().unwrap_or(0.5).clamp(0.01, 0.99);
        let number = f64::from(self.seen + self.only_reported + self.missed).max(1.0);
        let usual = number * r / AREA_M2;
        let free = self.free_number();
        let unseen = self.unseen.get(j).copied().unwrap_or(0.0);
        let mut options = vec![
            (Tells::Unseen(free), drone * (1.0 - self.tracked) * number * r * unseen),
            (Tells::NoDrone(free), other * usual),
        ];
        for (piece, place) in self.ends.get(j).into_iter().flatten() {
            let real = self.real.get(*piece).copied().unwrap_or(false);
            let sighted = statement.kind == ReportKind::Sighting;
            let open = sighted || self.after.get(*piece).is_some_and(Option::is_none);
            let here = tells == Tells::Piece(*piece);
            if real && open && (here || self.first_told(j, *piece, channel(statement.kind)).is_none()) {
                options.push((Tells::Piece(*piece), drone * r / (1.0 - r) * place));
            }
        }
        let weights: Vec<f64> = options.iter().map(|(_, weight)| *weight).collect();
        let Some((drawn, _)) = self.dice.pick(&weights).and_then(|at| options.get(at)) else { return };
        for k in members {
            if let Some(tells) = self.tells.get_mut(k) {
                *tells = *drawn;
            }
        }
    }

    fn free_number(&self) -> usize {
        let mut taken = [false; MAX_STATEMENTS + 1];
        for tells in &self.tells {
            if let Tells::Unseen(number) | Tells::NoDrone(number) = tells {
                taken[(*number).min(MAX_STATEMENTS)] = true;
            }
        }
        taken.iter().position(|taken| !taken).unwrap_or(0)
    }

    /// The number of entered objects seen, and the shares tracked, reported and missed.
    fn draw_shares(&mut self) {
        self.note_told();
        let (mut seen, mut inside) = (0, 0);
        let mut told = [0_u32; 2];
        for i in 0..self.pieces.len() {
            // Each object once: by its last piece.
            let real = self.real.get(i).copied().unwrap_or(false);
            if !real || self.after.get(i).copied().flatten().is_some() {
                continue;
            }
            let [down, sighted] = self.told_of(self.chain(i));
            let outside: f64 =
                self.chain(i).filter_map(|at| self.pieces.get(at)).map(|piece| 1.0 - piece.entered).product();
            let entered = down || self.dice.chance(1.0 - outside);
            if !entered {
                continue;
            }
            seen += 1;
            told[0] += u32::from(down);
            told[1] += u32::from(sighted);
            if let Some(piece) = self.pieces.get(i)
                && !down
                && !piece.left
            {
                let age_s = (self.now_s - piece.last.time_s).max(0.0);
                let flies = if piece.held { 1.0 } else { STILL_FLIES * math::exp(-age_s / STILL_FLIES_S) };
                inside += u32::from(self.dice.chance(piece.inside * flies));
            }
        }
        let mut unseen: Vec<(usize, [bool; 2])> = Vec::new();
        for (tells, statement) in self.tells.iter().zip(self.statements) {
            let Tells::Unseen(number) = tells else { continue };
            let by = channel(statement.kind);
            match unseen.iter_mut().find(|(known, _)| known == number) {
                Some((_, kinds)) => kinds[by] = true,
                None => unseen.push((*number, [by == 0, by == 1])),
            }
        }
        let only = u32::try_from(unseen.len()).unwrap_or(u32::MAX);
        let all = f64::from(seen + only + self.missed);
        self.tracked =
            self.dice.beta(self.prior[0] + f64::from(seen), self.prior[1] + f64::from(only + self.missed)).min(0.9999);
        for by in 0..2 {
            let known = f64::from(told[by]) + unseen.iter().filter(|(_, kinds)| kinds[by]).count() as f64;
            self.reported[by] = self.dice.beta(REPORTED[0] + known, REPORTED[1] + (all - known).max(0.0)).min(0.999);
        }
        let expected = self.dice.gamma(NUMBER_SHAPE + all) / (1.0 + NUMBER_RATE);
        let unknown = (1.0 - self.tracked) * (1.0 - self.reported[0]) * (1.0 - self.reported[1]);
        self.missed = self.dice.poisson(expected * unknown);
        (self.seen, self.only_reported, self.inside) = (seen, only, inside);
    }

    /// A piece and those that it goes on.
    fn chain(&self, last: usize) -> impl Iterator<Item = usize> + '_ {
        core::iter::successors(Some(last), |at| self.before.get(*at).copied().flatten()).take(MAX_PIECES)
    }

    fn record(&mut self) {
        let entered = self.seen + self.only_reported + self.missed;
        let share = f64::from(self.inside) / f64::from(self.seen.max(1));
        let inside = self.inside + self.dice.binomial(self.missed, share.min(1.0));
        let (mut shot, mut wrecks, mut no_drones) = (Vec::new(), Vec::new(), Vec::new());
        for (tells, statement) in self.tells.iter().zip(self.statements) {
            if *tells == Tells::Nothing {
                continue;
            }
            match statement.kind {
                ReportKind::ShotDown => shot.push(*tells),
                ReportKind::Wreck => wrecks.push(*tells),
                ReportKind::Sighting | ReportKind::Damage => continue,
            }
            if statement.kind == ReportKind::Wreck && matches!(tells, Tells::NoDrone(_)) {
                no_drones.push(*tells);
            }
        }
        let drawn = [entered, inside, distinct(&shot), distinct(&wrecks), distinct(&no_drones)];
        for (counts, n) in self.counts.iter_mut().zip(drawn) {
            let n = n as usize;
            if counts.len() <= n {
                counts.resize(n + 1, 0);
            }
            if let Some(count) = counts.get_mut(n) {
                *count += 1;
            }
        }
        let real = self.real.iter().filter(|real| **real).count();
        let linked = self.before.iter().flatten().count();
        let objects = real - linked;
        let sums = [
            (self.pieces.len() - real) as f64 + objects as f64 - f64::from(self.seen),
            linked as f64,
            f64::from(self.only_reported),
            f64::from(self.missed),
            self.tracked,
            self.tracked * self.tracked,
        ];
        for (sum, value) in self.sums.iter_mut().zip(sums) {
            *sum += value;
        }
        for (kept, (counts, former)) in self.earlier.iter().zip(self.links.iter_mut().zip(&self.before)) {
            if let Some(at) = former.and_then(|former| kept.iter().position(|(i, _)| *i == former))
                && let Some(count) = counts.get_mut(at)
            {
                *count += 1;
            }
        }
        for (kept, (counts, tells)) in self.ends.iter().zip(self.matches.iter_mut().zip(&self.tells)) {
            if let Tells::Piece(piece) = tells
                && let Some(at) = kept.iter().position(|(i, _)| i == piece)
                && let Some(count) = counts.get_mut(at)
            {
                *count += 1;
            }
        }
        self.draws += 1;
    }

    fn estimate(self, cut: bool) -> Estimate {
        let draws = f64::from(self.draws.max(1));
        let mean = self.sums.map(|sum| sum / draws);
        let often = |kept: &[Vec<(usize, f64)>], counts: &[Vec<u32>]| {
            let mut all = Vec::new();
            for (i, (kept, counts)) in kept.iter().zip(counts).enumerate() {
                for ((other, _), count) in kept.iter().zip(counts) {
                    let p = f64::from(*count) / draws;
                    if p > 0.05 {
                        all.push((i, *other, p));
                    }
                }
            }
            all
        };
        let links = often(&self.earlier, &self.links).into_iter().map(|(later, earlier, p)| (earlier, later, p));
        Estimate {
            distributions: Referent::ALL
                .iter()
                .zip(&self.counts)
                .map(|(_, c)| CountDistribution::from_draws(c))
                .collect(),
            basis: CountBasis {
                tracks: u32::try_from(self.pieces.len()).unwrap_or(u32::MAX),
                reports: u32::try_from(self.statements.len()).unwrap_or(u32::MAX),
                not_entered: mean[0].max(0.0),
                stitched: mean[1],
                only_reported: mean[2],
                missed: mean[3],
                tracked_share: mean[4],
                tracked_share_sigma: (mean[5] - mean[4] * mean[4]).max(0.0).sqrt(),
                cut,
            },
            links: links.collect(),
            matches: often(&self.ends, &self.matches),
        }
    }
}

/// Sightings are told by others than what comes down.
const fn channel(kind: ReportKind) -> usize {
    match kind {
        ReportKind::Sighting => 1,
        ReportKind::Wreck | ReportKind::Damage | ReportKind::ShotDown => 0,
    }
}

fn distinct(told: &[Tells]) -> u32 {
    let first = |(at, tells): (usize, &Tells)| !told.iter().take(at).any(|earlier| earlier == tells);
    u32::try_from(told.iter().enumerate().filter(|each| first(*each)).count()).unwrap_or(u32::MAX)
}
