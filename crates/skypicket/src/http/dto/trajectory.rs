//! Smoothed trajectories, for the interface and for files.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use skypicket_model::{Span, Time};
use skypicket_track::{Estimate, Trajectory};

/// Where a track was, smoothed: from all evidence, that of later included.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrajectoryDto {
    /// The track.
    pub id: String,
    /// `last_while`: as far as it is kept while the track is held near a watched border; `whole`: from the journal.
    pub extent: &'static str,
    /// The track has ended; nothing will be added.
    pub ended: bool,
    /// Its pieces, oldest first. A whole track has one for each epoch of the journal that it lived in.
    pub pieces: Vec<PieceDto>,
}

/// A piece of a trajectory that is smoothed in one.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PieceDto {
    /// Its beginning.
    pub from: String,
    /// The last evidence.
    pub until: String,
    /// Moments at which something was learnt.
    pub measured: usize,
    /// Samples, oldest first.
    pub samples: Vec<SampleDto>,
}

/// A moment.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SampleDto {
    /// The moment.
    pub time: String,
    /// Something was learnt at this very moment; else it lies between.
    pub measured: bool,
    /// How much longer than this moment the evidence goes on, seconds: the smaller, the less `smoothed` is more than `causal`.
    pub later_s: f64,
    /// What all evidence says.
    pub smoothed: EstimateDto,
    /// What the evidence measured up to this moment says.
    pub causal: EstimateDto,
}

/// Place and velocity with their uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EstimateDto {
    /// WGS 84.
    pub lat_deg: f64,
    /// WGS 84.
    pub lon_deg: f64,
    /// Above the ellipsoid.
    pub height_m: f64,
    /// 1-sigma of the place: east, north, up.
    pub sigma_m: [f64; 3],
    /// Covariance of the place: east-east, east-north, east-up, north-north, north-up, up-up.
    pub covariance_m2: [f64; 6],
    /// Velocity: east, north, up.
    pub velocity_m_s: [f64; 3],
    /// 1-sigma of the velocity: east, north, up.
    pub velocity_sigma_m_s: [f64; 3],
}

/// At which moments a trajectory is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// At every so many seconds and at the end; else where something was learnt.
    pub every: Option<Span>,
    /// At most so many of a piece, evenly left out.
    pub most: usize,
}

impl Sampling {
    fn times(self, trajectory: &Trajectory) -> Vec<Time> {
        let (from, until) = (trajectory.from(), trajectory.until());
        let all: Vec<Time> = match self.every.filter(|every| *every > Span::ZERO) {
            Some(every) => {
                let most = i64::try_from(self.most.max(1)).unwrap_or(i64::MAX);
                let widest = Span::from_ns((until - from).ns() / most + 1);
                let step = every.max(widest).ns();
                let steps = (until - from).ns() / step;
                let even = (0..=steps).map(|k| from + Span::from_ns(k * step));
                even.filter(|time| *time < until).chain([until]).collect()
            }
            None => trajectory.moments().collect(),
        };
        let step = all.len().div_ceil(self.most.max(1)).max(1);
        let last = all.last().copied();
        let mut times: Vec<Time> = all.into_iter().step_by(step).collect();
        if times.last().copied() != last {
            times.pop();
            times.extend(last);
        }
        times
    }
}

impl TrajectoryDto {
    /// From smoothed pieces of one track.
    #[must_use]
    pub fn of(pieces: &[Trajectory], extent: &'static str, ended: bool, sampling: Sampling) -> Self {
        let id = pieces.first().map(|piece| piece.id().to_string()).unwrap_or_default();
        Self { id, extent, ended, pieces: pieces.iter().map(|piece| PieceDto::of(piece, sampling)).collect() }
    }

    /// As GeoJSON: of each piece a line of what all evidence says and one of what was known up to each moment, with times and 1-sigma.
    #[must_use]
    pub fn geojson(&self) -> Value {
        let features: Vec<Value> = self.pieces.iter().flat_map(|piece| piece.lines(&self.id)).collect();
        json!({"type": "FeatureCollection", "features": features})
    }

