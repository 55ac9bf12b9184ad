//! Small worlds for the tracker's tests: sensors with known noise, objects on known paths, a seeded random number.
#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../../src/chance.rs"]
mod chance;
pub(crate) mod crossing;

pub(crate) use chance::Random;

use skypicket_model::math::{self, rad};
use skypicket_model::observation::{
    Angle, Bearing, Channel, Plot, SelfPart, SelfReport, SensorStatus, StatedPosition, StatedVelocity,
};
use skypicket_model::{
    Address, EllipsoidalHeight, FeedId, Geodetic, Observation, ObservationId, Reality, Report, Sensor, SensorId,
    SensorKind, Seq, Span, Tangent, Time, Vec3,
};

/// Second 0 of every test world.
pub(crate) fn start() -> Time {
    Time::from_s(1_757_451_600)
}

pub(crate) fn at(s: f64) -> Time {
    start() + Span::from_s_f64(s).expect("finite")
}

pub(crate) fn radar(source: u16, lat_deg: f64, lon_deg: f64) -> Sensor {
    let id = SensorId { feed: FeedId(0), source };
    let mut sensor = Sensor::new(id, format!("radar {source}"), SensorKind::Radar3d);
    sensor.site = Some(Geodetic { lat_deg, lon_deg, height_m: 200.0 });
    sensor.period = Some(Span::from_s(4));
    sensor.range_sigma_m = Some(50.0);
    sensor.azimuth_sigma_rad = Some(rad(0.12));
    sensor.elevation_sigma_rad = Some(rad(0.3));
    sensor.detection_probability = Some(0.9);
    sensor.clutter_per_look = Some(20.0);
    sensor.range_limits_m = Some((1000.0, 200_000.0));
    sensor.elevation_limits_rad = Some((rad(-1.5), rad(20.0)));
    sensor
}

pub(crate) fn receiver(source: u16) -> Sensor {
    Sensor::new(SensorId { feed: FeedId(1), source }, "receiver", SensorKind::SelfReportReceiver)
}

pub(crate) fn post(source: u16, lat_deg: f64, lon_deg: f64) -> Sensor {
    let id = SensorId { feed: FeedId(2), source };
    let mut sensor = Sensor::new(id, format!("post {source}"), SensorKind::Bearing);
    sensor.site = Some(Geodetic { lat_deg, lon_deg, height_m: 200.0 });
    sensor.period = Some(Span::from_s(2));
    sensor.azimuth_sigma_rad = Some(rad(1.5));
    sensor.detection_probability = Some(0.7);
    sensor.clutter_per_look = Some(0.3);
    sensor.range_limits_m = Some((0.0, 15_000.0));
    sensor
}

/// Level straight flight from a place, by a tangent frame that is moved every second.
#[derive(Clone, Copy)]
pub(crate) struct Flight {
    pub(crate) from: Geodetic,
    pub(crate) east_m_s: f64,
    pub(crate) north_m_s: f64,
}

impl Flight {
    pub(crate) fn place(&self, t_s: f64) -> Geodetic {
        let mut place = self.from;
        let mut left = t_s;
        while left > 0.0 {
            let dt = left.min(1.0);
            let frame = Tangent::new(place);
            let next = frame.geodetic(Vec3::new(self.east_m_s * dt, self.north_m_s * dt, 0.0));
            place = Geodetic { height_m: self.from.height_m, ..next };
            left -= dt;
        }
        place
    }
}

pub(crate) fn polar(sensor: &Sensor, place: Geodetic) -> (f64, f64, f64) {
    let d = Tangent::new(sensor.site.expect("site")).to_enu(place.to_ecef());
    let range = d.norm();
    (range, math::wrap_tau(math::atan2(d.x, d.y)), math::asin(d.z / range))
}

pub(crate) fn observation(sensor: &Sensor, time: Time, index: u32, report: Report) -> Observation {
    let seq = Seq((time.ns() / 1_000_000) as u64);
    Observation {
        id: ObservationId { seq, index },
        sensor: sensor.id,
        measured: time,
        received: time,
        reality: Reality::Live,
        report,
    }
}

/// A plot of a place with (or without) noise.
pub(crate) fn plot(sensor: &Sensor, place: Geodetic, time: Time, noise: Option<&mut Random>) -> Observation {
    let (mut range_m, mut azimuth, mut elevation) = polar(sensor, place);
    if let Some(random) = noise {
        range_m += sensor.range_sigma_m.unwrap_or(50.0) * random.normal();
        azimuth += sensor.azimuth_sigma_rad.unwrap_or(0.003) * random.normal();
        elevation += sensor.elevation_sigma_rad.unwrap_or(0.006) * random.normal();
    }
    let angle = |value, sigma: Option<f64>| Angle { rad: value, sigma_rad: sigma.unwrap_or(0.003) };
    let plot = Plot::primary(
        range_m,
        sensor.range_sigma_m.unwrap_or(50.0),
        angle(azimuth, sensor.azimuth_sigma_rad),
        Some(angle(elevation, sensor.elevation_sigma_rad)),
    );
    observation(sensor, time, 0, Report::Plot(plot))
}

pub(crate) fn bearing(sensor: &Sensor, place: Geodetic, time: Time, random: &mut Random) -> Observation {
    let (_, azimuth, _) = polar(sensor, place);
    let sigma_rad = sensor.azimuth_sigma_rad.unwrap_or(0.02);
    let azimuth = Angle { rad: azimuth + sigma_rad * random.normal(), sigma_rad };
    observation(sensor, time, 0, Report::Bearing(Bearing { azimuth, elevation: None, address: None }))
}

/// Says that the plots at this moment were one whole look.
pub(crate) fn whole(sensor: &Sensor, time: Time) -> Observation {
    let report = Report::SensorStatus(SensorStatus::NorthMarker { rotation: sensor.period });
    observation(sensor, time, 10_000, report)
}

/// A stated position and velocity.
pub(crate) fn stated(sensor: &Sensor, address: u32, flight: &Flight, t_s: f64) -> [Observation; 2] {
    let place = flight.place(t_s);
    stated_at(sensor, address, place, flight, t_s)
}

pub(crate) fn stated_at(sensor: &Sensor, address: u32, place: Geodetic, flight: &Flight, t_s: f64) -> [Observation; 2] {
    let position = StatedPosition {
        arrival: None,
        place: place.lat_lon(),
        pressure: None,
        height: Some(EllipsoidalHeight::from_m(place.height_m)),
        on_ground: false,
        nic: Some(8),
        containment_m: Some(186.0),
        sigma_m: 20.0,
        ground_speed_m_s: None,
        track_rad: None,
    };
    let velocity = StatedVelocity {
        east_m_s: Some(flight.east_m_s),
        north_m_s: Some(flight.north_m_s),
        sigma_m_s: 1.5,
        vertical_m_s: Some(0.0),
        ..StatedVelocity::default()
    };
    let part = |part| Report::SelfReport(SelfReport { address: Address::icao(address), channel: Channel::AdsB, part });
    [
        observation(sensor, at(t_s), 0, part(SelfPart::Position(position))),
        observation(sensor, at(t_s), 1, part(SelfPart::Velocity(velocity))),
    ]
}
