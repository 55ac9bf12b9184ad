//! What must be seen in a world: the statements of a scenario's `expect` blocks, and the check of an outcome against them.
//!
//! The side that runs the engine fills an [`Outcome`]; nothing here knows the engine. The statements are described in
//! docs/formats/scenario.md.

mod check;
mod gnss;
mod matching;
mod numbers;
mod parse;
mod table;
mod truth;

pub use check::{Failure, check};
pub use matching::{Metrics, identities, metrics};
pub use table::{Line, groups, table};

use skypicket_model::assessment::EntryState;
use skypicket_model::gnss::GnssState;
use skypicket_model::{Airspace, LatLon, Mode3A, Permission, Span, Time, TrackId};

/// What a scenario expects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectations {
    /// The statements with their lines.
    pub statements: Vec<(usize, Statement)>,
}

/// Names of targets: one name, or all that begin so (`brest-*`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The name, or how it begins.
    pub text: String,
    /// Names that begin with the text.
    pub prefix: bool,
}

impl Who {
    /// Whether a target's name is meant.
    #[must_use]
    pub fn means(&self, name: &str) -> bool {
        if self.prefix { name.starts_with(&self.text) } else { name == self.text }
    }
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// At least.
    pub least: usize,
    /// At most.
    pub most: usize,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// Not before.
    pub from: Time,
    /// Not after.
    pub until: Time,
}

/// One expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// The entry of each of these targets reaches a state within a time.
    Enters {
        /// Which targets.
        who: Who,
        /// Which airspace.
        airspace: String,
        /// At least this state.
        state: EntryState,
        /// When that state is reached.
        within: Within,
    },
    /// No track of these targets reaches the state.
    NeverEnters {
        /// Which targets.
        who: Who,
        /// Which airspace.
        airspace: String,
        /// The state that is not reached.
        state: EntryState,
    },
    /// So many tracks without permission reach the state.
    Entries {
        /// Which airspace.
        airspace: String,
        /// The state.
        state: EntryState,
        /// How many.
        amount: Amount,
    },
    /// A share of the true entries without plan have a row whose time is near the truth.
    EntryTimes {
        /// Share, 0 to 1.
        share: f64,
        /// How near.
        within: Span,
    },
    /// Each of these targets leaves an airspace within a time, as its row says.
    Leaves {
        /// Which targets.
        who: Who,
        /// Which airspace.
        airspace: String,
        /// When.
        within: Within,
    },
    /// Each of these targets has a row in an airspace, and it may or may not be there.
    Permitted {
        /// Which targets.
        who: Who,
        /// Which airspace.
        airspace: String,
        /// Whether it may.
        may: bool,
    },
    /// No row of a track that is on no target reaches the state.
    NoneOnNothing {
        /// Which airspace.
        airspace: String,
        /// The state that is not reached.
        state: EntryState,
    },
    /// For every wave an alarm sounds, at most so long after its first true entry.
    EveryWaveAlarmed {
        /// Which airspace the waves enter.
        airspace: String,
        /// How long after, at most.
        within: Span,
    },
    /// A count at a moment contains a number and is narrow enough.
    Counted(Counted),
    /// At the end so many groups are held.
    Groups {
        /// Which airspace they entered.
        airspace: String,
        /// How many.
        amount: Amount,
    },
    /// The origin region of each of these targets was wider at a moment than at the end, or there was none yet.
    OriginWider {
        /// Which targets.
        who: Who,
        /// When.
        at: Time,
    },
    /// At the end groups agree with waves: the adjusted Rand index is at least this.
    GroupsAgree(f64),
    /// The story itself: so many targets without flight plan enter.
    TrulyEnter {
        /// Which airspace.
        airspace: String,
        /// How many.
        amount: Amount,
    },
    /// The story itself: none of these targets is ever inside, and each comes so near at least once.
    TrulyNear {
        /// Which targets.
        who: Who,
        /// Which airspace.
        airspace: String,
        /// How near, metres.
        from_m: f64,
        /// How far away its nearest may be, metres.
        to_m: f64,
    },
    /// So many incidents are opened.
    Incidents(Amount),
    /// No incident has a track of these targets.
    NoIncident(Who),
    /// Each of these targets is the subject of an incident.
    InIncident(Who),
    /// The tracks of incidents had a target near when they came in.
    IncidentsOnTargets {
        /// So near, metres.
        near_m: f64,
        /// But for so many tracks.
        but: usize,
    },
    /// Never more audible alarms in any such stretch of time.
    Alarms {
        /// At most so many.
        most: usize,
        /// In any stretch so long.
        within: Span,
    },
    /// The picture holds at least such a share of the observable targets.
    Matched {
        /// Share, 0 to 1, mean over the time.
        share: f64,
        /// When.
        within: Within,
    },
    /// Tracks that are no target, mean over the time.
    FalseTracks(f64),
    /// A feed's silence is reported within a time.
    Silent {
        /// The feed's name.
        feed: String,
        /// When.
        within: Within,
    },
    /// An emergency code of a target is reported within a time.
    Emergency {
        /// The code.
        code: Mode3A,
        /// Which target.
        who: Who,
        /// When.
        within: Within,
    },
    /// So many interferences with satellite navigation are told.
    Interferences(Amount),
    /// One is told, or is over, within a time.
    Interference {
        /// It is over, not begun.
        over: bool,
        /// When.
        within: Within,
    },
    /// The navigation of each of these targets comes into a state within a time.
    Navigation {
        /// Which targets.
        who: Who,
        /// Which state.
        state: GnssState,
        /// When.
        within: Within,
    },
    /// None of these targets is ever held to lack its navigation or to be told a false place.
    NavigationNeverBad(Who),
}

