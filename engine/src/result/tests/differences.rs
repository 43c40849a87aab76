//! What changed between two answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringViewArray};
use proptest::prelude::*;

use super::{answer, batch, flights, sales, try_answer};
use crate::error::ErrorKind;
use crate::model::Kind;
use crate::result::{Cell, Difference, QueryResult, ResultColumn, Role};

type Key = (Option<String>, Option<i64>);
type Values = (Option<i64>, Option<f64>, Option<i128>);

/// Rows of two dimensions and three measures, cut into two batches.
fn grouped(rows: &[(Key, Values)]) -> QueryResult {
    let column = |name: &str, role: Role, kind: Kind| ResultColumn::new(name, name, role, kind);
    let columns = vec![
        column("text", Role::Dimension, Kind::Hierarchy),
        column("number", Role::Dimension, Kind::Numeric),
        column("i", Role::Measure, Kind::Numeric),
        column("f", Role::Window, Kind::Numeric),
        column("d", Role::Measure, Kind::Numeric),
    ];
    let (one, two) = rows.split_at(rows.len() / 2);
    try_answer(columns, vec![arrays(one), arrays(two)]).unwrap()
}

fn arrays(rows: &[(Key, Values)]) -> RecordBatch {
    let texts = rows.iter().map(|((text, _), _)| text.as_deref()).collect::<StringViewArray>();
    let numbers = rows.iter().map(|((_, number), _)| *number).collect::<Int64Array>();
    let integers = rows.iter().map(|(_, (integer, _, _))| *integer).collect::<Int64Array>();
    let floats = rows.iter().map(|(_, (_, float, _))| *float).collect::<Float64Array>();
    let decimals = rows.iter().map(|(_, (_, _, decimal))| *decimal).collect::<Decimal128Array>();
    let decimals = decimals.with_precision_and_scale(38, 2).unwrap();
    let arrays: [ArrayRef; 5] =
        [Arc::new(texts), Arc::new(numbers), Arc::new(integers), Arc::new(floats), Arc::new(decimals)];
    batch(arrays.to_vec())
}

/// The same rows as an answer in rows mode.
fn listed(rows: &[(Key, Values)]) -> QueryResult {
    let kinds = [Kind::Hierarchy, Kind::Numeric, Kind::Numeric, Kind::Numeric, Kind::Numeric];
    let columns = kinds.into_iter().enumerate();
    let columns = columns.map(|(index, kind)| ResultColumn::new(format!("c{index}"), "c", Role::Dimension, kind));
    try_answer(columns.collect(), vec![arrays(rows)]).unwrap()
}

fn key() -> impl Strategy<Value = Key> {
    (proptest::option::of("[ab]{0,1}"), proptest::option::of(0_i64..3))
}

fn values() -> impl Strategy<Value = Values> {
    let float = proptest::sample::select(vec![0.0, -0.0, 0.1, 2.5, -1e300, 1e300]);
    let limit = 10_i128.pow(38) - 1;
    let decimal = prop_oneof![-limit..=limit, -2_i128..2];
    let integer = prop_oneof![any::<i64>(), 0_i64..2];
    (proptest::option::of(integer), proptest::option::of(float), proptest::option::of(decimal))
}

fn groups() -> impl Strategy<Value = Vec<(Key, Values)>> {
    let rows = proptest::collection::vec((key(), values()), 0..10);
    rows.prop_map(|mut rows| {
        rows.sort_by(|(one, _), (two, _)| one.cmp(two));
        rows.dedup_by(|(one, _), (two, _)| one == two);
        rows
    })
}

/// Rows without their order.
fn multiset(rows: impl Iterator<Item = Vec<Cell>>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(format!("{row:?}")).or_default() += 1;
    }
    counts
}

/// The earlier rows with the difference applied to them.
fn apply(before: &QueryResult, difference: &Difference) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = before.rows().collect();
    for gone in &difference.removed {
        let place = rows.iter().position(|row| row == gone).expect("a row that was there");
        rows.remove(place);
    }
    let places: Vec<usize> = (0..before.columns().len()).collect();
    let names = |name: &str| before.columns().iter().position(|column| column.name == name).unwrap();
    for change in &difference.changed {
        let keys = |row: &Vec<Cell>| -> Vec<Cell> {
            let kept = places.iter().filter(|at| before.columns()[**at].role == Role::Dimension);
            kept.map(|at| row[*at].clone()).collect()
        };
        let row = rows.iter_mut().find(|row| keys(row) == change.keys).expect("a row that was there");
        for cell in &change.cells {
            let held = &mut row[names(&cell.column)];
            assert_eq!(held, &cell.before);
            *held = cell.after.clone();
        }
    }
    rows.extend(difference.added.iter().cloned());
    rows
}

