//! `drillcore explain`: how a document would be answered, and why so.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::document;
use super::scope::ScopeArgs;
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore explain data/queries/top_routes.json
  drillcore explain data/queries/top_routes.json --format json
  drillcore explain orders.json --param tenant_id=acme";

/// Shows how a query document would be answered: from caches or sources and why, under which filters, by which plan.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The document in JSON; - is standard input.
    file: PathBuf,
    /// How the explanation is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    scope: ScopeArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs; several queries as a list.
    Json,
}

/// Explains each query of the document.
pub(crate) async fn run(dir: &Path, args: &ExplainArgs) -> Outcome {
    let batch = document::read(&args.file)?;
    let engine = store::existing(dir).await?;
    let scope = args.scope.scope();
    let mut explained = Vec::with_capacity(batch.queries.len());
    for (index, query) in batch.queries.iter().enumerate() {
        let explanation = Box::pin(engine.explain(query, &scope)).await;
        explained.push(explanation.map_err(|error| Failure::from(error).inside(&format!("/queries/{index}")))?);
    }
    match args.format {
        Format::Table => {
            let name = |index: usize| batch.queries.get(index).and_then(|query| query.name.clone());
            for (index, explanation) in explained.iter().enumerate() {
                let title = name(index).unwrap_or_else(|| format!("query_{index}"));
                let heading = if explained.len() > 1 { format!("{title}\n") } else { String::new() };
                output::answer(&format!("{heading}{explanation}"))?;
            }
            Ok(())
        }
        Format::Json => {
            let document = match explained.as_slice() {
                [only] => only.to_json(),
                several => several.iter().map(|one| one.to_json()).collect(),
            };
            output::answer(&format!("{document:#}"))
        }
    }
}
