//! Numbers in text.

use super::Decimal;

/// More zeros than any decimal can have before or behind its digits.
const FAR: i64 = 300;

/// An exponent that no text has enough digits to make up for.
const TOO_FAR: i64 = i64::MAX / 2;

/// A number as it is written, taken apart.
#[derive(Debug, Clone)]
pub(in crate::interpret) struct Written {
    negative: bool,
    whole: String,
    fraction: String,
    /// Digits with a sign or none; empty if there is no exponent.
    exponent: String,
}

impl Written {
    /// A number as it may be written: a sign, digits, the decimal separator and more digits, an exponent. Digits are
    /// needed on one side of the separator. Those before it may be in groups of three, the first of which may be
    /// shorter.
    pub(in crate::interpret) fn read(text: &str, decimal: char, group: Option<char>) -> Option<Self> {
        let negative = text.starts_with('-');
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (text, None),
        };
        if let Some(exponent) = exponent
            && digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)).is_none_or(|found| found.is_empty())
        {
            return None;
        }
        let (whole, fraction) = mantissa.split_once(decimal).unwrap_or((mantissa, ""));
        let whole = match group {
            Some(group) if whole.contains(group) => grouped(whole, group)?,
            _ => digits(whole)?.to_owned(),
        };
        let fraction = digits(fraction)?.to_owned();
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        Some(Self { negative, whole, fraction, exponent: exponent.unwrap_or_default().to_owned() })
    }

    /// The nearest float; nothing if that is infinite.
    pub(in crate::interpret) fn to_float(&self) -> Option<f64> {
        let exponent = if self.exponent.is_empty() { "0" } else { self.exponent.as_str() };
        let value: f64 = format!("{}{}.{}e{exponent}", self.sign(), self.whole, self.fraction).parse().ok()?;
        value.is_finite().then_some(value)
    }

    /// All digits that matter to a decimal; nothing if it is larger than any decimal can be.
    pub(in crate::interpret) fn exact(&self) -> Option<Decimal> {
        let (mut digits, mut places) = self.digits_and_places();
        if digits.is_empty() {
            return Some(Decimal::new(0, 0));
        }
        // No type has so many decimals that digits behind these could round it.
        let most = i64::from(i8::MAX);
        if places > most {
            let kept = i64::try_from(digits.len()).ok()?.saturating_sub(places - most);
            digits.truncate(usize::try_from(kept).unwrap_or_default());
            places = most;
        }
        if places < 0 {
            if places < -FAR {
                return None;
            }
            digits.push_str(&"0".repeat(usize::try_from(-places).ok()?));
            places = 0;
        }
        let digits = if digits.is_empty() { "0" } else { digits.as_str() };
        Decimal::from_unscaled(&format!("{}{digits}", self.sign()), i8::try_from(places).ok()?)
    }

    /// Whether nothing is lost without what is behind the point.
    pub(in crate::interpret) fn is_whole(&self) -> bool {
        let (digits, places) = self.digits_and_places();
        let zeros = digits.len() - digits.trim_end_matches('0').len();
        digits.is_empty() || places <= i64::try_from(zeros).unwrap_or(i64::MAX)
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    /// The digits from the first that is not zero, and how many of them are behind the point; below zero: how many
    /// zeros follow.
    fn digits_and_places(&self) -> (String, i64) {
        let digits = format!("{}{}", self.whole, self.fraction).trim_start_matches('0').to_owned();
        let exponent = match self.exponent.parse::<i64>() {
            Ok(exponent) => exponent,
            Err(_) if self.exponent.is_empty() => 0,
            // It has so many digits that only its sign matters.
            Err(_) if self.exponent.starts_with('-') => -TOO_FAR,
            Err(_) => TOO_FAR,
        };
        (digits, i64::try_from(self.fraction.len()).unwrap_or(i64::MAX).saturating_sub(exponent))
    }
}

/// The text, if it is nothing but digits.
fn digits(text: &str) -> Option<&str> {
    text.chars().all(|digit| digit.is_ascii_digit()).then_some(text)
}

/// The digits of groups, if these are as long as they should be.
fn grouped(text: &str, group: char) -> Option<String> {
    let (first, rest) = text.split_once(group)?;
    let rest: Vec<&str> = rest.split(group).collect();
    let lengths = (1..=3).contains(&first.len()) && rest.iter().all(|three| three.len() == 3);
    digits(&format!("{first}{}", rest.concat())).filter(|_| lengths).map(str::to_owned)
}
