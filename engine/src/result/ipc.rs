//! The Arrow stream of an answer.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, RecordBatch, RecordBatchOptions, StringArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::compute::nullif;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;

use super::column::{CellShape, ResultColumn};
use super::member::member_fields_of;
use super::member_reader::Members;
use super::query_result::QueryResult;
use super::reader::{Cells, ColumnReader};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Aggregation, ColumnType};

impl QueryResult {
    /// The answer as an Arrow IPC stream. All text is of the type Utf8, which every reader knows. The fields are called
    /// as the columns and carry as metadata their `label`, `role` and `kind`, and, where there is one, `level` and
    /// `aggregation`.
    ///
    /// A histogram is a list of structs of `lo`, `hi` and the count. A member of a hierarchy is a struct with the
    /// fields of [`MemberCell`](crate::MemberCell) in their order, its path a list of texts and its kind a text. Where
    /// a cell is the remainder of a top the key is NULL, and a last column `<name>_is_other` is true. Totals are not in
    /// the stream.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::LimitExceeded`] if a text column of one batch holds more than 2 GiB.
    pub fn to_arrow_ipc(&self) -> Result<Vec<u8>> {
        let schema = Arc::new(self.stream_schema());
        let mut writer = StreamWriter::try_new(Vec::<u8>::new(), &schema).map_err(failed)?;
        for (batch, reader) in self.batches().iter().zip(self.readers()) {
            let mut arrays = self
                .columns()
                .iter()
                .zip(batch.columns())
                .zip(reader.columns())
                .map(|((column, array), reader)| streamed(column, array, reader))
                .collect::<Result<Vec<_>>>()?;
            let others = reader.columns().iter().filter_map(ColumnReader::other);
            arrays.extend(others.map(|other| Arc::new(other.clone()) as ArrayRef));
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options).map_err(failed)?;
            writer.write(&batch).map_err(failed)?;
        }
        writer.into_inner().map_err(failed)
    }

    fn stream_schema(&self) -> Schema {
        let types = self.batches().first().into_iter().flat_map(RecordBatch::columns).map(|array| array.data_type());
        let mut fields: Vec<Field> = Vec::with_capacity(self.columns().len());
        for (column, found) in self.columns().iter().zip(types) {
            let data_type = match (column.shape, column.column_type) {
                (CellShape::Value, ColumnType::Text) => DataType::Utf8,
                (CellShape::Member, _) => DataType::Struct(member_fields_of(&DataType::Utf8)),
                _ => found.clone(),
            };
            fields.push(Field::new(&column.name, data_type, true).with_metadata(metadata(column)));
        }
        let readers = self.readers().first().into_iter().flat_map(|batch| batch.columns());
        let others = self.columns().iter().zip(readers).filter(|(_, reader)| reader.other().is_some());
        let others = others.map(|(column, _)| self.free_name(&format!("{}_is_other", column.name)));
        fields.extend(others.map(|name| Field::new(name, DataType::Boolean, true)));
        Schema::new(fields)
    }
}

fn metadata(column: &ResultColumn) -> HashMap<String, String> {
    let entries = [
        ("label", Some(column.label.as_str())),
        ("role", Some(column.role.as_str())),
        ("kind", Some(column.kind.as_str())),
        ("level", column.level.as_deref()),
        ("aggregation", column.aggregation.map(Aggregation::as_str)),
    ];
    entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect()
}

/// The array as it goes into the stream: text as Utf8, everything else as it is, the remainder as NULL.
fn streamed(column: &ResultColumn, array: &ArrayRef, reader: &ColumnReader) -> Result<ArrayRef> {
    let array = as_utf8(column, array, reader.cells())?;
    match reader.other() {
        Some(other) => nullif(array.as_ref(), other).map_err(failed),
        None => Ok(array),
    }
}

fn as_utf8(column: &ResultColumn, array: &ArrayRef, cells: &Cells) -> Result<ArrayRef> {
    let text = match cells {
        Cells::LargeText(array) => gather(array.iter()),
        Cells::TextView(array) => gather(array.iter()),
        Cells::Member(members) => gather_members(members)?,
        _ => return Ok(Arc::clone(array)),
    };
    text.ok_or_else(|| {
        let name = &column.name;
        let message = format!("column `{name}` holds more than the 2 GiB of text that one Arrow array takes");
        Error::new(ErrorKind::LimitExceeded, message)
    })
}

/// The texts as Utf8, unless they are longer than its 32-bit offsets reach: Arrow would panic there.
fn gather<'a>(texts: impl Iterator<Item = Option<&'a str>> + Clone) -> Option<ArrayRef> {
    let bytes = texts.clone().flatten().try_fold(0_usize, |sum, text| sum.checked_add(text.len()))?;
    i32::try_from(bytes).ok().map(|_| Arc::new(texts.collect::<StringArray>()) as ArrayRef)
}

/// The members with all their text as Utf8, as [`gather`].
fn gather_members(members: &Members) -> Result<Option<ArrayRef>> {
    let steps = (0..members.kinds.len()).flat_map(|row| members.steps(row));
    let kinds = members.kinds.iter().map(|kind| Some(kind.as_str()));
    let (id, name, color) = (members.id.iter(), members.name.iter(), members.color.iter());
    let texts = [gather(id), gather(steps), gather(name), gather(color), gather(kinds)];
    let [Some(id), Some(steps), Some(name), Some(color), Some(kind)] = texts else { return Ok(None) };

    let step = Arc::new(Field::new_list_field(DataType::Utf8, true));
    let lengths = OffsetBuffer::from_lengths(members.path.offsets().lengths());
    let path = ListArray::try_new(step, lengths, steps, None).map_err(failed)?;
    let arrays: Vec<ArrayRef> = vec![
        id,
        Arc::new(path),
        name,
        color,
        kind,
        Arc::new(members.depth.clone()),
        Arc::new(members.expanded.clone()),
        Arc::new(members.hidden_children.clone()),
    ];
    let members = StructArray::try_new(member_fields_of(&DataType::Utf8), arrays, members.nulls.clone());
    Ok(Some(Arc::new(members.map_err(failed)?)))
}

fn failed(error: ArrowError) -> Error {
    Error::internal("the Arrow stream of an answer could not be made").with_source(error)
}
