//! What an aircraft tells of its place and motion, and whether that can be true (docs/detectors/gnss_interference.md, "False positions").
//!
//! One position that cannot be reached may be a message decoded wrongly; two that fit each other and not what was before are a receiver that is told another
//! place. Where the aircraft was believed to be is kept meanwhile, and goes on by dead reckoning.

use skypicket_model::gnss::FalseSign;
use skypicket_model::math::{self, cos, rad};
use skypicket_model::{LatLon, Span, Time};

/// Faster than this flies nothing that says where it is, m/s, and so much beside is no jump, metres. Origin: Mach 1.3 at the surface; an even and an odd frame ten
/// seconds apart, decoded together while it turns, differ by less.
const FASTEST_M_S: f64 = 450.0;
const BESIDE_M: f64 = 2_000.0;
/// Positions that fit each other before they are believed to be told falsely.
const FIT: u8 = 2;
/// After so long without a believed position any place can be reached.
const REACHABLE_AFTER: Span = Span::from_s(600);
/// A position is believed again when it lies so near to where the aircraft would be by now: a share of the way since, and so much beside, metres.
const BACK_SHARE: f64 = 0.35;
const BACK_M: f64 = 5_000.0;
/// After [`REACHABLE_AFTER`], when it came no farther than this share of what its speed would carry it straight on.
const BACK_FAR_SHARE: f64 = 1.15;
/// Dead reckoning goes on for so long, and what was believed before a silence is kept for so long.
const RECKONED_S: f64 = 600.0;
const KEPT: Span = Span::from_s(3600);
/// A silence after which a position that can be reached is believed only on trial.
const SILENCE: Span = Span::from_s(60);
/// What gave no further sign for so long is believed again, whatever it was.
const FORGIVEN: Span = Span::from_s(3600);
/// At least this share of what its speed would carry it.
const BACK_LEAST_SHARE: f64 = 0.6;
/// It is decided by so many positions after a jump whether that led back.
const DECIDED_BY: u8 = 8;
/// Taken where an aircraft tells no velocity, m/s: that of most that fly high.
const LEAST_SPEED_M_S: f64 = 50.0;
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
/// Stated velocity is added up over this time and held against the way between two stated positions; so much faster or slower, m/s, in two windows in a row cannot be.
const WINDOW: Span = Span::from_s(20);
const WINDOW_GAP_S: f64 = 3.0;
const SLIP_M_S: f64 = 40.0;
const SLIPS: u8 = 2;
/// A sensor that measures by itself puts the aircraft so far from where it says it is, metres at least.
const APART_M: f64 = 5_000.0;

/// A place and motion that were believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Believed {
    pub(super) place: LatLon,
    pub(super) at: Time,
    pub(super) velocity_m_s: [f64; 2],
}
skypicket_model::canon_struct!(Believed { place, at, velocity_m_s });

impl Believed {
    fn speed_m_s(&self) -> f64 {
        let [east, north] = self.velocity_m_s;
        math::hypot(east, north).max(LEAST_SPEED_M_S)
    }

    /// Where it is at a moment if it flew straight on, for [`RECKONED_S`] at most.
    pub(super) fn reckoned(&self, at: Time) -> LatLon {
        let seconds = (at - self.at).s().clamp(0.0, RECKONED_S);
        let [east, north] = self.velocity_m_s;
        let lat_deg = self.place.lat_deg + north * seconds / 111_120.0;
        let lon_deg = self.place.lon_deg + east * seconds / (111_120.0 * cos(rad(self.place.lat_deg)).max(0.01));
        LatLon { lat_deg: lat_deg.clamp(-90.0, 90.0), lon_deg: math::wrap_deg_180(lon_deg) }
    }
}

/// Positions that are not believed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Odd {
    place: LatLon,
    at: Time,
    fit: u8,
    /// Why they are held false and since when there was no further sign; `None` while they may be an error.
    held: Option<(FalseSign, Time)>,
}
skypicket_model::canon_struct!(Odd { place, at, fit, held });

/// Stated velocity added up since a stated position, metres east and north.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Window {
    from: LatLon,
    since: Time,
    added: Time,
    moved_m: [f64; 2],
}
skypicket_model::canon_struct!(Window { from, since, added, moved_m });

/// What a message changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing, or nothing that is sure yet.
    None,
    /// What it tells is held false from now on, or it jumped once more.
    False(FalseSign),
    /// It is believed again.
    Back,
    /// A sensor measured it where it says that it is.
    Cleared,
}

