//! Rows without a key: equal in all columns or not, and how often.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef};
use arrow::row::{RowConverter, Rows, SortField};
use rayon::slice::ParallelSliceMut;

use crate::error::{Error, Result};

/// Two sets of rows less what they have in common, each row counted as often as it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Exchanged {
    /// The numbers of the new rows for which there is no equal held one, in order.
    pub(crate) new: Vec<usize>,
    /// The numbers of the held rows for which there is no equal new one, in order.
    pub(crate) held: Vec<usize>,
}

/// Matches rows with held ones that are equal in all of the columns, which have the same types on both sides. Only the
/// rows of these numbers are looked at.
pub(crate) fn exchange(
    new: &[ArrayRef],
    new_rows: Vec<usize>,
    held: &[ArrayRef],
    held_rows: Vec<usize>,
) -> Result<Exchanged> {
    let failed = |error| Error::internal("rows cannot be compared").with_source(error);
    let fields = new.iter().map(|column| SortField::new(column.data_type().clone()));
    let converter = RowConverter::new(fields.collect()).map_err(failed)?;
    let left = Sorted::new(converter.convert_columns(new).map_err(failed)?, new_rows);
    let right = Sorted::new(converter.convert_columns(held).map_err(failed)?, held_rows);
    let mut found = Exchanged::default();
    let (mut ours, mut theirs) = (left.numbers.iter().peekable(), right.numbers.iter().peekable());
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (Some(our), Some(their)) => left.rows.row(**our).cmp(&right.rows.row(**their)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        // Of equal rows both sides go on, and neither is told.
        if order.is_le()
            && let Some(our) = ours.next()
            && order.is_lt()
        {
            found.new.push(*our);
        }
        if order.is_ge()
            && let Some(their) = theirs.next()
            && order.is_gt()
        {
            found.held.push(*their);
        }
    }
    found.new.sort_unstable();
    found.held.sort_unstable();
    Ok(found)
}

/// Rows in an order in which equal ones lie together, the first ones first.
struct Sorted {
    rows: Rows,
    numbers: Vec<usize>,
}

impl Sorted {
    fn new(rows: Rows, mut numbers: Vec<usize>) -> Self {
        numbers.retain(|number| *number < rows.num_rows());
        numbers.par_sort_unstable_by(|one, other| rows.row(*one).cmp(&rows.row(*other)).then(one.cmp(other)));
        Self { rows, numbers }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Float64Array, StringViewArray};

    use super::exchange;

    fn columns(rows: &[(Option<&str>, Option<f64>)]) -> (Vec<ArrayRef>, Vec<usize>) {
        let texts = StringViewArray::from_iter(rows.iter().map(|row| row.0));
        let floats = Float64Array::from_iter(rows.iter().map(|row| row.1));
        (vec![Arc::new(texts), Arc::new(floats)], (0..rows.len()).collect())
    }

    #[test]
    fn doubles_are_counted_and_null_equals_null() {
        let (a, b) = ((Some("a"), Some(1.0)), (Some("a"), None));
        let (c, d) = ((None, None), (Some("a longer text than fits a view"), Some(2.5)));
        let (new, new_rows) = columns(&[a, b, a, c, d, a]);
        let (held, held_rows) = columns(&[d, a, b, b, c]);
        let found = exchange(&new, new_rows, &held, held_rows).unwrap();
        assert_eq!((found.new, found.held), (vec![2, 5], vec![3]), "the first of equal rows are matched");
    }

    #[test]
    fn only_the_rows_asked_for_are_compared() {
        let (a, b) = ((Some("a"), None), (Some("b"), None));
        let (new, _) = columns(&[a, b, a]);
        let (held, _) = columns(&[a, b]);
        let found = exchange(&new, vec![1, 2], &held, vec![0]).unwrap();
        assert_eq!((found.new, found.held), (vec![1], Vec::new()));
        let nothing = exchange(&new, Vec::new(), &held, Vec::new()).unwrap();
        assert!(nothing.new.is_empty() && nothing.held.is_empty());
    }
}
