//! The boundary: what passes here has canonical types, and floats that are neither NaN, infinite nor -0.0.

mod convert;
mod floats;
mod natural;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema, SchemaRef};

use super::builder;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Column, ColumnType};

pub use floats::{FloatCounts, Normalized};

/// Brings a batch of a source to the declared types of its columns, which it has in that order. A value that does not
/// fit its type without loss is an error that names the column and the row, counted from 1 over all batches that went
/// into the same `counts`.
pub(crate) fn conform(batch: &RecordBatch, columns: &[Column], counts: &mut Normalized) -> Result<RecordBatch> {
    if batch.num_columns() != columns.len() {
        let message = format!("the source gave {} columns where {} were asked for", batch.num_columns(), columns.len());
        return Err(Error::new(ErrorKind::SourceError, message));
    }
    let mut arrays = Vec::with_capacity(columns.len());
    for (array, column) in batch.columns().iter().zip(columns) {
        arrays.push(conform_array(array, column, counts)?);
    }
    counts.rows += batch.num_rows() as u64;
    builder::batch(&canonical_schema(columns), arrays, batch.num_rows())
}

/// The schema of batches that hold these columns: canonical types under their ids.
pub(super) fn canonical_schema(columns: &[Column]) -> SchemaRef {
    let field = |column: &Column| Field::new(&column.id, column.column_type.arrow(), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn conform_array(array: &ArrayRef, column: &Column, counts: &mut Normalized) -> Result<ArrayRef> {
    let place = Place { column, first_row: counts.rows + 1 };
    let (mut array, found) = natural::natural(array, &place)?;
    // Before the conversion, so that a NaN becomes NULL in every other type too.
    if found == ColumnType::Float {
        array = floats::normalize(array, &column.id, counts);
    }
    if found != column.column_type {
        array = convert::convert(&array, found, &place)?;
        if column.column_type == ColumnType::Float {
            array = floats::normalize(array, &column.id, counts);
        }
    }
    Ok(array)
}

/// A column, and where its array stands among the rows of the source.
#[derive(Debug)]
struct Place<'a> {
    column: &'a Column,
    first_row: u64,
}

impl Place<'_> {
    /// An error about one value of the array.
    fn error(&self, index: usize, reason: impl Display) -> Error {
        let (name, row) = (&self.column.source_name, self.first_row + index as u64);
        Error::new(ErrorKind::SourceError, format!("column `{name}`, row {row}: the value {reason}"))
    }

    /// Checks that a value came out wherever one went in.
    fn nothing_lost(&self, before: &dyn Array, after: &dyn Array) -> Result<()> {
        if after.null_count() <= before.logical_null_count() {
            return Ok(());
        }
        let nulls = before.logical_nulls();
        let was_null = |index| nulls.as_ref().is_some_and(|nulls| nulls.is_null(index));
        match (0..after.len()).find(|index| after.is_null(*index) && !was_null(*index)) {
            Some(index) => Err(self.error(index, format!("does not fit {}", self.column.column_type.name()))),
            None => Ok(()),
        }
    }
}
