//! Numbers in text, digit by digit, so that what a 64-bit float cannot hold is not rounded in silence.

use std::cmp::Ordering;

/// The most digits that a decimal column can hold.
pub(super) const MAX_DIGITS: usize = 76;

/// A number as a sign, its digits without zeros at either end, and the power of ten of the last one. Two texts of the
/// same number have the same form, however they are written. The order is that of the numbers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Digits {
    /// Reads `-12`, `0.5` or `1.5e-7`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let kept = all.trim_end_matches('0');
        let digits = kept.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self { negative: false, digits: String::new(), exponent: 0 });
        }
        let dropped = i64::try_from(all.len() - kept.len()).ok()?;
        let exponent = exponent.checked_add(dropped)?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        Some(Self { negative, digits: digits.to_owned(), exponent })
    }

    /// The number without an exponent, if it has at most [`MAX_DIGITS`] digits before and behind the point.
    pub(super) fn plain(&self) -> Option<String> {
        let shift = usize::try_from(self.exponent.unsigned_abs()).ok()?;
        let (zeros, scale) = if self.exponent < 0 { (0, shift) } else { (shift, 0) };
        if self.digits.len().saturating_add(zeros) > MAX_DIGITS || scale > MAX_DIGITS {
            return None;
        }
        let digits = format!("{:0>width$}{}", self.digits, "0".repeat(zeros), width = scale + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - scale)?;
        let sign = if self.negative { "-" } else { "" };
        Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
    }

    /// Whether the number is above 0.
    pub(super) fn is_positive(&self) -> bool {
        !self.negative && !self.digits.is_empty()
    }

    /// The order by the distance from 0.
    fn by_size(&self, other: &Self) -> Ordering {
        // The power of ten of the first digit; no number of a document is long enough to leave 64 bits.
        let first = |of: &Self| i64::try_from(of.digits.len()).unwrap_or(i64::MAX).saturating_add(of.exponent);
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => first(self).cmp(&first(other)).then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Digits {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.by_size(other),
            (true, true) => other.by_size(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Digits;

    #[track_caller]
    fn check(text: &str, plain: Option<&str>) {
        assert_eq!(Digits::parse(text).and_then(|digits| digits.plain()).as_deref(), plain, "{text}");
    }

    #[test]
    fn numbers_have_one_plain_form() {
        check("0", Some("0"));
        check("-0.00", Some("0"));
        check("-12", Some("-12"));
        check("00120.50", Some("120.5"));
        check("1.5e3", Some("1500"));
        check("1.5E-3", Some("0.0015"));
        check("125e-2", Some("1.25"));
        check("18446744073709551616", Some("18446744073709551616"));
        check("1e75", Some(&format!("1{}", "0".repeat(75))));
        check("1e-76", Some(&format!("0.{}1", "0".repeat(75))));
    }

    #[test]
    fn what_no_column_holds_and_what_is_no_number_is_refused() {
        for text in
            ["", "-", ".", "e5", "1e", "NaN", "inf", "0x10", "1_000", "--1", "1e76", "1e-77", "1e99999999999999999999"]
        {
            check(text, None);
        }
        check("1e-9223372036854775808", None);
        check(&"1".repeat(77), None);
    }

    proptest! {
        #[test]
        fn numbers_are_in_their_order(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, e in 0_u8..4) {
            let text = |number: i64| Digits::parse(&format!("{number}e-{e}")).unwrap();
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
            prop_assert_eq!(text(a).is_positive(), a > 0);
        }

        #[test]
        fn floats_are_in_their_order(a in any::<f64>(), b in any::<f64>()) {
            let text = |number: f64| Digits::parse(&format!("{number:e}"));
            if let (Some(left), Some(right)) = (text(a), text(b)) {
                prop_assert_eq!(left.partial_cmp(&right), a.partial_cmp(&b));
            }
        }

        #[test]
        fn the_shortest_form_of_a_float_and_its_plain_form_are_one_number(value in -1e60_f64..1e60) {
            let digits = Digits::parse(&format!("{value:e}"));
            prop_assert_eq!(&digits, &Digits::parse(&value.to_string()));
            if let Some(plain) = digits.and_then(|digits| digits.plain()) {
                prop_assert_eq!(plain.parse::<f64>(), Ok(value));
            }
        }
    }
}
