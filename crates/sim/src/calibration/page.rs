//! A reliability diagram as a page that needs nothing else.

use super::measures::{Bin, Worth};
use std::fmt::Write as _;

/// Side of a diagram, pixels, and its margin.
const SIDE: f64 = 360.0;
const MARGIN: f64 = 46.0;

/// One diagram: how often things came true that were given a probability. The dots' areas go with how many there were.
#[must_use]
pub fn diagram(title: &str, worth: &Worth) -> String {
    let mut svg = String::new();
    let whole = SIDE + 2.0 * MARGIN;
    let x = |p: f64| MARGIN + p * SIDE;
    let y = |p: f64| MARGIN + (1.0 - p) * SIDE;
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" width="{whole}" height="{whole}" font-family="sans-serif" font-size="12"><rect width="{whole}" height="{whole}" fill="#fff"/><text x="12" y="18" font-size="14">{title}</text><text x="440" y="18" font-size="10" text-anchor="end" fill="#555">Brier {brier:.4}</text><text x="12" y="32" font-size="10" fill="#555">{count} pairs in {worlds} worlds · ECE {ece:.4}, corrected {corrected:.4} ({low:.4}–{high:.4})</text>"##,
        count = worth.count,
        worlds = worth.worlds,
        ece = worth.ece,
        corrected = worth.corrected_ece,
        low = worth.interval[0],
        high = worth.interval[1],
        brier = worth.brier,
    );
    for tenth in 0..=10 {
        let p = f64::from(tenth) / 10.0;
        let _ = write!(
            svg,
            r##"<path d="M{a} {t}V{b}M{a0} {c}H{b0}" stroke="#ddd"/><text x="{a}" y="{under}" text-anchor="middle">{p}</text><text x="{left}" y="{beside}" text-anchor="end">{p}</text>"##,
            a = x(p),
            t = y(1.0),
            b = y(0.0),
            a0 = x(0.0),
            c = y(p),
            b0 = x(1.0),
            under = y(0.0) + 16.0,
            left = x(0.0) - 6.0,
            beside = y(p) + 4.0,
        );
    }
    let _ = write!(
        svg,
        r##"<path d="M{} {}L{} {}" stroke="#888" stroke-dasharray="4 4"/><text x="{}" y="{}" text-anchor="middle">told</text><text x="12" y="{}" transform="rotate(-90 12 {})" text-anchor="middle">came true</text>"##,
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
        x(0.5),
        y(0.0) + 34.0,
        y(0.5),
        y(0.5),
    );
    for Bin { count, forecast, happened } in worth.bins.iter().filter(|bin| bin.count > 0) {
        let radius = 2.0 + 14.0 * (*count as f64 / worth.count as f64).sqrt();
        let spread = 1.645 * (forecast * (1.0 - forecast) / *count as f64).sqrt();
        let _ = write!(
            svg,
            r##"<path d="M{at} {low}V{high}" stroke="#36c"/><circle cx="{at}" cy="{mid}" r="{radius:.1}" fill="#36c" fill-opacity="0.6"><title>{count} told {forecast:.3}, {happened:.3} came true</title></circle>"##,
            at = x(*forecast),
            low = y((happened - spread).max(0.0)),
            high = y((happened + spread).min(1.0)),
            mid = y(*happened),
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A page of diagrams and preformatted tables.
#[must_use]
pub fn html(title: &str, tables: &str, diagrams: &[String]) -> String {
    let escaped = tables.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font-family:sans-serif;margin:2rem}}pre{{overflow-x:auto}}</style><h1>{title}</h1><pre>{escaped}</pre>{}</html>\n",
        diagrams.concat()
    )
}
