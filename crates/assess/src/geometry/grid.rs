//! Inside or outside by a grid of cells.

use super::Piece;
use super::geodesic::degree_m;

/// Most cells that a grid may have: 4 MiB of states.
const MAX_CELLS: f64 = 1_048_576.0;
/// Cells below this size (degrees, about 500 m) would only cost memory.
const LEAST_CELL_DEG: f64 = 0.005;

const OUTSIDE: u32 = 0;
const INSIDE: u32 = 1;
/// States from here on are mixed cells: the number of the cell in `mixed`.
const MIXED: u32 = 2;

/// A cell that the boundary runs through.
#[derive(Clone, Copy, Debug)]
struct Mixed {
    /// A point of the cell whose state is known.
    reference: [f64; 2],
    inside: bool,
    first: u32,
    count: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Grid {
    west: f64,
    south: f64,
    per_lon: f64,
    per_lat: f64,
    columns: usize,
    rows: usize,
    cells: Vec<u32>,
    mixed: Vec<Mixed>,
    /// from lon, from lat, to lon, to lat of the pieces of each mixed cell, together.
    edges: Vec<[f64; 4]>,
    /// West end of the turn in which longitudes are taken.
    turn_west: f64,
    pub(super) box_deg: [f64; 4],
}

impl Grid {
    pub(super) fn new(pieces: &[Piece]) -> Self {
        let box_deg = pieces.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |b, piece| {
            let [x, y] = piece.from_deg;
            let [u, v] = piece.to_deg;
            [b[0].min(x).min(u), b[1].min(y).min(v), b[2].max(x).max(u), b[3].max(y).max(v)]
        });
        let (width, height) = (box_deg[2] - box_deg[0], box_deg[3] - box_deg[1]);
        let (north_m, east_m) = degree_m((box_deg[1] + box_deg[3]) / 2.0);
        // Cells about as wide as they are high in metres.
        let lat_step = (width * (east_m / north_m) * height / MAX_CELLS).sqrt().max(LEAST_CELL_DEG);
        let lon_step = (lat_step * north_m / east_m).max(width / 4096.0);
        let lat_step = lat_step.max(height / 4096.0);
        // One empty column and row all round: the first cell of each row is outside.
        let (columns, rows) = ((width / lon_step) as usize + 3, (height / lat_step) as usize + 3);
        let mut grid = Self {
            west: box_deg[0] - lon_step,
            south: box_deg[1] - lat_step,
            per_lon: 1.0 / lon_step,
            per_lat: 1.0 / lat_step,
            columns,
            rows,
            cells: vec![OUTSIDE; columns * rows],
            mixed: Vec::new(),
            edges: Vec::new(),
            turn_west: (box_deg[0] + box_deg[2]) / 2.0 - 180.0,
            box_deg,
        };
        let numbers = grid.place(pieces);
        grid.fill(&numbers);
        grid
    }

    /// The same meridian as a longitude in this boundary's turn.
    #[inline]
    pub(super) fn unwind(&self, lon_deg: f64) -> f64 {
        if lon_deg < self.turn_west {
            lon_deg + 360.0
        } else if lon_deg >= self.turn_west + 360.0 {
            lon_deg - 360.0
        } else {
            lon_deg
        }
    }

    #[inline]
    pub(super) fn inside(&self, lon_deg: f64, lat_deg: f64) -> bool {
        let x = (lon_deg - self.west) * self.per_lon;
        let y = (lat_deg - self.south) * self.per_lat;
        // Also false for a place that is no number.
        if !(x >= 0.0 && y >= 0.0 && x < self.columns as f64 && y < self.rows as f64) {
            return false;
        }
        match self.cells[y as usize * self.columns + x as usize] {
            OUTSIDE => false,
            INSIDE => true,
            state => {
                let cell = &self.mixed[(state - MIXED) as usize];
                cell.inside ^ odd_crossings([lon_deg, lat_deg], cell.reference, self.edges_of(cell))
            }
        }
    }

    fn edges_of(&self, cell: &Mixed) -> &[[f64; 4]] {
        &self.edges[cell.first as usize..(cell.first + cell.count) as usize]
    }

    fn cell_range(&self, piece: &Piece) -> (usize, usize, usize, usize) {
        let column = |lon: f64| (((lon - self.west) * self.per_lon) as usize).min(self.columns - 1);
        let row = |lat: f64| (((lat - self.south) * self.per_lat) as usize).min(self.rows - 1);
        let (a, b) = (piece.from_deg, piece.to_deg);
        (column(a[0].min(b[0])), column(a[0].max(b[0])), row(a[1].min(b[1])), row(a[1].max(b[1])))
    }

