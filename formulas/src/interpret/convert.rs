//! A value as another type; NULL if that cannot hold it. The table of rules stands at [`evaluate`](super::evaluate).

use std::num::FpCategory;

use super::number::{fitted, float};
use super::{Decimal, Value};
use crate::Type;

pub(super) fn convert(value: Value, to: Type) -> Value {
    match to {
        Type::Text => text(value),
        Type::Float => to_float(&value),
        Type::Integer => to_integer(&value),
        Type::Decimal { .. } => match value {
            Value::Integer(value) => fitted(&Decimal::new(i128::from(value), 0), to),
            Value::Decimal(value) => fitted(&value, to),
            _ => Value::Null,
        },
        Type::Boolean | Type::Date | Type::Datetime | Type::LocalDatetime => Value::Null,
    }
}

fn text(value: Value) -> Value {
    match value {
        Value::Boolean(value) => Value::Text(value.to_string()),
        Value::Integer(value) => Value::Text(value.to_string()),
        Value::Decimal(value) => Value::Text(value.to_string()),
        Value::Float(value) => Value::Text(float_text(value)),
        Value::Text(text) => Value::Text(text),
        _ => Value::Null,
    }
}

/// The shortest form that reads back, with a point or an exponent, so that it is told from an integer.
fn float_text(value: f64) -> String {
    if value.classify() == FpCategory::Zero || (1e-5..1e16).contains(&value.abs()) {
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let text = format!("{value:e}");
    if value.abs() > 1.0 { text.replace('e', "e+") } else { text }
}

fn to_float(value: &Value) -> Value {
    let found = match value {
        Value::Boolean(value) => Some(f64::from(u8::from(*value))),
        // Reading the digits rounds once, to the nearest.
        Value::Integer(value) => value.to_string().parse().ok(),
        Value::Decimal(value) => value.to_float(),
        Value::Float(value) => Some(*value),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    found.map_or(Value::Null, float)
}

fn to_integer(value: &Value) -> Value {
    let found = match value {
        Value::Boolean(value) => Some(i64::from(*value)),
        Value::Integer(value) => Some(*value),
        Value::Decimal(value) => value.truncated(0).to_string().parse().ok(),
        Value::Float(value) => format!("{:.0}", value.trunc()).parse().ok(),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    };
    found.map(Value::Integer).into()
}
