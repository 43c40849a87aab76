//! Values of one type as another. What the other cannot hold is NULL.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, PrimitiveArray, PrimitiveBuilder};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, i256,
};
use datafusion::common::cast::{as_boolean_array, as_primitive_array, as_string_view_array};
use datafusion::common::{DataFusionError, Result};

use super::decimal::{Unscaled, decimal_array};
use super::digits::Digits;
use super::float::{Shortest, finite, float_of, nearest, quickly_rounded, rounded_near_tie, whole};
use super::integer::{Integer, rescaled};
use super::kernel::mapped;
use super::moments::{read_day, read_instant, read_local};
use super::rounding::Rounding;
use super::text::as_text;
use crate::time::DAY;

/// A wall clock time without a zone.
const LOCAL: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// Whether there is a conversion: between text and every type, between numbers and truth values, between dates and wall
/// clock times. An instant needs a zone to become one of these.
pub(super) fn converts(from: &DataType, to: &DataType) -> bool {
    let counts = |one: &DataType| *one == DataType::Boolean || is_number(one);
    let is_day_or_local = |one: &DataType| *one == DataType::Date32 || *one == LOCAL;
    let is_known = |one: &DataType| {
        let is_time = matches!(one, DataType::Date32 | DataType::Timestamp(TimeUnit::Microsecond, _));
        *one == DataType::Utf8View || is_time || counts(one)
    };
    from == to
        || (*from == DataType::Utf8View && is_known(to))
        || (*to == DataType::Utf8View && is_known(from))
        || (counts(from) && counts(to))
        || (is_day_or_local(from) && is_day_or_local(to))
}

/// Whether it is one of the types in which the engine holds numbers.
pub(super) fn is_number(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Float64) || is_exact(data_type)
}

/// Whether it holds numbers digit by digit.
pub(super) fn is_exact(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Int64 | DataType::Decimal128(..) | DataType::Decimal256(..))
}

/// The values of a column in another type.
pub(crate) fn convert(array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    if array.data_type() == to {
        return Ok(array.slice(0, array.len()));
    }
    match (array.data_type(), to) {
        (_, DataType::Utf8View) => as_text(array),
        (DataType::Utf8View, _) => from_text(array, to),
        (_, DataType::Boolean) => to_truth(array),
        (DataType::Boolean, _) => from_truth(as_boolean_array(array)?, to),
        (DataType::Date32, _) if *to == LOCAL => {
            let days = as_primitive_array::<Date32Type>(array)?;
            Ok(Arc::new(mapped::<_, TimestampMicrosecondType>(days, |day| i64::from(day).checked_mul(DAY))))
        }
        (from, DataType::Date32) if *from == LOCAL => {
            let times = as_primitive_array::<TimestampMicrosecondType>(array)?;
            Ok(Arc::new(mapped::<_, Date32Type>(times, |time| i32::try_from(time.div_euclid(DAY)).ok())))
        }
        (DataType::Float64, _) => from_floats(as_primitive_array(array)?, to),
        (DataType::Int64, DataType::Float64) => {
            let values = as_primitive_array::<Int64Type>(array)?;
            Ok(Arc::new(values.unary::<_, Float64Type>(float_of)))
        }
        _ => from_exact(array, to),
    }
}

fn no_conversion(from: &DataType, to: &DataType) -> DataFusionError {
    DataFusionError::Internal(format!("{from} does not become {to}"))
}

/// 1 where it is true, 0 where it is false.
fn from_truth(values: &BooleanArray, to: &DataType) -> Result<ArrayRef> {
    let numbers = values.iter();
    match to {
        DataType::Float64 => {
            let numbers = numbers.map(|value| value.map(|value| f64::from(u8::from(value))));
            Ok(Arc::new(numbers.collect::<Float64Array>()))
        }
        _ => {
            let numbers: Int64Array = numbers.map(|value| value.map(i64::from)).collect();
            if *to == DataType::Int64 { Ok(Arc::new(numbers)) } else { from_exact(&numbers, to) }
        }
    }
}

/// Whether a number is not 0.
fn to_truth(array: &dyn Array) -> Result<ArrayRef> {
    let truth: BooleanArray = if *array.data_type() == DataType::Float64 {
        let values = as_primitive_array::<Float64Type>(array)?.iter();
        values.map(|value| value.map(|value| value.abs() > 0.0)).collect()
    } else {
        match Unscaled::of(array)?.0 {
            Unscaled::Narrow(values) => values.iter().map(|value| value.map(|value| value != 0)).collect(),
            Unscaled::Wide(values) => values.iter().map(|value| value.map(|value| value != i256::ZERO)).collect(),
        }
    };
    Ok(Arc::new(truth))
}

