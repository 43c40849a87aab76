//! Closing the gaps that rows leave which are left out.
//!
//! A filter copies what stays, and of the rows of a snapshot nearly all do. Here the last rows move into the gaps, within
//! the memory of the columns, so that most of the cost goes by the rows that are left out. The order of the rows changes;
//! a table promises none, as the ordinal of each row is a column.

use std::num::TryFromIntError;

use arrow::array::{Array, ArrayData, ArrayRef, BooleanBufferBuilder, UInt32Array, make_array};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::compute::take;
use arrow::datatypes::{ArrowNativeType, DataType, i256};
use arrow::error::{ArrowError, Result};

/// The rows of some columns that live, in another order. `count` tells how many do.
pub(super) fn close_gaps(columns: Vec<ArrayRef>, live: &BooleanBuffer, count: usize) -> Result<Vec<ArrayRef>> {
    let moves = moves(live, count);
    let mut rows = None;
    let mut close = |column: ArrayRef| {
        let column = match close_in_place(column, &moves, count)? {
            Closed::InPlace(column) => return Ok(column),
            Closed::Not(column) => column,
        };
        let rows = match &mut rows {
            Some(rows) => rows,
            none => none.insert(rows_that_stay(&moves, count).map_err(|e| ArrowError::ComputeError(e.to_string()))?),
        };
        take(&column, rows, None)
    };
    columns.into_iter().map(&mut close).collect()
}

/// Which rows go where: those behind as many as stay, into the gaps before them.
fn moves(live: &BooleanBuffer, count: usize) -> Vec<(usize, usize)> {
    let gaps = !&live.slice(0, count);
    let behind = live.slice(count, live.len() - count);
    behind.set_indices().map(|row| count + row).zip(gaps.set_indices()).collect()
}

/// The rows that stay, each in its place.
fn rows_that_stay(moves: &[(usize, usize)], count: usize) -> std::result::Result<UInt32Array, TryFromIntError> {
    let mut rows: Vec<u32> = (0..u32::try_from(count)?).collect();
    for (from, to) in moves {
        if let Some(row) = rows.get_mut(*to) {
            *row = u32::try_from(*from)?;
        }
    }
    Ok(rows.into())
}

/// A column without its gaps, or still with them.
enum Closed {
    InPlace(ArrayRef),
    /// Its values have no fixed width, or others use their memory too.
    Not(ArrayRef),
}

fn close_in_place(column: ArrayRef, moves: &[(usize, usize)], count: usize) -> Result<Closed> {
    let width = match column.data_type() {
        // They are aligned to less than their width.
        DataType::Interval(_) => None,
        data_type => data_type.primitive_width(),
    };
    let Some(width) = width else { return Ok(Closed::Not(column)) };
    // Whoever holds the column holds its memory.
    let data = column.to_data();
    drop(column);
    let Some(values) = data.buffers().first() else { return Ok(Closed::Not(make_array(data))) };
    let (len, values) = (data.len(), values.slice_with_length(data.offset() * width, data.len() * width));
    let (data_type, nulls) = (data.data_type().clone(), data.nulls().cloned());
    drop(data);
    let moved = match width {
        1 => move_values::<i8>(values, moves, count),
        2 => move_values::<i16>(values, moves, count),
        4 => move_values::<i32>(values, moves, count),
        8 => move_values::<i64>(values, moves, count),
        16 => move_values::<i128>(values, moves, count),
        32 => move_values::<i256>(values, moves, count),
        _ => Err(values),
    };
    let array = |values: Buffer, nulls: Option<NullBuffer>, len: usize| {
        ArrayData::builder(data_type).len(len).add_buffer(values).nulls(nulls).build().map(make_array)
    };
    match moved {
        Ok(values) => {
            let nulls = nulls.map(|nulls| close_nulls(&nulls, moves, count));
            array(values, nulls, count).map(Closed::InPlace)
        }
        Err(values) => array(values, nulls, len).map(Closed::Not),
    }
}

