//! What people report from the ground. It is a person's word like a decision about a track: it outlives restarts, epochs and builds.

use skypicket_model::ground_report::{MAX_REVISIONS, MAX_TEXT};
use skypicket_model::{
    Action, Command, GroundReport, GroundReportEvent, GroundReportId, GroundReportRecord, GroundReportRevision, Span,
    Time,
};
use std::sync::Arc;

/// How long a report is kept after the last word on it.
const KEEP: Span = Span::from_s(35 * 86_400);
/// How many are kept; those withdrawn go first, then those of which nothing was heard for longest.
const MAX_REPORTS: usize = 2_000;
/// So far ahead of the picture's time a report may be: clocks of people.
const AHEAD: Span = Span::from_s(120);

/// All reports, in the order of filing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reports {
    records: Arc<Vec<GroundReportRecord>>,
    /// How many were ever filed here.
    filed: u32,
}
skypicket_model::canon_struct!(Reports { records, filed });

impl Reports {
    /// All reports, in the order of filing. The same `Arc` while none changes.
    pub(crate) fn shown(&self) -> Arc<Vec<GroundReportRecord>> {
        Arc::clone(&self.records)
    }

    /// Carries out a command about reports, or tells why not.
    pub(crate) fn command(
        &mut self,
        command: &Command,
        now: Time,
        events: &mut Vec<GroundReportEvent>,
    ) -> Result<(), &'static str> {
        let by = command.operator.trim();
        if by.is_empty() {
            return Err("the operator has no name");
        }
        match &command.action {
            Action::FileReport { report } => self.file(report, by, now, events),
            Action::CorrectReport { id, report, reason } => {
                takes(report, now)?;
                self.revise(*id, Some((**report).clone()), by, reason, now, events)
            }
            Action::WithdrawReport { id, reason } => self.revise(*id, None, by, reason, now, events),
            _ => Err("the command is not about a report"),
        }
    }

    fn file(
        &mut self,
        report: &GroundReport,
        by: &str,
        now: Time,
        events: &mut Vec<GroundReportEvent>,
    ) -> Result<(), &'static str> {
        takes(report, now)?;
        if self.records.iter().any(|record| record.current() == Some(report)) {
            return Err("the very same report is filed already");
        }
        self.filed = self.filed.saturating_add(1);
        let record = GroundReportRecord::filed(self.filed, report.clone(), by, now);
        if self.records.iter().any(|other| other.id == record.id) {
            return Err("the very same report was filed this second");
        }
        events.extend(record.history.first().map(|revision| revised(&record, revision)));
        Arc::make_mut(&mut self.records).push(record);
        self.make_room(now, events);
        Ok(())
    }

    fn revise(
        &mut self,
        id: GroundReportId,
        statement: Option<GroundReport>,
        by: &str,
        reason: &str,
        now: Time,
        events: &mut Vec<GroundReportEvent>,
    ) -> Result<(), &'static str> {
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > MAX_TEXT {
            return Err("a correction or withdrawal needs a reason of at most 4096 bytes");
        }
        let at = self.records.iter().position(|record| record.id == id).ok_or("there is no such report")?;
        let known = self.records.get(at).ok_or("there is no such report")?;
        if known.current() == statement.as_ref() {
            return Err(if statement.is_some() { "it says so already" } else { "the report is withdrawn already" });
        }
        if known.history.len() >= MAX_REVISIONS {
            return Err("the report was corrected too often: withdraw it there and file it anew");
        }
        let revision = GroundReportRevision { time: now, by: by.to_owned(), statement, reason: reason.to_owned() };
        if let Some(record) = Arc::make_mut(&mut self.records).get_mut(at) {
            events.push(revised(record, &revision));
            record.history.push(revision);
        }
        Ok(())
    }

    /// Forgets what is old or too many, and tells it.
    fn make_room(&mut self, now: Time, events: &mut Vec<GroundReportEvent>) {
        let records = Arc::make_mut(&mut self.records);
        let mut drop = |record: &GroundReportRecord| {
            events.push(GroundReportEvent::Dropped { id: record.id, number: record.number });
        };
        records.retain(|record| {
            let kept = now - record.updated() <= KEEP;
            if !kept {
                drop(record);
            }
            kept
        });
        while records.len() > MAX_REPORTS {
            let order = |record: &GroundReportRecord| (record.current().is_some(), record.updated(), record.number);
            let Some(at) = (0..records.len()).min_by_key(|at| records.get(*at).map(order)) else { break };
            drop(&records.remove(at));
        }
    }
}

