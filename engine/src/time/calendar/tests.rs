//! Buckets tile time, minute by minute over the days on which clocks were changed.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::{Bucket, Calendar};
use crate::model::{Level, WeekStart};
use crate::time::Zone;
use crate::time::civil::{DAY, HOUR, MINUTE, SECOND};

/// From fine to coarse; the week has a place of its own.
const NESTED: [Level; 8] = [
    Level::Millisecond,
    Level::Second,
    Level::Minute,
    Level::Hour,
    Level::Day,
    Level::Month,
    Level::Quarter,
    Level::Year,
];

/// Zones with days on which their clocks were changed.
static CHANGES: [(&str, (i32, u32, u32)); 13] = [
    ("Europe/Brussels", (2026, 3, 29)),
    ("Europe/Brussels", (2026, 10, 25)),
    ("America/New_York", (2025, 3, 9)),
    ("America/New_York", (2025, 11, 2)),
    ("Australia/Lord_Howe", (2025, 4, 6)),
    ("Australia/Lord_Howe", (2025, 10, 5)),
    ("Asia/Kathmandu", (1986, 1, 1)),
    ("America/Sao_Paulo", (2018, 11, 4)),
    ("America/Sao_Paulo", (2018, 2, 18)),
    ("Africa/Casablanca", (2026, 2, 15)),
    ("Africa/Casablanca", (2026, 3, 22)),
    ("America/St_Johns", (2010, 11, 7)),
    ("Pacific/Apia", (2011, 12, 30)),
];

fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> i64 {
    NaiveDate::from_ymd_opt(year, month, day)
        .unwrap()
        .and_hms_opt(hour, minute, 0)
        .unwrap()
        .and_utc()
        .timestamp_micros()
}

fn day(year: i32, month: u32, day: u32) -> i32 {
    NaiveDate::from_ymd_opt(year, month, day).unwrap().to_epoch_days()
}

fn calendar(zone: &str) -> Calendar {
    Calendar::new(Zone::named(zone).unwrap(), WeekStart::Monday, 1).unwrap()
}

#[test]
fn every_level_tiles_the_days_of_changes_minute_by_minute() {
    for (zone, (year, month, day)) in CHANGES {
        let calendar = calendar(zone);
        let noon = at(year, month, day, 12, 0);
        for level in Level::ALL {
            let mut last: Option<Bucket> = None;
            for minute in 0..4 * 24 * 60 {
                let instant = noon - 2 * DAY + minute * MINUTE;
                let bucket = calendar.bucket(level, instant);
                let name = level.name();
                assert!(bucket.contains(instant), "{zone} {name} at {instant}");
                assert_eq!(calendar.bucket(level, bucket.start_micros), bucket, "{zone} {name} at {instant}");
                assert_eq!(calendar.bucket(level, bucket.end_micros - 1), bucket, "{zone} {name} at {instant}");
                if let Some(last) = last {
                    if last.contains(instant) {
                        assert_eq!(last, bucket, "{zone} {name} at {instant}");
                    } else if level <= Level::Minute {
                        assert_eq!(last.end_micros, bucket.start_micros, "{zone} {name} at {instant}");
                    }
                }
                last = Some(bucket);
            }
        }
    }
}

#[test]
fn days_of_changes_have_their_length() {
    #[track_caller]
    fn check(zone: &str, noon: i64, start: i64, end: i64) {
        let bucket = calendar(zone).bucket(Level::Day, noon);
        assert_eq!((bucket.start_micros, bucket.end_micros), (start, end), "{zone}");
    }
    check("Europe/Brussels", at(2026, 3, 29, 12, 0), at(2026, 3, 28, 23, 0), at(2026, 3, 29, 22, 0));
    check("Europe/Brussels", at(2026, 10, 25, 12, 0), at(2026, 10, 24, 22, 0), at(2026, 10, 25, 23, 0));
    check("Asia/Kathmandu", at(2026, 1, 1, 12, 0), at(2025, 12, 31, 18, 15), at(2026, 1, 1, 18, 15));
    // The day began at 01:00, the first valid instant.
    check("America/Sao_Paulo", at(2018, 11, 4, 15, 0), at(2018, 11, 4, 3, 0), at(2018, 11, 5, 2, 0));
    // Set back from 00:01 to 23:01: the new day had begun.
    check("America/St_Johns", at(2010, 11, 7, 12, 0), at(2010, 11, 7, 2, 30), at(2010, 11, 8, 3, 30));
    // 30 December did not exist.
    check("Pacific/Apia", at(2011, 12, 30, 12, 0), at(2011, 12, 30, 10, 0), at(2011, 12, 31, 10, 0));
}

