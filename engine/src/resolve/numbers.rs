//! Number literals against columns that may not be able to hold them: `x < 1.5` on integers means `x <= 1`.

use arrow::datatypes::i256;
use datafusion::scalar::ScalarValue;

use crate::model::ColumnType;
use crate::query::Literal;

/// Where a number lies among the values that a column can hold.
pub(super) enum Place {
    Exact(ScalarValue),
    /// Between two neighbours; none where it lies beyond the least or greatest value.
    Between {
        below: Option<ScalarValue>,
        above: Option<ScalarValue>,
    },
}

/// The place of a literal in a numeric column; none if the literal is not a number.
pub(super) fn place(literal: &Literal, column_type: ColumnType) -> Option<Place> {
    match column_type {
        ColumnType::Float => in_floats(literal),
        ColumnType::Integer => Some(in_integers(digits(literal)?)),
        ColumnType::Decimal { precision, scale } => Some(in_decimals(digits(literal)?, precision, scale)),
        _ => None,
    }
}

/// The float nearest to a literal.
pub(super) fn float(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Integer(value) => value.to_string().parse().ok(),
        Literal::Number(value) => Some(*value),
        Literal::Decimal(text) => text.parse().ok(),
        _ => None,
    }
}

/// The float nearest to a number of a column.
pub(super) fn as_float(value: &ScalarValue) -> Option<f64> {
    match value.cast_to(&arrow::datatypes::DataType::Float64) {
        Ok(ScalarValue::Float64(float)) => float,
        _ => None,
    }
}

/// A decimal number: mantissa times ten to the exponent.
struct Digits {
    mantissa: i256,
    exponent: i32,
}

fn digits(literal: &Literal) -> Option<Digits> {
    match literal {
        Literal::Integer(value) => Some(Digits { mantissa: i256::from(*value), exponent: 0 }),
        // The shortest text that reads back as the same float is what was written in the document.
        Literal::Number(value) => parse(&format!("{value:e}")),
        Literal::Decimal(text) => parse(text),
        _ => None,
    }
}

fn parse(text: &str) -> Option<Digits> {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let mantissa = i256::from_string(&format!("{whole}{fraction}"))?;
    Some(Digits { mantissa, exponent: exponent.checked_sub(i32::try_from(fraction.len()).ok()?)? })
}

/// The greatest whole number of units of ten to the `-scale` that is not above the number, and whether it equals it.
/// None where it has more digits than a decimal can hold.
fn floor_at(digits: &Digits, scale: i32) -> Option<(i256, bool)> {
    let shift = digits.exponent.saturating_add(scale);
    let power = |exponent: u32| i256::from_i128(10).checked_pow(exponent);
    if digits.mantissa == i256::ZERO {
        return Some((i256::ZERO, true));
    }
    if shift >= 0 {
        let factor = power(u32::try_from(shift).ok()?)?;
        return Some((digits.mantissa.checked_mul(factor)?, true));
    }
    let negative = digits.mantissa < i256::ZERO;
    let Some(divisor) = power(shift.unsigned_abs()) else {
        // Nearer to zero than any unit.
        return Some((if negative { i256::from_i128(-1) } else { i256::ZERO }, false));
    };
    let quotient = digits.mantissa.checked_div(divisor)?;
    let exact = quotient.checked_mul(divisor)? == digits.mantissa;
    let floor = if negative && !exact { quotient.checked_sub(i256::ONE)? } else { quotient };
    Some((floor, exact))
}

