//! `skypicket schema`: the generated schemas that the repository keeps.

use super::{Outcome, ui::out};
use clap::{Args, ValueEnum};

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Which.
    which: Which,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// JSON Schema of the site file.
    Config,
    /// OpenAPI description of the HTTP interface.
    Openapi,
}

pub(super) fn run(args: &SchemaArgs) -> Outcome {
    let value = match args.which {
        Which::Config => serde_json::to_value(schemars::schema_for!(crate::config::Config))?,
        Which::Openapi => crate::http::openapi(),
    };
    out(&serde_json::to_string_pretty(&value)?)?;
    Ok(0)
}