#[test]
fn hours_follow_the_wall_clock_and_end_at_a_change() {
    #[track_caller]
    fn check(zone: &str, instant: i64, start: i64, end: i64) {
        let bucket = calendar(zone).bucket(Level::Hour, instant);
        assert_eq!((bucket.start_micros, bucket.end_micros), (start, end), "{zone}");
    }
    check("Asia/Kathmandu", at(2026, 1, 1, 12, 0), at(2026, 1, 1, 11, 15), at(2026, 1, 1, 12, 15));
    // 02:00 to 03:00 came twice.
    check("Europe/Brussels", at(2026, 10, 25, 0, 30), at(2026, 10, 25, 0, 0), at(2026, 10, 25, 1, 0));
    check("Europe/Brussels", at(2026, 10, 25, 1, 30), at(2026, 10, 25, 1, 0), at(2026, 10, 25, 2, 0));
    // Set forward by half an hour at 02:00: the hour from 02:00 began at 02:30.
    check("Australia/Lord_Howe", at(2025, 10, 4, 15, 40), at(2025, 10, 4, 15, 30), at(2025, 10, 4, 16, 0));
    // Set back by half an hour at 02:00: the second 01:30 to 02:00 is a bucket of its own.
    check("Australia/Lord_Howe", at(2025, 4, 5, 14, 50), at(2025, 4, 5, 14, 0), at(2025, 4, 5, 15, 0));
    check("Australia/Lord_Howe", at(2025, 4, 5, 15, 10), at(2025, 4, 5, 15, 0), at(2025, 4, 5, 15, 30));
}

#[test]
fn dates_fall_into_weeks_and_fiscal_years() {
    #[track_caller]
    fn check(level: Level, week_start: WeekStart, fiscal: u8, date: i32, expected: (i32, i32)) {
        let calendar = Calendar::new(Zone::utc(), week_start, fiscal).unwrap();
        assert_eq!(calendar.date_bucket(level, date), expected, "{}", level.name());
    }
    let wednesday = day(2026, 3, 18);
    check(Level::Week, WeekStart::Monday, 1, wednesday, (day(2026, 3, 16), day(2026, 3, 23)));
    check(Level::Week, WeekStart::Sunday, 1, wednesday, (day(2026, 3, 15), day(2026, 3, 22)));
    check(Level::Week, WeekStart::Wednesday, 1, wednesday, (day(2026, 3, 18), day(2026, 3, 25)));
    check(Level::Month, WeekStart::Monday, 1, wednesday, (day(2026, 3, 1), day(2026, 4, 1)));
    check(Level::Quarter, WeekStart::Monday, 1, wednesday, (day(2026, 1, 1), day(2026, 4, 1)));
    check(Level::Year, WeekStart::Monday, 1, wednesday, (day(2026, 1, 1), day(2027, 1, 1)));
    check(Level::Year, WeekStart::Monday, 4, wednesday, (day(2025, 4, 1), day(2026, 4, 1)));
    check(Level::Year, WeekStart::Monday, 3, wednesday, (day(2026, 3, 1), day(2027, 3, 1)));
    check(Level::Quarter, WeekStart::Monday, 2, wednesday, (day(2026, 2, 1), day(2026, 5, 1)));
    check(Level::Month, WeekStart::Monday, 4, wednesday, (day(2026, 3, 1), day(2026, 4, 1)));
    check(Level::Day, WeekStart::Monday, 1, wednesday, (wednesday, wednesday + 1));
}

