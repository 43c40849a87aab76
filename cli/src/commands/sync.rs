//! `drillcore sync`: fills caches from their sources.

use std::path::Path;

use clap::Args;
use drillcore::{Engine, LoadType, SyncProgress, SyncReport};

use crate::failure::{Failure, Outcome};
use crate::{output, progress, store};

const EXAMPLES: &str = "\
Examples:
  drillcore sync flights
  drillcore sync airlines airports
  drillcore sync --all
  drillcore sync orders --reconcile";

/// Fills the caches of accelerated datasets from their sources.
///
/// Whether everything is read or what has changed was said with `accelerate`. A sync commits a new version when it has
/// read what it needs; until then, and if it fails, queries are answered from the version before. Prints one line per
/// dataset.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SyncArgs {
    /// The datasets.
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// All datasets that are accelerated.
    #[arg(long)]
    all: bool,
    /// Only compare the keys: rows go whose key the source no longer has.
    #[arg(long, conflicts_with = "all")]
    reconcile: bool,
}

/// Syncs one dataset after the other.
pub(crate) async fn run(dir: &Path, args: &SyncArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let names = if args.all { accelerated(&engine).await? } else { args.names.clone() };
    if names.is_empty() {
        return Err(Failure::new("no dataset is accelerated").hint("say which shall be: drillcore accelerate NAME"));
    }
    for name in &names {
        let report = if args.reconcile { Box::pin(engine.reconcile(name)).await? } else { one(&engine, name).await? };
        output::answer(&format!("{name}: {report}"))?;
        if let Some(upkeep) = &report.upkeep {
            output::note(&format!("{name}: upkeep: {upkeep}"));
        }
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

/// Syncs a dataset under a bar. The size of its newest snapshot is the best guess at what is to come if all is read.
async fn one(engine: &Engine, name: &str) -> Outcome<SyncReport> {
    let known = Box::pin(engine.describe(name)).await?;
    let reads_all = known.acceleration.is_some_and(|acceleration| acceleration.load_type == LoadType::Full);
    let before = known.snapshot.filter(|_| reads_all).map(|snapshot| snapshot.rows);
    let bar = progress::rows(name, before);
    let shown = bar.clone();
    let told = move |progress: SyncProgress| {
        shown.set_position(progress.rows);
        shown.set_message(progress.phase.name());
    };
    let report = Box::pin(engine.sync_with(name, told)).await;
    bar.finish_and_clear();
    Ok(report?)
}
