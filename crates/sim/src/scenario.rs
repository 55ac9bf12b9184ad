//! Scenario folders: a description (`scenario.json`), measurements by sensor and arrival, and where tracks are asked for.
//!
//! The description's truth (`bias`, `adsb_addresses`, kinds of targets) is never read here, so that it cannot reach a tracker. The
//! caller opens and decompresses the files.

use serde::Deserialize;
use serde_json::json;
use skypicket_model::math::rad;
use skypicket_model::{FeedId, Geodetic, Observation, Sensor, SensorId, SensorKind, Seq, Span, Time, Track};
use skypicket_wire::{Chunk, Decoder, FeedSetup, Output};
use std::io::{self, BufRead, Write};
use std::sync::Arc;

/// The moment that a scenario's second 0 is put at: its files carry no date.
pub const EPOCH: &str = "2025-09-09T21:00:00Z";

/// A scenario's description, as far as a tracker may know it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its sensors, in the file's order, of feed 0.
    pub sensors: Vec<Sensor>,
    /// The moments at which tracks are asked for, seconds.
    pub ask_s: Vec<f64>,
}

/// What went wrong with a scenario.
#[derive(Debug)]
pub enum ScenarioFault {
    /// A file could not be read.
    Io(io::Error),
    /// The description is not one.
    Description(String),
}

impl std::fmt::Display for ScenarioFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "scenario cannot be read: {error}"),
            Self::Description(what) => write!(f, "scenario.json: {what}"),
        }
    }
}
impl std::error::Error for ScenarioFault {}
impl From<io::Error> for ScenarioFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

#[derive(Deserialize)]
struct Description {
    name: String,
    sensors: Vec<SensorText>,
    duration_s: f64,
    eval_start_s: f64,
    eval_step_s: f64,
}

#[derive(Deserialize)]
struct SensorText {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    lat: Option<f64>,
    lon: Option<f64>,
    alt: Option<f64>,
    period_s: Option<f64>,
    #[serde(default)]
    fov: Fov,
    #[serde(default)]
    noise: Noise,
    pd: Option<f64>,
    clutter_per_scan: Option<f64>,
}

#[derive(Default, Deserialize)]
struct Fov {
    range_min_m: Option<f64>,
    range_max_m: Option<f64>,
    el_min_deg: Option<f64>,
    el_max_deg: Option<f64>,
    az_deg: Option<[f64; 2]>,
}

#[derive(Default, Deserialize)]
struct Noise {
    range_m: Option<f64>,
    az_deg: Option<f64>,
    el_deg: Option<f64>,
    horizontal_m: Option<f64>,
}

impl Scenario {
    /// Reads `scenario.json`.
    ///
    /// # Errors
    /// When it is no such description, or names a kind of sensor that there is not.
    pub fn parse(json: &[u8]) -> Result<Self, ScenarioFault> {
        let text: Description =
            serde_json::from_slice(json).map_err(|error| ScenarioFault::Description(error.to_string()))?;
        let sensors = text.sensors.iter().enumerate().map(|(k, s)| sensor(k, s)).collect::<Result<_, _>>()?;
        if text.eval_step_s.is_nan() || text.eval_step_s <= 0.0 || !text.duration_s.is_finite() {
            return Err(ScenarioFault::Description("eval_step_s must be above 0 and duration_s finite".into()));
        }
        let steps = ((text.duration_s - text.eval_start_s) / text.eval_step_s + 1e-6).floor();
        let count = if steps >= 0.0 { steps.min(1e6) as u32 + 1 } else { 0 };
        let ask_s = (0..count).map(|k| text.eval_start_s + f64::from(k) * text.eval_step_s).collect();
        Ok(Self { name: text.name, sensors, ask_s })
    }

    /// Measurements as observations, frame by frame in the order of the file (which is that of arrival).
    ///
    /// # Errors
    /// When the decoder cannot be built, which is a defect.
    pub fn frames<R: BufRead>(&self, measurements: R) -> Result<Frames<R>, ScenarioFault> {
        let setup =
            FeedSetup { feed: FeedId(0), sensors: Arc::from(self.sensors.clone()), params: json!({ "epoch": EPOCH }) };
        let kind =
            skypicket_wire::decoder("plots").ok_or_else(|| ScenarioFault::Description("no plots decoder".into()))?;
        let decoder = (kind.build)(&setup).map_err(ScenarioFault::Description)?;
        Ok(Frames { lines: measurements, line: Vec::new(), decoder, out: Output::default(), seq: 0, epoch: epoch() })
    }
}

/// Second 0.
#[must_use]
pub fn epoch() -> Time {
    Time::parse(EPOCH).unwrap_or(Time::EPOCH)
}

