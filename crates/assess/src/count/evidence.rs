//! What a count weighs, as plain values, and how probable it is that two of them tell of one object.

use skypicket_model::math;

/// Where something was and how it moved, in a plane common to all of one count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// Seconds from any fixed moment.
    pub time_s: f64,
    /// Metres east and north of any fixed place.
    pub place_m: [f64; 2],
    /// Metres a second east and north.
    pub velocity_m_s: [f64; 2],
    /// Standard deviation of the place along each axis, metres.
    pub sigma_m: f64,
    /// Standard deviation of the velocity along each axis, m/s.
    pub sigma_m_s: f64,
}

/// One track as the count sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Probability that there is an object at all.
    pub exists: f64,
    /// Probability that it entered, if there is.
    pub entered: f64,
    /// Probability that it is inside now, or was when it was lost, if there is.
    pub inside: f64,
    /// It is held now.
    pub held: bool,
    /// It was seen to leave, or ended where nothing of it can be found.
    pub left: bool,
    /// When it was first held.
    pub first: Fix,
    /// When it was last measured.
    pub last: Fix,
    /// How far inside it was first held, metres; negative outside.
    pub first_depth_m: f64,
    /// Probability of each class, in the order of the model's classes.
    pub class: [f32; 7],
}

/// What kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportKind {
    /// A wreck, or debris.
    Wreck,
    /// Something seen.
    Sighting,
    /// Damage.
    Damage,
    /// Reported shot down.
    ShotDown,
}

/// One report from the ground as the count sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is stated.
    pub kind: ReportKind,
    /// Where, metres in the common plane.
    pub place_m: [f64; 2],
    /// Standard deviation along each axis, metres.
    pub sigma_m: f64,
    /// It happened then or later, seconds
    pub from_s: f64,
    /// and then or before.
    pub until_s: f64,
    /// Probability that it is true of anything, in [0, 1].
    pub confidence: f64,
    /// Probability that the object is a drone, if it is true.
    pub drone: f64,
    /// The piece that a person holds it to be.
    pub piece: Option<usize>,
}

/// Area over which objects, new tracks and reports are spread where nothing better is known, m²: 300 km × 300 km.
pub(super) const AREA_M2: f64 = 9e10;
/// Tracks that begin this near the border, or outside, begin where objects come from.
const BORDER_M: f64 = 20_000.0;
/// Of the objects so many are first held deeper inside than that.
const LATE_SHARE: f64 = 0.15;
/// Length and width of the strip along the border in which the others begin, m².
const STRIP_M2: f64 = 400_000.0 * 60_000.0;
/// Longest gap between a track's last measurement and the next track of the same object, s.
const LONGEST_GAP_S: f64 = 3600.0;
/// Of tracks that are lost inside so many are found again, and after this time in the mean.
const FOUND_AGAIN: f64 = 0.3;
const GAP_S: f64 = 420.0;
/// Objects hold their course with this probability; then their place spreads by a tenth of the way, else by two fifths.
const STRAIGHT: f64 = 0.75;
const STRAIGHT_SPREAD: f64 = 0.1;
const TURNED_SPREAD: f64 = 0.4;
/// Spread of velocities of any two objects, m/s along each axis.
const VELOCITY_SPREAD_M_S: f64 = 40.0;
/// Spread of a change of velocity across a gap: held course, turned.
const VELOCITY_CHANGE_M_S: [f64; 2] = [5.0, 30.0];

fn squared_distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])
}

/// Density of an isotropic normal distribution over a plane.
fn density(squared: f64, sigma: f64) -> f64 {
    let variance = sigma * sigma;
    math::exp(-0.5 * squared / variance) / (math::TAU * variance)
}

/// Where and when tracks of one wave begin, about each other: seconds, metres.
const WAVE_S: f64 = 900.0;
const WAVE_M: f64 = 15_000.0;
/// Objects of one wave fly within this of each other, metres, and for this long, s.
const CORRIDOR_M: f64 = 25_000.0;
const FLIGHT_S: f64 = 2400.0;
/// Of that they are held, each by one track, for so long, s.
const HELD_S: f64 = 1000.0;

/// How many false tracks begin anywhere, per m² and s, for each track that is of an object: their existence says how many of them there are, and they lie
/// anywhere.
pub(super) fn false_there(activity_s: f64) -> f64 {
    1.0 / (AREA_M2 * activity_s.max(1800.0))
}

