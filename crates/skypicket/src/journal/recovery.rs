//! What a writer does before it writes: finds the longest valid prefix of the journal, sets the rest aside, deletes nothing.
//!
//! Only the newest segment can have been cut off in the middle of a write, so only it is read here; older ones are checked when they
//! are read ([`super::verify()`] reads all). If setting aside fails, say because the disk is full, the rest stays where it is and
//! the next segment's header supersedes it.

use super::commit::Head;
use super::epoch::EpochStart;
use super::format::{HeaderFault, SegmentHeader, SegmentReason, sha256};
use super::reader::Reader;
use super::scan::{Position, ScanError, SegmentScan, salvage};
use super::segments::{Index, Segment, number_in_use};
use super::storage::{Storage, read_whole, write_whole};
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::io;
use std::sync::Arc;

/// Longest rest of a segment that is looked through and set aside as a copy, bytes.
const MAX_REST_BYTES: usize = 512 << 20;

/// Something that was not part of the longest valid prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The segment.
    pub file: String,
    /// Offset from which it could not be used.
    pub offset: u64,
    /// Bytes from there on.
    pub len_bytes: u64,
    /// Why, for people.
    pub why: String,
    /// The name it has now; `None` when it could not be moved and is superseded instead.
    pub kept_as: Option<String>,
    /// Whole records found in it. None means a write that was cut off (normal after a power cut); some mean damage in the middle,
    /// or writes that reached the disk out of order.
    pub records_in_it: usize,
}

/// What a writer finds when it opens a journal.
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// Random name of the journal.
    pub journal_id: [u8; 16],
    /// The last record of the journal; `None` when it is new.
    pub last: Option<(Seq, Time)>,
    /// Number of the running epoch; 0 when there is none.
    pub epoch: u64,
    /// How the running epoch began and when. `None` means that a new one must begin before anything is appended.
    pub epoch_start: Option<(EpochStart, Time)>,
    /// Why the start of the running epoch cannot be read, when it is there.
    pub epoch_fault: Option<String>,
    /// The first sequence number of the running epoch.
    pub epoch_first: Option<Seq>,
    /// What was set aside.
    pub set_aside: Vec<SetAside>,
    /// Inputs that were damaged and set aside: a gap is recorded for them.
    pub lost: Option<(Seq, Seq)>,
}

/// What makes a journal impossible to write.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk failed, or another process writes.
    #[error("journal: {0}")]
    Io(#[from] io::Error),
    /// Another version's segment.
    #[error("journal: {file}: {fault}")]
    Version {
        /// The segment.
        file: String,
        /// Which version.
        fault: HeaderFault,
    },
}

pub(super) struct Recovered {
    pub(super) head: Head,
    pub(super) last_received: Option<Time>,
    pub(super) report: Recovery,
    pub(super) index: Index,
}

pub(super) fn recover(storage: &Arc<dyn Storage>, new_id: [u8; 16]) -> Result<Recovered, OpenError> {
    let mut index = Index::load(storage.as_ref())?;
    for segment in &index.segments {
        if let Err(fault @ (HeaderFault::UnknownVersion(_) | HeaderFault::UnknownSchema(_))) = segment.header {
            return Err(OpenError::Version { file: segment.name.clone(), fault });
        }
    }
    let numbers = storage.list()?;
    let next_segment =
        numbers.iter().filter_map(|file| number_in_use(&file.name)).max().map_or(1, |n| n.saturating_add(1));
    let mut head = Head {
        journal_id: new_id,
        durable: 0,
        chain: [0; 32],
        epoch: 0,
        segment: 0,
        next_segment,
        reason: SegmentReason::Restart,
    };
    let mut report = Recovery::default();
    let mut last_received = None;
    let mut rests: Vec<Vec<u8>> = Vec::new();
    while let Some(segment) = index.segments.pop() {
        let Ok(header) = segment.header.clone() else {
            rests.push(set_aside_whole(storage.as_ref(), &segment, &mut report)?);
            continue;
        };
        let (position, rest) = valid_prefix(storage, &segment, &header, &mut report)?;
        rests.extend(rest);
        head.journal_id = header.journal_id;
        head.durable = position.next_seq - 1;
        head.chain =
            if head.durable < header.first_seq { header.prev_hash } else { position.chain.unwrap_or_default() };
        head.epoch = header.epoch;
        head.segment = header.segment;
        last_received = Some(Time::from_ns(position.received_ns));
        index.segments.push(segment);
        break;
    }
    let numbered = head.durable + 1;
    let believable =
        |rest: &[u8]| numbered..=numbered.saturating_add((rest.len() / super::format::RECORD_HEADER_BYTES) as u64);
    let records = rests.iter().map(|rest| salvage(rest, believable(rest)));
    let mut last_seen = head.durable;
    for (found, aside) in records.zip(&mut report.set_aside) {
        aside.records_in_it = found.len();
        last_seen = found.iter().map(|record| record.header.seq).fold(last_seen, u64::max);
    }
    report.lost = (last_seen > head.durable).then_some((Seq(numbered), Seq(last_seen)));
    report.last = last_received.filter(|_| head.durable > 0).map(|received| (Seq(head.durable), received));
    report.epoch = head.epoch;
    report.journal_id = head.journal_id;
    find_epoch(storage, &index, &head, &mut report);
    Ok(Recovered { head, last_received, report, index })
}

