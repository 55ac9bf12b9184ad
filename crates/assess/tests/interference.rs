//! Interference with satellite navigation (detector `gnss_interference`) from observations to one incident that does not sound.

use skypicket_assess::{Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition, StatedStatus};
use skypicket_model::{
    Address, Finding, LatLon, Observation, ObservationId, PressureAltitude, Reality, Report, SensorId, Seq, Severity,
    Span, Subject, Time, WaysOf,
};

fn states(number: u32, at: Time, nic: u8) -> [Observation; 2] {
    let address = Address::icao(0x40_1000 + number);
    let lon_deg = 20.0 + 0.2 * f64::from(number) + 0.0034 * (at.as_s_f64() % 86_400.0 - 40_000.0);
    let position = StatedPosition {
        arrival: None,
        place: LatLon { lat_deg: 55.0, lon_deg },
        pressure: Some(PressureAltitude::from_ft(36_000.0)),
        height: None,
        on_ground: false,
        nic: Some(nic),
        containment_m: None,
        sigma_m: 10.0,
        ground_speed_m_s: None,
        track_rad: None,
    };
    let status =
        StatedStatus { version: Some(2), nac_p: Some(if nic == 0 { 0 } else { 9 }), ..StatedStatus::default() };
    let said = |index: u16, part| Observation {
        id: ObservationId { seq: Seq(at.floor_s().unsigned_abs() * 100 + u64::from(number)), index: index.into() },
        sensor: SensorId::default(),
        measured: at,
        received: at,
        reality: Reality::Live,
        report: Report::SelfReport(SelfReport { address, channel: Channel::AdsB, part }),
    };
    [said(0, SelfPart::Status(status)), said(1, SelfPart::Position(position))]
}

#[test]
fn aircraft_that_lose_satellite_navigation_together_are_one_incident_that_does_not_sound() {
    let permissions = Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
    let mut assessor = Assessor::new(&Params::default(), &[], permissions).expect("sound");
    let mut events = Vec::new();
    let begin = Time::from_s(1_758_400_000 - 1_758_400_000 % 86_400 + 40_000);
    for second in 0..300 {
        let now = begin + Span::from_s(second);
        for number in 0..6 {
            let lost = second >= 100 && number < 4;
            assessor.observe(&states(number, now, if lost { 0 } else { 8 }));
        }
        let view = TickView {
            now: now + Span::from_s(1),
            tracks: &[],
            sensors: &[],
            described: &[],
            listening_since: None,
            ways: WaysOf(None),
        };
        assessor.tick(&view, &mut events);
        assert!(second >= 100 || assessor.incidents().is_empty(), "nothing before");
    }
    let incidents = assessor.incidents();
    assert_eq!(incidents.len(), 1);
    let incident = &incidents[0];
    assert_eq!((incident.severity, incident.audible), (Severity::Medium, false));
    assert_eq!(incident.subjects, [Subject::Interference(1)]);
    assert!(incident.opened - begin <= Span::from_s(160), "within a minute of the first affected message");
    let Finding::GnssInterference(told) = &incident.assessments[0].finding else { panic!("{incident:?}") };
    assert_eq!((told.onsets, told.ended), (4, None));
    assert!(!incident.assessments[0].evidence.strongest.is_empty(), "it names the messages");
}
