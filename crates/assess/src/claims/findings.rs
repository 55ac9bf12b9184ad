//! What claims are held against, as plain values: who fills it need not know what a claim is, who rates need not know what an engine is.

use std::collections::BTreeMap;

use skypicket_model::claim::ClaimedCause;
use skypicket_model::{LatLon, Referent, Span, Time, TrackId};

use crate::geometry::Boundary;

/// A moment that is known so well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instant {
    /// Best estimate.
    pub time: Time,
    /// One sigma.
    pub sigma: Span,
}

/// A row of the ledger: one stay of one track.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryFinding {
    /// The track.
    pub track: TrackId,
    /// Code of the airspace.
    pub airspace: String,
    /// Probability that it entered.
    pub probability: f64,
    /// When it first crossed; `None` where it was inside when first seen.
    pub entered: Option<Instant>,
    /// Where it first crossed.
    pub place: Option<LatLon>,
    /// Greatest depth, metres.
    pub depth_m: f64,
    /// One sigma of it, metres.
    pub depth_sigma_m: f64,
    /// When it left or was last observed; `None` while it is held inside.
    pub gone: Option<Time>,
    /// It may be there: no claim speaks of it.
    pub permitted: bool,
    /// The earlier track that it probably goes on, and how probable that is: one object, not two.
    pub goes_on: Option<(TrackId, f64)>,
    /// The last moment that the row tells of.
    pub last: Time,
}

/// What is reported from the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reported {
    /// A wreck or parts of something.
    CameDown,
    /// Something seen or heard.
    Sighting,
    /// Something on the ground was damaged.
    Damage,
    /// Somebody states to have brought an object down.
    BroughtDown,
}

/// A report from the ground as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFinding {
    /// Its short number.
    pub number: u32,
    /// What is reported.
    pub kind: Reported,
    /// Where.
    pub place: LatLon,
    /// With 90 % probability within so far of it, metres.
    pub radius_90_m: f64,
    /// It happened at this time or later,
    pub from: Time,
    /// and at this time or before.
    pub until: Time,
    /// Whether it was a drone; `None` where that is not known.
    pub drone: Option<bool>,
    /// How sure it is that the report is true of anything.
    pub confidence: f64,
    /// Why, where a cause is reported, and how sure that is.
    pub cause: Option<(ClaimedCause, f64)>,
    /// When it was first told here.
    pub filed: Time,
}

/// A count as a distribution, by whoever counts.
#[derive(Clone, Debug, PartialEq)]
pub struct CountFinding {
    /// Of what.
    pub referent: Referent,
    /// Code of the airspace.
    pub area: String,
    /// The stretch of time that it is of.
    pub from: Time,
    /// Its end: the moment when it was counted.
    pub until: Time,
    /// Tracks and reports that were weighed: where there are none, nothing was there to be counted.
    pub weighed: u32,
    /// Objects expected in it that no track tells of.
    pub untracked: f64,
    /// The smallest number with any probability,
    pub first: u32,
    /// and the probabilities of it and of the numbers after it; their sum is 1.
    pub probabilities: Vec<f64>,
}

/// Where a group came from.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginFinding {
    /// Places with weights: the posterior, of its members' regions each as much as any other. What they lack to 1 lies elsewhere.
    pub places: Vec<(LatLon, f64)>,
    /// It cannot be told of any member.
    pub not_identifiable: bool,
}

/// A group of tracks, or one track that is in none.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupFinding {
    /// Its name for people.
    pub name: String,
    /// Its members.
    pub tracks: Vec<TrackId>,
    /// When it came.
    pub time: Time,
    /// Where it came from, where that was worked out.
    pub origin: Option<OriginFinding>,
}

/// What is found at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The moment that all of it is of.
    pub as_of: Time,
    /// Codes of the watched states.
    pub watched: Vec<String>,
    /// The ledger.
    pub entries: Vec<EntryFinding>,
    /// Reports from the ground that stand.
    pub reports: Vec<ReportFinding>,
    /// Counts; where none is of what a claim counts, the ledger and the reports are counted, of which more may have come unseen.
    pub counts: Vec<CountFinding>,
    /// Groups.
    pub groups: Vec<GroupFinding>,
}

impl Findings {
    /// Whether a claim's area (empty for the watched one) is this airspace.
    pub(super) fn is_area(&self, claimed: &str, airspace: &str) -> bool {
        if claimed.is_empty() { self.watched.iter().any(|code| code == airspace) } else { claimed == airspace }
    }

    /// About how much memory it takes, bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        let places = self.groups.iter().filter_map(|group| group.origin.as_ref()).map(|origin| origin.places.len());
        let numbers = self.counts.iter().map(|count| count.probabilities.len());
        let rows = self.entries.len() * (size_of::<EntryFinding>() + 8);
        rows + self.reports.len() * size_of::<ReportFinding>() + 24 * places.sum::<usize>() + 8 * numbers.sum::<usize>()
    }
}

/// Outlines of states by alpha-3 code, as far as they are at hand: for depths from another border and for what lies where.
#[derive(Clone, Debug, Default)]
pub struct Outlines(pub BTreeMap<String, Boundary>);

impl Outlines {
    /// Whether a place lies in a state; `None` where its outline is not at hand.
    pub(super) fn holds(&self, code: &str, place: LatLon) -> Option<bool> {
        self.0.get(code).map(|outline| outline.inside(place))
    }

    /// How far a place is from a state's border, metres; `None` where its outline is not at hand.
    pub(super) fn distance_m(&self, code: &str, place: LatLon) -> Option<f64> {
        self.0.get(code).map(|outline| outline.signed_distance_m(place).abs())
    }
}
