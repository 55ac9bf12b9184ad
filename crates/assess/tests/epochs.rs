//! What an assessor of a changed site takes over from the one before.

mod support;

use std::collections::BTreeMap;

use skypicket_assess::{Assessor, Params, PermissionParams, Permissions, Renumbering};
use skypicket_model::{Airspace, AirspaceId, FeedId, Finding};
use support::{Story, Watch, country, shifted};

/// A site in which the country comes second.
fn with_another_first() -> Watch {
    let another = country();
    let corners = another.rings[0].points.iter().map(|corner| shifted(*corner, -2_000_000.0, 0.0)).collect();
    let rings = vec![skypicket_model::Ring { points: corners, ..another.rings[0].clone() }];
    let another = Airspace { code: "BBB".into(), name: "Another".into(), rings, ..another };
    let second = Airspace { id: AirspaceId(1), ..country() };
    let permissions = Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
    let assessor = Assessor::new(&Params::default(), &[another, second], permissions).expect("site stands");
    Watch { assessor, ..Watch::new() }
}

fn carry(from: &Watch, to: &mut Watch) {
    let mut state = Vec::new();
    from.assessor.encode(&mut state);
    let renumbering = Renumbering::new(
        &from.assessor.airspaces(),
        &to.assessor.airspaces(),
        BTreeMap::from([(FeedId(0), FeedId(0)), (FeedId(1), FeedId(1))]),
    );
    to.assessor = to.assessor.carried_over(&state, &renumbering).expect("the same layout");
}

#[test]
fn a_stay_goes_on_when_the_airspace_has_another_number() {
    let stories = [Story::drone(1, 4.5)];
    let mut whole = Watch::new();
    whole.run(&stories, 0, 400);
    let expected = whole.entry(1).expect("a row");

    let mut before = Watch::new();
    before.run(&stories, 0, 200);
    let entered_at = before.entry(1).expect("a row").entered_at;
    assert!(entered_at.is_some(), "it is inside when the site changes");
    let mut after = with_another_first();
    carry(&before, &mut after);
    let carried = after.entry(1).expect("the row was carried over");
    assert_eq!((carried.airspace, carried.entered_at), (AirspaceId(1), entered_at));
    after.run(&stories, 200, 400);

    let rows = after.assessor.entries();
    assert_eq!(rows.len(), 1, "one stay, one row");
    let entry = after.entry(1).expect("a row");
    assert_eq!(entry.entered_at, expected.entered_at);
    assert_eq!((entry.depth_m, entry.inside_for, entry.state), (expected.depth_m, expected.inside_for, expected.state));
    let (one, two) = (whole.assessor.incidents(), after.assessor.incidents());
    assert_eq!((one[0].id, one[0].opened, one[0].log.len()), (two[0].id, two[0].opened, two[0].log.len()));
    assert_eq!(before.alarms().len() + after.alarms().len(), whole.alarms().len(), "no alarm twice, none lost");
}

#[test]
fn what_concerned_an_airspace_that_is_gone_is_kept_and_names_none() {
    let mut before = Watch::new();
    before.run(&[Story::drone(1, 4.5)], 0, 300);
    let mut after = Watch::new();
    let mut state = Vec::new();
    before.assessor.encode(&mut state);
    let nothing = Renumbering::new(&before.assessor.airspaces(), &[], BTreeMap::new());
    after.assessor = after.assessor.carried_over(&state, &nothing).expect("the same layout");
    let incidents = after.assessor.incidents();
    assert_eq!(incidents.len(), 1, "an open incident is not dropped by a change of config");
    let about = &incidents[0].assessments[0].finding;
    assert!(matches!(about, Finding::AirspaceEntry(entry) if entry.airspace.is_gone() && entry.over), "{about:?}");
}

#[test]
fn a_state_of_another_layout_is_refused() {
    let mut watch = Watch::new();
    watch.run(&[Story::drone(1, 4.5)], 0, 300);
    let mut state = Vec::new();
    watch.assessor.encode(&mut state);
    let same = Renumbering::new(&watch.assessor.airspaces(), &watch.assessor.airspaces(), BTreeMap::new());
    assert!(watch.assessor.carried_over(&state, &same).is_ok());
    state.push(0);
    assert!(watch.assessor.carried_over(&state, &same).is_err(), "something is left over");
    assert!(watch.assessor.carried_over(&[], &same).is_err());
}
