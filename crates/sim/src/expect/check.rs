//! Holding an outcome against what a scenario expects.

use super::matching::{identities, metrics};
use super::{Amount, Expectations, Outcome, SeenEntry, Statement, Who, Within};
use crate::target::TrueEntry;
use crate::world::World;
use core::fmt;
use skypicket_model::assessment::EntryState;
use skypicket_model::{Permission, Span, Time, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// A statement that did not come true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its line in the scenario.
    pub line: usize,
    /// What was seen instead.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Everything that was expected and not seen, or seen and not expected, in order of the statements.
#[must_use]
pub fn check(expectations: &Expectations, world: &World, outcome: &Outcome) -> Vec<Failure> {
    let checker = Checker { world, outcome, identity: identities(world, outcome) };
    let mut failures = Vec::new();
    for (line, statement) in &expectations.statements {
        failures.extend(checker.statement(statement).into_iter().map(|what| Failure { line: *line, what }));
    }
    failures
}

pub(super) struct Checker<'a> {
    pub(super) world: &'a World,
    pub(super) outcome: &'a Outcome,
    pub(super) identity: BTreeMap<TrackId, usize>,
}

impl Checker<'_> {
    fn statement(&self, statement: &Statement) -> Vec<String> {
        match statement {
            Statement::Enters { who, airspace, state, within } => self.enters(who, airspace, *state, *within),
            Statement::NeverEnters { who, airspace, state } => self.never(who, airspace, *state),
            Statement::Entries { airspace, state, amount } => self.entries(airspace, *state, *amount),
            Statement::Leaves { who, airspace, within } => self.leaves(who, airspace, *within),
            Statement::Permitted { who, airspace, may } => self.permitted(who, airspace, *may),
            Statement::NoneOnNothing { airspace, state } => self.none_on_nothing(airspace, *state),
            Statement::EveryWaveAlarmed { airspace, within } => self.every_wave_alarmed(airspace, *within),
            Statement::Counted(counted) => self.counted(counted),
            Statement::Groups { airspace, amount } => self.groups(airspace, *amount),
            Statement::GroupsAgree(least) => self.groups_agree(*least),
            Statement::OriginWider { who, at } => self.origin_wider(who, *at),
            Statement::TrulyEnter { airspace, amount } => self.truly_enter(airspace, *amount),
            Statement::TrulyNear { who, airspace, from_m, to_m } => self.truly_near(who, airspace, *from_m, *to_m),
            Statement::EntryTimes { share, within } => self.entry_times(*share, *within),
            Statement::Incidents(amount) => {
                let what = format!("incidents ({})", self.incidents_in_words());
                outside(*amount, self.outcome.incidents.len(), &what).into_iter().collect()
            }
            Statement::NoIncident(who) => self.no_incident(who),
            Statement::InIncident(who) => self.in_incident(who),
            Statement::IncidentsOnTargets { near_m, but } => {
                let failures = self.incidents_on_targets(*near_m);
                if failures.len() > *but { failures } else { Vec::new() }
            }
            Statement::Alarms { most, within } => self.alarms(*most, *within),
            Statement::Matched { share, within } => {
                let metrics = metrics(self.world, self.outcome, within.from, within.until);
                let enough = metrics.moments > 0 && metrics.share() >= *share;
                let what = || {
                    format!(
                        "{:.1} % of the observable targets were held over {} moments ({:.1} held, {:.1} missed), wanted {:.1} %",
                        100.0 * metrics.share(),
                        metrics.moments,
                        metrics.matched,
                        metrics.missed,
                        100.0 * share
                    )
                };
                (!enough).then(what).into_iter().collect()
            }
            Statement::FalseTracks(most) => {
                let metrics = metrics(self.world, self.outcome, self.world.begin, self.world.end);
                let what = || format!("{:.2} tracks on no target on average, wanted at most {most}", metrics.spurious);
                (metrics.moments == 0 || metrics.spurious > *most).then(what).into_iter().collect()
            }
            Statement::Silent { feed, within } => {
                let told = self.outcome.silences.iter().any(|(name, t)| name == feed && covers(*within, *t));
                let what = || format!("feed {feed} was not reported silent {}", words(*within));
                (!told).then(what).into_iter().collect()
            }
            Statement::Emergency { code, who, within } => {
                let told = |name: &str| {
                    self.outcome
                        .emergencies
                        .iter()
                        .any(|(track, seen, t)| seen == code && self.name(*track) == Some(name) && covers(*within, *t))
                };
                self.missing(who, told, |name| format!("{name}: {code} was not reported {}", words(*within)))
            }
            Statement::Interferences(amount) => self.interferences(*amount),
            Statement::Interference { over, within } => self.interference(*over, *within),
            Statement::Navigation { who, state, within } => self.navigation(who, *state, *within),
            Statement::NavigationNeverBad(who) => self.navigation_never_bad(who),
        }
    }

    pub(super) fn name(&self, track: TrackId) -> Option<&str> {
        let index = self.identity.get(&track)?;
        self.world.targets.get(*index).map(|target| target.name.as_str())
    }

    /// A message for each of the targets for which something does not hold.
    pub(super) fn missing(
        &self,
        who: &Who,
        holds: impl Fn(&str) -> bool,
        what: impl Fn(&str) -> String,
    ) -> Vec<String> {
        let names = self.world.targets.iter().map(|target| target.name.as_str()).filter(|name| who.means(name));
        names.filter(|name| !holds(name)).map(what).collect()
    }

    pub(super) fn rows<'s>(&'s self, airspace: &'s str) -> impl Iterator<Item = &'s SeenEntry> {
        self.outcome.entries.iter().filter(move |entry| entry.airspace == airspace)
    }

    fn enters(&self, who: &Who, airspace: &str, state: EntryState, within: Within) -> Vec<String> {
        let when = |name: &str| {
            self.rows(airspace)
                .filter(|row| self.name(row.track) == Some(name))
                .filter_map(|row| reached(row, state))
                .min()
        };
        self.missing(
            who,
            |name| when(name).is_some_and(|t| covers(within, t)),
            |name| match when(name) {
                Some(t) => format!("{name} was in {airspace} as {state:?} at {t}, wanted {}", words(within)),
                None => {
                    let best = self.rows(airspace).filter(|row| self.name(row.track) == Some(name));
                    let best = best.filter_map(|row| row.reached.iter().map(|(s, _)| *s).max()).max();
                    let best = best.map_or_else(|| "no row".to_owned(), |state| format!("{state:?} at most"));
                    format!("{name} never entered {airspace} as {state:?} ({best})")
                }
            },
        )
    }

    fn never(&self, who: &Who, airspace: &str, state: EntryState) -> Vec<String> {
        let mut failures = Vec::new();
        for row in self.rows(airspace) {
            let Some(name) = self.name(row.track).filter(|name| who.means(name)) else { continue };
            if let Some(t) = reached(row, state) {
                failures.push(format!("{name} (track {}) was in {airspace} as {state:?} at {t}", row.track));
            }
        }
        failures
    }

    fn entries(&self, airspace: &str, state: EntryState, amount: Amount) -> Vec<String> {
        let tracks: BTreeSet<TrackId> = self
            .rows(airspace)
            .filter(|row| row.permission == Permission::NotPermitted && reached(row, state).is_some())
            .map(|row| row.track)
            .collect();
        let what = format!("tracks without permission in {airspace} as {state:?}");
        outside(amount, tracks.len(), &what).into_iter().collect()
    }

    fn entry_times(&self, share: f64, within: Span) -> Vec<String> {
        let planned = |name: &str| self.world.targets.iter().any(|t| t.name == name && t.plan.is_some());
        let truth: Vec<TrueEntry> = self
            .world
            .true_entries(&self.outcome.airspaces)
            .into_iter()
            .filter(|entry| !entry.born_inside && !planned(&entry.target))
            .collect();
        let near = |entry: &TrueEntry| {
            self.rows(&entry.airspace).any(|row| {
                self.name(row.track) == Some(entry.target.as_str())
                    && row.entered_at.is_some_and(|t| (t - entry.entered).abs() <= within)
            })
        };
        let found = truth.iter().filter(|entry| near(entry)).count();
        if truth.is_empty() {
            return vec!["there is no true entry to compare with".to_owned()];
        }
        let got = found as f64 / truth.len() as f64;
        let what = || {
            format!(
                "{found} of {} entry times within {} s of the truth, wanted {:.0} %",
                truth.len(),
                within.s(),
                100.0 * share
            )
        };
        (got < share).then(what).into_iter().collect()
    }

    /// When each incident was opened and with which targets, for people who look for the reason of a failure.
    fn incidents_in_words(&self) -> String {
        let words = self.outcome.incidents.iter().map(|incident| {
            let names: BTreeSet<&str> = incident.tracks.iter().map(|t| self.name(*t).unwrap_or("no target")).collect();
            format!("{}: {}", incident.opened, names.into_iter().collect::<Vec<_>>().join(", "))
        });
        words.collect::<Vec<_>>().join("; ")
    }

    fn no_incident(&self, who: &Who) -> Vec<String> {
        let named = |track: &TrackId| self.name(*track).filter(|name| who.means(name));
        let incidents = self.outcome.incidents.iter();
        let found =
            incidents.flat_map(|incident| incident.tracks.iter().filter_map(named).map(move |name| (incident, name)));
        found.map(|(incident, name)| format!("{name} is in the incident opened at {}", incident.opened)).collect()
    }

    fn in_incident(&self, who: &Who) -> Vec<String> {
        let tracks = || self.outcome.incidents.iter().flat_map(|incident| &incident.tracks);
        let holds = |name: &str| tracks().any(|track| self.name(*track) == Some(name));
        self.missing(who, holds, |name| format!("{name} is in no incident"))
    }

    /// A track that is on nothing must not wake anybody.
    fn incidents_on_targets(&self, near_m: f64) -> Vec<String> {
        let mut failures = Vec::new();
        for incident in &self.outcome.incidents {
            for seen in &incident.places {
                let truth = self.world.truth(seen.time);
                let nearest_m = truth
                    .map(|truth| truth.motion.place.lat_lon().rough_distance_m(seen.place))
                    .min_by(f64::total_cmp)
                    .unwrap_or(f64::INFINITY);
                if nearest_m > near_m {
                    failures.push(format!(
                        "track {} came into the incident opened at {} at {}, {:.1} km from the nearest target, wanted {:.1} km",
                        seen.track,
                        incident.opened,
                        seen.time,
                        nearest_m / 1000.0,
                        near_m / 1000.0
                    ));
                }
            }
        }
        failures
    }

    fn alarms(&self, most: usize, within: Span) -> Vec<String> {
        let mut alarms: Vec<Time> = self.outcome.alarms.clone();
        alarms.sort_unstable();
        let busiest = alarms.iter().map(|from| {
            let count = alarms.iter().filter(|t| **t >= *from && **t < *from + within).count();
            (count, core::cmp::Reverse(*from))
        });
        match busiest.max() {
            Some((count, core::cmp::Reverse(from))) if count > most => {
                vec![format!("{count} alarms in the {} s from {from}, wanted at most {most}", within.s())]
            }
            _ => Vec::new(),
        }
    }
}

/// When a row first reached at least a state.
pub(super) fn reached(row: &SeenEntry, state: EntryState) -> Option<Time> {
    row.reached.iter().filter(|(seen, _)| *seen >= state).map(|(_, t)| *t).min()
}

pub(super) fn covers(within: Within, t: Time) -> bool {
    t >= within.from && t <= within.until
}

pub(super) fn words(within: Within) -> String {
    format!("between {} and {}", within.from, within.until)
}

pub(super) fn outside(amount: Amount, got: usize, what: &str) -> Option<String> {
    let fits = got >= amount.least && got <= amount.most;
    let most = if amount.most == usize::MAX { "any number".to_owned() } else { amount.most.to_string() };
    (!fits).then(|| format!("{got} {what}, wanted {} to {most}", amount.least))
}
