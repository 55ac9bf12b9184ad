//! What messages come to: positions that are confirmed, addresses that are kept apart, qualities that travel between messages.

mod mode_s_support;

use mode_s_support::{close, decode, feed, mode_s, positions, reply_parts, self_reports, start};
use proptest::prelude::*;
use skypicket_model::identity::{AddressKind, Emergency, EmitterCategory, FlightId, Mode3A};
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, TAU, rad};
use skypicket_model::observation::{Channel, FixSource, ModeSPart, SelfPart};
use skypicket_model::{Address, LatLon, Report, Seq};
use skypicket_wire::mode_s::encode::{self, Airborne, Field, Operational, Target, VelocityCommon};
use skypicket_wire::{Chunk, Output, decoder};

const ADDRESS: u32 = 0x48_9c2f;

fn at(lat_deg: f64, lon_deg: f64) -> LatLon {
    LatLon { lat_deg, lon_deg }
}

fn airborne(place: LatLon, odd: bool) -> Field {
    encode::airborne_position(Airborne { type_code: 11, nic_b: false, ft: Some(2000.0) }, place, odd)
}

/// Frames half a second apart from places, even and odd by turns.
fn flight(places: &[LatLon]) -> Vec<(i64, Vec<u8>)> {
    let frame =
        |(n, place): (usize, &LatLon)| (500 * n as i64, encode::df17(ADDRESS, airborne(*place, n % 2 == 1)).to_vec());
    places.iter().enumerate().map(frame).collect()
}

#[test]
fn one_wrong_frame_changes_nothing() {
    let mut places = vec![at(52.0, 23.0); 12];
    places[6] = at(50.7, 21.0);
    let out = decode("{}", &flight(&places));
    let stated = positions(&out);
    assert_eq!(stated.len(), 9, "two to acquire, one refused: {:?}", out.oddities);
    assert!(stated.iter().all(|position| close(position.place.lat_deg, 52.0, 1e-4)));
    assert!(out.oddities.contains(&("position implausible", 1)), "{:?}", out.oddities);
}

#[test]
fn an_aircraft_that_jumps_for_good_is_followed_after_two_agreeing_pairs() {
    let mut places = vec![at(52.0, 23.0); 6];
    places.extend([at(50.7, 21.0); 6]);
    let stated = positions(&decode("{}", &flight(&places)));
    let there = stated.iter().filter(|position| close(position.place.lat_deg, 50.7, 1e-4)).count();
    assert_eq!((stated.len() - there, there), (4, 4), "{stated:?}");
}

#[test]
fn halves_too_far_apart_in_time_make_no_place() {
    let mut frames = flight(&[at(52.0, 23.0); 4]);
    for (n, (ms, _)) in frames.iter_mut().enumerate() {
        *ms = 10_100 * n as i64;
    }
    assert!(positions(&decode("{}", &frames)).is_empty());
    for (n, (ms, _)) in frames.iter_mut().enumerate() {
        *ms = 9900 * n as i64;
    }
    assert_eq!(positions(&decode("{}", &frames)).len(), 2);
}

#[test]
fn a_place_out_of_the_receivers_reach_is_refused() {
    let params = r#"{"receiver": {"lat_deg": 52.0, "lon_deg": 13.0}, "reach_m": 600000}"#;
    assert!(positions(&decode(params, &flight(&[at(52.0, 23.0); 6]))).is_empty());
    assert_eq!(positions(&decode(params, &flight(&[at(52.0, 20.0); 6]))).len(), 4);
}

