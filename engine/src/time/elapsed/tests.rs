//! Which values lie in the elapsed part of their periods.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use super::Elapsed;
use crate::model::{Level, WeekStart};
use crate::time::{Calendar, TimeKind, Zone};

fn calendar(zone: &str, week_start: WeekStart, fiscal_year_start: u8) -> Calendar {
    Calendar::new(Zone::named(zone).unwrap(), week_start, fiscal_year_start).unwrap()
}

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

fn day(text: &str) -> i64 {
    i64::from(text.parse::<NaiveDate>().unwrap().to_epoch_days())
}

/// Instants that are kept and instants that are not, given as times with an offset.
#[track_caller]
fn check(unit: Level, calendar: &Calendar, now: &str, kept: &[&str], dropped: &[&str]) {
    let elapsed = Elapsed::at(unit, at(now), calendar, TimeKind::Datetime).unwrap();
    let mut test = elapsed.test(calendar, TimeKind::Datetime);
    for (values, expected) in [(kept, true), (dropped, false), (kept, true)] {
        for value in values {
            assert_eq!(test.within(at(value)), expected, "{} at {now}: {value}", unit.name());
        }
    }
}

#[test]
fn months_compare_days_and_clamp_to_the_end() {
    let utc = calendar("UTC", WeekStart::Monday, 1);
    check(
        Level::Month,
        &utc,
        "2026-03-18T10:30:00Z",
        &["2026-03-18T10:30:00Z", "2026-02-18T10:30:00Z", "2025-07-17T23:59:59Z", "2026-05-01T00:00:00Z"],
        &["2026-03-18T10:30:00.000001Z", "2026-02-18T10:31:00Z", "2026-02-19T00:00:00Z", "2025-12-31T00:00:00Z"],
    );
    check(
        Level::Month,
        &utc,
        "2026-03-31T10:30:00Z",
        &["2026-02-28T10:30:00Z", "2026-04-30T10:00:00Z", "2026-02-27T23:00:00Z", "2026-01-31T10:00:00Z"],
        &["2026-02-28T10:31:00Z", "2026-04-30T11:00:00Z", "2026-01-31T11:00:00Z"],
    );
}

#[test]
fn years_and_quarters_compare_months_first() {
    check(
        Level::Year,
        &calendar("UTC", WeekStart::Monday, 1),
        "2024-03-01T12:00:00Z",
        &["2023-02-28T23:00:00Z", "2024-02-29T23:00:00Z", "2023-03-01T12:00:00Z"],
        &["2023-03-01T13:00:00Z", "2022-04-01T00:00:00Z", "2022-12-01T00:00:00Z"],
    );
    check(
        Level::Year,
        &calendar("UTC", WeekStart::Monday, 4),
        "2026-01-10T00:00:00Z",
        &["2025-12-31T00:00:00Z", "2024-04-30T00:00:00Z", "2025-01-10T00:00:00Z"],
        &["2025-03-01T00:00:00Z", "2025-01-11T00:00:00Z", "2026-02-01T00:00:00Z"],
    );
    check(
        Level::Quarter,
        &calendar("UTC", WeekStart::Monday, 1),
        "2026-05-10T00:00:00Z",
        &["2026-01-31T00:00:00Z", "2026-02-10T00:00:00Z", "2025-10-31T00:00:00Z"],
        &["2026-02-11T00:00:00Z", "2026-03-01T00:00:00Z"],
    );
}

#[test]
fn weeks_days_and_hours() {
    check(
        Level::Week,
        &calendar("UTC", WeekStart::Sunday, 1),
        "2026-03-18T10:30:00Z",
        &["2026-03-15T23:00:00Z", "2026-03-11T10:30:00Z"],
        &["2026-03-14T00:00:00Z", "2026-03-12T00:00:00Z", "2026-03-11T10:31:00Z"],
    );
    check(
        Level::Hour,
        &calendar("Asia/Kathmandu", WeekStart::Monday, 1),
        "2026-03-18T10:30:00+05:45",
        &["2026-01-01T02:30:00+05:45", "2026-01-01T03:00:00+05:45"],
        &["2026-01-01T02:31:00+05:45"],
    );
    check(
        Level::Minute,
        &calendar("UTC", WeekStart::Monday, 1),
        "2026-03-18T10:30:20Z",
        &["2026-01-01T02:45:20Z"],
        &["2026-01-01T02:45:21Z"],
    );
}

