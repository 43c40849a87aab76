//! Dates and times behind an `@`.

use chrono::NaiveDate;

use super::cursor::Cursor;
use super::duration::{DAY, HOUR, MINUTE, SECOND};
use crate::tree::Literal;
use crate::{Error, Span};

/// The first instant of the year 1.
const FIRST: i64 = -719_162 * DAY;

/// The first instant behind the year 9999.
const END: i64 = 2_932_897 * DAY;

/// A date, a wall clock time, or an instant.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Literal, Error> {
    let date = date(cursor)?.to_epoch_days();
    if cursor.is_done() {
        return Ok(Literal::Date(date));
    }
    if cursor.eat(&['T', 't']).is_none() {
        return Err(cursor.error("a time stands behind a T: @2024-03-01T10:30"));
    }
    let wall = i64::from(date) * DAY + time_of_day(cursor)?;
    if cursor.is_done() {
        return Ok(Literal::LocalDatetime(wall));
    }
    let before_offset = cursor.error("the instant is not within the years 1 to 9999 of UTC");
    let instant = wall - offset(cursor)?;
    if !cursor.is_done() {
        return Err(cursor.error("nothing can stand behind the offset of a time"));
    }
    if (FIRST..END).contains(&instant) { Ok(Literal::Datetime(instant)) } else { Err(before_offset) }
}

fn date(cursor: &mut Cursor<'_>) -> Result<NaiveDate, Error> {
    let (year, year_span) = number(cursor, "a year", 4)?;
    if year == 0 {
        return Err(Error::new(year_span, "there is no year 0; the first is 0001"));
    }
    if cursor.eat(&['-']).is_none() {
        return Err(cursor.error("a month is missing; dates are written as @2024-03-01"));
    }
    let (month, month_span) = number(cursor, "a month", 2)?;
    if !(1..=12).contains(&month) {
        return Err(Error::new(month_span, format!("there is no month {month}")));
    }
    if cursor.eat(&['-']).is_none() {
        return Err(cursor.error("a day is missing; dates are written as @2024-03-01"));
    }
    let (day, day_span) = number(cursor, "a day", 2)?;
    let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    date.ok_or_else(|| Error::new(day_span, format!("there is no day {day} in {year:04}-{month:02}")))
}

/// Microseconds since midnight.
fn time_of_day(cursor: &mut Cursor<'_>) -> Result<i64, Error> {
    let hour = up_to(cursor, "an hour", 23)?;
    if cursor.eat(&[':']).is_none() {
        return Err(cursor.error("minutes are missing; times are written as @2024-03-01T10:30"));
    }
    let minutes = hour * HOUR + up_to(cursor, "a minute", 59)? * MINUTE;
    if cursor.eat(&[':']).is_none() {
        return Ok(minutes);
    }
    let seconds = minutes + up_to(cursor, "a second", 59)? * SECOND;
    if cursor.eat(&['.']).is_none() {
        return Ok(seconds);
    }
    let (digits, span) = cursor.digits();
    let micros = format!("{digits:0<6}").parse::<i64>().ok().filter(|_| (1..=6).contains(&digits.len()));
    let micros = micros.ok_or_else(|| Error::new(span, "a second has 1 to 6 digits behind the point"))?;
    Ok(seconds + micros)
}

/// What a wall clock is ahead of UTC, in microseconds.
fn offset(cursor: &mut Cursor<'_>) -> Result<i64, Error> {
    let sign = match cursor.eat(&['Z', 'z', '+', '-']) {
        Some('+') => 1,
        Some('-') => -1,
        Some(_) => return Ok(0),
        None => return Err(cursor.error("an offset is written as Z or +02:00")),
    };
    let hours = up_to(cursor, "an hour", 23)? * HOUR;
    if cursor.eat(&[':']).is_none() {
        return Err(cursor.error("an offset is written as Z or +02:00"));
    }
    Ok(sign * (hours + up_to(cursor, "a minute", 59)? * MINUTE))
}

/// A number of two digits with a greatest value.
fn up_to(cursor: &mut Cursor<'_>, what: &str, most: u32) -> Result<i64, Error> {
    let (value, span) = number(cursor, what, 2)?;
    if value <= most {
        return Ok(i64::from(value));
    }
    let (_, name) = what.split_once(' ').unwrap_or(("", what));
    Err(Error::new(span, format!("there is no {name} {value}")))
}

/// A number of so many digits.
fn number(cursor: &mut Cursor<'_>, what: &str, width: usize) -> Result<(u32, Span), Error> {
    let (digits, span) = cursor.digits();
    let value = digits.parse().ok().filter(|_| digits.len() == width);
    value.map(|value| (value, span)).ok_or_else(|| Error::new(span, format!("{what} has {width} digits")))
}
