//! Dates and times as text and back: `2024-03-01`, `2024-03-01T10:30:00.25`, an instant with `Z` behind it. Formulas
//! know the years 1 to 9999; others have no text.

use crate::time::{Civil, DAY, SECOND, day_number};

/// 0001-01-01.
const FIRST_DAY: i64 = -719_162;
/// 9999-12-31.
const LAST_DAY: i64 = 2_932_896;

/// The day, if it lies in the years 1 to 9999.
pub(crate) fn known_day(day: i64) -> Option<i64> {
    (FIRST_DAY..=LAST_DAY).contains(&day).then_some(day)
}

/// The time in microseconds, if it lies in the years 1 to 9999.
pub(crate) fn known_time(micros: i64) -> Option<i64> {
    (FIRST_DAY * DAY..(LAST_DAY + 1) * DAY).contains(&micros).then_some(micros)
}

/// The day of a date, if it is one of the years 1 to 9999.
pub(crate) fn day_of_date(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let number = day_number(year, month, day);
    // A day behind the last of its month is one of the next.
    (Civil::from_day(number).day == day).then_some(number)
}

/// The microseconds of a time of day, if there is one such.
pub(crate) fn time_of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let exists = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    exists.then(|| ((hour * 60 + minute) * 60 + second) * SECOND)
}

/// Appends a number that is not below 0, with zeros in front up to `width` digits; the width is at least 1.
pub(crate) fn push_padded(out: &mut Vec<u8>, value: i64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = value.unsigned_abs();
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        if rest == 0 && used >= width {
            break;
        }
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        used += 1;
    }
    out.extend(digits.iter().skip(digits.len() - used));
}

/// Appends a day of the years 1 to 9999.
pub(crate) fn push_day(out: &mut Vec<u8>, day: i64) {
    let date = Civil::from_day(day);
    push_padded(out, date.year, 4);
    out.push(b'-');
    push_padded(out, date.month, 2);
    out.push(b'-');
    push_padded(out, date.day, 2);
}

/// Appends a time of the years 1 to 9999, in microseconds.
pub(crate) fn push_time(out: &mut Vec<u8>, micros: i64) {
    push_day(out, micros.div_euclid(DAY));
    out.push(b'T');
    push_clock(out, micros.rem_euclid(DAY));
}

/// Appends a time of day: hours, minutes, seconds, and the fraction where there is one.
pub(crate) fn push_clock(out: &mut Vec<u8>, micros_of_day: i64) {
    let seconds = micros_of_day / SECOND;
    push_padded(out, seconds / 3_600, 2);
    out.push(b':');
    push_padded(out, seconds / 60 % 60, 2);
    out.push(b':');
    push_padded(out, seconds % 60, 2);
    let fraction = micros_of_day % SECOND;
    if fraction > 0 {
        out.push(b'.');
        push_padded(out, fraction, 6);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

/// The day that a text such as `2024-03-01` names.
pub(crate) fn read_day(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    day_of_date(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)
}

/// The wall clock time that a text such as `2024-03-01T10:30` names, in microseconds.
pub(super) fn read_local(text: &[u8]) -> Option<i64> {
    let (local, rest) = leading_local(text)?;
    rest.is_empty().then_some(local)
}

/// The instant that a text such as `2024-03-01T10:30+01:00` names, in microseconds.
pub(super) fn read_instant(text: &[u8]) -> Option<i64> {
    let (local, rest) = leading_local(text)?;
    let ahead = match rest {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let ahead = time_of_day(number(&[*h1, *h2])?, number(&[*m1, *m2])?, 0)?;
            if *sign == b'-' { -ahead } else { ahead }
        }
        _ => return None,
    };
    known_time(local - ahead)
}

/// A wall clock time at the start of a text, and what follows it.
fn leading_local(text: &[u8]) -> Option<(i64, &[u8])> {
    let (date, rest) = text.split_at_checked(10)?;
    let [b'T' | b' ', h1, h2, b':', m1, m2, rest @ ..] = rest else { return None };
    let (second, micros, rest) = match rest {
        [b':', s1, s2, b'.', rest @ ..] => {
            let (micros, rest) = leading_fraction(rest)?;
            (number(&[*s1, *s2])?, micros, rest)
        }
        [b':', s1, s2, rest @ ..] => (number(&[*s1, *s2])?, 0, rest),
        rest => (0, 0, rest),
    };
    let time = time_of_day(number(&[*h1, *h2])?, number(&[*m1, *m2])?, second)?;
    Some((read_day(date)? * DAY + time + micros, rest))
}

/// One to nine digits of a second, cut to microseconds, and what follows them.
fn leading_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count());
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
    Some((padded.fold(0, |micros, digit| micros * 10 + i64::from(digit.wrapping_sub(b'0'))), rest))
}