fn place_at(digits: &Digits, scale: i32, least: i256, greatest: i256, value: impl Fn(i256) -> ScalarValue) -> Place {
    match floor_at(digits, scale) {
        Some((floor, exact)) if floor >= least && floor <= greatest => {
            if exact {
                Place::Exact(value(floor))
            } else {
                let above = (floor < greatest).then(|| value(floor.wrapping_add(i256::ONE)));
                Place::Between { below: Some(value(floor)), above }
            }
        }
        Some((floor, _)) if floor < least => Place::Between { below: None, above: Some(value(least)) },
        None if digits.mantissa < i256::ZERO => Place::Between { below: None, above: Some(value(least)) },
        _ => Place::Between { below: Some(value(greatest)), above: None },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a small value made for this call")]
fn in_integers(digits: Digits) -> Place {
    let value = |value: i256| ScalarValue::Int64(value.to_i128().and_then(|value| i64::try_from(value).ok()));
    place_at(&digits, 0, i256::from(i64::MIN), i256::from(i64::MAX), value)
}

#[expect(clippy::needless_pass_by_value, reason = "a small value made for this call")]
fn in_decimals(digits: Digits, precision: u8, scale: i8) -> Place {
    let limit = i256::from_i128(10).checked_pow(u32::from(precision)).unwrap_or(i256::MAX);
    let greatest = limit.wrapping_sub(i256::ONE);
    let least = greatest.wrapping_neg();
    let value = |value: i256| {
        if precision <= 38 {
            ScalarValue::Decimal128(value.to_i128(), precision, scale)
        } else {
            ScalarValue::Decimal256(Some(value), precision, scale)
        }
    };
    place_at(&digits, i32::from(scale), least, greatest, value)
}

fn in_floats(literal: &Literal) -> Option<Place> {
    let float = |value: f64| ScalarValue::Float64(Some(if value == 0.0 { 0.0 } else { value }));
    match literal {
        Literal::Number(value) => Some(Place::Exact(float(*value))),
        // Written with more digits than a float holds: the nearest float is meant, as for any decimal fraction.
        Literal::Decimal(text) => {
            text.parse().ok().filter(|value: &f64| value.is_finite()).map(|v| Place::Exact(float(v)))
        }
        Literal::Integer(value) => {
            #[expect(clippy::cast_precision_loss, reason = "the loss is what is looked at here")]
            let nearest = *value as f64;
            #[expect(clippy::cast_possible_truncation, reason = "a whole float of an i64 fits an i128")]
            let back = nearest as i128;
            Some(match back.cmp(&i128::from(*value)) {
                std::cmp::Ordering::Equal => Place::Exact(float(nearest)),
                std::cmp::Ordering::Less => {
                    Place::Between { below: Some(float(nearest)), above: Some(float(nearest.next_up())) }
                }
                std::cmp::Ordering::Greater => {
                    Place::Between { below: Some(float(nearest.next_down())), above: Some(float(nearest)) }
                }
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, place};
    use crate::model::ColumnType;
    use crate::query::Literal;

    #[track_caller]
    fn check(literal: impl Into<Literal>, column_type: ColumnType, expected: &str) {
        let literal = literal.into();
        let text = match place(&literal, column_type) {
            None => "not a number".to_owned(),
            Some(Place::Exact(value)) => format!("= {value}"),
            Some(Place::Between { below, above }) => {
                let show = |side: Option<datafusion::scalar::ScalarValue>| {
                    side.map_or_else(|| "-".to_owned(), |v| v.to_string())
                };
                format!("{} .. {}", show(below), show(above))
            }
        };
        assert_eq!(text, expected, "{literal:?} in {}", column_type.name());
    }

    #[test]
    fn numbers_find_their_place() {
        let money = ColumnType::Decimal { precision: 5, scale: 2 };
        check(Literal::Number(1.5), ColumnType::Integer, "1 .. 2");
        check(Literal::Number(-1.5), ColumnType::Integer, "-2 .. -1");
        check(Literal::Number(2.0), ColumnType::Integer, "= 2");
        check(Literal::Number(1e30), ColumnType::Integer, "9223372036854775807 .. -");
        check(Literal::Number(-1e300), ColumnType::Integer, "- .. -9223372036854775808");
        check(Literal::Number(1e-300), ColumnType::Integer, "0 .. 1");
        check(Literal::Number(-1e-300), ColumnType::Integer, "-1 .. 0");
        check(Literal::Number(0.1), money, "= 0.10");
        check(Literal::Number(0.125), money, "0.12 .. 0.13");
        check(Literal::Integer(1000), money, "999.99 .. -");
        check(Literal::Decimal("18446744073709551615".into()), ColumnType::Integer, "9223372036854775807 .. -");
        check(Literal::Integer(3), ColumnType::Float, "= 3");
        check(Literal::Integer((1 << 53) + 1), ColumnType::Float, "9007199254740992 .. 9007199254740994");
        check(Literal::Text("3".into()), ColumnType::Integer, "not a number");
    }
}
