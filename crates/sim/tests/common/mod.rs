//! A small world that has one of everything, and its observations.

#![allow(dead_code, reason = "each test file uses its own part")]

use skypicket_model::airspace::SourceDocument;
use skypicket_model::{
    Airspace, AirspaceId, AirspaceKind, ConnectionId, EdgeClass, LatLon, Observation, Ring, Seq, VerticalLimit,
};
use skypicket_sim::World;
use skypicket_wire::{Chunk, Feed, FeedSetup, Intake, Output};

pub(crate) const SMALL: &str = r#"
# One of everything

```toml
[world]
name = "One of everything"
begin = "2025-09-09T23:55:00Z"
end = "+10:00"
seed = 5
watched = ["AAA"]
geoid_m = 32
ground_m = 170
qnh_hpa = 1003

[[radar]]
name = "radar"
sac = 200
sic = 7
at = [51.2, 23.0]
mast_m = 40
period_s = 5
phase_s = 1
range_km = [1, 300]
range_sigma_m = 50
azimuth_sigma_deg = 0.08
elevation_sigma_deg = 0.2
primary = { reference_km = 250 }
secondary = { range_km = 280 }
clutter = 3
silent = [["23:58:00Z", "23:59:00Z"]]

[[receiver]]
name = "adsb"
at = [51.3, 22.5]
mast_m = 40
range_km = 350
stamps = "gps"

[[tracker]]
name = "neighbour"
sac = 201
sic = 1
at = [51.5, 23.0]
range_km = 200
lowest_m = 500
period_s = 4
sigma_m = 80

[[listener]]
name = "post"
at = [51.49, 23.90]
period_s = 2
azimuth_sigma_deg = 2

[[target]]
name = "liner"
kind = "airliner"
at = "23:50:00Z"
path = [{ to = [50.6, 21.5], fl = 330, kt = 450 }, { to = [51.6, 22.4], fl = 350 }, { to = [52.6, 24.6] }]
transponder = { address = "489abc", flight_id = "VST12", squawk = "1234", then = [["00:01:00Z", "7700"]] }
plan = true

[[target]]
name = "silent-mover"
kind = "drone"
at = "23:50:00Z"
path = [{ to = [51.45, 24.3], agl_m = 800, km_h = 160 }, { to = [51.55, 23.0] }]
rcs_m2 = 0.5

[[target]]
name = "no-ads-b"
kind = "jet"
at = "23:54:00Z"
orbit = { around = [51.9, 22.6], radius_km = 12, minutes = 30, amsl_m = 6000, kt = 400 }
transponder = { address = "48d8ff", flight_id = "LANCE9", squawk = "5355", ads_b = false }
plan = true
```

```expect
silent-mover enters AAA
liner causes no incident
liner squawks 7700 after 00:01:00Z
feed radar silent between 23:58:00Z and 23:59:10Z
```
"#;

/// The world of [`SMALL`].
pub(crate) fn small() -> World {
    World::from_scenario(SMALL).expect("the small world is sound")
}

/// Everything that the real decoders make of a world; feeds without decoder are left out. Also the rejects.
pub(crate) fn observe(world: &World) -> (Vec<Observation>, Vec<(&'static str, u64)>) {
    let kinds: Vec<_> = world.feeds().into_iter().map(|feed| (skypicket_wire::decoder(feed.format), feed)).collect();
    let known: Vec<bool> = kinds.iter().map(|(kind, _)| kind.is_some()).collect();
    let fallback = skypicket_wire::decoder("asterix").expect("asterix is there");
    let feeds = kinds
        .into_iter()
        .map(|(kind, feed)| {
            let setup = FeedSetup { feed: feed.id, sensors: feed.sensors.into(), params: feed.params };
            Feed { kind: kind.unwrap_or(fallback), setup }
        })
        .collect();
    let mut intake = Intake::new(feeds).expect("feeds are sound");
    let mut out = Output::default();
    for (number, arrival) in world.run().enumerate() {
        if !known[usize::from(arrival.feed.0)] {
            continue;
        }
        let datagram = world.feeds_are_datagrams(arrival.feed);
        let chunk = Chunk { seq: Seq(number as u64), received: arrival.received, datagram, bytes: &arrival.bytes };
        intake.push(arrival.feed, ConnectionId(0), chunk, &mut out).expect("no decoder panics");
    }
    (out.observations, out.rejects)
}

/// A box whose eastern side the silent mover crosses.
pub(crate) fn a_box() -> Airspace {
    let corners = [(51.0, 22.5), (51.0, 23.9), (51.8, 23.9), (51.8, 22.5)];
    let points: Vec<LatLon> = corners.iter().map(|&(lat_deg, lon_deg)| LatLon { lat_deg, lon_deg }).collect();
    Airspace {
        id: AirspaceId(0),
        code: "AAA".into(),
        name: "A box".into(),
        kind: AirspaceKind::State,
        rings: vec![Ring { edges: vec![EdgeClass::Land; points.len()], points }],
        lower: VerticalLimit::Surface,
        upper: VerticalLimit::Unlimited,
        schedule: Vec::new(),
        source: SourceDocument::default(),
        watched: true,
    }
}