fn from_exact(array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    let (values, scale) = Unscaled::of(array)?;
    match to {
        DataType::Int64 => Ok(match values {
            Unscaled::Narrow(values) => Arc::new(integers(&values, scale)),
            Unscaled::Wide(values) => Arc::new(integers(&values, scale)),
        }),
        DataType::Float64 => Ok(match values {
            Unscaled::Narrow(values) => Arc::new(mapped::<_, Float64Type>(&values, |value| nearest(value, scale))),
            Unscaled::Wide(values) => Arc::new(mapped::<_, Float64Type>(&values, |value| nearest(value, scale))),
        }),
        DataType::Decimal128(precision, to_scale) => {
            let places = i32::from(*to_scale) - i32::from(scale);
            let values = match values {
                Unscaled::Narrow(values) => {
                    let limit = i128::limit((*precision).into()).unwrap_or(i128::MAX);
                    let rescaled = rescaled::<i128>(places);
                    mapped::<_, Decimal128Type>(&values, |value| rescaled(value).filter(|value| value.is_within(limit)))
                }
                Unscaled::Wide(values) => {
                    let fitting = fitting(places, *precision);
                    mapped::<_, Decimal128Type>(&values, |value| fitting(value)?.to_i128())
                }
            };
            decimal_array(values, *precision, *to_scale)
        }
        DataType::Decimal256(precision, to_scale) => {
            let fitting = fitting(i32::from(*to_scale) - i32::from(scale), *precision);
            decimal_array::<Decimal256Type>(mapped(&values.widened(), fitting), *precision, *to_scale)
        }
        _ => Err(no_conversion(array.data_type(), to)),
    }
}

/// Moves the point, and keeps what has no more digits than allowed.
fn fitting(places: i32, precision: u8) -> impl Fn(i256) -> Option<i256> {
    let rescaled = rescaled::<i256>(places);
    let limit = i256::limit(precision.into()).unwrap_or(i256::MAX);
    move |value| rescaled(value).filter(|value| value.is_within(limit))
}

/// The integers that are left when the decimals are cut off.
fn integers<T>(values: &PrimitiveArray<T>, scale: i8) -> PrimitiveArray<Int64Type>
where
    T: ArrowPrimitiveType,
    T::Native: Integer,
{
    let unit = T::Native::power_of_ten(scale.unsigned_abs().into());
    mapped(values, |value| match unit {
        Some(unit) if scale >= 0 => value.divided(unit).0.to_int64(),
        Some(unit) => value.times(unit)?.to_int64(),
        // The unit is larger than any value.
        None if scale >= 0 || value == T::Native::default() => Some(0),
        None => None,
    })
}

