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
fn a_type_fault_hides_no_other_and_makes_none() {
    let broken = "[site]\nname = 3\nwatch = [\"Polnad\"]\ntime_zone = \"Europe/Warsow\"\n\n[[feed]]\nname = \"a\"\nformat = \"asterix\"\n\
                  transport = { kind = \"udp\", listen = 5 }\n\n[[feed]]\nname = \"b\"\nformat = 5\ntransport = { kind = \"stdin\" }\n\n\
                  [[sensor]]\nname = \"s\"\nfeed = \"b\"\nkind = \"radar2d\"\nlat_deg = 95\nlon_deg = 20\n\n\
                  [[sensor]]\nname = \"t\"\nfeed = \"a\"\nkind = \"system_tracker\"\nlineage = [\"b/s\"]\n";
    let faults = Plan::load(broken, &Beside).err().expect("it has faults");
    let told: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect();
    let parts = [
        ("2: site:", "string"),
        ("site.time_zone", "did you mean Europe/Warsaw?"),
        ("site.watch", "did you mean Poland?"),
        ("transport udp: listen", "socket address"),
        ("13: feed 2:", "invalid type"),
        ("sensor \"s\"", "lat_deg is 95"),
    ];
    for (part, word) in parts {
        assert!(told.iter().any(|fault| fault.contains(part) && fault.contains(word)), "{part} {word}:\n{told:#?}");
    }
    assert_eq!(told.len(), parts.len(), "{told:#?}");
}

#[test]
fn states_are_watched_by_code_or_name() {
    for name in ["POL", "PL", "Poland", "poland"] {
        let plan =
            Plan::load(&format!("[site]\nwatch = [\"{name}\"]\n"), &Beside).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(plan.airspaces[0].code, "POL", "{name}");
    }
}
