//! The mode is the most frequent value, in any order and any partitioning.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    ListArray, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::{cast, col};
use proptest::prelude::*;

use super::accumulate::{GroupedModes, SingleMode};
use super::mode;
use crate::functions::testing::aggregated;
use crate::functions::values::{Form, for_form};

fn single(data_type: &DataType) -> Box<dyn Accumulator> {
    for_form!(Form::of("mode", data_type).unwrap(), H => Box::new(SingleMode::<H>::new(data_type.clone())))
}

#[test]
fn the_least_of_the_most_frequent_values_is_taken() {
    #[track_caller]
    fn check(values: impl Array + 'static, place: Option<usize>) {
        let values: ArrayRef = Arc::new(values);
        let expected = match place {
            Some(place) => ScalarValue::try_from_array(&values, place).unwrap(),
            None => ScalarValue::try_from(values.data_type()).unwrap(),
        };
        let mut single = single(values.data_type());
        single.update_batch(&[Arc::clone(&values)]).unwrap();
        assert_eq!(single.evaluate().unwrap(), expected);
        // Asking changes nothing, and neither does the way through a state.
        let state: Vec<ArrayRef> = single.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
        let mut again = self::single(values.data_type());
        again.merge_batch(&state).unwrap();
        assert_eq!(again.evaluate().unwrap(), expected);
    }
    check(Int64Array::from(vec![5, 7, 7, 5, 9]), Some(0));
    check(Int64Array::from(vec![Some(5), None, None, Some(-7)]), Some(3));
    check(Int64Array::new_null(3), None);
    check(Int64Array::from(Vec::<i64>::new()), None);
    check(Float64Array::from(vec![1.5, -1.5, f64::NAN, f64::NAN, f64::NAN]), Some(1));
    check(Float64Array::from(vec![f64::INFINITY; 2]), None);
    check(BooleanArray::from(vec![true, true, false, false]), Some(2));
    check(BooleanArray::from(vec![Some(true), None, None]), Some(0));
    let texts = ["z", "é", "a text that is too long for a view", "Z", "é", "a text that is too long for a view"];
    check(StringViewArray::from_iter_values(texts), Some(2));
    check(StringViewArray::from(vec![Some("é"), Some("z"), None, None]), Some(1));
    check(StringViewArray::from(vec![Some(""), None]), Some(0));
    check(Date32Array::from(vec![3, i32::MIN, 3, i32::MIN]), Some(1));
    check(TimestampMicrosecondArray::from(vec![9, -9, 9]).with_timezone("UTC"), Some(0));
    check(TimestampMicrosecondArray::from(vec![i64::MAX, i64::MIN]), Some(1));
    check(Decimal128Array::from(vec![3_i128, -3]).with_precision_and_scale(38, 9).unwrap(), Some(1));
    let wide = Decimal256Array::from(vec![i256::MAX, i256::MIN, i256::MAX]);
    check(wide.with_precision_and_scale(76, 0).unwrap(), Some(0));
}

#[test]
fn zeros_are_one_value() {
    let mut modes = SingleMode::<i64>::new(DataType::Float64);
    modes.update_batch(&[Arc::new(Float64Array::from(vec![1.0, 1.0, 0.0, -0.0, -0.0]))]).unwrap();
    let ScalarValue::Float64(Some(zero)) = modes.evaluate().unwrap() else { panic!("no float") };
    assert_eq!(zero.to_bits(), 0);
}

#[test]
fn the_first_groups_can_be_emitted_alone() {
    let new = || GroupedModes::<i64>::new(DataType::Int64);
    let column = |values: Vec<i64>| -> [ArrayRef; 1] { [Arc::new(Int64Array::from(values))] };
    let mut modes = new();
    modes.update_batch(&column(vec![1, 2, 2, 3, 4]), &[0, 1, 1, 2, 2], None, 4).unwrap();
    let first = modes.evaluate(EmitTo::First(1)).unwrap();
    assert_eq!(first.as_primitive::<Int64Type>(), &Int64Array::from(vec![1]));
    // Group 1 is group 0 now.
    modes.update_batch(&column(vec![5, 5, 5, 4]), &[0, 0, 0, 1], None, 3).unwrap();
    let state = modes.state(EmitTo::First(1)).unwrap();
    let lists: &ListArray = state[1].as_list();
    assert_eq!(lists.value(0).as_primitive::<Int64Type>().values().iter().sum::<i64>(), 5);
    let rest = modes.evaluate(EmitTo::All).unwrap();
    assert_eq!(rest.as_primitive::<Int64Type>(), &Int64Array::from(vec![Some(4), None]));
    // All that was held is gone.
    assert_eq!(modes.size(), new().size());
    modes.merge_batch(&state, &[0], 1).unwrap();
    assert_eq!(modes.evaluate(EmitTo::All).unwrap().as_primitive::<Int64Type>().value(0), 5);
}

