//! Reads a journal in order and checks everything it reads: what it returns is what was written, or it says where that ends.

use super::epoch::EpochStart;
use super::format::{Hash, HeaderFault, RecordFault, sha256};
use super::record::{Body, Kind, Record};
use super::scan::{Peeked, Position, ScanError, SegmentScan};
use super::segments::{Index, Segment};
use super::storage::Storage;
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::io;
use std::sync::Arc;

/// Why reading cannot go on, with the exact place.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk failed.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the disk reported.
        source: io::Error,
    },
    /// A segment header cannot be used.
    #[error("{file}: {fault}")]
    Header {
        /// The file.
        file: String,
        /// What is wrong.
        fault: HeaderFault,
    },
    /// A record cannot be used.
    #[error("{file} at byte {offset}: {fault} (the records up to {after} are good)", after = last.0)]
    Damaged {
        /// The file.
        file: String,
        /// Offset of the record in the file.
        offset: u64,
        /// The last good record before it; 0 when there is none.
        last: Seq,
        /// What is wrong.
        fault: RecordFault,
    },
    /// Records are missing between two segments.
    #[error("{file}: records {} to {} are missing before this segment", first.0, last.0)]
    Missing {
        /// The segment after the hole.
        file: String,
        /// First missing record.
        first: Seq,
        /// Last missing record.
        last: Seq,
    },
    /// A segment does not continue the hash chain of the one before.
    #[error("{file}: does not continue the hash chain of the segment before")]
    Chain {
        /// The segment.
        file: String,
    },
}

/// What reading starts from and where it stands.
struct Cursor {
    /// Place in the index of the current segment.
    place: usize,
    scan: Option<SegmentScan>,
    position: Position,
    /// Nothing was read yet: the first segment's header says where the order starts.
    fresh: bool,
}

/// Reads the records of a journal in order. It knows the segments of the moment when it was opened; to follow a journal that is
/// being written, open another one and seek.
pub struct Reader {
    storage: Arc<dyn Storage>,
    index: Index,
    cursor: Cursor,
    until: Seq,
    scratch: Vec<u8>,
    failed: bool,
}

impl Reader {
    /// Reads all of a journal from its oldest record.
    ///
    /// # Errors
    /// When the directory or a header cannot be read.
    pub fn open(storage: Arc<dyn Storage>) -> io::Result<Self> {
        let index = Index::load(storage.as_ref())?;
        Ok(Self::with_index(storage, index))
    }

    /// Reads the segments of an index, which may be a part of a journal.
    #[must_use]
    pub fn with_index(storage: Arc<dyn Storage>, index: Index) -> Self {
        let position = Position { next_seq: 0, chain: None, received_ns: i64::MIN };
        let cursor = Cursor { place: 0, scan: None, position, fresh: true };
        Self { storage, index, cursor, until: Seq(u64::MAX), scratch: Vec::new(), failed: false }
    }

    /// Ends after the record `last`: how a journal that is being written is read, up to what is durable.
    #[must_use]
    pub fn until(mut self, last: Seq) -> Self {
        self.until = last;
        self
    }

    /// The index that is read.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The sequence number that comes next, once one record was read or sought.
    #[must_use]
    pub fn next_seq(&self) -> Seq {
        Seq(self.cursor.position.next_seq)
    }

    /// Hash of the record read last.
    #[must_use]
    pub fn head(&self) -> Option<Hash> {
        self.cursor.position.chain
    }

