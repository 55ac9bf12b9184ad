//! `stdin`: reads what is piped into the program.

use super::file::{find_container, open_packets, play};
use super::{Feeding, LOOK_EVERY, READ_BYTES, State, Transport, TransportKind, params};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use schemars::JsonSchema;
use serde::Deserialize;
use skypicket_wire::{ContainerKind, container};
use std::io::{self, ErrorKind, Read};

pub(super) const KIND: TransportKind = TransportKind {
    name: "stdin",
    summary: "reads what is piped into the program; for one feed only",
    check: |value| Stdin::new(value).map(|_| ()),
    listens: |_| None,
    schema: || schemars::schema_for!(Params),
    build: |value| Ok(Box::new(Stdin::new(value)?)),
};

/// Parameters of `stdin`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Params {
    /// What the bytes are wrapped in (`skypicket list`); a container is read as fast as it comes. Default: raw.
    container: Option<String>,
}

struct Stdin {
    container: Option<&'static ContainerKind>,
}

impl Stdin {
    fn new(value: &serde_json::Value) -> Result<Self, String> {
        let params: Params = params::read(value)?;
        Ok(Self { container: find_container(params.container.as_deref())? })
    }
}

/// Reads standard input on a thread that nothing waits for: a read that nobody answers cannot be ended.
fn read_stdin(chunks: &Sender<Vec<u8>>) {
    let mut stdin = io::stdin().lock();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match stdin.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                if chunks.send(buffer.get(..count).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// The other end of that thread: reads like a file, and ends when it is asked to stop.
struct Piped {
    chunks: Receiver<Vec<u8>>,
    chunk: Vec<u8>,
    used: usize,
    feeding: Feeding,
}

impl Read for Piped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used >= self.chunk.len() {
            if self.feeding.stopping() {
                return Ok(0);
            }
            match self.chunks.recv_timeout(LOOK_EVERY) {
                Ok(chunk) => (self.chunk, self.used) = (chunk, 0),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let rest = self.chunk.get(self.used..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.used += count;
        Ok(count)
    }
}

impl Transport for Stdin {
    fn run(self: Box<Self>, feeding: Feeding) {
        let (sender, chunks) = bounded(4);
        let spawned = std::thread::Builder::new().name("feed stdin".to_owned()).spawn(move || read_stdin(&sender));
        if let Err(error) = spawned {
            return feeding.state(State::Failed { why: error.to_string() });
        }
        feeding.state(State::Connected { to: "standard input".to_owned() });
        let piped = Piped { chunks, chunk: Vec::new(), used: 0, feeding: feeding.clone() };
        // Recognising a container would hold up a slow stream until enough has come.
        let packets = open_packets(Box::new(piped), Some(self.container.unwrap_or(&container::RAW)));
        if play(packets, "standard input", None, &feeding) && !feeding.stopping() {
            feeding.state(State::Finished);
        }
    }
}
