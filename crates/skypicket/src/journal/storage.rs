//! What the journal needs of a disk, small enough to be simulated completely.
//!
//! One [`Storage`] is one flat directory. The contract that recovery relies on, and no more:
//! bytes appended survive a power cut only after [`StorageFile::sync`] succeeded; a created, renamed or removed name survives only
//! after [`Storage::sync_dir`] succeeded; what was not synced may be there, partly there, or hold zeros, in any order.
//! After a failed `sync` nothing is known about bytes since the last successful one, and it must never be repeated on that file:
//! file systems may drop the dirty pages and report success the second time (Rebello et al., "Can Applications Recover from fsync
//! Failures?", USENIX ATC 2020).

use std::any::Any;
use std::fmt;
use std::io;

/// A file being appended to.
pub trait StorageFile: Send {
    /// Appends all of `bytes`. After an error any part of them may have been appended.
    ///
    /// # Errors
    /// What the disk reports, such as `StorageFull`.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything appended so far survive a power cut.
    ///
    /// # Errors
    /// What the disk reports; the file must then be given up.
    fn sync(&mut self) -> io::Result<()>;
}

/// A name in the directory and the length of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// File name without any directory.
    pub name: String,
    /// Length in bytes.
    pub len_bytes: u64,
}

/// One flat directory of files.
pub trait Storage: Send + Sync + fmt::Debug {
    /// Creates a new empty file for appending.
    ///
    /// # Errors
    /// `AlreadyExists` when the name is taken; what the disk reports.
    fn create(&self, name: &str) -> io::Result<Box<dyn StorageFile>>;

    /// All regular files, sorted by name.
    ///
    /// # Errors
    /// What the disk reports.
    fn list(&self) -> io::Result<Vec<StoredFile>>;

    /// Reads from `offset` until `buffer` is full or the file ends; returns how many bytes were read.
    ///
    /// # Errors
    /// `NotFound`; what the disk reports.
    fn read_at(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Renames a file, replacing any file of the new name in one step.
    ///
    /// # Errors
    /// `NotFound`; what the disk reports.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound`; what the disk reports.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes creations, renames and removals survive a power cut.
    ///
    /// # Errors
    /// What the disk reports.
    fn sync_dir(&self) -> io::Result<()>;

    /// Bytes that can still be written.
    ///
    /// # Errors
    /// What the disk reports.
    fn free_bytes(&self) -> io::Result<u64>;

    /// Takes the directory for one writer; given back when the value is dropped or the process ends.
    ///
    /// # Errors
    /// `WouldBlock` when another writer has it.
    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>>;
}

/// Reads a whole file of at most `limit_bytes`.
///
/// # Errors
/// `InvalidData` when the file is longer; what the disk reports.
pub fn read_whole(storage: &dyn Storage, name: &str, limit_bytes: usize) -> io::Result<Vec<u8>> {
    const STEP_BYTES: usize = 1 << 20;
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len();
        bytes.resize(start + STEP_BYTES, 0);
        let read = storage.read_at(name, start as u64, &mut bytes[start..])?;
        bytes.truncate(start + read);
        if bytes.len() > limit_bytes {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{name} is longer than {limit_bytes} bytes"),
            ));
        }
        if read < STEP_BYTES {
            return Ok(bytes);
        }
    }
}

/// Writes a file so that after a power cut it is either absent or whole: a temporary name, sync, rename, directory sync.
///
/// # Errors
/// What the disk reports; a left-over temporary file (`.partial`) is removed as far as possible.
pub fn write_whole(storage: &dyn Storage, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    let partial = format!("{name}.partial");
    let attempt = || {
        match storage.remove(&partial) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let mut file = storage.create(&partial)?;
        for part in parts {
            file.append(part)?;
        }
        file.sync()?;
        drop(file);
        storage.rename(&partial, name)?;
        storage.sync_dir()
    };
    attempt().inspect_err(|_| {
        let _ = storage.remove(&partial);
    })
}
