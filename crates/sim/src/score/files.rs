//! Reading what is scored: the scenario's description, its truth, and a track file. The caller opens and decompresses.

use super::{Covariance4, Estimate, Settings, SurveillanceSettings, Truth};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// What a scenario's description says to a scorer.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its name.
    pub name: String,
    start_s: f64,
    pub(super) step_s: f64,
    duration_s: f64,
    cutoff_m: f64,
    kinds: Vec<String>,
    /// Where its sensors stand, for drawing.
    pub(super) sites: Vec<Place>,
}

/// Where a sensor stands and how far it reaches.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub name: String,
    pub place_deg: [f64; 2],
    pub range_m: Option<f64>,
    pub bearing: bool,
}

/// What could not be read.
#[derive(Debug)]
pub enum ScoreFault {
    /// A file could not be read.
    Io(io::Error),
    /// A line is not what it should be: the file's kind, the 1-based line and why.
    Line(&'static str, usize, String),
}

impl std::fmt::Display for ScoreFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot be read: {error}"),
            Self::Line(what, line, why) => write!(f, "{what} line {line}: {why}"),
        }
    }
}
impl std::error::Error for ScoreFault {}
impl From<io::Error> for ScoreFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

#[derive(Deserialize)]
struct DescriptionText {
    name: String,
    duration_s: f64,
    eval_start_s: f64,
    eval_step_s: f64,
    #[serde(default)]
    gospa: GospaText,
    #[serde(default)]
    target_kind: Vec<String>,
    #[serde(default)]
    sensors: Vec<SensorText>,
}

#[derive(Deserialize)]
struct SensorText {
    id: String,
    #[serde(rename = "type", default)]
    kind: String,
    lat: Option<f64>,
    lon: Option<f64>,
    #[serde(default)]
    fov: FovText,
}

#[derive(Default, Deserialize)]
struct FovText {
    range_max_m: Option<f64>,
}

impl SensorText {
    fn place(self) -> Option<Place> {
        let place_deg = [self.lat?, self.lon?];
        Some(Place { name: self.id, place_deg, range_m: self.fov.range_max_m, bearing: self.kind == "bearing" })
    }
}

#[derive(Default, Deserialize)]
struct GospaText {
    c: Option<f64>,
}

#[derive(Deserialize)]
struct TruthText {
    time: f64,
    id: u32,
    lat: f64,
    lon: f64,
    alt: f64,
    ve: f64,
    vn: f64,
    e: u8,
}

#[derive(Deserialize)]
struct EstimateText {
    time: f64,
    track_id: serde_json::Value,
    lat: f64,
    lon: f64,
    alt: Option<f64>,
    ve: Option<f64>,
    vn: Option<f64>,
    cov: Option<[f64; 10]>,
    alt_var: Option<f64>,
}

impl Description {
    /// Reads `scenario.json`.
    ///
    /// # Errors
    /// When it is no such description.
    pub fn parse(json: &[u8]) -> Result<Self, ScoreFault> {
        let fault = |why: String| ScoreFault::Line("scenario.json", 1, why);
        let text: DescriptionText = serde_json::from_slice(json).map_err(|error| fault(error.to_string()))?;
        if text.eval_step_s.is_nan() || text.eval_step_s <= 0.0 {
            return Err(fault(format!("eval_step_s is {}, must be above 0", text.eval_step_s)));
        }
        Ok(Self {
            name: text.name,
            start_s: text.eval_start_s,
            step_s: text.eval_step_s,
            duration_s: text.duration_s,
            cutoff_m: text.gospa.c.unwrap_or(2000.0),
            kinds: text.target_kind,
            sites: text.sensors.into_iter().filter_map(SensorText::place).collect(),
        })
    }

    /// The usual settings: the description's cut-off, p = 2, gamma = c/4, windows of ten.
    #[must_use]
    pub const fn settings(&self) -> Settings {
        Settings {
            cutoff_m: self.cutoff_m,
            order: 2.0,
            switch_m: self.cutoff_m / 4.0,
            window: 10,
            from_s: f64::NEG_INFINITY,
            to_s: f64::INFINITY,
            surveillance: SurveillanceSettings::NONE,
        }
    }

    /// How long the scenario lasts, seconds.
    #[must_use]
    pub const fn duration_s(&self) -> f64 {
        self.duration_s
    }

    pub(super) fn times_s(&self, from_s: f64, to_s: f64) -> Vec<f64> {
        let steps = ((self.duration_s - self.start_s) / self.step_s + 1e-6).floor();
        let count = if steps >= 0.0 { steps.min(1e6) as u32 + 1 } else { 0 };
        (0..count)
            .map(|k| self.start_s + f64::from(k) * self.step_s)
            .filter(|t| (from_s - 1e-6..=to_s + 1e-6).contains(t))
            .collect()
    }

    pub(super) fn kind(&self, object: u32) -> Option<&str> {
        self.kinds.get(object as usize).map(String::as_str)
    }

    pub(super) fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self.kinds.iter().map(String::as_str).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// Reads a truth file (JSON Lines).
///
/// # Errors
/// When it cannot be read or a line is no truth point.
pub fn read_truth(lines: impl BufRead) -> Result<Vec<Truth>, ScoreFault> {
    let mut truth = Vec::new();
    for (k, line) in lines.lines().enumerate() {
        let line = line?;
        let t: TruthText =
            serde_json::from_str(&line).map_err(|error| ScoreFault::Line("truth", k + 1, error.to_string()))?;
        truth.push(Truth {
            time_s: t.time,
            id: t.id,
            place_deg: [t.lat, t.lon],
            height_m: t.alt,
            velocity_m_s: [t.ve, t.vn],
            visible: t.e > 0,
        });
    }
    Ok(truth)
}

/// Reads a track file (JSON Lines); empty lines are skipped.
///
/// # Errors
/// When it cannot be read or a line is no track.
pub fn read_estimates(lines: impl BufRead) -> Result<Vec<Estimate>, ScoreFault> {
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    let mut estimates = Vec::new();
    for (k, line) in lines.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let e: EstimateText =
            serde_json::from_str(&line).map_err(|error| ScoreFault::Line("tracks", k + 1, error.to_string()))?;
        let name = match e.track_id {
            serde_json::Value::String(name) => name,
            other => other.to_string(),
        };
        let next = names.len() as u32;
        let track = *names.entry(name).or_insert(next);
        estimates.push(Estimate {
            time_s: e.time,
            track,
            place_deg: [e.lat, e.lon],
            height_m: e.alt,
            velocity_m_s: e.ve.zip(e.vn).map(|(east, north)| [east, north]),
            covariance: e.cov.map(Covariance4),
            height_variance_m2: e.alt_var,
        });
    }
    Ok(estimates)
}
