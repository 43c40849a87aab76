//! Functions of numbers: exact ones in decimal digits, and those of floats as the standard library has them.

mod alike;
mod division;
mod floats;
mod integers;
mod rounding;
#[cfg(test)]
mod tests;

use crate::interpret::number::{absolute, round};
use crate::interpret::{Decimal, Value};
use crate::{NumberFunction, Type};
use rounding::Way;

pub(super) fn evaluate(function: NumberFunction, arguments: &[Value], result: Type) -> Option<Value> {
    match (function, arguments) {
        (NumberFunction::Absolute, [number]) => Some(absolute(number.clone())),
        (NumberFunction::Sign, [number]) => rounding::sign(number),
        (NumberFunction::Round, [number, digits @ ..]) => Some(round(number, rounding::digits(digits)?, result)),
        (NumberFunction::RoundEven, [number, digits @ ..]) => {
            rounding::whole(number, rounding::digits(digits)?, Way::HalfEven, result)
        }
        (NumberFunction::Floor, [number]) => rounding::whole(number, 0, Way::Down, result),
        (NumberFunction::Ceiling, [number]) => rounding::whole(number, 0, Way::Up, result),
        (NumberFunction::Truncate, [number, digits @ ..]) => {
            rounding::whole(number, rounding::digits(digits)?, Way::TowardZero, result)
        }
        (NumberFunction::RoundTo, [Value::Float(number), Value::Float(multiple)]) => {
            rounding::to_multiple(*number, *multiple)
        }
        (NumberFunction::Quotient, [dividend, divisor]) => division::quotient(dividend, divisor, result),
        (NumberFunction::Remainder, [dividend, divisor]) => division::remainder(dividend, divisor, result),
        (NumberFunction::PositiveRemainder, [dividend, divisor]) => {
            division::positive_remainder(dividend, divisor, result)
        }
        (NumberFunction::WidthBucket, [number, low, high, Value::Integer(count)]) => {
            division::bucket(number, low, high, *count)
        }
        (NumberFunction::GreatestDivisor, [Value::Integer(left), Value::Integer(right)]) => {
            integers::greatest_divisor(*left, *right)
        }
        (NumberFunction::LeastMultiple, [Value::Integer(left), Value::Integer(right)]) => {
            integers::least_multiple(*left, *right)
        }
        (NumberFunction::IsEven, [Value::Integer(number)]) => Some(Value::Boolean(integers::is_even(*number))),
        (NumberFunction::IsOdd, [Value::Integer(number)]) => Some(Value::Boolean(!integers::is_even(*number))),
        (NumberFunction::BitAnd, [Value::Integer(left), Value::Integer(right)]) => {
            integers::bit_by_bit(*left, *right, |left, right| left && right)
        }
        (NumberFunction::BitOr, [Value::Integer(left), Value::Integer(right)]) => {
            integers::bit_by_bit(*left, *right, |left, right| left || right)
        }
        (NumberFunction::BitXor, [Value::Integer(left), Value::Integer(right)]) => {
            integers::bit_by_bit(*left, *right, |left, right| left != right)
        }
        (NumberFunction::Greatest, values) => alike::greatest(values),
        (NumberFunction::Least, values) => alike::least(values),
        (NumberFunction::Clamp, [value, low, high]) => alike::clamp(value, low, high),
        (NumberFunction::ZeroIfNull, [number]) => alike::zero_if_null(number, result),
        (NumberFunction::NullIfZero, [number]) => alike::null_if_zero(number),
        (function, numbers) => {
            let numbers = numbers.iter().map(float_of).collect::<Option<Vec<_>>>()?;
            floats::evaluate(function, &numbers).map(Value::Float)
        }
    }
}

/// A number as it is written; of a float the shortest form.
fn exact(number: &Value) -> Option<Decimal> {
    match number {
        Value::Integer(value) => Some(Decimal::new(i128::from(*value), 0)),
        Value::Decimal(value) => Some(value.clone()),
        Value::Float(value) => Decimal::shortest(*value),
        _ => None,
    }
}

fn float_of(number: &Value) -> Option<f64> {
    match number {
        Value::Float(value) => Some(*value),
        number => exact(number)?.to_float(),
    }
}

/// A decimal as a value of a type of numbers, if that has enough digits.
fn of_type(number: &Decimal, result: Type) -> Option<Value> {
    match result {
        Type::Integer => number.truncated(0).to_string().parse().ok().map(Value::Integer),
        Type::Decimal { precision, scale } => number.fitted(precision, scale).map(Value::Decimal),
        Type::Float => number.to_float().map(Value::Float),
        _ => None,
    }
}
