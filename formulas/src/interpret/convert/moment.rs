//! Dates and times as text and back, with the calendar of chrono. Formulas know the years 1 to 9999.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime};
use regex::{Captures, Regex};

/// A date, then perhaps a time, then perhaps where its clock stands.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let date = "([0-9]{4})-([0-9]{2})-([0-9]{2})";
    let time = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?";
    let offset = "Z|([+-])([0-9]{2}):([0-9]{2})";
    Regex::new(&format!("^{date}(?:[T ]{time}({offset})?)?$")).ok()
});

/// Where the parts of [`FORM`] stand.
const HOUR: usize = 4;
const OFFSET: usize = 8;

/// The date of a day, if its year is known.
pub(in crate::interpret) fn known_date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days).filter(|date| (1..=9999).contains(&date.year()))
}

/// The wall clock time of so many microseconds, if its year is known.
pub(in crate::interpret) fn known_wall(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros)
        .map(|time| time.naive_utc())
        .filter(|time| (1..=9999).contains(&time.year()))
}

/// The microseconds of a wall clock time, if its year is known.
pub(in crate::interpret) fn micros_of(wall: NaiveDateTime) -> Option<i64> {
    (1..=9999).contains(&wall.year()).then(|| wall.and_utc().timestamp_micros())
}

/// The wall clock time of a date and a time of day, if both exist and the year is known.
pub(in crate::interpret) fn wall_of(date: [i64; 3], time: [i64; 3]) -> Option<NaiveDateTime> {
    let [year, month, day] = date;
    let [hour, minute, second] = time.map(|part| u32::try_from(part).ok());
    let date = NaiveDate::from_ymd_opt(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)?;
    let wall = date.and_hms_opt(hour?, minute?, second?)?;
    (1..=9999).contains(&wall.year()).then_some(wall)
}

/// `2024-03-01T10:30:00`, with a fraction if there is one.
pub(in crate::interpret) fn whole_text(wall: NaiveDateTime) -> String {
    format!("{}{}", wall.format("%Y-%m-%dT%H:%M:%S"), fraction_text(wall))
}

/// `.25`, or nothing at a whole second.
pub(in crate::interpret) fn fraction_text(wall: NaiveDateTime) -> String {
    let digits = format!(".{:06}", wall.and_utc().timestamp_subsec_micros());
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The day that a text such as `2024-03-01` names.
pub(super) fn read_date(text: &str) -> Option<i32> {
    let found = FORM.as_ref()?.captures(text)?;
    if found.get(HOUR).is_some() {
        return None;
    }
    Some(read(&found)?.date().to_epoch_days())
}

/// The wall clock time that a text such as `2024-03-01T10:30` names, in microseconds.
pub(super) fn read_local(text: &str) -> Option<i64> {
    let found = FORM.as_ref()?.captures(text)?;
    if found.get(HOUR).is_none() || found.get(OFFSET).is_some() {
        return None;
    }
    micros_of(read(&found)?)
}

/// The instant that a text such as `2024-03-01T10:30+01:00` names, in microseconds.
pub(super) fn read_instant(text: &str) -> Option<i64> {
    let found = FORM.as_ref()?.captures(text)?;
    found.get(OFFSET)?;
    let (hours, minutes) = (number(&found, OFFSET + 2)?, number(&found, OFFSET + 3)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    let east = found.get(OFFSET + 1).is_none_or(|sign| sign.as_str() == "+");
    let offset = FixedOffset::east_opt(if east { seconds } else { -seconds })?;
    micros_of(read(&found)?.checked_sub_offset(offset)?)
}

/// What the clock showed, if there is such a date and time.
fn read(found: &Captures<'_>) -> Option<NaiveDateTime> {
    let [year, month, day, hour, minute, second] = [1, 2, 3, HOUR, 5, 6].map(|place| number(found, place));
    let digits = found.get(7).map_or("", |fraction| fraction.as_str());
    // What is finer than a microsecond is cut off.
    let micros: String = format!("{digits:0<6}").chars().take(6).collect();
    let date = NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month?, day?)?;
    let wall = date.and_hms_micro_opt(hour?, minute?, second?, micros.parse().ok()?)?;
    (1..=9999).contains(&wall.year()).then_some(wall)
}

/// The number of a part; zero if it is missing.
fn number(found: &Captures<'_>, place: usize) -> Option<u32> {
    found.get(place).map_or(Some(0), |part| part.as_str().parse().ok())
}
