//! What stories can say of how something flies and ends, and what they can ask beyond entries: each statement holds when it should and
//! fails when it should.

mod common;

use common::{SMALL, a_box, observe, small};
use skypicket_model::assessment::EntryState;
use skypicket_model::ground_report::{GroundReportKind, ReportedCause};
use skypicket_model::observation::{Report, SelfPart};
use skypicket_model::{Action, LatLon, Permission, Span, Time, TrackId};
use skypicket_sim::World;
use skypicket_sim::expect::{Outcome, Sample, SeenCount, SeenEntry, SeenGroup, SeenOrigin, check, table};
use skypicket_sim::nights::Size;
use skypicket_sim::target::Fate;

/// The small world with other words for its silent mover and other statements.
fn told(mover: &str, statements: &str) -> World {
    let (before, rest) = SMALL.split_once("```expect").expect("it expects something");
    let mover = format!("name = \"silent-mover\"\nkind = \"drone\"\n{mover}");
    let text = before.replace("name = \"silent-mover\"\nkind = \"drone\"\n", &mover);
    assert!(rest.contains("```"));
    World::from_scenario(&format!("{text}```expect\n{statements}\n```\n")).expect("sound")
}

fn mover(world: &World) -> &skypicket_sim::target::Target {
    world.targets.iter().find(|target| target.name == "silent-mover").expect("there")
}

/// A picture that holds every target with one track and has a row for the silent mover.
fn picture(world: &World) -> Outcome {
    let mut outcome = Outcome { airspaces: vec![a_box()], ..Outcome::default() };
    let mut time = world.begin;
    while time <= world.end {
        outcome.samples.extend(world.truth(time).map(|truth| Sample {
            time,
            track: TrackId(truth.index as u64),
            place: truth.motion.place.lat_lon(),
        }));
        time += Span::from_s(10);
    }
    let entered = first_entry(world);
    let index = world.targets.iter().position(|target| target.name == "silent-mover").expect("there");
    outcome.entries.push(SeenEntry {
        track: TrackId(index as u64),
        airspace: "AAA".into(),
        reached: vec![(EntryState::Established, entered + Span::from_s(40))],
        entered_at: Some(entered),
        left_at: Some(entered + Span::from_s(90)),
        permission: Permission::NotPermitted,
    });
    outcome.alarms.push(entered + Span::from_s(45));
    outcome
}

fn first_entry(world: &World) -> Time {
    let entries = world.true_entries(&[a_box()]);
    entries.iter().find(|entry| entry.target == "silent-mover").expect("it crosses").entered
}

fn failures(world: &World, outcome: &Outcome) -> Vec<String> {
    check(&world.expectations, world, outcome).into_iter().map(|failure| failure.what).collect()
}

