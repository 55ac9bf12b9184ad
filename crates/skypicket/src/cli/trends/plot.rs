//! Trends as an SVG: what was counted for its exposure, the rate as it is held, and where a change was told.

use super::Series;
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 30.0;

/// All series, one below the other.
pub(super) fn svg(all: &[Series]) -> String {
    let height = HEIGHT * all.len().max(1) as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (i, series) in all.iter().enumerate() {
        let _ = writeln!(out, "<g transform=\"translate(0 {})\">", HEIGHT * i as f64);
        one(series, &mut out);
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn one(series: &Series, out: &mut String) {
    let points = &series.trend.points;
    let most = points.iter().map(|p| p.high.max(p.rate.unwrap_or(0.0))).fold(1e-12, f64::max);
    let (inner_w, inner_h) = (WIDTH - LEFT - 20.0, HEIGHT - TOP - 30.0);
    let x = |week: usize| LEFT + inner_w * (week as f64 + 0.5) / points.len().max(1) as f64;
    let y = |rate: f64| TOP + inner_h * (1.0 - rate / most);
    let title = escaped(&format!("{} · {}", series.sector, series.kind));
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"18\" font-weight=\"bold\">{title}</text>");
    let unit = escaped(&format!("count per 1000 of {}", series.exposure()));
    let _ = writeln!(out, "<text x=\"{}\" y=\"18\" text-anchor=\"end\" fill=\"#555\">{unit}</text>", WIDTH - 20.0);
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {TOP} V{:.1} H{:.1}\" fill=\"none\" stroke=\"#333\"/>",
        TOP + inner_h,
        WIDTH - 20.0
    );
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{:.1}</text>",
        LEFT - 6.0,
        TOP + 9.0,
        most * 1000.0
    );
    let band: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(week, point)| format!("{:.1},{:.1}", x(week), y(point.high)))
        .chain(points.iter().enumerate().rev().map(|(week, point)| format!("{:.1},{:.1}", x(week), y(point.low))))
        .collect();
    let _ = writeln!(out, "<polygon points=\"{}\" fill=\"#56b4e9\" fill-opacity=\"0.35\"/>", band.join(" "));
    let line: Vec<String> =
        points.iter().enumerate().map(|(week, point)| format!("{:.1},{:.1}", x(week), y(point.mean))).collect();
    let _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"1.6\"/>",
        line.join(" ")
    );
    for (week, point) in points.iter().enumerate() {
        match point.rate {
            Some(rate) => {
                let _ = writeln!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.6\" fill=\"#222\"/>", x(week), y(rate));
            }
            None => {
                let _ = writeln!(
                    out,
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#999\">?</text>",
                    x(week),
                    TOP + inner_h - 3.0
                );
            }
        }
        if point.told {
            let _ = writeln!(
                out,
                "<path d=\"M{:.1} {TOP} V{:.1}\" stroke=\"#d55e00\" stroke-width=\"1.6\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"#d55e00\">told</text>",
                x(week),
                TOP + inner_h,
                x(week) + 3.0,
                TOP + 10.0
            );
        }
    }
    for (week, anchor) in [(0, "start"), (points.len().saturating_sub(1), "end")] {
        let day = series.day(week);
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{day}</text>",
            x(week),
            HEIGHT - 12.0
        );
    }
}
