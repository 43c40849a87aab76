//! Variances of floats are the nearest floats to the exact ones, and the same bits in any order and any partitioning.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array};
use datafusion::logical_expr::EmitTo;
use proptest::prelude::*;

use super::oracle::Variance;
use super::{Kind, OUTPUTS, aggregate, check_parts, evaluated, float};
use crate::functions::exact_variance::finish::Output;

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// Whether both results of the values are the nearest floats.
fn are_nearest(values: &[f64]) -> bool {
    let exact = Variance::of_floats(values);
    OUTPUTS.into_iter().all(|output| exact.rounds_to(output, aggregate(Kind::Floats, output, &floats(values))))
}

#[test]
fn known_variances_are_right() {
    #[track_caller]
    fn check(values: &[f64], variance: Option<f64>, deviation: Option<f64>) {
        let mut reversed = values.to_vec();
        reversed.reverse();
        for values in [values, reversed.as_slice()] {
            let results = OUTPUTS.map(|output| aggregate(Kind::Floats, output, &floats(values)).map(f64::to_bits));
            assert_eq!(results, [variance.map(f64::to_bits), deviation.map(f64::to_bits)], "{values:?}");
            assert!(values.len() < 2 || are_nearest(values), "{values:?}");
        }
    }
    let tiny = f64::from_bits(1);
    let root_2 = std::f64::consts::SQRT_2;
    check(&[], None, None);
    check(&[7.0], None, None);
    check(&[0.0, -0.0], Some(0.0), Some(0.0));
    check(&[0.1, 0.1, 0.1], Some(0.0), Some(0.0));
    check(&[1.0, 3.0], Some(2.0), Some(root_2));
    check(&[1.0, 2.0, 3.0], Some(1.0), Some(1.0));
    check(&[1.0, 2.0, 3.0, 4.0], Some(5.0 / 3.0), Some(1.290_994_448_735_805_6));
    check(&[-1.0, -3.0, 5.0, 7.0], Some(68.0 / 3.0), Some(4.760_952_285_695_233));
    // Large values that differ little.
    check(&[5e9, 5e9 + 1.0, 5e9 + 2.0], Some(1.0), Some(1.0));
    check(&[1e15, 1e15 + 0.5], Some(0.125), Some(0.25 * root_2));
    check(&[1e200, 1e200], Some(0.0), Some(0.0));
    check(&[f64::MAX, f64::MAX, f64::MAX], Some(0.0), Some(0.0));
    // The variance is beyond all floats, the deviation is not, or is too.
    check(&[1e200, -1e200], None, Some(root_2 * 1e200));
    check(&[1e308, -1e308], None, Some(root_2 * 1e308));
    check(&[f64::MAX, f64::MIN], None, None);
    // A variance of half the square of the smallest float.
    check(&[tiny, 0.0], Some(0.0), Some(tiny));
    check(&[tiny, -tiny], Some(0.0), Some(tiny));
    check(&[tiny, tiny], Some(0.0), Some(0.0));
    check(&[f64::MIN_POSITIVE, 0.0], Some(0.0), Some(0.5 * root_2 * f64::MIN_POSITIVE));
}

#[test]
fn hard_variances_are_the_nearest_floats() {
    #[track_caller]
    fn check(values: &[f64]) {
        assert!(are_nearest(values), "{values:?}");
    }
    check(&[5e9 + 0.1, 5e9 + 0.2, 5e9 + 0.3, 5e9 + 0.4]);
    check(&[1e16, 1e16 + 2.0, 1e16 + 4.0, 1e16 - 2.0]);
    check(&[1e300, 1.0, -1e300, 1e-300]);
    check(&[1e150, f64::from_bits(1), 1e150_f64.next_up()]);
    check(&[f64::MAX, 0.0]);
    check(&[f64::MAX, 1e292, f64::MAX.next_down()]);
    check(&[1e-160, 2e-160, 4e-160]);
    check(&[f64::from_bits(1), f64::from_bits(2), f64::from_bits(4), f64::MIN_POSITIVE]);
    check(&[189_812_534.0, 0.0]);
    check(&[0.1; 100].into_iter().chain([0.1_f64.next_up()]).collect::<Vec<f64>>());
}

