//! Floats: their shortest decimal form, and the ways from and to decimals.

use std::io::Write as _;

use super::integer::Integer;
use super::rounding::Rounding;
use super::text::push_magnitude;

/// Powers of ten that a float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Up to here a float holds every integer.
const WHOLE: u64 = 1 << 53;

/// 2^45.
const SMALL: f64 = 35_184_372_088_832.0;

/// The number as it may stand in a column: finite, and not -0.0.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value + 0.0)
}

/// The nearest float.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
pub(crate) fn float_of(value: i64) -> f64 {
    value as f64
}

/// The integer that is left when the decimals are cut off.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(crate) fn whole(value: f64) -> Option<i64> {
    let whole = value.trunc();
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole).then_some(whole as i64)
}

/// The float nearest to `unscaled` / 10^`scale`; nothing if that is infinite.
pub(crate) fn nearest<I: Integer>(unscaled: I, scale: i8) -> Option<f64> {
    // Two exact numbers, and so one rounding.
    if let Some(small) = unscaled.to_int64().filter(|small| small.unsigned_abs() <= WHOLE)
        && let Some(unit) = POWERS.get(usize::from(scale.unsigned_abs()))
    {
        return finite(if scale >= 0 { float_of(small) / unit } else { float_of(small) * unit });
    }
    let mut text = [0_u8; 112];
    let size = text.len();
    let mut free = text.as_mut_slice();
    if unscaled < I::default() {
        free.write_all(b"-").ok()?;
    }
    push_magnitude(&mut free, unscaled.halves(), 1).ok()?;
    write!(free, "e{}", -i32::from(scale)).ok()?;
    let used = size - free.len();
    str::from_utf8(text.get(..used)?).ok()?.parse().ok().and_then(finite)
}

/// The integer nearest to `value` * 10^`places`, half away from zero on the shortest form, where it can be told without
/// that form: it is small, and the product far from a tie. The shortest form and the product are both within a relative
/// error of 2^-53 of what they stand for, so a margin of 2^-48 is more than enough.
pub(super) fn quickly_rounded(value: f64, places: i8) -> Option<f64> {
    let unit = POWERS.get(usize::from(places.unsigned_abs()))?;
    let product = if places >= 0 { value * unit } else { value / unit };
    let rounded = product.round();
    let to_tie = 0.5 - (product - rounded).abs();
    (product.abs() < SMALL && to_tie > product.abs() * (16.0 * f64::EPSILON)).then_some(rounded)
}

/// The same where the product lies next to a tie, of which it is told on which side the shortest form is. The tie is a
/// decimal of up to 15 digits, so no other decimal that short is the same float; and since a greater decimal never
/// becomes a smaller float, the floats are in the order of their shortest forms. Nothing where that cannot be told.
pub(super) fn rounded_near_tie(value: f64, places: i8, how: Rounding) -> Option<f64> {
    let below = u8::try_from(places).ok()?;
    let (unit, next_unit) = (POWERS.get(usize::from(below))?, POWERS.get(usize::from(below) + 1)?);
    let product = value.abs() * unit;
    let whole = product.trunc();
    if product >= SMALL || (product - whole - 0.5).abs() > 0.25 {
        return None;
    }
    let tie = (10.0 * whole + 5.0) / next_unit;
    let lost = value.abs().partial_cmp(&tie)?;
    let goes_up = how.goes_up(value < 0.0, lost, || whole % 2.0 > 0.5);
    Some((if goes_up { whole + 1.0 } else { whole }).copysign(value))
}

/// Rounds floats as [`quickly_rounded`] does, without a branch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nearest {
    unit: f64,
    raises: bool,
}

impl Nearest {
    /// 1.5 * 2^52: a float below 2^51 and this one add up to a float that has no room for decimals.
    const WHOLE_ONLY: f64 = 6_755_399_441_055_744.0;

    pub(super) fn new(places: i8) -> Option<Self> {
        let unit = *POWERS.get(usize::from(places.unsigned_abs()))?;
        Some(Self { unit, raises: places >= 0 })
    }

    /// The number rounded, which is finite and never -0.0, if it can be told so: that is the second part.
    pub(super) fn round(self, value: f64) -> (f64, bool) {
        let product = if self.raises { value * self.unit } else { value / self.unit };
        // Halves would go to the even side; they cannot be told.
        let whole = (product + Self::WHOLE_ONLY) - Self::WHOLE_ONLY;
        let to_tie = 0.5 - (product - whole).abs();
        let is_told = (product.abs() < SMALL) & (to_tie > product.abs() * (16.0 * f64::EPSILON));
        let rounded = if self.raises { whole / self.unit } else { whole * self.unit };
        (rounded + 0.0, is_told)
    }
}

/// The integer that is left of `value` * 10^`places` when the decimals of its shortest form are cut off, where it can be
/// told without that form: the product is small, and it is far from an integer, or the integer stands for the value. Two
/// decimals of up to 15 digits are different floats, so then it has no other digits.
pub(super) fn quickly_truncated(value: f64, places: i8) -> Option<f64> {
    let unit = POWERS.get(usize::from(places.unsigned_abs()))?;
    let product = if places >= 0 { value * unit } else { value / unit };
    if product.abs() >= SMALL {
        return None;
    }
    let rounded = product.round();
    if in_units(rounded, places).is_some_and(|same| same.to_bits() == value.to_bits()) {
        return Some(rounded);
    }
    let to_integer = (product - rounded).abs();
    (to_integer > product.abs() * (16.0 * f64::EPSILON)).then(|| product.trunc())
}

/// The quotient or product of a small integer and a power of ten, which is the float nearest to the exact one.
pub(super) fn in_units(rounded: f64, places: i8) -> Option<f64> {
    let unit = POWERS.get(usize::from(places.unsigned_abs()))?;
    finite(if places >= 0 { rounded / unit } else { rounded * unit })
}

/// The shortest text that reads back as a float, the same that answers show.
#[derive(Debug)]
pub(crate) struct Shortest {
    text: [u8; 32],
    length: usize,
}

impl Shortest {
    /// Of a finite float.
    pub(crate) fn of(value: f64) -> Self {
        let mut text = [0_u8; 32];
        let size = text.len();
        let mut free = text.as_mut_slice();
        let written = serde_json::to_writer(&mut free, &value);
        debug_assert!(written.is_ok(), "no float needs more than 25 bytes");
        let length = size - free.len();
        Self { text, length }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }
}
