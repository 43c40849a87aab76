//! Whole quotients and remainders: exact for integers and decimals, those of IEEE 754 for floats.

use arrow::array::ArrayRef;
use arrow::datatypes::i256;
use datafusion::common::Result;

use super::operand::{Exact, Numbers, gather_decimals};
use crate::functions::arithmetic::Integer;
use crate::functions::scalar::call::Call;
use crate::model::ColumnType;

/// The quotient, cut toward zero; NULL by zero.
pub(super) fn quotient(call: &Call<'_>) -> Result<ArrayRef> {
    let whole = |dividend, divisor| divided(dividend, divisor)?.quotient;
    divide(call, i64::checked_div, whole, |dividend, divisor| (dividend / divisor).trunc())
}

/// What remains then, which has the sign of the dividend.
pub(super) fn remainder(call: &Call<'_>) -> Result<ArrayRef> {
    divide(
        call,
        remaining,
        |dividend, divisor| Some(divided(dividend, divisor)?.remainder),
        |dividend, divisor| dividend % divisor,
    )
}

/// The remainder that has the sign of the divisor.
pub(super) fn positive_remainder(call: &Call<'_>) -> Result<ArrayRef> {
    let integers = |dividend, divisor: i64| {
        let rest = remaining(dividend, divisor)?;
        Some(if rest.signum() * divisor.signum() < 0 { rest + divisor } else { rest })
    };
    let decimals = |dividend: Exact, divisor: Exact| {
        let rest = divided(dividend, divisor)?.remainder;
        if rest == i256::ZERO || rest.is_negative() == divisor.unscaled.is_negative() {
            return Some(rest);
        }
        let zeros = u32::try_from(dividend.scale - divisor.scale).unwrap_or(0);
        rest.plus(divisor.unscaled.times(i256::power_of_ten(zeros)?)?)
    };
    divide(call, integers, decimals, |dividend, divisor| {
        let rest = dividend % divisor;
        if rest * divisor.signum() < 0.0 { rest + divisor } else { rest }
    })
}

/// Runs one of three operations on the two numbers of each row: in floats where one is a float.
fn divide(
    call: &Call<'_>,
    integers: impl Fn(i64, i64) -> Option<i64>,
    decimals: impl Fn(Exact, Exact) -> Option<i256>,
    floats: impl Fn(f64, f64) -> f64,
) -> Result<ArrayRef> {
    if call.result() == ColumnType::Integer {
        let (dividends, divisors) = (call.integers(0)?, call.integers(1)?);
        return Ok(call.gather_integers(|row| integers(dividends.get(row)?, divisors.get(row)?)));
    }
    let (dividends, divisors) = (Numbers::of(call, 0)?, Numbers::of(call, 1)?);
    if call.result() == ColumnType::Float {
        return Ok(call.gather_floats(|row| Some(floats(dividends.float(row)?, divisors.float(row)?))));
    }
    gather_decimals(call, |row| decimals(dividends.exact(row)?, divisors.exact(row)?))
}

/// The quotient of the least integer and -1 is too large, but what remains is 0.
fn remaining(dividend: i64, divisor: i64) -> Option<i64> {
    (divisor != 0).then(|| dividend.wrapping_rem(divisor))
}

#[derive(Debug, PartialEq, Eq)]
struct Divided {
    /// Cut toward zero; none if it has more than 76 digits.
    quotient: Option<i256>,
    /// With the larger scale of both, and the sign of the dividend.
    remainder: i256,
}

/// Divides decimals; nothing by zero.
fn divided(dividend: Exact, divisor: Exact) -> Option<Divided> {
    let size = divisor.unscaled.wrapping_abs();
    if size == i256::ZERO {
        return None;
    }
    // Both as integers of one scale.
    let zeros = divisor.scale - dividend.scale;
    let unit = i256::power_of_ten(zeros.unsigned_abs());
    let (quotient, remainder) = if zeros >= 0 {
        match unit.and_then(|unit| dividend.unscaled.times(unit)) {
            Some(dividend) => {
                let (quotient, remainder) = dividend.divided(size);
                (Some(quotient), remainder)
            }
            None => long_division(dividend.unscaled, size, zeros.unsigned_abs()),
        }
    } else {
        match unit.and_then(|unit| size.times(unit)) {
            Some(size) => {
                let (quotient, remainder) = dividend.unscaled.divided(size);
                (Some(quotient), remainder)
            }
            // The divisor is larger than any dividend.
            None => (Some(i256::ZERO), dividend.unscaled),
        }
    };
    let quotient = if divisor.unscaled.is_negative() { quotient.map(i256::wrapping_neg) } else { quotient };
    Some(Divided { quotient, remainder })
}

/// The quotient, if there is room for it, and the remainder of `dividend` * 10^`zeros` by a divisor above 0, digit by
/// digit. Both have at most 76 digits, so twice as much has room.
#[cold]
fn long_division(dividend: i256, divisor: i256, zeros: u32) -> (Option<i256>, i256) {
    let (quotient, mut rest) = dividend.wrapping_abs().divided(divisor);
    let mut quotient = Some(quotient);
    for _ in 0..zeros {
        let (mut digit, mut next) = (0, i256::ZERO);
        for _ in 0..10 {
            next = next.wrapping_add(rest);
            if next >= divisor {
                next = next.wrapping_sub(divisor);
                digit += 1;
            }
        }
        rest = next;
        quotient = quotient.and_then(|quotient| quotient.times(i256::from_i128(10))?.plus(i256::from_i128(digit)));
    }
    if dividend.is_negative() { (quotient.map(i256::wrapping_neg), rest.wrapping_neg()) } else { (quotient, rest) }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::i256;
    use proptest::prelude::*;

    use super::{Divided, Exact, divided, long_division};

    fn exact(digits: &str, scale: i32) -> Exact {
        Exact { unscaled: i256::from_string(digits).unwrap(), scale }
    }

    #[test]
    fn what_has_no_room_on_the_way_is_divided_digit_by_digit() {
        #[track_caller]
        fn check(dividend: Exact, divisor: Exact, quotient: Option<&str>, remainder: &str) {
            let quotient = quotient.map(|digits| i256::from_string(digits).unwrap());
            let remainder = i256::from_string(remainder).unwrap();
            assert_eq!(divided(dividend, divisor), Some(Divided { quotient, remainder }));
        }
        let (nines, sevens) = ("9".repeat(76), format!("7{}", "0".repeat(75)));
        check(exact(&nines, 0), exact(&nines, 0), Some("1"), "0");
        check(exact(&nines, 0), exact(&format!("-{nines}"), 76), Some(&format!("-1{}", "0".repeat(76))), "0");
        check(exact(&nines, 0), exact("7", 76), None, "5");
        check(exact(&format!("-{sevens}"), 0), exact(&sevens, 40), Some(&format!("-1{}", "0".repeat(40))), "0");
        check(exact("-5", 76), exact(&nines, 0), Some("0"), "-5");
        check(exact("750", 2), exact("-5", 1), Some("-15"), "0");
        check(exact("-75", 1), exact("2", -1), Some("0"), "-75");
    }

    proptest! {
        #[test]
        fn digit_by_digit_is_the_same(dividend: i64, divisor in 1..=i64::MAX, zeros in 0_u32..18) {
            let raised = i128::from(dividend) * 10_i128.pow(zeros);
            let (quotient, rest) = (raised / i128::from(divisor), raised % i128::from(divisor));
            let found = long_division(dividend.into(), divisor.into(), zeros);
            prop_assert_eq!(found, (Some(quotient.into()), rest.into()));
        }
    }
}
