//! Tracks over truth in local metres, with sensors, births, ends, and what was missed or false.

use super::draw::{Path, Px, Svg, round_below, round_step, short, thinned};
use super::{Drawing, LEFT, RIGHT, WIDTH};
use crate::score::Fate;
use skypicket_model::{Geodetic, Tangent};
use std::collections::{BTreeMap, BTreeSet};

/// Lines are thinned until they have at most so many corners: a few megabytes.
const MOST_CORNERS: usize = 150_000;
/// Marks of one kind; beyond it every second one goes, and so on.
const MOST_MARKS: usize = 15_000;
/// Colours of tracks, by number.
const COLOURS: u32 = 8;
const HEIGHT: (f64, f64) = (420.0, 900.0);

/// Earth to paper.
struct Projection {
    plane: Tangent,
    scale: f64,
    /// East and north, metres, in the middle of the paper; and where that is.
    middle_m: [f64; 2],
    middle: Px,
}

impl Projection {
    fn metres(plane: &Tangent, [lat_deg, lon_deg]: [f64; 2]) -> [f64; 2] {
        let at = plane.to_enu(Geodetic { lat_deg, lon_deg, height_m: 0.0 }.to_ecef());
        [at.x, at.y]
    }

    fn at(&self, place_deg: [f64; 2]) -> Px {
        let [east, north] = Self::metres(&self.plane, place_deg);
        [
            self.middle[0] + (east - self.middle_m[0]) * self.scale,
            self.middle[1] - (north - self.middle_m[1]) * self.scale,
        ]
    }
}

/// Draws below `top` and returns where it ends.
pub(super) fn draw(drawing: &Drawing<'_>, top: f64, out: &mut Svg) -> f64 {
    let window = |t: f64| (drawing.score.t[0] - 1e-6..=drawing.score.t[1] + 1e-6).contains(&t);
    let places = drawing.truth.iter().filter(|t| window(t.time_s)).map(|t| t.place_deg);
    let places = places.chain(drawing.estimates.iter().filter(|e| window(e.time_s)).map(|e| e.place_deg));
    let places = places.chain(drawing.description.sites.iter().map(|site| site.place_deg));
    let places: Vec<[f64; 2]> = places.filter(|p| p[0].is_finite() && p[1].is_finite() && p[0].abs() <= 90.0).collect();
    let Some((projection, height)) = project(&places, top) else { return top };
    let (corner, size) = ([LEFT, top], [WIDTH - LEFT - RIGHT, height]);
    grid(&projection, corner, size, out);
    out.clip("map", corner, size);
    let mut tolerance = 0.3;
    let (truth, tracks) = loop {
        let lines = (
            truth_lines(drawing, &projection, &window, tolerance),
            track_lines(drawing, &projection, &window, tolerance),
        );
        if tolerance > 4.0 || lines.0.corners + lines.1.corners <= MOST_CORNERS {
            break lines;
        }
        tolerance *= 1.6;
    };
    // Few tracks are broad under a thin truth; many are thin.
    let many = tracks.count > 400;
    let (broad, thin, dot) = if many { (1.1, 0.4, 2.6) } else { (2.6, 0.7, 5.0) };
    out.raw(&format!("<g class=\"layer-tracks\" stroke-width=\"{broad}\" opacity=\".8\">\n"));
    for (k, path) in tracks.paths.iter().enumerate() {
        out.path(&format!("t{k}"), path);
    }
    out.end();
    out.raw(&format!("<g class=\"layer-truth\" stroke-width=\"{thin}\">\n"));
    out.path("truth", &truth.paths[0]);
    out.path("unseen", &truth.paths[1]);
    out.end();
    sensors(drawing, &projection, out);
    out.raw(&format!("<g class=\"layer-ends\" stroke-width=\"{dot}\">\n"));
    out.path("birth", &tracks.births);
    out.raw("<g stroke-width=\"1.2\">\n");
    out.path("death", &tracks.deaths);
    out.end();
    out.end();
    let marks = marks(drawing, &projection, out);
    out.end();
    out.frame(corner, size);
    scale_bar(&projection, corner, size, out);
    legend(top + height + 18.0, &tracks, &marks, out);
    top + height + 24.0
}

