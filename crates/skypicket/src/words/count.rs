//! Counts and groups. A count always carries what it is of, its area and its moment.

use skypicket_model::{Count, CountBasis, GroupChange, Referent, Subject, Time};

use super::{clock, counted, percent};

/// What is counted, for people.
#[must_use]
pub const fn referent(referent: Referent) -> &'static str {
    match referent {
        Referent::ObjectsEntered => "objects entered",
        Referent::InsideNow => "inside now",
        Referent::ReportedShotDown => "reported shot down",
        Referent::Wrecks => "wrecks",
        Referent::WrecksNoDrones => "wrecks not of drones",
    }
}

/// `objects entered: 17–23, most likely 19; Poland, as of 2025-09-09 23:00Z`.
#[must_use]
pub fn count(count: &Count, what: Referent, area: &str) -> String {
    let Some(told) = count.of(what) else { return String::new() };
    let (from, until) = told.interval(0.9);
    let most = told.most_likely();
    let numbers = if from == until { format!("{from}") } else { format!("{from}–{until}, most likely {most}") };
    format!("{}: {numbers}; {area}, as of {}", referent(what), moment(count.as_of))
}

fn moment(time: Time) -> String {
    let full = time.to_string();
    let day = full.get(..10).unwrap_or_default();
    let clock = full.get(11..16).unwrap_or_default();
    format!("{day} {clock}Z")
}

/// What a count of entered objects rests on.
#[must_use]
pub fn count_basis(basis: &CountBasis) -> Vec<String> {
    let tracks = basis.tracks as usize;
    let mut said = vec![format!(
        "{} near or inside without permission and {} weighed",
        counted(tracks, "track"),
        counted(basis.reports as usize, "report")
    )];
    let expect = |n: f64, what: &str| (n >= 0.05).then(|| format!("about {n:.1} {what}"));
    said.extend(expect(basis.not_entered, "of these tracks are of no object, or of one that did not enter"));
    said.extend(expect(basis.stitched, "of these tracks go on an earlier one of the same object"));
    said.extend(expect(basis.only_reported, "objects are known from reports only"));
    said.extend(expect(basis.missed, "objects entered that neither a track nor a report tells of"));
    said.push(format!(
        "an object that enters is tracked with {} (standard deviation {:.1} %)",
        percent(basis.tracked_share),
        100.0 * basis.tracked_share_sigma
    ));
    if basis.cut {
        said.push(
            "there are more tracks or reports than could be weighed: the least probable were left out".to_owned(),
        );
    }
    said
}

/// A step of a group's history; `label` names a track.
#[must_use]
pub fn group_change(change: GroupChange, label: impl Fn(&Subject) -> String) -> String {
    match change {
        GroupChange::Formed => "found".to_owned(),
        GroupChange::Joined(id) => format!("{} joined", label(&Subject::Track(id))),
        GroupChange::Left(id) => format!("{} is no longer held part of it", label(&Subject::Track(id))),
        GroupChange::Took(number) => format!("group G{number} is now held part of it"),
        GroupChange::SplitFrom(number) => format!("was held part of group G{number} before"),
    }
}

/// A group in a few words.
#[must_use]
pub fn group_title(number: u32, objects: u32, area: &str, first: Time, last: Time) -> String {
    let n = objects as usize;
    format!("G{number}: {} into {area}, {} to {}", counted(n, "object"), clock(first), clock(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::{AirspaceId, CountDistribution, Reality};

    #[test]
    fn a_count_says_of_what_where_and_when() {
        let as_of = Time::parse("2025-09-09T23:00:00Z").expect("a time");
        let mut draws = vec![0; 24];
        for (n, often) in [(17, 10), (18, 20), (19, 40), (20, 20), (21, 10)] {
            draws[n] = often;
        }
        let told = Count {
            area: AirspaceId(0),
            reality: Reality::Live,
            since: as_of,
            as_of,
            distributions: vec![CountDistribution::from_draws(&draws), CountDistribution::from_draws(&[10])],
            basis: CountBasis::default(),
        };
        let entered = "objects entered: 17–20, most likely 19; Poland, as of 2025-09-09 23:00Z";
        assert_eq!(count(&told, Referent::ObjectsEntered, "Poland"), entered);
        assert_eq!(count(&told, Referent::InsideNow, "Poland"), "inside now: 0; Poland, as of 2025-09-09 23:00Z");
        assert_eq!(count(&told, Referent::Wrecks, "Poland"), "");
    }
}
