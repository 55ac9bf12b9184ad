//! Closed-form cases of the whole score.

use super::*;

fn description() -> Description {
    Description::parse(
        br#"{"name":"t","duration_s":10,"eval_start_s":5,"eval_step_s":5,"gospa":{"c":2000.0},"target_kind":["a","b"]}"#,
    )
    .expect("a description")
}

fn truth(time_s: f64, id: u32, lat_deg: f64, visible: bool) -> Truth {
    Truth { time_s, id, place_deg: [lat_deg, 20.0], height_m: 0.0, velocity_m_s: [0.0, 0.0], visible }
}

fn estimate(time_s: f64, track: u32, lat_deg: f64) -> Estimate {
    Estimate { time_s, track, place_deg: [lat_deg, 20.0], height_m: None, velocity_m_s: None, ..Estimate::default() }
}

#[test]
fn one_missed_or_false_object_costs_the_cutoff_over_root_two() {
    let d = description();
    let all = [truth(5.0, 0, 50.0, true), truth(10.0, 0, 50.0, true)];
    let s = score(&d, &all, &[estimate(10.0, 7, 50.0), estimate(10.0, 8, 51.0)], &d.settings());
    let alone = 2000.0 / 2.0_f64.sqrt();
    assert!((s.per_step[0].gospa - alone).abs() < 1e-9 && (s.per_step[1].gospa - alone).abs() < 1e-6);
    assert_eq!((s.per_step[0].missed, s.per_step[1].wrong), (1, 1));
    assert_eq!(s.init_delay_s.mean, Some(5.0));
}

#[test]
fn what_no_sensor_could_see_is_neither_missed_nor_makes_tracks_false() {
    let d = description();
    let s = score(&d, &[truth(5.0, 0, 50.0, false)], &[estimate(5.0, 1, 50.001)], &d.settings());
    assert!(s.gospa_mean.abs() < 1e-9);
}

#[test]
fn a_changed_track_number_is_one_switch() {
    let d = description();
    let all = [truth(5.0, 1, 50.0, true), truth(10.0, 1, 50.0, true)];
    let s = score(&d, &all, &[estimate(5.0, 1, 50.0), estimate(10.0, 2, 50.0)], &d.settings());
    assert_eq!(s.id_switches, 1);
    assert!((s.tgospa_switches - 1.0).abs() < 1e-12);
    assert!((s.siap.ls - 0.5).abs() < 1e-12);
}
