//! Numbers in the text of a formula.

use crate::tree::Literal;

/// The most digits of a decimal constant.
const MAX_DIGITS: usize = 38;

/// The constant of a number token and the sign before it. With an exponent it is a float; without, it is exact: an
/// integer if it has no fraction and 64 bits hold it, else a decimal. The text says why there is none.
pub(crate) fn literal(text: &str, negative: bool) -> Result<Literal, &'static str> {
    let sign = if negative { "-" } else { "" };
    if text.contains(['e', 'E']) {
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        let value = value.ok_or("the number is too large for a float")?;
        // A zero has no sign.
        return Ok(Literal::Float(if negative { 0.0 - value } else { value }));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.is_empty()
        && let Ok(value) = format!("{sign}{whole}").parse()
    {
        return Ok(Literal::Integer(value));
    }
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.len().max(fraction.len()) > MAX_DIGITS {
        return Err("a number without an exponent has at most 38 digits");
    }
    let digits = if digits.is_empty() { "0" } else { digits };
    let unscaled = format!("{sign}{digits}").parse::<i128>().ok();
    match (unscaled, u8::try_from(fraction.len())) {
        (Some(unscaled), Ok(scale)) => Ok(Literal::Decimal { unscaled, scale }),
        _ => Err("this is not a number"),
    }
}

#[cfg(test)]
mod tests {
    use super::literal;
    use crate::tree::Literal;

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "what is expected is written in place")]
    fn check(text: &str, negative: bool, expected: Result<Literal, &str>) {
        assert_eq!(literal(text, negative), expected, "{text}");
    }

    #[test]
    fn the_writing_decides_the_type() {
        check("0", true, Ok(Literal::Integer(0)));
        check("007", false, Ok(Literal::Integer(7)));
        check("9223372036854775807", false, Ok(Literal::Integer(i64::MAX)));
        check("9223372036854775808", true, Ok(Literal::Integer(i64::MIN)));
        check("9223372036854775808", false, Ok(Literal::Decimal { unscaled: 1 << 63, scale: 0 }));
        check("1.50", false, Ok(Literal::Decimal { unscaled: 150, scale: 2 }));
        check("0.05", true, Ok(Literal::Decimal { unscaled: -5, scale: 2 }));
        check("0.0", true, Ok(Literal::Decimal { unscaled: 0, scale: 1 }));
        check("1e3", false, Ok(Literal::Float(1000.0)));
        check("1.5E-1", true, Ok(Literal::Float(-0.15)));
    }

    #[test]
    fn a_float_of_zero_has_no_sign() {
        let Ok(Literal::Float(zero)) = literal("0e0", true) else { panic!("no float") };
        assert_eq!(zero.to_bits(), 0);
    }

    #[test]
    fn what_would_lose_digits_is_refused() {
        let nines = "9".repeat(38);
        check(&nines, true, Ok(Literal::Decimal { unscaled: 1 - 10_i128.pow(38), scale: 0 }));
        check(&format!("000{nines}"), false, Ok(Literal::Decimal { unscaled: 10_i128.pow(38) - 1, scale: 0 }));
        check(&format!("0.{nines}"), false, Ok(Literal::Decimal { unscaled: 10_i128.pow(38) - 1, scale: 38 }));
        let many = Err("a number without an exponent has at most 38 digits");
        check(&format!("{nines}9"), false, many.clone());
        check(&format!("0.{}1", "0".repeat(38)), false, many.clone());
        check(&"1".repeat(60_000), false, many);
        check("1e309", false, Err("the number is too large for a float"));
    }
}
