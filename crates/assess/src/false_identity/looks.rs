//! Looks of radars held against where addresses say that they are: returns where one is, elsewhere, or none.

use skypicket_model::false_identity::Misfit;
use skypicket_model::math::{atan2, hypot, ln, wrap_pi, wrap_tau};
use skypicket_model::table::Table;
use skypicket_model::{Address, Ecef, LatLon, SensorId, Span, Tangent, Time, Vec3};

use super::claimed::Claimed;
use super::radars::{Beam, Return, Sweep, Where};
use crate::coverage::{Coverage, RADIO_EARTH_M, Target, Watcher};

/// A return this near to where an address says that it is may be its own: metres, and so much of the range across.
const GATE_M: f64 = 1_500.0;
const GATE_RAD: f64 = 0.02;
/// Radar cross-section of what states its place: an aeroplane's, m².
const RCS_M2: f64 = 5.0;
/// An address whose place is this uncertain by its own word, or this old, is not looked for.
const MOST_SIGMA_M: f64 = 500.0;
const MOST_AGE_S: f64 = 6.0;
/// What a plot with the address beside its place is worth. Origin: one address in some thousand replies is garbled into another that is in use.
const ELSEWHERE: f64 = 3.0;
/// What a plot with the address at its place is worth.
const OWN: f64 = 4.0;
/// Nearer than so many times its height a displacement is not measured: pressure altitude is no height, and it passes quickly.
const STEEP: f64 = 4.0;
/// A displacement that a word is worth: one of kilometres against none, and how seldom it is among all looks.
const DISPLACED_M: f64 = 2_000.0;
const SELDOM: f64 = 6.0;
/// A radar measures a little farther than it is said to.
const FARTHER: f64 = 1.05;
/// What is not known of a radar: range, azimuth, and when its plots were measured.
const UNKNOWN_M: f64 = 50.0;
const UNKNOWN_RAD: f64 = 0.0006;
const UNKNOWN_S: f64 = 0.15;
/// An antenna stands so high above what is around it, and what is around it so much higher than its foot, metres.
const MAST_M: f64 = 25.0;
const ROUGH_M: f64 = 200.0;

/// An address as it moves, as of a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mover {
    pub(super) address: Address,
    place: LatLon,
    height_m: f64,
    ecef: Vec3<Ecef>,
    velocity: Vec3<Ecef>,
}

/// One mover as a radar has it.
#[derive(Clone, Copy, Debug)]
struct Polar {
    mover: usize,
    at: [f64; 3],
    velocity: [f64; 3],
    azimuth_rad: f64,
}

impl Polar {
    /// Range, metres, and azimuth, radians, some seconds later.
    fn after(&self, seconds: f64) -> [f64; 2] {
        let [x, y, z] = [0, 1, 2].map(|k| self.at[k] + seconds * self.velocity[k]);
        [(x * x + y * y + z * z).sqrt(), wrap_tau(atan2(x, y))]
    }
}

/// Those whose place is known well enough to look for them.
pub(super) fn movers(claims: &Table<Address, Claimed>, now: Time, out: &mut Vec<Mover>) {
    out.clear();
    for (address, own) in claims.sorted() {
        let fresh = own.has_place() && (now - own.place_at).s().abs() <= MOST_AGE_S + 4.0;
        let Some(height_m) = own.height_m.filter(|_| fresh && !own.on_ground && own.sigma_m <= MOST_SIGMA_M) else {
            continue;
        };
        let (place, before) = (own.reckoned(now), own.reckoned(now - Span::from_s(5)));
        let ecef = place.at_height(height_m).to_ecef();
        let past = before.at_height(height_m).to_ecef();
        let velocity = Vec3::new(0.2 * (ecef.x - past.x), 0.2 * (ecef.y - past.y), 0.2 * (ecef.z - past.z));
        out.push(Mover { address: *address, place, height_m, ecef, velocity });
    }
}

/// One radar at a tick.
pub(super) struct Looking<'a> {
    pub(super) id: SensorId,
    pub(super) watcher: &'a Watcher,
    pub(super) coverage: &'a Coverage,
    pub(super) farthest_m: f64,
    pub(super) period: Span,
    pub(super) sweeps: &'a [Sweep],
    pub(super) now: Time,
}

