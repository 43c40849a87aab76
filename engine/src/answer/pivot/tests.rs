//! Vectors, and that nothing is lost or made up: taken apart again, a pivot is the answer it was made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, StringViewArray, UInt32Array};
use arrow::datatypes::{Float64Type, Int64Type};
use proptest::prelude::*;

use super::{PivotColumn, PivotDimension, PivotInput, PivotLayout, PivotOrigin, PivotValue};
use crate::error::ErrorKind;

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringViewArray::from(values.to_vec()))
}

fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn dimension<'a>(name: &'a str, values: &'a ArrayRef, is_column: bool) -> PivotDimension<'a> {
    PivotDimension { name, values, order: None, is_column, other: None }
}

fn input<'a>(dimensions: Vec<PivotDimension<'a>>, values: &[(&'a str, &'a ArrayRef)]) -> PivotInput<'a> {
    let rows = dimensions[0].values.len();
    let values = values.iter().map(|(name, values)| PivotValue { name, values }).collect();
    PivotInput { dimensions, values, rows, max_columns: 100 }
}

/// The text of a member as a file of separated values has it.
fn label(input: &PivotInput<'_>, dimension: usize, row: usize) -> String {
    let dimension = input.dimensions[dimension];
    if dimension.other.is_some_and(|other| other.value(row)) {
        return "(other)".into();
    }
    let members = dimension.values.as_string_view();
    if members.is_null(row) { String::new() } else { members.value(row).to_owned() }
}

fn pivoted(input: &PivotInput<'_>, shown: Option<&UInt32Array>) -> Vec<PivotColumn> {
    let layout = PivotLayout::new(input).unwrap();
    layout.columns(input, shown, |dimension, row| label(input, dimension, row)).unwrap()
}

fn names(columns: &[PivotColumn]) -> Vec<&str> {
    columns.iter().map(|column| column.name.as_str()).collect()
}

fn cells(column: &PivotColumn) -> Vec<Option<i64>> {
    column.values.as_primitive::<Int64Type>().iter().collect()
}

#[test]
fn all_values_of_a_member_stand_together() {
    let origins = texts(&[Some("JFK"), Some("LGA"), Some("JFK")]);
    let months = texts(&[Some("2013-02-01"), Some("2013-01-01"), Some("2013-01-01")]);
    let counts = integers(&[1, 2, 3]);
    let miles: ArrayRef = Arc::new(Float64Array::from(vec![Some(0.5), None, Some(1.5)]));
    let dimensions = vec![dimension("month", &months, true), dimension("origin", &origins, false)];
    let input = input(dimensions, &[("n", &counts), ("miles", &miles)]);
    let columns = pivoted(&input, None);
    let expected = ["origin", "n|2013-01-01", "miles|2013-01-01", "n|2013-02-01", "miles|2013-02-01"];
    assert_eq!(names(&columns), expected);
    assert_eq!(&columns[0].values, &texts(&[Some("JFK"), Some("LGA")]));
    assert_eq!(cells(&columns[1]), [Some(3), Some(2)]);
    assert_eq!(columns[2].values.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), [Some(1.5), None]);
    assert_eq!(cells(&columns[3]), [Some(1), None]);
    let origins: Vec<PivotOrigin> = columns.iter().map(|column| column.origin).collect();
    let value = |value, combination| PivotOrigin::Value { value, combination };
    assert_eq!(origins, [PivotOrigin::Dimension(1), value(0, 0), value(1, 0), value(0, 1), value(1, 1)]);
}

#[test]
fn rows_are_sorted_by_a_cell_and_cut() {
    let origins = texts(&[Some("JFK"), Some("LGA"), Some("JFK"), Some("EWR")]);
    let months = texts(&[Some("b"), Some("a"), Some("a"), Some("b")]);
    let counts = integers(&[1, 2, 3, 4]);
    let dimensions = vec![dimension("origin", &origins, false), dimension("month", &months, true)];
    let input = input(dimensions, &[("n", &counts)]);
    let layout = PivotLayout::new(&input).unwrap();
    assert_eq!(layout.rows().values().to_vec(), [0, 1, 3]);
    assert_eq!(layout.samples().collect::<Vec<_>>(), [1, 0]);
    let below: Vec<Option<u32>> = layout.cells(1).unwrap().iter().collect();
    assert_eq!(below, [Some(0), None, Some(3)]);
    assert_eq!(layout.cells(2).unwrap_err().kind(), ErrorKind::Internal);

    let columns = pivoted(&input, Some(&UInt32Array::from(vec![2, 0])));
    assert_eq!(&columns[0].values, &texts(&[Some("EWR"), Some("JFK")]));
    assert_eq!(cells(&columns[1]), [None, Some(3)]);
    assert_eq!(cells(&columns[2]), [Some(4), Some(1)]);
}

