//! What the drawing must hold, whatever is drawn.

use super::draw::{escaped, round_step, thinned};
use super::{Drawing, html, svg};
use crate::score::{Covariance4, Description, Estimate, Truth, score_with_fates};

fn description() -> Description {
    Description::parse(
        br#"{"name":"a <b> & c","duration_s":50,"eval_start_s":5,"eval_step_s":5,"target_kind":["x"],
            "sensors":[{"id":"R<1>","type":"radar3d","lat":50.1,"lon":20.1,"fov":{"range_max_m":30000}}]}"#,
    )
    .expect("a description")
}

/// Objects that fly north, each followed by a track to the middle of the time; a false track; the second object is missed.
fn world(objects: u32) -> (Vec<Truth>, Vec<Estimate>) {
    let (mut truth, mut estimates) = (Vec::new(), Vec::new());
    for k in 1..=10 {
        let time_s = f64::from(k) * 5.0;
        for id in 0..objects {
            let place_deg = [50.0 + time_s * 1e-3, 20.0 + f64::from(id) * 0.1];
            truth.push(Truth { time_s, id, place_deg, height_m: 0.0, velocity_m_s: [0.0, 22.0], visible: true });
            if id != 1 && k <= 5 {
                let mut upper = [0.0; 10];
                (upper[0], upper[4], upper[7], upper[9]) = (100.0, 100.0, 1.0, 1.0);
                estimates.push(Estimate {
                    time_s,
                    track: id,
                    place_deg,
                    covariance: Some(Covariance4(upper)),
                    ..Estimate::default()
                });
            }
        }
        estimates.push(Estimate { time_s, track: 9999, place_deg: [50.4, 20.3], ..Estimate::default() });
    }
    (truth, estimates)
}

fn drawn(objects: u32, page: impl Fn(&Drawing<'_>) -> String) -> String {
    let description = description();
    let (truth, estimates) = world(objects);
    let (score, fates) = score_with_fates(&description, &truth, &estimates, &description.settings());
    page(&Drawing { description: &description, truth: &truth, estimates: &estimates, score: &score, fates: &fates })
}

#[test]
fn it_is_well_formed_and_loads_nothing() {
    for page in [drawn(3, svg), drawn(3, html)] {
        assert!(!page.contains("NaN") && !page.contains("inf"), "a number went wrong");
        assert!(!page.contains("<b>") && page.contains("a &lt;b&gt; &amp; c") && page.contains("R&lt;1&gt;"));
        let loads = ["href", "src=", "url(http", "@import", "<script", "<image", "<foreignObject"];
        assert!(loads.iter().all(|word| !page.contains(word)), "it loads something");
        let from = page.find("<svg").expect("a drawing");
        let drawing = &page[from..page.find("</svg>").expect("an end") + 6];
        for name in ["svg", "g", "text", "style", "clipPath"] {
            let opened = drawing.matches(&format!("<{name} ")).count() + drawing.matches(&format!("<{name}>")).count();
            assert_eq!(opened, drawing.matches(&format!("</{name}>")).count(), "{name}");
        }
    }
}

#[test]
fn what_is_missed_false_begun_and_ended_is_told_and_drawn() {
    let page = drawn(3, svg);
    // Object 1 is missed ten times, 0 and 2 in the second half; the false track is there at each of ten times.
    for text in ["missed (20)", "false (10)", "tracks (3)", "end (2)", "NEES of place"] {
        assert!(page.contains(text), "{text}");
    }
    for class in
        ["truth", "birth", "death", "missed", "false", "sensor", "reach", "loc", "mis", "fal", "band", "objects"]
    {
        assert!(page.contains(&format!("class=\"{class}\" d=\"M")), "{class}");
    }
}

#[test]
fn nothing_to_draw_is_drawn_as_nothing() {
    let description = Description::parse(br#"{"name":"empty","duration_s":10,"eval_start_s":5,"eval_step_s":5}"#);
    let description = description.expect("a description");
    let (score, fates) = score_with_fates(&description, &[], &[], &description.settings());
    let page = svg(&Drawing { description: &description, truth: &[], estimates: &[], score: &score, fates: &fates });
    assert!(page.starts_with("<svg") && page.ends_with("</svg>") && !page.contains("NaN"));
}

#[test]
fn two_thousand_objects_stay_small() {
    let page = drawn(2000, svg);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}

#[test]
fn thinning_keeps_corners_and_drops_what_is_straight() {
    let straight: Vec<[f64; 2]> = (0..100).map(|k| [f64::from(k), 0.0]).collect();
    assert_eq!(thinned(&straight, 0.1), vec![[0.0, 0.0], [99.0, 0.0]]);
    let mut corner = straight.clone();
    corner.extend((1..50).map(|k| [99.0, f64::from(k)]));
    assert_eq!(thinned(&corner, 0.1), vec![[0.0, 0.0], [99.0, 0.0], [99.0, 49.0]]);
    // There and back again: the farthest place stays although first and last are the same.
    assert_eq!(thinned(&[[0.0, 0.0], [5.0, 0.0], [0.0, 0.0]], 0.1).len(), 3);
}

#[test]
fn steps_are_round_and_text_is_safe() {
    assert!((round_step(100.0, 4.0) - 50.0).abs() < 1e-9 && (round_step(0.9, 10.0) - 0.1).abs() < 1e-9);
    assert_eq!(escaped("<'\"&\u{1}>"), "&lt;&#39;&quot;&amp;&gt;");
}
