//! What people tell the machine; journal inputs like any other, so that they replay. None of them moves anything in the world.

use crate::claim::ClaimAction;
use crate::ground_report::{GroundReport, GroundReportId};
use crate::identity::StandardIdentity;
use crate::ids::{IncidentId, TrackId};
use crate::incident::Outcome;

/// What a person asked for, and who.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The operator's name.
    pub operator: String,
    /// What.
    pub action: Action,
}
crate::canon_struct!(Command { operator, action });

/// What can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Take up an incident.
    Acknowledge {
        /// Which.
        incident: IncidentId,
    },
    /// Close an incident.
    Close {
        /// Which.
        incident: IncidentId,
        /// How it ended.
        outcome: Outcome,
        /// In the person's words.
        note: String,
    },
    /// Write into an incident's log.
    Note {
        /// Which.
        incident: IncidentId,
        /// In the person's words.
        text: String,
    },
    /// Set a track's standard identity.
    Identify {
        /// Which.
        track: TrackId,
        /// What.
        identity: StandardIdentity,
        /// On what grounds, in the person's words.
        reason: String,
    },
    /// Call an established entry that is not permitted a violation: a person's word, never the machine's.
    CallViolation {
        /// The incident.
        incident: IncidentId,
    },
    /// File a report of something found, seen, damaged or brought down.
    FileReport {
        /// What is stated.
        report: Box<GroundReport>,
    },
    /// State anew what a report says.
    CorrectReport {
        /// Which.
        id: GroundReportId,
        /// What is stated now.
        report: Box<GroundReport>,
        /// Why, in the person's words.
        reason: String,
    },
    /// State nothing any more in a report.
    WithdrawReport {
        /// Which.
        id: GroundReportId,
        /// Why, in the person's words.
        reason: String,
    },
    /// Something about a public statement.
    Claim(ClaimAction),
}
crate::canon_enum!(Action {
    0 => Acknowledge { incident }, 1 => Close { incident, outcome, note }, 2 => Note { incident, text },
    3 => Identify { track, identity, reason }, 4 => CallViolation { incident },
    5 => FileReport { report }, 6 => CorrectReport { id, report, reason }, 7 => WithdrawReport { id, reason },
    8 => Claim(a),
});
