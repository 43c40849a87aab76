//! A value as another type; NULL if that cannot hold it. The table of rules stands at [`evaluate`](super::evaluate).
//!
//! | file | |
//! |---|---|
//! | `moment` | dates and times as text and back |
//! | `written` | numbers in text, read with all their digits |

mod moment;
#[cfg(test)]
mod tests;
mod written;

use std::num::FpCategory;

use super::number::{fitted, float};
use super::{Decimal, Value, shortest};
use crate::Type;

pub(super) use moment::{fraction_text, known_date, known_wall, micros_of, wall_of, whole_text};
pub(super) use written::Written;

const MICROS_PER_DAY: i64 = 86_400_000_000;

pub(super) fn convert(value: Value, to: Type) -> Value {
    match to {
        Type::Text => text(value),
        Type::Float => to_float(&value),
        Type::Integer => to_integer(&value),
        Type::Decimal { .. } => to_decimal(&value).map_or(Value::Null, |value| fitted(&value, to)),
        Type::Boolean => to_boolean(&value).map(Value::Boolean).into(),
        Type::Date => to_date(&value).map(Value::Date).into(),
        Type::LocalDatetime => to_local(&value).map(Value::LocalDatetime).into(),
        Type::Datetime => match value {
            Value::Datetime(_) => value,
            Value::Text(text) => moment::read_instant(&text).map(Value::Datetime).into(),
            _ => Value::Null,
        },
    }
}

/// A number as a decimal with all its digits; of a float those of its shortest form.
pub(super) fn exact(number: &Value) -> Option<Decimal> {
    match number {
        Value::Integer(value) => Some(Decimal::new(i128::from(*value), 0)),
        Value::Decimal(value) => Some(value.clone()),
        Value::Float(value) => Decimal::shortest(*value),
        _ => None,
    }
}

fn text(value: Value) -> Value {
    match value {
        Value::Boolean(value) => Value::Text(value.to_string()),
        Value::Integer(value) => Value::Text(value.to_string()),
        Value::Decimal(value) => Value::Text(value.to_string()),
        Value::Float(value) => Value::Text(float_text(value)),
        Value::Text(text) => Value::Text(text),
        Value::Date(days) => known_date(days).map(|date| Value::Text(date.format("%Y-%m-%d").to_string())).into(),
        Value::LocalDatetime(micros) => known_wall(micros).map(|wall| Value::Text(whole_text(wall))).into(),
        Value::Datetime(micros) => known_wall(micros).map(|utc| Value::Text(format!("{}Z", whole_text(utc)))).into(),
        Value::Null => Value::Null,
    }
}

/// The shortest form that reads back, with a point or an exponent, so that it is told from an integer.
fn float_text(value: f64) -> String {
    if value.classify() == FpCategory::Zero || (1e-5..1e16).contains(&value.abs()) {
        let plain = shortest::plain(value);
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let text = shortest::scientific(value);
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

fn to_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Boolean(value) => Some(Decimal::new(i128::from(*value), 0)),
        Value::Text(text) => Written::read(text, '.', None)?.exact(),
        number => exact(number),
    }
}

fn to_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(value) => Some(*value),
        Value::Text(text) => match text.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        number => Some(exact(number)?.compare(&Decimal::new(0, 0)).is_ne()),
    }
}

fn to_date(value: &Value) -> Option<i32> {
    match value {
        Value::Date(days) => Some(*days),
        Value::LocalDatetime(micros) => i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok(),
        Value::Text(text) => moment::read_date(text),
        _ => None,
    }
}

fn to_local(value: &Value) -> Option<i64> {
    match value {
        Value::LocalDatetime(micros) => Some(*micros),
        Value::Date(days) => i64::from(*days).checked_mul(MICROS_PER_DAY),
        Value::Text(text) => moment::read_local(text),
        _ => None,
    }
}
