//! The ledger: the latest assessment of every track and watched airspace that came near it.

use std::collections::BTreeMap;
use std::sync::Arc;

use skypicket_model::assessment::EntryState;
use skypicket_model::{AirspaceId, Assessment, Canon, Finding, Permission, Span, Subject, Time};

use crate::renumber::Renumbering;

/// Rows kept; settled ones that are over go first, then the oldest.
const MAX_ROWS: usize = 10_000;
/// How long a row is kept after its last word: what was permitted, and everything else.
const KEEP_SETTLED: Span = Span::from_s(900);
const KEEP: Span = Span::from_s(86_400);
/// How often old rows are looked for, seconds.
const FORGET_EVERY_S: i64 = 10;

/// When a row was opened, what it is about, and which airspace.
type Key = (Time, Subject, AirspaceId);

/// All rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    rows: BTreeMap<Key, Arc<Assessment>>,
    shown: Arc<Vec<Arc<Assessment>>>,
    /// Canonical bytes of what changed since [`Ledger::begin_tick`]: each row's key and what is written there now, or nothing.
    news: Vec<u8>,
}

impl Ledger {
    /// Forgets what was news.
    pub(crate) fn begin_tick(&mut self) {
        self.news.clear();
    }

    /// Writes a row anew.
    pub(crate) fn write(&mut self, opened: Time, airspace: AirspaceId, assessment: &Assessment) {
        let key = (opened, assessment.subject, airspace);
        if came_to_nothing(assessment) {
            if self.rows.remove(&key).is_some() {
                removed(&key, &mut self.news);
            }
            return;
        }
        let row = Arc::new(assessment.clone());
        (key, Some(Arc::clone(&row))).encode(&mut self.news);
        self.rows.insert(key, row);
    }

    /// Forgets what is old and publishes what is left, oldest first.
    pub(crate) fn tick(&mut self, now: Time) {
        if now.floor_s() % FORGET_EVERY_S == 0 {
            self.forget(now);
        }
        while self.rows.len() > MAX_ROWS {
            let settled = self.rows.iter().find(|(_, row)| is_settled(row)).map(|(key, _)| *key);
            let Some(key) = settled.or_else(|| self.rows.keys().next().copied()) else { break };
            self.rows.remove(&key);
            removed(&key, &mut self.news);
        }
        if !self.news.is_empty() {
            self.publish();
        }
    }

    fn forget(&mut self, now: Time) {
        let news = &mut self.news;
        self.rows.retain(|key, row| {
            let keep = if is_settled(row) { KEEP_SETTLED } else { KEEP };
            let kept = now - row.time <= keep;
            if !kept {
                removed(key, news);
            }
            kept
        });
    }

    fn publish(&mut self) {
        self.shown = Arc::new(self.rows.values().cloned().collect());
    }

    /// All rows, oldest first. The same `Arc` while none changes.
    pub(crate) fn shown(&self) -> Arc<Vec<Arc<Assessment>>> {
        Arc::clone(&self.shown)
    }

    /// Canonical bytes of what the last tick changed.
    pub(crate) fn news(&self) -> &[u8] {
        &self.news
    }

    /// Goes on in an epoch whose airspaces and feeds have other numbers.
    pub(crate) fn renumber(&mut self, to: &Renumbering) {
        let former = std::mem::take(&mut self.rows);
        for ((opened, subject, airspace), row) in former {
            let mut row = Arc::unwrap_or_clone(row);
            to.assessment(&mut row);
            self.rows.insert((opened, to.subject(subject), to.airspace(airspace)), Arc::new(row));
        }
        self.publish();
    }
}

fn removed(key: &Key, news: &mut Vec<u8>) {
    (*key, None::<Arc<Assessment>>).encode(news);
}

/// It was near, never came in, and is gone: no row.
fn came_to_nothing(row: &Assessment) -> bool {
    matches!(&row.finding, Finding::AirspaceEntry(entry) if entry.over && entry.state == EntryState::Near)
}

fn is_settled(row: &Assessment) -> bool {
    matches!(&row.finding, Finding::AirspaceEntry(entry) if matches!(entry.permission, Permission::Permitted { .. }))
}

impl Canon for Ledger {
    fn encode(&self, out: &mut Vec<u8>) {
        self.rows.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        let mut ledger = Self { rows: Canon::decode(reader)?, ..Self::default() };
        ledger.publish();
        Ok(ledger)
    }
}