fn revised(record: &GroundReportRecord, revision: &GroundReportRevision) -> GroundReportEvent {
    GroundReportEvent::Revised { id: record.id, number: record.number, revision: revision.clone() }
}

fn takes(report: &GroundReport, now: Time) -> Result<(), &'static str> {
    if let Some(fault) = report.fault() {
        return Err(fault);
    }
    if now > Time::EPOCH && report.from > now + AHEAD {
        return Err("it is of a time to come");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::{Canon, GroundReportKind, LatLon, ReportedCause, ReportedObject};

    fn report(lat_deg: f64) -> GroundReport {
        GroundReport {
            kind: GroundReportKind::Wreck,
            place: LatLon { lat_deg, lon_deg: 23.5 },
            radius_90_m: 500.0,
            from: Time::from_s(100),
            until: Time::from_s(500),
            object: ReportedObject::Drone,
            confidence: 0.9,
            cause: ReportedCause::NotStated,
            cause_confidence: 0.0,
            track: None,
            source: "the fire service".to_owned(),
            text: String::new(),
        }
    }

    fn file(reports: &mut Reports, lat_deg: f64, s: i64) -> Result<Vec<GroundReportEvent>, &'static str> {
        act(reports, s, Action::FileReport { report: Box::new(report(lat_deg)) })
    }

    fn act(reports: &mut Reports, s: i64, action: Action) -> Result<Vec<GroundReportEvent>, &'static str> {
        let mut events = Vec::new();
        let command = Command { operator: "A. Nowak".to_owned(), action };
        reports.command(&command, Time::from_s(s), &mut events).map(|()| events)
    }

    #[test]
    fn a_report_is_filed_corrected_and_withdrawn_with_its_history() {
        let mut reports = Reports::default();
        assert_eq!(file(&mut reports, 51.0, 1000).map(|events| events.len()), Ok(1));
        assert!(file(&mut reports, 51.0, 1001).is_err(), "the same");
        assert!(file(&mut reports, 91.0, 1001).is_err(), "nowhere");
        let early = act(&mut reports, -100, Action::FileReport { report: Box::new(report(50.0)) });
        assert!(early.is_ok(), "nobody knows the time yet");
        let id = reports.records[0].id;
        let correct =
            |reason: &str, lat| Action::CorrectReport { id, report: Box::new(report(lat)), reason: reason.to_owned() };
        assert!(act(&mut reports, 1100, correct(" ", 51.2)).is_err(), "why?");
        assert!(act(&mut reports, 1100, correct("typing", 51.0)).is_err(), "nothing new");
        assert!(act(&mut reports, 1100, correct("the other bank", 51.2)).is_ok());
        let withdraw = Action::WithdrawReport { id, reason: "a hoax".to_owned() };
        assert!(act(&mut reports, 1200, withdraw.clone()).is_ok());
        assert!(act(&mut reports, 1201, withdraw).is_err(), "twice");
        let record = &reports.records[0];
        let stated: Vec<Option<f64>> =
            record.history.iter().map(|r| r.statement.as_ref().map(|s| s.place.lat_deg)).collect();
        assert_eq!(stated, [Some(51.0), Some(51.2), None]);
        assert_eq!(Reports::from_canon(&reports.to_canon()), Ok(reports.clone()));
        let later = Action::FileReport {
            report: Box::new(GroundReport { from: Time::from_s(2000), until: Time::from_s(2000), ..report(52.0) }),
        };
        assert_eq!(act(&mut reports, 1300, later), Err("it is of a time to come"));
    }

    #[test]
    fn reports_are_bounded_and_what_goes_is_told() {
        let mut reports = Reports::default();
        for i in 0..MAX_REPORTS {
            assert!(file(&mut reports, 40.0 + i as f64 * 0.001, 1000).is_ok());
        }
        let first = reports.records[7].id;
        assert!(act(&mut reports, 1001, Action::WithdrawReport { id: first, reason: "x".to_owned() }).is_ok());
        let events = file(&mut reports, 60.0, 1002).expect("room is made");
        assert!(events.iter().any(|event| matches!(event, GroundReportEvent::Dropped { id, .. } if *id == first)));
        assert_eq!(reports.records.len(), MAX_REPORTS);
        file(&mut reports, 61.0, 1002 + 36 * 86_400).expect("a month later");
        assert_eq!(reports.records.len(), 1);
    }
}
