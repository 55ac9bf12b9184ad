//! From a CPR frame to a place: pairing, continuity, plausibility.
//!
//! A place is first stated when two global solutions in a row agree; from then on each frame is decoded next to the last place. A
//! frame that does not fit there starts the search anew beside it, so that an aircraft that truly jumps (or says so) is followed
//! after two agreeing solutions, while a single wrong frame changes nothing.
//!
//! Sources: RTCA DO-260B 2.2.10.3 and appendix A.1.7.9–10 (pair ages, reasonableness), ICAO Doc 9871 ed. 2 C.2.6.8–9.

use super::aircraft::Aircraft;
use super::cpr::{self, Encoded, Kind};
use skypicket_model::frames::LatLon;
use skypicket_model::math::wrap_deg_180;
use skypicket_model::time::{Span, Time};

/// Greatest age of the other half of an airborne pair: at 10 s an aircraft of 1,000 kt has moved 5 km, under half of what would
/// change a zone.
pub(super) const AIRBORNE_PAIR: Span = Span::from_s(10);
/// The same on the surface above 25 kt, or of unknown speed; below it is twice that.
pub(super) const SURFACE_PAIR: Span = Span::from_s(25);
/// The same on the surface up to 25 kt.
pub(super) const SLOW_SURFACE_PAIR: Span = Span::from_s(50);
/// A multilateration client sends both halves of one solution together.
const MULTILATERATION_PAIR: Span = Span::from_s(2);
/// How long a place stays good for local decoding: at 1,000 m/s it stays within half a zone.
const MEMORY: Span = Span::from_s(300);
/// How long a candidate waits for its confirmation.
const CANDIDATE: Span = Span::from_s(60);
/// How long a place tells which 90° a surface frame is in.
const QUADRANT: Span = Span::from_s(3600);

/// What a kind of traffic can do between two frames.
struct Reach {
    /// Allowed at once, metres: bunched arrival times, a second or two of flight.
    base_m: f64,
    /// Allowed in addition, m/s; above any aircraft's.
    speed_m_s: f64,
}

const fn reach(kind: Kind) -> Reach {
    match kind {
        Kind::Airborne => Reach { base_m: 10_000.0, speed_m_s: 1000.0 },
        Kind::Surface => Reach { base_m: 2000.0, speed_m_s: 150.0 },
    }
}

/// What a position frame came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    /// A place to state.
    Place(LatLon),
    /// No pair, no confirmation, or no reference yet.
    Waiting,
    /// It contradicts the last place or the receiver's reach.
    Implausible,
}

/// Where the receiver is and how far it can hear.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receiver {
    pub(super) place: LatLon,
    pub(super) reach_m: f64,
}

/// Takes one frame of an aircraft. `pair_age`: the greatest age of the other half.
#[inline]
pub(super) fn resolve(
    entry: &mut Aircraft,
    kind: Kind,
    frame: Encoded,
    now: Time,
    pair_age: Span,
    receiver: Option<&Receiver>,
) -> Outcome {
    let age = (now - entry.place_at).abs();
    if age <= MEMORY
        && let Some(place) = cpr::local(kind, frame, entry.place)
        && is_near(place, entry.place, kind, age)
    {
        entry.place = place;
        entry.place_at = now;
        return Outcome::Place(place);
    }
    // Halves are of what does not fit only: where two speak under one address, those of one are never paired with those of the other.
    entry.halves[usize::from(frame.odd)] = super::aircraft::Half::new(kind, frame, now);
    acquire(entry, kind, frame.odd, now, pair_age, receiver)
}

/// The slow way: a global solution, confirmed by the next.
#[cold]
fn acquire(
    entry: &mut Aircraft,
    kind: Kind,
    newer_is_odd: bool,
    now: Time,
    pair_age: Span,
    receiver: Option<&Receiver>,
) -> Outcome {
    let age = (now - entry.place_at).abs();
    let refused = if age <= MEMORY { Outcome::Implausible } else { Outcome::Waiting };
    let even = entry.halves[0].fresh(kind, now, pair_age);
    let odd = entry.halves[1].fresh(kind, now, pair_age);
    let (Some(even), Some(odd)) = (even, odd) else { return refused };
    let near = if age <= QUADRANT { Some(entry.place) } else { receiver.map(|receiver| receiver.place) };
    let Some(place) = cpr::global(kind, even, odd, newer_is_odd, near) else { return refused };
    if receiver.is_some_and(|receiver| receiver.place.rough_distance_m(place) > receiver.reach_m) {
        return Outcome::Implausible;
    }
    let candidate = LatLon { lat_deg: f64::from(entry.candidate.0), lon_deg: f64::from(entry.candidate.1) };
    let candidate_age = (now - entry.candidate_at).abs();
    let confirmed = candidate_age <= CANDIDATE && is_near(place, candidate, kind, candidate_age);
    entry.candidate = (place.lat_deg as f32, place.lon_deg as f32);
    entry.candidate_at = now;
    if !confirmed {
        return refused;
    }
    entry.place = place;
    entry.place_at = now;
    Outcome::Place(place)
}

/// Takes one frame of a multilateration result; the pair's second half gives the place, which needs no confirmation because a
/// server computed it as a whole.
pub(super) fn resolve_pair(entry: &mut Aircraft, kind: Kind, frame: Encoded, now: Time) -> Option<LatLon> {
    entry.halves[usize::from(frame.odd)] = super::aircraft::Half::new(kind, frame, now);
    let even = entry.halves[0].fresh(kind, now, MULTILATERATION_PAIR)?;
    let odd = entry.halves[1].fresh(kind, now, MULTILATERATION_PAIR)?;
    // Used up: the next frame belongs to the next solution.
    entry.halves = [super::aircraft::Half::new(kind, frame, Time::MIN); 2];
    cpr::global(kind, even, odd, frame.odd, None)
}

/// Metres in a degree of latitude, nearly.
const M_PER_DEG: f64 = 111_200.0;

/// Whether an aircraft could get from one place to the other in that time, by the local metric (1 % is enough here).
#[inline]
fn is_near(place: LatLon, from: LatLon, kind: Kind, age: Span) -> bool {
    let reach = reach(kind);
    let limit_deg = (reach.base_m + reach.speed_m_s * age.s()) / M_PER_DEG;
    let north_deg = place.lat_deg - from.lat_deg;
    let mut east_deg = place.lon_deg - from.lon_deg;
    if east_deg.abs() > 180.0 {
        east_deg = wrap_deg_180(east_deg);
    }
    east_deg *= cpr::parallel(place.lat_deg);
    north_deg * north_deg + east_deg * east_deg <= limit_deg * limit_deg
}
