//! What a track must be before anybody is woken, and what becomes of its row when it is held no more.

mod support;

use skypicket_assess::{AssessEvent, Params};
use skypicket_model::assessment::{Entry, EntryState};
use skypicket_model::{Finding, Reason, Severity, Track};
use support::{Story, Watch, at, place};

/// A track inside that was measured at these seconds and is shown at each second from the last but one on, for as long as a tracker
/// coasts.
fn measured_at(seconds: f64, plots: &[f64]) -> Option<Track> {
    let so_far: Vec<f64> = plots.iter().copied().filter(|plot| *plot <= seconds).collect();
    let (first, last) = (*so_far.first()?, *so_far.last()?);
    if so_far.len() < 2 || seconds - last > 26.0 {
        return None;
    }
    let mut track = Story::drone(1, -30.0).track(seconds, (0.0, 0.0));
    track.born = at(first);
    track.updated = at(last);
    track.updates = so_far.len() as u32;
    track.lines.truncate(1);
    track.lines.iter_mut().for_each(|line| (line.first, line.last) = (at(first), at(last)));
    Some(track)
}

fn watch_plots(plots: &[f64]) -> Watch {
    let mut watch = Watch::new();
    for second in 0..150 {
        watch.tick(f64::from(second), &mut measured_at(f64::from(second), plots).into_iter().collect());
    }
    watch
}

/// The highest state that was ever told.
fn highest(watch: &Watch) -> Option<EntryState> {
    let states = watch.events.iter().filter_map(|(_, event)| match event {
        AssessEvent::Assessment(assessment) => match &assessment.finding {
            Finding::AirspaceEntry(entry) => Some(entry.state),
            _ => None,
        },
        AssessEvent::Incident(_) => None,
    });
    states.max()
}

#[test]
fn a_track_of_two_plots_that_coasts_on_is_no_entry() {
    let watch = watch_plots(&[0.0, 37.0]);
    assert_eq!(highest(&watch), None);
    assert!(watch.assessor.incidents().is_empty() && watch.alarms().is_empty());
    assert!(watch.entry(1).is_none(), "near and gone: no row");
}

#[test]
fn a_track_of_three_plots_is_possible_at_most_and_makes_no_sound() {
    let watch = watch_plots(&[0.0, 12.0, 36.0]);
    assert_eq!(highest(&watch), Some(EntryState::Possible));
    assert!(watch.alarms().is_empty());
    let reasons = watch.row(1).expect("row").reasons;
    assert!(
        reasons.iter().any(|reason| matches!(reason, Reason::Immature { updates: 2, updates_needed: 4, .. })),
        "{reasons:?}"
    );
}

#[test]
fn a_slow_radar_s_track_is_likely_after_five_turns() {
    let watch = watch_plots(&[0.0, 12.0, 24.0, 36.0, 48.0, 60.0, 72.0, 84.0, 96.0, 108.0, 120.0, 132.0, 144.0]);
    assert_eq!(highest(&watch), Some(EntryState::Likely));
    let told = watch.alarms();
    assert_eq!(told.len(), 1);
    assert!((36.0..61.0).contains(&told[0]), "{told:?}");
}

#[test]
fn plots_that_come_once_in_a_while_are_no_entry() {
    // What a filter makes of clutter: one plot in two minutes, for an hour.
    let mut watch = Watch::new();
    for second in 0..3600 {
        let seconds = f64::from(second);
        let last = (seconds / 150.0).floor() * 150.0;
        if seconds - last > 26.0 {
            watch.tick(seconds, &mut vec![]);
            continue;
        }
        let mut track = Story::drone(1, -200.0).track(seconds, (0.0, 0.0));
        track.position = Story::drone(1, -200.0).track(0.0, (0.0, 0.0)).position;
        (track.born, track.updated, track.updates) = (at(0.0), at(last), 1 + (last / 150.0) as u32);
        track.lines.iter_mut().for_each(|line| line.last = at(last));
        watch.tick(seconds, &mut vec![track]);
    }
    assert_eq!(highest(&watch), None);
    assert!(watch.assessor.incidents().is_empty());
}

#[test]
fn without_a_line_of_evidence_an_entry_is_possible_at_most() {
    let mut watch = Watch::new();
    let of_unknown_origin = Story { lines: vec![], ..Story::drone(1, 4.5) };
    watch.run(&[of_unknown_origin], 0, 400);
    let row = watch.row(1).expect("row");
    assert_eq!(watch.entry(1).expect("row").state, EntryState::Possible);
    assert!(row.reasons.iter().any(|reason| matches!(reason, Reason::Lines { count: 0, .. })), "{:?}", row.reasons);
    assert!(watch.alarms().is_empty());
}

