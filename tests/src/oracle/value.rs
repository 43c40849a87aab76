//! The values that the oracle computes with: those of SQLite, with great integers as bytes that sort like them.

use std::cmp::Ordering;

use rusqlite::types::Value;

use super::exact::quotient;
use crate::shown::Shown;

/// A great integer as bytes that SQLite compares in its order.
#[must_use]
pub fn sortable(value: i128) -> Vec<u8> {
    (value ^ i128::MIN).to_be_bytes().to_vec()
}

/// The integer of [`sortable`] bytes.
#[must_use]
pub fn from_sortable(bytes: &[u8]) -> Option<i128> {
    Some(i128::from_be_bytes(bytes.try_into().ok()?) ^ i128::MIN)
}

/// A great integer as a value.
#[must_use]
pub fn exact(value: i128) -> Value {
    Value::Blob(sortable(value))
}

/// The member that stands for the remainder of a top.
#[must_use]
pub fn remainder() -> Value {
    Value::Blob(Vec::new())
}

/// The integer of a value, in units of its last digit; none for anything else.
#[must_use]
pub fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(value) => Some(i128::from(*value)),
        Value::Blob(bytes) => from_sortable(bytes),
        _ => None,
    }
}

/// The float nearest to a number of a column; none for NULL.
#[must_use]
pub fn float(value: &Value, shown: Shown) -> Option<f64> {
    match value {
        Value::Real(value) => Some(*value),
        other => whole(other).map(|units| quotient(units, 10_i128.pow(digits(shown)))),
    }
}

/// The digits behind the point of an exact number.
#[must_use]
pub fn digits(shown: Shown) -> u32 {
    match shown {
        Shown::Decimal(scale) | Shown::Sum(scale) => scale,
        _ => 0,
    }
}

/// Two floats in one value, the first of which counts.
#[must_use]
pub fn pair(one: f64, other: f64) -> Value {
    Value::Blob([one.to_be_bytes(), other.to_be_bytes()].concat())
}

/// The floats of a [`pair`].
#[must_use]
pub fn from_pair(value: &Value) -> Option<(f64, f64)> {
    let Value::Blob(bytes) = value else { return None };
    let (one, other) = bytes.split_at_checked(8)?;
    Some((f64::from_be_bytes(one.try_into().ok()?), f64::from_be_bytes(other.try_into().ok()?)))
}

/// The order of two values of one column, NULL behind all others.
#[must_use]
pub fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Real(left), Value::Real(right)) => left.total_cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Blob(left), Value::Blob(right)) => left.cmp(right),
        (left, right) => panic!("{left:?} beside {right:?}"),
    }
}

/// Values as a name, the same for the same values.
#[must_use]
pub fn name(values: &[Value]) -> String {
    format!("{values:?}")
}
