//! What literals stand for, and which are refused.

use chrono::{DateTime, NaiveDate};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{TimeInterval, TimeKind, parse_interval};
use crate::model::{Level, WeekStart};
use crate::time::{Calendar, Zone};

fn calendar(zone: &str, week_start: WeekStart, fiscal_year_start: u8) -> Calendar {
    Calendar::new(Zone::named(zone).unwrap(), week_start, fiscal_year_start).unwrap()
}

fn instant(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

fn day(text: &str) -> i64 {
    i64::from(text.parse::<NaiveDate>().unwrap().to_epoch_days())
}

#[track_caller]
fn check_datetime(literal: &str, zone: &str, level: Option<Level>, start: &str, end: &str) {
    let calendar = calendar(zone, WeekStart::Monday, 1);
    let interval = parse_interval(literal, &calendar, level, TimeKind::Datetime).unwrap();
    assert_eq!(interval, TimeInterval { start: instant(start), end: instant(end) }, "{literal}");
}

#[track_caller]
fn check_date(literal: &str, week_start: WeekStart, fiscal: u8, level: Option<Level>, start: &str, end: &str) {
    let calendar = calendar("America/New_York", week_start, fiscal);
    let interval = parse_interval(literal, &calendar, level, TimeKind::Date).unwrap();
    assert_eq!(interval, TimeInterval { start: day(start), end: day(end) }, "{literal}");
}

#[track_caller]
fn check_refused(literal: &str, kind: TimeKind, level: Option<Level>, message: &Expect) {
    let calendar = calendar("Europe/Brussels", WeekStart::Monday, 1);
    let error = parse_interval(literal, &calendar, level, kind).unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::InvalidQuery);
    message.assert_eq(error.message());
}

