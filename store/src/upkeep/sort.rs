//! Putting rows held in memory into an order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::{SortOptions, interleave};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows, SortField};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::error::{Error, ErrorKind, Result};
use crate::writer::SortColumn;

/// Rows put together at a time, unless codes of a dictionary are so short that fewer could use them up.
const SLICE_ROWS: usize = 65_536;

/// The old number of every row in the new order; `None` if the rows are in order already. Rows that are equal in it keep
/// theirs.
pub(super) fn order(schema: &Schema, batches: &[RecordBatch], sorting: &[SortColumn]) -> Result<Option<Vec<u32>>> {
    let rows = encode(schema, batches, sorting)?;
    if rows.iter().is_sorted() {
        return Ok(None);
    }
    let count = u32::try_from(rows.num_rows())
        .map_err(|_| Error::new(ErrorKind::InvalidInput, "too many rows to be put in order at once"))?;
    let mut order: Vec<u32> = (0..count).collect();
    order.par_sort_unstable_by(|one, other| {
        rows.row(*one as usize).cmp(&rows.row(*other as usize)).then_with(|| one.cmp(other))
    });
    Ok(Some(order))
}

/// The new number of every row, given the old ones in the new order.
pub(super) fn inverse(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, row) in (0..).zip(order) {
        if let Some(of_row) = places.get_mut(*row as usize) {
            *of_row = place;
        }
    }
    places
}

/// Hands out the rows in a new order, piece by piece.
pub(super) fn reorder(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    order: &[u32],
    mut take: impl FnMut(&RecordBatch) -> Result<()>,
) -> Result<()> {
    let mut starts = Vec::with_capacity(batches.len());
    let mut rows = 0;
    for batch in batches {
        starts.push(rows);
        rows += batch.num_rows();
    }
    let find = |row: &u32| {
        let row = *row as usize;
        let batch = starts.partition_point(|start| *start <= row).saturating_sub(1);
        (batch, row - starts.get(batch).copied().unwrap_or(0))
    };
    for slice in order.chunks(slice_rows(schema)) {
        let places: Vec<(usize, usize)> = slice.iter().map(find).collect();
        let columns: Result<Vec<ArrayRef>, ArrowError> =
            (0..schema.fields().len()).into_par_iter().map(|column| pick(batches, column, &places)).collect();
        let piece = columns.and_then(|columns| RecordBatch::try_new(Arc::clone(schema), columns)).map_err(unsorted)?;
        take(&piece)?;
    }
    Ok(())
}

fn pick(batches: &[RecordBatch], column: usize, places: &[(usize, usize)]) -> Result<ArrayRef, ArrowError> {
    let arrays: Vec<&dyn Array> =
        batches.iter().filter_map(|batch| batch.columns().get(column)).map(|array| array.as_ref()).collect();
    interleave(&arrays, places)
}

/// The rows as bytes whose order is the one asked for.
fn encode(schema: &Schema, batches: &[RecordBatch], sorting: &[SortColumn]) -> Result<Rows> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for column in sorting {
        let (index, field) = schema.column_with_name(&column.name).ok_or_else(|| {
            Error::new(ErrorKind::InvalidInput, "a layout names a column that is not in the schema")
                .with_context("column", column.name.escape_debug())
        })?;
        let options = SortOptions { descending: column.descending, nulls_first: column.nulls_first };
        fields.push(SortField::new_with_options(field.data_type().clone(), options));
        columns.push(index);
    }
    let converter = RowConverter::new(fields).map_err(unsorted)?;
    let mut rows = converter.empty_rows(batches.iter().map(RecordBatch::num_rows).sum(), 0);
    for batch in batches {
        let keys: Vec<ArrayRef> = columns.iter().filter_map(|index| batch.columns().get(*index)).cloned().collect();
        converter.append(&mut rows, &keys).map_err(unsorted)?;
    }
    Ok(rows)
}

/// So few rows that their distinct values have codes in every dictionary.
fn slice_rows(schema: &Schema) -> usize {
    let codes = |data_type: &DataType| match data_type {
        DataType::Dictionary(key, _) => match **key {
            DataType::Int8 => 1 << 7,
            DataType::UInt8 => 1 << 8,
            DataType::Int16 => 1 << 15,
            _ => SLICE_ROWS,
        },
        _ => SLICE_ROWS,
    };
    schema.fields().iter().map(|field| codes(field.data_type())).min().unwrap_or(SLICE_ROWS)
}

