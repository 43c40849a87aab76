//! The calendar of a query, the slow way: ranges relative to now, and where a comparison finds its base.

mod shift;
#[cfg(test)]
mod tests;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::wall::{self, DAY};
use crate::cell::Type;
use crate::ground::Ground;
use crate::spec::{At, Leaf, Level, Literal, Operator, Options, Right};

/// How a date stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Days.
    Date,
    /// Microseconds, shown in the query's zone.
    Instant,
    /// Microseconds of a wall clock.
    Local,
}

/// A half-open range of days or microseconds; an open side has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first value.
    pub start: Option<i64>,
    /// The value behind the last.
    pub end: Option<i64>,
}

impl Range {
    /// The values in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let end = self.end.into_iter().chain(other.end).min();
        Self { start: self.start.max(other.start), end }
    }
}

/// Time as a query sees a column of some kind.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    /// The kind of the column.
    pub kind: Kind,
    zone: Tz,
    week_start: u32,
    fiscal: u32,
    now: i64,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Months, also those of quarters and years.
    Months(i64),
    /// Days, also those of weeks.
    Days(i64),
    /// Elapsed time.
    Micros(i64),
}

impl Length {
    /// So many units.
    #[must_use]
    pub fn of(quantity: i64, unit: Level) -> Self {
        match unit.0 {
            1 => Self::Months(12 * quantity),
            2 => Self::Months(3 * quantity),
            3 => Self::Months(quantity),
            4 => Self::Days(7 * quantity),
            5 => Self::Days(quantity),
            _ => Self::Micros(quantity * micros_of(unit)),
        }
    }

    fn reversed(self) -> Self {
        match self {
            Self::Months(months) => Self::Months(-months),
            Self::Days(days) => Self::Days(-days),
            Self::Micros(micros) => Self::Micros(-micros),
        }
    }
}

/// The microseconds of a unit below a day.
fn micros_of(unit: Level) -> i64 {
    match unit.0 {
        6 => 3_600_000_000,
        7 => 60_000_000,
        8 => 1_000_000,
        _ => 1_000,
    }
}

/// The same day number so many months on; or else the day behind the month that is too short.
fn add_months(day: i32, months: i64) -> Result<i32, i32> {
    let date = wall::date(day);
    let index = i64::from(date.year()) * 12 + i64::from(date.month0()) + months;
    let first = |index: i64| {
        let year = i32::try_from(index.div_euclid(12)).expect("a year");
        NaiveDate::from_ymd_opt(year, index.rem_euclid(12) as u32 + 1, 1).expect("the first of a month")
    };
    let moved = first(index).with_day(date.day()).map(wall::days);
    moved.ok_or_else(|| wall::days(first(index + 1)))
}

/// So many days and months on; a day that does not exist is the last of its month.
fn add(day: i32, quantity: i64, unit: Level) -> i32 {
    match Length::of(quantity, unit) {
        Length::Months(months) => add_months(day, months).unwrap_or_else(|next| next - 1),
        Length::Days(days) => day + days as i32,
        Length::Micros(_) => panic!("no days"),
    }
}

impl Calendar {
    /// The calendar of a query for a column.
    ///
    /// # Panics
    /// If the column is no date.
    #[must_use]
    pub fn new(ground: Ground<'_>, at: At, options: &Options) -> Self {
        let kind = match ground.column(at).ty {
            Type::Date => Kind::Date,
            Type::Datetime => Kind::Instant,
            Type::LocalDatetime => Kind::Local,
            other => panic!("{other:?} is no date"),
        };
        Self {
            kind,
            zone: options.zone(),
            week_start: options.first_weekday(),
            fiscal: options.first_month(),
            now: options.now.unwrap_or(0),
        }
    }

    fn today(&self) -> i32 {
        wall::day_of(wall::wall(self.now, self.zone))
    }

    /// Now, as a value of the column.
    #[must_use]
    pub fn now(&self) -> i64 {
        match self.kind {
            Kind::Date => i64::from(self.today()),
            Kind::Instant => self.now,
            Kind::Local => wall::wall(self.now, self.zone),
        }
    }

    /// The first value of a day.
    #[must_use]
    pub fn day_start(&self, day: i32) -> i64 {
        match self.kind {
            Kind::Date => i64::from(day),
            Kind::Instant => wall::resolve(i64::from(day) * DAY, self.zone),
            Kind::Local => i64::from(day) * DAY,
        }
    }

    /// The day that a value lies on.
    #[must_use]
    pub fn day_of(&self, value: i64) -> i32 {
        match self.kind {
            Kind::Date => value as i32,
            Kind::Instant => wall::day_of(wall::wall(value, self.zone)),
            Kind::Local => wall::day_of(value),
        }
    }

    fn first_day(&self, day: i32, unit: Level) -> i32 {
        wall::first_day(day, unit, self.week_start, self.fiscal)
    }

    /// The start of a unit below a day.
    fn floor(&self, value: i64, unit: Level) -> i64 {
        match self.kind {
            Kind::Instant => wall::instant_bucket(value, unit, self.zone),
            _ => wall::floor(value, unit),
        }
    }

    /// The label of the bucket of a value: a day for a day and coarser.
    #[must_use]
    pub fn label(&self, value: i64, unit: Level) -> i64 {
        if unit.is_calendar() { i64::from(self.first_day(self.day_of(value), unit)) } else { self.floor(value, unit) }
    }

    /// The first value behind the bucket of that label.
    #[must_use]
    pub fn label_end(&self, label: i64, unit: Level) -> i64 {
        if unit.is_calendar() { self.day_start(add(label as i32, 1, unit)) } else { label + micros_of(unit) }
    }

