//! The same elapsed part of every period: month to date in each month.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;

use super::calendar::{Bucket, Calendar, clock_unit};
use super::civil::{Civil, DAY, month_start};
use super::literal::TimeKind;
use super::value::check_unit;
use super::zone::Segment;
use crate::error::Result;
use crate::model::Level;

/// How far now lies inside its own period, on the wall clock.
///
/// | unit | the offset inside the period |
/// |---|---|
/// | year, quarter, month | months since its start, day of the month, time of day |
/// | week | days since its start, time of day |
/// | day | time of day |
/// | hour and shorter | what is left of the time of day |
///
/// Compared with a month that is shorter than the current day of the month, now counts as that month's last day at the
/// same time of day. A change of the clock moves nothing: half past ten is half past ten, however long the day was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Elapsed {
    unit: Level,
    place: Place,
    /// Since midnight, or since the start of a shorter unit, in microseconds.
    time: i64,
}

/// A day inside its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    months: i64,
    day: i64,
}

impl Elapsed {
    /// The offset of now, seen beside values of a kind: local times are compared with what the wall clock shows.
    ///
    /// # Errors
    /// `InvalidQuery` for a unit below day on dates.
    pub(crate) fn at(unit: Level, now_micros: i64, calendar: &Calendar, kind: TimeKind) -> Result<Self> {
        check_unit(unit, kind)?;
        let local = calendar.now(now_micros, TimeKind::Local);
        let day = calendar.day_of(calendar.now(now_micros, kind), kind);
        let time = clock_unit(unit).map_or_else(|| since_midnight(local, day), |length| local.rem_euclid(length));
        Ok(Self { unit, place: place(unit, day, calendar), time })
    }

    /// The unit of the periods.
    pub(crate) fn unit(&self) -> Level {
        self.unit
    }

    /// A test of many values of a kind, quick where neighbours lie on one day.
    pub(crate) fn test<'a>(&self, calendar: &'a Calendar, kind: TimeKind) -> ElapsedTest<'a> {
        ElapsedTest {
            elapsed: *self,
            calendar,
            kind,
            segment: calendar.zone().segment_at(0),
            span: Bucket { start_micros: 0, end_micros: 0 },
            day: 0,
            last_kept: None,
        }
    }

    /// The last time of day that is kept on a day; none: the day lies behind the elapsed part.
    fn last_kept(&self, day: i64, calendar: &Calendar) -> Option<i64> {
        let own = place(self.unit, day, calendar);
        let now = match self.unit {
            Level::Year | Level::Quarter | Level::Month => {
                Place { day: self.place.day.min(days_of_month(day)), ..self.place }
            }
            _ => self.place,
        };
        match (own.months, own.day).cmp(&(now.months, now.day)) {
            Ordering::Less => Some(DAY),
            Ordering::Equal => Some(self.time),
            Ordering::Greater => None,
        }
    }
}

/// In a form for the names of functions: `month 0 18 37800000000`.
impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.unit.name(), self.place.months, self.place.day, self.time)
    }
}

/// Tells which values of one kind lie in the elapsed part of their periods.
#[derive(Debug)]
pub(crate) struct ElapsedTest<'a> {
    elapsed: Elapsed,
    calendar: &'a Calendar,
    kind: TimeKind,
    /// The offset of the last instant.
    segment: Segment,
    /// The values of the last day.
    span: Bucket,
    day: i64,
    last_kept: Option<i64>,
}

impl ElapsedTest<'_> {
    /// Whether the offset of a value inside its period is at most that of now. A date counts with its whole day.
    pub(crate) fn within(&mut self, value: i64) -> bool {
        if self.kind == TimeKind::Datetime && !self.segment.contains(value) {
            self.segment = self.calendar.zone().segment_at(value);
        }
        if let Some(length) = clock_unit(self.elapsed.unit) {
            return self.local(value).rem_euclid(length) <= self.elapsed.time;
        }
        if !self.span.contains(value) {
            self.enter_day(value);
        }
        let time = if self.kind == TimeKind::Date { 0 } else { since_midnight(self.local(value), self.day) };
        self.last_kept.is_some_and(|last| time <= last)
    }

    fn local(&self, value: i64) -> i64 {
        if self.kind == TimeKind::Datetime { self.segment.local(value) } else { value }
    }

    fn enter_day(&mut self, value: i64) {
        (self.day, self.span) = match self.kind {
            TimeKind::Date => (value, Bucket { start_micros: value, end_micros: value.saturating_add(1) }),
            TimeKind::Datetime => {
                let (day, span) = self.calendar.dated_bucket(&self.segment, Level::Day, value);
                (i64::from(day), span)
            }
            TimeKind::Local => (value.div_euclid(DAY), self.calendar.local_bucket(Level::Day, value)),
        };
        self.last_kept = self.elapsed.last_kept(self.day, self.calendar);
    }
}

/// Where a day lies inside its period.
fn place(unit: Level, day: i64, calendar: &Calendar) -> Place {
    let in_months = |length: i64, phase: i64| {
        let date = Civil::from_day(day);
        Place { months: (date.month_index() - phase).rem_euclid(length), day: date.day }
    };
    match unit {
        Level::Year => in_months(12, calendar.fiscal_phase()),
        Level::Quarter => in_months(3, calendar.fiscal_phase()),
        Level::Month => in_months(1, 0),
        Level::Week => Place { months: 0, day: day - calendar.days(Level::Week, day).0 },
        Level::Day | Level::Hour | Level::Minute | Level::Second | Level::Millisecond => Place { months: 0, day: 0 },
    }
}

fn days_of_month(day: i64) -> i64 {
    let month = Civil::from_day(day).month_index();
    month_start(month + 1) - month_start(month)
}

/// The time of day. Where the clock was set back across midnight it shows the day before once more; the new day has
/// begun then and no time of it has passed.
fn since_midnight(local: i64, day: i64) -> i64 {
    local.saturating_sub(day.saturating_mul(DAY)).max(0)
}
