//! Which receivers hear what: who says that it flies where several would hear it is heard by them.

use std::collections::BTreeMap;

use skypicket_model::math::{TAU, atan2, exp, ln, wrap_tau};
use skypicket_model::{Ecef, Tangent, Vec3};

use super::radars::Share;

/// Beyond this nobody is asked, metres; rings, sectors and layers in which a receiver's hearing is learned.
const FARTHEST_M: f64 = 400_000.0;
const RINGS: f64 = 16.0;
const SECTORS: f64 = 8.0;
const LAYERS_M: [f64; 3] = [1_500.0, 4_000.0, 8_000.0];
const FORGET_AT: f64 = 2_000.0;
/// So many frames must have been there, and so large a share of them heard, before silence says anything.
const KNOWN: f64 = 40.0;
const LEAST_SHARE: f64 = 0.25;
/// Probability that a receiver that hears others there hears this one at all: an antenna under the fuselage, a transmitter that is weak.
const HEARS: f64 = 0.97;
/// A receiver that hears less than this share of what it should has trouble of its own.
const TROUBLE: f64 = 0.5;

/// What one receiver hears.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Hearing {
    cells: BTreeMap<u16, Share>,
    /// What it should have heard since the last tick of those that nothing is held against, and did.
    expected: f64,
    heard: f64,
}
skypicket_model::canon_struct!(Hearing { cells, expected, heard });

/// How often one receiver did not hear an address.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Unheard {
    pub(super) receiver: u8,
    /// −Σ ln(1 − probability) of frames since the last that it heard.
    missed: f64,
    pub(super) count: u32,
}
skypicket_model::canon_struct!(Unheard { receiver, missed, count });

/// The cell of a place as a receiver has it.
pub(super) fn cell(frame: &Tangent, place: Vec3<Ecef>, height_m: f64) -> Option<u16> {
    let at = frame.to_enu(place);
    let far_m = at.norm();
    if far_m >= FARTHEST_M {
        return None;
    }
    let ring = (RINGS * far_m / FARTHEST_M) as u16;
    let sector = (SECTORS * wrap_tau(atan2(at.x, at.y)) / TAU).min(SECTORS - 1.0) as u16;
    let layer = LAYERS_M.iter().filter(|from| height_m >= **from).count() as u16;
    Some((layer * RINGS as u16 + ring) * SECTORS as u16 + sector)
}

impl Hearing {
    /// Probability that a frame from a cell is heard, where enough is known.
    pub(super) fn share(&self, cell: u16) -> Option<f64> {
        let share = self.cells.get(&cell).copied().unwrap_or_default();
        let p = share.hit / share.looked.max(1.0);
        (share.looked >= KNOWN && p >= LEAST_SHARE).then_some(p.min(0.95))
    }

    /// A frame of somebody that nothing is held against.
    pub(super) fn learn(&mut self, cell: u16, heard: bool) {
        if let Some(p) = self.share(cell) {
            self.expected += p;
            self.heard += f64::from(u8::from(heard));
        }
        let share = self.cells.entry(cell).or_default();
        share.looked += 1.0;
        share.hit += f64::from(u8::from(heard));
        if share.looked > FORGET_AT {
            (share.looked, share.hit) = (0.5 * share.looked, 0.5 * share.hit);
        }
    }

    /// It hears as it should; asked once a tick.
    pub(super) fn is_well(&mut self) -> bool {
        let (expected, heard) = (std::mem::take(&mut self.expected), std::mem::take(&mut self.heard));
        expected >= 3.0 && heard >= TROUBLE * expected
    }
}

/// Takes note whether a receiver heard a frame that it would hear with a probability.
pub(super) fn note(of: &mut Vec<Unheard>, receiver: u8, share: f64, heard: bool) {
    let at = of.iter().position(|own| own.receiver == receiver);
    match (at, heard) {
        (Some(at), true) => {
            of.remove(at);
        }
        (None, true) => {}
        (Some(at), false) => {
            of[at].missed -= ln(1.0 - share);
            of[at].count = of[at].count.saturating_add(1);
        }
        (None, false) if of.len() < 8 => of.push(Unheard { receiver, missed: -ln(1.0 - share), count: 1 }),
        (None, false) => {}
    }
}

/// What the silence of all receivers comes to.
pub(super) fn weigh(of: &[Unheard]) -> (f64, u32) {
    let worth = |own: &Unheard| -ln(1.0 - HEARS + HEARS * exp(-own.missed));
    (of.iter().map(worth).sum(), of.iter().map(|own| own.count).sum())
}
