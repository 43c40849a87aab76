//! Whether the rows of a file have the statistics that a manifest tells.

use arrow::datatypes::{DataType, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::evolution::{all_null, rescale};
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::{ColumnStats, DataFile};
use crate::stats::ColumnAccumulator;
use crate::verified::VerifiedFile;

/// Decodes a file and compares what its rows say with what is known about its columns, which are those of `schema`.
///
/// Every byte of the file was checked before, so a difference means that wrong statistics were written: queries that
/// trust them would leave rows out.
pub(super) fn verify_statistics(opened: &VerifiedFile, file: &DataFile, schema: &Schema) -> Result<()> {
    let metadata = opened.guard(|| ArrowReaderMetadata::load(opened, ArrowReaderOptions::new()))?;
    let differ = |column: &str| {
        let message = "the manifest tells other statistics of a column than its rows have";
        Err(Error::corruption(opened.path(), message).with_context("column", column.escape_debug()))
    };
    if file.columns.len() != schema.fields().len() {
        return Err(Error::corruption(opened.path(), "the manifest tells of other columns than the version has"));
    }
    file.columns.par_iter().zip(schema.fields().as_ref()).try_for_each(|(known, field)| {
        let found = match metadata.schema().index_of(field.name()) {
            Ok(place) => {
                let (found, data_type) = statistics_of(opened, &metadata, place)?;
                rescale(found, &data_type, field.data_type())
            }
            Err(_) => all_null(field, file.rows),
        };
        if are_same(found, known.clone()) { Ok(()) } else { differ(field.name()) }
    })
}

/// A sum that fits no 128 bits may have done so only on the way, which goes by how rows come together.
fn are_same(mut found: ColumnStats, mut known: ColumnStats) -> bool {
    if found.sum.is_none() || known.sum.is_none() {
        (found.sum, known.sum) = (None, None);
    }
    found == known
}

/// The statistics of a column of a file, and its type there.
fn statistics_of(
    opened: &VerifiedFile,
    metadata: &ArrowReaderMetadata,
    place: usize,
) -> Result<(ColumnStats, DataType)> {
    let field = metadata.schema().field(place);
    let decode = || -> Result<ColumnStats, ParquetError> {
        let rows = ParquetRecordBatchReaderBuilder::new_with_metadata(opened.clone(), metadata.clone())
            .with_projection(ProjectionMask::roots(metadata.parquet_schema(), [place]))
            .build()?;
        let mut statistics = ColumnAccumulator::new(field.data_type());
        for batch in rows {
            batch?.columns().iter().try_for_each(|column| statistics.update(column)).map_err(ParquetError::from)?;
        }
        Ok(statistics.finish(field.name()))
    };
    // Several columns may fail at once, and then decoders of some tell a failure of the medium from damage no more. Where
    // every byte turns out to be as it was written, the failure has passed unless it comes again.
    let found = match opened.guard(decode) {
        Err(error) if error.kind() == ErrorKind::Corruption => {
            opened.read_everything()?;
            opened.guard(decode)?
        }
        found => found?,
    };
    Ok((found, field.data_type().clone()))
}
