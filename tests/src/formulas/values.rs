//! The columns of an answer as values of formulas.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use drillcore_formulas::{Decimal, Value};

/// The values of a column.
///
/// # Errors
/// It has a type that answers do not have.
pub fn values(array: &ArrayRef) -> Result<Vec<Value>, String> {
    fn each<T>(items: impl Iterator<Item = Option<T>>, value: impl Fn(T) -> Value) -> Vec<Value> {
        items.map(|item| item.map_or(Value::Null, &value)).collect()
    }
    Ok(match array.data_type() {
        DataType::Boolean => each(array.as_boolean().iter(), Value::Boolean),
        DataType::Int64 => each(array.as_primitive::<Int64Type>().iter(), Value::Integer),
        DataType::Float64 => each(array.as_primitive::<Float64Type>().iter(), Value::Float),
        DataType::Decimal128(_, scale) => {
            each(array.as_primitive::<Decimal128Type>().iter(), |units| Value::Decimal(Decimal::new(units, *scale)))
        }
        DataType::Decimal256(_, scale) => each(array.as_primitive::<Decimal256Type>().iter(), |units| {
            let decimal = Decimal::from_unscaled(&units.to_string(), *scale);
            Value::Decimal(decimal.expect("an integer is written in digits"))
        }),
        DataType::Utf8View => each(array.as_string_view().iter(), |text| Value::Text(text.to_owned())),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Dictionary(..) => {
            let views = cast(array, &DataType::Utf8View).map_err(|error| format!("no texts: {error}"))?;
            each(views.as_string_view().iter(), |text| Value::Text(text.to_owned()))
        }
        DataType::Date32 => each(array.as_primitive::<Date32Type>().iter(), Value::Date),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let value = if zone.is_some() { Value::Datetime } else { Value::LocalDatetime };
            each(array.as_primitive::<TimestampMicrosecondType>().iter(), value)
        }
        other => return Err(format!("the answer has a column of type {other}")),
    })
}

/// Whether two values are the same, floats to the last bit.
#[must_use]
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        _ => left == right,
    }
}
