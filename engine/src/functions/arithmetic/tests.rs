//! What formulas cannot ask for, and the quick ways against the plain ones.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::{Expr, lit};
use datafusion::prelude::{SessionContext, col};
use drillcore_formulas::Arithmetic;
use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::prelude::*;

use super::convert::convert;
use super::digits::Digits;
use super::float::{Shortest, finite, float_of, nearest, quickly_rounded};
use super::integer::Integer;
use super::long::Long;
use super::round::{rounded, rounded_float};
use super::rounding::Rounding;
use super::{arithmetic_expr, first_present_expr};
use crate::model::ColumnType;

fn floats() -> impl Strategy<Value = f64> {
    let short = (any::<i32>(), 0..9_i32).prop_map(|(digits, places)| f64::from(digits) / 10_f64.powi(places));
    let halves = (any::<i32>(), 0..9_i32).prop_map(|(digits, places)| (f64::from(digits) + 0.5) / 10_f64.powi(places));
    prop_oneof![short, halves, POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO].prop_map(|value| value + 0.0)
}

const ROUNDINGS: [Rounding; 5] =
    [Rounding::HalfAway, Rounding::HalfEven, Rounding::Floor, Rounding::Ceiling, Rounding::TowardZero];

/// Rounds the digits of the shortest form as a text.
fn rounded_text(value: f64, places: i8, how: Rounding) -> Option<f64> {
    let shortest = Shortest::of(value);
    let digits = Digits::parse(shortest.bytes()).unwrap();
    if digits.places() <= i64::from(places) { Some(value) } else { nearest(digits.rounded(places, how)?, places) }
}

#[track_caller]
fn floats_to(to: &DataType, cases: &[(f64, Option<&str>)]) {
    let values: Float64Array = cases.iter().map(|(value, _)| Some(*value)).collect();
    let found = convert(&values, to).unwrap();
    assert_eq!(found.data_type(), to);
    for (row, (value, expected)) in cases.iter().enumerate() {
        let text = match to {
            DataType::Decimal128(..) => {
                found.is_valid(row).then(|| found.as_primitive::<Decimal128Type>().value_as_string(row))
            }
            DataType::Decimal256(..) => {
                found.is_valid(row).then(|| found.as_primitive::<Decimal256Type>().value_as_string(row))
            }
            _ => found.as_string_view().iter().nth(row).flatten().map(str::to_owned),
        };
        assert_eq!(text.as_deref(), *expected, "{value}");
    }
}

#[test]
fn floats_become_the_decimals_that_they_look_like() {
    floats_to(
        &DataType::Decimal128(5, 2),
        &[
            (2.675, Some("2.68")),
            (-2.675, Some("-2.68")),
            (1.005, Some("1.01")),
            (0.004_999, Some("0.00")),
            (999.994, Some("999.99")),
            (999.995, None),
            (1e300, None),
            (5e-324, Some("0.00")),
        ],
    );
    let digits = format!("1{}.00", "0".repeat(22));
    floats_to(&DataType::Decimal256(40, 2), &[(1e22, Some(&digits)), (1e38, None), (0.1, Some("0.10"))]);
}

#[test]
fn floats_become_the_text_that_answers_show() {
    let cases = [0.0, 2.0, 0.1, -1234.5, 1e16, 1e-7, 5e-324, f64::MAX];
    let expected: Vec<String> = cases.iter().map(|value| serde_json::to_string(value).unwrap()).collect();
    let cases: Vec<_> = cases.into_iter().zip(expected.iter().map(|text| Some(text.as_str()))).collect();
    floats_to(&DataType::Utf8View, &cases);
}

