//! Types of numbers: what they become beside each other, and what arithmetic makes of them.

use crate::{Arithmetic, Type};

/// The most digits of a decimal.
const MAX_DIGITS: i16 = 76;

/// Digits before and behind the point. Either may be negative: -2 behind it means whole hundreds.
#[derive(Debug, Clone, Copy)]
struct Shape {
    whole: i16,
    scale: i16,
}

/// What the operands and the result of an operation are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) left: Type,
    pub(super) right: Type,
    pub(super) result: Type,
}

/// The type of a decimal constant.
pub(super) fn shape_of_decimal(unscaled: i128, scale: u8) -> Type {
    let digits = unscaled.unsigned_abs().to_string().len();
    let digits = u8::try_from(digits).unwrap_or(u8::MAX);
    Type::Decimal { precision: digits.max(scale), scale: i8::try_from(scale).unwrap_or(i8::MAX) }
}

/// The type that two numbers have in common.
pub(super) fn common_number(left: Type, right: Type) -> Option<Type> {
    if !(left.is_number() && right.is_number()) {
        return None;
    }
    if left == right {
        return Some(left);
    }
    let (Some(left), Some(right)) = (shape(left), shape(right)) else { return Some(Type::Float) };
    let (whole, scale) = (left.whole.max(right.whole), left.scale.max(right.scale));
    Some(decimal(whole, whole, scale).unwrap_or(Type::Float))
}

/// The types of an operation between two numbers.
pub(super) fn operation(how: Arithmetic, left: Type, right: Type) -> Operation {
    let float = Operation { left: Type::Float, right: Type::Float, result: Type::Float };
    let (Some(l), Some(r)) = (shape(left), shape(right)) else { return float };
    if how == Arithmetic::Divide {
        return float;
    }
    if left == Type::Integer && right == Type::Integer {
        return Operation { left, right, result: Type::Integer };
    }
    let least = l.whole.max(r.whole);
    let result = match how {
        Arithmetic::Multiply => decimal(l.whole + r.whole, least, l.scale + r.scale),
        _ => decimal(least + 1, least, l.scale.max(r.scale)),
    };
    let (Some(result), Some(left), Some(right)) = (result, decimal_of(l), decimal_of(r)) else { return float };
    Operation { left, right, result }
}

fn decimal_of(shape: Shape) -> Option<Type> {
    decimal(shape.whole, shape.whole, shape.scale)
}

/// The digits of an exact number; an integer has up to 19.
fn shape(number: Type) -> Option<Shape> {
    match number {
        Type::Integer => Some(Shape { whole: 19, scale: 0 }),
        Type::Decimal { precision, scale } => {
            let scale = i16::from(scale);
            Some(Shape { whole: i16::from(precision) - scale, scale })
        }
        _ => None,
    }
}

/// The decimal with these digits; fewer before the point if there are too many, but not fewer than `least`.
fn decimal(whole: i16, least: i16, scale: i16) -> Option<Type> {
    if !(-MAX_DIGITS..=MAX_DIGITS).contains(&scale) || least + scale > MAX_DIGITS {
        return None;
    }
    let precision = u8::try_from((whole + scale).clamp(1, MAX_DIGITS)).ok()?;
    Some(Type::Decimal { precision, scale: i8::try_from(scale).ok()? })
}

#[cfg(test)]
mod tests {
    use super::{common_number, operation, shape_of_decimal};
    use crate::{Arithmetic, Type};

    fn decimal(precision: u8, scale: i8) -> Type {
        Type::Decimal { precision, scale }
    }

    #[test]
    fn a_constant_has_the_digits_it_is_written_with() {
        for (unscaled, scale, expected) in [(0, 1, (1, 1)), (5, 2, (2, 2)), (-150, 2, (3, 2)), (1 << 63, 0, (19, 0))] {
            assert_eq!(shape_of_decimal(unscaled, scale), decimal(expected.0, expected.1), "{unscaled} {scale}");
        }
    }

    #[test]
    fn common_types_hold_both() {
        for (left, right, expected) in [
            (Type::Integer, Type::Integer, Type::Integer),
            (Type::Integer, decimal(10, 2), decimal(21, 2)),
            (decimal(10, 2), decimal(5, 4), decimal(12, 4)),
            (decimal(5, -2), decimal(3, 1), decimal(8, 1)),
            (decimal(76, 0), decimal(76, 76), Type::Float),
            (decimal(76, 38), decimal(38, 0), decimal(76, 38)),
            (decimal(10, 2), Type::Float, Type::Float),
            (Type::Float, Type::Integer, Type::Float),
        ] {
            assert_eq!(common_number(left, right), Some(expected), "{left} {right}");
            assert_eq!(common_number(right, left), Some(expected), "{right} {left}");
        }
        assert_eq!(common_number(Type::Text, Type::Text), None);
        assert_eq!(common_number(Type::Integer, Type::Boolean), None);
    }

    #[test]
    fn arithmetic_has_room_for_its_result() {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        for (how, left, right, expected) in [
            (Add, Type::Integer, Type::Integer, Type::Integer),
            (Divide, Type::Integer, Type::Integer, Type::Float),
            (Divide, decimal(4, 2), decimal(4, 2), Type::Float),
            (Add, decimal(10, 2), decimal(5, 4), decimal(13, 4)),
            (Subtract, Type::Integer, decimal(3, 2), decimal(22, 2)),
            (Multiply, decimal(10, 2), decimal(5, 4), decimal(15, 6)),
            (Multiply, decimal(10, 2), Type::Integer, decimal(29, 2)),
            (Multiply, decimal(5, -2), decimal(5, -2), decimal(10, -4)),
            // The carry has no room, but what was there has.
            (Add, decimal(76, 2), decimal(76, 2), decimal(76, 2)),
            (Multiply, decimal(70, 0), decimal(10, 5), decimal(76, 5)),
            (Multiply, decimal(70, 0), decimal(10, 7), Type::Float),
            (Multiply, decimal(60, 40), decimal(60, 40), Type::Float),
            (Add, decimal(76, 0), decimal(10, 2), Type::Float),
            (Add, decimal(10, 2), Type::Float, Type::Float),
        ] {
            assert_eq!(operation(how, left, right).result, expected, "{left} {} {right}", how.symbol());
            assert_eq!(operation(how, right, left).result, expected, "{right} {} {left}", how.symbol());
        }
    }

    #[test]
    fn decimals_keep_their_own_digits() {
        let types = operation(Arithmetic::Add, decimal(10, 2), Type::Integer);
        assert_eq!((types.left, types.right), (decimal(10, 2), decimal(19, 0)));
        let types = operation(Arithmetic::Add, decimal(76, 0), decimal(10, 2));
        assert_eq!((types.left, types.right), (Type::Float, Type::Float));
    }
}
