//! Where a target is at any moment: a path over waypoints, in closed form.
//!
//! A path is a row of pieces, each beginning where the last ended: geodesics flown at constant or evenly changing speed, and turns of
//! constant rate, flown inside the waypoint (fly-by). Heights change linearly in time. So the truth can be asked at any moment, in any
//! order, without integrating; nothing accumulates.
//!
//! **Conventions.** Speeds are along the ellipsoid's surface; the velocity that is reported is that of the point at its height
//! (1.6 in a thousand more at 10 km). A turn lies in the plane tangent at its beginning: at 10 km radius that is wrong by millimetres.
//! Kinks below 0.2° are not turned through. Where two legs are too short for the wanted turn rate, the turn is made tighter.

use crate::geodesic::{Line, between};
use skypicket_model::frames::{WGS84_A_M, WGS84_E2};
use skypicket_model::math::{cos, hypot, rad, sin, sin_cos, tan, wrap_pi};
use skypicket_model::{Geodetic, LatLon, Tangent, Vec3};

/// A corner of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waypoint {
    /// Where.
    pub place: LatLon,
    /// Height above the ellipsoid, metres.
    pub height_m: f64,
    /// Speed wanted from here on, m/s.
    pub speed_m_s: f64,
}

/// How a target flies its waypoints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handling {
    /// Rate of turn, rad/s.
    pub turn_rad_s: f64,
    /// Change of speed, m/s².
    pub accel_m_s2: f64,
    /// Rate of climb and descent, m/s; `None` spreads every change of height over its leg.
    pub climb_m_s: Option<f64>,
}

/// Where a target is and how it moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// The place, height above the ellipsoid.
    pub place: Geodetic,
    /// Velocity east, m/s.
    pub east_m_s: f64,
    /// Velocity north, m/s.
    pub north_m_s: f64,
    /// Velocity up, m/s.
    pub up_m_s: f64,
}

impl Motion {
    /// Speed over the ground, m/s.
    #[must_use]
    pub fn ground_speed_m_s(&self) -> f64 {
        hypot(self.east_m_s, self.north_m_s)
    }
}

#[derive(Clone, Debug)]
enum Shape {
    Straight { line: Line, speed_m_s: f64, accel_m_s2: f64 },
    Turn { frame: Tangent, azimuth_rad: f64, rate_rad_s: f64, speed_m_s: f64 },
}

#[derive(Clone, Debug)]
struct Piece {
    from_s: f64,
    shape: Shape,
}

/// A path, its time counted in seconds from its first waypoint.
#[derive(Clone, Debug)]
pub struct Path {
    pieces: Vec<Piece>,
    /// Time and height; linear between, constant outside.
    heights: Vec<(f64, f64)>,
    /// When each waypoint is passed: in the middle of its turn.
    passes_s: Vec<f64>,
    duration_s: f64,
}

/// The smallest change of direction that is flown as a turn, radians.
const SMALLEST_TURN_RAD: f64 = 0.0035;

struct Builder {
    pieces: Vec<Piece>,
    heights: Vec<(f64, f64)>,
    passes_s: Vec<f64>,
    at_s: f64,
    place: LatLon,
    speed_m_s: f64,
}

impl Path {
    /// The path over waypoints; `None` with fewer than two, with a speed that is not positive, or two equal neighbours.
    #[must_use]
    pub fn new(waypoints: &[Waypoint], handling: Handling) -> Option<Self> {
        let first = waypoints.first()?;
        let valid = waypoints.len() >= 2
            && waypoints.iter().all(|w| w.speed_m_s > 0.0 && w.height_m.is_finite())
            && waypoints.windows(2).all(|pair| between(pair[0].place, pair[1].place).distance_m > 1.0)
            && handling.turn_rad_s > 0.0
            && handling.accel_m_s2 > 0.0;
        if !valid {
            return None;
        }
        let mut builder = Builder {
            pieces: Vec::new(),
            heights: vec![(0.0, first.height_m)],
            passes_s: vec![0.0],
            at_s: 0.0,
            place: first.place,
            speed_m_s: first.speed_m_s,
        };
        for (index, pair) in waypoints.windows(2).enumerate() {
            let started_s = builder.at_s;
            builder.leg(pair[0], pair[1], waypoints.get(index + 2).copied(), handling);
            builder.climb(started_s, pair[1].height_m, handling);
        }
        Some(Self {
            pieces: builder.pieces,
            heights: builder.heights,
            passes_s: builder.passes_s,
            duration_s: builder.at_s,
        })
    }

