//! A judgement by one detector, with its probability, its evidence and its reasons.
//!
//! Findings and reasons are typed; they become words at the edge, where the words that the machine may say are kept
//! (ARCHITECTURE.md, "Words").

use crate::coverage::NotObserved;
use crate::false_identity::{FalseIdentity, Weighed};
use crate::frames::LatLon;
use crate::gnss::{FalsePositions, Interference};
use crate::identity::{Emergency, Mode3A};
use crate::ids::{AirspaceId, IncidentId, ObservationId, SensorId, TrackId};
use crate::passage::Passage;
pub use crate::passage::Rediscovered;
use crate::permission::Permission;
use crate::time::{Span, Time};
use std::borrow::Cow;

/// A detector's name: config value, metric label and documentation page at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DetectorName(pub Cow<'static, str>);

impl DetectorName {
    /// A name known at compile time.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl crate::Canon for DetectorName {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self(crate::Canon::decode(reader)?))
    }
}

/// How much it matters to whoever is on watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For the record.
    Information,
    /// Look when there is time.
    Low,
    /// Look soon.
    Medium,
    /// Look now; the only one that sounds.
    High,
}
crate::canon_enum!(Severity { 0 => Information, 1 => Low, 2 => Medium, 3 => High });

/// What a judgement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A track.
    Track(TrackId),
    /// A sensor.
    Sensor(SensorId),
    /// An interference with satellite navigation, by its number.
    Interference(u32),
}
crate::canon_enum!(Subject { 0 => Track(a), 1 => Sensor(a), 2 => Interference(a) });

/// How far an entry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryState {
    /// Close enough that it might be inside.
    Near,
    /// P(entered) ≥ 0.5.
    Possible,
    /// P(entered) ≥ 0.9.
    Likely,
    /// P(entered) ≥ 0.99, a measurement that is not a self-report, and two independent lines of evidence.
    Established,
}
crate::canon_enum!(EntryState { 0 => Near, 1 => Possible, 2 => Likely, 3 => Established });

/// A track and a watched airspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The airspace.
    pub airspace: AirspaceId,
    /// How far it has come; the highest state reached while this stay lasts.
    pub state: EntryState,
    /// Probability that it entered: one continuous stay inside of at least 20 s.
    pub entered_probability: f64,
    /// Probability that it is inside at `Assessment::time`.
    pub inside_probability: f64,
    /// Signed distance from the boundary now, metres, negative inside.
    pub distance_m: f64,
    /// When it first crossed, estimated.
    pub entered_at: Option<Time>,
    /// Where it first crossed, estimated.
    pub entered_place: Option<LatLon>,
    /// Greatest depth so far, metres inside the boundary; 0 while outside.
    pub depth_m: f64,
    /// Time inside so far, of all stays of this row together.
    pub inside_for: Span,
    /// When it left, if it did.
    pub left_at: Option<Time>,
    /// When it was last observed, while its track is held no more.
    pub lost_at: Option<Time>,
    /// Nothing newer will be said here: its track has ended, or it is far away again.
    pub over: bool,
    /// Whether it may be there.
    pub permission: Permission,
    /// What drawn trajectories say of its passage, where some were drawn.
    pub passage: Option<Box<Passage>>,
    /// The lost track whose object this probably is, found again.
    pub same_as: Option<Rediscovered>,
}
crate::canon_struct!(Entry {
    airspace,
    state,
    entered_probability,
    inside_probability,
    distance_m,
    entered_at,
    entered_place,
    depth_m,
    inside_for,
    left_at,
    lost_at,
    over,
    permission,
    passage,
    same_as,
});

/// What a detector found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A track and a watched airspace.
    AirspaceEntry(Entry),
    /// A track is about to reach a watched airspace.
    PredictedEntry {
        /// The airspace.
        airspace: AirspaceId,
        /// Probability that it enters within 1, 2, 5 and 10 minutes.
        probability_within: [f64; 4],
        /// Expected time to the boundary on its present course; `None` when it does not lead there.
        time_to_boundary: Option<Span>,
        /// Where it would cross.
        place: Option<LatLon>,
        /// Half the length of the stretch of border around it that holds 90 % of where it would cross, metres.
        stretch_m: Option<f64>,
        /// When it was no longer expected, if it did not come.
        ended: Option<Time>,
    },
    /// An aircraft states an emergency.
    EmergencyCode {
        /// What it states.
        emergency: Emergency,
        /// The code, when it was by Mode 3/A.
        squawk: Option<Mode3A>,
        /// When it was last stated, once it is stated no more.
        ended: Option<Time>,
    },
    /// A sensor has fallen silent, or speaks again after it had.
    FeedSilent {
        /// Last heard.
        last_received: Time,
        /// Silence that would be normal.
        expected_within: Span,
        /// When it was heard again; `None` while it is silent.
        heard_again: Option<Time>,
    },
    /// Aircraft of a region lose their satellite navigation.
    GnssInterference(Interference),
    /// Aircraft state positions that cannot be true.
    FalsePositions(FalsePositions),
    /// What an object says of itself does not fit what others measure.
    FalseIdentity(FalseIdentity),
}
crate::canon_enum!(Finding {
    0 => AirspaceEntry(a),
    1 => PredictedEntry { airspace, probability_within, time_to_boundary, place, stretch_m, ended },
    2 => EmergencyCode { emergency, squawk, ended },
    3 => FeedSilent { last_received, expected_within, heard_again },
    4 => GnssInterference(a),
    5 => FalsePositions(a),
    6 => FalseIdentity(a),
});

