//! Numbers and truth values written as text.

use arrow::datatypes::i256;

/// What a text looks like as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole number of 64 bits.
    Integer,
    /// A whole number beyond 64 bits, of up to 38 digits.
    BigInteger,
    /// A number with a point or an exponent.
    Float,
    /// NaN or an infinity: goes with floats, but does not make a column one.
    NotFinite,
}

/// The shape of a number, if the text is one that a person would take for a quantity: a number with a zero in front,
/// such as 01234, is a name made of digits, and so are more than 38 digits.
pub(super) fn shape(text: &[u8]) -> Option<Shape> {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, rest) = split_digits(unsigned);
    if let [b'0', _, ..] = whole {
        return None;
    }
    match rest {
        [] => match whole.len() {
            0 => None,
            1..=18 => Some(Shape::Integer),
            19..=38 => Some(if parse_integer(text).is_some() { Shape::Integer } else { Shape::BigInteger }),
            _ => None,
        },
        [b'.' | b'e' | b'E', ..] => {
            let (fraction, rest) = match rest {
                [b'.', tail @ ..] => split_digits(tail),
                _ => (b"".as_slice(), rest),
            };
            if whole.is_empty() && fraction.is_empty() {
                return None;
            }
            let exponent = match rest {
                [] => return (whole.len() <= 300 || parse_float(text).is_some()).then_some(Shape::Float),
                [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => digits,
                _ => return None,
            };
            let is_number = !exponent.is_empty() && exponent.iter().all(u8::is_ascii_digit);
            (is_number && parse_float(text).is_some()).then_some(Shape::Float)
        }
        _ => is_not_finite(text).then_some(Shape::NotFinite),
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

fn is_not_finite(text: &[u8]) -> bool {
    let name = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    [b"nan".as_slice(), b"inf", b"infinity"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The integer that the text is, also with a plus, zeros in front, or decimals that are zero.
pub(super) fn parse_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, text),
    };
    if !(1..=18).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return i64::try_from(parse_decimal::<i128>(text, 19, 0)?).ok();
    }
    let value = digits.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some(if negative { -value } else { value })
}

/// The float nearest to the number that the text is; NaN and infinities by their names. A finite number beyond the
/// range of floats is none.
pub(super) fn parse_float(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let value = text.parse::<f64>().ok()?;
    let overflow = value.is_infinite() && text.bytes().any(|byte| byte.is_ascii_digit());
    (!overflow).then_some(value)
}

/// The truth value that the text is: true and false in any case, 1 and 0.
pub(super) fn parse_boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"1" => Some(true),
        b"0" => Some(false),
        _ => parse_truth(text),
    }
}

/// The truth value that the text says in words: true and false in any case.
pub(super) fn parse_truth(text: &[u8]) -> Option<bool> {
    if text.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else if text.eq_ignore_ascii_case(b"false") {
        Some(false)
    } else {
        None
    }
}

/// The integers that hold the digits of decimals.
pub(super) trait Unscaled: Copy {
    /// Nothing yet.
    const ZERO: Self;

    /// The number with one more digit behind it.
    fn push(self, digit: u8) -> Option<Self>;

    /// The number with the other sign.
    fn negate(self) -> Self;
}

impl Unscaled for i128 {
    const ZERO: Self = 0;

    fn push(self, digit: u8) -> Option<Self> {
        self.checked_mul(10)?.checked_add(Self::from(digit))
    }

    fn negate(self) -> Self {
        -self
    }
}

impl Unscaled for i256 {
    const ZERO: Self = Self::ZERO;

    fn push(self, digit: u8) -> Option<Self> {
        self.checked_mul(Self::from_i128(10))?.checked_add(Self::from_i128(i128::from(digit)))
    }

    fn negate(self) -> Self {
        self.wrapping_neg()
    }
}

/// The unscaled value of the decimal that the text is, if it fits without loss: no digit other than zero behind the
/// scale, and at most `precision` digits in all.
pub(super) fn parse_decimal<T: Unscaled>(text: &[u8], precision: u8, scale: i8) -> Option<T> {
    let (negative, number) = match text {
        [b'-', number @ ..] => (true, number),
        [b'+', number @ ..] => (false, number),
        _ => (false, text),
    };
    let precision = i64::from(precision);
    let mut value = T::ZERO;
    // Digits of `value`, and zeros read since its last one, which may turn out to be behind the last that counts.
    let (mut digits, mut zeros) = (0_i64, 0_i64);
    let (mut any, mut point, mut decimals, mut exponent) = (false, false, 0_i64, 0_i64);
    let mut bytes = number.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'0'..=b'9' => {
                any = true;
                decimals += i64::from(point);
                if byte == b'0' {
                    zeros += i64::from(digits > 0);
                } else {
                    digits += zeros + 1;
                    if digits > precision {
                        return None;
                    }
                    for _ in 0..zeros {
                        value = value.push(0)?;
                    }
                    zeros = 0;
                    value = value.push(byte - b'0')?;
                }
            }
            b'.' if !point => point = true,
            b'e' | b'E' if any => {
                exponent = std::str::from_utf8(bytes.as_slice()).ok()?.parse::<i32>().ok()?.into();
                break;
            }
            _ => return None,
        }
    }
    if !any || digits == 0 {
        return any.then_some(T::ZERO);
    }
    let shift = zeros + exponent - decimals + i64::from(scale);
    if shift < 0 || digits + shift > precision {
        return None;
    }
    for _ in 0..shift {
        value = value.push(0)?;
    }
    Some(if negative { value.negate() } else { value })
}

