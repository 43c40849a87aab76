//! The plain way to evaluate a formula: one value at a time, in decimal digits where they matter. It is slow and meant
//! to be obviously right, so that faster ways can be held against it.

mod convert;
mod decimal;
mod functions;
mod magnitude;
mod number;
mod shortest;
mod value;

use std::cmp::Ordering;

use crate::{Comparison, Constant, MAX_GROWN_BYTES, Node, Type, Typed};

pub use decimal::Decimal;
pub use value::Value;

/// The value of a formula, where `leaf` gives the values that its names stand for.
///
/// A leaf's value must have the leaf's type or be NULL; one of another type counts as NULL in whatever looks at it.
///
/// # Conversions
///
/// | from | to | |
/// |---|---|---|
/// | integer, decimal | text | the digits; of a decimal all that its scale has: `1.50` |
/// | float | text | the fewest digits that are read as the same float; plain from 1e-5 to below 1e16, as in `3.0`, else like `1e+21`, `-1.5e-8` |
/// | boolean | text, numbers | `true` and `false`, 1 and 0 |
/// | date | text | `2024-03-01`; NULL before the year 1 and after 9999 |
/// | local_datetime, datetime | text | `2024-03-01T10:30:00`, a fraction such as `.25` only where there is one, a datetime with `Z` behind it; NULL before the year 1 and after 9999 |
/// | integer, decimal | float | the nearest |
/// | float, decimal | integer | cut toward zero; NULL past 64 bits |
/// | integer, decimal | decimal | rounded half away from zero to the scale; NULL past the precision |
/// | float | decimal | the same, on the shortest decimal form |
/// | numbers | boolean | false for 0, true for all others |
/// | date | local_datetime | midnight; NULL past 64 bits |
/// | local_datetime | date | the day |
/// | text | float | a sign, digits with a point among or around them, an exponent, nothing else; only digits are needed |
/// | text | decimal | the same, rounded half away from zero to the scale; NULL past the precision |
/// | text | integer | a sign or none, and digits, nothing else |
/// | text | boolean | `true` or `false`, nothing else |
/// | text | date | `YYYY-MM-DD`, of the years 1 to 9999, nothing else |
/// | text | local_datetime | `YYYY-MM-DD`, `T` or a blank, `HH:MM`, `:SS` or nothing, behind that a point and one to nine digits or nothing, nothing else; cut to microseconds |
/// | text | datetime | the same with `Z`, `+HH:MM` or `-HH:MM` behind it |
///
/// Between a datetime and a date or local_datetime stands a zone: [`ClockFunction`](crate::ClockFunction) has both ways.
/// Whatever is not in the table is NULL.
///
/// # Example
///
/// A formula over leaves that are not looked up:
///
/// ```
/// use drillcore_formulas::{Node, Type, Typed, Value, evaluate};
///
/// let leaf = Typed { node: Node::Leaf(()), value_type: Type::Float };
/// let turned = Typed { node: Node::Negate(Box::new(leaf)), value_type: Type::Float };
/// assert_eq!(evaluate(&turned, &mut |()| Value::Float(2.675)), Value::Float(-2.675));
/// ```
pub fn evaluate<L>(formula: &Typed<L>, leaf: &mut impl FnMut(&L) -> Value) -> Value {
    match &formula.node {
        Node::Constant(value) => constant(value, formula.value_type),
        Node::Leaf(name) => match leaf(name) {
            Value::Float(value) => number::float(value),
            value => value,
        },
        Node::Convert(inner) => convert::convert(evaluate(inner, leaf), formula.value_type),
        Node::Negate(inner) => number::negate(evaluate(inner, leaf)),
        Node::Call(function, arguments) => {
            let arguments: Vec<Value> = arguments.iter().map(|argument| evaluate(argument, leaf)).collect();
            functions::evaluate(*function, &arguments, formula.value_type)
        }
        Node::Arithmetic(how, left, right) => {
            let (left, right) = (evaluate(left, leaf), evaluate(right, leaf));
            number::arithmetic(*how, &left, &right, formula.value_type)
        }
        Node::Compare(how, left, right) => {
            let (left, right) = (evaluate(left, leaf), evaluate(right, leaf));
            left.compare(&right).map_or(Value::Null, |order| Value::Boolean(how.holds(order)))
        }
        Node::And(parts) => decided(parts, false, leaf),
        Node::Or(parts) => decided(parts, true, leaf),
        Node::Not(inner) => match evaluate(inner, leaf) {
            Value::Boolean(value) => Value::Boolean(!value),
            _ => Value::Null,
        },
        Node::IsNull(inner) => Value::Boolean(evaluate(inner, leaf) == Value::Null),
        Node::Case { branches, otherwise } => {
            for (condition, value) in branches {
                if evaluate(condition, leaf) == Value::Boolean(true) {
                    return evaluate(value, leaf);
                }
            }
            otherwise.as_ref().map_or(Value::Null, |value| evaluate(value, leaf))
        }
        Node::Concat(left, right) => match (evaluate(left, leaf), evaluate(right, leaf)) {
            (Value::Text(left), Value::Text(right)) if left.len() + right.len() <= MAX_GROWN_BYTES => {
                Value::Text(left + &right)
            }
            _ => Value::Null,
        },
        Node::Coalesce(parts) => {
            parts.iter().map(|part| evaluate(part, leaf)).find(|value| *value != Value::Null).unwrap_or(Value::Null)
        }
    }
}

fn constant(constant: &Constant, value_type: Type) -> Value {
    match (constant, value_type) {
        (Constant::Null, _) => Value::Null,
        (Constant::Boolean(value), _) => Value::Boolean(*value),
        (Constant::Integer(value), _) => Value::Integer(*value),
        (Constant::Decimal(unscaled), Type::Decimal { scale, .. }) => Value::Decimal(Decimal::new(*unscaled, scale)),
        (Constant::Decimal(_), _) => Value::Null,
        (Constant::Float(bits), _) => number::float(f64::from_bits(*bits)),
        (Constant::Text(text), _) => Value::Text(text.clone()),
        (Constant::Date(days), _) => Value::Date(*days),
        (Constant::Datetime(micros), _) => Value::Datetime(*micros),
        (Constant::LocalDatetime(micros), _) => Value::LocalDatetime(*micros),
    }
}

/// Three-valued AND and OR: one part that is `deciding` decides, else one that is NULL makes it NULL.
fn decided<L>(parts: &[Typed<L>], deciding: bool, leaf: &mut impl FnMut(&L) -> Value) -> Value {
    let mut unknown = false;
    for part in parts {
        match evaluate(part, leaf) {
            Value::Boolean(value) if value == deciding => return Value::Boolean(deciding),
            Value::Boolean(_) => {}
            _ => unknown = true,
        }
    }
    if unknown { Value::Null } else { Value::Boolean(!deciding) }
}

impl Comparison {
    /// Whether it holds for a left side that is so ordered to the right one.
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

#[cfg(test)]
mod tests;
