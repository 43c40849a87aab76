//! Dates, weeks and working days as numbers. Days are counted from 1970-01-01.

use std::ops::RangeInclusive;

/// The days of the years 1 to 9999.
pub(super) const KNOWN_DAYS: RangeInclusive<i64> = EPOCH..=2_932_896;
/// The years that functions of the calendar know.
pub(super) const KNOWN_YEARS: RangeInclusive<i64> = 1..=9999;

/// The first day of the year 1.
const EPOCH: i64 = -719_162;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
    /// 1 to 366.
    pub(super) day_of_year: i64,
    /// 1 in a leap year, else 0.
    pub(super) leap_day: i64,
}

impl Date {
    /// The date of a day.
    pub(super) fn of(day: i64) -> Self {
        let days = day - EPOCH;
        // A year starts less than a whole day off the point that years of 365.2425 days give, so this is the number of
        // complete years or one less.
        let guess = (400 * days).div_euclid(146_097);
        let years = if days < days_of_years(guess + 1) { guess } else { guess + 1 };
        let leap_day = leap_day(years + 1);
        let day_of_year = days - days_of_years(years);
        // As if February had 30 days: then months start at multiples of 367 / 12 days, rounded.
        let shifted = if day_of_year < 59 + leap_day { day_of_year } else { day_of_year + 2 - leap_day };
        let month = (12 * shifted + 373) / 367;
        let day = shifted - days_of_months(month) + 1;
        Self { year: years + 1, month, day, day_of_year: day_of_year + 1, leap_day }
    }

    /// Months since January of the year 0.
    pub(super) fn months(self) -> i64 {
        12 * self.year + self.month - 1
    }

    /// Months since the first one of the fiscal year 0, where fiscal years start in this month and are named after the
    /// year in which they end.
    pub(super) fn fiscal_months(self, start: i64) -> i64 {
        self.months() + (13 - start).rem_euclid(12)
    }

    /// How many days the month has.
    pub(super) fn month_length(self) -> i64 {
        month_length(self.year, self.month)
    }
}

/// The day of a date.
pub(super) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let shift = if month > 2 { 2 - leap_day(year) } else { 0 };
    days_of_years(year - 1) + days_of_months(month) - shift + day - 1 + EPOCH
}

/// How many days a month has.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + leap_day(year),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days of so many years from the year 1.
fn days_of_years(years: i64) -> i64 {
    365 * years + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400)
}

/// The days of a year before a month, as if February had 30.
fn days_of_months(month: i64) -> i64 {
    (367 * month - 362) / 12
}

fn leap_day(year: i64) -> i64 {
    i64::from(year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0))
}

/// Days from Monday to the weekday of a day: 0 to 6.
pub(super) fn days_from_monday(day: i64) -> i64 {
    days_into_week(day, 0)
}

/// Days since the start of the week, where weeks start so many days after Monday: 0 to 6. 1970-01-01 was a Thursday.
pub(super) fn days_into_week(day: i64, start: i64) -> i64 {
    (day + 3 - start).rem_euclid(7)
}

/// The fourth day of the week of a day. Its year is the one of the week: with it at least four days are in that year,
/// so the week with 4 January is the first.
pub(super) fn deciding_day(day: i64, start: i64) -> Date {
    Date::of(day - days_into_week(day, start) + 3)
}

/// The days from Monday to Friday before a day, counted from the Monday before 1970-01-01; before that negative.
pub(super) fn working_days_before(day: i64) -> i64 {
    5 * (day + 3).div_euclid(7) + days_from_monday(day).min(5)
}