/// Why a detector thinks so, or what keeps it from being surer; rendered to text at the edge.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The estimate lies this many of its own sigmas beyond the boundary (negative: short of it).
    SigmasInside {
        /// Position and border uncertainty together.
        sigmas: f64,
    },
    /// Independent lines of evidence: for an established entry those that established it, else those of the last minutes.
    Lines {
        /// How many.
        count: u32,
        /// How many the state asks for.
        needed: u32,
    },
    /// Only the object's own word supports it.
    SelfReportOnly,
    /// It claims an identity that nothing independent confirms.
    Uncorroborated,
    /// Something independent contradicts what it claims.
    Contradicted,
    /// It claims no identity at all.
    NoClaim,
    /// No rule and no flight plan covers it.
    NoPermission,
    /// A rule or flight plan covers it.
    CoveredBy {
        /// Its name.
        rule: String,
    },
    /// Its longest stay inside without a break.
    InsideFor {
        /// How long.
        duration: Span,
        /// How long the state asks for.
        needed: Span,
    },
    /// The vertical limits cannot be judged with the height that is known.
    HeightUndetermined,
    /// The boundary data used: policy and version.
    BoundaryData {
        /// Policy name and version.
        policy: String,
        /// Data set name and version.
        data: String,
    },
    /// Its present course leads to the boundary in this time.
    CourseLeadsIn {
        /// How long.
        duration: Span,
    },
    /// A named source stated it.
    Stated {
        /// Which sensor delivered it.
        sensor: SensorId,
    },
    /// Nothing has come for this long.
    SilentFor {
        /// How long.
        duration: Span,
    },
    /// Its track is too young, or measured too seldom, to say more.
    Immature {
        /// Measurements lately.
        updates: u32,
        /// How many the state asks for.
        updates_needed: u32,
        /// Within which time.
        within: Span,
        /// Since the track's first measurement.
        age: Span,
        /// How old the state asks it to be.
        age_needed: Span,
    },
    /// How probable it is that it entered, and from where on more would be said.
    Entered {
        /// Probability.
        probability: f64,
        /// What the next state asks for.
        needed: f64,
    },
    /// It was never heard, not only not lately.
    NeverHeard,
    /// For a part of the time nobody listened: the program was off.
    NobodyListened {
        /// Until when.
        until: Time,
    },
    /// What could not have been seen about the place, when this was judged. Internal.
    NotObserved(NotObserved),
    /// What it says of itself does not fit something.
    DoesNotFit(Weighed),
}
crate::canon_enum!(Reason {
    0 => SigmasInside { sigmas }, 1 => Lines { count, needed }, 2 => SelfReportOnly, 3 => Uncorroborated, 4 => Contradicted,
    5 => NoClaim, 6 => NoPermission, 7 => CoveredBy { rule }, 8 => InsideFor { duration, needed }, 9 => HeightUndetermined,
    10 => BoundaryData { policy, data }, 11 => CourseLeadsIn { duration }, 12 => Stated { sensor }, 13 => SilentFor { duration },
    14 => Immature { updates, updates_needed, within, age, age_needed }, 15 => Entered { probability, needed }, 16 => NeverHeard,
    17 => NobodyListened { until }, 18 => NotObserved(a), 19 => DoesNotFit(a),
});

/// How many observations an assessment names.
pub const MAX_EVIDENCE: usize = 64;

/// The observations that a judgement rests on: first, last, the strongest [`MAX_EVIDENCE`], and how many there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The first.
    pub first: ObservationId,
    /// The last.
    pub last: ObservationId,
    /// The strongest, in id order.
    pub strongest: Vec<ObservationId>,
    /// How many there were in all.
    pub count: u64,
}
crate::canon_struct!(Evidence { first, last, strongest, count });

/// A judgement by one detector.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Who judged.
    pub detector: DetectorName,
    /// About what.
    pub subject: Subject,
    /// The incident that it belongs to, once grouped.
    pub incident: Option<IncidentId>,
    /// The moment judged.
    pub time: Time,
    /// What was found.
    pub finding: Finding,
    /// Probability that the finding holds.
    pub probability: f64,
    /// How much it matters.
    pub severity: Severity,
    /// What it rests on.
    pub evidence: Evidence,
    /// Why, and what would change it.
    pub reasons: Vec<Reason>,
}
crate::canon_struct!(Assessment {
    detector,
    subject,
    incident,
    time,
    finding,
    probability,
    severity,
    evidence,
    reasons
});
