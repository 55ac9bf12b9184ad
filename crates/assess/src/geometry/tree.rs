//! The boundary as chains of corners, in one tree of balls that serves the search for the nearest point and P(inside).

use skypicket_model::EdgeClass;
use skypicket_model::frames::LatLon;
use skypicket_model::math::wrap_deg_180;

use super::reach::Part;
use super::shape::Shape;
use super::{Metres, Piece};

/// Pieces in a leaf.
const LEAF: usize = 4;
/// Depth that no tree reaches: every part has at least a quarter of what is parted.
const STACK: usize = 64;
/// Balls are kept in `f32` (0.5 m steps at the Earth's surface) and made larger by this, metres.
const SLACK_M: f64 = 2.0;

/// A stretch of one chain, or several chains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) centre_m: [f32; 3],
    pub(super) radius_m: f32,
    /// First and last corner; equal for a node of several chains.
    pub(super) first: u32,
    pub(super) last: u32,
    /// The node that follows when this one and all below it are left out. Below an inner node follow its left child, that one's parts, its right
    /// child and that one's parts.
    pub(super) next: u32,
    /// From this sigma on (the same in all directions) its chord may stand for it wherever it lies, metres.
    pub(super) coarse_m: f32,
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// Of each node, how it differs from its chord.
    pub(super) shapes: Vec<Shape>,
    /// Of each node, which classes its pieces have, one bit each.
    classes_of: Vec<u8>,
    /// The corners of all chains, one after the other, in Earth-centred metres and in degrees (longitudes unwound).
    pub(super) corners_m: Vec<Metres>,
    corners_deg: Vec<[f64; 2]>,
    /// The class of the piece from each corner to the next; of a chain's last corner, that of the one before.
    classes: Vec<EdgeClass>,
    pub(super) pieces: usize,
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

impl Node {
    #[inline]
    pub(super) const fn is_leaf(&self, own: usize) -> bool {
        self.next as usize == own + 1
    }

    /// Squared distance of the ball's centre.
    #[inline]
    pub(super) fn centre_gap2(&self, p: [f32; 3]) -> f32 {
        let [x, y, z] = [p[0] - self.centre_m[0], p[1] - self.centre_m[1], p[2] - self.centre_m[2]];
        x * x + y * y + z * z
    }

    /// Whether all of it is within that distance.
    #[inline]
    fn wholly_within(&self, p: [f32; 3], within_m: f32) -> bool {
        let room_m = within_m - self.radius_m;
        room_m > 0.0 && self.centre_gap2(p) <= room_m * room_m
    }

    /// Whether something of it may be within that distance.
    #[inline]
    pub(super) fn within(&self, p: [f32; 3], within_m: f32) -> bool {
        let reach_m = self.radius_m + within_m;
        self.centre_gap2(p) <= reach_m * reach_m
    }
}

impl Tree {
    /// Pieces come in the order of their rings, their inside on the left.
    pub(super) fn new(pieces: &[Piece]) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            shapes: Vec::new(),
            classes_of: Vec::new(),
            corners_m: Vec::new(),
            corners_deg: Vec::new(),
            classes: Vec::new(),
            pieces: pieces.len(),
        };
        let mut chains = Vec::new();
        let mut first = 0;
        while first < pieces.len() {
            let count = chain(&pieces[first..]);
            chains.push(tree.take(&pieces[first..first + count]));
            first += count;
        }
        if !chains.is_empty() {
            let mut lengths_m = vec![0.0; tree.corners_m.len()];
            for index in 1..lengths_m.len() {
                lengths_m[index] = lengths_m[index - 1] + gap(tree.corners_m[index - 1], tree.corners_m[index]);
            }
            Builder { tree: &mut tree, lengths_m, triangles: Vec::new() }.join(&mut chains);
        }
        tree
    }

    /// Hands over every piece.
    #[cfg(test)]
    pub(super) fn each_piece(&self, mut one: impl FnMut(Metres, Metres)) {
        for (_, node) in self.nodes.iter().enumerate().filter(|(index, node)| node.is_leaf(*index)) {
            let corners = &self.corners_m[node.first as usize..=node.last as usize];
            corners.windows(2).for_each(|pair| one(pair[0], pair[1]));
        }
    }

    /// Appends a chain's corners and returns the first and the last.
    fn take(&mut self, pieces: &[Piece]) -> (usize, usize) {
        let first = self.corners_m.len();
        let backward = pieces.len() > 1 && !follows(&pieces[0], &pieces[1]);
        let mut one = |piece: &Piece| {
            if self.corners_m.len() == first {
                self.corners_m.push(piece.from_m);
                self.corners_deg.push(piece.from_deg);
            }
            self.corners_m.push(piece.to_m);
            self.corners_deg.push(piece.to_deg);
            self.classes.push(piece.class);
        };
        if backward {
            pieces.iter().rev().for_each(&mut one);
        } else {
            pieces.iter().for_each(&mut one);
        }
        let last_class = self.classes.last().copied().unwrap_or(EdgeClass::Exact);
        self.classes.push(last_class);
        (first, self.corners_m.len() - 1)
    }

    /// The nearest point within a chord of `within_m`, in a part of the tree.
    pub(super) fn nearest(&self, p: Metres, within_m: f64, part: Part) -> Option<Hit> {
        let p32 = p.map(|x| x as f32);
        let (mut best2, mut best_m) = (within_m * within_m, within_m as f32);
        let mut best: Option<(usize, f64)> = None;
        let mut stack = [0_u32; STACK];
        let end = self.nodes.len().min(part[1] as usize);
        let (mut top, mut following) = (0, part[0] as usize);
        loop {
            // What was put aside, else what follows in the part.
            let mut index = if top > 0 {
                top -= 1;
                stack[top] as usize
            } else if following < end {
                let index = following;
                following = self.nodes[index].next as usize;
                index
            } else {
                break;
            };
            if !self.nodes[index].within(p32, best_m) {
                continue;
            }
            // Down to a leaf by the nearer child, the farther one put aside.
            while !self.nodes[index].is_leaf(index) {
                let left = index + 1;
                let right = self.nodes[left].next as usize;
                let (to_left, to_right) = (self.nodes[left].centre_gap2(p32), self.nodes[right].centre_gap2(p32));
                let (near, far) = if to_left <= to_right { (left, right) } else { (right, left) };
                if top < STACK {
                    stack[top] = far as u32;
                    top += 1;
                }
                index = near;
            }
            let node = self.nodes[index];
            for corner in node.first as usize..node.last as usize {
                let (gap2, along) = piece_gap2(self.corners_m[corner], self.corners_m[corner + 1], p);
                // Of two equally near the one that comes first in the tree, which is fixed.
                if gap2 < best2 {
                    best2 = gap2;
                    best = Some((corner, along));
                }
            }
            best_m = best2.sqrt() as f32;
        }
        best.map(|(corner, along)| Hit {
            chord_m: best2.sqrt(),
            along,
            from_deg: self.corners_deg[corner],
            to_deg: self.corners_deg[corner + 1],
            class: self.classes[corner],
        })
    }
}

