//! `cargo xtask bless`: writes the generated files again. `tidy` compares them with what the program says.

use crate::shell;
use anyhow::Result;
use std::fs;
use std::process::Command;

/// Generated files and the program's argument that prints each.
pub(crate) const GENERATED: &[(&str, &[&str])] =
    &[("schemas/config.json", &["schema", "config"]), ("schemas/openapi.json", &["schema", "openapi"])];

/// What a generated file must hold.
pub(crate) fn expected(args: &[&str]) -> Result<String> {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--package", "skypicket", "--"]).args(args);
    shell::output(&mut command)
}

/// Writes all of them.
pub(crate) fn run(_args: &[String]) -> Result<()> {
    for (path, args) in GENERATED {
        let text = expected(args)?;
        if fs::read_to_string(path).is_ok_and(|old| old == text) {
            println!("bless: {path} is fresh");
        } else {
            fs::write(path, text)?;
            println!("bless: {path} written");
        }
    }
    shell::run(Command::new("npm").args(["run", "types"]).current_dir("web"))
}
