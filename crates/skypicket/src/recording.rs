//! Recordings as arrivals: several files, each in some container and format, merged by (received, file, offset).
//!
//! Files packed with gzip are unpacked on the way ([`crate::unpack`]).
//!
//! Where a container has no times, those of the format's observations would be the only ones; such a file is spread evenly: each
//! chunk of 64 KiB or each packet comes [`UNTIMED_STEP`] after the one before, from `--start`. Without that it plays from a date
//! that nobody takes for real, and says so ([`Arrivals::notes`]): a file's own date is when it was copied, more often than not.

use crate::arrivals::{Arrival, Arrivals};
use crate::journal::NewRecord;
use crate::unpack::unpacked;
use skypicket_model::{ConnectionId, FeedId, Span, Time};
use skypicket_wire::ContainerKind;
use skypicket_wire::container::{self, DETECT_BYTES, Dates, Flow, Packets, Reading};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Time between packets that carry none.
pub const UNTIMED_STEP: Span = Span::from_ms(10);
/// Where time begins for recordings that have none and no `--start`: a date that nobody takes for real.
pub const UNTIMED_START: Time = Time::from_s(946_684_800);
/// How many faults are kept in words.
const MAX_FAULTS: usize = 20;

/// A file to play: which feed it feeds and what it is wrapped in.
#[derive(Clone)]
pub struct RecordingFile {
    /// Where.
    pub path: PathBuf,
    /// The feed that its bytes belong to.
    pub feed: FeedId,
    /// Its container; `None` to recognise it.
    pub container: Option<&'static ContainerKind>,
}

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It cannot be opened.
    #[error("{path}: {error}")]
    Open {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// It needs a moment to begin at.
    #[error(
        "{path}: a {container} recording carries no date; give the moment at which it begins with --start, written as 2025-09-09T21:30:00Z (a simulated one has it in the first lines of the site.toml beside)"
    )]
    NoStart {
        /// The file.
        path: String,
        /// Its container.
        container: &'static str,
    },
}

/// Several recordings, merged.
pub struct Recordings {
    files: Vec<Playing>,
    connections: u32,
    /// Bytes of all files.
    total: u64,
    read: Arc<AtomicU64>,
    last: Time,
    notes: Vec<String>,
}

struct Playing {
    feed: FeedId,
    name: String,
    packets: Box<dyn Packets>,
    next: Option<(Time, Option<Flow>, bool, Vec<u8>)>,
    flows: BTreeMap<Option<Flow>, ConnectionId>,
    pending: Vec<NewRecord>,
    clock: Time,
    /// The last packet had no time of its own.
    undated: bool,
    faults: Vec<String>,
    fault_count: u64,
}

impl Recordings {
    /// Opens the files. `start` gives a date to containers that have none.
    ///
    /// # Errors
    /// When a file cannot be opened or needs a start.
    pub fn open(files: &[RecordingFile], start: Option<Time>) -> Result<Self, RecordingError> {
        let read = Arc::new(AtomicU64::new(0));
        let mut recordings =
            Self { files: Vec::new(), connections: 0, total: 0, read, last: Time::MIN, notes: Vec::new() };
        for file in files {
            recordings.add(file, start)?;
        }
        Ok(recordings)
    }

    fn add(&mut self, file: &RecordingFile, start: Option<Time>) -> Result<(), RecordingError> {
        let name = file.path.display().to_string();
        let fail = |error| RecordingError::Open { path: name.clone(), error };
        let handle = File::open(&file.path).map_err(fail)?;
        self.total += handle.metadata().map_err(fail)?.len();
        let counted =
            Counted { file: std::io::BufReader::with_capacity(1 << 18, handle), read: Arc::clone(&self.read) };
        let mut bytes = unpacked(Box::new(counted)).map_err(fail)?;
        let (container, bytes): (_, Reading) = match file.container {
            Some(container) => (container, bytes),
            None => {
                let (container, head) = recognise(&mut bytes).map_err(fail)?;
                (container, Box::new(Cursor::new(head).chain(bytes)))
            }
        };
        let mut playing = Playing {
            feed: file.feed,
            name,
            packets: (container.open)(bytes, start),
            next: None,
            flows: BTreeMap::new(),
            pending: Vec::new(),
            clock: start.unwrap_or(UNTIMED_START),
            undated: false,
            faults: Vec::new(),
            fault_count: 0,
        };
        playing.advance();
        // What of a capture's packets has the capture's date, whatever its container may lack elsewhere: the first packet tells.
        if playing.undated && start.is_none() && matches!(container.dates, Dates::TimeOfDay | Dates::Elapsed) {
            return Err(RecordingError::NoStart { path: playing.name, container: container.name });
        }
        if playing.undated && start.is_none() {
            self.notes.push(format!(
                "{}: its records carry no date: it plays from {UNTIMED_START}; give the real one with --start TIME",
                playing.name
            ));
        }
        self.files.push(playing);
        Ok(())
    }
}