impl Tree {
    /// Which classes have pieces that may be within a distance, one bit each; done when there are two.
    pub(super) fn classes_within(&self, p: Metres, within_m: f64) -> u8 {
        let (p32, within_m) = (p.map(|x| x as f32), within_m as f32);
        let mut found = 0_u8;
        let mut index = 0;
        while let Some(node) = self.nodes.get(index)
            && found.count_ones() < 2
        {
            let own = index;
            index = node.next as usize;
            let classes = self.classes_of[own];
            if classes | found == found || !node.within(p32, within_m) {
                continue;
            }
            if node.is_leaf(own) || classes.count_ones() == 1 && node.wholly_within(p32, within_m) {
                found |= classes;
            } else {
                index = own + 1;
            }
        }
        found
    }
}

impl Tree {
    /// The part that holds all that is within a distance of a ball, with the stretches above it that such a distance could make a chord of.
    pub(super) fn part_within(&self, middle: Metres, radius_m: f64, within_m: f64) -> Part {
        let (p32, within_m) = (middle.map(|x| x as f32), (radius_m + within_m) as f32);
        let (mut found, mut above): (Option<Part>, usize) = (None, 0);
        let mut index = 0;
        while let Some(node) = self.nodes.get(index) {
            let own = index;
            index = node.next as usize;
            if !node.within(p32, within_m) {
                continue;
            }
            // The highest small one above the first leaf that is met.
            let beside = self.nodes[above].next as usize <= own || self.nodes[above].radius_m > 0.5 * within_m;
            if found.is_none() && beside {
                above = own;
            }
            if node.is_leaf(own) {
                let first = found.map_or(above as u32, |part| part[0]);
                found = Some([first, node.next]);
            } else {
                index = own + 1;
            }
        }
        found.unwrap_or([0; 2])
    }
}

/// How many pieces from the first on hang together, all forward or all backward.
fn chain(pieces: &[Piece]) -> usize {
    let run =
        |next: fn(&Piece, &Piece) -> bool| 1 + pieces.windows(2).take_while(|pair| next(&pair[0], &pair[1])).count();
    run(follows).max(run(|a, b| follows(b, a)))
}

fn follows(a: &Piece, b: &Piece) -> bool {
    a.to_deg.map(f64::to_bits) == b.from_deg.map(f64::to_bits)
}

struct Builder<'a> {
    tree: &'a mut Tree,
    /// Way along the corners up to each.
    lengths_m: Vec<f64>,
    /// What each split cuts off: from, where it is split, to.
    triangles: Vec<[u32; 3]>,
}

