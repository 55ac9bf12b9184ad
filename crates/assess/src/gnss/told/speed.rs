//! Speeds that nobody flies: too slow to stay up, or farther from the airspeed than any wind.

use skypicket_model::gnss::FalseSign;
use skypicket_model::math;
use skypicket_model::{Span, Time};

use super::{News, Told};

/// Above this pressure altitude, metres, what has flown so fast, m/s, does not stay up when it is so slow over ground. Origin: jets stall above 100 m/s true there, and
/// winds of more than 70 m/s against them for minutes belong to the jet stream's core.
const HIGH_M: f64 = 6_000.0;
const FLOWN_M_S: f64 = 120.0;
const SLOW_M_S: f64 = 45.0;
/// No wind makes ground speed and true airspeed differ by so much, m/s. Origin: the fastest winds measured in the jet stream are about 110 m/s.
const WIND_M_S: f64 = 130.0;
/// Velocities in a row that nobody flies before they are held false, and the airspeed's age that still counts.
const STRANGE: u8 = 3;
const AIRSPEED_FOR: Span = Span::from_s(30);

impl Told {
    /// Takes a stated ground velocity, m/s east and north, of one that flies at a pressure altitude.
    pub(in super::super) fn velocity(&mut self, velocity_m_s: [f64; 2], pressure_m: f64, now: Time) -> News {
        let speed_m_s = math::hypot(velocity_m_s[0], velocity_m_s[1]);
        let slow = pressure_m > HIGH_M && speed_m_s < SLOW_M_S;
        let airspeed = self.airspeed.filter(|(_, at)| now - *at <= AIRSPEED_FOR);
        let windy = airspeed.is_some_and(|(airspeed_m_s, _)| (airspeed_m_s - speed_m_s).abs() > WIND_M_S);
        self.doubtful = slow;
        self.add_up(velocity_m_s, now);
        // How fast it says it is where it is not, is not believed either.
        if self.odd.is_some() {
            return News::None;
        }
        if !(windy || slow && self.fastest_m_s >= FLOWN_M_S) {
            self.strange = 0;
            self.fastest_m_s = self.fastest_m_s.max(speed_m_s);
            self.velocity_m_s = velocity_m_s;
            if let Some(believed) = self.believed.as_mut() {
                believed.velocity_m_s = velocity_m_s;
            }
            return News::None;
        }
        self.strange = self.strange.saturating_add(1);
        if self.strange < STRANGE {
            return News::None;
        }
        // Since the last silence it may have been told another place; nothing says since when where there was none.
        let before = self.before.take();
        self.hold_false(FalseSign::Speed, before.or(self.believed), now)
    }

    /// Takes a true airspeed, m/s.
    pub(in super::super) fn airspeed(&mut self, true_m_s: f64, now: Time) {
        self.airspeed = Some((true_m_s, now));
    }
}