#[test]
fn wrong_groups_and_states_are_refused() {
    let mut modes = GroupedModes::<i64>::new(DataType::Int64);
    let values: [ArrayRef; 1] = [Arc::new(Int64Array::from(vec![1, 2]))];
    assert!(modes.update_batch(&values, &[5, 0], None, 1).is_err());
    let state = modes.convert_to_state(&values, None).unwrap();
    assert!(modes.merge_batch(&state, &[5, 0], 1).is_err());
    assert!(modes.merge_batch(&state[..1], &[0, 0], 1).is_err());
    let list = |lengths: [usize; 2]| -> ArrayRef {
        let lists = lengths.map(|length| Some(vec![Some(1_i64); length]));
        Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))
    };
    assert!(modes.merge_batch(&[list([1, 2]), list([2, 1])], &[0, 0], 1).is_err());
    let with_null = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1), None])]);
    assert!(modes.merge_batch(&[Arc::new(with_null), list([2, 0]).slice(0, 1)], &[0], 1).is_err());
    // A part of a column, as batches that were cut have it.
    modes.merge_batch(&[list([1, 2]).slice(1, 1), list([3, 2]).slice(1, 1)], &[0], 1).unwrap();
}

/// The mode of some texts, by counting.
fn counted<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts = BTreeMap::<&str, usize>::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(text, _)| text)
}

proptest! {
    #[test]
    fn order_and_partitions_change_nothing(
        rows in prop::collection::vec((prop::option::of("[ab]{0,2}|a long text of [ab]{1,2}"), 0_usize..3), 1..60),
        size in 1_usize..20,
    ) {
        let new = || GroupedModes::<Box<str>>::new(DataType::Utf8View);
        let (mut whole, mut merged) = (new(), new());
        let mut alone = SingleMode::<Box<str>>::new(DataType::Utf8View);
        for (index, part) in rows.chunks(size).enumerate() {
            let texts: StringViewArray = part.iter().map(|row| row.0.as_deref()).collect();
            let values: [ArrayRef; 1] = [Arc::new(texts)];
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            whole.update_batch(&values, &groups, None, 3).unwrap();
            let (state, groups) = if index % 2 == 1 {
                (whole.convert_to_state(&values, None).unwrap(), groups)
            } else {
                let mut partial = new();
                partial.update_batch(&values, &groups, None, 3).unwrap();
                (partial.state(EmitTo::All).unwrap(), vec![0, 1, 2])
            };
            merged.merge_batch(&state, &groups, 3).unwrap();
            alone.merge_batch(&state).unwrap();
        }
        let (whole, merged) = (whole.evaluate(EmitTo::All).unwrap(), merged.evaluate(EmitTo::All).unwrap());
        prop_assert_eq!(&whole, &merged);
        for group in 0..3 {
            let expected = counted(rows.iter().filter(|row| row.1 == group).filter_map(|row| row.0.as_deref()));
            let found = merged.is_valid(group).then(|| merged.as_string_view().value(group));
            prop_assert_eq!(found, expected);
        }
        let expected = counted(rows.iter().filter_map(|row| row.0.as_deref())).map(str::to_owned);
        prop_assert_eq!(alone.evaluate().unwrap(), ScalarValue::Utf8View(expected));
    }
}

#[test]
fn plans_of_several_partitions_are_exact() {
    // In each group the value with the most rows is the number of the group, modulo 10.
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 50));
        let n: Int64Array = rows()
            .map(|row| (row % 7 != 0).then_some(if row / 50 % 3 == 0 { row / 50 + 20 } else { row % 10 }))
            .collect();
        let columns: [(&str, ArrayRef); 2] = [("g", Arc::new(g)), ("n", Arc::new(n))];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let aggregates = || vec![mode(col("n")).alias("number"), mode(cast(col("n"), DataType::Utf8)).alias("text")];
    for groups in [vec![col("g")], vec![]] {
        let first = groups.len();
        let result = aggregated(partitions.clone(), groups, aggregates()).unwrap();
        assert_eq!(result.num_rows(), if first == 0 { 1 } else { 50 });
        let numbers = result.column(first).as_primitive::<Int64Type>();
        let texts = result.column(first + 1).as_string_view();
        for row in 0..result.num_rows() {
            if first == 1 {
                assert_eq!(numbers.value(row), result.column(0).as_primitive::<Int64Type>().value(row) % 10);
            }
            assert_eq!(texts.value(row), numbers.value(row).to_string());
        }
    }
}
