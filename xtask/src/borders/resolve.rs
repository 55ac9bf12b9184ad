//! Finds every overlap between two states and resolves it by polygon difference, as the policy says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay};
use i_overlay::core::overlay_rule::OverlayRule;

use super::policy::Policy;
use super::source::{Point, Ring, State};

/// A polygon: outer ring counter-clockwise, then its holes clockwise.
pub(super) type Shape = Vec<Ring>;
/// All polygons of one code.
pub(super) type Shapes = Vec<Shape>;

/// Mean radius of the Earth in km: areas in the table are for orientation (within 0.5 %).
const EARTH_KM: f64 = 6371.0088;
/// A part may reach beyond its state by this much before the derivation refuses: the drawings differ by slivers.
const PART_OUTSIDE_KM2: f64 = 0.5;

/// States that no longer overlap.
pub(super) struct Resolved {
    pub(super) states: BTreeMap<String, Shapes>,
    /// (code, state that it is counted with).
    pub(super) parts: Vec<(String, String)>,
    pub(super) overlaps: Vec<Decision>,
}

/// One overlap and what became of it.
pub(super) struct Decision {
    pair: [String; 2],
    area_km2: f64,
    pieces: usize,
    largest_deg: (f64, f64),
    to: String,
    kind: &'static str,
    basis: String,
}

/// Crossing points are rounded to 1 cm, so that a long edge may keep a sliver until its neighbour gets the same vertex (`arcs::node`).
const LEFT_KM2: f64 = 1e-3;

type Box2 = (i64, i64, i64, i64);

pub(super) fn resolve(source: Vec<State>, policy: &Policy) -> Result<Resolved> {
    let mut states = BTreeMap::new();
    for state in source {
        if !policy.leave_out.contains(&state.code) {
            states.insert(state.code, overlay(&state.rings, &[], OverlayRule::Subject));
        }
    }
    let parts = take_parts(&mut states, policy)?;
    let mut overlaps = Vec::new();
    let codes: Vec<String> = states.keys().cloned().collect();
    for (index, a) in codes.iter().enumerate() {
        for b in &codes[index + 1..] {
            let common = intersection(&states[a], &states[b]);
            if common.is_empty() {
                continue;
            }
            let decision = decide(a, b, &common, policy)?;
            let (winner, loser) = if decision.to == *a { (a, b) } else { (b, a) };
            let rest = overlay(&flat(&states[loser]), &flat(&states[winner]), OverlayRule::Difference);
            states.insert(loser.clone(), rest);
            overlaps.push(decision);
        }
    }
    for (index, a) in codes.iter().enumerate() {
        for b in &codes[index + 1..] {
            let left = area_km2(&intersection(&states[a], &states[b]));
            if left > LEFT_KM2 {
                bail!("{a} and {b} still share {left} km² after the policy was applied");
            }
        }
    }
    Ok(Resolved { states, parts, overlaps })
}

/// Drops codes that the source has twice: once alone and once within their state.
fn take_parts(states: &mut BTreeMap<String, Shapes>, policy: &Policy) -> Result<Vec<(String, String)>> {
    let mut parts = Vec::new();
    for part in &policy.part {
        let (Some(inner), Some(outer)) = (states.get(&part.code), states.get(&part.of)) else {
            bail!("policy: part {} of {}: no such code", part.code, part.of);
        };
        let outside = area_km2(&overlay(&flat(inner), &flat(outer), OverlayRule::Difference));
        if outside > PART_OUTSIDE_KM2 {
            bail!("{outside} km² of {} lie outside {}: it cannot simply be counted with it", part.code, part.of);
        }
        states.remove(&part.code);
        parts.push((part.code.clone(), part.of.clone()));
    }
    Ok(parts)
}

fn decide(a: &str, b: &str, common: &Shapes, policy: &Policy) -> Result<Decision> {
    let area = area_km2(common);
    let largest = common.iter().max_by(|x, y| shape_km2(x).total_cmp(&shape_km2(y))).map_or((0.0, 0.0), middle_deg);
    let (to, kind, basis) = match policy.row(a, b) {
        Some(row) => (row.to.clone(), row.kind.word(), row.basis.clone()),
        None if area < policy.sliver_km2 => {
            (a.to_owned(), "sliver", "two drawings of one line; first in the alphabet".to_owned())
        }
        None => bail!(
            "{a} and {b} share {area:.3} km² near {:.3}, {:.3}: name the pair in the policy (sliver_km2 is {})",
            largest.0,
            largest.1,
            policy.sliver_km2
        ),
    };
    let pair = [a.to_owned(), b.to_owned()];
    Ok(Decision { pair, area_km2: area, pieces: common.len(), largest_deg: largest, to, kind, basis })
}