    /// The next record; `None` after the last one. After an error only [`Self::skip_damage`] goes on.
    ///
    /// # Errors
    /// Says what is wrong where. Nothing after that place was returned.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ReadError> {
        if self.failed {
            return Ok(None);
        }
        match self.step(true) {
            Ok(Some(peeked)) => self.deliver(&peeked),
            Ok(None) => Ok(None),
            Err(e) => {
                self.failed = true;
                Err(e)
            }
        }
    }

    /// Goes to the first record at or after `seq`. Checksums are checked on the way, the hash chain from there on.
    ///
    /// # Errors
    /// As [`Self::next_record`].
    pub fn seek_seq(&mut self, seq: Seq) -> Result<(), ReadError> {
        self.seek(self.index.place_of_seq(seq), |peeked| peeked.seq >= seq.0)
    }

    /// Goes to the first record received at or after `time`, as [`Self::seek_seq`].
    ///
    /// # Errors
    /// As [`Self::next_record`].
    pub fn seek_time(&mut self, time: Time) -> Result<(), ReadError> {
        self.seek(self.index.place_of_time(time), |peeked| peeked.received_ns >= time.ns())
    }

    /// After an error, goes on with the next segment; false when there is none. What lies between is lost to the caller, who must
    /// say so.
    pub fn skip_damage(&mut self) -> bool {
        self.failed = false;
        self.restart_at(self.cursor.place + 1);
        self.cursor.place < self.index.segments.len()
    }

    /// How an epoch began; `None` when its first segment is not there any more.
    ///
    /// # Errors
    /// As [`Self::next_record`].
    pub fn epoch_start(&self, epoch: u64) -> Result<Option<EpochStart>, ReadError> {
        let Some((place, _)) = self.index.epoch(epoch) else { return Ok(None) };
        let segments = self.index.segments[place..=place].to_vec();
        let mut reader = Self::with_index(Arc::clone(&self.storage), Index { segments });
        let Some(record) = reader.next_record()? else { return Ok(None) };
        match (record.kind, record.body()) {
            (Kind::EpochStart, Ok(Body::EpochStart(start))) => Ok(Some(*start)),
            _ => Ok(None),
        }
    }

    fn restart_at(&mut self, place: usize) {
        let position = Position { next_seq: 0, chain: None, received_ns: i64::MIN };
        self.cursor = Cursor { place, scan: None, position, fresh: true };
    }

    fn seek(&mut self, place: usize, found: impl Fn(&Peeked) -> bool) -> Result<(), ReadError> {
        self.failed = false;
        self.restart_at(place);
        loop {
            match self.peek() {
                Ok(Some(peeked)) if found(&peeked) => return Ok(()),
                Ok(Some(peeked)) => self.advance(&peeked, false),
                Ok(None) => return Ok(()),
                Err(e) => {
                    self.failed = true;
                    return Err(e);
                }
            }
        }
    }

    fn step(&mut self, hash: bool) -> Result<Option<Peeked>, ReadError> {
        let peeked = self.peek()?;
        if let Some(peeked) = &peeked {
            self.advance(peeked, hash);
        }
        Ok(peeked)
    }

    fn advance(&mut self, peeked: &Peeked, hash: bool) {
        if let Some(scan) = &mut self.cursor.scan {
            scan.advance(peeked, hash);
            self.cursor.position = scan.position;
        }
    }

    fn deliver(&mut self, peeked: &Peeked) -> Result<Option<Record<'_>>, ReadError> {
        let Some(scan) = &self.cursor.scan else { return Ok(None) };
        match scan.taken(peeked, &mut self.scratch) {
            Ok(record) => Ok(Some(record)),
            Err(fault) => {
                self.failed = true;
                let file = self.index.segments[self.cursor.place].name.clone();
                Err(ReadError::Damaged {
                    file,
                    offset: scan.offset,
                    last: Seq(peeked.first_seq.saturating_sub(1)),
                    fault,
                })
            }
        }
    }

    /// The next record that counts, in this segment or the next ones.
    fn peek(&mut self) -> Result<Option<Peeked>, ReadError> {
        loop {
            if !self.cursor.fresh && self.cursor.position.next_seq > self.until.0 {
                return Ok(None);
            }
            let Some(segment) = self.index.segments.get(self.cursor.place) else { return Ok(None) };
            if self.cursor.scan.is_none() && !Self::enter(&self.storage, &mut self.cursor, segment)? {
                self.cursor.place += 1;
                continue;
            }
            let Some(scan) = &mut self.cursor.scan else { return Ok(None) };
            let next_seq = scan.position.next_seq;
            let superseded = next_seq > self.until.0 || segment.stop.is_some_and(|stop| next_seq >= stop.0);
            let peeked = if superseded { Ok(None) } else { scan.peek() };
            match peeked {
                Ok(Some(peeked)) => return Ok(Some(peeked)),
                Ok(None) => {
                    self.cursor.scan = None;
                    self.cursor.place += 1;
                }
                Err(ScanError::Io(source)) => return Err(ReadError::Io { file: segment.name.clone(), source }),
                Err(ScanError::Fault(fault)) => {
                    let (file, offset, last) = (segment.name.clone(), scan.offset, Seq(next_seq.saturating_sub(1)));
                    return Err(ReadError::Damaged { file, offset, last, fault });
                }
            }
        }
    }

    /// Opens a segment at its first record; false when it holds nothing that counts.
    fn enter(storage: &Arc<dyn Storage>, cursor: &mut Cursor, segment: &Segment) -> Result<bool, ReadError> {
        let file = || segment.name.clone();
        let header = match &segment.header {
            Ok(header) => header,
            // A failed attempt; and where a later segment goes on where the last good one ended, nothing is missing.
            Err(HeaderFault::Short | HeaderFault::Damaged)
                if segment.abandoned || (segment.stop.is_some() && !cursor.fresh) =>
            {
                return Ok(false);
            }
            Err(fault) => return Err(ReadError::Header { file: file(), fault: *fault }),
        };
        if !segment.is_live() {
            return Ok(false);
        }
        let position = &mut cursor.position;
        if cursor.fresh {
            *position = Position { next_seq: header.first_seq, chain: Some(header.prev_hash), received_ns: i64::MIN };
            cursor.fresh = false;
        }
        if header.first_seq > position.next_seq {
            let (first, last) = (Seq(position.next_seq), Seq(header.first_seq - 1));
            return Err(ReadError::Missing { file: file(), first, last });
        }
        if header.first_seq != position.next_seq || position.chain.is_some_and(|chain| chain != header.prev_hash) {
            return Err(ReadError::Chain { file: file() });
        }
        let chain = Some(sha256(&header.encode()));
        let position = Position { chain, ..*position };
        cursor.scan = Some(SegmentScan::new(Arc::clone(storage), file(), position));
        cursor.position = position;
        Ok(true)
    }
}
