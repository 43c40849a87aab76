//! The counts are those of sets, in any order and any partitioning.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    ListArray, RecordBatch, StringViewArray, TimestampMicrosecondArray, UInt32Array,
};
use arrow::datatypes::{DataType, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{EmitTo, ExprFunctionExt, GroupsAccumulator};
use datafusion::prelude::{cast, col, lit};
use proptest::prelude::*;

use super::exact_distinct_count;
use super::function::{countable, grouped, single};
use crate::functions::testing::aggregated;

/// A value, its group, and whether the filter lets it through.
type Row = (Option<i8>, usize, bool);

/// The values as a column of each type.
fn columns(values: &[Option<i8>]) -> Vec<ArrayRef> {
    fn all<T, C: FromIterator<Option<T>>>(values: &[Option<i8>], convert: impl Fn(i8) -> T) -> C {
        values.iter().map(|value| value.map(&convert)).collect()
    }
    let digits: Decimal128Array = all(values, |value| i128::from(value) << 90);
    let many_digits: Decimal256Array = all(values, |value| i256::from(i128::from(value)) << 120);
    let instants: TimestampMicrosecondArray = all(values, |value| i64::from(value) * 1_000_000);
    let texts: StringViewArray = all(values, |value| {
        // Some are so short that a view holds them.
        if value % 2 == 0 { format!("{value}") } else { format!("text that is longer than a view {value}") }
    });
    vec![
        Arc::new(all::<i64, Int64Array>(values, |value| i64::from(value) << 40)),
        Arc::new(all::<u32, UInt32Array>(values, |value| u32::from(value.unsigned_abs()) * 2 + u32::from(value < 0))),
        Arc::new(all::<i32, Date32Array>(values, i32::from)),
        Arc::new(instants.clone()),
        Arc::new(instants.with_timezone("UTC")),
        Arc::new(digits.with_precision_and_scale(38, 2).unwrap()),
        Arc::new(many_digits.with_precision_and_scale(60, 5).unwrap()),
        Arc::new(all::<f64, Float64Array>(values, |value| f64::from(value) / 4.0)),
        Arc::new(texts),
    ]
}

fn counts(array: &ArrayRef) -> Vec<i64> {
    assert_eq!(array.null_count(), 0);
    array.as_primitive::<Int64Type>().values().to_vec()
}

/// The number of different values that count, in each of some groups.
fn expected(rows: &[Row], groups: usize) -> Vec<i64> {
    let sizes = (0..groups).map(|group| {
        let kept = rows.iter().filter(|row| row.1 == group && row.2).filter_map(|row| row.0);
        i64::try_from(kept.collect::<BTreeSet<i8>>().len()).unwrap()
    });
    sizes.collect()
}

fn groups_of(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| row.1).collect()
}

fn filter_of(rows: &[Row]) -> BooleanArray {
    // A filter that is NULL lets nothing through.
    rows.iter()
        .enumerate()
        .map(|(index, row)| if row.2 { Some(true) } else { (index % 2 == 0).then_some(false) })
        .collect()
}

fn update(accumulator: &mut dyn GroupsAccumulator, column: &ArrayRef, rows: &[Row], groups: usize) {
    accumulator.update_batch(&[Arc::clone(column)], &groups_of(rows), Some(&filter_of(rows)), groups).unwrap();
}

fn values_of(rows: &[Row]) -> Vec<Option<i8>> {
    rows.iter().map(|row| row.0).collect()
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((prop::option::weighted(0.9, -9_i8..9), 0_usize..4, prop::bool::weighted(0.8)), 1..80)
}

