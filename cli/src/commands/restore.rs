//! `drillcore restore`: makes an earlier version the newest.

use std::path::Path;

use clap::Args;
use drillcore::ErrorKind;

use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore versions flights
  drillcore restore flights 3";

/// Brings the rows of an earlier version of a dataset back.
///
/// They become a new version, so that nothing is lost: what came in between can be restored as well. The next sync
/// reads again what has changed since the version was made.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// The dataset.
    name: String,
    /// The number of the version.
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    version: u64,
}

/// Restores the version.
pub(crate) async fn run(dir: &Path, args: &RestoreArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let restored = Box::pin(engine.restore(&args.name, args.version)).await.map_err(|error| {
        let missing = error.kind() == ErrorKind::NotFound;
        let failure = Failure::from(error);
        if missing { failure.hint(format!("`drillcore versions {}` lists what is kept", args.name)) } else { failure }
    })?;
    output::answer(&format!("{}: {restored}", args.name))
}