/// The number that a few digits are.
fn number(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, NaiveDateTime};
    use proptest::prelude::*;

    use super::{day_of_date, known_time, push_clock, push_day, push_padded, push_time};
    use super::{read_day, read_instant, read_local};
    use crate::time::DAY;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_padded() {
        let check =
            |value, width, expected: &str| assert_eq!(text(|out| push_padded(out, value, width)), expected, "{value}");
        check(0, 1, "0");
        check(0, 2, "00");
        check(7, 4, "0007");
        check(12_345, 2, "12345");
        check(i64::MAX, 1, "9223372036854775807");
    }

    #[test]
    fn fractions_lose_their_last_zeros() {
        let check = |micros, expected: &str| assert_eq!(text(|out| push_clock(out, micros)), expected);
        check(0, "00:00:00");
        check(DAY - 1, "23:59:59.999999");
        check(3_600_250_000, "01:00:00.25");
        check(10, "00:00:00.00001");
    }

    #[test]
    fn what_is_not_in_the_form_is_not_read() {
        let local = |text: &str| read_local(text.as_bytes());
        let instant = |text: &str| read_instant(text.as_bytes());
        assert_eq!(local("1970-01-01 00:00:01.123456789"), Some(1_123_456));
        assert_eq!(instant("1970-01-01T00:00-00:30"), Some(1_800_000_000));
        for other in [
            "1970-01-01",
            "1970-01-01T",
            "1970-01-01T1:00",
            "1970-01-01T00:00:00.",
            "1970-01-01T00:00:00.1234567890",
            "1970-01-01T00:00.5",
            "1970-01-01T24:00",
            "1970-01-01T00:60",
            "1970-01-01T00:00:60",
            "1970-01-01t00:00",
            "1970-02-30T00:00",
            "1970-01-01T00:00:5",
            " 1970-01-01T00:00",
        ] {
            assert_eq!(local(other), None, "{other}");
            assert_eq!(instant(&format!("{other}Z")), None, "{other}");
        }
        assert_eq!(local("1970-01-01T00:00Z"), None);
        for other in ["", "z", "+1", "+01", "+0100", "+24:00", "+22:60", " +01:00", "ZZ"] {
            assert_eq!(instant(&format!("1970-01-01T00:00{other}")), None, "{other}");
        }
        assert_eq!(instant("9999-12-31T23:30-01:00"), None);
        assert_eq!(instant("0001-01-01T00:30+01:00"), None);
    }

    proptest! {
        #[test]
        fn dates_are_those_of_chrono(year in -1_i64..10_001, month in -1_i64..15, day in -1_i64..34) {
            let expected = NaiveDate::from_ymd_opt(
                i32::try_from(year).unwrap(),
                u32::try_from(month).unwrap_or(0),
                u32::try_from(day).unwrap_or(0),
            );
            let expected = expected.filter(|_| (1..=9999).contains(&year));
            let days = expected.map(|date| i64::from(date.to_epoch_days()));
            prop_assert_eq!(day_of_date(year, month, day), days);
            prop_assert_eq!(read_day(format!("{year:04}-{month:02}-{day:02}").as_bytes()), days);
            if let (Some(date), Some(day)) = (expected, days) {
                prop_assert_eq!(text(|out| push_day(out, day)), date.to_string());
            }
        }

        #[test]
        fn times_read_back(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let written = text(|out| push_time(out, micros));
            prop_assert_eq!(read_local(written.as_bytes()), known_time(micros));
            let chrono = written.parse::<NaiveDateTime>().unwrap();
            prop_assert_eq!(chrono.and_utc().timestamp_micros(), micros);
            let instant = DateTime::from_timestamp_micros(micros).unwrap().to_rfc3339();
            prop_assert_eq!(read_instant(instant.as_bytes()), Some(micros));
        }

        #[test]
        fn any_text_is_read_or_not(text in "[0-9TZ:+. -]{0,30}") {
            if let Some(instant) = read_instant(text.as_bytes()) {
                prop_assert!(known_time(instant).is_some());
            }
        }
    }
}
