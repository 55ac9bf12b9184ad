//! `cargo xtask borders`: derives the compact border file from its source, under a named border policy.
//!
//! Steps: fetch the npm package with the ordinary client, check its SHA-256, read the rings (even-odd), resolve every
//! overlap as the policy says, cut shared and unshared stretches into arcs, write the file, its manifest and the table
//! of overlaps. The same source and policy give the same bytes. Byte format: `docs/formats/borders.md`.

mod arcs;
mod file;
mod policy;
mod resolve;
mod source;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use policy::Policy;

/// npm package that the borders come from, with its version.
const PACKAGE: &str = "@geo-maps/countries-maritime-10m@0.6.0";
/// Name of the data version as every entry prints it.
const DATA_VERSION: &str = "geo-maps/countries-maritime-10m 0.6.0 (OpenStreetMap, November 2017)";
/// Attribution that ODbL 1.0 §4.3 demands wherever the data are shown.
const ATTRIBUTION: &str = "© OpenStreetMap contributors, ODbL 1.0; geo-maps by Simone Primarosa";

const USAGE: &str = "cargo xtask borders [--source MAP.GEO.JSON] [--policy FILE] [--check]

Derives data/borders/borders.skb from the npm package named in data/borders/manifest.toml.
  --source FILE   use this map.geo.json instead of asking npm for it
  --policy FILE   border policy (default data/borders/policy-unga.toml)
  --check         derive, compare with the committed file, change nothing";

/// Runs the derivation. `args` are the words after `borders`.
///
/// # Errors
/// Unknown words, a source whose SHA-256 differs from the policy's, an overlap of 1 km² or more that the policy does not
/// name, or with `--check` a result that differs from the committed file.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let (mut source_path, mut policy_path, mut check) = (None, None, false);
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--source" => source_path = Some(PathBuf::from(words.next().context("--source needs a file")?)),
            "--policy" => policy_path = Some(PathBuf::from(words.next().context("--policy needs a file")?)),
            "--check" => check = true,
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(());
            }
            other => bail!("unknown word {other:?}\n\n{USAGE}"),
        }
    }
    let root = root()?;
    let data = root.join("data/borders");
    let policy = Policy::read(&policy_path.unwrap_or_else(|| data.join("policy-unga.toml")))?;
    let source_path = match source_path {
        Some(path) => path,
        None => fetch(&root)?,
    };
    let bytes = std::fs::read(&source_path).with_context(|| format!("reading {}", source_path.display()))?;
    let source_sha256 = hex(&Sha256::digest(&bytes));
    if source_sha256 != policy.source_sha256 {
        bail!(
            "{}: SHA-256 is {source_sha256}, the policy was made for {}",
            source_path.display(),
            policy.source_sha256
        );
    }
    println!("read {} ({} bytes)", source_path.display(), bytes.len());
    let states = source::read(&bytes)?;
    drop(bytes);
    let resolved = resolve::resolve(states, &policy)?;
    println!(
        "{} states, {} parts counted with their state, {} overlaps resolved",
        resolved.states.len(),
        resolved.parts.len(),
        resolved.overlaps.len()
    );
    let topology = arcs::build(&resolved.states)?;
    let codes = source::read_codes(&data.join("codes.tsv"))?;
    let result = file::encode(&topology, &resolved, &codes, &policy, &source_sha256)?;
    let result_sha256 = hex(&Sha256::digest(&result));
    println!(
        "{} arcs ({} land, {} sea, {} seam), {} vertices, {} bytes, SHA-256 {result_sha256}",
        topology.arcs.len(),
        topology.count(arcs::Class::Land),
        topology.count(arcs::Class::Sea),
        topology.count(arcs::Class::Seam),
        topology.vertices(),
        result.len()
    );
    let target = data.join("borders.skb");
    if check {
        let committed = std::fs::read(&target).with_context(|| format!("reading {}", target.display()))?;
        if committed != result {
            bail!("{} differs from what its source gives: run `cargo xtask borders`", target.display());
        }
        println!("{} is what its source gives", target.display());
        return Ok(());
    }
    std::fs::write(&target, &result)?;
    std::fs::write(data.join("overlaps.tsv"), resolved.table())?;
    std::fs::write(data.join("manifest.toml"), manifest(&policy, &source_sha256, &result_sha256, result.len()))?;
    Ok(())
}

/// The work tree's root: the nearest folder upwards that holds `data/borders`.
fn root() -> Result<PathBuf> {
    let here = std::env::current_dir()?;
    here.ancestors()
        .find(|folder| folder.join("data/borders").is_dir())
        .map(Path::to_path_buf)
        .context("run this inside the work tree: no data/borders folder found upwards")
}

/// Installs the source package below `target/` and returns the path of its map. No script of the package is run.
fn fetch(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/borders-source");
    std::fs::create_dir_all(&folder)?;
    let map = folder.join("node_modules/@geo-maps/countries-maritime-10m/map.geo.json");
    if !map.is_file() {
        println!("npm install {PACKAGE}");
        let status = Command::new("npm")
            .args(["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--silent", "--prefix"])
            .arg(&folder)
            .arg(PACKAGE)
            .status()
            .context("npm could not be run; is Node.js installed?")?;
        if !status.success() || !map.is_file() {
            bail!("npm install {PACKAGE} failed");
        }
    }
    Ok(map)
}

fn manifest(policy: &Policy, source_sha256: &str, result_sha256: &str, result_bytes: usize) -> String {
    let mut text = String::from(
        "# Written by `cargo xtask borders`. What this folder's border file is made from, and what came out.\n",
    );
    let _ = writeln!(text, "derivation = \"cargo xtask borders\"");
    let _ = writeln!(
        text,
        "\n[source]\npackage = \"npm:{PACKAGE}\"\nfile = \"map.geo.json\"\nsha256 = \"{source_sha256}\""
    );
    let _ =
        writeln!(text, "data_version = \"{DATA_VERSION}\"\nlicence = \"ODbL-1.0\"\nattribution = \"{ATTRIBUTION}\"");
    let _ = writeln!(text, "\n[policy]\nid = \"{}\"\nversion = {}", policy.id, policy.version);
    let _ = writeln!(text, "\n[result]\nfile = \"borders.skb\"\nbytes = {result_bytes}\nsha256 = \"{result_sha256}\"");
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