#[test]
fn each_new_statement_holds_and_fails() {
    let statements = "truth: 1 enter AAA\nsilent-mover leaves AAA\nsilent-mover is not permitted in AAA\n\
        nothing but targets enters AAA as likely\nevery wave into AAA alarmed within 2 min";
    let world = told("wave = \"only\"\n", statements);
    let perfect = picture(&world);
    assert_eq!(failures(&world, &perfect), Vec::<String>::new());
    type Flaw = (fn(&mut Outcome), &'static str);
    let flaws: [Flaw; 5] = [
        (|o| o.entries[0].left_at = None, "was not seen to leave AAA"),
        (|o| o.entries[0].permission = Permission::Permitted { rule: "plan".into() }, "not judged not permitted"),
        (|o| o.entries.push(SeenEntry { track: TrackId(99), ..o.entries[0].clone() }), "on no target, was in AAA"),
        (|o| o.alarms[0] += Span::from_s(120), "no alarm for the wave \"only\""),
        (|o| o.airspaces.clear(), "0 targets truly enter AAA"),
    ];
    for (spoil, wanted) in flaws {
        let mut outcome = perfect.clone();
        spoil(&mut outcome);
        let got = failures(&world, &outcome);
        assert!(got.iter().any(|failure| failure.contains(wanted)), "{wanted}: {got:?}");
    }
}

#[test]
fn counts_groups_and_origins_are_held_to_what_is_said_of_them() {
    let statements = "AAA counts objects entered: contains 1, at most 2 wide\ngroups into AAA: 1\n\
        groups agree with waves: at least 0.9\norigin of silent-mover at +00:02:00 wider than at the end";
    let world = told("wave = \"only\"\n", statements);
    let mut seen = picture(&world);
    let track = seen.entries[0].track;
    let count = |minute: i64, interval: (u32, u32)| SeenCount {
        time: world.begin + Span::from_s(60 * minute),
        airspace: "AAA".into(),
        referent: "objects entered".into(),
        interval,
        most_likely: interval.0,
    };
    seen.counts = vec![count(1, (0, 9)), count(5, (1, 2))];
    seen.groups = vec![SeenGroup { airspace: "AAA".into(), tracks: vec![track] }];
    let told_at = |s: i64, area_km2: f64| SeenOrigin {
        time: world.begin + Span::from_s(s),
        track,
        area_km2,
        identifiable: false,
    };
    seen.origins = vec![told_at(60, 900.0), told_at(300, 400.0)];
    assert_eq!(failures(&world, &seen), Vec::<String>::new());
    type Flaw = (fn(&mut Outcome), &'static str);
    let flaws: [Flaw; 5] = [
        (|o| o.counts[1].interval = (2, 3), "does not contain 1"),
        (|o| o.counts[1].interval = (0, 4), "wanted at most 2 wide"),
        (|o| o.groups.clear(), "0 groups into AAA"),
        (|o| o.origins[1].area_km2 = 1000.0, "origin of silent-mover"),
        (|o| o.origins.clear(), "origin of silent-mover"),
    ];
    for (spoil, wanted) in flaws {
        let mut outcome = seen.clone();
        spoil(&mut outcome);
        let got = failures(&world, &outcome);
        assert!(got.iter().any(|failure| failure.contains(wanted)), "{wanted}: {got:?}");
    }
}

#[test]
fn a_story_is_held_to_its_own_truth() {
    // The liner crosses the box; the jet keeps some kilometres north of it.
    let near = told("", "truth: no-ads-b never inside AAA but within 0 to 10 km");
    assert_eq!(failures(&near, &picture(&near)), Vec::<String>::new());
    let too_near = told("", "truth: silent-mover never inside AAA but within 0.1 to 10 km\ntruth: 2 enter AAA");
    let got = failures(&too_near, &picture(&too_near));
    assert!(got[0].contains("comes within 0 m") && got[1].contains("1 targets truly enter"), "{got:?}");
}

#[test]
fn the_table_counts_tracks_and_moments() {
    let world = told("", "truth: 1 enter AAA");
    let mut outcome = picture(&world);
    let lines = table(&world, &outcome);
    assert_eq!(lines.iter().map(|line| line.target.as_str()).collect::<Vec<_>>(), ["silent-mover", "(no target)"]);
    let line = &lines[0];
    assert_eq!((line.tracks, line.established_tracks, line.state), (1, 1, Some(EntryState::Established)));
    assert!(line.observable > 20 && line.held == line.observable, "{line:?}");
    assert_eq!(line.entered, Some(first_entry(&world)));
    // Its track breaks in the middle: two tracks, both established.
    let index = world.targets.iter().position(|target| target.name == "silent-mover").expect("there");
    let half = world.begin + Span::from_s(300);
    for sample in outcome.samples.iter_mut().filter(|s| s.track == TrackId(index as u64) && s.time > half) {
        sample.track = TrackId(77);
    }
    outcome.entries.push(SeenEntry { track: TrackId(77), ..outcome.entries[0].clone() });
    let line = &table(&world, &outcome)[0];
    assert_eq!((line.tracks, line.established_tracks), (2, 2));
}

#[test]
fn what_comes_down_ends_on_the_ground_and_later_when_it_glides() {
    let ends = |how: &str| {
        let world = told(how, "truth: 1 enter AAA");
        let target = mover(&world).clone();
        let height_m = target.path.at(target.path.duration_s()).place.height_m;
        (world.air.agl_m(height_m), target.path.duration_s(), target.fate)
    };
    let (flies, glides, falls) = (ends(""), ends("fate = \"comes-down\"\n"), ends("fate = \"brought-down\"\n"));
    assert!((flies.0 - 800.0).abs() < 1e-6 && glides.0.abs() < 1e-6 && falls.0.abs() < 1e-6);
    assert!(glides.1 > flies.1 + 10.0, "a glide of 6.4 km is slower: {} and {} s", glides.1, flies.1);
    assert!((falls.1 - flies.1).abs() < 2.0);
    assert_eq!((flies.2, glides.2, falls.2), (Fate::FliesOn, Fate::ComesDown, Fate::BroughtDown));
}

#[test]
fn wind_and_straying_move_drones_only_and_keep_corners() {
    let calm = small();
    let windy =
        World::from_scenario(&SMALL.replace("qnh_hpa = 1003", "qnh_hpa = 1003\nwind = { from_deg = 270, m_s = 10 }"));
    let windy = windy.expect("sound");
    let duration = |world: &World, name: &str| {
        world.targets.iter().find(|target| target.name == name).expect("there").path.duration_s()
    };
    // Westwards at 160 km/h through the air, against 36 km/h.
    let ratio = duration(&windy, "silent-mover") / duration(&calm, "silent-mover");
    assert!((ratio - 160.0 / 124.0).abs() < 0.01, "{ratio}");
    assert!((duration(&windy, "liner") - duration(&calm, "liner")).abs() < 1e-9);
    let strays = told("stray = { every_km = 6, sigma_km = 1.5 }\n", "truth: 1 enter AAA");
    let (straight, stray) = (mover(&calm), mover(&strays));
    let end = |target: &skypicket_sim::target::Target| target.path.at(target.path.duration_s()).place.lat_lon();
    assert!(end(straight).rough_distance_m(end(stray)) < 1.0);
    assert!(stray.path.duration_s() > straight.path.duration_s());
}

#[test]
fn weak_interference_lowers_integrity_and_positions_go_on() {
    let with = "[[interference]]\nat = [51.4, 22.4]\nmast_m = 30\nrange_km = 1\nweak_km = 300\nfrom = \"23:57:00Z\"\nuntil = \"00:04:00Z\"\n\n[[target]]\nname = \"liner\"";
    let world = World::from_scenario(&SMALL.replacen("[[target]]\nname = \"liner\"", with, 1)).expect("sound");
    let (observations, _) = observe(&world);
    let liner = world.targets.iter().find(|target| target.name == "liner").expect("there");
    let (mut usual, mut worse, mut farthest_m) = (0, 0, 0.0_f64);
    for observation in &observations {
        let Report::SelfReport(report) = &observation.report else { continue };
        let SelfPart::Position(position) = &report.part else { continue };
        let Some(truth) = liner.at(observation.measured) else { continue };
        let off_m = truth.place.lat_lon().rough_distance_m(position.place);
        match position.nic {
            Some(8) => usual += 1,
            Some(5) => {
                worse += 1;
                farthest_m = farthest_m.max(off_m);
            }
            _ => {}
        }
    }
    assert!(usual > 100 && worse > 400, "{usual} and {worse}");
    assert!((40.0..1500.0).contains(&farthest_m), "{farthest_m}");
}

const REPORT: &str = "[[report]]\ntold = \"00:00:30Z\"\nkind = \"shot-down\"\nplace = [51.5, 23.2]\nradius_km = 3\nfrom = \"23:58:00Z\"\nobject = \"drone\"\n\
    confidence = 0.9\ncause = \"brought-down\"\ncause_confidence = 0.8\nsource = \"air operations\"\n\n[[target]]\nname = \"liner\"";

#[test]
fn what_people_tell_is_a_command_at_its_moment() {
    let world = World::from_scenario(&SMALL.replacen("[[target]]\nname = \"liner\"", REPORT, 1)).expect("sound");
    let [said] = world.said.as_slice() else { panic!("one report") };
    assert_eq!(said.at, Time::parse("2025-09-10T00:00:30Z").expect("a moment"));
    let Action::FileReport { report } = &said.command.action else { panic!("a report") };
    assert_eq!((report.kind, report.cause), (GroundReportKind::ShotDown, ReportedCause::BroughtDown));
    assert!((report.radius_90_m - 3000.0).abs() < 1e-9 && report.until == said.at && report.fault().is_none());
    let wrong = REPORT.replace("confidence = 0.9", "confidence = 1.9");
    let text = SMALL.replacen("[[target]]\nname = \"liner\"", &wrong, 1);
    let error = World::from_scenario(&text).map(|_| ()).expect_err("no such confidence");
    assert!(error.what.contains("a confidence must be in [0, 1]"), "{error}");
    assert!(text.lines().nth(error.line - 1).is_some_and(|line| line.contains("[[report]]")), "{error}");
}

#[test]
fn a_night_knows_who_entered_left_and_was_brought_down() {
    let world = told("wave = \"only\"\nfate = \"brought-down\"\n", "truth: 1 enter AAA");
    let night = world.night(&a_box());
    let [entered] = night.entered.as_slice() else { panic!("{night:?}") };
    assert_eq!((entered.target.as_str(), entered.wave.as_deref()), ("silent-mover", Some("only")));
    assert_eq!(entered.at, first_entry(&world));
    // It goes on inside beyond the world's end.
    assert!(!entered.left && entered.ended.is_none() && entered.last_inside == world.end);
    assert_eq!((night.entered_until(world.begin), night.entered_until(world.end)), (0, 1));
    assert_eq!((night.inside_at(world.end), night.brought_down_until(world.end)), (1, 0));
    assert!(entered.began.1.rough_distance_m(LatLon { lat_deg: 51.45, lon_deg: 24.3 }) < 1.0);
    assert!(night.outside.is_empty(), "all others have flight plans");
    let longer = SMALL.replace("end = \"+10:00\"", "end = \"+60:00\"");
    let longer = longer.replace("name = \"silent-mover\"", "fate = \"brought-down\"\nname = \"silent-mover\"");
    let night = World::from_scenario(&longer).expect("sound").night(&a_box());
    let ended = night.entered[0].ended.expect("it came down").0;
    assert_eq!((night.brought_down_until(ended - Span::from_s(1)), night.brought_down_until(ended)), (0, 1));
    assert_eq!(night.inside_at(ended + Span::from_s(1)), 0);
}

#[test]
fn reports_of_random_nights_tell_when_and_where_things_came_down() {
    let mut wrecks = 0;
    for seed in 1..9 {
        let world = World::random_night(seed, Size::Compact);
        let ends: Vec<(Time, LatLon)> = world
            .targets
            .iter()
            .filter(|target| target.fate != Fate::FliesOn)
            .filter_map(|target| Some((target.gone(), target.at(target.gone())?.place.lat_lon())))
            .collect();
        for said in &world.said {
            let Action::FileReport { report } = &said.command.action else { continue };
            if report.kind != GroundReportKind::Wreck {
                continue;
            }
            wrecks += 1;
            // Written to the second and to four places.
            let when = |at: Time| report.from <= at + Span::from_s(1) && at <= report.until + Span::from_s(1);
            let fits = |(at, place): &(Time, LatLon)| {
                when(*at) && report.place.rough_distance_m(*place) < 3.0 * report.radius_90_m + 100.0
            };
            assert!(ends.iter().any(fits), "seed {seed}: {report:?}");
        }
    }
    assert!(wrecks > 20, "{wrecks} wrecks");
}
