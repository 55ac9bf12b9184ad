//! Checkpoints of the engine beside the journal, for restarts and for scrubbing through time. A checkpoint is never needed: the
//! journal alone gives the same state, later.

use super::durability::{Durability, Fate};
use super::format::{Hash, sha256};
use super::record::{get_bytes, get_hash, get_text, put_bytes};
use super::storage::{Storage, read_whole, write_whole};
use sha2::{Digest, Sha256};
use skypicket_model::canon::{Canon, CanonError, Reader};
use skypicket_model::ids::Seq;
use skypicket_model::time::{Span, Time};
use std::io;
use std::sync::Arc;

/// Longest state, bytes, before compression; with its file the most that loading holds in memory is twice this.
pub const MAX_STATE_BYTES: usize = 1 << 30;
/// First eight bytes of a checkpoint.
pub const CHECKPOINT_MAGIC: [u8; 8] = *b"SKYPCHKP";
/// Version of the layout.
pub const CHECKPOINT_VERSION: u16 = 1;
const FIXED_BYTES: usize = 32;
const MAX_META_BYTES: usize = 4096;
const SUFFIX: &str = ".skyc";

/// What a checkpoint is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointMeta {
    /// The journal ([`super::Recovery::journal_id`]).
    pub journal_id: [u8; 16],
    /// The build; only the same one can use the state.
    pub build: String,
    /// The epoch.
    pub epoch: u64,
    /// The last input that the state contains.
    pub seq: Seq,
    /// When that input was received.
    pub received: Time,
    /// The engine's digest after it.
    pub digest: Hash,
}

impl CheckpointMeta {
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&self.journal_id);
        put_bytes(&mut out, self.build.as_bytes());
        self.epoch.encode(&mut out);
        self.seq.encode(&mut out);
        self.received.ns().encode(&mut out);
        out.extend_from_slice(&self.digest);
        out
    }

    fn decode(bytes: &[u8]) -> Result<Self, CanonError> {
        let r = &mut Reader::new(bytes);
        Ok(Self {
            journal_id: r.take(16)?.try_into().map_err(|_| CanonError::Truncated)?,
            build: get_text(r)?.to_owned(),
            epoch: u64::decode(r)?,
            seq: Seq::decode(r)?,
            received: Time::from_ns(i64::decode(r)?),
            digest: get_hash(r)?,
        })
    }
}

/// A checkpoint in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// What it is of.
    pub meta: CheckpointMeta,
    /// File name.
    pub name: String,
    /// Length of the file in bytes.
    pub len_bytes: u64,
}

/// How many checkpoints are kept. Nearer ones lie closer: every one of the last `dense`, then one per 5 minutes for 2 hours, one
/// per 30 minutes for a day, one per 6 hours before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Age up to which every checkpoint is kept (default 15 minutes).
    pub dense: Span,
    /// Most checkpoints (default 256); the oldest go.
    pub max_count: usize,
    /// Most bytes (default 4 GiB); the oldest go, but never the newest.
    pub max_bytes: u64,
}

impl Default for Ring {
    fn default() -> Self {
        Self { dense: Span::from_s(900), max_count: 256, max_bytes: 4 << 30 }
    }
}

/// Why a checkpoint was not stored.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The state contains inputs that are not durable: after a power cut it would be of a past that never was.
    #[error("checkpoint of input {} is not stored: the input is not durable", .0.0)]
    NotDurable(Seq),
    /// The state is beyond [`MAX_STATE_BYTES`].
    #[error("checkpoint of {0} bytes is not stored: at most 1073741824 are")]
    TooLong(usize),
    /// The disk failed.
    #[error("checkpoint: {0}")]
    Io(#[from] io::Error),
}

/// A directory of checkpoints.
#[derive(Clone, Debug)]
pub struct CheckpointStore {
    storage: Arc<dyn Storage>,
    ring: Ring,
}

