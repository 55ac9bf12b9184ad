//! The site file that docs/operations.md shows is one that works.

use skypicket::plan::{Files, Plan};
use std::path::Path;

/// The two files that the example names.
struct Beside;

impl Files for Beside {
    fn read(&self, _role: &str, name: &Path) -> Result<Vec<u8>, String> {
        match name.to_str() {
            Some("plans.jsonl") => Ok(Vec::new()),
            Some("plant.geojson") => {
                let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../wire/tests/vectors/airspace-geojson.json");
                std::fs::read(path).map_err(|error| error.to_string())
            }
            other => Err(format!("{other:?} is not in the example")),
        }
    }
}

#[test]
fn the_example_in_the_operators_page_has_no_fault() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("it shows a site file");
    let plan = Plan::load(example, &Beside).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(plan.feeds.len(), 2);
    assert_eq!(plan.sensors.len(), 1);
    assert!(plan.airspaces.iter().any(|airspace| airspace.watched && airspace.code == "POL"));
}

#[test]
fn every_fault_of_a_broken_file_is_told_at_once() {
    let broken = "[site]\nwatch = [\"POL\", \"QQQ\"]\n\n[http]\nlisten = \"0.0.0.0:80\"\n\n[[feed]]\nname = \"a\"\nformat = \"morse\"\n\
                  transport = { kind = \"pigeon\" }\n\n[clock]\nmax_late_s = 3600\n";
    let faults = Plan::load(broken, &Beside).err().expect("it has faults").to_string();
    for part in ["QQQ", "tls_certificate", "token_file", "morse", "pigeon", "max_late_s"] {
        assert!(faults.contains(part), "{part} is not told:\n{faults}");
    }
}

#[test]
fn ways_that_are_kept_too_short_for_entries_are_refused_and_a_recording_made_with_them_is_played() {
    let site = |lag_s: f64, stay_s: f64| {
        format!(
            "[site]\nwatch = [\"POL\"]\n[track]\nsmooth_lag_s = {lag_s:.1}\n[assess.airspace_entry]\nstay_s = {stay_s:.1}\n"
        )
    };
    let faults = Plan::load(&site(110.0, 30.0), &Beside).err().expect("too short");
    let told: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect();
    let word = "4: track.smooth_lag_s is 110, must be 115 or more: an entry looks back 85 s beyond assess.airspace_entry.stay_s, which is 30";
    assert_eq!(told, [word]);
    assert!(Plan::load(&site(115.0, 30.0), &Beside).is_ok());
    assert!(Plan::load(&site(104.0, 20.0), &Beside).is_err());
    assert!(Plan::load_recorded(&site(110.0, 30.0), &Beside).is_ok());
}

#[test]
fn a_type_fault_hides_no_other_and_makes_none() {
    let broken = "[site]\nname = 3\nwatch = [\"Polnad\"]\ntime_zone = \"Europe/Warsow\"\n\n[[feed]]\nname = \"a\"\nformat = \"asterix\"\n\
                  transport = { kind = \"udp\", listen = 5 }\n\n[[feed]]\nname = \"b\"\nformat = 5\ntransport = { kind = \"stdin\" }\n\n\
                  [[sensor]]\nname = \"s\"\nfeed = \"b\"\nkind = \"radar2d\"\nlat_deg = 95\nlon_deg = 20\n\n\
                  [[sensor]]\nname = \"t\"\nfeed = \"a\"\nkind = \"system_tracker\"\nlineage = [\"b/s\"]\n";
    let faults = Plan::load(broken, &Beside).err().expect("it has faults");
    let told: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect();
    let parts = [
        ("2: site:", "name is 3, must be a text in quotes"),
        ("site.time_zone", "did you mean Europe/Warsaw?"),
        ("site.watch", "did you mean Poland?"),
        ("transport udp: listen", "is 5, must be"),
        ("13: feed 2:", "format is 5"),
        ("sensor \"s\"", "lat_deg is 95"),
    ];
    for (part, word) in parts {
        assert!(told.iter().any(|fault| fault.contains(part) && fault.contains(word)), "{part} {word}:\n{told:#?}");
    }
    assert_eq!(told.len(), parts.len(), "{told:#?}");
}