    /// A path that circles around a place at constant height for a time, clockwise, beginning north of it.
    #[must_use]
    pub fn orbit(around: LatLon, radius_m: f64, height_m: f64, speed_m_s: f64, duration_s: f64) -> Option<Self> {
        if !(radius_m > 1.0 && speed_m_s > 0.0 && duration_s > 0.0) {
            return None;
        }
        let start = Line::new(around, 0.0).at(radius_m);
        let shape = Shape::Turn {
            frame: Tangent::new(start.place.at_height(0.0)),
            azimuth_rad: start.azimuth_rad + rad(90.0),
            rate_rad_s: speed_m_s / radius_m,
            speed_m_s,
        };
        Some(Self {
            pieces: vec![Piece { from_s: 0.0, shape }],
            heights: vec![(0.0, height_m)],
            passes_s: vec![0.0],
            duration_s,
        })
    }

    /// Seconds from the first waypoint to the last.
    #[must_use]
    pub const fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// When the waypoint of that number is passed (in the middle of its turn), seconds from the first.
    #[must_use]
    pub fn passes_s(&self, waypoint: usize) -> Option<f64> {
        self.passes_s.get(waypoint).copied()
    }

    /// Position and velocity at a time; held at the ends of the path outside it.
    #[must_use]
    pub fn at(&self, t_s: f64) -> Motion {
        let t_s = t_s.clamp(0.0, self.duration_s);
        let (height_m, up_m_s) = self.height(t_s);
        let index = self.pieces.partition_point(|piece| piece.from_s <= t_s).max(1) - 1;
        match self.pieces.get(index) {
            Some(piece) => piece.shape.at(t_s - piece.from_s, height_m, up_m_s),
            None => Motion { place: Geodetic::default(), east_m_s: 0.0, north_m_s: 0.0, up_m_s },
        }
    }

    fn height(&self, t_s: f64) -> (f64, f64) {
        let next = self.heights.partition_point(|(at_s, _)| *at_s <= t_s);
        let before = self.heights.get(next.max(1) - 1).copied().unwrap_or((0.0, 0.0));
        match self.heights.get(next) {
            Some(&(at_s, height_m)) if at_s > before.0 => {
                let rate = (height_m - before.1) / (at_s - before.0);
                (before.1 + rate * (t_s - before.0), rate)
            }
            _ => (before.1, 0.0),
        }
    }
}

impl Builder {
    fn leg(&mut self, from: Waypoint, to: Waypoint, after: Option<Waypoint>, handling: Handling) {
        let leg = between(self.place, to.place);
        let turn =
            after.and_then(|next| Turning::plan(leg.arrival_rad, to, next, from.speed_m_s, leg.distance_m, handling));
        let straight_m = leg.distance_m - turn.as_ref().map_or(0.0, |turn| turn.lead_m);
        self.straight(Line::new(self.place, leg.azimuth_rad), straight_m, from.speed_m_s, handling.accel_m_s2);
        let reached_s = self.at_s;
        if let Some(turn) = turn {
            self.turn(&turn);
        }
        self.passes_s.push(0.5 * (reached_s + self.at_s));
    }

    fn straight(&mut self, line: Line, length_m: f64, wanted_m_s: f64, accel_m_s2: f64) {
        let mut done_m = 0.0;
        let change_m_s = wanted_m_s - self.speed_m_s;
        if change_m_s.abs() > 1e-6 {
            let accel = if change_m_s > 0.0 { accel_m_s2 } else { -accel_m_s2 };
            let whole_m = (wanted_m_s * wanted_m_s - self.speed_m_s * self.speed_m_s) / (2.0 * accel);
            let over_m = whole_m.min(length_m);
            let reached_m_s = (self.speed_m_s * self.speed_m_s + 2.0 * accel * over_m).max(0.01).sqrt();
            let shape = Shape::Straight { line, speed_m_s: self.speed_m_s, accel_m_s2: accel };
            self.pieces.push(Piece { from_s: self.at_s, shape });
            self.at_s += (reached_m_s - self.speed_m_s) / accel;
            self.speed_m_s = reached_m_s;
            done_m = over_m;
        }
        let end = line.at(length_m);
        if length_m - done_m > 1e-6 {
            let rest = line.at(done_m);
            let shape = Shape::Straight {
                line: Line::new(rest.place, rest.azimuth_rad),
                speed_m_s: self.speed_m_s,
                accel_m_s2: 0.0,
            };
            self.pieces.push(Piece { from_s: self.at_s, shape });
            self.at_s += (length_m - done_m) / self.speed_m_s;
        }
        self.place = end.place;
    }

    fn turn(&mut self, turn: &Turning) {
        let shape = Shape::Turn {
            frame: Tangent::new(self.place.at_height(0.0)),
            azimuth_rad: turn.azimuth_rad,
            rate_rad_s: turn.angle_rad.signum() * self.speed_m_s / turn.radius_m,
            speed_m_s: self.speed_m_s,
        };
        let duration_s = turn.angle_rad.abs() * turn.radius_m / self.speed_m_s;
        self.place = shape.at(duration_s, 0.0, 0.0).place.lat_lon();
        self.pieces.push(Piece { from_s: self.at_s, shape });
        self.at_s += duration_s;
    }

