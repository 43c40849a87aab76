//! The Arrow stream of an answer.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;

use super::column::{ResultColumn, Role};
use super::query_result::QueryResult;
use super::reader::ColumnReader;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Aggregation, ColumnType};

impl QueryResult {
    /// The answer as an Arrow IPC stream. All text is of the type Utf8, which every reader knows. The fields are called
    /// as the columns and carry as metadata their `label`, `role` and `kind`, and, where there is one, `level` and
    /// `aggregation`.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::LimitExceeded`] if a text column of one batch holds more than 2 GiB.
    pub fn to_arrow_ipc(&self) -> Result<Vec<u8>> {
        let schema = Arc::new(self.stream_schema());
        let mut writer = StreamWriter::try_new(Vec::<u8>::new(), &schema).map_err(failed)?;
        for (batch, reader) in self.batches().iter().zip(self.readers()) {
            let arrays = self
                .columns()
                .iter()
                .zip(batch.columns())
                .zip(reader.columns())
                .map(|((column, array), reader)| streamed(column, array, reader))
                .collect::<Result<Vec<_>>>()?;
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options).map_err(failed)?;
            writer.write(&batch).map_err(failed)?;
        }
        writer.into_inner().map_err(failed)
    }

    fn stream_schema(&self) -> Schema {
        let types = self.batches().first().into_iter().flat_map(RecordBatch::columns).map(|array| array.data_type());
        let fields = self.columns().iter().zip(types).map(|(column, found)| {
            let data_type = if column.column_type == ColumnType::Text { DataType::Utf8 } else { found.clone() };
            Field::new(&column.name, data_type, true).with_metadata(metadata(column))
        });
        Schema::new(fields.collect::<Vec<_>>())
    }
}

fn metadata(column: &ResultColumn) -> HashMap<String, String> {
    let role = match column.role {
        Role::Dimension => "dimension",
        Role::Measure => "measure",
    };
    let entries = [
        ("label", Some(column.label.as_str())),
        ("role", Some(role)),
        ("kind", Some(column.kind.as_str())),
        ("level", column.level.as_deref()),
        ("aggregation", column.aggregation.map(Aggregation::as_str)),
    ];
    entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect()
}

/// The array as it goes into the stream: text as Utf8, everything else as it is.
fn streamed(column: &ResultColumn, array: &ArrayRef, reader: &ColumnReader) -> Result<ArrayRef> {
    let text = match reader {
        ColumnReader::Text(array) => Some(array.clone()),
        ColumnReader::LargeText(array) => gather(array.iter()),
        ColumnReader::TextView(array) => gather(array.iter()),
        _ => return Ok(Arc::clone(array)),
    };
    text.map(|text| Arc::new(text) as ArrayRef).ok_or_else(|| {
        let name = &column.name;
        let message = format!("column `{name}` holds more than the 2 GiB of text that one Arrow array takes");
        Error::new(ErrorKind::LimitExceeded, message)
    })
}

/// The texts as Utf8, unless they are longer than its 32-bit offsets reach: Arrow would panic there.
fn gather<'a>(texts: impl Iterator<Item = Option<&'a str>> + Clone) -> Option<StringArray> {
    let bytes = texts.clone().flatten().try_fold(0_usize, |sum, text| sum.checked_add(text.len()))?;
    i32::try_from(bytes).ok().map(|_| texts.collect())
}

fn failed(error: ArrowError) -> Error {
    Error::internal("the Arrow stream of an answer could not be made").with_source(error)
}