/// How many objects that were not held before begin to be held where `piece` begins, per m² and s: some anywhere and at any time, the most where
/// others do. Waves come close one behind the other; who took new objects for evenly spread would take each for the one before.
pub(super) fn begin_there(pieces: &[Piece], piece: &Piece, objects: f64, activity_s: f64) -> f64 {
    let here = &piece.first;
    let late = piece.first_depth_m >= BORDER_M;
    let (share, area_m2) = if late { (LATE_SHARE, AREA_M2) } else { (1.0 - LATE_SHARE, STRIP_M2) };
    let anywhere = objects.max(1.0) * share / (area_m2 * activity_s.max(1800.0));
    let near = pieces.iter().filter(|other| !core::ptr::eq(*other, piece)).map(|other| {
        let weight = other.exists * other.entered;
        if late {
            let (from, until) = (other.first.time_s, other.last.time_s);
            if here.time_s < from || here.time_s > until + GAP_S {
                return 0.0;
            }
            let at = ((here.time_s - from) / (until - from).max(1.0)).min(1.0);
            let place = [0, 1]
                .map(|axis| other.first.place_m[axis] + at * (other.last.place_m[axis] - other.first.place_m[axis]));
            weight * LATE_SHARE / HELD_S * density(squared_distance(place, here.place_m), CORRIDOR_M)
        } else if other.first_depth_m < BORDER_M {
            let apart = (other.first.time_s - here.time_s) / WAVE_S;
            let when = math::exp(-0.5 * apart * apart) / (WAVE_S * math::TAU.sqrt());
            weight * (1.0 - LATE_SHARE) * when * density(squared_distance(other.first.place_m, here.place_m), WAVE_M)
        } else {
            0.0
        }
    });
    0.3 * anywhere + 0.7 * near.sum::<f64>()
}

/// The weight of `later` being `earlier` found again, against `later` being an object not held before and `earlier` not being found again; `begin` is
/// how many objects not held before begin there, per m² and s. 0 where it cannot be.
pub(super) fn found_again(earlier: &Piece, later: &Piece, begin: f64) -> f64 {
    let gap_s = later.first.time_s - earlier.last.time_s;
    // Two tracks of one object may overlap for a moment: the old one coasts while the new one is not yet confirmed.
    if earlier.held || !(-30.0..=LONGEST_GAP_S).contains(&gap_s) || later.last.time_s <= earlier.last.time_s {
        return 0.0;
    }
    let flown_s = gap_s.max(0.0);
    let speed_m_s = math::hypot(earlier.last.velocity_m_s[0], earlier.last.velocity_m_s[1]);
    let way_m = speed_m_s * flown_s;
    let expected = [0, 1].map(|axis| {
        earlier.last.place_m[axis] + earlier.last.velocity_m_s[axis] * (later.first.time_s - earlier.last.time_s)
    });
    let off = squared_distance(expected, later.first.place_m);
    let change = squared_distance(earlier.last.velocity_m_s, later.first.velocity_m_s);
    let squares = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
    let measured = squares(&[earlier.last.sigma_m, later.first.sigma_m, earlier.last.sigma_m_s * flown_s, 150.0]);
    let velocity = squares(&[earlier.last.sigma_m_s, later.first.sigma_m_s]);
    let kinematic = |spread: f64, change_m_s: f64| {
        density(off, (measured + spread * spread * way_m * way_m).sqrt())
            * density(change, (velocity + change_m_s * change_m_s).sqrt())
    };
    let same = STRAIGHT * kinematic(STRAIGHT_SPREAD, VELOCITY_CHANGE_M_S[0])
        + (1.0 - STRAIGHT) * kinematic(TURNED_SPREAD, VELOCITY_CHANGE_M_S[1]);
    let when = math::exp(-flown_s / GAP_S) / GAP_S;
    let speed = squares(&later.first.velocity_m_s);
    let new_velocity = density(speed, (velocity + 2.0 * VELOCITY_SPREAD_M_S * VELOCITY_SPREAD_M_S).sqrt());
    let new = begin * new_velocity;
    FOUND_AGAIN / (1.0 - FOUND_AGAIN) * when * same / new * alike(&earlier.class, &later.class)
}

/// How much more probable the two classes are of one object than of two.
fn alike(a: &[f32; 7], b: &[f32; 7]) -> f64 {
    // Unknown says nothing of what it is.
    let known = |class: &[f32; 7]| class.iter().take(6).map(|p| f64::from(*p)).sum::<f64>();
    let (of_a, of_b) = (known(a), known(b));
    let overlap: f64 = a.iter().zip(b).take(6).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    // Of the six classes an object has each with about 1/4: drones are common here.
    let both = of_a * of_b;
    (1.0 - both) + 4.0 * overlap
}

