//! What people ask for over the interface, and the answers: carried out, refused and why, not there.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::{Answer, Served};
use proof_helper::{arrivals, end, feed, plan, world};
use serde_json::json;
use skypicket::system::Mode;

/// The story of the airliners, played to where an incident is open.
fn with_an_incident() -> (Served, String) {
    let world = world();
    let mut plan = plan(&world, "asked");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    // All of it is played and shown, so that nothing changes between two questions.
    served.played();
    let incidents = served.until("/api/v1/incidents", |answer| {
        answer.json()["incidents"].as_array().is_some_and(|all| all.iter().any(|one| one["rule"] == "airspace_entry"))
    });
    let incidents = incidents.json();
    let all = incidents["incidents"].as_array().expect("a list").clone();
    let entry = all.iter().find(|one| one["rule"] == "airspace_entry").expect("an entry");
    let id = entry["id"].as_str().expect("an id").to_owned();
    (served, id)
}

fn refused(answer: &Answer, why: &str) {
    assert_eq!(answer.status, 409, "{answer:?}");
    assert_eq!(answer.json()["error"], why);
}

#[test]
fn a_command_is_answered_with_what_became_of_it() {
    let (served, id) = with_an_incident();
    let post = |what: &str, body: serde_json::Value| served.post(&format!("/api/v1/incidents/{id}/{what}"), &body);
    let me = json!({"operator": "E. Tester"});

    let done = post("acknowledge", me.clone());
    assert_eq!(done.status, 200, "{done:?}");
    let done = done.json();
    assert_eq!((&done["taken"], &done["durable"]), (&json!(true), &json!(true)));
    assert_eq!(done["happened"], json!(["acknowledged"]));
    refused(&post("acknowledge", me.clone()), "the incident was acknowledged already");

    let noted = post("note", json!({"operator": "E. Tester", "text": "two pairs of eyes"}));
    assert_eq!(noted.status, 200, "{noted:?}");
    assert!(noted.json()["happened"][0].as_str().is_some_and(|line| line.contains("two pairs of eyes")), "{noted:?}");
    assert_eq!(post("note", json!({"operator": "E. Tester", "text": " "})).status, 400);
    assert_eq!(post("note", json!({"operator": " ", "text": "seen"})).status, 400);

    let close = json!({"operator": "E. Tester", "outcome": "left", "note": "gone"});
    assert_eq!(post("close", close.clone()).status, 200);
    refused(&post("close", close), "the incident is closed already");
    // Nothing more comes in: what was done shows without a tick.
    let closed = served.until(&format!("/api/v1/incidents/{id}"), |answer| answer.json()["state"] == "closed");
    assert_eq!(closed.json()["outcome"], "left");
    refused(&post("acknowledge", me.clone()), "the incident is closed");

    let unknown = served.post("/api/v1/incidents/00000000000000aa/acknowledge", &me);
    assert_eq!(unknown.status, 404);
    let identity = json!({"operator": "E. Tester", "identity": "neutral", "reason": "called in"});
    assert_eq!(served.post("/api/v1/tracks/999999/identity", &identity).status, 404);
}

#[test]
fn lists_come_in_parts_and_say_how_long_they_are() {
    let (served, _) = with_an_incident();
    for list in ["tracks", "incidents", "entries"] {
        let whole = served.get(&format!("/api/v1/{list}")).json();
        let all = whole[list].as_array().expect("a list").clone();
        assert_eq!(whole["total"], json!(all.len()), "{list}");
        assert!(!all.is_empty(), "{list}");
        let part = served.get(&format!("/api/v1/{list}?offset={}&limit=1", all.len() - 1)).json();
        assert_eq!(part[list], json!([all[all.len() - 1]]), "{list}");
        assert_eq!(part["total"], whole["total"]);
        assert_eq!(served.get(&format!("/api/v1/{list}?offset=100000")).json()[list], json!([]));
    }
}

#[test]
fn a_moment_before_all_that_is_kept_is_not_shown_as_another() {
    let (served, _) = with_an_incident();
    let status = served.get("/api/v1/status").json();
    let from = status["history"]["from"].as_str().expect("something is kept").to_owned();
    for path in ["tracks", "incidents", "entries", "sensors", "picture"] {
        let answer = served.get(&format!("/api/v1/{path}?as_of=2025-09-20T11:59:00.000Z"));
        assert_eq!(answer.status, 404, "{path}");
        let fault = answer.json();
        // A checkpoint may reach further back than memory.
        let kept = fault["kept"]["from"].as_str().expect("a moment");
        assert!(kept <= from.as_str() && kept > "2025-09-20T11:59:00.000Z", "{fault}");
        assert!(fault["error"].as_str().is_some_and(|error| error.contains(&format!("kept from {kept}"))));
        assert_eq!(served.get(&format!("/api/v1/{path}?as_of={from}")).status, 200, "{path}");
    }
}
