//! Transports over real sockets on this machine: what is sent arrives, whole and in order, and everything ends when asked.

#![allow(clippy::disallowed_methods, reason = "sockets need threads, and waiting for them needs a clock")]

mod answering_server;

use answering_server::{answer, serve};
use skypicket::transport::{ConnectionNumbers, Event, Feeding, Sink, State, Stop, TRANSPORTS, Taken, kind, start};
use skypicket_model::{ConnectionId, FeedId};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up; nothing waits that long when it works.
const PATIENCE: Duration = Duration::from_secs(20);

/// An event, kept.
#[derive(Clone, Debug, PartialEq)]
enum Kept {
    Opened(ConnectionId, String, bool),
    Bytes(ConnectionId, bool, bool, Vec<u8>),
    Closed(ConnectionId, String),
    Drops(u64),
    State(State),
}

/// Keeps all events; can be made to have no room.
#[derive(Default)]
struct Notes {
    kept: Mutex<Vec<Kept>>,
    changed: Condvar,
    full: AtomicBool,
    /// Senders that were refused for want of room.
    refused: AtomicUsize,
}

impl Sink for Notes {
    fn take(&self, event: Event<'_>) -> Taken {
        let kept = match event {
            Event::Opened { connection, peer, datagram, can_wait, .. } => {
                if !self.has_room(can_wait) {
                    self.refused.fetch_add(1, Ordering::SeqCst);
                    return Taken::Dropped;
                }
                Kept::Opened(connection, peer.to_owned(), datagram)
            }
            Event::Bytes { connection, datagram, can_wait, bytes, .. } => {
                if !self.has_room(can_wait) {
                    return Taken::Dropped;
                }
                Kept::Bytes(connection, datagram, can_wait, bytes.to_vec())
            }
            Event::Closed { connection, why, .. } => Kept::Closed(connection, why.to_owned()),
            Event::Drops { count, .. } => Kept::Drops(count),
            Event::State { state, .. } => Kept::State(state),
        };
        self.kept.lock().expect("unpoisoned").push(kept);
        self.changed.notify_all();
        Taken::Accepted
    }
}

