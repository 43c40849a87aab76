//! Sums of integers and decimals never wrap, and averages are the exact quotient.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Decimal128Array, Decimal256Array, Int64Array};
use arrow::datatypes::{Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use proptest::prelude::*;

use super::aggregate;
use crate::functions::exact::{NarrowSums, WideSums};
use crate::functions::exact_sum::accumulate::{GroupedSums, Output, SingleSum};

fn integers() -> NarrowSums<Int64Type> {
    NarrowSums::new(38, 0)
}

fn integer_column(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

/// A column of decimals with 76 digits, two of them behind the point.
fn wide_column(values: &[i256]) -> ArrayRef {
    Arc::new(Decimal256Array::from(values.to_vec()).with_precision_and_scale(76, 2).unwrap())
}

fn ten_to_the(power: u32) -> i256 {
    i256::from_i128(10).checked_pow(power).unwrap()
}

#[test]
fn integers_go_past_64_bits() {
    let sum = aggregate(integers(), Output::Sum, &integer_column(&[i64::MAX, i64::MAX, i64::MAX]));
    assert_eq!(sum, ScalarValue::Decimal128(Some(3 * i128::from(i64::MAX)), 38, 0));
    let sum = aggregate(integers(), Output::Sum, &integer_column(&[i64::MIN, i64::MIN]));
    assert_eq!(sum, ScalarValue::Decimal128(Some(2 * i128::from(i64::MIN)), 38, 0));
    let nothing: ArrayRef = Arc::new(Int64Array::from(vec![None, None]));
    assert_eq!(aggregate(integers(), Output::Sum, &nothing), ScalarValue::Decimal128(None, 38, 0));
    assert_eq!(aggregate(integers(), Output::Average, &nothing), ScalarValue::Float64(None));
}

#[test]
fn decimals_of_38_digits_add_up() {
    let greatest = 10_i128.pow(38) - 1;
    let values = Decimal128Array::from(vec![greatest; 5]).with_precision_and_scale(38, 10).unwrap();
    let sum = aggregate(WideSums::<Decimal128Type>::new(57, 10), Output::Sum, &(Arc::new(values) as ArrayRef));
    let expected = i256::from_i128(greatest).checked_mul(i256::from_i128(5));
    assert_eq!(sum, ScalarValue::Decimal256(expected, 57, 10));
    let small = Decimal128Array::from(vec![Some(150), None, Some(-25)]).with_precision_and_scale(10, 2).unwrap();
    let small: ArrayRef = Arc::new(small);
    let sum = aggregate(NarrowSums::<Decimal128Type>::new(29, 2), Output::Sum, &small);
    assert_eq!(sum, ScalarValue::Decimal128(Some(125), 29, 2));
    let average = aggregate(NarrowSums::<Decimal128Type>::new(29, 2), Output::Average, &small);
    assert_eq!(average, ScalarValue::Float64(Some(0.625)));
}

#[test]
fn sums_of_more_than_76_digits_are_null_in_any_order() {
    let wide = || WideSums::<Decimal256Type>::new(76, 2);
    let half = ten_to_the(76).checked_div(i256::from_i128(2)).unwrap();
    let thirteen = vec![half; 13];
    assert_eq!(aggregate(wide(), Output::Sum, &wide_column(&thirteen)), ScalarValue::Decimal256(None, 76, 2));
    assert_eq!(aggregate(wide(), Output::Sum, &wide_column(&[half, half])), ScalarValue::Decimal256(None, 76, 2));
    // 13 halves leave 256 bits, and 12 less come back.
    let back: Vec<i256> = thirteen.iter().copied().chain(vec![half.wrapping_neg(); 12]).collect();
    let expected = ScalarValue::Decimal256(Some(half), 76, 2);
    assert_eq!(aggregate(wide(), Output::Sum, &wide_column(&back)), expected);
    let reversed: Vec<i256> = back.iter().rev().copied().collect();
    assert_eq!(aggregate(wide(), Output::Sum, &wide_column(&reversed)), expected);
    // The average of the thirteen is right although their sum is not shown.
    assert_eq!(aggregate(wide(), Output::Average, &wide_column(&thirteen)), ScalarValue::Float64(Some(5e73)));
    let mut grouped = GroupedSums::new(wide(), Output::Sum);
    for part in [&thirteen, &back] {
        let mut partial = GroupedSums::new(wide(), Output::Sum);
        partial.update_batch(&[wide_column(part)], &vec![0; part.len()], None, 1).unwrap();
        let state = partial.state(EmitTo::All).unwrap();
        grouped.merge_batch(&state, &[0], 1).unwrap();
    }
    let minus_thirteen: Vec<i256> = thirteen.iter().map(|value| value.wrapping_neg()).collect();
    let rows = grouped.convert_to_state(&[wide_column(&minus_thirteen)], None).unwrap();
    grouped.merge_batch(&rows, &[0; 13], 1).unwrap();
    let result = grouped.evaluate(EmitTo::All).unwrap();
    assert_eq!(result.as_primitive::<Decimal256Type>().iter().collect::<Vec<_>>(), [Some(half)]);
}

#[test]
fn values_leave_wide_sums_as_they_came() {
    let greatest = i256::MAX;
    let mut single = SingleSum::new(WideSums::<Decimal256Type>::new(76, 2), Output::Sum);
    single.update_batch(&[wide_column(&[greatest, greatest, ten_to_the(3), i256::MIN])]).unwrap();
    single.retract_batch(&[wide_column(&[greatest, i256::MIN, greatest])]).unwrap();
    assert_eq!(single.evaluate().unwrap(), ScalarValue::Decimal256(Some(ten_to_the(3)), 76, 2));
    single.retract_batch(&[wide_column(&[ten_to_the(3)])]).unwrap();
    assert_eq!(single.evaluate().unwrap(), ScalarValue::Decimal256(None, 76, 2));
    let broken: ArrayRef = Arc::new(BinaryArray::from_vec(vec![[0_u8; 39].as_slice()]));
    assert!(single.merge_batch(&[broken]).is_err());
}

#[test]
fn averages_of_integers_are_rounded_once() {
    let average = |values: &[i64]| aggregate(integers(), Output::Average, &integer_column(values));
    assert_eq!(average(&[1, 2]), ScalarValue::Float64(Some(1.5)));
    assert_eq!(average(&[i64::MAX; 3]), ScalarValue::Float64(Some(9_223_372_036_854_775_808.0)));
    // As floats the sum would be rounded before it is divided.
    assert_eq!(average(&[1 << 53, 1, 2]), ScalarValue::Float64(Some(3_002_399_751_580_331.5)));
    assert_eq!(average(&[i64::MAX, i64::MIN, 1]), ScalarValue::Float64(Some(0.0)));
}

#[test]
fn counts_travel_with_the_sums() {
    let mut partial = GroupedSums::new(integers(), Output::Average);
    let values: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(4), Some(5)]));
    partial.update_batch(&[values], &[0, 1, 0, 2], None, 3).unwrap();
    let state = partial.state(EmitTo::All).unwrap();
    assert!(state[0].is_null(1));
    assert_eq!(state[1].as_primitive::<Int64Type>().values().to_vec(), [2, 0, 1]);
    let mut last = GroupedSums::new(integers(), Output::Average);
    last.merge_batch(&state, &[1, 0, 1], 3).unwrap();
    let averages = last.evaluate(EmitTo::All).unwrap();
    let averages = averages.as_primitive::<Float64Type>();
    assert!(averages.is_null(0) && averages.is_null(2));
    assert_eq!(averages.value(1).to_bits(), (10.0_f64 / 3.0).to_bits());
}