#[test]
fn boundaries_are_indexed_once_for_all_engines_of_a_plan() {
    let plan = Plan::load("[site]\nwatch = [\"LTU\"]\n", &Beside).unwrap_or_else(|faults| panic!("{faults}"));
    let [first, second] = [plan.engine(), plan.clone().engine()].map(|engine| engine.expect("loaded"));
    assert_eq!(first.assessor().site().watched.len(), 1);
    assert!(std::ptr::eq(first.assessor().site(), second.assessor().site()));
}

#[test]
fn states_are_watched_by_code_or_name() {
    for name in ["POL", "PL", "Poland", "poland"] {
        let plan =
            Plan::load(&format!("[site]\nwatch = [\"{name}\"]\n"), &Beside).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(plan.airspaces[0].code, "POL", "{name}");
    }
}

/// The faults of a site file as `check` tells them.
fn told(text: &str) -> Vec<String> {
    let faults = Plan::load(text, &Beside).err().expect("it has faults");
    faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect()
}

/// Every line of `text` that ends in `# fault` has one whose words contain what follows that, and no other line has.
fn faults_are_where_the_text_says(text: &str) {
    let told = told(text);
    let marked = text.lines().zip(1..).filter_map(|(line, number)| Some((number, line.split_once("# fault ")?.1)));
    let marked: Vec<(usize, &str)> = marked.collect();
    assert_eq!(told.len(), marked.len(), "{told:#?}");
    for ((number, word), fault) in marked.iter().zip(&told) {
        assert!(fault.starts_with(&format!("{number}: ")) && fault.contains(word), "line {number}, {word}: {told:#?}");
    }
}

#[test]
fn a_fault_has_the_line_of_its_key() {
    faults_are_where_the_text_says(
        r#"
[site]
name = "x"
watch = [
  "POL",
  "Polnad",  # fault did you mean Poland?
]
time_zone = "Europe/Warsow"  # fault did you mean Europe/Warsaw?
flight_plans = "none.jsonl"  # fault none.jsonl

[http]
hosts = []
tls_key = "key.pem"  # fault belong together

[clock]
max_early_s = 1
max_late_s = 61  # fault max_late_s is 61

[[feed]]
name = "a"
format = "asterix"
transport = { kind = "udp", listen = "0.0.0.0:8600" }

[[feed]]
name = "b"
format = "beast"
[feed.transport]
kind = "tcp-listen"
max_connections = 0  # fault max_connections is 0
listen = "127.0.0.1:1"

[[feed]]
name = "c"
format = "morse"  # fault morse
[feed.transport]
kind = "pigeon"  # fault pigeon

[[feed]]
name = "d"
format = "beast"
[feed.transport]
kind = "tcp"
conect = "127.0.0.1:30005"  # fault unknown key "conect"

[[feed]]
name = "e"
format = "asterix"
transport = { kind = "stdin" }
[feed.params]
editions = { "048" = "9.9" }  # fault 9.9

[[sensor]]
name = "s"
feed = "a"
kind = "radar2d"
sac_sic = "25/300"  # fault sac_sic
lat_deg = 51  # fault belong together

[[sensor]]
name = "t"
feed = "a"
kind = "radar2d"
sac_sic = "25/1"
lat_deg = 51
lon_deg = 22
range_limits_m = [5, 1]  # fault range_limits_m
lineage = [
  "a/t",
  "a/u",  # fault a/u
]

[[airspace]]
watched = true
file = "none.geojson"  # fault none.geojson

[[permission.rule]]
name = "one"
flight_id = ["LPR*"]

[[permission.rule]]
name = "two"
effect = "permit"
address = ["XYZ"]  # fault XYZ

[[permission.rule]]  # fault no condition
name = "three"

[assess.incident]
alarms = 9  # fault alarms is 9
"#,
    );
}

#[test]
fn of_two_feeds_with_one_name_each_has_its_own_faults() {
    faults_are_where_the_text_says(
        r#"
[[feed]]
name = "broken"
format = "morse"  # fault morse
transport = { kind = "stdin" }

[[feed]]
name = "a"
format = "asterix"
transport = { kind = "stdin" }

[[feed]]
transport = { kind = "stdin" }
name = "a"  # fault name is that of the feed on line 8 too
format = "asterix"
params = { editions = { "048" = "9.9" } }  # fault 9.9

[[sensor]]
name = "s"
feed = "a"
sac_sic = "1/1"
kind = "radar2d"

[[sensor]]
name = "s"  # fault name is that of the sensor of feed "a" on line 19 too
feed = "a"
sac_sic = "1/2"
kind = "radar2d"

[[sensor]]
name = "u"
feed = "a"
kind = "radar2d"
sac_sic = "1/2"  # fault is the same source of feed "a" as sensor "s"
"#,
    );
}

