//! Vectors for each function.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Decimal256Array, Float64Array, Int64Array, StringViewArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::scalar::ScalarValue;
use drillcore_formulas::WindowFunction::{self, *};

use super::{WindowCall, compute, window_type};
use crate::answer::order::SortBy;
use crate::error::ErrorKind;
use crate::model::ColumnType;
use crate::query;

pub(super) fn integers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub(super) fn floats(values: &[Option<f64>]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// A call over all rows, in the order they have.
pub(super) fn call(function: WindowFunction, of: &ArrayRef) -> WindowCall<'_> {
    WindowCall {
        function,
        of: Some(of),
        reach: 1,
        default: None,
        order: Vec::new(),
        ties: 0,
        partition: Vec::new(),
        remainder: None,
        output: output(function, of),
    }
}

/// The type that a query asks for.
fn output(function: WindowFunction, of: &ArrayRef) -> ColumnType {
    let named = match function {
        RunningSum => query::WindowFunction::RunningTotal,
        _ => query::WindowFunction::Difference,
    };
    let held = match of.data_type() {
        DataType::Int64 => Some(ColumnType::Integer),
        DataType::Float64 => Some(ColumnType::Float),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            Some(ColumnType::Decimal { precision: *precision, scale: *scale })
        }
        _ => None,
    };
    window_type(named, held).unwrap_or(ColumnType::Text)
}

/// The result as bits, so that -0.0 is not 0.0.
pub(super) fn float_bits(call: &WindowCall<'_>, rows: usize) -> Vec<Option<u64>> {
    let result = compute(call, rows).unwrap();
    result.as_primitive::<Float64Type>().iter().map(|value| value.map(f64::to_bits)).collect()
}

fn bits(values: &[Option<f64>]) -> Vec<Option<u64>> {
    values.iter().map(|value| value.map(f64::to_bits)).collect()
}

fn integer_result(call: &WindowCall<'_>, rows: usize) -> Vec<Option<i64>> {
    compute(call, rows).unwrap().as_primitive::<Int64Type>().iter().collect()
}

#[test]
fn running_totals_begin_with_the_first_value() {
    let values = integers(&[None, Some(i64::MAX), None, Some(i64::MAX), Some(-1)]);
    let totals = compute(&call(RunningSum, &values), 5).unwrap();
    assert_eq!(totals.data_type(), &DataType::Decimal128(38, 0));
    let twice = 2 * i128::from(i64::MAX);
    let expected = [None, Some(twice / 2), Some(twice / 2), Some(twice), Some(twice - 1)];
    assert_eq!(totals.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), expected);

    let values = floats(&[Some(0.1), Some(1e300), Some(0.2), Some(-1e300), Some(f64::MAX), Some(f64::MAX)]);
    let expected = bits(&[Some(0.1), Some(1e300), Some(1e300), Some(0.1 + 0.2), Some(f64::MAX), None]);
    assert_eq!(float_bits(&call(RunningSum, &values), 6), expected);
}

#[test]
fn running_totals_of_decimals_have_more_digits() {
    let largest = 10_i128.pow(20) - 1;
    let values = Decimal128Array::from(vec![Some(largest), None, Some(largest)]);
    let values: ArrayRef = Arc::new(values.with_precision_and_scale(20, 3).unwrap());
    let totals = compute(&call(RunningSum, &values), 3).unwrap();
    assert_eq!(totals.data_type(), &DataType::Decimal256(39, 3));
    let totals: Vec<_> = totals.as_primitive::<Decimal256Type>().iter().collect();
    assert_eq!(totals, [largest, largest, 2 * largest].map(|total| Some(i256::from_i128(total))));

    // A sum of 77 digits is NULL; it is right again when it has 76.
    let largest = i256::from_i128(10).checked_pow(76).unwrap().wrapping_sub(i256::ONE);
    let values = Decimal256Array::from(vec![largest, i256::ONE, i256::MINUS_ONE]);
    let values: ArrayRef = Arc::new(values.with_precision_and_scale(76, 0).unwrap());
    let totals = compute(&call(RunningSum, &values), 3).unwrap();
    let totals: Vec<_> = totals.as_primitive::<Decimal256Type>().iter().collect();
    assert_eq!(totals, [Some(largest), None, Some(largest)]);
}

