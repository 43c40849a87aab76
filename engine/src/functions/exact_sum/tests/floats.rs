//! Float sums are exact, and the same bits in any order and any partitioning.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, Int64Array};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use proptest::prelude::*;

use super::oracle::Oracle;
use super::{aggregate, evaluated, floats};
use crate::functions::exact::FloatSums;
use crate::functions::exact_sum::accumulate::{GroupedSums, Output, SingleSum};

fn float(scalar: &ScalarValue) -> Option<f64> {
    let ScalarValue::Float64(value) = scalar else { panic!("{scalar} is no float") };
    *value
}

fn sum(values: &[f64]) -> Option<f64> {
    float(&aggregate(FloatSums::default(), Output::Sum, &floats(values)))
}

fn average(values: &[f64]) -> Option<f64> {
    float(&aggregate(FloatSums::default(), Output::Average, &floats(values)))
}

#[test]
fn hard_sums_are_right() {
    #[track_caller]
    fn check(values: &[f64], expected: Option<f64>) {
        assert_eq!(sum(values).map(f64::to_bits), expected.map(f64::to_bits), "{values:?}");
        let mut reversed = values.to_vec();
        reversed.reverse();
        assert_eq!(sum(&reversed).map(f64::to_bits), expected.map(f64::to_bits), "{reversed:?}");
    }
    let tiny = f64::from_bits(1);
    let half_ulp = 2.0_f64.powi(-53);
    check(&[], None);
    check(&[0.0, -0.0], Some(0.0));
    check(&[-0.0], Some(0.0));
    check(&[1.5, -1.5], Some(0.0));
    check(&[0.1, 0.2, 0.3], Some(0.6));
    check(&[0.1; 10], Some(1.0));
    check(&[1e308, 1e308, -1e308], Some(1e308));
    check(&[1e308, 1e308], None);
    check(&[-1e308, -1e308], None);
    check(&[f64::MAX, 1e291, -1e291], Some(f64::MAX));
    check(&[1.0, 1e100, 1.0, -1e100], Some(2.0));
    check(&[1e16, 1.0, -1e16], Some(1.0));
    check(&[tiny, tiny, tiny], Some(f64::from_bits(3)));
    check(&[f64::MIN_POSITIVE, -tiny], Some(f64::from_bits((1 << 52) - 1)));
    check(&[1e300, tiny, -1e300], Some(tiny));
    // Ties go to the even neighbour, and the least bit decides.
    check(&[1.0, half_ulp], Some(1.0));
    check(&[1.0, half_ulp, tiny], Some(1.0_f64.next_up()));
    check(&[1.0_f64.next_up(), half_ulp], Some(1.0_f64.next_up().next_up()));
    check(&[1.0, half_ulp, -tiny], Some(1.0));
    check(&[f64::MAX, f64::MIN, 3.0], Some(3.0));
}

#[test]
fn long_sums_leave_the_window_without_harm() {
    // The grid is as wide as it may be, so that 2,048 of the large values fill a window.
    let small = 2.0_f64.powi(53) - 1.0;
    let values = [small, small * 2.0_f64.powi(63)].repeat(1 << 12);
    let mut single = SingleSum::new(FloatSums::default(), Output::Sum);
    for _ in 0..4 {
        single.update_batch(&[floats(&values)]).unwrap();
    }
    let expected = Oracle::of(values.iter().copied().cycle().take(4 * values.len()));
    assert!(expected.rounds_to(float(&single.evaluate().unwrap())));
    // The same in two groups, and negative.
    let values: Vec<f64> = values.iter().map(|value| -value).collect();
    let groups: Vec<usize> = (0..values.len()).map(|row| row / 2 % 2).collect();
    let mut grouped = GroupedSums::new(FloatSums::default(), Output::Sum);
    for _ in 0..2 {
        grouped.update_batch(&[floats(&values)], &groups, None, 2).unwrap();
    }
    let expected = Oracle::of(values);
    for sum in evaluated(&mut grouped) {
        assert!(expected.rounds_to(sum.map(f64::from_bits)));
    }
}

#[test]
fn the_grid_follows_the_data() {
    let small: Vec<f64> = (1..500).map(|number| f64::from(number) * 1e-200).collect();
    let large: Vec<f64> = (1..500).map(|number| f64::from(number) * 1e200).collect();
    let mut grouped = GroupedSums::new(FloatSums::default(), Output::Sum);
    for values in [&small, &large, &small] {
        let groups: Vec<usize> = (0..values.len()).map(|row| row % 3).collect();
        grouped.update_batch(&[floats(values)], &groups, None, 3).unwrap();
    }
    let sums = evaluated(&mut grouped);
    for (group, sum) in sums.into_iter().enumerate() {
        let values = small.iter().chain(&small).chain(&large).copied();
        let rows = (0..499).chain(0..499).chain(0..499);
        let expected = Oracle::of(values.zip(rows).filter(|(_, row)| row % 3 == group).map(|(value, _)| value));
        assert!(expected.rounds_to(sum.map(f64::from_bits)));
    }
}