fn project(places_deg: &[[f64; 2]], top: f64) -> Option<(Projection, f64)> {
    let first = places_deg.first()?;
    let bounds = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        points.fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, p| {
            [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
        })
    };
    // Longitudes are taken near the first one, so that 180° is no edge.
    let near = |lon: f64| first[1] + (lon - first[1] + 540.0).rem_euclid(360.0) - 180.0;
    let b = bounds(&mut places_deg.iter().map(|p| [p[0], near(p[1])]));
    let centre = Geodetic { lat_deg: 0.5 * (b[0] + b[2]), lon_deg: 0.5 * (b[1] + b[3]), height_m: 0.0 };
    let plane = Tangent::new(centre);
    let m = bounds(&mut places_deg.iter().map(|p| Projection::metres(&plane, *p)));
    let span = [(m[2] - m[0]).max(1000.0) * 1.06, (m[3] - m[1]).max(1000.0) * 1.06];
    let width = WIDTH - LEFT - RIGHT;
    let height = (width * span[1] / span[0]).clamp(HEIGHT.0, HEIGHT.1);
    let projection = Projection {
        plane,
        scale: (width / span[0]).min(height / span[1]),
        middle_m: [0.5 * (m[0] + m[2]), 0.5 * (m[1] + m[3])],
        middle: [LEFT + 0.5 * width, top + 0.5 * height],
    };
    Some((projection, height))
}

fn grid(projection: &Projection, [x, y]: Px, [w, h]: Px, out: &mut Svg) {
    let step_m = round_step(w / projection.scale, 12.0);
    let mut lines = Path::default();
    let from = |start: f64| (start / step_m).ceil() as i64;
    let (west, south) = (
        projection.middle_m[0] - (projection.middle[0] - x) / projection.scale,
        projection.middle_m[1] - (y + h - projection.middle[1]) / projection.scale,
    );
    let origin = [
        projection.middle[0] - projection.middle_m[0] * projection.scale,
        projection.middle[1] + projection.middle_m[1] * projection.scale,
    ];
    for k in from(west)..=from(west + w / projection.scale) - 1 {
        let at = origin[0] + k as f64 * step_m * projection.scale;
        lines.polyline(&[[at, y], [at, y + h]]);
        out.anchored(at, y - 4.0, "dim", "middle", &short(k as f64 * step_m / 1000.0));
    }
    for k in from(south)..=from(south + h / projection.scale) - 1 {
        let at = origin[1] - k as f64 * step_m * projection.scale;
        lines.polyline(&[[x, at], [x + w, at]]);
        out.anchored(x - 6.0, at + 4.0, "dim", "end", &short(k as f64 * step_m / 1000.0));
    }
    out.path("grid", &lines);
    out.anchored(x - 6.0, y - 4.0, "dim", "end", "km");
}

#[derive(Default)]
struct Lines {
    paths: Vec<Path>,
    births: Path,
    deaths: Path,
    count: usize,
    ended: usize,
    corners: usize,
}

impl Lines {
    fn add(&mut self, path: usize, places: &[Px], tolerance: f64) {
        let places = thinned(places, tolerance);
        self.corners += places.len();
        if let Some(path) = self.paths.get_mut(path) {
            path.polyline(&places);
        }
    }
}

