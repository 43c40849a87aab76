//! Numbers of values and of rows.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};

use super::partitions::Partitions;

/// The number of values that are not NULL in each row and all before it.
pub(super) fn values_of(of: &ArrayRef, partitions: &Partitions) -> ArrayRef {
    integers(partitions.column(|rows| {
        let mut values = 0_i64;
        let count = |row: &usize| {
            values += i64::from(of.is_valid(*row));
            Some(values)
        };
        rows.iter().map(count).collect()
    }))
}

/// The number of rows of the partition.
pub(super) fn rows_of(partitions: &Partitions) -> ArrayRef {
    integers(partitions.column(|rows| vec![i64::try_from(rows.len()).ok(); rows.len()]))
}

/// A column of integers.
pub(super) fn integers(values: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray};
    use arrow::datatypes::Int64Type;

    use super::{rows_of, values_of};
    use crate::answer::order::SortBy;
    use crate::answer::windows::partitions::Partitions;

    fn counted(column: &ArrayRef) -> Vec<Option<i64>> {
        column.as_primitive::<Int64Type>().iter().collect()
    }

    #[test]
    fn values_are_counted_and_all_rows_are() {
        let keys: ArrayRef = Arc::new(StringViewArray::from(vec![Some("a"), None, Some("a"), Some("a"), None]));
        let order: ArrayRef = Arc::new(Int64Array::from(vec![3, 1, 1, 2, 2]));
        let partitions = Partitions::new(&[&keys], &[SortBy::ascending(&order)], 5).unwrap();
        let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None, None, Some(false), Some(true)]));
        assert_eq!(counted(&values_of(&flags, &partitions)), [Some(2), Some(0), Some(0), Some(1), Some(1)]);
        assert_eq!(counted(&rows_of(&partitions)), [Some(3), Some(2), Some(3), Some(3), Some(2)]);
        let none = Partitions::new(&[], &[], 0).unwrap();
        assert_eq!(rows_of(&none).len(), 0);
    }
}
