//! Rows from several batches put together, all columns at once.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::compute::interleave;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::failure::unsorted;
use crate::error::Result;

/// Where the texts of gathered rows lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texts {
    /// Where they were, which keeps the batches alive that they come from.
    Shared,
    /// In buffers that hold nothing else.
    Owned,
}

/// The rows at these places: of which batch, and which row of it. Works in parallel on the rayon pool of the calling
/// thread.
pub(super) fn gather(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    places: &[(usize, usize)],
    texts: Texts,
) -> Result<RecordBatch> {
    let columns: Result<Vec<ArrayRef>, ArrowError> =
        (0..schema.fields().len()).into_par_iter().map(|column| pick(batches, column, places, texts)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(places.len()));
    let gathered = columns.and_then(|columns| RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options));
    gathered.map_err(unsorted)
}

fn pick(
    batches: &[RecordBatch],
    column: usize,
    places: &[(usize, usize)],
    texts: Texts,
) -> Result<ArrayRef, ArrowError> {
    let arrays: Vec<&dyn Array> =
        batches.iter().filter_map(|batch| batch.columns().get(column)).map(|array| array.as_ref()).collect();
    let picked = interleave(&arrays, places)?;
    Ok(if texts == Texts::Owned { owned(picked) } else { picked })
}

/// The same values in buffers that hold nothing else.
pub(super) fn owned(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().gc()),
        DataType::BinaryView => Arc::new(array.as_binary_view().gc()),
        _ => array,
    }
}
