//! Places on and above the WGS 84 ellipsoid, and vectors whose frame is part of their type.
//!
//! A local east-north-up frame is a value, [`Tangent`], because sensors become known only at run time. Source: NGA.STND.0036
//! (WGS 84 defining parameters); the geodetic latitude from ECEF by Vermeille, J. Geodesy 85 (2011) 105–117 would be exact, here
//! Bowring's iteration (Survey Review 23 (1976) 323–327) is run twice, which is below 1e-9 m for heights from −10 to 1,000 km.

use crate::math::{atan2, cos, deg, hypot, rad, sin_cos, wrap_deg_180};
use core::marker::PhantomData;
use core::ops::{Add, Mul, Neg, Sub};

/// WGS 84 semi-major axis, metres.
pub const WGS84_A_M: f64 = 6_378_137.0;
/// WGS 84 flattening.
pub const WGS84_F: f64 = 1.0 / 298.257_223_563;
/// WGS 84 first eccentricity squared.
pub const WGS84_E2: f64 = WGS84_F * (2.0 - WGS84_F);
/// WGS 84 semi-minor axis, metres.
pub const WGS84_B_M: f64 = WGS84_A_M * (1.0 - WGS84_F);

/// Earth-centred Earth-fixed frame: x to 0°N 0°E, z to the north pole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ecef;
/// Local frame: x east, y north, z up at its [`Tangent`]'s origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enu;

/// A vector in a frame. Unit by context: metres for positions, m/s for velocities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vec3<F> {
    /// First component: ECEF x, or east.
    pub x: f64,
    /// Second component: ECEF y, or north.
    pub y: f64,
    /// Third component: ECEF z, or up.
    pub z: f64,
    frame: PhantomData<F>,
}

impl<F: Copy> Vec3<F> {
    /// From components.
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z, frame: PhantomData }
    }
    /// The zero vector.
    pub const ZERO: Self = Self::new(0.0, 0.0, 0.0);
    /// Length.
    #[must_use]
    pub fn norm(self) -> f64 {
        (self.x * self.x + self.y * self.y + self.z * self.z).sqrt()
    }
    /// Scalar product.
    #[must_use]
    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }
}

impl<F: Copy> Add for Vec3<F> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::new(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}
impl<F: Copy> Sub for Vec3<F> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self::new(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}
impl<F: Copy> Mul<f64> for Vec3<F> {
    type Output = Self;
    fn mul(self, k: f64) -> Self {
        Self::new(self.x * k, self.y * k, self.z * k)
    }
}
impl<F: Copy> Neg for Vec3<F> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.x, -self.y, -self.z)
    }
}

impl<F: Copy> crate::canon::Canon for Vec3<F> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.x.encode(out);
        self.y.encode(out);
        self.z.encode(out);
    }
    fn decode(reader: &mut crate::canon::Reader<'_>) -> Result<Self, crate::canon::CanonError> {
        Ok(Self::new(f64::decode(reader)?, f64::decode(reader)?, f64::decode(reader)?))
    }
}

/// A place on the ellipsoid's surface, WGS 84 degrees: latitude north positive in [−90, 90], longitude east positive in [−180, 180).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LatLon {
    /// Geodetic latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
}

/// A place in space: WGS 84 latitude and longitude in degrees, height above the ellipsoid in metres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Geodetic {
    /// Geodetic latitude, degrees, north positive.
    pub lat_deg: f64,
    /// Longitude, degrees, east positive.
    pub lon_deg: f64,
    /// Height above the ellipsoid, metres.
    pub height_m: f64,
}

crate::canon_struct!(LatLon { lat_deg, lon_deg });
crate::canon_struct!(Geodetic { lat_deg, lon_deg, height_m });