proptest! {
    #[test]
    fn no_partitioning_changes_a_count(rows in any_rows(), size in 1_usize..20) {
        let whole = columns(&values_of(&rows));
        for (index, column) in whole.iter().enumerate() {
            let input = column.data_type();
            let mut updated = grouped(input).unwrap();
            let mut merged = grouped(input).unwrap();
            let mut alone = single(input).unwrap();
            for (number, part) in rows.chunks(size).enumerate() {
                // A part of a column, as batches that were cut have it, or a column of its own.
                let values = if number % 2 == 0 {
                    column.slice(number * size, part.len())
                } else {
                    Arc::clone(&columns(&values_of(part))[index])
                };
                update(updated.as_mut(), &values, part, 4);
                let (state, groups) = if number % 3 == 1 {
                    (updated.convert_to_state(&[values], Some(&filter_of(part))).unwrap(), groups_of(part))
                } else {
                    let mut partial = grouped(input).unwrap();
                    update(partial.as_mut(), &values, part, 4);
                    (partial.state(EmitTo::All).unwrap(), vec![0, 1, 2, 3])
                };
                merged.merge_batch(&state, &groups, 4).unwrap();
                alone.merge_batch(&state).unwrap();
            }
            prop_assert_eq!(counts(&updated.evaluate(EmitTo::All).unwrap()), expected(&rows, 4), "{}", input);
            prop_assert_eq!(counts(&merged.evaluate(EmitTo::All).unwrap()), expected(&rows, 4), "{}", input);
            let total = rows.iter().map(|row| (row.0, 0, row.2)).collect::<Vec<Row>>();
            let total = ScalarValue::Int64(expected(&total, 1).first().copied());
            prop_assert_eq!(&alone.evaluate().unwrap(), &total);
            // Asking changes nothing, and a state holds all.
            prop_assert_eq!(&alone.evaluate().unwrap(), &total);
            let states: Vec<ArrayRef> = alone.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
            let mut again = single(input).unwrap();
            again.merge_batch(&states).unwrap();
            prop_assert_eq!(&again.evaluate().unwrap(), &total);
        }
    }

    #[test]
    fn the_first_groups_can_be_emitted_alone(
        before in any_rows(),
        after in any_rows(),
        first in 1_usize..=4,
        stored: bool,
    ) {
        let rest: Vec<Row> = after.into_iter().filter(|row| row.1 >= first).collect();
        let renumbered: Vec<Row> = rest.iter().map(|row| (row.0, row.1 - first, row.2)).collect();
        let later = columns(&values_of(&renumbered));
        for (column, later) in columns(&values_of(&before)).iter().zip(&later) {
            let mut accumulator = grouped(column.data_type()).unwrap();
            update(accumulator.as_mut(), column, &before, 4);
            let emitted = if stored {
                let state = accumulator.state(EmitTo::First(first)).unwrap();
                let mut other = grouped(column.data_type()).unwrap();
                other.merge_batch(&state, &(0..first).collect::<Vec<usize>>(), first).unwrap();
                other.evaluate(EmitTo::All).unwrap()
            } else {
                accumulator.evaluate(EmitTo::First(first)).unwrap()
            };
            update(accumulator.as_mut(), later, &renumbered, 4 - first);
            let mut found = counts(&emitted);
            found.extend(counts(&accumulator.evaluate(EmitTo::All).unwrap()));
            let all: Vec<Row> = before.iter().chain(&rest).copied().collect();
            prop_assert_eq!(found, expected(&all, 4), "{}", column.data_type());
            prop_assert_eq!(counts(&accumulator.evaluate(EmitTo::All).unwrap()), Vec::<i64>::new());
        }
    }
}

#[test]
fn truths_and_floats_are_counted_as_values() {
    #[track_caller]
    fn check(values: ArrayRef, expected: i64) {
        let mut accumulator = single(values.data_type()).unwrap();
        accumulator.update_batch(&[values]).unwrap();
        assert_eq!(accumulator.evaluate().unwrap(), ScalarValue::Int64(Some(expected)));
    }
    check(Arc::new(BooleanArray::from(vec![Some(true), None, Some(true)])), 1);
    check(Arc::new(BooleanArray::from(vec![Some(true), Some(false), Some(true)])), 2);
    check(Arc::new(BooleanArray::from(vec![None, None])), 0);
    let floats = vec![0.0, -0.0, f64::NAN, f64::INFINITY, 1.0, f64::NEG_INFINITY, 1.0_f64.next_up()];
    check(Arc::new(Float64Array::from(floats)), 3);
    check(Arc::new(Int64Array::from(Vec::<i64>::new())), 0);
    check(Arc::new(StringViewArray::from(vec![Some(""), None, Some("ä"), Some("a"), Some("")])), 3);
}

