//! One incident and what the program keeps beside it.

use std::cmp::Reverse;

use skypicket_model::assessment::{Entry, EntryState};
use skypicket_model::ids::content_hash;
use skypicket_model::incident::LogItem;
use skypicket_model::{
    Assessment, Canon, DetectorName, Finding, Incident, IncidentEvent, IncidentId, IncidentState, Outcome, Reason,
    Severity, Span, Subject, Time,
};

use super::{highest, log, settled};
use crate::detector::{Group, Handling, Judgement};
use crate::renumber::Renumbering;

skypicket_model::canon_enum!(Group {
    0 => Flight { airspace, place, time, course_rad, class, reality }, 1 => Feed(a), 2 => Alone,
});

/// A member of an incident's group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) subject: Subject,
    pub(super) group: Group,
    /// How far its matter had come when the incident was closed.
    pub(super) rank_at_close: u8,
    /// When its stay had begun when the incident was closed.
    pub(super) stay_at_close: Option<Time>,
}
skypicket_model::canon_struct!(Member { subject, group, rank_at_close, stay_at_close });

/// An incident and its members' groups.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub(super) incident: Incident,
    pub(super) members: Vec<Member>,
    /// It has sounded since it was opened or reopened, or rose after it was acknowledged.
    pub(super) alarmed: bool,
    /// It was of high severity since then, so that it has a sound to come.
    pub(super) owed: bool,
    /// Its members are less severe than it is.
    pub(super) lowering: Option<Lowering>,
    /// How severe it was when somebody took it up.
    pub(super) taken_up_at: Option<Severity>,
}
skypicket_model::canon_struct!(Case { incident, members, alarmed, owed, lowering, taken_up_at });

/// Since when an incident's members are less severe than it, and how severe they were at most since.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lowering {
    since: Time,
    most: Severity,
}
skypicket_model::canon_struct!(Lowering { since, most });

impl Case {
    pub(super) fn new(judgement: &Judgement, rule: DetectorName, events: &mut Vec<IncidentEvent>) -> Self {
        let assessment = &judgement.assessment;
        let id = id(assessment, &rule);
        let mut incident = Incident {
            id,
            rule,
            state: IncidentState::Open,
            severity: assessment.severity,
            opened: assessment.time,
            updated: assessment.time,
            closed: None,
            audible: false,
            subjects: Vec::new(),
            assessments: Vec::new(),
            log: Vec::new(),
        };
        events.push(IncidentEvent::Opened(id));
        log(&mut incident, assessment.time, "", LogItem::Opened, events);
        let owed = incident.severity >= Severity::High;
        let mut case = Self { incident, members: Vec::new(), alarmed: false, owed, lowering: None, taken_up_at: None };
        case.add(judgement);
        case
    }

    pub(super) fn adopted(incident: Incident) -> Self {
        let members = incident
            .assessments
            .iter()
            .map(|assessment| Member {
                subject: assessment.subject,
                group: Group::Alone,
                rank_at_close: u8::MAX,
                stay_at_close: stay(assessment),
            })
            .collect();
        let taken_up_at = (incident.state == IncidentState::Acknowledged).then_some(incident.severity);
        Self { incident, members, alarmed: true, owed: false, lowering: None, taken_up_at }
    }

