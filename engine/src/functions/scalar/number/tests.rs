//! What the comparison with the reference does not see: columns beside constants, types that stay, and whole results.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array, StringViewArray,
};
use arrow::datatypes::i256;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ColumnarValue;
use drillcore_formulas::NumberFunction;

use super::floats::{cube_root, logarithm};
use crate::functions::scalar::call::Call;
use crate::model::ColumnType;

fn column(array: impl Array + 'static) -> ColumnarValue {
    ColumnarValue::Array(Arc::new(array))
}

fn constant(value: impl Into<ScalarValue>) -> ColumnarValue {
    ColumnarValue::Scalar(value.into())
}

#[track_caller]
fn check(function: NumberFunction, arguments: &[ColumnarValue], result: ColumnType, expected: impl Array + 'static) {
    let found = super::call(function, &Call::new(arguments, expected.len(), result)).unwrap();
    let expected: ArrayRef = Arc::new(expected);
    assert_eq!(&found, &expected, "{function:?}");
}

fn texts(texts: [Option<&str>; 4]) -> StringViewArray {
    texts.into_iter().collect()
}

#[test]
fn the_greatest_and_the_least_leave_nulls_out() {
    let first = column(texts([Some("b"), None, Some("a"), None]));
    let second = column(texts([Some("a"), Some("z"), None, None]));
    let floor = constant(ScalarValue::Utf8View(Some("aa".to_owned())));
    let both = [first.clone(), second.clone()];
    let expected = texts([Some("b"), Some("z"), Some("a"), None]);
    check(NumberFunction::Greatest, &both, ColumnType::Text, expected);
    let expected = texts([Some("a"), Some("z"), Some("a"), None]);
    check(NumberFunction::Least, &both, ColumnType::Text, expected);
    let expected = texts([Some("b"), Some("z"), Some("aa"), Some("aa")]);
    check(NumberFunction::Greatest, &[floor, first, second], ColumnType::Text, expected);
    let days = [column(Date32Array::from(vec![Some(1), None])), constant(ScalarValue::Date32(Some(0)))];
    check(NumberFunction::Least, &days, ColumnType::Date, Date32Array::from(vec![0, 0]));
    check(NumberFunction::Greatest, &[constant(3_i64)], ColumnType::Integer, Int64Array::from(vec![3]));
}

#[test]
fn limits_need_an_order() {
    let values = column(Int64Array::from(vec![Some(-5), Some(5), Some(15), None, Some(5), Some(5), Some(5)]));
    let highs = column(Int64Array::from(vec![Some(10), Some(10), Some(10), Some(10), None, Some(-1), Some(0)]));
    let expected = Int64Array::from(vec![Some(0), Some(5), Some(10), None, None, None, Some(0)]);
    check(NumberFunction::Clamp, &[values.clone(), constant(0_i64), highs], ColumnType::Integer, expected);
    let no_low = [values, constant(ScalarValue::Int64(None)), constant(3_i64)];
    check(NumberFunction::Clamp, &no_low, ColumnType::Integer, Int64Array::from(vec![None::<i64>; 7]));
}

#[test]
fn zeros_and_nulls_keep_their_type() {
    let decimal = ColumnType::Decimal { precision: 9, scale: 2 };
    let prices = |prices: Vec<Option<i128>>| Decimal128Array::from(prices).with_precision_and_scale(9, 2).unwrap();
    let given = column(prices(vec![Some(250), None, Some(0)]));
    let expected = prices(vec![Some(250), Some(0), Some(0)]);
    check(NumberFunction::ZeroIfNull, std::slice::from_ref(&given), decimal, expected);
    check(NumberFunction::NullIfZero, &[given], decimal, prices(vec![Some(250), None, None]));
    let floats = [column(Float64Array::from(vec![Some(0.0), Some(-1.5), None]))];
    let expected = Float64Array::from(vec![None, Some(-1.5), None]);
    check(NumberFunction::NullIfZero, &floats, ColumnType::Float, expected);
}

#[test]
fn the_ends_of_integers_hold() {
    let least = column(Int64Array::from(vec![i64::MIN, i64::MIN, i64::MIN, 12]));
    let others = column(Int64Array::from(vec![-1, 0, i64::MIN, -18]));
    let both = [least, others];
    for (function, expected) in [
        (NumberFunction::Quotient, [None, None, Some(1), Some(0)]),
        (NumberFunction::Remainder, [Some(0), None, Some(0), Some(12)]),
        (NumberFunction::PositiveRemainder, [Some(0), None, Some(0), Some(-6)]),
        (NumberFunction::GreatestDivisor, [Some(1), None, None, Some(6)]),
        (NumberFunction::LeastMultiple, [None, Some(0), None, Some(36)]),
    ] {
        check(function, &both, ColumnType::Integer, Int64Array::from(expected.to_vec()));
    }
}

#[test]
fn integers_are_divided_by_decimals() {
    let integers = column(Int64Array::from(vec![Some(7), Some(-7), None, Some(i64::MAX)]));
    let quarter = constant(ScalarValue::Decimal128(Some(-25), 2, 1));
    let decimal = ColumnType::Decimal { precision: 2, scale: 1 };
    let tenths = |values: Vec<Option<i128>>| Decimal128Array::from(values).with_precision_and_scale(2, 1).unwrap();
    let both = [integers.clone(), quarter];
    check(NumberFunction::Remainder, &both, decimal, tenths(vec![Some(20), Some(-20), None, Some(20)]));
    let expected = tenths(vec![Some(-5), Some(-20), None, Some(-5)]);
    check(NumberFunction::PositiveRemainder, &both, decimal, expected);
    let wide = constant(ScalarValue::Decimal256(Some(i256::from_i128(2)), 50, 30));
    let quotients = [3_500_000, -3_500_000].map(|value| i256::from_i128(value * 10_i128.pow(24)));
    let most = i256::from_string(&format!("{}{}", i64::MAX, "0".repeat(30))).unwrap();
    let half = Some(most.wrapping_div(i256::from_i128(2)));
    let expected = Decimal256Array::from(vec![Some(quotients[0]), Some(quotients[1]), None, half]);
    let decimal = ColumnType::Decimal { precision: 49, scale: 0 };
    let expected = expected.with_precision_and_scale(49, 0).unwrap();
    check(NumberFunction::Quotient, &[integers, wide], decimal, expected);
}

#[test]
fn roots_and_logarithms_are_whole_where_they_can_be() {
    for root in -2000..=2000 {
        let cube = f64::from(root).powi(3);
        assert_eq!(cube_root(cube).to_bits(), f64::from(root).to_bits(), "{root}");
    }
    for base in [2_i32, 3, 5, 7, 10, 125] {
        for exponent in -3..=7_i32 {
            let power = f64::from(base).powf(f64::from(exponent));
            let found = logarithm(power, f64::from(base)) + 0.0;
            assert_eq!(found.to_bits(), f64::from(exponent).to_bits(), "{base} {exponent}");
        }
    }
    for (number, base) in [(0.0, 10.0), (-1.0, 10.0), (5.0, 0.0), (5.0, -2.0), (5.0, 1.0), (1.0, 1.0)] {
        assert!(!logarithm(number, base).is_finite(), "{number} {base}");
    }
}
