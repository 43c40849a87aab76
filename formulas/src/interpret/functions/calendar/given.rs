//! The arguments of a call and the values of results.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::period::Period;
use crate::interpret::Value;

/// The arguments of a call.
#[derive(Debug)]
pub(super) struct Given<'a>(pub(super) &'a [Value]);

impl Given<'_> {
    /// A date, which is its midnight, or a wall clock time.
    pub(super) fn wall(&self, place: usize) -> Option<NaiveDateTime> {
        match self.0.get(place)? {
            Value::Datetime(_) => None,
            _ => self.moment(place),
        }
    }

    /// The day of a date or a wall clock time.
    pub(super) fn day(&self, place: usize) -> Option<NaiveDate> {
        self.wall(place).map(|time| time.date())
    }

    /// A date, which is its midnight, a wall clock time, or an instant in UTC.
    pub(super) fn moment(&self, place: usize) -> Option<NaiveDateTime> {
        let time = match self.0.get(place)? {
            Value::Date(days) => NaiveDate::from_epoch_days(*days)?.and_time(NaiveTime::MIN),
            Value::LocalDatetime(micros) | Value::Datetime(micros) => {
                DateTime::from_timestamp_micros(*micros)?.naive_utc()
            }
            _ => return None,
        };
        is_known(time.year()).then_some(time)
    }

    pub(super) fn is_date(&self, place: usize) -> bool {
        matches!(self.0.get(place), Some(Value::Date(_)))
    }

    pub(super) fn is_instant(&self, place: usize) -> bool {
        matches!(self.0.get(place), Some(Value::Datetime(_)))
    }

    pub(super) fn integer(&self, place: usize) -> Option<i64> {
        match self.0.get(place)? {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn word(&self, place: usize) -> Option<&str> {
        match self.0.get(place)? {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The day that weeks start on.
    pub(super) fn week_start(&self, place: usize) -> Option<Weekday> {
        Weekday::try_from(u8::try_from(self.integer(place)?).ok()?).ok()
    }

    /// A weekday from 1, Monday, to 7, Sunday.
    pub(super) fn iso_weekday(&self, place: usize) -> Option<Weekday> {
        let from_zero = self.integer(place)?.checked_sub(1)?;
        Weekday::try_from(u8::try_from(from_zero).ok()?).ok()
    }

    /// The month in which fiscal years start.
    pub(super) fn fiscal_year_start(&self, place: usize) -> Option<u32> {
        u32::try_from(self.integer(place)?).ok().filter(|month| (1..=12).contains(month))
    }

    /// The period of a time; the start of weeks and the one of fiscal years stand next to each other.
    pub(super) fn period(&self, unit: usize, time: usize, week_start: usize) -> Option<Period<'_>> {
        Some(Period {
            unit: self.word(unit)?,
            day: self.day(time)?,
            week_start: self.week_start(week_start)?,
            fiscal_year_start: self.fiscal_year_start(week_start + 1)?,
        })
    }
}

/// Whether functions of the calendar know a year.
fn is_known(year: i32) -> bool {
    (1..=9999).contains(&year)
}

pub(super) fn integer(value: impl Into<i64>) -> Option<Value> {
    Some(Value::Integer(value.into()))
}

pub(super) fn year(year: i32) -> Option<Value> {
    is_known(year).then(|| Value::Integer(i64::from(year)))
}

pub(super) fn date(day: NaiveDate) -> Option<Value> {
    is_known(day.year()).then(|| Value::Date(day.to_epoch_days()))
}

pub(super) fn local(time: NaiveDateTime) -> Option<Value> {
    is_known(time.year()).then(|| Value::LocalDatetime(time.and_utc().timestamp_micros()))
}

/// Of an instant in UTC.
pub(super) fn instant(time: NaiveDateTime) -> Option<Value> {
    is_known(time.year()).then(|| Value::Datetime(time.and_utc().timestamp_micros()))
}
