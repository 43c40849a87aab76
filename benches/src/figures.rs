//! Figures as they are printed, and the middle one of several.

use std::time::Duration;

/// The middle one; of an even number the greater of the two in the middle.
///
/// # Panics
///
/// If there is none.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// In milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// With a comma between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// In megabytes (of a million bytes) without decimals.
pub fn megabytes(bytes: u64) -> String {
    grouped((bytes + 500_000) / 1_000_000)
}
