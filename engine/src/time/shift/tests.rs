//! What ranges and buckets are compared with.

use chrono::{DateTime, NaiveDate};

use super::{Displacement, Shift, previous_period};
use crate::model::{Level, WeekStart};
use crate::time::civil::{DAY, HOUR};
use crate::time::{Calendar, OpenRange, TimeKind, Zone};

static KINDS: [TimeKind; 3] = [TimeKind::Date, TimeKind::Datetime, TimeKind::Local];

fn calendar(zone: &str, week_start: WeekStart) -> Calendar {
    Calendar::new(Zone::named(zone).unwrap(), week_start, 1).unwrap()
}

fn by(quantity: u32, unit: Level) -> Displacement {
    Displacement::Calendar(Shift { quantity, unit })
}

/// A day such as `2026-03-01` beside dates, else a time with an offset, or midnight in UTC; empty is an open side.
fn side(text: &str, kind: TimeKind) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        let day = i64::from(date.to_epoch_days());
        return Some(if kind == TimeKind::Date { day } else { day * DAY });
    }
    Some(DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros())
}

fn range((start, end): (&str, &str), kind: TimeKind) -> OpenRange {
    OpenRange { start: side(start, kind), end: side(end, kind) }
}

#[track_caller]
fn check_range(zone: &str, kind: TimeKind, shift: Displacement, present: (&str, &str), base: (&str, &str)) {
    let moved = shift.range(range(present, kind), None, &calendar(zone, WeekStart::Monday), kind).unwrap();
    assert_eq!(moved, range(base, kind), "{present:?} {kind:?} in {zone}");
}

