//! Public statements over the interface and the command line: entered, confirmed, rated twice, withdrawn, and the same again when the journal is replayed.

#![allow(clippy::disallowed_methods, reason = "tests beside the program, runs it")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::Served;
use proof_helper::{arrivals, end, feed, plan, world};
use serde_json::{Value, json};
use skypicket::store::Store;
use skypicket::system::{Mode, System};
use skypicket::verify;
use std::process::Command;

/// Exit code, standard output, standard error.
fn told(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_skypicket")).args(arguments).output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn claim(said: &str, content: &Value) -> Value {
    json!({"who": "a spokesman", "said": said, "quotation": format!("what was said at {said}"), "content": content,
        "source": {"name": "a paper", "retrieved": "2025-09-21T08:00:00Z"}})
}

/// The second airliner, which files nothing, enters between 12:14 and 12:18.
const BEFORE: &str = "2025-09-20T12:05:00Z";
const AFTER: &str = "2025-09-20T12:30:00Z";
/// When two others spoke.
const MEANWHILE: &str = "2025-09-20T12:16:00Z";

fn one_entered(said: &str) -> Value {
    claim(said, &json!({"kind": "count", "referent": "objects_entered", "least": 1, "area": "POL"}))
}

#[test]
fn claims_are_entered_confirmed_rated_twice_and_replay() {
    let world = world();
    let mut plan = plan(&world, "claims");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let mut served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    served.played();

    let enter = |confirmed: bool, claim: &Value| {
        served.post("/api/v1/claims", &json!({"operator": "E. Tester", "confirmed": confirmed, "claim": claim}))
    };
    let done = enter(false, &one_entered(BEFORE));
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(enter(false, &one_entered(BEFORE)).status, 409, "the very same again");
    assert_eq!(enter(true, &one_entered(AFTER)).status, 200);
    let name =
        |name: &str| claim(MEANWHILE, &json!({"kind": "actor", "role": "head_of_state", "of": "POL", "name": name}));
    assert_eq!(enter(true, &name("A. Nowak")).status, 200);
    assert_eq!(enter(true, &name("B. Kowalska")).status, 200);
    let mut wrong = one_entered(AFTER);
    wrong["content"]["referent"] = json!("everything");
    assert_eq!(enter(true, &wrong).status, 400);
    wrong = one_entered("yesterday");
    assert_eq!(enter(true, &wrong).status, 400);
    assert_eq!(served.post("/api/v1/claims", &json!({"operator": "", "claim": name("C")})).status, 400);

    let list = || served.get("/api/v1/claims").json()["claims"].as_array().cloned().expect("claims");
    let of = |number: u64| list().into_iter().find(|claim| claim["number"] == number).expect("it is listed");
    assert_eq!((&of(1)["state"], &of(1)["now"]), (&json!("proposed"), &Value::Null), "it waits for a person");
    assert_eq!(served.post("/api/v1/claims/1/confirm", &json!({"operator": "B. Tester"})).status, 200);
    assert_eq!(served.post("/api/v1/claims/9/confirm", &json!({"operator": "B. Tester"})).status, 404);
    let early = of(1);
    assert_eq!(early["then"]["verdict"], "undecidable", "nothing was held then: {early}");
    assert_eq!(early["now"]["verdict"], "undecidable", "what came later is not what it spoke of: {early}");
    let late = of(2);
    assert_eq!(
        (&late["then"]["verdict"], &late["now"]["verdict"]),
        (&json!("supported"), &json!("supported")),
        "{late}"
    );
    assert!(late["now"]["tracks"].as_array().is_some_and(|tracks| !tracks.is_empty()), "{late}");
    let counted = late["now"]["reasons"].to_string();
    assert!(counted.contains("counted objects entered, POL, as of 2025-09-20"), "a count has its moment: {counted}");
    assert_eq!(
        (&of(3)["now"]["said"], &of(4)["now"]["said"]),
        (&json!("conflicts with claim 4"), &json!("conflicts with claim 3"))
    );
    let incidents = served.get("/api/v1/incidents").json();
    assert_eq!(incidents["total"], 1, "no claim opens an incident: {incidents}");
    let incident = incidents["incidents"][0]["id"].as_str().expect("its id").to_owned();
    let beside = served.get(&format!("/api/v1/claims?incident={incident}")).json();
    assert_eq!(beside["total"], 4, "they speak of its time");

    let set_right = json!({"kind": "count", "referent": "objects_entered", "least": 5, "area": "POL"});
    let body = json!({"operator": "B. Tester", "content": set_right});
    assert_eq!(served.post("/api/v1/claims/2/confirm", &body).status, 200);
    assert_eq!(of(2)["now"]["verdict"], "contradicted", "five did not");
    assert_eq!(of(2)["claim"]["content"]["least"], 1, "as it was entered stays readable");
    let body = json!({"operator": "B. Tester", "seen": "2025-09-22T08:00:00Z", "note": "the number was left out"});
    assert_eq!(served.post("/api/v1/claims/2/source-edited", &body).status, 200);
    let body = json!({"operator": "B. Tester", "reason": "a misprint"});
    assert_eq!(served.post("/api/v1/claims/3/withdraw", &body).status, 200);
    assert_eq!(of(4)["now"]["verdict"], "outside_evidence", "the other name is withdrawn");
    let then = served.get("/api/v1/claims?as_of=2025-09-20T12:10:00Z").json();
    assert_eq!(then["total"], 0, "nobody had entered one: {then}");
    let proposed = served.post("/api/v1/claims/propose", &json!({"text": "Three drones entered Poland."}));
    assert_eq!(proposed.status, 400);
    assert!(proposed.body.contains("give it as \\\"said\\\""), "{proposed:?}");

    by_command_line(&served);

    end(served.system());
    served.played();
    let shown = std::sync::Arc::clone(&served.system().views().borrow().picture.claims);
    assert_eq!(shown.len(), 5);
    served.close_system();
    let folder = served.folder.path().join("journal");
    let store = Store::existing(&folder).expect("the journal");
    let proof = verify::journal(&store).expect("a readable journal");
    assert!(proof.holds() && proof.compared >= 1, "{:?} {:?}", proof.faults, proof.differences);
    drop(store);
    let again = System::start(plan, &folder, Mode::Demo, Some(world.begin)).expect("it starts again");
    assert_eq!(again.views().borrow().picture.claims, shown, "they outlive a restart, with every step");
    again.close();
}

