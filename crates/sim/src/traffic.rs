//! Traffic of any size under many radars, as observations, for measuring how a tracker's cost grows.
//!
//! Not a story: objects fly straight over a square of [`HALF_SIDE_M`], three quarters of them airliners, the others small and low; radars
//! stand on a jittered grid. Area and radars stay what they are when the objects become more, so that the air becomes denser, as it does
//! when drones come. Plots have the noise and the losses of [`Traffic::sensors`], false plots are Poisson, uniform in range and azimuth.

use crate::rng::Rng;
use skypicket_model::math::{TAU, asin, atan2, cos, deg, hypot, rad, sin_cos};
use skypicket_model::observation::{Angle, Plot, SensorStatus};
use skypicket_model::{
    FeedId, Geodetic, Observation, ObservationId, Reality, Report, Sensor, SensorId, SensorKind, Seq, Span, Tangent,
    Time,
};

/// Half the side of the square, metres.
pub const HALF_SIDE_M: f64 = 1_000_000.0;
/// Sectors in which a turning radar reports.
const SECTORS: usize = 32;
const CENTRE_DEG: [f64; 2] = [50.0, 15.0];
const DEGREE_M: f64 = 111_195.0;
const RANGE_M: (f64, f64) = (1000.0, 300_000.0);
const RANGE_SIGMA_M: f64 = 60.0;
const AZIMUTH_SIGMA_DEG: f64 = 0.1;
const ELEVATION_SIGMA_DEG: f64 = 0.25;
const DETECTION: f64 = 0.9;
const CLUTTER: f64 = 50.0;
/// Four thirds of the Earth's radius, twice: the radio horizon.
const HORIZON_M: f64 = 8.0 / 3.0 * 6_371_000.0;

/// How the radars report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// All plots of a turn have one time and come together (the format `plots`).
    Whole,
    /// As an antenna turns: each plot has its own time, thirty-two sectors a turn come one after another (CAT048).
    Turning,
}

/// What arrives together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// When, seconds after the begin.
    pub at_s: f64,
    /// What.
    pub observations: Vec<Observation>,
}

#[derive(Clone, Debug)]
struct Object {
    place_deg: [f64; 2],
    height_m: f64,
    /// East and north, m/s.
    velocity_m_s: [f64; 2],
}

impl Object {
    fn draw(rng: &mut Rng) -> Self {
        let north_m = rng.between(-HALF_SIDE_M, HALF_SIDE_M);
        let east_m = rng.between(-HALF_SIDE_M, HALF_SIDE_M);
        let lat_deg = CENTRE_DEG[0] + north_m / DEGREE_M;
        let (low_m, high_m, slow_m_s, fast_m_s) = match rng.below(20) {
            0..15 => (7000.0, 12_000.0, 190.0, 250.0),
            15..18 => (500.0, 3000.0, 40.0, 90.0),
            _ => (150.0, 1500.0, 35.0, 60.0),
        };
        let (sin, cos_course) = sin_cos(rng.between(0.0, TAU));
        let speed = rng.between(slow_m_s, fast_m_s);
        Self {
            place_deg: [lat_deg, CENTRE_DEG[1] + east_m / (DEGREE_M * cos(rad(lat_deg)))],
            height_m: rng.between(low_m, high_m),
            velocity_m_s: [speed * sin, speed * cos_course],
        }
    }

    fn at(&self, t_s: f64) -> Geodetic {
        let [lat, lon] = self.place_deg;
        Geodetic {
            lat_deg: lat + self.velocity_m_s[1] * t_s / DEGREE_M,
            lon_deg: lon + self.velocity_m_s[0] * t_s / (DEGREE_M * cos(rad(lat))),
            height_m: self.height_m,
        }
    }
}

#[derive(Clone, Debug)]
struct Radar {
    sensor: Sensor,
    frame: Tangent,
    site: Geodetic,
    period_s: f64,
    next_s: f64,
    rng: Rng,
}

/// The world and its radars.
#[derive(Clone, Debug)]
pub struct Traffic {
    objects: Vec<Object>,
    radars: Vec<Radar>,
    manner: Manner,
    epoch: Time,
    sequence: u64,
    coming: Vec<(u64, Batch)>,
}

impl Traffic {
    /// So many objects (at most a million) under so many radars (1 to 1,000); the same seed is the same world.
    #[must_use]
    pub fn new(objects: usize, radars: usize, manner: Manner, epoch: Time, seed: u64) -> Self {
        let mut rng = Rng::named(seed, "traffic");
        let radars = radars.clamp(1, 1000);
        let columns = (radars as f64).sqrt().ceil() as usize;
        let rows = radars.div_ceil(columns);
        Self {
            objects: (0..objects.min(1_000_000)).map(|_| Object::draw(&mut rng)).collect(),
            radars: (0..radars).map(|k| Radar::draw(k, [columns, rows], seed)).collect(),
            manner,
            epoch,
            sequence: 0,
            coming: Vec::new(),
        }
    }

