//! Parts of a date or time that come round again.

use super::calendar::Calendar;
use super::civil::{Civil, DAY, HOUR, MINUTE, SECOND, day_number, days_from_monday};
use crate::model::{CyclicPart, Level, WeekStart};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The shown name of a month or weekday number, or nothing for parts that are shown as numbers. English is the one
/// language there is; other locales get it too.
pub(crate) fn part_label(part: CyclicPart, number: i64, week_start: WeekStart, _locale: &str) -> Option<&'static str> {
    let index = number.checked_sub(1)?;
    match part {
        CyclicPart::MonthName => MONTHS.get(usize::try_from(index).ok()?).copied(),
        CyclicPart::WeekdayName if (0..7).contains(&index) => {
            WEEKDAYS.get(usize::try_from((index + week_start.days_from_monday()) % 7).ok()?).copied()
        }
        _ => None,
    }
}

impl Calendar {
    /// A part of a date. Names are given by the number that orders them; parts below the day are 0.
    pub(crate) fn part_of_day(&self, part: CyclicPart, day: i64) -> i64 {
        match part {
            CyclicPart::QuarterNumber => {
                (Civil::from_day(day).month_index() - self.fiscal_phase()).rem_euclid(12) / 3 + 1
            }
            CyclicPart::MonthNumber | CyclicPart::MonthName => Civil::from_day(day).month,
            CyclicPart::WeekNumber => self.week_number(day),
            CyclicPart::DayInMonth => Civil::from_day(day).day,
            CyclicPart::DayInYear => day - day_number(Civil::from_day(day).year, 1, 1) + 1,
            CyclicPart::WeekdayNumber | CyclicPart::WeekdayName => {
                (days_from_monday(day) - self.week_start().days_from_monday()).rem_euclid(7) + 1
            }
            CyclicPart::HourInDay | CyclicPart::MinuteInHour | CyclicPart::SecondInMinute => 0,
        }
    }

    /// A part of a wall clock time.
    pub(crate) fn part_of_local(&self, part: CyclicPart, local: i64) -> i64 {
        match part {
            CyclicPart::HourInDay => local.rem_euclid(DAY) / HOUR,
            CyclicPart::MinuteInHour => local.rem_euclid(HOUR) / MINUTE,
            CyclicPart::SecondInMinute => local.rem_euclid(MINUTE) / SECOND,
            _ => self.part_of_day(part, local.div_euclid(DAY)),
        }
    }

    /// Week 1 holds 4 January, whatever day weeks start on; so the fourth day of a week decides its year.
    fn week_number(&self, day: i64) -> i64 {
        let (start, _) = self.days(Level::Week, day);
        (start - self.first_week(Civil::from_day(start + 3).year)) / 7 + 1
    }

    /// The first day of week 1 of a year.
    pub(super) fn first_week(&self, year: i64) -> i64 {
        self.days(Level::Week, day_number(year, 1, 4)).0
    }
}

