//! Calendars, the slow way: every value is turned into the fields of a wall clock by chrono-tz and looked at alone.

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Timelike};
use chrono_tz::Tz;

use crate::spec::{Level, Part};

/// Microseconds in a day.
pub const DAY: i64 = 86_400_000_000;

fn naive(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp_micros(micros).expect("a time that chrono can hold").naive_utc()
}

fn micros(wall: NaiveDateTime) -> i64 {
    wall.and_utc().timestamp_micros()
}

/// Days since 1970-01-01.
#[must_use]
pub fn days(date: NaiveDate) -> i32 {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date");
    i32::try_from(date.signed_duration_since(epoch).num_days()).expect("a date that 32 bits hold")
}

/// The date of that many days since 1970-01-01.
#[must_use]
pub fn date(days: i32) -> NaiveDate {
    naive(i64::from(days) * DAY).date()
}

/// The day of a wall clock time.
#[must_use]
pub fn day_of(wall: i64) -> i32 {
    days(naive(wall).date())
}

/// What the clocks of a zone show at an instant.
#[must_use]
pub fn wall(instant: i64, zone: Tz) -> i64 {
    micros(zone.from_utc_datetime(&naive(instant)).naive_local())
}

/// The earliest instant at which the clocks of a zone show this time or, where they skip it, the first they show after.
#[must_use]
pub fn resolve(wall: i64, zone: Tz) -> i64 {
    let mut shown = naive(wall);
    loop {
        match zone.from_local_datetime(&shown) {
            LocalResult::Single(at) => return at.timestamp_micros(),
            LocalResult::Ambiguous(a, b) => return a.timestamp_micros().min(b.timestamp_micros()),
            LocalResult::None => {
                let minute = micros(shown).div_euclid(60_000_000) + 1;
                shown = naive(minute * 60_000_000);
            }
        }
    }
}

/// The instants at which the clocks of a zone show this time, the first first: none, one or two.
pub fn showing(wall: i64, zone: Tz) -> impl Iterator<Item = i64> {
    let found = match zone.from_local_datetime(&naive(wall)) {
        LocalResult::Single(at) => vec![at.timestamp_micros()],
        LocalResult::Ambiguous(a, b) => {
            let (a, b) = (a.timestamp_micros(), b.timestamp_micros());
            vec![a.min(b), a.max(b)]
        }
        LocalResult::None => Vec::new(),
    };
    found.into_iter()
}

/// The first day of the bucket that holds a day, at a level of a day or coarser.
#[must_use]
pub fn first_day(day: i32, level: Level, week_start: u32, fiscal: u32) -> i32 {
    let at = date(day);
    let first = match level.0 {
        1 => {
            let year = if at.month() >= fiscal { at.year() } else { at.year() - 1 };
            NaiveDate::from_ymd_opt(year, fiscal, 1)
        }
        2 => {
            let months = at.year() * 12 + at.month0() as i32 - ((at.month() + 12 - fiscal) % 3) as i32;
            NaiveDate::from_ymd_opt(months.div_euclid(12), months.rem_euclid(12) as u32 + 1, 1)
        }
        3 => at.with_day(1),
        4 => at.checked_sub_days(Days::new(u64::from((at.weekday().num_days_from_monday() + 7 - week_start) % 7))),
        _ => Some(at),
    };
    days(first.expect("a date"))
}

/// The first day of week 1 of a year: the week that holds 4 January.
#[must_use]
pub fn first_week(year: i32, week_start: u32) -> i32 {
    first_day(days(NaiveDate::from_ymd_opt(year, 1, 4).expect("a date")), Level(4), week_start, 1)
}

/// The year and number of the week that starts on a day.
#[must_use]
pub fn week_label(start: i32, week_start: u32) -> (i32, i32) {
    let around = date(start).year();
    let year = (around - 1..=around + 1)
        .rev()
        .find(|year| first_week(*year, week_start) <= start)
        .expect("a year whose first week is not later");
    (year, (start - first_week(year, week_start)) / 7 + 1)
}

