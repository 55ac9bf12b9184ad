//! How long alerts take in a live run: `cargo run --release -p skypicket --example alert_delay -- PROGRAM [DRONES] [SECONDS]`.
//!
//! Two simulated radars send ASTERIX over UDP, at the speed of the world's clock, to `PROGRAM watch`, while drones cross the border of Poland one after
//! another. Then `/metrics` of the program is asked for the time from the receipt of an alert's last observation to the picture that tells it, and for the
//! processor time that all of it took.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures and tells")]

use skypicket::simulation::site_toml;
use skypicket::wall;
use skypicket_model::{FeedId, Span, Time};
use skypicket_sim::World;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How long the program may take until it tells its metrics.
const PATIENCE: Duration = Duration::from_secs(30);
/// A drone takes so long from where it begins to a minute inside.
const FLIGHT_S: i64 = 240;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or("which program?")?;
    let drones: i64 = arguments.next().map_or(Ok(120), |text| text.parse())?;
    let seconds: i64 = arguments.next().map_or(Ok(600), |text| text.parse())?;
    let begin = Time::from_s(wall::now().floor_s() + 8);
    let world = World::from_scenario(&scenario(begin, drones, seconds))?;
    let folder = std::env::temp_dir().join(format!("skypicket-alerts-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let map = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut to: BTreeMap<FeedId, SocketAddr> = BTreeMap::new();
    for feed in world.feeds() {
        // A port that was free a moment ago.
        to.insert(feed.id, UdpSocket::bind("127.0.0.1:0")?.local_addr()?);
    }
    let text = site_toml(&world, |feed| {
        let mut transport = toml::Table::new();
        transport.insert("kind".into(), "udp".into());
        transport.insert("listen".into(), to.get(&feed.id).map(ToString::to_string).unwrap_or_default().into());
        transport
    })?;
    let site = folder.join("site.toml");
    std::fs::write(&site, text + &format!("\n[http]\nlisten = \"{map}\"\n"))?;
    let mut child = Command::new(&program)
        .args(["watch", &site.display().to_string(), "--journal", &folder.join("journal").display().to_string()])
        .stdout(Stdio::null())
        .spawn()?;
    let told = play(&world, &to, &map.to_string());
    let cpu_s = cpu_s(child.id());
    child.kill()?;
    child.wait()?;
    std::fs::remove_dir_all(&folder)?;
    let (datagrams, metrics) = told?;
    println!("{drones} drones in {seconds} s, {datagrams} datagrams; the program took {cpu_s:.1} s CPU");
    for line in metrics
        .lines()
        .filter(|line| !line.starts_with('#') && (line.contains("alert_delay") || line.contains("alerts_by_time")))
    {
        println!("{line}");
    }
    Ok(())
}

/// Sends each datagram when it is due; how many, and the metrics at the end.
fn play(world: &World, to: &BTreeMap<FeedId, SocketAddr>, map: &str) -> Outcome<(u64, String)> {
    let begun = Instant::now();
    while metrics(map).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err("the program does not answer".into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let mut sent = 0;
    for arrival in world.run() {
        let wait = arrival.received - wall::now();
        if wait > Span::ZERO {
            std::thread::sleep(Duration::from_nanos(wait.ns().unsigned_abs()));
        }
        let address = to.get(&arrival.feed).ok_or("a feed without a port")?;
        socket.send_to(&arrival.bytes, address)?;
        sent += 1;
    }
    Ok((sent, metrics(map)?))
}

fn metrics(map: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(map)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET /metrics HTTP/1.1\r\nHost: {map}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

/// Processor time of a process so far.
fn cpu_s(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Drones from east to west over thirty kilometres of the Bug, evenly over the time that there is.
fn scenario(begin: Time, drones: i64, seconds: i64) -> String {
    let mut text = format!(
        "# Drones one after another\n\n```toml\n[world]\nname = \"alerts\"\nbegin = \"{begin}\"\nend = \"{}\"\nseed = 5\nwatched = [\"POL\"]\n\
         geoid_m = 32\nground_m = 150\nqnh_hpa = 1013\n",
        begin + Span::from_s(seconds)
    );
    for (number, lat_deg, lon_deg, period_s) in [(1, 51.70, 22.90, 5.0), (2, 52.20, 22.70, 6.0)] {
        let _ = write!(
            text,
            "[[radar]]\nname = \"radar-{number}\"\nsac = 200\nsic = {number}\nat = [{lat_deg}, {lon_deg}]\nmast_m = 45\nperiod_s = {period_s}\n\
             phase_s = 0.{number}\nrange_km = [1, 200]\nrange_sigma_m = 60\nazimuth_sigma_deg = 0.1\nprimary = {{ reference_km = 230 }}\nclutter = 4\n"
        );
    }
    let every_s = ((seconds - FLIGHT_S).max(1) as f64) / drones.max(1) as f64;
    for drone in 0..drones {
        let at = begin + Span::from_s_f64(every_s * drone as f64).unwrap_or(Span::ZERO);
        let lat_deg = 51.75 + 0.27 * ((drone * 7) % 30) as f64 / 30.0;
        let _ = write!(
            text,
            "[[target]]\nname = \"drone-{drone}\"\nkind = \"drone\"\nat = \"{at}\"\npath = [{{ to = [{lat_deg:.4}, 23.72], agl_m = 700, km_h = 190 }}, \
             {{ to = [{lat_deg:.4}, 23.00] }}]\n"
        );
    }
    text + "```\n"
}