/// The container of a recording by its first bytes, and those bytes; what none recognises is `raw`.
fn recognise(read: &mut dyn Read) -> std::io::Result<(&'static ContainerKind, Vec<u8>)> {
    let mut head = Vec::new();
    read.take(DETECT_BYTES as u64).read_to_end(&mut head)?;
    let found = skypicket_wire::detect(&head).and_then(skypicket_wire::container);
    Ok((found.unwrap_or(&container::RAW), head))
}

impl Playing {
    fn advance(&mut self) {
        self.next = loop {
            match self.packets.next() {
                None => break None,
                Some(Err(error)) => {
                    self.fault_count += 1;
                    if self.faults.len() < MAX_FAULTS {
                        self.faults.push(format!("{}: {error}", self.name));
                    }
                }
                Some(Ok(packet)) => {
                    self.undated = packet.time.is_none();
                    let time = match packet.time {
                        Some(time) => {
                            self.clock = self.clock.max(time);
                            time
                        }
                        None => {
                            self.clock += UNTIMED_STEP;
                            self.clock
                        }
                    };
                    break Some((time, packet.flow, packet.datagram, packet.bytes.to_vec()));
                }
            }
        };
    }
}

impl Arrivals for Recordings {
    fn next_arrival(&mut self) -> Option<Arrival> {
        if let Some((file, record)) =
            self.files.iter_mut().find_map(|file| file.pending.pop().map(|record| (file.feed, record)))
        {
            let _ = file;
            return Some(Arrival { received: self.last, record });
        }
        let (index, _) = self
            .files
            .iter()
            .enumerate()
            .filter_map(|(index, file)| file.next.as_ref().map(|next| (index, next.0)))
            .min_by_key(|(index, time)| (*time, *index))?;
        let file = &mut self.files[index];
        let (time, flow, datagram, bytes) = file.next.take()?;
        file.advance();
        // A recording whose clock steps back is held, as a live one is.
        self.last = self.last.max(time);
        let connection = match file.flows.get(&flow) {
            Some(connection) => *connection,
            None => {
                self.connections += 1;
                let connection = ConnectionId(self.connections);
                file.flows.insert(flow, connection);
                file.pending.push(NewRecord::bytes(file.feed, connection, bytes));
                let peer = flow.map_or_else(|| file.name.clone(), |flow| flow.to_string());
                let record = NewRecord::connection_opened(file.feed, connection, &peer, datagram);
                return Some(Arrival { received: self.last, record });
            }
        };
        Some(Arrival { received: self.last, record: NewRecord::bytes(file.feed, connection, bytes) })
    }

    fn begin(&self) -> Option<Time> {
        self.files.iter().filter_map(|file| file.next.as_ref().map(|next| next.0)).min()
    }

    fn progress(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed).min(self.total), self.total)
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn faults(&self) -> Vec<String> {
        let mut all: Vec<String> = self.files.iter().flat_map(|file| file.faults.iter().cloned()).collect();
        for file in &self.files {
            let untold = file.fault_count.saturating_sub(file.faults.len() as u64);
            if untold > 0 {
                all.push(format!("{}: {untold} more", file.name));
            }
        }
        all
    }
}

/// The same recordings several times, each a second after the end of the one before: for measuring.
pub struct Repeated {
    files: Vec<RecordingFile>,
    start: Option<Time>,
    more: u32,
    now: Recordings,
    shift: Span,
    last: Option<Time>,
}

impl Repeated {
    /// Opens the files, to be played `times` times.
    ///
    /// # Errors
    /// As [`Recordings::open`].
    pub fn open(files: Vec<RecordingFile>, start: Option<Time>, times: u32) -> Result<Self, RecordingError> {
        let now = Recordings::open(&files, start)?;
        Ok(Self { files, start, more: times.saturating_sub(1), now, shift: Span::ZERO, last: None })
    }

    /// Opens them once more; false when that was all or they are no longer there.
    fn again(&mut self) -> bool {
        let (1.., Some(last)) = (self.more, self.last) else { return false };
        let Ok(next) = Recordings::open(&self.files, self.start) else { return false };
        self.shift = last + Span::from_s(1) - next.begin().unwrap_or(last);
        self.now = Recordings { connections: self.now.connections, ..next };
        self.more -= 1;
        true
    }
}

impl Arrivals for Repeated {
    fn next_arrival(&mut self) -> Option<Arrival> {
        loop {
            if let Some(mut arrival) = self.now.next_arrival() {
                arrival.received += self.shift;
                self.last = Some(arrival.received);
                return Some(arrival);
            }
            if !self.again() {
                return None;
            }
        }
    }

    fn begin(&self) -> Option<Time> {
        self.now.begin().map(|begin| begin + self.shift)
    }

    fn progress(&self) -> (u64, u64) {
        self.now.progress()
    }

    fn notes(&self) -> Vec<String> {
        self.now.notes()
    }

    fn faults(&self) -> Vec<String> {
        self.now.faults()
    }
}

/// Counts what was read, for the progress bar.
struct Counted<R> {
    file: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
