//! The order in which rows are written, and where each of them ends up.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{SortColumn, SortOptions, lexsort_to_indices, take_arrays};

use crate::error::{Error, Result};

/// Rows in the order in which they are written.
#[derive(Debug)]
pub(crate) struct Arranged {
    pub(crate) rows: RecordBatch,
    /// Where each of the rows that were picked stands among them.
    pub(crate) positions: Vec<u32>,
}

/// Picks rows, numbers them from `first` on in the order in which they were picked, and sorts them by the columns at
/// these places, NULLs last, and then by number. The last column of the rows is their number.
pub(crate) fn arrange(rows: &RecordBatch, picked: &[usize], first: i64, by: &[usize]) -> Result<Arranged> {
    let failed = |error| Error::internal("rows cannot be put into their order").with_source(error);
    let indices: Option<Vec<u32>> = picked.iter().map(|row| u32::try_from(*row).ok()).collect();
    let indices = indices.ok_or_else(|| Error::internal("a delta has too many rows to be sorted in memory"))?;
    let count = i64::try_from(indices.len()).unwrap_or(i64::MAX);
    let mut columns = take_arrays(rows.columns(), &UInt32Array::from(indices), None).map_err(failed)?;
    columns.pop();
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(first..first.saturating_add(count)));
    columns.push(Arc::clone(&numbers));
    let order = match by {
        [] => None,
        by => {
            let keys = by.iter().filter_map(|place| columns.get(*place)).chain([&numbers]).map(ascending);
            Some(lexsort_to_indices(&keys.collect::<Vec<_>>(), None).map_err(failed)?)
        }
    };
    let mut positions: Vec<u32> = (0..u32::try_from(picked.len()).unwrap_or(u32::MAX)).collect();
    if let Some(order) = &order {
        columns = take_arrays(&columns, order, None).map_err(failed)?;
        let mut placed: Vec<(u32, u32)> = order.values().iter().copied().zip(positions).collect();
        placed.sort_unstable();
        positions = placed.into_iter().map(|(_, position)| position).collect();
    }
    Ok(Arranged { rows: RecordBatch::try_new(rows.schema(), columns).map_err(failed)?, positions })
}

fn ascending(values: &ArrayRef) -> SortColumn {
    SortColumn { values: Arc::clone(values), options: Some(SortOptions { descending: false, nulls_first: false }) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray};
    use arrow::datatypes::Int64Type;

    use super::arrange;

    fn rows() -> RecordBatch {
        let keys: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), None, Some(1), Some(3), Some(2)]));
        let names: ArrayRef = Arc::new(StringViewArray::from_iter_values(["a", "b", "c", "d", "e"]));
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![90, 91, 92, 93, 94]));
        RecordBatch::try_from_iter([("key", keys), ("name", names), ("number", numbers)]).unwrap()
    }

    #[track_caller]
    fn check(picked: &[usize], by: &[usize], names: &[&str], numbers: &[i64], positions: &[u32]) {
        let arranged = arrange(&rows(), picked, 7, by).unwrap();
        let found: Vec<&str> = arranged.rows.column(1).as_string_view().iter().flatten().collect();
        assert_eq!(found, names);
        assert_eq!(arranged.rows.column(2).as_primitive::<Int64Type>().values(), numbers);
        assert_eq!(arranged.positions, positions);
    }

    #[test]
    fn rows_are_numbered_as_they_came_and_sorted_by_the_columns() {
        check(&[0, 1, 3, 4], &[], &["a", "b", "d", "e"], &[7, 8, 9, 10], &[0, 1, 2, 3]);
        check(&[0, 1, 3, 4], &[0], &["e", "a", "d", "b"], &[10, 7, 9, 8], &[1, 3, 2, 0]);
        check(&[], &[0], &[], &[], &[]);
    }
}
