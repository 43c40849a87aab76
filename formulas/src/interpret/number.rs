//! Arithmetic on values. What has no result is NULL.

use super::{Decimal, Value};
use crate::{Arithmetic, Type};

/// A float as it may be in a formula.
pub(super) fn float(value: f64) -> Value {
    // The sum with zero has no sign where it is zero.
    if value.is_finite() { Value::Float(value + 0.0) } else { Value::Null }
}

pub(super) fn arithmetic(how: Arithmetic, left: &Value, right: &Value, result: Type) -> Value {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => {
            let value = match how {
                Arithmetic::Add => left.checked_add(*right),
                Arithmetic::Subtract => left.checked_sub(*right),
                Arithmetic::Multiply => left.checked_mul(*right),
                Arithmetic::Divide => None,
            };
            value.map(Value::Integer).into()
        }
        (Value::Decimal(left), Value::Decimal(right)) => {
            let value = match how {
                Arithmetic::Add => left.plus(right),
                Arithmetic::Subtract => left.plus(&right.clone().negated()),
                Arithmetic::Multiply => left.times(right),
                Arithmetic::Divide => return Value::Null,
            };
            fitted(&value, result)
        }
        // A division by zero is infinite or not a number, and so no value.
        (Value::Float(left), Value::Float(right)) => float(match how {
            Arithmetic::Add => left + right,
            Arithmetic::Subtract => left - right,
            Arithmetic::Multiply => left * right,
            Arithmetic::Divide => left / right,
        }),
        _ => Value::Null,
    }
}

pub(super) fn negate(value: Value) -> Value {
    match value {
        Value::Integer(value) => value.checked_neg().map(Value::Integer).into(),
        Value::Decimal(value) => Value::Decimal(value.negated()),
        Value::Float(value) => float(-value),
        _ => Value::Null,
    }
}

pub(super) fn absolute(value: Value) -> Value {
    match value {
        Value::Integer(value) => value.checked_abs().map(Value::Integer).into(),
        Value::Decimal(value) => Value::Decimal(value.absolute()),
        Value::Float(value) => float(value.abs()),
        _ => Value::Null,
    }
}

/// Half away from zero on the decimal form; of a float, on its shortest one.
pub(super) fn round(value: &Value, digits: i8, result: Type) -> Value {
    let scale = i32::from(digits);
    match value {
        Value::Integer(value) => {
            let rounded = Decimal::new(i128::from(*value), 0).rounded(scale.min(0));
            rounded.to_string().parse().ok().map(Value::Integer).into()
        }
        Value::Decimal(value) => fitted(&value.rounded(scale.min(value.scale())), result),
        Value::Float(value) => {
            let Some(shortest) = Decimal::shortest(*value) else { return Value::Null };
            shortest.rounded(scale.min(shortest.scale())).to_float().map_or(Value::Null, float)
        }
        _ => Value::Null,
    }
}

/// A decimal of a type; NULL if that has not enough digits.
pub(super) fn fitted(value: &Decimal, to: Type) -> Value {
    match to {
        Type::Decimal { precision, scale } => value.fitted(precision, scale).map(Value::Decimal).into(),
        _ => Value::Null,
    }
}