impl Resolved {
    /// The table of all overlaps, largest first, for people.
    pub(super) fn table(&self) -> String {
        let mut text = String::from("a\tb\tarea_km2\tpieces\tlargest_lat_deg\tlargest_lon_deg\tto\tkind\tbasis\n");
        let mut rows: Vec<&Decision> = self.overlaps.iter().collect();
        rows.sort_by(|x, y| y.area_km2.total_cmp(&x.area_km2));
        for row in rows {
            let _ = writeln!(
                text,
                "{}\t{}\t{:.4}\t{}\t{:.3}\t{:.3}\t{}\t{}\t{}",
                row.pair[0],
                row.pair[1],
                row.area_km2,
                row.pieces,
                row.largest_deg.0,
                row.largest_deg.1,
                row.to,
                row.kind,
                row.basis
            );
        }
        text
    }
}

/// Boolean operation on even-odd rings, exact on the integer grid but for crossing points, which are rounded to it.
/// Vertices that lie on a straight line are kept: they are vertices of a neighbour too.
fn overlay(subject: &[Ring], clip: &[Ring], rule: OverlayRule) -> Shapes {
    let mut overlay = Overlay::<i64>::from_subj_and_clip_custom(
        subject,
        clip,
        IntOverlayOptions::keep_all_points(),
        i_overlay::core::solver::Solver::default(),
    );
    overlay.overlay(rule, FillRule::EvenOdd)
}

fn intersection(a: &Shapes, b: &Shapes) -> Shapes {
    let (boxes_a, boxes_b) = (boxes(a), boxes(b));
    let near_a = near(a, &boxes_a, &boxes_b);
    let near_b = near(b, &boxes_b, &boxes_a);
    if near_a.is_empty() || near_b.is_empty() {
        return Shapes::new();
    }
    overlay(&near_a, &near_b, OverlayRule::Intersect)
}

fn flat(shapes: &Shapes) -> Vec<Ring> {
    shapes.iter().flatten().cloned().collect()
}

fn boxes(shapes: &Shapes) -> Vec<Box2> {
    shapes.iter().map(|shape| ring_box(&shape[0])).collect()
}

/// Rings of the shapes whose box meets one of the other boxes.
fn near(shapes: &Shapes, own: &[Box2], others: &[Box2]) -> Vec<Ring> {
    let meets = |p: &Box2, q: &Box2| p.0 <= q.2 && q.0 <= p.2 && p.1 <= q.3 && q.1 <= p.3;
    shapes
        .iter()
        .zip(own)
        .filter(|(_, own)| others.iter().any(|other| meets(own, other)))
        .flat_map(|(shape, _)| shape.iter().cloned())
        .collect()
}

fn ring_box(ring: &[Point]) -> Box2 {
    ring.iter()
        .fold((i64::MAX, i64::MAX, i64::MIN, i64::MIN), |b, p| (b.0.min(p.x), b.1.min(p.y), b.2.max(p.x), b.3.max(p.y)))
}

fn middle_deg(shape: &Shape) -> (f64, f64) {
    let b = ring_box(&shape[0]);
    ((b.1 + b.3) as f64 * 5e-8, (b.0 + b.2) as f64 * 5e-8)
}

fn area_km2(shapes: &Shapes) -> f64 {
    shapes.iter().map(shape_km2).sum()
}

fn shape_km2(shape: &Shape) -> f64 {
    shape.iter().map(|ring| ring_km2(ring)).sum::<f64>().abs()
}

/// Area of a ring on the sphere with edges straight in longitude and latitude, by strips down to the equator (trapezium rule in sin(lat)).
fn ring_km2(ring: &[Point]) -> f64 {
    let sum: f64 = ring
        .iter()
        .zip(ring.iter().cycle().skip(1))
        .map(|(a, b)| {
            let width = ((b.x - a.x) as f64 * 1e-7).to_radians();
            width * ((a.y as f64 * 1e-7).to_radians().sin() + (b.y as f64 * 1e-7).to_radians().sin()) / 2.0
        })
        .sum();
    sum * EARTH_KM * EARTH_KM
}
