//! The types of results that depend on the types of numbers. A decimal has room for whatever comes out, unless that takes
//! more than 76 digits; then what does not fit is NULL.

use crate::Type;

/// The most digits of a decimal.
const MAX_DIGITS: i16 = 76;

/// The same type, with one more digit before the point of a decimal that may lose others.
pub(super) fn rounded(types: &[Type]) -> Type {
    match *types {
        // Without digits there is nothing to round.
        [decimal @ Type::Decimal { scale: ..=0, .. }] => decimal,
        [Type::Decimal { precision, scale }, ..] => digits(whole_digits(precision, scale) + 1, scale),
        _ => first(types),
    }
}

/// Without digits behind the point, and with one more before it.
pub(super) fn whole(types: &[Type]) -> Type {
    match *types {
        [Type::Decimal { precision, scale: scale @ 1.. }, ..] => digits(whole_digits(precision, scale) + 1, 0),
        _ => first(types),
    }
}

/// Without digits behind the point, unless it is told how many to keep.
pub(super) fn truncated(types: &[Type]) -> Type {
    match *types {
        [Type::Decimal { precision, scale: scale @ 1.. }] => digits(whole_digits(precision, scale), 0),
        _ => first(types),
    }
}

/// A whole number, as large as it gets by the least divisor.
pub(super) fn quotient(types: &[Type]) -> Type {
    match shapes(types) {
        Some([(whole, _), (_, scale)]) => digits(whole + i16::from(scale), 0),
        None => not_decimal(types),
    }
}

/// No larger than either, and with the digits of both behind the point.
pub(super) fn remainder(types: &[Type]) -> Type {
    match shapes(types) {
        Some([(whole, scale), (of_divisor, scale_of_divisor)]) => {
            digits(whole.min(of_divisor), scale.max(scale_of_divisor))
        }
        None => not_decimal(types),
    }
}

/// As large as the divisor, and with the digits of both behind the point.
pub(super) fn floor_remainder(types: &[Type]) -> Type {
    match shapes(types) {
        Some([(_, scale), (of_divisor, scale_of_divisor)]) => digits(of_divisor, scale.max(scale_of_divisor)),
        None => not_decimal(types),
    }
}

fn first(types: &[Type]) -> Type {
    types.first().copied().unwrap_or(Type::Float)
}

/// Of two numbers that are not exact numbers with a decimal among them.
fn not_decimal(types: &[Type]) -> Type {
    if types.iter().all(|number| *number == Type::Integer) { Type::Integer } else { Type::Float }
}

/// The digits before the point and the scales of two exact numbers, if one of them is a decimal. An integer has up to 19
/// digits.
fn shapes(types: &[Type]) -> Option<[(i16, i8); 2]> {
    let shape = |number: Type| match number {
        Type::Integer => Some((19, 0)),
        Type::Decimal { precision, scale } => Some((whole_digits(precision, scale), scale)),
        _ => None,
    };
    match *types {
        [Type::Integer, Type::Integer] => None,
        [left, right] => Some([shape(left)?, shape(right)?]),
        _ => None,
    }
}

fn whole_digits(precision: u8, scale: i8) -> i16 {
    i16::from(precision) - i16::from(scale)
}

/// A decimal with so many digits before the point, as far as there is room.
fn digits(whole: i16, scale: i8) -> Type {
    let precision = (whole + i16::from(scale)).clamp(1, MAX_DIGITS);
    Type::Decimal { precision: u8::try_from(precision).unwrap_or(1), scale }
}

#[cfg(test)]
mod tests {
    use super::{floor_remainder, quotient, remainder, rounded, truncated, whole};
    use crate::Type;

    const fn decimal(precision: u8, scale: i8) -> Type {
        Type::Decimal { precision, scale }
    }

    #[test]
    fn a_rounded_decimal_has_room() {
        for (given, expected) in [
            (decimal(4, 2), [decimal(5, 2), decimal(3, 0), decimal(2, 0)]),
            (decimal(2, 2), [decimal(3, 2), decimal(1, 0), decimal(1, 0)]),
            (decimal(76, 76), [decimal(76, 76), decimal(1, 0), decimal(1, 0)]),
            (decimal(76, 1), [decimal(76, 1), decimal(76, 0), decimal(75, 0)]),
            (decimal(38, 0), [decimal(38, 0); 3]),
            (decimal(5, -2), [decimal(5, -2); 3]),
            (Type::Integer, [Type::Integer; 3]),
            (Type::Float, [Type::Float; 3]),
        ] {
            assert_eq!([rounded(&[given]), whole(&[given]), truncated(&[given])], expected, "{given}");
        }
        assert_eq!(rounded(&[decimal(4, 0), Type::Integer]), decimal(5, 0));
        assert_eq!(rounded(&[decimal(5, -2), Type::Integer]), decimal(6, -2));
        assert_eq!(truncated(&[decimal(4, 2), Type::Integer]), decimal(4, 2));
    }

    #[test]
    fn a_division_has_room() {
        for (left, right, expected) in [
            (Type::Integer, Type::Integer, [Type::Integer; 3]),
            (Type::Integer, Type::Float, [Type::Float; 3]),
            (Type::Float, decimal(4, 2), [Type::Float; 3]),
            (decimal(4, 2), decimal(5, 3), [decimal(5, 0), decimal(5, 3), decimal(5, 3)]),
            (Type::Integer, decimal(3, 1), [decimal(20, 0), decimal(3, 1), decimal(3, 1)]),
            (decimal(3, 1), Type::Integer, [decimal(2, 0), decimal(3, 1), decimal(20, 1)]),
            (decimal(3, 3), decimal(4, 0), [decimal(1, 0), decimal(3, 3), decimal(7, 3)]),
            (decimal(5, -2), decimal(4, -3), [decimal(4, 0), decimal(5, -2), decimal(5, -2)]),
            (decimal(76, 0), decimal(76, 76), [decimal(76, 0), decimal(76, 76), decimal(76, 76)]),
            (decimal(76, 5), decimal(76, 0), [decimal(71, 0), decimal(76, 5), decimal(76, 5)]),
        ] {
            let types = [left, right];
            assert_eq!([quotient(&types), remainder(&types), floor_remainder(&types)], expected, "{left} {right}");
        }
    }
}
