//! The vectors of relative dates, and how their ranges lie side by side.

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;

use super::{Relative, available_range, relative_range};
use crate::error::ErrorKind;
use crate::model::{Level, WeekStart};
use crate::time::{Calendar, OpenRange, TimeKind, Zone};

static KINDS: [TimeKind; 3] = [TimeKind::Date, TimeKind::Datetime, TimeKind::Local];
const NOW: &str = "2026-03-18T10:30";

fn calendar(zone: &str, week_start: WeekStart, fiscal_year_start: u8) -> Calendar {
    Calendar::new(Zone::named(zone).unwrap(), week_start, fiscal_year_start).unwrap()
}

/// A day, or a time in UTC, in the unit of a kind.
fn value(text: &str, kind: TimeKind) -> i64 {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00"));
    let micros = DateTime::parse_from_rfc3339(&format!("{date}T{time}:00Z")).unwrap().timestamp_micros();
    match kind {
        TimeKind::Date => i64::from(date.parse::<NaiveDate>().unwrap().to_epoch_days()),
        TimeKind::Datetime | TimeKind::Local => micros,
    }
}

fn side(text: &str, kind: TimeKind) -> Option<i64> {
    (!text.is_empty()).then(|| value(text, kind))
}

/// At the time of the vectors, in UTC with weeks from Monday, for the kinds given. An empty text is an open side.
#[track_caller]
fn check(kinds: &[TimeKind], which: Relative, quantity: u32, unit: Level, start: &str, end: &str) {
    check_at(NOW, &calendar("UTC", WeekStart::Monday, 1), kinds, (which, quantity, unit), start, end);
}

#[track_caller]
fn check_at(
    now: &str,
    calendar: &Calendar,
    kinds: &[TimeKind],
    (which, quantity, unit): (Relative, u32, Level),
    start: &str,
    end: &str,
) {
    for kind in kinds {
        let now = value(now, TimeKind::Datetime);
        let range = relative_range(which, quantity, unit, now, calendar, *kind).unwrap();
        let expected = OpenRange { start: side(start, *kind), end: side(end, *kind) };
        assert_eq!(range, expected, "{which:?} {quantity} {} of {kind:?}", unit.name());
    }
}

#[test]
fn vectors_of_whole_days() {
    let check = |which, quantity, unit, start, end| check(&KINDS, which, quantity, unit, start, end);
    check(Relative::LastNow, 7, Level::Day, "2026-03-12", "2026-03-19");
    check(Relative::LastNow, 1, Level::Month, "2026-02-19", "2026-03-19");
    check(Relative::LastNow, 2, Level::Week, "2026-03-05", "2026-03-19");
    check(Relative::LastCompleted, 7, Level::Day, "2026-03-11", "2026-03-18");
    check(Relative::LastCompleted, 1, Level::Week, "2026-03-09", "2026-03-16");
    check(Relative::LastCompleted, 3, Level::Month, "2025-12-01", "2026-03-01");
    check(Relative::LastCompleted, 2, Level::Quarter, "2025-07-01", "2026-01-01");
    check(Relative::Current, 1, Level::Week, "2026-03-16", "2026-03-23");
    check(Relative::Current, 1, Level::Year, "2026-01-01", "2027-01-01");
    check(Relative::NextFull, 1, Level::Month, "2026-04-01", "2026-05-01");
    check(Relative::NextFull, 2, Level::Quarter, "2026-04-01", "2026-10-01");
    check(Relative::Ago, 1, Level::Year, "2025-01-01", "2026-01-01");
    check(Relative::Ago, 0, Level::Day, "2026-03-18", "2026-03-19");
    check(Relative::MoreThanAgo, 2, Level::Month, "", "2026-01-01");
    check(Relative::OrMoreAgo, 2, Level::Month, "", "2026-02-01");
}

