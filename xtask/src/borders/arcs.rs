//! Cuts the rings of all states into arcs: a stretch of border that two states share is stored once, so that it stays the same line for
//! both at every simplification, and says by itself what class it has.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::resolve::Shapes;
use super::source::{Point, Ring};

/// What kind of line an arc is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Two states share it.
    Land,
    /// One state has it: a limit of the territorial sea (or a gap between two drawings of a land border).
    Sea,
    /// The antimeridian, where the source cuts polygons: no border at all.
    Seam,
}

/// A stretch between two nodes, or a whole ring without any (first vertex repeated at the end).
#[derive(Debug)]
pub(super) struct Arc {
    pub(super) class: Class,
    pub(super) points: Vec<Point>,
}

/// Reference to an arc, walked forwards or backwards.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArcRef {
    pub(super) arc: usize,
    pub(super) backwards: bool,
}

/// Arcs, and each state's polygons as rings of references (outer ring first).
pub(super) struct Topology {
    pub(super) arcs: Vec<Arc>,
    pub(super) states: BTreeMap<String, Vec<Vec<Vec<ArcRef>>>>,
}

impl Topology {
    pub(super) fn count(&self, class: Class) -> usize {
        self.arcs.iter().filter(|arc| arc.class == class).count()
    }

    pub(super) fn vertices(&self) -> usize {
        self.arcs.iter().map(|arc| arc.points.len()).sum()
    }
}

/// 180° in units of 1e-7 degree.
const HALF_TURN: i64 = 1_800_000_000;
/// A vertex this close to an edge (units of 1e-7 degree, 1 cm) lies on it: crossing points are rounded to one unit.
const ON_EDGE: f64 = 1.5;
/// Side of a cell of the vertex index: 0.05°.
const CELL: i64 = 500_000;
/// No state has more rounds of noding to do than this before every edge has the vertices that lie on it.
const ROUNDS: usize = 6;

pub(super) fn build(states: &BTreeMap<String, Shapes>) -> Result<Topology> {
    let mut states: Vec<(String, Shapes)> =
        states.iter().map(|(code, shapes)| (code.clone(), shapes.clone())).collect();
    for round in 0.. {
        if node(&mut states) == 0 {
            break;
        }
        if round == ROUNDS {
            bail!("noding does not come to rest");
        }
    }
    let users = edge_users(&states);
    let nodes = Nodes::find(&states, &users);
    let mut arcs = Vec::new();
    let mut known: BTreeMap<Vec<(i64, i64)>, usize> = BTreeMap::new();
    let mut topology = BTreeMap::new();
    for (code, shapes) in &states {
        let mut polygons = Vec::new();
        for shape in shapes {
            let mut rings = Vec::new();
            for ring in shape {
                let mut refs = Vec::new();
                for piece in nodes.cut(ring) {
                    refs.push(store(piece, &users, &mut arcs, &mut known));
                }
                rings.push(refs);
            }
            polygons.push(rings);
        }
        topology.insert(code.clone(), polygons);
    }
    Ok(Topology { arcs, states: topology })
}

type Edge = ((i64, i64), (i64, i64));

fn key(p: Point) -> (i64, i64) {
    (p.x, p.y)
}

fn edge(a: Point, b: Point) -> Edge {
    if key(a) < key(b) { (key(a), key(b)) } else { (key(b), key(a)) }
}

fn edges(ring: &Ring) -> impl Iterator<Item = (Point, Point)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Which states (by index) use each edge, sorted.
fn edge_users(states: &[(String, Shapes)]) -> BTreeMap<Edge, Vec<u16>> {
    let mut users: BTreeMap<Edge, Vec<u16>> = BTreeMap::new();
    for (index, (_, shapes)) in states.iter().enumerate() {
        for (a, b) in shapes.iter().flatten().flat_map(edges) {
            users.entry(edge(a, b)).or_default().push(u16::try_from(index).unwrap_or(u16::MAX));
        }
    }
    users
}

/// Gives every edge that only one state uses the vertices of others that lie on it. Returns how many were inserted.
fn node(states: &mut [(String, Shapes)]) -> usize {
    let users = edge_users(states);
    let mut cells: BTreeMap<(i64, i64), Vec<Point>> = BTreeMap::new();
    let mut loose: Vec<(i64, i64)> =
        users.iter().filter(|(_, users)| users.len() == 1).flat_map(|(edge, _)| [edge.0, edge.1]).collect();
    loose.sort_unstable();
    loose.dedup();
    for (x, y) in loose {
        cells.entry((x.div_euclid(CELL), y.div_euclid(CELL))).or_default().push(Point::new(x, y));
    }
    let mut inserted = 0;
    for (_, shapes) in states.iter_mut() {
        for ring in shapes.iter_mut().flatten() {
            let mut out = Vec::with_capacity(ring.len());
            for (a, b) in edges(ring) {
                out.push(a);
                if users.get(&edge(a, b)).is_some_and(|users| users.len() == 1) {
                    let mut on = vertices_on(a, b, &cells);
                    on.sort_by(|(s, _), (t, _)| s.total_cmp(t));
                    inserted += on.len();
                    out.extend(on.into_iter().map(|(_, p)| p));
                }
            }
            *ring = out;
        }
    }
    inserted
}

