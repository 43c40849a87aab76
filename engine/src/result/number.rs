//! Numbers as text, with all their digits.

use arrow::datatypes::i256;

/// Appends a whole number, with zeros in front up to `width` digits.
pub(super) fn push_unsigned(out: &mut Vec<u8>, number: u64, width: usize) {
    let start = out.len();
    let mut rest = number;
    while rest > 0 || out.len() - start < width {
        out.push(b'0' + u8::try_from(rest % 10).unwrap_or_default());
        rest /= 10;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

/// Appends an integer.
pub(super) fn push_integer(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    push_unsigned(out, number.unsigned_abs(), 1);
}

/// Appends the shortest text that reads back as the same float; `null` for what is not finite.
pub(super) fn push_float(out: &mut Vec<u8>, number: f64) {
    let written = serde_json::to_writer(&mut *out, &number);
    debug_assert!(written.is_ok(), "memory takes every write");
}

/// Appends `unscaled` / 10^`scale`, with as many decimals as the scale says.
pub(super) fn push_decimal128(out: &mut Vec<u8>, unscaled: i128, scale: i8) {
    let digits = scale.unsigned_abs();
    match i64::try_from(unscaled) {
        Ok(small) if scale == 0 => push_integer(out, small),
        // Most decimals: fast without a text in between.
        Ok(small) if (1..=18).contains(&scale) => {
            let unit = 10_u64.pow(u32::from(digits));
            let magnitude = small.unsigned_abs();
            if small < 0 {
                out.push(b'-');
            }
            push_unsigned(out, magnitude / unit, 1);
            out.push(b'.');
            push_unsigned(out, magnitude % unit, usize::from(digits));
        }
        _ => push_scaled(out, &unscaled.to_string(), scale),
    }
}

/// Appends `unscaled` / 10^`scale`, with as many decimals as the scale says.
pub(super) fn push_decimal256(out: &mut Vec<u8>, unscaled: i256, scale: i8) {
    match unscaled.to_i128() {
        Some(unscaled) => push_decimal128(out, unscaled, scale),
        None => push_scaled(out, &unscaled.to_string(), scale),
    }
}

/// Puts the point, or the zeros that a negative scale stands for, into the text of an integer.
fn push_scaled(out: &mut Vec<u8>, unscaled: &str, scale: i8) {
    let digits = match unscaled.strip_prefix('-') {
        Some(digits) => {
            out.push(b'-');
            digits
        }
        None => unscaled,
    };
    let places = usize::from(scale.unsigned_abs());
    if scale <= 0 {
        out.extend_from_slice(digits.as_bytes());
        if digits != "0" {
            out.resize(out.len() + places, b'0');
        }
    } else if let Some((whole, decimals)) = split_before_last(digits, places) {
        out.extend_from_slice(whole.as_bytes());
        out.push(b'.');
        out.extend_from_slice(decimals.as_bytes());
    } else {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + places.saturating_sub(digits.len()), b'0');
        out.extend_from_slice(digits.as_bytes());
    }
}

/// The digits before the last `places` ones, and those; nothing if no digit would stand before them.
fn split_before_last(digits: &str, places: usize) -> Option<(&str, &str)> {
    let whole = digits.len().checked_sub(places).filter(|whole| *whole > 0)?;
    digits.split_at_checked(whole)
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::i256;
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL};
    use proptest::prelude::*;

    use super::{push_decimal128, push_decimal256, push_float, push_integer, push_scaled};

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_have_the_digits_of_their_scale() {
        let check = |unscaled: i128, scale: i8, expected: &str| {
            assert_eq!(text(|out| push_decimal128(out, unscaled, scale)), expected);
            assert_eq!(text(|out| push_decimal256(out, i256::from_i128(unscaled), scale)), expected);
        };
        check(0, 0, "0");
        check(0, 2, "0.00");
        check(0, -2, "0");
        check(5, 2, "0.05");
        check(-5, 2, "-0.05");
        check(-123, 2, "-1.23");
        check(100, 2, "1.00");
        check(-7, -3, "-7000");
        check(i128::from(i64::MIN), 18, "-9.223372036854775808");
        check(1, 38, "0.00000000000000000000000000000000000001");
        check(-(10_i128.pow(38) - 1), 38, "-0.99999999999999999999999999999999999999");
        check(10_i128.pow(38) - 1, 0, "99999999999999999999999999999999999999");
        check(10_i128.pow(38) - 1, 37, "9.9999999999999999999999999999999999999");
    }

    #[test]
    fn a_decimal_of_76_digits_keeps_them() {
        let digits = "1234567890".repeat(8).chars().take(76).collect::<String>();
        let value = i256::from_string(&digits).unwrap();
        assert_eq!(text(|out| push_decimal256(out, value, 0)), digits);
        assert_eq!(text(|out| push_decimal256(out, value.wrapping_neg(), 76)), format!("-0.{digits}"));
        assert_eq!(text(|out| push_decimal256(out, value, 6)), format!("{}.{}", &digits[..70], &digits[70..]));
    }

    #[test]
    fn floats_in_everyday_ranges_have_no_exponent() {
        let check = |number: f64, expected: &str| assert_eq!(text(|out| push_float(out, number)), expected);
        check(0.0, "0.0");
        check(2.0, "2.0");
        check(0.1, "0.1");
        check(-1234.5, "-1234.5");
        check(9_007_199_254_740_992.0, "9007199254740992.0");
        check(f64::NAN, "null");
        check(f64::INFINITY, "null");
    }

    proptest! {
        #[test]
        fn integers_read_back(number: i64) {
            prop_assert_eq!(text(|out| push_integer(out, number)), number.to_string());
        }

        #[test]
        fn floats_read_back_bit_by_bit(number in POSITIVE | NEGATIVE | NORMAL | SUBNORMAL) {
            let text = text(|out| push_float(out, number));
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
        }

        #[test]
        fn the_fast_way_and_the_general_way_agree(unscaled: i64, scale in 0_i8..=18) {
            let fast = text(|out| push_decimal128(out, i128::from(unscaled), scale));
            let general = text(|out| push_scaled(out, &unscaled.to_string(), scale));
            prop_assert_eq!(fast, general);
        }
    }
}
