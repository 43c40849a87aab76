//! Bins against their definition.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Decimal256Array, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type, i256};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::prelude::{SessionContext, col};
use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::prelude::*;

use super::{Bins, bin_expr, low_expr};
use crate::error::ErrorKind;
use crate::model::ColumnType;

const INTEGER: ColumnType = ColumnType::Integer;
const FLOAT: ColumnType = ColumnType::Float;
const MONEY: ColumnType = ColumnType::Decimal { precision: 10, scale: 2 };

fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn money(values: &[i128]) -> ArrayRef {
    Arc::new(Decimal128Array::from(values.to_vec()).with_precision_and_scale(10, 2).unwrap())
}

fn numbers(bins: &Bins, values: &ArrayRef) -> Vec<Option<i64>> {
    bins.numbers(values.as_ref()).unwrap().iter().collect()
}

/// A border as text; `-` where it is open.
fn shown(border: Option<ScalarValue>) -> String {
    border.map_or_else(|| "-".to_owned(), |border| border.to_string())
}

fn borders(bins: &Bins, number: i64) -> String {
    let (low, high) = bins.border(number);
    format!("{} .. {}", shown(low), shown(high))
}

#[test]
fn borders_are_shown_in_the_finest_type_that_is_needed() {
    #[track_caller]
    fn check(column: ColumnType, origin: &str, size: &str, border_type: ColumnType) {
        let bins = Bins::linear(column, origin, size).unwrap();
        assert_eq!(bins.border_type(), Some(border_type));
    }
    let decimal = |precision, scale| ColumnType::Decimal { precision, scale };
    check(INTEGER, "0", "500", INTEGER);
    check(INTEGER, "0.0", "5e2", INTEGER);
    check(INTEGER, "0", "0.5", decimal(21, 1));
    check(INTEGER, "0", "9223372036854775808", decimal(20, 0));
    check(MONEY, "0", "10", decimal(9, 0));
    check(MONEY, "0.25", "0.1", decimal(11, 2));
    check(decimal(38, 10), "0", "0.1", decimal(30, 1));
    check(decimal(38, 10), "0", "1e-20", decimal(49, 20));
    check(decimal(76, 0), "0", "0.5", FLOAT);
    check(INTEGER, "0", "1e-70", FLOAT);
    check(FLOAT, "0", "1", FLOAT);
    assert_eq!(Bins::edges(INTEGER, &["1".to_owned()]).unwrap().border_type(), None);
}

#[test]
fn exact_numbers_are_in_exact_bins() {
    let bins = Bins::linear(MONEY, "0", "0.1").unwrap();
    assert_eq!(numbers(&bins, &money(&[0, 9, 10, 30, -1, -10, -11])), [0, 0, 1, 3, -1, -1, -2].map(Some));
    assert_eq!(borders(&bins, 3), "0.3 .. 0.4");
    let bins = Bins::linear(INTEGER, "3", "10").unwrap();
    assert_eq!(numbers(&bins, &integers(&[2, 3, 12, 13, -7, -8])), [-1, 0, 0, 1, -1, -2].map(Some));
    assert_eq!(borders(&bins, -1), "-7 .. 3");
    let bins = Bins::linear(INTEGER, "0", "0.75").unwrap();
    assert_eq!(numbers(&bins, &integers(&[0, 1, 2, 3, -1])), [0, 1, 2, 4, -2].map(Some));
}

#[test]
fn the_ends_of_64_bits_have_bins() {
    let ends = [i64::MIN, -1, i64::MAX];
    let bins = Bins::linear(INTEGER, "0", "10").unwrap();
    let found = numbers(&bins, &integers(&ends));
    assert_eq!(found, ends.map(|value| Some(value.div_euclid(10))));
    assert_eq!(borders(&bins, found[0].unwrap()), format!("{} .. -9223372036854775800", i64::MIN));
    assert_eq!(borders(&bins, found[2].unwrap()), "9223372036854775800 .. -");
    // The distance to the origin has 65 bits.
    let bins = Bins::linear(INTEGER, "-9223372036854775808", "9223372036854775807").unwrap();
    assert_eq!(numbers(&bins, &integers(&ends)), [0, 1, 2].map(Some));
    let bins = Bins::linear(INTEGER, "9223372036854775807", "1").unwrap();
    assert_eq!(numbers(&bins, &integers(&ends)), [None, Some(i64::MIN), Some(0)]);
}