/// What is asked of a count.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Of which airspace.
    pub airspace: String,
    /// What is counted, in words: `objects entered`.
    pub referent: String,
    /// As of when; the end where nothing is said.
    pub at: Option<Time>,
    /// The interval contains this number.
    pub contains: u32,
    /// Its ends are at most so far apart.
    pub width: u32,
}

/// One track at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When the estimate is valid.
    pub time: Time,
    /// Which track.
    pub track: TrackId,
    /// Where.
    pub place: LatLon,
}

/// One row of the entry ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenEntry {
    /// Which track.
    pub track: TrackId,
    /// Which airspace, by code.
    pub airspace: String,
    /// When each state was first reached.
    pub reached: Vec<(EntryState, Time)>,
    /// Estimated time of the crossing.
    pub entered_at: Option<Time>,
    /// Estimated time at which it left, if it did.
    pub left_at: Option<Time>,
    /// Whether it may be there, as last judged.
    pub permission: Permission,
}

/// One incident.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenIncident {
    /// When it was opened.
    pub opened: Time,
    /// All tracks that it ever had as subjects.
    pub tracks: Vec<TrackId>,
    /// Where each of them was when it came in.
    pub places: Vec<Sample>,
}

/// A count as it was told at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenCount {
    /// When.
    pub time: Time,
    /// Of which airspace, by code.
    pub airspace: String,
    /// What is counted, in words.
    pub referent: String,
    /// The interval that holds 90 %, both ends included.
    pub interval: (u32, u32),
    /// The most likely number.
    pub most_likely: u32,
}

/// Where a track may have come from, as it was told from a moment on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenOrigin {
    /// From when on.
    pub time: Time,
    /// Which track.
    pub track: TrackId,
    /// Area of the region that holds 90 %, km².
    pub area_km2: f64,
    /// It was called identifiable.
    pub identifiable: bool,
}

/// Tracks that were held to belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenGroup {
    /// Which airspace they entered, by code.
    pub airspace: String,
    /// Which tracks.
    pub tracks: Vec<TrackId>,
}

/// An interference with satellite navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenInterference {
    /// Its number.
    pub number: u32,
    /// When it was first told.
    pub told: Time,
    /// When it was told that it is over, if it was.
    pub over: Option<Time>,
}

/// A change of an aircraft's navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenNavigation {
    /// When it was judged so.
    pub time: Time,
    /// Its 24-bit address.
    pub address: u32,
    /// Its state from then on.
    pub to: GnssState,
}

/// What a run of the engine over a world has shown.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Confirmed tracks, every few seconds of simulated time (10 s suffices).
    pub samples: Vec<Sample>,
    /// The entry ledger.
    pub entries: Vec<SeenEntry>,
    /// The incidents.
    pub incidents: Vec<SeenIncident>,
    /// When an alarm sounded.
    pub alarms: Vec<Time>,
    /// Feeds reported silent, by name, and when.
    pub silences: Vec<(String, Time)>,
    /// Emergencies reported: track, code, when.
    pub emergencies: Vec<(TrackId, Mode3A, Time)>,
    /// The counts at each whole minute.
    pub counts: Vec<SeenCount>,
    /// The groups at the end.
    pub groups: Vec<SeenGroup>,
    /// The origin regions, in the order in which they were told.
    pub origins: Vec<SeenOrigin>,
    /// Interferences with satellite navigation, in order of their numbers.
    pub interferences: Vec<SeenInterference>,
    /// Changes of aircraft's navigation, oldest first.
    pub navigation: Vec<SeenNavigation>,
    /// The engine's digest at each whole hour.
    pub digests: Vec<(Time, String)>,
    /// The watched airspaces as the engine had them.
    pub airspaces: Vec<Airspace>,
}
