//! A sensor's statement as rows: directions in ECEF along which a position was measured, each with its own variance.
//!
//! A plot is turned once into a place and its three axes (range, azimuth, elevation), as a *converted measurement*: at the angles'
//! noise of real radars (a few milliradians) the bias of conversion is below 3 m at 200 km (r·σ²/2; Lerro & Bar-Shalom 1993), and the
//! update is linear with a diagonal covariance.

use crate::gauss::{V3, add, along, dot, scale, sub};
use crate::sensor::Prepared;
use skypicket_model::Tangent;
use skypicket_model::math;
use skypicket_model::observation::{Bearing, Fix, Plot};

/// What kind of rows a measurement has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A place: rows are ready.
    Place,
    /// Range and azimuth only: the range row depends on the track's height.
    Slant,
    /// A direction: the variance depends on the track's distance.
    Ray,
}

/// A measurement ready for gating and updating.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub shape: Shape,
    /// The measured place; for a ray, the sensor's site.
    pub z: V3,
    pub rows: [V3; 3],
    pub variance: [f64; 3],
    /// Variance of the sensor's bias along the rows, m².
    pub bias_variance: V3,
    pub dims: usize,
    /// Range, azimuth, elevation as corrected; a birth's and a registration's raw material.
    pub polar: V3,
    /// Expected false measurements per unit of the rows' space (m³, m², or radian for a ray).
    pub clutter: f64,
    /// Slant range times sine and cosine of the azimuth, metres: where it stands in the sensor's plane, whatever its height. For rays their direction.
    pub local: (f64, f64),
    /// Expected unseen objects times detection probability, same unit as `clutter`.
    pub unseen: f64,
    /// Its measured time after the frame's, seconds.
    pub offset_s: f64,
    /// Index into the frame's observations.
    pub source: usize,
}

/// Rows resolved for one track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows {
    pub z: V3,
    pub rows: [V3; 3],
    pub variance: [f64; 3],
    pub dims: usize,
    pub clutter: f64,
    pub unseen: f64,
}

/// Elevation noise of a radar that does not state it, radians (about a third of a degree). Origin: see docs/tracker.md.
const DEFAULT_ELEVATION_SIGMA_RAD: f64 = 0.006;