#[test]
fn vectors_that_depend_on_the_kind() {
    let times = &KINDS[1..];
    check(times, Relative::LastNow, 24, Level::Hour, "2026-03-17T10:30", "2026-03-18T10:30");
    check(times, Relative::NextNow, 90, Level::Minute, "2026-03-18T10:30", "2026-03-18T12:00");
    check(times, Relative::NextNow, 7, Level::Day, "2026-03-18T10:30", "2026-03-25");
    check(times, Relative::ToDate, 1, Level::Quarter, "2026-01-01", "2026-03-18T10:30");
    check(times, Relative::ToDate, 1, Level::Hour, "2026-03-18T10:00", "2026-03-18T10:30");
    check(times, Relative::LastCompleted, 2, Level::Hour, "2026-03-18T08:00", "2026-03-18T10:00");
    check(times, Relative::NextFull, 2, Level::Minute, "2026-03-18T10:31", "2026-03-18T10:33");
    check(times, Relative::OrMoreAgo, 1, Level::Hour, "", "2026-03-18T10:00");
    let dates = &KINDS[..1];
    check(dates, Relative::ToDate, 1, Level::Quarter, "2026-01-01", "2026-03-19");
    check(dates, Relative::NextNow, 7, Level::Day, "2026-03-18", "2026-03-25");
    check(dates, Relative::NextNow, 1, Level::Month, "2026-03-18", "2026-04-18");
}

#[test]
fn weeks_fiscal_years_and_zones() {
    let sunday = calendar("UTC", WeekStart::Sunday, 1);
    check_at(NOW, &sunday, &KINDS, (Relative::Current, 1, Level::Week), "2026-03-15", "2026-03-22");
    let february = calendar("UTC", WeekStart::Monday, 2);
    check_at(NOW, &february, &KINDS, (Relative::Current, 1, Level::Quarter), "2026-02-01", "2026-05-01");
    check_at(NOW, &february, &KINDS[..1], (Relative::ToDate, 1, Level::Year), "2026-02-01", "2026-03-19");
    check_at(NOW, &february, &KINDS, (Relative::LastCompleted, 1, Level::Year), "2025-02-01", "2026-02-01");
    // 18:30Z is past midnight in Kathmandu.
    let kathmandu = calendar("Asia/Kathmandu", WeekStart::Monday, 1);
    let day = (Relative::Current, 1, Level::Day);
    check_at("2026-03-18T18:30", &kathmandu, &KINDS[..1], day, "2026-03-19", "2026-03-20");
    check_at("2026-03-18T18:30", &kathmandu, &KINDS[1..2], day, "2026-03-18T18:15", "2026-03-19T18:15");
    check_at("2026-03-18T18:30", &kathmandu, &KINDS[2..], day, "2026-03-19", "2026-03-20");
    let brussels = calendar("Europe/Brussels", WeekStart::Monday, 1);
    check_at("2026-03-29T12:00", &brussels, &KINDS[1..2], day, "2026-03-28T23:00", "2026-03-29T22:00");
    check_at("2026-10-25T12:00", &brussels, &KINDS[1..2], day, "2026-10-24T22:00", "2026-10-25T23:00");
}

#[test]
fn months_are_added_at_once_and_clamp() {
    let utc = calendar("UTC", WeekStart::Monday, 1);
    let check = |now, which, quantity, start, end| {
        check_at(now, &utc, &KINDS[..1], (which, quantity, Level::Month), start, end);
    };
    // The days end with today, so one month is counted back from tomorrow.
    check("2026-03-30T12:00", Relative::LastNow, 1, "2026-02-28", "2026-03-31");
    check("2026-03-30T12:00", Relative::LastNow, 2, "2026-01-31", "2026-03-31");
    check("2026-01-31T12:00", Relative::NextNow, 1, "2026-01-31", "2026-02-28");
    check("2026-01-31T12:00", Relative::NextNow, 2, "2026-01-31", "2026-03-31");
    check("2026-03-31T12:00", Relative::LastCompleted, 1, "2026-02-01", "2026-03-01");
}

#[test]
fn hours_that_come_twice_count_twice() {
    let brussels = calendar("Europe/Brussels", WeekStart::Monday, 1);
    let check = |which, quantity, start, end| {
        check_at("2026-10-25T02:10", &brussels, &KINDS[1..2], (which, quantity, Level::Hour), start, end);
    };
    check(Relative::LastCompleted, 2, "2026-10-25T00:00", "2026-10-25T02:00");
    check(Relative::LastNow, 2, "2026-10-25T00:10", "2026-10-25T02:10");
    // The wall clock shows 03:10.
    check_at(
        "2026-10-25T02:10",
        &brussels,
        &KINDS[2..],
        (Relative::LastCompleted, 2, Level::Hour),
        "2026-10-25T01:00",
        "2026-10-25T03:00",
    );
}