#[test]
fn long_sums_leave_the_window_without_harm() {
    // The grid is as wide as it may be, so that many of the large values fill a window of the sum.
    let small = 2.0_f64.powi(53) - 1.0;
    let values = [small, small * 2.0_f64.powi(63)].repeat(1 << 11);
    let mut single = Kind::Floats.single(Output::Variance);
    for _ in 0..4 {
        single.update_batch(&[floats(&values)]).unwrap();
    }
    // Large values 8,192 times, small ones as often: the variance is n / (n - 1) of the square of half their distance.
    let n = 16_384.0;
    let half = small * (2.0_f64.powi(62) - 0.5);
    let result = float(&single.evaluate().unwrap()).unwrap();
    assert!((result / (half * half * n / (n - 1.0)) - 1.0).abs() < 1e-15);
    let mut grouped = Kind::Floats.grouped(Output::Variance);
    for part in values.repeat(4).chunks(1_000) {
        let groups = vec![0; part.len()];
        grouped.update_batch(&[floats(part)], &groups, None, 1).unwrap();
    }
    assert_eq!(evaluated(grouped.as_mut()), [Some(result.to_bits())]);
}

#[test]
fn the_grid_follows_the_data() {
    let small: Vec<f64> = (1..100).map(|number| f64::from(number) * 1e-100).collect();
    let large: Vec<f64> = (1..100).map(|number| f64::from(number) * 1e100).collect();
    let mut grouped = Kind::Floats.grouped(Output::Deviation);
    for values in [&small, &large, &small] {
        let groups: Vec<usize> = (0..values.len()).map(|row| row % 3).collect();
        grouped.update_batch(&[floats(values)], &groups, None, 3).unwrap();
    }
    for (group, result) in evaluated(grouped.as_mut()).into_iter().enumerate() {
        let values = [&small, &large, &small].map(|values| values.iter().skip(group).step_by(3).copied());
        let exact = Variance::of_floats(&values.into_iter().flatten().collect::<Vec<f64>>());
        assert!(exact.rounds_to(Output::Deviation, result.map(f64::from_bits)));
    }
}

#[test]
fn null_filtered_and_infinite_values_do_not_count() {
    let values = vec![Some(1.0), None, Some(3.0), Some(f64::INFINITY), Some(9.0), Some(f64::NAN), Some(5.0)];
    let values: ArrayRef = Arc::new(Float64Array::from(values));
    let filter = vec![Some(true), Some(true), Some(true), Some(true), Some(false), Some(true), None];
    let filter = BooleanArray::from(filter);
    let groups = [0, 0, 0, 0, 0, 1, 2];
    let mut grouped = Kind::Floats.grouped(Output::Variance);
    grouped.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
    assert_eq!(evaluated(grouped.as_mut()), [Some(2.0_f64.to_bits()), None, None, None]);
    let rows = grouped.convert_to_state(&[Arc::clone(&values)], Some(&filter)).unwrap();
    grouped.merge_batch(&rows, &groups, 4).unwrap();
    assert_eq!(evaluated(grouped.as_mut()), [Some(2.0_f64.to_bits()), None, None, None]);
    // Of all: 1, 3, 9 and 5.
    assert_eq!(aggregate(Kind::Floats, Output::Variance, &values), Some(35.0 / 3.0));
}

#[test]
fn the_first_groups_can_be_emitted_alone() {
    let mut grouped = Kind::Floats.grouped(Output::Variance);
    let values = [1.0, 3.0, 1e300, 1.0, 2.0];
    grouped.update_batch(&[floats(&values)], &[0, 0, 1, 1, 2], None, 3).unwrap();
    let first = grouped.evaluate(EmitTo::First(1)).unwrap();
    assert_eq!(&first, &floats(&[2.0]));
    // Group 1 is group 0 now.
    grouped.update_batch(&[floats(&[1.0, 4.0])], &[0, 1], None, 2).unwrap();
    let state = grouped.state(EmitTo::First(1)).unwrap();
    let mut rest = Kind::Floats.grouped(Output::Deviation);
    rest.merge_batch(&state, &[0], 1).unwrap();
    let expected = aggregate(Kind::Floats, Output::Deviation, &floats(&[1e300, 1.0, 1.0])).map(f64::to_bits);
    assert!(expected.is_some());
    assert_eq!(evaluated(rest.as_mut()), [expected]);
    assert_eq!(evaluated(grouped.as_mut()), [Some(2.0_f64.to_bits())]);
    assert!(evaluated(grouped.as_mut()).is_empty());
}

