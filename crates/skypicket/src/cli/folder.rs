//! Folders for recordings that nobody asked to keep: gone with the program, or, where it was killed, with the next one's start.
//!
//! A temporary folder holds `owner.lock`, locked by its program as long as that lives; the system gives the lock back however the
//! program ends. A folder is removed only if it has our name's pattern, is a folder of its own (no link) of the same owner as ours,
//! and its lock can be had. The lock gets its name only once it is locked, so that no folder is found between the two.

use anyhow::Context;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// What our temporary folders' names begin with; process and time follow, as numbers.
const PREFIX: &str = "skypicket-";
/// The file whose lock says that the folder is in use.
const LOCK: &str = "owner.lock";

/// A folder for a recording: given, or one of its own that is removed at the end.
pub(super) struct Folder {
    path: PathBuf,
    /// Of a temporary folder: the lock that says that it is in use.
    owned: Option<File>,
}

impl Folder {
    /// The given folder, or a new one; then also removes what killed programs left.
    pub(super) fn new(given: Option<PathBuf>) -> anyhow::Result<Self> {
        match given {
            Some(path) => Ok(Self { path, owned: None }),
            None => Self::temporary(&std::env::temp_dir()),
        }
    }

    fn temporary(parent: &Path) -> anyhow::Result<Self> {
        let path = parent.join(format!("{PREFIX}{}-{}", std::process::id(), crate::wall::now().ns()));
        // Fails where something of that name is there already: nobody can put a folder of their own in its place.
        let made = private_folder(&path).and_then(|()| lock(&path));
        let owned = made.with_context(|| format!("temporary folder {}", path.display()))?;
        remove_abandoned(parent, &path);
        Ok(Self { path, owned: Some(owned) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.owned.is_some() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(unix)]
fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

fn lock(folder: &Path) -> io::Result<File> {
    let unnamed = folder.join("owner.partial");
    let file = OpenOptions::new().write(true).create_new(true).open(&unnamed)?;
    file.try_lock()?;
    fs::rename(unnamed, folder.join(LOCK))?;
    Ok(file)
}

/// Removes the folders of programs that are gone; what cannot be looked at or removed stays.
fn remove_abandoned(parent: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let ours = entry.file_name().to_str().is_some_and(is_our_name);
        if ours && path != own && same_owner(&path, own) && is_abandoned(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// `skypicket-<process>-<time>`, both numbers.
fn is_our_name(name: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let rest = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'));
    rest.is_some_and(|(process, time)| number(process) && number(time))
}

#[cfg(unix)]
fn same_owner(path: &Path, own: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    // Of the name itself: a link is no folder of ours.
    match (fs::symlink_metadata(path), fs::symlink_metadata(own)) {
        (Ok(other), Ok(own)) => other.is_dir() && other.uid() == own.uid(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_owner(path: &Path, _own: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|other| other.is_dir())
}

/// Whether its owner is gone: there is a lock and it can be had.
fn is_abandoned(folder: &Path) -> bool {
    OpenOptions::new().write(true).open(folder.join(LOCK)).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_goes_and_nothing_else() {
        let parent = std::env::temp_dir().join(format!("skypicket-folders-{}", std::process::id()));
        fs::create_dir_all(&parent).expect("a folder for the test");
        let make = |name: &str, locked: bool| {
            let path = parent.join(name);
            fs::create_dir(&path).expect("made");
            fs::write(path.join("segment-1.skyj"), "x").expect("written");
            if locked { Some(lock(&path).expect("locked")) } else { None }
        };
        let running = make("skypicket-11-100", true);
        drop(make("skypicket-12-100", true));
        make("skypicket-13-100", false);
        drop(make("skypicket-data", true));
        drop(make("skypicket-14-x", true));
        let folder = Folder::temporary(&parent).expect("made");
        let left = || {
            let mut names: Vec<String> = fs::read_dir(&parent)
                .expect("readable")
                .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
                .filter(|name| !folder.path().ends_with(name))
                .collect();
            names.sort();
            names
        };
        let kept = ["skypicket-11-100", "skypicket-13-100", "skypicket-14-x", "skypicket-data"];
        assert_eq!(left(), kept, "the one of the killed program is gone");
        drop(running);
        let second = Folder::temporary(&parent).expect("made");
        assert!(folder.path().is_dir(), "a folder in use stays");
        drop(second);
        assert_eq!(left(), kept[1..], "its program has ended since");
        let own = folder.path().to_path_buf();
        drop(folder);
        assert!(!own.exists());
        fs::remove_dir_all(&parent).expect("removed");
    }
}
