//! The Poisson field of what is not yet seen: how many objects may be where, although no track holds them.
//!
//! Cells of 0.1° of latitude in two layers of height. Whole looks thin a cell out by the share that the sensor would have detected;
//! arrivals fill it again. The field depends on where sensors looked, never on what they saw, so that a far-away object changes
//! nothing here. It is the undetected-target intensity of the PMBM filter (Williams 2015, eq. 37–38), with uniform density in a cell.

use crate::gauss::V3;
use crate::params::Params;
use crate::predict::height_at;
use crate::sensor::{Prepared, Site, ramp};
use skypicket_model::math;
use skypicket_model::table::Table;
use skypicket_model::{Geodetic, LatLon, SensorKind, Time};

/// Cell size, degrees of latitude.
const CELL_DEG: f64 = 0.1;
/// Cells are this wide in longitude, degrees.
const CELL_LON_DEG: f64 = 0.16;
/// Top of the low layer, metres above the ellipsoid.
const LOW_TOP_M: f64 = 3000.0;
/// Top of the high layer.
const HIGH_TOP_M: f64 = 13_500.0;
/// Bottom of the low layer: the geoid and valleys.
const BOTTOM_M: f64 = 0.0;
/// Most cells; beyond it sensors see the prior. 1.2 million square kilometres… times ten.
const MAX_CELLS: usize = 200_000;

/// Steps in which the coverage of a sensor follows a site that its data state: a tenth of a cell, and some hundred metres of height.
const SITE_STEP_DEG: f64 = 0.01;
const SITE_STEP_M: f64 = 200.0;

/// A place to the nearest step.
pub(crate) fn stepped(place: Geodetic) -> Geodetic {
    let step = |value: f64, step: f64| (value / step).round() * step;
    Geodetic {
        lat_deg: step(place.lat_deg, SITE_STEP_DEG),
        lon_deg: step(place.lon_deg, SITE_STEP_DEG),
        height_m: step(place.height_m, SITE_STEP_M),
    }
}

/// Expected unseen objects of one cell, per km², as of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cell {
    low: f64,
    high: f64,
    time: Time,
}
skypicket_model::canon_struct!(Cell { low, high, time });

/// The field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unseen {
    index: Table<(i32, i32), u32>,
    keys: Vec<(i32, i32)>,
    cells: Vec<Cell>,
}

/// Rates in objects per km² and per km² and second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    prior: [f64; 2],
    arrival: f64,
}

impl Rates {
    pub(crate) fn new(params: &Params) -> Self {
        Self {
            prior: [params.unseen_low_per_1000_km2 / 1000.0, params.unseen_high_per_1000_km2 / 1000.0],
            arrival: params.arrivals_per_1000_km2_h / 1000.0 / 3600.0,
        }
    }

    /// The cell at a later time: arrivals fill it up to the prior.
    fn relax(&self, cell: &Cell, now: Time) -> [f64; 2] {
        let dt_s = (now - cell.time).s().max(0.0);
        let total = (self.prior[0] + self.prior[1]).max(1e-12);
        let fill = |value: f64, prior: f64| (value + self.arrival * dt_s * prior / total).min(prior.max(value));
        [fill(cell.low, self.prior[0]), fill(cell.high, self.prior[1])]
    }
}

fn key(place: LatLon) -> (i32, i32) {
    ((place.lat_deg / CELL_DEG).floor() as i32, (place.lon_deg / CELL_LON_DEG).floor() as i32)
}

impl Unseen {
    /// Lists the cells that a sensor can see; called when its site becomes known or has moved. A site that the data state is taken to the
    /// nearest [`SITE_STEP_DEG`], so that one that moves by metres at every turn is not looked at anew each time.
    pub(crate) fn cover(&mut self, sensor: &mut Prepared, rates: &Rates) {
        let exact = sensor.site;
        if sensor.sensor.site.is_none() {
            sensor.site = exact.map(|site| Site::new(stepped(site.place)));
        }
        self.cover_from_site(sensor, rates);
        sensor.site = exact;
    }