#[test]
fn texts_become_numbers_or_null() {
    #[track_caller]
    fn check(text: &str, integer: Option<i64>, float: Option<f64>, hundredths: Option<i128>) {
        let texts = StringViewArray::from(vec![Some(text), None]);
        let as_type = |to: &DataType| convert(&texts, to).unwrap();
        let integers = as_type(&DataType::Int64);
        assert_eq!(integers.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [integer, None], "{text}");
        let floats = as_type(&DataType::Float64);
        let bits: Vec<_> = floats.as_primitive::<Float64Type>().iter().map(|v| v.map(f64::to_bits)).collect();
        assert_eq!(bits, [float.map(f64::to_bits), None], "{text}");
        let decimals = as_type(&DataType::Decimal128(10, 2));
        assert_eq!(decimals.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), [hundredths, None], "{text}");
        let wide = as_type(&DataType::Decimal256(60, 2));
        let wide: Vec<_> = wide.as_primitive::<Decimal256Type>().iter().collect();
        if let Some(hundredths) = hundredths {
            assert_eq!(wide, [Some(i256::from_i128(hundredths)), None], "{text}");
        }
    }
    check("12", Some(12), Some(12.0), Some(1200));
    check("-7", Some(-7), Some(-7.0), Some(-700));
    check(" -7\t", None, None, None);
    check("+3", Some(3), Some(3.0), Some(300));
    check("-0", Some(0), Some(0.0), Some(0));
    check("1.005", None, Some(1.005), Some(101));
    check(".5", None, Some(0.5), Some(50));
    check("5.", None, Some(5.0), Some(500));
    check("-1.5e2", None, Some(-150.0), Some(-15_000));
    check("1e-400", None, Some(0.0), Some(0));
    check("0e99999999999999999999", None, Some(0.0), Some(0));
    check("1e99999999999999999999", None, None, None);
    check("99999999.995", None, Some(99_999_999.995), None);
    check("9223372036854775808", None, Some(9_223_372_036_854_775_808.0), None);
    for text in
        ["", " ", ".", "-", "e5", "1e", "1e+", "0x10", "1_000", "1,5", "1 2", "NaN", "inf", "infinity", "--1", "١"]
    {
        check(text, None, None, None);
    }
}

#[test]
fn a_text_of_many_digits_keeps_them() {
    let digits = "1234567890".repeat(8).chars().take(74).collect::<String>();
    let texts =
        StringViewArray::from(vec![format!("{digits}.995"), format!("00{digits}00e-2"), format!("{digits}000")]);
    let found = convert(&texts, &DataType::Decimal256(76, 2)).unwrap();
    let found = found.as_primitive::<Decimal256Type>();
    let rounded = i256::from_string(&format!("{digits}00")).unwrap().wrapping_add(i256::from_i128(100));
    assert_eq!(found.value(0), rounded);
    assert_eq!(found.value(1), i256::from_string(&format!("{digits}00")).unwrap());
    assert!(found.is_null(2));
}

#[test]
fn digits_are_rounded_in_every_way() {
    #[track_caller]
    fn check(text: &str, scale: i8, expected: [i64; 5]) {
        let digits = Digits::parse(text.as_bytes()).unwrap();
        let found = ROUNDINGS.map(|how| digits.rounded(scale, how));
        assert_eq!(found, expected.map(|value| Some(i256::from(value))), "{text}");
    }
    check("2.5", 0, [3, 2, 2, 3, 2]);
    check("-2.5", 0, [-3, -2, -3, -2, -2]);
    check("3.5", 0, [4, 4, 3, 4, 3]);
    check("2.5000001", 0, [3, 3, 2, 3, 2]);
    check("3.00", 0, [3, 3, 3, 3, 3]);
    check("0.5", 0, [1, 0, 0, 1, 0]);
    check("0.001", 0, [0, 0, 0, 1, 0]);
    check("-1e-300", 0, [0, 0, -1, 0, 0]);
    check("-0.00", 0, [0, 0, 0, 0, 0]);
    check("1250", -2, [13, 12, 12, 13, 12]);
    check("-0.129", 2, [-13, -13, -13, -12, -12]);
}

