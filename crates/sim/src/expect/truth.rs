//! Statements that need the truth of the borders: who left, who may be there, which wave was alarmed, and what the story itself must be.

use super::check::{Checker, covers, outside, reached, words};
use super::{Amount, SeenEntry, Who, Within};
use skypicket_model::assessment::EntryState;
use skypicket_model::{Airspace, Permission, Span, Time};
use std::collections::{BTreeMap, BTreeSet};

/// An alarm may come before the crossing itself: whoever is about to enter is told of.
const BEFORE: Span = Span::from_s(300);

impl Checker<'_> {
    pub(super) fn leaves(&self, who: &Who, airspace: &str, within: Within) -> Vec<String> {
        let when = |name: &str| {
            let rows = self.rows(airspace).filter(|row| self.name(row.track) == Some(name));
            rows.filter_map(|row| row.left_at).max()
        };
        self.missing(
            who,
            |name| when(name).is_some_and(|t| covers(within, t)),
            |name| match when(name) {
                Some(t) => format!("{name} left {airspace} at {t}, wanted {}", words(within)),
                None => format!("{name} was not seen to leave {airspace}"),
            },
        )
    }

    pub(super) fn permitted(&self, who: &Who, airspace: &str, may: bool) -> Vec<String> {
        let wanted = |permission: &Permission| match permission {
            Permission::Permitted { .. } => may,
            Permission::NotPermitted => !may,
            Permission::Undetermined { .. } => false,
        };
        let fits = |name: &str| {
            let mut rows = self.rows(airspace).filter(|row| self.name(row.track) == Some(name)).peekable();
            rows.peek().is_some() && rows.all(|row| wanted(&row.permission))
        };
        let not = if may { "" } else { "not " };
        self.missing(who, fits, |name| format!("{name} was not judged {not}permitted in {airspace} throughout"))
    }

    pub(super) fn none_on_nothing(&self, airspace: &str, state: EntryState) -> Vec<String> {
        let none = |row: &&SeenEntry| self.name(row.track).is_none() && row.permission == Permission::NotPermitted;
        let rows = self.rows(airspace).filter(none);
        let found = rows.filter_map(|row| Some((row.track, reached(row, state)?)));
        found.map(|(track, t)| format!("track {track}, on no target, was in {airspace} as {state:?} at {t}")).collect()
    }

    fn airspace(&self, code: &str) -> Option<&Airspace> {
        self.outcome.airspaces.iter().find(|airspace| airspace.code == code)
    }

    /// Targets without flight plan that truly enter, with the time of the first entry.
    fn entering(&self, code: &str) -> BTreeMap<String, Time> {
        let mut first = BTreeMap::new();
        let airspaces: Vec<Airspace> = self.airspace(code).cloned().into_iter().collect();
        for entry in self.world.true_entries(&airspaces) {
            let planned = self.world.targets.iter().any(|t| t.name == entry.target && t.plan.is_some());
            if !entry.born_inside && !planned {
                first.entry(entry.target).or_insert(entry.entered);
            }
        }
        first
    }

    pub(super) fn every_wave_alarmed(&self, code: &str, within: Span) -> Vec<String> {
        let mut waves: BTreeMap<&str, Time> = BTreeMap::new();
        for (name, entered) in self.entering(code) {
            let target = self.world.targets.iter().find(|target| target.name == name);
            if let Some(wave) = target.and_then(|target| target.wave.as_deref()) {
                let first = waves.entry(wave).or_insert(entered);
                *first = (*first).min(entered);
            }
        }
        if waves.is_empty() {
            return vec![format!("no target of any wave enters {code}")];
        }
        let alarmed = |first: Time| self.outcome.alarms.iter().any(|t| *t >= first - BEFORE && *t <= first + within);
        let silent = waves.into_iter().filter(|(_, first)| !alarmed(*first));
        silent
            .map(|(wave, first)| format!("no alarm for the wave \"{wave}\", which first entered at {first}"))
            .collect()
    }

    pub(super) fn truly_enter(&self, code: &str, amount: Amount) -> Vec<String> {
        let names: BTreeSet<String> = self.entering(code).into_keys().collect();
        outside(amount, names.len(), &format!("targets truly enter {code}")).into_iter().collect()
    }

    pub(super) fn truly_near(&self, who: &Who, code: &str, from_m: f64, to_m: f64) -> Vec<String> {
        let Some(airspace) = self.airspace(code) else { return vec![format!("{code} is not watched")] };
        let mut failures = Vec::new();
        for target in self.world.targets.iter().filter(|target| who.means(&target.name)) {
            match self.world.nearest_m(target, airspace) {
                Some(m) if m >= from_m && m <= to_m => {}
                Some(m) => failures.push(format!("{} comes within {m:.0} m of {code}", target.name)),
                None => failures.push(format!("{} never comes near {code}", target.name)),
            }
        }
        failures
    }
}
