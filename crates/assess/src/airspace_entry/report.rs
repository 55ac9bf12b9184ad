//! What is said of a pair: the finding, how much it matters, and why.

use skypicket_model::assessment::{Entry, EntryState};
use skypicket_model::passage::Range;
use skypicket_model::{Assessment, DetectorName, Finding, Permission, Reason, Severity, Span, Subject, Time, Track};

use super::pair::{FinalForm, Pair, Sample, Told};
use super::{EntryParams, KIND, is_settled, summary};
use crate::detector::{Group, Handling, Judgement};
use crate::permission::claims_identity;
use crate::site::Watched;

/// So many sigmas from the line nothing is drawn (as `drawn` has it).
const SURE_SIGMAS: f64 = 6.0;
/// How often a row without news is brought up to date: what concerns an operator every second, the rest now and then.
const REFRESH: Span = Span::from_s(1);
const REFRESH_SETTLED: Span = Span::from_s(10);

impl Pair {
    /// The judgement, when it is due.
    pub(super) fn judgement(
        &mut self,
        track: &Track,
        watched: &Watched,
        sample: &Sample,
        now: Time,
        params: &EntryParams,
    ) -> Option<Judgement> {
        let now_told = Told {
            at: Some(now),
            state: self.state as u8,
            permission: permission_tag(&self.permission),
            left: self.left_at.is_some(),
            lost: false,
        };
        let first = self.told.at.is_none();
        let changed = (self.told.state, self.told.permission, self.told.left, self.told.lost)
            != (now_told.state, now_told.permission, now_told.left, now_told.lost);
        let settled = is_settled(&self.permission);
        let refresh = if settled || self.state == EntryState::Near { REFRESH_SETTLED } else { REFRESH };
        let due = self.told.at.is_none_or(|told| now - told >= refresh);
        let changed = first || changed;
        if !(changed || due) {
            return None;
        }
        let assessment = self.assessment(track, watched, sample, now, params);
        // Coming near is no news, nor is what was permitted all along.
        let became_settled = settled && !first && self.told.permission != now_told.permission;
        let news = changed && self.state > EntryState::Near && (!settled || became_settled);
        self.told = now_told;
        self.final_form =
            Some(FinalForm { assessment: assessment.clone(), class: track.class.best().0, reality: track.reality });
        let group = self.group(watched, track, now);
        let handling = handling(&assessment);
        Some(Judgement { assessment, news, handling, group, row: Some((self.opened, watched.airspace.id)) })
    }

    fn group(&self, watched: &Watched, track: &Track, now: Time) -> Group {
        Group::Flight {
            airspace: watched.airspace.id,
            place: self.entered_place.unwrap_or(self.last.place),
            time: self.entered_at.unwrap_or(now),
            course_rad: self.course_rad,
            class: track.class.best().0,
            reality: track.reality,
        }
    }

    fn entry(&self, watched: &Watched) -> Entry {
        let mut passage = self.passage().cloned();
        // Far inside nothing is drawn, and what is told is of some seconds ago: it is as deep as it is now at least.
        let deep = self.last.distance_m < -SURE_SIGMAS * self.last.sigma_m;
        if let Some(passage) = passage.as_mut().filter(|_| deep && self.inside_since.is_some()) {
            summary::stayed(passage, Span::ZERO, -self.last.distance_m, self.last.sigma_m);
        }
        let passage = passage.as_ref();
        // The story is told by the drawn trajectories' middles where most of them have one; a figure that comes from elsewhere is moved into the
        // interval that is shown beside it.
        let told = passage.filter(|passage| passage.entered_probability >= 0.5);
        // Time and place are of one stretch. It holds half of the crossings or more, so that its middle lies in the interval of them all.
        let crossed = told.and_then(|told| told.entered_place);
        let at = passage.and_then(|passage| passage.entered_at);
        let depth = passage.and_then(|passage| passage.depth_m);
        let inside_for = passage.and_then(|passage| passage.inside_for);
        let left_at = passage.and_then(|passage| passage.left_at);
        let most = told.is_some();
        Entry {
            airspace: watched.airspace.id,
            state: self.state,
            entered_probability: self.entered_probability(),
            inside_probability: self.last.inside,
            distance_m: self.last.distance_m,
            entered_at: crossed.map_or_else(
                || self.entered_at.map(|time| at.map_or(time, |at| within(time, at, most))),
                |crossed| Some(crossed.at.middle),
            ),
            entered_place: crossed.map_or(self.entered_place, |crossed| Some(crossed.place)),
            depth_m: depth.map_or(self.depth_m, |depth| within(self.depth_m, depth, most)),
            inside_for: inside_for.map_or(self.inside_for, |inside| within(self.inside_for, inside, most)),
            left_at: self.left_at.map(|time| left_at.map_or(time, |left| within(time, left, most))),
            lost_at: None,
            over: false,
            permission: self.permission.clone(),
            passage: passage.cloned().map(Box::new),
            same_as: self.same_as,
        }
    }

