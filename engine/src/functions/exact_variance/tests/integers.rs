//! Variances of integers and decimals are the nearest floats to the exact ones, however many digits there are.

use std::fmt::Display;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Decimal128Array, Decimal256Array, Int64Array};
use arrow::datatypes::{Decimal128Type, Int64Type, i256};
use datafusion::logical_expr::EmitTo;
use proptest::prelude::*;

use super::oracle::Variance;
use super::{Kind, OUTPUTS, aggregate, both, check_parts, evaluated, float};
use crate::functions::exact::WideSums;
use crate::functions::exact_variance::finish::{Finish, Form, Output};
use crate::functions::exact_variance::integer_squares::IntegerSquares;
use crate::functions::testing::Whole;

/// What decimals of 19 and of 38 digits stay below.
const BOUNDS: [i128; 2] = [10_i128.pow(19), 10_i128.pow(38)];

fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn narrow(values: &[i128]) -> ArrayRef {
    Arc::new(Decimal128Array::from(values.to_vec()).with_precision_and_scale(19, 2).unwrap())
}

fn wide128(values: &[i128]) -> ArrayRef {
    Arc::new(Decimal128Array::from(values.to_vec()).with_precision_and_scale(38, 2).unwrap())
}

fn wide256(values: &[i256]) -> ArrayRef {
    Arc::new(Decimal256Array::from(values.to_vec()).with_precision_and_scale(76, 2).unwrap())
}

/// What decimals of 76 digits stay below.
fn bound_76() -> i256 {
    i256::from_i128(10).checked_pow(76).unwrap()
}

/// Checks both results of a column with these values.
#[track_caller]
fn check<V: Display>(kind: Kind, values: &[V], column: &ArrayRef) {
    let wholes: Vec<Whole> = values.iter().map(|value| Whole::parse(&value.to_string())).collect();
    let scale = if matches!(kind, Kind::Integers) { 0 } else { 2 };
    let exact = Variance::of_decimals(&wholes, scale);
    for output in OUTPUTS {
        let result = aggregate(kind, output, column);
        assert!(exact.rounds_to(output, result), "{output:?} {result:?}");
    }
}

#[test]
fn known_variances_are_right() {
    #[track_caller]
    fn check_integers(values: &[i64], variance: Option<f64>) {
        assert_eq!(aggregate(Kind::Integers, Output::Variance, &integers(values)), variance);
        if values.len() > 1 {
            check(Kind::Integers, values, &integers(values));
        }
    }
    check_integers(&[], None);
    check_integers(&[5], None);
    check_integers(&[5, 5], Some(0.0));
    check_integers(&[1, 2, 3, 4], Some(5.0 / 3.0));
    check_integers(&[i64::MAX, i64::MAX], Some(0.0));
    check_integers(&[i64::MAX, i64::MAX - 2], Some(2.0));
    check_integers(&[i64::MIN, i64::MIN + 2, i64::MIN + 4], Some(4.0));
    check_integers(&[i64::MIN, i64::MAX], Some(2.0_f64.powi(127)));
    check_integers(&[i64::MIN, i64::MIN, i64::MAX, 0], Some(7.798_137_575_271_506e37));
    let decimals = wide128(&[150, 350]);
    assert_eq!(aggregate(Kind::Wide128, Output::Variance, &decimals), Some(2.0));
    assert_eq!(aggregate(Kind::Wide128, Output::Deviation, &decimals), Some(std::f64::consts::SQRT_2));
}

#[test]
fn decimals_keep_all_digits() {
    let greatest = BOUNDS[0] - 1;
    for values in [vec![greatest, greatest - 1], vec![greatest, -greatest, 1], vec![greatest; 3]] {
        check(Kind::Narrow, &values, &narrow(&values));
    }
    let greatest = BOUNDS[1] - 1;
    for values in [vec![greatest, greatest - 1], vec![greatest, -greatest, 1], vec![-greatest; 5]] {
        check(Kind::Wide128, &values, &wide128(&values));
    }
    let greatest = bound_76().wrapping_sub(i256::ONE);
    let less = greatest.wrapping_sub(i256::ONE);
    let least = greatest.wrapping_neg();
    for values in [vec![greatest, less], vec![greatest, least, i256::ONE], vec![least; 7], vec![less; 2]] {
        check(Kind::Wide256, &values, &wide256(&values));
    }
    // Out of the range of decimals, but not of their type.
    check(Kind::Wide256, &[i256::MIN, i256::MAX, i256::MIN], &wide256(&[i256::MIN, i256::MAX, i256::MIN]));
    check(Kind::Wide128, &[i128::MIN, i128::MAX], &wide128(&[i128::MIN, i128::MAX]));
}

#[test]
fn a_negative_scale_multiplies() {
    let finish = Finish { output: Output::Deviation, form: Form::Sample, scale: -2 };
    let make = || (WideSums::<Decimal128Type>::new(38, -2), IntegerSquares::<Decimal128Type, 5>::new());
    let (_, mut single) = both(make, finish);
    single.update_batch(&[wide128(&[1, 3])]).unwrap();
    assert_eq!(float(&single.evaluate().unwrap()), Some(20_000.0_f64.sqrt()));
}