    /// The radars' descriptions.
    #[must_use]
    pub fn sensors(&self) -> Vec<Sensor> {
        self.radars.iter().map(|radar| radar.sensor.clone()).collect()
    }

    /// How many objects at least one radar can see at a time.
    #[must_use]
    pub fn covered(&self, t_s: f64) -> usize {
        self.objects
            .iter()
            .filter(|object| {
                let place = object.at(t_s);
                self.radars.iter().any(|radar| radar.sees(&place).is_some())
            })
            .count()
    }

    /// What arrives from `second` to `second + 1`, in order of time. Call with 0, 1, 2 …
    pub fn second(&mut self, second: u32, out: &mut Vec<Batch>) {
        out.clear();
        let to_s = f64::from(second) + 1.0;
        for index in 0..self.radars.len() {
            while self.radars[index].next_s < to_s {
                self.turn(index);
            }
        }
        self.coming.sort_by(|a, b| a.1.at_s.total_cmp(&b.1.at_s).then(a.0.cmp(&b.0)));
        let due = self.coming.partition_point(|(_, batch)| batch.at_s < to_s);
        out.extend(self.coming.drain(..due).map(|(_, batch)| batch));
    }

    /// One turn of one radar that begins at its `next_s`.
    fn turn(&mut self, index: usize) {
        let radar = &mut self.radars[index];
        let begin_s = radar.next_s;
        radar.next_s += radar.period_s;
        let turning = self.manner == Manner::Turning;
        let mut sectors: Vec<Vec<(f64, Plot)>> = vec![Vec::new(); if turning { SECTORS } else { 1 }];
        for object in &self.objects {
            let Some(first) = radar.sees(&object.at(begin_s)) else { continue };
            let beam_s = if turning { begin_s + radar.period_s * first[1] / TAU } else { begin_s };
            let Some(polar) = radar.sees(&object.at(beam_s)) else { continue };
            if radar.rng.chance(DETECTION) {
                radar.add([polar[0], first[1], polar[2]], beam_s, &mut sectors, polar[1] - first[1]);
            }
        }
        for _ in 0..radar.rng.poisson(CLUTTER) {
            let polar = [
                radar.rng.between(RANGE_M.0, RANGE_M.1),
                radar.rng.between(0.0, TAU),
                radar.rng.between(rad(-1.0), rad(20.0)),
            ];
            let beam_s = if turning { begin_s + radar.period_s * polar[1] / TAU } else { begin_s };
            radar.add(polar, beam_s, &mut sectors, 0.0);
        }
        let count = sectors.len();
        for (k, mut plots) in sectors.into_iter().enumerate() {
            plots.sort_by(|a, b| a.0.total_cmp(&b.0));
            let end_s = begin_s + if turning { radar.period_s * (k + 1) as f64 / count as f64 } else { 0.0 };
            self.sequence += 1;
            let seq = Seq(self.sequence);
            let measured = |t_s: f64| self.epoch + Span::from_s_f64(t_s).unwrap_or(Span::ZERO);
            let received = measured(end_s);
            let mut n = 0;
            let mut observation = |at: Time, report: Report| {
                n += 1;
                Observation {
                    id: ObservationId { seq, index: n },
                    sensor: radar.sensor.id,
                    measured: at,
                    received,
                    reality: Reality::Simulated,
                    report,
                }
            };
            let marker = SensorStatus::NorthMarker { rotation: Span::from_s_f64(radar.period_s) };
            let mut observations = Vec::with_capacity(plots.len() + 1);
            if turning && k == 0 {
                observations.push(observation(measured(begin_s), Report::SensorStatus(marker)));
            }
            observations.extend(plots.iter().map(|(t_s, plot)| observation(measured(*t_s), Report::Plot(*plot))));
            if !turning {
                observations.push(observation(measured(begin_s), Report::SensorStatus(marker)));
            }
            self.coming.push((self.sequence, Batch { at_s: end_s, observations }));
        }
    }
}

impl Radar {
    fn draw(k: usize, grid: [usize; 2], seed: u64) -> Self {
        let mut rng = Rng::named(seed, &format!("radar {k}"));
        let along = |k: usize, of: usize, shift: f64| ((k as f64 + 0.5 + shift) / of as f64 * 2.0 - 1.0) * HALF_SIDE_M;
        let east_m = along(k % grid[0], grid[0], rng.between(-0.2, 0.2));
        let north_m = along(k / grid[0], grid[1], rng.between(-0.2, 0.2));
        let lat_deg = CENTRE_DEG[0] + north_m / DEGREE_M;
        let lon_deg = CENTRE_DEG[1] + east_m / (DEGREE_M * cos(rad(lat_deg)));
        let site = Geodetic { lat_deg, lon_deg, height_m: rng.between(100.0, 600.0) };
        let period_s = [5.0, 8.0, 10.0][k % 3];
        let id = SensorId { feed: FeedId(0), source: k as u16 + 1 };
        let mut sensor = Sensor::new(id, format!("R{k}"), SensorKind::Radar3d);
        sensor.site = Some(site);
        sensor.period = Span::from_s_f64(period_s);
        sensor.range_sigma_m = Some(RANGE_SIGMA_M);
        sensor.azimuth_sigma_rad = Some(rad(AZIMUTH_SIGMA_DEG));
        sensor.elevation_sigma_rad = Some(rad(ELEVATION_SIGMA_DEG));
        sensor.detection_probability = Some(DETECTION);
        sensor.clutter_per_look = Some(CLUTTER);
        sensor.range_limits_m = Some(RANGE_M);
        sensor.elevation_limits_rad = Some((rad(-1.5), rad(20.0)));
        let next_s = rng.between(0.0, period_s);
        Self { sensor, frame: Tangent::new(site), site, period_s, next_s, rng }
    }

