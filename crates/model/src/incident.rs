//! What an operator handles: one incident per group, with a state, a log and named people.

use crate::assessment::{Assessment, DetectorName, Severity, Subject};
use crate::ids::IncidentId;
use crate::time::Time;

/// How an incident ended, as a named person recorded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It turned out to be identified and permitted.
    Identified,
    /// It left the area.
    Left,
    /// It was no longer observed.
    NotObserved,
    /// It was reported brought down, landed or found, by the source named in the note.
    ReportedDown,
    /// It was no object: clutter, a wrong sensor, a test.
    NoObject,
    /// Anything else, said in the note.
    Other,
}
crate::canon_enum!(Outcome { 0 => Identified, 1 => Left, 2 => NotObserved, 3 => ReportedDown, 4 => NoObject, 5 => Other });

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IncidentState {
    /// Nobody has taken it up.
    Open,
    /// Somebody has.
    Acknowledged,
    /// Handled.
    Closed(Outcome),
    /// Somebody has taken it up, and since then it has become of high severity, which it was not: it waits to be taken up again.
    Risen,
}
crate::canon_enum!(IncidentState { 0 => Open, 1 => Acknowledged, 2 => Closed(a), 3 => Risen });

impl IncidentState {
    /// Nobody has taken it up as it is now.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Risen)
    }
}

/// A line of an incident's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// When.
    pub time: Time,
    /// Who: an operator's name, or empty for the machine.
    pub by: String,
    /// What happened.
    pub what: LogItem,
}
crate::canon_struct!(LogEntry { time, by, what });

/// What happened to an incident.
#[derive(Clone, Debug, PartialEq)]
pub enum LogItem {
    /// It began.
    Opened,
    /// A subject joined the group.
    Joined(Subject),
    /// Its severity rose or fell.
    Severity(Severity),
    /// A person took it up.
    Acknowledged,
    /// A person closed it.
    Closed(Outcome),
    /// It began again after it was closed.
    Reopened,
    /// A person wrote something.
    Note(String),
    /// A person called an established entry a violation.
    CalledViolation,
    /// It became of high severity, which it was not when it was taken up.
    Risen,
}
crate::canon_enum!(LogItem {
    0 => Opened, 1 => Joined(a), 2 => Severity(a), 3 => Acknowledged, 4 => Closed(a), 5 => Reopened, 6 => Note(a), 7 => CalledViolation,
    8 => Risen,
});

/// What an operator handles.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// Its name: made from its rule and the content that opened it.
    pub id: IncidentId,
    /// The detector whose assessments it gathers.
    pub rule: DetectorName,
    /// Where it stands.
    pub state: IncidentState,
    /// How much it matters: the highest of its current assessments.
    pub severity: Severity,
    /// When it began.
    pub opened: Time,
    /// When anything last changed.
    pub updated: Time,
    /// When it was closed.
    pub closed: Option<Time>,
    /// It makes a sound until somebody takes it up.
    pub audible: bool,
    /// The group, in the order in which its members joined.
    pub subjects: Vec<Subject>,
    /// The latest assessment of each subject, in the same order.
    pub assessments: Vec<Assessment>,
    /// What happened, bounded to the first 32 and the last 224 lines.
    pub log: Vec<LogEntry>,
}
crate::canon_struct!(Incident {
    id,
    rule,
    state,
    severity,
    opened,
    updated,
    closed,
    audible,
    subjects,
    assessments,
    log,
});

/// A change of an incident.
#[derive(Clone, Debug, PartialEq)]
pub enum IncidentEvent {
    /// It began.
    Opened(IncidentId),
    /// A log line was added: joined, acknowledged, closed, noted.
    Logged(IncidentId, LogEntry),
    /// It sounds: one audible alarm.
    Alarm(IncidentId),
    /// A command could not be carried out.
    Refused {
        /// Who asked.
        operator: String,
        /// Why not, as a short phrase.
        why: String,
    },
    /// More incidents than are kept: this one was forgotten to make room.
    Dropped {
        /// Which.
        incident: IncidentId,
        /// Where it stood.
        state: IncidentState,
    },
}
crate::canon_enum!(IncidentEvent {
    0 => Opened(a), 1 => Logged(a, b), 2 => Alarm(a), 3 => Refused { operator, why }, 4 => Dropped { incident, state },
});
