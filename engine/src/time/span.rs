//! Calendar arithmetic: months, weeks and days added to a day, buckets of the clock counted forth and back.

use super::calendar::{Calendar, clock_unit};
use super::civil::{Civil, DAY, month_start};
use crate::model::Level;

/// A length of time with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Months, also those of quarters and years.
    Months(i64),
    /// Days, also those of weeks.
    Days(i64),
    /// Elapsed time.
    Micros(i64),
}

impl Span {
    /// So many units. Saturates.
    pub(super) fn of(quantity: i64, unit: Level) -> Self {
        let times = |length: i64| quantity.saturating_mul(length);
        match (clock_unit(unit), unit) {
            (Some(length), _) => Self::Micros(times(length)),
            (None, Level::Year) => Self::Months(times(12)),
            (None, Level::Quarter) => Self::Months(times(3)),
            (None, Level::Month) => Self::Months(quantity),
            (None, Level::Week) => Self::Days(times(7)),
            (None, _) => Self::Days(quantity),
        }
    }

    /// The same length the other way.
    pub(super) fn reversed(self) -> Self {
        match self {
            Self::Months(months) => Self::Months(months.saturating_neg()),
            Self::Days(days) => Self::Days(days.saturating_neg()),
            Self::Micros(micros) => Self::Micros(micros.saturating_neg()),
        }
    }

    /// Whether it leaves everything in its place.
    pub(super) fn is_nothing(self) -> bool {
        matches!(self, Self::Months(0) | Self::Days(0) | Self::Micros(0))
    }

    /// Where a day goes. Elapsed time counts with the whole days that it makes up.
    pub(super) fn move_day(self, day: i64) -> Moved {
        match self {
            Self::Months(months) => add_months(day, months),
            Self::Days(days) => Moved::To(day.saturating_add(days)),
            Self::Micros(micros) => Moved::To(day.saturating_add(micros.div_euclid(DAY))),
        }
    }
}

/// Where a day goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// To this day.
    To(i64),
    /// Nowhere: the month or year that should hold it ends before it does. The day behind that month or year.
    Missing(i64),
}

impl Moved {
    /// The day, if there is one.
    pub(super) fn exact(self) -> Option<i64> {
        match self {
            Self::To(day) => Some(day),
            Self::Missing(_) => None,
        }
    }

    /// The day, or the last before where it is missing.
    pub(super) fn clamped(self) -> i64 {
        match self {
            Self::To(day) => day,
            Self::Missing(next) => next - 1,
        }
    }

    /// The day, or the first behind where it is missing.
    pub(super) fn or_next(self) -> i64 {
        match self {
            Self::To(day) | Self::Missing(day) => day,
        }
    }
}

/// The same day number so many months on.
fn add_months(day: i64, months: i64) -> Moved {
    let date = Civil::from_day(day);
    let index = date.month_index() + months;
    let moved = month_start(index) + date.day - 1;
    let next = month_start(index + 1);
    if moved < next { Moved::To(moved) } else { Moved::Missing(next) }
}

impl Calendar {
    /// The start of the bucket that is `count` buckets of a length behind the one of an instant, or before it.
    ///
    /// Buckets end where the offset changes, so an hour that comes twice counts twice and one that was skipped does
    /// not count. There are a few hundred spans of one offset, whatever the count.
    pub(super) fn step_buckets(&self, unit_micros: i64, instant: i64, count: i64) -> i64 {
        let mut segment = self.zone().segment_at(instant);
        let mut index = segment.local(instant).div_euclid(unit_micros);
        let mut left = count;
        loop {
            let target = index.saturating_add(left);
            let first = segment.local(segment.start).div_euclid(unit_micros);
            let last = segment.local(segment.end).saturating_sub(1).div_euclid(unit_micros);
            if target < first && segment.start > i64::MIN {
                left += index - first + 1;
                segment = self.zone().segment_at(segment.start - 1);
                index = segment.local(segment.end).saturating_sub(1).div_euclid(unit_micros);
            } else if target > last && segment.end < i64::MAX {
                left -= last - index + 1;
                segment = self.zone().segment_at(segment.end);
                index = segment.local(segment.start).div_euclid(unit_micros);
            } else {
                let floor = target.saturating_mul(unit_micros);
                return floor.saturating_sub(segment.offset_micros).max(segment.start);
            }
        }
    }