/// The level at whose borders, on the wall clock, a part changes.
pub(crate) fn changes_with(part: CyclicPart) -> Level {
    match part {
        CyclicPart::HourInDay => Level::Hour,
        CyclicPart::MinuteInHour => Level::Minute,
        CyclicPart::SecondInMinute => Level::Second,
        _ => Level::Day,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};

    use super::part_label;
    use crate::model::{CyclicPart, WeekStart};
    use crate::time::civil::{HOUR, MINUTE, SECOND};
    use crate::time::{Calendar, Zone};

    fn calendar(week_start: WeekStart, fiscal_year_start: u8) -> Calendar {
        Calendar::new(Zone::utc(), week_start, fiscal_year_start).unwrap()
    }

    fn day(year: i32, month: u32, day: u32) -> i64 {
        i64::from(NaiveDate::from_ymd_opt(year, month, day).unwrap().to_epoch_days())
    }

    #[test]
    fn parts_of_a_date() {
        let days = calendar(WeekStart::Monday, 1);
        let check = |part, expected| assert_eq!(days.part_of_day(part, day(2024, 12, 30)), expected, "{}", part.name());
        check(CyclicPart::QuarterNumber, 4);
        check(CyclicPart::MonthNumber, 12);
        check(CyclicPart::MonthName, 12);
        check(CyclicPart::WeekNumber, 1);
        check(CyclicPart::DayInMonth, 30);
        check(CyclicPart::DayInYear, 365);
        check(CyclicPart::WeekdayNumber, 1);
        check(CyclicPart::WeekdayName, 1);
    }

    #[test]
    fn parts_of_a_time_before_1970() {
        let times = calendar(WeekStart::Monday, 1);
        let local = -SECOND / 2;
        assert_eq!(times.part_of_local(CyclicPart::HourInDay, local), 23);
        assert_eq!(times.part_of_local(CyclicPart::MinuteInHour, local), 59);
        assert_eq!(times.part_of_local(CyclicPart::SecondInMinute, local), 59);
        assert_eq!(times.part_of_local(CyclicPart::DayInMonth, local), 31);
        assert_eq!(times.part_of_local(CyclicPart::MinuteInHour, 3 * HOUR + 7 * MINUTE), 7);
        assert_eq!(
            times.part_of_local(CyclicPart::WeekNumber, i64::MIN),
            times.part_of_day(CyclicPart::WeekNumber, -106_751_992)
        );
    }

    #[test]
    fn weeks_from_monday_are_iso_weeks() {
        let iso = calendar(WeekStart::Monday, 1);
        for number in day(1890, 1, 1)..day(2110, 1, 1) {
            let date = NaiveDate::from_epoch_days(i32::try_from(number).unwrap()).unwrap();
            assert_eq!(iso.part_of_day(CyclicPart::WeekNumber, number), i64::from(date.iso_week().week()), "{date}");
        }
    }

    #[test]
    fn the_week_of_4_january_is_week_1_for_every_start() {
        for start in [
            WeekStart::Monday,
            WeekStart::Tuesday,
            WeekStart::Wednesday,
            WeekStart::Thursday,
            WeekStart::Friday,
            WeekStart::Saturday,
            WeekStart::Sunday,
        ] {
            let weeks = calendar(start, 1);
            for year in 1990..2040 {
                assert_eq!(weeks.part_of_day(CyclicPart::WeekNumber, day(year, 1, 4)), 1);
                let before = weeks.part_of_day(CyclicPart::WeekNumber, weeks.first_week(i64::from(year)) - 1);
                assert!((52..=53).contains(&before));
            }
        }
    }

    #[test]
    fn fiscal_quarters_start_with_the_fiscal_year() {
        let april = calendar(WeekStart::Monday, 4);
        let check =
            |month, expected| assert_eq!(april.part_of_day(CyclicPart::QuarterNumber, day(2026, month, 15)), expected);
        check(3, 4);
        check(4, 1);
        check(7, 2);
        check(12, 3);
    }

    #[test]
    fn names_carry_the_order_of_the_week() {
        let check = |part, number, start, expected| assert_eq!(part_label(part, number, start, "en"), expected);
        check(CyclicPart::WeekdayName, 1, WeekStart::Monday, Some("Monday"));
        check(CyclicPart::WeekdayName, 1, WeekStart::Sunday, Some("Sunday"));
        check(CyclicPart::WeekdayName, 7, WeekStart::Sunday, Some("Saturday"));
        check(CyclicPart::WeekdayName, 8, WeekStart::Monday, None);
        check(CyclicPart::MonthName, 12, WeekStart::Monday, Some("December"));
        check(CyclicPart::MonthName, 0, WeekStart::Monday, None);
        check(CyclicPart::MonthNumber, 1, WeekStart::Monday, None);
        let sundays = calendar(WeekStart::Sunday, 1);
        // 2026-03-15 was a Sunday.
        assert_eq!(sundays.part_of_day(CyclicPart::WeekdayNumber, day(2026, 3, 15)), 1);
        assert_eq!(sundays.part_of_day(CyclicPart::WeekdayNumber, day(2026, 3, 14)), 7);
    }
}
