//! Rows of an older file in the columns of a later version.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

/// What makes a file's rows those of a version: columns the file lacks are NULL, narrower types become wider.
#[derive(Debug)]
pub(super) struct Columns {
    schema: SchemaRef,
    projection: ProjectionMask,
    /// For each column of the version its place among those read; `None` if the file has none of that name.
    places: Vec<Option<usize>>,
    same: bool,
}

impl Columns {
    pub(super) fn new(file: &ArrowReaderMetadata, schema: &SchemaRef) -> Self {
        let of_file = file.schema();
        let found: Vec<Option<usize>> =
            schema.fields().iter().map(|field| of_file.index_of(field.name()).ok()).collect();
        let mut read: Vec<usize> = found.iter().flatten().copied().collect();
        read.sort_unstable();
        let places = found.iter().map(|found| read.binary_search(found.as_ref()?).ok()).collect();
        let same = of_file.fields().len() == schema.fields().len()
            && of_file
                .fields()
                .iter()
                .zip(schema.fields())
                .all(|(of_file, field)| of_file.name() == field.name() && of_file.data_type() == field.data_type());
        let projection = ProjectionMask::roots(file.parquet_schema(), read);
        Self { schema: Arc::clone(schema), projection, places, same }
    }

    /// Whether the file has just the columns of the version.
    pub(super) fn are_same(&self) -> bool {
        self.same
    }

    /// The columns to read.
    pub(super) fn projection(&self) -> &ProjectionMask {
        &self.projection
    }

    /// Makes rows as read those of the version.
    pub(super) fn fit(&self, rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let column = |place: &Option<usize>, wanted: &DataType| -> Result<ArrayRef, ArrowError> {
            match place.and_then(|place| rows.columns().get(place)) {
                None => Ok(new_null_array(wanted, rows.num_rows())),
                Some(column) if column.data_type() == wanted => Ok(Arc::clone(column)),
                Some(column) => cast(column, wanted),
            }
        };
        let wanted = self.schema.fields().iter().map(|field| field.data_type());
        let columns: Result<Vec<ArrayRef>, ArrowError> =
            self.places.iter().zip(wanted).map(|(place, wanted)| column(place, wanted)).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns?)
    }
}

/// A value that does not fit the other type is an error and not NULL.
fn cast(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    cast_with_options(column, wanted, &CastOptions { safe: false, ..CastOptions::default() })
}