#[test]
fn numbers_of_76_digits_have_bins() {
    let column = ColumnType::Decimal { precision: 76, scale: 0 };
    let greatest = "9".repeat(76);
    let values = [greatest.as_str(), "0"].map(|digits| i256::from_string(digits).unwrap());
    let values = [values[0], values[1], values[0].wrapping_neg()].map(Some).to_vec();
    let values: ArrayRef = Arc::new(Decimal256Array::from(values).with_precision_and_scale(76, 0).unwrap());
    let bins = Bins::linear(column, "0", "1e60").unwrap();
    let last = 10_i64.pow(16);
    assert_eq!(numbers(&bins, &values), [Some(last - 1), Some(0), Some(-last)]);
    assert_eq!(borders(&bins, last - 1), format!("{}{} .. -", "9".repeat(16), "0".repeat(60)));
    assert_eq!(borders(&bins, -last), format!("-{} .. -{}{}", greatest, "9".repeat(16), "0".repeat(60)));
    // More bins than 64 bits can count.
    let bins = Bins::linear(column, "0", "1").unwrap();
    assert_eq!(numbers(&bins, &values), [None, Some(0), None]);
}

#[test]
fn floats_are_in_the_bin_whose_borders_hold_them() {
    let bins = Bins::linear(FLOAT, "0", "0.1").unwrap();
    // 3 * 0.1 is more than 0.3.
    assert_eq!(numbers(&bins, &floats(&[0.0, 0.1, 0.3, 0.1 * 3.0, -0.05])), [0, 1, 2, 3, -1].map(Some));
    assert_eq!(borders(&bins, 3), "0.30000000000000004 .. 0.4");
    let bins = Bins::linear(FLOAT, "0", "1").unwrap();
    assert_eq!(numbers(&bins, &floats(&[1e300, -1e300, 1e15, 5e-324])), [None, None, Some(10_i64.pow(15)), Some(0)]);
    let bins = Bins::linear(FLOAT, "0", "1e308").unwrap();
    assert_eq!(numbers(&bins, &floats(&[f64::MAX, f64::MIN])), [Some(1), Some(-2)]);
    let open = format!("{} .. {}", ScalarValue::from(f64::MIN), ScalarValue::from(-1e308));
    assert_eq!(borders(&bins, -2), open);
    assert_eq!(shown(bins.border(1).1), "-");
    let bins = Bins::linear(FLOAT, "-1e308", "1e307").unwrap();
    assert_eq!(numbers(&bins, &floats(&[f64::MAX])), [Some(27)]);
    // Many bins begin at the same float; the last of them is the one that ends above it.
    let bins = Bins::linear(FLOAT, "0", "1").unwrap();
    let found = numbers(&bins, &floats(&[1e18]))[0].unwrap();
    assert_eq!(bins.border(found), (Some(ScalarValue::from(1e18)), Some(ScalarValue::from(1e18_f64.next_up()))));
}

#[test]
fn so_many_bins_reach_from_the_least_to_the_greatest() {
    let bins = Bins::between(INTEGER, &ScalarValue::Int64(Some(0)), &ScalarValue::Int64(Some(10)), 5).unwrap();
    assert_eq!(bins.border_type(), Some(INTEGER));
    assert_eq!(numbers(&bins, &integers(&[0, 1, 2, 9, 10, 11, -1])), [0, 0, 1, 4, 4, 4, 0].map(Some));
    assert_eq!(borders(&bins, 4), "8 .. 10");
    assert_eq!(borders(&bins, 5), "10 .. -");
    assert_eq!(borders(&bins, -1), "- .. 0");
    let bins = Bins::between(INTEGER, &ScalarValue::Int64(Some(0)), &ScalarValue::Int64(Some(10)), 4).unwrap();
    assert_eq!(borders(&bins, 1), "2.5 .. 5.0");
    let bins = Bins::between(INTEGER, &ScalarValue::Int64(Some(0)), &ScalarValue::Int64(Some(10)), 3).unwrap();
    assert_eq!(bins.border_type(), Some(FLOAT));
    assert_eq!(numbers(&bins, &integers(&[0, 3, 4, 6, 7, 10])), [0, 0, 1, 1, 2, 2].map(Some));
    let bins = Bins::between(
        MONEY,
        &ScalarValue::Decimal128(Some(-150), 10, 2),
        &ScalarValue::Decimal128(Some(275), 10, 2),
        2,
    )
    .unwrap();
    assert_eq!(borders(&bins, 0), "-1.500 .. 0.625");
    assert_eq!(numbers(&bins, &money(&[-150, 62, 63, 275])), [0, 0, 1, 1].map(Some));
    let bins = Bins::between(FLOAT, &ScalarValue::from(f64::MIN), &ScalarValue::from(f64::MAX), 4).unwrap();
    assert_eq!(numbers(&bins, &floats(&[f64::MIN, -1.0, 0.0, f64::MAX])), [0, 1, 2, 3].map(Some));
    // A width below all floats.
    let bins = Bins::between(FLOAT, &ScalarValue::from(0.0), &ScalarValue::from(5e-324), 10).unwrap();
    assert_eq!(numbers(&bins, &floats(&[5e-324]))[0], Some(9));
}

