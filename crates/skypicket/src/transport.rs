//! How bytes travel: sockets, files, polls. A transport knows nothing of what the bytes mean; any format comes over any transport.
//!
//! Each transport runs on a thread of its own (a listener: one more a connection) and hands what happens to a [`Sink`] that the
//! program gives it. A sink that has no room makes TCP, files and polls wait, so that the sender is held up; datagrams nobody can
//! hold up, so that the sink drops and counts them. Everything ends within [`STOP_WITHIN`] of [`Stop::stop`].
//! Documentation page: docs/transports.md.

mod backoff;
mod file;
mod http;
mod kernel_drops;
mod listening;
mod net;
mod params;
mod stdin;
mod stop;
mod tcp;
mod tcp_listen;
mod udp;

pub use listening::Listening;
pub use stop::Stop;

use skypicket_model::{ConnectionId, FeedId};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Every transport, in the order in which `skypicket list` shows them.
pub const TRANSPORTS: &[TransportKind] = &[tcp::KIND, tcp_listen::KIND, udp::KIND, http::KIND, file::KIND, stdin::KIND];

/// How long a transport may take to end once it is asked to; a poll under way may take its own timeout instead.
pub const STOP_WITHIN: Duration = Duration::from_millis(500);
/// How much is read at a time.
const READ_BYTES: usize = 64 * 1024;
/// How often a thread that waits for a socket looks whether it should end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One row of [`TRANSPORTS`].
#[derive(Clone, Copy)]
pub struct TransportKind {
    /// Config value, metric label and section of docs/transports.md at once.
    pub name: &'static str,
    /// One line for `skypicket list`.
    pub summary: &'static str,
    /// Whether the parameters are right; opens nothing.
    pub check: fn(&serde_json::Value) -> Result<(), String>,
    /// The port that it takes for itself, where it does and its parameters are right.
    pub listens: fn(&serde_json::Value) -> Option<Listening>,
    /// JSON Schema of the parameters.
    pub schema: fn() -> schemars::Schema,
    /// Makes a transport; opens nothing yet, fails only on wrong parameters.
    pub build: fn(&serde_json::Value) -> Result<Box<dyn Transport>, String>,
}

/// The transport of that name.
#[must_use]
pub fn kind(name: &str) -> Option<&'static TransportKind> {
    TRANSPORTS.iter().find(|kind| kind.name == name)
}

/// Brings the bytes of one feed.
pub trait Transport: Send {
    /// Runs until it is asked to stop, or for ever done (a file at its end).
    fn run(self: Box<Self>, feed: Feeding);
}

/// What happens at a feed.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// A connection begins.
    Opened {
        /// The feed.
        feed: FeedId,
        /// Its new connection; no number is given twice.
        connection: ConnectionId,
        /// Who is at the other end.
        peer: &'a str,
        /// Whether its bytes come as whole datagrams.
        datagram: bool,
        /// Whether the sender can be held up; where it cannot, a sink without room refuses, and there is no such connection.
        can_wait: bool,
    },
    /// Bytes came.
    Bytes {
        /// The feed.
        feed: FeedId,
        /// Its connection.
        connection: ConnectionId,
        /// They are one whole datagram.
        datagram: bool,
        /// Whether the sender can be held up; where it cannot, a sink without room must drop them at once.
        can_wait: bool,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A connection ended; a sink never waits for this.
    Closed {
        /// The feed.
        feed: FeedId,
        /// The connection.
        connection: ConnectionId,
        /// Why, for people.
        why: &'a str,
    },
    /// The operating system dropped datagrams because we were too slow.
    Drops {
        /// The feed.
        feed: FeedId,
        /// How many since this was told last.
        count: u64,
    },
    /// The feed's state changed.
    State {
        /// The feed.
        feed: FeedId,
        /// To what.
        state: State,
    },
}

/// How a feed stands.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It tries to reach someone.
    Connecting {
        /// Whom.
        to: String,
    },
    /// It is connected, or reads.
    Connected {
        /// With whom, or what.
        to: String,
    },
    /// It waits for others to come.
    Listening {
        /// Where.
        at: String,
    },
    /// Something failed; it tries again.
    Waiting {
        /// What failed.
        why: String,
        /// When it tries again.
        retry_in: Duration,
    },
    /// It came to its end.
    Finished,
    /// It failed and does not try again.
    Failed {
        /// What failed.
        why: String,
    },
}

