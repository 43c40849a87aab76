//! Exact decimals of any length.

use std::cmp::Ordering;
use std::fmt;

use super::{magnitude, shortest};

/// An exact decimal: digits, and where the point is. It prints as it would be written: `-12.50`.
///
/// Two are equal if they have the same digits at the same places; `1.5` and `1.50` are not, as their types are not.
///
/// ```
/// use drillcore_formulas::Decimal;
///
/// let price = Decimal::new(-1250, 2);
/// assert_eq!(price.to_string(), "-12.50");
/// assert_eq!(Decimal::from_unscaled("-1250", 2), Some(price));
/// assert_eq!(Decimal::new(7, -2).to_string(), "700");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// Never for zero.
    negative: bool,
    /// The lowest first, without zeros at the high end.
    digits: Vec<u8>,
    /// How many of them are behind the point; below zero: how many zeros follow the lowest.
    scale: i32,
}

impl Decimal {
    /// `unscaled` divided by ten to the power of `scale`.
    #[must_use]
    pub fn new(unscaled: i128, scale: i8) -> Self {
        let mut rest = unscaled.unsigned_abs();
        let mut digits = Vec::new();
        while rest > 0 {
            digits.push(u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
        }
        Self::from_parts(unscaled < 0, digits, i32::from(scale))
    }

    /// The same from the text of an integer of any length: digits, and a `-` if it is negative. Nothing if it is none.
    #[must_use]
    pub fn from_unscaled(unscaled: &str, scale: i8) -> Option<Self> {
        Self::read(unscaled, i32::from(scale))
    }

    fn read(unscaled: &str, scale: i32) -> Option<Self> {
        let (negative, text) = match unscaled.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, unscaled),
        };
        if text.is_empty() {
            return None;
        }
        let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
        let digits = text.bytes().rev().map(digit).collect::<Option<Vec<u8>>>()?;
        Some(Self::from_parts(negative, digits, scale))
    }

    /// The decimal of the shortest digits that are read as this finite float.
    pub(super) fn shortest(value: f64) -> Option<Self> {
        let text = shortest::scientific(value);
        let (mantissa, exponent) = text.split_once('e')?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let scale = i32::try_from(fraction.len()).ok()? - exponent.parse::<i32>().ok()?;
        Self::read(&format!("{whole}{fraction}"), scale)
    }

    fn from_parts(negative: bool, mut digits: Vec<u8>, scale: i32) -> Self {
        magnitude::trim(&mut digits);
        Self { negative: negative && !digits.is_empty(), digits, scale }
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> Option<f64> {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}e{}", self.text_of_digits(), -self.scale).parse().ok()
    }

    /// The highest digit first; zero has one.
    fn text_of_digits(&self) -> String {
        let text: String = self.digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect();
        if text.is_empty() { "0".to_owned() } else { text }
    }

    /// How many digits are behind the point; below zero: how many zeros follow the lowest.
    pub(super) fn scale(&self) -> i32 {
        self.scale
    }

    pub(super) fn negated(mut self) -> Self {
        self.negative = !self.negative && !self.digits.is_empty();
        self
    }

    pub(super) fn absolute(mut self) -> Self {
        self.negative = false;
        self
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        let (left, right) = (self.widened(scale), other.widened(scale));
        if self.negative == other.negative {
            return Self::from_parts(self.negative, magnitude::add(&left, &right), scale);
        }
        match magnitude::compare(&left, &right) {
            Ordering::Less => Self::from_parts(other.negative, magnitude::subtract(&right, &left), scale),
            _ => Self::from_parts(self.negative, magnitude::subtract(&left, &right), scale),
        }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let digits = magnitude::multiply(&self.digits, &other.digits);
        Self::from_parts(self.negative != other.negative, digits, self.scale + other.scale)
    }

    /// The whole quotient, cut toward zero, and what remains, with the sign of this and the larger scale of both. Nothing
    /// by zero.
    pub(super) fn divided(&self, divisor: &Self) -> Option<(Self, Self)> {
        if divisor.is_zero() {
            return None;
        }
        let scale = self.scale.max(divisor.scale);
        let (quotient, rest) = magnitude::divide(&self.widened(scale), &divisor.widened(scale));
        let quotient = Self::from_parts(self.negative != divisor.negative, quotient, 0);
        Some((quotient, Self::from_parts(self.negative, rest, scale)))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let difference = self.plus(&other.clone().negated());
        match (difference.digits.is_empty(), difference.negative) {
            (true, _) => Ordering::Equal,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Greater,
        }
    }

    /// The digits with zeros behind them up to a scale that is not smaller.
    fn widened(&self, scale: i32) -> Vec<u8> {
        if self.digits.is_empty() {
            return Vec::new();
        }
        let zeros = usize::try_from(scale - self.scale).unwrap_or_default();
        let mut digits = vec![0; zeros];
        digits.extend_from_slice(&self.digits);
        digits
    }

    /// With another scale; digits that are lost are cut off.
    pub(super) fn truncated(&self, scale: i32) -> Self {
        let Ok(lost) = usize::try_from(self.scale - scale) else {
            return Self::from_parts(self.negative, self.widened(scale), scale);
        };
        let kept = self.digits.get(lost..).unwrap_or_default();
        Self::from_parts(self.negative, kept.to_vec(), scale)
    }

    /// With another scale; what is lost is rounded half away from zero.
    pub(super) fn rounded(&self, scale: i32) -> Self {
        let mut result = self.truncated(scale);
        let highest_lost = usize::try_from(self.scale - scale - 1).ok().and_then(|place| self.digits.get(place));
        if highest_lost.is_some_and(|digit| *digit >= 5) {
            result = Self::from_parts(self.negative, magnitude::add(&result.digits, &[1]), scale);
        }
        result
    }

    /// As a decimal of a type, if that has enough digits.
    pub(super) fn fitted(&self, precision: u8, scale: i8) -> Option<Self> {
        let result = self.rounded(i32::from(scale));
        (result.digits.len() <= usize::from(precision)).then_some(result)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let places = usize::try_from(self.scale).unwrap_or_default();
        let digits = format!("{:0>width$}", self.text_of_digits(), width = places + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        let zeros = if self.digits.is_empty() { 0 } else { usize::try_from(-self.scale).unwrap_or_default() };
        write!(f, "{sign}{whole}{}{point}{fraction}", "0".repeat(zeros))
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::Decimal;

    fn decimal(text: &str) -> Decimal {
        let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Decimal::from_unscaled(&text.replace('.', ""), i8::try_from(scale).unwrap()).unwrap()
    }

    #[test]
    fn they_print_as_they_are_written() {
        for text in [
            "0",
            "0.00",
            "1",
            "-12.50",
            "0.05",
            "-0.5",
            "123456789012345678901234567890123456789012345678901234567890.7",
        ] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(Decimal::new(0, -2).to_string(), "0");
        assert_eq!(Decimal::new(i128::MIN, 0).to_string(), i128::MIN.to_string());
        assert_eq!(Decimal::from_unscaled("-000", 0), Some(Decimal::new(0, 0)));
        for text in ["", "-", "+1", "1.5", "--1", "1e3", "٣"] {
            assert_eq!(Decimal::from_unscaled(text, 0), None, "{text}");
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        for (left, right, sum, product) in [
            ("1.5", "2.25", "3.75", "3.375"),
            ("-1.5", "1.50", "0.00", "-2.250"),
            ("0.01", "-1", "-0.99", "-0.01"),
            ("99.9", "0.1", "100.0", "9.99"),
            ("0", "-0.5", "-0.5", "0.0"),
            ("0", "-0.005", "-0.005", "0.000"),
        ] {
            let (l, r) = (decimal(left), decimal(right));
            assert_eq!((l.plus(&r), r.plus(&l)), (decimal(sum), decimal(sum)), "{left} + {right}");
            assert_eq!((l.times(&r), r.times(&l)), (decimal(product), decimal(product)), "{left} * {right}");
        }
    }

    #[test]
    fn quotients_are_cut_toward_zero() {
        for (dividend, divisor, quotient, rest) in [
            ("7", "2", "3", "1"),
            ("-7", "2", "-3", "-1"),
            ("7", "-2", "-3", "1"),
            ("7.5", "0.25", "30", "0.00"),
            ("0.05", "2", "0", "0.05"),
            ("1000", "0.3", "3333", "0.1"),
            ("0", "-3", "0", "0"),
        ] {
            let (left, right) = (decimal(dividend), decimal(divisor));
            let found = left.divided(&right).unwrap();
            assert_eq!(
                (found.0.to_string(), found.1.to_string()),
                (quotient.to_owned(), rest.to_owned()),
                "{dividend}"
            );
            assert_eq!(found.0.times(&right).plus(&found.1).compare(&left), Ordering::Equal, "{dividend}");
        }
        assert_eq!(decimal("1").divided(&decimal("0.0")), None);
        assert_eq!(Decimal::new(7, -2).divided(&Decimal::new(2, 0)), Some((Decimal::new(350, 0), Decimal::new(0, 0))));
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (text, scale, rounded, truncated) in [
            ("2.675", 2, "2.68", "2.67"),
            ("-2.675", 2, "-2.68", "-2.67"),
            ("2.6749", 2, "2.67", "2.67"),
            ("0.5", 0, "1", "0"),
            ("-0.4", 0, "0", "0"),
            ("0.04", 0, "0", "0"),
            ("99.95", 1, "100.0", "99.9"),
            ("1.5", 3, "1.500", "1.500"),
        ] {
            assert_eq!(decimal(text).rounded(scale).to_string(), rounded, "{text}");
            assert_eq!(decimal(text).truncated(scale).to_string(), truncated, "{text}");
        }
        assert_eq!(Decimal::new(500, 0).rounded(-3).to_string(), "1000");
        assert_eq!(Decimal::new(499, 0).rounded(-3).to_string(), "0");
        assert_eq!(Decimal::new(5, -3).rounded(0).to_string(), "5000");
    }

    #[test]
    fn a_type_has_so_many_digits() {
        assert_eq!(decimal("99.94").fitted(3, 1), Some(decimal("99.9")));
        assert_eq!(decimal("99.95").fitted(3, 1), None);
        assert_eq!(decimal("99.9").fitted(4, 2), Some(decimal("99.90")));
        assert_eq!(decimal("99.9").fitted(3, 2), None);
    }

    proptest! {
        #[test]
        fn floats_have_a_shortest_form(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            let decimal = Decimal::shortest(value).unwrap();
            let back = decimal.to_float().unwrap();
            // Zero loses its sign.
            prop_assert_eq!(back.to_bits(), (value + 0.0).to_bits());
        }

        #[test]
        fn order_is_that_of_numbers(left in -2000_i128..2000, right in -2000_i128..2000, l in 0_i8..3, r in 0_i8..3) {
            let scaled = |number: i128, scale: i8| number * 10_i128.pow(3 - u32::try_from(scale).unwrap());
            let order = Decimal::new(left, l).compare(&Decimal::new(right, r));
            prop_assert_eq!(order, scaled(left, l).cmp(&scaled(right, r)));
        }
    }
}
