//! What people tell in a random night: most of what came down, some of it twice, some that is not true, and some that was no drone.

use super::{End, Writer, text};
use crate::geodesic::Line;
use crate::rng::Rng;
use core::fmt::{self, Write};
use skypicket_model::LatLon;
use skypicket_model::math::rad;

/// A ground report to be written.
struct Told {
    kind: &'static str,
    place: LatLon,
    radius_km: f64,
    told_min: f64,
    from_min: f64,
    until_min: f64,
    object: &'static str,
    confidence: f64,
    cause: Option<(&'static str, f64)>,
    source: &'static str,
}

impl Writer<'_> {
    pub(super) fn reports(&mut self) -> fmt::Result {
        let minutes = self.size.minutes();
        let mut all = Vec::new();
        for end in std::mem::take(&mut self.ends) {
            if end.at_min < minutes - 3.0 {
                self.of(&end, &mut all);
            }
        }
        // What is found but was no drone, and what nobody can have seen.
        let rng = &mut self.rng;
        for _ in 0..rng.poisson(0.4) {
            let at_min = rng.between(10.0, minutes - 10.0);
            let told = Told { object: "not-a-drone", ..found(somewhere(rng), at_min, rng) };
            all.push(Told { cause: Some(("own-or-allied-ordnance", rng.between(0.3, 0.9))), kind: "debris", ..told });
        }
        for _ in 0..rng.poisson(1.5) {
            let at_min = rng.between(10.0, minutes - 10.0);
            let told = found(somewhere(rng), at_min, rng);
            all.push(Told {
                kind: "sighting",
                object: "unknown",
                confidence: rng.between(0.2, 0.6),
                source: "citizen",
                ..told
            });
        }
        for told in all {
            self.told(&told)?;
        }
        Ok(())
    }

    /// What is told of something that came down.
    fn of(&mut self, end: &End, all: &mut Vec<Told>) {
        let rng = &mut self.rng;
        if end.brought_down && rng.chance(0.9) {
            let told = found(off(end.place, 3000.0, rng), end.at_min, rng);
            let told_min = end.at_min + rng.between(0.5, 4.0);
            let (from_min, until_min) = (end.at_min - 1.0, end.at_min + 0.5);
            let cause = Some(("brought-down", 0.9));
            all.push(Told {
                kind: "shot-down",
                told_min,
                from_min,
                until_min,
                cause,
                source: "air operations",
                ..told
            });
        }
        if rng.chance(0.8) {
            all.push(found(end.place, end.at_min, rng));
            if rng.chance(0.15) {
                all.push(Told { source: "fire brigade", ..found(end.place, end.at_min, rng) });
            }
        }
    }

    fn told(&mut self, told: &Told) -> fmt::Result {
        // Nothing is told after the night is over.
        if told.told_min >= self.size.minutes() - 0.5 {
            return Ok(());
        }
        writeln!(
            self.out,
            "[[report]]\ntold = \"+{:.0}\"\nkind = \"{}\"\nplace = {}",
            told.told_min * 60.0,
            told.kind,
            text(told.place)
        )?;
        let from_s = told.from_min.max(0.0) * 60.0;
        writeln!(
            self.out,
            "radius_km = {:.1}\nfrom = \"+{from_s:.0}\"\nuntil = \"+{:.0}\"",
            told.radius_km,
            told.until_min * 60.0
        )?;
        writeln!(
            self.out,
            "object = \"{}\"\nconfidence = {:.2}\nsource = \"{}\"",
            told.object, told.confidence, told.source
        )?;
        if let Some((cause, confidence)) = told.cause {
            writeln!(self.out, "cause = \"{cause}\"\ncause_confidence = {confidence:.2}")?;
        }
        writeln!(self.out)
    }
}

/// A wreck that is found within the half hour, by who does not know when it came down to a quarter of an hour.
fn found(place: LatLon, at_min: f64, rng: &mut Rng) -> Told {
    let radius_km = rng.between(0.5, 4.0);
    // Ninety per cent of a circular normal distribution lie within 2.15 sigma.
    let place = off(place, 1000.0 * radius_km / 2.15, rng);
    let told_min = at_min + rng.between(4.0, 30.0);
    Told {
        kind: "wreck",
        place,
        radius_km,
        told_min,
        from_min: at_min - rng.between(2.0, 15.0),
        until_min: told_min.min(at_min + rng.between(1.0, 10.0)),
        object: if rng.chance(0.9) { "drone" } else { "unknown" },
        confidence: rng.between(0.7, 0.98),
        cause: None,
        source: "police",
    }
}

/// A place with a normal error of so many metres (1 sigma) in each direction.
fn off(place: LatLon, sigma_m: f64, rng: &mut Rng) -> LatLon {
    let (north_m, east_m) = (sigma_m * rng.normal(), sigma_m * rng.normal());
    let north = Line::new(place, 0.0).at(north_m).place;
    Line::new(north, rad(90.0)).at(east_m).place
}

/// Anywhere in the east of the country.
fn somewhere(rng: &mut Rng) -> LatLon {
    LatLon { lat_deg: rng.between(50.3, 53.0), lon_deg: rng.between(21.5, 23.1) }
}