    /// Goes on in an epoch whose airspaces and feeds have other numbers.
    pub(super) fn renumber(&mut self, to: &Renumbering) {
        to.incident(&mut self.incident);
        for member in &mut self.members {
            member.subject = to.subject(member.subject);
            match &mut member.group {
                Group::Flight { airspace, .. } => *airspace = to.airspace(*airspace),
                Group::Feed(feed) => *feed = to.feed(*feed),
                Group::Alone => {}
            }
        }
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.incident.state, IncidentState::Closed(_))
    }

    /// Takes a newer judgement of a member.
    pub(super) fn update(&mut self, judgement: &Judgement, lower_after: Span, events: &mut Vec<IncidentEvent>) {
        let Some(at) = self.incident.subjects.iter().position(|subject| *subject == judgement.assessment.subject)
        else {
            return;
        };
        if let Some(kept) = self.incident.assessments.get_mut(at) {
            // What is announced gives way to what has come, not the other way round.
            if supersedes(&judgement.assessment, kept) {
                *kept = with_incident(&judgement.assessment, self.incident.id);
            }
        }
        // Where it crosses says what it belongs to; where it happens to be before it does says nothing.
        if judgement.handling == Handling::Open
            && let Some(member) = self.members.get_mut(at)
        {
            member.group = judgement.group;
        }
        self.incident.updated = self.incident.updated.max(judgement.assessment.time);
        self.weigh(judgement.assessment.time, lower_after, events);
    }

    /// A new member of the group.
    pub(super) fn join(&mut self, judgement: &Judgement, lower_after: Span, events: &mut Vec<IncidentEvent>) {
        let (time, subject) = (judgement.assessment.time, judgement.assessment.subject);
        self.add(judgement);
        log(&mut self.incident, time, "", LogItem::Joined(subject), events);
        self.weigh(time, lower_after, events);
    }

    fn add(&mut self, judgement: &Judgement) {
        let assessment = with_incident(&judgement.assessment, self.incident.id);
        self.members.push(Member {
            subject: assessment.subject,
            group: judgement.group,
            rank_at_close: 0,
            stay_at_close: None,
        });
        self.incident.subjects.push(assessment.subject);
        self.incident.assessments.push(assessment);
    }

    /// Whether a closed incident's member has done something new: a new stay, or it has come further than when a person closed it.
    pub(super) fn comes_back(&self, judgement: &Judgement) -> bool {
        let IncidentState::Closed(outcome) = self.incident.state else { return false };
        let Some(member) = self.members.iter().find(|member| member.subject == judgement.assessment.subject) else {
            return false;
        };
        let further = rank(&judgement.assessment) > member.rank_at_close;
        let new_stay = stay(&judgement.assessment) != member.stay_at_close && stay(&judgement.assessment).is_some();
        let matters = judgement.assessment.severity >= Severity::Medium;
        matters && (further || new_stay && !settled(outcome))
    }

    pub(super) fn reopen(&mut self, judgement: &Judgement, lower_after: Span, events: &mut Vec<IncidentEvent>) {
        self.incident.state = IncidentState::Open;
        self.incident.closed = None;
        // How severe it was before it was closed is history.
        self.incident.severity = judgement.assessment.severity;
        (self.alarmed, self.owed, self.lowering) = (false, self.incident.severity >= Severity::High, None);
        self.taken_up_at = None;
        log(&mut self.incident, judgement.assessment.time, "", LogItem::Reopened, events);
        self.update(judgement, lower_after, events);
    }

    /// Somebody takes it up as it is now.
    pub(super) fn acknowledge(&mut self) {
        self.incident.state = IncidentState::Acknowledged;
        self.incident.audible = false;
        self.owed = false;
        self.taken_up_at = Some(self.incident.severity);
    }

    pub(super) fn close(&mut self, outcome: Outcome, time: Time) {
        self.incident.state = IncidentState::Closed(outcome);
        self.incident.closed = Some(time);
        self.incident.audible = false;
        for (member, assessment) in self.members.iter_mut().zip(&self.incident.assessments) {
            member.rank_at_close = rank(assessment);
            member.stay_at_close = stay(assessment);
        }
    }

    /// What time alone changes while it is open: an announcement that is not renewed, a severity that has been lower for long enough. Returns
    /// whether anything did.
    pub(super) fn settle(
        &mut self,
        now: Time,
        announced_for: Span,
        lower_after: Span,
        events: &mut Vec<IncidentEvent>,
    ) -> bool {
        if !self.is_open() {
            return false;
        }
        let mut changed = false;
        for assessment in &mut self.incident.assessments {
            if let Finding::PredictedEntry { ended: ended @ None, .. } = &mut assessment.finding
                && now - assessment.time > announced_for
            {
                *ended = Some(assessment.time);
                assessment.severity = Severity::Information;
                assessment.reasons.retain(|reason| !matches!(reason, Reason::CourseLeadsIn { .. }));
                changed = true;
            }
        }
        let before = self.incident.severity;
        self.weigh(now, lower_after, events);
        changed || self.incident.severity != before
    }

    /// The incident is as severe as its most severe member: more at once, less when it has been so for a while, so that what hovers about a
    /// threshold does not fill its log.
    fn weigh(&mut self, time: Time, lower_after: Span, events: &mut Vec<IncidentEvent>) {
        let now = highest(&self.incident.assessments);
        if now >= self.incident.severity {
            self.lowering = None;
        } else {
            let lowering = self.lowering.get_or_insert(Lowering { since: time, most: now });
            lowering.most = lowering.most.max(now);
            if time - lowering.since < lower_after {
                return;
            }
        }
        let severity = self.lowering.take().map_or(now, |lowering| lowering.most);
        if severity != self.incident.severity {
            self.incident.severity = severity;
            log(&mut self.incident, time, "", LogItem::Severity(severity), events);
            if severity >= Severity::High {
                self.becomes_high(time, events);
            }
        }
    }

    /// It has a sound to come, once. Whoever took it up when it was less severe is told again; whoever knew it so severe is not.
    fn becomes_high(&mut self, time: Time, events: &mut Vec<IncidentEvent>) {
        if self.incident.state != IncidentState::Acknowledged {
            self.owed = true;
        } else if self.taken_up_at.is_some_and(|at| at < Severity::High) {
            self.incident.state = IncidentState::Risen;
            (self.alarmed, self.owed) = (false, true);
            log(&mut self.incident, time, "", LogItem::Risen, events);
        }
    }
}

