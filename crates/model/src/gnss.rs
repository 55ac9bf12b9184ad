//! Satellite navigation as aircraft tell of it: what state each one is in, and how large a share of a cell's aircraft lack it.

use crate::frames::LatLon;
use crate::identity::Address;
use crate::ids::ObservationId;
use crate::observation::Reality;
use crate::time::Time;
use std::sync::Arc;

/// How an aircraft's satellite navigation does, by what it sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum GnssState {
    /// Not known: on the ground, too little heard, or bad ever since it was first heard.
    #[default]
    Unknown,
    /// Stated quality as is usual.
    Good,
    /// Stated quality has fallen as interference makes it fall.
    Degraded,
    /// It sends on, but no positions.
    Lost,
    /// It states positions that cannot be true.
    SpoofSuspect,
    /// Good again since less than a minute.
    Recovering,
    /// This airframe states low quality wherever it flies.
    Chronic,
}
crate::canon_enum!(GnssState {
    0 => Unknown, 1 => Good, 2 => Degraded, 3 => Lost, 4 => SpoofSuspect, 5 => Recovering, 6 => Chronic,
});

impl GnssState {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Unknown, Self::Good, Self::Degraded, Self::Lost, Self::SpoofSuspect, Self::Recovering, Self::Chronic];

    /// As the API and files write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Good => "good",
            Self::Degraded => "degraded",
            Self::Lost => "lost",
            Self::SpoofSuspect => "spoof_suspect",
            Self::Recovering => "recovering",
            Self::Chronic => "chronic",
        }
    }

    /// What it says of interference where the aircraft is: `Some(true)` it is affected, `Some(false)` it is not, `None` it says nothing.
    #[must_use]
    pub const fn vote(self) -> Option<bool> {
        match self {
            Self::Good => Some(false),
            Self::Degraded | Self::Lost => Some(true),
            Self::Unknown | Self::SpoofSuspect | Self::Recovering | Self::Chronic => None,
        }
    }
}

/// A layer of the air: interference from the ground reaches farther the higher one flies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HeightBand {
    /// Below FL100.
    Low,
    /// FL100 up to FL245.
    Middle,
    /// FL245 and above.
    High,
}
crate::canon_enum!(HeightBand { 0 => Low, 1 => Middle, 2 => High });

impl HeightBand {
    /// The band of a pressure altitude in metres.
    #[must_use]
    pub fn of_m(pressure_m: f64) -> Self {
        if pressure_m < 3048.0 {
            Self::Low
        } else if pressure_m < 7467.6 {
            Self::Middle
        } else {
            Self::High
        }
    }

    /// As the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Middle => "middle",
            Self::High => "high",
        }
    }
}

/// What betrays positions that cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FalseSign {
    /// Nobody flies so far in so short a time.
    Jump,
    /// Nobody flies so slowly at that height, or so much faster or slower than its airspeed.
    Speed,
    /// Positions do not move as the stated velocity says.
    Slip,
    /// A sensor that measures by itself puts it elsewhere.
    Radar,
    /// Its stated height differs from its pressure altitude as nobody's around does.
    Height,
}
crate::canon_enum!(FalseSign { 0 => Jump, 1 => Speed, 2 => Slip, 3 => Radar, 4 => Height });

/// An aircraft whose stated positions are not to be used any more, or again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distrust {
    /// In which world.
    pub reality: Reality,
    /// Whose.
    pub address: Address,
    /// Since when, or from when on they may be used again.
    pub at: Time,
    /// Not to be used.
    pub unusable: bool,
    /// Where it is believed to be, if that is known.
    pub believed: Option<LatLon>,
}
crate::canon_struct!(Distrust { reality, address, at, unusable, believed });

/// A change of an aircraft's state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GnssChange {
    /// Whose.
    pub address: Address,
    /// From what.
    pub from: GnssState,
    /// To what.
    pub to: GnssState,
    /// When it was judged so.
    pub time: Time,
    /// The last message of the state before, and the first of the new one: the change came between the two.
    pub between: (Time, Time),
    /// Where it was at the first, by dead reckoning.
    pub place: LatLon,
    /// Its pressure altitude, metres above the 1013.25 hPa surface; NaN never, 0 where it told none.
    pub pressure_m: f64,
    /// The message that decided.
    pub evidence: ObservationId,
    /// What betrayed positions that cannot be true, and where they lie; of changes to [`GnssState::SpoofSuspect`] only.
    pub falsely: Option<(FalseSign, LatLon)>,
    /// A sensor measured it where it says that it is: it was suspected wrongly.
    pub cleared: bool,
}
crate::canon_struct!(GnssChange { address, from, to, time, between, place, pressure_m, evidence, falsely, cleared });

