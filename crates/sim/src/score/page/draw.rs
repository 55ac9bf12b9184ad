//! Pencil and paper: an SVG document, polylines thinned to what can be seen, and round numbers for axes.

use std::fmt::Write as _;

/// A place on the drawing, pixels.
pub(super) type Px = [f64; 2];

/// Text that is safe inside XML; what XML cannot say at all is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A document under way.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

impl Svg {
    /// Appends markup.
    pub(super) fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    /// A line of text that begins at a place.
    pub(super) fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.anchored(x, y, class, "start", text);
    }

    /// A line of text with its `start`, `middle` or `end` at a place.
    pub(super) fn anchored(&mut self, x: f64, y: f64, class: &str, anchor: &str, text: &str) {
        let text = escaped(text);
        let _ =
            writeln!(self.body, r#"<text x="{x:.1}" y="{y:.1}" class="{class}" text-anchor="{anchor}">{text}</text>"#);
    }

    /// A path of a class; nothing when it is empty.
    pub(super) fn path(&mut self, class: &str, path: &Path) {
        if !path.d.is_empty() {
            let _ = writeln!(self.body, r#"<path class="{class}" d="{}"/>"#, path.d);
        }
    }

    /// An empty rectangle, its corner left above, its width and height.
    pub(super) fn frame(&mut self, [x, y]: Px, [w, h]: Px) {
        let _ = writeln!(self.body, r#"<rect class="frame" x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}"/>"#);
    }

    /// Opens a group that is cut at a rectangle; close it with [`Svg::end`].
    pub(super) fn clip(&mut self, name: &str, [x, y]: Px, [w, h]: Px) {
        let _ = writeln!(
            self.body,
            r#"<clipPath id="{name}"><rect x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}"/></clipPath><g clip-path="url(#{name})">"#
        );
    }

    /// Opens a group.
    pub(super) fn begin(&mut self, class: &str) {
        let _ = writeln!(self.body, r#"<g class="{class}">"#);
    }

    /// Closes a group.
    pub(super) fn end(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The whole document.
    pub(super) fn finish(self, width: f64, height: f64, style: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">\n\
             <style>\n{style}</style>\n{}</svg>",
            self.body
        )
    }
}

/// A path's data.
#[derive(Debug, Default)]
pub(super) struct Path {
    d: String,
    at: [i64; 2],
}

/// Tenths of a pixel.
fn tenths([x, y]: Px) -> [i64; 2] {
    [(x * 10.0).round() as i64, (y * 10.0).round() as i64]
}

impl Path {
    fn number(&mut self, tenths: i64) {
        let (whole, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
        let sign = if tenths < 0 { "-" } else { "" };
        let _ = if tenth == 0 { write!(self.d, "{sign}{whole}") } else { write!(self.d, "{sign}{whole}.{tenth}") };
    }

    fn pair(&mut self, command: char, [x, y]: [i64; 2]) {
        self.d.push(command);
        self.number(x);
        if y >= 0 {
            self.d.push(' ');
        }
        self.number(y);
    }

    /// Goes there without drawing.
    pub(super) fn jump(&mut self, to: Px) {
        self.at = tenths(to);
        self.pair('M', self.at);
    }

    /// Draws a straight line there.
    pub(super) fn line(&mut self, to: Px) {
        let to = tenths(to);
        self.pair('l', [to[0] - self.at[0], to[1] - self.at[1]]);
        self.at = to;
    }

    /// A row of places as one line; a single place is a dot.
    pub(super) fn polyline(&mut self, places: &[Px]) {
        let Some((first, rest)) = places.split_first() else { return };
        self.jump(*first);
        if rest.is_empty() {
            self.d.push_str("h0");
        }
        for place in rest {
            self.line(*place);
        }
    }

    /// A dot as wide as the stroke.
    pub(super) fn dot(&mut self, at: Px) {
        self.polyline(&[at]);
    }

    /// A ring.
    pub(super) fn ring(&mut self, at: Px, radius: f64) {
        self.jump([at[0] - radius, at[1]]);
        let _ = write!(self.d, "a{radius} {radius} 0 1 0 {0} 0a{radius} {radius} 0 1 0-{0} 0", 2.0 * radius);
    }

    /// A cross.
    pub(super) fn cross(&mut self, at: Px, half: f64) {
        self.jump([at[0] - half, at[1] - half]);
        let _ = write!(self.d, "l{0} {0}m0-{0}l-{0} {0}", 2.0 * half);
    }

    /// Closes the shape.
    pub(super) fn close(&mut self) {
        self.d.push('z');
    }
}

/// Leaves out places that lie within `tolerance` of the line that stays (Ramer 1972; Douglas & Peucker 1973). First and last stay.
pub(super) fn thinned(places: &[Px], tolerance: f64) -> Vec<Px> {
    if places.len() < 3 {
        return places.to_vec();
    }
    let mut keep = vec![false; places.len()];
    let last = places.len() - 1;
    (keep[0], keep[last]) = (true, true);
    let mut stretches = vec![(0, last)];
    while let Some((from, to)) = stretches.pop() {
        let far =
            (from + 1..to).map(|k| (off(places[k], places[from], places[to]), k)).max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((distance, k)) = far
            && distance > tolerance
        {
            keep[k] = true;
            stretches.push((from, k));
            stretches.push((k, to));
        }
    }
    places.iter().zip(keep).filter(|(_, keep)| *keep).map(|(place, _)| *place).collect()
}

/// How far a place is from a stretch.
fn off(p: Px, a: Px, b: Px) -> f64 {
    let (d, e) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let length2 = d[0] * d[0] + d[1] * d[1];
    let t = if length2 > 0.0 { ((d[0] * e[0] + d[1] * e[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let r = [e[0] - t * d[0], e[1] - t * d[1]];
    (r[0] * r[0] + r[1] * r[1]).sqrt()
}

/// A step of 1, 2 or 5 times a power of ten that divides `span` into at most `most` parts.
pub(super) fn round_step(span: f64, most: f64) -> f64 {
    let mut step = 1e-3;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if span / (step * factor) <= most || step > 1e12 {
                return step * factor;
            }
        }
        step *= 10.0;
    }
}

/// The largest number of 1, 2 or 5 times a power of ten that is not above `most`.
pub(super) fn round_below(most: f64) -> f64 {
    let mut best = 1e-3;
    let mut decade = 1e-3;
    while decade <= most && decade < 1e12 {
        for factor in [1.0, 2.0, 5.0] {
            if decade * factor <= most {
                best = decade * factor;
            }
        }
        decade *= 10.0;
    }
    best
}

/// A number without needless digits.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