/// The failure is not told in its own words, as they may hold values.
fn unsorted(_: ArrowError) -> Error {
    Error::new(ErrorKind::InvalidInput, "the rows could not be put in order")
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, DictionaryArray, Int64Array, StringArray};
    use arrow::compute::{cast, concat_batches};
    use arrow::datatypes::{Field, Int64Type, UInt8Type};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{
        Arc, ArrayRef, DataType, ErrorKind, RecordBatch, Schema, SchemaRef, SortColumn, inverse, order, reorder,
        slice_rows,
    };

    fn schema() -> SchemaRef {
        let fields = vec![Field::new("key", DataType::Int64, true), Field::new("row", DataType::Int64, false)];
        Arc::new(Schema::new(fields))
    }

    fn batch(keys: &[Option<i64>], first: i64) -> RecordBatch {
        let rows: Int64Array = (first..).take(keys.len()).map(Some).collect();
        let columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(keys.to_vec())), Arc::new(rows)];
        RecordBatch::try_new(schema(), columns).unwrap()
    }

    proptest! {
        #[test]
        fn rows_come_in_order_and_are_found_again(
            keys in proptest::collection::vec(proptest::option::of(0_i64..20), 0..200),
            piece in 1_usize..50,
            descending in any::<bool>(),
            nulls_first in any::<bool>(),
        ) {
            let batches: Vec<RecordBatch> =
                (0..).step_by(piece).zip(keys.chunks(piece)).map(|(first, keys)| batch(keys, first)).collect();
            let sorting = [SortColumn { name: "key".to_owned(), descending, nulls_first }];
            let found = order(&schema(), &batches, &sorting).unwrap();
            let mut pieces = Vec::new();
            let new = found.clone().unwrap_or_else(|| (0..u32::try_from(keys.len()).unwrap()).collect());
            reorder(&schema(), &batches, &new, |piece| {
                pieces.push(piece.clone());
                Ok(())
            }).unwrap();
            let sorted = concat_batches(&schema(), &pieces).unwrap();
            let rows = sorted.column(1).as_primitive::<Int64Type>().values().to_vec();

            let mut expected: Vec<(bool, i64, i64)> = (0_i64..)
                .zip(&keys)
                .map(|(row, key)| {
                    let value = key.unwrap_or(0);
                    (key.is_none() != nulls_first, if descending { -value } else { value }, row)
                })
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(&rows, &expected.iter().map(|(_, _, row)| *row).collect::<Vec<_>>());
            prop_assert!(found.is_some() != rows.is_sorted());
            for (old, place) in (0_i64..).zip(inverse(&new)) {
                prop_assert_eq!(rows[place as usize], old);
            }
        }
    }

    /// Three dictionaries with more values in all than the codes of one can name.
    #[test]
    fn short_codes_do_not_run_out() {
        let codes = DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8));
        let schema = Arc::new(Schema::new(vec![Field::new("code", codes, false)]));
        let batch = |first: u32| {
            let values: Vec<String> = (first..first + 200).map(|value| format!("{:04}", value * 7 % 600)).collect();
            let codes: DictionaryArray<UInt8Type> = values.iter().map(String::as_str).collect();
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(codes)]).unwrap()
        };
        let batches = [batch(0), batch(200), batch(400)];
        assert_eq!(slice_rows(&schema), 256);
        let new = order(&schema, &batches, &[SortColumn::ascending("code")]).unwrap().unwrap();
        let mut values = Vec::new();
        reorder(&schema, &batches, &new, |piece| {
            let texts = cast(piece.column(0), &DataType::Utf8).unwrap();
            values.extend(texts.as_string::<i32>().iter().map(|text| text.unwrap().to_owned()));
            Ok(())
        })
        .unwrap();
        assert_eq!(values, (0..600).map(|value| format!("{value:04}")).collect::<Vec<_>>());
    }

    #[test]
    fn columns_that_are_not_there_are_refused() {
        let rows = [batch(&[Some(1)], 0)];
        let error = order(&schema(), &rows, &[SortColumn::ascending("none")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let text: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
        let other = RecordBatch::try_from_iter([("key", text)]).unwrap();
        let error = order(&schema(), &[other], &[SortColumn::ascending("key")]).unwrap_err();
        assert_eq!((error.kind(), std::error::Error::source(&error).is_none()), (ErrorKind::InvalidInput, true));
    }
}