impl Looking<'_> {
    /// Judges what the radar saw since it was judged last.
    pub(super) fn judge(&self, beam: &mut Beam, movers: &[Mover], claims: &mut Table<Address, Claimed>) {
        let Some(site) = self.watcher.place() else { return };
        let Some(until) = self.sweeps.last().map(|sweep| sweep.until) else { return };
        let polars = self.polars(&Tangent::new(site), movers);
        self.returns(beam, until, &polars, movers, claims);
        for sweep in self.sweeps {
            self.sweep(beam, sweep, &polars, movers, claims);
        }
    }

    /// What may be in its reach, by azimuth.
    fn polars(&self, frame: &Tangent, movers: &[Mover]) -> Vec<Polar> {
        let mut polars = Vec::new();
        for (number, mover) in movers.iter().enumerate() {
            let at = frame.to_enu(mover.ecef);
            if hypot(at.x, at.y) > FARTHER * self.farthest_m + GATE_M {
                continue;
            }
            let velocity = frame.rotate_to_enu(mover.velocity);
            polars.push(Polar {
                mover: number,
                at: [at.x, at.y, at.z],
                velocity: [velocity.x, velocity.y, velocity.z],
                azimuth_rad: wrap_tau(atan2(at.x, at.y)),
            });
        }
        polars.sort_by(|a, b| a.azimuth_rad.total_cmp(&b.azimuth_rad).then(a.mover.cmp(&b.mover)));
        polars
    }

    /// Returns: with an address they are one's own or elsewhere, without one they are the nearest one's.
    fn returns(
        &self,
        beam: &mut Beam,
        until: Time,
        polars: &[Polar],
        movers: &[Mover],
        claims: &mut Table<Address, Claimed>,
    ) {
        let mut of_mover: Vec<usize> = vec![usize::MAX; movers.len()];
        for (k, polar) in polars.iter().enumerate() {
            of_mover[polar.mover] = k;
        }
        let mut count = 0.0;
        while let Some(seen) = beam.returns.front().copied().filter(|seen| seen.at <= until) {
            beam.returns.pop_front();
            count += 1.0;
            if let Some(address) = seen.address {
                let Ok(mover) = movers.binary_search_by_key(&address, |mover| mover.address) else { continue };
                let Some(own) = claims.get_mut(&address) else { continue };
                if (seen.at - own.place_at).s().abs() > MOST_AGE_S || seen.at < own.first {
                    continue;
                }
                match polars.get(of_mover[mover]) {
                    Some(polar) => self.addressed(beam, &seen, polar, own),
                    // It says that it is beyond this radar's reach, which measures it.
                    None => own.add(Misfit::Elsewhere, ELSEWHERE, self.farthest_m, seen.id),
                }
            } else if let Some(nearest) = self.nearest(beam, &seen, polars) {
                let Some(own) = movers.get(nearest).and_then(|mover| claims.get_mut(&mover.address)) else { continue };
                if seen.at >= own.first {
                    let height_m = own.height_m.unwrap_or(0.0);
                    // By chance something else lies there as often as returns are dense.
                    let share = beam.density * 2.0 * (GATE_M / self.farthest_m) * 0.02;
                    let by = ln(0.9 / share.clamp(0.02, 0.9)).clamp(0.3, 3.0);
                    hit(beam, self.id, own, seen.at, by, self.there(seen.range_m, seen.azimuth_rad, height_m));
                }
            }
        }
        let turn_s = self.period.s().max(0.1);
        let covered_s: f64 = self.sweeps.iter().map(|sweep| (sweep.until - sweep.from).s()).sum();
        if covered_s > 0.0 {
            let by = (covered_s / turn_s).min(1.0) * 0.3;
            beam.density += by * (count * turn_s / covered_s - beam.density);
        }
    }

    /// How far a return lies from where a mover says that it was, along range and across, metres, after what the radar is known to be off by.
    fn off_m(&self, beam: &Beam, seen: &Return, polar: &Polar) -> [f64; 2] {
        let [range_m, azimuth_rad] = polar.after((seen.at - self.now).s());
        let across = wrap_pi(seen.azimuth_rad - beam.off[1] - azimuth_rad);
        [seen.range_m - beam.off[0] - range_m, across * range_m]
    }

    fn addressed(&self, beam: &mut Beam, seen: &Return, polar: &Polar, own: &mut Claimed) {
        let off_m = self.off_m(beam, seen, polar);
        let gate_m = [GATE_M + 3.0 * seen.sigma[0], GATE_M + GATE_RAD * seen.range_m].map(|m| m + 3.0 * own.sigma_m);
        if off_m[0].abs() > gate_m[0] || off_m[1].abs() > gate_m[1] {
            own.add(Misfit::Elsewhere, ELSEWHERE, hypot(off_m[0], off_m[1]), seen.id);
            return;
        }
        let height_m = own.height_m.unwrap_or(0.0);
        hit(beam, self.id, own, seen.at, OWN, self.there(seen.range_m, seen.azimuth_rad, height_m));
        let speed_m_s = hypot(own.velocity_m_s[0], own.velocity_m_s[1]);
        let sigma_m = own.sigma_m;
        if seen.range_m < STEEP * height_m {
            return;
        }
        let radar = own.of_radar(self.id);
        let by = (1.0 / (f64::from(radar.offs) + 1.0)).max(0.4);
        radar.offs = radar.offs.saturating_add(1);
        for (smooth, off) in radar.off_m.iter_mut().zip(off_m) {
            *smooth += by * (off - *smooth);
        }
        let (smooth, offs) = (radar.off_m, radar.offs);
        // What is learned of a radar is learned of those that fit it.
        if own.told.is_none() && sigma_m <= 100.0 {
            let raw = [off_m[0] + beam.off[0], off_m[1] / seen.range_m.max(1.0) + beam.off[1]];
            beam.learn_off(raw[0], raw[1]);
        }
        if beam.offs < 60 || offs < 4 {
            return;
        }
        let unknown_s = UNKNOWN_S * speed_m_s;
        let noise = [seen.sigma[0], seen.sigma[1] * seen.range_m];
        let common = [UNKNOWN_M, UNKNOWN_M + UNKNOWN_RAD * seen.range_m];
        let mut most: f64 = 0.0;
        for k in 0..2 {
            let variance =
                0.3 * noise[k] * noise[k] + common[k] * common[k] + unknown_s * unknown_s + sigma_m * sigma_m;
            let spread = DISPLACED_M * DISPLACED_M + variance;
            let ratio = 0.5 * smooth[k] * smooth[k] / variance - 0.5 * ln(spread / variance) - SELDOM;
            most = most.max(ratio);
        }
        let held = own.held[Misfit::Elsewhere as usize].log_ratio;
        if most > held.max(0.0) {
            own.add(Misfit::Elsewhere, most - held, hypot(smooth[0], smooth[1]), seen.id);
        }
    }

    /// The mover that a return without address belongs to most likely.
    fn nearest(&self, beam: &Beam, seen: &Return, polars: &[Polar]) -> Option<usize> {
        let width = (GATE_RAD + (GATE_M + 1_200.0) / seen.range_m.max(5_000.0)).min(1.0);
        let mut best: Option<(f64, usize)> = None;
        for polar in around(polars, seen.azimuth_rad - beam.off[1], width) {
            let off_m = self.off_m(beam, seen, polar);
            let (along, across) = (off_m[0] / GATE_M, off_m[1] / (GATE_M + GATE_RAD * seen.range_m));
            let far = along.abs().max(across.abs());
            if far <= 1.0 && best.is_none_or(|(nearest, _)| far < nearest) {
                best = Some((far, polar.mover));
            }
        }
        best.map(|(_, mover)| mover)
    }

    /// Whom the beam passed without a return.
    fn sweep(
        &self,
        beam: &mut Beam,
        sweep: &Sweep,
        polars: &[Polar],
        movers: &[Mover],
        claims: &mut Table<Address, Claimed>,
    ) {
        let middle = sweep.azimuth_rad + 0.5 * sweep.width_rad;
        for polar in around(polars, middle, 0.5 * sweep.width_rad + 0.15) {
            // Where it was when the beam passed; once more, for it moves.
            let Some(passed) = sweep.passed(polar.azimuth_rad) else { continue };
            let [range_m, azimuth_rad] = polar.after((passed - self.now).s());
            let Some(mover) = movers.get(polar.mover).filter(|_| range_m <= self.farthest_m) else { continue };
            let Some(own) = claims.get_mut(&mover.address) else { continue };
            let stale = (own.place_at - passed).s() < -MOST_AGE_S || own.first + Span::from_ms(500) > passed;
            if stale {
                continue;
            }
            let since =
                if sweep.is_turn() { sweep.from - self.share_of_turn(0.05) } else { passed - self.share_of_turn(0.3) };
            if own.of_radar(self.id).hit_at >= since {
                continue;
            }
            let spot = self.coverage.spot(mover.place);
            let target = Target { rcs_m2: RCS_M2, height_m: mover.height_m - spot.ground_m };
            let Some((visible, stated)) = self.watcher.sees(&spot, target) else { continue };
            let there = self.there(range_m, azimuth_rad, mover.height_m);
            let hidden = self.may_hide(range_m, mover.height_m);
            let Some((detects, sees)) = beam.expects(there, stated, hidden) else { continue };
            let confirmed = passed - own.confirmed_at <= Span::from_s(60);
            if confirmed && own.total() < 2.0 {
                beam.learn(there, false);
            }
            let id = own.last_id;
            let radar = own.of_radar(self.id);
            let lately = passed - radar.hit_at <= Span::from_s(60);
            radar.sees = visible * if lately { sees.max(0.998) } else { sees };
            radar.missed -= ln(1.0 - detects);
            radar.misses = radar.misses.saturating_add(1);
            own.weigh_looks();
            own.name(id);
        }
    }

    fn there(&self, range_m: f64, azimuth_rad: f64, height_m: f64) -> Where {
        Where { range_m, farthest_m: self.farthest_m, azimuth_rad, height_m }
    }

    /// Where terrain is not known the ground is taken to lie as high as the antenna's foot and a little more, so that what is expected above the horizon is
    /// above it.
    fn may_hide(&self, range_m: f64, height_m: f64) -> bool {
        let Some(site) = self.watcher.place() else { return true };
        let beyond_m = (range_m - (2.0 * RADIO_EARTH_M * MAST_M).sqrt()).max(0.0);
        let foot_m = (site.height_m - MAST_M).max(0.0);
        height_m - foot_m - ROUGH_M < beyond_m * beyond_m / (2.0 * RADIO_EARTH_M)
    }

    fn share_of_turn(&self, share: f64) -> Span {
        Span::from_ns((self.period.ns() as f64 * share) as i64)
    }
}

