//! What is read over the interface: questions that are not understood are told so, moments are named, sensors have their own numbers.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::{Served, site};
use proof_helper::{arrivals, end, feed, plan, world};
use serde_json::{Value, json};
use skypicket::journal::NewRecord;
use skypicket::system::Mode;
use skypicket_model::{ConnectionId, FeedId, Span, Time};

/// The story of the airliners, played.
fn played() -> (Served, Time) {
    let world = world();
    let mut plan = plan(&world, "read");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    let until = served.played();
    (served, until)
}

#[test]
fn a_question_that_is_not_understood_is_told_what_where_and_what_was_wanted() {
    let served = Served::new(&site("[site]\nname = \"a\"\n"), Mode::Replay, Some(Time::from_s(1_758_412_800)), false);
    let cases = [
        ("tracks?limit=ten", "limit is \"ten\", must be a whole number of 0 or more"),
        ("incidents?offset=-1", "offset is \"-1\", must be a whole number of 0 or more"),
        (
            "entries?as_of=yesterday",
            "as_of is \"yesterday\", must be a moment such as 2025-09-09T21:30:00Z, or Unix seconds",
        ),
        ("tracks/1/trail?seconds=0", "seconds is \"0\", must be a whole number from 1 to 86400"),
        ("airspaces?tolerance_m=x%22", "tolerance_m is \"x\"\", must be a whole number from 0 to 20000"),
        (
            "sensors?asof=2025-09-20T12:00:00Z",
            "\"asof\" is no parameter of /api/v1/sensors; it takes as_of; did you mean as_of?",
        ),
        (
            "tracks?as_of=2025-09-20T12:00:00Z&as_of=2025-09-20T12:00:01Z",
            "as_of is given more than once, must be given once",
        ),
        ("status?as_of=2025-09-20T12:00:00Z", "\"as_of\" is no parameter of /api/v1/status; it takes none"),
        ("search", "q is missing; give what to search for: a number, address, flight ID, code or airspace"),
    ];
    for (path, told) in cases {
        let answer = served.get(&format!("/api/v1/{path}"));
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!(told)), "{path}");
    }
    for path in ["tracks?limit=1&offset=0", "search?q=", "airspaces?tolerance_m=500", "status"] {
        assert_eq!(served.get(&format!("/api/v1/{path}")).status, 200, "{path}");
    }
    let answer = served.get("/api/v1/tracks/7");
    assert_eq!(answer.json()["error"], json!("no track \"7\" is held now; give its number or its id"));
}

#[test]
fn an_answer_says_of_which_moment_it_is_and_after_the_end_it_is_the_last() {
    let (served, until) = played();
    let get = |path: &str, as_of: Option<Time>| -> Value {
        let asked = as_of.map_or_else(String::new, |time| format!("?as_of={time}"));
        let answer = served.get(&format!("/api/v1/{path}{asked}"));
        assert_eq!(answer.status, 200, "{path}{asked}: {}", answer.body);
        answer.json()
    };
    let time = |value: &Value| Time::parse(value["time"].as_str().expect("a moment")).expect("RFC 3339");
    let now = get("incidents", None);
    let id = now["incidents"][0]["id"].as_str().expect("an incident");
    let number = get("tracks", None)["tracks"][0]["number"].to_string();
    let details =
        ["tracks", "incidents", "entries", "sensors", &format!("incidents/{id}"), &format!("tracks/{number}")];
    for path in details {
        assert_eq!(time(&get(path, None)), until, "{path}");
        // The last pictures lie between two that are kept whole.
        for later in [until, until + Span::from_s(3600)] {
            assert_eq!(get(path, Some(later)), get(path, None), "{path} at {later}");
        }
        for back in 1..=12 {
            let asked = until - Span::from_s(back);
            let shown = time(&get(path, Some(asked)));
            assert!(shown <= asked, "{path} at {asked} is of {shown}");
            assert_eq!(shown, time(&get("tracks", Some(asked))), "{path} at {asked} says of when it is, as lists do");
        }
    }
}

#[test]
fn a_search_finds_what_an_incident_is_of_also_when_it_is_no_longer_held() {
    let (served, _) = played();
    let found = |what: &str| served.get(&format!("/api/v1/search?q={what}")).json();
    let ids = |found: &Value| -> Vec<String> {
        let incidents = found["incidents"].as_array().expect("a list");
        incidents.iter().map(|incident| incident["id"].as_str().expect("its id").to_owned()).collect()
    };
    let all = served.get("/api/v1/incidents").json();
    let incident = &all["incidents"][0];
    let (id, subject) = (incident["id"].as_str().expect("its id"), &incident["subjects"][0]);
    let (track, number) = (subject["id"].as_str().expect("a track"), subject["number"].as_u64().expect("held"));
    for what in
        [track.to_owned(), number.to_string(), format!("t{number}"), subject["label"].to_string().replace('"', "")]
    {
        let found = found(&what);
        assert_eq!(ids(&found), [id], "{what}: {found}");
        assert_eq!(found["tracks"][0]["id"], track, "{what}");
    }
    assert!(ids(&found("no-such-thing")).is_empty());

    // An hour later nothing flies any more.
    let inbox = served.system().inbox();
    let last = inbox.last().1.expect("played");
    inbox.tick(last + Span::from_s(3600));
    served.played();
    assert_eq!(served.get("/api/v1/tracks").json()["total"], 0);
    for what in [track.to_owned(), number.to_string(), format!("T{number}")] {
        let found = found(&what);
        assert_eq!((ids(&found), &found["tracks"]), (vec![id.to_owned()], &json!([])), "{what}");
    }
}

