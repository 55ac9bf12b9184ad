//! Groups, stitching and counts: of drawn raids, of nights with a known number of objects, and live behind the detectors.

mod counted_nights;
mod support;

use counted_nights::Night;
use counted_nights::raids::{Raid, adjusted_rand_index, heuristic};
use skypicket_assess::count::estimate;
use skypicket_assess::groups::mixture::Features;
use skypicket_assess::groups::partition::{joins, partition};
use skypicket_assess::permission::RuleParams;
use skypicket_assess::{Params, PermissionParams, TickView};
use skypicket_model::{
    Address, Canon, GroundReport, GroundReportKind, GroundReportRecord, GroupChange, Reality, Referent, ReportedCause,
    ReportedObject, Track, TrackId,
};
use support::{Story, Watch, at, shifted};

#[test]
fn five_waves_are_found_among_a_hundred_tracks_of_which_a_fifth_is_false() {
    let (mut sum, mut by_limits) = (0.0, 0.0);
    for seed in 1..=5 {
        let raid = Raid::draw(seed, 100, 0.2, 1.0, 75.0);
        let flights: Vec<Features> = raid.flights.iter().map(|(flight, _)| *flight).collect();
        let truth: Vec<usize> = raid.flights.iter().map(|(_, wave)| *wave).collect();
        let groups = partition(&flights, &[]);
        let score = adjusted_rand_index(&truth, &groups);
        assert!(score >= 0.9, "seed {seed}: {score}");
        assert_eq!(partition(&flights, &[]), groups, "no chance in it");
        sum += score;
        by_limits += adjusted_rand_index(&truth, &heuristic(&flights));
        // One of the largest group belongs there rather than alone; what flies the other way does not.
        let members: Vec<Features> =
            flights.iter().zip(&truth).filter(|(_, wave)| **wave == 0).map(|(flight, _)| *flight).collect();
        assert!(joins(&members[1..], &members[0]) > 0.0);
        let back = Features { course_rad: members[0].course_rad + 3.1, ..members[0] };
        assert!(joins(&members[1..], &back) < 0.0);
    }
    assert!(sum > by_limits, "better than fixed limits: {sum} against {by_limits}");
}

#[test]
fn counts_hold_the_truth_nearly_as_often_as_they_say() {
    let (mut held, mut width) = (0, 0);
    let nights = 24;
    for seed in 900..900 + nights {
        let night = Night::draw(seed, 1.3, false);
        let told = estimate(&night.given());
        assert_eq!(told, estimate(&night.given()), "the same content, the same count");
        let (low, high) = told.distributions[Referent::ObjectsEntered as usize].interval(0.9);
        held += u32::from((low..=high).contains(&night.truth[0]));
        width += high - low;
    }
    assert!(held >= 18, "of {nights} nights {held} are held");
    assert!(width <= 6 * nights as u32, "{width}");
}

fn tick(watch: &mut Watch, seconds: f64, stories: &[Story], reports: &[GroundReportRecord]) {
    let mut tracks: Vec<Track> =
        stories.iter().filter(|story| story.lives(seconds)).map(|story| story.track(seconds, (0.0, 0.0))).collect();
    tally(watch, seconds, &mut tracks, reports);
}

/// Tracks of a second, and what is reported from the ground.
fn tally(watch: &mut Watch, seconds: f64, tracks: &mut Vec<Track>, reports: &[GroundReportRecord]) {
    watch.tick(seconds, tracks);
    let view = TickView {
        now: at(seconds),
        tracks,
        sensors: &[],
        described: &[],
        listening_since: None,
        ways: skypicket_model::WaysOf::default(),
    };
    watch.assessor.tally(&view, reports);
}

/// Drones that cross one after another.
fn wave(first_id: u64, count: u64, first_at_s: f64) -> Vec<Story> {
    (0..count)
        .map(|i| {
            let story = Story::drone(first_id + i, 4.5);
            // Each begins 4.5 km before the border.
            let from = shifted(story.from, 45.0 * 60.0 * i as f64, 4000.0 * i as f64);
            Story { from, life_s: (first_at_s + 60.0 * i as f64, f64::INFINITY), ..story }
        })
        .collect()
}

fn wreck(lat_deg: f64, lon_deg: f64) -> GroundReportRecord {
    let report = GroundReport {
        kind: GroundReportKind::Wreck,
        place: skypicket_model::LatLon { lat_deg, lon_deg },
        radius_90_m: 500.0,
        from: at(0.0),
        until: at(1500.0),
        object: ReportedObject::Drone,
        confidence: 0.99,
        cause: ReportedCause::NotStated,
        cause_confidence: 0.0,
        track: None,
        source: "the fire service".into(),
        text: String::new(),
    };
    GroundReportRecord::filed(1, report, "A. Nowak", at(1500.0))
}

