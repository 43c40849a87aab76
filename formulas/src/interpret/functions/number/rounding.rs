//! Signs, and rounding to digits and multiples.

use std::cmp::Ordering;

use super::{exact, of_type};
use crate::Type;
use crate::interpret::{Decimal, Value};

/// Where a number between two that the result can have goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    HalfAway,
    HalfEven,
    Down,
    Up,
    TowardZero,
}

pub(super) fn sign(number: &Value) -> Option<Value> {
    let number = exact(number)?;
    Some(Value::Integer(match (number.is_zero(), number.is_negative()) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    }))
}

/// How many digits are asked for behind the point.
pub(super) fn digits(arguments: &[Value]) -> Option<i8> {
    match arguments {
        [] => Some(0),
        [Value::Integer(digits)] => i8::try_from(*digits).ok(),
        _ => None,
    }
}

/// A multiple of the unit at that digit.
pub(super) fn whole(number: &Value, digits: i8, way: Way, result: Type) -> Option<Value> {
    let number = exact(number)?;
    of_type(&to_unit(&number, &Decimal::new(1, digits), way)?, result)
}

/// The number, if it is a multiple of a unit above zero, or one of the two beside it.
fn to_unit(number: &Decimal, unit: &Decimal, way: Way) -> Option<Decimal> {
    let (times, rest) = number.divided(unit)?;
    if rest.is_zero() {
        return Some(number.clone());
    }
    let half = rest.plus(&rest).absolute().compare(unit);
    let is_even = times.divided(&Decimal::new(2, 0))?.1.is_zero();
    let goes_away_from_zero = match way {
        Way::HalfAway => half != Ordering::Less,
        Way::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && !is_even),
        Way::Down => number.is_negative(),
        Way::Up => !number.is_negative(),
        Way::TowardZero => false,
    };
    let step = if number.is_negative() { -1 } else { 1 };
    let times = if goes_away_from_zero { times.plus(&Decimal::new(step, 0)) } else { times };
    Some(times.times(unit))
}

/// The nearest multiple, halves away from zero. From 10^17 multiples on the number stays.
pub(super) fn to_multiple(number: f64, multiple: f64) -> Option<Value> {
    let (exact, unit) = (Decimal::shortest(number)?, Decimal::shortest(multiple)?.absolute());
    let far = unit.times(&Decimal::new(1, -17));
    if !unit.is_zero() && exact.clone().absolute().compare(&far).is_ge() {
        return Some(Value::Float(number));
    }
    to_unit(&exact, &unit, Way::HalfAway)?.to_float().map(Value::Float)
}
