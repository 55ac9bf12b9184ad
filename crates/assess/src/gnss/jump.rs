//! Positions that cannot be true: nobody flies so far in so short a time (docs/detectors/gnss_interference.md, "False positions").
//!
//! One position that cannot be reached may be a message decoded wrongly; two that fit each other and not what was before are a receiver that is told another
//! place. Where the aircraft was believed to be is kept meanwhile, and goes on by dead reckoning.

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

/// What a position is, beside those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It can be reached.
    Fits,
    /// It cannot, and may be an error of one message.
    Odd,
    /// It cannot, and others like it came: a jump, for the first time or once more.
    Jumped,
    /// It goes on from where it jumped to.
    Stays,
    /// It lies where the aircraft would be by now.
    Back,
}

/// Positions that are not believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Odd {
    place: LatLon,
    at: Time,
    fit: u8,
    /// Enough of them fitted each other.
    told: bool,
}
skypicket_model::canon_struct!(Odd { place, at, fit, told });

/// Whether a place can be reached from another in the time between.
fn reachable(from: (LatLon, Time), to: (LatLon, Time)) -> bool {
    let gap = (to.1 - from.1).max(Span::ZERO);
    gap > REACHABLE_AFTER || from.0.rough_distance_m(to.0) <= FASTEST_M_S * gap.s() + BESIDE_M
}

/// Holds a position against the last believed one and those not believed. `reckoned`: where the aircraft would be now; `speed_m_s`: how fast it was.
pub(super) fn judge(
    odd: &mut Option<Odd>,
    believed: (LatLon, Time),
    reckoned: LatLon,
    speed_m_s: f64,
    (place, now): (LatLon, Time),
) -> Verdict {
    let told = odd.is_some_and(|odd| odd.told);
    if told {
        let gap_s = (now - believed.1).s().max(0.0);
        if now - believed.1 <= REACHABLE_AFTER
            && reckoned.rough_distance_m(place) <= BACK_SHARE * speed_m_s * gap_s + BACK_M
        {
            *odd = None;
            return Verdict::Back;
        }
    } else if reachable(believed, (place, now)) {
        *odd = None;
        return Verdict::Fits;
    }
    let fits_odd = odd.is_some_and(|odd| reachable((odd.place, odd.at), (place, now)));
    let fit = if fits_odd { odd.map_or(1, |odd| odd.fit.saturating_add(1)) } else { 1 };
    let jumped = fit == FIT;
    *odd = Some(Odd { place, at: now, fit, told: told || jumped });
    match (jumped, told) {
        (true, _) => Verdict::Jumped,
        (false, true) => Verdict::Stays,
        (false, false) => Verdict::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BELIEVED: LatLon = LatLon { lat_deg: 50.0, lon_deg: 20.0 };
    const FALSE: LatLon = LatLon { lat_deg: 45.0, lon_deg: 20.0 };

    fn at(seconds: i64) -> Time {
        Time::from_s(1_000_000 + seconds)
    }

    fn held(odd: &mut Option<Odd>, place: LatLon, seconds: i64) -> Verdict {
        judge(odd, (BELIEVED, at(0)), BELIEVED, 200.0, (place, at(seconds)))
    }

    #[test]
    fn one_wrong_message_is_no_jump() {
        let mut odd = None;
        assert_eq!(held(&mut odd, FALSE, 1), Verdict::Odd);
        assert_eq!(held(&mut odd, BELIEVED, 2), Verdict::Fits);
        assert_eq!(odd, None);
    }

    #[test]
    fn two_that_fit_each_other_are_and_coming_back_is_noticed() {
        let mut odd = None;
        assert_eq!(held(&mut odd, FALSE, 1), Verdict::Odd);
        assert_eq!(held(&mut odd, FALSE, 2), Verdict::Jumped);
        assert_eq!(held(&mut odd, FALSE, 3), Verdict::Stays);
        let elsewhere = LatLon { lat_deg: 42.0, ..FALSE };
        assert_eq!(held(&mut odd, elsewhere, 4), Verdict::Stays);
        assert_eq!(held(&mut odd, elsewhere, 5), Verdict::Jumped, "once more");
        assert_eq!(held(&mut odd, BELIEVED, 6), Verdict::Back);
        assert_eq!(odd, None);
    }

    #[test]
    fn a_position_after_a_long_silence_is_believed() {
        let mut odd = None;
        assert_eq!(held(&mut odd, FALSE, 1000), Verdict::Fits);
    }
}
