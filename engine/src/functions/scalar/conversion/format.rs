//! Numbers as text, with separators.

use std::io::Write as _;

use arrow::array::{Array as _, ArrayRef, PrimitiveArray};
use arrow::datatypes::{ArrowPrimitiveType, DataType};
use datafusion::common::Result;

use super::numeral::Separators;
use super::written;
use crate::functions::arithmetic::{Digits, Integer, Shortest, Unscaled, convert, push_decimal};
use crate::functions::scalar::call::Call;

/// The numbers with so many digits behind the point.
pub(super) fn formatted(call: &Call<'_>) -> Result<ArrayRef> {
    let Some(separators) = Separators::of(call, 2)? else { return written(call.rows(), |_, _| None) };
    let digits = i8::try_from(call.constant(1)?).unwrap_or_default();
    let (numbers, _) = call.array(0)?;
    if *numbers.data_type() == DataType::Float64 {
        let values = call.floats(0)?;
        let mut plain = Vec::new();
        return written(call.rows(), |row, out| {
            plain.clear();
            push_float(&mut plain, values.get(row)?, digits)?;
            push_separated(out, &plain, separators);
            Some(())
        });
    }
    let shorter = match numbers.data_type() {
        DataType::Decimal128(_, scale) if *scale > digits => Some(DataType::Decimal128(38, digits)),
        DataType::Decimal256(_, scale) if *scale > digits => Some(DataType::Decimal256(76, digits)),
        _ => None,
    };
    let numbers = match shorter {
        Some(shorter) => convert(numbers.as_ref(), &shorter)?,
        None => numbers,
    };
    match Unscaled::of(numbers.as_ref())? {
        (Unscaled::Narrow(values), scale) => decimals(call, &values, scale, digits, separators),
        (Unscaled::Wide(values), scale) => decimals(call, &values, scale, digits, separators),
    }
}

/// Decimals that have at most so many digits behind the point.
fn decimals<T>(
    call: &Call<'_>,
    values: &PrimitiveArray<T>,
    scale: i8,
    digits: i8,
    separators: Separators,
) -> Result<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Integer,
{
    let mut plain = Vec::new();
    written(call.rows(), |row, out| {
        let value = values.is_valid(row).then(|| values.value(row))?;
        plain.clear();
        push_decimal(&mut plain, value, scale);
        push_zeros(&mut plain, scale, digits);
        push_separated(out, &plain, separators);
        Some(())
    })
}

/// Appends a float, rounded half away from zero on its shortest form.
fn push_float(out: &mut Vec<u8>, value: f64, digits: i8) -> Option<()> {
    let shortest = Shortest::of(value);
    if let Some(unscaled) = Digits::parse(shortest.bytes())?.unscaled(digits) {
        push_decimal(out, unscaled, digits);
    } else {
        // It is so large that it has no decimals; this form is the shortest one without an exponent.
        write!(out, "{value}").ok()?;
        push_zeros(out, 0, digits);
    }
    Some(())
}

/// Appends zeros up to so many digits behind the point.
fn push_zeros(out: &mut Vec<u8>, scale: i8, digits: i8) {
    if scale <= 0 && digits > 0 {
        out.push(b'.');
    }
    out.extend((scale.max(0)..digits).map(|_| b'0'));
}

/// Appends a number in plain digits with other separators.
fn push_separated(out: &mut Vec<u8>, plain: &[u8], separators: Separators) {
    let whole = plain.iter().position(|byte| *byte == b'.').unwrap_or(plain.len());
    let mut buffer = [0; 4];
    for (place, byte) in plain.iter().enumerate() {
        match byte {
            b'.' => out.extend_from_slice(separators.decimal.encode_utf8(&mut buffer).as_bytes()),
            digit => out.push(*digit),
        }
        let left = whole.saturating_sub(place + 1);
        if let Some(group) = separators.group
            && byte.is_ascii_digit()
            && left > 0
            && left.is_multiple_of(3)
        {
            out.extend_from_slice(group.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{push_float, push_separated};
    use crate::functions::scalar::conversion::numeral::Separators;

    #[test]
    fn separators_stand_between_groups() {
        let check = |plain: &str, decimal, group, expected: &str| {
            let mut out = Vec::new();
            push_separated(&mut out, plain.as_bytes(), Separators { decimal, group });
            assert_eq!(str::from_utf8(&out).unwrap(), expected);
        };
        check("-1234567.1234567", '.', Some(','), "-1,234,567.1234567");
        check("-123", ',', Some('.'), "-123");
        check("123456", ',', Some('\u{202f}'), "123\u{202f}456");
        check("1000.0", ',', None, "1000,0");
    }

    #[test]
    fn floats_are_rounded_on_their_shortest_form() {
        let check = |value, digits, expected: &str| {
            let mut out = Vec::new();
            push_float(&mut out, value, digits).unwrap();
            assert_eq!(str::from_utf8(&out).unwrap(), expected);
        };
        check(2.675, 2, "2.68");
        check(-0.001, 2, "0.00");
        check(0.5, 0, "1");
        check(1e21, 1, "1000000000000000000000.0");
        check(5e-324, 20, "0.00000000000000000000");
        check(f64::MAX, 2, &format!("17976931348623157{}.00", "0".repeat(292)));
        check(f64::MIN, 0, &format!("-17976931348623157{}", "0".repeat(292)));
    }
}
