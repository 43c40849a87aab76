//! Day numbers and calendar dates of the proleptic Gregorian calendar.
//!
//! chrono's dates end at the year 262142; a `Date32` and a timestamp reach further, and nothing may fail there.

/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds of a minute.
pub(super) const MINUTE: i64 = 60 * SECOND;
/// Microseconds of an hour.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// Microseconds of a day of 24 hours.
pub(crate) const DAY: i64 = 24 * HOUR;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Civil {
    /// Astronomical year: 0 is 1 BC.
    pub(crate) year: i64,
    /// 1 to 12.
    pub(crate) month: i64,
    /// 1 to 31.
    pub(crate) day: i64,
}

impl Civil {
    /// The date of a day number.
    ///
    /// Years are counted from 1 March, so that the leap day is the last of its year, in eras of 400 years.
    pub(crate) fn from_day(day: i64) -> Self {
        let shifted = day.saturating_add(719_468);
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self { year: year_of_era + era * 400 + i64::from(month <= 2), month, day }
    }

    /// Months since January of the year 0.
    pub(super) fn month_index(self) -> i64 {
        self.year * 12 + self.month - 1
    }
}

/// The day number of a date. The day may lie outside the month and then counts on from its first.
pub(crate) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The first day of a month counted from January of the year 0.
pub(super) fn month_start(month_index: i64) -> i64 {
    day_number(month_index.div_euclid(12), month_index.rem_euclid(12) + 1, 1)
}

/// Days from Monday to the weekday of a day: 0 to 6. 1970-01-01 was a Thursday.
pub(crate) fn days_from_monday(day: i64) -> i64 {
    day.saturating_add(3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};
    use proptest::prelude::*;

    use super::{Civil, day_number, days_from_monday, month_start};

    #[test]
    fn the_ends_of_date32_are_dates() {
        for day in [i64::from(i32::MIN), i64::from(i32::MAX)] {
            let date = Civil::from_day(day);
            assert_eq!(day_number(date.year, date.month, date.day), day);
        }
    }

    proptest! {
        #[test]
        fn dates_agree_with_chrono(day in -90_000_000_i32..90_000_000) {
            let expected = NaiveDate::from_epoch_days(day).unwrap();
            let date = Civil::from_day(i64::from(day));
            prop_assert_eq!(date.year, i64::from(expected.year()));
            prop_assert_eq!(date.month, i64::from(expected.month()));
            prop_assert_eq!(date.day, i64::from(expected.day()));
            prop_assert_eq!(day_number(date.year, date.month, date.day), i64::from(day));
            prop_assert_eq!(days_from_monday(i64::from(day)), i64::from(expected.weekday().num_days_from_monday()));
            prop_assert_eq!(month_start(date.month_index()), i64::from(day) - date.day + 1);
        }
    }
}
