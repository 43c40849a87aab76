//! The number of the bucket that a number falls into, exactly.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::operand::{Exact, Numbers};
use crate::functions::arithmetic::{Integer, Longest};
use crate::functions::scalar::call::Call;

pub(super) fn width_bucket(call: &Call<'_>) -> Result<ArrayRef> {
    let [numbers, lows, highs] = [Numbers::of(call, 0)?, Numbers::of(call, 1)?, Numbers::of(call, 2)?];
    let counts = call.integers(3)?;
    Ok(call.gather_integers(|row| {
        let count = counts.get(row).filter(|count| *count > 0)?;
        let ends = [numbers.exact(row)?, lows.exact(row)?, highs.exact(row)?];
        quick(ends, count).unwrap_or_else(|| slow(ends, count))
    }))
}

/// The bucket, if 128 bits are enough to compute it; it may be that there is none.
fn quick(ends: [Exact; 3], count: i64) -> Option<Option<i64>> {
    let scale = ends.iter().map(|end| end.scale).max()?;
    let aligned = |end: Exact| {
        let unit = i128::power_of_ten(u32::try_from(scale - end.scale).ok()?)?;
        end.unscaled.to_i128()?.checked_mul(unit)
    };
    let [number, low, high] = ends;
    let [number, low, high] = [aligned(number)?, aligned(low)?, aligned(high)?];
    let (mut part, mut whole) = (number.checked_sub(low)?, high.checked_sub(low)?);
    if whole == 0 {
        return Some(None);
    }
    if whole < 0 {
        (part, whole) = (part.checked_neg()?, whole.checked_neg()?);
    }
    Some(if part < 0 {
        Some(0)
    } else if part >= whole {
        count.checked_add(1)
    } else {
        i64::try_from(part.checked_mul(i128::from(count))? / whole + 1).ok()
    })
}

/// The bucket, found by halving, where the numbers have many digits.
#[cold]
fn slow(ends: [Exact; 3], count: i64) -> Option<i64> {
    let scale = ends.iter().map(|end| end.scale).max()?;
    let aligned = |end: Exact| Longest::new(end.unscaled).rescaled(scale - end.scale);
    let [number, low, high] = ends;
    let [number, low, high] = [aligned(number)?, aligned(low)?, aligned(high)?];
    let (mut part, mut whole) = (number.plus(low.negated())?, high.plus(low.negated())?);
    match whole.sign() {
        Ordering::Equal => return None,
        Ordering::Less => (part, whole) = (part.negated(), whole.negated()),
        Ordering::Greater => {}
    }
    if part.sign().is_lt() {
        return Some(0);
    }
    if part.plus(whole.negated())?.sign().is_ge() {
        return count.checked_add(1);
    }
    let all = part.times(Longest::new(count.into()))?;
    // So many buckets are surely passed, and so many are not.
    let (mut passed, mut not_passed) = (0, count);
    while not_passed - passed > 1 {
        let middle = passed + (not_passed - passed) / 2;
        let end = whole.times(Longest::new(middle.into()))?;
        if all.plus(end.negated())?.sign().is_ge() {
            passed = middle;
        } else {
            not_passed = middle;
        }
    }
    passed.checked_add(1)
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::i256;
    use proptest::prelude::*;

    use super::{Exact, quick, slow};

    fn float(value: f64) -> Exact {
        Exact::shortest(value).unwrap()
    }

    #[test]
    fn buckets_far_apart_are_exact() {
        #[track_caller]
        fn check(ends: [f64; 3], count: i64, expected: Option<i64>) {
            let ends = ends.map(float);
            assert_eq!(slow(ends, count), expected);
            if let Some(found) = quick(ends, count) {
                assert_eq!(found, expected);
            }
        }
        check([0.29, 0.0, 1.0], 100, Some(30));
        check([0.29, 1.0, 0.0], 100, Some(72));
        check([1e308, 0.0, f64::MAX], i64::MAX, Some(5_130_671_001_622_970_904));
        check([5e-324, 0.0, f64::MAX], 7, Some(1));
        check([f64::MAX, 5e-324, f64::MAX], i64::MAX, None);
        check([-1.0, f64::MIN, f64::MAX], 2, Some(1));
        check([0.0, f64::MIN, f64::MAX], 2, Some(2));
        check([5e-324, 1e-323, 1e-323], 2, None);
        let widest = [1, 0, 2].map(|digits| Exact { unscaled: i256::from_i128(digits), scale: 76 });
        assert_eq!(slow(widest, 4), Some(3));
    }

    proptest! {
        #[test]
        fn the_quick_way_is_the_slow_one(
            digits: [i64; 3],
            scales in prop::array::uniform3(-3_i32..4),
            shift in 0_u32..60,
            count in 1..=i64::MAX,
        ) {
            let [n, l, h] = digits.map(|digits| i256::from(digits >> shift));
            let [ns, ls, hs] = scales;
            let ends = [(n, ns), (l, ls), (h, hs)].map(|(unscaled, scale)| Exact { unscaled, scale });
            for count in [count, count % 20 + 1] {
                if let Some(found) = quick(ends, count) {
                    prop_assert_eq!(found, slow(ends, count));
                }
            }
        }
    }
}
