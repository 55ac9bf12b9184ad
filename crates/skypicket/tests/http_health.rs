//! What monitoring is told: it is not well where the engine, the journal or a feed is not.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::{Served, site};
use serde_json::json;
use skypicket::journal::JournalEvent;
use skypicket::system::Mode;
use skypicket_model::Time;

#[test]
fn all_is_well_until_the_journal_or_the_engine_is_not() {
    let mut served =
        Served::new(&site("[site]\nname = \"a\"\n"), Mode::Replay, Some(Time::from_s(1_758_412_800)), false);
    let well = served.get("/health");
    assert_eq!(well.status, 200, "{well:?}");
    assert_eq!(well.json()["ok"], json!(true));

    let fails = JournalEvent::WriteFailed {
        segment: 1,
        failures: 1,
        retry_in: std::time::Duration::from_secs(2),
        error: "no space left".to_owned(),
    };
    served.system().alarms().note(&fails);
    let failing = served.get("/health");
    assert_eq!(failing.status, 503);
    assert!(failing.body.contains("no space left"), "{failing:?}");
    served.system().alarms().note(&JournalEvent::Restored { failures: 1, lost_records: 0 });
    assert_eq!(served.get("/health").status, 200);

    served.close_system();
    let dead = served.get("/health");
    assert_eq!(dead.status, 503);
    let dead = dead.json();
    assert_eq!((&dead["ok"], &dead["engine"], &dead["journal"]), (&json!(false), &json!(false), &json!(false)));
    assert_eq!(dead["faults"].as_array().map(Vec::len), Some(2), "{dead}");
}

#[test]
fn a_feed_that_cannot_be_reached_is_named() {
    // A port that nobody listens on: it was free a moment ago, and stays bound to nobody.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its address").port()
    };
    let text = format!(
        "[site]\nname = \"a\"\n[[feed]]\nname = \"mast\"\nformat = \"beast\"\n\
         transport = {{ kind = \"tcp\", connect = \"127.0.0.1:{port}\" }}\n"
    );
    let served = Served::new(&site(&text), Mode::Watch, None, true);
    let faulty = served.until("/health", |answer| answer.body.contains("mast"));
    assert_eq!(faulty.status, 503);
    assert_eq!(faulty.json()["feeds"][0]["feed"], json!("mast"));
    let sensors = served.get("/api/v1/sensors").json();
    assert_eq!(sensors["sensors"][0]["state"], json!("fault"), "{sensors}");
}

#[test]
fn a_live_picture_that_stands_still_is_not_well() {
    // Nobody ticks here, as if the thread that does had died.
    let served = Served::new(&site("[site]\nname = \"a\"\n"), Mode::Watch, None, false);
    let still = served.get("/health");
    assert_eq!(still.status, 503);
    assert!(still.body.contains("no picture"), "{still:?}");
}