/// Vertices strictly between the ends of an edge and on it, each with its place along it (0..1).
fn vertices_on(a: Point, b: Point, cells: &BTreeMap<(i64, i64), Vec<Point>>) -> Vec<(f64, Point)> {
    let (dx, dy) = ((b.x - a.x) as f64, (b.y - a.y) as f64);
    let length2 = dx * dx + dy * dy;
    let mut found = Vec::new();
    let x_cells = (a.x.min(b.x) - 2).div_euclid(CELL)..=(a.x.max(b.x) + 2).div_euclid(CELL);
    let (y_low, y_high) = ((a.y.min(b.y) - 2).div_euclid(CELL), (a.y.max(b.y) + 2).div_euclid(CELL));
    for x_cell in x_cells {
        for (_, points) in cells.range((x_cell, y_low)..=(x_cell, y_high)) {
            for &p in points {
                if p == a || p == b {
                    continue;
                }
                let (px, py) = ((p.x - a.x) as f64, (p.y - a.y) as f64);
                let along = (px * dx + py * dy) / length2;
                let across = (px * dy - py * dx).abs() / length2.sqrt();
                if along > 0.0 && along < 1.0 && across <= ON_EDGE {
                    found.push((along, p));
                }
            }
        }
    }
    found
}

fn class_of(a: Point, b: Point, users: &BTreeMap<Edge, Vec<u16>>) -> Class {
    if a.x.abs() == HALF_TURN && a.x == b.x {
        return Class::Seam;
    }
    let sides = users.get(&edge(a, b)).map_or(0, Vec::len);
    if sides >= 2 { Class::Land } else { Class::Sea }
}

/// Vertices where arcs must begin and end.
struct Nodes {
    nodes: std::collections::BTreeSet<(i64, i64)>,
}

impl Nodes {
    /// A node is a vertex where other than two edges meet, or where the two have other users or another class.
    fn find(states: &[(String, Shapes)], users: &BTreeMap<Edge, Vec<u16>>) -> Self {
        let mut degree: BTreeMap<(i64, i64), u8> = BTreeMap::new();
        for (a, b) in users.keys() {
            for end in [a, b] {
                let count = degree.entry(*end).or_default();
                *count = count.saturating_add(1);
            }
        }
        let mut nodes: std::collections::BTreeSet<(i64, i64)> =
            degree.iter().filter(|(_, count)| **count != 2).map(|(vertex, _)| *vertex).collect();
        for (_, shapes) in states {
            for ring in shapes.iter().flatten() {
                for (index, &here) in ring.iter().enumerate() {
                    let before = ring[(index + ring.len() - 1) % ring.len()];
                    let after = ring[(index + 1) % ring.len()];
                    let same = users.get(&edge(before, here)) == users.get(&edge(here, after))
                        && class_of(before, here, users) == class_of(here, after, users);
                    if !same {
                        nodes.insert(key(here));
                    }
                }
            }
        }
        Self { nodes }
    }

    /// The pieces of a ring between nodes, in order; ends are shared by neighbouring pieces.
    fn cut(&self, ring: &Ring) -> Vec<Vec<Point>> {
        // A ring without a node starts at its least vertex, so that the other user of the same ring starts there as well.
        let start = ring
            .iter()
            .position(|p| self.nodes.contains(&key(*p)))
            .unwrap_or_else(|| ring.iter().enumerate().min_by_key(|(_, p)| key(**p)).map_or(0, |(index, _)| index));
        let mut pieces = Vec::new();
        let mut piece = Vec::new();
        for step in 0..=ring.len() {
            let p = ring[(start + step) % ring.len()];
            piece.push(p);
            let ends = step == ring.len() || (step > 0 && self.nodes.contains(&key(p)));
            if ends && piece.len() > 1 {
                pieces.push(std::mem::replace(&mut piece, vec![p]));
            }
        }
        pieces
    }
}

/// Stores a piece in its canonical direction, once.
fn store(
    mut piece: Vec<Point>,
    users: &BTreeMap<Edge, Vec<u16>>,
    arcs: &mut Vec<Arc>,
    known: &mut BTreeMap<Vec<(i64, i64)>, usize>,
) -> ArcRef {
    let forwards: Vec<(i64, i64)> = piece.iter().map(|p| key(*p)).collect();
    let mut canonical = forwards.clone();
    canonical.reverse();
    let backwards = canonical < forwards;
    if backwards {
        piece.reverse();
    } else {
        canonical = forwards;
    }
    let arc = *known.entry(canonical).or_insert_with(|| {
        let class = class_of(piece[0], piece[1], users);
        arcs.push(Arc { class, points: piece });
        arcs.len() - 1
    });
    ArcRef { arc, backwards }
}