#[test]
fn damaged_states_are_refused() {
    let bytes = |bytes: &[u8]| -> ArrayRef { Arc::new(BinaryArray::from_vec(vec![bytes])) };
    let two: ArrayRef = Arc::new(Int64Array::from(vec![2]));
    let one = bytes(&[0x40, 0x04, 1]);
    let mut grouped = Kind::Floats.grouped(Output::Variance);
    assert!(grouped.merge_batch(&[Arc::clone(&one), bytes(&[1]), Arc::clone(&two)], &[0], 1).is_err());
    assert!(grouped.merge_batch(&[Arc::clone(&one)], &[0], 1).is_err());
    // A sum of 1 without squares is that of no values.
    let mut grouped = Kind::Floats.grouped(Output::Variance);
    grouped.merge_batch(&[one, bytes(&[0, 0]), two], &[0], 1).unwrap();
    assert!(grouped.evaluate(EmitTo::All).is_err());
}

/// Floats that are hard to add: of all sizes, near each other, integers, and powers of two with small factors.
fn hard_floats() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |value| value.is_finite()),
        -1_000.0_f64..1_000.0,
        5e9_f64..5.000_000_1e9,
        (-1_000_i32..1_000).prop_map(f64::from),
        (-8_i32..8, -60_i32..60).prop_map(|(factor, exponent)| f64::from(factor) * 2.0_f64.powi(exponent)),
        (0_u64..64).prop_map(f64::from_bits),
        Just(f64::MAX),
        Just(f64::MIN),
    ]
}

fn hard_columns() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(hard_floats(), 2..40)
}

proptest! {
    #[test]
    fn results_are_rounded_once(values in hard_columns()) {
        prop_assert!(are_nearest(&values));
    }

    #[test]
    fn results_of_ordinary_numbers_are_rounded_once(
        values in prop::collection::vec(-1e3_f64..1e3, 2..200),
        shift in prop_oneof![Just(0.0), Just(1e6), Just(5e9), Just(1e15)],
    ) {
        let values: Vec<f64> = values.iter().map(|value| value + shift).collect();
        prop_assert!(are_nearest(&values));
    }

    #[test]
    fn order_and_partitions_change_no_bit(
        (values, shuffled) in hard_columns()
            .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        size in 1_usize..20,
        way in 0_usize..3,
    ) {
        let parts: Vec<ArrayRef> = shuffled.chunks(size).map(floats).collect();
        check_parts(Kind::Floats, &floats(&values), &parts, way);
    }

    #[test]
    fn groups_do_not_mix(
        rows in prop::collection::vec((hard_floats(), 0_usize..4, any::<bool>()), 1..100),
        size in 1_usize..50,
    ) {
        let mut grouped = Kind::Floats.grouped(Output::Variance);
        for part in rows.chunks(size) {
            let values: Vec<f64> = part.iter().map(|row| row.0).collect();
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            let filter: BooleanArray = part.iter().map(|row| Some(row.2)).collect();
            grouped.update_batch(&[floats(&values)], &groups, Some(&filter), 4).unwrap();
        }
        for (group, result) in evaluated(grouped.as_mut()).into_iter().enumerate() {
            let kept: Vec<f64> = rows.iter().filter(|row| row.1 == group && row.2).map(|row| row.0).collect();
            let alone = aggregate(Kind::Floats, Output::Variance, &floats(&kept));
            prop_assert_eq!(result, alone.map(f64::to_bits));
        }
    }

    #[test]
    fn values_leave_as_they_came(values in hard_columns(), cut in 0_usize..40) {
        let (gone, left) = values.split_at(cut.min(values.len()));
        let mut single = Kind::Floats.single(Output::Deviation);
        single.update_batch(&[floats(&values)]).unwrap();
        single.retract_batch(&[floats(gone)]).unwrap();
        let expected = aggregate(Kind::Floats, Output::Deviation, &floats(left));
        prop_assert_eq!(float(&single.evaluate().unwrap()).map(f64::to_bits), expected.map(f64::to_bits));
    }
}