#[test]
fn one_value_has_one_bin_and_none_has_none() {
    let seven = ScalarValue::Int64(Some(7));
    let bins = Bins::between(INTEGER, &seven, &seven, 10).unwrap();
    assert_eq!(numbers(&bins, &integers(&[7, 6, 8])), [0, 0, 0].map(Some));
    assert_eq!(borders(&bins, 0), "7 .. 7");
    let half = ScalarValue::from(0.5);
    let bins = Bins::between(FLOAT, &half, &half, 10).unwrap();
    assert_eq!(numbers(&bins, &floats(&[0.5])), [Some(0)]);
    assert_eq!(borders(&bins, 0), "0.5 .. 0.5");
    let bins = Bins::between(INTEGER, &ScalarValue::Null, &ScalarValue::Null, 10).unwrap();
    assert_eq!(numbers(&bins, &integers(&[0, 7])), [None, None]);
    assert_eq!(bins.border_type(), Some(INTEGER));
}

#[test]
fn edges_belong_to_the_bin_above() {
    let edges = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let bins = Bins::edges(MONEY, &edges(&["0", "9.995", "100"])).unwrap();
    assert_eq!(numbers(&bins, &money(&[-1, 0, 999, 1000, 10_000])), [0, 1, 1, 2, 3].map(Some));
    assert_eq!(borders(&bins, 0), "- .. 0.000");
    assert_eq!(borders(&bins, 2), "9.995 .. 100.000");
    assert_eq!(borders(&bins, 3), "100.000 .. -");
    let bins = Bins::edges(FLOAT, &edges(&["-1.5", "1e3"])).unwrap();
    assert_eq!(numbers(&bins, &floats(&[-2.0, -1.5, 999.0, 1000.0])), [0, 1, 1, 2].map(Some));
    let none = Bins::edges(INTEGER, &[]).unwrap();
    assert_eq!(numbers(&none, &integers(&[1])), [Some(0)]);
    assert_eq!(borders(&none, 0), "- .. -");
}

#[test]
fn what_makes_no_bins_is_refused() {
    let kind = |bins: crate::error::Result<Bins>| bins.unwrap_err().kind();
    assert_eq!(kind(Bins::linear(INTEGER, "0", "0")), ErrorKind::InvalidQuery);
    assert_eq!(kind(Bins::linear(INTEGER, "0", "-1")), ErrorKind::InvalidQuery);
    assert_eq!(kind(Bins::linear(FLOAT, "x", "1")), ErrorKind::InvalidQuery);
    assert_eq!(kind(Bins::linear(FLOAT, "0", "1e400")), ErrorKind::InvalidQuery);
    assert_eq!(kind(Bins::edges(FLOAT, &["2".into(), "1".into()])), ErrorKind::InvalidQuery);
}

#[test]
fn bins_are_functions_of_the_column() {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![Some(1250), None, Some(-1)]));
    let batch = RecordBatch::try_from_iter_with_nullable([("x", column, true)]).unwrap();
    let schema = DFSchema::try_from(batch.schema()).unwrap();
    let evaluated = |expr| {
        let expr = SessionContext::new().create_physical_expr(expr, &schema).unwrap();
        expr.evaluate(&batch).unwrap().into_array(3).unwrap()
    };
    let bins = Bins::linear(INTEGER, "0", "500").unwrap();
    let found = evaluated(bin_expr(col("x"), &bins));
    assert_eq!(found.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(2), None, Some(-1)]);
    let found = evaluated(low_expr(bin_expr(col("x"), &bins), &bins));
    assert_eq!(found.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(1000), None, Some(-500)]);
    let finer = Bins::linear(INTEGER, "0", "0.5").unwrap();
    let found = evaluated(low_expr(bin_expr(col("x"), &finer), &finer));
    assert_eq!(found.data_type(), &DataType::Decimal128(21, 1));
    assert_eq!(found.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), [Some(12_500), None, Some(-10)]);
    let edges = Bins::edges(INTEGER, &["0".to_owned()]).unwrap();
    assert_eq!(low_expr(bin_expr(col("x"), &edges), &edges), bin_expr(col("x"), &edges));
    assert_ne!(bin_expr(col("x"), &bins), bin_expr(col("x"), &finer));
    let floats = bin_expr(col("x"), &Bins::linear(FLOAT, "0", "1").unwrap());
    assert!(SessionContext::new().create_physical_expr(floats, &schema).is_err());
}

