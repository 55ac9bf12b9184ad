//! The newest segment of a journal as a writer finds it.
//!
//! That its records can be read does not mean that they are on disk: they may stand in the page cache of a machine whose last writer
//! was killed before its sync, or whose sync failed. So the good part is written once more, to a new file that takes the place of the
//! old one in one step. Where the disk does not allow even that, its records are handed back to be written again.

use super::format::{RecordFault, SegmentHeader, sha256};
use super::record::NewRecord;
use super::recovery::SetAside;
use super::scan::{Position, ScanError, SegmentScan};
use super::segments::Segment;
use super::storage::{Storage, read_whole, write_whole};
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::io;
use std::sync::Arc;

/// Longest segment that is recovered, bytes: a full one and the longest record.
const MAX_SEGMENT_BYTES: usize = 512 << 20;

/// A record that has its place already.
pub(super) struct TailRecord {
    pub(super) seq: Seq,
    pub(super) received: Time,
    pub(super) record: NewRecord,
}

/// What the newest segment holds.
pub(super) struct Tail {
    /// After the last good record.
    pub(super) end: Position,
    /// All its records, if it could not be made certain that they are on disk.
    pub(super) unsure: Vec<TailRecord>,
    /// The bytes behind the last good record.
    pub(super) rest: Option<Vec<u8>>,
}

/// Reads a segment to its last good record, sets the rest aside and makes sure of the good part.
pub(super) fn read_tail(
    storage: &Arc<dyn Storage>,
    segment: &Segment,
    header: &SegmentHeader,
    set_aside: &mut Vec<SetAside>,
) -> io::Result<Tail> {
    let mut scan = start_scan(storage, segment, header);
    let mut fault: Option<RecordFault> = None;
    loop {
        match scan.peek() {
            Ok(Some(peeked)) => scan.advance(&peeked, true),
            Ok(None) => break,
            Err(ScanError::Fault(found)) => {
                fault = Some(found);
                break;
            }
            // Not damage: the disk may give the bytes another time. Nothing is moved and nothing written over.
            Err(ScanError::Io(e)) => return Err(e),
        }
    }
    let whole = read_whole(storage.as_ref(), &segment.name, MAX_SEGMENT_BYTES)?;
    let (good, rest) = whole.split_at(whole.len().min(scan.offset as usize));
    let rest_is_kept = match &fault {
        None => true,
        Some(fault) => keep_rest(storage.as_ref(), segment, scan.offset, rest, &fault.to_string(), set_aside)?,
    };
    let certain = rest_is_kept && write_whole(storage.as_ref(), &segment.name, &[good]).is_ok();
    let unsure = if certain { Vec::new() } else { records(storage, segment, header, scan.position.next_seq)? };
    Ok(Tail { end: scan.position, unsure, rest: fault.map(|_| rest.to_vec()) })
}

fn start_scan(storage: &Arc<dyn Storage>, segment: &Segment, header: &SegmentHeader) -> SegmentScan {
    let chain = Some(sha256(&header.encode()));
    let start = Position { next_seq: header.first_seq, chain, received_ns: header.first_received_ns };
    SegmentScan::new(Arc::clone(storage), segment.name.clone(), start)
}

/// Copies the rest to a file of its own; false when the disk does not take it.
fn keep_rest(
    storage: &dyn Storage,
    segment: &Segment,
    offset: u64,
    rest: &[u8],
    why: &str,
    set_aside: &mut Vec<SetAside>,
) -> io::Result<bool> {
    let name = free_name(storage, segment, offset)?;
    let kept = write_whole(storage, &name, &[rest]).is_ok();
    set_aside.push(SetAside {
        file: segment.name.clone(),
        offset,
        len_bytes: rest.len() as u64,
        why: why.to_owned(),
        kept_as: kept.then_some(name),
        records_in_it: 0,
    });
    Ok(kept)
}

/// The records before `end_seq`, read once more.
fn records(
    storage: &Arc<dyn Storage>,
    segment: &Segment,
    header: &SegmentHeader,
    end_seq: u64,
) -> io::Result<Vec<TailRecord>> {
    let changed = || io::Error::other(format!("{} changed while it was read", segment.name));
    let mut scan = start_scan(storage, segment, header);
    let mut scratch = Vec::new();
    let mut records = Vec::new();
    while scan.position.next_seq < end_seq {
        let peeked = match scan.peek() {
            Ok(Some(peeked)) => peeked,
            Err(ScanError::Io(e)) => return Err(e),
            Ok(None) | Err(ScanError::Fault(_)) => return Err(changed()),
        };
        scan.advance(&peeked, true);
        let record = scan.taken(&peeked, &mut scratch).map_err(|_| changed())?;
        records.push(TailRecord { seq: record.seq, received: record.received, record: NewRecord::copy_of(&record) });
    }
    Ok(records)
}

/// Renames a segment whose header cannot be used; returns its bytes.
pub(super) fn set_aside_whole(
    storage: &dyn Storage,
    segment: &Segment,
    set_aside: &mut Vec<SetAside>,
) -> io::Result<Vec<u8>> {
    let rest = read_whole(storage, &segment.name, MAX_SEGMENT_BYTES)?;
    let name = free_name(storage, segment, 0)?;
    let kept = storage.rename(&segment.name, &name).and_then(|()| storage.sync_dir());
    set_aside.push(SetAside {
        file: segment.name.clone(),
        offset: 0,
        len_bytes: segment.len_bytes,
        why: segment.header.as_ref().err().map_or_else(String::new, ToString::to_string),
        kept_as: kept.is_ok().then_some(name),
        records_in_it: 0,
    });
    Ok(rest)
}

fn free_name(storage: &dyn Storage, segment: &Segment, offset: u64) -> io::Result<String> {
    let taken = storage.list()?;
    let stem = segment.name.trim_end_matches(".skyj");
    let names = (1..=u32::MAX).map(|n| format!("{stem}.damaged-{offset}-{n}"));
    let mut free = names.filter(|name| taken.iter().all(|file| file.name != *name));
    free.next().ok_or_else(|| io::Error::other(format!("no free name to set {} aside", segment.name)))
}
