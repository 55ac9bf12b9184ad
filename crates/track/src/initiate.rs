//! Initiate: what no track explains may be something new.
//!
//! A plot becomes a Bernoulli component with the existence probability that the unseen field, the sensor's false-plot density and the
//! marginals give it. Its velocity is unknown: the steady model carries the fast hypothesis, the others the slow one, and the second
//! plot decides between them.

pub(crate) mod rays;

use crate::events::TrackEvent;
use crate::gauss::{Gauss, V3, along, sym_add_identity, sym_add_outer};
use crate::measure::{Measured, Shape, elevation_of};
use crate::params::{MODELS, Params};
use crate::predict::{BREAK, up_at};
use crate::sensor::Prepared;
use crate::tracker::Tracker;
use skypicket_model::ids::content_hash;
use skypicket_model::{Canon, Observation, Reality, Report, TrackId};

/// How much of its speed an object first seen in a hard manoeuvre may have up or down. Origin: climbs and dives of some 20°.
const STEEP: f64 = 0.3;

/// The name of a track: the view's salt and the content of the observation that gave birth to it. `ordinal` tells apart equal
/// observations of one look; `bytes` is memory for the work.
pub(crate) fn id_of(salt: u64, observation: &Observation, ordinal: u32, bytes: &mut Vec<u8>) -> TrackId {
    bytes.clear();
    observation.sensor.encode(bytes);
    observation.measured.encode(bytes);
    ordinal.encode(bytes);
    match &observation.report {
        // The numbers that place it suffice and are few; every clutter plot comes through here.
        Report::Plot(p) => {
            p.range_m.encode(bytes);
            p.azimuth.rad.encode(bytes);
            p.elevation.encode(bytes);
        }
        report => report.encode(bytes),
    }
    TrackId(content_hash(&[&salt.to_le_bytes(), bytes]))
}

/// Makes new components from the plots of the look; `taken` is how much of each plot the tracks explain.
pub(crate) fn births(tracker: &mut Tracker, taken: &[f64], index: u16, reality: Reality, events: &mut Vec<TrackEvent>) {
    let mut ordinal = 0;
    for k in 0..tracker.frame.plots.len() {
        let plot = tracker.frame.plots[k];
        let observation = tracker.frame.observations[plot.source];
        // Equal plots of one look are told apart by their place among their equals.
        let equal = k > 0 && {
            let before = &tracker.frame.observations[tracker.frame.plots[k - 1].source];
            before.report == observation.report && before.measured == observation.measured
        };
        ordinal = if equal { ordinal + 1 } else { 0 };
        let free = (1.0 - taken.get(k).copied().unwrap_or(0.0)).clamp(0.0, 1.0);
        let existence = free * plot.unseen / (plot.unseen + plot.clutter);
        if existence < 5.0 * tracker.params.forget_existence {
            continue;
        }
        let mut track = tracker.blank(&observation, reality, existence.min(0.999), ordinal);
        track.models = first_state(&plot, &tracker.sensors[usize::from(index)], &tracker.params);
        track.height_measured = plot.dims == 3;
        track.look(index, observation.measured, true);
        let time = observation.measured;
        if let Some(slot) = tracker.insert(track, events) {
            if existence > 0.01 {
                crate::fuse::claims_of_plot(tracker, slot, observation);
            }
            crate::retire::promote(tracker, slot, time, events);
        }
    }
}

/// The filter of a plot without history.
fn first_state(plot: &Measured, sensor: &Prepared, params: &Params) -> [Gauss; MODELS] {
    let mut g = Gauss { x: plot.z, ..Gauss::default() };
    let (mut rows, mut variance) = (plot.rows, plot.variance);
    match (plot.shape, &sensor.site) {
        (Shape::Slant, Some(site)) => {
            let elevation = elevation_of(plot.polar[0], params.assumed_height_2d_m - site.height_m);
            rows = site.axes(plot.polar[1], elevation);
            g.x = along(&site.ecef, plot.polar[0], &rows[0]);
            variance[2] = params.assumed_height_2d_sigma_m * params.assumed_height_2d_sigma_m;
        }
        _ if plot.dims == 2 => variance[2] = params.assumed_height_2d_sigma_m * params.assumed_height_2d_sigma_m,
        _ => {}
    }
    for (row, variance) in rows.iter().zip(&variance) {
        sym_add_outer(&mut g.pp, *variance, row);
    }
    with_unknown_velocity(g, params)
}

/// The same place under all models, with the velocity hypotheses of an object just seen.
pub(crate) fn with_unknown_velocity(g: Gauss, params: &Params) -> [Gauss; MODELS] {
    let up = up_at(&g.x);
    let mut sigmas_m_s = [(params.slow_sigma_m_s, params.vertical_sigma_m_s); MODELS];
    sigmas_m_s[0].0 = params.fast_sigma_m_s;
    sigmas_m_s[BREAK] = (params.fast_sigma_m_s, STEEP * params.fast_sigma_m_s);
    sigmas_m_s.map(|(across_m_s, vertical_m_s)| {
        let mut model = g;
        set_velocity_spread(&mut model, &up, across_m_s, vertical_m_s);
        model
    })
}

fn set_velocity_spread(g: &mut Gauss, up: &V3, across_m_s: f64, vertical_m_s: f64) {
    let across = across_m_s * across_m_s;
    sym_add_identity(&mut g.vv, across);
    sym_add_outer(&mut g.vv, vertical_m_s * vertical_m_s - across, up);
}
