//! What drawn trajectories say of a passage over a border.

use schemars::JsonSchema;
use serde::Serialize;
use skypicket_model::passage::Range;
use skypicket_model::{Passage, Span, Time};

/// A moment: 5 %, 50 % and 95 % of the drawn trajectories are earlier.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TimeRangeDto {
    /// 5 % are earlier.
    pub low: String,
    /// The median.
    pub middle: String,
    /// 5 % are later.
    pub high: String,
}

/// A figure: 5 %, 50 % and 95 % of the drawn trajectories are below.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct QuantilesDto {
    /// 5 % are below.
    pub low: f64,
    /// The median.
    pub middle: f64,
    /// 5 % are above.
    pub high: f64,
}

/// What drawn trajectories say of a passage; the figures but the probabilities are of those that entered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PassageDto {
    /// Version of the method.
    pub method: u16,
    /// How many trajectories were drawn.
    pub drawn: u32,
    /// P(inside at some moment).
    pub touched_probability: f64,
    /// P(one continuous stay inside that was long enough).
    pub entered_probability: f64,
    /// When the first such stay began.
    pub entered_at: Option<TimeRangeDto>,
    /// Where: longitude and latitude of the middle.
    pub entered_place: Option<[f64; 2]>,
    /// Half the length of the stretch that holds 90 % of the crossings, metres.
    pub entered_place_reach_m: Option<f64>,
    /// Greatest depth, metres.
    pub depth_m: Option<QuantilesDto>,
    /// Time inside, seconds.
    pub inside_for_s: Option<QuantilesDto>,
    /// When it was inside last, once it is out.
    pub left_at: Option<TimeRangeDto>,
}

fn times(of: Range<Time>) -> TimeRangeDto {
    TimeRangeDto { low: of.low.to_string(), middle: of.middle.to_string(), high: of.high.to_string() }
}

fn spans(of: Range<Span>) -> QuantilesDto {
    QuantilesDto { low: of.low.s(), middle: of.middle.s(), high: of.high.s() }
}

impl PassageDto {
    /// Of a passage.
    #[must_use]
    pub fn of(passage: &Passage) -> Self {
        Self {
            method: passage.method,
            drawn: passage.drawn,
            touched_probability: passage.touched_probability,
            entered_probability: passage.entered_probability,
            entered_at: passage.entered_at.map(times),
            entered_place: passage.entered_place.map(|at| [at.place.lon_deg, at.place.lat_deg]),
            entered_place_reach_m: passage.entered_place.map(|at| at.reach_m),
            depth_m: passage.depth_m.map(|of| QuantilesDto { low: of.low, middle: of.middle, high: of.high }),
            inside_for_s: passage.inside_for.map(spans),
            left_at: passage.left_at.map(times),
        }
    }
}
