//! What was not heard because nobody listened says nothing of who was silent.

mod support;

use skypicket_assess::AssessEvent;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{Finding, Reason, Sensor, SensorKind, Severity, Span, Time};
use support::{Watch, at, radar};

/// The program is off from this second
const OFF_S: u32 = 100;
/// to this one.
const ON_S: u32 = 700;

fn described(number: u16) -> Sensor {
    Sensor { expected_within: Some(Span::from_s(30)), ..Sensor::new(radar(number), "north", SensorKind::Radar3d) }
}

fn health(last_s: f64) -> SensorHealth {
    SensorHealth {
        id: radar(1),
        observations: 100,
        targets: 100,
        last_received: at(last_s),
        mean_interval: Span::from_s_f64(1.0),
        rate_per_s: 1.0,
        at_tick: 100,
        clock_errors: 0,
        last_clock_error: None,
        stated_site: None,
        stated: None,
        over_budget: 0,
        demoted: None,
    }
}

/// A sensor that is expected within 30 s, told of the pause or not, last heard when `last_s` says; what was told.
fn told(knows_of_pause: bool, last_s: impl Fn(f64) -> Option<f64>) -> (Watch, Vec<(f64, Severity, Finding)>) {
    let mut watch = Watch::new();
    watch.described = vec![described(1)];
    for second in 0..1000 {
        let seconds = f64::from(second);
        if second == OFF_S + 1 && knows_of_pause {
            watch.listening_since = Some(at(f64::from(ON_S)));
        }
        watch.sensors = last_s(seconds).map(health).into_iter().collect();
        watch.tick(seconds, &mut vec![]);
    }
    let assessment = |event: &AssessEvent| match event {
        AssessEvent::Assessment(a) => Some((a.severity, a.finding.clone())),
        AssessEvent::Incident(_) => None,
    };
    let all =
        watch.events.iter().filter_map(|(s, event)| assessment(event).map(|(severity, what)| (*s, severity, what)));
    let all = all.collect();
    (watch, all)
}

/// Heard each second, but for the pause and from `lost_s` on.
fn heard_but(seconds: f64, lost_s: f64) -> f64 {
    let off = (f64::from(OFF_S)..f64::from(ON_S)).contains(&seconds);
    if off { f64::from(OFF_S) } else { seconds.min(lost_s.max(f64::from(OFF_S))) }
}

fn silent_since(finding: &Finding) -> Time {
    match finding {
        Finding::FeedSilent { last_received, .. } => *last_received,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_is_heard_again_after_a_pause_was_not_silent() {
    let (watch, told_of) = told(true, |seconds| Some(heard_but(seconds, f64::INFINITY)));
    assert_eq!(told_of, []);
    assert!(watch.assessor.incidents().is_empty() && watch.alarms().is_empty());
    // The same without word of the pause sounds: the test can tell.
    let (watch, _) = told(false, |seconds| Some(heard_but(seconds, f64::INFINITY)));
    assert_eq!(watch.alarms(), [131.0]);
}

#[test]
fn who_stays_silent_is_told_its_normal_time_after_the_pause() {
    let (watch, told_of) = told(true, |seconds| Some(heard_but(seconds, 0.0)));
    assert_eq!(watch.alarms(), [731.0], "30 s are over");
    let [(seconds, Severity::High, finding)] = &told_of[..] else { panic!("{told_of:?}") };
    assert_eq!((*seconds, silent_since(finding)), (731.0, at(100.0)), "last heard when it was");
    let incidents = watch.assessor.incidents();
    let reasons = &incidents[0].assessments[0].reasons;
    assert!(reasons.contains(&Reason::NobodyListened { until: at(700.0) }), "{reasons:?}");
    // Later the pause explains nothing.
    let (watch, _) = told(true, |seconds| Some(heard_but(seconds, 800.0)));
    assert_eq!(watch.alarms(), [831.0]);
    let reasons = watch.assessor.incidents()[0].assessments[0].reasons.clone();
    assert_eq!(reasons, [Reason::SilentFor { duration: Span::from_s(31) }]);
}

#[test]
fn a_silence_from_before_goes_on_until_it_is_heard() {
    // Silent from second 10 on, told at 41; heard again at 720.
    let (watch, told_of) = told(true, |seconds| Some(if seconds < 720.0 { seconds.min(10.0) } else { seconds }));
    let times: Vec<(f64, Severity)> = told_of.iter().map(|(seconds, severity, _)| (*seconds, *severity)).collect();
    assert_eq!(times, [(41.0, Severity::High), (730.0, Severity::Information)], "not at the end of the pause");
    let Finding::FeedSilent { heard_again, .. } = told_of[1].2 else { panic!("{told_of:?}") };
    assert_eq!(heard_again, Some(at(720.0)));
    assert_eq!(watch.alarms(), [41.0]);
    // Heard again for four seconds before the pause: that is no ten seconds without a break.
    let (_, told_of) = told(true, |seconds| {
        let before = if seconds < 96.0 { seconds.min(10.0) } else { heard_but(seconds, f64::INFINITY) };
        Some(before)
    });
    assert_eq!(
        told_of.last().map(|(seconds, severity, _)| (*seconds, *severity)),
        Some((710.0, Severity::Information))
    );
}

#[test]
fn who_was_never_heard_is_missed_after_the_pause_too() {
    let mut watch = Watch::new();
    watch.described = vec![described(1)];
    watch.tick(0.0, &mut vec![]);
    watch.listening_since = Some(at(700.0));
    for second in 1..800 {
        watch.tick(f64::from(second), &mut vec![]);
    }
    assert_eq!(watch.alarms(), [731.0]);
    let incidents = watch.assessor.incidents();
    let reasons = &incidents[0].assessments[0].reasons;
    assert!(reasons.contains(&Reason::NeverHeard), "{reasons:?}");
}
