//! A track for tests.

use skypicket_model::track::{ClassProbabilities, Covariance6, HeightSource, Identity};
use skypicket_model::{LatLon, ObservationId, Reality, StandardIdentity, Time, Track, TrackId, TrackStatus, Vec3};

/// A drone at 45 m/s eastwards, 800 m high, that was measured just now and whose place is known by so much.
pub(super) fn track(id: u64, now: Time, place: LatLon, sigma_m: f64) -> Track {
    Track {
        id: TrackId(id),
        status: TrackStatus::Confirmed,
        existence: 1.0,
        reality: Reality::Live,
        valid: now,
        position: place.at_height(800.0),
        velocity: Vec3::new(45.0, 0.0, 0.0),
        covariance: Covariance6::from_fn(|i, j| match i == j {
            true if i < 3 => sigma_m * sigma_m,
            true => 9.0,
            false => 0.0,
        }),
        height_source: HeightSource::Assumed,
        pressure: None,
        stated_height: None,
        on_ground: false,
        identity: Identity::default(),
        standard_identity: StandardIdentity::Pending,
        class: ClassProbabilities::default(),
        lines: Vec::new(),
        first_observation: ObservationId::default(),
        last_observation: ObservationId::default(),
        born: now,
        updated: now,
        updates: 10,
    }
}
