//! `drillcore versions`: what the store has kept of a dataset.

use std::path::Path;

use clap::{Args, ValueEnum};
use drillcore::VersionInfo;

use crate::failure::{Failure, Outcome};
use crate::grid::grid;
use crate::{output, progress, store};

const EXAMPLES: &str = "\
Examples:
  drillcore versions flights
  drillcore versions flights --format json

A query can go back to one of them, or to a time:
  {\"dataset_id\": \"flights\", \"at\": {\"version\": 3}, \"dimensions\": [{\"column_id\": \"origin\"}]}";

const HEADER: [&str; 7] = ["version", "committed (UTC)", "made by", "rows", "deleted", "files", "size"];

/// Lists the versions of a dataset that are kept, the oldest first.
///
/// Every sync and every push makes a version. Deleted rows stay in the files of a version until these are rewritten;
/// they are not among its rows. Versions share files.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct VersionsArgs {
    /// The dataset.
    name: String,
    /// How they are written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Lists the versions.
pub(crate) async fn run(dir: &Path, args: &VersionsArgs) -> Outcome {
    let engine = store::existing(dir).await?;
    let found = Box::pin(engine.versions(&args.name)).await?;
    match args.format {
        Format::Table if found.is_empty() => {
            output::note(&format!("{}: nothing is kept; `drillcore sync {0}` makes the first version", args.name));
            Ok(())
        }
        Format::Table => output::answer(&list(&found)),
        Format::Json => {
            let text = serde_json::to_string_pretty(&found)
                .map_err(|error| Failure::new(format!("the versions cannot be written as JSON: {error}")))?;
            output::answer(&text)
        }
    }
}

fn list(found: &[VersionInfo]) -> String {
    let row = |version: &VersionInfo| {
        vec![
            version.version.to_string(),
            version.committed_at.format("%Y-%m-%d %H:%M:%S").to_string(),
            version.operation.to_string(),
            progress::count(version.rows),
            progress::count(version.deleted_rows),
            progress::count(version.files),
            progress::bytes(version.bytes),
        ]
    };
    grid(&HEADER, &[true, false, false, true, true, true, true], found.iter().map(row))
}

#[cfg(test)]
mod tests {
    use drillcore::{Engine, PushMode, Rows};

    use super::list;

    #[test]
    fn every_version_has_a_line() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(async {
            let engine = Engine::in_memory().unwrap();
            for mode in [PushMode::Create, PushMode::Append] {
                engine.push("notes", mode, Rows::new(["note"], vec![vec!["a".into()]])).await.unwrap();
            }
            engine.versions("notes").await.unwrap()
        });
        let text = list(&found);
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!((lines[2][0], lines[2][3], lines[2][4]), ("1", "full", "1"));
        assert_eq!((lines[3][0], lines[3][3], lines[3][4]), ("2", "append", "2"));
    }
}