/// A radar saw it where it says that it is.
fn hit(beam: &mut Beam, id: SensorId, own: &mut Claimed, at: Time, by: f64, there: Where) {
    beam.learn(there, true);
    let radar = own.of_radar(id);
    radar.hit_at = radar.hit_at.max(at);
    (radar.missed, radar.misses) = (0.0, 0);
    own.confirm(by, at);
    own.weigh_looks();
}

/// Those within an angle of an azimuth.
fn around(polars: &[Polar], azimuth_rad: f64, half_rad: f64) -> impl Iterator<Item = &Polar> {
    let within = move |polar: &&Polar| wrap_pi(polar.azimuth_rad - azimuth_rad).abs() <= half_rad;
    let (from, until) = (wrap_tau(azimuth_rad - half_rad), wrap_tau(azimuth_rad + half_rad));
    let at = |azimuth: f64| polars.partition_point(|polar| polar.azimuth_rad < azimuth);
    let (a, b) = if half_rad >= 3.1 { (0, polars.len()) } else { (at(from), at(until)) };
    // Across north in two pieces.
    let (first, second) = if a <= b && half_rad < 3.1 || half_rad >= 3.1 {
        (&polars[a..b.max(a)], &polars[0..0])
    } else {
        (&polars[a..], &polars[..b])
    };
    first.iter().chain(second).filter(within)
}
