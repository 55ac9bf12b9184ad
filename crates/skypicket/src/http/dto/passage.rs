//! What drawn trajectories say of a passage over a border.

use crate::words;
use schemars::JsonSchema;
use serde::Serialize;
use skypicket_model::passage::{Crossing, Range};
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

/// A stretch of border where it may have come in.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlaceDto {
    /// Longitude and latitude of the middle.
    pub place: [f64; 2],
    /// 90 % of its crossings lie within so much of there, metres.
    pub reach_m: f64,
    /// Share of all crossings that lie in it.
    pub share: f64,
    /// When those began.
    pub at: TimeRangeDto,
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
    /// 90 % of that stretch's crossings lie within so much of it, metres.
    pub entered_place_reach_m: Option<f64>,
    /// All stretches where it may have come in: none, one, or two that lie apart, the more probable first.
    pub entered_places: Vec<PlaceDto>,
    /// In words, that there are two.
    pub two_places: Option<String>,
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

fn place(of: &Crossing) -> PlaceDto {
    PlaceDto { place: [of.place.lon_deg, of.place.lat_deg], reach_m: of.reach_m, share: of.share, at: times(of.at) }
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
            entered_places: passage.entered_place.iter().chain(&passage.other_place).map(place).collect(),
            two_places: words::two_places(passage),
            depth_m: passage.depth_m.map(|of| QuantilesDto { low: of.low, middle: of.middle, high: of.high }),
            inside_for_s: passage.inside_for.map(spans),
            left_at: passage.left_at.map(times),
        }
    }
}
