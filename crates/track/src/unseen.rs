//! The Poisson field of what is not yet seen: how many objects may be where, although no track holds them.
//!
//! Cells of 0.1° of latitude in layers of height. Whole looks thin a cell out by the share that the sensor would have detected;
//! arrivals fill it again. The field depends on where sensors looked, never on what they saw, so that a far-away object changes
//! nothing here. It is the undetected-target intensity of the PMBM filter (Williams 2015, eq. 37–38), with uniform density in a cell.

use crate::gauss::{V3, along};
use crate::params::Params;
use crate::predict::{height_at, up_at};
use crate::sensor::{Prepared, Site, ramp};
use skypicket_model::math;
use skypicket_model::table::Table;
use skypicket_model::{Geodetic, LatLon, SensorKind, Time};

/// Cell size, degrees of latitude.
const CELL_DEG: f64 = 0.1;
/// Cells are this wide in longitude, degrees.
const CELL_LON_DEG: f64 = 0.16;
/// How many layers.
pub(crate) const LAYERS: usize = 6;
/// Where they begin and end, metres above the ellipsoid. Thin near the ground, where horizons cut: of a thick layer whose top alone is
/// seen, the field would expect up there what hides below.
const EDGES_M: [f64; LAYERS + 1] = [0.0, 400.0, 1000.0, 1800.0, 3000.0, 6000.0, 13_500.0];
/// The layers below this one are the low airspace.
const LOW_LAYERS: usize = 4;
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

/// Expected unseen objects of one cell in each layer, per km², as of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cell {
    areal: [f64; LAYERS],
    time: Time,
}
skypicket_model::canon_struct!(Cell { areal, time });

/// The field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unseen {
    index: Table<(i32, i32), u32>,
    keys: Vec<(i32, i32)>,
    cells: Vec<Cell>,
}

/// Rates of each layer in objects per km² and per km² and second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    prior: [f64; LAYERS],
    arrival: [f64; LAYERS],
}

impl Rates {
    pub(crate) fn new(params: &Params) -> Self {
        let both = [params.unseen_low_per_1000_km2 / 1000.0, params.unseen_high_per_1000_km2 / 1000.0];
        let total = (both[0] + both[1]).max(1e-12);
        // Within the low and within the high airspace objects are spread evenly over height.
        let prior = core::array::from_fn(|layer| {
            let (own, from, to) = if layer < LOW_LAYERS {
                (both[0], EDGES_M[0], EDGES_M[LOW_LAYERS])
            } else {
                (both[1], EDGES_M[LOW_LAYERS], EDGES_M[LAYERS])
            };
            own * depth_m(layer) / (to - from)
        });
        let arrivals = params.arrivals_per_1000_km2_h / 1000.0 / 3600.0;
        Self { prior, arrival: prior.map(|prior| arrivals * prior / total) }
    }

    /// The cell at a later time: arrivals fill it up to the prior.
    fn relax(&self, cell: &Cell, now: Time) -> [f64; LAYERS] {
        let dt_s = (now - cell.time).s().max(0.0);
        core::array::from_fn(|layer| {
            let (value, prior) = (cell.areal[layer], self.prior[layer]);
            (value + self.arrival[layer] * dt_s).min(prior.max(value))
        })
    }
}

fn depth_m(layer: usize) -> f64 {
    EDGES_M[layer + 1] - EDGES_M[layer]
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
                let seen_at = |height_m: f64| {
                    let p = Geodetic { lat_deg: center.0, lon_deg: center.1, height_m }.to_ecef();
                    sensor.should_detect(&[p.x, p.y, p.z], 3000.0, 150.0)
                };
                let seen: [f32; LAYERS] = core::array::from_fn(|layer| {
                    let quarter = depth_m(layer) / 4.0;
                    ((seen_at(EDGES_M[layer] + quarter) + seen_at(EDGES_M[layer + 1] - quarter)) / 2.0) as f32
                });
                let full = self.cells.len() >= MAX_CELLS && !self.index.contains_key(&(i, j));
                if seen.iter().all(|share| *share < 0.01) || full {
                    continue;
                }
                let slot = self.slot((i, j), rates);
                let ground = Geodetic { lat_deg: center.0, lon_deg: center.1, height_m: 0.0 }.to_ecef();
                let region = sensor.region(&[ground.x, ground.y, ground.z]) as u16;
                sensor.cells.push((slot, region, seen));
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
        self.cells.push(Cell { areal: rates.prior, time: Time::MIN });
        slot
    }

    /// A sensor looked at its whole volume at `now`.
    pub(crate) fn looked(&mut self, sensor: &Prepared, now: Time, rates: &Rates) {
        for (slot, region, seen) in &sensor.cells {
            let Some(cell) = self.cells.get_mut(*slot as usize) else { continue };
            if cell.time == Time::MIN {
                cell.time = now;
            }
            let mut areal = rates.relax(cell, now);
            // The region is that of the ground; the high one follows it.
            let region = usize::from(*region);
            let shares = [sensor.detection_map.share(region), sensor.detection_map.share(region + 1)];
            for (layer, (areal, seen)) in areal.iter_mut().zip(seen).enumerate() {
                *areal *= 1.0 - f64::from(*seen) * shares[usize::from(layer >= LOW_LAYERS)];
            }
            *cell = Cell { areal, time: cell.time.max(now) };
        }
    }

    /// Expected unseen objects that a sensor would see, per m³, at a measured place with spread across and in height, at a time. What
    /// hides below a horizon is expected there and yet cannot be what was seen, so that density and detection go together by layer.
    pub(crate) fn visible(&self, sensor: &Prepared, x: &V3, sigma_m: (f64, f64), now: Time, rates: &Rates) -> f64 {
        let place = Geodetic::from_ecef(skypicket_model::Vec3::new(x[0], x[1], x[2]));
        let areal = self.layers(place.lat_lon(), now, rates);
        let (h, s, up) = (height_at(x), sigma_m.1.max(10.0), up_at(x));
        let mut below = ramp((h - EDGES_M[0]) / s);
        let mut visible = 0.0;
        for (layer, areal) in areal.iter().enumerate() {
            let (bottom, top) = (EDGES_M[layer], EDGES_M[layer + 1]);
            let next = ramp((h - top) / s);
            let share = below - next;
            below = next;
            if share > 1e-3 {
                let (from, to) = (bottom.max(h - s).min(top), top.min(h + s).max(bottom));
                let at = along(x, 0.5 * (from + to) - h, &up);
                // An even spread over a depth has 0.29 of it as its sigma.
                let detection = sensor.detects(&at, sigma_m.0, 0.3 * (to - from).max(s.min(100.0)));
                visible += areal * 1e-6 * share / depth_m(layer) * detection;
            }
        }
        visible
    }

    /// Expected unseen objects per km² in the low and in the high airspace.
    pub(crate) fn areal(&self, place: LatLon, now: Time, rates: &Rates) -> [f64; 2] {
        let layers = self.layers(place, now, rates);
        [layers[..LOW_LAYERS].iter().sum(), layers[LOW_LAYERS..].iter().sum()]
    }

    fn layers(&self, place: LatLon, now: Time, rates: &Rates) -> [f64; LAYERS] {
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
