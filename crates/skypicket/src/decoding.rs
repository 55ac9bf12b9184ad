//! The decoders of a run and how records drive them: watching, replaying and `decode` all go through here.

use crate::journal::{Body, Kind, Record};
use crate::plan::Plan;
use skypicket_model::{Canon, CanonError, ConnectionId, FeedId, Reader};
use skypicket_wire::{Chunk, Feed, Intake, Output};
use std::collections::BTreeSet;

/// What a record was to the decoders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A connection began.
    Opened,
    /// A connection ended; what its decoder had left is in the output.
    Closed,
    /// Bytes were decoded.
    Decoded,
    /// The decoder panicked: its observations of this record are dropped and it was made anew.
    Panicked,
    /// Nothing: a tick, a command.
    Other,
}

/// Decoders of all open connections, and which of these bring whole datagrams.
pub struct Decoding {
    intake: Intake,
    datagrams: BTreeSet<(FeedId, ConnectionId)>,
}

impl Decoding {
    /// Decoders as a plan describes its feeds; none is open.
    ///
    /// # Errors
    /// When a format's parameters are wrong.
    pub fn new(plan: &Plan) -> Result<Self, String> {
        Ok(Self { intake: Intake::new(plan.wire_feeds())?, datagrams: BTreeSet::new() })
    }

    /// The feeds, by number.
    #[must_use]
    pub fn feeds(&self) -> &[Feed] {
        self.intake.feeds()
    }

    /// Takes a record and appends what it leads to.
    pub fn take(&mut self, record: &Record<'_>, output: &mut Output) -> Step {
        let (feed, connection) = (record.feed, record.connection);
        match record.kind {
            Kind::ConnectionOpened => {
                let datagrams = matches!(record.body(), Ok(Body::ConnectionOpened { datagrams: true, .. }));
                self.open(feed, connection, datagrams);
                Step::Opened
            }
            Kind::ConnectionClosed => {
                self.close(feed, connection, output);
                Step::Closed
            }
            Kind::Bytes => {
                let chunk = Chunk {
                    seq: record.seq,
                    received: record.received,
                    datagram: self.is_datagrams(feed, connection),
                    bytes: record.payload,
                };
                match self.intake.push(feed, connection, chunk, output) {
                    Ok(()) => Step::Decoded,
                    Err(_) => Step::Panicked,
                }
            }
            _ => Step::Other,
        }
    }

    /// Begins a connection; its chunks are whole datagrams or pieces of a stream.
    pub fn open(&mut self, feed: FeedId, connection: ConnectionId, datagrams: bool) {
        self.intake.open(feed, connection);
        if datagrams {
            self.datagrams.insert((feed, connection));
        } else {
            self.datagrams.remove(&(feed, connection));
        }
    }

    /// Ends a connection; what its decoder has left goes to the output.
    pub fn close(&mut self, feed: FeedId, connection: ConnectionId, output: &mut Output) {
        self.intake.close(feed, connection, output);
        self.datagrams.remove(&(feed, connection));
    }

    /// Whether a connection's chunks are whole datagrams.
    #[must_use]
    pub fn is_datagrams(&self, feed: FeedId, connection: ConnectionId) -> bool {
        self.datagrams.contains(&(feed, connection))
    }

    /// The open connections, in order.
    pub fn connections(&self) -> impl Iterator<Item = (FeedId, ConnectionId)> + '_ {
        self.intake.connections()
    }

    /// Appends the state of all decoders in canonical bytes.
    pub fn save(&self, out: &mut Vec<u8>) {
        self.datagrams.encode(out);
        self.intake.save(out);
    }

    /// Takes over what [`Self::save`] gave to decoders of the same plan.
    ///
    /// # Errors
    /// When the bytes are cut short or damaged; the decoders are then to be thrown away.
    pub fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.datagrams = Canon::decode(reader)?;
        self.intake.load(reader)
    }
}
