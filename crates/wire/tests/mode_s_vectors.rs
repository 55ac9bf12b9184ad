//! Frames that the literature on Mode S uses as examples, with the values worked out by hand from the standards' tables.

mod mode_s_support;

use mode_s_support::{close, decode, hex, mode_s, positions, reply_parts, self_reports};
use skypicket_model::identity::Mode3A;
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, rad};
use skypicket_model::observation::{ModeSPart, SelfPart};
use skypicket_wire::mode_s::{crc, encode};

fn part(frame: &str) -> SelfPart {
    let out = decode("{}", &[(0, hex(frame))]);
    let reports = self_reports(&out);
    assert_eq!(reports.len(), 1, "{out:?}");
    reports[0].part
}

/// The Comm-B part of a reply, its address proved by a squitter before.
fn register(frame: &str, before: &[(i64, Vec<u8>)]) -> Vec<ModeSPart> {
    let frame = hex(frame);
    let address = crc::syndrome_long(frame.as_slice().try_into().expect("14 bytes"));
    let mut frames = vec![(0, encode::df11(address, 5, 0).to_vec())];
    frames.extend_from_slice(before);
    frames.push((1000, frame));
    reply_parts(&decode("{}", &frames))
}

#[test]
fn an_identification_gives_name_and_category() {
    let SelfPart::Identity { flight_id, category } = part("8D4840D6202CC371C32CE0576098") else { panic!() };
    assert_eq!(flight_id.expect("legal").as_str(), "KLM1023");
    assert_eq!(category.expect("stated").to_string(), "A0");
}

#[test]
fn an_even_and_an_odd_frame_give_a_place_once_a_third_confirms_it() {
    let even = hex("8D40621D58C382D690C8AC2863A7");
    let odd = hex("8D40621D58C386435CC412692AD6");
    let out = decode("{}", &[(0, odd.clone()), (500, even.clone())]);
    assert!(positions(&out).is_empty(), "one solution is not yet a place");
    let pressures = reply_parts(&out);
    assert_eq!(pressures.len(), 2, "but its altitude is stated: {pressures:?}");
    let out = decode("{}", &[(0, odd.clone()), (500, even.clone()), (1000, odd)]);
    let stated = positions(&out);
    assert_eq!(stated.len(), 1);
    assert!(close(stated[0].place.lat_deg, 52.265_78, 1e-5), "{stated:?}");
    assert!(close(stated[0].place.lon_deg, 3.938_91, 1e-5), "{stated:?}");
    assert!(close(stated[0].pressure.expect("stated").ft(), 38_000.0, 1e-6));
    assert_eq!((stated[0].nic, stated[0].containment_m), (Some(8), Some(185.2)));
    assert!(!stated[0].on_ground);
}

#[test]
fn the_even_frame_of_the_pair_lies_at_its_own_place() {
    let even = hex("8D40621D58C382D690C8AC2863A7");
    let odd = hex("8D40621D58C386435CC412692AD6");
    let out = decode("{}", &[(0, even.clone()), (500, odd), (1000, even)]);
    let stated = positions(&out);
    assert!(close(stated[0].place.lat_deg, 52.257_20, 1e-5), "{stated:?}");
    assert!(close(stated[0].place.lon_deg, 3.919_37, 1e-5), "{stated:?}");
}

