//! Fewer vertices for maps at low zoom, with shared borders still shared.

use super::{Arc, Borders, State};

/// Metres in one unit (1e-7 degree) of latitude, near enough for a drawing tolerance.
const UNIT_M: f64 = 0.011_132;

impl Borders {
    /// The same borders with fewer vertices: no vertex left out lies farther than `tolerance_m` from the line drawn.
    ///
    /// Douglas & Peucker, "Algorithms for the reduction of the number of points…", The Canadian Cartographer 10 (1973) 112–122, on every arc
    /// by itself: its ends stay, so that neighbours still meet and no gap or overlap opens between them. Rings that shrink to a line
    /// (islands smaller than the tolerance) go.
    #[must_use]
    pub fn simplified(&self, tolerance_m: f64) -> Self {
        let arcs: Vec<Arc> =
            self.arcs.iter().map(|arc| Arc { class: arc.class, points: simplify(&arc.points, tolerance_m) }).collect();
        let corners = |ring: &[(u32, bool)]| -> usize {
            ring.iter().map(|&(arc, _)| arcs.get(arc as usize).map_or(0, |arc| arc.points.len() - 1)).sum()
        };
        let states = self
            .states
            .iter()
            .map(|state| {
                let polygons = state
                    .polygons
                    .iter()
                    // Without its outer ring a polygon is gone, without a hole it is only filled.
                    .filter(|polygon| polygon.first().is_some_and(|ring| corners(ring) >= 3))
                    .map(|polygon| polygon.iter().filter(|ring| corners(ring) >= 3).cloned().collect())
                    .collect();
                State { country: state.country.clone(), polygons }
            })
            .collect();
        Self { arcs, states, ..self.clone() }
    }
}

/// The vertices that stay. A closed arc is first opened at its vertex farthest from the start.
fn simplify(points: &[(i32, i32)], tolerance_m: f64) -> Vec<(i32, i32)> {
    let last = points.len().saturating_sub(1);
    let mut stays = vec![false; points.len()];
    let mut open = Vec::new();
    if points.first() == points.last() && last > 2 {
        let farthest =
            (1..last).max_by(|&a, &b| gap2(points[0], points[a]).total_cmp(&gap2(points[0], points[b]))).unwrap_or(1);
        stays[farthest] = true;
        open.extend([(0, farthest), (farthest, last)]);
    } else {
        open.push((0, last));
    }
    for end in [0, last] {
        if let Some(stay) = stays.get_mut(end) {
            *stay = true;
        }
    }
    let tolerance2 = tolerance_m * tolerance_m;
    while let Some((from, to)) = open.pop() {
        let worst = (from + 1..to)
            .map(|index| (index, off_line2(points[index], points[from], points[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((index, off2)) = worst.filter(|(_, off2)| *off2 > tolerance2) {
            stays[index] = true;
            open.extend([(from, index), (index, to)]);
            let _ = off2;
        }
    }
    points.iter().zip(&stays).filter(|(_, stays)| **stays).map(|(point, _)| *point).collect()
}

/// Metres east and north from `a` to `b`, with the metric at `a`'s latitude.
fn metres(a: (i32, i32), b: (i32, i32)) -> (f64, f64) {
    let cos_lat = skypicket_model::math::cos(skypicket_model::math::rad(f64::from(a.1) * 1e-7));
    let (dx, dy) = (f64::from(b.0) - f64::from(a.0), f64::from(b.1) - f64::from(a.1));
    (dx * UNIT_M * cos_lat, dy * UNIT_M)
}

fn gap2(a: (i32, i32), b: (i32, i32)) -> f64 {
    let (x, y) = metres(a, b);
    x * x + y * y
}

/// Squared distance of `p` from the stretch a–b, m².
fn off_line2(p: (i32, i32), a: (i32, i32), b: (i32, i32)) -> f64 {
    let ((px, py), (bx, by)) = (metres(a, p), metres(a, b));
    let length2 = bx * bx + by * by;
    let along = if length2 > 0.0 { ((px * bx + py * by) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (px - along * bx, py - along * by);
    x * x + y * y
}