/// The same as a person does it at a terminal.
fn by_command_line(served: &Served) {
    let folder = served.folder.path();
    let server = format!("http://{}", served.authority);
    let text = folder.join("article.txt").display().to_string();
    let words = "The ministry said that at least one drone entered Polish airspace. It would not be tolerated.";
    std::fs::write(&text, words).expect("written");
    let (code, _, complaint) = told(&["claims", "import", &text]);
    assert_eq!(code, 2, "{complaint}");
    assert!(complaint.contains("--said"), "it names what to give: {complaint}");
    let said = ["--said", "2025-09-20 15:00", "--source", "An Evening Paper"];
    let (code, shown, _) = told(&[&["claims", "import", &text], &said[..]].concat());
    assert_eq!(code, 0);
    assert!(shown.contains("at least 1 objects entered, POL"), "{shown}");
    assert!(!shown.contains("tolerated"), "politics proposes nothing: {shown}");
    let (code, _, happened) =
        told(&[&["claims", "import", &text], &said[..], &["--operator", "C. Tester", "--server", &server]].concat());
    assert_eq!(code, 0, "{happened}");
    let (code, listed, _) = told(&["claims", "list", "--server", &server]);
    assert_eq!(code, 0);
    for part in ["[proposed]", "outside this evidence", "when spoken:", "now:"] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    let (code, _, said) = told(&["claims", "confirm", "5", "--operator", "C. Tester", "--server", &server]);
    assert_eq!((code, said.contains("claim 5 confirmed")), (0, true), "{said}");
    let several = ["claims", "confirm", "77", "5", "78", "--operator", "C. Tester", "--server", &server];
    let (code, _, said) = told(&several);
    assert_eq!(code, 2, "{said}");
    for part in ["claim 77 not confirmed: no claim \"77\"", "claim 5 ", "claim 78 not confirmed", "of 3 not confirmed"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let withdraw = ["claims", "withdraw", "5", "--reason", "twice", "--operator", "C. Tester", "--server", &server];
    assert_eq!(told(&withdraw).0, 0);
    let (code, json, _) = told(&["claims", "list", "--json", "--server", &server]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, &json["total"]), (0, &json!(5)));
}