#[test]
fn a_landing_aircraft_is_followed_onto_the_ground_without_a_receiver_position() {
    let mut frames = flight(&[at(52.0, 23.0); 3]);
    let rolling = encode::surface_position(7, Some(24.0), Some(270.0), at(52.003, 22.99), false);
    frames.push((3000, encode::df17(ADDRESS, rolling).to_vec()));
    let stated = positions(&decode("{}", &frames));
    let position = stated[1];
    assert!(
        position.on_ground && close(position.place.lat_deg, 52.003, 1e-5) && close(position.place.lon_deg, 22.99, 2e-5)
    );
    assert!(close(position.ground_speed_m_s.expect("stated"), 24.0 * M_S_PER_KT, 1e-9));
    assert!(close(position.track_rad.expect("stated"), rad(270.0), 1e-9));
}

#[test]
fn quality_figures_of_the_status_message_reach_the_positions() {
    let first = flight(&[at(52.0, 23.0); 3]);
    let stated = positions(&decode("{}", &first));
    assert_eq!((stated[0].nic, stated[0].containment_m), (Some(8), Some(185.2)), "version unknown");
    let told = Operational { version: 2, nic_a: true, nac_p: 10, ..Operational::default() };
    let what = Airborne { type_code: 11, nic_b: true, ft: None };
    let mut frames = first;
    frames.push((1600, encode::df17(ADDRESS, encode::operational_status(told)).to_vec()));
    frames.push((2000, encode::df17(ADDRESS, encode::airborne_position(what, at(52.0, 23.0), true)).to_vec()));
    let stated = positions(&decode("{}", &frames));
    let last = stated[1];
    assert_eq!((last.nic, last.containment_m, last.pressure), (Some(9), Some(75.0), None));
    assert!(last.sigma_m > 4.0 && last.sigma_m < 5.0, "10 m in the 95 % circle and CPR's rounding: {}", last.sigma_m);
}

#[test]
fn lost_positions_still_tell_the_pressure_altitude() {
    let lost = Field::new().put(9, 20, encode::altitude_code_12(Some(12_000.0)));
    let parts = reply_parts(&decode("{}", &[(0, encode::df17(ADDRESS, lost).to_vec())]));
    let [ModeSPart::Pressure { pressure: Some(pressure), on_ground: None }] = parts[..] else { panic!("{parts:?}") };
    assert!(close(pressure.ft(), 12_000.0, 1e-6));
}

#[test]
fn gnss_heights_are_no_pressure_altitudes() {
    let what = Airborne { type_code: 20, nic_b: false, ft: Some(5000.0) };
    let frame =
        |n: i64| (500 * n, encode::df17(ADDRESS, encode::airborne_position(what, at(52.0, 23.0), n % 2 == 1)).to_vec());
    let stated = positions(&decode("{}", &[frame(0), frame(1), frame(2)]));
    assert!(stated[0].pressure.is_none() && close(stated[0].height.expect("stated").m, 5000.0 * M_PER_FT, 1e-9));
    assert_eq!(stated[0].nic, Some(11));
}

/// Three frames of a place in DF18 with a control field and the IMF bit.
fn relayed(control: u8, imf: bool) -> Vec<(i64, Vec<u8>)> {
    let frame = |n: i64| {
        let field = airborne(at(52.0, 23.0), n % 2 == 1).flag(8, imf);
        (500 * n, encode::df18(control, ADDRESS, field).to_vec())
    };
    (0..3).map(frame).collect()
}

#[test]
fn other_channels_and_addresses_are_kept_apart() {
    for (control, imf, kind, channel) in [
        (0, false, AddressKind::Icao, Channel::AdsB),
        (1, false, AddressKind::NonIcao, Channel::AdsB),
        (2, false, AddressKind::Icao, Channel::TisB),
        (2, true, AddressKind::TrackFile, Channel::TisB),
        (5, false, AddressKind::NonIcao, Channel::TisB),
        (6, false, AddressKind::Icao, Channel::AdsR),
        (6, true, AddressKind::NonIcao, Channel::AdsR),
    ] {
        let out = decode("{}", &relayed(control, imf));
        let reports = self_reports(&out);
        let report = reports.last().expect("a position");
        assert_eq!((report.address, report.channel), (Address { kind, value: ADDRESS }, channel), "CF {control}");
        // Bit 8 is the IMF, not supplement B, wherever there is an IMF.
        let SelfPart::Position(position) = report.part else { panic!() };
        assert_eq!(position.nic, Some(8));
    }
    for control in [4, 7] {
        assert!(decode("{}", &relayed(control, false)).observations.is_empty(), "CF {control}");
    }
}