impl GnssChange {
    /// Whether the aircraft lost its satellite navigation with it.
    #[must_use]
    pub fn is_onset(&self) -> bool {
        self.to.vote() == Some(true) && self.from.vote() != Some(true)
    }
}

/// How large a share of the aircraft in a cell and layer lack satellite navigation.
#[derive(Clone, Debug, PartialEq)]
pub struct GnssCell {
    /// H3 index, resolution 4 or 5.
    pub cell: u64,
    /// Layer.
    pub band: HeightBand,
    /// Share of affected aircraft: 5 %, 50 % and 95 % of what is held possible.
    pub share: [f64; 3],
    /// P(share > 2 %) and P(share > 10 %).
    pub above: [f64; 2],
    /// How many aircraft passes the evidence is worth; below 3 there is no evidence.
    pub effective: f64,
    /// Aircraft in it now that are not affected, and that are.
    pub now: [u32; 2],
    /// The last message that told something of it.
    pub updated: Time,
}
crate::canon_struct!(GnssCell { cell, band, share, above, effective, now, updated });

/// What is held of satellite navigation in one reality.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GnssPicture {
    /// Of which.
    pub reality: Reality,
    /// When it was worked out; `None` before the first time.
    pub time: Option<Time>,
    /// Cells in which something was counted lately, by index and layer.
    pub cells: Vec<GnssCell>,
    /// The last changes of aircraft's states, at most [`GnssPicture::MOST_CHANGES`], oldest first.
    pub changes: Vec<GnssChange>,
    /// Where interferences may come from, by their numbers.
    pub sources: Vec<Arc<SourceAreas>>,
}
crate::canon_struct!(GnssPicture { reality, time, cells, changes, sources });

impl GnssPicture {
    /// Origin: what a panel shows; all of it stands in the journal.
    pub const MOST_CHANGES: usize = 256;
}

/// Aircraft counted in a hexagon on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GnssDayCell {
    /// H3 index, resolution 4.
    pub cell: u64,
    /// Aircraft that never stated low quality there.
    pub good: u32,
    /// Aircraft that did.
    pub bad: u32,
}
crate::canon_struct!(GnssDayCell { cell, good, bad });

/// Counts of a UTC day.
#[derive(Clone, Debug, PartialEq)]
pub struct GnssDay {
    /// Of which world.
    pub reality: Reality,
    /// Its midnight.
    pub begins: Time,
    /// When it was counted up.
    pub told: Time,
    /// The day is over.
    pub complete: bool,
    /// Share of aircraft that was taken to state low quality where nobody interferes.
    pub quiet_share: f64,
    /// By index.
    pub cells: Vec<GnssDayCell>,
}
crate::canon_struct!(GnssDay { reality, begins, told, complete, quiet_share, cells });

/// Colours of published daily maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// At most 2 % bad.
    Green,
    /// More than 2 %, at most 10 %.
    Yellow,
    /// More than 10 %.
    Red,
}

impl Band {
    /// Of a day's counts, by the rule of gpsjam.org as published re-implementations have it: one bad aircraft is discounted, 100·max(0, bad − 1)/(good + bad) in per cent.
    #[must_use]
    pub fn of(good: u32, bad: u32) -> Self {
        let (above, all) = (100 * u64::from(bad.saturating_sub(1)), u64::from(good) + u64::from(bad));
        match () {
            () if above > 10 * all => Self::Red,
            () if above > 2 * all => Self::Yellow,
            () => Self::Green,
        }
    }

    /// As the API and files write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// Aircraft of one region that lose their satellite navigation.
#[derive(Clone, Debug, PartialEq)]
pub struct Interference {
    /// Of which world.
    pub reality: Reality,
    /// Since when: the first affected aircraft.
    pub began: Time,
    /// Until when, once it is over.
    pub ended: Option<Time>,
    /// The middle of the cells that are affected; not where it comes from.
    pub place: LatLon,
    /// How far from there the farthest cell's middle lies, metres.
    pub radius_m: f64,
    /// Hexagons affected now.
    pub cells: u32,
    /// Aircraft in them now that lack satellite navigation, and that do not.
    pub affected: u32,
    /// See there.
    pub unaffected: u32,
    /// Aircraft that lost it since it began.
    pub onsets: u32,
    /// It was told wrongly: most of them turned out to be airframes that state low quality wherever they fly.
    pub withdrawn: bool,
}
crate::canon_struct!(Interference {
    reality,
    began,
    ended,
    place,
    radius_m,
    cells,
    affected,
    unaffected,
    onsets,
    withdrawn,
});

/// Aircraft that state positions that cannot be true.
#[derive(Clone, Debug, PartialEq)]
pub struct FalsePositions {
    /// Of which world.
    pub reality: Reality,
    /// Since when: the first such position.
    pub began: Time,
    /// Until when, once none of them does any more.
    pub ended: Option<Time>,
    /// It was told wrongly: sensors measured all of them where they said that they were.
    pub withdrawn: bool,
    /// The middle of where they are believed to be.
    pub place: LatLon,
    /// Aircraft that state them now, and in all.
    pub now: u32,
    /// See there.
    pub aircraft: u32,
    /// What betrayed the last of them.
    pub sign: FalseSign,
    /// How far from where it was believed to be an aircraft said it was, at most, metres; 0 where that is not known.
    pub farthest_m: f64,
    /// The place that the most of them stated together, and how many, where more than one did.
    pub one_place: Option<(LatLon, u32)>,
}
crate::canon_struct!(FalsePositions {
    reality,
    began,
    ended,
    withdrawn,
    place,
    now,
    aircraft,
    sign,
    farthest_m,
    one_place,
});

impl GnssCell {
    /// Passes below which nothing is said of a cell. Origin: one aircraft may be an airframe's own fault, two are a coincidence that happens.
    pub const LEAST_EVIDENCE: f64 = 3.0;

