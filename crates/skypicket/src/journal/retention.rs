//! Keeps the journal within its limits by removing whole segments, oldest first, and never one of the running epoch.

use super::segments::Index;
use super::storage::Storage;
use skypicket_model::ids::Seq;
use skypicket_model::time::{Span, Time};
use std::io;

/// How much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all segments together.
    pub max_bytes: u64,
    /// Age of the youngest record of a segment at which it goes; `None` keeps whatever fits.
    pub max_age: Option<Span>,
    /// Free space on the disk below which old segments go too.
    pub min_free_bytes: u64,
}

impl Default for Limits {
    /// 50 GB, any age, 1 GiB left free.
    fn default() -> Self {
        Self { max_bytes: 50_000_000_000, max_age: None, min_free_bytes: 1 << 30 }
    }
}

/// What [`enforce`] removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// First segment.
    pub first: u64,
    /// Last segment.
    pub last: u64,
    /// How many.
    pub segments: u64,
    /// Bytes freed.
    pub bytes: u64,
    /// The oldest record still held.
    pub oldest: Seq,
}

/// What is still beyond the limits when nothing more may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// Bytes of all segments.
    pub total_bytes: u64,
    /// Free bytes of the disk.
    pub free_bytes: u64,
}

/// Removes what the limits do not allow to be kept.
///
/// # Errors
/// When the disk fails; what was removed before is removed.
pub fn enforce(
    storage: &dyn Storage,
    limits: &Limits,
    epoch: u64,
    now: Time,
) -> io::Result<(Option<Removed>, Option<Excess>)> {
    let index = Index::load(storage)?;
    let mut total_bytes = index.total_bytes();
    let mut removed: Option<Removed> = None;
    // One with a broken header is passed over: nothing damaged is ever removed.
    let usable: Vec<_> =
        index.segments.iter().filter_map(|s| s.header.as_ref().ok().map(|header| (s, header))).collect();
    for pair in usable.windows(2) {
        let [(segment, header), (_, next)] = pair else { break };
        if header.epoch >= epoch {
            break;
        }
        let too_old = limits.max_age.is_some_and(|age| Time::from_ns(next.first_received_ns) < now - age);
        if total_bytes <= limits.max_bytes && !too_old && storage.free_bytes()? >= limits.min_free_bytes {
            break;
        }
        storage.remove(&segment.name)?;
        // After each one, so that a power cut cannot bring back an older one than the last.
        storage.sync_dir()?;
        total_bytes -= segment.len_bytes;
        let so_far = removed.get_or_insert(Removed {
            first: header.segment,
            last: header.segment,
            segments: 0,
            bytes: 0,
            oldest: Seq(next.first_seq),
        });
        so_far.last = header.segment;
        so_far.segments += 1;
        so_far.bytes += segment.len_bytes;
        so_far.oldest = Seq(next.first_seq);
    }
    let free_bytes = storage.free_bytes()?;
    let beyond = total_bytes > limits.max_bytes || free_bytes < limits.min_free_bytes;
    Ok((removed, beyond.then_some(Excess { total_bytes, free_bytes })))
}
