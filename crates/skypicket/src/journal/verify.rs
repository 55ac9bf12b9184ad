//! Reads a whole journal and reports every damage.

use super::format::Hash;
use super::reader::{ReadError, Reader};
use super::record::Kind;
use super::storage::Storage;
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::io;
use std::sync::Arc;

/// What [`verify`] found.
#[derive(Debug, Default)]
pub struct Verification {
    /// Segments in the directory.
    pub segments: usize,
    /// Good records.
    pub records: u64,
    /// Bytes of all segments.
    pub bytes: u64,
    /// First good record.
    pub first: Option<(Seq, Time)>,
    /// Last good record.
    pub last: Option<(Seq, Time)>,
    /// Stretches of inputs that were lost and are recorded as lost.
    pub gaps: u64,
    /// Hash of the last good record: who keeps it elsewhere can tell later whether this journal was changed or cut short.
    pub head: Option<Hash>,
    /// Every place where reading could not go on; it went on with the next segment.
    pub faults: Vec<ReadError>,
}

impl Verification {
    /// No damage anywhere.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Reads everything, checks checksums, hash chain, order and compression, and collects what is wrong.
///
/// # Errors
/// When the directory cannot be read at all.
pub fn verify(storage: Arc<dyn Storage>) -> io::Result<Verification> {
    let mut reader = Reader::open(storage)?;
    let mut found = Verification {
        segments: reader.index().segments.len(),
        bytes: reader.index().total_bytes(),
        ..Verification::default()
    };
    loop {
        match reader.next_record() {
            Ok(Some(record)) => {
                let here = (record.seq, record.received);
                found.records += 1;
                found.gaps += u64::from(record.kind == Kind::Gap);
                found.first.get_or_insert(here);
                found.last = Some(here);
                found.head = reader.head();
            }
            Ok(None) => return Ok(found),
            Err(e) => {
                found.faults.push(e);
                if !reader.skip_damage() {
                    return Ok(found);
                }
            }
        }
    }
}
