//! The real detectors, and what they say, second by second.

use crate::measures::Quiet;
use skypicket_assess::{AssessEvent, Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::gnss::{GnssChange, GnssState};
use skypicket_model::{Finding, Observation, Subject, Time, WaysOf};
use std::collections::BTreeSet;

/// P(share > 10 %) from which a cell tells.
const MARK: f64 = 0.98;

pub(crate) struct Watch {
    assessor: Assessor,
    events: Vec<AssessEvent>,
    /// Interferences, and when each was told first.
    pub(crate) told: Vec<(u32, Time)>,
    changed: BTreeSet<(Time, u32, GnssState)>,
    over: BTreeSet<u64>,
    pub(crate) quiet: Quiet,
}

impl Watch {
    pub(crate) fn new() -> Self {
        let permissions = Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
        Self {
            assessor: Assessor::new(&Params::default(), &[], permissions).expect("sound"),
            events: Vec::new(),
            told: Vec::new(),
            changed: BTreeSet::new(),
            over: BTreeSet::new(),
            quiet: Quiet::default(),
        }
    }

    pub(crate) fn observe(&mut self, observations: &[Observation]) {
        self.quiet.observations += observations.len() as u64;
        self.assessor.observe(observations);
    }

    /// A tick; gives each change of an aircraft to a bad state.
    pub(crate) fn tick(&mut self, now: Time, mut bad: impl FnMut(&GnssChange)) {
        // The detector works cells out at even seconds.
        if now.floor_s() % 2 != 0 {
            return;
        }
        let view =
            TickView { now, tracks: &[], sensors: &[], described: &[], listening_since: None, ways: WaysOf(None) };
        self.assessor.tick(&view, &mut self.events);
        for event in self.events.drain(..) {
            let AssessEvent::Assessment(assessment) = event else { continue };
            let (Finding::GnssInterference(_), Subject::Interference(number)) =
                (&assessment.finding, assessment.subject)
            else {
                continue;
            };
            if !self.told.iter().any(|(known, _)| *known == number) {
                self.told.push((number, now));
                self.quiet.told += 1;
            }
        }
        for picture in self.assessor.gnss().iter() {
            for change in &picture.changes {
                let which = match change.to {
                    GnssState::Degraded => 0,
                    GnssState::Lost => 1,
                    GnssState::SpoofSuspect => 2,
                    _ => continue,
                };
                if self.changed.insert((change.time, change.address.value, change.to)) {
                    self.quiet.states[which] += 1;
                    bad(change);
                }
            }
            if now.floor_s() % 60 == 0 {
                let minute = 1.0 / 1440.0;
                for cell in &picture.cells {
                    self.quiet.cell_days += if cell.now != [0, 0] { minute } else { 0.0 };
                    self.quiet.evident_cell_days += if cell.has_evidence() { minute } else { 0.0 };
                }
            }
            for cell in &picture.cells {
                let key = cell.cell ^ (cell.band as u64) << 60;
                if cell.has_evidence() && cell.above[1] >= MARK {
                    self.quiet.cells_over += u32::from(self.over.insert(key));
                } else if cell.above[1] < 0.5 {
                    self.over.remove(&key);
                }
            }
        }
        // Old changes leave the picture and need no memory.
        while self.changed.len() > 2048 {
            self.changed.pop_first();
        }
    }
}