#[test]
fn moving_averages_leave_null_out() {
    #[track_caller]
    fn check(values: &ArrayRef, size: u64, expected: &[Option<f64>]) {
        let call = WindowCall { reach: size, ..call(MovingAverage, values) };
        assert_eq!(float_bits(&call, values.len()), bits(expected), "of {size} rows");
    }
    let values = integers(&[None, Some(1), Some(4), None, None, Some(2)]);
    check(&values, 1, &[None, Some(1.0), Some(4.0), None, None, Some(2.0)]);
    check(&values, 2, &[None, Some(1.0), Some(2.5), Some(4.0), None, Some(2.0)]);
    check(&values, 3, &[None, Some(1.0), Some(2.5), Some(2.5), Some(4.0), Some(2.0)]);
    check(&values, u64::MAX, &[None, Some(1.0), Some(2.5), Some(2.5), Some(2.5), Some(7.0 / 3.0)]);
    check(&values, 0, &[None; 6]);
    let cents = Decimal128Array::from(vec![150, 151]).with_precision_and_scale(5, 2).unwrap();
    check(&(Arc::new(cents) as ArrayRef), 2, &[Some(1.5), Some(1.505)]);
    // What has left the window leaves no trace.
    check(&floats(&[Some(1e300), Some(0.1), Some(0.1)]), 2, &[Some(1e300), Some(5e299), Some(0.1)]);
}

#[test]
fn shares_are_fractions_of_the_sum() {
    #[track_caller]
    fn check(values: &ArrayRef, expected: &[Option<f64>]) {
        assert_eq!(float_bits(&call(PercentOfTotal, values), values.len()), bits(expected));
    }
    check(&integers(&[Some(1), None, Some(3)]), &[Some(0.25), None, Some(0.75)]);
    check(&integers(&[Some(1), Some(-1)]), &[None, None]);
    check(&integers(&[None, None]), &[None, None]);
    check(&floats(&[Some(0.0), Some(-2.0)]), &[Some(0.0), Some(1.0)]);
    check(&floats(&[Some(f64::MAX), Some(f64::MAX)]), &[None, None]);
    // The sum is tiny, and so are not its parts.
    check(&floats(&[Some(1e300), Some(1e-300), Some(-1e300)]), &[None, Some(1.0), None]);
    let cents = Decimal128Array::from(vec![25, 75]).with_precision_and_scale(5, 2).unwrap();
    check(&(Arc::new(cents) as ArrayRef), &[Some(0.25), Some(0.75)]);
}

#[test]
fn changes_need_a_base() {
    #[track_caller]
    fn check(values: &ArrayRef, offset: u64, expected: &[Option<f64>]) {
        let call = WindowCall { reach: offset, ..call(PercentChange, values) };
        assert_eq!(float_bits(&call, values.len()), bits(expected));
    }
    let values = integers(&[Some(4), Some(5), None, Some(0), Some(3)]);
    check(&values, 1, &[None, Some(0.25), None, None, None]);
    check(&values, 3, &[None, None, None, Some(-1.0), Some(3.0 / 5.0 - 1.0)]);
    check(&values, u64::MAX, &[None; 5]);
    check(&floats(&[Some(1e-300), Some(1e300), Some(1e300)]), 1, &[None, None, Some(0.0)]);
}

