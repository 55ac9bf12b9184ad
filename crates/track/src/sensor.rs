//! A sensor prepared for tracking: its frame, what it can see, how often it speaks of nothing, and its estimated bias.

use crate::clutter::{ClutterMap, Volume};
use crate::detection::{self, DetectionMap};
use crate::gauss::{V3, add, dot, scale, sub};
use crate::params::Params;
use crate::predict::height_at;
use crate::register::Bias;
use skypicket_model::math::{self, PI, TAU};
use skypicket_model::{Geodetic, Sensor, SensorKind, Span, Tangent, Time};

/// Effective Earth radius of the standard refraction, 4/3 of the mean radius, metres (ITU-R P.453).
const RADIO_RADIUS_M: f64 = 4.0 / 3.0 * 6_371_000.0;
/// 1-sigma of terrain and refraction that the smooth horizon does not know, metres of height.
const HORIZON_SIGMA_M: f64 = 30.0;
/// A 2D radar's beam, where no limit is stated.
const BEAM_DEG: (f64, f64) = (-2.0, 60.0);

/// Where a sensor stands, with its local axes in ECEF.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub ecef: V3,
    pub east: V3,
    pub north: V3,
    pub up: V3,
    pub height_m: f64,
    pub place: Geodetic,
}

impl Site {
    pub(crate) fn new(place: Geodetic) -> Self {
        let frame = Tangent::new(place);
        let [east, north, up] = frame.rotation();
        let origin = frame.origin_ecef();
        Self { ecef: [origin.x, origin.y, origin.z], east, north, up, height_m: place.height_m, place }
    }

    /// East, north, up of an ECEF position, metres.
    #[inline]
    pub(crate) fn local(&self, x: &V3) -> V3 {
        let d = sub(x, &self.ecef);
        [dot(&d, &self.east), dot(&d, &self.north), dot(&d, &self.up)]
    }

    /// The unit vectors of increasing range, azimuth and elevation in a direction.
    #[inline]
    pub(crate) fn axes(&self, azimuth_rad: f64, elevation_rad: f64) -> [V3; 3] {
        let (sa, ca) = math::sin_cos(azimuth_rad);
        let (se, ce) = math::sin_cos(elevation_rad);
        self.axes_of(sa, ca, se, ce)
    }

    #[inline]
    pub(crate) fn axes_of(&self, sa: f64, ca: f64, se: f64, ce: f64) -> [V3; 3] {
        let across = add(&scale(sa, &self.east), &scale(ca, &self.north));
        [
            add(&scale(ce, &across), &scale(se, &self.up)),
            add(&scale(ca, &self.east), &scale(-sa, &self.north)),
            add(&scale(-se, &across), &scale(ce, &self.up)),
        ]
    }
}

/// A sensor as the tracker uses it.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub sensor: Sensor,
    pub site: Option<Site>,
    pub bias: Bias,
    /// What is not known of its bias is not worth counting.
    pub settled: bool,
    /// Probability that it has a bias at all.
    pub misaligned: f64,
    /// It cannot be believed as others are (`register::watch`).
    pub demoted: bool,
    /// Probability of detection within its volume, at one look.
    pub detection: f64,
    /// False plots per metre of range, radian of azimuth and (3D) radian of elevation, as stated; per radian for bearings.
    clutter: f64,
    /// … and where it was seen to make more or less of them.
    pub clutter_map: ClutterMap,
    /// How much of what it should see it was seen to see.
    pub detection_map: DetectionMap,
    volume: Volume,
    pub range_m: (f64, f64),
    sin_elevation: (f64, f64),
    /// Time of the last whole look and how far apart such looks are.
    pub last_look: Option<Time>,
    pub period: Option<Span>,
    /// When a turn of a post was counted last.
    pub counted: Option<Time>,
    /// Measured time of its youngest plot or bearing.
    pub heard: Option<Time>,
    /// When it spoke again after its last outage.
    pub resumed: Option<Time>,
    /// It has delivered whole looks with one measured time; then silence about an object is news at once.
    pub whole_looks: bool,
    /// Cells of the unseen field that it can see, with their region of its map of detection and the share of each layer that it should see.
    pub cells: Vec<(u32, u16, [f32; crate::unseen::LAYERS])>,
}

impl Prepared {
    pub(crate) fn new(sensor: Sensor, params: &Params) -> Self {
        let bearing = sensor.kind == SensorKind::Bearing;
        let range_m = sensor.range_limits_m.unwrap_or(if bearing { (0.0, 15_000.0) } else { (0.0, 400_000.0) });
        let elevation = sensor.elevation_limits_rad.unwrap_or((math::rad(BEAM_DEG.0), math::rad(BEAM_DEG.1)));
        let sector = sensor.azimuth_sector_rad.map_or(TAU, |(from, to)| math::wrap_tau(to - from).max(1e-3));
        let per_look = sensor.clutter_per_look.unwrap_or(if bearing { 0.3 } else { params.clutter_default }).max(1e-3);
        let volume = match sensor.kind {
            SensorKind::Bearing => sector,
            SensorKind::Radar3d => (range_m.1 - range_m.0).max(1.0) * sector * (elevation.1 - elevation.0).max(1e-3),
            _ => (range_m.1 - range_m.0).max(1.0) * sector,
        };
        let site = sensor.site.map(Site::new);
        let mut prepared = Self {
            site,
            bias: Bias::prior(&sensor, params),
            settled: false,
            misaligned: crate::register::MISALIGNED,
            demoted: false,
            detection: sensor.detection_probability.unwrap_or(params.detection_default).clamp(0.01, 0.999),
            clutter: per_look / volume,
            clutter_map: ClutterMap::new(),
            detection_map: DetectionMap::default(),
            volume: Volume {
                per_look,
                stated: sensor.clutter_per_look.is_some(),
                range_m,
                ranges: if bearing { 1 } else { crate::clutter::RANGES },
                sector_rad: sector,
            },
            range_m,
            sin_elevation: (math::sin(elevation.0), math::sin(elevation.1)),
            last_look: None,
            period: sensor.period,
            counted: None,
            heard: None,
            resumed: None,
            whole_looks: false,
            cells: Vec::new(),
            sensor,
        };
        prepared.settled = crate::register::consider::is_settled(&prepared);
        prepared
    }