#[test]
fn averages_divide_the_rounded_sum() {
    #[track_caller]
    fn check(values: &[f64], expected: Option<f64>) {
        assert_eq!(average(values).map(f64::to_bits), expected.map(f64::to_bits), "{values:?}");
    }
    check(&[], None);
    check(&[1.0, 2.0], Some(1.5));
    check(&[0.1, 0.2, 0.3], Some(0.6 / 3.0));
    check(&[1.0, 1.0, 0.0], Some(2.0 / 3.0));
    // The sum is beyond all floats, the average is not.
    check(&[1e308, 1e308], Some(1e308));
    check(&[-f64::from_bits(1), 0.0, 0.0], Some(0.0));
}

#[test]
fn null_filtered_and_infinite_values_do_not_count() {
    let values: ArrayRef =
        Arc::new(Float64Array::from(vec![Some(1.0), None, Some(f64::INFINITY), Some(2.0), Some(f64::NAN), Some(4.0)]));
    let filter = BooleanArray::from(vec![Some(true), Some(true), Some(true), Some(false), Some(true), None]);
    let groups = [0, 1, 2, 0, 0, 3];
    for output in [Output::Sum, Output::Average] {
        let mut grouped = GroupedSums::new(FloatSums::default(), output);
        grouped.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
        assert_eq!(evaluated(&mut grouped), [Some(1.0_f64.to_bits()), None, None, None]);
        let total = aggregate(FloatSums::default(), output, &values);
        let expected = if output == Output::Sum { 7.0 } else { 7.0 / 3.0 };
        assert_eq!(float(&total).map(f64::to_bits), Some(f64::to_bits(expected)));
        // A group gets its first value in a later batch.
        grouped.update_batch(&[floats(&[1.0])], &[0], None, 1).unwrap();
        grouped.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
        grouped.update_batch(&[floats(&[3.0, 5.0])], &[3, 3], None, 4).unwrap();
        let of_group_3 = if output == Output::Sum { 8.0_f64 } else { 4.0 };
        assert_eq!(evaluated(&mut grouped), [Some(of_two(output)), None, None, Some(of_group_3.to_bits())]);
    }
    fn of_two(output: Output) -> u64 {
        if output == Output::Sum { 2.0_f64.to_bits() } else { 1.0_f64.to_bits() }
    }
}

#[test]
fn the_first_groups_can_be_emitted_alone() {
    for output in [Output::Sum, Output::Average] {
        let mut grouped = GroupedSums::new(FloatSums::default(), output);
        let huge = [1.0, 2.0, 1e300, 4.0, f64::NAN];
        grouped.update_batch(&[floats(&huge)], &[0, 1, 2, 3, 4], None, 5).unwrap();
        let first = grouped.evaluate(EmitTo::First(2)).unwrap();
        assert_eq!(&first, &floats(&[1.0, 2.0]));
        // Group 2 is group 0 now.
        grouped.update_batch(&[floats(&[-1e300, 7.0, 9.0])], &[0, 0, 3], None, 4).unwrap();
        let state = grouped.state(EmitTo::First(1)).unwrap();
        let mut rest = GroupedSums::new(FloatSums::default(), output);
        rest.merge_batch(&state, &[0], 1).unwrap();
        let of_group_2 = if output == Output::Sum { 7.0_f64 } else { 7.0 / 3.0 };
        assert_eq!(evaluated(&mut rest), [Some(of_group_2.to_bits())]);
        assert_eq!(evaluated(&mut grouped), [Some(4.0_f64.to_bits()), None, Some(9.0_f64.to_bits())]);
        assert!(evaluated(&mut grouped).is_empty());
    }
}

#[test]
fn damaged_states_are_refused() {
    let state: ArrayRef = Arc::new(BinaryArray::from_vec(vec![[1_u8].as_slice()]));
    let mut grouped = GroupedSums::new(FloatSums::default(), Output::Sum);
    assert!(grouped.merge_batch(&[state], &[0], 1).is_err());
    assert!(grouped.update_batch(&[floats(&[1.0])], &[5], None, 1).is_err());
    let integers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    assert!(grouped.update_batch(&[integers], &[0], None, 1).is_err());
}