#[test]
fn a_file_of_claims_is_rated_on_a_journal_without_a_server() {
    let world = world();
    let folder = proof_helper::Folder::new();
    let system = proof_helper::start(&world, "claims", &folder);
    feed(&system, &arrivals(&world));
    end(&system);
    proof_helper::close(system);
    let file = folder.path().join("claims.json");
    let all = json!({"claims": [one_entered(BEFORE), one_entered(AFTER), one_entered("2025-09-20T11:00:00Z"),
        claim(AFTER, &json!({"kind": "matter", "matter": "precedent"}))]});
    std::fs::write(&file, all.to_string()).expect("written");
    let (journal, file) = (folder.path().display().to_string(), file.display().to_string());
    let (code, rated, said) = told(&["claims", "rate", &journal, &file, "--json"]);
    assert_eq!(code, 0, "{said}");
    let rated: Value = serde_json::from_str(&rated).expect("JSON");
    let verdicts = |of: &str| -> Vec<Value> {
        rated["claims"].as_array().expect("claims").iter().map(|claim| claim[of]["verdict"].clone()).collect()
    };
    assert_eq!(verdicts("now")[1..], [json!("supported"), json!("undecidable"), json!("outside_evidence")]);
    assert_eq!(verdicts("then"), [json!("undecidable"), json!("supported"), Value::Null, json!("outside_evidence")]);
    assert!(said.contains("1 claim was said before the journal begins"), "{said}");
    let (code, shown, _) = told(&["claims", "rate", &journal, &file, "--as-of", "2025-09-20T12:06:00Z"]);
    assert_eq!(code, 0);
    assert!(!shown.contains("now:         supported"), "nothing was held yet: {shown}");
    // What was said later is not judged before it was said.
    let (code, early, said) = told(&["claims", "rate", &journal, &file, "--as-of", "2025-09-20T12:06:00Z", "--json"]);
    let early: Value = serde_json::from_str(&early).expect("JSON");
    assert_eq!(code, 0, "{said}");
    let later = &early["claims"][1];
    assert_eq!((&later["now"], &later["then"]), (&Value::Null, &Value::Null), "{later}");
    assert!(later["then_why"].as_str().is_some_and(|why| why.starts_with("not yet said then")), "{later}");
    assert!(early["claims"][0]["now"].is_object(), "said a minute before: {early}");
    assert!(said.contains("2 claims were not yet said at 2025-09-20T12:06:00.000Z: not rated"), "{said}");
    assert!(said.contains("2 claims rated"), "{said}");
    for claim in rated["claims"].as_array().expect("claims") {
        let undecidable = claim["now"]["verdict"] == "undecidable";
        assert!(!undecidable || claim["now"]["probability"].is_null(), "undecidable has no probability: {claim}");
    }
    let (code, _, said) = told(&["claims", "rate", &journal, "no-such-file.json"]);
    assert_eq!((code, said.contains("no-such-file.json")), (2, true), "{said}");
    let (code, _, said) = told(&["claims", "rate", "no-such-folder", &file]);
    assert_eq!((code, said.contains("no-such-folder")), (2, true), "{said}");
}
