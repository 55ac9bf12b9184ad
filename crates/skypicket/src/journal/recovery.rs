//! What a writer does before it writes: finds the longest valid prefix of the journal, makes sure that it is on disk, sets the rest
//! aside, deletes nothing.
//!
//! Only the newest segment can have been cut off in the middle of a write, so only it is read here; older ones are checked when they
//! are read ([`super::verify()`] reads all).

use super::accepted::{Accepted, Budget};
use super::commit::{Committer, Head, Pending};
use super::epoch::EpochStart;
use super::format::{HeaderFault, RECORD_HEADER_BYTES, SegmentReason};
use super::reader::Reader;
use super::record::Kind;
use super::scan::salvage;
use super::segments::{Index, number_in_use};
use super::storage::Storage;
use super::tail::{TailRecord, read_tail, set_aside_whole};
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::io;
use std::sync::Arc;

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
    /// The end of what is on disk for certain.
    pub(super) head: Head,
    /// Records that can be read but may not survive a power cut: to be written again.
    pub(super) unsure: Vec<TailRecord>,
    pub(super) last_received: Option<Time>,
    pub(super) report: Recovery,
    pub(super) index: Index,
}

impl Recovered {
    /// The sequence number given last, as far as anybody can know.
    pub(super) fn last_seq(&self) -> u64 {
        let read = self.report.last.map_or(0, |(seq, _)| seq.0);
        self.report.lost.map_or(read, |(_, last)| last.0)
    }

    /// What has to be written before anything new: what may not be on disk, then the gap for what was damaged.
    pub(super) fn push_unwritten(&mut self, committer: &mut Committer, budget: &Arc<Budget>) {
        for TailRecord { seq, received, record } in self.unsure.drain(..) {
            let charge = budget.charge_anyway(record.payload_len());
            committer.push(Pending::Record(Arc::new(Accepted { seq, received, record, _charge: charge })));
        }
        if let Some((first, last)) = self.report.lost {
            committer.push(Pending::damaged(first, last, self.last_received));
        }
    }
}

pub(super) fn recover(storage: &Arc<dyn Storage>, new_id: [u8; 16]) -> Result<Recovered, OpenError> {
    // So that what an earlier process removed does not come back after a power cut. If it fails the disk will fail again later.
    let _ = storage.sync_dir();
    let mut index = Index::load(storage.as_ref())?;
    for segment in &index.segments {
        if let Err(fault @ (HeaderFault::UnknownVersion(_) | HeaderFault::UnknownSchema(_))) = segment.header {
            return Err(OpenError::Version { file: segment.name.clone(), fault });
        }
    }
    let names = storage.list()?;
    let next_segment =
        names.iter().filter_map(|file| number_in_use(&file.name)).max().map_or(1, |n| n.saturating_add(1));
    let reason = SegmentReason::Restart;
    let mut head = Head { journal_id: new_id, durable: 0, chain: [0; 32], epoch: 0, segment: 0, next_segment, reason };
    let mut report = Recovery::default();
    let (mut unsure, mut last_received, mut last) = (Vec::new(), None, 0);
    let mut rests: Vec<Vec<u8>> = Vec::new();
    while let Some(segment) = index.segments.pop() {
        let Ok(header) = segment.header.clone() else {
            rests.push(set_aside_whole(storage.as_ref(), &segment, &mut report.set_aside)?);
            continue;
        };
        let tail = read_tail(storage, &segment, &header, &mut report.set_aside)?;
        rests.extend(tail.rest);
        head.journal_id = header.journal_id;
        last = tail.end.next_seq - 1;
        last_received = Some(Time::from_ns(tail.end.received_ns));
        report.epoch = header.epoch;
        if tail.unsure.is_empty() {
            head.durable = last;
            head.chain = if last < header.first_seq { header.prev_hash } else { tail.end.chain.unwrap_or_default() };
            (head.segment, head.epoch) = (header.segment, header.epoch);
        } else {
            head.durable = header.first_seq - 1;
            head.chain = header.prev_hash;
            let begins_epoch = tail.unsure.first().is_some_and(|first| first.record.kind() == Kind::EpochStart);
            (head.segment, head.epoch) = (header.prev_segment, header.epoch - u64::from(begins_epoch));
            unsure = tail.unsure;
        }
        index.segments.push(segment);
        break;
    }
    let last_seen = last_seen(&rests, last, &mut report);
    report.lost = (last_seen > last).then_some((Seq(last + 1), Seq(last_seen)));
    report.last = last_received.filter(|_| last > 0).map(|received| (Seq(last), received));
    report.journal_id = head.journal_id;
    find_epoch(storage, &index, last, &mut report);
    Ok(Recovered { head, unsure, last_received, report, index })
}

/// Looks for whole records in what was set aside, so that none of their numbers is given again.
fn last_seen(rests: &[Vec<u8>], last: u64, report: &mut Recovery) -> u64 {
    let mut last_seen = last;
    for (rest, aside) in rests.iter().zip(&mut report.set_aside) {
        // More than one number for each record that fits is not believed: payloads can be made to look like records.
        let believable = last + 1..=last.saturating_add(1 + (rest.len() / RECORD_HEADER_BYTES) as u64);
        let found = salvage(rest, believable);
        aside.records_in_it = found.len();
        last_seen = found.iter().map(|record| record.header.seq).fold(last_seen, u64::max);
    }
    last_seen
}

/// A damaged start of the running epoch does not stop anybody from beginning a new one.
fn find_epoch(storage: &Arc<dyn Storage>, index: &Index, last: u64, report: &mut Recovery) {
    let Some((_, header)) = index.epoch(report.epoch).filter(|(_, header)| header.first_seq <= last) else {
        return;
    };
    let began = Time::from_ns(header.first_received_ns);
    report.epoch_first = Some(Seq(header.first_seq));
    match Reader::with_index(Arc::clone(storage), index.clone()).epoch_start(report.epoch) {
        Ok(start) => report.epoch_start = start.map(|start| (start, began)),
        Err(e) => report.epoch_fault = Some(e.to_string()),
    }
}
