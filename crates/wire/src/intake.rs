//! Every decoder of a running system: one a connection. Live, replay, simulation and tests all go through here.

use crate::decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};
use skypicket_model::{Canon, CanonError, ConnectionId, FeedId, Reader};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many connections may be open at once; the oldest number is closed first.
pub const MAX_CONNECTIONS: usize = 4096;

/// One feed: which format, built from what.
#[derive(Clone)]
pub struct Feed {
    /// The format.
    pub kind: &'static DecoderKind,
    /// What its decoders are built from.
    pub setup: FeedSetup,
}

/// A decoder panicked: its outputs of this chunk were dropped and it was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panicked;

/// The feeds and the decoders of their open connections.
pub struct Intake {
    feeds: Vec<Feed>,
    decoders: BTreeMap<(FeedId, ConnectionId), Box<dyn Decoder>>,
}

impl Intake {
    /// Checks that every feed's decoder can be built.
    ///
    /// # Errors
    /// With the feed's number, format and the fault in its parameters.
    pub fn new(feeds: Vec<Feed>) -> Result<Self, String> {
        for (number, feed) in feeds.iter().enumerate() {
            (feed.kind.build)(&feed.setup).map_err(|why| format!("feed {number} ({}): {why}", feed.kind.name))?;
        }
        Ok(Self { feeds, decoders: BTreeMap::new() })
    }

    /// The feeds.
    #[must_use]
    pub fn feeds(&self) -> &[Feed] {
        &self.feeds
    }

    /// A connection begins: whatever its number's former decoder held is dropped.
    pub fn open(&mut self, feed: FeedId, connection: ConnectionId) {
        if self.decoders.len() >= MAX_CONNECTIONS {
            self.decoders.pop_first();
        }
        if let Some(Ok(decoder)) = self.feeds.get(usize::from(feed.0)).map(|feed| (feed.kind.build)(&feed.setup)) {
            self.decoders.insert((feed, connection), decoder);
        }
    }

    /// A connection ends: its decoder reports what was left incomplete.
    pub fn close(&mut self, feed: FeedId, connection: ConnectionId, out: &mut Output) {
        if let Some(mut decoder) = self.decoders.remove(&(feed, connection)) {
            decoder.finish(out);
        }
    }

    /// The connections that are open, in order.
    pub fn connections(&self) -> impl Iterator<Item = (FeedId, ConnectionId)> + '_ {
        self.decoders.keys().copied()
    }

    /// Appends the state of all decoders.
    pub fn save(&self, out: &mut Vec<u8>) {
        self.decoders.len().encode(out);
        let mut state = Vec::new();
        for ((feed, connection), decoder) in &self.decoders {
            feed.encode(out);
            connection.encode(out);
            state.clear();
            decoder.save(&mut state);
            state.encode(out);
        }
    }

    /// Takes over what [`Intake::save`] gave to an intake of the same feeds.
    ///
    /// # Errors
    /// When the bytes are cut short, damaged, or of other feeds.
    pub fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        let count = usize::decode(reader)?;
        for _ in 0..count {
            let feed = FeedId::decode(reader)?;
            let connection = ConnectionId::decode(reader)?;
            let state = Vec::<u8>::decode(reader)?;
            self.open(feed, connection);
            let decoder = self.decoders.get_mut(&(feed, connection)).ok_or(CanonError::Invalid)?;
            let mut reader = Reader::new(&state);
            decoder.load(&mut reader)?;
            if reader.remaining() != 0 {
                return Err(CanonError::Invalid);
            }
        }
        Ok(())
    }

    /// Decodes a chunk of a connection; a connection not opened before is opened.
    ///
    /// # Errors
    /// [`Panicked`] when the decoder panicked, which is a defect of ours: its observations of this chunk are dropped, its state is
    /// made anew, and the caller journals the quarantine.
    pub fn push(
        &mut self,
        feed: FeedId,
        connection: ConnectionId,
        chunk: Chunk<'_>,
        out: &mut Output,
    ) -> Result<(), Panicked> {
        if !self.decoders.contains_key(&(feed, connection)) {
            self.open(feed, connection);
        }
        let Some(decoder) = self.decoders.get_mut(&(feed, connection)) else {
            return Ok(());
        };
        let before = out.observations.len();
        let outcome = catch_unwind(AssertUnwindSafe(|| decoder.push(chunk, out)));
        if outcome.is_err() {
            out.observations.truncate(before);
            self.open(feed, connection);
            return Err(Panicked);
        }
        Ok(())
    }
}
