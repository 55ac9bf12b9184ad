//! The program as a user meets it: exit codes, messages, and what it leaves on disk. Each case runs the built program.

#![allow(clippy::disallowed_methods, reason = "runs the program")]

use flate2::{Compression, write::GzEncoder};
use skypicket::journal::{Disk, EpochReason, EpochStart, Journal, NewRecord, Options};
use skypicket::plan::recordings_site;
use skypicket::store::Store;
use skypicket::system::{Mode, System};
use skypicket_model::{ConnectionId, FeedId, Span, Time};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A folder of a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("skypicket-commands-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("written");
        path.display().to_string()
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

/// Everything below a folder.
fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            all.extend(tree(&path));
        }
        all.push(path);
    }
    all.sort();
    all
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_skypicket")).args(arguments).output().expect("the program runs")
}

/// Exit code, standard output, standard error.
fn told(arguments: &[&str]) -> (i32, String, String) {
    let output = run(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

const LINES: &str = "*8D40621D58C382D690C8AC2863A7;\n*8D40621D58C386435CC412692AD6;\n*8D485020994409940838175B284F;\n";
const SITE: &str = "[[feed]]\nname = \"a\"\nformat = \"avr\"\ntransport = { kind = \"stdin\" }\n";

/// A journal of a recording that is long enough for a checkpoint.
fn journal(folder: &Folder) -> String {
    let path = folder.path("journal");
    let begin = Time::from_s(1_757_453_400);
    let plan = recordings_site(&["avr".to_owned()], &[]).expect("a plan");
    let system = System::start(plan, Path::new(&path), Mode::Replay, Some(begin)).expect("starts");
    let inbox = system.inbox();
    let opened = NewRecord::connection_opened(FeedId(0), ConnectionId(1), "a file", false);
    inbox.take_at(begin, opened).expect("room");
    for n in 0..320 {
        let bytes = NewRecord::bytes(FeedId(0), ConnectionId(1), LINES.as_bytes().to_vec());
        inbox.take_at(begin + Span::from_s(n), bytes).expect("room");
    }
    let store = Store::existing(Path::new(&path)).expect("a journal");
    let begun = Instant::now();
    while store.checkpoints.list().expect("readable").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited for a checkpoint");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(system.close(), 0);
    path
}

#[test]
fn exit_codes_are_those_of_the_table() {
    let folder = Folder::new("codes");
    let journal = journal(&folder);
    let good = folder.file("good.toml", SITE);
    let bad = folder.file("bad.toml", "[site]\nname = 3\n");
    let lines = folder.file("some.txt", LINES);
    let noise = folder.file("noise.txt", "*zz;\n*8D;\n");
    let nothing = folder.file("nothing.txt", "");
    let empty = folder.path("empty");
    std::fs::create_dir(&empty).expect("made");
    let missing = folder.path("missing");
    let damaged = folder.path("damaged");
    std::fs::create_dir(&damaged).expect("made");
    for entry in tree(Path::new(&journal)).iter().filter(|path| path.extension().is_some_and(|end| end == "skyj")) {
        let mut bytes = std::fs::read(entry).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(Path::new(&damaged).join(entry.file_name().expect("named")), bytes).expect("written");
    }
    let out = folder.path("out.jsonl");
    let cases: &[(i32, &[&str])] = &[
        (0, &["list"]),
        (0, &["check", &good]),
        (0, &["decode", &lines, "--format", "avr", "--summary"]),
        (0, &["replay", &lines, "--format", "avr", "--summary"]),
        (0, &["replay", &lines, "--format", "avr", "--verify"]),
        (0, &["replay", &journal, "--verify"]),
        (0, &["replay", &journal, "--summary"]),
        (0, &["journal", "info", &journal]),
        (0, &["journal", "verify", &journal]),
        (0, &["journal", "records", &journal]),
        (0, &["borders"]),
        // Looked at, and not as it should be.
        (1, &["decode", &noise, "--format", "avr", "--summary"]),
        (1, &["decode", &nothing, "--format", "avr"]),
        (1, &["replay", &noise, "--format", "avr", "--summary"]),
        (1, &["journal", "verify", &damaged]),
        (1, &["replay", &damaged, "--verify"]),
        // Not done as asked.
        (2, &["no-such-command"]),
        (2, &["check"]),
        (2, &["check", &bad]),
        (2, &["check", &missing]),
        (2, &["watch", &bad]),
        (2, &["watch", &missing]),
        (2, &["watch", &good, "--listen", "0.0.0.0:1"]),
        (2, &["watch", &good, "--listen", "localhost:1"]),
        (2, &["check", &noise]),
        (2, &["demo", "--scenario", &missing]),
        (2, &["decode", &missing, "--format", "avr"]),
        (2, &["decode", &lines, "--format", "morse"]),
        (2, &["decode", &lines, "--format", "avr", "--container", "box"]),
        (2, &["decode", &lines, "--format", "avr", "--params", "{"]),
        (2, &["decode", &lines, "--format", "avr", "--start", "yesterday"]),
        (2, &["replay", &missing, "--format", "avr", "--summary"]),
        (2, &["replay", &lines, "--summary"]),
        (2, &["replay", &lines, "--format", "avr", "--watch", "QQQ", "--summary"]),
        (2, &["replay", &empty, "--verify"]),
        (2, &["journal", "info", &empty]),
        (2, &["journal", "verify", &empty]),
        (2, &["journal", "verify", &missing]),
        (2, &["journal", "records", &empty]),
        (2, &["track", &missing, "--out", &out]),
        (2, &["score", &missing, &out]),
        (2, &["simulate", &missing, "--check"]),
        (2, &["borders", "--export", &out, "--state", "nowhere"]),
    ];
    for (expected, arguments) in cases {
        let (code, stdout, stderr) = told(arguments);
        assert_eq!(code, *expected, "{arguments:?}\n{stdout}\n{stderr}");
        assert!(*expected != 2 || !stderr.is_empty() || arguments[0] == "check", "{arguments:?} says why");
    }
}

#[test]
fn looking_at_a_folder_that_is_no_journal_says_so_and_leaves_it_alone() {
    let folder = Folder::new("no-journal");
    folder.file("notes.txt", "not a journal");
    let path = folder.0.display().to_string();
    for command in [&["journal", "verify"][..], &["journal", "info"], &["journal", "records"], &["replay", "--verify"]]
    {
        let arguments = [command, &[&path]].concat();
        let (code, stdout, stderr) = told(&arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains("no journal in this folder"), "{arguments:?}: {stderr}");
    }
    assert_eq!(tree(&folder.0), [folder.0.join("notes.txt")]);
}

#[test]
fn looking_at_a_journal_changes_nothing_in_it() {
    let folder = Folder::new("read-only");
    let journal = journal(&folder);
    let path = Path::new(&journal);
    for part in ["checkpoints", "content"] {
        std::fs::remove_dir_all(path.join(part)).expect("removed");
    }
    let before = tree(path);
    for command in [&["journal", "verify"][..], &["journal", "info"], &["journal", "records"], &["replay", "--verify"]]
    {
        told(&[command, &[&journal]].concat());
    }
    assert_eq!(tree(path), before);
}

#[test]
fn a_proof_says_what_it_proved_and_what_not() {
    let folder = Folder::new("proof");
    let journal = journal(&folder);
    let proof = |expected: i32| {
        let (code, stdout, stderr) = told(&["replay", "--verify", &journal]);
        assert_eq!(code, expected, "{stdout}\n{stderr}");
        let proof: serde_json::Value = serde_json::from_str(stdout.trim()).expect("one JSON object");
        (proof, stderr)
    };
    let (whole, stderr) = proof(0);
    assert_eq!(whole["verified"], true, "{whole}");
    assert!(stderr.contains("digests that were recorded are met again"), "{stderr}");
    // Without its checkpoints there is nothing to compare with: that is no proof.
    std::fs::remove_dir_all(Path::new(&journal).join("checkpoints")).expect("removed");
    let (bare, stderr) = proof(3);
    assert_eq!((&bare["verified"], &bare["consistent"]), (&false.into(), &true.into()), "{bare}");
    assert_eq!(bare["checkpoints_compared"], 0);
    assert!(stderr.contains("not proved: that epoch 1 is what was shown at the time"), "{stderr}");
    assert!(stderr.contains("no checkpoint of it is kept"), "{stderr}");

    let lines = folder.file("lines.txt", LINES);
    // A journal of less than the time between checkpoints has one of its end, if it was closed in order.
    let short = folder.path("short");
    let (code, _, stderr) = told(&["replay", &lines, "--format", "avr", "--summary", "--journal", &short]);
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = told(&["replay", "--verify", &short]);
    assert_eq!(code, 0, "{stdout}\n{stderr}");
    assert!(stdout.contains("\"checkpoints_compared\":1"), "{stdout}");

    let (code, _, stderr) = told(&["replay", "--verify", &lines, "--format", "avr"]);
    assert_eq!(code, 0);
    assert!(stderr.contains("not proved: that an earlier run or another build gave the same"), "{stderr}");
}

#[test]
fn a_journal_of_another_build_is_played_but_not_called_proved() {
    let folder = Folder::new("another-build");
    let path = folder.path("journal");
    let begin = Time::from_s(1_757_453_400);
    let plan = recordings_site(&["avr".to_owned()], &[]).expect("a plan");
    let disk = Arc::new(Disk::open(&path).expect("a folder"));
    let (journal, _) = Journal::open(disk, Options::default(), None, Arc::new(|_| ())).expect("a new journal");
    let start = EpochStart {
        reason: EpochReason::FirstStart,
        build: "0.0.1+another".to_owned(),
        config: plan.config_text.clone().into_bytes(),
        files: Vec::new(),
        carried: Vec::new(),
    };
    journal.begin_epoch(begin, &start).expect("begins");
    let bytes = NewRecord::bytes(FeedId(0), ConnectionId(1), LINES.as_bytes().to_vec());
    journal.append(begin + Span::from_s(1), bytes).expect("room");
    assert_eq!(journal.close(), 0);
    let (code, stdout, stderr) = told(&["replay", "--verify", &path]);
    assert_eq!(code, 3, "{stdout}\n{stderr}");
    assert!(stderr.contains("recorded by another build (0.0.1+another)"), "{stderr}");
    assert!(stderr.contains("1 epochs played twice by this build"), "{stderr}");
}

#[test]
fn a_packed_recording_is_unpacked_and_other_packings_are_named() {
    let folder = Folder::new("packed");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(LINES.as_bytes()).expect("memory");
    let gz = folder.file("lines.txt.gz", packed.finish().expect("memory"));
    let plain = folder.file("lines.txt", LINES);
    let counts = |path: &str| {
        let (code, stdout, stderr) = told(&["decode", path, "--format", "avr", "--summary"]);
        assert_eq!(code, 0, "{stderr}");
        let summary: serde_json::Value = serde_json::from_str(stdout.trim()).expect("one JSON object");
        (summary["messages"].clone(), summary["records"].clone(), summary["rejects"].clone())
    };
    assert_eq!(counts(&gz), counts(&plain));
    assert_eq!(counts(&plain).0, 3);
    let zst = folder.file("lines.txt.zst", [0x28, 0xb5, 0x2f, 0xfd, 4, 0, 0, 0]);
    let (code, _, stderr) = told(&["decode", &zst, "--format", "avr", "--summary"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("packed with zstd") && stderr.contains("lines.txt.zst"), "{stderr}");
}

#[test]
fn a_recording_without_dates_says_from_when_it_plays() {
    let folder = Folder::new("undated");
    let lines = folder.file("lines.txt", LINES);
    let arguments = ["replay", &lines, "--format", "avr", "--summary"];
    let (_, stdout, stderr) = told(&arguments);
    assert!(stdout.contains("2000-01-01T00:00:00"), "{stdout}");
    assert!(stderr.contains("carry no date") && stderr.contains("--start TIME"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    let (_, stdout, stderr) = told(&[&arguments[..], &["--start", "2025-09-09T21:30:00Z"]].concat());
    assert!(stdout.contains("2025-09-09T21:30:00"), "{stdout}");
    assert_eq!(stderr, "");
}

#[test]
fn a_summary_is_the_same_with_a_journal() {
    let folder = Folder::new("summaries");
    let site = folder.file(
        "site.toml",
        "[[feed]]\nname = \"a\"\nformat = \"plots\"\ntransport = { kind = \"stdin\" }\n\n\
         [[sensor]]\nname = \"rx\"\nfeed = \"a\"\nkind = \"self_report_receiver\"\n",
    );
    // An aircraft that reports itself for two minutes: it becomes a track.
    let line = |n: u32| {
        let lat = 51.0 + f64::from(n) * 0.002;
        format!(
            "{{\"sensor\":\"rx\",\"time\":{},\"plots\":[[{lat:.5},22.7,9000.0,0.0,222.0,0.0,\"4ca1fa\"]]}}\n",
            1_757_453_400 + n
        )
    };
    let lines = folder.file("lines.jsonl", (0..120).map(line).collect::<String>());
    let summary = |more: &[&str]| {
        let arguments = [&["replay", &lines, "--site", &site, "--summary"][..], more].concat();
        let (code, stdout, stderr) = told(&arguments);
        assert_eq!(code, 0, "{stderr}");
        let mut summary: serde_json::Value = serde_json::from_str(stdout.trim()).expect("one JSON object");
        let all = summary.as_object_mut().expect("an object");
        all.remove("cpu_s").and(all.remove("messages_per_cpu_s")).expect("what it cost");
        summary
    };
    let (bare, journalled) = (summary(&[]), summary(&["--journal", &folder.path("journal")]));
    assert_eq!(bare, journalled);
    assert_eq!(bare["tracks"], 1, "{bare}");
    assert!(bare["from"].is_string() && bare["inputs"].as_u64() > Some(120), "{bare}");
}

#[test]
fn a_start_is_asked_for_only_where_the_recording_has_no_dates() {
    let vector = |name: &str| format!("{}/../wire/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let decode = |name: &str, more: &[&str]| {
        let path = vector(name);
        told(&[&["decode", &path, "-f", "asterix", "-c", "oradis", "--summary"][..], more].concat())
    };
    // The same records: inside a capture, whose packets have dates, and in a file of times of day.
    let (code, stdout, stderr) = decode("oradis-capture.pcap", &[]);
    assert_ne!(code, 2, "{stderr}");
    assert!(!stdout.contains("\"messages\":0"), "{stdout}");
    let (code, _, stderr) = decode("oradis.bin", &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("carries no date; give the moment at which it begins with --start"), "{stderr}");
    let (code, stdout, stderr) = decode("oradis.bin", &["--start", "2025-09-09T00:00:00Z"]);
    assert_ne!(code, 2, "{stderr}");
    assert!(!stdout.contains("\"messages\":0"), "{stdout}");
}

#[test]
fn a_simulated_worlds_site_file_says_when_it_begins_and_an_unknown_track_where_ids_are() {
    let folder = Folder::new("begins");
    let world = folder.path("world");
    let (code, stdout, stderr) = told(&["simulate", "--seed", "5", "--out", &world, "--quiet"]);
    assert_eq!(code, 0, "{stderr}");
    let summary: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let begin = summary["begin"].as_str().expect("a moment");
    let site = std::fs::read_to_string(Path::new(&world).join("site.toml")).expect("written");
    assert!(
        site.starts_with(&format!("# This world begins at {begin}.")) && site.contains(&format!("--start {begin}"))
    );
    let (code, _, stderr) = told(&["check", &format!("{world}/site.toml")]);
    assert_eq!(code, 0, "{stderr}");

    let data = journal(&folder);
    let (code, _, stderr) = told(&["smooth", &data, "--track", "0123456789abcdef"]);
    assert!(code == 1 && stderr.contains("is not in this journal; ids stand in"), "{stderr}");
    let (code, _, stderr) = told(&["smooth", &data, "--track", "0123456789abcdef", "--every", "-1"]);
    assert!(code == 2 && stderr.contains("--every -1: must be more than 0"), "{stderr}");
}

#[test]
fn a_state_is_found_by_code_or_name_and_a_typo_gets_a_suggestion() {
    for name in ["POL", "pl", "Poland"] {
        let (code, stdout, stderr) = told(&["borders", "--state", name]);
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains("POL  Poland") && !stdout.contains("DEU"), "{name}: {stdout}");
    }
    let (code, _, stderr) = told(&["borders", "--state", "Polnad"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean Poland?"), "{stderr}");
}

#[test]
fn recorded_flights_become_a_folder_that_is_tracked_and_scored() {
    let folder = Folder::new("flights");
    // Ten minutes eastwards at 198 m/s.
    let row = |k: u32| {
        let (ms, lon) = (1_600_000_000_000_i64 + 1000 * i64::from(k), 8.0 + 0.0026 * f64::from(k));
        format!(r#"{{"timestamp":{ms},"icao24":"4b1812","latitude":47.0,"longitude":{lon},"altitude":20000}}"#)
    };
    let rows: Vec<String> = (0..600).map(row).collect();
    let flights = folder.file("eastwards.json", format!("[{}]", rows.join(",")));
    let (trial, tracks) = (folder.path("trial"), folder.path("tracks.jsonl"));
    let (code, stdout, stderr) = told(&["simulate", "--flights", &flights, "--out", &trial]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("\"trial\":\"eastwards\"") && stdout.contains("600 of 600 rows"), "{stdout}");
    let (code, _, stderr) = told(&["track", &trial, "--out", &tracks]);
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = told(&["score", &trial, &tracks]);
    assert_eq!(code, 0, "{stderr}");
    let score: serde_json::Value = serde_json::from_str(&stdout).expect("a score");
    let missed = score["frac_missed"].as_f64().expect("a number");
    let rmse = score["rmse"]["all"]["rmse_h_m"].as_f64().expect("a number");
    assert!(missed < 0.05 && rmse < 150.0 && rmse > 1.0, "missed {missed}, {rmse} m");

    let other = folder.file("other.json", "{}");
    let (code, _, stderr) = told(&["simulate", "--flights", &other, "--out", &trial]);
    assert!(code == 2 && stderr.contains("other.json"), "{stderr}");
    let (code, _, stderr) = told(&["simulate", "--trial", "17", "--out", &trial]);
    assert!(code == 2 && stderr.contains("1..=16"), "{stderr}");
}
