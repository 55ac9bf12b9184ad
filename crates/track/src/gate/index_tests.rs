//! The index may name too many tracks, never too few.

use super::*;
use crate::gauss::{dot, sub};
use crate::params::Params;
use skypicket_model::observation::{Angle, Plot};
use skypicket_model::{FeedId, Geodetic, Reality, Sensor, SensorId, SensorKind, Span};

struct Luck(u64);

impl Luck {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }
}

fn sensor(kind: SensorKind, reach_m: f64, params: &Params) -> Prepared {
    let mut sensor = Sensor::new(SensorId { feed: FeedId(0), source: 1 }, "a".to_owned(), kind);
    sensor.site = Some(Geodetic { lat_deg: 50.0, lon_deg: 15.0, height_m: 300.0 });
    sensor.range_limits_m = Some((0.0, reach_m));
    Prepared::new(sensor, params)
}

fn track(luck: &mut Luck, now: Time) -> Hot {
    let place = Geodetic {
        lat_deg: luck.between(44.0, 56.0),
        lon_deg: luck.between(5.0, 25.0),
        height_m: luck.between(-500.0, 15_000.0),
    };
    let p = place.to_ecef();
    let oldest_s = if luck.unit() < 0.3 { 90.0 } else { 16.0 };
    let age_s = luck.between(-4.0, oldest_s);
    let speed = luck.between(0.0, 200.0);
    let rough = luck.unit() < 0.2;
    Hot {
        alive: true,
        reality: Reality::Live,
        x: [p.x, p.y, p.z],
        v: [luck.between(-1.0, 1.0) * speed, luck.between(-1.0, 1.0) * speed, luck.between(-1.0, 1.0) * speed],
        time: now - Span::from_s_f64(age_s).expect("a span"),
        pp: luck.between(100.0, if rough { 4e6 } else { 1e6 }),
        pv: luck.between(0.0, 1e4),
        vv: luck.between(1.0, if rough { 3e4 } else { 4e3 }),
        across: 0.0,
        height_variance: 0.0,
        wide: rough,
    }
}

fn plot(luck: &mut Luck, elevation: bool) -> Plot {
    Plot::primary(
        luck.between(500.0, 320_000.0),
        60.0,
        Angle { rad: luck.between(0.0, core::f64::consts::TAU), sigma_rad: 0.002 },
        elevation.then(|| Angle { rad: luck.between(-0.02, 0.35), sigma_rad: 0.005 }),
    )
}

/// Who would be worked on: within the sensor's reach, near a plot on the plane's grid, and within the gate of each of its rows.
fn concerned_by_walking(hot: &[Hot], look: &Look<'_>, models: &Models, whole: bool) -> Vec<u32> {
    let mut grid = crate::gate::Grid::default();
    grid.fill(look.plots);
    let site = look.sensor.site.as_ref().expect("a site");
    let mut near = Vec::new();
    let is_in = |h: &Hot, near: &mut Vec<u32>| {
        let (x, spread) = reach(h, (look.time - h.time).s(), models);
        let (d, limit) = (sub(&x, &site.ecef), look.sensor.range_m.1 + 5.0 * spread.sqrt());
        if dot(&d, &d) > limit * limit {
            return false;
        }
        let local = site.local(&x);
        grid.of_track(&local, spread, look.gate, near);
        let few = look.plots.len() <= crate::gate::FEW_PLOTS || look.sensor.sensor.kind == SensorKind::Bearing;
        let passes = |plot: &Measured| {
            plot.rows_at(&x, look.sensor).is_some_and(|rows| {
                let d = sub(&rows.z, &x);
                (0..rows.dims).all(|i| {
                    // With all of what is not known of the radar's biases.
                    let (nu, late) = (dot(&rows.rows[i], &d), dot(&rows.rows[i], &h.v));
                    let bias = plot.bias_variance[i] + look.unknown.time_s2 * late * late;
                    nu * nu <= look.gate * (spread + rows.variance[i] + bias)
                })
            })
        };
        whole || look.plots.iter().enumerate().any(|(k, plot)| (few || near.contains(&(k as u32))) && passes(plot))
    };
    (0..hot.len()).filter(|k| is_in(&hot[*k], &mut near)).map(|k| k as u32).collect()
}