#[test]
fn functions_have_names_that_tell_them_apart() {
    let name = |bins: Bins| bin_expr(col("x"), &bins).schema_name().to_string();
    assert_eq!(name(Bins::linear(MONEY, "1", "2.50").unwrap()), "bin[2.5 from 1.0](x)");
    assert_eq!(name(Bins::linear(FLOAT, "0", "2.5").unwrap()), "bin[2.5 from 0.0](x)");
    assert_eq!(name(Bins::edges(INTEGER, &["1".into(), "20".into()]).unwrap()), "bin[1, 20](x)");
}

fn any_float() -> impl Strategy<Value = f64> {
    let short = (any::<i32>(), 0..9_i32).prop_map(|(digits, places)| f64::from(digits) / 10_f64.powi(places));
    prop_oneof![short, POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO].prop_map(|value| value + 0.0)
}

/// The lower border that is shown for each number.
fn lows(bins: &Bins, found: &[Option<i64>]) -> Vec<Option<f64>> {
    let lows = bins.lows(&Int64Array::from(found.to_vec())).unwrap();
    lows.as_primitive::<Float64Type>().iter().collect()
}

proptest! {
    #[test]
    fn integers_lie_between_their_borders(value: i64, origin: i64, size in 1_i64..) {
        let bins = Bins::linear(INTEGER, &origin.to_string(), &size.to_string()).unwrap();
        let expected = (i128::from(value) - i128::from(origin)).div_euclid(size.into());
        prop_assert_eq!(numbers(&bins, &integers(&[value])), [i64::try_from(expected).ok()]);
    }

    #[test]
    fn decimals_lie_between_their_borders(
        value in -9_999_999_999_i128..=9_999_999_999,
        origin in -100_000_i128..100_000,
        size in 1_i128..100_000,
        scale in 0_usize..5,
    ) {
        let text = |number: i128| format!("{number}e-{scale}");
        let bins = Bins::linear(MONEY, &text(origin), &text(size)).unwrap();
        // All in units of 10^-6.
        let unit = 10_i128.pow(6 - u32::try_from(scale).unwrap());
        let expected = (value * 10_000 - origin * unit).div_euclid(size * unit);
        let found = numbers(&bins, &money(&[value]));
        prop_assert_eq!(&found, &[Some(i64::try_from(expected).unwrap())]);
    }

    #[test]
    fn floats_lie_between_their_borders(value in any_float(), origin in any_float(), size in any_float()) {
        prop_assume!(size > 0.0);
        let bins = Bins::linear(FLOAT, &format!("{origin:e}"), &format!("{size:e}")).unwrap();
        let found = numbers(&bins, &floats(&[value]));
        match found[0] {
            Some(number) => {
                let (low, high) = bins.border(number);
                prop_assert!(low.clone().unwrap() <= ScalarValue::from(value));
                prop_assert!(high.is_none_or(|high| ScalarValue::from(value) < high));
                prop_assert_eq!(lows(&bins, &found)[0].map(ScalarValue::from), low);
            }
            None => {
                let is_far = (value / size - origin / size).abs() > 9e18 || !(value / size).is_finite();
                prop_assert!(is_far || size < origin.abs() * 1e-34);
            }
        }
    }

    #[test]
    fn so_many_bins_hold_all_between(
        values in proptest::collection::vec(any_float(), 1..20),
        count in 1_u32..50,
    ) {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let bins = Bins::between(FLOAT, &ScalarValue::from(least), &ScalarValue::from(greatest), count).unwrap();
        let last = if least < greatest { i64::from(count) - 1 } else { 0 };
        for (value, number) in values.iter().zip(numbers(&bins, &floats(&values))) {
            let number = number.unwrap();
            prop_assert!((0..=last).contains(&number));
            let (low, high) = bins.border(number);
            let value = ScalarValue::from(*value);
            prop_assert!(low.unwrap() <= value);
            let high = high.unwrap();
            prop_assert!(value < high || value == ScalarValue::from(greatest));
        }
        prop_assert_eq!(bins.border(0).0, Some(ScalarValue::from(least)));
        prop_assert_eq!(bins.border(last).1, Some(ScalarValue::from(greatest)));
    }
}
