//! The clocks of two receivers against each other: an offset and a drift, learned on aircraft that fit.

use std::collections::{BTreeSet, VecDeque};

use skypicket_model::Address;

/// Clocks run unlike each other by at most so much: a hundred parts in a million.
const MOST_DRIFT: f64 = 1e-4;
/// Samples kept while the clocks are not yet known: some seconds of a hundred aircraft. From how many addresses a line must be supported, and from how many one
/// is tried.
const SAMPLES: usize = 512;
const TRIED: usize = 48;
const ADDRESSES: usize = 3;
const SHARE: f64 = 0.6;
const SURE_ADDRESSES: usize = 5;
/// A sample this near to a line supports it, ns.
const NEAR_NS: f64 = 1_000.0;
/// Samples older than so much are of no use for a line, ns.
const WITHIN_NS: f64 = 20e9;
/// How much offset and drift wander: variances a second, ns² and (ns/ns)². Origin: crystals of receivers, some parts in a thousand million over seconds.
const OFFSET_WANDERS: f64 = 100.0;
const DRIFT_WANDERS: f64 = 2.5e-19;
/// Not heard for so long, a pair is begun anew, ns.
const FORGOTTEN_NS: f64 = 60e9;

/// One frame heard by both.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    at_ns: i64,
    offset_ns: f64,
    address: Address,
}
skypicket_model::canon_struct!(Sample { at_ns, offset_ns, address });

/// Offset and drift as a Kalman filter holds them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    at_ns: i64,
    offset_ns: f64,
    drift: f64,
    /// Variances of offset and drift, and between both.
    variance: [f64; 3],
}
skypicket_model::canon_struct!(Line { at_ns, offset_ns, drift, variance });

/// Two receivers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pair {
    samples: VecDeque<Sample>,
    line: Option<Line>,
}
skypicket_model::canon_struct!(Pair { samples, line });

impl Line {
    fn predicted(&self, at_ns: i64) -> Self {
        let dt = (at_ns - self.at_ns) as f64;
        let seconds = dt.abs() * 1e-9;
        let [oo, od, dd] = self.variance;
        Self {
            at_ns,
            offset_ns: self.offset_ns + self.drift * dt,
            drift: self.drift,
            variance: [
                oo + 2.0 * dt * od + dt * dt * dd + OFFSET_WANDERS * seconds,
                od + dt * dd,
                dd + DRIFT_WANDERS * seconds,
            ],
        }
    }
}

impl Pair {
    /// The clocks are known against each other.
    #[cfg(test)]
    fn is_known(&self) -> bool {
        self.line.is_some()
    }

    /// By how much a measured offset differs from what is known, ns, and the variance of that, ns². `None` while nothing is known.
    pub(super) fn residual(&self, at_ns: i64, offset_ns: f64) -> Option<(f64, f64)> {
        let line = self.line?.predicted(at_ns);
        Some((offset_ns - line.offset_ns, line.variance[0].max(0.0)))
    }

    /// Learns of a frame of an aircraft that fits.
    pub(super) fn update(&mut self, at_ns: i64, offset_ns: f64, variance: f64) {
        let Some(line) = self.line else { return };
        let line = line.predicted(at_ns.max(line.at_ns));
        let [oo, od, dd] = line.variance;
        let innovation = oo + variance;
        let gain = [oo / innovation, od / innovation];
        let residual = offset_ns - line.offset_ns;
        self.line = Some(Line {
            at_ns: line.at_ns,
            offset_ns: line.offset_ns + gain[0] * residual,
            drift: (line.drift + gain[1] * residual).clamp(-MOST_DRIFT, MOST_DRIFT),
            variance: [(1.0 - gain[0]) * oo, (1.0 - gain[0]) * od, (dd - gain[1] * od).max(0.0)],
        });
    }

