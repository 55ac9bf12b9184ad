//! Synthetic tracks and a site for them: an airspace between 50 and 52°N, 20 and 24°E, watched.
#![allow(dead_code, unreachable_pub, reason = "shared by test files, each of which uses its part")]

use skypicket_assess::{AssessEvent, Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::airspace::SourceDocument;
use skypicket_model::assessment::Entry;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::track::{
    Claim, ClassProbabilities, Covariance6, HeightSource, Identity, Line, LineOfEvidence, TrackStatus,
};
use skypicket_model::{
    Address, Airspace, AirspaceId, AirspaceKind, Assessment, EdgeClass, FeedId, Finding, FlightId, FlightPlan,
    Geodetic, IncidentEvent, LatLon, ObservationId, Reality, Ring, SensorId, Seq, Span, StandardIdentity, Time, Track,
    TrackId, Vec3, VerticalLimit, WaysOf, math,
};

/// When every story begins: 23:00 CEST on 9 September 2025.
pub fn start() -> Time {
    Time::parse("2025-09-09T21:00:00Z").expect("valid")
}

pub fn at(seconds: f64) -> Time {
    start() + Span::from_s_f64(seconds).expect("finite")
}

pub fn country() -> Airspace {
    let corners = [(50.0, 20.0), (50.0, 24.0), (52.0, 24.0), (52.0, 20.0)];
    Airspace {
        id: AirspaceId(0),
        code: "AAA".into(),
        name: "Country".into(),
        kind: AirspaceKind::State,
        rings: vec![Ring {
            points: corners.iter().map(|&(lat, lon)| LatLon::new(lat, lon).expect("valid")).collect(),
            edges: vec![EdgeClass::Land; 4],
        }],
        lower: VerticalLimit::Surface,
        upper: VerticalLimit::Unlimited,
        schedule: vec![],
        source: SourceDocument { name: "drawn 1".into(), sha256: [7; 32], policy: "unga 1".into() },
        watched: true,
    }
}

pub fn radar(number: u16) -> SensorId {
    SensorId { feed: FeedId(number), source: 0 }
}

/// A way of flying and of being seen.
#[derive(Clone, Debug)]
pub struct Story {
    pub id: u64,
    /// Where it is when its life begins.
    pub from: LatLon,
    pub east_m_s: f64,
    pub north_m_s: f64,
    pub sigma_m: f64,
    pub lines: Vec<Line>,
    pub address: Option<Address>,
    pub flight_id: Option<FlightId>,
    pub contradicted: bool,
    pub identity: StandardIdentity,
    /// First and last second of its life.
    pub life_s: (f64, f64),
    pub updated_every_s: f64,
}

impl Story {
    /// An unidentified drone at 45 m/s westwards, seen by two radars, at the given kilometres east of the eastern border (24°E, 51°N).
    pub fn drone(id: u64, km_east: f64) -> Self {
        Self {
            id,
            from: place(51.0, km_east),
            east_m_s: -45.0,
            north_m_s: 0.0,
            sigma_m: 60.0,
            lines: vec![Line::Sensor(radar(1)), Line::Sensor(radar(2))],
            address: None,
            flight_id: None,
            contradicted: false,
            identity: StandardIdentity::Pending,
            life_s: (0.0, f64::INFINITY),
            updated_every_s: 6.0,
        }
    }

    /// An airliner at 230 m/s westwards that states its identity.
    pub fn airliner(id: u64, km_east: f64, lines: &[Line]) -> Self {
        Self {
            east_m_s: -230.0,
            sigma_m: 30.0,
            lines: lines.to_vec(),
            address: Some(Address::icao(0x48_ae01)),
            flight_id: FlightId::parse("LOT3PK"),
            updated_every_s: 1.0,
            ..Self::drone(id, km_east)
        }
    }

    pub fn lives(&self, seconds: f64) -> bool {
        seconds >= self.life_s.0 && seconds <= self.life_s.1
    }

    /// The track as of a second, displaced by an error in metres.
    pub fn track(&self, seconds: f64, error_m: (f64, f64)) -> Track {
        let now = at(seconds);
        let since_birth = seconds - self.life_s.0;
        let (east_m, north_m) = (self.east_m_s * since_birth + error_m.0, self.north_m_s * since_birth + error_m.1);
        let position = shifted(self.from, east_m, north_m);
        let updates = (since_birth / self.updated_every_s).floor() as u32 + 10;
        let updated = at(self.life_s.0 + (since_birth / self.updated_every_s).floor() * self.updated_every_s);
        let claim_sensor = radar(9);
        let first = at(self.life_s.0);
        Track {
            id: TrackId(self.id),
            status: TrackStatus::Confirmed,
            existence: 0.999,
            reality: Reality::Live,
            valid: now,
            position: Geodetic { lat_deg: position.lat_deg, lon_deg: position.lon_deg, height_m: 800.0 },
            velocity: Vec3::new(self.east_m_s, self.north_m_s, 0.0),
            covariance: Covariance6::from_fn(|i, j| match (i, j) {
                (0, 0) | (1, 1) => self.sigma_m * self.sigma_m,
                (2, 2) => 90_000.0,
                (3, 3) | (4, 4) => 4.0,
                (5, 5) => 9.0,
                _ => 0.0,
            }),
            height_source: HeightSource::Assumed,
            pressure: None,
            stated_height: None,
            on_ground: false,
            identity: Identity {
                addresses: self
                    .address
                    .map(|value| Claim { value, sensor: claim_sensor, first, last: updated })
                    .into_iter()
                    .collect(),
                flight_ids: self
                    .flight_id
                    .map(|value| Claim { value, sensor: claim_sensor, first, last: updated })
                    .into_iter()
                    .collect(),
                contradicted_since: self.contradicted.then_some(first),
                ..Identity::default()
            },
            standard_identity: self.identity,
            class: ClassProbabilities::default(),
            lines: self
                .lines
                .iter()
                .map(|&line| LineOfEvidence { line, first, last: updated, count: updates })
                .collect(),
            first_observation: ObservationId { seq: Seq(self.id), index: 0 },
            last_observation: ObservationId { seq: Seq(1000 + u64::from(updates)), index: self.id as u32 },
            born: first,
            updated,
            updates,
        }
    }
}

/// A place at a latitude, some kilometres east of 24°E.
pub fn place(lat_deg: f64, km_east: f64) -> LatLon {
    shifted(LatLon { lat_deg, lon_deg: 24.0 }, km_east * 1000.0, 0.0)
}

pub fn shifted(from: LatLon, east_m: f64, north_m: f64) -> LatLon {
    let lat_deg = from.lat_deg + north_m / 111_250.0;
    LatLon {
        lat_deg,
        lon_deg: from.lon_deg
            + east_m
                / (111_412.8 * math::cos(math::rad(from.lat_deg)) - 93.5 * math::cos(math::rad(3.0 * from.lat_deg))),
    }
}

/// A site and what came of it.
pub struct Watch {
    pub assessor: Assessor,
    pub events: Vec<(f64, AssessEvent)>,
    pub sensors: Vec<SensorHealth>,
    pub described: Vec<skypicket_model::Sensor>,
    pub listening_since: Option<Time>,
}

impl Watch {
    pub fn new() -> Self {
        Self::with(&Params::default(), &PermissionParams::default(), vec![])
    }

    pub fn with(params: &Params, permission: &PermissionParams, plans: Vec<FlightPlan>) -> Self {
        let permissions = Permissions::new(permission, plans).expect("rules read");
        let assessor = Assessor::new(params, &[country()], permissions).expect("site stands");
        Self { assessor, events: vec![], sensors: vec![], described: vec![], listening_since: None }
    }

    pub fn tick(&mut self, seconds: f64, tracks: &mut Vec<Track>) {
        tracks.sort_by_key(|track| track.id);
        let mut events = Vec::new();
        let view = TickView {
            now: at(seconds),
            tracks,
            sensors: &self.sensors,
            described: &self.described,
            listening_since: self.listening_since,
            ways: WaysOf::default(),
        };
        self.assessor.tick(&view, &mut events);
        self.events.extend(events.into_iter().map(|event| (seconds, event)));
    }

    /// Runs stories without error from one second to another, a tick a second.
    pub fn run(&mut self, stories: &[Story], from_s: u32, until_s: u32) {
        for second in from_s..until_s {
            let seconds = f64::from(second);
            let mut tracks: Vec<Track> = stories
                .iter()
                .filter(|story| story.lives(seconds))
                .map(|story| story.track(seconds, (0.0, 0.0)))
                .collect();
            self.tick(seconds, &mut tracks);
        }
    }

    pub fn row(&self, track: u64) -> Option<Assessment> {
        let subject = skypicket_model::Subject::Track(TrackId(track));
        self.assessor.entries().iter().rfind(|row| row.subject == subject).map(|row| row.as_ref().clone())
    }

    pub fn entry(&self, track: u64) -> Option<Entry> {
        self.row(track).and_then(|row| match row.finding {
            Finding::AirspaceEntry(entry) => Some(entry),
            _ => None,
        })
    }

    pub fn alarms(&self) -> Vec<f64> {
        self.events
            .iter()
            .filter(|(_, event)| matches!(event, AssessEvent::Incident(IncidentEvent::Alarm(_))))
            .map(|(seconds, _)| *seconds)
            .collect()
    }

    pub fn opened(&self) -> usize {
        self.events.iter().filter(|(_, event)| matches!(event, AssessEvent::Incident(IncidentEvent::Opened(_)))).count()
    }
}

/// Deterministic noise.
pub struct Random(pub u64);

impl Random {
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Standard normal (Box & Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * math::ln(self.unit().max(1e-300))).sqrt();
        radius * math::cos(math::TAU * self.unit())
    }
}
