//! Files named by what is in them: the bytes of every airspace, border and config file that an epoch refers to.

use super::epoch::ContentRef;
use super::format::{Hash, sha256};
use super::storage::{Storage, read_whole, write_whole};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

/// Longest file kept, bytes.
pub const MAX_CONTENT_BYTES: usize = 256 << 20;
const SUFFIX: &str = ".content";

/// Lower-case hexadecimal digits of a hash.
#[must_use]
pub fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn name_of(hash: &Hash) -> String {
    format!("{}{SUFFIX}", hex(hash))
}

/// A directory of files by SHA-256.
#[derive(Clone, Debug)]
pub struct ContentStore {
    storage: Arc<dyn Storage>,
}

impl ContentStore {
    /// Uses a directory.
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage }
    }

    /// Keeps bytes and says how to name them in an epoch's start. Durable on return. A damaged earlier copy is written anew.
    ///
    /// # Errors
    /// `InvalidData` beyond [`MAX_CONTENT_BYTES`]; what the disk reports.
    pub fn put(&self, role: &str, name: &str, bytes: &[u8]) -> io::Result<ContentRef> {
        if bytes.len() > MAX_CONTENT_BYTES {
            let message = format!("{name} has {} bytes, at most {MAX_CONTENT_BYTES} are kept", bytes.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let sha256 = sha256(bytes);
        if self.get(&sha256).is_err() {
            write_whole(self.storage.as_ref(), &name_of(&sha256), &[bytes])?;
        }
        Ok(ContentRef { role: role.to_owned(), name: name.to_owned(), len_bytes: bytes.len() as u64, sha256 })
    }

    /// Removes the files that nobody names, and what a power cut left half written. Returns how many bytes were freed. Files of other
    /// names are nobody's business here.
    ///
    /// # Errors
    /// What the disk reports; what was removed before is removed.
    pub fn keep_only(&self, named: &BTreeSet<Hash>) -> io::Result<u64> {
        let kept: BTreeSet<String> = named.iter().map(name_of).collect();
        let mut freed = 0;
        for file in self.storage.list()? {
            let Some(stem) = file.name.strip_suffix(".partial").unwrap_or(&file.name).strip_suffix(SUFFIX) else {
                continue;
            };
            let ours = stem.len() == 64 && stem.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            if ours && !kept.contains(&file.name) {
                self.storage.remove(&file.name)?;
                freed += file.len_bytes;
            }
        }
        if freed > 0 {
            self.storage.sync_dir()?;
        }
        Ok(freed)
    }

    /// The bytes with that hash.
    ///
    /// # Errors
    /// `NotFound`; `InvalidData` when they are damaged; what the disk reports.
    pub fn get(&self, hash: &Hash) -> io::Result<Vec<u8>> {
        let name = name_of(hash);
        let bytes = read_whole(self.storage.as_ref(), &name, MAX_CONTENT_BYTES)?;
        if sha256(&bytes) == *hash {
            Ok(bytes)
        } else {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{name} is damaged: its bytes have another SHA-256"),
            ))
        }
    }
}