/// Floats that are hard to add: of all sizes, near each other, near ties, and integers.
fn hard_floats() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |value| value.is_finite()),
        -1_000.0_f64..1_000.0,
        (-1_000_i32..1_000).prop_map(f64::from),
        (-8_i32..8, -60_i32..60).prop_map(|(factor, exponent)| f64::from(factor) * 2.0_f64.powi(exponent)),
        (0_u64..64).prop_map(f64::from_bits),
        Just(f64::MAX),
        Just(f64::MIN),
    ]
}

fn hard_columns() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(hard_floats(), 1..120)
}

/// A way to a state of one group: with many groups, alone, or row by row.
fn state_of(values: &[f64], way: usize) -> Vec<ArrayRef> {
    let groups = vec![0; values.len()];
    match way % 3 {
        0 => {
            let mut grouped = GroupedSums::new(FloatSums::default(), Output::Average);
            grouped.update_batch(&[floats(values)], &groups, None, 1).unwrap();
            grouped.state(EmitTo::All).unwrap()
        }
        1 => {
            let mut single = SingleSum::new(FloatSums::default(), Output::Average);
            single.update_batch(&[floats(values)]).unwrap();
            single.state().unwrap().iter().map(|column| column.to_array().unwrap()).collect()
        }
        _ => {
            let grouped = GroupedSums::new(FloatSums::default(), Output::Average);
            let rows = grouped.convert_to_state(&[floats(values)], None).unwrap();
            let mut merged = GroupedSums::new(FloatSums::default(), Output::Average);
            merged.merge_batch(&rows, &groups, 1).unwrap();
            merged.state(EmitTo::All).unwrap()
        }
    }
}

proptest! {
    #[test]
    fn sums_are_rounded_once(values in hard_columns()) {
        prop_assert!(Oracle::of(values.iter().copied()).rounds_to(sum(&values)));
    }

    #[test]
    fn sums_of_ordinary_numbers_are_rounded_once(values in prop::collection::vec(-1e6_f64..1e6, 1..2_000)) {
        prop_assert!(Oracle::of(values.iter().copied()).rounds_to(sum(&values)));
    }

    #[test]
    fn order_and_partitions_change_no_bit(
        (values, shuffled) in hard_columns()
            .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        size in 1_usize..40,
        way in 0_usize..3,
    ) {
        let whole = state_of(&values, 1);
        let mut grouped = GroupedSums::new(FloatSums::default(), Output::Average);
        let mut single = SingleSum::new(FloatSums::default(), Output::Average);
        for (index, part) in shuffled.chunks(size).enumerate() {
            let state = state_of(part, way + index);
            grouped.merge_batch(&state, &[0], 1).unwrap();
            single.merge_batch(&state).unwrap();
        }
        let expected = average(&values).map(f64::to_bits);
        prop_assert_eq!(float(&single.evaluate().unwrap()).map(f64::to_bits), expected);
        let merged = grouped.state(EmitTo::All).unwrap();
        // Not only the result: the stored states are equal too.
        prop_assert_eq!(merged[0].as_binary::<i32>(), whole[0].as_binary::<i32>());
        prop_assert_eq!(&merged[1], &whole[1]);
        let mut again = GroupedSums::new(FloatSums::default(), Output::Average);
        again.merge_batch(&merged, &[0], 1).unwrap();
        prop_assert_eq!(evaluated(&mut again), vec![expected]);
    }

    #[test]
    fn groups_do_not_mix(
        rows in prop::collection::vec((hard_floats(), 0_usize..4, any::<bool>()), 1..200),
        size in 1_usize..50,
    ) {
        let mut grouped = GroupedSums::new(FloatSums::default(), Output::Sum);
        for part in rows.chunks(size) {
            let values: Vec<f64> = part.iter().map(|row| row.0).collect();
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            let filter: BooleanArray = part.iter().map(|row| Some(row.2)).collect();
            grouped.update_batch(&[floats(&values)], &groups, Some(&filter), 4).unwrap();
        }
        for (group, sum) in evaluated(&mut grouped).into_iter().enumerate() {
            let kept: Vec<f64> = rows.iter().filter(|row| row.1 == group && row.2).map(|row| row.0).collect();
            if kept.is_empty() {
                prop_assert_eq!(sum, None);
            } else {
                prop_assert!(Oracle::of(kept).rounds_to(sum.map(f64::from_bits)));
            }
        }
    }

    #[test]
    fn values_leave_as_they_came(values in hard_columns(), cut in 0_usize..120) {
        let (gone, left) = values.split_at(cut.min(values.len()));
        let mut single = SingleSum::new(FloatSums::default(), Output::Sum);
        single.update_batch(&[floats(&values)]).unwrap();
        single.retract_batch(&[floats(gone)]).unwrap();
        prop_assert_eq!(float(&single.evaluate().unwrap()).map(f64::to_bits), sum(left).map(f64::to_bits));
    }
}