#[test]
fn days_stand_for_the_whole_day_in_the_zone() {
    let check = |literal, zone, start, end| check_datetime(literal, zone, None, start, end);
    check("2026-03-29", "Europe/Brussels", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    check("2026-10-25", "Europe/Brussels", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    check("2026-01-01", "Asia/Kathmandu", "2025-12-31T18:15:00Z", "2026-01-01T18:15:00Z");
    check("2013", "UTC", "2013-01-01T00:00:00Z", "2014-01-01T00:00:00Z");
    check("2013-02", "America/New_York", "2013-02-01T05:00:00Z", "2013-03-01T05:00:00Z");
    check("2013-Q1", "UTC", "2013-01-01T00:00:00Z", "2013-04-01T00:00:00Z");
    check("2013-W05", "UTC", "2013-01-28T00:00:00Z", "2013-02-04T00:00:00Z");
}

#[test]
fn times_stand_for_one_microsecond() {
    let check = |literal, zone, start, end| check_datetime(literal, zone, None, start, end);
    check("2013-02-01T10:30", "UTC", "2013-02-01T10:30:00Z", "2013-02-01T10:30:00.000001Z");
    check("2013-02-01 10:30:15", "UTC", "2013-02-01T10:30:15Z", "2013-02-01T10:30:15.000001Z");
    check("2013-02-01t10:30:15.25z", "Asia/Tokyo", "2013-02-01T10:30:15.25Z", "2013-02-01T10:30:15.250001Z");
    check("2013-02-01T10:30:15.123456789Z", "UTC", "2013-02-01T10:30:15.123456Z", "2013-02-01T10:30:15.123457Z");
    check("2013-02-01T10:30+05:45", "UTC", "2013-02-01T04:45:00Z", "2013-02-01T04:45:00.000001Z");
    check("2013-02-01T10:30-0500", "UTC", "2013-02-01T15:30:00Z", "2013-02-01T15:30:00.000001Z");
    check("2013-02-01T10:30+02", "UTC", "2013-02-01T08:30:00Z", "2013-02-01T08:30:00.000001Z");
    // In the zone of the query; in a gap its end, in an overlap the first time.
    check("2013-02-01T10:30", "America/New_York", "2013-02-01T15:30:00Z", "2013-02-01T15:30:00.000001Z");
    check("2026-03-29T02:30", "Europe/Brussels", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00.000001Z");
    check("2026-10-25T02:30", "Europe/Brussels", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00.000001Z");
}

#[test]
fn a_level_takes_the_whole_bucket() {
    let check = |literal, level, start, end| check_datetime(literal, "Europe/Brussels", Some(level), start, end);
    check("2026-03-29T12:34", Level::Day, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    check("2026-03-29T12:34:56Z", Level::Hour, "2026-03-29T12:00:00Z", "2026-03-29T13:00:00Z");
    check("2026-03-29", Level::Month, "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z");
    check("2026-03-29", Level::Hour, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    check("2026", Level::Month, "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z");
}

#[test]
fn dates_have_days() {
    let check = |literal, start, end| check_date(literal, WeekStart::Monday, 1, None, start, end);
    check("2024-02-29", "2024-02-29", "2024-03-01");
    check("2013-12", "2013-12-01", "2014-01-01");
    check("2020-W53", "2020-12-28", "2021-01-04");
    check("2013-q4", "2013-10-01", "2014-01-01");
    // Fiscal years are called after the year in which they end.
    check_date("2013", WeekStart::Monday, 4, None, "2012-04-01", "2013-04-01");
    check_date("2013-Q1", WeekStart::Monday, 4, None, "2012-04-01", "2012-07-01");
    check_date("2013-02", WeekStart::Monday, 4, None, "2013-02-01", "2013-03-01");
    check_date("2013-W05", WeekStart::Sunday, 1, None, "2013-01-27", "2013-02-03");
    // A week lies in the month in which it begins, and a month holds the weeks that begin in it.
    check_date("2013-W05", WeekStart::Monday, 1, Some(Level::Month), "2013-01-01", "2013-02-01");
    check_date("2013-02", WeekStart::Monday, 1, Some(Level::Week), "2013-02-04", "2013-03-04");
    check_date("2013-02-06", WeekStart::Monday, 1, Some(Level::Week), "2013-02-04", "2013-02-11");
}

#[test]
fn wall_clock_times_do_not_move() {
    let calendar = calendar("America/New_York", WeekStart::Monday, 1);
    let check = |literal, level, start, end| {
        let interval = parse_interval(literal, &calendar, level, TimeKind::Local).unwrap();
        assert_eq!(interval, TimeInterval { start: instant(start), end: instant(end) }, "{literal}");
    };
    check("2026-03-08", None, "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z");
    check("2026-03-08T02:30", None, "2026-03-08T02:30:00Z", "2026-03-08T02:30:00.000001Z");
    check("2026-03-08T02:30", Some(Level::Hour), "2026-03-08T02:00:00Z", "2026-03-08T03:00:00Z");
}

#[test]
fn what_is_no_literal_is_refused() {
    let shape = |text: &str| {
        let calendar = calendar("UTC", WeekStart::Monday, 1);
        let error = parse_interval(text, &calendar, None, TimeKind::Datetime).unwrap_err();
        assert!(error.message().contains("is not a date or time"), "{text}: {}", error.message());
    };
    for text in [
        "",
        "13",
        "2013-",
        "2013-2",
        "2013-02-",
        "2013-02-1",
        "2013/02/01",
        "yesterday",
        "2013-02-01T",
        "2013-02-01T10",
        "2013-02-01T10:30:00.",
        "2013-02-01T10:30:00.1234567890",
        "2013-02-01T10:30Zz",
        "2013-02-01T10:30+1",
        "2013-02-01X10:30",
        "2013-Q11",
        "2013-W5",
        "٢٠١٣",
        "-2013",
        " 2013",
        "2013-02-01T10:30.5",
    ] {
        shape(text);
    }
    check_refused("2013-02-30", TimeKind::Datetime, None, &expect!["`2013-02-30` is not in the calendar"]);
    check_refused("2013-13", TimeKind::Datetime, None, &expect!["`2013-13` is not in the calendar"]);
    check_refused("2013-02-00", TimeKind::Date, None, &expect!["`2013-02-00` is not in the calendar"]);
    check_refused("2013-Q5", TimeKind::Date, None, &expect!["`2013-Q5` is not in the calendar"]);
    check_refused("2013-W53", TimeKind::Date, None, &expect!["`2013-W53` is not in the calendar"]);
    check_refused("2013-W00", TimeKind::Date, None, &expect!["`2013-W00` is not in the calendar"]);
    check_refused(
        "2013-02-01T24:00",
        TimeKind::Datetime,
        None,
        &expect!["`2013-02-01T24:00` is not a time of day or offset that exists"],
    );
    check_refused(
        "2013-02-01T10:30",
        TimeKind::Date,
        None,
        &expect!["`2013-02-01T10:30` has a time of day, but the column holds dates"],
    );
    check_refused(
        "2013-02-01T10:30Z",
        TimeKind::Local,
        None,
        &expect!["`2013-02-01T10:30Z` has an offset, but the column holds wall clock times without a zone"],
    );
    check_refused(
        "2013-02-01",
        TimeKind::Date,
        Some(Level::Hour),
        &expect!["a date has no level `hour`; day is the finest"],
    );
    let calendar = calendar("UTC", WeekStart::Monday, 1);
    let error = parse_interval("last\nweek", &calendar, None, TimeKind::Date).unwrap_err();
    assert!(error.message().starts_with(r"`last\nweek` is not a date or time; write it as 2013, 2013-Q1"));
    let long = parse_interval(&"x".repeat(1_000), &calendar, None, TimeKind::Date).unwrap_err();
    assert!(long.message().len() < 300 && long.message().contains('…'));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9QWTZ:+. -]{0,24}") {
        let calendar = calendar("Europe/Brussels", WeekStart::Sunday, 7);
        for kind in [TimeKind::Date, TimeKind::Datetime, TimeKind::Local] {
            for level in [None, Some(Level::Week), Some(Level::Year), Some(Level::Hour)] {
                if let Ok(interval) = parse_interval(&text, &calendar, level, kind) {
                    prop_assert!(interval.start <= interval.end);
                }
            }
        }
    }
}