    /// Range, azimuth and elevation of a place, when it is in range and above the horizon.
    fn sees(&self, place: &Geodetic) -> Option<[f64; 3]> {
        // A cheap look first: most objects are far away.
        if (place.lat_deg - self.site.lat_deg).abs() * DEGREE_M > RANGE_M.1 * 1.02 {
            return None;
        }
        let at = self.frame.to_enu(place.to_ecef());
        let range_m = hypot(hypot(at.x, at.y), at.z);
        let horizon_m = (HORIZON_M * self.site.height_m).sqrt() + (HORIZON_M * place.height_m).sqrt();
        if !(RANGE_M.0..RANGE_M.1.min(horizon_m)).contains(&range_m) {
            return None;
        }
        let elevation_rad = asin(at.z / range_m);
        let azimuth_rad = atan2(at.x, at.y).rem_euclid(TAU);
        (-1.5..20.0).contains(&deg(elevation_rad)).then_some([range_m, azimuth_rad, elevation_rad])
    }

    /// Adds a plot with noise to the sector that its azimuth without `ahead_rad` lies in.
    fn add(&mut self, polar: [f64; 3], beam_s: f64, sectors: &mut [Vec<(f64, Plot)>], ahead_rad: f64) {
        let noise = [rad(AZIMUTH_SIGMA_DEG), rad(ELEVATION_SIGMA_DEG)];
        let sector = (polar[1] / TAU * sectors.len() as f64) as usize;
        let azimuth_rad = polar[1] + ahead_rad + noise[0] * self.rng.normal();
        let plot = Plot::primary(
            (polar[0] + RANGE_SIGMA_M * self.rng.normal()).max(1.0),
            RANGE_SIGMA_M,
            Angle { rad: azimuth_rad.rem_euclid(TAU), sigma_rad: noise[0] },
            Some(Angle { rad: polar[2] + noise[1] * self.rng.normal(), sigma_rad: noise[1] }),
        );
        let last = sectors.len() - 1;
        sectors[sector.min(last)].push((beam_s, plot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plots(traffic: &mut Traffic, seconds: u32) -> (usize, Vec<Batch>) {
        let (mut all, mut out) = (Vec::new(), Vec::new());
        for second in 0..seconds {
            traffic.second(second, &mut out);
            all.append(&mut out);
        }
        let count = all.iter().flat_map(|batch| &batch.observations).filter(|o| matches!(o.report, Report::Plot(_)));
        (count.count(), all)
    }

    #[test]
    fn both_manners_see_the_same_world_as_often() {
        let epoch = Time::from_s(1_757_453_400);
        let (whole, _) = plots(&mut Traffic::new(500, 4, Manner::Whole, epoch, 1), 40);
        let (turning, batches) = plots(&mut Traffic::new(500, 4, Manner::Turning, epoch, 1), 40);
        assert!(whole > 1000 && turning.abs_diff(whole) * 6 < whole, "{whole} and {turning}");
        assert!(batches.is_sorted_by(|a, b| a.at_s <= b.at_s));
        let late = |o: &Observation| (o.received - o.measured).s();
        assert!(batches.iter().flat_map(|batch| &batch.observations).all(|o| (0.0..0.4).contains(&late(o))));
    }

    #[test]
    fn plots_lie_where_the_objects_are() {
        let epoch = Time::from_s(0);
        let mut traffic = Traffic::new(300, 1, Manner::Turning, epoch, 2);
        let covered = traffic.covered(5.0);
        let (_, batches) = plots(&mut traffic, 10);
        let frame = traffic.radars[0].frame;
        let mut near = 0;
        for o in batches.iter().flat_map(|batch| &batch.observations) {
            let Report::Plot(plot) = o.report else { continue };
            let t_s = (o.measured - epoch).s();
            let (sa, ca) = sin_cos(plot.azimuth.rad);
            let (se, ce) = sin_cos(plot.elevation.map_or(0.0, |e| e.rad));
            near += usize::from(traffic.objects.iter().any(|object| {
                let at = frame.to_enu(object.at(t_s).to_ecef());
                let d = [at.x - plot.range_m * ce * sa, at.y - plot.range_m * ce * ca, at.z - plot.range_m * se];
                hypot(d[0], d[1]) < 2500.0
            }));
        }
        assert!(near * 10 > covered * 7, "{near} of {covered}");
    }
}
