//! `drillcore query`: answers a document.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use drillcore::{Error, QueryResult, batch_to_json};

use super::document;
use super::scope::ScopeArgs;
use crate::failure::{Failure, Outcome};
use crate::{output, progress, store};

const EXAMPLES: &str = "\
Examples:
  drillcore query data/queries/top_routes.json
  drillcore query data/queries/by_month_and_carrier.json --format csv > months.csv
  drillcore query data/queries/dashboard.json --format json
  drillcore query data/queries/dashboard.json --format csv --out answers
  drillcore query orders.json --param tenant_id=acme --param 'regions=[\"north\", \"south\"]'
  echo '{\"dimensions\": [{\"dataset_id\": \"flights\", \"column_id\": \"origin\"}],
         \"measures\": [{\"column_id\": \"*\", \"aggregation\": \"count\"}]}' | drillcore query -";

/// Answers a query document: one query, or several in {"queries": [..]}.
///
/// Prints the answer; where it came from and how long it took goes to standard error. Of several queries, each is
/// answered on its own: if one fails the others are still printed, and the exit code tells.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct QueryArgs {
    /// The document in JSON; - is standard input.
    file: PathBuf,
    /// How the answer is written. CSV and Arrow hold one answer; several need --out.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write each answer into a file in this folder, called like its query.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    scope: ScopeArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// The document of the answer, with where it came from; several as {"results": [..]}.
    Json,
    /// Comma separated values.
    Csv,
    /// An Arrow IPC stream.
    Arrow,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Arrow => "arrow",
        }
    }

    fn holds_several(self) -> bool {
        matches!(self, Self::Table | Self::Json)
    }

    /// One answer.
    fn bytes(self, answer: &QueryResult) -> Outcome<Vec<u8>> {
        Ok(match self {
            Self::Table => format!("{}\n", answer.table().max_rows(usize::MAX)).into_bytes(),
            Self::Json => format!("{}\n", answer.to_json()).into_bytes(),
            Self::Csv => answer.to_csv().into_bytes(),
            Self::Arrow => answer.to_arrow_ipc()?,
        })
    }
}

/// Answers the document.
pub(crate) async fn run(dir: &Path, args: &QueryArgs) -> Outcome {
    let batch = document::read(&args.file)?;
    let several = batch.queries.len() > 1;
    if several && args.out.is_none() && !args.format.holds_several() {
        let (format, count) = (args.format.extension(), batch.queries.len());
        return Err(Failure::usage(format!("a {format} answer holds one query, not {count}"))
            .hint("write a file per query with --out DIR"));
    }
    let engine = store::existing(dir).await?;
    let results = Box::pin(engine.query_batch(&batch, &args.scope.scope())).await;
    for (index, answer) in answers(&results) {
        output::note(&origin(&title(answer, index), answer));
    }
    match (&args.out, args.format) {
        (Some(folder), format) => write_files(folder, format, &results)?,
        (None, Format::Json) => output::answer(&batch_to_json(&results))?,
        (None, Format::Table) => {
            for (index, answer) in answers(&results) {
                let heading = if several { format!("{}\n", title(answer, index)) } else { String::new() };
                output::answer(&format!("{heading}{}", answer.table().max_rows(usize::MAX)))?;
            }
        }
        (None, format @ Format::Csv) => {
            for (_, answer) in answers(&results) {
                output::raw(&format.bytes(answer)?)?;
            }
        }
        (None, format @ Format::Arrow) => {
            for (_, answer) in answers(&results) {
                output::binary_answer(&format.bytes(answer)?)?;
            }
        }
    }
    failed(results)
}

fn answers(results: &[Result<QueryResult, Error>]) -> impl Iterator<Item = (usize, &QueryResult)> {
    results.iter().enumerate().filter_map(|(index, result)| Some((index, result.as_ref().ok()?)))
}

/// The first failure ends the command; those after it are told before.
fn failed(results: Vec<Result<QueryResult, Error>>) -> Outcome {
    let mut failures = results.into_iter().filter_map(Result::err).map(Failure::from);
    let Some(first) = failures.next() else { return Ok(()) };
    for failure in failures {
        output::note(failure.render().trim_end());
    }
    Err(first)
}

fn title(answer: &QueryResult, index: usize) -> String {
    answer.name().map_or_else(|| format!("query_{index}"), str::to_owned)
}

/// `top_routes: 10 rows from snapshot (flights version 1), 8.2 ms`
fn origin(title: &str, answer: &QueryResult) -> String {
    let provenance = answer.provenance();
    let versions: Vec<String> =
        provenance.snapshots.iter().map(|held| format!("{} version {}", held.dataset, held.version)).collect();
    let versions = if versions.is_empty() { String::new() } else { format!(" ({})", versions.join(", ")) };
    let spent = answer.performance();
    let millis = spent.validating_ms + spent.preparing_ms + spent.queuing_ms + spent.querying_ms + spent.processing_ms;
    let rows = progress::count(u64::try_from(answer.num_rows()).unwrap_or(u64::MAX));
    let noun = if answer.num_rows() == 1 { "row" } else { "rows" };
    format!("{title}: {rows} {noun} from {}{versions}, {millis:.1} ms", provenance.path.as_str())
}

fn write_files(folder: &Path, format: Format, results: &[Result<QueryResult, Error>]) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| Failure::write(format_args!("`{}`", folder.display()), &error))?;
    let mut taken = HashSet::new();
    for (index, answer) in answers(results) {
        let mut stem = file_stem(&title(answer, index));
        if !taken.insert(stem.to_lowercase()) {
            stem = format!("{stem}_{index}");
            taken.insert(stem.to_lowercase());
        }
        let path = folder.join(format!("{stem}.{}", format.extension()));
        output::file(&path, &format.bytes(answer)?)?;
        output::note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// The name of a query as the name of a file: nothing in it can lead to another folder or hide the file.
fn file_stem(name: &str) -> String {
    let safe =
        |character: char| if character.is_alphanumeric() || "-_. ".contains(character) { character } else { '_' };
    let stem: String = name.chars().map(safe).collect();
    let stem = stem.trim_matches(['.', ' ']);
    if stem.is_empty() { "query".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::file_stem;

    #[test]
    fn files_stay_in_their_folder() {
        for (name, stem) in [
            ("by_month", "by_month"),
            ("délai 2013", "délai 2013"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("c:\\x", "c__x"),
            (".hidden", "hidden"),
            ("..", "query"),
            ("", "query"),
        ] {
            assert_eq!(file_stem(name), stem, "{name}");
        }
    }
}
