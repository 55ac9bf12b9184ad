//! The members of a document that are read, by the names of readsb and dump1090-fa, and the older names of dump1090-mutability.

use crate::quality::of_nucp;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What tells a document from a single aircraft; aircraft are read one by one, so that one bad aircraft costs no other.
#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(default)]
    pub(super) now: Option<f64>,
    #[serde(borrow, default)]
    pub(super) aircraft: Option<Vec<&'a RawValue>>,
    /// The list's name in the interfaces of ADSBexchange and its like, whose `now` is in milliseconds.
    #[serde(borrow, default)]
    pub(super) ac: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    pub(super) hex: Option<&'a RawValue>,
}

/// One aircraft. Everything but the address may be missing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Aircraft<'a> {
    #[serde(borrow)]
    pub(super) hex: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    pub(super) source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) flight: Option<Cow<'a, str>>,
    pub(super) alt_baro: Option<Baro>,
    pub(super) alt_geom: Option<f64>,
    pub(super) gs: Option<f64>,
    pub(super) ias: Option<f64>,
    pub(super) tas: Option<f64>,
    pub(super) track: Option<f64>,
    pub(super) true_heading: Option<f64>,
    pub(super) mag_heading: Option<f64>,
    pub(super) baro_rate: Option<f64>,
    pub(super) geom_rate: Option<f64>,
    #[serde(borrow)]
    pub(super) squawk: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) emergency: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) category: Option<Cow<'a, str>>,
    pub(super) nav_qnh: Option<f64>,
    pub(super) nav_altitude_mcp: Option<f64>,
    pub(super) nav_altitude_fms: Option<f64>,
    pub(super) nav_heading: Option<f64>,
    pub(super) lat: Option<f64>,
    pub(super) lon: Option<f64>,
    pub(super) nic: Option<u8>,
    pub(super) rc: Option<f64>,
    pub(super) seen_pos: Option<f64>,
    pub(super) seen: Option<f64>,
    pub(super) version: Option<i64>,
    pub(super) nic_baro: Option<u8>,
    pub(super) nac_p: Option<u8>,
    pub(super) nac_v: Option<u8>,
    pub(super) sil: Option<u8>,
    #[serde(borrow)]
    pub(super) sil_type: Option<Cow<'a, str>>,
    pub(super) gva: Option<u8>,
    pub(super) sda: Option<u8>,
    pub(super) alert: Option<Flag>,
    pub(super) spi: Option<Flag>,
    #[serde(borrow)]
    pub(super) mlat: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) tisb: Vec<Cow<'a, str>>,
    // Names of dump1090-mutability, with the meanings of alt_baro, gs, baro_rate.
    altitude: Option<Baro>,
    speed: Option<f64>,
    vert_rate: Option<f64>,
    /// Version 0 position quality; gives `nic` and `rc`.
    nucp: Option<u8>,
}

impl Aircraft<'_> {
    /// Fills the members of today from those of dump1090-mutability where only these are there.
    pub(super) fn modernise(&mut self) {
        self.alt_baro = self.alt_baro.or(self.altitude);
        self.gs = self.gs.or(self.speed);
        self.baro_rate = self.baro_rate.or(self.vert_rate);
        let quality = self.nucp.and_then(of_nucp);
        if let (None, None, Some((rc, nic))) = (self.rc, self.nic, quality) {
            (self.rc, self.nic) = (Some(rc), Some(nic));
        }
    }
}

/// `alt_baro`: feet, or the word "ground".
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Baro {
    Ground,
    Feet(f64),
}

/// `alert`, `spi`: 0 and 1, or true and false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag(pub(super) bool);

impl<'de> Deserialize<'de> for Baro {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BaroVisitor)
    }
}

struct BaroVisitor;

impl Visitor<'_> for BaroVisitor {
    type Value = Baro;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("feet or \"ground\"")
    }
    fn visit_f64<E: Error>(self, feet: f64) -> Result<Baro, E> {
        Ok(Baro::Feet(feet))
    }
    fn visit_i64<E: Error>(self, feet: i64) -> Result<Baro, E> {
        Ok(Baro::Feet(feet as f64))
    }
    fn visit_u64<E: Error>(self, feet: u64) -> Result<Baro, E> {
        Ok(Baro::Feet(feet as f64))
    }
    fn visit_str<E: Error>(self, word: &str) -> Result<Baro, E> {
        if word == "ground" { Ok(Baro::Ground) } else { Err(E::custom("not \"ground\"")) }
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct FlagVisitor;

impl Visitor<'_> for FlagVisitor {
    type Value = Flag;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0, 1, true or false")
    }
    fn visit_bool<E: Error>(self, on: bool) -> Result<Flag, E> {
        Ok(Flag(on))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Flag, E> {
        Ok(Flag(number != 0))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Flag, E> {
        Ok(Flag(number != 0))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Flag, E> {
        Ok(Flag(number != 0.0))
    }
}