#[test]
fn halves_of_different_channels_never_pair() {
    let mut frames = flight(&[at(52.0, 23.0); 4]);
    for (n, (_, frame)) in frames.iter_mut().enumerate() {
        if n % 2 == 1 {
            *frame = encode::df18(6, ADDRESS, airborne(at(52.0, 23.0), true)).to_vec();
        }
    }
    assert!(positions(&decode("{}", &frames)).is_empty());
}

#[test]
fn traffic_information_does_not_prove_an_address() {
    let reply = (2000, encode::df4(ADDRESS, 0, Some(2000.0)).to_vec());
    for control in [2, 6] {
        let mut frames = relayed(control, false);
        frames.push(reply.clone());
        let out = decode("{}", &frames);
        assert_eq!(out.rejects, [("unconfirmed address parity", 1)], "CF {control}");
    }
    let mut frames = relayed(0, false);
    frames.push(reply);
    assert!(decode("{}", &frames).rejects.is_empty());
}

#[test]
fn an_address_stays_proved_for_a_minute() {
    let squitter = (0, encode::df11(ADDRESS, 5, 0).to_vec());
    let reply = encode::df5(ADDRESS, 0, Mode3A(0o2000)).to_vec();
    let out = decode("{}", &[squitter.clone(), (59_000, reply.clone()), (61_000, reply)]);
    assert_eq!((out.decoded(), out.rejected()), (2, 1), "replies prove nothing themselves");
    let interrogated = (100, encode::df11(ADDRESS, 5, 21).to_vec());
    assert_eq!(decode("{}", &[squitter, interrogated.clone()]).decoded(), 2);
    assert_eq!(decode("{}", &[interrogated]).rejects, [("unconfirmed interrogator code", 1)]);
    assert_eq!(decode("{}", &[(0, encode::df11(ADDRESS, 5, 80).to_vec())]).rejects, [("bad parity", 1)]);
}

#[test]
fn coarse_traffic_information_gives_a_place_within_its_step() {
    let frame = |n: i64| {
        let fine = skypicket_wire::mode_s::cpr::encode(
            skypicket_wire::mode_s::cpr::Kind::Airborne,
            at(52.0, 23.0),
            n % 2 == 1,
        );
        let field = Field::new()
            .put(8, 19, encode::altitude_code_12(Some(3000.0)))
            .flag(20, true)
            .put(21, 25, 8)
            .put(26, 31, 5)
            .flag(32, n % 2 == 1)
            .put(33, 44, fine.lat >> 5)
            .put(45, 56, fine.lon >> 5);
        (500 * n, encode::df18(3, ADDRESS, field).to_vec())
    };
    let stated = positions(&decode("{}", &[frame(0), frame(1), frame(2)]));
    let position = stated[0];
    assert!(close(position.place.lat_deg, 52.0, 0.0016) && close(position.place.lon_deg, 23.0, 0.0026), "{position:?}");
    assert!(close(position.track_rad.expect("stated"), rad(90.0), 1e-9));
    assert!(close(position.ground_speed_m_s.expect("stated"), 128.0 * M_S_PER_KT, 1e-9));
}