/// What one aircraft told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    /// Last believed; `None` before any, and where only false ones were told.
    pub(super) believed: Option<Believed>,
    /// What was believed before a silence, while the places after it are on trial.
    before: Option<Believed>,
    /// Velocity last stated and believed, also before any position.
    velocity_m_s: [f64; 2],
    fastest_m_s: f64,
    /// It is too slow for its height, and was never heard flying faster.
    doubtful: bool,
    airspeed: Option<(f64, Time)>,
    odd: Option<Odd>,
    /// Since it is held false, it jumped once more.
    jumped_since_held: bool,
    strange: u8,
    window: Option<Window>,
    slips: u8,
}
skypicket_model::canon_struct!(Told {
    believed,
    before,
    velocity_m_s,
    fastest_m_s,
    doubtful,
    airspeed,
    odd,
    jumped_since_held,
    strange,
    window,
    slips,
});

/// Whether a place can be flown to from another in the time between.
fn flown(from: (LatLon, Time), to: (LatLon, Time)) -> bool {
    let gap = (to.1 - from.1).max(Span::ZERO);
    from.0.rough_distance_m(to.0) <= FASTEST_M_S * gap.s() + BESIDE_M
}

/// The same, or it is too long since.
fn reachable(from: (LatLon, Time), to: (LatLon, Time)) -> bool {
    to.1 - from.1 > REACHABLE_AFTER || flown(from, to)
}

impl Told {
    /// Where it is believed to be at a moment.
    pub(super) fn reckoned(&self, at: Time) -> Option<LatLon> {
        self.believed.map(|believed| believed.reckoned(at))
    }

    /// It is held to tell false positions.
    pub(super) fn is_false(&self) -> bool {
        self.odd.is_some_and(|odd| odd.held.is_some())
    }

    /// Where it says it is, while that is held false.
    pub(super) fn false_place(&self) -> Option<(LatLon, Time)> {
        self.odd.filter(|odd| odd.held.is_some()).map(|odd| (odd.place, odd.at))
    }

    /// Forgets a flight that is over.
    pub(super) fn forget(&mut self, now: Time) {
        let last = self.believed.map(|last| last.at).max(self.odd.map(|odd| odd.at));
        if last.is_some_and(|last| now - last > KEPT) {
            *self = Self::default();
        }
    }

    /// Takes a stated position.
    pub(super) fn position(&mut self, place: LatLon, now: Time) -> News {
        let news = match (self.odd, self.believed) {
            (Some(odd @ Odd { held: Some(held), .. }), _) => self.while_false((odd, held), place, now),
            (_, Some(believed)) if !reachable((believed.place, believed.at), (place, now)) => self.odd_one(place, now),
            (_, believed) => {
                if let Some(last) = believed.filter(|last| now - last.at > SILENCE) {
                    self.before = Some(last);
                }
                self.before = self.before.filter(|before| now - before.at <= KEPT);
                self.believe(place, now);
                News::None
            }
        };
        if news == News::None { self.slip(place, now) } else { news }
    }

    fn believe(&mut self, place: LatLon, now: Time) {
        self.odd = None;
        self.believed = Some(Believed { place, at: now, velocity_m_s: self.velocity_m_s });
    }

    /// One that cannot be reached, where none was held false before.
    fn odd_one(&mut self, place: LatLon, now: Time) -> News {
        let fits = self.odd.filter(|odd| reachable((odd.place, odd.at), (place, now)));
        let fit = fits.map_or(1, |odd| odd.fit.saturating_add(1));
        self.window = None;
        if fit < FIT {
            self.odd = Some(Odd { place, at: now, fit, held: None });
            return News::None;
        }
        // What it told before was flown by nobody; this may be.
        if self.doubtful {
            (self.doubtful, self.before) = (false, None);
            self.believe(place, now);
            return News::None;
        }
        self.odd = Some(Odd { place, at: now, fit, held: Some((FalseSign::Jump, now)) });
        News::False(FalseSign::Jump)
    }

