//! Lengths of time on the command line: `90s`, `15m`, `6h`, `7d`.

use std::time::Duration;

/// Reads a whole number with a unit: `s`, `m`, `h`, `d` or `w`.
pub(crate) fn length(text: &str) -> Result<Duration, String> {
    const FORM: &str = "write a whole number with a unit: 90s, 15m, 6h, 7d, 2w";
    let unit = text.chars().next_back().ok_or(FORM)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        _ => return Err(FORM.to_owned()),
    };
    let number: u64 = text.strip_suffix(unit).and_then(|number| number.parse().ok()).ok_or(FORM)?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| "so long a time cannot be counted".to_owned())
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn lengths_are_read() {
        for (text, seconds) in
            [("0s", 0), ("90s", 90), ("15m", 900), ("6h", 21_600), ("7d", 604_800), ("2w", 1_209_600)]
        {
            assert_eq!(length(text).map(|length| length.as_secs()), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "5", "m", "-1s", "1.5h", "5 m", "5y", "99999999999999999999s", "9999999999999999999w", "5é"] {
            assert!(length(text).is_err(), "{text}");
        }
    }
}