/// Density per m² of the place of what is reported of a piece's end, given that it is reported. After the last
/// measurement an object flies on for a while, mostly out of sight.
pub(super) fn ended_there(piece: &Piece, statement: &Statement) -> f64 {
    if statement.kind == ReportKind::Sighting {
        return seen_there(piece, statement);
    }
    if piece.held {
        return 0.0;
    }
    let start = Start { fix: &piece.last, when_s: CLOCK_S, spread_m: 0.0, course_rad: 0.0 };
    FLOWN_ON.iter().map(|flown| start.flown(flown, statement)).sum()
}

/// How long objects fly on after their last measurement, s, how far that is from the next such time (1 sigma), with the share of each. Those lost for good
/// come down within minutes (low, at the end of their flight) or fly on unseen, as long as before.
const FLOWN_ON: [(f64, f64, f64); 11] = [
    (20.0, 25.0, 0.12),
    (110.0, 45.0, 0.16),
    (240.0, 60.0, 0.16),
    (500.0, 120.0, 0.10),
    (850.0, 170.0, 0.10),
    (1300.0, 230.0, 0.09),
    (1900.0, 300.0, 0.08),
    (2700.0, 420.0, 0.07),
    (3800.0, 600.0, 0.06),
    (5300.0, 800.0, 0.04),
    (7500.0, 1200.0, 0.02),
];

/// How long after they began to be held objects come down, s, how far that is from the next such time (1 sigma), with the share of each: as those that are
/// lost and fly on unseen.
const FLOWN: [(f64, f64, f64); 6] = [
    (250.0, 120.0, 0.16),
    (750.0, 170.0, 0.17),
    (1400.0, 260.0, 0.2),
    (2300.0, 400.0, 0.18),
    (3800.0, 700.0, 0.17),
    (6500.0, 1300.0, 0.12),
];
/// Courses within a wave differ by so much, radians.
const COURSES_RAD: f64 = 0.3;
/// Of the objects that no track holds so many come down anywhere.
const ASTRAY: f64 = 0.5;

/// Density per m² of the place of a report of an object that no track holds: it flew as those that were held, from about where and when one of them began, or
/// came down anywhere.
pub(super) fn unseen_there(pieces: &[Piece], statement: &Statement) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for piece in pieces.iter().filter(|piece| piece.first_depth_m < BORDER_M) {
        let weight = piece.exists * piece.entered;
        weights += weight;
        let start = Start { fix: &piece.first, when_s: WAVE_S, spread_m: WAVE_M, course_rad: COURSES_RAD };
        sum += weight * FLOWN.iter().map(|flown| start.flown(flown, statement)).sum::<f64>();
    }
    let near = if weights > 0.0 { sum / weights } else { 1.0 / AREA_M2 };
    ASTRAY / AREA_M2 + (1.0 - ASTRAY) * near
}

/// From where something flies on.
struct Start<'f> {
    fix: &'f Fix,
    /// How well time, place and course are known.
    when_s: f64,
    spread_m: f64,
    course_rad: f64,
}

impl Start<'_> {
    /// Density per m² of a place, if it flew on for so long.
    fn flown(&self, (after_s, step_s, share): &(f64, f64, f64), statement: &Statement) -> f64 {
        let fix = self.fix;
        let at = fix.time_s + after_s;
        let late = (statement.from_s - at).max(at - statement.until_s).max(0.0) / (self.when_s + 0.25 * after_s);
        let speed_m_s = math::hypot(fix.velocity_m_s[0], fix.velocity_m_s[1]);
        let along = if speed_m_s > 1.0 { fix.velocity_m_s.map(|v| v / speed_m_s) } else { [1.0, 0.0] };
        let off = [0, 1].map(|axis| statement.place_m[axis] - fix.place_m[axis]);
        let (ahead_m, aside_m) = (off[0] * along[0] + off[1] * along[1], off[0] * along[1] - off[1] * along[0]);
        let way_m = after_s * speed_m_s;
        let (kept, bent_m) = bent(way_m);
        let squares = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        let both = squares(&[statement.sigma_m, fix.sigma_m, self.spread_m, SCATTER_M, fix.sigma_m_s * after_s]);
        let ahead = (both + squares(&[step_s * speed_m_s, 0.5 * bent_m])).sqrt();
        let aside = (both + squares(&[self.course_rad * way_m, bent_m])).sqrt();
        let (x, y) = ((ahead_m - kept * way_m) / ahead, aside_m / aside);
        share * math::exp(-0.5 * (x * x + y * y + late * late)) / (math::TAU * ahead * aside)
    }
}

/// Objects turn every so many metres in the mean, by an angle with this standard deviation, radians: what is held of flights whose origin is asked for
/// (`assess.origin.leg_km`, `turn_deg`).
const LEG_M: f64 = 80_000.0;
const TURN_RAD: f64 = 0.61;

