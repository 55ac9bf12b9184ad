//! A trajectory as it was flown: states at knots, cubic between them.

use crate::path::Motion;
use skypicket_model::frames::{Ecef, Enu};
use skypicket_model::{Geodetic, Tangent, Vec3};

/// A state at a moment.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// ECEF position, metres.
    pub position: Vec3<Ecef>,
    /// ECEF velocity, m/s.
    pub velocity: Vec3<Ecef>,
}

impl State {
    /// From a place and a velocity in its local frame, m/s.
    #[must_use]
    pub fn new(place: Geodetic, velocity: Vec3<Enu>) -> Self {
        let frame = Tangent::new(place);
        Self { position: frame.origin_ecef(), velocity: frame.rotate_to_ecef(velocity) }
    }

    /// Place and velocity in the local frame.
    #[must_use]
    pub fn motion(&self) -> Motion {
        let place = Geodetic::from_ecef(self.position);
        let v = Tangent::new(place).rotate_to_enu(self.velocity);
        Motion { place, east_m_s: v.x, north_m_s: v.y, up_m_s: v.z }
    }
}

/// A trajectory; it exists from its first knot to its last.
#[derive(Clone, Debug, Default)]
pub struct Flown {
    knots: Vec<(f64, State)>,
}

impl Flown {
    /// From states at increasing times, seconds; a knot that is not later than the one before is left out.
    #[must_use]
    pub fn new(states: impl IntoIterator<Item = (f64, State)>) -> Self {
        let mut knots: Vec<(f64, State)> = Vec::new();
        for (time_s, state) in states {
            if knots.last().is_none_or(|(last, _)| time_s > *last) {
                knots.push((time_s, state));
            }
        }
        Self { knots }
    }

    /// First and last moment, seconds; `None` when it has fewer than two knots.
    #[must_use]
    pub fn span_s(&self) -> Option<(f64, f64)> {
        if self.knots.len() < 2 {
            return None;
        }
        Some((self.knots.first()?.0, self.knots.last()?.0))
    }

    /// The state at a moment: the cubic through the positions and velocities of the knots around it (Hermite).
    #[must_use]
    pub fn at(&self, time_s: f64) -> Option<State> {
        let next = self.knots.partition_point(|(time, _)| *time <= time_s);
        if next == self.knots.len() {
            let (last_s, state) = self.knots.last()?;
            return (time_s <= *last_s && self.knots.len() > 1).then_some(*state);
        }
        let (from_s, a) = self.knots.get(next.checked_sub(1)?)?;
        let (to_s, b) = self.knots.get(next)?;
        let h = to_s - from_s;
        let u = (time_s - from_s) / h;
        let (u2, u3) = (u * u, u * u * u);
        let position = a.position * (2.0 * u3 - 3.0 * u2 + 1.0)
            + a.velocity * (h * (u3 - 2.0 * u2 + u))
            + b.position * (3.0 * u2 - 2.0 * u3)
            + b.velocity * (h * (u3 - u2));
        let velocity = (b.position - a.position) * (6.0 * (u - u2) / h)
            + a.velocity * (3.0 * u2 - 4.0 * u + 1.0)
            + b.velocity * (3.0 * u2 - 2.0 * u);
        Some(State { position, velocity })
    }

    /// The part between two moments; it begins and ends exactly there, or where the whole does.
    #[must_use]
    pub fn between(&self, from_s: f64, to_s: f64) -> Self {
        let inner = self.knots.iter().filter(|(time, _)| (from_s..=to_s).contains(time)).copied();
        let begin = self.at(from_s).map(|state| (from_s, state));
        let end = self.at(to_s).map(|state| (to_s, state));
        Self::new(begin.into_iter().chain(inner).chain(end))
    }

    /// The same flight at another time.
    #[must_use]
    pub fn shifted(mut self, by_s: f64) -> Self {
        for knot in &mut self.knots {
            knot.0 += by_s;
        }
        self
    }
}
