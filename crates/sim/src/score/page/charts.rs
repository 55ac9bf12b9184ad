//! Over time: GOSPA with its parts, objects and tracks, errors of matched pairs, and NEES with its bounds.

use super::draw::{Path, Px, Svg, round_step, short};
use super::{Drawing, LEFT, RIGHT, WIDTH};
use crate::score::{Step, mean_bounds};

const HEIGHT: f64 = 130.0;
const GAP: f64 = 46.0;
/// More steps than this are averaged into as many.
const MOST_COLUMNS: usize = 1000;

/// What is drawn of one moment.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    time_s: f64,
    gospa: f64,
    /// Shares of GOSPA squared: places, missed, false.
    parts: [f64; 3],
    objects: f64,
    tracks: f64,
    error_m: Option<f64>,
    /// Mean and the 95 % bounds of so many independent pairs.
    nees: Option<[f64; 3]>,
}

/// Draws below `top` and returns where it ends.
pub(super) fn draw(drawing: &Drawing<'_>, top: f64, out: &mut Svg) -> f64 {
    let columns = columns(&drawing.score.per_step, drawing.score.c);
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return top };
    let mut frame = Frame {
        top: top + 18.0,
        time_s: [first.time_s, last.time_s.max(first.time_s + 1.0)],
        value: [0.0, 1.0],
        log: false,
    };
    gospa(&columns, &mut frame, out);
    frame.top += HEIGHT + GAP;
    numbers(&columns, &mut frame, out);
    frame.top += HEIGHT + GAP;
    errors(&columns, &mut frame, out);
    if columns.iter().any(|column| column.nees.is_some()) {
        frame.top += HEIGHT + GAP;
        nees(&columns, &mut frame, out);
    }
    out.anchored(WIDTH - RIGHT, frame.top + HEIGHT + 30.0, "dim", "end", "scenario time, s");
    frame.top + HEIGHT + 34.0
}

fn columns(steps: &[Step], cutoff_m: f64) -> Vec<Column> {
    let each = steps.len().div_ceil(MOST_COLUMNS).max(1);
    steps.chunks(each).map(|chunk| column(chunk, cutoff_m)).collect()
}

fn column(steps: &[Step], cutoff_m: f64) -> Column {
    let n = steps.len() as f64;
    let mean = |f: &dyn Fn(&Step) -> f64| steps.iter().map(f).sum::<f64>() / n;
    let half = 0.5 * cutoff_m * cutoff_m;
    let parts = [mean(&|s| s.localisation), half * mean(&|s| s.missed as f64), half * mean(&|s| s.wrong as f64)];
    let whole: f64 = parts.iter().sum();
    let matched: f64 = steps.iter().map(|s| (s.truth - s.missed) as f64).sum();
    let squares: f64 = steps.iter().map(|s| s.localisation).sum();
    let pairs: usize = steps.iter().map(|s| s.nees_pairs).sum();
    let nees: f64 = steps.iter().filter_map(|s| s.nees.map(|mean| mean * s.nees_pairs as f64)).sum();
    let [low, high] = mean_bounds(2, pairs);
    Column {
        time_s: mean(&|s| s.time_s),
        gospa: mean(&|s| s.gospa),
        parts: parts.map(|part| if whole > 0.0 { part / whole } else { 0.0 }),
        objects: mean(&|s| s.truth as f64),
        tracks: mean(&|s| s.estimates as f64),
        error_m: (matched > 0.0).then(|| (squares / matched).sqrt()),
        nees: (pairs > 0).then(|| [nees / pairs as f64, low, high]),
    }
}

/// One chart's axes.
struct Frame {
    top: f64,
    time_s: [f64; 2],
    value: [f64; 2],
    log: bool,
}

impl Frame {
    fn at(&self, time_s: f64, value: f64) -> Px {
        let share = (time_s - self.time_s[0]) / (self.time_s[1] - self.time_s[0]);
        let of = |v: f64| if self.log { skypicket_model::math::ln(v.max(self.value[0])) } else { v };
        let (low, high) = (of(self.value[0]), of(self.value[1]));
        let rise = ((of(value) - low) / (high - low)).clamp(0.0, 1.0);
        [LEFT + share * (WIDTH - LEFT - RIGHT), self.top + HEIGHT * (1.0 - rise)]
    }

    /// Grid, numbers and name; values from 0 to `most`.
    fn open(&mut self, most: f64, name: &str, out: &mut Svg) {
        let step = round_step(most.max(1e-9), 4.0);
        self.log = false;
        self.value = [0.0, (most / step).ceil().max(1.0) * step];
        let ticks: Vec<f64> = (0..=(self.value[1] / step).round() as u32).map(|k| f64::from(k) * step).collect();
        self.axes(&ticks, name, out);
    }

