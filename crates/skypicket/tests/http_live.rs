//! The live socket, spoken by hand: texts and frames of the present and of the past.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::Served;
use proof_helper::{arrivals, end, feed, plan, world};
use serde_json::{Value, json};
use skypicket::system::Mode;
use skypicket_model::{Span, Time};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A WebSocket (RFC 6455) as far as this needs it.
struct Socket(TcpStream);

enum Said {
    Text(Value),
    Frame(Vec<u8>),
}

impl Socket {
    fn open(served: &Served) -> Self {
        let mut stream = served.connect();
        let authority = &served.authority;
        let head = format!(
            "GET /api/v1/live HTTP/1.1\r\nHost: {authority}\r\nOrigin: http://{authority}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("asked");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(byte(&mut stream));
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
        Self(stream)
    }

    /// Says something: one masked text frame; a mask of zeros changes nothing.
    fn say(&mut self, what: &Value) {
        let text = what.to_string();
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).expect("a short message");
        let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).expect("said");
    }

    fn hear(&mut self) -> Said {
        let kind = byte(&mut self.0);
        let length = match byte(&mut self.0) {
            126 => u64::from(u16::from_be_bytes([byte(&mut self.0), byte(&mut self.0)])),
            127 => (0..8).fold(0, |length, _| length << 8 | u64::from(byte(&mut self.0))),
            length => u64::from(length),
        };
        let mut bytes = vec![0; length as usize];
        self.0.read_exact(&mut bytes).expect("the whole frame");
        match kind & 0x0f {
            1 => Said::Text(serde_json::from_slice(&bytes).expect("JSON")),
            2 => Said::Frame(bytes),
            other => panic!("a frame of kind {other}"),
        }
    }

    /// The next text of a type; frames before it are dropped.
    fn text(&mut self, kind: &str) -> Value {
        loop {
            if let Said::Text(text) = self.hear()
                && text["type"] == kind
            {
                return text;
            }
        }
    }

    /// The next frame whose flag "past" is as wanted: its time, ms.
    fn frame(&mut self, past: bool) -> i64 {
        loop {
            if let Said::Frame(bytes) = self.hear()
                && (bytes[2] & 1 == 1) == past
            {
                return i64::from_le_bytes(bytes[8..16].try_into().expect("eight bytes"));
            }
        }
    }
}

fn byte(stream: &mut TcpStream) -> u8 {
    let mut byte = [0];
    stream.read_exact(&mut byte).expect("a byte");
    byte[0]
}

#[test]
fn the_past_is_told_apart_from_the_present_and_from_what_is_not_kept() {
    let world = world();
    let mut plan = plan(&world, "live");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    let last = served.played();
    let mut socket = Socket::open(&served);

    let status = socket.text("status");
    let incidents = socket.text("incidents");
    assert!(!incidents["incidents"].as_array().expect("a list").is_empty());
    assert!(!socket.text("sensors")["sensors"].as_array().expect("a list").is_empty());
    let alarm = socket.text("alarm");
    let sounding = incidents["incidents"].as_array().expect("a list").iter().find(|one| one["id"] == alarm["incident"]);
    assert_eq!(sounding.expect("an incident that is known")["opened"], alarm["since"]);
    assert_eq!(socket.frame(false), last.ns() / 1_000_000);

    let from = status["history"]["from"].as_str().expect("a moment").to_owned();
    socket.say(&json!({"type": "as_of", "time": "2025-09-20T11:00:00Z", "paused": true}));
    let fault = socket.text("fault");
    assert!(fault["kept"]["from"].as_str().is_some_and(|kept| kept <= from.as_str()), "{fault}");

    socket.say(&json!({"type": "as_of", "time": from, "paused": true}));
    let then = socket.frame(true);
    assert_eq!((Time::EPOCH + Span::from_ms(then)).to_string(), from);
    socket.say(&json!({"type": "live"}));
    assert_eq!(socket.frame(false), last.ns() / 1_000_000);
}

#[test]
fn an_event_stream_begins_with_what_is_so_now() {
    let served = Served::new(&http_helper::site("[site]\nname = \"quiet\"\n"), Mode::Watch, None, false);
    let mut stream = served.connect();
    let head = format!("GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n", served.authority);
    stream.write_all(head.as_bytes()).expect("asked");
    let mut heard = Vec::new();
    while !["\"status\"", "\"incidents\"", "\"sensors\""]
        .iter()
        .all(|kind| String::from_utf8_lossy(&heard).contains(&format!("\"type\":{kind}")))
    {
        heard.push(byte(&mut stream));
    }
}
