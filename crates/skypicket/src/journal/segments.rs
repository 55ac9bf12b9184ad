//! Which segments a journal has, in what order, and up to where each one counts: the index, rebuilt from their headers alone.
//!
//! A segment counts up to the smallest `first_seq` of any later one: what it holds from there on was never acknowledged from this
//! file and was written again. So an abandoned segment needs no clean-up to be harmless.

use super::format::{HeaderFault, SEGMENT_HEADER_BYTES, SegmentHeader};
use super::storage::Storage;
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::io;

const PREFIX: &str = "segment-";
const SUFFIX: &str = ".skyj";

/// File name of a segment.
#[must_use]
pub fn segment_name(number: u64) -> String {
    format!("{PREFIX}{number:020}{SUFFIX}")
}

/// Number in the name of a segment; `None` for every other file.
#[must_use]
pub fn segment_number(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    if digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// The number in any name that a segment or what was set aside of it has, so that no number is used twice.
pub(super) fn number_in_use(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.get(..20)?.parse().ok()
}

/// One segment file.
#[derive(Clone, Debug)]
pub struct Segment {
    /// File name.
    pub name: String,
    /// Length in bytes.
    pub len_bytes: u64,
    /// Its header, or what is wrong with it.
    pub header: Result<SegmentHeader, HeaderFault>,
    /// The first sequence number that a later segment took over.
    pub stop: Option<Seq>,
    /// The next readable segment says that it does not continue this one: a failed attempt, which holds nothing that counts.
    pub abandoned: bool,
}

impl Segment {
    /// Whether any of its records count.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.header.as_ref().is_ok_and(|header| self.stop.is_none_or(|stop| header.first_seq < stop.0))
    }
}

/// The segments of a journal in order.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// By number.
    pub segments: Vec<Segment>,
}

impl Index {
    /// Reads the headers of all segments (128 bytes each).
    ///
    /// # Errors
    /// When the directory or a header cannot be read.
    pub fn load(storage: &dyn Storage) -> io::Result<Self> {
        Self::load_where(storage, |_| true)
    }

    /// As [`Self::load`] for the files with these names only.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_named(storage: &dyn Storage, names: &[String]) -> io::Result<Self> {
        Self::load_where(storage, |name| names.iter().any(|wanted| wanted == name))
    }

    fn load_where(storage: &dyn Storage, wanted: impl Fn(&str) -> bool) -> io::Result<Self> {
        let mut segments = Vec::new();
        for file in storage.list()? {
            let Some(number) = segment_number(&file.name).filter(|_| wanted(&file.name)) else { continue };
            let mut bytes = [0; SEGMENT_HEADER_BYTES];
            let read = storage.read_at(&file.name, 0, &mut bytes)?;
            let header = SegmentHeader::decode(&bytes[..read]);
            let header = header.and_then(|h| if h.segment == number { Ok(h) } else { Err(HeaderFault::Damaged) });
            segments.push(Segment { name: file.name, len_bytes: file.len_bytes, header, stop: None, abandoned: false });
        }
        let mut index = Self { segments };
        index.find_stops();
        Ok(index)
    }

    fn find_stops(&mut self) {
        let mut stop: Option<u64> = None;
        let mut continued: Option<u64> = None;
        for segment in self.segments.iter_mut().rev() {
            segment.stop = stop.map(Seq);
            segment.abandoned = continued.is_some_and(|number| segment_number(&segment.name) != Some(number));
            if let Ok(header) = &segment.header {
                stop = Some(stop.map_or(header.first_seq, |stop| stop.min(header.first_seq)));
                continued = Some(header.prev_segment);
            }
        }
    }

    /// Segments that hold records which count, with their place in [`Self::segments`].
    fn live(&self) -> impl DoubleEndedIterator<Item = (usize, &SegmentHeader)> {
        let live = self.segments.iter().enumerate().filter(|(_, segment)| segment.is_live());
        live.filter_map(|(i, segment)| segment.header.as_ref().ok().map(|header| (i, header)))
    }

    /// The place of the segment that holds `seq`, or of the first one when it is older than all.
    #[must_use]
    pub fn place_of_seq(&self, seq: Seq) -> usize {
        self.place_by(|header| header.first_seq <= seq.0)
    }

    /// The place of the segment in which to look for the first record received at or after `time`.
    #[must_use]
    pub fn place_of_time(&self, time: Time) -> usize {
        self.place_by(|header| header.first_received_ns < time.ns())
    }

    fn place_by(&self, before: impl Fn(&SegmentHeader) -> bool) -> usize {
        let last_before = self.live().rev().find(|(_, header)| before(header));
        last_before.or_else(|| self.live().next()).map_or(self.segments.len(), |(i, _)| i)
    }

    /// Place and header of the first segment of an epoch.
    #[must_use]
    pub fn epoch(&self, epoch: u64) -> Option<(usize, &SegmentHeader)> {
        self.live().find(|(_, header)| header.epoch == epoch)
    }

    /// The epochs whose first segment is there, each with the header of that segment.
    #[must_use]
    pub fn epochs(&self) -> Vec<&SegmentHeader> {
        let mut epochs: Vec<&SegmentHeader> = Vec::new();
        for (_, header) in self.live() {
            if epochs.last().is_none_or(|last| last.epoch != header.epoch) {
                epochs.push(header);
            }
        }
        epochs
    }

    /// Bytes of all segments.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.len_bytes).sum()
    }
}
