//! Integers in digits of a base.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::written as gathered;
use crate::functions::scalar::call::Call;

/// The integers in digits of a base from 2 to 36.
pub(super) fn written(call: &Call<'_>, base: i64) -> Result<ArrayRef> {
    let values = call.integers(0)?;
    gathered(call.rows(), |row, out| push(out, values.get(row)?, base.unsigned_abs()))
}

/// The integers of digits of a base from 2 to 36; with `0x` before them or not, if that may be.
pub(super) fn read(call: &Call<'_>, base: i64, prefixed: bool) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    Ok(call.gather_integers(|row| integer(texts.get(row)?.as_bytes(), base, prefixed)))
}

fn push(out: &mut Vec<u8>, value: i64, base: u64) -> Option<()> {
    let start = usize::from(value < 0);
    if value < 0 {
        out.push(b'-');
    }
    let mut rest = value.unsigned_abs();
    loop {
        let digit = u8::try_from(rest.checked_rem(base)?).ok()?;
        out.push(if digit < 10 { b'0' + digit } else { b'a' + (digit - 10) });
        rest = rest.checked_div(base)?;
        if rest == 0 {
            break;
        }
    }
    out.get_mut(start..)?.reverse();
    Some(())
}

fn integer(text: &[u8], base: i64, prefixed: bool) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let digits = match digits {
        [b'0', b'x' | b'X', digits @ ..] if prefixed => digits,
        digits => digits,
    };
    if digits.is_empty() {
        return None;
    }
    // Below zero there is one integer more.
    digits.iter().try_fold(0_i64, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'z' => digit - b'a' + 10,
            b'A'..=b'Z' => digit - b'A' + 10,
            _ => return None,
        };
        let digit = i64::from(digit);
        let value = value.checked_mul(base).filter(|_| digit < base)?;
        if negative { value.checked_sub(digit) } else { value.checked_add(digit) }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{integer, push};

    #[test]
    fn digits_are_those_of_the_base() {
        let check = |text: &str, base, prefixed, expected| {
            assert_eq!(integer(text.as_bytes(), base, prefixed), expected, "{text}");
        };
        check("ff", 16, true, Some(255));
        check("-0xFf", 16, true, Some(-255));
        check("0x1", 16, false, None);
        check("0x1", 36, false, Some(33 * 36 + 1));
        check("+101", 2, false, Some(5));
        check("102", 2, false, None);
        check("-8000000000000000", 16, true, Some(i64::MIN));
        check("8000000000000000", 16, true, None);
        for other in ["", "-", "+", "0x", "--1", "-+1", "0x-1", "0x0x1", " 1", "1 ", "é"] {
            check(other, 16, true, None);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value: i64, base in 2_i64..=36) {
            let mut out = Vec::new();
            prop_assert!(push(&mut out, value, base.unsigned_abs()).is_some());
            prop_assert_eq!(integer(&out, base, false), Some(value));
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(i64::from_str_radix(&text, base.try_into().unwrap()), Ok(value));
        }
    }
}
