//! Satellite navigation by cell.

use schemars::JsonSchema;
use serde::Serialize;

/// A hexagon and layer of the air.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssCellDto {
    /// H3 index, hexadecimal.
    pub cell: String,
    /// `low` (below FL100), `middle` (to FL245) or `high`.
    pub band: &'static str,
    /// Corners, `[longitude, latitude]` in degrees, counter-clockwise, the first one again at the end.
    pub ring: Vec<[f64; 2]>,
    /// `none` (too few aircraft to say anything), `quiet`, `some` (more than 2 % lack it) or `much` (more than 10 %), each where it is held to be so with
    /// nine of ten.
    pub state: &'static str,
    /// Share of aircraft that lack satellite navigation: 5 %, 50 % and 95 % of what is held possible.
    pub share: [f64; 3],
    /// P(share > 2 %) and P(share > 10 %).
    pub above: [f64; 2],
    /// How many aircraft passes the evidence is worth.
    pub effective: f64,
    /// Aircraft in it now that have satellite navigation, and that lack it.
    pub now: [u32; 2],
    /// The last message that told something of it.
    pub updated: String,
    /// The same in words.
    pub text: String,
}

/// A change of an aircraft's satellite navigation.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssChangeDto {
    /// 24-bit address, six hexadecimal digits.
    pub address: String,
    /// When it was judged so.
    pub time: String,
    /// The last message of the state before and the first of the new one.
    pub between: [String; 2],
    /// `unknown`, `good`, `degraded`, `lost`, `spoof_suspect`, `recovering` or `chronic`: before.
    pub from: &'static str,
    /// And after.
    pub to: &'static str,
    /// Where it is believed to have been, `[longitude, latitude]` in degrees.
    pub place: [f64; 2],
    /// Where it said that it was, if that was held false.
    pub false_place: Option<[f64; 2]>,
    /// The same in words.
    pub text: String,
}

/// Aircraft counted in a hexagon on a day.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssDayCellDto {
    /// H3 index of resolution 4, hexadecimal.
    pub hex: String,
    /// Aircraft that never stated low quality there.
    pub count_good_aircraft: u32,
    /// Aircraft that did.
    pub count_bad_aircraft: u32,
    /// `green`, `yellow` or `red`, as published daily maps colour it: at most 2 % bad, at most 10 %, more; one bad aircraft is discounted.
    pub band: &'static str,
    /// P(share > 2 %) and P(share > 10 %), by what those counts are worth.
    pub above: [f64; 2],
}

/// Counts of a UTC day.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssDayDto {
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// `live`, `exercise` or `simulated`.
    pub reality: &'static str,
    /// It is over.
    pub complete: bool,
    /// Up to when it was counted.
    pub told: String,
    /// By index.
    pub cells: Vec<GnssDayCellDto>,
}

/// Days that are kept: the present one and a week before.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssDaysDto {
    /// Picture time.
    pub time: String,
    /// The newest first.
    pub days: Vec<GnssDayDto>,
}

/// Where one transmitter may stand, by the model.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssSourceDto {
    /// The middle of the region, `[longitude, latitude]` in degrees.
    pub place: [f64; 2],
    /// How far it reaches where nothing is in the way: 5 %, 50 % and 95 % of what is held possible, km.
    pub reach_km: [f64; 3],
    /// Area of the 50 % and the 90 % region, km².
    pub area_km2: [f64; 2],
    /// Rings of the 50 % region, `[longitude, latitude]` in degrees, each with its first corner again at the end; holes clockwise.
    pub half: Vec<Vec<[f64; 2]>>,
    /// Rings of the 90 % region.
    pub whole: Vec<Vec<[f64; 2]>>,
}

/// Where interference may come from, or that it cannot be said.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssSourcesDto {
    /// Numbers of the interferences that it is said of.
    pub interferences: Vec<u32>,
    /// What had been seen until then is in it.
    pub time: String,
    /// Samples of aircraft that it rests on.
    pub samples: u32,
    /// Of how many parts of flights.
    pub flights: u32,
    /// How often an aircraft lost its satellite navigation.
    pub onsets: u32,
    /// How often one had it back.
    pub offsets: u32,
    /// Each transmitter that is held to be there; none where it cannot be said.
    pub sources: Vec<GnssSourceDto>,
    /// Why it cannot be said; empty where it can.
    pub unclear: Vec<String>,
    /// The same in words.
    pub text: String,
}

/// Cells at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GnssDto {
    /// Picture time.
    pub time: String,
    /// `live`, `exercise` or `simulated`.
    pub reality: &'static str,
    /// Cells in which something was counted lately; at most 20,000, the most affected first.
    pub cells: Vec<GnssCellDto>,
    /// More than that.
    pub cut: bool,
    /// The last changes of aircraft's satellite navigation, at most 256, oldest first.
    pub changes: Vec<GnssChangeDto>,
    /// Where interferences may come from.
    pub sources: Vec<GnssSourcesDto>,
}