impl Measured {
    /// A radar plot. `None` when the sensor has no site or the numbers are no plot.
    pub(crate) fn plot(plot: &Plot, sensor: &Prepared, height_sigma_m: f64) -> Option<Self> {
        let site = sensor.site.as_ref()?;
        let range_m = plot.range_m + sensor.sensor.range_correction_m - sensor.bias.range_m.bias;
        if !(range_m.is_finite() && range_m > 1.0 && range_m < 2e6) {
            return None;
        }
        let azimuth_rad = plot.azimuth.rad + sensor.sensor.azimuth_correction_rad - sensor.bias.azimuth_rad.bias;
        if !azimuth_rad.is_finite() {
            return None;
        }
        let range_sigma = positive(plot.range_sigma_m).or(sensor.sensor.range_sigma_m).unwrap_or(50.0).max(1.0);
        let azimuth_sigma = sensor.azimuth_noise(plot.azimuth.sigma_rad).max(1e-5);
        // Mode C first: a 3D radar's own height is as coarse as its elevation, many hundred metres at the far end of its range.
        let elevation_sigma_rad = sensor.sensor.elevation_sigma_rad.unwrap_or(DEFAULT_ELEVATION_SIGMA_RAD);
        let from_pressure = plot.pressure.map(|p| (p.m, height_sigma_m));
        let known_height =
            from_pressure.or(plot.height.map(|h| (h.m, height_sigma_m.max(range_m * elevation_sigma_rad))));
        let (elevation_rad, third_sigma_m, shape) = match (plot.elevation, known_height) {
            (Some(e), _) if e.rad.is_finite() => {
                let sigma = positive(e.sigma_rad).unwrap_or(elevation_sigma_rad);
                (e.rad - sensor.bias.elevation_rad.bias, range_m * sigma, Shape::Place)
            }
            (_, Some((h_m, sigma_m))) => (elevation_of(range_m, h_m - site.height_m), sigma_m, Shape::Place),
            _ => (0.0, f64::INFINITY, Shape::Slant),
        };
        let (sa, ca) = math::sin_cos(azimuth_rad);
        let (se, ce) = math::sin_cos(elevation_rad);
        let ce = ce.max(1e-3);
        let rows = site.axes_of(sa, ca, se, ce);
        let cross_m = range_m * ce;
        let three = shape == Shape::Place;
        // Density per metre of range and radians, turned into one per m³ or m².
        let mut clutter = sensor.clutter(range_m, azimuth_rad) / cross_m;
        if three {
            let elevation_span = sensor.sensor.elevation_limits_rad.map_or(0.5, |(a, b)| (b - a).max(1e-3));
            let per_rad =
                if sensor.sensor.kind == skypicket_model::SensorKind::Radar3d { 1.0 } else { 1.0 / elevation_span };
            clutter *= per_rad / range_m;
        }
        Some(Self {
            shape,
            z: along(&site.ecef, range_m, &rows[0]),
            rows,
            variance: [
                range_sigma * range_sigma,
                (cross_m * azimuth_sigma) * (cross_m * azimuth_sigma),
                if three { third_sigma_m * third_sigma_m } else { 0.0 },
            ],
            bias_variance: [
                sensor.bias.range_m.variance,
                cross_m * cross_m * sensor.bias.azimuth_rad.variance,
                if plot.elevation.is_some() { range_m * range_m * sensor.bias.elevation_rad.variance } else { 0.0 },
            ],
            dims: if three { 3 } else { 2 },
            polar: [range_m, azimuth_rad, elevation_rad],
            clutter,
            local: (range_m * sa, range_m * ca),
            unseen: 0.0,
            offset_s: 0.0,
            source: 0,
        })
    }

    /// A bearing, with or without elevation.
    pub(crate) fn bearing(bearing: &Bearing, sensor: &Prepared) -> Option<Self> {
        let site = sensor.site.as_ref()?;
        let azimuth_rad = bearing.azimuth.rad + sensor.sensor.azimuth_correction_rad - sensor.bias.azimuth_rad.bias;
        if !azimuth_rad.is_finite() {
            return None;
        }
        let azimuth_sigma = sensor.azimuth_noise(bearing.azimuth.sigma_rad).max(1e-4);
        let elevation = bearing.elevation.filter(|e| e.rad.is_finite());
        let elevation_rad = elevation.map_or(0.0, |e| e.rad);
        let elevation_sigma = elevation.map_or(0.0, |e| positive(e.sigma_rad).unwrap_or(0.02));
        let (sa, ca) = math::sin_cos(azimuth_rad);
        let (se, ce) = math::sin_cos(elevation_rad);
        let axes = site.axes_of(sa, ca, se, ce);
        Some(Self {
            shape: Shape::Ray,
            z: site.ecef,
            rows: [axes[1], axes[2], axes[0]],
            variance: [azimuth_sigma * azimuth_sigma, elevation_sigma * elevation_sigma, 0.0],
            bias_variance: [0.0; 3],
            dims: if elevation.is_some() { 2 } else { 1 },
            polar: [0.0, azimuth_rad, elevation_rad],
            clutter: sensor.clutter(0.0, azimuth_rad),
            local: (sa, ca),
            unseen: 0.0,
            offset_s: 0.0,
            source: 0,
        })
    }

