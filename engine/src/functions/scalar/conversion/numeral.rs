//! Numbers in text as people write them.

use datafusion::common::Result;

use crate::functions::arithmetic::{Digits, Integer as _};
use crate::functions::scalar::call::Call;

/// What stands between whole digits and decimals, and what may stand between groups of three whole digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Separators {
    pub(super) decimal: char,
    pub(super) group: Option<char>,
}

impl Separators {
    /// A point, and commas.
    pub(super) const USUAL: Self = Self { decimal: '.', group: Some(',') };

    /// Those that a call gives at a place and the next one, a point and none unless it does. Nothing if they are the
    /// same.
    pub(super) fn of(call: &Call<'_>, place: usize) -> Result<Option<Self>> {
        let word =
            |place| if place < call.count() { call.word(place).map(|word| word.chars().next()) } else { Ok(None) };
        let (decimal, group) = (word(place)?.unwrap_or('.'), word(place + 1)?);
        Ok((group != Some(decimal)).then_some(Self { decimal, group }))
    }
}

/// Reads numbers that may have white space around them.
#[derive(Debug)]
pub(super) struct Numeral {
    separators: Separators,
    /// The last number, as [`Digits`] takes it.
    plain: String,
}

impl Numeral {
    pub(super) fn new(separators: Separators) -> Self {
        Self { separators, plain: String::new() }
    }

    /// The nearest float; nothing if there is no number or it is infinite.
    pub(super) fn float(&mut self, text: &str) -> Option<f64> {
        self.digits(text)?;
        self.plain.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// The nearest integer, half away from zero.
    pub(super) fn rounded(&mut self, text: &str) -> Option<i64> {
        self.digits(text)?.unscaled(0)?.to_int64()
    }

    /// Whether it is a whole number of 64 bits.
    pub(super) fn is_integer(&mut self, text: &str) -> bool {
        let Some(digits) = self.digits(text) else { return false };
        let (places, value) = (digits.places(), digits.unscaled(0).and_then(|value| value.to_int64()));
        let mantissa = self.plain.bytes().take_while(|byte| !matches!(byte, b'e' | b'E'));
        let digits = mantissa.filter(u8::is_ascii_digit);
        let count = digits.clone().count();
        let last = digits.enumerate().filter(|(_, digit)| *digit != b'0').map(|(place, _)| place + 1).last();
        // Zeros at the end of the digits may be behind the point.
        let zeros = last.map(|last| i64::try_from(count - last).unwrap_or(i64::MAX));
        value.is_some() && zeros.is_none_or(|zeros| places <= zeros)
    }

    /// The digits of the number that the text is.
    fn digits(&mut self, text: &str) -> Option<Digits<'_>> {
        self.plain.clear();
        let mut part = Part::Whole;
        let mut grouped = false;
        let mut run = 0_u32;
        for next in text.trim().chars() {
            let whole = part == Part::Whole;
            match next {
                '0'..='9' => run = run.saturating_add(1),
                'e' | 'E' if part != Part::Exponent => part = Part::Exponent,
                '+' | '-' if self.plain.is_empty() || part == Part::Exponent => {}
                _ if whole && next == self.separators.decimal => part = Part::Fraction,
                _ if whole && Some(next) == self.separators.group => {
                    if run == 0 || run > 3 || (grouped && run < 3) {
                        return None;
                    }
                    (grouped, run) = (true, 0);
                    continue;
                }
                _ => return None,
            }
            if whole && part != Part::Whole && grouped && run != 3 {
                return None;
            }
            self.plain.push(if part == Part::Fraction && next == self.separators.decimal { '.' } else { next });
        }
        if part == Part::Whole && grouped && run != 3 {
            return None;
        }
        Digits::parse(self.plain.as_bytes())
    }
}

/// What is read of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Fraction,
    Exponent,
}

#[cfg(test)]
mod tests {
    use super::{Numeral, Separators};

    #[track_caller]
    fn check(separators: Separators, text: &str, float: Option<f64>, rounded: Option<i64>, whole: bool) {
        let mut numeral = Numeral::new(separators);
        // What was read before does not matter.
        numeral.float("1e1,");
        assert_eq!(numeral.float(text).map(f64::to_bits), float.map(f64::to_bits), "{text}");
        assert_eq!(numeral.rounded(text), rounded, "{text}");
        assert_eq!(numeral.is_integer(text), whole, "{text}");
    }

    #[test]
    fn commas_stand_between_groups_of_three() {
        let check = |text: &str, float, rounded, whole| check(Separators::USUAL, text, float, rounded, whole);
        check("12", Some(12.0), Some(12), true);
        check(" +1,234.5\u{a0}", Some(1_234.5), Some(1_235), false);
        check("-1,234,567", Some(-1_234_567.0), Some(-1_234_567), true);
        check("1,234e-3", Some(1.234), Some(1), false);
        check("1.5e1", Some(15.0), Some(15), true);
        check("1.50e+1", Some(15.0), Some(15), true);
        check("1.55e1", Some(15.5), Some(16), false);
        check("100e-2", Some(1.0), Some(1), true);
        check("100e-3", Some(0.1), Some(0), false);
        check("12.", Some(12.0), Some(12), true);
        check("0.00", Some(0.0), Some(0), true);
        check("0e-99999999999999999999", Some(0.0), Some(0), true);
        check("1e-99999999999999999999", Some(0.0), Some(0), false);
        check("9223372036854775807", Some(9_223_372_036_854_775_808.0), Some(i64::MAX), true);
        check("9223372036854775808", Some(9_223_372_036_854_775_808.0), None, false);
        check("1e400", None, None, false);
        for other in [
            "",
            " ",
            "-",
            ".",
            ",",
            ",123",
            "1,23",
            "1234,567",
            "1,234,",
            "1,234,5",
            "1,,234",
            "1.234,567",
            "1,234e",
            "12-3",
            "--1",
            "1e",
            "1e1.5",
            "1e1,000",
            "e5",
            "1 234",
            "12a",
            "1_000",
            "NaN",
            "inf",
            "٣",
        ] {
            check(other, None, None, false);
        }
    }

    #[test]
    fn separators_can_be_others() {
        let of = |decimal, group| Separators { decimal, group };
        check(of(',', Some('.')), "1.234,5", Some(1_234.5), Some(1_235), false);
        check(of(',', Some('\u{202f}')), "-1\u{202f}234", Some(-1_234.0), Some(-1_234), true);
        check(of(',', None), "1234,5", Some(1_234.5), Some(1_235), false);
        check(of(',', None), "1.5", None, None, false);
        check(of('.', Some('\'')), "1'234.5", Some(1_234.5), Some(1_235), false);
    }
}
