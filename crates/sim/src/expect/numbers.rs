//! Statements about counts and groups: how many, and which belong together.

use super::check::{Checker, outside, reached};
use super::{Amount, Counted, Who};
use skypicket_model::assessment::EntryState;
use skypicket_model::{Permission, Time, TrackId};
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    pub(super) fn counted(&self, counted: &Counted) -> Vec<String> {
        let Counted { airspace, referent, at, contains, width } = counted;
        let seen = self.outcome.counts.iter().filter(|seen| seen.airspace == *airspace && seen.referent == *referent);
        let Some(seen) = seen.filter(|seen| at.is_none_or(|at| seen.time <= at)).max_by_key(|seen| seen.time) else {
            return vec![format!("{airspace} had no count of {referent}")];
        };
        let (low, high) = seen.interval;
        let what = format!(
            "{airspace} counted {low} to {high} {referent}, most likely {}, at {}",
            seen.most_likely, seen.time
        );
        let mut failures = Vec::new();
        if *contains < low || *contains > high {
            failures.push(format!("{what}, which does not contain {contains}"));
        }
        if high - low > *width {
            failures.push(format!("{what}, wanted at most {width} wide"));
        }
        failures
    }

    pub(super) fn groups(&self, airspace: &str, amount: Amount) -> Vec<String> {
        let groups = self.outcome.groups.iter().filter(|group| group.airspace == airspace);
        outside(amount, groups.count(), &format!("groups into {airspace}")).into_iter().collect()
    }

    /// The least area told of any track of a target, as of a moment and at the end.
    pub(super) fn origin_wider(&self, who: &Who, at: Time) -> Vec<String> {
        // Of each track the region told last.
        let least = |name: &str, until: Time| {
            let told =
                self.outcome.origins.iter().filter(|told| told.time <= until && self.name(told.track) == Some(name));
            let last: BTreeMap<TrackId, f64> = told.map(|told| (told.track, told.area_km2)).collect();
            last.into_values().min_by(f64::total_cmp)
        };
        let then = |name: &str| least(name, at);
        let holds = |name: &str| least(name, Time::MAX).is_some_and(|end| then(name).is_none_or(|then| then > end));
        self.missing(who, holds, |name| {
            format!("origin of {name}: {:?} km² at {at}, {:?} at the end", then(name), least(name, Time::MAX))
        })
    }

    /// Tracks of waves with at least a likely entry, by the group that the picture holds them in, against the waves that they are of.
    pub(super) fn groups_agree(&self, least: f64) -> Vec<String> {
        let entered: BTreeSet<TrackId> = self
            .outcome
            .entries
            .iter()
            .filter(|row| row.permission == Permission::NotPermitted && reached(row, EntryState::Likely).is_some())
            .map(|row| row.track)
            .collect();
        let mut pairs = Vec::new();
        for track in entered {
            let target = self.identity.get(&track).and_then(|index| self.world.targets.get(*index));
            let Some(wave) = target.and_then(|target| target.wave.as_deref()) else { continue };
            let group = self.outcome.groups.iter().position(|group| group.tracks.contains(&track));
            // A track in no group is a group of its own.
            let group = group.map_or_else(|| format!("{track}"), |number| format!("group {number}"));
            pairs.push((group, wave.to_owned()));
        }
        let index = adjusted_rand(&pairs);
        let what = || format!("groups agree with waves to {index:.2} over {} tracks, wanted {least}", pairs.len());
        (pairs.is_empty() || index < least).then(what).into_iter().collect()
    }
}

/// How far two divisions of the same things agree beyond chance, 1 at best (Hubert and Arabie, J. Classif. 2 (1985) 193).
fn adjusted_rand(pairs: &[(String, String)]) -> f64 {
    let choose2 = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let (mut both, mut left, mut right) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (a, b) in pairs {
        *both.entry((a, b)).or_insert(0_usize) += 1;
        *left.entry(a).or_insert(0_usize) += 1;
        *right.entry(b).or_insert(0_usize) += 1;
    }
    let together: f64 = both.values().map(|n| choose2(*n)).sum();
    let (sum_left, sum_right) =
        (left.values().map(|n| choose2(*n)).sum::<f64>(), right.values().map(|n| choose2(*n)).sum::<f64>());
    let all = choose2(pairs.len());
    let expected = if all > 0.0 { sum_left * sum_right / all } else { 0.0 };
    let most = 0.5 * (sum_left + sum_right);
    // Both put everything into one, or everything apart: they agree.
    if (most - expected).abs() < 1e-12 { 1.0 } else { (together - expected) / (most - expected) }
}

#[cfg(test)]
mod tests {
    use super::adjusted_rand;

    fn pairs(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn agreement_beyond_chance_is_that_of_the_paper() {
        let same = [("a", "x"), ("a", "x"), ("b", "y"), ("b", "y"), ("c", "z")];
        assert!((adjusted_rand(&pairs(&same)) - 1.0).abs() < 1e-12);
        let mixed = [
            ("u1", "v1"),
            ("u1", "v2"),
            ("u2", "v1"),
            ("u2", "v2"),
            ("u2", "v2"),
            ("u2", "v3"),
            ("u3", "v3"),
            ("u3", "v3"),
            ("u3", "v3"),
            ("u3", "v3"),
        ];
        // Together: v2 in u2 1, v3 in u3 6: 7. Rows 1 + 6 + 6 = 13, columns 1 + 3 + 10 = 14, of 45 pairs.
        let wanted = (7.0 - 13.0 * 14.0 / 45.0) / (13.5 - 13.0 * 14.0 / 45.0);
        assert!((adjusted_rand(&pairs(&mixed)) - wanted).abs() < 1e-12);
        assert!(adjusted_rand(&pairs(&[("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")])) < 0.01);
    }
}
