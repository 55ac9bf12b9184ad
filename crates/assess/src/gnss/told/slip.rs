//! Positions that do not move as the stated velocity says: frozen ones, or ones that are pulled another way.

use skypicket_model::gnss::FalseSign;
use skypicket_model::{LatLon, Span, Time};

use super::{Believed, News, Told};

/// Stated velocity is added up over this time and held against the way between two stated positions; so much faster or slower, m/s, in two windows in a row cannot be.
const WINDOW: Span = Span::from_s(20);
const WINDOW_GAP_S: f64 = 3.0;
const SLIP_M_S: f64 = 40.0;
const SLIPS: u8 = 2;

/// Stated velocity added up since a stated position, metres east and north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    from: LatLon,
    since: Time,
    added: Time,
    moved_m: [f64; 2],
}
skypicket_model::canon_struct!(Window { from, since, added, moved_m });

impl Told {
    /// Adds a stated velocity to the way since the window's first position.
    pub(super) fn add_up(&mut self, velocity_m_s: [f64; 2], now: Time) {
        let Some(window) = self.window.as_mut() else { return };
        let seconds = (now - window.added).s();
        if !(0.0..=WINDOW_GAP_S).contains(&seconds) {
            self.window = None;
            return;
        }
        for (moved_m, speed_m_s) in window.moved_m.iter_mut().zip(velocity_m_s) {
            *moved_m += speed_m_s * seconds;
        }
        window.added = now;
    }

    /// Whether positions move as the stated velocity says.
    pub(super) fn slip(&mut self, place: LatLon, now: Time) -> News {
        let Some(window) = self.window.filter(|window| (now - window.added).s() <= WINDOW_GAP_S) else {
            self.window = Some(Window { from: place, since: now, added: now, moved_m: [0.0, 0.0] });
            return News::None;
        };
        if now - window.since < WINDOW {
            return News::None;
        }
        let rest_s = (now - window.added).s();
        let [east_m, north_m] = core::array::from_fn(|k| window.moved_m[k] + self.velocity_m_s[k] * rest_s);
        let to = Believed { place: window.from, at: Time::EPOCH, velocity_m_s: [east_m, north_m] };
        let apart_m = to.reckoned(Time::from_s(1)).rough_distance_m(place);
        self.window = Some(Window { from: place, since: now, added: now, moved_m: [0.0, 0.0] });
        if apart_m <= SLIP_M_S * (now - window.since).s() {
            self.slips = 0;
            return News::None;
        }
        self.slips = self.slips.saturating_add(1);
        if self.slips < SLIPS || self.is_false() {
            return News::None;
        }
        let began = Believed { place: window.from, at: window.since, velocity_m_s: self.velocity_m_s };
        self.hold_false(FalseSign::Slip, Some(began), now)
    }
}
