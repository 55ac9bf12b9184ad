//! The ledger: the latest assessment of every track and watched airspace that came near it.

use std::collections::BTreeMap;
use std::sync::Arc;

use skypicket_model::{AirspaceId, Assessment, Finding, Permission, Span, Subject, Time};

/// Rows kept; settled ones that are over go first, then the oldest.
const MAX_ROWS: usize = 10_000;
/// How long a row is kept after its last word: what was permitted, and everything else.
const KEEP_SETTLED: Span = Span::from_s(900);
const KEEP: Span = Span::from_s(86_400);

/// When a row was opened, what it is about, and which airspace.
type Key = (Time, Subject, AirspaceId);

/// All rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    rows: BTreeMap<Key, Assessment>,
    shown: Arc<Vec<Assessment>>,
    changed: bool,
}

impl Ledger {
    /// Writes a row anew.
    pub(crate) fn write(&mut self, opened: Time, airspace: AirspaceId, assessment: &Assessment) {
        self.rows.insert((opened, assessment.subject, airspace), assessment.clone());
        self.changed = true;
    }

    /// Forgets what is old and publishes what is left, oldest first.
    pub(crate) fn tick(&mut self, now: Time) {
        let before = self.rows.len();
        self.rows.retain(|_, row| {
            let keep = if is_settled(row) { KEEP_SETTLED } else { KEEP };
            now - row.time <= keep
        });
        while self.rows.len() > MAX_ROWS {
            let settled = self.rows.iter().find(|(_, row)| is_settled(row)).map(|(key, _)| *key);
            let Some(key) = settled.or_else(|| self.rows.keys().next().copied()) else { break };
            self.rows.remove(&key);
        }
        self.changed |= self.rows.len() != before;
        self.publish();
    }

    fn publish(&mut self) {
        if self.changed {
            self.shown = Arc::new(self.rows.values().cloned().collect());
            self.changed = false;
        }
    }

    /// All rows, oldest first.
    pub(crate) fn shown(&self) -> Arc<Vec<Assessment>> {
        Arc::clone(&self.shown)
    }
}

fn is_settled(row: &Assessment) -> bool {
    matches!(&row.finding, Finding::AirspaceEntry(entry) if matches!(entry.permission, Permission::Permitted { .. }))
}

impl skypicket_model::Canon for Ledger {
    fn encode(&self, out: &mut Vec<u8>) {
        self.rows.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        let mut ledger =
            Self { rows: skypicket_model::Canon::decode(reader)?, shown: Arc::new(Vec::new()), changed: true };
        ledger.publish();
        Ok(ledger)
    }
}
