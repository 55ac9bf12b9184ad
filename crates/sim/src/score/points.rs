//! Points of the ellipsoid's surface and who is near whom.

use skypicket_model::{Geodetic, math};

/// x^p, exact for the usual 2 and 1/2.
#[expect(clippy::float_cmp, reason = "the two usual orders are exact numbers")]
pub(super) fn power(x: f64, p: f64) -> f64 {
    if p == 2.0 {
        x * x
    } else if p == 0.5 {
        x.sqrt()
    } else {
        math::pow(x, p)
    }
}

/// A set of places, by ECEF coordinates on the surface.
pub(super) struct Points {
    at: Vec<[f64; 3]>,
    /// Indexes in the order of x.
    order: Vec<usize>,
}

/// A pair within reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub a: usize,
    pub b: usize,
    pub distance_m: f64,
}

impl Points {
    pub(super) fn new(places_deg: impl Iterator<Item = [f64; 2]>) -> Self {
        Self::from_ecef(
            places_deg
                .map(|[lat_deg, lon_deg]| {
                    let p = Geodetic { lat_deg, lon_deg, height_m: 0.0 }.to_ecef();
                    [p.x, p.y, p.z]
                })
                .collect(),
        )
    }

    pub(super) fn from_ecef(at: Vec<[f64; 3]>) -> Self {
        let mut order: Vec<usize> = (0..at.len()).collect();
        order.sort_by(|&a, &b| at[a][0].total_cmp(&at[b][0]).then(a.cmp(&b)));
        Self { at, order }
    }

    pub(super) const fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    pub(super) fn get(&self, k: usize) -> &[f64; 3] {
        &self.at[k]
    }

    /// All pairs of a point here and a point of `other` within `reach_m`, in order of the indexes.
    pub(super) fn near(&self, other: &Self, reach_m: f64) -> Vec<Found> {
        let mut found = Vec::new();
        for (a, point) in self.at.iter().enumerate() {
            let first = found.len();
            let from = other.order.partition_point(|&b| other.at[b][0] < point[0] - reach_m);
            for &b in &other.order[from..] {
                if other.at[b][0] > point[0] + reach_m {
                    break;
                }
                let distance_m = distance(point, &other.at[b]);
                if distance_m <= reach_m {
                    found.push(Found { a, b, distance_m });
                }
            }
            found[first..].sort_by_key(|f| f.b);
        }
        found
    }

    /// The nearest point and how far it is.
    pub(super) fn nearest(&self, to: &[f64; 3]) -> Option<(usize, f64)> {
        let start = self.order.partition_point(|&k| self.at[k][0] < to[0]);
        let mut best: Option<(usize, f64)> = None;
        let mut look = |k: usize| -> bool {
            if best.is_some_and(|(_, d)| (self.at[k][0] - to[0]).abs() > d) {
                return false;
            }
            let d = distance(&self.at[k], to);
            if best.is_none_or(|(b, least)| d < least || (d <= least && k < b)) {
                best = Some((k, d));
            }
            true
        };
        for &k in &self.order[start..] {
            if !look(k) {
                break;
            }
        }
        for &k in self.order[..start].iter().rev() {
            if !look(k) {
                break;
            }
        }
        best
    }
}

pub(super) fn distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt()
}