fn sensor(index: usize, text: &SensorText) -> Result<Sensor, ScenarioFault> {
    let kind = match text.kind.as_str() {
        "radar3d" => SensorKind::Radar3d,
        "radar2d" => SensorKind::Radar2d,
        "bearing" => SensorKind::Bearing,
        "adsb" => SensorKind::SelfReportReceiver,
        other => return Err(ScenarioFault::Description(format!("sensor {:?} is of unknown type {other:?}", text.id))),
    };
    let source = u16::try_from(index + 1).map_err(|_| ScenarioFault::Description("too many sensors".into()))?;
    let mut sensor = Sensor::new(SensorId { feed: FeedId(0), source }, text.id.clone(), kind);
    if let (Some(lat_deg), Some(lon_deg)) = (text.lat, text.lon) {
        sensor.site = Some(Geodetic { lat_deg, lon_deg, height_m: text.alt.unwrap_or(0.0) });
    }
    sensor.period = text.period_s.and_then(Span::from_s_f64);
    sensor.range_sigma_m = text.noise.range_m.or(text.noise.horizontal_m);
    sensor.azimuth_sigma_rad = text.noise.az_deg.map(rad);
    sensor.elevation_sigma_rad = text.noise.el_deg.map(rad);
    sensor.detection_probability = text.pd;
    sensor.clutter_per_look = text.clutter_per_scan;
    sensor.range_limits_m = text.fov.range_max_m.map(|max| (text.fov.range_min_m.unwrap_or(0.0), max));
    sensor.elevation_limits_rad = text.fov.el_min_deg.zip(text.fov.el_max_deg).map(|(a, b)| (rad(a), rad(b)));
    sensor.azimuth_sector_rad =
        text.fov.az_deg.filter(|[from, to]| (to - from).abs() < 360.0).map(|[from, to]| (rad(from), rad(to)));
    Ok(sensor)
}

/// Iterates over a scenario's frames.
pub struct Frames<R> {
    lines: R,
    line: Vec<u8>,
    decoder: Box<dyn Decoder>,
    out: Output,
    seq: u64,
    epoch: Time,
}

/// One frame: when it arrived and what it says.
#[derive(Clone, Copy, Debug)]
pub struct ScenarioFrame<'a> {
    /// When it arrived, after second 0.
    pub arrival_s: f64,
    /// Its observations.
    pub observations: &'a [Observation],
}

impl<R: BufRead> Frames<R> {
    /// The next frame, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_frame(&mut self) -> Result<Option<ScenarioFrame<'_>>, ScenarioFault> {
        self.line.clear();
        if self.lines.read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        if self.line.last() != Some(&b'\n') {
            self.line.push(b'\n');
        }
        let arrival_s = number_after(&self.line, b"\"arrival\":").or_else(|| number_after(&self.line, b"\"time\":"));
        let arrival_s = arrival_s.unwrap_or(0.0);
        self.seq += 1;
        self.out.clear_observations();
        let received = self.epoch + Span::from_s_f64(arrival_s).unwrap_or(Span::ZERO);
        let chunk = Chunk { seq: Seq(self.seq), received, datagram: false, bytes: &self.line };
        self.decoder.push(chunk, &mut self.out);
        Ok(Some(ScenarioFrame { arrival_s, observations: &self.out.observations }))
    }

    /// Lines that were not understood so far.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.out.rejected()
    }
}

fn number_after(line: &[u8], key: &[u8]) -> Option<f64> {
    let at = line.windows(key.len()).position(|w| w == key)? + key.len();
    let rest = line.get(at..)?;
    let end = rest.iter().position(|b| matches!(b, b',' | b'}')).unwrap_or(rest.len());
    core::str::from_utf8(rest.get(..end)?).ok()?.trim().parse().ok()
}

/// Writes one moment's tracks in the scenarios' track format (docs/scoring.md), with the covariance of horizontal place and velocity
/// (`cov`) and the variance of the height (`alt_var`).
///
/// # Errors
/// When the writer fails.
pub fn write_tracks(out: &mut impl Write, time_s: f64, tracks: &[Track]) -> io::Result<()> {
    /// East, north, velocity east, velocity north in the order of [`skypicket_model::track::Covariance6`].
    const ROWS: [usize; 4] = [0, 1, 3, 4];
    for t in tracks {
        write!(
            out,
            r#"{{"time":{time_s},"track_id":"{}","lat":{:.7},"lon":{:.7},"alt":{:.1},"ve":{:.2},"vn":{:.2},"vu":{:.2},"cov":["#,
            t.id, t.position.lat_deg, t.position.lon_deg, t.position.height_m, t.velocity.x, t.velocity.y, t.velocity.z
        )?;
        for (i, &row) in ROWS.iter().enumerate() {
            for &column in &ROWS[i..] {
                let comma = if row == 4 { "" } else { "," };
                write!(out, "{:.5e}{comma}", t.covariance.get(row, column))?;
            }
        }
        writeln!(out, r#"],"alt_var":{:.5e}}}"#, t.covariance.get(2, 2))?;
    }
    Ok(())
}
