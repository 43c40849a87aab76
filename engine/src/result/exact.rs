//! Numbers by their digits, as they stand in an answer: compared and subtracted without rounding.

use arrow::datatypes::i256;

use super::number::push_decimal256;
use super::output::into_text;
use crate::query::Digits;

/// The float that stands for a number without losing a digit: the one whose shortest text is that number.
pub(super) fn float_of(number: &str) -> Option<f64> {
    let float = number.parse::<f64>().ok().filter(|float| float.is_finite())?;
    (Digits::parse(number)? == Digits::parse(&format!("{float:e}"))?).then_some(float + 0.0)
}

/// `after` - `before` of two numbers without exponents, with as many decimals as the longer one; nothing beyond 76
/// digits or so.
pub(super) fn change(before: &str, after: &str) -> Option<String> {
    let scale = decimals(before).max(decimals(after));
    let change = unscaled(after, scale)?.checked_sub(unscaled(before, scale)?)?;
    let mut out = Vec::new();
    push_decimal256(&mut out, change, i8::try_from(scale).ok()?);
    Some(into_text(out))
}

fn decimals(number: &str) -> usize {
    number.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// The number times 10^`scale`, which must be enough for its decimals.
fn unscaled(number: &str, scale: usize) -> Option<i256> {
    let (negative, unsigned) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction:0<scale$}");
    // Zeros in front and signs are taken off here: Arrow reads long texts of them wrongly.
    let digits = digits.trim_start_matches('0');
    let size = if digits.is_empty() { i256::ZERO } else { i256::from_string(digits)? };
    if negative { size.checked_neg() } else { Some(size) }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::{change, float_of};
    use crate::query::Digits;

    fn order(one: &str, two: &str) -> Ordering {
        Digits::parse(one).unwrap().cmp(&Digits::parse(two).unwrap())
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let ascending = [
            "-1e30",
            "-12.5",
            "-12",
            "-0.1000000000000000000000000000000000001",
            "-0.1",
            "0",
            "5e-324",
            "0.09",
            "0.1",
            "0.1000000000000000000000000000000000001",
            "1",
            "9007199254740992",
            "9007199254740993",
            "1e30",
        ];
        for (at, one) in ascending.iter().enumerate() {
            for (place, two) in ascending.iter().enumerate() {
                assert_eq!(order(one, two), at.cmp(&place), "{one} {two}");
            }
        }
        for (one, two) in [("1.50", "1.5"), ("-0.00", "0"), ("1e3", "1000"), ("0012", "12"), ("0.5e1", "5.0")] {
            assert_eq!(order(one, two), Ordering::Equal, "{one} {two}");
            assert_eq!(Digits::parse(one), Digits::parse(two));
        }
        for text in ["", "-", "abc", "NaN", "1_0", "--1"] {
            assert_eq!(Digits::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_float_stands_for_a_number_only_with_all_its_digits() {
        assert_eq!(float_of("0.10"), Some(0.1));
        assert_eq!(float_of("9007199254740992"), Some(9_007_199_254_740_992.0));
        assert_eq!(float_of("9007199254740993"), None);
        assert_eq!(float_of("12345678901234567.89"), None);
        assert_eq!(float_of("1e400"), None);
        assert_eq!(float_of("(other)"), None);
    }

    #[test]
    fn changes_keep_every_digit() {
        let check = |before: &str, after: &str, expected: Option<&str>| {
            assert_eq!(change(before, after).as_deref(), expected, "{before} {after}");
        };
        check("1.50", "1.75", Some("0.25"));
        check("1.5", "1", Some("-0.5"));
        check("-0.05", "-0.00", Some("0.05"));
        check("0.00", "0.00", Some("0.00"));
        check("170141183460469231731687303715884105727", "170141183460469231731687303715884105728", Some("1"));
        let small = "-0.00000000000000000000000000000000000000000001";
        check(small, "0", small.strip_prefix('-'));
        check("0", small, Some(small));
        check("0", &"9".repeat(80), None);
    }

    proptest! {
        #[test]
        fn integers_change_as_integers_do(before: i64, after: i64) {
            let expected = (i128::from(after) - i128::from(before)).to_string();
            prop_assert_eq!(change(&before.to_string(), &after.to_string()), Some(expected));
        }

        #[test]
        fn floats_are_ordered_as_floats(one in -1e300_f64..1e300, two in -1e300_f64..1e300) {
            prop_assert_eq!(order(&format!("{one:e}"), &two.to_string()), one.partial_cmp(&two).unwrap());
            prop_assert_eq!(float_of(&one.to_string()), Some(one));
        }
    }
}