/// A damaged start of the running epoch does not stop anybody from beginning a new one.
fn find_epoch(storage: &Arc<dyn Storage>, index: &Index, head: &Head, report: &mut Recovery) {
    let Some((_, header)) = index.epoch(head.epoch).filter(|(_, header)| header.first_seq <= head.durable) else {
        return;
    };
    let began = Time::from_ns(header.first_received_ns);
    report.epoch_first = Some(Seq(header.first_seq));
    match Reader::with_index(Arc::clone(storage), index.clone()).epoch_start(head.epoch) {
        Ok(start) => report.epoch_start = start.map(|start| (start, began)),
        Err(e) => report.epoch_fault = Some(e.to_string()),
    }
}

/// Reads the newest usable segment to its last good record and sets the rest aside.
fn valid_prefix(
    storage: &Arc<dyn Storage>,
    segment: &Segment,
    header: &SegmentHeader,
    report: &mut Recovery,
) -> Result<(Position, Option<Vec<u8>>), OpenError> {
    let start = Position {
        next_seq: header.first_seq,
        chain: Some(sha256(&header.encode())),
        received_ns: header.first_received_ns,
    };
    let mut scan = SegmentScan::new(Arc::clone(storage), segment.name.clone(), start);
    let fault = loop {
        match scan.peek() {
            Ok(Some(peeked)) => scan.advance(&peeked, true),
            Ok(None) => return Ok((scan.position, None)),
            Err(ScanError::Fault(fault)) => break fault,
            // Not damage: the disk may give the bytes another time. Nothing is moved and nothing written over.
            Err(ScanError::Io(e)) => return Err(e.into()),
        }
    };
    let whole = read_whole(storage.as_ref(), &segment.name, MAX_REST_BYTES)?;
    let rest = whole.get(scan.offset as usize..).unwrap_or_default().to_vec();
    let name = free_name(storage.as_ref(), segment, scan.offset)?;
    let kept =
        write_whole(storage.as_ref(), &name, &[&rest]).and_then(|()| storage.truncate(&segment.name, scan.offset));
    report.set_aside.push(SetAside {
        file: segment.name.clone(),
        offset: scan.offset,
        len_bytes: rest.len() as u64,
        why: fault.to_string(),
        kept_as: kept.is_ok().then_some(name),
        records_in_it: 0,
    });
    Ok((scan.position, Some(rest)))
}

/// Renames a segment whose header cannot be used.
fn set_aside_whole(storage: &dyn Storage, segment: &Segment, report: &mut Recovery) -> io::Result<Vec<u8>> {
    let rest = read_whole(storage, &segment.name, MAX_REST_BYTES)?;
    let name = free_name(storage, segment, 0)?;
    let kept = storage.rename(&segment.name, &name).and_then(|()| storage.sync_dir());
    report.set_aside.push(SetAside {
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