impl CheckpointStore {
    /// Uses a directory.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>, ring: Ring) -> Self {
        Self { storage, ring }
    }

    /// Stores a state and thins out older ones.
    ///
    /// # Errors
    /// See [`SaveError`]. Nothing half-written is ever found later.
    pub fn save(&self, meta: &CheckpointMeta, state: &[u8], durability: &Durability) -> Result<(), SaveError> {
        if durability.seq() < meta.seq || durability.fate(meta.seq) == Fate::Pending {
            return Err(SaveError::NotDurable(meta.seq));
        }
        if state.len() > MAX_STATE_BYTES {
            return Err(SaveError::TooLong(state.len()));
        }
        let stored = lz4_flex::block::compress(state);
        let head = encode_head(meta, state.len(), stored.len());
        let mut hasher = Sha256::new();
        hasher.update(&head);
        hasher.update(&stored);
        let hash: Hash = hasher.finalize().into();
        write_whole(self.storage.as_ref(), &name_of(meta), &[&head, &stored, &hash])?;
        Ok(self.thin()?)
    }

    /// All checkpoints with a readable head, oldest first.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn list(&self) -> io::Result<Vec<Checkpoint>> {
        let mut found = Vec::new();
        for file in self.storage.list()? {
            if !file.name.ends_with(SUFFIX) {
                continue;
            }
            let mut head = vec![0; FIXED_BYTES + MAX_META_BYTES];
            let read = self.storage.read_at(&file.name, 0, &mut head)?;
            if let Some(head) = head.get(..read).and_then(decode_head) {
                found.push(Checkpoint { meta: head.meta, name: file.name, len_bytes: file.len_bytes });
            }
        }
        found.sort_by(|a, b| (a.meta.seq, &a.name).cmp(&(b.meta.seq, &b.name)));
        Ok(found)
    }

    /// The state of a checkpoint, checked against its SHA-256.
    ///
    /// # Errors
    /// `InvalidData` when it is damaged; what the disk reports.
    pub fn load(&self, checkpoint: &Checkpoint) -> io::Result<Vec<u8>> {
        let name = &checkpoint.name;
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, format!("{name} is damaged"));
        let bytes = read_whole(self.storage.as_ref(), name, MAX_STATE_BYTES + MAX_STATE_BYTES / 8)?;
        let (body, hash) = bytes.split_last_chunk::<32>().ok_or_else(damaged)?;
        if sha256(body) != *hash {
            return Err(damaged());
        }
        let head = decode_head(body).filter(|head| head.meta == checkpoint.meta).ok_or_else(damaged)?;
        let stored = body.get(head.len..).filter(|stored| stored.len() == head.stored_len).ok_or_else(damaged)?;
        let mut state = vec![0; head.raw_len];
        match lz4_flex::block::decompress_into(stored, &mut state) {
            Ok(n) if n == head.raw_len => Ok(state),
            _ => Err(damaged()),
        }
    }

    /// The newest undamaged checkpoint of this journal and build with `seq <= until`, and those newer ones that were damaged.
    ///
    /// # Errors
    /// What the disk reports on listing.
    pub fn newest(&self, journal_id: [u8; 16], build: &str, until: Seq) -> io::Result<Newest> {
        let mut damaged = Vec::new();
        for checkpoint in self.list()?.into_iter().rev() {
            let meta = &checkpoint.meta;
            if meta.journal_id != journal_id || meta.build != build || meta.seq > until {
                continue;
            }
            match self.load(&checkpoint) {
                Ok(state) => return Ok(Newest { found: Some((checkpoint, state)), damaged }),
                Err(e) => damaged.push(e.to_string()),
            }
        }
        Ok(Newest { found: None, damaged })
    }

    /// The newest checkpoint of this journal and build received at or before `time`: where scrubbing to `time` starts.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn before(&self, journal_id: [u8; 16], build: &str, time: Time) -> io::Result<Option<Checkpoint>> {
        let fits = |c: &Checkpoint| c.meta.journal_id == journal_id && c.meta.build == build && c.meta.received <= time;
        Ok(self.list()?.into_iter().rev().find(fits))
    }

    fn thin(&self) -> io::Result<()> {
        let all = self.list()?;
        let surplus = surplus(&all, &self.ring);
        for &i in &surplus {
            self.storage.remove(&all[i].name)?;
        }
        if surplus.is_empty() { Ok(()) } else { self.storage.sync_dir() }
    }
}

/// What [`CheckpointStore::newest`] found.
#[derive(Clone, Debug, Default)]
pub struct Newest {
    /// The checkpoint and its state.
    pub found: Option<(Checkpoint, Vec<u8>)>,
    /// Newer ones that could not be used, for people.
    pub damaged: Vec<String>,
}

fn name_of(meta: &CheckpointMeta) -> String {
    format!("checkpoint-{:020}{SUFFIX}", meta.seq.0)
}

struct Head {
    meta: CheckpointMeta,
    raw_len: usize,
    stored_len: usize,
    len: usize,
}

fn encode_head(meta: &CheckpointMeta, raw_len: usize, stored_len: usize) -> Vec<u8> {
    let meta = meta.encode();
    let mut out = Vec::with_capacity(FIXED_BYTES + meta.len() + 8);
    out.extend_from_slice(&CHECKPOINT_MAGIC);
    CHECKPOINT_VERSION.encode(&mut out);
    0_u16.encode(&mut out);
    (raw_len as u64).encode(&mut out);
    (stored_len as u64).encode(&mut out);
    put_bytes(&mut out, &meta);
    crc32c::crc32c(&out).encode(&mut out);
    out
}