/// What turns make of a way: which part of it is left along the course at its beginning, and how far its end spreads, metres. The course does a random walk
/// of variance v = (way / leg) · turn²; the mean of its cosine along the way is (1 − e^(−v/2)) / (v/2), and the end is off by way · √(v/3) sideways.
fn bent(way_m: f64) -> (f64, f64) {
    let variance = way_m / LEG_M * TURN_RAD * TURN_RAD;
    let half = 0.5 * variance;
    let kept = if half > 1e-6 { (1.0 - math::exp(-half)) / half } else { 1.0 };
    (kept, way_m * (variance / 3.0).sqrt())
}

/// Between which times something came down is told wrongly by some minutes (1 sigma), s: people's clocks, and what they take for its end.
const CLOCK_S: f64 = 180.0;
/// Objects come down, and are placed by people, this far from where they are thought to be, metres.
const SCATTER_M: f64 = 700.0;

/// A sighting is of an object in flight: near the straight line between the piece's ends, or beyond them for a while, at the time.
fn seen_there(piece: &Piece, statement: &Statement) -> f64 {
    let (first, last) = (&piece.first, &piece.last);
    let middle = 0.5 * (statement.from_s + statement.until_s);
    let beyond = (middle - last.time_s).max(0.0) + (first.time_s - middle).max(0.0);
    let longest_s = if middle > last.time_s && !piece.held { 4200.0 } else { 1200.0 };
    if beyond > longest_s {
        return 0.0;
    }
    let (end, after_s) = if middle > last.time_s {
        (last, middle - last.time_s)
    } else if middle < first.time_s {
        (first, middle - first.time_s)
    } else {
        (first, 0.0)
    };
    let share = ((middle - first.time_s) / (last.time_s - first.time_s).max(1.0)).clamp(0.0, 1.0);
    let place = [0, 1].map(|axis| {
        if after_s == 0.0 {
            first.place_m[axis] + share * (last.place_m[axis] - first.place_m[axis])
        } else {
            end.place_m[axis] + end.velocity_m_s[axis] * after_s
        }
    });
    let speed = math::hypot(end.velocity_m_s[0], end.velocity_m_s[1]);
    // How far it flies while the time is open, and how far it is from the straight line.
    let open = speed * (0.3 * (statement.until_s - statement.from_s) + 60.0);
    let off = speed * (0.3 * beyond + 0.08 * (last.time_s - first.time_s));
    let sigma = (statement.sigma_m * statement.sigma_m + open * open + off * off + SCATTER_M * SCATTER_M).sqrt();
    let still = math::exp(-beyond / FLIGHT_S);
    still * density(squared_distance(place, statement.place_m), sigma)
}

/// Density per m² of the place of one statement, given another of the same object; 0 where the times exclude it.
pub(super) fn told_twice(a: &Statement, b: &Statement) -> f64 {
    let slack_s = 600.0;
    if a.from_s > b.until_s + slack_s || b.from_s > a.until_s + slack_s {
        return 0.0;
    }
    let apart_m = match (a.kind, b.kind) {
        (ReportKind::Wreck | ReportKind::Damage, ReportKind::Wreck | ReportKind::Damage) => 400.0,
        (ReportKind::Sighting, ReportKind::Sighting) => 8_000.0,
        // It flew on after it was seen, nobody knows where to.
        (ReportKind::Sighting, _) => flown_since(a, b),
        (_, ReportKind::Sighting) => flown_since(b, a),
        _ => 5_000.0,
    };
    let sigma = (a.sigma_m * a.sigma_m + b.sigma_m * b.sigma_m + apart_m * apart_m).sqrt();
    density(squared_distance(a.place_m, b.place_m), sigma)
}

/// How far from where something was seen it may have come down, metres along each axis.
fn flown_since(seen: &Statement, down: &Statement) -> f64 {
    let until_s = (down.until_s - 0.5 * (seen.from_s + seen.until_s)).clamp(0.0, FLIGHT_S);
    math::hypot(8_000.0, 0.5 * VELOCITY_SPREAD_M_S * until_s)
}

/// How many further statements of kind `b` there are of an object of which there is one of kind `a`.
pub(super) const fn told_again(a: ReportKind, b: ReportKind) -> f64 {
    match (a, b) {
        (ReportKind::Sighting, ReportKind::Sighting) => 0.4,
        (ReportKind::Wreck, ReportKind::Wreck)
        | (ReportKind::ShotDown, ReportKind::ShotDown)
        | (ReportKind::Damage, ReportKind::Damage) => 0.12,
        _ => 0.3,
    }
}
