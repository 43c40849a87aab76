//! Divisors and bits of integers.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use crate::functions::scalar::call::Call;

pub(super) fn binary(call: &Call<'_>, compute: impl Fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    let (left, right) = (call.integers(0)?, call.integers(1)?);
    Ok(call.gather_integers(|row| compute(left.get(row)?, right.get(row)?)))
}

/// Whether the lowest bit is set, or that it is not.
pub(super) fn parity(call: &Call<'_>, odd: bool) -> Result<ArrayRef> {
    let numbers = call.integers(0)?;
    Ok(call.gather_booleans(|row| numbers.get(row).map(|number| (number & 1 == 1) == odd)))
}

/// The greatest integer that divides both.
pub(super) fn greatest_divisor(left: i64, right: i64) -> Option<i64> {
    divisor(left.unsigned_abs(), right.unsigned_abs()).try_into().ok()
}

/// The least integer that both divide.
pub(super) fn least_multiple(left: i64, right: i64) -> Option<i64> {
    let (left, right) = (left.unsigned_abs(), right.unsigned_abs());
    let shared = divisor(left, right).max(1);
    (left / shared).checked_mul(right)?.try_into().ok()
}

/// Takes out factors of two and differences, so that nothing is divided.
fn divisor(left: u64, right: u64) -> u64 {
    if left == 0 || right == 0 {
        return left | right;
    }
    let shared = (left | right).trailing_zeros();
    let (mut low, mut high) = (left >> left.trailing_zeros(), right >> right.trailing_zeros());
    while low != high {
        if low > high {
            std::mem::swap(&mut low, &mut high);
        }
        high -= low;
        high >>= high.trailing_zeros();
    }
    low << shared
}