#[test]
fn two_plots_announce_nothing_and_a_track_of_four_does() {
    let announced = |plots: &[f64]| {
        let mut watch = Watch::new();
        for second in 0..60 {
            let seconds = f64::from(second);
            let outside = Story::drone(1, 9.0).track(seconds, (0.0, 0.0));
            let track = measured_at(seconds, plots).map(|track| Track { position: outside.position, ..track });
            watch.tick(seconds, &mut track.into_iter().collect());
        }
        watch.assessor.incidents().len()
    };
    assert_eq!(announced(&[0.0, 37.0]), 0);
    assert_eq!(announced(&[0.0, 12.0, 24.0, 36.0, 48.0]), 1);
}

fn rows(watch: &Watch) -> Vec<Entry> {
    let rows = watch.assessor.entries();
    let entries = rows.iter().filter_map(|row| match &row.finding {
        Finding::AirspaceEntry(entry) => Some(entry.clone()),
        _ => None,
    });
    entries.collect()
}

#[test]
fn a_track_that_drops_out_and_comes_back_goes_on_in_its_row() {
    let mut watch = Watch::new();
    let drone = Story::drone(1, 9.0); // at the border after 200 s
    watch.run(std::slice::from_ref(&drone), 0, 250);
    let before = watch.entry(1).expect("row");
    for second in 250..340 {
        watch.tick(f64::from(second), &mut vec![]);
    }
    let lost = watch.entry(1).expect("row");
    assert_eq!((lost.lost_at, lost.over), (Some(at(246.0)), false), "last measured when it was last seen");
    assert_eq!(watch.row(1).expect("row").severity, Severity::Medium);
    watch.run(std::slice::from_ref(&drone), 340, 500);
    assert_eq!(rows(&watch).len(), 1, "{:#?}", rows(&watch));
    let back = watch.entry(1).expect("row");
    assert_eq!((back.lost_at, back.entered_at, back.state), (None, before.entered_at, EntryState::Established));
    // 90 s that nobody saw are no time inside, and break the stay. Measured inside from 200 to 246 s and from 340 to 498 s.
    assert!((back.inside_for.s() - 204.0).abs() <= 1.0, "{:?}", back.inside_for);
    let longest = watch.row(1).expect("row").reasons.iter().find_map(|reason| match reason {
        Reason::InsideFor { duration, .. } => Some(*duration),
        _ => None,
    });
    assert!((longest.expect("told").s() - 158.0).abs() <= 1.0, "{longest:?}");
}

#[test]
fn the_row_of_a_track_that_ended_says_so_and_what_only_came_near_leaves_the_ledger() {
    let mut watch = Watch::new();
    let inside = Story { life_s: (0.0, 300.0), ..Story::drone(1, 9.0) };
    let near =
        Story { from: place(50.5, 3.0), east_m_s: 0.0, north_m_s: 45.0, life_s: (0.0, 300.0), ..Story::drone(2, 3.0) };
    let passing = Story { from: place(51.5, 3.0), east_m_s: 45.0, ..Story::drone(3, 3.0) };
    watch.run(&[inside.clone(), near.clone(), passing.clone()], 0, 60);
    assert_eq!(rows(&watch).len(), 2, "two are near");
    watch.run(&[inside, near, passing], 60, 340);
    assert!(watch.entry(2).is_none() && watch.entry(3).is_none(), "one ended, one flew away");
    let ended = watch.entry(1).expect("row");
    assert_eq!((ended.state, ended.lost_at, ended.over), (EntryState::Established, Some(at(300.0)), false));
    watch.run(&[], 340, 700);
    let over = watch.entry(1).expect("the row stays");
    assert_eq!((over.lost_at, over.over), (Some(at(300.0)), true));
}

#[test]
fn limits_of_what_is_remembered_are_checked() {
    let mut params = Params::default();
    params.airspace_entry.updates = 17;
    params.airspace_entry.stale_s = 601.0;
    params.incident.alarm_window_s = 0.0;
    let faults = params.faults();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("incident.alarm_window_s is 0, must be 600 or more")));
    params = Params::default();
    params.incident.alarm_window_s = 599.0;
    assert_eq!(params.faults().len(), 1, "a shorter window would allow more than five in ten minutes");
    assert_eq!(Params::default().faults(), Vec::<String>::new());
}