#[test]
fn whom_a_look_can_concern_is_never_left_out() {
    let params = Params::default();
    let models = Models::new(&params);
    let mut luck = Luck(7);
    let begin = Time::from_s(1_757_453_400);
    let mut index = Index::default();
    let mut hot: Vec<Hot> = Vec::new();
    let (mut served, mut named, mut wanted) = (0, 0, 0);
    for round in 0..120_i64 {
        let now = begin + Span::from_s(round);
        for slot in 0..3000 {
            if hot.len() <= slot {
                hot.push(track(&mut luck, now));
            } else if luck.unit() < 0.1 {
                hot[slot] = track(&mut luck, now);
            } else {
                continue;
            }
            index.place(slot, &hot[slot], &models, params.gate);
        }
        index.sweep(now, &hot, &models, params.gate);
        for (kind, reach_m, elevation, count) in [
            (SensorKind::Radar3d, 300_000.0, true, 20),
            (SensorKind::Radar3d, 300_000.0, true, 2),
            (SensorKind::Radar2d, 300_000.0, false, 20),
            (SensorKind::Radar2d, 300_000.0, false, 2),
            (SensorKind::Radar3d, 90_000.0, true, 4),
        ] {
            let sensor = sensor(kind, reach_m, &params);
            let plots: Vec<Measured> = (0..count)
                .filter_map(|_| Measured::plot(&plot(&mut luck, elevation), &sensor, params.pressure_height_sigma_m))
                .collect();
            let time = now + Span::from_s_f64(luck.between(-12.0, 4.0)).expect("a span");
            let unknown = Unknown::of(core::slice::from_ref(&sensor));
            let look = Look { time, sensor: &sensor, plots: &plots, gate: params.gate, unknown };
            for whole in [false, true] {
                let mut out = Vec::new();
                if !index.concerned(&look, whole, &mut out) {
                    continue;
                }
                assert!(out.is_sorted_by(|a, b| a < b), "in order, each once");
                let must = concerned_by_walking(&hot, &look, &models, whole);
                let left_out = must.iter().find(|slot| out.binary_search(slot).is_err());
                assert_eq!(left_out, None, "round {round}, {kind:?}, {count} plots, whole {whole}");
                wanted += must.len();
                if plots.len() <= 4 && !whole {
                    (served, named) = (served + 1, named + out.len());
                }
            }
        }
    }
    assert!(served > 100 && wanted > 1000, "{served} looks, {wanted} tracks");
    assert!(named < served * 1500, "{named} of {} is no help", served * 3000);
}

#[test]
fn what_is_removed_is_named_no_more() {
    let params = Params::default();
    let models = Models::new(&params);
    let mut luck = Luck(3);
    let now = Time::from_s(1_757_453_400);
    let mut index = Index::default();
    let hot: Vec<Hot> = (0..500).map(|_| track(&mut luck, now)).collect();
    index.sweep(now, &hot, &models, params.gate);
    for (slot, hot) in hot.iter().enumerate() {
        index.place(slot, hot, &models, params.gate);
    }
    for slot in (0..500).filter(|slot| slot % 3 != 0) {
        index.remove(slot);
        index.remove(slot);
    }
    let listed = index.levels.iter().flat_map(|level| level.slots.iter().flatten()).chain(&index.rest);
    let mut listed: Vec<u32> = listed.copied().collect();
    listed.sort_unstable();
    assert_eq!(listed, (0..500).filter(|slot| slot % 3 == 0).collect::<Vec<u32>>());
}
