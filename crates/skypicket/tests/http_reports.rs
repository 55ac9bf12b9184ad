//! What people report from the ground over the interface, and that it is there again after a restart.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::Served;
use proof_helper::{arrivals, end, feed, plan, world};
use serde_json::{Value, json};
use skypicket::store::Store;
use skypicket::system::Mode;
use skypicket::verify;

fn wreck(lat_deg: f64, from: &str) -> Value {
    json!({
        "kind": "wreck", "lat_deg": lat_deg, "lon_deg": 23.6, "radius_90_m": 400.0, "from": from, "object": "drone",
        "confidence": 0.9, "source": "the fire service",
    })
}

#[test]
fn a_report_is_filed_corrected_withdrawn_and_replays() {
    let world = world();
    let mut plan = plan(&world, "reports");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let mut served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    let before = served.played().to_string();
    let from = world.begin.to_string();
    let file = |body: &Value| served.post("/api/v1/reports", &json!({"operator": "E. Tester", "report": body}));

    let done = file(&wreck(51.4, &from));
    assert_eq!(done.status, 200, "{done:?}");
    let id = done.json()["report"].as_str().expect("its id").to_owned();
    assert_eq!(done.json()["happened"], json!(["report R1 recorded"]));
    let again = file(&wreck(51.4, &from));
    assert_eq!((again.status, &again.json()["error"]), (409, &json!("the very same report is filed already")));
    assert_eq!(file(&wreck(95.0, &from)).status, 400);
    assert_eq!(file(&wreck(51.4, "yesterday")).status, 400);
    let of_a_track =
        file(&json!({"track": "999999", "from": from, "kind": "shot_down", "lat_deg": 51.0, "lon_deg": 23.0,
        "radius_90_m": 5000.0, "object": "unknown", "confidence": 0.5, "source": "a crew"}));
    assert_eq!(of_a_track.status, 404, "{of_a_track:?}");

    // What a tired hand types: the two numbers changed places, and a cause of which nothing is held.
    let mut swapped = wreck(23.6, &from);
    swapped["lon_deg"] = json!(51.4);
    let refused = file(&swapped);
    assert_eq!(refused.status, 400, "{refused:?}");
    let why = refused.json()["error"].as_str().unwrap_or_default().to_owned();
    assert!(
        why.contains("may have changed places: 51.4,23.6 is near") && why.contains("must be within 1000 km"),
        "{why}"
    );
    let mut nowhere = wreck(-40.0, &from);
    nowhere["lon_deg"] = json!(-100.0);
    let refused = file(&nowhere);
    assert!(refused.status == 400 && !refused.body.contains("changed places"), "{refused:?}");
    let mut idle = wreck(51.4, &from);
    idle["cause"] = json!("own_or_allied_ordnance");
    let refused = file(&idle);
    assert!(refused.status == 400 && refused.body.contains("confidence 0, which says nothing"), "{refused:?}");
    let across = file(&wreck(54.5, &from));
    assert_eq!(across.status, 200, "outside, but not far: {across:?}");
    let body = json!({"operator": "B. Tester", "reason": "for the test"});
    assert_eq!(served.post("/api/v1/reports/R2/withdraw", &body).status, 200);

    let mut moved = wreck(51.5, &from);
    moved["cause"] = json!("own_or_allied_ordnance");
    moved["cause_confidence"] = json!(0.3);
    let body = json!({"operator": "B. Tester", "reason": "the other bank", "report": moved});
    assert_eq!(served.post("/api/v1/reports/R1/correct", &body).status, 200);
    assert_eq!(served.post("/api/v1/reports/R9/correct", &body).status, 404);
    let read = served.get(&format!("/api/v1/reports/{id}")).json();
    assert_eq!(read["statement"]["lat_deg"], 51.5);
    assert_eq!(read["statement"]["title"], "Wreck of a drone");
    assert_eq!(read["statement"]["cause"], "own_or_allied_ordnance");
    assert_eq!(read["history"][0]["statement"]["lat_deg"], 51.4);
    let body = json!({"operator": "B. Tester", "reason": "a hoax"});
    assert_eq!(served.post("/api/v1/reports/R1/withdraw", &body).status, 200);
    assert_eq!(served.post("/api/v1/reports/R1/withdraw", &body).status, 409);
    let all = served.get("/api/v1/reports").json();
    assert_eq!((&all["total"], &all["reports"][1]["withdrawn"]), (&json!(2), &json!(true)));
    assert_eq!(all["reports"][1]["history"].as_array().map(Vec::len), Some(3));
    let earlier = skypicket_model::Time::parse(&before).expect("a time") - skypicket_model::Span::from_s(60);
    let then = served.get(&format!("/api/v1/reports?as_of={earlier}"));
    assert_eq!(then.json()["total"], 0, "{then:?}");

    served.close_system();
    let store = Store::existing(&served.folder.path().join("journal")).expect("the journal");
    let proof = verify::journal(&store).expect("a readable journal");
    assert!(proof.holds() && proof.compared >= 1, "{:?} {:?}", proof.faults, proof.differences);
    drop(served);
}