    /// The same with decades.
    fn open_log(&mut self, low: f64, high: f64, name: &str, out: &mut Svg) {
        self.log = true;
        self.value = [low, high];
        let all = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0, 10_000.0];
        let ticks: Vec<f64> = all.into_iter().filter(|t| (low * 0.999..=high * 1.001).contains(t)).collect();
        self.axes(&ticks, name, out);
    }

    fn axes(&self, ticks: &[f64], name: &str, out: &mut Svg) {
        let (right, low) = (WIDTH - RIGHT, self.top + HEIGHT);
        let mut lines = Path::default();
        for tick in ticks {
            let [_, y] = self.at(self.time_s[0], *tick);
            lines.polyline(&[[LEFT, y], [right, y]]);
            out.anchored(LEFT - 6.0, y + 4.0, "dim", "end", &short(*tick));
        }
        let step_s = round_step(self.time_s[1] - self.time_s[0], 12.0);
        let first = (self.time_s[0] / step_s).ceil() as i64;
        let last = (self.time_s[1] / step_s).floor() as i64;
        for k in first..=last {
            let time_s = k as f64 * step_s;
            let [x, _] = self.at(time_s, self.value[0]);
            lines.polyline(&[[x, self.top], [x, low]]);
            out.anchored(x, low + 15.0, "dim", "middle", &short(time_s));
        }
        out.path("grid", &lines);
        out.frame([LEFT, self.top], [right - LEFT, HEIGHT]);
        out.text(LEFT, self.top - 7.0, "name", name);
    }

    /// A line through the values that there are.
    fn curve(&self, class: &str, values: impl Iterator<Item = (f64, Option<f64>)>, out: &mut Svg) {
        let (mut path, mut stretch) = (Path::default(), Vec::new());
        for (time_s, value) in values {
            match value {
                Some(value) => stretch.push(self.at(time_s, value)),
                None => path.polyline(&core::mem::take(&mut stretch)),
            }
        }
        path.polyline(&stretch);
        out.path(class, &path);
    }

    /// The area between two lines.
    fn area(&self, class: &str, sides: impl DoubleEndedIterator<Item = (f64, [f64; 2])> + Clone, out: &mut Svg) {
        let mut corners: Vec<Px> = sides.clone().map(|(t, [low, _])| self.at(t, low)).collect();
        corners.extend(sides.rev().map(|(t, [_, high])| self.at(t, high)));
        let mut path = Path::default();
        path.polyline(&corners);
        path.close();
        out.path(class, &path);
    }

    /// Names with their colours, right above the chart.
    fn names(&self, names: &[(&str, bool, &str)], out: &mut Svg) {
        let mut x = WIDTH - RIGHT;
        for (class, is_area, name) in names.iter().rev() {
            out.anchored(x, self.top - 7.0, "dim", "end", name);
            x -= 6.4 * name.chars().count() as f64 + 11.0;
            let y = self.top - 11.0;
            let mut path = Path::default();
            if *is_area {
                path.polyline(&[[x - 18.0, y - 4.0], [x, y - 4.0], [x, y + 4.0], [x - 18.0, y + 4.0]]);
                path.close();
            } else {
                path.polyline(&[[x - 18.0, y], [x, y]]);
            }
            out.path(class, &path);
            x -= 32.0;
        }
    }
}

fn gospa(columns: &[Column], frame: &mut Frame, out: &mut Svg) {
    let most = columns.iter().map(|c| c.gospa).fold(0.0, f64::max);
    frame.open(most, "GOSPA, m (divided as its square is)", out);
    for (k, class) in ["loc", "mis", "fal"].into_iter().enumerate() {
        let below = |c: &Column, upto: usize| c.gospa * c.parts[..upto].iter().sum::<f64>();
        frame.area(class, columns.iter().map(|c| (c.time_s, [below(c, k), below(c, k + 1)])), out);
    }
    frame.names(&[("loc", true, "places"), ("mis", true, "missed"), ("fal", true, "false")], out);
}

fn numbers(columns: &[Column], frame: &mut Frame, out: &mut Svg) {
    let most = columns.iter().map(|c| c.objects.max(c.tracks)).fold(1.0, f64::max);
    frame.open(most, "how many", out);
    frame.curve("objects", columns.iter().map(|c| (c.time_s, Some(c.objects))), out);
    frame.curve("tracks", columns.iter().map(|c| (c.time_s, Some(c.tracks))), out);
    frame.names(&[("objects", false, "objects"), ("tracks", false, "tracks")], out);
}

fn errors(columns: &[Column], frame: &mut Frame, out: &mut Svg) {
    let most = columns.iter().filter_map(|c| c.error_m).fold(1.0, f64::max);
    frame.open(most, "error of matched places, RMS, m", out);
    frame.curve("curve", columns.iter().map(|c| (c.time_s, c.error_m)), out);
}

fn nees(columns: &[Column], frame: &mut Frame, out: &mut Svg) {
    let values = || columns.iter().filter_map(|c| c.nees);
    let most = values().map(|n| n[0].max(n[2])).fold(5.0, f64::max);
    let least = values().map(|n| n[0].min(n[1])).fold(1.0, f64::min);
    // Decades, because what is too sure of itself is so by factors.
    let low = [0.5, 0.2, 0.1, 0.05].into_iter().find(|low| *low <= least).unwrap_or(0.02);
    let high = [5.0, 10.0, 20.0, 50.0, 100.0, 1000.0].into_iter().find(|high| *high >= most).unwrap_or(10_000.0);
    frame.open_log(low, high, "NEES of place, mean of the pairs", out);
    let bounded: Vec<(f64, [f64; 2])> =
        columns.iter().filter_map(|c| c.nees.map(|n| (c.time_s, [n[1], n[2]]))).collect();
    frame.area("band", bounded.into_iter(), out);
    frame.curve("expected", frame.time_s.iter().map(|t| (*t, Some(2.0))), out);
    frame.curve("curve", columns.iter().map(|c| (c.time_s, c.nees.map(|n| n[0]))), out);
    frame.names(
        &[
            ("curve", false, "NEES"),
            ("expected", false, "expected: 2"),
            ("band", true, "95 % of as many independent pairs"),
        ],
        out,
    );
}