#[test]
fn decimals_are_rounded_into_another_type() {
    #[track_caller]
    fn check(value: &ScalarValue, places: i8, to: &DataType, expected: [Option<i128>; 5]) {
        let value = value.to_array().unwrap();
        let found = ROUNDINGS.map(|how| {
            let found = rounded(value.as_ref(), places, how, to).unwrap();
            assert_eq!(found.data_type(), to);
            match to {
                DataType::Decimal128(..) => found.as_primitive::<Decimal128Type>().iter().next().unwrap(),
                _ => found.as_primitive::<Decimal256Type>().iter().next().unwrap().and_then(i256::to_i128),
            }
        });
        assert_eq!(found, expected, "{value:?} {places}");
    }
    let narrow = |value| ScalarValue::Decimal128(Some(value), 4, 2);
    let wide = |value| ScalarValue::Decimal256(Some(i256::from_i128(value)), 40, 2);
    for value in [narrow(-9950), wide(-9950)] {
        let (small, large) = (DataType::Decimal128(3, 0), DataType::Decimal256(50, 2));
        check(&value, 0, &small, [Some(-100), Some(-100), Some(-100), Some(-99), Some(-99)]);
        check(&value, 0, &DataType::Decimal128(2, 0), [None, None, None, Some(-99), Some(-99)]);
        check(&value, -1, &large, [Some(-10_000), Some(-10_000), Some(-10_000), Some(-9000), Some(-9000)]);
        check(&value, -38, &large, [Some(0), Some(0), None, Some(0), Some(0)]);
        check(&value, 5, &large, [Some(-9950); 5]);
    }
    // The most digits that 128 bits hold, and one more once it is rounded.
    let nines = ScalarValue::Decimal128(Some(10_i128.pow(38) - 1), 38, 1);
    let up = Some(10_i128.pow(38));
    let down = Some(10_i128.pow(38) - 10);
    check(&nines, 0, &DataType::Decimal256(39, 1), [up, up, down, up, down]);
}

fn evaluated(expr: Expr, columns: Vec<(&str, ArrayRef)>) -> ArrayRef {
    let rows = columns[0].1.len();
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)));
    let batch = batch.unwrap();
    let schema = DFSchema::try_from(batch.schema()).unwrap();
    let expr = SessionContext::new().create_physical_expr(expr, &schema).unwrap();
    expr.evaluate(&batch).unwrap().into_array(rows).unwrap()
}

#[test]
fn sides_of_a_decimal_may_be_integers() {
    let integers: ArrayRef = Arc::new(Int64Array::from(vec![Some(i64::MAX), Some(3), None]));
    let price = lit(ScalarValue::Decimal128(Some(-25), 5, 1));
    let result = ColumnType::Decimal { precision: 24, scale: 1 };
    let expr = arithmetic_expr(Arithmetic::Multiply, price, col("n"), result);
    let found = evaluated(expr, vec![("n", integers)]);
    assert_eq!(found.data_type(), &DataType::Decimal128(24, 1));
    let expected = [Some(-25 * i128::from(i64::MAX)), Some(-75), None];
    assert_eq!(found.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), expected);
}