#[test]
fn a_text_of_many_groups_is_held_once() {
    let text = "a text that a view does not hold, and that is long enough to be seen in sizes ".repeat(200);
    let texts: ArrayRef = Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(&text, 100)));
    let mut accumulator = grouped(&DataType::Utf8View).unwrap();
    let empty = accumulator.size();
    accumulator.update_batch(&[texts], &(0..100).collect::<Vec<usize>>(), None, 100).unwrap();
    assert!(accumulator.size() > empty + text.len());
    assert!(accumulator.size() < empty + 10 * text.len());
    let state = accumulator.state(EmitTo::First(99)).unwrap();
    let lists: &ListArray = state[0].as_list();
    assert_eq!(lists.value(98).as_string_view().value(0), text);
    assert!(lists.values().get_buffer_memory_size() < 10 * text.len());
    assert_eq!(counts(&accumulator.evaluate(EmitTo::All).unwrap()), [1]);
    // All texts are forgotten.
    assert!(accumulator.size() < empty + text.len());
}

#[test]
fn wrong_groups_states_and_types_are_refused() {
    let mut accumulator = grouped(&DataType::Int64).unwrap();
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    assert!(accumulator.update_batch(&[Arc::clone(&values)], &[5], None, 1).is_err());
    let state = accumulator.convert_to_state(&[Arc::clone(&values)], None).unwrap();
    assert!(accumulator.merge_batch(&state, &[5], 1).is_err());
    assert!(accumulator.merge_batch(&[], &[0], 1).is_err());
    assert!(accumulator.merge_batch(&[values], &[0], 1).is_err());
    let with_null = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1), None])]);
    assert!(accumulator.merge_batch(&[Arc::new(with_null)], &[0], 1).is_err());
    assert!(grouped(&DataType::Utf8).is_err());
    assert!(countable("f", &[DataType::Struct(arrow::datatypes::Fields::empty())]).is_err());
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    assert_eq!(countable("f", &[dictionary]).unwrap(), [DataType::Utf8View]);
    assert_eq!(countable("f", &[DataType::Int16]).unwrap(), [DataType::Int64]);
    assert_eq!(countable("f", &[DataType::UInt32]).unwrap(), [DataType::UInt32]);
}

#[test]
fn plans_of_several_partitions_are_exact() {
    // Rows 0 to 999. Group `g` of 100 has the rows of which the last two digits are `g`; `n` has 7 values, NULL among
    // them.
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 100));
        let n: Int64Array = rows().map(|row| (row % 7 > 0).then_some(row % 7)).collect();
        let columns: [(&str, ArrayRef, bool); 2] = [("g", Arc::new(g), false), ("n", Arc::new(n), true)];
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let aggregates = || {
        vec![
            exact_distinct_count(col("n")).alias("integer"),
            exact_distinct_count(cast(col("n"), DataType::Utf8)).alias("text"),
            exact_distinct_count(cast(col("n"), DataType::Decimal128(38, 2))).alias("decimal"),
            exact_distinct_count(col("n")).filter(col("n").lt(lit(3_i64))).build().unwrap().alias("filtered"),
        ]
    };
    for groups in [vec![col("g")], vec![]] {
        let first = groups.len();
        let result = aggregated(partitions.clone(), groups, aggregates()).unwrap();
        assert_eq!(result.num_rows(), if first == 0 { 1 } else { 100 });
        for row in 0..result.num_rows() {
            let group = (first > 0).then(|| result.column(0).as_primitive::<Int64Type>().value(row));
            let kept = (0..1_000_i64).filter(|row| group.is_none_or(|group| row % 100 == group)).map(|row| row % 7);
            let different: BTreeSet<i64> = kept.filter(|n| *n > 0).collect();
            let filtered = different.iter().filter(|n| **n < 3).count();
            for (index, expected) in [different.len(), different.len(), different.len(), filtered].iter().enumerate() {
                let found = result.column(first + index).as_primitive::<Int64Type>().value(row);
                assert_eq!(found, i64::try_from(*expected).unwrap(), "{group:?} {index}");
            }
        }
    }
}
