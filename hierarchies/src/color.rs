//! Colours of members: given, from a palette, or from a value.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// An opaque colour of the sRGB space. Its text is `#rrggbb`; `#rgb` and digits of any case are read too.
///
/// ```
/// use drillcore_hierarchies::Color;
///
/// let color: Color = "#3Cf".parse()?;
/// assert_eq!(color, Color::new(0x33, 0xcc, 0xff));
/// assert_eq!(color.to_string(), "#33ccff");
/// # Ok::<(), drillcore_hierarchies::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Color {
    /// 0 to 255.
    pub red: u8,
    /// 0 to 255.
    pub green: u8,
    /// 0 to 255.
    pub blue: u8,
}

impl Color {
    /// A colour of its three parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }
}

const FIRST: Color = Color::new(0x33, 0x66, 0xb2);

/// Neighbours differ in hue and in lightness, so that they stay apart for people who see few colours.
const PALETTE: [Color; 12] = [
    FIRST,
    Color::new(0xe0, 0x7b, 0x26),
    Color::new(0x2f, 0x9e, 0x62),
    Color::new(0xc8, 0x43, 0x5a),
    Color::new(0x7a, 0x58, 0xb8),
    Color::new(0x1f, 0xa3, 0xad),
    Color::new(0xd9, 0xb3, 0x1c),
    Color::new(0xb6, 0x5b, 0xa6),
    Color::new(0x7d, 0x94, 0x30),
    Color::new(0x8a, 0x5a, 0x3c),
    Color::new(0x64, 0xa8, 0xe0),
    Color::new(0x6b, 0x74, 0x80),
];

/// The n-th of twelve colours that are easy to tell apart; the thirteenth is the first again.
///
/// ```
/// use drillcore_hierarchies::palette;
///
/// assert_ne!(palette(0), palette(1));
/// assert_eq!(palette(0), palette(12));
/// ```
#[must_use]
pub fn palette(index: usize) -> Color {
    PALETTE.get(index % PALETTE.len()).copied().unwrap_or(FIRST)
}

/// The colour of a value between two colours: `low` at `least` and below, `high` at `greatest` and above, linear in
/// each part between them. If `least` is `greatest`, every value has the colour in the middle. `least` may be the
/// greater one; the scale then runs the other way. Nothing if a number is NaN or infinite.
///
/// ```
/// use drillcore_hierarchies::{Color, scale};
///
/// let (white, black) = (Color::new(255, 255, 255), Color::new(0, 0, 0));
/// assert_eq!(scale(25.0, 0.0, 100.0, white, black), Some(Color::new(191, 191, 191)));
/// assert_eq!(scale(-3.0, 0.0, 100.0, white, black), Some(white));
/// assert_eq!(scale(f64::NAN, 0.0, 100.0, white, black), None);
/// ```
#[must_use]
pub fn scale(value: f64, least: f64, greatest: f64, low: Color, high: Color) -> Option<Color> {
    if ![value, least, greatest].into_iter().all(f64::is_finite) {
        return None;
    }
    let share = share(value, least, greatest);
    Some(Color {
        red: between(low.red, high.red, share),
        green: between(low.green, high.green, share),
        blue: between(low.blue, high.blue, share),
    })
}

/// Where a value is between two others, from 0 to 1.
fn share(value: f64, least: f64, greatest: f64) -> f64 {
    // The distance of two finite numbers may be infinite; that of their halves is not.
    let factor = if (greatest - least).is_finite() { 1.0 } else { 0.5 };
    let span = greatest * factor - least * factor;
    if span.abs() > 0.0 { ((value * factor - least * factor) / span).clamp(0.0, 1.0) } else { 0.5 }
}

