//! Generates the ASTERIX codec's tables and typed fields from `asterix/*.tbl` (see `asterix/README.md`).

#[path = "asterix/codegen/fields.rs"]
mod fields;
#[path = "asterix/codegen/layouts.rs"]
mod layouts;
#[path = "asterix/codegen/table.rs"]
mod table;

use std::path::Path;

fn main() -> Result<(), String> {
    let folder = Path::new("asterix");
    println!("cargo::rerun-if-changed=asterix");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map_err(|error| format!("asterix/: {error}"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "tbl"))
        .collect();
    files.sort();
    let mut tables = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        tables.push(table::parse(&path.display().to_string(), &text)?);
    }
    let tables = table::resolve(tables)?;
    write("asterix_layouts.rs", &layouts::generate(&tables)?)?;
    write("asterix_fields.rs", &fields::generate(&tables)?)
}

#[allow(clippy::disallowed_methods, reason = "cargo names the output folder only through the environment")]
fn write(name: &str, text: &str) -> Result<(), String> {
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(Path::new(&folder).join(name), text).map_err(|error| format!("{name}: {error}"))
}