    /// Brings the height to the leg's end value: at the handling's rate from the leg's beginning, or spread over the leg.
    fn climb(&mut self, started_s: f64, to_m: f64, handling: Handling) {
        let Some(&(known_s, known_m)) = self.heights.last() else { return };
        // A climb longer than its leg goes on into the next, which then starts from where it really is.
        if known_s > started_s {
            let before = self.heights.len().checked_sub(2).and_then(|index| self.heights.get(index)).copied();
            if let Some((b_s, b_m)) = before {
                let now_m = b_m + (known_m - b_m) * (started_s - b_s) / (known_s - b_s);
                self.heights.pop();
                self.heights.push((started_s, now_m));
            }
        } else if known_s < started_s {
            self.heights.push((started_s, known_m));
        }
        let from_m = self.heights.last().map_or(to_m, |knot| knot.1);
        let duration_s = match handling.climb_m_s {
            Some(rate) if rate > 0.0 => (to_m - from_m).abs() / rate,
            _ => self.at_s - started_s,
        };
        if duration_s > 0.0 {
            self.heights.push((started_s + duration_s, to_m));
        }
    }
}

/// A turn at a waypoint.
struct Turning {
    /// How far before the waypoint it begins.
    lead_m: f64,
    radius_m: f64,
    azimuth_rad: f64,
    angle_rad: f64,
}

impl Turning {
    fn plan(
        arrival_rad: f64,
        at: Waypoint,
        next: Waypoint,
        speed_m_s: f64,
        leg_m: f64,
        handling: Handling,
    ) -> Option<Self> {
        let onward = between(at.place, next.place);
        let angle_rad = wrap_pi(onward.azimuth_rad - arrival_rad);
        if angle_rad.abs() < SMALLEST_TURN_RAD {
            return None;
        }
        let wanted_m = speed_m_s / handling.turn_rad_s;
        // At a reversal the tangent is unbounded: the legs' lengths bound the lead instead.
        let half_tan = tan((0.5 * angle_rad.abs()).min(1.55));
        let lead_m = (wanted_m * half_tan).min(0.45 * leg_m).min(0.45 * onward.distance_m);
        // The turn begins `lead` before the waypoint, where the line's azimuth differs by its convergence: below 1e-3 rad.
        Some(Self { lead_m, radius_m: lead_m / half_tan, azimuth_rad: arrival_rad, angle_rad })
    }
}

impl Shape {
    fn at(&self, t_s: f64, height_m: f64, up_m_s: f64) -> Motion {
        match self {
            Self::Straight { line, speed_m_s, accel_m_s2 } => {
                let on = line.at(speed_m_s * t_s + 0.5 * accel_m_s2 * t_s * t_s);
                let (sin_az, cos_az) = sin_cos(on.azimuth_rad);
                let speed = speed_m_s + accel_m_s2 * t_s;
                at_height(on.place, height_m, speed * sin_az, speed * cos_az, up_m_s)
            }
            Self::Turn { frame, azimuth_rad, rate_rad_s, speed_m_s } => {
                let heading = azimuth_rad + rate_rad_s * t_s;
                let radius_m = speed_m_s / rate_rad_s;
                let east_m = radius_m * (cos(*azimuth_rad) - cos(heading));
                let north_m = radius_m * (sin(heading) - sin(*azimuth_rad));
                let place = frame.geodetic(Vec3::new(east_m, north_m, 0.0)).lat_lon();
                let (sin_h, cos_h) = sin_cos(heading);
                let there = Tangent::new(place.at_height(0.0));
                let v = there.rotate_to_enu(frame.rotate_to_ecef(Vec3::new(speed_m_s * sin_h, speed_m_s * cos_h, 0.0)));
                at_height(place, height_m, v.x, v.y, up_m_s)
            }
        }
    }
}

/// A surface velocity carried up to a height: the meridian and the normal section are longer there.
fn at_height(place: LatLon, height_m: f64, east_m_s: f64, north_m_s: f64, up_m_s: f64) -> Motion {
    let sin_lat = sin(rad(place.lat_deg));
    let w2 = 1.0 - WGS84_E2 * sin_lat * sin_lat;
    let n_m = WGS84_A_M / w2.sqrt();
    let m_m = n_m * (1.0 - WGS84_E2) / w2;
    Motion {
        place: place.at_height(height_m),
        east_m_s: east_m_s * (n_m + height_m) / n_m,
        north_m_s: north_m_s * (m_m + height_m) / m_m,
        up_m_s,
    }
}

#[cfg(test)]
#[path = "path_tests.rs"]
mod tests;
