//! The arguments of functions of the calendar, and their results: what lies outside of the years 1 to 9999 is NULL.

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use datafusion::common::Result;

use super::date::KNOWN_DAYS;
use crate::functions::scalar::call::{Call, Values};

/// Microseconds of a millisecond.
pub(super) const MILLISECOND: i64 = 1_000;
/// Microseconds of a second.
pub(super) const SECOND: i64 = 1_000 * MILLISECOND;
/// Microseconds of a minute.
pub(super) const MINUTE: i64 = 60 * SECOND;
/// Microseconds of an hour.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// Microseconds of a day of 24 hours.
pub(super) const DAY: i64 = 24 * HOUR;

/// An argument that is a date, a wall clock time or an instant.
#[derive(Debug)]
pub(super) enum Times {
    /// Of dates: days since 1970-01-01.
    Days(Values<Date32Type>),
    /// Of times: microseconds since 1970-01-01.
    Micros(Values<TimestampMicrosecondType>),
}

impl Times {
    pub(super) fn of(call: &Call<'_>, place: usize) -> Result<Self> {
        Ok(match call.data_type(place)? {
            DataType::Date32 => Self::Days(call.days(place)?),
            _ => Self::Micros(call.micros(place)?),
        })
    }

    /// The day in a row.
    pub(super) fn day(&self, row: usize) -> Option<i64> {
        let day = match self {
            Self::Days(days) => i64::from(days.get(row)?),
            Self::Micros(times) => times.get(row)?.div_euclid(DAY),
        };
        KNOWN_DAYS.contains(&day).then_some(day)
    }

    /// The time in a row; that of a date is its midnight.
    pub(super) fn micros(&self, row: usize) -> Option<i64> {
        match self {
            Self::Days(_) => self.day(row).map(|day| day * DAY),
            Self::Micros(times) => times.get(row).filter(|micros| is_known(*micros)),
        }
    }
}

/// The length of a unit that always lasts the same, in microseconds.
pub(super) fn length(unit: &str) -> Option<i64> {
    match unit {
        "week" => Some(7 * DAY),
        "day" => Some(DAY),
        "hour" => Some(HOUR),
        "minute" => Some(MINUTE),
        "second" => Some(SECOND),
        "millisecond" => Some(MILLISECOND),
        _ => None,
    }
}

/// A column of dates.
pub(super) fn gather_days(call: &Call<'_>, row: impl Fn(usize) -> Option<i64>) -> ArrayRef {
    let known = |day: &i64| KNOWN_DAYS.contains(day);
    call.gather_days(|place| row(place).filter(known).and_then(|day| i32::try_from(day).ok()))
}

/// A column of times of the type of the result.
pub(super) fn gather_micros(call: &Call<'_>, mut row: impl FnMut(usize) -> Option<i64>) -> Result<ArrayRef> {
    call.gather_micros(|place| row(place).filter(|micros| is_known(*micros)))
}

fn is_known(micros: i64) -> bool {
    KNOWN_DAYS.contains(&micros.div_euclid(DAY))
}
