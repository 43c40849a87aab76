//! What each function gives, one value at a time. Written to be obviously right, and independent of the kernels that it
//! is held against.

mod calendar;
mod clock;
mod conversion;
mod number;
mod pattern;
mod text;

use super::{Value, number::float};
use crate::{NullRule, ScalarFunction, Type};

/// The value of a function. `result` is its type.
pub(super) fn evaluate(function: ScalarFunction, arguments: &[Value], result: Type) -> Value {
    if function.entry().null == NullRule::Spreads && arguments.contains(&Value::Null) {
        return Value::Null;
    }
    let value = match function {
        ScalarFunction::Number(function) => number::evaluate(function, arguments, result),
        ScalarFunction::Text(function) => text::evaluate(function, arguments),
        ScalarFunction::Pattern(function) => pattern::evaluate(function, arguments),
        ScalarFunction::Calendar(function) => calendar::evaluate(function, arguments, result),
        ScalarFunction::Clock(function) => clock::evaluate(function, arguments),
        ScalarFunction::Conversion(function) => conversion::evaluate(function, arguments, result),
    };
    match value {
        Some(Value::Float(value)) => float(value),
        value => value.into(),
    }
}
