//! What others say of an aircraft that speaks of itself: sensors that measure it, and the heights of those around it.

use std::collections::BTreeMap;

use skypicket_model::gnss::GnssChange;
use skypicket_model::track::Line;
use skypicket_model::{Address, LatLon, ObservationId, Span, Time, Track};

use super::told::News;
use super::world::World;

/// A sensor measured it so lately, and so often that it is no chance.
const LATELY: Span = Span::from_s(15);
const OFTEN: u32 = 3;
/// Heights are compared this often, and only stated ones this young.
const HEIGHTS_EVERY_S: i64 = 10;
const HEIGHT_FOR: Span = Span::from_s(20);
/// Among at least so many in a box of so many degrees and a layer so thick, metres: the weather's part of the difference hardly changes within.
const AMONG: usize = 5;
const BOX_DEG: f64 = 3.0;
const LAYER_M: f64 = 2_500.0;
/// A difference from their median that no weather and no geoid makes, metres, and one that fits.
const MISFIT_M: f64 = 600.0;
const FIT_M: f64 = 250.0;
/// A change against its own difference before, within this time, that no climb makes.
const AT_ONCE: Span = Span::from_s(120);
/// Comparisons in a row, and aircraft in a box that misfit at once: one alone may have a fault.
const ROW: u8 = 3;
const TOGETHER: usize = 2;

/// How an aircraft's stated height did against its pressure altitude, beside others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Height {
    /// Stated height minus pressure altitude, metres, and when that was said.
    pub(super) over: Option<(f64, Time)>,
    /// The same when it fitted the others last.
    fitted: Option<(f64, Time)>,
    fits: u8,
    misfits: u8,
}
skypicket_model::canon_struct!(Height { over, fitted, fits, misfits });

impl Height {
    /// Takes how far its difference is from the median of those around it; whether it misfits for long enough. Where most are told a false height, the median is false:
    /// who did not change keeps its word.
    fn compare(&mut self, over_m: f64, apart_m: f64, now: Time) -> bool {
        let (changed_m, since) =
            self.fitted.map_or((0.0, Span::ZERO), |(before_m, at)| ((over_m - before_m).abs(), now - at));
        if changed_m > MISFIT_M && self.fits >= ROW && (apart_m > MISFIT_M || since <= AT_ONCE) {
            self.misfits = self.misfits.saturating_add(1);
            return self.misfits >= ROW;
        }
        self.misfits = 0;
        if apart_m <= FIT_M {
            (self.fits, self.fitted) = (self.fits.saturating_add(1), Some((over_m, now)));
        }
        false
    }
}

/// One whose place a sensor measured lately.
fn is_measured(track: &Track, now: Time) -> bool {
    let by_sensor = |line: &&skypicket_model::track::LineOfEvidence| matches!(line.line, Line::Sensor(_));
    track.lines.iter().filter(by_sensor).any(|line| now - line.last <= LATELY && line.count >= OFTEN)
}

impl World {
    /// Holds what sensors measure against what aircraft say. Only aircraft whose word a measurement contradicts, or that are held to tell false positions, are looked at.
    pub(super) fn compare_places(&mut self, tracks: &[Track], now: Time) {
        let (suspects, reality) = (self.suspects(), self.reality);
        for track in tracks.iter().filter(|track| track.reality == reality && is_measured(track, now)) {
            let place = track.position.lat_lon();
            let sigma_m = track.covariance.horizontal_ellipse().0;
            let address = track.identity.address().filter(|own| {
                track.identity.contradicted_since.is_some() || suspects.binary_search_by_key(own, |(a, _)| *a).is_ok()
            });
            // One that nobody names may be where a suspect says that it is.
            let address = address.or_else(|| {
                let there = |(_, told): &&(Address, LatLon)| told.rough_distance_m(place) <= 2_000.0;
                suspects.iter().find(there).filter(|_| track.identity.address().is_none()).map(|(own, _)| *own)
            });
            let Some(address) = address else { continue };
            let velocity_m_s = [track.velocity.x, track.velocity.y];
            self.say(address, track.last_observation, now, |own| {
                own.told.measured(place, velocity_m_s, sigma_m, track.valid)
            });
        }
    }

    /// Aircraft that are held to tell false positions, and where they say that they are; by address.
    fn suspects(&self) -> Vec<(Address, LatLon)> {
        let all = self.suspected.iter();
        all.filter_map(|own| Some((*own, self.aircraft.get(own)?.told.false_place()?.0))).collect()
    }

    /// Tells an aircraft what others say of it.
    fn say(
        &mut self,
        address: Address,
        id: ObservationId,
        now: Time,
        what: impl FnOnce(&mut super::aircraft::Aircraft) -> News,
    ) {
        let Some(own) = self.aircraft.get_mut(&address) else { return };
        let news = what(own);
        own.news(news);
        if news != News::None
            && let Some(change) = own.judge(address, id, now)
        {
            self.changed(change, now);
        }
    }

    /// Holds stated heights against pressure altitudes among neighbours.
    pub(super) fn compare_heights(&mut self, now: Time) {
        if now.floor_s() % HEIGHTS_EVERY_S != 0 {
            return;
        }
        type Box = (i32, i32, i32);
        let mut boxes: BTreeMap<Box, Vec<(f64, Address)>> = BTreeMap::new();
        for (address, own) in self.aircraft.sorted().into_iter().filter(|(_, own)| !own.told.is_false()) {
            let Some((over_m, at)) = own.height.over else { continue };
            let Some(place) = own.reckoned(now).filter(|_| now - at <= HEIGHT_FOR) else { continue };
            let step = |value: f64, width: f64| (value / width).floor() as i32;
            let key = (step(place.lat_deg, BOX_DEG), step(place.lon_deg, BOX_DEG), step(own.pressure_m, LAYER_M));
            boxes.entry(key).or_default().push((over_m, *address));
        }
        for all in boxes.values_mut().filter(|all| all.len() >= AMONG) {
            all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let median_m = all[all.len() / 2].0;
            let mut misfit = Vec::new();
            for (over_m, address) in all.iter() {
                let Some(own) = self.aircraft.get_mut(address) else { continue };
                if own.height.compare(*over_m, (over_m - median_m).abs(), now) {
                    misfit.push(*address);
                }
            }
            if misfit.len() >= TOGETHER {
                for address in misfit {
                    self.say(address, ObservationId::default(), now, |own| own.told.height_misfits(now));
                }
            }
        }
    }

    /// Remembers a change, and that positions may not be used or may be again.
    pub(super) fn changed(&mut self, change: GnssChange, now: Time) {
        use skypicket_model::gnss::GnssState::SpoofSuspect;
        let believed = self.aircraft.get(&change.address).and_then(|own| own.reckoned(now));
        if change.to == SpoofSuspect {
            self.suspected.insert(change.address);
            self.distrust(change.address, true, believed, now);
        } else if self.suspected.remove(&change.address) {
            self.distrust(change.address, false, believed, now);
        }
        if self.changes.len() >= super::world::MAX_CHANGES {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }
}
