//! `drillcore hierarchy drop`: forgets a hierarchy.

use std::path::Path;

use clap::Args;

use super::unknown;
use crate::failure::Outcome;
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore hierarchy drop coasts";

/// Forgets a hierarchy. The data stays as it is.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct DropArgs {
    /// The hierarchy.
    id: String,
}

/// Forgets the hierarchy.
pub(super) async fn run(dir: &Path, args: &DropArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    Box::pin(engine.drop_hierarchy(&args.id)).await.map_err(unknown)?;
    output::note(&format!("hierarchy {} is forgotten", args.id));
    Ok(())
}