proptest! {
    #[test]
    fn the_difference_turns_one_answer_into_the_other(before in groups(), after in groups()) {
        let (before, after) = (grouped(&before), grouped(&after));
        let difference = before.difference(&after).unwrap();
        prop_assert_eq!(multiset(apply(&before, &difference).into_iter()), multiset(after.rows()));
        let same = difference.unchanged + difference.changed.len();
        prop_assert_eq!(same + difference.added.len(), after.num_rows());
        prop_assert_eq!(same + difference.removed.len(), before.num_rows());
        prop_assert_eq!(difference.is_empty(), multiset(before.rows()) == multiset(after.rows()));
        serde_json::to_string(&difference).unwrap();
    }

    #[test]
    fn rows_compare_as_multisets(
        rows in proptest::collection::vec((key(), proptest::sample::select(vec![None, Some(1)])), 0..12),
        cut in 0_usize..12,
        turn in 0_usize..12,
    ) {
        let rows: Vec<(Key, Values)> = rows.into_iter().map(|(key, i)| (key, (i, None, None))).collect();
        let kept = &rows[cut.min(rows.len())..];
        let mut turned = kept.to_vec();
        turned.rotate_left(turn.min(kept.len()));
        let (before, after) = (listed(&rows), listed(&turned));
        let difference = before.difference(&after).unwrap();
        prop_assert!(difference.added.is_empty() && difference.changed.is_empty());
        prop_assert_eq!(difference.removed.len(), rows.len() - kept.len());
        prop_assert_eq!(multiset(apply(&before, &difference).into_iter()), multiset(after.rows()));
        let back = after.difference(&before).unwrap();
        prop_assert_eq!(multiset(back.added.into_iter()), multiset(difference.removed.into_iter()));
    }

    #[test]
    fn an_answer_is_no_different_from_itself(rows in groups()) {
        for result in [grouped(&rows), listed(&rows)] {
            let difference = result.difference(&result).unwrap();
            prop_assert!(difference.is_empty());
            prop_assert_eq!(difference.unchanged, rows.len());
        }
    }
}

fn row(text: Option<&str>, values: Values) -> (Key, Values) {
    ((text.map(str::to_owned), Some(1)), values)
}

fn example() -> Difference {
    let long = 12_345_678_901_234_567_890_123;
    let before = [
        row(None, (Some(1), Some(0.5), Some(150))),
        row(Some("a"), (Some(i64::MIN), None, Some(-long))),
        row(Some("b"), (Some(7), None, None)),
        row(Some("same"), (None, Some(2.0), Some(5))),
    ];
    let after = [
        row(Some("c|d"), (Some(9), None, None)),
        row(Some("same"), (None, Some(2.0), Some(5))),
        row(Some("a"), (Some(i64::MAX), Some(1.5), Some(long))),
        row(None, (Some(1), Some(0.25), Some(175))),
    ];
    grouped(&before).difference(&grouped(&after)).unwrap()
}

#[test]
fn changes_are_exact() {
    let difference = example();
    let changes: Vec<(&str, &Cell)> =
        difference.changed.iter().flat_map(|row| &row.cells).map(|cell| (cell.column.as_str(), &cell.change)).collect();
    let expected = [
        ("i", Cell::Integer(i128::from(u64::MAX))),
        ("f", Cell::Null),
        ("d", Cell::Decimal("246913578024691357802.46".into())),
        ("f", Cell::Float(-0.25)),
        ("d", Cell::Decimal("0.25".into())),
    ];
    assert_eq!(changes, expected.iter().map(|(name, change)| (*name, change)).collect::<Vec<_>>());
    assert_eq!(difference.changed[1].keys, [Cell::Null, Cell::Integer(1)]);
    assert_eq!(difference.unchanged, 1);
}

#[test]
fn a_difference_is_a_document() {
    let one = |n: i64| answer(vec![("n", Arc::new(Int64Array::from(vec![n])) as ArrayRef)]);
    let difference = one(1).difference(&one(4)).unwrap();
    assert_eq!(
        serde_json::to_string(&difference).unwrap(),
        concat!(
            r#"{"columns":[{"name":"n","label":"n","role":"measure","type":"integer","kind":"numeric"}],"#,
            r#""added":[],"removed":[],"#,
            r#""changed":[{"keys":[],"cells":[{"column":"n","before":1,"after":4,"change":3}]}],"unchanged":0}"#
        )
    );
    let remainder = sales().difference(&sales()).unwrap();
    assert_eq!((remainder.is_empty(), remainder.unchanged), (true, 3));
}

#[test]
fn people_read_differences_as_tables() {
    let expected = [
        "|  | text | number | i | f | d |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        "| added | c\\|d | 1 | 9 | ∅ | ∅ |",
        "| removed | b | 1 | 7 | ∅ | ∅ |",
        "| changed | a | 1 | -9223372036854775808 → 9223372036854775807 (+18446744073709551615) | ∅ → 1.5 | \
         -123456789012345678901.23 → 123456789012345678901.23 (+246913578024691357802.46) |",
        "| changed | ∅ | 1 |  | 0.5 → 0.25 (-0.25) | 1.50 → 1.75 (+0.25) |",
    ];
    assert_eq!(example().to_markdown().lines().collect::<Vec<_>>(), expected);
    let drawn = example().to_string();
    assert!(drawn.contains("0.5 → 0.25 (-0.25)") && drawn.ends_with("\n1 unchanged"), "{drawn}");
    assert_eq!(drawn.lines().count(), 3 + 4 + 1 + 1);
}

#[test]
fn answers_to_other_queries_are_refused() {
    let check = |before: &QueryResult, after: &QueryResult, expected: &str| {
        let error = before.difference(after).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidInput, expected));
    };
    let one = |name: &str, array: ArrayRef| answer(vec![(name, array)]);
    let integer = || -> ArrayRef { Arc::new(Int64Array::from(vec![1])) };
    check(&flights(), &sales(), "the earlier answer has 2 columns and the later one 3");
    check(&one("a", integer()), &one("b", integer()), "column `a` of the earlier answer is `b` in the later one");
    let float: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    check(
        &one("a", integer()),
        &one("a", float),
        "column `a` is integer in the earlier answer and float in the later one",
    );
    let column = ResultColumn::new("a", "a", Role::Dimension, Kind::Numeric);
    let dimension = try_answer(vec![column], vec![batch(vec![integer()])]).unwrap();
    check(
        &one("a", integer()),
        &dimension,
        "column `a` is a measure in the earlier answer and a dimension in the later one",
    );
}
