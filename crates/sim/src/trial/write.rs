//! A trial as the four files of a scenario folder.

use super::station::{Kind, REPORTED_HEIGHT_M, REPORTED_VELOCITY_M_S, Station};
use super::{Played, Sighting, Trial};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

fn rounded(x: f64, digits: f64) -> f64 {
    (x * digits).round() / digits
}

impl Sighting {
    fn value(&self) -> Value {
        match self {
            Self::Radar3d([range_m, azimuth_deg, elevation_deg]) => {
                json!([rounded(*range_m, 10.0), rounded(*azimuth_deg, 1e4), rounded(*elevation_deg, 1e4)])
            }
            Self::Radar2d([range_m, azimuth_deg]) => json!([rounded(*range_m, 10.0), rounded(*azimuth_deg, 1e4)]),
            Self::Bearing(azimuth_deg) => json!([rounded(*azimuth_deg, 1e4)]),
            Self::SelfReport([lat, lon, height_m, east, north, up], address) => json!([
                rounded(*lat, 1e7),
                rounded(*lon, 1e7),
                rounded(*height_m, 10.0),
                rounded(*east, 100.0),
                rounded(*north, 100.0),
                rounded(*up, 100.0),
                format!("{address:06x}")
            ]),
        }
    }
}

fn station_json(station: &Station) -> Value {
    let s = station;
    let (kind, plot) = match s.kind {
        Kind::Radar3d => ("radar3d", json!(["range_m", "az_deg", "el_deg"])),
        Kind::Radar2d => ("radar2d", json!(["range_m", "az_deg"])),
        Kind::Bearing => ("bearing", json!(["az_deg"])),
        Kind::SelfReports => ("adsb", json!(["lat", "lon", "alt_m", "ve", "vn", "vu", "address"])),
    };
    let mut all = json!({
        "id": s.id, "type": kind, "period_s": s.period_s, "phase_s": s.phase_s, "pd": s.pd,
        "clutter_per_scan": s.clutter, "delay": { "mean_s": s.delay_s.0, "max_s": s.delay_s.1 }, "plot": plot,
    });
    let mut add = |key: &str, value: Value| {
        if let Some(map) = all.as_object_mut() {
            map.insert(key.to_owned(), value);
        }
    };
    if s.kind == Kind::SelfReports {
        add(
            "noise",
            json!({ "horizontal_m": s.noise.range_m, "vertical_m": REPORTED_HEIGHT_M, "velocity_mps": REPORTED_VELOCITY_M_S }),
        );
        return all;
    }
    add("lat", json!(s.place.lat_deg));
    add("lon", json!(s.place.lon_deg));
    add("alt", json!(s.place.height_m));
    let radar = s.kind != Kind::Bearing;
    let mut fov = Map::new();
    fov.insert("range_min_m".into(), json!(s.range_m.0));
    fov.insert("range_max_m".into(), json!(s.range_m.1));
    fov.insert("az_deg".into(), json!([s.sector_deg.0, s.sector_deg.1]));
    let mut errors = [(s.noise, Map::new()), (s.bias, Map::new())];
    for (e, map) in &mut errors {
        map.insert("az_deg".into(), json!(e.azimuth_deg));
        if radar {
            map.insert("range_m".into(), json!(e.range_m));
        }
        if s.kind == Kind::Radar3d {
            map.insert("el_deg".into(), json!(e.elevation_deg));
        }
    }
    if radar {
        fov.insert("el_min_deg".into(), json!(s.elevation_deg.0));
        fov.insert("el_max_deg".into(), json!(s.elevation_deg.1));
        add("horizon", json!("4/3 Earth"));
    }
    let [(_, noise), (_, bias)] = errors;
    add("fov", Value::Object(fov));
    add("noise", Value::Object(noise));
    add("bias", Value::Object(bias));
    if !s.silent_s.is_empty() {
        add("silent_s", json!(s.silent_s.iter().map(|(from, to)| [from, to]).collect::<Vec<_>>()));
    }
    all
}

impl Trial {
    /// `scenario.json`.
    #[must_use]
    pub fn description_json(&self) -> String {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for target in &self.targets {
            *kinds.entry(target.kind).or_default() += 1;
        }
        let addresses: BTreeMap<String, String> = self
            .targets
            .iter()
            .enumerate()
            .filter_map(|(k, target)| Some((k.to_string(), format!("{:06x}", target.address?))))
            .collect();
        let receivers = self.stations.iter().filter(|station| station.kind == Kind::SelfReports);
        let addresses: BTreeMap<&str, _> = receivers.map(|station| (station.id.as_str(), &addresses)).collect();
        let text = json!({
            "name": self.name,
            "description": self.description,
            "seed": self.seed,
            "duration_s": self.duration_s,
            "eval_start_s": self.step_s,
            "eval_step_s": self.step_s,
            "gospa": { "c": 2000.0, "p": 2, "alpha": 2 },
            "datum": "WGS84, heights above the ellipsoid; azimuth clockwise from true north; all plots of a look share its time",
            "n_targets": self.targets.len(),
            "kinds": kinds,
            "target_kind": self.targets.iter().map(|target| target.kind).collect::<Vec<_>>(),
            "sensors": self.stations.iter().map(station_json).collect::<Vec<_>>(),
            "adsb_addresses": addresses,
        });
        format!("{text:#}\n")
    }

    /// `measurements.jsonl`: one line a look, in order of arrival.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_measurements(&self, played: &Played, out: &mut impl Write) -> io::Result<()> {
        for look in &played.looks {
            let plots: Vec<Value> = look.sightings.iter().map(|(sighting, _)| sighting.value()).collect();
            let (time, arrival) = (rounded(look.time_s, 1e3), rounded(look.arrival_s, 1e3));
            let sensor = &self.stations[look.station].id;
            let line = json!({ "sensor": sensor, "time": time, "arrival": arrival, "scan": look.scan, "plots": plots });
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// `assoc.jsonl`: of each look's plots the object's number, −1 for clutter.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_association(&self, played: &Played, out: &mut impl Write) -> io::Result<()> {
        for look in &played.looks {
            let target: Vec<i64> = look.sightings.iter().map(|(_, target)| target.map_or(-1, i64::from)).collect();
            let sensor = &self.stations[look.station].id;
            let line =
                json!({ "sensor": sensor, "time": rounded(look.time_s, 1e3), "scan": look.scan, "target": target });
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// `truth.jsonl`: one line an object and moment asked.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_truth(&self, played: &Played, out: &mut impl Write) -> io::Result<()> {
        for at_s in self.asked_s() {
            for (id, target) in self.targets.iter().enumerate() {
                let Some(state) = target.flown.at(at_s) else { continue };
                let m = state.motion();
                let line = json!({
                    "time": at_s,
                    "id": id,
                    "lat": rounded(m.place.lat_deg, 1e7),
                    "lon": rounded(m.place.lon_deg, 1e7),
                    "alt": rounded(m.place.height_m, 10.0),
                    "ve": rounded(m.east_m_s, 100.0),
                    "vn": rounded(m.north_m_s, 100.0),
                    "vu": rounded(m.up_m_s, 100.0),
                    "e": u8::from(self.visible(played, id, at_s)),
                });
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }
}
