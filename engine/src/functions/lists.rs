//! Lists of values, as some aggregates store their states.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListArray};
use arrow::buffer::{BooleanBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::filter;
use arrow::datatypes::{DataType, Field};
use datafusion::common::{DataFusionError, Result};

use super::exact::damaged;

/// The type of a list of values of a type.
pub(super) fn list_type(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(item, true)))
}

/// Lists of values. List `i` ends before value `ends[i]`.
pub(super) fn lists(
    values: ArrayRef,
    ends: impl Iterator<Item = usize>,
    nulls: Option<NullBuffer>,
) -> Result<ListArray> {
    let offsets = std::iter::once(0).chain(ends).map(i32::try_from).collect::<Result<Vec<i32>, _>>();
    let offsets = offsets.map_err(|_| {
        DataFusionError::ResourcesExhausted("an aggregate of more values than lists can hold".to_owned())
    })?;
    let item = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    Ok(ListArray::try_new(item, OffsetBuffer::new(ScalarBuffer::from(offsets)), values, nulls)?)
}

/// A list of one value for each row; NULL for rows that are not selected.
pub(super) fn one_each(values: &dyn Array, selected: Option<&BooleanBuffer>) -> Result<ListArray> {
    let Some(selected) = selected else { return lists(values.slice(0, values.len()), 1..=values.len(), None) };
    let kept = filter(values, &BooleanArray::new(selected.clone(), None))?;
    let ends = selected.iter().scan(0, |end, kept| {
        *end += usize::from(kept);
        Some(*end)
    });
    lists(kept, ends, Some(NullBuffer::new(selected.clone())))
}

/// Calls `each` with the number of each list that is not NULL, and where its values are.
pub(super) fn each_list(lists: &ListArray, mut each: impl FnMut(usize, Range<usize>) -> Result<()>) -> Result<()> {
    if lists.values().null_count() > 0 {
        return Err(damaged());
    }
    let offsets = lists.value_offsets();
    for (row, (start, end)) in offsets.iter().zip(offsets.iter().skip(1)).enumerate() {
        if lists.is_valid(row) {
            let start = usize::try_from(*start).map_err(|_| damaged())?;
            let end = usize::try_from(*end).map_err(|_| damaged())?;
            each(row, start..end)?;
        }
    }
    Ok(())
}
