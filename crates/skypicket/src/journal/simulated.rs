//! A disk that exists only in memory and does everything that the contract in [`super::storage`] allows: it loses, tears and reorders
//! what was not synced, forgets directory entries, fails any operation, fills up, and loses power at any operation. The same seed
//! and the same calls give the same disk.

use super::storage::{Storage, StorageFile, StoredFile};
use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Bytes that reach the disk together or not at all, except when torn.
const SECTOR_BYTES: usize = 512;

/// A small seeded generator (SplitMix64), so that simulated trouble can be repeated.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 evenly distributed bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n` (0 when `n` is 0).
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.bits() % n }
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What goes wrong at a chosen operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The operation fails half done; the disk goes on working.
    InputOutput,
    /// As before, with "no space left".
    Full,
    /// Power goes in the middle of the operation; everything fails until [`SimulatedDisk::power_cycle`].
    PowerCut,
}

#[derive(Debug, Default)]
struct File {
    /// What reads see.
    live: Vec<u8>,
    /// What survives a power cut for certain.
    durable: Vec<u8>,
    /// Ranges of `live` written since the last sync attempt. A failed sync forgets them: a later one will not write them.
    dirty: Vec<Range<usize>>,
}

#[derive(Clone, Debug)]
enum DirectoryChange {
    Link(String, u64),
    Unlink(String),
    Rename(String, String),
}

#[derive(Debug)]
struct State {
    dice: Dice,
    files: BTreeMap<u64, File>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    changes: Vec<DirectoryChange>,
    operations: u64,
    troubles: BTreeMap<u64, Trouble>,
    broken: bool,
    fail_reads: bool,
    off: bool,
    boot: u64,
    capacity_bytes: u64,
    writer: Weak<()>,
}

/// A simulated directory; clones share it.
#[derive(Clone, Debug)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    /// An empty disk of unlimited size.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            dice: Dice::new(seed),
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            changes: Vec::new(),
            operations: 0,
            troubles: BTreeMap::new(),
            broken: false,
            fail_reads: false,
            off: false,
            boot: 0,
            capacity_bytes: u64::MAX,
            writer: Weak::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changing operations so far: the numbers that [`Self::trouble_at`] counts in.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Lets the operation with that number (the first is 0) go wrong.
    pub fn trouble_at(&self, operation: u64, trouble: Trouble) {
        self.state().troubles.insert(operation, trouble);
    }

    /// While set, every changing operation fails.
    pub fn break_writes(&self, broken: bool) {
        self.state().broken = broken;
    }

    /// While set, every read fails.
    pub fn break_reads(&self, broken: bool) {
        self.state().fail_reads = broken;
    }

    /// Sets how many bytes fit on the disk.
    pub fn set_capacity(&self, bytes: u64) {
        self.state().capacity_bytes = bytes;
    }

    /// Whether power is off.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.state().off
    }

    /// Takes power away and gives it back: of what was not synced a random part is left. Clears all planned trouble.
    pub fn power_cycle(&self) {
        self.state().power_cycle();
    }

    /// Flips one bit of a file, on the disk and for readers.
    pub fn flip_bit(&self, name: &str, bit: u64) {
        let mut state = self.state();
        let Some(id) = state.names.get(name).copied() else { return };
        if let Some(file) = state.files.get_mut(&id) {
            for bytes in [&mut file.live, &mut file.durable] {
                if let Some(byte) = bytes.get_mut((bit / 8) as usize) {
                    *byte ^= 1 << (bit % 8);
                }
            }
        }
    }

    /// A copy of the disk as it is now, sharing nothing.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        let copy = Self::new(0);
        let (from, mut to) = (self.state(), copy.state());
        to.dice = from.dice.clone();
        // File numbers are made from it.
        to.operations = from.operations;
        to.names = from.names.clone();
        to.durable_names = from.names.clone();
        for (&id, file) in &from.files {
            to.files.insert(id, File { live: file.live.clone(), durable: file.live.clone(), dirty: Vec::new() });
        }
        drop(to);
        copy
    }
}

