//! The order of the rows of an answer, and which of them are equal.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::SortOptions;
use arrow::error::ArrowError;
use arrow::row::{Row, RowConverter, Rows, SortField};

use crate::error::{Error, ErrorKind, Result};

/// One key of an order over rows of an answer. Text is compared by code point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SortBy<'a> {
    pub(crate) values: &'a ArrayRef,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
    /// Rows that come last whatever the direction: the remainder of a top, whose value is NULL.
    pub(crate) last: Option<&'a BooleanArray>,
}

impl<'a> SortBy<'a> {
    /// From the least to the greatest, NULL last.
    pub(crate) fn ascending(values: &'a ArrayRef) -> Self {
        Self { values, descending: false, nulls_first: false, last: None }
    }
}

/// Rows that are equal in their keys. NULL equals NULL.
#[derive(Debug)]
pub(crate) struct Groups {
    /// The group of each row. Groups are numbered as they appear.
    pub(crate) of: Vec<u32>,
    /// The first row of each group.
    pub(crate) firsts: Vec<u32>,
}

/// The rows in order, as row numbers. Rows that are equal in all keys stay in the order they had.
///
/// # Errors
///
/// `LimitExceeded` for more rows than row numbers can count; `Internal` if a key has another number of rows.
pub(crate) fn sorted(keys: &[SortBy<'_>], rows: usize) -> Result<UInt32Array> {
    let numbers = numbers(rows)?;
    if keys.is_empty() {
        return Ok(UInt32Array::from_iter_values(numbers));
    }
    let encoded = encoded(keys, rows)?;
    let mut order: Vec<(Row<'_>, u32)> = encoded.iter().zip(numbers).collect();
    order.sort_by_key(|(key, _)| *key);
    Ok(UInt32Array::from_iter_values(order.into_iter().map(|(_, row)| row)))
}

/// Puts rows together that are equal in all keys; without keys all are. The remainder of a top equals no member.
///
/// # Errors
///
/// As [`sorted`].
pub(crate) fn groups(keys: &[SortBy<'_>], rows: usize) -> Result<Groups> {
    let numbers = numbers(rows)?;
    if keys.is_empty() {
        return Ok(Groups { of: vec![0; rows], firsts: numbers.take(1).collect() });
    }
    let encoded = encoded(keys, rows)?;
    let mut known: HashMap<&[u8], u32> = HashMap::new();
    let mut groups = Groups { of: Vec::with_capacity(rows), firsts: Vec::new() };
    for (key, row) in encoded.iter().zip(numbers) {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let group = *known.entry(key.data()).or_insert(next);
        if group == next {
            groups.firsts.push(row);
        }
        groups.of.push(group);
    }
    Ok(groups)
}

/// The numbers of all rows.
fn numbers(rows: usize) -> Result<Range<u32>> {
    let end = u32::try_from(rows).map_err(|_| {
        Error::new(ErrorKind::LimitExceeded, format!("an answer of {rows} rows has more than can be put in order"))
    })?;
    Ok(0..end)
}

/// The keys of each row as bytes that compare as the keys do.
fn encoded(keys: &[SortBy<'_>], rows: usize) -> Result<Rows> {
    let mut fields = Vec::with_capacity(keys.len());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(keys.len());
    for key in keys {
        if let Some(last) = key.last {
            fields.push(SortField::new(last.data_type().clone()));
            columns.push(Arc::new(without_nulls(last)));
        }
        let options = SortOptions { descending: key.descending, nulls_first: key.nulls_first };
        fields.push(SortField::new_with_options(key.values.data_type().clone(), options));
        columns.push(Arc::clone(key.values));
    }
    if columns.iter().any(|column| column.len() != rows) {
        return Err(Error::internal("the keys of an order have different numbers of rows"));
    }
    let broken = |error: ArrowError| Error::internal("the keys of an order cannot be compared").with_source(error);
    RowConverter::new(fields).and_then(|converter| converter.convert_columns(&columns)).map_err(broken)
}

/// Flags of which NULL is false.
fn without_nulls(flags: &BooleanArray) -> BooleanArray {
    match flags.nulls() {
        Some(nulls) => BooleanArray::new(flags.values() & nulls.inner(), None),
        None => flags.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;
    use std::sync::Arc;

    use arrow::array::{
        Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
        StringViewArray, TimestampMicrosecondArray,
    };
    use arrow::datatypes::i256;
    use proptest::prelude::*;

    use super::{SortBy, groups, sorted};
    use crate::error::ErrorKind;

    #[track_caller]
    fn check(keys: &[SortBy<'_>], expected: &[u32]) {
        assert_eq!(sorted(keys, expected.len()).unwrap().values(), expected);
    }

    fn array(values: impl Array + 'static) -> ArrayRef {
        Arc::new(values)
    }

    #[test]
    fn values_of_all_types_come_in_order() {
        let decimals = Decimal128Array::from(vec![Some(-5), None, Some(-70), Some(2)]);
        let wide = Decimal256Array::from_iter([-5, 9, -70, 2].map(|value| Some(i256::from_i128(value))));
        let times = TimestampMicrosecondArray::from(vec![Some(3), None, Some(-3), Some(0)]).with_timezone("UTC");
        let ascending: [(ArrayRef, [u32; 4]); 8] = [
            (array(Int64Array::from(vec![Some(3), None, Some(-3), Some(0)])), [2, 3, 0, 1]),
            (array(Float64Array::from(vec![1.5, -1e300, 0.0, -1.5])), [1, 3, 2, 0]),
            (array(decimals), [2, 0, 3, 1]),
            (array(wide), [2, 0, 3, 1]),
            (array(BooleanArray::from(vec![Some(true), None, Some(false), Some(true)])), [2, 0, 3, 1]),
            (array(Date32Array::from(vec![Some(3), None, Some(-3), Some(0)])), [2, 3, 0, 1]),
            (array(times), [2, 3, 0, 1]),
            (array(StringViewArray::from(vec!["b", "", "a long text, and then some", "a"])), [1, 3, 2, 0]),
        ];
        for (values, expected) in &ascending {
            check(&[SortBy::ascending(values)], expected);
        }
    }

    #[test]
    fn text_is_compared_by_code_point() {
        // The third is one unit of UTF-16, the last two are of higher code points.
        let texts = array(StringViewArray::from(vec!["é", "z", "\u{ffff}", "Z", "\u{1f600}", "\u{10ffff}"]));
        check(&[SortBy::ascending(&texts)], &[3, 1, 0, 2, 4, 5]);
    }

    #[test]
    fn nulls_and_the_remainder_have_their_place() {
        let values = array(Int64Array::from(vec![None, Some(1), None, Some(2)]));
        let remainder = BooleanArray::from(vec![Some(true), None, Some(false), None]);
        let key = |descending, nulls_first, last| SortBy { values: &values, descending, nulls_first, last };
        check(&[key(false, false, None)], &[1, 3, 0, 2]);
        check(&[key(true, false, None)], &[3, 1, 0, 2]);
        check(&[key(true, true, None)], &[0, 2, 3, 1]);
        for nulls_first in [false, true] {
            let expected = if nulls_first { [2, 3, 1, 0] } else { [3, 1, 2, 0] };
            check(&[key(true, nulls_first, Some(&remainder))], &expected);
        }
    }

    #[test]
    fn without_keys_rows_stay_where_they_are() {
        check(&[], &[0, 1, 2]);
        check(&[], &[]);
        let all = groups(&[], 3).unwrap();
        assert_eq!((all.of, all.firsts), (vec![0, 0, 0], vec![0]));
        let none = groups(&[], 0).unwrap();
        assert_eq!((none.of, none.firsts), (vec![], vec![]));
    }

    #[test]
    fn equal_rows_are_one_group() {
        let texts = array(StringViewArray::from(vec![None, Some("a"), Some(""), None, Some("a"), None]));
        let numbers = array(Int64Array::from(vec![Some(1), Some(1), Some(1), Some(1), None, Some(1)]));
        let keys = [SortBy::ascending(&texts), SortBy::ascending(&numbers)];
        let found = groups(&keys, 6).unwrap();
        assert_eq!((found.of, found.firsts), (vec![0, 1, 2, 0, 3, 0], vec![0, 1, 2, 4]));
        // The remainder is no member, also not the one that is NULL.
        let remainder = BooleanArray::from(vec![false, false, false, true, false, true]);
        let found = groups(&[SortBy { last: Some(&remainder), ..SortBy::ascending(&texts) }], 6).unwrap();
        assert_eq!((found.of, found.firsts), (vec![0, 1, 2, 3, 1, 3], vec![0, 1, 2, 3]));
    }

    #[test]
    fn a_key_of_another_length_is_a_fault() {
        let values = array(Int64Array::from(vec![1, 2]));
        for rows in [0, 1, 3] {
            let error = sorted(&[SortBy::ascending(&values)], rows).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Internal);
        }
    }

    /// How two values compare under a key.
    fn compare(left: Option<i64>, right: Option<i64>, descending: bool, nulls_first: bool) -> Ordering {
        match (left, right) {
            (Some(left), Some(right)) if descending => right.cmp(&left),
            (Some(left), Some(right)) => left.cmp(&right),
            _ if nulls_first => left.is_some().cmp(&right.is_some()),
            _ => left.is_none().cmp(&right.is_none()),
        }
    }

    proptest! {
        #[test]
        fn rows_come_as_a_stable_sort_puts_them(
            rows in prop::collection::vec((prop::option::of(0_i64..4), prop::option::of(0_i64..3), any::<bool>()), 0..40),
            directions: [(bool, bool); 2],
        ) {
            let first = array(rows.iter().map(|row| row.0).collect::<Int64Array>());
            let second = array(rows.iter().map(|row| row.1).collect::<Int64Array>());
            let flags = rows.iter().map(|row| Some(row.2)).collect::<BooleanArray>();
            let [(down, nulls), (second_down, second_nulls)] = directions;
            let keys = [
                SortBy { values: &first, descending: down, nulls_first: nulls, last: Some(&flags) },
                SortBy { values: &second, descending: second_down, nulls_first: second_nulls, last: None },
            ];
            let mut expected: Vec<u32> = (0..).take(rows.len()).collect();
            expected.sort_by(|left, right| {
                let (left, right) = (rows[*left as usize], rows[*right as usize]);
                left.2
                    .cmp(&right.2)
                    .then_with(|| compare(left.0, right.0, down, nulls))
                    .then_with(|| compare(left.1, right.1, second_down, second_nulls))
            });
            let order = sorted(&keys, rows.len()).unwrap();
            prop_assert_eq!(order.values(), expected.as_slice());
        }

        #[test]
        fn two_rows_are_in_one_group_if_they_are_equal(
            rows in prop::collection::vec((prop::option::of(0_i64..3), prop::option::of(0_i64..3)), 0..30),
        ) {
            let first = array(rows.iter().map(|row| row.0).collect::<Int64Array>());
            let second = array(rows.iter().map(|row| row.1).collect::<Int64Array>());
            let found = groups(&[SortBy::ascending(&first), SortBy::ascending(&second)], rows.len()).unwrap();
            for (left, one) in rows.iter().enumerate() {
                for (right, other) in rows.iter().enumerate() {
                    prop_assert_eq!(found.of[left] == found.of[right], one == other);
                }
                let first = rows.iter().position(|row| row == one).unwrap();
                prop_assert_eq!(found.firsts[found.of[left] as usize] as usize, first);
            }
        }
    }
}
