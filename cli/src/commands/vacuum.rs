//! `drillcore vacuum`: removes what nobody needs.

use std::path::Path;

use clap::Args;

use crate::failure::Outcome;
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore vacuum
  drillcore vacuum --purge";

/// Removes versions past their retention, files that no version needs, and dropped datasets.
///
/// A version is kept for 7 days after another one took its place, and the newest ten are kept in any case. What is
/// being read or written stays, and so do files that drillcore has not made.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct VacuumArgs {
    /// Remove deleted rows from the files too, and every version but the newest of each dataset. There is no way back.
    #[arg(long)]
    purge: bool,
}

/// Removes what can go, and names what had to stay.
pub(crate) async fn run(dir: &Path, args: &VacuumArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let report = Box::pin(engine.vacuum(args.purge)).await?;
    for path in &report.postponed {
        output::note(&format!("still in use: {path}"));
    }
    for path in &report.foreign {
        output::note(&format!("not made by drillcore: {path}"));
    }
    output::answer(&report.to_string())
}
