//! ADS-B receivers: which transmissions each of them hears, and the Beast stream that comes of it.
//!
//! Transponders transmit on their own schedules ([`crate::squitter`]); a receiver hears each message with a probability that falls with
//! range, above the horizon only. What it heard in a slice of time is sent on in the order of arrival.

use crate::sensor::{Outages, Site};
use crate::squitter::Frame;
use skypicket_model::time::NS_PER_S;
use skypicket_model::{Ecef, Span, Time, Vec3};
use skypicket_wire::mode_s::encode::beast;

/// Speed of light, metres a second (exact).
const LIGHT_M_S: f64 = 299_792_458.0;
/// Ticks a second of the counter in Beast frames.
const TICKS_PER_S: f64 = 12e6;

/// What a receiver's time stamps are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stamps {
    /// A free-running 12 MHz counter: its feed's `measured` is the time of arrival.
    #[default]
    Counter,
    /// Time of day by GPS, as a Radarcape gives it.
    Gps,
}

/// An ADS-B receiver.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// Where.
    pub site: Site,
    /// Farthest reception, metres.
    pub range_m: f64,
    /// Probability that a message from close by is heard.
    pub probability: f64,
    /// What its time stamps are.
    pub stamps: Stamps,
    /// From hearing to arrival, beside the time to the end of the slice.
    pub latency: Span,
    /// When it is silent.
    pub outages: Outages,
}

/// A transmitter on the ground that keeps aircraft in its sight from using satellite navigation.
#[derive(Clone, Debug)]
pub struct Interference {
    /// Where.
    pub site: Site,
    /// How far it reaches, metres.
    pub range_m: f64,
    /// How far it makes positions worse without taking them away, metres; at least `range_m`.
    pub weak_m: f64,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

impl Interference {
    /// Whether a target at a place and height above ground has its satellite navigation made worse, but not taken away.
    #[must_use]
    pub fn weakens(&self, time: Time, place: Vec3<Ecef>, agl_m: f64) -> bool {
        let range_m = self.site.range_m(place);
        time >= self.from
            && time < self.until
            && range_m > self.range_m
            && range_m <= self.weak_m
            && self.site.above_horizon(range_m, agl_m)
    }

    /// Whether a target at a place and height above ground loses satellite navigation.
    #[must_use]
    pub fn reaches(&self, time: Time, place: Vec3<Ecef>, agl_m: f64) -> bool {
        let range_m = self.site.range_m(place);
        time >= self.from && time < self.until && range_m <= self.range_m && self.site.above_horizon(range_m, agl_m)
    }
}

impl Receiver {
    /// Probability that a message from a place is heard: constant nearby, falling to a third of that at the farthest range, none
    /// beyond it or the horizon.
    #[must_use]
    pub fn hears(&self, place: Vec3<Ecef>, agl_m: f64) -> Option<(f64, f64)> {
        let range_m = self.site.range_m(place);
        if range_m > self.range_m || !self.site.above_horizon(range_m, agl_m) {
            return None;
        }
        let share = range_m / self.range_m;
        Some((self.probability * (1.0 - 2.0 / 3.0 * share * share), range_m))
    }
}

/// A message as it arrived at a receiver's antenna.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) time: Time,
    pub(crate) signal: u8,
    pub(crate) frame: Frame,
}

impl Heard {
    pub(crate) fn new(sent: Time, range_m: f64, frame: Frame) -> Self {
        let delay = Span::from_s_f64(range_m / LIGHT_M_S).unwrap_or(Span::ZERO);
        // Free-space amplitude falls with range; 20 km gives nearly full scale.
        let signal = (250.0 * 20_000.0 / range_m.max(20_000.0)).clamp(2.0, 250.0) as u8;
        Self { time: sent + delay, signal, frame }
    }
}

/// Appends what was heard as a Beast frame, stamped by the receiver's own counter or by GPS time.
pub(crate) fn write_beast(heard: &Heard, begin: Time, stamps: Stamps, out: &mut Vec<u8>) {
    let stamp = match stamps {
        Stamps::Counter => ((heard.time - begin).s() * TICKS_PER_S) as u64 & 0xffff_ffff_ffff,
        Stamps::Gps => {
            let of_day_ns = (heard.time - heard.time.midnight()).ns();
            ((of_day_ns / NS_PER_S) as u64) << 30 | (of_day_ns % NS_PER_S) as u64
        }
    };
    beast(out, stamp, heard.signal, heard.frame.bytes());
}