#[test]
fn sides_of_a_float_may_be_integers() {
    // The last rows are beyond a word of those that say which rows are NULL.
    let integers = |row: i64| match row % 5 {
        0 => None,
        1 => Some(0),
        2 => Some(i64::MAX - row),
        _ => Some(-row),
    };
    let rows = 0..150_i64;
    let left: Int64Array = rows.clone().map(integers).collect();
    let right: Int64Array = rows.clone().map(|row| integers(row / 5)).collect();
    let as_floats = |values: &Int64Array| -> ArrayRef {
        Arc::new(values.iter().map(|value| value.map(float_of)).collect::<Float64Array>())
    };
    let columns = vec![
        ("fl", as_floats(&left)),
        ("fr", as_floats(&right)),
        ("il", Arc::new(left) as ArrayRef),
        ("ir", Arc::new(right) as ArrayRef),
    ];
    let found = |operation, left: Expr, right: Expr| {
        evaluated(arithmetic_expr(operation, left, right, ColumnType::Float), columns.clone())
    };
    for operation in [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide] {
        let expected = found(operation, col("fl"), col("fr"));
        for (left, right) in [("il", "ir"), ("il", "fr"), ("fl", "ir")] {
            assert_eq!(&found(operation, col(left), col(right)), &expected, "{left} {operation:?} {right}");
        }
        for (integer, float) in [(-3_i64, -3.0), (0, 0.0)] {
            let right = [("il", lit(integer)), ("fl", lit(float))].map(|(of, by)| found(operation, col(of), by));
            assert_eq!(&right[0], &right[1], "{operation:?} {integer}");
            let left = [("ir", lit(integer)), ("fr", lit(float))].map(|(by, of)| found(operation, of, col(by)));
            assert_eq!(&left[0], &left[1], "{integer} {operation:?}");
        }
    }
    let quotients = found(Arithmetic::Divide, col("il"), col("ir"));
    assert!(quotients.null_count() > 60 && quotients.null_count() < 150, "{}", quotients.null_count());
}

#[test]
fn sides_of_another_type_are_refused() {
    let float: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    let text: ArrayRef = Arc::new(StringViewArray::from(vec!["1"]));
    let batch = RecordBatch::try_from_iter([("f", float), ("t", text)]).unwrap();
    let schema = DFSchema::try_from(batch.schema()).unwrap();
    let check = |expr: Expr| assert!(SessionContext::new().create_physical_expr(expr, &schema).is_err());
    check(arithmetic_expr(Arithmetic::Add, col("f"), col("t"), ColumnType::Float));
    check(arithmetic_expr(Arithmetic::Add, col("f"), lit(1_i64), ColumnType::Integer));
    check(arithmetic_expr(Arithmetic::Divide, lit(1_i64), lit(1_i64), ColumnType::Integer));
    check(first_present_expr(vec![col("f"), lit(1_i64)], ColumnType::Float));
    check(first_present_expr(Vec::new(), ColumnType::Float));
}

#[test]
fn functions_are_equal_by_operation_and_type() {
    let add = |result| arithmetic_expr(Arithmetic::Add, col("a"), col("b"), result);
    assert_eq!(add(ColumnType::Float), add(ColumnType::Float));
    assert_ne!(add(ColumnType::Float), add(ColumnType::Integer));
    assert_eq!(add(ColumnType::Float).schema_name().to_string(), "add[float](a,b)");
}

#[test]
fn long_integers_round_half_away_from_zero() {
    let long = |value: i128| Long::new(i256::from_i128(value));
    let check = |value: i128, places: i32, expected: i128| {
        let rounded = long(value).rescaled(places).and_then(Long::to_i256);
        assert_eq!(rounded, Some(i256::from_i128(expected)), "{value} {places}");
    };
    check(0, 400, 0);
    check(7, 30, 7 * 10_i128.pow(30));
    check(-149, -2, -1);
    check(-150, -2, -2);
    check(i128::MAX, -38, 2);
    check(i128::MAX, -39, 0);
    check(i128::MAX, -400, 0);
    check(5 * 10_i128.pow(37), -38, 1);
    assert_eq!(long(1).rescaled(77).and_then(Long::to_i256), None);
    assert!(long(1).rescaled(309).is_none());
    let least = Long::new(i256::MIN);
    assert_eq!(least.plus(long(1)).and_then(Long::to_i256), Some(i256::MIN.wrapping_add(i256::ONE)));
    assert_eq!(least.to_i256(), None);
    assert_eq!(least.plus(least.negated()).and_then(Long::to_i256), Some(i256::ZERO));
    let square = least.times(least).unwrap();
    assert!(square.times(square).unwrap().times(long(16)).is_none());
    let signs = [least, least.negated(), long(0), long(0).negated()].map(|value| value.sign());
    assert_eq!(signs, [Ordering::Less, Ordering::Greater, Ordering::Equal, Ordering::Equal]);
    let whole = square.rescaled(-100).unwrap();
    assert_eq!(square.plus(whole.negated()).unwrap().rescaled(-154).and_then(Long::to_i256), Some(i256::ZERO));
}