#[test]
fn a_sensor_has_its_own_numbers_and_the_feed_those_of_all() {
    let begin = Time::from_s(1_758_412_800);
    let text = "[[feed]]\nname = \"radars\"\nformat = \"asterix\"\ntransport = { kind = \"stdin\" }\n\
                [[feed]]\nname = \"receiver\"\nformat = \"sbs\"\ntransport = { kind = \"stdin\" }\n";
    let served = Served::new(&site(text), Mode::Replay, Some(begin), false);
    // North markers of category 034 (type 1, time of day, sector 0, rotation 4 s): 20 of one radar, 8 of the other, and one block that is
    // none.
    let marker = |sic: u8, second: i64| {
        let time_of_day = ((begin.floor_s() + second) % 86_400 * 128).to_be_bytes();
        [&[34, 0, 13, 0b1111_1000, 25, sic, 1][..], &time_of_day[5..], &[0, 2, 0]].concat()
    };
    let inbox = served.system().inbox();
    let put = |second: i64, bytes: Vec<u8>| {
        let record = NewRecord::bytes(FeedId(0), ConnectionId(1), bytes);
        inbox.take_at(begin + Span::from_s(second), record).expect("room");
    };
    for second in 0..20 {
        put(second, marker(201, second));
    }
    for second in 20..28 {
        put(second, marker(202, second));
    }
    put(28, vec![34, 0, 4, 0]);
    end(served.system());
    served.played();
    let all = served.get("/api/v1/sensors").json();
    let (feeds, sensors) = (&all["feeds"], &all["sensors"]);
    let numbers = |name: &str| {
        let named = sensors.as_array().expect("a list").iter().find(|sensor| sensor["name"] == name);
        named.unwrap_or_else(|| panic!("{name}: {all:#}"))["observations"].clone()
    };
    assert_eq!(
        (numbers("radars 25/201"), numbers("radars 25/202"), numbers("receiver")),
        (json!(20), json!(8), json!(0))
    );
    assert_eq!((&feeds[0]["name"], &feeds[0]["counts"]["observations"]), (&json!("radars"), &json!(28)), "{all:#}");
    assert_eq!(feeds[0]["counts"]["decoded"], json!(28));
    assert_eq!(feeds[0]["counts"]["rejected"].as_array().map(Vec::len), Some(1), "{all:#}");
    assert_eq!((&feeds[1]["counts"]["decoded"], &feeds[1]["counts"]["rejected"]), (&json!(0), &json!([])));
    for sensor in sensors.as_array().expect("a list") {
        assert!(sensor.get("decoded").is_none() && sensor.get("rejected").is_none(), "these are the feed's: {sensor}");
    }
}

#[test]
fn a_day_s_counts_are_given_as_published_maps_give_them() {
    let (served, _) = played();
    let answer = served.get("/api/v1/gnss/days").json();
    let day = &answer["days"][0];
    assert_eq!((&day["reality"], &day["complete"]), (&json!("live"), &json!(false)), "{answer}");
    let cells = day["cells"].as_array().expect("a list");
    assert!(!cells.is_empty(), "airliners flew");
    let all: u64 = cells.iter().filter_map(|cell| cell["count_good_aircraft"].as_u64()).sum();
    assert!(all >= cells.len() as u64 && cells.iter().all(|cell| cell["band"] == json!("green")), "{cells:?}");
    let name = day["day"].as_str().expect("a day");
    let csv = served.get(&format!("/api/v1/gnss/days?day={name}&format=csv"));
    let text = csv.body.clone();
    assert_eq!(text.lines().next(), Some("hex,count_good_aircraft,count_bad_aircraft"));
    assert_eq!(text.lines().count(), cells.len() + 1);
    let first = format!("{},{},0", cells[0]["hex"].as_str().expect("hex"), cells[0]["count_good_aircraft"]);
    assert_eq!(text.lines().nth(1), Some(first.as_str()));
    assert_eq!(served.get("/api/v1/gnss/days?day=1999-01-01").status, 404);
    assert_eq!(served.get("/api/v1/gnss/days?format=xml").status, 400);
}