#[test]
fn feeds_on_one_port_are_told_and_both_are_named() {
    let site = r#"
[[feed]]
name = "first"
format = "beast"
transport = { kind = "tcp-listen", listen = "0.0.0.0:30004" }

[[feed]]
name = "second"
format = "beast"
transport = { kind = "udp", listen = "127.0.0.1:30004" }

[[feed]]
name = "third"
format = "asterix"
transport = { kind = "tcp-listen", listen = "127.0.0.1:30004" }  # fault feed "third": transport.listen is TCP 127.0.0.1:30004, which feed "first" on line 5 (TCP 0.0.0.0:30004) takes

[[feed]]
name = "fourth"
format = "asterix"
transport = { kind = "tcp-listen", listen = "127.0.0.1:8470" }  # fault the map (http.listen 127.0.0.1:8470)

[[feed]]
name = "fifth"
format = "asterix"
transport = { kind = "udp", listen = "0.0.0.0:8600", group = "239.1.1.1" }

[[feed]]
name = "sixth"
format = "asterix"
transport = { kind = "udp", listen = "0.0.0.0:8600", group = "239.1.1.2" }
"#;
    faults_are_where_the_text_says(site);
    assert!(Plan::load_recorded(site, &Beside).is_ok(), "a recording of it is played all the same");
}

#[test]
fn a_rule_for_an_airspace_that_is_not_watched_is_told() {
    faults_are_where_the_text_says(
        r#"
[site]
watch = ["POL"]

[[permission.rule]]
name = "guests"
flight_id = ["LPR*"]
airspace = ["POL", "PLO"]  # fault airspace is "PLO", must be the code of a watched airspace: POL; did you mean POL?
"#,
    );
}

#[test]
fn parameters_of_the_tracker_that_cannot_work_are_told_with_their_lines() {
    faults_are_where_the_text_says(
        r#"
[track]
gate = -1  # fault track: gate is -1, must be in [1, 1000]
turn_rates_deg_s = [0, 3]  # fault track: turn_rates_deg_s.0 is 0, must be in [0.01, 90]
max_plots_per_look = 0  # fault track: max_plots_per_look is 0, must be in [1, 60000]
late_limit_s = 1e300  # fault track: late_limit_s is 1
max_tracks = 0  # fault track: max_tracks is 0, must be in [1, 1000000]
useful_radius_m = 0  # fault track: useful_radius_m is 0, must be in [1, 1000000]
end_existence = 0.95  # fault track: end_existence is 0.95, must not be above confirm_existence, 0.93
steady_time_s = 120  # this one is sound
"#,
    );
    // What was run with such parameters can be played again.
    let site = "[track]\nlate_limit_s = 90\n";
    assert_eq!(told(site).len(), 1);
    assert!(skypicket::plan::Plan::load_recorded(site, &Beside).is_ok());
}

#[test]
fn a_wrong_type_a_typing_error_and_a_limit_that_cannot_work_are_told_in_the_files_words() {
    faults_are_where_the_text_says(
        r#"
[site]
nmae = "x"  # fault site: unknown key "nmae"; there are name, watch, show, time_zone, borders, terrain, origin_areas, flight_plans; did you mean name?
watch = "POL"  # fault site: watch is "POL", must be a list

[http]
listen = "localhost:8470"  # fault http: listen must be a numeric address with its port, such as 127.0.0.1:8470

[journal]
segment_bytes = 5  # fault journal.segment_bytes is 5, must be in [1048576, 4294967296]
checkpoint_every_s = 1  # fault journal.checkpoint_every_s is 1, must be 10 or more
max_age_days = 0  # fault journal.max_age_days is 0

[[feeds]]  # fault unknown section "feeds"; there are site, http, journal, clock, feed, sensor, airspace, permission, track, assess; did you mean feed?
name = "a"

[[feed]]
name = "b"
format = "beast"
transport = "udp"  # fault feed 1: transport is "udp", must be a table such as { kind = "udp"

[[feed]]
name = "c"
format = "beast"
transport = { kind = "udp", listen = "localhost:5" }  # fault feed "c": transport udp: listen must be a numeric address
"#,
    );
    let small = told("[journal]\nmax_bytes = 1_000_000\n");
    assert_eq!(small, ["2: journal.max_bytes is 1000000, must be 1073741824 or more: 16 segments"]);
}