    /// Takes a frame while nothing is known.
    pub(super) fn gather(&mut self, at_ns: i64, offset_ns: f64, address: Address) {
        if self.samples.len() >= SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample { at_ns, offset_ns, address });
    }

    /// Begins anew.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Looks for a line on which several aircraft agree.
    pub(super) fn find(&mut self) {
        if let Some(line) = self.line {
            if self.samples.back().is_some_and(|sample| (sample.at_ns - line.at_ns) as f64 > FORGOTTEN_NS) {
                self.line = None;
            }
            return;
        }
        let Some(newest) = self.samples.back().map(|sample| sample.at_ns) else { return };
        self.samples.retain(|sample| ((newest - sample.at_ns) as f64).abs() < WITHIN_NS);
        let all: BTreeSet<Address> = self.samples.iter().map(|sample| sample.address).collect();
        if all.len() < ADDRESSES {
            return;
        }
        let mut best: Option<(usize, Line)> = None;
        for address in all.iter().take(TRIED) {
            let own = || self.samples.iter().filter(|sample| sample.address == *address);
            let (Some(first), Some(last)) = (own().next(), own().next_back()) else { continue };
            let gap = (last.at_ns - first.at_ns) as f64;
            let drift = (last.offset_ns - first.offset_ns) / gap;
            if gap < 1.5e9 || drift.abs() > MOST_DRIFT {
                continue;
            }
            let near = |sample: &Sample| {
                let expected = last.offset_ns + drift * (sample.at_ns - last.at_ns) as f64;
                (sample.offset_ns - expected).abs() < NEAR_NS + 4e-8 * ((sample.at_ns - last.at_ns) as f64).abs()
            };
            let supports: BTreeSet<Address> =
                self.samples.iter().filter(|sample| near(sample)).map(|sample| sample.address).collect();
            if best.as_ref().is_none_or(|(count, _)| supports.len() > *count) {
                let variance = [NEAR_NS * NEAR_NS, 0.0, (NEAR_NS / gap) * (NEAR_NS / gap)];
                best = Some((supports.len(), Line { at_ns: last.at_ns, offset_ns: last.offset_ns, drift, variance }));
            }
        }
        let Some((count, line)) = best else { return };
        let enough = count >= SURE_ADDRESSES || count >= ADDRESSES && count as f64 >= SHARE * all.len() as f64;
        if enough {
            self.line = Some(line);
            self.samples.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offset at a moment of clocks that run 7 parts in a million unlike each other.
    fn offset(at_ns: i64) -> f64 {
        3.1e12 + 7e-6 * at_ns as f64
    }

    fn gathered(honest: u32, others: u32) -> Pair {
        let mut pair = Pair::default();
        for step in 0..8_i64 {
            for number in 0..honest + others {
                let at_ns = step * 500_000_000 + i64::from(number) * 7_000_000;
                // Each of the others is off by what its own place makes it.
                let off = if number < honest { 0.0 } else { 20_000.0 * f64::from(number) };
                pair.gather(at_ns, offset(at_ns) + off, Address::icao(number + 1));
            }
        }
        pair.find();
        pair
    }

    #[test]
    fn clocks_are_found_on_aircraft_that_agree_and_followed() {
        let mut pair = gathered(6, 2);
        let (residual, _) = pair.residual(5_000_000_000, offset(5_000_000_000)).expect("known");
        assert!(residual.abs() < 1_500.0, "{residual}");
        for step in 0..40 {
            let at_ns = 5_000_000_000 + step * 250_000_000;
            pair.update(at_ns, offset(at_ns), 1e4);
        }
        let (residual, variance) = pair.residual(20_000_000_000, offset(20_000_000_000)).expect("known");
        assert!(residual.abs() < 300.0 && variance.sqrt() < 300.0, "{residual} {variance}");
        let (residual, variance) = pair.residual(20_000_000_000, offset(20_000_000_000) + 60_000.0).expect("known");
        assert!(residual / variance.sqrt() > 100.0, "one that is elsewhere by 18 km of path");
    }

    #[test]
    fn those_that_do_not_agree_with_each_other_make_no_clock() {
        assert!(!gathered(2, 6).is_known());
        assert!(gathered(5, 40).is_known(), "however many others there are");
    }
}