    /// One while those before are held false.
    fn while_false(&mut self, (odd, (sign, since)): (Odd, (FalseSign, Time)), place: LatLon, now: Time) -> News {
        let near = self.believed.is_some_and(|last| {
            let gap = now - last.at;
            gap <= REACHABLE_AFTER
                && last.reckoned(now).rough_distance_m(place) <= BACK_SHARE * last.speed_m_s() * gap.s() + BACK_M
        });
        if near && !self.doubtful || now - since > FORGIVEN {
            return self.back(place, now);
        }
        let continues = flown((odd.place, odd.at), (place, now));
        let fit = if continues { odd.fit.saturating_add(1) } else { 1 };
        let since = if self.doubtful { now } else { since };
        self.odd = Some(Odd { place, at: now, fit, held: Some((sign, since)) });
        // After a jump: where it would be by now, or once more a false place.
        let far = self.believed.filter(|last| now - last.at > REACHABLE_AFTER).is_some_and(|last| {
            let straight_m = last.speed_m_s() * (now - last.at).s();
            let way_m = last.place.rough_distance_m(place);
            (BACK_LEAST_SHARE * straight_m - BACK_M..=BACK_FAR_SHARE * straight_m + BACK_M).contains(&way_m)
        });
        if far && !self.doubtful && (FIT..DECIDED_BY).contains(&fit) && self.jumped_since_held {
            return self.back(place, now);
        }
        if !continues {
            self.jumped_since_held = true;
        }
        if fit == FIT && self.jumped_since_held {
            self.odd = Some(Odd { place, at: now, fit, held: Some((FalseSign::Jump, now)) });
            return News::False(FalseSign::Jump);
        }
        News::None
    }

    fn back(&mut self, place: LatLon, now: Time) -> News {
        let velocity_m_s = self.believed.map_or(self.velocity_m_s, |last| last.velocity_m_s);
        self.believed = Some(Believed { place, at: now, velocity_m_s });
        (self.odd, self.before, self.window, self.slips, self.strange) = (None, None, None, 0, 0);
        self.jumped_since_held = false;
        News::Back
    }

