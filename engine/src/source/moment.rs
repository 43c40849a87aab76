//! Dates and instants written as text.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::zone::LocalZone;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// How the dates of a column of text are written.
///
/// ```
/// use drillcore::{CsvSource, DateFormat};
///
/// // Every date of this file could be read both ways, so the file cannot tell.
/// let source = CsvSource::new("visits.csv").date_format("seen", DateFormat::DayFirstSlash);
/// # let _ = source;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DateFormat {
    /// `YYYY-MM-DD`, as in ISO 8601.
    #[serde(rename = "YYYY-MM-DD")]
    Iso,
    /// `YYYY/MM/DD`; day and month may have one digit.
    #[serde(rename = "YYYY/MM/DD")]
    YearFirstSlash,
    /// `DD.MM.YYYY`; day and month may have one digit.
    #[serde(rename = "DD.MM.YYYY")]
    DayFirstDot,
    /// `DD/MM/YYYY`; day and month may have one digit.
    #[serde(rename = "DD/MM/YYYY")]
    DayFirstSlash,
    /// `MM/DD/YYYY`; day and month may have one digit.
    #[serde(rename = "MM/DD/YYYY")]
    MonthFirstSlash,
}

impl DateFormat {
    /// Every format.
    pub const ALL: [Self; 5] =
        [Self::Iso, Self::YearFirstSlash, Self::DayFirstDot, Self::DayFirstSlash, Self::MonthFirstSlash];

    /// The format as it is written, for example `DD/MM/YYYY`.
    #[must_use]
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Iso => "YYYY-MM-DD",
            Self::YearFirstSlash => "YYYY/MM/DD",
            Self::DayFirstDot => "DD.MM.YYYY",
            Self::DayFirstSlash => "DD/MM/YYYY",
            Self::MonthFirstSlash => "MM/DD/YYYY",
        }
    }

    /// The days since 1970-01-01 of the date that the text is, if it is one of the calendar.
    pub(super) fn parse(self, text: &[u8]) -> Option<i32> {
        match self {
            Self::Iso => match text {
                [year @ .., b'-', m1, m2, b'-', d1, d2] => days(year, &[*m1, *m2], &[*d1, *d2]),
                _ => None,
            },
            Self::YearFirstSlash => parts(text, b'/').and_then(|(year, month, day)| days(year, month, day)),
            Self::DayFirstDot => parts(text, b'.').and_then(|(day, month, year)| days(year, month, day)),
            Self::DayFirstSlash => parts(text, b'/').and_then(|(day, month, year)| days(year, month, day)),
            Self::MonthFirstSlash => parts(text, b'/').and_then(|(month, day, year)| days(year, month, day)),
        }
    }

    /// As [`DateFormat::parse`], but an ISO date may also have a time, if it is midnight.
    pub(super) fn parse_lenient(self, text: &[u8]) -> Option<i32> {
        self.parse(text).or_else(|| {
            let written = (self == Self::Iso).then(|| parse_datetime(text)).flatten()?;
            let midnight = written.wall.rem_euclid(MICROS_PER_DAY) == 0 && matches!(written.offset, None | Some(0));
            midnight.then(|| i32::try_from(written.wall.div_euclid(MICROS_PER_DAY)).ok()).flatten()
        })
    }
}

fn parts(text: &[u8], separator: u8) -> Option<(&[u8], &[u8], &[u8])> {
    let mut parts = text.split(|byte| *byte == separator);
    let three = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(three)
}

fn days(year: &[u8], month: &[u8], day: &[u8]) -> Option<i32> {
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    let year = i32::try_from(digits(year)?).ok()?;
    Some(NaiveDate::from_ymd_opt(year, digits(month)?, digits(day)?)?.to_epoch_days())
}

/// The number that a few digits are.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// Two digits, as a number up to a greatest one.
fn two(tens: u8, ones: u8, most: u32) -> Option<i64> {
    digits(&[tens, ones]).filter(|number| *number <= most).map(i64::from)
}

/// A date and time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// Microseconds of the wall clock since 1970-01-01T00:00.
    pub(super) wall: i64,
    /// Seconds that the wall clock is ahead of UTC, where the text says so.
    pub(super) offset: Option<i64>,
}

impl Written {
    /// The instant, in microseconds; a wall clock without an offset is read in the zone.
    pub(super) fn instant(self, zone: &mut LocalZone) -> Option<i64> {
        match self.offset {
            Some(offset) => self.wall.checked_sub(offset.checked_mul(MICROS_PER_SECOND)?),
            None => zone.instant(self.wall),
        }
    }

    /// The wall clock, in microseconds: as written, or for an instant what clocks show in the zone.
    pub(super) fn local(self, zone: &mut LocalZone) -> Option<i64> {
        match self.offset {
            Some(_) => {
                let instant = self.instant(zone)?;
                zone.wall(instant)
            }
            None => Some(self.wall),
        }
    }
}

