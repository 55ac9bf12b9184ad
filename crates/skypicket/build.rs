//! Builds the map into the program, and names the build by its sources.
//!
//! `WEB_DIST` names a folder with a map that is built already; on docs.rs none is built. Otherwise `npm ci` and `vite build` run in
//! web/, into cargo's own output folder, so that nothing outside it is written but web/node_modules.

#![allow(clippy::disallowed_methods, reason = "cargo tells a build script by the environment")]

use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets it"));
    sources(&root);
    let dist = web(&root, &out);
    println!("cargo::rustc-env=SKYPICKET_WEB_DIST={}", dist.display());
}

/// The SHA-256 over everything that shapes the output: two builds of the same sources are the same build.
fn sources(root: &Path) {
    let mut files = vec![root.join("Cargo.lock")];
    for room in ["model", "wire", "track", "assess", "engine", "sim", "skypicket"] {
        let room = root.join("crates").join(room);
        println!("cargo::rerun-if-changed={}", room.join("src").display());
        collect(&room.join("src"), &mut files);
    }
    collect(&root.join("crates/wire/asterix"), &mut files);
    println!("cargo::rerun-if-changed={}", root.join("crates/wire/asterix").display());
    println!("cargo::rerun-if-changed={}", root.join("Cargo.lock").display());
    files.sort();
    let mut hasher = Sha256::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        hasher.update(name.as_bytes());
        hasher.update(fs::read(&file).unwrap_or_default());
    }
    let digits: String = hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=SKYPICKET_SOURCES={digits}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn web(root: &Path, out: &Path) -> PathBuf {
    println!("cargo::rerun-if-env-changed=WEB_DIST");
    if let Ok(dist) = std::env::var("WEB_DIST") {
        return PathBuf::from(dist);
    }
    let dist = out.join("dist");
    if std::env::var("DOCS_RS").is_ok() {
        fs::create_dir_all(&dist).expect("OUT_DIR can be written");
        return dist;
    }
    let web = root.join("web");
    for part in [
        "src",
        "public",
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "svelte.config.js",
        "tsconfig.json",
    ] {
        println!("cargo::rerun-if-changed={}", web.join(part).display());
    }
    let fresh = fs::read(web.join("package-lock.json")).ok();
    let stamp = web.join("node_modules/.skypicket-lock");
    if fresh.is_none() || fs::read(&stamp).ok() != fresh {
        npm(&web, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        if let Some(lock) = fresh {
            fs::write(&stamp, lock).expect("web/node_modules can be written");
        }
    }
    let dist_arg = dist.to_string_lossy().into_owned();
    npm(&web, &["run", "build", "--", "--outDir", &dist_arg, "--emptyOutDir"]);
    dist
}

fn npm(web: &Path, args: &[&str]) {
    let output = Command::new("npm").args(args).current_dir(web).output().unwrap_or_else(|error| {
        panic!("the map cannot be built: npm did not start ({error}). Install Node.js 20.19 or newer, or use ./run, which brings one")
    });
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        let faults = String::from_utf8_lossy(&output.stderr);
        panic!("the map cannot be built: npm {} failed\n{said}\n{faults}", args.join(" "));
    }
}