#[test]
fn differences_that_do_not_fit_are_null() {
    let values = integers(&[Some(i64::MIN), Some(1), Some(-5), None, Some(7)]);
    assert_eq!(integer_result(&call(Difference, &values), 5), [None, None, Some(-6), None, None]);
    let two = WindowCall { reach: 2, ..call(Difference, &values) };
    assert_eq!(integer_result(&two, 5), [None, None, Some(i64::MAX - 4), None, Some(12)]);

    let values = floats(&[Some(-f64::MAX), Some(f64::MAX), Some(f64::MAX), Some(0.0), Some(-1.0)]);
    let expected = bits(&[None, None, Some(0.0), Some(-f64::MAX), Some(-1.0)]);
    assert_eq!(float_bits(&call(Difference, &values), 5), expected);

    let largest = 10_i128.pow(38) - 1;
    let values = Decimal128Array::from(vec![-largest, largest]).with_precision_and_scale(38, 2).unwrap();
    let values: ArrayRef = Arc::new(values);
    let result = compute(&call(Difference, &values), 2).unwrap();
    assert_eq!(result.data_type(), &DataType::Decimal256(39, 2));
    let twice = i256::from_i128(largest).wrapping_mul(i256::from_i128(2));
    assert_eq!(result.as_primitive::<Decimal256Type>().iter().collect::<Vec<_>>(), [None, Some(twice)]);
}

#[test]
fn values_of_other_rows_are_taken_as_they_are() {
    #[track_caller]
    fn check(call: &WindowCall<'_>, expected: [Option<&str>; 4]) {
        let result = compute(call, 4).unwrap();
        assert_eq!(result.as_string_view().iter().collect::<Vec<_>>(), expected);
    }
    let long = "a text of more than twelve bytes";
    let texts: ArrayRef = Arc::new(StringViewArray::from(vec![None, Some("b"), Some(long), None]));
    let of = |function, offset| WindowCall { reach: offset, ..call(function, &texts) };
    check(&of(Lag, 1), [None, None, Some("b"), Some(long)]);
    check(&of(Lag, 0), [None, Some("b"), Some(long), None]);
    check(&of(Lead, 2), [Some(long), None, None, None]);
    check(&of(Lag, 9), [None; 4]);
    let default = ScalarValue::Utf8View(Some("none".into()));
    // It stands where there is no row, not where the value is NULL.
    check(&WindowCall { default: Some(&default), ..of(Lag, 2) }, [Some("none"), Some("none"), None, Some("b")]);
    check(&WindowCall { default: Some(&default), ..of(Lead, 1) }, [Some("b"), Some(long), None, Some("none")]);
    let order = integers(&[Some(3), Some(2), Some(1), Some(9)]);
    let ordered = |function| WindowCall { order: vec![SortBy::ascending(&order)], ..of(function, 1) };
    check(&ordered(FirstValue), [Some(long); 4]);
    check(&ordered(LastValue), [None; 4]);
    check(&ordered(Lag), [Some("b"), Some(long), None, None]);
}

#[test]
fn ranks_share_places_and_leave_the_remainder_out() {
    let sales = integers(&[Some(5), None, Some(9), Some(5), Some(7), None]);
    let names: ArrayRef = Arc::new(StringViewArray::from(vec!["d", "c", "b", "a", "", "e"]));
    let remainder = BooleanArray::from(vec![false, false, false, false, true, false]);
    let by_sales = SortBy { descending: true, ..SortBy::ascending(&sales) };
    let by_name = SortBy { last: Some(&remainder), ..SortBy::ascending(&names) };
    let check = |function, size, expected: [Option<i64>; 6]| {
        let order = vec![by_sales, by_name];
        let ranks = WindowCall { of: None, reach: size, ties: 1, order, ..call(function, &sales) };
        assert_eq!(integer_result(&WindowCall { remainder: Some(&remainder), ..ranks }, 6), expected);
    };
    let check_share = |function, expected: [Option<f64>; 6]| {
        let order = vec![by_sales, by_name];
        let shares = WindowCall { of: None, ties: 1, order, ..call(function, &sales) };
        assert_eq!(float_bits(&WindowCall { remainder: Some(&remainder), ..shares }, 6), bits(&expected));
    };
    // In order: b 9, (the remainder 7), a 5, d 5, c and e without a value.
    check(Rank, 0, [Some(2), Some(4), Some(1), Some(2), None, Some(4)]);
    check(DenseRank, 0, [Some(2), Some(3), Some(1), Some(2), None, Some(3)]);
    check(RowNumber, 0, [Some(3), Some(4), Some(1), Some(2), None, Some(5)]);
    check(Ntile, 2, [Some(1), Some(2), Some(1), Some(1), None, Some(2)]);
    check(Ntile, 3, [Some(2), Some(2), Some(1), Some(1), None, Some(3)]);
    check(Ntile, 9, [Some(3), Some(4), Some(1), Some(2), None, Some(5)]);
    check(Ntile, 0, [None; 6]);
    check_share(PercentRank, [Some(0.25), Some(0.75), Some(0.0), Some(0.25), None, Some(0.75)]);
    check_share(CumeDist, [Some(0.6), Some(1.0), Some(0.2), Some(0.6), None, Some(1.0)]);
}

