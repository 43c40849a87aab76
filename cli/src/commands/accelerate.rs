//! `drillcore accelerate`: says that a dataset shall have a cache.

use std::path::Path;

use clap::Args;
use drillcore::Acceleration;

use crate::failure::Outcome;
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore accelerate airlines
  drillcore accelerate flights --cluster-by time_hour
  drillcore sync flights";

/// Says that a dataset shall have a cache; `sync` then fills it.
///
/// The cache is a snapshot in Parquet inside the store. Every sync reads the whole source and replaces the snapshot;
/// queries that run meanwhile are not disturbed. Nothing is read before the first sync.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct AccelerateArgs {
    /// The dataset.
    name: String,
    /// Sort the cache by these columns, so that filters on them read little.
    #[arg(long, value_name = "COLUMN,..", value_delimiter = ',')]
    cluster_by: Vec<String>,
}

/// Keeps the acceleration in the catalog.
pub(crate) async fn run(dir: &Path, args: &AccelerateArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let acceleration = Acceleration::full().cluster_by(&args.cluster_by);
    Box::pin(engine.accelerate(&args.name, acceleration)).await?;
    let sorted =
        if args.cluster_by.is_empty() { String::new() } else { format!(", sorted by {}", args.cluster_by.join(", ")) };
    output::note(&format!("{}: a full snapshot{sorted}; fill it with `drillcore sync {}`", args.name, args.name));
    Ok(())
}