    /// A measured position.
    pub(crate) fn fix(fix: &Fix, assumed_height_m: f64, pressure_sigma_m: f64) -> Option<Self> {
        let height = fix.height.map(|(h, s)| (h.m, s)).or(fix.pressure.map(|p| (p.m, pressure_sigma_m)));
        let place = fix.place.at_height(height.map_or(assumed_height_m, |h| h.0));
        if !(place.lat_deg.is_finite() && place.lon_deg.is_finite() && place.height_m.is_finite()) {
            return None;
        }
        let frame = Tangent::new(place);
        let [east, north, up] = frame.rotation();
        let o = frame.origin_ecef();
        let (se, sn) = (fix.sigma.east_m.max(1.0), fix.sigma.north_m.max(1.0));
        let (ee, nn, en) = (se * se, sn * sn, fix.sigma.correlation.clamp(-0.999, 0.999) * se * sn);
        // Principal axes of the horizontal covariance, so that the rows are independent.
        let theta = 0.5 * math::atan2(2.0 * en, ee - nn);
        let (s, c) = math::sin_cos(theta);
        let (a, b) = (c * c * ee + 2.0 * s * c * en + s * s * nn, s * s * ee - 2.0 * s * c * en + c * c * nn);
        let rows = [add(&scale(c, &east), &scale(s, &north)), add(&scale(-s, &east), &scale(c, &north)), up];
        let third = height.map_or(0.0, |h| h.1 * h.1);
        Some(Self {
            shape: Shape::Place,
            z: [o.x, o.y, o.z],
            rows,
            variance: [a.max(1.0), b.max(1.0), third.max(1.0)],
            bias_variance: [0.0; 3],
            dims: if height.is_some() { 3 } else { 2 },
            polar: [0.0; 3],
            // Wrong fixes: one in a thousand, anywhere in a cube of 100 km by 10 km.
            clutter: if height.is_some() { 1e-17 } else { 1e-13 },
            local: (0.0, 0.0),
            unseen: 0.0,
            offset_s: 0.0,
            source: 0,
        })
    }

    /// The rows as they are for a track at `x`; `None` when the track cannot have caused the measurement (behind the ray's start).
    #[inline]
    pub(crate) fn rows_at(&self, x: &V3, sensor: &Prepared) -> Option<Rows> {
        match self.shape {
            Shape::Place => Some(Rows {
                z: self.z,
                rows: self.rows,
                variance: self.variance,
                dims: self.dims,
                clutter: self.clutter,
                unseen: self.unseen,
            }),
            Shape::Slant => {
                let site = sensor.site.as_ref()?;
                let d = sub(x, &site.ecef);
                let se = (dot(&d, &site.up) / self.polar[0]).clamp(-0.99, 0.99);
                let ce = (1.0 - se * se).sqrt();
                let (sa, ca) = math::sin_cos(self.polar[1]);
                let rows = site.axes_of(sa, ca, se, ce);
                Some(Rows {
                    z: along(&site.ecef, self.polar[0], &rows[0]),
                    rows,
                    variance: self.variance,
                    dims: 2,
                    clutter: self.clutter,
                    unseen: self.unseen,
                })
            }
            Shape::Ray => {
                let d = sub(x, &self.z);
                let reach = dot(&d, &self.rows[2]);
                if reach < 1.0 {
                    return None;
                }
                Some(Rows {
                    z: along(&self.z, reach, &self.rows[2]),
                    rows: self.rows,
                    variance: [self.variance[0] * reach * reach, self.variance[1] * reach * reach, 0.0],
                    dims: self.dims,
                    clutter: if self.dims == 2 { self.clutter / (reach * reach) } else { self.clutter / reach },
                    unseen: self.unseen,
                })
            }
        }
    }

    /// The largest 1-sigma across, metres, for the coarse gate.
    pub(crate) fn widest_variance(&self) -> f64 {
        (self.variance[0] + self.bias_variance[0]).max(self.variance[1] + self.bias_variance[1])
    }
}

/// Elevation at which an object `rise_m` above the antenna is seen at a slant range, over a round Earth.
pub(crate) fn elevation_of(range_m: f64, rise_m: f64) -> f64 {
    let sin = rise_m / range_m - range_m / (2.0 * 6_371_000.0);
    math::asin(sin.clamp(-1.0, 1.0))
}

fn positive(x: f64) -> Option<f64> {
    (x.is_finite() && x > 0.0).then_some(x)
}