    /// Takes a stated ground velocity, m/s east and north, of one that flies at a pressure altitude.
    pub(super) fn velocity(&mut self, velocity_m_s: [f64; 2], pressure_m: f64, now: Time) -> News {
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
    pub(super) fn airspeed(&mut self, true_m_s: f64, now: Time) {
        self.airspeed = Some((true_m_s, now));
    }

    /// A sensor that measures by itself puts it elsewhere, with that sigma; whether that is news.
    pub(super) fn measured(&mut self, place: LatLon, velocity_m_s: [f64; 2], sigma_m: f64, now: Time) -> News {
        let measured = Believed { place, at: now, velocity_m_s };
        if let Some(odd) = self.odd.filter(|odd| odd.held.is_some()) {
            let way_m = math::hypot(velocity_m_s[0], velocity_m_s[1]) * (now - odd.at).s().abs();
            if (now - odd.at).s() < 10.0 && odd.place.rough_distance_m(place) <= APART_M / 5.0 + 2.0 * sigma_m + way_m {
                self.back(odd.place, odd.at);
                return News::Cleared;
            }
            self.believed = Some(measured);
            return News::None;
        }
        let Some(believed) = self.believed.filter(|last| (now - last.at).s() < 10.0) else { return News::None };
        if believed.reckoned(now).rough_distance_m(place) <= APART_M + 5.0 * sigma_m {
            return News::None;
        }
        self.hold_false(FalseSign::Radar, Some(measured), now)
    }

    /// Its stated height cannot be true, as those of others around it; whether that is news.
    pub(super) fn height_misfits(&mut self, now: Time) -> News {
        if self.is_false() { News::None } else { self.hold_false(FalseSign::Height, None, now) }
    }

    fn hold_false(&mut self, sign: FalseSign, believed: Option<Believed>, now: Time) -> News {
        let place = self.believed.map_or(LatLon::default(), |last| last.place);
        self.odd = Some(Odd { place, at: now, fit: DECIDED_BY, held: Some((sign, now)) });
        (self.believed, self.strange, self.slips, self.window) = (believed, 0, 0, None);
        self.jumped_since_held = false;
        News::False(sign)
    }

    /// Adds a stated velocity to the way since the window's first position.
    fn add_up(&mut self, velocity_m_s: [f64; 2], now: Time) {
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
    fn slip(&mut self, place: LatLon, now: Time) -> News {
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

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: LatLon = LatLon { lat_deg: 45.0, lon_deg: 20.0 };

    fn at(seconds: i64) -> Time {
        Time::from_s(1_000_000 + seconds)
    }

    /// One that flies north from [`HERE`] at 240 m/s, to a second.
    fn flying(seconds: i64) -> (Told, impl Fn(i64) -> LatLon) {
        let place = |second: i64| LatLon { lat_deg: 50.0 + second as f64 * 240.0 / 111_132.95, lon_deg: 20.0 };
        let mut told = Told::default();
        for second in 0..=seconds {
            assert_eq!(told.velocity([0.0, 240.0], 11_000.0, at(second)), News::None);
            assert_eq!(told.position(place(second), at(second)), News::None);
        }
        (told, place)
    }

    #[test]
    fn one_wrong_message_is_no_jump() {
        let (mut told, place) = flying(60);
        assert_eq!(told.position(THERE, at(61)), News::None);
        assert_eq!(told.position(place(62), at(62)), News::None);
        assert!(!told.is_false() && told.odd.is_none());
    }

    #[test]
    fn two_that_fit_each_other_are_and_coming_back_is_noticed() {
        let (mut told, place) = flying(60);
        assert_eq!(told.position(THERE, at(61)), News::None);
        assert_eq!(told.position(THERE, at(62)), News::False(FalseSign::Jump));
        assert_eq!(told.position(THERE, at(63)), News::None);
        let elsewhere = LatLon { lat_deg: 42.0, ..THERE };
        assert_eq!(told.position(elsewhere, at(64)), News::None);
        assert_eq!(told.position(elsewhere, at(65)), News::False(FalseSign::Jump), "once more");
        let reckoned = told.reckoned(at(70)).expect("it was believed");
        assert!(reckoned.rough_distance_m(place(70)) < 500.0, "{reckoned:?}");
        assert_eq!(told.position(place(70), at(70)), News::Back);
        assert!(!told.is_false());
    }

    #[test]
    fn a_position_after_a_long_silence_is_believed() {
        let (mut told, _) = flying(60);
        assert_eq!(told.position(THERE, at(2000)), News::None);
        assert!(!told.is_false());
    }

    #[test]
    fn after_a_silence_a_speed_that_nobody_flies_at_its_height_betrays_a_false_place_and_flying_on_ends_it() {
        let (mut told, place) = flying(60);
        // 250 km aside after twenty minutes: reachable. At 26 m/s it would fall.
        let aside = |second: i64| LatLon { lat_deg: 52.0, lon_deg: 23.6 - 26.0 / 70_000.0 * (second - 1260) as f64 };
        assert_eq!(told.position(aside(1260), at(1260)), News::None);
        let said: Vec<News> = (1260..1264).map(|second| told.velocity([-26.0, 0.0], 11_582.0, at(second))).collect();
        assert_eq!(said[..3], [News::None, News::None, News::False(FalseSign::Speed)]);
        for second in 1264..2800 {
            assert_eq!(told.position(aside(second), at(second)), News::None, "{second}");
            told.velocity([-26.0, 0.0], 11_582.0, at(second));
        }
        // Another false place, then its own course.
        let other = LatLon { lat_deg: 52.4, lon_deg: 23.6 };
        let said = [2801, 2802].map(|second| told.position(other, at(second)));
        assert_eq!(said, [News::None, News::False(FalseSign::Jump)]);
        told.velocity([0.0, 240.0], 11_582.0, at(3000));
        let said = [3000, 3001].map(|second| told.position(place(second), at(second)));
        assert_eq!(said, [News::None, News::Back]);
    }

    #[test]
    fn positions_that_stand_still_while_it_flies_are_false_after_two_windows() {
        let (mut told, place) = flying(60);
        let stays = place(60);
        let first = (61..140).find(|second| {
            told.velocity([0.0, 240.0], 11_000.0, at(*second));
            told.position(stays, at(*second)) != News::None
        });
        assert!(first.is_some_and(|second| second < 125), "{first:?}");
        assert_eq!(told.odd.and_then(|odd| odd.held).map(|held| held.0), Some(FalseSign::Slip));
    }

    #[test]
    fn turning_and_slowing_down_is_flown_by_many() {
        let (mut told, _) = flying(60);
        let (mut place, mut heading, mut speed) = (told.believed.expect("flown").place, 0.0_f64, 240.0_f64);
        for second in 61..1200 {
            (heading, speed) = (heading + 0.05, (speed - 0.3).max(70.0));
            let velocity = [speed * math::sin(heading), speed * cos(heading)];
            place = Believed { place, at: at(0), velocity_m_s: velocity }.reckoned(at(1));
            let pressure_m = (11_000.0 - 12.0 * (second - 60) as f64).max(500.0);
            assert_eq!(told.velocity(velocity, pressure_m, at(second)), News::None, "{second}");
            assert_eq!(told.position(place, at(second)), News::None, "{second}");
        }
    }

    #[test]
    fn a_sensor_that_puts_it_elsewhere_makes_it_false_and_one_that_puts_it_there_true() {
        let (mut told, place) = flying(60);
        assert_eq!(told.measured(place(60), [0.0, 240.0], 200.0, at(60)), News::None);
        let aside = LatLon { lon_deg: 20.2, ..place(60) };
        assert_eq!(told.measured(aside, [0.0, 240.0], 200.0, at(60)), News::False(FalseSign::Radar));
        assert_eq!(told.believed.map(|last| last.place), Some(aside));
        told.position(place(61), at(61));
        assert_eq!(told.measured(place(61), [0.0, 240.0], 200.0, at(61)), News::Cleared);
    }
}