#[test]
fn a_surface_pair_needs_to_know_its_quarter_of_the_globe() {
    let odd = hex("8C4841753AAB238733C8CD4020B1");
    let even = hex("8C4841753A8A35323FAEBDAC702D");
    let frames = [(0, even.clone()), (1000, odd.clone()), (2000, even)];
    assert!(positions(&decode("{}", &frames)).is_empty());
    let out = decode(r#"{"receiver": {"lat_deg": 51.990, "lon_deg": 4.375}}"#, &frames);
    let stated = positions(&out);
    assert_eq!(stated.len(), 1, "{out:?}");
    let position = stated[0];
    assert!(
        close(position.place.lat_deg, 52.320_607, 2e-5) && close(position.place.lon_deg, 4.734_735, 4e-5),
        "{position:?}"
    );
    assert!(position.on_ground && position.pressure.is_none());
}

#[test]
fn a_ground_velocity_and_its_vertical_rate() {
    let SelfPart::Velocity(velocity) = part("8D485020994409940838175B284F") else { panic!() };
    // 8 kt west, 159 kt south, 832 ft/min down by GNSS, GNSS height 550 ft above the pressure altitude.
    assert!(close(velocity.east_m_s.expect("stated"), -8.0 * M_S_PER_KT, 1e-9));
    assert!(close(velocity.north_m_s.expect("stated"), -159.0 * M_S_PER_KT, 1e-9));
    assert!(close(velocity.vertical_m_s.expect("stated"), -832.0 * M_S_PER_FT_MIN, 1e-9));
    assert!(!velocity.vertical_is_barometric);
    assert!(close(velocity.height_minus_pressure_m.expect("stated"), 550.0 * M_PER_FT, 1e-9));
}

#[test]
fn an_airspeed_and_a_heading() {
    let SelfPart::Velocity(velocity) = part("8DA05F219B06B6AF189400CBC33F") else { panic!() };
    assert!(close(velocity.true_airspeed_m_s.expect("stated"), 375.0 * M_S_PER_KT, 1e-9));
    assert!(close(velocity.heading_rad.expect("stated"), rad(243.984_375), 1e-9));
    assert!(close(velocity.vertical_m_s.expect("stated"), -2304.0 * M_S_PER_FT_MIN, 1e-9));
    assert!(velocity.vertical_is_barometric && velocity.east_m_s.is_none());
}

#[test]
fn a_target_state_gives_selections_and_quality() {
    let out = decode("{}", &[(0, hex("8DA05629EA21485CBF3F8CADAEEB"))]);
    let reports = self_reports(&out);
    let SelfPart::Target(target) = reports[0].part else { panic!() };
    assert!(close(target.selected_altitude_m.expect("stated"), 16_992.0 * M_PER_FT, 1e-9));
    assert!(close(target.barometric_setting_hpa.expect("stated"), 1012.8, 1e-9));
    assert!(close(target.selected_heading_rad.expect("stated"), rad(66.796_875), 1e-9));
    assert!(!target.from_fms);
    let SelfPart::Status(status) = reports[1].part else { panic!() };
    assert_eq!((status.nac_p, status.sil, status.nic_baro), (Some(9), Some(3), Some(true)));
}

#[test]
fn an_emergency_status_gives_the_code() {
    let SelfPart::Status(status) = part("8DA2C1B6E112B600000000760759") else { panic!() };
    assert_eq!(status.emergency, Some(None));
    assert_eq!(status.squawk, Some(Mode3A(0o6513)));
}

#[test]
fn comm_b_registers_are_told_apart() {
    let parts = register("A000083E202CC371C31DE0AA1CCF", &[]);
    assert!(matches!(parts[1], ModeSPart::Identity { flight_id } if flight_id.as_str() == "KLM1017"), "{parts:?}");

    let parts = register("A000029C85E42F313000007047D3", &[]);
    let ModeSPart::AirData(data) = parts[1] else { panic!("{parts:?}") };
    assert_eq!(data.bds, 0x40);
    assert!(close(f64::from(data.selected_altitude_m.expect("stated")), 3008.0 * M_PER_FT, 1e-3));
    assert!(close(f64::from(data.barometric_setting_hpa.expect("stated")), 1020.0, 1e-3));

    let parts = register("A000139381951536E024D4CCF6B5", &[]);
    let ModeSPart::AirData(data) = parts[1] else { panic!("{parts:?}") };
    assert_eq!(data.bds, 0x50);
    assert!(close(f64::from(data.roll_rad.expect("stated")), rad(2.109_375), 1e-6));
    assert!(close(f64::from(data.track_rad.expect("stated")), rad(114.257_812_5), 1e-6));
    assert!(close(f64::from(data.ground_speed_m_s.expect("stated")), 438.0 * M_S_PER_KT, 1e-3));
    assert!(close(f64::from(data.track_rate_rad_s.expect("stated")), rad(0.125), 1e-6));
    assert!(close(f64::from(data.true_airspeed_m_s.expect("stated")), 424.0 * M_S_PER_KT, 1e-3));

    let parts = register("A00004128F39F91A7E27C46ADC21", &[]);
    let ModeSPart::AirData(data) = parts[1] else { panic!("{parts:?}") };
    assert_eq!(data.bds, 0x60);
    assert!(close(f64::from(data.magnetic_heading_rad.expect("stated")), rad(42.714_843_75), 1e-6));
    assert!(close(f64::from(data.indicated_airspeed_m_s.expect("stated")), 252.0 * M_S_PER_KT, 1e-3));
    assert!(close(f64::from(data.mach.expect("stated")), 0.42, 1e-6));
    assert!(close(f64::from(data.barometric_rate_m_s.expect("stated")), -1920.0 * M_S_PER_FT_MIN, 1e-3));
    assert!(close(f64::from(data.inertial_rate_m_s.expect("stated")), -1920.0 * M_S_PER_FT_MIN, 1e-3));

    let parts = register("A0001692185BD5CF400000DFC696", &[]);
    let ModeSPart::AirData(data) = parts[1] else { panic!("{parts:?}") };
    assert_eq!(data.bds, 0x44);
    assert!(close(f64::from(data.wind_speed_m_s.expect("stated")), 22.0 * M_S_PER_KT, 1e-3));
    assert!(close(f64::from(data.wind_from_rad.expect("stated")), rad(344.531_25), 1e-5));
    assert!(close(f64::from(data.temperature_c.expect("stated")), -48.75, 1e-6));
}

#[test]
fn replies_without_a_proved_address_are_rejects() {
    let out = decode("{}", &[(0, hex("A000083E202CC371C31DE0AA1CCF")), (1, hex("5D4CA1FA000000"))]);
    assert!(mode_s(&out).is_empty());
    assert!(
        out.rejects.iter().any(|(reason, n)| *reason == "unconfirmed address parity" && *n == 1),
        "{:?}",
        out.rejects
    );
}