#[test]
fn one_row_alone_comes_before_none() {
    let value = integers(&[Some(5)]);
    let alone = |function| WindowCall { of: None, ties: 1, ..call(function, &value) };
    assert_eq!(float_bits(&alone(PercentRank), 1), bits(&[Some(0.0)]));
    assert_eq!(float_bits(&alone(CumeDist), 1), bits(&[Some(1.0)]));
}

#[test]
fn sums_that_the_type_cannot_hold_are_null() {
    #[track_caller]
    fn check(function: WindowFunction, values: &[Option<i64>], expected: &[Option<i64>]) {
        let values = integers(values);
        let call = WindowCall { reach: 2, ..call(function, &values) };
        assert_eq!(integer_result(&WindowCall { output: ColumnType::Integer, ..call }, values.len()), expected);
    }
    let values = [None, Some(i64::MAX), Some(1), Some(-1), None, None];
    check(MovingSum, &values, &[None, Some(i64::MAX), None, Some(0), Some(-1), None]);
    let running = [None, Some(i64::MAX), None, Some(i64::MAX), Some(i64::MAX), Some(i64::MAX)];
    check(RunningSum, &values, &running);
    check(WindowSum, &values, &[Some(i64::MAX); 6]);
    check(WindowSum, &[Some(i64::MAX), Some(1)], &[None; 2]);
    check(WindowSum, &[None, None], &[None; 2]);
}

#[test]
fn means_of_frames_leave_null_out() {
    let values = integers(&[None, Some(1), Some(4), None]);
    let of = |function| float_bits(&call(function, &values), 4);
    assert_eq!(of(RunningAverage), bits(&[None, Some(1.0), Some(2.5), Some(2.5)]));
    assert_eq!(of(WindowAverage), bits(&[Some(2.5); 4]));
}

#[test]
fn null_is_a_partition_of_its_own() {
    let regions: ArrayRef = Arc::new(StringViewArray::from(vec![Some("a"), None, Some("a"), None, Some("")]));
    let values = integers(&[Some(1), Some(2), Some(3), Some(6), Some(5)]);
    let shares = WindowCall { partition: vec![&regions], ..call(PercentOfTotal, &values) };
    let expected = bits(&[Some(0.25), Some(0.25), Some(0.75), Some(0.75), Some(1.0)]);
    assert_eq!(float_bits(&shares, 5), expected);
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![false, false, false, true, false]));
    let shares = WindowCall { partition: vec![&regions, &flags], ..call(PercentOfTotal, &values) };
    let expected = bits(&[Some(0.25), Some(1.0), Some(0.75), Some(1.0), Some(1.0)]);
    assert_eq!(float_bits(&shares, 5), expected);
}

#[test]
fn an_empty_answer_has_an_empty_column() {
    let values = integers(&[]);
    for function in WindowFunction::ALL {
        assert_eq!(compute(&call(*function, &values), 0).unwrap().len(), 0, "{}", function.entry().name);
    }
}

#[test]
fn what_cannot_be_computed_is_a_fault() {
    let texts: ArrayRef = Arc::new(StringViewArray::from(vec!["1"]));
    let number = ScalarValue::Int64(Some(1));
    let wrong = [
        call(RunningSum, &texts),
        WindowCall { of: None, ..call(Lag, &texts) },
        WindowCall { default: Some(&number), ..call(Lag, &texts) },
    ];
    for call in wrong {
        assert_eq!(compute(&call, 1).unwrap_err().kind(), ErrorKind::Internal);
    }
    assert_eq!(compute(&call(Lag, &texts), 2).unwrap_err().kind(), ErrorKind::Internal);
}
