//! `drillcore query`: answers a document.

use std::collections::HashSet;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use drillcore::{CsvDialect, Error, QueryResult, Spreadsheet, batch_to_json};

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
  drillcore query data/queries/dashboard.json --format xlsx --totals > dashboard.xlsx
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
    /// Write the totals of the query below the rows, in CSV with a last column `grouping_id`, which is 0 for rows.
    ///
    /// CSV and Excel leave totals out without it, an Arrow stream always; the other formats show whatever the query
    /// asks for.
    #[arg(long)]
    totals: bool,
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
    /// A workbook of Excel, with a sheet for each query.
    Xlsx,
    /// A table in Markdown, as GitHub reads it.
    Md,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Arrow => "arrow",
            Self::Xlsx => "xlsx",
            Self::Md => "md",
        }
    }

    fn holds_several(self) -> bool {
        !matches!(self, Self::Csv | Self::Arrow)
    }

    /// One answer.
    fn bytes(self, answer: &QueryResult, totals: bool) -> Outcome<Vec<u8>> {
        Ok(match self {
            Self::Table => format!("{}\n", answer.table().max_rows(usize::MAX)).into_bytes(),
            Self::Json => format!("{}\n", answer.to_json()).into_bytes(),
            Self::Csv => {
                let mut csv = Vec::new();
                answer.write_csv(&mut csv, &CsvDialect::default().totals(totals))?;
                csv
            }
            Self::Arrow => answer.to_arrow_ipc()?,
            Self::Xlsx => Spreadsheet::new().sheet(answer).totals(totals).to_bytes()?,
            Self::Md => answer.to_markdown().into_bytes(),
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
    if args.format == Format::Xlsx && args.out.is_none() && io::stdout().is_terminal() {
        return Err(Failure::usage("a workbook is binary and standard output is a terminal")
            .hint("send it into a file: drillcore query .. --format xlsx > answer.xlsx")
            .hint("or name a folder with --out DIR"));
    }
    let engine = store::existing(dir).await?;
    let results = Box::pin(engine.query_batch(&batch, &args.scope.scope())).await;
    for (index, answer) in answers(&results) {
        output::note(&origin(&title(answer, index), answer));
    }
    match &args.out {
        Some(folder) => write_files(folder, args, &results)?,
        None => print(args, &results, several)?,
    }
    failed(results)
}

/// Writes the answers to standard output; `several` says whether each needs a heading.
fn print(args: &QueryArgs, results: &[Result<QueryResult, Error>], several: bool) -> Outcome {
    match args.format {
        Format::Json => output::answer(&batch_to_json(results)),
        Format::Table => {
            for (index, answer) in answers(results) {
                let heading = if several { format!("{}\n", title(answer, index)) } else { String::new() };
                output::answer(&format!("{heading}{}", answer.table().max_rows(usize::MAX)))?;
            }
            Ok(())
        }
        Format::Md => {
            for (place, (index, answer)) in answers(results).enumerate() {
                let gap = if place > 0 { "\n" } else { "" };
                let heading = if several { format!("{gap}## {}\n\n", title(answer, index)) } else { String::new() };
                output::answer(&format!("{heading}{}", answer.to_markdown()))?;
            }
            Ok(())
        }
        Format::Xlsx => {
            let mut workbook = Spreadsheet::new().totals(args.totals);
            let mut sheets = 0;
            for (_, answer) in answers(results) {
                workbook = workbook.sheet(answer);
                sheets += 1;
            }
            if sheets > 0 { output::raw(&workbook.to_bytes()?) } else { Ok(()) }
        }
        Format::Csv => {
            for (_, answer) in answers(results) {
                output::raw(&args.format.bytes(answer, args.totals)?)?;
            }
            Ok(())
        }
        Format::Arrow => {
            for (_, answer) in answers(results) {
                output::binary_answer(&args.format.bytes(answer, args.totals)?)?;
            }
            Ok(())
        }
    }
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

fn write_files(folder: &Path, args: &QueryArgs, results: &[Result<QueryResult, Error>]) -> Outcome {
    fs::create_dir_all(folder).map_err(|error| Failure::write(format_args!("`{}`", folder.display()), &error))?;
    let mut taken = HashSet::new();
    for (index, answer) in answers(results) {
        let mut stem = file_stem(&title(answer, index));
        // A name with a number may be that of another query.
        while !taken.insert(stem.to_lowercase()) {
            stem = format!("{stem}_{index}");
        }
        let path = folder.join(format!("{stem}.{}", args.format.extension()));
        output::file(&path, &args.format.bytes(answer, args.totals)?)?;
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
