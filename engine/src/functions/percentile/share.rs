//! Exact shares and the ranks that they mark.

/// The most digits behind the point.
const MAX_DIGITS: usize = 9;

/// A share from 0 to 1 of at most nine digits behind the point: a fraction whose denominator is a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Share {
    numerator: u64,
    denominator: u64,
}

/// A place between two neighbours among ordered values: so many denominators above the lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rank {
    pub(super) low: usize,
    pub(super) rest: u64,
}

impl Default for Share {
    /// The half, of the median.
    fn default() -> Self {
        Self { numerator: 1, denominator: 2 }
    }
}

impl Share {
    /// Reads `0.95`, `1` or `0.5000`: plain digits, without a sign or an exponent. Zeros at the end say nothing, so
    /// that equal shares are the same. Nothing if the text is no such number, is above 1 or has more than nine digits
    /// behind the point.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || text.ends_with('.') || !digits(whole) || !digits(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > MAX_DIGITS {
            return None;
        }
        let denominator = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let whole: u64 = whole.parse().ok()?;
        let part: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        let numerator = whole.checked_mul(denominator)?.checked_add(part)?;
        (numerator <= denominator).then_some(Self { numerator, denominator })
    }

    pub(super) fn numerator(self) -> u64 {
        self.numerator
    }

    pub(super) fn denominator(self) -> u64 {
        self.denominator
    }

    /// The nearest float.
    pub(crate) fn nearest(self) -> f64 {
        // Both are at most 10^9.
        let [numerator, denominator] =
            [self.numerator, self.denominator].map(|part| f64::from(u32::try_from(part).unwrap_or(u32::MAX)));
        numerator / denominator
    }

    /// The place `p (n - 1)` among n values; nothing if there are none.
    pub(super) fn rank(self, count: usize) -> Option<Rank> {
        let steps = u128::try_from(count.checked_sub(1)?).ok()?;
        let product = steps * u128::from(self.numerator);
        let denominator = u128::from(self.denominator);
        Some(Rank {
            low: usize::try_from(product / denominator).ok()?,
            rest: u64::try_from(product % denominator).ok()?,
        })
    }

    /// The index of the first of n values that has at least this share behind it, itself included; nothing if there
    /// are no values.
    pub(super) fn first_at(self, count: usize) -> Option<usize> {
        let count = u128::try_from(count).ok().filter(|count| *count > 0)?;
        let needed = (count * u128::from(self.numerator)).div_ceil(u128::from(self.denominator));
        usize::try_from(needed.max(1) - 1).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Rank, Share};

    #[test]
    fn shares_are_read_exactly() {
        #[track_caller]
        fn check(text: &str, expected: Option<(u64, u64)>) {
            assert_eq!(Share::parse(text).map(|share| (share.numerator, share.denominator)), expected, "{text}");
        }
        check("0", Some((0, 1)));
        check("0.0", Some((0, 1)));
        check("1", Some((1, 1)));
        check("1.000000000000", Some((1, 1)));
        check("0.9", Some((9, 10)));
        check("00.90", Some((9, 10)));
        check("0.05", Some((5, 100)));
        check("0.999999999", Some((999_999_999, 1_000_000_000)));
        for text in ["", ".", ".5", "1.", "-0", "+1", "1.1", "2", "0.9999999999", "1e-1", "0,5", "1/2", "½", "NaN"] {
            check(text, None);
        }
        check(&"9".repeat(40), None);
    }

    #[test]
    fn the_nearest_float_is_that_of_the_text() {
        for text in ["0", "1", "0.1", "0.07", "0.999999999", "0.123456789"] {
            assert_eq!(Share::parse(text).unwrap().nearest().to_bits(), text.parse::<f64>().unwrap().to_bits());
        }
    }

    #[test]
    fn ranks_have_no_rounding_error() {
        #[track_caller]
        fn check(text: &str, count: usize, rank: Option<(usize, u64)>, first: Option<usize>) {
            let share = Share::parse(text).unwrap();
            assert_eq!(share.rank(count), rank.map(|(low, rest)| Rank { low, rest }), "{text} of {count}");
            assert_eq!(share.first_at(count), first, "{text} of {count}");
        }
        check("0.5", 0, None, None);
        check("0.5", 1, Some((0, 0)), Some(0));
        check("0.5", 4, Some((1, 5)), Some(1));
        check("0.5", 5, Some((2, 0)), Some(2));
        check("0", 9, Some((0, 0)), Some(0));
        check("1", 9, Some((8, 0)), Some(8));
        check("0.9", 10, Some((8, 1)), Some(8));
        // In floats, 0.07 times 100 is more than 7.
        check("0.07", 101, Some((7, 0)), Some(7));
        check("0.07", 100, Some((6, 93)), Some(6));
        check("0.000000001", 2, Some((0, 1)), Some(0));
        let low = 18_446_744_055_262_807_540;
        check("0.999999999", usize::MAX, Some((low, 290_448_386)), Some(low + 1));
    }
}
