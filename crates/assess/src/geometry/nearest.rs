//! The nearest piece of a boundary, by a tree of axis-aligned boxes in Earth-centred coordinates.

use skypicket_model::EdgeClass;
use skypicket_model::frames::LatLon;
use skypicket_model::math::wrap_deg_180;

use super::Piece;

/// Pieces in a leaf.
const LEAF: usize = 4;
/// Depth that no tree reaches: boxes are halved by count.
const STACK: usize = 64;
/// Boxes are kept in `f32` (0.5 m steps at the Earth's surface) and made larger by this, metres.
const BOX_SLACK_M: f32 = 1.0;

#[derive(Clone, Copy, Debug)]
struct Node {
    low: [f32; 3],
    high: [f32; 3],
    /// Leaf: first piece. Inner node: its right child; the left one follows directly.
    link: u32,
    /// Pieces of a leaf, 0 for an inner node.
    count: u32,
}

/// A piece with what the distance to it needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from_m: [f64; 3],
    pub(super) along_m: [f64; 3],
    per_length2: f64,
    from_deg: [f64; 2],
    to_deg: [f64; 2],
    pub(super) class: EdgeClass,
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    pub(super) pieces: Vec<Segment>,
}

/// The nearest point of a boundary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) chord_m: f64,
    along: f64,
    from_deg: [f64; 2],
    to_deg: [f64; 2],
    pub(super) class: EdgeClass,
}

impl Hit {
    pub(super) fn foot(&self) -> LatLon {
        let (a, b, t) = (self.from_deg, self.to_deg, self.along);
        LatLon { lat_deg: a[1] + (b[1] - a[1]) * t, lon_deg: wrap_deg_180(a[0] + (b[0] - a[0]) * t) }
    }
}

impl Tree {
    pub(super) fn new(pieces: &[Piece]) -> Self {
        let mut segments: Vec<Segment> = pieces
            .iter()
            .map(|piece| {
                let along_m = minus(piece.to_m, piece.from_m);
                let length2 = dot(along_m, along_m);
                let per_length2 = if length2 > 0.0 { 1.0 / length2 } else { 0.0 };
                Segment {
                    from_m: piece.from_m,
                    along_m,
                    per_length2,
                    from_deg: piece.from_deg,
                    to_deg: piece.to_deg,
                    class: piece.class,
                }
            })
            .collect();
        let mut nodes = Vec::with_capacity(segments.len());
        if !segments.is_empty() {
            let count = segments.len();
            split(&mut segments, 0, count, &mut nodes);
        }
        Self { nodes, pieces: segments }
    }

    /// The nearest point within a chord of `within_m`.
    pub(super) fn nearest(&self, p: [f64; 3], within_m: f64) -> Option<Hit> {
        let mut best2 = within_m * within_m;
        let mut best: Option<(usize, f64)> = None;
        let mut stack = [0_u32; STACK];
        let mut top = usize::from(!self.nodes.is_empty());
        while top > 0 {
            top -= 1;
            let mut index = stack[top] as usize;
            if box_gap2(&self.nodes[index], p) > best2 {
                continue;
            }
            // Down to a leaf by the nearer child, the farther one left on the stack.
            while self.nodes[index].count == 0 {
                let (left, right) = (index + 1, self.nodes[index].link as usize);
                let (gap_left, gap_right) = (box_gap2(&self.nodes[left], p), box_gap2(&self.nodes[right], p));
                let (near, far, gap_far) =
                    if gap_left <= gap_right { (left, right, gap_right) } else { (right, left, gap_left) };
                if gap_far <= best2 && top < STACK {
                    stack[top] = far as u32;
                    top += 1;
                }
                index = near;
            }
            let node = &self.nodes[index];
            for piece in node.link..node.link + node.count {
                let (gap2, along) = self.pieces[piece as usize].gap2(p);
                // Of two equally near the one that comes first in the tree, which is fixed.
                if gap2 < best2 {
                    best2 = gap2;
                    best = Some((piece as usize, along));
                }
            }
        }
        best.map(|(piece, along)| {
            let segment = &self.pieces[piece];
            Hit {
                chord_m: best2.sqrt(),
                along,
                from_deg: segment.from_deg,
                to_deg: segment.to_deg,
                class: segment.class,
            }
        })
    }

    /// Hands over every piece whose box comes within `within_m`, in the tree's order.
    pub(super) fn visit(&self, p: [f64; 3], within_m: f64, mut each: impl FnMut(&Segment)) {
        let within2 = within_m * within_m;
        let mut stack = [0_u32; STACK];
        let mut top = usize::from(!self.nodes.is_empty());
        while top > 0 {
            top -= 1;
            let index = stack[top] as usize;
            let node = &self.nodes[index];
            if box_gap2(node, p) > within2 {
                continue;
            }
            if node.count > 0 {
                self.pieces[node.link as usize..(node.link + node.count) as usize].iter().for_each(&mut each);
            } else if top + 2 <= STACK {
                stack[top] = node.link;
                stack[top + 1] = index as u32 + 1;
                top += 2;
            }
        }
    }
}

impl Segment {
    /// Squared distance to a point and the place of the foot, 0..1.
    #[inline]
    fn gap2(&self, p: [f64; 3]) -> (f64, f64) {
        let to = minus(p, self.from_m);
        let along = (dot(to, self.along_m) * self.per_length2).clamp(0.0, 1.0);
        let rest = [to[0] - along * self.along_m[0], to[1] - along * self.along_m[1], to[2] - along * self.along_m[2]];
        (dot(rest, rest), along)
    }

    fn middle(&self, axis: usize) -> f64 {
        self.from_m[axis] + self.along_m[axis] / 2.0
    }
}

fn split(segments: &mut [Segment], first: usize, last: usize, nodes: &mut Vec<Node>) {
    let own = &mut segments[first..last];
    let (mut low, mut high) = ([f64::MAX; 3], [f64::MIN; 3]);
    for segment in own.iter() {
        for axis in 0..3 {
            let (a, b) = (segment.from_m[axis], segment.from_m[axis] + segment.along_m[axis]);
            low[axis] = low[axis].min(a).min(b);
            high[axis] = high[axis].max(a).max(b);
        }
    }
    let index = nodes.len();
    nodes.push(Node {
        low: low.map(|v| v as f32 - BOX_SLACK_M),
        high: high.map(|v| v as f32 + BOX_SLACK_M),
        link: first as u32,
        count: own.len() as u32,
    });
    if own.len() <= LEAF {
        return;
    }
    let widest = (0..3).max_by(|&a, &b| (high[a] - low[a]).total_cmp(&(high[b] - low[b]))).unwrap_or(0);
    // A stable sort by a total order: the tree is the same for the same boundary.
    own.sort_by(|a, b| a.middle(widest).total_cmp(&b.middle(widest)));
    let middle = first + own.len() / 2;
    nodes[index].count = 0;
    split(segments, first, middle, nodes);
    nodes[index].link = nodes.len() as u32;
    split(segments, middle, last, nodes);
}

#[inline]
fn box_gap2(node: &Node, p: [f64; 3]) -> f64 {
    let gap = |axis: usize| {
        let gap = (f64::from(node.low[axis]) - p[axis]).max(p[axis] - f64::from(node.high[axis])).max(0.0);
        gap * gap
    };
    gap(0) + gap(1) + gap(2)
}

#[inline]
fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

#[inline]
fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Distance between two points, metres.
pub(super) fn gap(a: [f64; 3], b: [f64; 3]) -> f64 {
    let d = minus(a, b);
    dot(d, d).sqrt()
}