proptest! {
    #[test]
    fn integer_sums_are_exact(values in prop::collection::vec(any::<i64>(), 1..300), cut in 0_usize..300) {
        let expected: i128 = values.iter().map(|value| i128::from(*value)).sum();
        let (left, right) = values.split_at(cut.min(values.len()));
        let mut last = GroupedSums::new(integers(), Output::Sum);
        for part in [right, left] {
            let mut partial = GroupedSums::new(integers(), Output::Sum);
            partial.update_batch(&[integer_column(part)], &vec![0; part.len()], None, 1).unwrap();
            let state = partial.state(EmitTo::All).unwrap();
            if !part.is_empty() {
                last.merge_batch(&state, &[0], 1).unwrap();
            }
        }
        let result = last.evaluate(EmitTo::All).unwrap();
        prop_assert_eq!(result.as_primitive::<Decimal128Type>().value(0), expected);
        let whole = aggregate(integers(), Output::Sum, &integer_column(&values));
        prop_assert_eq!(whole, ScalarValue::Decimal128(Some(expected), 38, 0));
    }

    #[test]
    fn integer_averages_are_the_nearest_floats(values in prop::collection::vec(-(1_i64 << 40)..1 << 40, 1..60)) {
        let average = aggregate(integers(), Output::Average, &integer_column(&values));
        let ScalarValue::Float64(Some(average)) = average else { panic!("no average") };
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        let count = i128::try_from(values.len()).unwrap();
        prop_assume!(sum.abs() >= count);
        // In units of 2^-60, in which such floats of 1 and above are integers.
        let exact = |float: f64| {
            let scaled = float * 2.0_f64.powi(60);
            #[expect(clippy::cast_possible_truncation, reason = "an integer below 2^101")]
            let integer = scaled as i128;
            integer * count
        };
        let error = |float: f64| ((sum << 60) - exact(float)).abs();
        prop_assert!(error(average) <= error(average.next_up()));
        prop_assert!(error(average) <= error(average.next_down()));
    }
}