#[test]
fn sides_move_in_the_calendar() {
    let check = |shift, present, base| {
        for kind in KINDS {
            check_range("UTC", kind, shift, present, base);
        }
    };
    check(by(1, Level::Month), ("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01"));
    check(by(1, Level::Year), ("2026-01-01", ""), ("2025-01-01", ""));
    check(by(2, Level::Week), ("", "2026-03-19"), ("", "2026-03-05"));
    check(by(5, Level::Day), ("2026-03-01", "2026-03-03"), ("2026-02-24", "2026-02-26"));
    // 28 February is the counterpart of 28 March, which lies in the first range and not in the second.
    check(by(1, Level::Month), ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-03-01"));
    check(by(1, Level::Month), ("2026-03-31", "2026-04-10"), ("2026-03-01", "2026-03-10"));
    check(by(1, Level::Year), ("2024-02-29", "2024-03-01"), ("2023-03-01", "2023-03-01"));
}

#[test]
fn times_keep_the_wall_clock() {
    let check = |zone, shift, present, base| {
        check_range(zone, TimeKind::Datetime, shift, (present, ""), (base, ""));
    };
    let brussels = "Europe/Brussels";
    check(brussels, by(6, Level::Month), "2026-07-01T10:30:00+02:00", "2026-01-01T10:30:00+01:00");
    check(brussels, by(1, Level::Day), "2026-03-29T12:00:00+02:00", "2026-03-28T12:00:00+01:00");
    check(brussels, by(24, Level::Hour), "2026-03-29T12:00:00+02:00", "2026-03-28T11:00:00+01:00");
    check(brussels, by(1, Level::Day), "2026-03-30T00:00:00+02:00", "2026-03-29T00:00:00+01:00");
    check(brussels, by(1, Level::Month), "2026-03-31T10:30:00+02:00", "2026-03-01T00:00:00+01:00");
    // A day that begins in a gap goes to the start of a day.
    check("America/Sao_Paulo", by(1, Level::Year), "2018-11-04T03:00:00Z", "2017-11-04T02:00:00Z");
    check("America/Sao_Paulo", by(7, Level::Day), "2018-11-11T02:00:00Z", "2018-11-04T03:00:00Z");
    // What comes twice: the first meets the first, the second the second or what lies behind.
    check(brussels, by(1, Level::Day), "2026-10-25T00:30:00Z", "2026-10-24T00:30:00Z");
    check(brussels, by(1, Level::Day), "2026-10-25T01:30:00Z", "2026-10-24T01:00:00Z");
    check(brussels, by(52, Level::Week), "2026-10-25T01:30:00Z", "2025-10-26T01:30:00Z");
    check(brussels, by(1, Level::Day), "2026-10-26T02:30:00+01:00", "2026-10-25T02:30:00+02:00");
    check_range(
        brussels,
        TimeKind::Local,
        by(1, Level::Month),
        ("2026-03-28T10:30:00Z", "2026-03-31T10:30:00Z"),
        ("2026-02-28T10:30:00Z", "2026-03-01T00:00:00Z"),
    );
}

#[test]
fn grouped_by_week_days_keep_their_week() {
    let utc = calendar("UTC", WeekStart::Monday);
    let check = |shift: Displacement, grain, present, base| {
        for kind in KINDS {
            let moved = shift.range(range(present, kind), grain, &utc, kind).unwrap();
            assert_eq!(moved, range(base, kind), "{present:?} {kind:?}");
        }
    };
    let year = by(1, Level::Year);
    check(year, Some(Level::Week), ("2026-01-01", "2026-03-19"), ("2025-01-02", "2025-03-20"));
    check(by(12, Level::Month), Some(Level::Week), ("2026-03-16", "2026-12-28"), ("2025-03-17", "2025-12-29"));
    check(year, Some(Level::Day), ("2026-01-01", "2026-03-19"), ("2025-01-01", "2025-03-19"));
    check(by(1, Level::Month), Some(Level::Week), ("2026-03-16", "2026-03-23"), ("2026-02-16", "2026-02-23"));
}

#[test]
fn dates_have_no_shift_below_day() {
    let utc = calendar("UTC", WeekStart::Monday);
    let all = OpenRange { start: None, end: None };
    for shift in [by(24, Level::Hour), Displacement::Micros(DAY)] {
        assert!(shift.range(all, None, &utc, TimeKind::Date).is_err());
        assert!(shift.trim_running(all, all, 0, None, &utc, TimeKind::Date).is_err());
    }
}

#[track_caller]
fn check_previous(zone: &str, kind: TimeKind, present: (&str, &str), displacement: Displacement, base: (&str, &str)) {
    let previous = previous_period(range(present, kind), &calendar(zone, WeekStart::Monday), kind);
    assert_eq!(previous, Some((range(base, kind), displacement)), "{present:?} {kind:?} in {zone}");
}

#[test]
fn the_previous_period_is_of_whole_units() {
    let check = |present, quantity, unit, base| {
        for kind in KINDS {
            check_previous("UTC", kind, present, by(quantity, unit), base);
        }
    };
    check(("2025-01-01", "2027-01-01"), 2, Level::Year, ("2023-01-01", "2025-01-01"));
    check(("2026-01-01", "2026-04-01"), 1, Level::Quarter, ("2025-10-01", "2026-01-01"));
    check(("2025-12-01", "2026-03-01"), 3, Level::Month, ("2025-09-01", "2025-12-01"));
    check(("2026-02-01", "2026-03-01"), 1, Level::Month, ("2026-01-01", "2026-02-01"));
    check(("2026-03-09", "2026-03-16"), 1, Level::Week, ("2026-03-02", "2026-03-09"));
    check(("2026-06-01", "2026-06-08"), 1, Level::Week, ("2026-05-25", "2026-06-01"));
    check(("2026-03-12", "2026-03-19"), 7, Level::Day, ("2026-03-05", "2026-03-12"));
    check_previous(
        "Europe/Brussels",
        TimeKind::Datetime,
        ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        by(1, Level::Day),
        ("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"),
    );
}

#[test]
fn the_previous_period_is_as_long_otherwise() {
    for kind in [TimeKind::Datetime, TimeKind::Local] {
        check_previous(
            "UTC",
            kind,
            ("2026-03-17T10:30:00Z", "2026-03-18T10:30:00Z"),
            Displacement::Micros(DAY),
            ("2026-03-16T10:30:00Z", "2026-03-17T10:30:00Z"),
        );
        // To date: one side is no border.
        check_previous(
            "UTC",
            kind,
            ("2026-03-18", "2026-03-18T02:00:00Z"),
            Displacement::Micros(2 * HOUR),
            ("2026-03-17T22:00:00Z", "2026-03-18"),
        );
    }
    let utc = calendar("UTC", WeekStart::Monday);
    for open in [("", "2026-03-18"), ("2026-03-18", ""), ("", "")] {
        assert_eq!(previous_period(range(open, TimeKind::Date), &utc, TimeKind::Date), None);
    }
    let nothing = range(("2026-03-18", "2026-03-17"), TimeKind::Date);
    let (base, displacement) = previous_period(nothing, &utc, TimeKind::Date).unwrap();
    assert_eq!(base, nothing);
    assert_eq!(displacement.base_of(20_000, Level::Month, &utc, TimeKind::Date), Some(20_000));
}

/// An empty base is none; where there is one, the way back leads to the present label.
#[track_caller]
fn check_label(calendar: &Calendar, kind: TimeKind, level: Level, shift: Displacement, present: &str, base: &str) {
    let label_kind = if level.is_calendar() { TimeKind::Date } else { kind };
    let label = side(present, label_kind).unwrap();
    let expected = side(base, label_kind);
    assert_eq!(shift.base_of(label, level, calendar, kind), expected, "{} {present} {shift:?}", level.name());
    if let Some(base) = expected {
        assert_eq!(shift.present_of(base, level, calendar, kind), Some(label), "{} {present}", level.name());
    }
}

#[test]
fn days_meet_the_same_day_number() {
    let utc = calendar("UTC", WeekStart::Monday);
    let check = |level, shift, present, base| {
        for kind in KINDS {
            check_label(&utc, kind, level, shift, present, base);
        }
    };
    check(Level::Day, by(1, Level::Month), "2026-03-28", "2026-02-28");
    check(Level::Day, by(1, Level::Month), "2026-03-29", "");
    check(Level::Day, by(1, Level::Quarter), "2026-05-31", "");
    check(Level::Day, by(1, Level::Year), "2024-02-29", "");
    check(Level::Day, by(4, Level::Year), "2024-02-29", "2020-02-29");
    check(Level::Day, by(2, Level::Week), "2026-03-01", "2026-02-15");
    check(Level::Day, Displacement::Micros(2 * DAY), "2026-03-01", "2026-02-27");
    check(Level::Day, Displacement::Micros(DAY / 2), "2026-03-01", "");
    let leap = side("2024-02-29", TimeKind::Date).unwrap();
    assert_eq!(by(1, Level::Year).present_of(leap, Level::Day, &utc, TimeKind::Date), None);
    let day = side("2026-03-01", TimeKind::Date).unwrap();
    assert_eq!(by(1, Level::Day).base_of(day, Level::Hour, &utc, TimeKind::Date), None);
}

#[test]
fn longer_buckets_meet_whole_buckets() {
    let utc = calendar("UTC", WeekStart::Monday);
    let check = |level, shift, present, base| {
        for kind in KINDS {
            check_label(&utc, kind, level, shift, present, base);
        }
    };
    check(Level::Month, by(1, Level::Year), "2026-02-01", "2025-02-01");
    check(Level::Month, by(1, Level::Quarter), "2026-02-01", "2025-11-01");
    check(Level::Month, by(30, Level::Day), "2026-03-01", "");
    check(Level::Quarter, by(3, Level::Month), "2026-04-01", "2026-01-01");
    check(Level::Quarter, by(1, Level::Month), "2026-04-01", "");
    check(Level::Year, by(4, Level::Quarter), "2026-01-01", "2025-01-01");
    check(Level::Year, by(1, Level::Quarter), "2026-01-01", "");
    check(Level::Week, by(1, Level::Year), "2026-03-16", "2025-03-17");
    check(Level::Week, by(4, Level::Quarter), "2025-12-29", "2024-12-30");
    check(Level::Week, by(1, Level::Year), "2026-12-28", "");
    check(Level::Week, by(6, Level::Year), "2026-12-28", "2020-12-28");
    check(Level::Week, by(1, Level::Month), "2026-03-16", "");
    check(Level::Week, by(14, Level::Day), "2026-03-16", "2026-03-02");
    check(Level::Week, by(10, Level::Day), "2026-03-16", "");
    let sundays = calendar("UTC", WeekStart::Sunday);
    check_label(&sundays, TimeKind::Date, Level::Week, by(1, Level::Year), "2026-03-15", "2025-03-09");
}

#[test]
fn hours_meet_the_same_wall_clock() {
    let check = |zone, level, shift, present, base| {
        check_label(&calendar(zone, WeekStart::Monday), TimeKind::Datetime, level, shift, present, base);
    };
    let (brussels, day) = ("Europe/Brussels", by(1, Level::Day));
    check(brussels, Level::Hour, day, "2026-03-30T03:00:00+02:00", "2026-03-29T03:00:00+02:00");
    check(brussels, Level::Hour, day, "2026-03-30T02:00:00+02:00", "");
    check(brussels, Level::Hour, day, "2026-10-25T00:00:00Z", "2026-10-24T00:00:00Z");
    check(brussels, Level::Hour, day, "2026-10-25T01:00:00Z", "");
    check(brussels, Level::Hour, day, "2026-10-26T02:00:00+01:00", "2026-10-25T02:00:00+02:00");
    check(brussels, Level::Hour, by(52, Level::Week), "2026-10-25T01:00:00Z", "2025-10-26T01:00:00Z");
    check(brussels, Level::Minute, by(1, Level::Year), "2026-07-01T10:31:00+02:00", "2025-07-01T10:31:00+02:00");
    check(brussels, Level::Hour, by(1, Level::Month), "2026-03-31T10:00:00+02:00", "");
    check(brussels, Level::Hour, by(24, Level::Hour), "2026-03-29T10:00:00Z", "2026-03-28T10:00:00Z");
    check(brussels, Level::Hour, by(90, Level::Minute), "2026-03-29T10:00:00Z", "");
    // 02:00 to 03:00 began at 02:30.
    check("Australia/Lord_Howe", Level::Hour, day, "2025-10-05T15:00:00Z", "2025-10-04T15:30:00Z");
    check("Australia/Lord_Howe", Level::Hour, by(1, Level::Hour), "2025-10-04T16:00:00Z", "");
    check_label(
        &calendar(brussels, WeekStart::Monday),
        TimeKind::Local,
        Level::Hour,
        day,
        "2026-03-30T02:00:00Z",
        "2026-03-29T02:00:00Z",
    );
}

#[test]
fn a_running_period_cuts_its_base() {
    let utc = calendar("UTC", WeekStart::Monday);
    let check = |kind: TimeKind, shift: Displacement, now, present, base| {
        let now = side(now, TimeKind::Datetime).unwrap();
        let present = range(present, kind);
        let whole = shift.range(present, None, &utc, kind).unwrap();
        let trimmed = shift.trim_running(whole, present, now, None, &utc, kind).unwrap();
        assert_eq!(trimmed, range(base, kind), "{kind:?}");
    };
    let (march, month) = (("2026-03-01", "2026-04-01"), by(1, Level::Month));
    let (date, instant) = (TimeKind::Date, TimeKind::Datetime);
    check(instant, month, "2026-03-18T10:30:00Z", march, ("2026-02-01", "2026-02-18T10:30:00Z"));
    check(date, month, "2026-03-18T10:30:00Z", march, ("2026-02-01", "2026-02-19"));
    check(instant, month, "2026-03-31T10:30:00Z", march, ("2026-02-01", "2026-03-01"));
    check(date, month, "2026-03-30T10:30:00Z", march, ("2026-02-01", "2026-03-01"));
    check(instant, month, "2026-04-01T00:00:00Z", march, ("2026-02-01", "2026-03-01"));
    check(instant, month, "2026-02-28T23:00:00Z", march, ("2026-02-01", "2026-03-01"));
    check(date, by(1, Level::Year), "2025-02-28T10:00:00Z", ("2025-01-01", "2026-01-01"), ("2024-01-01", "2024-02-29"));
    check(
        instant,
        by(1, Level::Week),
        "2026-03-18T10:30:00Z",
        ("2026-03-16", ""),
        ("2026-03-09", "2026-03-11T10:30:00Z"),
    );
}