/// How many digits of a number written without an exponent count, less zeros in front and at the end.
pub(super) fn significant_digits(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::i256;
    use proptest::prelude::*;

    use super::{Shape, parse_boolean, parse_decimal, parse_float, parse_integer, shape, significant_digits};

    #[test]
    fn shapes() {
        let check = |text: &str, wanted| assert_eq!(shape(text.as_bytes()), wanted, "{text}");
        for text in ["0", "-0", "7", "-12", "9223372036854775807", "-9223372036854775808"] {
            check(text, Some(Shape::Integer));
        }
        for text in ["9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999999999"] {
            check(text, Some(Shape::BigInteger));
        }
        for text in ["0.5", "-0.5", ".5", "5.", "1e5", "1.5E-3", "2e+10", "123456789012345678901234567890.5"] {
            check(text, Some(Shape::Float));
        }
        for text in ["NaN", "nan", "inf", "-Infinity", "+INF"] {
            check(text, Some(Shape::NotFinite));
        }
        let forty = "1234567890123456789012345678901234567890";
        for text in
            ["", "-", ".", "01234", "-01", "00.5", "+5", "1,5", "1e", "1e+", "e5", "1e400", "0x10", "1 2", forty]
        {
            check(text, None);
        }
        for text in ["nano", "info", "1_000", "12a", "--1", "1.2.3", "1e5.5"] {
            check(text, None);
        }
    }

    #[test]
    fn integers_are_read_when_nothing_is_lost() {
        let check = |text: &str, wanted| assert_eq!(parse_integer(text.as_bytes()), wanted, "{text}");
        check("01234", Some(1234));
        check("+7", Some(7));
        check("3.0", Some(3));
        check("1.5e1", Some(15));
        check("-9223372036854775808", Some(i64::MIN));
        check("9223372036854775807", Some(i64::MAX));
        check("9223372036854775808", None);
        check("3.5", None);
        check("", None);
        check("-", None);
        check("1-2", None);
    }

    #[test]
    fn floats_and_truth() {
        assert_eq!(parse_float(b"0.1"), Some(0.1));
        assert!(parse_float(b"NaN").is_some_and(f64::is_nan));
        assert_eq!(parse_float(b"-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse_float(b"1e400"), None);
        assert_eq!(parse_float(b""), None);
        assert_eq!(parse_boolean(b"TRUE"), Some(true));
        assert_eq!(parse_boolean(b"0"), Some(false));
        assert_eq!(parse_boolean(b"yes"), None);
    }

    #[test]
    fn decimals_keep_every_digit_or_refuse() {
        let check = |text: &str, precision, scale, wanted: Option<i128>| {
            assert_eq!(
                parse_decimal::<i128>(text.as_bytes(), precision, scale),
                wanted,
                "{text} ({precision},{scale})"
            );
            let large = parse_decimal::<i256>(text.as_bytes(), precision, scale);
            assert_eq!(large, wanted.map(i256::from_i128), "{text} as 256 bits");
        };
        check("12.50", 4, 2, Some(1250));
        check("-12.5", 4, 2, Some(-1250));
        check("12.5000000000000000000000000000000000000000000", 4, 2, Some(1250));
        check("12.505", 5, 2, None);
        check("123.45", 4, 2, None);
        check("0.00", 4, 2, Some(0));
        check("1e2", 4, 1, Some(1000));
        check("1e-2", 4, 2, Some(1));
        check("1200", 3, -2, Some(12));
        check("1250", 3, -2, None);
        check("99999999999999999999999999999999999999", 38, 0, Some(10_i128.pow(38) - 1));
        check("1e999999999", 38, 0, None);
        check("1e99999999999", 38, 0, None);
        check("", 4, 2, None);
        check(".", 4, 2, None);
        check("1.2.3", 4, 2, None);
        check("1e", 4, 2, None);
        let widest = "9".repeat(76);
        assert!(parse_decimal::<i256>(widest.as_bytes(), 76, 0).is_some());
        assert!(parse_decimal::<i128>(widest.as_bytes(), 76, 0).is_none());
    }

    #[test]
    fn digits_that_count() {
        assert_eq!(significant_digits("-00120.3400"), 5);
        assert_eq!(significant_digits("0.00"), 0);
    }

    proptest! {
        #[test]
        fn every_integer_reads_back(number: i64) {
            let text = number.to_string();
            prop_assert_eq!(parse_integer(text.as_bytes()), Some(number));
            prop_assert_eq!(shape(text.as_bytes()), Some(Shape::Integer));
        }

        #[test]
        fn every_decimal_reads_back(unscaled in -(10_i128.pow(38) - 1)..10_i128.pow(38), scale in 0_i8..=38) {
            let text = format!("{unscaled}e-{scale}");
            prop_assert_eq!(parse_decimal::<i128>(text.as_bytes(), 38, scale), Some(unscaled));
        }

        #[test]
        fn a_shape_is_a_promise_to_parse(text in "[-+]?[0-9]{0,3}\\.?[0-9]{0,3}([eE][-+]?[0-9]{0,3})?") {
            match shape(text.as_bytes()) {
                Some(Shape::Integer) => prop_assert!(parse_integer(text.as_bytes()).is_some()),
                Some(_) => prop_assert!(parse_float(text.as_bytes()).is_some()),
                None => {}
            }
        }
    }
}
