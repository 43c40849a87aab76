//! Ranges that are relative to now, or to the newest value there is.

#[cfg(test)]
mod dst_tests;
#[cfg(test)]
mod tests;

use super::calendar::{Calendar, clock_unit};
use super::literal::TimeKind;
use super::range::{OpenRange, from_day, from_micros, to_day, to_micros};
use super::span::Span;
use super::value::check_unit;
use crate::error::Result;
use crate::model::Level;

/// How a range lies to now. `n` is the quantity, the unit is that of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Relative {
    /// The last `n` units up to now; of days and longer units, those that end with today.
    LastNow,
    /// The `n` units before the current one.
    LastCompleted,
    /// The next `n` units from now on; of days and longer units, those that begin with today.
    NextNow,
    /// The `n` units behind the current one.
    NextFull,
    /// The current unit up to now; on dates, today included. Takes no quantity.
    ToDate,
    /// The one unit that is `n` before the current one.
    Ago,
    /// All before the unit that is `n` before the current one.
    MoreThanAgo,
    /// The unit that is `n` before the current one, and all before it.
    OrMoreAgo,
    /// The current unit. Takes no quantity.
    Current,
}

/// The values of a relative range.
///
/// Units of day and longer are those of the calendar in its zone; months are added to the starts of periods, or to
/// today, all at once, and a day that does not exist is the last of its month. Units below day that are counted from
/// the start of a unit are buckets, so an hour that comes twice counts twice; counted from now they are elapsed time.
/// Local times are compared with what the wall clock of the zone shows now. Sums that leave the values of the kind are
/// open sides.
///
/// # Errors
/// `InvalidQuery` for a unit below day on dates.
pub(crate) fn relative_range(
    which: Relative,
    quantity: u32,
    unit: Level,
    now_micros: i64,
    calendar: &Calendar,
    kind: TimeKind,
) -> Result<OpenRange> {
    check_unit(unit, kind)?;
    let now = calendar.now(now_micros, kind);
    let today = calendar.day_of(now, kind);
    let periods = Periods::around(now, unit, calendar, kind);
    let count = i64::from(quantity);
    let before = |end| OpenRange { start: None, end };
    Ok(match which {
        Relative::LastNow => match Span::of(-count, unit) {
            Span::Micros(length) => OpenRange { start: from_micros(now.saturating_add(length)), end: Some(now) },
            span => OpenRange::of_days(span.move_day(today + 1).clamped(), today + 1, calendar, kind),
        },
        Relative::NextNow => OpenRange {
            start: Some(now),
            end: match Span::of(count, unit) {
                Span::Micros(length) => to_micros(now.saturating_add(length)),
                span => to_day(span.move_day(today).clamped(), calendar, kind),
            },
        },
        Relative::LastCompleted => periods.between(-count, 0),
        Relative::NextFull => periods.between(1, count + 1),
        Relative::Ago => periods.between(-count, 1 - count),
        Relative::MoreThanAgo => before(periods.end(-count)),
        Relative::OrMoreAgo => before(periods.end(1 - count)),
        Relative::Current => periods.between(0, 1),
        Relative::ToDate => OpenRange {
            start: periods.start(0),
            end: match kind {
                TimeKind::Date => to_day(today + 1, calendar, kind),
                TimeKind::Datetime | TimeKind::Local => Some(now),
            },
        },
    })
}

/// The last `quantity` units up to the one of the greatest value there is, that one included and whole.
///
/// # Errors
/// `InvalidQuery` for a unit below day on dates.
pub(crate) fn available_range(
    greatest: i64,
    quantity: u32,
    unit: Level,
    calendar: &Calendar,
    kind: TimeKind,
) -> Result<OpenRange> {
    check_unit(unit, kind)?;
    Ok(Periods::around(greatest, unit, calendar, kind).between(1 - i64::from(quantity), 1))
}

/// Periods of a unit, counted from the one that holds a value.
#[derive(Debug)]
struct Periods<'a> {
    unit: Level,
    calendar: &'a Calendar,
    kind: TimeKind,
    origin: Origin,
}

/// Where period 0 begins.
#[derive(Debug)]
enum Origin {
    /// With a day.
    Day(i64),
    /// With a time; the length of a period in microseconds.
    Time { start: i64, length: i64 },
}

impl<'a> Periods<'a> {
    fn around(value: i64, unit: Level, calendar: &'a Calendar, kind: TimeKind) -> Self {
        let origin = match (clock_unit(unit), kind) {
            (Some(length), TimeKind::Datetime) => {
                Origin::Time { start: calendar.bucket(unit, value).start_micros, length }
            }
            (Some(length), TimeKind::Local) => {
                Origin::Time { start: calendar.local_bucket(unit, value).start_micros, length }
            }
            _ => Origin::Day(calendar.days(unit, calendar.day_of(value, kind)).0),
        };
        Self { unit, calendar, kind, origin }
    }

    /// The lower side of a range that begins with a period.
    fn start(&self, number: i64) -> Option<i64> {
        match self.origin {
            Origin::Day(day) => from_day(self.day(day, number), self.calendar, self.kind),
            Origin::Time { start, length } => from_micros(self.time(start, length, number)),
        }
    }

    /// The upper side of a range that ends before a period.
    fn end(&self, number: i64) -> Option<i64> {
        match self.origin {
            Origin::Day(day) => to_day(self.day(day, number), self.calendar, self.kind),
            Origin::Time { start, length } => to_micros(self.time(start, length, number)),
        }
    }

    /// From the start of one period to the start of another.
    fn between(&self, from: i64, to: i64) -> OpenRange {
        OpenRange { start: self.start(from), end: self.end(to) }
    }

    /// Periods of months begin with a first of a month, so none is ever missing.
    fn day(&self, origin: i64, number: i64) -> i64 {
        Span::of(number, self.unit).move_day(origin).clamped()
    }

    fn time(&self, origin: i64, length: i64, number: i64) -> i64 {
        match self.kind {
            TimeKind::Datetime => self.calendar.step_buckets(length, origin, number),
            TimeKind::Date | TimeKind::Local => origin.saturating_add(number.saturating_mul(length)),
        }
    }
}
