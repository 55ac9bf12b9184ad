//! Kills a watching program in mid-stream, again and again: `cargo run --release -p skypicket --example kill_watch -- PROGRAM [KILLS]`.
//!
//! A feeder sends AVR frames over TCP to `PROGRAM watch`, which records them in a folder. At a moment that differs each time the
//! program gets SIGKILL, every fifth time while it is still starting. Before that it was asked, through `/metrics`, up to which input its recording is durable; after it every
//! input up to there must be in the journal. Then the same folder is watched again. At the end `journal verify` and
//! `replay --verify` must hold.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures and tells")]

use skypicket::journal::{Kind, Reader};
use skypicket::store::Store;
use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Lines that the feeder sends at a time, and how often.
const LINES: usize = 64;
const PAUSE: Duration = Duration::from_millis(5);
/// How long a program may take until it tells its metrics.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or("which program?")?;
    let kills: u32 = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("skypicket-kill-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let sent = Arc::new(AtomicU64::new(0));
    let feeder = TcpListener::bind("127.0.0.1:0")?;
    let site = folder.join("site.toml");
    // A port that was free a moment ago.
    let map = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    std::fs::write(&site, site_text(&feeder.local_addr()?.to_string(), &map.to_string()))?;
    let counted = Arc::clone(&sent);
    std::thread::spawn(move || serve(&feeder, &counted));
    let journal = folder.join("journal");
    let began = Instant::now();
    let (mut acknowledged, mut beyond) = (0_u64, 0_u64);
    for kill in 0..kills {
        let mut child = watch(&program, &site, &journal)?;
        let moment = Duration::from_millis(u64::from(kill * 37 % 400));
        let durable = if kill % 5 == 4 {
            std::thread::sleep(moment);
            acknowledged
        } else {
            run_for(&mut child, &map.to_string(), acknowledged, moment)?
        };
        child.kill()?;
        child.wait()?;
        let kept = last_input(&journal)?;
        if kept < durable {
            return Err(format!("kill {kill}: input {durable} was durable, the journal ends with {kept}").into());
        }
        beyond += kept - durable;
        // What was on disk without having been told counts as told from now on: the next program has read it.
        acknowledged = kept;
    }
    let mut child = watch(&program, &site, &journal)?;
    run_for(&mut child, &map.to_string(), acknowledged, Duration::ZERO)?;
    Command::new("kill").arg(child.id().to_string()).status()?;
    let ended = child.wait()?;
    println!(
        "{kills} kills in {:.0} s: every input told durable was there ({acknowledged} in all, {beyond} of them not told yet when the kill came); {} lines sent; the last run ended with {ended}",
        began.elapsed().as_secs_f64(),
        sent.load(Ordering::Relaxed)
    );
    prove(&program, &["journal", "verify"], &journal, &[])?;
    prove(&program, &["replay"], &journal, &["--verify"])?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn site_text(feeder: &str, map: &str) -> String {
    format!(
        "[site]\nname = \"Killed\"\nwatch = [\"USA\"]\n[http]\nlisten = \"{map}\"\n[journal]\ncheckpoint_every_s = 10\n\
         [[feed]]\nname = \"receiver\"\nformat = \"avr\"\n\
         transport = {{ kind = \"tcp\", connect = \"{feeder}\", retry_min_s = 0.01 }}\n"
    )
}

/// Sends the LAX frames, from the beginning for each who connects.
fn serve(listener: &TcpListener, sent: &AtomicU64) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/adsb_deku/lax-messages.txt");
    let text = std::fs::read_to_string(path).expect("testdata is missing: run `cargo xtask testdata`");
    let lines: Vec<&str> = text.lines().collect();
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        for chunk in lines.chunks(LINES).cycle() {
            if stream.write_all((chunk.join("\n") + "\n").as_bytes()).is_err() {
                break;
            }
            sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            std::thread::sleep(PAUSE);
        }
    }
}

fn watch(program: &str, site: &Path, journal: &Path) -> Outcome<Child> {
    let mut command = Command::new(program);
    command.arg("watch").arg(site).arg("--journal").arg(journal).stdout(Stdio::null());
    Ok(command.stderr(Stdio::null()).spawn()?)
}

/// Waits until more is durable than before, runs on for a while, and tells what is durable then.
fn run_for(child: &mut Child, map: &str, before: u64, longer: Duration) -> Outcome<u64> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Err(format!("the program ended by itself: {status}").into());
        }
        // The epoch's beginning and a connection are a few inputs; more than those is the stream.
        if durable(map).is_ok_and(|durable| durable > before + 10) {
            std::thread::sleep(longer);
            return durable(map);
        }
        if Instant::now() > deadline {
            return Err("the program tells nothing new".into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn durable(map: &str) -> Outcome<u64> {
    let mut stream = TcpStream::connect(map)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {map}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let line = answer.lines().find(|line| line.starts_with("skypicket_journal_durable_seq "));
    Ok(line.and_then(|line| line.split(' ').nth(1)).ok_or("no such metric")?.parse()?)
}

/// The last input that a reader finds in the folder as the kill left it, with every checksum held and no number left out.
fn last_input(journal: &Path) -> Outcome<u64> {
    let store = Store::existing(journal)?;
    let mut reader = Reader::open(Arc::clone(&store.journal))?;
    let mut last = 0;
    // A torn end is what a kill may leave: everything before it counts.
    while let Ok(Some(record)) = reader.next_record() {
        if record.seq.0 != last + 1 {
            return Err(format!("input {} follows {last}", record.seq.0).into());
        }
        if record.kind == Kind::Gap {
            return Err(format!("input {} is a gap", record.seq.0).into());
        }
        last = record.seq.0;
    }
    Ok(last)
}

fn prove(program: &str, before: &[&str], journal: &Path, after: &[&str]) -> Outcome<()> {
    let output = Command::new(program).args(before).arg(journal).args(after).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{} {}: {}\n{told}", before.join(" "), after.join(" "), output.status);
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}