fn truth_lines(drawing: &Drawing<'_>, projection: &Projection, window: &dyn Fn(f64) -> bool, tolerance: f64) -> Lines {
    let mut lines = Lines { paths: vec![Path::default(), Path::default()], ..Lines::default() };
    let mut objects: BTreeMap<u32, Vec<(f64, bool, Px)>> = BTreeMap::new();
    for t in drawing.truth.iter().filter(|t| window(t.time_s)) {
        objects.entry(t.id).or_default().push((t.time_s, t.visible, projection.at(t.place_deg)));
    }
    for own in objects.values() {
        let mut from = 0;
        while from + 1 < own.len() {
            let visible = own[from].1;
            let to = (from + 1..own.len()).find(|k| own[*k].1 != visible).unwrap_or(own.len() - 1);
            let places: Vec<Px> = own[from..=to].iter().map(|p| p.2).collect();
            lines.add(usize::from(!visible), &places, tolerance);
            from = to;
        }
        lines.count += 1;
    }
    lines
}

fn track_lines(drawing: &Drawing<'_>, projection: &Projection, window: &dyn Fn(f64) -> bool, tolerance: f64) -> Lines {
    let mut lines = Lines { paths: (0..COLOURS).map(|_| Path::default()).collect(), ..Lines::default() };
    let mut tracks: BTreeMap<u32, Vec<(f64, Px)>> = BTreeMap::new();
    for e in drawing.estimates.iter().filter(|e| window(e.time_s)) {
        tracks.entry(e.track).or_default().push((e.time_s, projection.at(e.place_deg)));
    }
    let step_s = drawing.description.step_s;
    for (track, own) in &tracks {
        for stretch in own.chunk_by(|a, b| b.0 - a.0 < 1.5 * step_s) {
            let places: Vec<Px> = stretch.iter().map(|p| p.1).collect();
            lines.add((track % COLOURS) as usize, &places, tolerance);
        }
        lines.count += 1;
        if let (Some(first), Some(last)) = (own.first(), own.last()) {
            lines.births.dot(first.1);
            if last.0 < drawing.score.t[1] - 0.5 * step_s {
                lines.deaths.cross(last.1, 3.0);
                lines.ended += 1;
            }
        }
    }
    lines
}

fn sensors(drawing: &Drawing<'_>, projection: &Projection, out: &mut Svg) {
    out.begin("layer-sensors");
    let (mut reach, mut shapes) = (Path::default(), Path::default());
    let crowded = drawing.description.sites.len() > 60;
    for site in &drawing.description.sites {
        let at = projection.at(site.place_deg);
        if let Some(range_m) = site.range_m {
            reach.ring(at, (range_m * projection.scale * 10.0).round() / 10.0);
        }
        if site.bearing {
            shapes.polyline(&[
                [at[0] - 4.0, at[1] - 4.0],
                [at[0] + 4.0, at[1] - 4.0],
                [at[0] + 4.0, at[1] + 4.0],
                [at[0] - 4.0, at[1] + 4.0],
            ]);
        } else {
            shapes.polyline(&[[at[0], at[1] - 6.0], [at[0] + 5.5, at[1] + 4.0], [at[0] - 5.5, at[1] + 4.0]]);
        }
        shapes.close();
    }
    out.path("reach", &reach);
    out.path("sensor", &shapes);
    for site in drawing.description.sites.iter().filter(|_| !crowded) {
        let at = projection.at(site.place_deg);
        out.text(at[0] + 8.0, at[1] + 4.0, "label", &site.name);
    }
    out.end();
}

/// How many marks there are, and every how manieth of them is drawn.
struct Marks {
    missed: [usize; 2],
    wrong: [usize; 2],
}

fn marks(drawing: &Drawing<'_>, projection: &Projection, out: &mut Svg) -> Marks {
    let fates = || drawing.fates.iter().flatten();
    let missed = fates().filter_map(|fate| match fate {
        Fate::Missed(t) => drawing.truth.get(*t).map(|t| projection.at(t.place_deg)),
        _ => None,
    });
    let wrong = fates().filter_map(|fate| match fate {
        Fate::False(e) => drawing.estimates.get(*e).map(|e| projection.at(e.place_deg)),
        _ => None,
    });
    let (mut rings, mut crosses) = (Path::default(), Path::default());
    let missed = each(missed, |at| rings.ring(at, 3.0));
    let wrong = each(wrong, |at| crosses.cross(at, 2.6));
    out.begin("layer-missed");
    out.path("missed", &rings);
    out.end();
    out.begin("layer-false");
    out.path("false", &crosses);
    out.end();
    Marks { missed, wrong }
}

