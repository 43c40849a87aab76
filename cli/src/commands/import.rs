//! `drillcore import`: makes a file a dataset.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use drillcore::Dataset;

use super::column_type::TypeSpec;
use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore import flights data/nycflights13/flights.parquet
  drillcore import planes data/nycflights13/planes.csv --null-text NA
  drillcore import orders orders.txt --format csv --delimiter ';' --type zip=text --type paid=decimal(12,2)
  drillcore import orders orders-2024.csv --replace

Types:
  text, boolean, integer, float, decimal(digits,scale), date, datetime, local_datetime";

/// Makes a file a dataset, and shows what was found in it.
///
/// The file stays where it is; the store keeps where it is, how to read it, and its columns with their types. Queries
/// read the file until the dataset is accelerated and synced.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// The name of the dataset, which queries use.
    name: String,
    /// The file.
    file: PathBuf,
    /// How the file is written; by default its extension tells.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The character between the fields of a CSV file; a comma by default, a tab for files that end with .tsv.
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// A text that stands for a missing value in a CSV file, besides the empty field; may be repeated.
    #[arg(long, value_name = "TEXT")]
    null_text: Vec<String>,
    /// The first line of a CSV file is data; the columns are called column_1 and so on.
    #[arg(long)]
    no_header: bool,
    /// Read a column as this type instead of the one found; may be repeated.
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = TypeSpec::parse)]
    types: Vec<TypeSpec>,
    /// Take the place of a dataset of that name: its links and acceleration stay, its cache goes.
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Delimited text.
    Csv,
    /// Parquet.
    Parquet,
    /// One JSON object per line.
    Json,
    /// Arrow IPC, as a file or a stream.
    Arrow,
}

/// Makes the dataset.
pub(crate) async fn run(dir: &Path, args: &ImportArgs) -> Outcome {
    let dataset = dataset(args)?;
    let engine = store::opened(dir).await?;
    if args.replace {
        Box::pin(engine.replace(dataset)).await?;
    } else {
        Box::pin(engine.create(dataset)).await?;
    }
    let found = Box::pin(engine.describe(&args.name)).await?;
    output::answer(&found.to_string())?;
    output::note(&format!("next: drillcore accelerate {0} && drillcore sync {0}", args.name));
    Ok(())
}

fn dataset(args: &ImportArgs) -> Outcome<Dataset> {
    let (name, extension) = (args.name.as_str(), extension(&args.file));
    let format = args.format.or_else(|| format_of(&extension)).ok_or_else(|| {
        Failure::usage(format!("the name of `{}` does not tell its format", args.file.display()))
            .hint("give it with --format csv, parquet, json or arrow")
    })?;
    // The store must find the file from every folder in which a later command runs.
    let path = std::path::absolute(&args.file)
        .map_err(|error| Failure::new(format!("`{}` is no file: {error}", args.file.display())))?;
    let mut dataset = match format {
        Format::Csv => Dataset::csv(name, path),
        Format::Parquet => Dataset::parquet(name, path),
        Format::Json => Dataset::json_lines(name, path),
        Format::Arrow => Dataset::arrow_ipc(name, path),
    };
    let tab = (format == Format::Csv && extension == "tsv").then_some(b'\t');
    if let Some(delimiter) = args.delimiter.or(tab) {
        dataset = dataset.delimiter(delimiter);
    }
    for text in &args.null_text {
        dataset = dataset.null_text(text);
    }
    if args.no_header {
        dataset = dataset.header(false);
    }
    for TypeSpec { column, column_type } in &args.types {
        dataset = dataset.column_type(column, *column_type);
    }
    Ok(dataset)
}

fn extension(file: &Path) -> String {
    file.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn format_of(extension: &str) -> Option<Format> {
    match extension {
        "csv" | "tsv" => Some(Format::Csv),
        "parquet" | "pq" => Some(Format::Parquet),
        "json" | "jsonl" | "ndjson" => Some(Format::Json),
        "arrow" | "arrows" | "ipc" | "feather" => Some(Format::Arrow),
        _ => None,
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match (text, text.as_bytes()) {
        ("\\t" | "tab", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() => Ok(*byte),
        _ => Err("write one ASCII character, or tab".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Format, delimiter, extension, format_of};

    #[test]
    fn the_extension_tells_the_format() {
        for (file, format) in [
            ("a/flights.parquet", Some(Format::Parquet)),
            ("PLANES.CSV", Some(Format::Csv)),
            ("planes.tsv", Some(Format::Csv)),
            ("events.ndjson", Some(Format::Json)),
            ("events.arrow", Some(Format::Arrow)),
            ("orders.txt", None),
            ("orders", None),
        ] {
            assert_eq!(format_of(&extension(Path::new(file))), format, "{file}");
        }
    }

    #[test]
    fn delimiters_are_one_character() {
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter("\\t"), Ok(b'\t'));
        assert_eq!(delimiter("\t"), Ok(b'\t'));
        for text in ["", "::", "§"] {
            assert!(delimiter(text).is_err(), "{text}");
        }
    }
}