    fn cover_from_site(&mut self, sensor: &mut Prepared, rates: &Rates) {
        sensor.cells.clear();
        let Some(site) = sensor.site else { return };
        if matches!(
            sensor.sensor.kind,
            SensorKind::Bearing | SensorKind::SystemTracker | SensorKind::SelfReportReceiver
        ) {
            return;
        }
        let reach_m = sensor.range_m.1.min(500_000.0);
        let (lat, lon) = (site.place.lat_deg, site.place.lon_deg);
        let d_lat = reach_m / 111_000.0;
        let d_lon = d_lat / math::cos(math::rad(lat.abs().min(85.0)));
        let (a, b) = ((((lat - d_lat) / CELL_DEG).floor()) as i32, (((lat + d_lat) / CELL_DEG).floor()) as i32);
        let (c, d) = ((((lon - d_lon) / CELL_LON_DEG).floor()) as i32, (((lon + d_lon) / CELL_LON_DEG).floor()) as i32);
        for i in a..=b {
            for j in c..=d {
                let center =
                    (f64::from(i) * CELL_DEG + 0.5 * CELL_DEG, f64::from(j) * CELL_LON_DEG + 0.5 * CELL_LON_DEG);
                let seen = |heights: [f64; 3]| {
                    heights
                        .iter()
                        .map(|h| {
                            let p = Geodetic { lat_deg: center.0, lon_deg: center.1, height_m: *h }.to_ecef();
                            sensor.detects(&[p.x, p.y, p.z], 3000.0, 150.0) / 3.0
                        })
                        .sum::<f64>()
                };
                let (low, high) = (seen([300.0, 1200.0, 2500.0]), seen([4500.0, 8000.0, 11_000.0]));
                let full = self.cells.len() >= MAX_CELLS && !self.index.contains_key(&(i, j));
                if low.max(high) < 0.01 || full {
                    continue;
                }
                let slot = self.slot((i, j), rates);
                sensor.cells.push((slot, low as f32, high as f32));
            }
        }
    }

    fn slot(&mut self, key: (i32, i32), rates: &Rates) -> u32 {
        if let Some(slot) = self.index.get(&key) {
            return *slot;
        }
        let slot = self.cells.len() as u32;
        self.index.insert(key, slot);
        self.keys.push(key);
        self.cells.push(Cell { low: rates.prior[0], high: rates.prior[1], time: Time::MIN });
        slot
    }

    /// A sensor looked at its whole volume at `now`.
    pub(crate) fn looked(&mut self, sensor: &Prepared, now: Time, rates: &Rates) {
        for &(slot, low, high) in &sensor.cells {
            let Some(cell) = self.cells.get_mut(slot as usize) else { continue };
            if cell.time == Time::MIN {
                cell.time = now;
            }
            let [l, h] = rates.relax(cell, now);
            *cell =
                Cell { low: l * (1.0 - f64::from(low)), high: h * (1.0 - f64::from(high)), time: cell.time.max(now) };
        }
    }

    /// Expected unseen objects per m³ at a measured place with height sigma, at a time.
    pub(crate) fn density(&self, x: &V3, height_sigma_m: f64, now: Time, rates: &Rates) -> f64 {
        let place = Geodetic::from_ecef(skypicket_model::Vec3::new(x[0], x[1], x[2]));
        let [low, high] = self.areal(place.lat_lon(), now, rates);
        let h = height_at(x);
        let s = height_sigma_m.max(10.0);
        let (from, mid, top) = (ramp((h - BOTTOM_M) / s), ramp((h - LOW_TOP_M) / s), ramp((h - HIGH_TOP_M) / s));
        let per_m3 = |areal: f64, share: f64, depth_m: f64| areal * 1e-6 * share.max(0.0) / depth_m;
        per_m3(low, from - mid, LOW_TOP_M - BOTTOM_M) + per_m3(high, mid - top, HIGH_TOP_M - LOW_TOP_M)
    }

    /// Expected unseen objects per km² in the two layers.
    pub(crate) fn areal(&self, place: LatLon, now: Time, rates: &Rates) -> [f64; 2] {
        match self.index.get(&key(place)).and_then(|slot| self.cells.get(*slot as usize)) {
            Some(cell) if cell.time != Time::MIN => rates.relax(cell, now),
            _ => rates.prior,
        }
    }

    pub(crate) fn save(&self, out: &mut Vec<u8>) {
        use skypicket_model::Canon;
        self.keys.encode(out);
        self.cells.encode(out);
    }

    pub(crate) fn load(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        use skypicket_model::Canon;
        let keys: Vec<(i32, i32)> = Canon::decode(reader)?;
        let cells: Vec<Cell> = Canon::decode(reader)?;
        if keys.len() != cells.len() || keys.len() > MAX_CELLS {
            return Err(skypicket_model::CanonError::Invalid);
        }
        let mut index = Table::default();
        for (slot, key) in keys.iter().enumerate() {
            index.insert(*key, slot as u32);
        }
        Ok(Self { index, keys, cells })
    }
}
