//! `cargo xtask new decoder|detector <name>`: a new part from its pattern. One file, its `mod` line and its row; the rest of what
//! tidy asks for (page, vector) is written beside.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Where the parts of a kind live and what a new one looks like.
struct Pattern {
    room: &'static str,
    registry: &'static str,
    module: &'static str,
    docs: &'static str,
    page: &'static str,
}

const DECODER: Pattern = Pattern {
    room: "crates/wire/src",
    registry: "pub const DECODERS: ",
    module: include_str!("new/decoder.rs.txt"),
    docs: "docs/formats",
    page: include_str!("new/format.md.txt"),
};

const DETECTOR: Pattern = Pattern {
    room: "crates/assess/src",
    registry: "pub const DETECTORS: ",
    module: include_str!("new/detector.rs.txt"),
    docs: "docs/detectors",
    page: include_str!("new/detector.md.txt"),
};

/// Writes the part.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let (Some(kind), Some(name)) = (args.first(), args.get(1)) else {
        bail!("which? cargo xtask new decoder|detector <name_in_snake_case>");
    };
    let pattern = match kind.as_str() {
        "decoder" => DECODER,
        "detector" => DETECTOR,
        other => bail!("\"{other}\" has no pattern; there are decoder and detector"),
    };
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        bail!("the name is \"{name}\", must be snake_case: it becomes config value, metric label and page");
    }
    // A format's name becomes a command line's word and is written with dashes; a detector's is a config key with underscores.
    let dashed = if kind == "decoder" { name.replace('_', "-") } else { name.clone() };
    let fill = |text: &str| text.replace("{{name}}", name).replace("{{dashed}}", &dashed);
    write_new(&format!("{}/{name}.rs", pattern.room), &fill(pattern.module))?;
    write_new(&format!("{}/{dashed}.md", pattern.docs), &fill(pattern.page))?;
    if kind == "decoder" {
        write_new(&format!("crates/wire/tests/vectors/{dashed}.bin"), "hello\nworld\n")?;
    }
    let lib = format!("{}/lib.rs", pattern.room);
    let text = fs::read_to_string(&lib).with_context(|| lib.clone())?;
    fs::write(&lib, register(&text, name, pattern.registry)?)?;
    println!("new: {lib} has its two lines; now make it real, then `cargo xtask tidy`");
    Ok(())
}

fn write_new(path: &str, text: &str) -> Result<()> {
    if Path::new(path).exists() {
        bail!("{path} is there already");
    }
    if let Some(folder) = Path::new(path).parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    println!("new: {path}");
    Ok(())
}

/// The module line in its alphabetical place, the row at the registry's end.
fn register(lib: &str, name: &str, registry: &str) -> Result<String> {
    let mut lines: Vec<String> = lib.lines().map(str::to_owned).collect();
    let module = format!("pub mod {name};");
    let place = lines
        .iter()
        .position(|line| {
            (line.starts_with("pub mod ") || line.starts_with("mod "))
                && line.trim_start_matches("pub ") > module.trim_start_matches("pub ")
        })
        .or_else(|| {
            lines.iter().rposition(|line| line.starts_with("pub mod ") || line.starts_with("mod ")).map(|at| at + 1)
        })
        .context("lib.rs has no mod line")?;
    lines.insert(place, module);
    let start = lines.iter().position(|line| line.starts_with(registry)).context("the registry is not in lib.rs")?;
    let end = lines.iter().skip(start).position(|line| line.contains("];")).context("the registry has no end")? + start;
    if lines[end].trim() == "];" {
        lines.insert(end, format!("    &{name}::KIND,"));
    } else {
        lines[end] = lines[end].replace("];", &format!(", &{name}::KIND];"));
    }
    Ok(lines.join("\n") + "\n")
}