fn off() -> io::Error {
    io::Error::other("simulated power cut")
}

impl File {
    fn append(&mut self, bytes: &[u8]) {
        let start = self.live.len();
        self.live.extend_from_slice(bytes);
        self.dirty.push(start..self.live.len());
    }

    fn persist(&mut self, range: Range<usize>) {
        if self.durable.len() < range.end {
            self.durable.resize(range.end, 0);
        }
        self.durable[range.clone()].copy_from_slice(&self.live[range]);
    }

    /// Lets a random part of the dirty sectors reach the disk, in any order, some torn; forgets the rest.
    fn persist_some(&mut self, dice: &mut Dice) {
        let percent = [0, 50, 90, 100][dice.below(4) as usize];
        let full_len = self.live.len();
        for range in std::mem::take(&mut self.dirty) {
            let mut at = range.start;
            while at < range.end {
                let end = ((at / SECTOR_BYTES + 1) * SECTOR_BYTES).min(range.end);
                if dice.chance(percent) {
                    let torn = dice.chance(10);
                    let until = if torn { at + dice.below((end - at) as u64) as usize } else { end };
                    self.persist(at..until);
                }
                at = end;
            }
        }
        // The length may reach the disk before the data: zeros, or what the blocks held before.
        if self.durable.len() < full_len && dice.chance(30) {
            let garbage = if dice.chance(50) { 0 } else { dice.bits() as u8 };
            self.durable.resize(full_len, garbage);
        }
    }
}

impl State {
    /// Counts an operation and says what befalls it.
    fn begin(&mut self) -> io::Result<Option<Trouble>> {
        if self.off {
            return Err(off());
        }
        let trouble = self.troubles.get(&self.operations).copied();
        self.operations += 1;
        // What this operation still does, it does in the dark.
        self.off = trouble == Some(Trouble::PowerCut);
        Ok(trouble.or(self.broken.then_some(Trouble::InputOutput)))
    }

    fn fail<T>(trouble: Trouble) -> io::Result<T> {
        Err(match trouble {
            Trouble::InputOutput => io::Error::other("simulated input/output error"),
            Trouble::Full => io::Error::new(io::ErrorKind::StorageFull, "simulated full disk"),
            Trouble::PowerCut => off(),
        })
    }

    fn used_bytes(&self) -> u64 {
        self.names.values().filter_map(|id| self.files.get(id)).map(|file| file.live.len() as u64).sum()
    }

    fn apply(names: &mut BTreeMap<String, u64>, change: &DirectoryChange) {
        match change {
            DirectoryChange::Link(name, id) => {
                names.insert(name.clone(), *id);
            }
            DirectoryChange::Unlink(name) => {
                names.remove(name);
            }
            DirectoryChange::Rename(from, to) => {
                if let Some(id) = names.remove(from) {
                    names.insert(to.clone(), id);
                }
            }
        }
    }

    fn change(&mut self, change: DirectoryChange) {
        Self::apply(&mut self.names, &change);
        self.changes.push(change);
    }

    fn sync_some_changes(&mut self) {
        let keep = self.dice.below(self.changes.len() as u64 + 1) as usize;
        let skip_percent = if self.dice.chance(50) { 0 } else { 30 };
        for change in &self.changes[..keep] {
            if !self.dice.chance(skip_percent) {
                Self::apply(&mut self.durable_names, change);
            }
        }
    }

    fn power_cycle(&mut self) {
        self.sync_some_changes();
        self.changes.clear();
        let mut dice = self.dice.clone();
        for file in self.files.values_mut() {
            file.persist_some(&mut dice);
            file.live.clone_from(&file.durable);
        }
        self.dice = dice;
        self.names = self.durable_names.clone();
        let names = &self.names;
        self.files.retain(|id, _| names.values().any(|held| held == id));
        self.off = false;
        self.boot += 1;
        self.troubles.clear();
        self.broken = false;
        self.fail_reads = false;
        self.writer = Weak::new();
    }

    fn file(&mut self, name: &str) -> io::Result<&mut File> {
        let id = self.names.get(name).copied();
        id.and_then(|id| self.files.get_mut(&id))
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, name.to_owned()))
    }
}