#[test]
fn what_crosses_together_is_a_group_and_a_count_and_a_wreck_far_from_all_is_one_more() {
    let mut watch = Watch::new();
    let stories = wave(1, 5, 0.0);
    for second in 0..1501 {
        tick(&mut watch, f64::from(second), &stories, &[]);
    }
    let groups = watch.assessor.groups();
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert_eq!((groups[0].number, groups[0].objects, groups[0].members.len()), (1, 5, 5));
    assert_eq!(groups[0].members[0], TrackId(1), "in the order of crossing");
    assert_eq!(groups[0].history[0].what, GroupChange::Formed);
    assert!(groups[0].history.iter().any(|step| matches!(step.what, GroupChange::Joined(_))));
    assert!(groups[0].cohesion > 0.0);
    let counts = watch.assessor.counts();
    let entered = counts[0].of(Referent::ObjectsEntered).expect("a count");
    let (low, high) = entered.interval(0.9);
    assert!(low == 5 && (5..=7).contains(&high), "{entered:?}");
    assert_eq!(entered.most_likely(), 5);
    let inside = counts[0].of(Referent::InsideNow).expect("a count");
    assert_eq!(inside.most_likely(), 5);

    let report = [wreck(50.3, 20.4)];
    for second in 1501..1532 {
        tick(&mut watch, f64::from(second), &stories, &report);
    }
    let counts = watch.assessor.counts();
    let more = counts[0].of(Referent::ObjectsEntered).expect("a count");
    assert!(more.mean() > entered.mean() + 0.4, "{} after {}", more.mean(), entered.mean());
    assert_eq!(counts[0].of(Referent::Wrecks).map(skypicket_model::count::CountDistribution::most_likely), Some(1));

    // State goes on in an assessor that is restored, to the same count.
    let mut state = Vec::new();
    watch.assessor.encode(&mut state);
    let mut reader = skypicket_model::Reader::new(&state);
    let restored = watch.assessor.restored(&mut reader).expect("its own state");
    assert_eq!(reader.remaining(), 0);
    assert_eq!((restored.groups(), restored.counts()), (watch.assessor.groups(), watch.assessor.counts()));
    assert!(restored.counts()[0].to_canon() == counts[0].to_canon());
}

#[test]
fn a_group_that_turns_out_to_be_permitted_is_none_and_no_count() {
    let own = RuleParams { name: "own".into(), address: vec!["48AE00-48AEFF".into()], ..RuleParams::default() };
    let permission = PermissionParams { rule: vec![own], ..PermissionParams::default() };
    let mut watch = Watch::with(&Params::default(), &permission, vec![]);
    let unknown = wave(1, 3, 0.0);
    for second in 0..901 {
        tick(&mut watch, f64::from(second), &unknown, &[]);
    }
    assert_eq!(watch.assessor.groups().len(), 1);
    let entered = |watch: &Watch| watch.assessor.counts()[0].of(Referent::ObjectsEntered).expect("a count").mean();
    assert!(entered(&watch) > 2.9);
    // All say who they are: the state's own.
    let named: Vec<Story> = unknown
        .iter()
        .map(|story| Story { address: Some(Address::icao(0x48_ae00 + story.id as u32)), ..story.clone() })
        .collect();
    for second in 901..1001 {
        tick(&mut watch, f64::from(second), &named, &[]);
    }
    assert!(watch.assessor.groups().is_empty(), "{:?}", watch.assessor.groups());
    assert!(entered(&watch) < 0.5, "{}", entered(&watch));
}

#[test]
fn reports_count_in_the_world_that_they_are_of_and_in_no_other() {
    let mut watch = Watch::new();
    let live = wave(1, 1, 0.0);
    let report = [wreck(50.3, 20.4)];
    for second in 0..901 {
        let seconds = f64::from(second);
        let simulated = Story { from: shifted(live[0].from, 0.0, 30_000.0), ..Story::drone(9, 4.5) };
        let mut tracks = vec![live[0].track(seconds, (0.0, 0.0)), simulated.track(seconds, (0.0, 0.0))];
        tracks[1].reality = Reality::Simulated;
        tally(&mut watch, seconds, &mut tracks, &report);
    }
    let wrecks: Vec<(Reality, u32)> = watch
        .assessor
        .counts()
        .iter()
        .map(|count| (count.reality, count.of(Referent::Wrecks).expect("a count").most_likely()))
        .collect();
    assert_eq!(wrecks, [(Reality::Live, 1), (Reality::Simulated, 0)]);
}

#[test]
fn a_drone_lost_and_found_again_is_one() {
    let mut watch = Watch::new();
    let first = Story::drone(1, 4.5);
    let until_s = 600.0;
    let gone = Story { life_s: (0.0, until_s), ..first.clone() };
    // Ninety seconds later, where it would be.
    let from = shifted(first.from, first.east_m_s * (until_s + 90.0), 0.0);
    let again = Story { id: 2, from, life_s: (until_s + 90.0, f64::INFINITY), ..first };
    let stories = [gone, again];
    for second in 0..1201 {
        tick(&mut watch, f64::from(second), &stories, &[]);
    }
    let counts = watch.assessor.counts();
    let entered = counts[0].of(Referent::ObjectsEntered).expect("a count");
    assert_eq!(entered.most_likely(), 1, "{entered:?}");
    assert!(counts[0].basis.stitched > 0.8, "{:?}", counts[0].basis);
    assert!(watch.assessor.groups().is_empty(), "one object is no group");
}
