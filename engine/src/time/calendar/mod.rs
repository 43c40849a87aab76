//! The calendar of a query: which bucket an instant, a date or a wall clock time falls into.

#[cfg(test)]
mod tests;

use std::fmt;

use super::civil::{Civil, DAY, HOUR, MINUTE, SECOND, days_from_monday, month_start};
use super::zone::{Segment, Zone};
use crate::error::{Error, Result};
use crate::model::{Level, WeekStart};

/// A half-open interval of microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// The first microsecond.
    pub(crate) start_micros: i64,
    /// The microsecond behind the last.
    pub(crate) end_micros: i64,
}

impl Bucket {
    /// Whether the bucket holds a point in time.
    pub(crate) fn contains(&self, micros: i64) -> bool {
        self.start_micros <= micros && micros < self.end_micros
    }

    /// At the ends of the range of `i64` the borders saturate; the bucket still holds what it was made for.
    fn holding(self, micros: i64) -> Self {
        Self { start_micros: self.start_micros.min(micros), end_micros: self.end_micros.max(micros.saturating_add(1)) }
    }
}

/// How a query cuts time into buckets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Calendar {
    zone: Zone,
    week_start: WeekStart,
    fiscal_year_start: u8,
}

impl Calendar {
    /// A calendar with the first weekday and the first month (1 to 12) of the fiscal year.
    ///
    /// # Errors
    /// `InvalidQuery` for a month that does not exist.
    pub(crate) fn new(zone: Zone, week_start: WeekStart, fiscal_year_start: u8) -> Result<Self> {
        if !(1..=12).contains(&fiscal_year_start) {
            return Err(Error::query(format!("fiscal_year_start is a month from 1 to 12, not {fiscal_year_start}")));
        }
        Ok(Self { zone, week_start, fiscal_year_start })
    }

    /// The zone of the query.
    pub(crate) fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first day of a week.
    pub(crate) fn week_start(&self) -> WeekStart {
        self.week_start
    }

    /// The first month of the fiscal year, 1 to 12.
    pub(crate) fn fiscal_year_start(&self) -> u8 {
        self.fiscal_year_start
    }

    /// The bucket of an instant. Buckets of one level tile time without gap or overlap.
    ///
    /// Day and coarser are calendar intervals in the zone, so a day has 23, 24 or 25 hours, and one whose midnight is
    /// in a gap begins at the end of the gap. Finer buckets follow the wall clock and never cross a change of the
    /// offset: an hour that comes twice is two buckets.
    pub(crate) fn bucket(&self, level: Level, instant: i64) -> Bucket {
        self.bucket_within(&self.zone.segment_at(instant), level, instant)
    }

    /// The same for an instant whose segment is known.
    pub(crate) fn bucket_within(&self, segment: &Segment, level: Level, instant: i64) -> Bucket {
        let Some(unit) = clock_unit(level) else { return self.dated_bucket(segment, level, instant).1 };
        let floor = floor(segment.local(instant), unit);
        Bucket {
            start_micros: floor.saturating_sub(segment.offset_micros).max(segment.start),
            end_micros: floor.saturating_add(unit).saturating_sub(segment.offset_micros).min(segment.end),
        }
        .holding(instant)
    }

    /// The first day of the bucket of an instant, and the bucket, at a level of day or coarser.
    pub(crate) fn dated_bucket(&self, segment: &Segment, level: Level, instant: i64) -> (i32, Bucket) {
        let (mut first, mut next) = self.days(level, segment.local(instant).div_euclid(DAY));
        // Where the clock was set back across midnight, the wall clock shows the day before once more, but the new
        // day has begun. No zone was ever set back by more than a day.
        for _ in 0..2 {
            if instant < self.day_start(segment, next) {
                break;
            }
            (first, next) = self.days(level, next);
        }
        let bucket = Bucket { start_micros: self.day_start(segment, first), end_micros: self.day_start(segment, next) };
        (clamped(first), bucket.holding(instant))
    }

    /// The bucket of a wall clock time that belongs to no zone.
    pub(crate) fn local_bucket(&self, level: Level, local: i64) -> Bucket {
        let (start_micros, end_micros) = if let Some(unit) = clock_unit(level) {
            let floor = floor(local, unit);
            (floor, floor.saturating_add(unit))
        } else {
            let (first, next) = self.days(level, local.div_euclid(DAY));
            (first.saturating_mul(DAY), next.saturating_mul(DAY))
        };
        Bucket { start_micros, end_micros }.holding(local)
    }

    /// The first day of the bucket of a date, and the day behind its last. A level below day gives the day itself.
    pub(crate) fn date_bucket(&self, level: Level, day: i32) -> (i32, i32) {
        let (first, next) = self.days(level, i64::from(day));
        (clamped(first), clamped(next))
    }

    /// [`Calendar::date_bucket`] over all days that 64 bits of microseconds can reach.
    pub(super) fn days(&self, level: Level, day: i64) -> (i64, i64) {
        let months = |length: i64, phase: i64| {
            let index = Civil::from_day(day).month_index() - phase;
            let first = index - index.rem_euclid(length) + phase;
            (month_start(first), month_start(first + length))
        };
        match level {
            Level::Year => months(12, self.fiscal_phase()),
            Level::Quarter => months(3, self.fiscal_phase()),
            Level::Month => months(1, 0),
            Level::Week => {
                let first = day - (days_from_monday(day) - self.week_start.days_from_monday()).rem_euclid(7);
                (first, first + 7)
            }
            Level::Day | Level::Hour | Level::Minute | Level::Second | Level::Millisecond => (day, day + 1),
        }
    }

    /// Months from January to the start of the fiscal year: 0 to 11.
    pub(super) fn fiscal_phase(&self) -> i64 {
        i64::from(self.fiscal_year_start) - 1
    }

    /// The first instant of a day; `near` is a segment in which it is likely to lie.
    fn day_start(&self, near: &Segment, day: i64) -> i64 {
        let midnight = day.saturating_mul(DAY);
        near.unambiguous(midnight).unwrap_or_else(|| self.zone.to_instant(midnight))
    }
}

/// The parameters in a form for the names of functions: `Europe/Brussels w0 f1`.
impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} w{} f{}", self.zone.name(), self.week_start.days_from_monday(), self.fiscal_year_start)
    }
}

/// The length of a bucket below a day; nothing for day and coarser.
pub(super) fn clock_unit(level: Level) -> Option<i64> {
    match level {
        Level::Year | Level::Quarter | Level::Month | Level::Week | Level::Day => None,
        Level::Hour => Some(HOUR),
        Level::Minute => Some(MINUTE),
        Level::Second => Some(SECOND),
        Level::Millisecond => Some(SECOND / 1_000),
    }
}

fn floor(value: i64, unit: i64) -> i64 {
    value.saturating_sub(value.rem_euclid(unit))
}

fn clamped(day: i64) -> i32 {
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}