    /// The first value of the bucket of that label.
    #[must_use]
    pub fn label_start(&self, label: i64, unit: Level) -> i64 {
        if unit.is_calendar() { self.day_start(label as i32) } else { label }
    }

    /// From the unit of a value, `from` units on, to before the one `to` units on.
    fn units(&self, value: i64, unit: Level, from: i64, to: i64) -> Range {
        let place = |number: i64| {
            if unit.is_calendar() {
                self.day_start(add(self.first_day(self.day_of(value), unit), number, unit))
            } else {
                self.floor(value, unit) + number * micros_of(unit)
            }
        };
        Range { start: Some(place(from)), end: Some(place(to)) }
    }

    /// The range of an expression that is relative to now, but for `to_date_each` and `last_available`.
    ///
    /// # Panics
    /// If the expression is no such.
    #[must_use]
    pub fn relative(&self, operator: Operator, quantity: i64, unit: Level) -> Range {
        let (now, today, n) = (self.now(), self.today(), quantity);
        let units = |from, to| self.units(now, unit, from, to);
        let before = |range: Range| Range { start: None, end: range.start };
        match operator {
            Operator::LastNow if unit.is_calendar() => {
                Range { start: Some(self.day_start(add(today + 1, -n, unit))), end: Some(self.day_start(today + 1)) }
            }
            Operator::LastNow => Range { start: Some(now - n * micros_of(unit)), end: Some(now) },
            Operator::NextNow if unit.is_calendar() => {
                Range { start: Some(now), end: Some(self.day_start(add(today, n, unit))) }
            }
            Operator::NextNow => Range { start: Some(now), end: Some(now + n * micros_of(unit)) },
            Operator::LastCompleted => units(-n, 0),
            Operator::NextFull => units(1, n + 1),
            Operator::Current => units(0, 1),
            Operator::Ago => units(-n, 1 - n),
            Operator::MoreThanAgo => before(units(-n, 0)),
            Operator::OrMoreAgo => before(units(1 - n, 1)),
            Operator::ToDate | Operator::Wtd | Operator::Mtd | Operator::Qtd | Operator::Ytd => {
                Range { start: units(0, 1).start, end: Some(if self.kind == Kind::Date { now + 1 } else { now }) }
            }
            other => panic!("{other:?} has no range of its own"),
        }
    }

    /// The last units up to the one of the greatest value.
    #[must_use]
    pub fn available(&self, greatest: i64, quantity: i64, unit: Level) -> Range {
        self.units(greatest, unit, 1 - quantity, 1)
    }

    /// The range of a filter that is one and no more: relative, or between days.
    #[must_use]
    pub fn range_of(&self, leaf: &Leaf) -> Option<Range> {
        let (start, end) = match (leaf.operator, &leaf.right) {
            (Operator::LastAvailable | Operator::ToDateEach, _) => return None,
            (operator, _) if operator.is_relative() => {
                let (quantity, unit) = period(leaf);
                return Some(self.relative(operator, quantity, unit));
            }
            (Operator::Between, Right::Ends(Literal::Day(low), Literal::Day(high))) => (Some(*low), Some(high + 1)),
            (Operator::Ge, Right::Literal(Literal::Day(low))) => (Some(*low), None),
            (Operator::Gt, Right::Literal(Literal::Day(low))) => (Some(low + 1), None),
            (Operator::Lt, Right::Literal(Literal::Day(high))) => (None, Some(*high)),
            (Operator::Le, Right::Literal(Literal::Day(high))) => (None, Some(high + 1)),
            _ => return None,
        };
        let side = |day: Option<i32>| day.map(|day| self.day_start(day));
        Some(Range { start: side(start), end: side(end) })
    }
}

/// Quantity and unit of a relative expression.
#[must_use]
pub fn period(leaf: &Leaf) -> (i64, Level) {
    match (leaf.operator, &leaf.right) {
        (_, Right::Period { quantity, unit, .. }) => (i64::from(quantity.unwrap_or(1)), *unit),
        (Operator::Wtd, _) => (1, Level(4)),
        (Operator::Mtd, _) => (1, Level(3)),
        (Operator::Qtd, _) => (1, Level(2)),
        _ => (1, Level(1)),
    }
}

/// Whether a wall clock time is at most as far into its period as now is into its own. For dates both times are 0.
#[must_use]
pub fn within_elapsed(value: i64, now: i64, unit: Level, week_start: u32, fiscal: u32) -> bool {
    if !unit.is_calendar() {
        let length = micros_of(unit);
        return value.rem_euclid(length) <= now.rem_euclid(length);
    }
    let place = |wall: i64| {
        let day = wall::day_of(wall);
        let first = wall::first_day(day, unit, week_start, fiscal);
        let (date, from) = (wall::date(day), wall::date(first));
        if unit.0 <= 3 {
            let months = (date.year() - from.year()) * 12 + date.month0() as i32 - from.month0() as i32;
            (months, date.day() as i32)
        } else {
            (0, day - first)
        }
    };
    let (own, mut reached) = (place(value), place(now));
    if unit.0 <= 3 {
        let day = wall::day_of(value);
        let next = add(wall::first_day(day, Level(3), 0, 1), 1, Level(3));
        let last = wall::date(next - 1).day() as i32;
        reached.1 = reached.1.min(last);
    }
    (own.0, own.1, value.rem_euclid(DAY)) <= (reached.0, reached.1, now.rem_euclid(DAY))
}