proptest! {
    #[test]
    fn the_quick_rounding_is_that_of_the_text(value in floats(), places in -25_i8..25) {
        for how in ROUNDINGS {
            let (found, expected) = (rounded_float(value, places, how), rounded_text(value, places, how));
            prop_assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{:?}", how);
            let (found, expected) = (rounded_float(value, 0, how), rounded_text(value, 0, how));
            prop_assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{:?}", how);
        }
        if let Some(rounded) = quickly_rounded(value, places) {
            let exact = Digits::parse(Shortest::of(value).bytes()).unwrap().unscaled(places).unwrap();
            prop_assert_eq!(nearest(exact, 0).map(f64::to_bits), finite(rounded).map(f64::to_bits));
        }
    }

    #[test]
    fn ties_and_their_neighbours_are_rounded_as_their_text(
        whole in prop_oneof![0_i64..1_000, 0_i64..40_000_000_000_000],
        places in 0_i8..22,
        negative: bool,
        beside in prop::collection::vec(-3_i64..=3, 1..8),
    ) {
        let tie: f64 = format!("{}{whole}.5e-{places}", if negative { "-" } else { "" }).parse().unwrap();
        let near: Vec<f64> = beside.iter().map(|beside| f64::from_bits(tie.to_bits().wrapping_add_signed(*beside))).collect();
        let column = Float64Array::from_iter(near.iter().enumerate().map(|(row, value)| (row != 2).then_some(*value)));
        for how in ROUNDINGS {
            let expected: Vec<_> = near.iter().map(|value| rounded_text(*value, places, how).map(f64::to_bits)).collect();
            let found: Vec<_> = near.iter().map(|value| rounded_float(*value, places, how).map(f64::to_bits)).collect();
            prop_assert_eq!(&found, &expected, "{:?}", how);
            let found = rounded(&column, places, how, &DataType::Float64).unwrap();
            for (row, found) in found.as_primitive::<Float64Type>().iter().enumerate() {
                prop_assert_eq!(found.map(f64::to_bits), expected[row].filter(|_| row != 2), "{:?}", how);
            }
        }
    }

    #[test]
    fn the_shortest_form_reads_back(value in floats()) {
        let shortest = Shortest::of(value);
        let text = str::from_utf8(shortest.bytes()).unwrap();
        prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        prop_assert!(Digits::parse(text.as_bytes()).is_some());
    }

    #[test]
    fn decimals_become_the_nearest_floats(unscaled: i128, scale in -40_i8..=76) {
        let expected: f64 = format!("{unscaled}e{}", -i32::from(scale)).parse().unwrap();
        prop_assert_eq!(nearest(unscaled, scale).map(f64::to_bits), Some((expected + 0.0).to_bits()));
        prop_assert_eq!(nearest(unscaled.to_wide(), scale).map(f64::to_bits), Some((expected + 0.0).to_bits()));
    }

    #[test]
    fn small_numbers_are_divided_alike_in_both_widths(value: i128, divisor in 1..=i128::MAX) {
        let (quotient, remainder) = value.to_wide().divided(divisor.to_wide());
        prop_assert_eq!((quotient.to_i128(), remainder.to_i128()), (Some(value / divisor), Some(value % divisor)));
        prop_assert_eq!(value.floor_divided(divisor), Some(value.div_euclid(divisor)));
        let halves = value.halves();
        prop_assert_eq!(value.to_wide().halves(), halves);
        prop_assert_eq!(halves.0 * 10_u128.pow(38) + halves.1, value.unsigned_abs());
    }
}
