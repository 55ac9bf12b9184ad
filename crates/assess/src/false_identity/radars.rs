//! What each radar looked at and saw: its beam by north markers and sectors, its returns, and how often it detects whom where.

use std::collections::{BTreeMap, VecDeque};

use skypicket_model::math::{TAU, wrap_pi, wrap_tau};
use skypicket_model::observation::SensorStatus;
use skypicket_model::{Address, Observation, ObservationId, Report, SensorId, Span, Time};

/// Most radars, marks and returns kept of one, and radars remembered of one address.
const MOST_RADARS: usize = 64;
const MOST_MARKS: usize = 512;
const MOST_RETURNS: usize = 8192;
pub(super) const MOST_OF_ONE: usize = 8;
/// Cells in which a radar's detection is learned: sectors and rings.
const SECTORS: usize = 16;
const RINGS: usize = 16;
/// and layers, from these heights on, metres.
const LAYERS_M: [f64; 3] = [1_500.0, 3_000.0, 6_000.0];
/// Nothing is weighed before a radar saw so much, and what its horizon may hide not before it saw so many there.
const KNOWN: f64 = 30.0;
const KNOWN_THERE: f64 = 20.0;
/// Counts are halved at so many looks, so that a radar that changes is learned anew.
const FORGET_AT: f64 = 600.0;
/// A part of a turn took the time that it should within this share, and so many seconds.
const EVEN: f64 = 0.3;
const EVEN_S: f64 = 0.08;

/// One return.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Return {
    pub(super) at: Time,
    pub(super) range_m: f64,
    pub(super) azimuth_rad: f64,
    pub(super) sigma: [f64; 2],
    pub(super) address: Option<Address>,
    pub(super) id: ObservationId,
}
skypicket_model::canon_struct!(Return { at, range_m, azimuth_rad, sigma, address, id });

/// Where the beam was at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    at: Time,
    azimuth_rad: f64,
    /// By a message about the antenna, not by a return.
    told: bool,
}
skypicket_model::canon_struct!(Mark { at, azimuth_rad, told });

/// The beam passed from one azimuth to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sweep {
    pub(super) from: Time,
    pub(super) until: Time,
    pub(super) azimuth_rad: f64,
    pub(super) width_rad: f64,
}

impl Sweep {
    /// When the beam passed an azimuth, if it did.
    pub(super) fn passed(&self, azimuth_rad: f64) -> Option<Time> {
        let into = wrap_tau(azimuth_rad - self.azimuth_rad);
        let span = Span::from_s_f64((self.until - self.from).s() * into / self.width_rad)?;
        (into < self.width_rad).then_some(self.from + span)
    }

    /// The whole turn in one: when within it the beam passed is known roughly only.
    pub(super) fn is_turn(&self) -> bool {
        self.width_rad > 6.0
    }
}

/// How often it looked somewhere at what is there, and saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Share {
    pub(super) looked: f64,
    pub(super) hit: f64,
}
skypicket_model::canon_struct!(Share { looked, hit });

impl Share {
    pub(super) fn add(&mut self, hit: bool, forget_at: f64) {
        self.looked += 1.0;
        self.hit += f64::from(u8::from(hit));
        if self.looked > forget_at {
            (self.looked, self.hit) = (0.5 * self.looked, 0.5 * self.hit);
        }
    }
}

/// A place as a radar has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Where {
    pub(super) range_m: f64,
    pub(super) farthest_m: f64,
    pub(super) azimuth_rad: f64,
    pub(super) height_m: f64,
}

impl Where {
    fn cell(self) -> u16 {
        let layer = LAYERS_M.iter().filter(|from| self.height_m >= **from).count() as u16;
        let ring = (RINGS as f64 * self.range_m / self.farthest_m.max(1.0)).clamp(0.0, RINGS as f64 - 1.0) as u16;
        let sector = (SECTORS as f64 * wrap_tau(self.azimuth_rad) / TAU).clamp(0.0, SECTORS as f64 - 1.0) as u16;
        (layer * RINGS as u16 + ring) * SECTORS as u16 + sector
    }
}

/// A radar at work.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Beam {
    marks: VecDeque<Mark>,
    told_at: Option<Time>,
    rotation: Option<Span>,
    pub(super) returns: VecDeque<Return>,
    /// Returns a turn, smoothed.
    pub(super) density: f64,
    pub(super) all: Share,
    cells: BTreeMap<u16, Share>,
    /// What its plots are off by in the mean: metres of range, radians of azimuth; of how many.
    pub(super) off: [f64; 2],
    pub(super) offs: u32,
}
skypicket_model::canon_struct!(Beam { marks, told_at, rotation, returns, density, all, cells, off, offs });

impl Beam {
    /// The antenna is at an azimuth.
    fn mark(&mut self, at: Time, azimuth_rad: f64, told: bool) {
        if let Some(last) = self.marks.back() {
            // A return's azimuth has noise; and what comes twice says nothing new.
            let noise = !told && wrap_tau(azimuth_rad - last.azimuth_rad) > 3.0 && at - last.at < Span::from_s(1);
            if at <= last.at || noise {
                return;
            }
        }
        if self.marks.len() >= MOST_MARKS {
            self.marks.pop_front();
        }
        self.marks.push_back(Mark { at, azimuth_rad, told });
    }

