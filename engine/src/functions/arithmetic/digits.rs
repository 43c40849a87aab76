//! Numbers in text, read digit by digit, so that decimals lose nothing.

use std::cmp::Ordering;

use arrow::datatypes::i256;

use super::integer::Integer;
use super::rounding::Rounding;

/// Digits of a decimal.
const MAX_DIGITS: i64 = 76;

/// Digits that 128 bits surely hold.
const HALF_DIGITS: usize = 38;

/// A number in text: `12`, `-0.5`, `+.5`, `5.`, `1.5e-7`. Nothing else is one: no spaces, no separators of thousands, no
/// words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digits<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl<'a> Digits<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let (negative, text) = signed(text);
        let (whole, text) = leading_digits(text);
        let (fraction, text) = match text {
            [b'.', rest @ ..] => leading_digits(rest),
            rest => (&[][..], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = match text {
            [] => 0,
            [b'e' | b'E', rest @ ..] => exponent(rest)?,
            _ => return None,
        };
        Some(Self { negative, whole, fraction, exponent })
    }

    /// How many digits stand behind the point once the exponent has moved it; below 0 where zeros follow the last digit.
    pub(crate) fn places(&self) -> i64 {
        i64::try_from(self.fraction.len()).unwrap_or(i64::MAX).saturating_sub(self.exponent)
    }

    /// The number in units of 10^-`scale`, half rounded away from zero; nothing if it has more than 76 digits before it is
    /// rounded.
    pub(crate) fn unscaled(&self, scale: i8) -> Option<i256> {
        self.rounded(scale, Rounding::HalfAway)
    }

    /// The same, rounded in another way.
    pub(super) fn rounded(&self, scale: i8, how: Rounding) -> Option<i256> {
        let mut digits = self.significant();
        let count = i64::try_from(digits.clone().count()).ok()?;
        if count == 0 {
            return Some(i256::ZERO);
        }
        let zeros = i64::from(scale).saturating_sub(self.places());
        let kept = count.saturating_add(zeros);
        if kept > MAX_DIGITS {
            return None;
        }
        let mut value = joined(digits.by_ref().take(usize::try_from(kept.clamp(0, count)).ok()?))?;
        if let Ok(zeros) = u32::try_from(zeros) {
            value = value.times(i256::power_of_ten(zeros)?)?;
        } else {
            // A number far below one unit has zeros before its first digit.
            let first = if kept < 0 { 0 } else { digits.next().unwrap_or(0) };
            let more = digits.any(|digit| digit != 0);
            let lost = first.cmp(&5).then(if more { Ordering::Greater } else { Ordering::Equal });
            let is_odd = || value.to_parts().0 & 1 == 1;
            if (first != 0 || more) && how.goes_up(self.negative, lost, is_odd) {
                value = value.plus(i256::ONE)?;
            }
        }
        Some(if self.negative { value.wrapping_neg() } else { value })
    }

    /// All digits as an integer, so many [`places`](Self::places) of which are behind the point; nothing if there are
    /// more than 76.
    pub(crate) fn exact(&self) -> Option<i256> {
        let digits = self.significant();
        let count = i64::try_from(digits.clone().count()).ok()?;
        let value = if count <= MAX_DIGITS { joined(digits)? } else { return None };
        Some(if self.negative { value.wrapping_neg() } else { value })
    }

    /// The digits from the first on that is not zero.
    fn significant(&self) -> impl Iterator<Item = u8> + Clone {
        let all = self.whole.iter().chain(self.fraction);
        all.map(|digit| digit.wrapping_sub(b'0')).skip_while(|digit| *digit == 0)
    }
}

fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    }
}

fn leading_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// The exponent; one that is too large for anything is as large as it can be.
fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = signed(text);
    let (digits, rest) = leading_digits(digits);
    if digits.is_empty() || !rest.is_empty() {
        return None;
    }
    let value = digits
        .iter()
        .fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0'))));
    Some(if negative { -value } else { value })
}

/// At most 76 digits as an integer.
fn joined(digits: impl Iterator<Item = u8>) -> Option<i256> {
    let (mut high, mut low, mut low_digits) = (0_i128, 0_i128, 0_u32);
    for (place, digit) in digits.enumerate() {
        if place < HALF_DIGITS {
            high = high * 10 + i128::from(digit);
        } else {
            low = low * 10 + i128::from(digit);
            low_digits += 1;
        }
    }
    if low_digits == 0 {
        return Some(high.to_wide());
    }
    high.to_wide().times(i256::power_of_ten(low_digits)?)?.plus(low.to_wide())
}