#[test]
fn results_of_multilateration_are_fixes_and_prove_nothing() {
    let mut decoder = (decoder("beast").expect("registered").build)(&feed("{}")).expect("params");
    let mut out = Output::default();
    let mut push = |frame: &[u8], stamp: u64, out: &mut Output| {
        let mut bytes = Vec::new();
        encode::beast(&mut bytes, stamp, 0, frame);
        decoder.push(Chunk { seq: Seq(1), received: start(), datagram: false, bytes: &bytes }, out);
    };
    const MARK: u64 = 0xff00_4d4c_4154;
    let what = Airborne { type_code: 18, nic_b: false, ft: Some(36_000.0) };
    let velocity = encode::ground_velocity(VelocityCommon::default(), Some(400.0), Some(-30.0));
    push(&encode::df18(2, ADDRESS, velocity), MARK, &mut out);
    for odd in [false, true] {
        let field = encode::airborne_position(what, at(52.0, 23.0), odd);
        push(&encode::df18(2, ADDRESS, field), MARK, &mut out);
    }
    let Report::Fix(fix) = out.observations[0].report else { panic!("{out:?}") };
    assert_eq!(
        (out.observations.len(), fix.source, fix.address),
        (1, FixSource::Multilateration, Some(Address::icao(ADDRESS)))
    );
    assert!(close(fix.place.lat_deg, 52.0, 1e-4) && close(fix.pressure.expect("told").ft(), 36_000.0, 1e-6));
    assert!(close(fix.velocity_m_s.expect("told").0, 400.0 * M_S_PER_KT, 1e-6));
    push(&encode::df4(ADDRESS, 0, Some(36_000.0)), 1, &mut out);
    assert_eq!(out.rejects, [("unconfirmed address parity", 1)]);
    // A marked squitter or reply is no reception either.
    push(&encode::df11(ADDRESS, 5, 0), MARK, &mut out);
    push(&encode::df17(ADDRESS, airborne(at(52.0, 23.0), false)), MARK, &mut out);
    assert_eq!(out.observations.len(), 1);
}

#[test]
fn a_register_that_contradicts_the_stated_velocity_is_not_named() {
    let turn = encode::bds50(Some(0.0), Some(90.0), Some(300.0), Some(0.0), Some(320.0));
    let squitter = (0, encode::df11(ADDRESS, 5, 0).to_vec());
    let reply = |register| (1000, encode::df20(ADDRESS, 0, Some(9000.0), register).to_vec());
    let velocity = encode::ground_velocity(VelocityCommon::default(), Some(300.0), Some(0.0));
    let known = (500, encode::df17(ADDRESS, velocity).to_vec());
    let named = |frames: &[(i64, Vec<u8>)]| {
        reply_parts(&decode("{}", frames))
            .iter()
            .any(|part| matches!(part, ModeSPart::AirData(data) if data.bds == 0x50))
    };
    assert!(named(&[squitter.clone(), known.clone(), reply(turn)]));
    // A register that contradicts what the aircraft says by ADS-B is another's bits.
    let slow = encode::bds50(Some(0.0), Some(90.0), Some(200.0), Some(0.0), Some(220.0));
    assert!(!named(&[squitter.clone(), known.clone(), reply(slow)]));
    let crossing = encode::bds50(Some(0.0), Some(180.0), Some(300.0), Some(0.0), Some(320.0));
    assert!(!named(&[squitter, known, reply(crossing)]));
}

#[test]
fn a_register_that_fits_two_descriptions_is_not_named() {
    // On the ground: 5,0 with 2 kt and no roll, or 6,0 with Mach 0.004 and no climb.
    let register = Field::new().put(1, 24, 0xff_e001).put(25, 56, 0x0040_0401);
    let squitter = (0, encode::df11(ADDRESS, 4, 0).to_vec());
    let out = decode("{}", &[squitter, (1, encode::df20(ADDRESS, 1, None, register).to_vec())]);
    assert_eq!(out.oddities, [("ambiguous Comm-B register", 1)]);
    assert_eq!(reply_parts(&out), [ModeSPart::Pressure { pressure: None, on_ground: Some(true) }]);
}