    fn assessment(
        &self,
        track: &Track,
        watched: &Watched,
        sample: &Sample,
        now: Time,
        params: &EntryParams,
    ) -> Assessment {
        let entry = self.entry(watched);
        let severity = severity(&entry);
        let mut reasons = vec![Reason::SigmasInside { sigmas: -sample.distance_m / sample.sigma_m.max(0.1) }];
        reasons.push(Reason::InsideFor { duration: self.longest_stay, needed: EntryParams::span(params.stay_s) });
        let next = match self.state {
            EntryState::Near => params.possible,
            EntryState::Possible => params.likely,
            EntryState::Likely | EntryState::Established => params.established,
        };
        reasons.push(Reason::Entered { probability: self.entered_probability(), needed: next });
        if self.state == EntryState::Established {
            // On whose word it was established stays true when a line falls silent or it has left.
            reasons.push(Reason::Lines { count: self.lines.max(self.lines_then), needed: params.lines });
        }
        // On whose word it is told, and what held it back, stays true after it left.
        let was_inside = self.inside_since.is_some() || self.left_at.is_some();
        if was_inside {
            if self.state < EntryState::Established {
                let lines = if self.left_at.is_some() { self.lines.max(self.lines_then) } else { self.lines };
                reasons.push(Reason::Lines { count: lines, needed: params.lines });
            }
            if !self.measured && self.lines > 0 {
                reasons.push(Reason::SelfReportOnly);
            }
        }
        if self.inside_since.is_some() && self.state < EntryState::Likely && !self.is_mature(track, now, params) {
            reasons.push(Reason::Immature {
                updates: self.measurements(now, params),
                updates_needed: params.updates,
                within: EntryParams::span(params.updates_within_s),
                age: now - track.born,
                age_needed: EntryParams::span(params.age_s),
            });
        }
        if !sample.height_known {
            reasons.push(Reason::HeightUndetermined);
        }
        reasons.extend(why_permitted_or_not(&self.permission, track));
        reasons.push(watched.boundary_data());
        Assessment {
            detector: DetectorName::new(KIND.name),
            subject: Subject::Track(track.id),
            incident: None,
            time: now,
            probability: self.entered_probability(),
            severity,
            finding: Finding::AirspaceEntry(entry),
            evidence: self.evidence(),
            reasons,
        }
    }
}

impl Pair {
    /// The last judgement once more, when its track is held no more (`lost_at`) or nothing newer will be said (`over`). `None` when nothing was
    /// said before.
    pub(super) fn last_word(&mut self, now: Time, lost_at: Option<Time>, over: bool) -> Option<Judgement> {
        let form = self.final_form.as_mut()?;
        let Finding::AirspaceEntry(entry) = &mut form.assessment.finding else { return None };
        (entry.lost_at, entry.over) = (lost_at, over);
        form.assessment.severity = severity(entry);
        form.assessment.time = now;
        let lost = lost_at.is_some();
        let news = lost && !self.told.lost && entry.state > EntryState::Near && !is_settled(&entry.permission);
        (self.told.at, self.told.lost) = (Some(now), lost);
        let group = Group::Flight {
            airspace: entry.airspace,
            place: entry.entered_place.unwrap_or(self.last.place),
            time: entry.entered_at.unwrap_or(form.assessment.time),
            course_rad: self.course_rad,
            class: form.class,
            reality: form.reality,
        };
        let row = Some((self.opened, entry.airspace));
        Some(Judgement { assessment: form.assessment.clone(), news, handling: Handling::Update, group, row })
    }
}

/// The middle of an interval where most trajectories have it, else a value moved into it.
fn within<T: PartialOrd + Copy>(value: T, of: Range<T>, most: bool) -> T {
    if most {
        of.middle
    } else if value < of.low {
        of.low
    } else if value > of.high {
        of.high
    } else {
        value
    }
}

fn why_permitted_or_not(permission: &Permission, track: &Track) -> Vec<Reason> {
    match permission {
        Permission::Permitted { rule } => vec![Reason::CoveredBy { rule: rule.clone() }],
        Permission::Undetermined { rule, contradicted } => {
            let doubt = if *contradicted { Reason::Contradicted } else { Reason::Uncorroborated };
            vec![Reason::CoveredBy { rule: rule.clone() }, doubt]
        }
        Permission::NotPermitted if claims_identity(track) => vec![Reason::NoPermission],
        Permission::NotPermitted => vec![Reason::NoClaim, Reason::NoPermission],
    }
}

/// How much an entry matters: by its state, and by whether it may be there.
pub(crate) fn severity(entry: &Entry) -> Severity {
    let by_state = match entry.state {
        EntryState::Near => Severity::Low,
        EntryState::Possible => Severity::Medium,
        EntryState::Likely | EntryState::Established => Severity::High,
    };
    let severity = match &entry.permission {
        Permission::Permitted { .. } => Severity::Information,
        Permission::Undetermined { contradicted: false, .. } if entry.state == EntryState::Near => {
            Severity::Information
        }
        // A claim that nothing confirms and nothing contradicts: shown, never sounding.
        Permission::Undetermined { contradicted: false, .. } => Severity::Low,
        Permission::Undetermined { contradicted: true, .. } | Permission::NotPermitted => by_state,
    };
    let gone = entry.left_at.is_some() || entry.lost_at.is_some();
    if gone { severity.min(Severity::Medium) } else { severity }
}

fn handling(assessment: &Assessment) -> Handling {
    if assessment.severity >= Severity::Medium { Handling::Open } else { Handling::Update }
}

fn permission_tag(permission: &Permission) -> u8 {
    match permission {
        Permission::Permitted { .. } => 0,
        Permission::NotPermitted => 1,
        Permission::Undetermined { contradicted: false, .. } => 2,
        Permission::Undetermined { contradicted: true, .. } => 3,
    }
}
