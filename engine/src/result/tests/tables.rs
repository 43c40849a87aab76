//! The table for people.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringViewArray};

use super::{answer, batch, flights, try_answer};
use crate::model::Kind;
use crate::result::{ResultColumn, Role};

#[track_caller]
fn check(drawn: &str, expected: &[&str]) {
    assert_eq!(drawn.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_table_has_labels_and_numbers_at_the_right() {
    check(
        &flights().table().to_string(),
        &[
            "┌─────────┬─────────┐",
            "│ Carrier ┆ Flights │",
            "╞═════════╪═════════╡",
            "│ UA      ┆  58,665 │",
            "│ ∅       ┆      32 │",
            "└─────────┴─────────┘",
        ],
    );
}

#[test]
fn every_type_has_its_form() {
    let result = answer(vec![
        ("day", Arc::new(Date32Array::from(vec![15_706])) as ArrayRef),
        ("ok", Arc::new(BooleanArray::from(vec![true]))),
        ("mean", Arc::new(Float64Array::from(vec![-12.345_678_9]))),
        ("sum", Arc::new(Decimal128Array::from(vec![123_456_789]).with_precision_and_scale(12, 2).unwrap())),
        ("note", Arc::new(StringViewArray::from(vec!["a\nb"]))),
    ]);
    check(
        &result.table().to_string(),
        &[
            "┌────────────┬──────┬──────────┬──────────────┬──────┐",
            "│ day        ┆ ok   ┆     mean ┆          sum ┆ note │",
            "╞════════════╪══════╪══════════╪══════════════╪══════╡",
            "│ 2013-01-01 ┆ true ┆ -12.3457 ┆ 1,234,567.89 ┆ a\\nb │",
            "└────────────┴──────┴──────────┴──────────────┴──────┘",
        ],
    );
}

#[test]
fn a_number_that_is_a_dimension_has_no_thousands() {
    let column = ResultColumn::new("year", "Year", Role::Dimension, Kind::Numeric);
    let result = try_answer(vec![column], vec![batch(vec![Arc::new(Int64Array::from(vec![2013]))])]).unwrap();
    check(&result.table().to_string(), &["┌──────┐", "│ Year │", "╞══════╡", "│ 2013 │", "└──────┘"]);
}

#[test]
fn long_tables_count_what_they_leave_out() {
    let rows = |count: i64| answer(vec![("n", Arc::new((0..count).collect::<Int64Array>()) as ArrayRef)]);
    let last = |drawn: &str| drawn.lines().last().unwrap().to_owned();
    assert_eq!(last(&rows(3).table().max_rows(2).to_string()), "… 1 more row");
    assert_eq!(last(&rows(1334).table().to_string()), "… 1,234 more rows");
    assert_eq!(last(&rows(3).table().max_rows(3).to_string()), "└───┘");
    assert_eq!(rows(500).table().max_rows(usize::MAX).to_string().lines().count(), 504);
    check(&rows(0).table().to_string(), &["┌───┐", "│ n │", "╞═══╡", "└───┘"]);
}

#[test]
fn debug_output_shows_no_data() {
    let shown = format!("{:?}", flights());
    assert!(shown.contains("num_rows: 2"), "{shown}");
    assert!(!shown.contains("58665") && !shown.contains("UA"), "{shown}");
}