    /// What of the turn has been looked at since this was asked last, without the last bit of it: its returns may be under way.
    pub(super) fn sweeps(&mut self, described: Option<Span>, out: &mut Vec<Sweep>) -> Option<Span> {
        out.clear();
        let period = described.or(self.rotation).filter(|period| *period > Span::ZERO)?;
        let newest = self.marks.back()?.at;
        let hold = Span::from_ns(period.ns() / 32);
        while let (Some(a), Some(b)) = (self.marks.front().copied(), self.marks.get(1).copied()) {
            let took_s = (b.at - a.at).s();
            let width = wrap_tau(b.azimuth_rad - a.azimuth_rad);
            let width_rad = if width < 0.01 && took_s > 0.5 * period.s() { TAU } else { width };
            // Where markers alone are sent, the whole turn waits for nothing more.
            if b.at + hold > newest && width_rad < 6.0 {
                break;
            }
            self.marks.pop_front();
            let should_s = period.s() * width_rad / TAU;
            if width_rad > 1e-4 && (took_s - should_s).abs() <= EVEN * should_s + EVEN_S {
                out.push(Sweep { from: a.at, until: b.at, azimuth_rad: a.azimuth_rad, width_rad });
            }
        }
        Some(period)
    }

    /// Learns of a look at something that is there.
    pub(super) fn learn(&mut self, at: Where, hit: bool) {
        self.all.add(hit, 40.0 * FORGET_AT);
        self.cells.entry(at.cell()).or_default().add(hit, FORGET_AT);
    }

    /// Probability of detection of what is visible, and of being visible at all; `None` where too little is known for it. `hidden`: it may lie below the
    /// horizon.
    pub(super) fn expects(&self, at: Where, stated: f64, hidden: bool) -> Option<(f64, f64)> {
        let cell = self.cells.get(&at.cell()).copied().unwrap_or_default();
        // At the end of the stated range few radars see what they see nearer by.
        let unsure = hidden || at.range_m > 0.85 * at.farthest_m;
        if self.all.hit < KNOWN || unsure && (cell.looked < KNOWN_THERE || cell.hit < 0.5 * cell.looked) {
            return None;
        }
        let all = (self.all.hit + 4.0 * stated) / (self.all.looked + 4.0);
        let detects = (cell.hit + 6.0 * all) / (cell.looked + 6.0);
        let sees = 1.0 - 1.0 / (32.0 + 0.5 * cell.hit + 0.3 * self.all.hit);
        // A part of the cell may be hidden.
        let sees = if unsure { 0.97 * cell.hit / cell.looked.max(1.0) } else { sees };
        Some((detects.clamp(0.01, 0.985), sees))
    }

    /// Learns what its plots are off by.
    pub(super) fn learn_off(&mut self, range_m: f64, azimuth_rad: f64) {
        let by = (1.0 / (f64::from(self.offs) + 1.0)).max(0.01);
        let step =
            [(range_m - self.off[0]).clamp(-100.0, 100.0), wrap_pi(azimuth_rad - self.off[1]).clamp(-0.01, 0.01)];
        for (off, step) in self.off.iter_mut().zip(step) {
            *off += by * step;
        }
        self.offs = self.offs.saturating_add(1);
    }
}

/// All radars that were heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Beams {
    pub(super) of: BTreeMap<SensorId, Beam>,
}
skypicket_model::canon_struct!(Beams { of });

impl Beams {
    /// Takes what radars say.
    pub(super) fn observe(&mut self, observation: &Observation) {
        let (id, at) = (observation.sensor, observation.measured);
        if self.of.len() >= MOST_RADARS && !self.of.contains_key(&id) {
            return;
        }
        match &observation.report {
            Report::Plot(plot)
                if !plot.detection.monitor && plot.range_m.is_finite() && plot.azimuth.rad.is_finite() =>
            {
                let beam = self.of.entry(id).or_default();
                if beam.returns.len() >= MOST_RETURNS {
                    beam.returns.pop_front();
                }
                beam.returns.push_back(Return {
                    at,
                    range_m: plot.range_m,
                    azimuth_rad: plot.azimuth.rad,
                    sigma: [plot.range_sigma_m, plot.azimuth.sigma_rad],
                    address: plot.address,
                    id: observation.id,
                });
                if beam.told_at.is_none_or(|told| at - told > Span::from_s(30)) {
                    beam.mark(at, plot.azimuth.rad, false);
                }
            }
            Report::SensorStatus(SensorStatus::NorthMarker { rotation }) => {
                let beam = self.of.entry(id).or_default();
                beam.rotation = rotation.filter(|rotation| *rotation > Span::ZERO).or(beam.rotation);
                beam.tell(at, 0.0);
            }
            Report::SensorStatus(SensorStatus::Sector { azimuth_rad }) if azimuth_rad.is_finite() => {
                self.of.entry(id).or_default().tell(at, *azimuth_rad);
            }
            _ => {}
        }
    }
}

impl Beam {
    fn tell(&mut self, at: Time, azimuth_rad: f64) {
        if self.told_at.is_none() {
            self.marks.clear();
        }
        self.told_at = Some(at);
        self.mark(at, azimuth_rad, true);
    }
}