fn with_incident(assessment: &Assessment, id: IncidentId) -> Assessment {
    Assessment { incident: Some(id), ..assessment.clone() }
}

fn supersedes(new: &Assessment, kept: &Assessment) -> bool {
    let announced = matches!(new.finding, Finding::PredictedEntry { .. });
    let came = matches!(&kept.finding, Finding::AirspaceEntry(entry) if entry.state > EntryState::Near && entry.left_at.is_none() && entry.lost_at.is_none());
    let other_airspace = match (&new.finding, &kept.finding) {
        // Of a track over several watched airspaces the incident tells what matters most, then what lasts, then where it has come furthest.
        (Finding::AirspaceEntry(new_entry), Finding::AirspaceEntry(kept_entry))
            if new_entry.airspace != kept_entry.airspace =>
        {
            let weight = |assessment: &Assessment, entry: &Entry| {
                let lasts = entry.left_at.is_none() && entry.lost_at.is_none() && !entry.over;
                (assessment.severity, lasts, entry.state, Reverse(entry.airspace))
            };
            weight(new, new_entry) < weight(kept, kept_entry)
        }
        // Being near says less than being about to enter.
        (Finding::AirspaceEntry(new), Finding::PredictedEntry { ended: None, .. }) => new.state == EntryState::Near,
        _ => false,
    };
    let gives_way = (announced && came) || other_airspace;
    !gives_way
}

/// How far a matter has come, to compare before and after.
pub(super) fn rank(assessment: &Assessment) -> u8 {
    match &assessment.finding {
        Finding::AirspaceEntry(entry) => 1 + entry.state as u8,
        Finding::PredictedEntry { .. } => 1,
        Finding::EmergencyCode { .. }
        | Finding::FeedSilent { .. }
        | Finding::GnssInterference(_)
        | Finding::FalsePositions(_)
        | Finding::FalseIdentity(_) => assessment.severity as u8,
    }
}

/// When the stay or silence that an assessment tells of began.
fn stay(assessment: &Assessment) -> Option<Time> {
    match &assessment.finding {
        Finding::AirspaceEntry(entry) => entry.entered_at,
        Finding::FeedSilent { last_received, .. } => Some(*last_received),
        Finding::EmergencyCode { .. } => Some(assessment.time),
        Finding::GnssInterference(interference) => Some(interference.began),
        Finding::FalsePositions(own) => Some(own.began),
        Finding::FalseIdentity(identity) => Some(identity.began),
        Finding::PredictedEntry { .. } => None,
    }
}

/// An id made of content: the rule, the subject, the time and the first evidence.
fn id(assessment: &Assessment, rule: &DetectorName) -> IncidentId {
    let mut content = Vec::new();
    assessment.subject.encode(&mut content);
    assessment.time.encode(&mut content);
    assessment.evidence.first.encode(&mut content);
    IncidentId(content_hash(&[rule.as_str().as_bytes(), &content]))
}
