//! Coverage over the interface: more is seen higher up and of larger targets, of the past what was watching then, and entries say what was not observed.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::Served;
use proof_helper::{arrivals, end, feed, plan, world};
use serde_json::{Value, json};
use skypicket::system::Mode;
use skypicket_model::Span;

fn sum(answer: &Value) -> u64 {
    let percent = answer["percent"].as_array().expect("a grid");
    let cells = answer["columns"].as_u64().zip(answer["rows"].as_u64()).map(|(columns, rows)| columns * rows);
    assert_eq!(cells, Some(percent.len() as u64));
    percent.iter().map(|cell| cell.as_u64().filter(|cell| *cell <= 100).expect("percent")).sum()
}

#[test]
fn what_could_have_been_seen_is_told_for_now_and_for_then_and_never_as_clear() {
    let world = world();
    let mut plan = plan(&world, "coverage");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    served.played();
    let get = |asked: &str| {
        let answer = served.get(&format!("/api/v1/coverage?bbox=18,51,26,56&cells=2000&{asked}"));
        assert_eq!(answer.status, 200, "{asked}: {}", answer.body);
        answer.json()
    };
    let low = get("height_m=100&rcs_m2=1");
    let high = get("height_m=3000&rcs_m2=1");
    let small = get("height_m=3000&rcs_m2=0.01");
    let both = (low["handling"].as_str(), low["released"].as_str());
    assert_eq!(both, (Some("internal"), Some("coverage was incomplete")));
    assert!(sum(&low) > 0 && sum(&high) > 3 * sum(&low), "{} low, {} high", sum(&low), sum(&high));
    assert!(sum(&small) < sum(&high), "{} small, {} large", sum(&small), sum(&high));
    assert!(sum(&get("height_m=3000&rcs_m2=1&looks=1")) > sum(&high));
    // The receiver of self-reports sees nothing by itself, and says so.
    let sensors = high["sensors"].as_array().expect("sensors");
    let of = |name: &str| sensors.iter().find(|sensor| sensor["name"] == json!(name)).expect("it is described");
    assert_eq!(of("radar-north")["watching"], json!(true));
    assert_eq!(of("adsb-north")["why_not"], json!("hears only what reports itself or answers"));
    // Of the past it is what the sensors were doing then, and says of when that is.
    let asked = world.begin + Span::from_s(25);
    let early = get(&format!("height_m=3000&rcs_m2=1&as_of={asked}"));
    let of_when = early["time"].as_str().and_then(skypicket_model::Time::parse).expect("a moment");
    assert!(of_when <= asked, "{of_when}");
    assert!(sum(&early) <= sum(&high));
    assert_eq!(served.get(&format!("/api/v1/coverage?height_m=5&as_of={}", world.begin)).status, 404, "not kept");
    let entries = served.get("/api/v1/entries").json();
    let told: Vec<&str> =
        entries["entries"].as_array().expect("rows").iter().filter_map(|row| row["not_observed"].as_str()).collect();
    assert!(!told.is_empty(), "{entries}");
    for text in told {
        assert!(text.starts_with("no other object held within") && text.contains("not observed"), "{text}");
        assert!(!text.contains("clear") && text.contains("internal"), "{text}");
    }
    for (asked, wrong) in [
        ("rcs_m2=1", "height_m is missing; give the target's height in metres"),
        ("height_m=-5", "height_m is \"-5\", must be a number from 0 to 30000"),
        ("height_m=5&looks=9", "looks is \"9\", must be a whole number from 1 to 8"),
    ] {
        let answer = served.get(&format!("/api/v1/coverage?{asked}"));
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(wrong)), "{asked}");
    }
    assert_eq!(served.get("/api/v1/coverage?height_m=5&bbox=10,50,9,51").status, 400);
}
