//! `drillcore hierarchy check`: everything that is wrong with a hierarchy.

use std::path::Path;

use clap::Args;
use drillcore::{Engine, ErrorKind, Hierarchy, HierarchyKind, Query, Scope, count, hierarchy};

use super::document::Document;
use super::{faults, known};
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore hierarchy check zones.json
  drillcore hierarchy check - < zones.json
  drillcore hierarchy check zones";

/// Prints everything that is wrong with a hierarchy, a line each, and fails if there is anything.
///
/// Of a file the definition itself is checked, without a store. Of a hierarchy in the store also the data is: rows that
/// are under each other, keys that are there twice, and whatever else lets queries be refused. Members that come from
/// the data are counted and not named.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// A definition in JSON, - for standard input, or, where there is no such file, a hierarchy in the store.
    #[arg(value_name = "FILE|ID")]
    what: String,
}

/// Checks the hierarchy.
pub(super) async fn run(dir: &Path, args: &CheckArgs) -> Outcome {
    let (of, found) = if is_file(&args.what) {
        let document = Document::read(Path::new(&args.what))?;
        let found = document.definition()?.validate().err();
        (document.name, found.map_or_else(Vec::new, |error| faults::lines(&error)))
    } else {
        let no_file = |failure: Failure| failure.hint(format!("there is no file `{}`", args.what));
        let engine = store::existing(dir).await.map_err(no_file)?;
        let definition = known(&engine, &args.what).await.map_err(no_file)?;
        (format!("hierarchy `{}`", args.what), Box::pin(in_data(&engine, &definition)).await?)
    };
    if found.is_empty() {
        output::note(&format!("{of} has no faults"));
        return Ok(());
    }
    output::answer(&found.join("\n"))?;
    Err(faults::failure(&of, found.len()))
}

/// Whether the text names something that can be read.
fn is_file(what: &str) -> bool {
    let path = Path::new(what);
    what == "-" || (path.exists() && !path.is_dir())
}

/// What is wrong with a hierarchy over the data, as a query finds it.
pub(super) async fn in_data(engine: &Engine, definition: &Hierarchy) -> Outcome<Vec<String>> {
    if let Err(error) = definition.validate() {
        return Ok(faults::lines(&error));
    }
    let query = Query::on(&definition.dataset).dimension(hierarchy(&definition.id)).measure(count()).limit(1);
    match Box::pin(engine.query(&query, &Scope::unrestricted())).await {
        Ok(_) => Ok(Vec::new()),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidQuery) => {
            Ok(separated(definition, error.message()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The faults in a message. Those of members from the data are counts without names, so that each comma ends one.
fn separated(definition: &Hierarchy, message: &str) -> Vec<String> {
    let faults = message.strip_prefix(&format!("hierarchy `{}` cannot be used: ", definition.id));
    match (&definition.kind, faults) {
        (HierarchyKind::Tree { .. }, _) | (_, None) => vec![message.to_owned()],
        (_, Some(faults)) => faults.split(", ").map(str::to_owned).collect(),
    }
}