/// Draws one mark a pixel, at most [`MOST_MARKS`]; returns how many there are, and every how manieth pixel's was drawn.
fn each(places: impl Iterator<Item = Px>, mut draw: impl FnMut(Px)) -> [usize; 2] {
    let mut taken = BTreeSet::new();
    let mut all = 0;
    let mut different: Vec<Px> = Vec::new();
    for place in places {
        all += 1;
        if taken.insert([place[0].round() as i64, place[1].round() as i64]) {
            different.push(place);
        }
    }
    let every = different.len().div_ceil(MOST_MARKS).max(1);
    different.into_iter().step_by(every).for_each(&mut draw);
    [all, every]
}

fn scale_bar(projection: &Projection, [x, y]: Px, [w, h]: Px, out: &mut Svg) {
    let length_m = round_below(200.0 / projection.scale);
    let length = (length_m * projection.scale).min(w * 0.4);
    let (right, low) = (x + w - 16.0, y + h - 16.0);
    let mut bar = Path::default();
    bar.polyline(&[[right - length, low - 5.0], [right - length, low], [right, low], [right, low - 5.0]]);
    bar.polyline(&[[right - 4.0, y + 44.0], [right - 4.0, y + 18.0]]);
    bar.polyline(&[[right - 8.0, y + 24.0], [right - 4.0, y + 17.0], [right, y + 24.0]]);
    out.path("mark", &bar);
    let label =
        if length_m >= 1000.0 { format!("{} km", short(length_m / 1000.0)) } else { format!("{} m", short(length_m)) };
    out.anchored(right - 0.5 * length, low - 8.0, "label", "middle", &label);
    out.anchored(right - 4.0, y + 57.0, "label", "middle", "N");
}

fn legend(y: f64, tracks: &Lines, marks: &Marks, out: &mut Svg) {
    let some =
        |[all, every]: [usize; 2]| if every > 1 { format!("{all}, one in {every} drawn") } else { all.to_string() };
    let items: [(&str, u8, String); 7] = [
        ("truth", 0, "truth (dashed: no sensor could see it)".to_owned()),
        ("t0", 0, format!("tracks ({})", tracks.count)),
        ("birth", 1, "begin".to_owned()),
        ("death", 2, format!("end ({})", tracks.ended)),
        ("missed", 3, format!("missed ({})", some(marks.missed))),
        ("false", 2, format!("false ({})", some(marks.wrong))),
        ("sensor", 4, "sensor and reach".to_owned()),
    ];
    let mut x = LEFT;
    for (class, shape, name) in items {
        let mut path = Path::default();
        let at = [x + 8.0, y - 4.0];
        match shape {
            0 => path.polyline(&[[x, y - 4.0], [x + 18.0, y - 4.0]]),
            1 => path.dot(at),
            2 => path.cross(at, 3.0),
            3 => path.ring(at, 3.0),
            _ => {
                path.polyline(&[[at[0], at[1] - 6.0], [at[0] + 5.5, at[1] + 4.0], [at[0] - 5.5, at[1] + 4.0]]);
                path.close();
            }
        }
        out.raw(&format!("<g stroke-width=\"{}\">", [1.6, 5.0, 1.2, 1.3, 1.0][usize::from(shape)]));
        out.path(class, &path);
        out.end();
        out.text(x + 23.0, y, "dim", &name);
        x += 41.0 + 6.3 * name.chars().count() as f64;
    }
}