/// Moves values within their memory, or gives it back if others use it too.
fn move_values<V: ArrowNativeType>(
    values: Buffer,
    moves: &[(usize, usize)],
    count: usize,
) -> std::result::Result<Buffer, Buffer> {
    let mut values = values.into_mutable()?;
    let slots = values.typed_data_mut::<V>();
    for (from, to) in moves {
        if let (Some(value), Some(slot)) = (slots.get(*from).copied(), slots.get_mut(*to)) {
            *slot = value;
        }
    }
    values.truncate(count * size_of::<V>());
    Ok(values.into())
}

/// Which of the rows that stay are NULL.
fn close_nulls(nulls: &NullBuffer, moves: &[(usize, usize)], count: usize) -> NullBuffer {
    let mut valid = BooleanBufferBuilder::new(count);
    valid.append_buffer(&nulls.inner().slice(0, count));
    for (from, to) in moves {
        valid.set_bit(*to, nulls.is_valid(*from));
    }
    NullBuffer::new(valid.finish())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use arrow::array::{
        AsArray, BooleanArray, Decimal128Array, DictionaryArray, Float64Array, Int64Array, StringViewArray,
        TimestampMicrosecondArray,
    };
    use arrow::datatypes::{Int8Type, Int64Type};
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{ArrayRef, BooleanBuffer, UInt32Array, close_gaps, take};

    /// Columns of several types. The first one numbers the rows.
    fn columns(rows: usize) -> Vec<ArrayRef> {
        let rows = 0..i64::try_from(rows).unwrap();
        let some = |row: i64| (row % 3 != 1).then_some(row);
        let word = |row: i64| if row % 2 == 0 { "even" } else { "odd" };
        let text = |row: i64| format!("a text that is not short, of row {row}");
        let decimals: Decimal128Array = rows.clone().map(|row| some(row).map(i128::from)).collect();
        let moments: TimestampMicrosecondArray = rows.clone().map(some).collect();
        vec![
            Arc::new(rows.clone().collect::<Int64Array>()),
            Arc::new(rows.clone().map(some).collect::<Int64Array>()),
            Arc::new(rows.clone().map(|row| f64::from(i32::try_from(row).unwrap()) / 2.0).collect::<Float64Array>()),
            Arc::new(decimals.with_precision_and_scale(20, 3).unwrap()),
            Arc::new(moments.with_timezone("+02:00")),
            Arc::new(rows.clone().map(|row| some(row).map(text)).collect::<StringViewArray>()),
            Arc::new(rows.clone().map(|row| some(row).map(|row| row % 2 == 0)).collect::<BooleanArray>()),
            Arc::new(rows.map(|row| some(row).map(word)).collect::<DictionaryArray<Int8Type>>()),
        ]
    }

    proptest! {
        #[test]
        fn rows_that_live_stay_whole(
            live in vec(any::<bool>(), 1..200),
            others in vec(any::<bool>(), 200),
            few_gaps in any::<bool>(),
            shared in any::<bool>(),
            cut in 0_usize..5,
        ) {
            let live: Vec<bool> = live.iter().zip(others).map(|(live, other)| *live || few_gaps && other).collect();
            let cut = cut.min(live.len());
            let rows = live.len() - cut;
            let live = BooleanBuffer::from(live).slice(cut, rows);
            // A column may begin within its memory, and others may use that too.
            let slices = |columns: Vec<ArrayRef>| -> Vec<ArrayRef> {
                columns.iter().map(|column| column.slice(cut, rows)).collect()
            };
            let (given, before) = (slices(columns(cut + rows)), slices(columns(cut + rows)));
            let other_owner = if shared { given.clone() } else { Vec::new() };
            let count = live.count_set_bits();
            let closed = close_gaps(given, &live, count).unwrap();
            let kept = closed[0].as_primitive::<Int64Type>().values().iter();
            let kept: UInt32Array = kept.map(|row| u32::try_from(*row).unwrap() - u32::try_from(cut).unwrap()).collect();
            let wanted: BTreeSet<u32> = live.set_indices_u32().collect();
            prop_assert_eq!((kept.len(), kept.values().iter().copied().collect::<BTreeSet<u32>>()), (count, wanted));
            for (closed, before) in closed.iter().zip(&before) {
                prop_assert_eq!(closed, &take(before, &kept, None).unwrap());
            }
            if shared {
                prop_assert_eq!(other_owner, before);
            }
        }
    }
}