#[test]
fn wall_clock_times_know_no_zone() {
    let calendar = calendar("America/New_York");
    let local = at(2026, 3, 8, 2, 30);
    assert_eq!(calendar.local_bucket(Level::Hour, local).start_micros, at(2026, 3, 8, 2, 0));
    let bucket = calendar.local_bucket(Level::Day, local);
    assert_eq!(bucket.end_micros - bucket.start_micros, 24 * HOUR);
    assert_eq!(bucket.start_micros, at(2026, 3, 8, 0, 0));
    assert_eq!(calendar.local_bucket(Level::Millisecond, -1).start_micros, -SECOND / 1_000);
}

#[test]
fn a_month_that_does_not_exist_is_refused() {
    for wrong in [0, 13] {
        assert!(Calendar::new(Zone::utc(), WeekStart::Monday, wrong).is_err());
    }
}

#[test]
fn the_ends_of_time_have_buckets() {
    for zone in ["UTC", "America/New_York", "Asia/Kathmandu"] {
        let calendar = calendar(zone);
        for level in Level::ALL {
            for extreme in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1] {
                assert!(calendar.bucket(level, extreme).contains(extreme), "{zone} {} {extreme}", level.name());
                assert!(calendar.local_bucket(level, extreme).contains(extreme));
            }
            calendar.bucket(level, i64::MAX);
            calendar.local_bucket(level, i64::MAX);
            for extreme in [i32::MIN, i32::MAX] {
                let (first, next) = calendar.date_bucket(level, extreme);
                assert!(first <= extreme && extreme <= next);
            }
        }
    }
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let starts = [WeekStart::Monday, WeekStart::Wednesday, WeekStart::Saturday, WeekStart::Sunday];
    (prop::sample::select(CHANGES.as_slice()), prop::sample::select(starts.to_vec()), 1..=12_u8)
        .prop_map(|((zone, _), start, fiscal)| Calendar::new(Zone::named(zone).unwrap(), start, fiscal).unwrap())
}

proptest! {
    #[test]
    fn a_bucket_holds_what_it_was_made_for_and_is_its_own(
        calendar in calendars(),
        level in prop::sample::select(Level::ALL.to_vec()),
        instant in at(1850, 1, 1, 0, 0)..at(2110, 1, 1, 0, 0),
    ) {
        let bucket = calendar.bucket(level, instant);
        prop_assert!(bucket.contains(instant));
        prop_assert_eq!(calendar.bucket(level, bucket.start_micros), bucket);
        prop_assert_eq!(calendar.bucket(level, bucket.end_micros - 1), bucket);
        prop_assert_eq!(calendar.bucket(level, bucket.end_micros).start_micros, bucket.end_micros);
        let local = calendar.local_bucket(level, instant);
        prop_assert!(local.contains(instant));
        prop_assert_eq!(calendar.local_bucket(level, local.start_micros), local);
        prop_assert_eq!(calendar.local_bucket(level, local.end_micros).start_micros, local.end_micros);
    }

    #[test]
    fn coarser_buckets_are_unions_of_finer_ones(
        calendar in calendars(),
        instant in at(1850, 1, 1, 0, 0)..at(2110, 1, 1, 0, 0),
    ) {
        let pairs = NESTED.windows(2).map(|pair| (pair[0], pair[1])).chain([(Level::Day, Level::Week)]);
        for (fine, coarse) in pairs {
            let whole = calendar.bucket(coarse, instant);
            prop_assert_eq!(calendar.bucket(fine, whole.start_micros).start_micros, whole.start_micros);
            prop_assert_eq!(calendar.bucket(fine, whole.end_micros - 1).end_micros, whole.end_micros);
            let part = calendar.bucket(fine, instant);
            prop_assert!(whole.start_micros <= part.start_micros && part.end_micros <= whole.end_micros);
        }
    }

    #[test]
    fn the_first_day_of_a_bucket_is_its_date(
        calendar in calendars(),
        instant in at(1850, 1, 1, 0, 0)..at(2110, 1, 1, 0, 0),
    ) {
        for level in [Level::Day, Level::Week, Level::Month, Level::Quarter, Level::Year] {
            let (first, bucket) = calendar.dated_bucket(&calendar.zone().segment_at(instant), level, instant);
            prop_assert_eq!(bucket, calendar.bucket(level, instant));
            prop_assert_eq!(calendar.date_bucket(level, first).0, first);
            prop_assert_eq!(calendar.zone().to_instant(i64::from(first) * DAY), bucket.start_micros);
        }
    }
}