impl Builder<'_> {
    /// One node over several chains.
    fn join(&mut self, chains: &mut [(usize, usize)]) {
        if let [(first, last)] = *chains {
            self.stretch(first, last);
            return;
        }
        let index = self.push(0, 0);
        let corners = &self.tree.corners_m;
        let middle = |chain: &(usize, usize)| {
            let (low, high) = extent(&corners[chain.0..=chain.1]);
            [0, 1, 2].map(|axis| 0.5 * (low[axis] + high[axis]))
        };
        let middles: Vec<Metres> = chains.iter().map(middle).collect();
        let (low, high) = extent(&middles);
        let widest = (0..3).max_by(|&a, &b| (high[a] - low[a]).total_cmp(&(high[b] - low[b]))).unwrap_or(0);
        // A stable sort by a total order: the tree is the same for the same boundary.
        chains.sort_by(|a, b| middle(a)[widest].total_cmp(&middle(b)[widest]));
        let half = chains.len() / 2;
        let (left, right) = chains.split_at_mut(half);
        self.join(left);
        self.join(right);
        self.close(index, chains);
    }

    /// One node over a stretch of a chain and, below it, over its parts.
    fn stretch(&mut self, first: usize, last: usize) {
        let index = self.push(first, last);
        let taken = self.triangles.len();
        self.part(first, last);
        let corners = &self.tree.corners_m[first..=last];
        let shape = Shape::new(corners, &self.triangles[taken..], &self.tree.corners_m);
        self.tree.nodes[index].coarse_m =
            super::probability::coarse_m(&shape, gap(corners[0], corners[corners.len() - 1]));
        self.tree.shapes[index] = shape;
        self.close(index, &[(first, last)]);
    }

    fn part(&mut self, first: usize, last: usize) {
        let count = last - first;
        if count < 2 {
            return;
        }
        let split = self.split(first, last);
        self.triangles.push([first as u32, split as u32, last as u32]);
        if count <= LEAF {
            self.part(first, split);
            self.part(split, last);
        } else {
            self.stretch(first, split);
            self.stretch(split, last);
        }
    }

    /// The corner half way along, but for a quarter of the corners at either end.
    fn split(&self, first: usize, last: usize) -> usize {
        let half_m = 0.5 * (self.lengths_m[first] + self.lengths_m[last]);
        let quarter = ((last - first) / 4).max(1);
        let own = &self.lengths_m[first + quarter..=last - quarter];
        let after = own.partition_point(|length_m| *length_m < half_m).min(own.len() - 1);
        let before = after.saturating_sub(1);
        first + quarter + if half_m - own[before] < own[after] - half_m { before } else { after }
    }

    fn push(&mut self, first: usize, last: usize) -> usize {
        let (first, last) = (first as u32, last as u32);
        self.tree.nodes.push(Node { centre_m: [0.0; 3], radius_m: 0.0, first, last, next: 0, coarse_m: f32::INFINITY });
        self.tree.classes_of.push(0);
        self.tree.shapes.push(Shape::NONE);
        self.tree.nodes.len() - 1
    }

    /// Gives a node its ball and its classes.
    fn close(&mut self, index: usize, chains: &[(usize, usize)]) {
        let tree = &mut *self.tree;
        let parts = || chains.iter().map(|&(first, last)| &tree.corners_m[first..=last]);
        let (low, high) = parts().map(extent).fold(([f64::MAX; 3], [f64::MIN; 3]), |(low, high), (l, h)| {
            ([0, 1, 2].map(|i| low[i].min(l[i])), [0, 1, 2].map(|i| high[i].max(h[i])))
        });
        let centre = [0, 1, 2].map(|axis| 0.5 * (low[axis] + high[axis]));
        let radius_m = parts().flatten().map(|corner| gap(centre, *corner)).fold(0.0, f64::max);
        let classes = chains.iter().flat_map(|&(first, last)| &tree.classes[first..last]);
        let classes = classes.fold(0, |all, class| all | 1 << *class as u8);
        let next = tree.nodes.len() as u32;
        let node = &mut tree.nodes[index];
        node.next = next;
        node.centre_m = centre.map(|x| x as f32);
        node.radius_m = (radius_m + SLACK_M) as f32;
        tree.classes_of[index] = classes;
    }
}

/// The box around some points.
fn extent(points: &[Metres]) -> (Metres, Metres) {
    points.iter().fold(([f64::MAX; 3], [f64::MIN; 3]), |(low, high), p| {
        ([0, 1, 2].map(|i| low[i].min(p[i])), [0, 1, 2].map(|i| high[i].max(p[i])))
    })
}

/// Squared distance of a piece to a point and the place of the foot, 0..1.
#[inline]
fn piece_gap2(from: Metres, to: Metres, p: Metres) -> (f64, f64) {
    let (d, offset) = (minus(to, from), minus(p, from));
    let along = (dot3(offset, d) / dot3(d, d)).clamp(0.0, 1.0);
    let rest = [0, 1, 2].map(|axis| offset[axis] - along * d[axis]);
    (dot3(rest, rest), along)
}

#[inline]
pub(super) fn minus(a: Metres, b: Metres) -> Metres {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

#[inline]
pub(super) fn dot3(a: Metres, b: Metres) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Distance between two points, metres.
pub(super) fn gap(a: Metres, b: Metres) -> f64 {
    let d = minus(a, b);
    dot3(d, d).sqrt()
}
