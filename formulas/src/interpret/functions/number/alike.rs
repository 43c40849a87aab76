//! The greatest and the least of values of one type, limits, and what is zero or NULL.

use super::{exact, of_type};
use crate::Type;
use crate::interpret::{Decimal, Value};

pub(super) fn greatest(values: &[Value]) -> Option<Value> {
    let mut found: Option<&Value> = None;
    for value in values.iter().filter(|value| **value != Value::Null) {
        if found.is_none_or(|found| value.compare(found).is_some_and(|order| order.is_gt())) {
            found = Some(value);
        }
    }
    found.cloned()
}

pub(super) fn least(values: &[Value]) -> Option<Value> {
    let mut found: Option<&Value> = None;
    for value in values.iter().filter(|value| **value != Value::Null) {
        if found.is_none_or(|found| value.compare(found).is_some_and(|order| order.is_lt())) {
            found = Some(value);
        }
    }
    found.cloned()
}

pub(super) fn clamp(value: &Value, low: &Value, high: &Value) -> Option<Value> {
    if low.compare(high)?.is_gt() {
        return None;
    }
    Some(if value.compare(low)?.is_lt() {
        low.clone()
    } else if value.compare(high)?.is_gt() {
        high.clone()
    } else {
        value.clone()
    })
}

pub(super) fn zero_if_null(number: &Value, result: Type) -> Option<Value> {
    match number {
        Value::Null => of_type(&Decimal::new(0, 0), result),
        number => Some(number.clone()),
    }
}

pub(super) fn null_if_zero(number: &Value) -> Option<Value> {
    if exact(number)?.is_zero() { None } else { Some(number.clone()) }
}