impl LatLon {
    /// From degrees, the longitude wrapped; `None` when not finite or the latitude is out of range.
    #[must_use]
    pub fn new(lat_deg: f64, lon_deg: f64) -> Option<Self> {
        let valid = lat_deg.is_finite() && lon_deg.is_finite() && lat_deg.abs() <= 90.0 && lon_deg.abs() <= 360.0;
        valid.then(|| Self { lat_deg, lon_deg: wrap_deg_180(lon_deg) })
    }
    /// The place at a height above the ellipsoid.
    #[must_use]
    pub const fn at_height(self, height_m: f64) -> Geodetic {
        Geodetic { lat_deg: self.lat_deg, lon_deg: self.lon_deg, height_m }
    }
    /// Approximate distance in metres by the local metric at the mean latitude: better than 0.3 % up to 100 km outside the polar
    /// caps, which is what gates and groupings need. Not for borders.
    #[must_use]
    pub fn rough_distance_m(self, other: Self) -> f64 {
        let mean_lat = rad(0.5 * (self.lat_deg + other.lat_deg));
        let north_m = (other.lat_deg - self.lat_deg) * 111_132.95;
        let east_m = wrap_deg_180(other.lon_deg - self.lon_deg) * 111_319.49 * cos(mean_lat);
        hypot(north_m, east_m)
    }
}

impl Geodetic {
    /// The surface place below.
    #[must_use]
    pub const fn lat_lon(self) -> LatLon {
        LatLon { lat_deg: self.lat_deg, lon_deg: self.lon_deg }
    }

    /// ECEF coordinates, metres.
    #[must_use]
    pub fn to_ecef(self) -> Vec3<Ecef> {
        let (sin_lat, cos_lat) = sin_cos(rad(self.lat_deg));
        let (sin_lon, cos_lon) = sin_cos(rad(self.lon_deg));
        let n_m = WGS84_A_M / (1.0 - WGS84_E2 * sin_lat * sin_lat).sqrt();
        let r_m = (n_m + self.height_m) * cos_lat;
        Vec3::new(r_m * cos_lon, r_m * sin_lon, (n_m * (1.0 - WGS84_E2) + self.height_m) * sin_lat)
    }

    /// The place of an ECEF position, metres; at the Earth's centre the answer is the pole at minus the polar radius.
    #[must_use]
    pub fn from_ecef(p: Vec3<Ecef>) -> Self {
        let r_m = hypot(p.x, p.y);
        let ep2 = WGS84_E2 / (1.0 - WGS84_E2);
        let mut tan_num = p.z * WGS84_A_M;
        let mut tan_den = r_m * WGS84_B_M;
        let (mut sin_lat, mut cos_lat) = (1.0, 0.0);
        for _ in 0..3 {
            let norm = hypot(tan_num, tan_den);
            let (sin_beta, cos_beta) = if norm > 0.0 { (tan_num / norm, tan_den / norm) } else { (1.0, 0.0) };
            let num = p.z + ep2 * WGS84_B_M * sin_beta * sin_beta * sin_beta;
            let den = r_m - WGS84_E2 * WGS84_A_M * cos_beta * cos_beta * cos_beta;
            let length = hypot(num, den);
            if length > 0.0 {
                sin_lat = num / length;
                cos_lat = den / length;
            }
            tan_num = WGS84_B_M * sin_lat;
            tan_den = WGS84_A_M * cos_lat;
        }
        let n_m = WGS84_A_M / (1.0 - WGS84_E2 * sin_lat * sin_lat).sqrt();
        // The projection onto the normal is well conditioned everywhere, unlike r/cos(lat) - N.
        let height_m = r_m * cos_lat + p.z * sin_lat - n_m * (1.0 - WGS84_E2 * sin_lat * sin_lat);
        let lon_deg = if r_m > 0.0 { wrap_deg_180(deg(atan2(p.y, p.x))) } else { 0.0 };
        Self { lat_deg: deg(atan2(sin_lat, cos_lat)), lon_deg, height_m }
    }
}

/// A local east-north-up frame, tangent to the ellipsoid's parallel surface at its origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tangent {
    origin: Geodetic,
    origin_ecef: Vec3<Ecef>,
    sin_lat: f64,
    cos_lat: f64,
    sin_lon: f64,
    cos_lon: f64,
}

impl Tangent {
    /// The frame at a place.
    #[must_use]
    pub fn new(origin: Geodetic) -> Self {
        let (sin_lat, cos_lat) = sin_cos(rad(origin.lat_deg));
        let (sin_lon, cos_lon) = sin_cos(rad(origin.lon_deg));
        Self { origin, origin_ecef: origin.to_ecef(), sin_lat, cos_lat, sin_lon, cos_lon }
    }

    /// Where the frame stands.
    #[must_use]
    pub const fn origin(&self) -> Geodetic {
        self.origin
    }

