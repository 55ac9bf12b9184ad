//! What an aircraft tells of its place and motion, and whether that can be true (docs/detectors/gnss_interference.md, "False positions").
//!
//! One position that cannot be reached may be a message decoded wrongly; two that fit each other and not what was before are a receiver that is told another
//! place. Where the aircraft was believed to be is kept meanwhile, and goes on by dead reckoning.

mod slip;
mod speed;
#[cfg(test)]
mod tests;

use skypicket_model::gnss::FalseSign;
use skypicket_model::math::{self, cos, rad};
use skypicket_model::{LatLon, Span, Time};

use slip::Window;

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
}