fn from_floats(values: &PrimitiveArray<Float64Type>, to: &DataType) -> Result<ArrayRef> {
    match to {
        DataType::Int64 => Ok(Arc::new(mapped::<_, Int64Type>(values, whole))),
        DataType::Decimal128(precision, scale) => {
            let decimal = decimals_of_floats(*precision, *scale);
            let values = mapped::<_, Decimal128Type>(values, |value| decimal(value)?.to_i128());
            decimal_array(values, *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            let values = mapped::<_, Decimal256Type>(values, decimals_of_floats(*precision, *scale));
            decimal_array(values, *precision, *scale)
        }
        _ => Err(no_conversion(&DataType::Float64, to)),
    }
}

/// The decimal that the shortest form of a float rounds to, without its point.
fn decimals_of_floats(precision: u8, scale: i8) -> impl Fn(f64) -> Option<i256> {
    let limit = i256::limit(precision.into()).unwrap_or(i256::MAX);
    move |value| {
        let unscaled = match nearest_units(value, scale).and_then(whole) {
            Some(rounded) => i256::from_i64(rounded),
            None => Digits::parse(Shortest::of(value).bytes())?.unscaled(scale)?,
        };
        Some(unscaled).filter(|unscaled| unscaled.is_within(limit))
    }
}

/// The integer nearest to the float in units of a decimal, where it can be told without the digits of the float.
fn nearest_units(value: f64, scale: i8) -> Option<f64> {
    quickly_rounded(value, scale).or_else(|| rounded_near_tie(value, scale, Rounding::HalfAway))
}

/// What stands in a text, without anything around it. An integer is written without a point or an exponent, a decimal
/// is rounded to its scale, a float is the nearest one.
fn from_text(array: &dyn Array, to: &DataType) -> Result<ArrayRef> {
    match to {
        DataType::Boolean => {
            let texts = as_string_view_array(array)?.iter();
            Ok(Arc::new(texts.map(|text| text.and_then(|text| text.parse::<bool>().ok())).collect::<BooleanArray>()))
        }
        DataType::Date32 => Ok(Arc::new(parsed::<Date32Type>(array, |text| {
            read_day(text.as_bytes()).and_then(|day| i32::try_from(day).ok())
        })?)),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let read = if zone.is_some() { read_instant } else { read_local };
            let times = parsed::<TimestampMicrosecondType>(array, |text| read(text.as_bytes()))?;
            Ok(Arc::new(times.with_timezone_opt(zone.clone())))
        }
        DataType::Int64 => Ok(Arc::new(parsed::<Int64Type>(array, |text| text.parse().ok())?)),
        DataType::Float64 => Ok(Arc::new(parsed::<Float64Type>(array, |text| {
            Digits::parse(text.as_bytes())?;
            text.parse().ok().and_then(finite)
        })?)),
        DataType::Decimal128(precision, scale) => {
            let limit = i128::limit((*precision).into()).unwrap_or(i128::MAX);
            let values = parsed::<Decimal128Type>(array, |text| {
                let unscaled = Digits::parse(text.as_bytes())?.unscaled(*scale)?;
                unscaled.to_i128().filter(|unscaled| unscaled.is_within(limit))
            })?;
            decimal_array(values, *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            let limit = i256::limit((*precision).into()).unwrap_or(i256::MAX);
            let values = parsed::<Decimal256Type>(array, |text| {
                let unscaled = Digits::parse(text.as_bytes())?.unscaled(*scale)?;
                Some(unscaled).filter(|unscaled| unscaled.is_within(limit))
            })?;
            decimal_array(values, *precision, *scale)
        }
        _ => Err(no_conversion(&DataType::Utf8View, to)),
    }
}

fn parsed<T: ArrowPrimitiveType>(
    array: &dyn Array,
    parse: impl Fn(&str) -> Option<T::Native>,
) -> Result<PrimitiveArray<T>> {
    let mut builder = PrimitiveBuilder::<T>::with_capacity(array.len());
    for text in as_string_view_array(array)? {
        builder.append_option(text.and_then(&parse));
    }
    Ok(builder.finish())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, BooleanArray, Date32Array, StringViewArray, TimestampMicrosecondArray};
    use arrow::datatypes::{DataType, Date32Type, Decimal128Type, TimeUnit, TimestampMicrosecondType};

    use super::{LOCAL, convert, converts};

    fn utc() -> DataType {
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    }

    #[track_caller]
    fn texts(column: &ArrayRef, expected: &[Option<&str>]) {
        let found = convert(column.as_ref(), &DataType::Utf8View).unwrap();
        assert_eq!(found.as_string_view().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn dates_and_times_become_text_and_come_back() {
        let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(19_783), None, Some(i32::MIN)]));
        let expected = [Some("2024-03-01"), None, None];
        texts(&days, &expected);
        let read = convert(&StringViewArray::from(expected.to_vec()), &DataType::Date32).unwrap();
        assert_eq!(read.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [Some(19_783), None, None]);
        let micros = vec![Some(-1), None, Some(i64::MAX)];
        let local = TimestampMicrosecondArray::from(micros);
        let instants: ArrayRef = Arc::new(local.clone().with_timezone("UTC"));
        texts(&(Arc::new(local) as ArrayRef), &[Some("1969-12-31T23:59:59.999999"), None, None]);
        let expected = [Some("1969-12-31T23:59:59.999999Z"), None, None];
        texts(&instants, &expected);
        let read = convert(&StringViewArray::from(expected.to_vec()), &utc()).unwrap();
        assert_eq!(read.data_type(), &utc());
        assert_eq!(read.as_primitive::<TimestampMicrosecondType>().iter().collect::<Vec<_>>(), [Some(-1), None, None]);
    }

    #[test]
    fn dates_begin_at_midnight() {
        let days = Date32Array::from(vec![Some(-1), None, Some(i32::MAX)]);
        let times = convert(&days, &LOCAL).unwrap();
        let expected = [Some(-86_400_000_000), None, None];
        assert_eq!(times.as_primitive::<TimestampMicrosecondType>().iter().collect::<Vec<_>>(), expected);
        let times = TimestampMicrosecondArray::from(vec![Some(-1), Some(0), None]);
        let days = convert(&times, &DataType::Date32).unwrap();
        assert_eq!(days.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [Some(-1), Some(0), None]);
    }

    #[test]
    fn conditions_are_numbers() {
        let truth = BooleanArray::from(vec![Some(true), Some(false), None]);
        let numbers = convert(&truth, &DataType::Decimal128(3, 2)).unwrap();
        assert_eq!(numbers.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), [Some(100), Some(0), None]);
        for to in [DataType::Int64, DataType::Float64, DataType::Decimal128(3, 2), DataType::Decimal256(60, 2)] {
            let back = convert(convert(&truth, &to).unwrap().as_ref(), &DataType::Boolean).unwrap();
            assert_eq!(back.as_boolean(), &truth, "{to}");
        }
        let words = StringViewArray::from(vec!["true", "false", "TRUE", "1"]);
        let found = convert(&words, &DataType::Boolean).unwrap();
        assert_eq!(found.as_boolean().iter().collect::<Vec<_>>(), [Some(true), Some(false), None, None]);
    }

    #[test]
    fn instants_need_a_zone_to_be_dates() {
        let all = [DataType::Boolean, DataType::Int64, DataType::Utf8View, DataType::Date32, LOCAL, utc()];
        let expected = [
            [true, true, true, false, false, false],
            [true, true, true, false, false, false],
            [true, true, true, true, true, true],
            [false, false, true, true, true, false],
            [false, false, true, true, true, false],
            [false, false, true, false, false, true],
        ];
        for (from, expected) in all.iter().zip(expected) {
            for (to, expected) in all.iter().zip(expected) {
                assert_eq!(converts(from, to), expected, "{from} to {to}");
            }
        }
    }
}
