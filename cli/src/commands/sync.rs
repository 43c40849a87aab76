//! `drillcore sync`: fills caches from their sources.

use std::path::Path;

use clap::Args;
use drillcore::{Engine, SyncReport};

use crate::failure::{Failure, Outcome};
use crate::{output, progress, store};

const EXAMPLES: &str = "\
Examples:
  drillcore sync flights
  drillcore sync airlines airports
  drillcore sync --all";

/// Fills the caches of accelerated datasets from their sources.
///
/// A sync commits a new version when it has read everything; until then, and if it fails, queries are answered from
/// the version before. Prints one line per dataset.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SyncArgs {
    /// The datasets.
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// All datasets that are accelerated.
    #[arg(long)]
    all: bool,
}

/// Syncs one dataset after the other.
pub(crate) async fn run(dir: &Path, args: &SyncArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let names = if args.all { accelerated(&engine).await? } else { args.names.clone() };
    if names.is_empty() {
        return Err(Failure::new("no dataset is accelerated").hint("say which shall be: drillcore accelerate NAME"));
    }
    for name in &names {
        let report = one(&engine, name).await?;
        output::answer(&format!("{name}: {report}"))?;
    }
    Ok(())
}

async fn accelerated(engine: &Engine) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for name in Box::pin(engine.datasets()).await? {
        if Box::pin(engine.describe(&name)).await?.acceleration.is_some() {
            names.push(name);
        }
    }
    Ok(names)
}

/// Syncs a dataset under a bar. The size of its newest snapshot is the best guess at what is to come.
async fn one(engine: &Engine, name: &str) -> Outcome<SyncReport> {
    let before = Box::pin(engine.describe(name)).await?.snapshot.map(|snapshot| snapshot.rows);
    let bar = progress::rows(name, before);
    let shown = bar.clone();
    let report = Box::pin(engine.sync_with(name, move |progress| shown.set_position(progress.rows))).await;
    bar.finish_and_clear();
    Ok(report?)
}