    /// Density of false plots at a place of its own frame: per metre of range, radian of azimuth and (3D) of elevation; per radian for bearings, whose
    /// range is 0.
    #[inline]
    pub(crate) fn clutter(&self, range_m: f64, azimuth_rad: f64) -> f64 {
        self.clutter * self.clutter_map.ratio(&self.volume, range_m, azimuth_rad)
    }

    /// A plot at a place was false with this probability.
    pub(crate) fn count_false(&mut self, range_m: f64, azimuth_rad: f64, probability: f64) {
        self.clutter_map.count(&self.volume, range_m, azimuth_rad, probability);
    }

    /// A turn is over.
    pub(crate) fn turned(&mut self) {
        self.clutter_map.turned(&self.volume);
        self.detection_map.turned(self.sensor.detection_probability.is_some(), self.detection);
    }

    /// Probability that an object at `x`, known to `sigma_h_m` across and `sigma_v_m` in height, is detected at one look, by what was learned.
    #[inline]
    pub(crate) fn detects(&self, x: &V3, sigma_h_m: f64, sigma_v_m: f64) -> f64 {
        self.should_detect(x, sigma_h_m, sigma_v_m) * self.seen_share(x)
    }

    /// Share of the stated probability of detection that was seen to be true around a place.
    #[inline]
    pub(crate) fn seen_share(&self, x: &V3) -> f64 {
        if self.detection_map.is_blank() { 1.0 } else { self.detection_map.share(self.region(x)) }
    }

    /// The region of its map of detection that a place belongs to.
    pub(crate) fn region(&self, x: &V3) -> usize {
        let Some(site) = &self.site else { return 0 };
        let local = site.local(x);
        detection::region(&local, dot(&local, &local).sqrt(), self.range_m.1, height_at(x))
    }

    /// The same as the sensor states it: by range, elevation, horizon and sector.
    #[inline]
    pub(crate) fn should_detect(&self, x: &V3, sigma_h_m: f64, sigma_v_m: f64) -> f64 {
        let Some(site) = &self.site else { return self.detection };
        let d = sub(x, &site.ecef);
        let r2 = dot(&d, &d);
        let reach = self.range_m.1 + 3.0 * sigma_h_m;
        if r2 > reach * reach {
            return 0.0;
        }
        let r = r2.sqrt().max(1.0);
        let mut p = self.detection * ramp((self.range_m.1 - r) / sigma_h_m.max(1.0));
        if self.range_m.0 > 0.0 {
            p *= ramp((r - self.range_m.0) / sigma_h_m.max(1.0));
        }
        let sin_el = dot(&d, &site.up) / r;
        let sigma_el = sigma_v_m.max(1.0) / r;
        if self.sensor.kind != SensorKind::Bearing {
            p *= ramp((sin_el - self.sin_elevation.0) / sigma_el) * ramp((self.sin_elevation.1 - sin_el) / sigma_el);
            let own = (2.0 * RADIO_RADIUS_M * site.height_m.max(1.0)).sqrt();
            if r > own {
                let least = (r - own) * (r - own) / (2.0 * RADIO_RADIUS_M);
                let spread = (sigma_v_m * sigma_v_m + HORIZON_SIGMA_M * HORIZON_SIGMA_M).sqrt();
                p *= ramp((height_at(x) - least) / spread);
            }
        }
        if let Some((from, to)) = self.sensor.azimuth_sector_rad {
            let azimuth = math::atan2(dot(&d, &site.east), dot(&d, &site.north));
            let inside =
                math::wrap_tau(azimuth - from) <= math::wrap_tau(to - from).max(1e-9) || (to - from).abs() >= TAU;
            if !inside {
                p = 0.0;
            }
        }
        p
    }

    /// The azimuth noise that a measurement states, or else the sensor's, or else a radar's usual one.
    pub(crate) fn azimuth_noise(&self, stated_rad: f64) -> f64 {
        if stated_rad > 0.0 && stated_rad < PI { stated_rad } else { self.sensor.azimuth_sigma_rad.unwrap_or(0.003) }
    }
}

/// A cheap stand-in for the normal distribution function: 0 below −2, 1 above 2, smooth between (error below 0.03).
#[inline]
pub(crate) fn ramp(z: f64) -> f64 {
    if z >= 2.0 {
        1.0
    } else if z <= -2.0 {
        0.0
    } else {
        let t = 0.25 * z + 0.5;
        t * t * (3.0 - 2.0 * t)
    }
}