#[test]
fn null_and_the_remainder_come_last() {
    let carriers = texts(&[None, None, Some("UA"), Some(""), Some("UA")]);
    let remainder = BooleanArray::from(vec![true, false, false, false, false]);
    let origins = texts(&[Some("x"), Some("x"), Some("y"), Some("x"), None]);
    let counts = integers(&[1, 2, 3, 4, 5]);
    let carrier = PivotDimension { other: Some(&remainder), ..dimension("carrier", &carriers, true) };
    let columns = pivoted(&input(vec![carrier, dimension("origin", &origins, true)], &[("n", &counts)]), None);
    // NULL and an empty text look the same, and so would the names.
    assert_eq!(names(&columns), ["n||x", "n|UA|y", "n|UA|", "n||x_2", "n|(other)|x"]);
    // Without other dimensions there is one row.
    let row: Vec<_> = columns.iter().flat_map(cells).collect();
    assert_eq!(row, [Some(4), Some(3), Some(5), Some(2), Some(1)]);
}

#[test]
fn members_may_have_an_order_of_their_own() {
    let names_of_months = texts(&[Some("April"), Some("March"), Some("May")]);
    let numbers = integers(&[4, 3, 5]);
    let months = PivotDimension { order: Some(&numbers), ..dimension("month", &names_of_months, true) };
    let columns = pivoted(&input(vec![months], &[("n", &numbers)]), None);
    assert_eq!(names(&columns), ["n|March", "n|April", "n|May"]);
}

#[test]
fn too_many_combinations_are_an_error_with_their_number() {
    let months = texts(&[Some("a"), Some("b"), None]);
    let counts = integers(&[1, 2, 3]);
    let allowed =
        |max_columns| PivotInput { max_columns, ..input(vec![dimension("m", &months, true)], &[("n", &counts)]) };
    assert_eq!(pivoted(&allowed(3), None).len(), 3);
    let error = PivotLayout::new(&allowed(2)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.message().contains("3 combinations") && error.message().contains("at most 2"), "{error}");
}

#[test]
fn an_empty_answer_keeps_the_dimensions_that_stay() {
    let none = texts(&[]);
    let counts = integers(&[]);
    let dimensions = vec![dimension("origin", &none, false), dimension("month", &none, true)];
    let columns = pivoted(&input(dimensions, &[("n", &counts)]), None);
    assert_eq!(names(&columns), ["origin"]);
    assert!(columns[0].values.is_empty());
}

#[test]
fn rows_that_are_no_groups_are_a_fault() {
    let months = texts(&[Some("a"), Some("a")]);
    let counts = integers(&[1, 2]);
    let twice = input(vec![dimension("m", &months, true)], &[("n", &counts)]);
    let layout = PivotLayout::new(&twice).unwrap();
    assert_eq!(layout.columns(&twice, None, |_, _| String::new()).unwrap_err().kind(), ErrorKind::Internal);
    let short = integers(&[1]);
    let uneven = input(vec![dimension("m", &months, true)], &[("n", &short)]);
    assert_eq!(PivotLayout::new(&uneven).unwrap_err().kind(), ErrorKind::Internal);
}

/// A member of each of three dimensions.
type Members = [Option<u8>; 3];

fn members_of(rows: &[Members], dimension: usize) -> ArrayRef {
    Arc::new(rows.iter().map(|row| row[dimension].map(i64::from)).collect::<Int64Array>())
}

proptest! {
    #[test]
    fn taken_apart_a_pivot_is_the_answer_again(
        keyed in prop::collection::btree_map(prop::array::uniform3(prop::option::of(0_u8..4)), any::<i64>(), 0..40),
        turns in 0_usize..40,
        is_column in prop::array::uniform3(any::<bool>()),
    ) {
        let mut rows: Vec<Members> = keyed.keys().copied().collect();
        let middle = turns.min(rows.len());
        rows.rotate_left(middle);
        let values = integers(&rows.iter().map(|row| keyed[row]).collect::<Vec<_>>());
        let columns: Vec<ArrayRef> = (0..3).map(|dimension| members_of(&rows, dimension)).collect();
        let dimensions = columns.iter().zip(is_column).map(|(values, column)| dimension("d", values, column)).collect();
        let input = input(dimensions, &[("n", &values)]);
        let layout = PivotLayout::new(&input).unwrap();
        let pivot = layout.columns(&input, None, |_, _| String::new()).unwrap();

        // The members of a row come from the row, those of a column from the column.
        let samples: Vec<u32> = layout.samples().collect();
        let mut again = BTreeMap::new();
        for column in &pivot {
            if let PivotOrigin::Value { combination, .. } = column.origin {
                let above = rows[samples[combination] as usize];
                for (left, cell) in layout.rows().values().iter().zip(cells(column)) {
                    let left = rows[*left as usize];
                    let members = [0, 1, 2].map(|d: usize| if is_column[d] { above[d] } else { left[d] });
                    if let Some(cell) = cell {
                        prop_assert_eq!(again.insert(members, cell), None);
                    }
                }
            }
        }
        prop_assert_eq!(again, keyed);

        // Columns are in the order of their members, with NULL last; rows in the order in which they came.
        let order = |row: &u32| {
            let members = rows[*row as usize].into_iter().zip(is_column).filter(|(_, column)| *column);
            members.map(|(member, _)| (member.is_none(), member)).collect::<Vec<_>>()
        };
        prop_assert!(samples.is_sorted_by(|left, right| order(left) < order(right)));
        prop_assert!(layout.rows().values().is_sorted());
        let kept = is_column.iter().filter(|column| !**column).count();
        prop_assert_eq!(pivot.len(), kept + samples.len());
    }
}