    /// Whether enough aircraft passed to say anything.
    #[must_use]
    pub fn has_evidence(&self) -> bool {
        self.effective >= Self::LEAST_EVIDENCE
    }
}

/// Why it cannot be said where an interference comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SourceUnclear {
    /// Too few aircraft were seen to lose their navigation.
    TooFew {
        /// How many were.
        onsets: u32,
        /// How many are asked for.
        needed: u32,
    },
    /// The region is larger than is called one.
    TooLarge {
        /// Area of the 90 % region, km².
        area_km2: f64,
        /// The largest that is called one, km².
        most_km2: f64,
    },
    /// No transmitter at one place explains what was seen much better than none.
    Unexplained,
    /// Two transmitters explain it better than one, but not by enough to say so.
    OneOrTwo,
}
crate::canon_enum!(SourceUnclear { 0 => TooFew { onsets, needed }, 1 => TooLarge { area_km2, most_km2 }, 2 => Unexplained, 3 => OneOrTwo });

/// A cell of a region in which a transmitter may stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceCell {
    /// Its row: south edge over the height of a cell.
    pub row: i32,
    /// Its column: west edge over the width of a cell.
    pub column: i32,
    /// Probability that it stands in it.
    pub probability: f64,
}
crate::canon_struct!(SourceCell { row, column, probability });

/// Where one transmitter may stand, by the model.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceArea {
    /// The middle of where it may stand.
    pub place: LatLon,
    /// How far it reaches where nothing is in the way: 5 %, 50 % and 95 % of what is held possible, metres.
    pub reach_m: [f64; 3],
    /// Height and width of a cell, degrees.
    pub cell_deg: [f64; 2],
    /// The cells of the 90 % region, the most probable first.
    pub cells: Vec<SourceCell>,
    /// How many of the first of them are the 50 % region.
    pub half: u32,
    /// Area of the 50 % and the 90 % region, km².
    pub area_km2: [f64; 2],
}
crate::canon_struct!(SourceArea { place, reach_m, cell_deg, cells, half, area_km2 });

impl SourceArea {
    /// Whether a place is in the 50 % and in the 90 % region.
    #[must_use]
    pub fn holds(&self, place: LatLon) -> (bool, bool) {
        let cell =
            ((place.lat_deg / self.cell_deg[0]).floor() as i32, (place.lon_deg / self.cell_deg[1]).floor() as i32);
        let at = self.cells.iter().position(|own| (own.row, own.column) == cell);
        (at.is_some_and(|at| at < self.half as usize), at.is_some())
    }
}

/// Where an interference may come from, as of a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceAreas {
    /// Numbers of the interferences that it is said of; that of which it is worked out first.
    pub interferences: Vec<u32>,
    /// What had been seen until then is in it.
    pub time: Time,
    /// Samples of aircraft that it rests on, and of how many parts of flights.
    pub samples: u32,
    /// See there.
    pub flights: u32,
    /// How often an aircraft lost its navigation, and had it back.
    pub onsets: u32,
    /// See there.
    pub offsets: u32,
    /// The mean of the places where aircraft were affected: not a source, a figure to compare with.
    pub centroid: Option<LatLon>,
    /// Each transmitter that is held to be there.
    pub sources: Vec<SourceArea>,
    /// Why it cannot be said; empty where it can.
    pub unclear: Vec<SourceUnclear>,
}
crate::canon_struct!(SourceAreas {
    interferences,
    time,
    samples,
    flights,
    onsets,
    offsets,
    centroid,
    sources,
    unclear
});