/// Reads ISO 8601: a date, then perhaps `T` or a blank and a time; seconds, fraction, and `Z` or an offset may be
/// missing. Fractions are cut to microseconds.
pub(super) fn parse_datetime(text: &[u8]) -> Option<Written> {
    let (date, rest) = text.split_at_checked(10)?;
    let midnight = i64::from(DateFormat::Iso.parse(date)?) * MICROS_PER_DAY;
    let time = match rest {
        [] => return Some(Written { wall: midnight, offset: None }),
        [b'T' | b't' | b' ', time @ ..] => time,
        _ => return None,
    };
    let [h1, h2, b':', m1, m2, rest @ ..] = time else { return None };
    let minutes = two(*h1, *h2, 23)? * 60 + two(*m1, *m2, 59)?;
    let (seconds, micros, rest) = match rest {
        [b':', s1, s2, b'.' | b',', tail @ ..] => {
            let (micros, rest) = fraction(tail)?;
            (two(*s1, *s2, 59)?, micros, rest)
        }
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2, 59)?, 0, rest),
        _ => (0, 0, rest),
    };
    let wall = midnight + (minutes * 60 + seconds) * MICROS_PER_SECOND + micros;
    Some(Written { wall, offset: offset(rest)? })
}

/// Digits behind the point, as microseconds, and what follows them.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count());
    if digits.is_empty() {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(6);
    Some((padded.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0')), rest))
}

/// The seconds of an offset such as `Z`, `+02:00`, `+0200` or `+02`, with a blank before it or not. Nothing is no
/// offset.
fn offset(text: &[u8]) -> Option<Option<i64>> {
    let (sign, hours, minutes) = match text.strip_prefix(b" ").unwrap_or(text) {
        [] => return text.is_empty().then_some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [sign, h1, h2] => (*sign, two(*h1, *h2, 23)?, 0),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (*sign, two(*h1, *h2, 23)?, two(*m1, *m2, 59)?),
        _ => return None,
    };
    let seconds = (hours * 60 + minutes) * 60;
    match sign {
        b'+' => Some(Some(seconds)),
        b'-' => Some(Some(-seconds)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DateFormat, Written, parse_datetime};

    fn date(format: DateFormat, text: &str) -> Option<i32> {
        format.parse(text.as_bytes())
    }

    #[test]
    fn dates_of_the_calendar_in_every_format() {
        use DateFormat::{DayFirstDot, DayFirstSlash, Iso, MonthFirstSlash, YearFirstSlash};
        assert_eq!(date(Iso, "1970-01-01"), Some(0));
        assert_eq!(date(Iso, "2013-01-31"), Some(15_736));
        assert_eq!(date(YearFirstSlash, "2013/01/31"), Some(15_736));
        assert_eq!(date(YearFirstSlash, "2013/1/31"), Some(15_736));
        assert_eq!(date(DayFirstDot, "31.01.2013"), Some(15_736));
        assert_eq!(date(DayFirstSlash, "31/1/2013"), Some(15_736));
        assert_eq!(date(MonthFirstSlash, "1/31/2013"), Some(15_736));
        assert_eq!(date(MonthFirstSlash, "31/1/2013"), None);
        for wrong in ["2013-02-29", "2013-1-31", "13-01-31", "2013-01-31 ", "2013-01-3x", "-2013-01-31", ""] {
            assert_eq!(date(Iso, wrong), None, "{wrong}");
        }
        for wrong in ["31/01/13", "31/01", "31/01/2013/1", "/01/2013", "031/1/2013", "31.01.2013"] {
            assert_eq!(date(DayFirstSlash, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_declared_date_takes_midnight_and_no_other_time() {
        let lenient = |text: &str| DateFormat::Iso.parse_lenient(text.as_bytes());
        assert_eq!(lenient("1970-01-02 00:00:00"), Some(1));
        assert_eq!(lenient("1970-01-02T00:00Z"), Some(1));
        assert_eq!(lenient("1970-01-02T00:00:01"), None);
        assert_eq!(lenient("1970-01-02T00:00+02:00"), None);
        assert_eq!(DateFormat::DayFirstSlash.parse_lenient(b"1970-01-02 00:00:00"), None);
    }

    #[test]
    fn iso_8601_with_and_without_seconds_fraction_and_offset() {
        let check = |text: &str, micros: i64, offset| {
            let wanted = Written { wall: 15_706 * 86_400_000_000 + micros, offset };
            assert_eq!(parse_datetime(text.as_bytes()), Some(wanted), "{text}");
        };
        check("2013-01-01", 0, None);
        check("2013-01-01T05:00", 18_000_000_000, None);
        check("2013-01-01 05:00:07", 18_007_000_000, None);
        check("2013-01-01t05:00:07z", 18_007_000_000, Some(0));
        check("2013-01-01T05:00:07.5", 18_007_500_000, None);
        check("2013-01-01T05:00:07,123456789", 18_007_123_456, None);
        check("2013-01-01T05:00+02:00", 18_000_000_000, Some(7200));
        check("2013-01-01T05:00:00.25-0530", 18_000_250_000, Some(-19_800));
        check("2013-01-01 05:00:00 +00", 18_000_000_000, Some(0));
        for wrong in [
            "2013-01-01T",
            "2013-01-01T5:00",
            "2013-01-01T24:00",
            "2013-01-01T05:60",
            "2013-01-01T05:00:60",
            "2013-01-01T05:00.5",
            "2013-01-01T05:00:00.",
            "2013-01-01T05:00:00 ",
            "2013-01-01T05:00:00 UTC",
            "2013-01-01T05:00:00*02",
            "2013-02-30T05:00",
            "2013-01-01X05:00",
            "05:00",
            "",
        ] {
            assert_eq!(parse_datetime(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
