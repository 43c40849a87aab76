//! `drillcore describe`: what the store knows.

use std::path::Path;

use clap::{Args, ValueEnum};
use drillcore::{Description, Engine};

use crate::failure::{Failure, Outcome};
use crate::grid::grid;
use crate::{output, progress, store};

const EXAMPLES: &str = "\
Examples:
  drillcore describe
  drillcore describe flights
  drillcore describe flights --format json";

/// Shows the datasets of the store, or one of them with its columns, links and cache.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct DescribeArgs {
    /// The dataset; all of them, a line each, without it.
    name: Option<String>,
    /// How the description is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Describes one dataset or all of them.
pub(crate) async fn run(dir: &Path, args: &DescribeArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    if let Some(name) = &args.name {
        let found = Box::pin(engine.describe(name)).await?;
        return match args.format {
            Format::Table => output::answer(&found.to_string()),
            Format::Json => json(serde_json::to_string_pretty(&found)),
        };
    }
    let found = all(&engine).await?;
    match args.format {
        Format::Table if found.is_empty() => {
            output::note("the store is empty; `drillcore import` makes a file a dataset");
            Ok(())
        }
        Format::Table => output::answer(&list(&found)),
        Format::Json => json(serde_json::to_string_pretty(&found)),
    }
}

async fn all(engine: &Engine) -> Outcome<Vec<Description>> {
    let mut found = Vec::new();
    for name in Box::pin(engine.datasets()).await? {
        found.push(Box::pin(engine.describe(&name)).await?);
    }
    Ok(found)
}

fn json(written: serde_json::Result<String>) -> Outcome {
    let text = written.map_err(|error| Failure::new(format!("the description cannot be written as JSON: {error}")))?;
    output::answer(&text)
}

fn list(found: &[Description]) -> String {
    let row = |dataset: &Description| {
        let links: Vec<&str> = dataset.links.iter().map(|link| link.name.as_str()).collect();
        let (rows, version, bytes) = match &dataset.snapshot {
            Some(cache) => (progress::count(cache.rows), cache.version.to_string(), progress::bytes(cache.bytes)),
            None if dataset.acceleration.is_some() => ("-".to_owned(), "not synced".to_owned(), "-".to_owned()),
            None => ("-".to_owned(), "none".to_owned(), "-".to_owned()),
        };
        vec![dataset.name.clone(), dataset.columns.len().to_string(), version, rows, bytes, links.join(", ")]
    };
    let header = ["dataset", "columns", "cache version", "rows", "size", "links"];
    grid(&header, &[false, true, true, true, true, false], found.iter().map(row))
}