#[test]
fn velocities_in_traffic_information_have_fields_of_their_own() {
    let common = VelocityCommon {
        nac_v: 2,
        vertical_fpm: Some(-640.0),
        barometric: false,
        height_minus_pressure_ft: Some(200.0),
    };
    let told = |geometric: bool| {
        let field = encode::ground_velocity(common, Some(100.0), Some(-50.0)).flag(36, geometric);
        let reports = self_reports(&decode("{}", &[(0, encode::df18(5, ADDRESS, field).to_vec())]));
        let SelfPart::Velocity(velocity) = reports[0].part else { panic!() };
        assert_eq!(velocity.nac_v, None, "bits 10-13 are NACp there");
        assert!(close(velocity.vertical_m_s.expect("stated"), -640.0 * M_S_PER_FT_MIN, 1e-9));
        (velocity.vertical_is_barometric, velocity.height_minus_pressure_m.is_some())
    };
    assert_eq!(told(false), (true, false));
    assert_eq!(told(true), (false, true));
}

#[test]
fn an_accuracy_told_before_the_position_was_lost_does_not_outlive_it() {
    let told = Operational { version: 2, nac_p: 10, ..Operational::default() };
    let mut frames = flight(&[at(52.0, 23.0); 4]);
    frames.insert(0, (0, encode::df17(ADDRESS, encode::operational_status(told)).to_vec()));
    frames.insert(4, (1200, encode::df17(ADDRESS, Field::new()).to_vec()));
    let stated = positions(&decode("{}", &frames));
    assert_eq!(stated.len(), 2);
    assert!(stated[0].sigma_m < 5.0 && stated[1].sigma_m > 30.0, "{stated:?}");
}

#[test]
fn hazard_reports_need_their_altitude_to_agree() {
    let squitter = (0, encode::df11(ADDRESS, 5, 0).to_vec());
    // 18,000 ft: 506 hPa and −20.7 °C in the standard atmosphere.
    let register = encode::bds45(-15.0, 506.0);
    let named = |ft: f64| {
        let reply = (1000, encode::df20(ADDRESS, 0, Some(ft), register).to_vec());
        reply_parts(&decode("{}", &[squitter.clone(), reply])).iter().any(
            |part| matches!(part, ModeSPart::AirData(data) if data.bds == 0x45 && data.temperature_c == Some(-15.0)),
        )
    };
    assert!(named(18_000.0));
    assert!(!named(30_000.0));
}

#[test]
fn emergencies_are_stated() {
    let field = encode::emergency_status(5, Mode3A(0o7500));
    let reports = self_reports(&decode("{}", &[(0, encode::df17(ADDRESS, field).to_vec())]));
    let SelfPart::Status(status) = reports[0].part else { panic!() };
    assert_eq!((status.emergency, status.squawk), (Some(Some(Emergency::UnlawfulInterference)), Some(Mode3A(0o7500))));
}

