//! `drillcore hierarchy`: brings hierarchies in and out, shows and checks them.

mod check;
mod described;
mod document;
mod export;
mod faults;
mod forget;
mod format;
mod import;
mod list;
mod outline;
mod show;
#[cfg(test)]
mod tests;

use std::path::Path;

use clap::{Args, Subcommand};
use drillcore::{Engine, Error, ErrorKind, Hierarchy};

use crate::failure::{Failure, Outcome};

const EXAMPLES: &str = "\
Examples:
  drillcore hierarchy import airports zones.json
  drillcore hierarchy import airports tree.json --format luzmo --column faa --id coasts
  drillcore hierarchy show
  drillcore hierarchy show coasts --depth 2 --locale nl
  drillcore hierarchy show coasts --under '[\"west\", \"LAX\"]'
  drillcore hierarchy check zones.json
  drillcore hierarchy export coasts > coasts.json
  drillcore hierarchy drop coasts

Queries then use them:
  {\"dimensions\": [{\"hierarchy_id\": \"coasts\", \"level\": 1}]}";

/// Brings hierarchies in and out, shows and checks them.
///
/// A hierarchy arranges the members of a dataset in a tree: by levels of columns, by a tree over the values of a
/// column, by rows that name their parent, or by the calendar.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct HierarchyArgs {
    #[command(subcommand)]
    command: HierarchyCommand,
}

#[derive(Debug, Subcommand)]
enum HierarchyCommand {
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Drop(forget::DropArgs),
}

/// Does what is asked of hierarchies.
pub(crate) async fn run(dir: &Path, args: &HierarchyArgs) -> Outcome {
    match &args.command {
        HierarchyCommand::Import(args) => Box::pin(import::run(dir, args)).await,
        HierarchyCommand::Export(args) => Box::pin(export::run(dir, args)).await,
        HierarchyCommand::Show(args) => Box::pin(show::run(dir, args)).await,
        HierarchyCommand::Check(args) => Box::pin(check::run(dir, args)).await,
        HierarchyCommand::Drop(args) => Box::pin(forget::run(dir, args)).await,
    }
}

/// The hierarchy of an id.
async fn known(engine: &Engine, id: &str) -> Outcome<Hierarchy> {
    Box::pin(engine.hierarchy(id)).await.map_err(unknown)
}

/// The failure to find a hierarchy.
fn unknown(error: Error) -> Failure {
    let is_missing = error.kind() == ErrorKind::NotFound;
    let failure = Failure::from(error);
    if is_missing { failure.hint("`drillcore hierarchy show` lists the hierarchies of the store") } else { failure }
}
