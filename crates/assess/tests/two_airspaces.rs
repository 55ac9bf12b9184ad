//! A track over two watched airspaces at once: what matters more is told, whichever was judged last.

mod support;

use skypicket_assess::permission::{Effect, RuleParams};
use skypicket_assess::{Assessor, Params, PermissionParams, Permissions};
use skypicket_model::track::Line;
use skypicket_model::{Airspace, AirspaceId, Finding, LatLon, Ring, Severity};
use support::{Story, Watch, country, radar};

/// A zone in the country, from 23° to 23.5°E, that nobody may enter.
fn zone() -> Airspace {
    let corners = [(50.2, 23.0), (50.2, 23.5), (51.8, 23.5), (51.8, 23.0)];
    let points = corners.iter().map(|&(lat, lon)| LatLon::new(lat, lon).expect("valid")).collect();
    let country = country();
    Airspace {
        code: "ZONE".into(),
        name: "Zone".into(),
        rings: vec![Ring { points, edges: country.rings[0].edges.clone() }],
        ..country
    }
}

fn watch(zone_first: bool) -> (Watch, AirspaceId) {
    let (zone_id, country_id) =
        if zone_first { (AirspaceId(0), AirspaceId(1)) } else { (AirspaceId(1), AirspaceId(0)) };
    let airspaces = [Airspace { id: zone_id, ..zone() }, Airspace { id: country_id, ..country() }];
    let closed = RuleParams {
        name: "closed zone".into(),
        flight_id: vec!["*".into()],
        airspace: vec!["ZONE".into()],
        effect: Effect::Refuse,
        ..RuleParams::default()
    };
    let permission = PermissionParams { rule: vec![closed], ..PermissionParams::default() };
    let permissions = Permissions::new(&permission, vec![]).expect("rules read");
    let assessor = Assessor::new(&Params::default(), &airspaces, permissions).expect("site stands");
    (Watch { assessor, ..Watch::new() }, zone_id)
}

#[test]
fn a_permitted_stay_in_one_airspace_does_not_hide_an_entry_into_another() {
    for zone_first in [false, true] {
        let (mut watch, zone) = watch(zone_first);
        let airliner = Story::airliner(1, 5.0, &[Line::Sensor(radar(1))]);
        // It is in the zone from about 180 s on; then for ten minutes of judgements of both.
        watch.run(std::slice::from_ref(&airliner), 0, 300);
        let incidents = watch.assessor.incidents();
        assert_eq!(incidents.len(), 1, "zone first {zone_first}");
        let told = |watch: &Watch| {
            let incidents = watch.assessor.incidents();
            match &incidents[0].assessments[0].finding {
                Finding::AirspaceEntry(entry) => (entry.airspace, incidents[0].severity),
                other => panic!("{other:?}"),
            }
        };
        for until in (300..330).step_by(1) {
            watch.run(std::slice::from_ref(&airliner), until, until + 1);
            assert_eq!(told(&watch), (zone, Severity::High), "zone first {zone_first}, second {until}");
        }
    }
}
