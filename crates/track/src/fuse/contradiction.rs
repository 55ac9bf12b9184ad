//! When what an object says of its place counts as contradicted, and from when on no more.
//!
//! One position that a sensor's measurement rules out is enough to begin with: a permission must not rest on a word that was wrong a moment ago.
//! One bad position (a receiver's error, a wrong decoding) must not mark a flight for the rest of its life either. So the mark goes when the
//! reports have fitted again, without one that did not, while a sensor measured the object.

use crate::state::Dossier;
use skypicket_model::{Span, Time};

/// So many reports in a row must fit.
const FITS: u32 = 10;
/// … over at least this time. Origin: a dozen turns of a fast radar, five of a slow one, so that the sensor really looked.
const FITS_OVER: Span = Span::from_s(60);

/// A stated position did not fit what is known of the track.
pub(super) fn misfit(dossier: &mut Dossier) {
    dossier.misfits = dossier.misfits.saturating_add(1);
    dossier.fits = None;
}

/// An independent measurement contradicts the object's word; returns whether nothing did before.
pub(super) fn begins(dossier: &mut Dossier, at: Time) -> bool {
    let new = dossier.identity.contradicted_since.is_none();
    dossier.identity.contradicted_since.get_or_insert(at);
    new
}

/// A stated position fitted; `measured` when a sensor that measures by itself has seen the object lately. What nobody measures
/// is not cleared by its own word.
pub(super) fn fitted(dossier: &mut Dossier, at: Time, measured: bool) {
    dossier.misfits = 0;
    if dossier.identity.contradicted_since.is_none() || !measured {
        return;
    }
    let (since, count) = dossier.fits.map_or((at, 1), |(since, count)| (since.min(at), count.saturating_add(1)));
    dossier.fits = Some((since, count));
    if count >= FITS && at - since >= FITS_OVER {
        dossier.identity.contradicted_since = None;
        dossier.fits = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradicted() -> Dossier {
        let mut dossier = Dossier::default();
        misfit(&mut dossier);
        assert!(begins(&mut dossier, Time::from_s(0)) && !begins(&mut dossier, Time::from_s(1)));
        assert_eq!(dossier.identity.contradicted_since, Some(Time::from_s(0)));
        dossier
    }

    /// The second at which the mark goes, with a report each `every_s` from second 2 on.
    fn cleared_at(dossier: &mut Dossier, every_s: usize, measured: bool) -> Option<i64> {
        (2..400).step_by(every_s).map(i64::from).find(|s| {
            fitted(dossier, Time::from_s(*s), measured);
            dossier.identity.contradicted_since.is_none()
        })
    }

    #[test]
    fn the_mark_goes_after_a_minute_and_ten_reports_that_fit_what_is_measured() {
        assert_eq!(cleared_at(&mut contradicted(), 1, true), Some(62));
        assert_eq!(cleared_at(&mut contradicted(), 20, true), Some(182));
        assert_eq!(cleared_at(&mut contradicted(), 1, false), None);
    }

    #[test]
    fn one_more_that_does_not_fit_begins_the_minute_anew() {
        let mut dossier = contradicted();
        for s in 2..60 {
            fitted(&mut dossier, Time::from_s(s), true);
        }
        misfit(&mut dossier);
        for s in 61..121 {
            fitted(&mut dossier, Time::from_s(s), true);
        }
        assert_eq!(dossier.identity.contradicted_since, Some(Time::from_s(0)));
        fitted(&mut dossier, Time::from_s(121), true);
        assert_eq!((dossier.identity.contradicted_since, dossier.misfits), (None, 0));
    }
}