    /// The first line of [`Self::csv`].
    pub const CSV_HEAD: &str = "piece,time,measured,later_s,lat_deg,lon_deg,height_m,sigma_east_m,sigma_north_m,sigma_up_m,east_m_s,north_m_s,up_m_s,\
        sigma_east_m_s,sigma_north_m_s,sigma_up_m_s,causal_lat_deg,causal_lon_deg,causal_height_m,causal_sigma_east_m,causal_sigma_north_m,\
        causal_sigma_up_m";

    /// As lines of comma-separated values.
    pub fn csv(&self) -> impl Iterator<Item = String> + '_ {
        let samples = |(number, piece): (usize, &'_ PieceDto)| {
            piece.samples.iter().map(|sample| sample.csv(number)).collect::<Vec<String>>()
        };
        self.pieces.iter().enumerate().flat_map(samples)
    }
}

impl PieceDto {
    fn of(trajectory: &Trajectory, sampling: Sampling) -> Self {
        let until = trajectory.until();
        let measured: Vec<Time> = trajectory.moments().collect();
        let sample = |time: Time| {
            Some(SampleDto {
                time: crate::json::time(time),
                measured: measured.binary_search(&time).is_ok(),
                later_s: rounded((until - time).s(), 1e3),
                smoothed: EstimateDto::of(&trajectory.smoothed(time)?),
                causal: EstimateDto::of(&trajectory.causal(time)?),
            })
        };
        Self {
            from: crate::json::time(trajectory.from()),
            until: crate::json::time(until),
            measured: measured.len(),
            samples: sampling.times(trajectory).into_iter().filter_map(sample).collect(),
        }
    }

    fn lines(&self, id: &str) -> [Value; 2] {
        let line = |kind: &str, of: fn(&SampleDto) -> &EstimateDto| {
            let at = |sample: &SampleDto| {
                let place = of(sample);
                [place.lon_deg, place.lat_deg, place.height_m]
            };
            json!({
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": self.samples.iter().map(at).collect::<Vec<_>>()},
                "properties": {
                    "track": id,
                    "kind": kind,
                    "from": self.from,
                    "until": self.until,
                    "times": self.samples.iter().map(|sample| sample.time.as_str()).collect::<Vec<_>>(),
                    "sigma_m": self.samples.iter().map(|sample| of(sample).sigma_m).collect::<Vec<_>>(),
                },
            })
        };
        [line("smoothed", |sample| &sample.smoothed), line("causal", |sample| &sample.causal)]
    }
}

impl SampleDto {
    fn csv(&self, piece: usize) -> String {
        let (own, causal) = (&self.smoothed, &self.causal);
        let numbers = [own.lat_deg, own.lon_deg, own.height_m]
            .into_iter()
            .chain(own.sigma_m)
            .chain(own.velocity_m_s)
            .chain(own.velocity_sigma_m_s)
            .chain([causal.lat_deg, causal.lon_deg, causal.height_m])
            .chain(causal.sigma_m);
        let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
        format!("{piece},{},{},{},{}", self.time, self.measured, self.later_s, numbers.join(","))
    }
}

impl EstimateDto {
    fn of(estimate: &Estimate) -> Self {
        let covariance = |i: usize, j: usize| rounded(estimate.covariance.get(i, j), 1e3);
        let (place, v) = (estimate.position, estimate.velocity);
        Self {
            lat_deg: rounded(place.lat_deg, 1e8),
            lon_deg: rounded(place.lon_deg, 1e8),
            height_m: rounded(place.height_m, 1e2),
            sigma_m: estimate.position_sigma_m().map(|sigma| rounded(sigma, 1e3)),
            covariance_m2: [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)].map(|(i, j)| covariance(i, j)),
            velocity_m_s: [v.x, v.y, v.z].map(|part| rounded(part, 1e3)),
            velocity_sigma_m_s: estimate.velocity_sigma_m_s().map(|sigma| rounded(sigma, 1e3)),
        }
    }
}

fn rounded(number: f64, per_unit: f64) -> f64 {
    (number * per_unit).round() / per_unit
}
