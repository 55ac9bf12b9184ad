//! Files that a site file names: read from disk at first, from the journal's content store at a replay.

use crate::journal::{ContentRef, Hash, content::ContentStore, sha256};
use std::path::{Path, PathBuf};

/// Longest file that a config may name, bytes.
pub(super) const MAX_FILE_BYTES: u64 = 256 << 20;

/// A file that a plan rests on.
#[derive(Clone, Debug)]
pub struct PlanFile {
    /// What it is for: `borders`, `airspace`, `flight-plans`.
    pub role: &'static str,
    /// Its path as the config names it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of them.
    pub sha256: Hash,
}

/// Where the bytes of named files come from.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// In words, without the name.
    fn read(&self, role: &str, name: &Path) -> Result<Vec<u8>, String>;
}

/// Files on disk, relative to the site file's folder.
pub struct DiskFiles {
    /// That folder.
    pub folder: PathBuf,
}

impl Files for DiskFiles {
    fn read(&self, _role: &str, name: &Path) -> Result<Vec<u8>, String> {
        let path = self.folder.join(name);
        let size = std::fs::metadata(&path).map_err(|error| error.to_string())?.len();
        if size > MAX_FILE_BYTES {
            return Err(format!("has {size} bytes, may have {MAX_FILE_BYTES}"));
        }
        std::fs::read(&path).map_err(|error| error.to_string())
    }
}

/// Files as an epoch's first record lists them, from the content store beside the journal.
pub struct StoredFiles<'a> {
    /// The store.
    pub store: &'a ContentStore,
    /// What the epoch lists.
    pub listed: &'a [ContentRef],
}

impl Files for StoredFiles<'_> {
    fn read(&self, role: &str, name: &Path) -> Result<Vec<u8>, String> {
        let name = name.to_string_lossy();
        let listed = self.listed.iter().find(|file| file.role == role && file.name == name);
        let listed = listed.ok_or("is not among the files that the journal's epoch lists")?;
        self.store.get(&listed.sha256).map_err(|error| error.to_string())
    }
}

/// Collects the files that a plan reads.
pub struct FileSet<'a> {
    from: &'a dyn Files,
    files: Vec<PlanFile>,
}

impl<'a> FileSet<'a> {
    /// Nothing read yet.
    #[must_use]
    pub fn new(from: &'a dyn Files) -> Self {
        Self { from, files: Vec::new() }
    }

    /// Reads a file and remembers it.
    ///
    /// # Errors
    /// In words, with its name.
    pub fn read(&mut self, role: &'static str, name: &Path) -> Result<&PlanFile, String> {
        let shown = name.to_string_lossy().into_owned();
        let bytes = self.from.read(role, name).map_err(|why| format!("{role} file \"{shown}\": {why}"))?;
        let sha256 = sha256(&bytes);
        self.files.push(PlanFile { role, name: shown, bytes, sha256 });
        self.files.last().ok_or_else(String::new)
    }

    /// What was read, in order.
    #[must_use]
    pub fn into_files(self) -> Vec<PlanFile> {
        self.files
    }
}
