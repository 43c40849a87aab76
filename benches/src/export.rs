//! Batches as files.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::Result;

/// Rows in a row group, as in the files of a store.
const ROW_GROUP: usize = 131_072;

/// Writes a Parquet file, compressed as those of a store.
///
/// # Errors
///
/// If the file cannot be written, or there is no batch to take the columns from.
pub fn write_parquet(path: &Path, batches: impl IntoIterator<Item = RecordBatch>) -> Result<()> {
    let mut batches = batches.into_iter().peekable();
    let schema = batches.peek().ok_or("there are no rows to write")?.schema();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema, Some(properties))?;
    for batch in batches {
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(())
}

/// Writes a CSV file with a header. Values must not need quotes.
///
/// # Errors
///
/// If the file cannot be written, or there is no batch to take the columns from.
pub fn write_csv(path: &Path, batches: impl IntoIterator<Item = RecordBatch>) -> Result<()> {
    let mut batches = batches.into_iter().peekable();
    let schema = batches.peek().ok_or("there are no rows to write")?.schema();
    let mut file = BufWriter::new(File::create(path)?);
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    writeln!(file, "{}", names.join(","))?;
    let (options, mut line) = (FormatOptions::default(), String::new());
    for batch in batches {
        let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            line.clear();
            for (place, column) in columns.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                write!(line, "{comma}{}", column.value(row))?;
            }
            writeln!(file, "{line}")?;
        }
    }
    file.flush()?;
    Ok(())
}