#[test]
fn counts_travel_with_the_sums() {
    let mut partial = Kind::Integers.grouped(Output::Variance);
    let values: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(4), Some(5)]));
    partial.update_batch(&[values], &[0, 1, 0, 2], None, 3).unwrap();
    let state = partial.state(EmitTo::All).unwrap();
    assert_eq!(state[0].as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), [Some(5), None, Some(5)]);
    // 17 and 25, which count from 2^-2176.
    let squares: &BinaryArray = state[1].as_binary();
    let expected: [&[u8]; 2] = [&[0x80, 0x08, 17], &[0x80, 0x08, 25]];
    assert_eq!(squares.iter().collect::<Vec<_>>(), [Some(expected[0]), None, Some(expected[1])]);
    assert_eq!(state[2].as_primitive::<Int64Type>().values().to_vec(), [2, 0, 1]);
    assert_eq!(state[2].null_count(), 0);
    let mut last = Kind::Integers.grouped(Output::Variance);
    last.merge_batch(&state, &[1, 0, 1], 3).unwrap();
    // 1, 4 and 5.
    assert_eq!(evaluated(last.as_mut()), [None, Some((13.0_f64 / 3.0).to_bits()), None]);
}

#[test]
fn damaged_squares_are_refused() {
    let mut grouped = Kind::Integers.grouped(Output::Variance);
    let state = grouped.convert_to_state(&[integers(&[1])], None).unwrap();
    // Half of one, and more than 191 bits.
    for bytes in [&[0x7f, 0x08, 1], &[0x40, 0x09, 1]] {
        let squares: ArrayRef = Arc::new(BinaryArray::from_vec(vec![bytes.as_slice()]));
        let columns = [Arc::clone(&state[0]), squares, Arc::clone(&state[2])];
        assert!(grouped.merge_batch(&columns, &[0], 1).is_err());
    }
}

fn decimals_of_76_digits() -> impl Strategy<Value = i256> {
    (any::<[u8; 32]>(), 0_u8..255)
        .prop_map(|(bytes, shift)| i256::from_le_bytes(bytes).checked_rem(bound_76()).unwrap() >> shift)
}

proptest! {
    #[test]
    fn integers_are_rounded_once(
        values in prop::collection::vec(prop_oneof![any::<i64>(), -100_i64..100], 2..40),
        shift in prop_oneof![Just(0_i64), Just(5_000_000_000), Just(1 << 60)],
    ) {
        let values: Vec<i64> = values.iter().map(|value| value.saturating_add(shift)).collect();
        check(Kind::Integers, &values, &integers(&values));
    }

    #[test]
    fn decimals_are_rounded_once(
        small in prop::collection::vec(1 - BOUNDS[0]..BOUNDS[0], 2..20),
        large in prop::collection::vec(1 - BOUNDS[1]..BOUNDS[1], 2..20),
        largest in prop::collection::vec(decimals_of_76_digits(), 2..20),
    ) {
        check(Kind::Narrow, &small, &narrow(&small));
        check(Kind::Wide128, &small, &wide128(&small));
        check(Kind::Wide128, &large, &wide128(&large));
        check(Kind::Wide256, &largest, &wide256(&largest));
    }

    #[test]
    fn order_and_partitions_change_no_bit(
        (values, shuffled) in prop::collection::vec((any::<i64>(), decimals_of_76_digits()), 1..30)
            .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        size in 1_usize..20,
        way in 0_usize..3,
    ) {
        type Column = fn(&[(i64, i256)]) -> ArrayRef;
        let columns: [(Kind, Column); 4] = [
            (Kind::Integers, |rows| integers(&rows.iter().map(|row| row.0).collect::<Vec<_>>())),
            (Kind::Narrow, |rows| narrow(&rows.iter().map(|row| i128::from(row.0)).collect::<Vec<_>>())),
            (Kind::Wide128, |rows| wide128(&rows.iter().map(|row| i128::from(row.0) << 60).collect::<Vec<_>>())),
            (Kind::Wide256, |rows| wide256(&rows.iter().map(|row| row.1).collect::<Vec<_>>())),
        ];
        for (kind, column) in columns {
            let parts: Vec<ArrayRef> = shuffled.chunks(size).map(column).collect();
            check_parts(kind, &column(&values), &parts, way);
        }
    }

    #[test]
    fn values_leave_as_they_came(values in prop::collection::vec(any::<i64>(), 1..30), cut in 0_usize..30) {
        let (gone, left) = values.split_at(cut.min(values.len()));
        let mut single = Kind::Integers.single(Output::Variance);
        single.update_batch(&[integers(&values)]).unwrap();
        single.retract_batch(&[integers(gone)]).unwrap();
        let expected = aggregate(Kind::Integers, Output::Variance, &integers(left));
        prop_assert_eq!(float(&single.evaluate().unwrap()), expected);
    }
}