    /// Lists the pieces of each cell whose box they meet (a few more than cross it, which does no harm).
    /// Returns the pieces' numbers in the order of `edges`, ascending within a cell.
    fn place(&mut self, pieces: &[Piece]) -> Vec<u32> {
        for piece in pieces {
            let (c0, c1, r0, r1) = self.cell_range(piece);
            for row in r0..=r1 {
                for cell in &mut self.cells[row * self.columns + c0..=row * self.columns + c1] {
                    *cell += 1;
                }
            }
        }
        let mut first = 0;
        for cell in &mut self.cells {
            if *cell > 0 {
                let count = *cell;
                *cell = self.mixed.len() as u32 + MIXED;
                self.mixed.push(Mixed { reference: [0.0; 2], inside: false, first, count: 0 });
                first += count;
            }
        }
        self.edges = vec![[0.0; 4]; first as usize];
        let mut numbers = vec![0; first as usize];
        for (number, piece) in pieces.iter().enumerate() {
            let (c0, c1, r0, r1) = self.cell_range(piece);
            for row in r0..=r1 {
                for column in c0..=c1 {
                    let cell = &mut self.mixed[(self.cells[row * self.columns + column] - MIXED) as usize];
                    let slot = (cell.first + cell.count) as usize;
                    self.edges[slot] = [piece.from_deg[0], piece.from_deg[1], piece.to_deg[0], piece.to_deg[1]];
                    numbers[slot] = number as u32;
                    cell.count += 1;
                }
            }
        }
        numbers
    }

    /// Goes along each row from the outside in the west and settles every cell's state.
    fn fill(&mut self, numbers: &[u32]) {
        let mut both = Vec::new();
        for row in 0..self.rows {
            let mut point = self.middle(0, row, 0);
            let mut inside = false;
            let mut before: Option<Mixed> = None;
            for column in 0..self.columns {
                let index = row * self.columns + column;
                let state = self.cells[index];
                let here = (state >= MIXED).then(|| self.mixed[(state - MIXED) as usize]);
                self.merge(before, here, numbers, &mut both);
                let reference =
                    here.map_or_else(|| self.middle(column, row, 0), |cell| self.reference(column, row, &cell));
                // The way to the next reference point stays within the two cells, which are neighbours in a row.
                inside ^= odd_crossings(reference, point, &both);
                point = reference;
                if here.is_some() {
                    let cell = &mut self.mixed[(state - MIXED) as usize];
                    (cell.reference, cell.inside) = (reference, inside);
                } else {
                    self.cells[index] = u32::from(inside);
                }
                before = here;
            }
        }
    }

    /// The pieces of two neighbouring cells, each once.
    fn merge(&self, before: Option<Mixed>, here: Option<Mixed>, numbers: &[u32], both: &mut Vec<[f64; 4]>) {
        let range =
            |cell: Option<Mixed>| cell.map_or(0..0, |cell| cell.first as usize..(cell.first + cell.count) as usize);
        let (mut left, mut right) = (range(before).peekable(), range(here).peekable());
        both.clear();
        loop {
            let next = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(&l), Some(&r)) if numbers[l] == numbers[r] => {
                    left.next();
                    right.next();
                    l
                }
                (Some(&l), Some(&r)) if numbers[l] > numbers[r] => {
                    right.next();
                    r
                }
                (Some(&l), _) => {
                    left.next();
                    l
                }
                (None, Some(&r)) => {
                    right.next();
                    r
                }
            };
            both.push(self.edges[next]);
        }
    }

    /// A point of a cell, a little off its middle so that it lies on no corner's meridian by chance.
    fn middle(&self, column: usize, row: usize, attempt: usize) -> [f64; 2] {
        let shift = attempt as f64 * 0.073;
        let (dx, dy) = ((0.500_131_7 + shift).fract(), (0.500_273_1 + shift * 1.7).fract());
        [self.west + (column as f64 + dx) / self.per_lon, self.south + (row as f64 + dy) / self.per_lat]
    }

    /// A point of a cell that lies on none of its pieces.
    fn reference(&self, column: usize, row: usize, cell: &Mixed) -> [f64; 2] {
        let edges = self.edges_of(cell);
        let free = |point: &[f64; 2]| {
            edges.iter().all(|e| {
                let scale = (e[2] - e[0]).abs() + (e[3] - e[1]).abs();
                (cross([e[0], e[1]], [e[2], e[3]], *point)).abs() > 1e-9 * scale
            })
        };
        (0..16)
            .map(|attempt| self.middle(column, row, attempt))
            .find(free)
            .unwrap_or_else(|| self.middle(column, row, 0))
    }
}

/// Twice the area of the triangle a, b, c: positive when c is left of a → b.
#[inline]
fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Whether the straight way from `p` to `reference` crosses an odd number of edges.
#[inline]
fn odd_crossings(p: [f64; 2], reference: [f64; 2], edges: &[[f64; 4]]) -> bool {
    let mut odd = false;
    for e in edges {
        let (a, b) = ([e[0], e[1]], [e[2], e[3]]);
        // The same expression for a corner in both edges that share it: on exactly one side of the way for both.
        let parted = (cross(p, reference, a) >= 0.0) != (cross(p, reference, b) >= 0.0);
        if parted {
            odd ^= (cross(a, b, p) >= 0.0) != (cross(a, b, reference) >= 0.0);
        }
    }
    odd
}
