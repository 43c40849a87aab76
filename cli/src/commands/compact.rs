//! `drillcore compact`: fewer and fuller files.

use std::path::Path;

use clap::Args;

use crate::failure::Outcome;
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore compact flights
  drillcore compact flights --fully
  drillcore compact --all";

/// Puts small files of datasets together, and rewrites files of which many rows are deleted.
///
/// The rows stay the same; queries that run meanwhile are not disturbed. Syncs do this themselves unless they are told
/// not to. The old files stay until no version that is kept needs them; `drillcore vacuum` then removes them. Prints
/// one line per dataset.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct CompactArgs {
    /// The datasets.
    #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
    names: Vec<String>,
    /// All datasets.
    #[arg(long)]
    all: bool,
    /// Rewrite all that is not yet in full files, in order and without deleted rows, whether it pays or not.
    #[arg(long)]
    fully: bool,
}

/// Compacts one dataset after the other.
pub(crate) async fn run(dir: &Path, args: &CompactArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let names = if args.all { Box::pin(engine.datasets()).await? } else { args.names.clone() };
    for name in &names {
        let report =
            if args.fully { Box::pin(engine.compact_all(name)).await? } else { Box::pin(engine.compact(name)).await? };
        output::answer(&format!("{name}: {report}"))?;
    }
    Ok(())
}