#[test]
fn the_newest_value_takes_the_place_of_now() {
    let utc = calendar("UTC", WeekStart::Monday, 1);
    let check = |greatest, quantity, unit, start, end, kinds: &[TimeKind]| {
        for kind in kinds {
            let range = available_range(value(greatest, *kind), quantity, unit, &utc, *kind).unwrap();
            assert_eq!(range, OpenRange { start: side(start, *kind), end: side(end, *kind) }, "{greatest} {kind:?}");
        }
    };
    check("2013-12-31T23:00", 1, Level::Month, "2013-12-01", "2014-01-01", &KINDS);
    check("2013-12-31T23:00", 7, Level::Day, "2013-12-25", "2014-01-01", &KINDS);
    check("2013-12-31T23:10", 2, Level::Hour, "2013-12-31T22:00", "2014-01-01", &KINDS[1..]);
    assert!(available_range(0, 1, Level::Second, &utc, TimeKind::Date).is_err());
}

#[test]
fn dates_have_no_unit_below_day() {
    let utc = calendar("UTC", WeekStart::Monday, 1);
    let error = relative_range(Relative::LastNow, 24, Level::Hour, 0, &utc, TimeKind::Date).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidQuery);
    assert_eq!(error.message(), "a date has no unit `hour`; day is the finest");
}

#[test]
fn huge_quantities_open_the_range() {
    for zone in ["UTC", "America/New_York"] {
        let calendar = calendar(zone, WeekStart::Monday, 1);
        let now = value(NOW, TimeKind::Datetime);
        for kind in KINDS {
            for unit in [Level::Year, Level::Month, Level::Week] {
                let range = |which| relative_range(which, u32::MAX, unit, now, &calendar, kind).unwrap();
                assert_eq!(range(Relative::LastCompleted).start, None);
                assert_eq!(range(Relative::LastNow).start, None);
                assert_eq!(range(Relative::NextNow).end, None);
                assert_eq!(range(Relative::NextFull).end, None);
                let least = relative_range(Relative::MoreThanAgo, u32::MAX, unit, now, &calendar, kind).unwrap();
                assert!(!least.contains(-1_000_000), "{least:?}");
            }
        }
        for unit in Level::ALL {
            for now in [i64::MIN, now, i64::MAX] {
                for kind in [TimeKind::Datetime, TimeKind::Local] {
                    for which in [Relative::LastNow, Relative::Ago, Relative::NextFull, Relative::NextNow] {
                        relative_range(which, u32::MAX, unit, now, &calendar, kind).unwrap();
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn ranges_tile(
        (zone, fiscal) in (
            prop::sample::select(vec!["UTC", "Europe/Brussels", "Australia/Lord_Howe", "America/St_Johns"]),
            1..=12_u8,
        ),
        now in value("1960-01-01", TimeKind::Datetime)..value("2090-01-01", TimeKind::Datetime),
        quantity in 0..400_u32,
        unit in prop::sample::select(Level::ALL.to_vec()),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        prop_assume!(unit.is_calendar() || kind != TimeKind::Date);
        let calendar = calendar(zone, WeekStart::Sunday, fiscal);
        let range = |which, quantity| relative_range(which, quantity, unit, now, &calendar, kind).unwrap();
        let current = range(Relative::Current, 1);
        prop_assert!(current.contains(calendar.now(now, kind)));
        prop_assert_eq!(range(Relative::Ago, 0), current);
        prop_assert_eq!(range(Relative::LastCompleted, quantity).end, current.start);
        prop_assert_eq!(range(Relative::NextFull, quantity).start, current.end);
        prop_assert_eq!(range(Relative::ToDate, 1).start, current.start);
        prop_assert_eq!(range(Relative::LastCompleted, 1), range(Relative::Ago, 1));
        let ago = range(Relative::Ago, quantity);
        prop_assert!(ago.start < ago.end);
        prop_assert_eq!(range(Relative::Ago, quantity + 1).end, ago.start);
        prop_assert_eq!(range(Relative::LastCompleted, quantity).start, ago.start);
        prop_assert_eq!(range(Relative::MoreThanAgo, quantity), OpenRange { start: None, end: ago.start });
        prop_assert_eq!(range(Relative::OrMoreAgo, quantity), OpenRange { start: None, end: ago.end });
        // What is the last completed period now was the current one a moment before this one began.
        if kind == TimeKind::Datetime {
            let before = current.start.unwrap() - 1;
            let then = relative_range(Relative::Current, 1, unit, before, &calendar, kind).unwrap();
            prop_assert_eq!(then, range(Relative::LastCompleted, 1));
            prop_assert_eq!(available_range(before, quantity, unit, &calendar, kind).unwrap().end, current.start);
        }
    }
}
