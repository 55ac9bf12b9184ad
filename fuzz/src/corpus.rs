//! Vectors to start from: those of the wire crate's tests, and inputs that once failed, which are kept in fuzz/corpus.

use std::fs;
use std::path::{Path, PathBuf};

/// The bytes of all vectors of a name, in path order: `name.ext`, `name-more.ext`, and files in a folder `name`.
pub(crate) fn vectors(name: &str) -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in [here.join("../crates/wire/tests/vectors"), here.join("corpus")] {
        collect(&folder, name, &mut paths);
        collect(&folder.join(name), "", &mut paths);
    }
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

fn collect(folder: &Path, name: &str, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let file = entry.file_name().to_string_lossy().into_owned();
        let ours = name.is_empty() || file.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '-']));
        if ours && path.is_file() {
            paths.push(path);
        }
    }
}