impl Notes {
    /// Whether there is room; waits for it where that is allowed.
    fn has_room(&self, can_wait: bool) -> bool {
        while self.full.load(Ordering::SeqCst) {
            if !can_wait {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// Waits until the events are as wanted, and gives what was found.
    fn wait<T>(&self, what: &str, find: impl Fn(&[Kept]) -> Option<T>) -> T {
        let began = Instant::now();
        let mut kept = self.kept.lock().expect("unpoisoned");
        loop {
            if let Some(found) = find(&kept) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waited for {what}; came {kept:?}");
            kept = self.changed.wait_timeout(kept, Duration::from_millis(50)).expect("unpoisoned").0;
        }
    }

    /// All bytes so far, or of one connection.
    fn received(kept: &[Kept], of: Option<ConnectionId>) -> Vec<u8> {
        let bytes = |event: &Kept| match event {
            Kept::Bytes(connection, _, _, bytes) if of.is_none_or(|of| of == *connection) => bytes.clone(),
            _ => Vec::new(),
        };
        kept.iter().flat_map(bytes).collect()
    }

    fn wait_bytes(&self, wanted: &[u8]) {
        self.wait("bytes", |kept| (Self::received(kept, None) == wanted).then_some(()));
    }

    fn listening(&self) -> SocketAddr {
        self.wait("a port", |kept| {
            kept.iter().find_map(|event| match event {
                Kept::State(State::Listening { at }) => at.split(' ').next()?.parse().ok(),
                _ => None,
            })
        })
    }

    fn opened(kept: &[Kept]) -> Vec<ConnectionId> {
        kept.iter().filter_map(|event| if let Kept::Opened(id, ..) = event { Some(*id) } else { None }).collect()
    }

    fn closed(kept: &[Kept]) -> Vec<(ConnectionId, String)> {
        kept.iter()
            .filter_map(|event| if let Kept::Closed(id, why) = event { Some((*id, why.clone())) } else { None })
            .collect()
    }
}

/// A transport that runs.
struct Running {
    notes: Arc<Notes>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start(name: &str, params: &serde_json::Value) -> Self {
        let notes = Arc::new(Notes::default());
        let stop = Stop::new();
        let transport = (kind(name).expect("registered").build)(params).expect("good parameters");
        let numbers = ConnectionNumbers::after(ConnectionId(41));
        let feeding = Feeding::new(FeedId(7), Arc::clone(&notes) as Arc<dyn Sink>, numbers, stop.clone());
        let thread = start(transport, name, feeding).expect("a thread");
        Self { notes, stop, thread: Some(thread) }
    }

    /// Asks it to stop and waits until it has; every connection must have been closed.
    fn end(mut self) -> Vec<Kept> {
        self.stop.stop();
        self.thread.take().expect("once").join().expect("no panic");
        let kept = self.notes.kept.lock().expect("unpoisoned").clone();
        let mut opened = Notes::opened(&kept);
        let mut closed: Vec<_> = Notes::closed(&kept).into_iter().map(|(id, _)| id).collect();
        opened.sort();
        closed.sort();
        assert_eq!(opened, closed, "every connection is closed once");
        kept
    }
}

fn local() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

#[test]
fn tcp_reconnects_when_the_server_goes_and_comes_back() {
    let server = TcpListener::bind(local()).expect("a port");
    let address = server.local_addr().expect("bound");
    let params = serde_json::json!({ "connect": address.to_string(), "retry_min_s": 0.01, "retry_max_s": 0.05 });
    let running = Running::start("tcp", &params);
    let (mut first, _) = server.accept().expect("connects");
    first.write_all(b"one ").expect("sent");
    running.notes.wait_bytes(b"one ");
    // Nobody listens for a while.
    drop(server);
    drop(first);
    running.notes.wait("a failed attempt", |kept| {
        let refused =
            |event: &&Kept| matches!(event, Kept::State(State::Waiting { why, .. }) if why.contains("refused"));
        kept.iter().find(refused).map(|_| ())
    });
    let server = TcpListener::bind(address).expect("the port again");
    let (mut second, _) = server.accept().expect("connects again");
    second.write_all(b"two").expect("sent");
    running.notes.wait_bytes(b"one two");
    let kept = running.end();
    assert_eq!(Notes::opened(&kept), [ConnectionId(42), ConnectionId(43)]);
    let closed = Notes::closed(&kept);
    assert_eq!(closed[0].1, "the other end closed the connection");
    assert_eq!(closed[1].1, "stopped");
}

#[test]
fn tcp_gives_up_a_silent_connection() {
    let server = TcpListener::bind(local()).expect("a port");
    let address = server.local_addr().expect("bound").to_string();
    let params = serde_json::json!({ "connect": address, "idle_timeout_s": 1, "retry_min_s": 0.01 });
    let running = Running::start("tcp", &params);
    let _silent = server.accept().expect("connects");
    let _again = server.accept().expect("connects anew");
    let kept = running.end();
    assert_eq!(Notes::closed(&kept)[0].1, "nothing came for 1 s");
}

#[test]
fn tcp_holds_the_sender_up_while_there_is_no_room() {
    let server = TcpListener::bind(local()).expect("a port");
    let running =
        Running::start("tcp", &serde_json::json!({ "connect": server.local_addr().expect("bound").to_string() }));
    let (mut sender, _) = server.accept().expect("connects");
    running.notes.full.store(true, Ordering::SeqCst);
    sender.set_write_timeout(Some(Duration::from_millis(300))).expect("set");
    let block = vec![7_u8; 1 << 20];
    let mut sent = 0;
    // The buffers of both ends fill up, and then the sender waits.
    let held_up = loop {
        match sender.write(&block) {
            Ok(count) => sent += count,
            Err(error) => break error.kind(),
        }
        assert!(sent < 1 << 30, "never held up");
    };
    assert!(matches!(held_up, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{held_up}");
    running.notes.full.store(false, Ordering::SeqCst);
    drop(sender);
    running.notes.wait("everything that was sent", |kept| (Notes::received(kept, None).len() == sent).then_some(()));
    running.end();
}

#[test]
fn tcp_listen_keeps_senders_apart_and_turns_away_too_many() {
    let params = serde_json::json!({ "listen": "127.0.0.1:0", "max_connections": 2 });
    let running = Running::start("tcp-listen", &params);
    let address = running.notes.listening();
    let mut first = TcpStream::connect(address).expect("connects");
    let mut second = TcpStream::connect(address).expect("connects");
    first.write_all(b"first").expect("sent");
    second.write_all(b"second").expect("sent");
    let peers = [first.local_addr().expect("bound").to_string(), second.local_addr().expect("bound").to_string()];
    running.notes.wait("both", |kept| {
        let of = |peer: &str| {
            kept.iter().find_map(|e| match e {
                Kept::Opened(id, who, false) if who == peer => Some(*id),
                _ => None,
            })
        };
        let (one, two) = (of(&peers[0])?, of(&peers[1])?);
        (Notes::received(kept, Some(one)) == b"first" && Notes::received(kept, Some(two)) == b"second").then_some(())
    });
    let mut third = TcpStream::connect(address).expect("the system accepts");
    third.set_read_timeout(Some(PATIENCE)).expect("set");
    assert_eq!(third.read(&mut [0]).unwrap_or(0), 0, "turned away");
    // Room again, once one has gone.
    drop(first);
    running.notes.wait("the first to be closed", |kept| (!Notes::closed(kept).is_empty()).then_some(()));
    let began = Instant::now();
    loop {
        let mut fourth = TcpStream::connect(address).expect("connects");
        fourth.write_all(b"fourth").expect("sent");
        std::thread::sleep(Duration::from_millis(50));
        let kept = running.notes.kept.lock().expect("unpoisoned").clone();
        if Notes::received(&kept, None).ends_with(b"fourth") {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{kept:?}");
    }
    running.end();
}

#[test]
fn tcp_listen_lets_in_only_whom_it_should() {
    let params = serde_json::json!({ "listen": "127.0.0.1:0", "allow": ["127.0.0.2"] });
    let running = Running::start("tcp-listen", &params);
    let mut stranger = TcpStream::connect(running.notes.listening()).expect("the system accepts");
    stranger.set_read_timeout(Some(PATIENCE)).expect("set");
    assert_eq!(stranger.read(&mut [0]).unwrap_or(0), 0, "turned away");
    assert!(Notes::opened(&running.end()).is_empty());
}

#[test]
fn udp_datagrams_stay_whole_and_senders_apart() {
    let running = Running::start("udp", &serde_json::json!({ "listen": "127.0.0.1:0", "max_senders": 2 }));
    let address = running.notes.listening();
    let senders: Vec<_> = (0..3).map(|_| UdpSocket::bind(local()).expect("a port")).collect();
    for (at, sender) in senders.iter().enumerate() {
        let long = vec![at as u8; 30_000];
        for payload in [&b""[..], b"short", &long] {
            sender.send_to(payload, address).expect("sent");
        }
        running.notes.wait("three datagrams", |kept| {
            let datagrams = kept.iter().filter(|event| matches!(event, Kept::Bytes(_, true, false, _)));
            (datagrams.count() == 3 * (at + 1)).then_some(())
        });
    }
    let kept = running.end();
    assert_eq!(Notes::opened(&kept).len(), 3);
    let closed = Notes::closed(&kept);
    assert_eq!(closed[0], (ConnectionId(42), "made room for another sender".to_owned()));
    let sizes: Vec<_> = kept
        .iter()
        .filter_map(|event| if let Kept::Bytes(_, _, _, bytes) = event { Some(bytes.len()) } else { None })
        .collect();
    assert_eq!(sizes, [0, 5, 30_000].repeat(3));
}

#[test]
fn udp_does_not_wait_where_there_is_no_room() {
    let running = Running::start("udp", &serde_json::json!({ "listen": "127.0.0.1:0" }));
    let address = running.notes.listening();
    let sender = UdpSocket::bind(local()).expect("a port");
    let known = UdpSocket::bind(local()).expect("a port");
    known.send_to(b"known ", address).expect("sent");
    running.notes.wait_bytes(b"known ");
    running.notes.full.store(true, Ordering::SeqCst);
    // Neither the datagrams of a known sender nor a new sender hold the reader up.
    for _ in 0..100 {
        known.send_to(b"lost", address).expect("sent");
        sender.send_to(b"lost", address).expect("sent");
    }
    running.notes.wait("all to be refused", |_| (running.notes.refused.load(Ordering::SeqCst) == 100).then_some(()));
    running.notes.full.store(false, Ordering::SeqCst);
    sender.send_to(b"taken", address).expect("sent");
    running.notes.wait_bytes(b"known taken");
    assert_eq!(Notes::opened(&running.end()).len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn udp_tells_what_the_system_dropped() {
    let params = serde_json::json!({ "listen": "127.0.0.1:0", "receive_buffer_bytes": 4096 });
    let running = Running::start("udp", &params);
    let address = running.notes.listening();
    let sender = UdpSocket::bind(local()).expect("a port");
    let sent = 50_000_u64;
    // The transport's thread cannot keep up with a buffer of two datagrams.
    for _ in 0..sent {
        sender.send_to(&[1; 1400], address).expect("sent");
    }
    let kept = {
        running.notes.wait("drops", |kept| kept.iter().any(|event| matches!(event, Kept::Drops(_))).then_some(()));
        running.end()
    };
    let dropped: u64 = kept.iter().map(|event| if let Kept::Drops(count) = event { *count } else { 0 }).sum();
    let received = kept.iter().filter(|event| matches!(event, Kept::Bytes(..))).count() as u64;
    assert!(dropped > 0 && received > 0);
    assert!(dropped + received <= sent, "{dropped} + {received}");
    // What is neither was still in the socket's buffer at the end.
    assert!(sent - dropped - received <= 16, "{dropped} + {received} of {sent}");
}

#[test]
fn multicast_on_loopback() {
    // A group and port that a second run of the tests, at the same time, would not use.
    let port = UdpSocket::bind(local()).and_then(|socket| socket.local_addr()).expect("a port").port();
    let group = Ipv4Addr::new(239, 255, 77, (port % 250) as u8 + 1);
    let params = serde_json::json!({ "listen": format!("0.0.0.0:{port}"), "group": group.to_string(), "interface": "127.0.0.1" });
    let running = Running::start("udp", &params);
    let at = running.notes.listening();
    assert_eq!(at.port(), port);
    let sender = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).expect("a socket");
    sender.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).expect("loopback");
    sender.set_multicast_loop_v4(true).expect("loops");
    sender.send_to(b"to the group", &SocketAddr::from((group, port)).into()).expect("sent");
    running.notes.wait_bytes(b"to the group");
    running.end();
}

#[test]
fn http_polls_keep_their_connection_over_failures_and_refuse_what_is_too_long() {
    let (address, serving) = serve(vec![
        answer("200 OK", "{\"first\":1}"),
        answer("503 Service Unavailable", "not now"),
        answer("200 OK", &"x".repeat(101)),
        answer("200 OK", "{\"second\":2}"),
    ]);
    let params = serde_json::json!({
        "url": format!("http://{address}/data/aircraft.json"), "every_s": 0.1, "max_body_bytes": 100,
        "headers": { "X-Key": "abc" },
    });
    let running = Running::start("http", &params);
    running.notes.wait_bytes(b"{\"first\":1}{\"second\":2}");
    let requests = serving.join().expect("served");
    assert!(requests[0].starts_with("GET /data/aircraft.json HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[0].to_lowercase().contains("x-key: abc\r\n"), "{}", requests[0]);
    let kept = running.end();
    assert_eq!(Notes::opened(&kept).len(), 1, "one connection for all polls");
    assert!(kept.iter().all(|event| !matches!(event, Kept::Bytes(_, datagram, can_wait, _) if !datagram || !can_wait)));
    let failures: Vec<_> = kept
        .iter()
        .filter_map(|event| if let Kept::State(State::Waiting { why, .. }) = event { Some(why.as_str()) } else { None })
        .collect();
    assert_eq!(failures[0], "the server answered 503 Service Unavailable");
    assert!(failures.len() >= 2, "{failures:?}");
}

#[test]
fn a_file_is_played_at_its_pace_or_flat_out() {
    let folder = std::env::temp_dir().join(format!("skypicket-transport-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("rows.csv");
    let row = |tenths: u32| format!("1698140962.{tenths},1a31000000000000ff1234\n");
    std::fs::write(&path, [row(1), row(3), row(5)].concat()).expect("written");
    let frame = [0x1a, 0x31, 0, 0, 0, 0, 0, 0, 0xff, 0x12, 0x34];
    for (pace, at_least_ms) in [(1.0, 400), (4.0, 100), (0.0, 0)] {
        let began = Instant::now();
        let running = Running::start("file", &serde_json::json!({ "path": path, "pace": pace }));
        running.notes.wait_bytes(&frame.repeat(3));
        assert!(began.elapsed() >= Duration::from_millis(at_least_ms), "pace {pace} took {:?}", began.elapsed());
        running.notes.wait("the end", |kept| kept.contains(&Kept::State(State::Finished)).then_some(()));
        let kept = running.end();
        assert_eq!(Notes::closed(&kept)[0].1, "end of the recording");
    }
    // Asked to stop in the middle of a pause, it does.
    let running = Running::start("file", &serde_json::json!({ "path": path, "pace": 0.01 }));
    running.notes.wait_bytes(&frame);
    assert_eq!(Notes::closed(&running.end())[0].1, "stopped");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let running = Running::start("file", &serde_json::json!({ "path": "/nonexistent/recording.pcap" }));
    running.notes.wait("word of it", |kept| {
        kept.iter()
            .any(|e| matches!(e, Kept::State(State::Failed { why }) if why.contains("recording.pcap")))
            .then_some(())
    });
    running.end();
}

/// Runs in a process of its own, started by the test below, whose standard input is a pipe.
#[test]
fn stdin_child() {
    if std::env::var_os("SKYPICKET_STDIN_CHILD").is_none() {
        return;
    }
    let running = Running::start("stdin", &serde_json::json!({ "container": "beast-csv" }));
    let frame = [0x1a, 0x31, 0, 0, 0, 0, 0, 0, 0xff, 0x12, 0x34];
    running.notes.wait_bytes(&frame);
    // The pipe stays open and silent: stopping must not wait for it.
    let began = Instant::now();
    assert_eq!(Notes::closed(&running.end())[0].1, "end of the recording");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn stdin_is_read_and_does_not_hold_up_the_end() {
    let mut child = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "stdin_child"])
        .env("SKYPICKET_STDIN_CHILD", "1")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("started");
    let mut pipe = child.stdin.take().expect("piped");
    pipe.write_all(b"1698140962.1,1a31000000000000ff1234\n").expect("written");
    assert!(child.wait().expect("ended").success());
}

#[test]
fn wrong_parameters_are_told_with_their_names() {
    for (name, params, word) in [
        ("tcp", serde_json::json!({ "connect": "nowhere" }), "connect"),
        ("tcp", serde_json::json!({ "connect": "h:1", "retry_min_s": 5, "retry_max_s": 1 }), "retry_max_s"),
        ("tcp", serde_json::json!({ "connect": "h:1", "idle_timeout_s": -1 }), "idle_timeout_s"),
        ("tcp", serde_json::json!({}), "connect"),
        ("tcp-listen", serde_json::json!({ "listen": "127.0.0.1" }), "socket address"),
        ("tcp-listen", serde_json::json!({ "listen": "127.0.0.1:1", "max_connections": 0 }), "max_connections"),
        ("udp", serde_json::json!({ "listen": "0.0.0.0:1", "group": "10.0.0.1" }), "group"),
        ("udp", serde_json::json!({ "listen": "0.0.0.0:1", "group": "ff15::1" }), "group"),
        ("udp", serde_json::json!({ "listen": "0.0.0.0:1", "interface": "127.0.0.1" }), "interface"),
        ("udp", serde_json::json!({ "listen": "0.0.0.0:1", "group": "239.1.1.1", "interface": "eth0" }), "interface"),
        ("http", serde_json::json!({ "url": "ftp://x/" }), "url"),
        ("http", serde_json::json!({ "url": "http://x/", "headers": { "a b": "c" } }), "headers"),
        ("http", serde_json::json!({ "url": "http://x/", "every_s": 0 }), "every_s"),
        ("file", serde_json::json!({ "path": "x", "container": "zip" }), "container"),
        ("file", serde_json::json!({ "path": "x", "pace": -1 }), "pace"),
        ("stdin", serde_json::json!({ "container": "zip" }), "container"),
        ("stdin", serde_json::json!({ "surprise": 1 }), "surprise"),
    ] {
        let error = (kind(name).expect("registered").check)(&params).expect_err("refused");
        assert!(error.contains(word), "{name} {params}: {error}");
    }
    for kind in TRANSPORTS {
        let schema = (kind.schema)();
        assert!(schema.as_object().is_some_and(|schema| schema.contains_key("properties")), "{}", kind.name);
    }
}