fn one_part(field: Field) -> SelfPart {
    self_reports(&decode("{}", &[(0, encode::df17(ADDRESS, field).to_vec())]))[0].part
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn positions_come_back(lat in -85.0..85.0_f64, lon in -180.0..180.0_f64, ft in -1000.0..50_000.0_f64, first_odd: bool) {
        let what = Airborne { type_code: 12, nic_b: false, ft: Some(ft) };
        let frames: Vec<_> = (0..4).map(|n| {
            let field = encode::airborne_position(what, at(lat, lon), (n % 2 == 1) != first_odd);
            (400 * n, encode::df17(ADDRESS, field).to_vec())
        }).collect();
        for position in positions(&decode("{}", &frames)) {
            prop_assert!(close(position.place.lat_deg, lat, 3e-5));
            prop_assert!(position.place.rough_distance_m(at(lat, lon)) < 8.0);
            prop_assert!(close(position.pressure.expect("stated").ft(), ft, 12.501));
        }
    }

    #[test]
    fn velocities_come_back(east in -1021.0..1021.0_f64, north in -1021.0..1021.0_f64, fast: bool, up in -32_000.0..32_000.0_f64, difference in -3100.0..3100.0_f64, barometric: bool, nac_v in 0_u8..5) {
        let scale = if fast { 4.0 } else { 1.0 };
        let common = VelocityCommon { nac_v, vertical_fpm: Some(up), barometric, height_minus_pressure_ft: Some(difference) };
        let SelfPart::Velocity(velocity) = one_part(encode::ground_velocity(common, Some(east * scale), Some(north * scale))) else { panic!() };
        let half_kt = 0.5 * scale * M_S_PER_KT + 1e-9;
        prop_assert!(close(velocity.east_m_s.expect("stated"), east * scale * M_S_PER_KT, half_kt));
        prop_assert!(close(velocity.north_m_s.expect("stated"), north * scale * M_S_PER_KT, half_kt));
        prop_assert!(close(velocity.vertical_m_s.expect("stated"), up * M_S_PER_FT_MIN, 32.0 * M_S_PER_FT_MIN + 1e-9));
        prop_assert!(close(velocity.height_minus_pressure_m.expect("stated"), difference * M_PER_FT, 12.5 * M_PER_FT + 1e-9));
        prop_assert_eq!((velocity.vertical_is_barometric, velocity.nac_v), (barometric, Some(nac_v)));
    }

    #[test]
    fn airspeeds_come_back(speed in 0.0..4000.0_f64, is_true: bool, heading in 0.0..360.0_f64) {
        let field = encode::air_velocity(VelocityCommon::default(), Some(speed), is_true, Some(heading));
        let SelfPart::Velocity(velocity) = one_part(field) else { panic!() };
        let found = if is_true { velocity.true_airspeed_m_s } else { velocity.indicated_airspeed_m_s };
        prop_assert!(close(found.expect("stated"), speed * M_S_PER_KT, 2.0 * M_S_PER_KT + 1e-9));
        let apart = (velocity.heading_rad.expect("stated") - rad(heading)).abs();
        prop_assert!(apart.min(TAU - apart) <= TAU / 2048.0 + 1e-9);
        prop_assert!(velocity.vertical_m_s.is_none() && velocity.east_m_s.is_none());
    }

    #[test]
    fn names_codes_and_categories_come_back(name in "[A-Z0-9]{1,8}", set in b'A'..=b'D', number in 0_u8..8, code in 0_u16..4096) {
        let category = EmitterCategory { set, number };
        let part = one_part(encode::identification(FlightId::parse(&name), category));
        prop_assert_eq!(part, SelfPart::Identity { flight_id: FlightId::parse(&name), category: Some(category) });
        let squitter = (0, encode::df11(ADDRESS, 5, 0).to_vec());
        let register = encode::bds20(FlightId::parse(&name).expect("legal"));
        let parts = reply_parts(&decode("{}", &[squitter, (1, encode::df21(ADDRESS, 2, Mode3A(code), register).to_vec())]));
        prop_assert_eq!(&parts, &[
            ModeSPart::Squawk { squawk: Mode3A(code), alert: true, spi: false, on_ground: Some(false) },
            ModeSPart::Identity { flight_id: FlightId::parse(&name).expect("legal") },
        ]);
    }

    #[test]
    fn statuses_come_back(on_ground: bool, version in 1_u8..3, nac_p in 0_u8..12, sil in 0_u8..4, sda in 0_u8..4, gva in 0_u8..4, nic_a: bool, nic_c: bool, nac_v in 0_u8..5, per_sample: bool, nic_baro: bool, advisory: bool) {
        let told = Operational { on_ground, version, nic_a, nic_c, nac_p, nac_v, sil, sil_per_sample: per_sample, sda, gva, nic_baro, resolution_advisory: advisory };
        let SelfPart::Status(status) = one_part(encode::operational_status(told)) else { panic!() };
        prop_assert_eq!((status.version, status.on_ground, status.nac_p, status.sil), (Some(version), Some(on_ground), Some(nac_p), Some(sil)));
        prop_assert_eq!((status.nic_a, status.resolution_advisory), (Some(nic_a), Some(advisory)));
        let second = version == 2;
        prop_assert_eq!(status.sda, second.then_some(sda));
        prop_assert_eq!(status.sil_per_sample, second.then_some(per_sample));
        prop_assert_eq!(status.gva, (second && !on_ground).then_some(gva));
        prop_assert_eq!(status.nic_c, (second && on_ground).then_some(nic_c));
        prop_assert_eq!(status.nac_v, (second && on_ground).then_some(nac_v));
        prop_assert_eq!(status.nic_baro, (!on_ground).then_some(nic_baro));
    }

    #[test]
    fn targets_come_back(ft in 0.0..65_000.0_f64, hpa in 800.0..1208.0_f64, heading in 0.0..360.0_f64, from_fms: bool) {
        let told = Target { selected_altitude_ft: Some(ft), from_fms, setting_hpa: Some(hpa), heading_deg: Some(heading), nac_p: 9, ..Target::default() };
        let SelfPart::Target(target) = one_part(encode::target_state(told)) else { panic!() };
        prop_assert!(close(target.selected_altitude_m.expect("stated"), ft * M_PER_FT, 16.001 * M_PER_FT));
        prop_assert!(close(target.barometric_setting_hpa.expect("stated"), hpa, 0.4001));
        let apart = (target.selected_heading_rad.expect("stated") - rad(heading)).abs();
        prop_assert!(apart.min(TAU - apart) <= TAU / 1024.0 + 1e-9);
        prop_assert_eq!(target.from_fms, from_fms);
    }

    #[test]
    fn replies_come_back(ft in -1000.0..50_000.0_f64, on_ground: bool) {
        let squitter = (0, encode::df11(ADDRESS, 4, 0).to_vec());
        let out = decode("{}", &[squitter, (1, encode::df0(ADDRESS, on_ground, Some(ft)).to_vec()), (2, encode::df4(ADDRESS, u8::from(on_ground), Some(ft)).to_vec())]);
        for part in reply_parts(&out) {
            let ModeSPart::Pressure { pressure, on_ground: told } = part else { panic!("{part:?}") };
            prop_assert!(close(pressure.expect("stated").ft(), ft, 12.501));
            prop_assert_eq!(told, Some(on_ground));
        }
        prop_assert_eq!(mode_s(&out).len(), 3);
    }

    #[test]
    fn any_message_field_is_survived(address in 0_u32..0x100_0000, head in 0_u8..=255, field in proptest::collection::vec(any::<u8>(), 7), register: bool) {
        // A frame of any format with good parity for its kind, after a squitter that proves the address.
        let mut value = Field::new();
        for (n, byte) in field.iter().enumerate() {
            value = value.put(8 * n as u32 + 1, 8 * n as u32 + 8, u32::from(*byte));
        }
        let frames = [
            encode::df17(address, value),
            encode::df18(head & 7, address, value),
            if register { encode::df20(address, head >> 5, Some(20_000.0), value) } else { encode::df21(address, head >> 5, Mode3A(0), value) },
        ];
        let mut list = vec![(0, encode::df11(address, 5, 0).to_vec())];
        list.extend(frames.iter().enumerate().map(|(n, frame)| (1 + n as i64, frame.to_vec())));
        let out = decode("{}", &list);
        prop_assert_eq!(out.decoded() + out.rejected(), 4);
        for observation in &out.observations {
            // Canonical bytes refuse a NaN.
            let bytes = skypicket_model::Canon::to_canon(observation);
            let mut reader = skypicket_model::Reader::new(&bytes);
            prop_assert_eq!(&<skypicket_model::Observation as skypicket_model::Canon>::decode(&mut reader).expect("canonical"), observation);
        }
    }
}