    /// The origin in ECEF, metres.
    #[must_use]
    pub const fn origin_ecef(&self) -> Vec3<Ecef> {
        self.origin_ecef
    }

    /// Turns a direction or velocity from ECEF into this frame.
    #[must_use]
    pub fn rotate_to_enu(&self, v: Vec3<Ecef>) -> Vec3<Enu> {
        let radial = self.cos_lon * v.x + self.sin_lon * v.y;
        Vec3::new(
            -self.sin_lon * v.x + self.cos_lon * v.y,
            -self.sin_lat * radial + self.cos_lat * v.z,
            self.cos_lat * radial + self.sin_lat * v.z,
        )
    }

    /// Turns a direction or velocity from this frame into ECEF.
    #[must_use]
    pub fn rotate_to_ecef(&self, v: Vec3<Enu>) -> Vec3<Ecef> {
        let radial = self.cos_lat * v.z - self.sin_lat * v.y;
        Vec3::new(
            self.cos_lon * radial - self.sin_lon * v.x,
            self.sin_lon * radial + self.cos_lon * v.x,
            self.cos_lat * v.y + self.sin_lat * v.z,
        )
    }

    /// Position in this frame, metres.
    #[must_use]
    pub fn to_enu(&self, p: Vec3<Ecef>) -> Vec3<Enu> {
        self.rotate_to_enu(p - self.origin_ecef)
    }

    /// ECEF position of a place in this frame, metres.
    #[must_use]
    pub fn to_ecef(&self, p: Vec3<Enu>) -> Vec3<Ecef> {
        self.origin_ecef + self.rotate_to_ecef(p)
    }

    /// The geodetic place of a position in this frame.
    #[must_use]
    pub fn geodetic(&self, p: Vec3<Enu>) -> Geodetic {
        Geodetic::from_ecef(self.to_ecef(p))
    }

    /// The 3×3 rotation from ECEF to this frame, rows east, north, up.
    #[must_use]
    pub fn rotation(&self) -> [[f64; 3]; 3] {
        [
            [-self.sin_lon, self.cos_lon, 0.0],
            [-self.sin_lat * self.cos_lon, -self.sin_lat * self.sin_lon, self.cos_lat],
            [self.cos_lat * self.cos_lon, self.cos_lat * self.sin_lon, self.sin_lat],
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecef_round_trips_to_a_micrometre() {
        for lat in [-90.0, -89.999_999, -45.0, 0.0, 1e-9, 51.2, 89.9, 90.0] {
            for lon in [-180.0, -90.0, 0.0, 22.7, 179.999] {
                for height_m in [-400.0, 0.0, 12_000.0, 400_000.0] {
                    let place = Geodetic { lat_deg: lat, lon_deg: lon, height_m };
                    let p = place.to_ecef();
                    let back = Geodetic::from_ecef(p);
                    assert!((back.to_ecef() - p).norm() < 1e-6, "{place:?} {back:?}");
                    assert!((back.height_m - height_m).abs() < 1e-6, "{place:?} {back:?}");
                }
            }
        }
    }

    #[test]
    fn known_ecef_values() {
        let p = Geodetic { lat_deg: 0.0, lon_deg: 0.0, height_m: 0.0 }.to_ecef();
        assert!((p.x - WGS84_A_M).abs() < 1e-9);
        let pole = Geodetic { lat_deg: 90.0, lon_deg: 0.0, height_m: 10.0 }.to_ecef();
        assert!((pole.z - (6_356_752.314_245_18 + 10.0)).abs() < 1e-6);
    }

    #[test]
    fn the_local_frame_points_east_north_up() {
        let frame = Tangent::new(Geodetic { lat_deg: 52.0, lon_deg: 23.0, height_m: 150.0 });
        let north = frame.to_enu(Geodetic { lat_deg: 52.01, lon_deg: 23.0, height_m: 150.0 }.to_ecef());
        assert!(north.x.abs() < 1e-6 && (north.y - 1112.7).abs() < 1.0 && north.z < 0.0);
        let east = frame.to_enu(Geodetic { lat_deg: 52.0, lon_deg: 23.01, height_m: 150.0 }.to_ecef());
        assert!((east.x - 686.9).abs() < 1.0);
        let v = Vec3::new(1.0, -2.0, 0.5);
        assert!((frame.rotate_to_enu(frame.rotate_to_ecef(v)) - v).norm() < 1e-12);
    }
}
