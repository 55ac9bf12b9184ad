//! Land to test with, drawn by hand or real, and numbers drawn at random: shared by tests within the crate and beside it.

#![allow(dead_code, reason = "each test that takes it in uses its part")]

use skypicket_model::airspace::SourceDocument;
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, EdgeClass, LatLon, Ring, VerticalLimit, math};
use skypicket_wire::borders_file::Borders;

/// A state's territory by its committed border.
pub(crate) fn state(code: &str) -> Airspace {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/borders/borders.skb");
    let borders = Borders::read(&std::fs::read(path).expect("committed")).expect("readable");
    borders.airspace(code, AirspaceId(0), [0; 32]).expect("known state")
}

/// Land within rings of latitude and longitude, degrees, all of whose edges are of one class.
pub(crate) fn drawn<R: AsRef<[(f64, f64)]>>(rings: &[R], class: EdgeClass) -> Airspace {
    let ring = |corners: &R| Ring {
        points: corners.as_ref().iter().map(|&(lat, lon)| LatLon::new(lat, lon).expect("valid")).collect(),
        edges: vec![class; corners.as_ref().len()],
    };
    Airspace {
        id: AirspaceId(0),
        code: "TEST".into(),
        name: "test".into(),
        kind: AirspaceKind::Other,
        rings: rings.iter().map(ring).collect(),
        lower: VerticalLimit::Surface,
        upper: VerticalLimit::Unlimited,
        schedule: vec![],
        source: SourceDocument::default(),
        watched: true,
    }
}

/// The same numbers each time (a linear congruential generator, of which the upper bits are used).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// From 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From one number to below another.
    pub(crate) fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Normally distributed (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let r = (-2.0 * math::ln(1.0 - self.unit())).sqrt();
        r * math::cos(math::TAU * self.unit())
    }
}