#[test]
fn a_change_of_the_clock_moves_nothing() {
    check(
        Level::Day,
        &calendar("Europe/Brussels", WeekStart::Monday, 1),
        "2026-07-01T10:30:00+02:00",
        &["2026-01-05T10:30:00+01:00", "2026-03-29T10:30:00+02:00", "2026-10-25T10:30:00+01:00"],
        &["2026-01-05T10:31:00+01:00", "2026-03-29T10:31:00+02:00", "2026-10-25T10:31:00+01:00"],
    );
    // Set back from 00:01 to 23:01 of the day before: the new day had begun, and its month with it.
    check(
        Level::Month,
        &calendar("America/St_Johns", WeekStart::Monday, 1),
        "2026-03-01T00:00:00-03:30",
        &["2009-11-01T00:00:00-02:30", "2009-10-31T23:30:00-03:30", "2009-11-01T00:00:00-03:30"],
        &["2009-10-31T23:30:00-02:30", "2009-11-01T00:01:00-03:30"],
    );
}

#[test]
fn dates_count_with_their_day_and_local_times_with_their_clock() {
    let brussels = calendar("Europe/Brussels", WeekStart::Monday, 1);
    let now = at("2026-03-17T23:30:00Z");
    let elapsed = Elapsed::at(Level::Month, now, &brussels, TimeKind::Date).unwrap();
    let mut dates = elapsed.test(&brussels, TimeKind::Date);
    assert!(dates.within(day("2026-02-18")) && dates.within(day("2025-01-01")));
    assert!(!dates.within(day("2026-02-19")));
    assert_eq!(elapsed.to_string(), "month 0 18 1800000000");
    let elapsed = Elapsed::at(Level::Month, now, &brussels, TimeKind::Local).unwrap();
    let mut times = elapsed.test(&brussels, TimeKind::Local);
    assert!(times.within(at("2026-02-18T00:30:00Z")) && !times.within(at("2026-02-18T00:31:00Z")));
    assert!(Elapsed::at(Level::Hour, now, &brussels, TimeKind::Date).is_err());
}

/// The offset inside a period as a tuple that orders.
fn naive_offset(unit: Level, local: NaiveDateTime) -> (u32, u32) {
    match unit {
        Level::Year => (local.month0(), local.day()),
        Level::Quarter => (local.month0() % 3, local.day()),
        Level::Month => (0, local.day()),
        Level::Week => (0, local.weekday().num_days_from_monday()),
        _ => (0, 0),
    }
}

proptest! {
    #[test]
    fn values_agree_with_the_definition(
        now in at("1990-01-01T00:00:00Z")..at("2050-01-01T00:00:00Z"),
        values in prop::collection::vec(at("1950-01-01T00:00:00Z")..at("2050-01-01T00:00:00Z"), 1..20),
        unit in prop::sample::select(vec![Level::Year, Level::Quarter, Level::Month, Level::Week, Level::Day]),
    ) {
        let utc = calendar("UTC", WeekStart::Monday, 1);
        let mut test = Elapsed::at(unit, now, &utc, TimeKind::Datetime).unwrap().test(&utc, TimeKind::Datetime);
        let local = |micros: i64| DateTime::from_timestamp_micros(micros).unwrap().naive_utc();
        for value in values {
            let (months, mut day) = naive_offset(unit, local(now));
            if unit <= Level::Month {
                day = day.min(u32::from(local(value).date().num_days_in_month()));
            }
            let own = (naive_offset(unit, local(value)), local(value).time());
            prop_assert_eq!(test.within(value), own <= ((months, day), local(now).time()), "{}", value);
        }
    }

    #[test]
    fn of_the_current_period_what_has_passed_is_kept(
        now in at("1990-01-01T00:00:00Z")..at("2050-01-01T00:00:00Z"),
        share in any::<i64>(),
        unit in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let tokyo = calendar("Asia/Tokyo", WeekStart::Thursday, 9);
        let period = tokyo.bucket(unit, now);
        let value = period.start_micros + share.rem_euclid(period.end_micros - period.start_micros);
        let elapsed = Elapsed::at(unit, now, &tokyo, TimeKind::Datetime).unwrap();
        prop_assert_eq!(elapsed.test(&tokyo, TimeKind::Datetime).within(value), value <= now);
    }

    #[test]
    fn any_value_is_tested(
        now in any::<i64>(),
        value in any::<i64>(),
        unit in prop::sample::select(Level::ALL.to_vec()),
    ) {
        let zone = calendar("America/New_York", WeekStart::Monday, 7);
        for kind in [TimeKind::Datetime, TimeKind::Local] {
            Elapsed::at(unit, now, &zone, kind).unwrap().test(&zone, kind).within(value);
        }
    }
}