/// Reads the head and checks its CRC; a whole file's SHA-256 is checked on loading only.
fn decode_head(bytes: &[u8]) -> Option<Head> {
    let r = &mut Reader::new(bytes);
    let fits =
        r.take(8).ok()? == CHECKPOINT_MAGIC && u16::decode(r).ok()? == CHECKPOINT_VERSION && u16::decode(r).ok()? == 0;
    let raw_len = usize::try_from(u64::decode(r).ok()?).ok().filter(|&len| len <= MAX_STATE_BYTES)?;
    let stored_len = usize::try_from(u64::decode(r).ok()?).ok()?;
    let meta = get_bytes(r).ok()?;
    let len = bytes.len() - r.remaining();
    let crc = u32::decode(r).ok()?;
    let whole = fits && crc == crc32c::crc32c(&bytes[..len]);
    let meta = whole.then(|| CheckpointMeta::decode(meta).ok())??;
    Some(Head { meta, raw_len, stored_len, len: len + 4 })
}

/// Which of the checkpoints (oldest first) are to go.
fn surplus(all: &[Checkpoint], ring: &Ring) -> Vec<usize> {
    let Some(newest) = all.last() else { return Vec::new() };
    let mut go = Vec::new();
    let mut kept = Vec::new();
    let mut last_slot = None;
    for (i, checkpoint) in all.iter().enumerate() {
        let age = newest.meta.received - checkpoint.meta.received;
        let slot = slot(checkpoint.meta.received, age, ring);
        // The oldest of a slot stays: it will still be the oldest of its slot when the slots get wider.
        if slot.is_some() && slot == last_slot {
            go.push(i);
        } else {
            kept.push(i);
        }
        last_slot = slot;
    }
    let mut bytes: u64 = kept.iter().map(|&i| all[i].len_bytes).sum();
    let mut count = kept.len();
    for i in kept {
        if i + 1 == all.len() || (count <= ring.max_count && bytes <= ring.max_bytes) {
            break;
        }
        go.push(i);
        count -= 1;
        bytes -= all[i].len_bytes;
    }
    go
}

/// The stretch of time of which one checkpoint is enough; `None` where every one is kept.
fn slot(received: Time, age: Span, ring: &Ring) -> Option<(i64, i64)> {
    if age <= ring.dense {
        return None;
    }
    let step_s = if age <= Span::from_s(7_200) {
        300
    } else if age <= Span::from_s(86_400) {
        1_800
    } else {
        21_600
    };
    Some((step_s, received.floor_s().div_euclid(step_s)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Checkpoint {
        let meta = CheckpointMeta {
            journal_id: [0; 16],
            build: String::new(),
            epoch: 1,
            seq: Seq(s as u64),
            received: Time::from_s(s),
            digest: [0; 32],
        };
        Checkpoint { name: name_of(&meta), meta, len_bytes: 1000 }
    }

    #[test]
    fn near_ones_lie_close_and_far_ones_sparse() {
        let ring = Ring::default();
        let mut held: Vec<Checkpoint> = Vec::new();
        for minute in 0..2 * 1440 {
            held.push(at(minute * 60));
            let go = surplus(&held, &ring);
            held = held.iter().enumerate().filter(|(i, _)| !go.contains(i)).map(|(_, c)| c.clone()).collect();
        }
        let now = 2 * 1440 * 60 - 60;
        let within = |from: i64, to: i64| {
            held.iter().filter(|c| (from..to).contains(&(now - c.meta.received.floor_s()))).count()
        };
        assert_eq!(within(0, 901), 16);
        assert!((20..=23).contains(&within(901, 7201)), "{}", within(901, 7201));
        assert!((43..=46).contains(&within(7201, 86_401)), "{}", within(7201, 86_401));
        assert!((3..=5).contains(&within(86_401, 172_801)), "{}", within(86_401, 172_801));
    }

    #[test]
    fn the_limits_hold_and_the_newest_stays() {
        let all: Vec<Checkpoint> = (0..100).map(at).collect();
        assert_eq!(surplus(&all, &Ring { max_count: 10, ..Ring::default() }), (0..90).collect::<Vec<_>>());
        assert_eq!(surplus(&all, &Ring { max_bytes: 5_000, ..Ring::default() }).len(), 95);
        assert_eq!(surplus(&all, &Ring { max_bytes: 10, ..Ring::default() }).len(), 99);
    }
}