/// The byte at a share of the way from one to another, half up.
fn between(low: u8, high: u8, share: f64) -> u8 {
    let exact = f64::from(low) + share * (f64::from(high) - f64::from(low));
    // Bit by bit, because no conversion from a float to a byte is free of loss.
    [128_u8, 64, 32, 16, 8, 4, 2, 1].into_iter().fold(0_u8, |byte, bit| {
        let more = byte | bit;
        if exact + 0.5 >= f64::from(more) { more } else { byte }
    })
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl FromStr for Color {
    type Err = Error;

    /// Reads `#rgb` or `#rrggbb`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = |offset| Error::expected("`#rgb` or `#rrggbb`", offset);
        if !text.starts_with('#') {
            return Err(wrong(0));
        }
        let (mut digits, mut count) = ([0_u8; 6], 0);
        for (offset, c) in text.char_indices().skip(1) {
            let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or_else(|| wrong(offset))?;
            *digits.get_mut(count).ok_or_else(|| wrong(offset))? = digit;
            count += 1;
        }
        match (count, digits) {
            (3, [red, green, blue, ..]) => Ok(Self::new(red * 17, green * 17, blue * 17)),
            (6, [r, red, g, green, b, blue]) => Ok(Self::new(r * 16 + red, g * 16 + green, b * 16 + blue)),
            _ => Err(wrong(text.len())),
        }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Color, PALETTE, palette, scale};

    #[track_caller]
    fn check_wrong(text: &str, offset: usize) {
        let error = text.parse::<Color>().unwrap_err();
        assert_eq!(error.to_string(), format!("expected `#rgb` or `#rrggbb` at byte {offset}"), "{text}");
    }

    #[test]
    fn what_is_no_colour_is_refused_with_the_place() {
        check_wrong("", 0);
        check_wrong("red", 0);
        check_wrong(" #fff", 0);
        check_wrong("#", 1);
        check_wrong("#ff", 3);
        check_wrong("#ffff", 5);
        check_wrong("#fffffff", 7);
        check_wrong("#fég", 2);
        check_wrong("#ff ", 3);
        check_wrong("##ff", 1);
    }

    #[test]
    fn a_colour_is_a_text_in_json() {
        let color: Color = serde_json::from_str("\"#0aF\"").unwrap();
        assert_eq!(serde_json::to_string(&color).unwrap(), "\"#00aaff\"");
        assert!(serde_json::from_str::<Color>("\"blue\"").is_err());
        assert!(serde_json::from_str::<Color>("255").is_err());
    }

    #[test]
    fn colours_of_the_palette_are_far_apart() {
        let square = |left: u8, right: u8| u32::from(left.abs_diff(right)).pow(2);
        for (index, left) in PALETTE.iter().enumerate() {
            assert_eq!(palette(index + 24), *left);
            for right in PALETTE.iter().take(index) {
                let distance =
                    square(left.red, right.red) + square(left.green, right.green) + square(left.blue, right.blue);
                assert!(distance > 3000, "{left} {right}");
            }
        }
    }

    #[test]
    fn a_scale_ends_in_its_colours() {
        let (low, high) = (Color::new(10, 200, 0), Color::new(20, 100, 255));
        let at = |value: f64, least: f64, greatest: f64| scale(value, least, greatest, low, high);
        assert_eq!(at(1.0, 1.0, 3.0), Some(low));
        assert_eq!(at(2.0, 1.0, 3.0), Some(Color::new(15, 150, 128)));
        assert_eq!(at(3.0, 1.0, 3.0), Some(high));
        assert_eq!(at(3.0, 3.0, 1.0), Some(low));
        assert_eq!(at(0.0, 3.0, 1.0), Some(high));
        assert_eq!(at(-7.0, 2.0, 2.0), Some(Color::new(15, 150, 128)));
        assert_eq!(at(f64::MAX, f64::MIN, f64::MAX), Some(high));
        assert_eq!(at(0.0, f64::MIN, f64::MAX), Some(Color::new(15, 150, 128)));
        assert_eq!(at(5e-324, 0.0, 5e-324), Some(high));
        for (value, least, greatest) in [(f64::NAN, 0.0, 1.0), (0.0, f64::NEG_INFINITY, 1.0), (0.0, 0.0, f64::INFINITY)]
        {
            assert_eq!(at(value, least, greatest), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(red in any::<u8>(), green in any::<u8>(), blue in any::<u8>()) {
            let color = Color::new(red, green, blue);
            prop_assert_eq!(color.to_string().parse::<Color>(), Ok(color));
            prop_assert_eq!(color.to_string().to_uppercase().parse::<Color>(), Ok(color));
        }

        #[test]
        fn a_greater_value_is_no_nearer_to_the_low_colour(
            left in -2.0_f64..2.0,
            right in -2.0_f64..2.0,
            ends in any::<(u8, u8)>(),
        ) {
            let low = Color::new(ends.0, ends.0.min(ends.1), ends.0.max(ends.1));
            let high = Color::new(ends.1, ends.0.max(ends.1), ends.0.min(ends.1));
            let at = |value: f64| scale(value, -1.0, 1.0, low, high).unwrap();
            let (nearer, farther) = (at(f64::min(left, right)), at(f64::max(left, right)));
            prop_assert!(nearer.red.abs_diff(low.red) <= farther.red.abs_diff(low.red));
            prop_assert!(nearer.green <= farther.green && nearer.blue >= farther.blue);
        }
    }
}
