//! From any Arrow type to the canonical type that holds the same values.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder, TimestampMicrosecondArray, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal128Type, Decimal256Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, i256,
};

use super::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::model::ColumnType;
use crate::source::fields;

const MILLIS_PER_DAY: i64 = 86_400_000;

/// The array in its canonical type, and which one that is. Timestamps without a zone are wall clocks here; arrays of
/// nothing but NULL have the declared type.
pub(super) fn natural(array: &ArrayRef, place: &Place<'_>) -> Result<(ArrayRef, ColumnType)> {
    match array.data_type() {
        DataType::Null => {
            let declared = place.column.column_type;
            Ok((new_null_array(&declared.arrow(), array.len()), declared))
        }
        DataType::Dictionary(_, values) => {
            let entries = array.as_any_dictionary_opt().map(|dictionary| dictionary.values());
            if values.is_string() && entries.is_some_and(|entries| entries.null_count() == 0) {
                return Ok((cast(array, &DataType::Utf8View, place)?, ColumnType::Text));
            }
            // The direct way to views takes a NULL among the entries for a text.
            natural(&cast(array, values, place)?, place)
        }
        DataType::RunEndEncoded(_, values) => natural(&cast(array, values.data_type(), place)?, place),
        DataType::Decimal256(precision, scale) if *precision <= 38 => {
            let narrow = array.as_primitive::<Decimal256Type>().unary_opt::<_, Decimal128Type>(i256::to_i128);
            place.nothing_lost(array, &narrow)?;
            let narrow = narrow.with_precision_and_scale(*precision, *scale).map_err(|error| {
                Error::internal(format!("column `{}` has an impossible type", place.column.id)).with_source(error)
            })?;
            Ok((Arc::new(narrow), ColumnType::Decimal { precision: *precision, scale: *scale }))
        }
        DataType::Date64 => {
            let days = |millis: i64| i32::try_from(millis.div_euclid(MILLIS_PER_DAY)).ok();
            let dates = array.as_primitive::<Date64Type>().unary_opt::<_, Date32Type>(days);
            place.nothing_lost(array, &dates)?;
            Ok((Arc::new(dates), ColumnType::Date))
        }
        DataType::Timestamp(unit, zone) => {
            let micros = micros(array, *unit);
            place.nothing_lost(array, &micros)?;
            if zone.is_some() {
                Ok((Arc::new(micros.with_timezone("UTC")), ColumnType::Datetime))
            } else {
                Ok((Arc::new(micros), ColumnType::LocalDatetime))
            }
        }
        DataType::Time32(unit) | DataType::Time64(unit) => Ok((times(array, *unit, place)?, ColumnType::Text)),
        other => {
            let found = fields::column_type(other)
                .ok_or_else(|| Error::new(ErrorKind::SourceError, fields::refusal(&place.column.source_name, other)))?;
            Ok((cast(array, &found.arrow(), place)?, found))
        }
    }
}

fn cast(array: &ArrayRef, wanted: &DataType, place: &Place<'_>) -> Result<ArrayRef> {
    if array.data_type() == wanted {
        return Ok(Arc::clone(array));
    }
    let cast = cast_with_options(array, wanted, &CastOptions::default()).map_err(|error| {
        let (name, found) = (&place.column.source_name, array.data_type());
        Error::internal(format!("column `{name}` of type {found} cannot be read as {wanted}")).with_source(error)
    })?;
    place.nothing_lost(array, &cast)?;
    Ok(cast)
}

/// Timestamps in microseconds, without a zone; NULL where out of range.
fn micros(array: &ArrayRef, unit: TimeUnit) -> TimestampMicrosecondArray {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().unary_opt(|value| value.checked_mul(1_000_000)),
        TimeUnit::Millisecond => {
            array.as_primitive::<TimestampMillisecondType>().unary_opt(|value| value.checked_mul(1000))
        }
        TimeUnit::Microsecond => {
            array.as_primitive::<TimestampMicrosecondType>().clone().with_timezone_opt(None::<Arc<str>>)
        }
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().unary(|value| value.div_euclid(1000)),
    }
}

/// Times of the day as text: `HH:MM:SS`, with microseconds where there are any.
fn times(array: &ArrayRef, unit: TimeUnit, place: &Place<'_>) -> Result<ArrayRef> {
    let values = match array.data_type() {
        DataType::Time32(_) => cast(&cast(array, &DataType::Int32, place)?, &DataType::Int64, place)?,
        _ => cast(array, &DataType::Int64, place)?,
    };
    let mut texts = StringViewBuilder::with_capacity(array.len());
    for (index, value) in values.as_primitive::<Int64Type>().iter().enumerate() {
        match value {
            None => texts.append_null(),
            Some(value) => {
                let text = time(value, unit).ok_or_else(|| place.error(index, "is not a time of the day"))?;
                texts.append_value(text);
            }
        }
    }
    Ok(Arc::new(texts.finish()))
}

fn time(value: i64, unit: TimeUnit) -> Option<String> {
    let micros = match unit {
        TimeUnit::Second => value.checked_mul(1_000_000)?,
        TimeUnit::Millisecond => value.checked_mul(1000)?,
        TimeUnit::Microsecond => value,
        TimeUnit::Nanosecond => value.div_euclid(1000),
    };
    let (second, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    if !(0..86_400).contains(&second) {
        return None;
    }
    let mut text = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if fraction != 0 {
        text.push_str(&format!(".{fraction:06}"));
    }
    Some(text)
}
