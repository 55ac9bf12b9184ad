//! `track` and `score` as a user meets them, over a small scenario made here: two objects that fly past one radar.

#![allow(clippy::disallowed_methods, reason = "runs the program")]

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use skypicket_model::{Geodetic, LatLon, Tangent};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("skypicket-score-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Exit code, standard output, standard error.
fn told(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_skypicket")).args(arguments).output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn packed(path: &Path, text: &str) {
    let mut out = GzEncoder::new(std::fs::File::create(path).expect("made"), Compression::fast());
    out.write_all(text.as_bytes()).expect("written");
    out.finish().expect("closed");
}

/// Objects at 60 m/s to the north, 40 and 60 km east and west of the radar, seen each 5 s without noise.
fn scenario(folder: &Path, name: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    let description = json!({
        "name": name, "duration_s": 120, "eval_start_s": 5, "eval_step_s": 5, "gospa": {"c": 2000.0},
        "target_kind": ["east", "west"],
        "sensors": [{"id": "R1", "type": "radar3d", "lat": 50.0, "lon": 20.0, "alt": 200.0, "period_s": 5.0, "pd": 0.9, "clutter_per_scan": 1.0,
            "noise": {"range_m": 50.0, "az_deg": 0.1, "el_deg": 0.3},
            "fov": {"range_min_m": 1000.0, "range_max_m": 200000.0, "el_min_deg": -1.5, "el_max_deg": 20.0}}],
    });
    std::fs::write(folder.join("scenario.json"), description.to_string()).expect("written");
    let radar = Tangent::new(LatLon { lat_deg: 50.0, lon_deg: 20.0 }.at_height(200.0));
    let (mut measurements, mut truth) = (String::new(), String::new());
    for k in 1..=24 {
        let t = f64::from(k) * 5.0;
        let mut plots = Vec::new();
        for (id, lon_deg) in [(0, 20.56), (1, 19.16)] {
            let place = Geodetic { lat_deg: 50.0 + 60.0 * t / 111_229.0, lon_deg, height_m: 3000.0 };
            let at = radar.to_enu(place.to_ecef());
            let range_m = (at.x * at.x + at.y * at.y + at.z * at.z).sqrt();
            plots.push([
                range_m,
                at.x.atan2(at.y).to_degrees().rem_euclid(360.0),
                (at.z / range_m).asin().to_degrees(),
            ]);
            let point = json!({"time": t, "id": id, "lat": place.lat_deg, "lon": lon_deg, "alt": 3000.0, "ve": 0.0, "vn": 60.0, "vu": 0.0, "e": 1});
            writeln!(truth, "{point}").expect("written");
        }
        writeln!(measurements, "{}", json!({"sensor": "R1", "time": t, "arrival": t, "scan": k, "plots": plots}))
            .expect("written");
    }
    packed(&folder.join("measurements.jsonl.gz"), &measurements);
    packed(&folder.join("truth.jsonl.gz"), &truth);
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_scenario_is_tracked_scored_and_drawn() {
    let folder = Folder::new("one");
    scenario(&folder.0.join("small"), "small");
    let (dir, tracks, page) = (folder.path("small"), folder.path("tracks.jsonl"), folder.path("page.html"));
    let (code, cost, error) = told(&["track", &dir, "--out", &tracks]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(parsed(&cost)["plots"], 48);
    let lines = std::fs::read_to_string(&tracks).expect("tracks");
    let first = parsed(lines.lines().next().expect("a line"));
    assert_eq!(first["cov"].as_array().map(Vec::len), Some(10));
    assert!(first["alt_var"].as_f64().is_some_and(|v| v > 0.0));
    let (code, score, error) = told(&["score", &dir, &tracks, "--plot", &page, "--json", &folder.path("score.json")]);
    assert_eq!((code, error.as_str()), (0, ""));
    let score = parsed(&score);
    assert_eq!(score, parsed(&std::fs::read_to_string(folder.path("score.json")).expect("the same in the file")));
    assert_eq!(
        (score["n_steps"].as_u64(), score["n_track_ids"].as_u64(), score["per_step"].as_array()),
        (Some(24), Some(2), None)
    );
    assert!(score["gospa_mean_2nd_half"].as_f64().is_some_and(|m| m < 100.0), "{score}");
    // Plots without noise: the covariance is larger than the errors.
    assert!(score["nees"]["all"]["position"]["mean"].as_f64().is_some_and(|m| m > 0.0 && m < 2.0), "{score}");
    assert_eq!(score["surveillance"]["limits"], Value::Null, "nothing is judged that nobody demands");
    let page = std::fs::read_to_string(&page).expect("a page");
    assert!(page.contains("<svg") && page.contains("tracks (2)") && page.contains(">R1<"));
}

#[test]
fn a_limit_that_is_not_met_is_told_by_the_exit_code() {
    let folder = Folder::new("limits");
    scenario(&folder.0.join("small"), "small");
    let (dir, tracks) = (folder.path("small"), folder.path("tracks.jsonl"));
    assert_eq!(told(&["track", &dir, "--out", &tracks]).0, 0);
    let (code, met, _) = told(&["score", &dir, &tracks, "--min-update-probability", "0.9", "--max-rms", "500"]);
    assert_eq!((code, parsed(&met)["surveillance"]["limits"]["rms_m"]["met"].as_bool()), (0, Some(true)));
    let (code, missed, error) = told(&["score", &dir, &tracks, "--max-rms", "0.001", "--quiet"]);
    assert!(error.starts_with("limit not met: rms_m is ") && error.contains("demanded is 0.001"), "{error}");
    assert_eq!((code, parsed(&missed)["surveillance"]["limits"]["rms_m"]["met"].as_bool()), (1, Some(false)));
    for wrong in [
        ["--c", "0"],
        ["--p", "0.5"],
        ["--update-interval", "-3"],
        ["--plot", "x.png"],
        ["--max-long-gap-share", "0.1"],
    ] {
        assert_eq!(told(&["score", &dir, &tracks, wrong[0], wrong[1]]).0, 2, "{wrong:?}");
    }
    for (wrong, why) in [
        (["--tmin", "900"], "no evaluation time from 900 to inf s; it lasts 120 s"),
        (["--tmax", "-1"], "no evaluation time from -inf to -1 s"),
        (["--params", "{}"], "--params is for --table"),
        (["--keep", "x"], "--keep is for --table"),
        (["--c", "-1"], "--c must be above 0"),
    ] {
        let (code, out, error) = told(&["score", &dir, &tracks, wrong[0], wrong[1]]);
        assert!(code == 2 && out.is_empty() && error.contains(why), "{wrong:?}: {error}");
    }
}

#[test]
fn parameters_come_as_json_or_from_a_file_and_their_faults_are_told_by_their_keys() {
    let folder = Folder::new("params");
    scenario(&folder.0.join("small"), "small");
    let (dir, tracks, file) = (folder.path("small"), folder.path("tracks.jsonl"), folder.path("params.json"));
    std::fs::write(&file, r#"{"max_tracks": 1}"#).expect("written");
    let (code, _, error) = told(&["track", &dir, "--out", &tracks, "--params", &file]);
    assert_eq!((code, error.as_str()), (0, ""));
    let lines = std::fs::read_to_string(&tracks).expect("tracks");
    let ids: std::collections::BTreeSet<String> = lines.lines().map(|line| parsed(line)["id"].to_string()).collect();
    assert!(ids.len() < 3 && lines.lines().count() < 26, "one track at a time: {ids:?}");
    std::fs::remove_file(&tracks).expect("removed");
    for (given, why) in [
        (r#"{"turn_rates_deg_s": [0, 3]}"#, "--params: turn_rates_deg_s.0 is 0, must be in [0.01, 90]"),
        (r#"{"max_tracks": 0, "gate": -1}"#, "--params: gate is -1, must be in [1, 1000]; max_tracks is 0"),
        (r#"{"useful_radius_m": 0}"#, "useful_radius_m is 0, must be in [1, 1000000]"),
        (r#"{"late_limit_s": 1e300}"#, "must be in [1, 60]"),
        ("nowhere.json", "--params nowhere.json: neither JSON, which begins with {, nor a file"),
    ] {
        let (code, out, error) = told(&["track", &dir, "--out", &tracks, "--params", given]);
        assert!(code == 2 && out.is_empty() && error.contains(why), "{given}: {error}");
        assert!(!Path::new(&tracks).exists(), "{given}: nothing is written");
    }
    let (code, _, error) = told(&["score", "--table", &dir, "--params", r#"{"gate": 0}"#]);
    assert!(code == 2 && error.contains("gate is 0, must be in"), "{error}");
}

#[test]
fn a_table_has_a_row_a_scenario_and_time_beside_its_baselines() {
    let folder = Folder::new("table");
    for name in ["one", "two"] {
        scenario(&folder.0.join("all").join(name), name);
    }
    std::fs::create_dir_all(folder.0.join("all/no scenario")).expect("made");
    let baselines = folder.path("others.json");
    let rows = json!({"about": "a test", "rows": [
        {"scenario": "two", "to_s": 60, "gospa_m": {"they": 1234.0}}, {"scenario": "two", "gospa_m": {"they": null}}]});
    std::fs::write(&baselines, rows.to_string()).expect("written");
    let (code, table, _) = told(&["score", "--table", &folder.path("all"), "--baselines", &baselines]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
    assert_eq!((words(lines[1])[0].as_str(), words(lines[1])[1].as_str()), ("one", "120"));
    assert_eq!((words(lines[2])[1].as_str(), words(lines[2])[3].as_str()), ("60", "1234"));
    assert_eq!((words(lines[3])[1].as_str(), words(lines[3])[3].as_str()), ("120", "–"));
    let (code, rows, _) =
        told(&["score", "--table", &folder.path("all"), "--keep", &folder.path("kept"), "--quiet", "--json"]);
    let rows = parsed(&rows);
    assert_eq!((code, rows.as_array().map(Vec::len)), (0, Some(2)));
    assert!(rows[0]["us_per_plot"].as_f64().is_some_and(|us| us > 0.0));
    assert!(folder.0.join("kept/one.jsonl").is_file());
    let (code, _, error) = told(&["score", "--table", &folder.path("kept")]);
    assert_eq!(code, 2);
    assert!(error.contains("scenario.json"), "{error}");
}
