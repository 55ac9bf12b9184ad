//! A score to look at: tracks over truth, and error over time, as one SVG or one HTML file that loads nothing.
//!
//! Lines are thinned to what can be seen at the drawing's size, so that thousands of objects stay within a few megabytes. Colours follow
//! the reader's choice of dark or light.

mod charts;
mod draw;
mod map;

use super::{Description, Estimate, Fate, Score, Truth};
use draw::{Svg, escaped};

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The scenario.
    pub description: &'a Description,
    /// All of its truth.
    pub truth: &'a [Truth],
    /// All of the tracks.
    pub estimates: &'a [Estimate],
    /// Their score, with its steps.
    pub score: &'a Score,
    /// What became of whom at each step, as [`super::score_with_fates`] tells.
    pub fates: &'a [Vec<Fate>],
}

/// Width of the drawing, pixels.
const WIDTH: f64 = 1200.0;
/// Left and right of what is drawn.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;

const STYLE: &str = "\
svg{background:#fff;color:#1d2329;font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px}
text{fill:#1d2329}.dim{fill:#5b6670}.head{font-size:17px;font-weight:600}.name{font-weight:600}
path,line{fill:none;stroke-linecap:round;stroke-linejoin:round}
.frame{stroke:#9aa4ad;fill:none}.grid{stroke:#e3e7ea}.truth{stroke:#1d2329}.unseen{stroke:#5b6670;stroke-dasharray:2 3}
.birth,.death,.mark{stroke:#1d2329}.missed{stroke:#e0192d;stroke-width:1.3}.false{stroke:#d100b5;stroke-width:1.5}
.sensor{fill:#1d2329;stroke:#fff;stroke-width:1;paint-order:stroke}.reach{stroke:#5b6670;stroke-width:.7;stroke-dasharray:5 5;opacity:.55}
.label{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.loc{fill:#4a90d9;stroke:none}.mis{fill:#e0596a;stroke:none}.fal{fill:#c95fc0;stroke:none}.band{fill:#3aa76d;stroke:none;opacity:.28}
.objects{stroke:#8b959e;stroke-width:2.2}.tracks{stroke:#1f6fc2;stroke-width:1.5}.curve{stroke:#1f6fc2;stroke-width:1.4}.expected{stroke:#2c8a57;stroke-dasharray:5 4}
.t0{stroke:#2774c9}.t1{stroke:#cf7317}.t2{stroke:#218a4c}.t3{stroke:#b8406a}.t4{stroke:#7d57c9}.t5{stroke:#0d8584}.t6{stroke:#94730f}.t7{stroke:#5f7a1f}
@media(prefers-color-scheme:dark){svg{background:#14191e;color:#e6eaee}text{fill:#e6eaee}.dim{fill:#9fabb5}.frame{stroke:#5d6872}.grid{stroke:#262e35}
.truth{stroke:#fff}.unseen{stroke:#9fabb5}.birth,.death,.mark{stroke:#e6eaee}.missed{stroke:#ff5566}.false{stroke:#ff6bea}.sensor{fill:#e6eaee;stroke:#14191e}.reach{stroke:#9fabb5}
.label{stroke:#14191e}.loc{fill:#3f7fc1}.mis{fill:#c94d5c}.fal{fill:#a84fa0}.objects{stroke:#9fabb5}.tracks,.curve{stroke:#67b0ff}.expected{stroke:#5fd394}.band{opacity:.3}
.t0{stroke:#67b0ff}.t1{stroke:#ffae5c}.t2{stroke:#5fd394}.t3{stroke:#ff8fb5}.t4{stroke:#b79aff}.t5{stroke:#4fd0ce}.t6{stroke:#e0bd55}.t7{stroke:#aecb62}}
";

/// The drawing as one SVG file.
#[must_use]
pub fn svg(drawing: &Drawing<'_>) -> String {
    let mut out = Svg::default();
    let score = drawing.score;
    out.text(LEFT, 28.0, "head", &score.scenario);
    out.text(LEFT, 48.0, "dim", &headline(score));
    let bottom = map::draw(drawing, 78.0, &mut out);
    let bottom = charts::draw(drawing, bottom + 22.0, &mut out);
    out.finish(WIDTH, bottom + 12.0, STYLE)
}

/// The drawing as one HTML file with switches for its layers and the score's numbers.
#[must_use]
pub fn html(drawing: &Drawing<'_>) -> String {
    let layers = [
        ("truth", "truth"),
        ("tracks", "tracks"),
        ("ends", "births and ends"),
        ("missed", "missed"),
        ("false", "false"),
        ("sensors", "sensors"),
    ];
    let mut switches = String::new();
    let mut rules = String::new();
    for (layer, name) in layers {
        switches.push_str(&format!("<input type=checkbox id=l-{layer} checked><label for=l-{layer}>{name}</label>\n"));
        rules.push_str(&format!("#l-{layer}:not(:checked)~main .layer-{layer}{{display:none}}\n"));
    }
    let rows: String = numbers(drawing.score)
        .into_iter()
        .map(|(name, value)| format!("<div><dt>{}<dd>{}</div>\n", escaped(name), escaped(&value)))
        .collect();
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content='width=device-width'>\n\
         <meta name=color-scheme content='light dark'>\n<title>{name}</title>\n<style>\n\
         body{{margin:1rem auto;max-width:1200px;padding:0 1rem;background:#fff;color:#1d2329;font:14px system-ui,'Segoe UI',Helvetica,Arial,sans-serif}}\n\
         main>svg{{width:100%;height:auto}}dl{{display:grid;grid-template-columns:repeat(auto-fill,minmax(21rem,1fr));gap:.15rem 2.5rem;margin:1rem 0 2rem}}\
         dl div{{display:flex;justify-content:space-between;border-bottom:1px solid #8883}}dd{{margin:0;font-variant-numeric:tabular-nums}}label{{margin:0 1rem 0 .2rem}}\n\
         @media(prefers-color-scheme:dark){{body{{background:#14191e;color:#e6eaee}}}}\n{rules}</style>\n\
         {switches}<main>\n{svg}\n<dl>{rows}</dl>\n</main>\n",
        name = escaped(&drawing.score.scenario),
        svg = svg(drawing),
    )
}

fn headline(score: &Score) -> String {
    format!(
        "{:.0} to {:.0} s, {} evaluation times · GOSPA {:.1} m (c = {:.0} m, p = {}) · missed {:.2}, false {:.2} of {:.1} objects · T-GOSPA switches {}",
        score.t[0],
        score.t[1],
        score.n_steps,
        score.gospa_mean,
        score.c,
        score.p,
        score.missed_mean,
        score.false_mean,
        score.truth_mean,
        score.tgospa_switches
    )
}

fn numbers(score: &Score) -> Vec<(&'static str, String)> {
    let maybe = |value: Option<f64>, digits: usize| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.digits$}"));
    let all = score.rmse.get("all");
    let nees = score.nees.get("all").and_then(|c| c.position);
    vec![
        ("GOSPA, mean, m", format!("{:.1}", score.gospa_mean)),
        ("GOSPA, RMS, m", format!("{:.1}", score.gospa_rms)),
        ("T-GOSPA (greedy), RMS, m", format!("{:.1}", score.tgospa_greedy_rms)),
        ("T-GOSPA switches", format!("{}", score.tgospa_switches)),
        ("identity switches", format!("{}", score.id_switches)),
        ("OSPA⁽²⁾, mean, m", maybe(score.ospa2_mean, 1)),
        ("SIAP completeness", format!("{:.4}", score.siap.c)),
        ("SIAP ambiguity", format!("{:.4}", score.siap.a)),
        ("SIAP spuriousness", format!("{:.4}", score.siap.s)),
        ("SIAP longest segment", format!("{:.4}", score.siap.ls)),
        ("initiation delay, median, s", maybe(score.init_delay_s.median, 1)),
        ("initiation delay, 90 %, s", maybe(score.init_delay_s.p90, 1)),
        ("objects never matched", format!("{}", score.init_delay_s.never)),
        ("RMS error across, m", maybe(all.and_then(|e| e.rmse_h_m), 1)),
        ("RMS error of height, m", maybe(all.and_then(|e| e.rmse_alt_m), 1)),
        ("RMS error of velocity, m/s", maybe(all.and_then(|e| e.rmse_vel_mps), 2)),
        ("NEES of place (2 expected)", maybe(nees.map(|n| n.mean), 2)),
        ("pairs within their 95 %", maybe(nees.map(|n| n.within_95), 3)),
        ("probability of update", maybe(score.surveillance.probability_of_update, 4)),
        ("longest gap, s", maybe(score.surveillance.gaps.longest_s, 0)),
    ]
}

#[cfg(test)]
mod tests;