struct Handle {
    disk: SimulatedDisk,
    id: u64,
    boot: u64,
}

impl Handle {
    fn with<T>(&self, act: impl FnOnce(&mut State, Option<Trouble>) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.state();
        if state.boot != self.boot {
            return Err(off());
        }
        let trouble = state.begin()?;
        act(&mut state, trouble)
    }
}

impl StorageFile for Handle {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.with(|state, trouble| {
            let free = state.capacity_bytes.saturating_sub(state.used_bytes());
            let trouble = trouble.or((bytes.len() as u64 > free).then_some(Trouble::Full));
            let part = match trouble {
                None => bytes.len(),
                Some(_) => state.dice.below(bytes.len() as u64 + 1).min(free) as usize,
            };
            if let Some(file) = state.files.get_mut(&self.id) {
                file.append(&bytes[..part]);
            }
            trouble.map_or(Ok(()), State::fail)
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.with(|state, trouble| {
            let State { files, dice, .. } = state;
            let Some(file) = files.get_mut(&self.id) else { return Err(off()) };
            match trouble {
                None => {
                    for range in std::mem::take(&mut file.dirty) {
                        file.persist(range);
                    }
                    Ok(())
                }
                Some(Trouble::PowerCut) => State::fail(Trouble::PowerCut),
                Some(trouble) => {
                    file.persist_some(dice);
                    State::fail(trouble)
                }
            }
        })
    }
}

impl Storage for SimulatedDisk {
    fn create(&self, name: &str) -> io::Result<Box<dyn StorageFile>> {
        let mut state = self.state();
        let trouble = state.begin()?;
        if state.names.contains_key(name) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, name.to_owned()));
        }
        let half_done = trouble.is_some() && state.dice.chance(50);
        let id = state.operations;
        if trouble.is_none() || half_done {
            state.files.insert(id, File::default());
            state.change(DirectoryChange::Link(name.to_owned(), id));
        }
        match trouble {
            None => Ok(Box::new(Handle { disk: self.clone(), id, boot: state.boot })),
            Some(trouble) => State::fail(trouble),
        }
    }

    fn list(&self) -> io::Result<Vec<StoredFile>> {
        let state = self.state();
        if state.off || state.fail_reads {
            return Err(off());
        }
        let len = |id| state.files.get(id).map_or(0, |file| file.live.len() as u64);
        Ok(state.names.iter().map(|(name, id)| StoredFile { name: name.clone(), len_bytes: len(id) }).collect())
    }

    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        if state.off || state.fail_reads {
            return Err(off());
        }
        let file = state.file(name)?;
        let rest = file.live.get(offset as usize..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        let trouble = state.begin()?;
        state.file(from)?;
        if trouble.is_none() || state.dice.chance(50) {
            state.change(DirectoryChange::Rename(from.to_owned(), to.to_owned()));
        }
        trouble.map_or(Ok(()), State::fail)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        let trouble = state.begin()?;
        state.file(name)?;
        if trouble.is_none() || state.dice.chance(50) {
            state.change(DirectoryChange::Unlink(name.to_owned()));
        }
        trouble.map_or(Ok(()), State::fail)
    }

    fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.state();
        let trouble = state.begin()?;
        match trouble {
            None => {
                let State { changes, durable_names, .. } = &mut *state;
                for change in changes.drain(..) {
                    State::apply(durable_names, &change);
                }
                Ok(())
            }
            Some(trouble) => {
                if trouble != Trouble::PowerCut {
                    state.sync_some_changes();
                }
                State::fail(trouble)
            }
        }
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let state = self.state();
        if state.off { Err(off()) } else { Ok(state.capacity_bytes.saturating_sub(state.used_bytes())) }
    }

    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        let mut state = self.state();
        if state.writer.strong_count() > 0 {
            return Err(io::Error::new(io::ErrorKind::WouldBlock, "the simulated disk has another writer"));
        }
        let held = Arc::new(());
        state.writer = Arc::downgrade(&held);
        Ok(Box::new(held))
    }
}
