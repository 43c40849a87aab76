//! `drillcore sql`: answers a query in SQL.

use std::io::{self, IsTerminal};
use std::path::Path;

use clap::{Args, ValueEnum};
use drillcore::{CsvDialect, QueryResult, Spreadsheet, SqlOptions};

use super::scope::ScopeArgs;
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore sql 'SELECT origin, count(*) AS flights FROM flights GROUP BY origin'
  drillcore sql 'SELECT * FROM airlines LIMIT 5' --format csv
  drillcore sql - --format json < report.sql
  drillcore sql 'SELECT sum(amount) FROM orders' --param tenant_id=acme";

/// Answers a query in SQL over the datasets of the store.
///
/// Each dataset is a table of its name. Names keep their letter case; what is no plain word stands in double quotes.
/// Only queries are taken, nothing that writes or changes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct SqlArgs {
    /// The text of the query; - is standard input.
    text: String,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Fail if the answer has more rows.
    #[arg(long, value_name = "ROWS")]
    max_rows: Option<u64>,
    #[command(flatten)]
    scope: ScopeArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// The document of the answer, with where it came from.
    Json,
    /// Comma separated values.
    Csv,
    /// An Arrow IPC stream.
    Arrow,
    /// A workbook of Excel.
    Xlsx,
    /// A table in Markdown, as GitHub reads it.
    Md,
}

/// Answers the query.
pub(crate) async fn run(dir: &Path, args: &SqlArgs) -> Outcome {
    if args.format == Format::Xlsx && io::stdout().is_terminal() {
        return Err(Failure::usage("a workbook is binary and standard output is a terminal")
            .hint("send it into a file: drillcore sql .. --format xlsx > answer.xlsx"));
    }
    let text = if args.text == "-" {
        let read = io::read_to_string(io::stdin());
        read.map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?
    } else {
        args.text.clone()
    };
    let engine = store::existing(dir).await?;
    let options = args.max_rows.map_or_else(SqlOptions::default, |rows| SqlOptions::default().max_rows(rows));
    let answer = Box::pin(engine.sql_with(&text, options, &args.scope.scope())).await?;
    print(args.format, &answer)
}

fn print(format: Format, answer: &QueryResult) -> Outcome {
    match format {
        Format::Table => output::answer(&answer.table().max_rows(usize::MAX).to_string()),
        Format::Json => output::answer(&answer.to_json()),
        Format::Csv => {
            let mut csv = Vec::new();
            answer.write_csv(&mut csv, &CsvDialect::default())?;
            output::raw(&csv)
        }
        Format::Arrow => output::binary_answer(&answer.to_arrow_ipc()?),
        Format::Xlsx => output::raw(&Spreadsheet::new().sheet(answer).to_bytes()?),
        Format::Md => output::answer(&answer.to_markdown()),
    }
}