    /// The same weekday of the week with the same number, so many years on. Years are those of the weeks.
    pub(super) fn move_in_weeks(&self, day: i64, years: i64) -> Moved {
        let (first, _) = self.days(Level::Week, day);
        let year = Civil::from_day(first + 3).year;
        let moved = self.first_week(year + years) + day - self.first_week(year);
        let next = self.first_week(year + years + 1);
        if moved < next { Moved::To(moved) } else { Moved::Missing(next) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;

    use super::{Moved, Span};
    use crate::model::{Level, WeekStart};
    use crate::time::civil::{HOUR, MINUTE};
    use crate::time::{Calendar, Zone};

    fn day(text: &str) -> i64 {
        i64::from(text.parse::<NaiveDate>().unwrap().to_epoch_days())
    }

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    fn calendar(zone: &str, week_start: WeekStart) -> Calendar {
        Calendar::new(Zone::named(zone).unwrap(), week_start, 1).unwrap()
    }

    #[test]
    fn months_keep_the_day_number_where_it_exists() {
        let check = |from, quantity, unit, to| {
            assert_eq!(Span::of(quantity, unit).move_day(day(from)), Moved::To(day(to)), "{from} {quantity}");
        };
        check("2026-03-28", -1, Level::Month, "2026-02-28");
        check("2026-01-31", -2, Level::Quarter, "2025-07-31");
        check("2024-02-29", 4, Level::Year, "2028-02-29");
        check("2026-03-01", -2, Level::Week, "2026-02-15");
        check("2026-03-01", -1, Level::Day, "2026-02-28");
        check("2026-03-01", 48, Level::Hour, "2026-03-03");
        let missing = Span::of(-1, Level::Month).move_day(day("2026-03-31"));
        assert_eq!(missing, Moved::Missing(day("2026-03-01")));
        assert_eq!((missing.clamped(), missing.exact()), (day("2026-02-28"), None));
        assert_eq!(Span::of(1, Level::Year).move_day(day("2024-02-29")), Moved::Missing(day("2025-03-01")));
    }

    #[test]
    fn buckets_are_counted_where_the_offset_changes() {
        let check = |zone, from, count, to| {
            let stepped = calendar(zone, WeekStart::Monday).step_buckets(HOUR, at(from), count);
            assert_eq!(stepped, at(to), "{zone} {from} {count}");
        };
        check("Europe/Brussels", "2026-10-25T02:00:00Z", -3, "2026-10-24T23:00:00Z");
        check("Europe/Brussels", "2026-03-29T00:00:00Z", 2, "2026-03-29T02:00:00Z");
        // 02:30 to 03:00 is the bucket behind 01:00 to 02:00.
        check("Australia/Lord_Howe", "2025-10-04T14:30:00Z", 1, "2025-10-04T15:30:00Z");
        check("Australia/Lord_Howe", "2025-10-04T14:30:00Z", 2, "2025-10-04T16:00:00Z");
        check("Australia/Lord_Howe", "2025-10-04T17:10:00Z", -2, "2025-10-04T15:30:00Z");
        // 01:00 to 02:00, then 01:30 to 02:00 once more.
        check("Australia/Lord_Howe", "2025-04-05T14:00:00Z", 2, "2025-04-05T15:30:00Z");
    }

    #[test]
    fn weeks_keep_their_number_and_weekday() {
        let check = |from, years, expected| {
            assert_eq!(calendar("UTC", WeekStart::Monday).move_in_weeks(day(from), years), expected, "{from}");
        };
        check("2026-03-02", -1, Moved::To(day("2025-03-03")));
        check("2026-01-01", -1, Moved::To(day("2025-01-02")));
        // 2020 had a week 53, 2021 and 2019 did not.
        check("2020-12-28", 1, Moved::Missing(day("2022-01-03")));
        check("2021-01-02", -1, Moved::Missing(day("2019-12-30")));
        check("2020-12-28", 6, Moved::To(day("2026-12-28")));
    }

    proptest! {
        #[test]
        fn steps_there_and_back(
            zone in prop::sample::select(vec!["UTC", "Europe/Brussels", "Australia/Lord_Howe", "America/St_Johns"]),
            instant in at("1970-01-01T00:00:00Z")..at("2040-01-01T00:00:00Z"),
            unit in prop::sample::select(vec![HOUR, MINUTE]),
            count in -40_000_i64..40_000,
        ) {
            let calendar = calendar(zone, WeekStart::Monday);
            let start = calendar.step_buckets(unit, instant, 0);
            let level = if unit == HOUR { Level::Hour } else { Level::Minute };
            prop_assert_eq!(start, calendar.bucket(level, instant).start_micros);
            let there = calendar.step_buckets(unit, start, count);
            prop_assert_eq!(calendar.bucket(level, there).start_micros, there);
            prop_assert_eq!(calendar.step_buckets(unit, there, -count), start);
            prop_assert_eq!(calendar.bucket(level, there).end_micros, calendar.step_buckets(unit, start, count + 1));
        }
    }
}
