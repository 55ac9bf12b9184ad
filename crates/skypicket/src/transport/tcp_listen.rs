//! `tcp-listen`: waits for others to connect and reads what they send, each on a thread of its own.

use super::net::{End, prepare, read_to_end};
use super::{Feeding, LOOK_EVERY, Listening, State, Transport, TransportKind, params};
use schemars::JsonSchema;
use serde::Deserialize;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub(super) const KIND: TransportKind = TransportKind {
    name: "tcp-listen",
    summary: "waits for senders to connect by TCP and reads from all of them",
    check: |value| Listener::new(value).map(|_| ()),
    listens: |value| params::read(value).ok().map(|Params { listen, .. }| Listening::tcp(listen)),
    schema: || schemars::schema_for!(Params),
    build: |value| Ok(Box::new(Listener::new(value)?)),
};

/// Parameters of `tcp-listen`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Address and port, `127.0.0.1:30004`, or `0.0.0.0:30004` for all.
    listen: SocketAddr,
    /// Senders that are let in; all where none is named.
    #[serde(default)]
    allow: Vec<IpAddr>,
    /// How many may be connected at once, in [1, 1024]; further ones are turned away. Default 64.
    #[serde(default = "sixty_four")]
    max_connections: usize,
    /// Hang up when nothing came for so long, seconds, in [1, 86400]; 0 never. Default 300.
    #[serde(default = "five_minutes")]
    idle_timeout_s: f64,
}

const fn sixty_four() -> usize {
    64
}
const fn five_minutes() -> f64 {
    300.0
}

/// Pause before the port is tried again when it cannot be had.
const RETRY: Duration = Duration::from_secs(5);

struct Listener {
    listen: SocketAddr,
    allow: Vec<IpAddr>,
    max_connections: usize,
    idle: Option<Duration>,
}

impl Listener {
    fn new(value: &serde_json::Value) -> Result<Self, String> {
        let params: Params = params::read(value)?;
        Ok(Self {
            listen: params.listen,
            allow: params.allow,
            max_connections: params::count("max_connections", params.max_connections, (1, 1024))?,
            idle: params::seconds_or_never("idle_timeout_s", params.idle_timeout_s, (1.0, 86_400.0))?,
        })
    }

    fn bind(&self) -> std::io::Result<TcpListener> {
        let listener = TcpListener::bind(self.listen)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    }

    fn admits(&self, peer: SocketAddr) -> bool {
        self.allow.is_empty() || self.allow.contains(&peer.ip().to_canonical())
    }

    /// Lets senders in until it is asked to stop.
    fn accept(&self, listener: &TcpListener, feeding: &Feeding, readers: &mut Vec<JoinHandle<()>>) {
        while !feeding.stopping() {
            readers.retain(|reader| !reader.is_finished());
            match listener.accept() {
                // Turned away without a word: the stream is closed by being dropped.
                Ok((_, peer)) if !self.admits(peer) || readers.len() >= self.max_connections => {}
                Ok((stream, peer)) => {
                    if let Some(reader) = self.read(stream, peer, feeding) {
                        readers.push(reader);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if feeding.stop.sleep(LOOK_EVERY / 4) {
                        return;
                    }
                }
                // Of one sender that gave up, or too many open files: the others are let in all the same.
                Err(_) => {
                    if feeding.stop.sleep(LOOK_EVERY) {
                        return;
                    }
                }
            }
        }
    }

    /// Reads one sender on a thread of its own.
    fn read(&self, mut stream: TcpStream, peer: SocketAddr, feeding: &Feeding) -> Option<JoinHandle<()>> {
        prepare(&stream).ok()?;
        let (feeding, idle) = (feeding.clone(), self.idle);
        let read = move || {
            let connection = feeding.open(&peer.to_string(), false);
            if let End::Lost(why) = read_to_end(&mut stream, &connection, &feeding, idle) {
                connection.close(&why);
            }
        };
        thread::Builder::new().name(format!("feed {peer}")).spawn(read).ok()
    }
}

impl Transport for Listener {
    fn run(self: Box<Self>, feeding: Feeding) {
        let mut readers = Vec::new();
        while !feeding.stopping() {
            match self.bind() {
                Ok(listener) => {
                    let at = listener.local_addr().unwrap_or(self.listen);
                    feeding.state(State::Listening { at: at.to_string() });
                    self.accept(&listener, &feeding, &mut readers);
                }
                Err(error) => {
                    let why = format!("{}: {error}", self.listen);
                    feeding.state(State::Waiting { why, retry_in: RETRY });
                    if feeding.stop.sleep(RETRY) {
                        return;
                    }
                }
            }
        }
        for reader in readers {
            // A reader that panicked has told what it read; there is nothing more to do for it.
            let _ = reader.join();
        }
    }
}