/// What became of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// They will be recorded and decoded.
    Accepted,
    /// There was no room and no waiting: they are lost and counted.
    Dropped,
    /// Nothing more is taken: the transport ends.
    Closing,
}

/// Takes what transports bring. Called from many threads.
pub trait Sink: Send + Sync {
    /// Takes an event. For [`Event::Bytes`] that can wait, it returns when there is room.
    fn take(&self, event: Event<'_>) -> Taken;
}

/// Gives connections their numbers, over all feeds of an epoch.
#[derive(Clone, Debug)]
pub struct ConnectionNumbers(Arc<AtomicU32>);

impl ConnectionNumbers {
    /// The first number that is given is one above `last`.
    #[must_use]
    pub fn after(last: ConnectionId) -> Self {
        Self(Arc::new(AtomicU32::new(last.0)))
    }

    fn next(&self) -> ConnectionId {
        ConnectionId(self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }
}

/// What a transport needs of the program.
#[derive(Clone)]
pub struct Feeding {
    feed: FeedId,
    sink: Arc<dyn Sink>,
    numbers: ConnectionNumbers,
    stop: Stop,
}

impl Feeding {
    /// For one feed.
    #[must_use]
    pub fn new(feed: FeedId, sink: Arc<dyn Sink>, numbers: ConnectionNumbers, stop: Stop) -> Self {
        Self { feed, sink, numbers, stop }
    }

    /// Asked to end?
    fn stopping(&self) -> bool {
        self.stop.stopping()
    }

    fn state(&self, state: State) {
        self.sink.take(Event::State { feed: self.feed, state });
    }

    fn drops(&self, count: u64) {
        if count > 0 {
            self.sink.take(Event::Drops { feed: self.feed, count });
        }
    }

    /// Opens a connection to a sender that can be held up; it closes itself when it is dropped.
    fn open(&self, peer: &str, datagram: bool) -> Connection {
        let connection = self.numbers.next();
        // Refused only when nothing is taken any more, which whoever sends bytes is told.
        let _ = self.sink.take(Event::Opened { feed: self.feed, connection, peer, datagram, can_wait: true });
        Connection { feeding: self.clone(), connection, why: "stopped".to_owned() }
    }

    /// Opens a connection for datagrams of a new sender, without ever waiting.
    ///
    /// # Errors
    /// What became of it when there was no room.
    fn open_at_once(&self, peer: &str) -> Result<Connection, Taken> {
        let connection = self.numbers.next();
        let event = Event::Opened { feed: self.feed, connection, peer, datagram: true, can_wait: false };
        match self.sink.take(event) {
            Taken::Accepted => Ok(Connection { feeding: self.clone(), connection, why: "stopped".to_owned() }),
            refused => Err(refused),
        }
    }
}

/// An open connection.
struct Connection {
    feeding: Feeding,
    connection: ConnectionId,
    why: String,
}

impl Connection {
    /// Hands on bytes of a sender that can be held up.
    fn bytes(&self, datagram: bool, bytes: &[u8]) -> Taken {
        self.take(datagram, true, bytes)
    }

    /// Hands on a datagram that cannot wait.
    fn datagram(&self, bytes: &[u8]) -> Taken {
        self.take(true, false, bytes)
    }

    fn take(&self, datagram: bool, can_wait: bool, bytes: &[u8]) -> Taken {
        let Self { feeding, connection, .. } = self;
        let event = Event::Bytes { feed: feeding.feed, connection: *connection, datagram, can_wait, bytes };
        feeding.sink.take(event)
    }

    /// Closes it for a reason.
    fn close(mut self, why: &str) {
        why.clone_into(&mut self.why);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Self { feeding, connection, why } = self;
        feeding.sink.take(Event::Closed { feed: feeding.feed, connection: *connection, why });
    }
}

/// Runs a transport on a thread of its own, named after the feed.
///
/// # Errors
/// When the system gives no thread.
pub fn start(transport: Box<dyn Transport>, name: &str, feeding: Feeding) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(format!("feed {name}")).spawn(move || transport.run(feeding))
}
