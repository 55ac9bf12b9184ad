//! The program: see `skypicket --help`.

#![allow(clippy::print_stderr, reason = "a command-line tool tells its faults there")]

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match skypicket::cli::run(skypicket::cli::Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("skypicket: {error:#}");
            ExitCode::from(skypicket::cli::EXIT_USAGE)
        }
    }
}