/// A cyclic part of a wall clock time.
#[must_use]
pub fn part(wall: i64, part: Part, week_start: u32, fiscal: u32) -> i64 {
    let at = naive(wall);
    let number = match part.0 {
        0 => (at.month() + 12 - fiscal) % 12 / 3 + 1,
        1 | 2 => at.month(),
        3 => {
            let start = first_day(days(at.date()), Level(4), week_start, 1);
            return i64::from(week_label(start, week_start).1);
        }
        4 => at.day(),
        5 => at.ordinal(),
        6 | 7 => (at.weekday().num_days_from_monday() + 7 - week_start) % 7 + 1,
        8 => at.hour(),
        9 => at.minute(),
        _ => at.second(),
    };
    i64::from(number)
}

/// The name that a part's number is shown by.
#[must_use]
pub fn part_name(part: Part, number: i64, week_start: u32) -> &'static str {
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
    let place = usize::try_from(number - 1).expect("a number from 1");
    if part.0 == 2 { MONTHS[place] } else { WEEKDAYS[(place + week_start as usize) % 7] }
}

/// A wall clock time cut to the start of its hour, minute, second or millisecond.
#[must_use]
pub fn floor(wall: i64, level: Level) -> i64 {
    let unit = match level.0 {
        6 => 3_600_000_000,
        7 => 60_000_000,
        8 => 1_000_000,
        _ => 1_000,
    };
    wall.div_euclid(unit) * unit
}

/// The start of the bucket of an instant below a day: as far back as its wall clock time is past the start.
#[must_use]
pub fn instant_bucket(instant: i64, level: Level, zone: Tz) -> i64 {
    let shown = wall(instant, zone);
    instant - (shown - floor(shown, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    fn day(text: &str) -> i32 {
        days(text.parse().unwrap())
    }

    #[test]
    fn days_of_zones_start_where_the_tables_say() {
        let check = |date: &str, zone: Tz, start: &str| {
            assert_eq!(resolve(i64::from(day(date)) * DAY, zone), at(start), "{date} in {zone}");
            assert_eq!(day_of(wall(at(start), zone)), day(date));
            assert_eq!(day_of(wall(at(start) - 1, zone)) + 1, day(date), "the instant before {date} in {zone}");
        };
        check("2026-03-29", Tz::Europe__Brussels, "2026-03-28T23:00:00Z");
        check("2026-03-30", Tz::Europe__Brussels, "2026-03-29T22:00:00Z");
        check("2026-10-25", Tz::Europe__Brussels, "2026-10-24T22:00:00Z");
        check("2026-10-26", Tz::Europe__Brussels, "2026-10-25T23:00:00Z");
        check("2026-03-18", Tz::Asia__Kathmandu, "2026-03-17T18:15:00Z");
        check("2018-11-04", Tz::America__Sao_Paulo, "2018-11-04T03:00:00Z");
    }

    #[test]
    fn skipped_and_repeated_times_are_the_earliest_instant() {
        assert_eq!(resolve(at("2026-03-29T02:30:00Z"), Tz::Europe__Brussels), at("2026-03-29T01:00:00Z"));
        assert_eq!(resolve(at("2026-10-25T02:30:00Z"), Tz::Europe__Brussels), at("2026-10-25T00:30:00Z"));
    }

    #[test]
    fn weeks_follow_the_iso_rule() {
        for offset in 0..3000 {
            let at = date(14_000 + offset);
            let start = first_day(days(at), Level(4), 0, 1);
            assert_eq!(week_label(start, 0), (at.iso_week().year(), at.iso_week().week() as i32), "{at}");
        }
        assert_eq!(date(first_day(day("2026-03-18"), Level(4), 6, 1)).to_string(), "2026-03-15");
    }

    #[test]
    fn fiscal_years_and_quarters_start_in_their_month() {
        let first = |date: &str, level, fiscal| super::date(first_day(day(date), Level(level), 0, fiscal)).to_string();
        assert_eq!(first("2026-03-31", 1, 4), "2025-04-01");
        assert_eq!(first("2026-04-01", 1, 4), "2026-04-01");
        assert_eq!(first("2026-01-15", 2, 2), "2025-11-01");
        assert_eq!(first("2026-02-01", 2, 2), "2026-02-01");
        assert_eq!(part(at("2026-01-15T00:00:00Z"), Part(0), 0, 2), 4);
        assert_eq!(part(at("2026-03-29T00:00:00Z"), Part(6), 6, 1), 1);
    }
}
