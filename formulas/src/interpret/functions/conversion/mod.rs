//! Functions between types.

mod format;
#[cfg(test)]
mod tests;

use std::num::FpCategory;

use crate::interpret::Value;
use crate::interpret::convert::{Written, convert, exact};
use crate::{ConversionFunction, Type};

pub(super) fn evaluate(function: ConversionFunction, arguments: &[Value], _result: Type) -> Option<Value> {
    match (function, arguments) {
        (ConversionFunction::ToNumber, [Value::Text(text)]) => number(text)?.to_float().map(Value::Float),
        (ConversionFunction::ToInteger, [Value::Text(text)]) => {
            number(text)?.exact()?.rounded(0).to_string().parse().ok().map(Value::Integer)
        }
        (ConversionFunction::ToInteger, [Value::Boolean(value)]) => Some(Value::Integer(i64::from(*value))),
        (ConversionFunction::ToInteger, [value]) => rounded(value).map(Value::Integer),
        (ConversionFunction::ToText, [value]) => Some(convert(value.clone(), Type::Text)),
        (ConversionFunction::ToBoolean, [Value::Text(text)]) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(Value::Boolean(true)),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(Value::Boolean(false)),
            _ => None,
        },
        (ConversionFunction::ParseNumber, [Value::Text(text), separators @ ..]) => {
            let (decimal, group) = format::separators(separators)?;
            Written::read(text.trim(), decimal, group)?.to_float().map(Value::Float)
        }
        (ConversionFunction::FormatNumber, [number, Value::Integer(digits), separators @ ..]) => {
            let (decimal, group) = format::separators(separators)?;
            let rounded = exact(number)?.rounded(i32::try_from(*digits).ok()?);
            Some(Value::Text(format::separated(&rounded.to_string(), decimal, group)))
        }
        (ConversionFunction::StrictInteger, [number]) => {
            let digits = exact(number)?;
            let whole = digits.compare(&digits.truncated(0)).is_eq();
            whole.then(|| rounded(number)).flatten().map(Value::Integer)
        }
        (ConversionFunction::IsNumeric, [Value::Text(text)]) => {
            Some(Value::Boolean(number(text).is_some_and(|number| number.to_float().is_some())))
        }
        (ConversionFunction::IsInteger, [Value::Text(text)]) => Some(Value::Boolean(is_integer(text))),
        (ConversionFunction::IsDate, [text @ Value::Text(_)]) => {
            Some(Value::Boolean(convert(text.clone(), Type::Date) != Value::Null))
        }
        (ConversionFunction::ToHex, [Value::Integer(value)]) => {
            let sign = if *value < 0 { "-" } else { "" };
            Some(Value::Text(format!("{sign}{:x}", value.unsigned_abs())))
        }
        (ConversionFunction::FromHex, [Value::Text(text)]) => {
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", text.strip_prefix('+').unwrap_or(text)),
            };
            let digits = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")).unwrap_or(digits);
            let only_digits = digits.chars().all(|digit| digit.is_ascii_hexdigit());
            let value = i64::from_str_radix(&format!("{sign}{digits}"), 16).ok().filter(|_| only_digits);
            value.map(Value::Integer)
        }
        (ConversionFunction::ToBase, [Value::Integer(value), Value::Integer(base)]) => {
            format::in_base(*value, u32::try_from(*base).ok()?).map(Value::Text)
        }
        (ConversionFunction::FromBase, [Value::Text(text), Value::Integer(base)]) => {
            let base = u32::try_from(*base).ok().filter(|base| (2..=36).contains(base))?;
            i64::from_str_radix(text, base).ok().map(Value::Integer)
        }
        _ => None,
    }
}

/// The number nearest to an integer, half away from zero; of a float on its shortest form, unless that has no decimals.
pub(super) fn rounded(number: &Value) -> Option<i64> {
    if let Value::Float(value) = number
        && value.fract().classify() == FpCategory::Zero
    {
        // Its shortest form may end in zeros where the float itself has other digits.
        return format!("{value:.0}").parse().ok();
    }
    exact(number)?.rounded(0).to_string().parse().ok()
}

fn number(text: &str) -> Option<Written> {
    Written::read(text.trim(), '.', Some(','))
}

fn is_integer(text: &str) -> bool {
    let number = number(text).filter(Written::is_whole);
    number.and_then(|number| number.exact()).is_some_and(|value| value.rounded(0).to_string().parse::<i64>().is_ok())
}
