//! The calendar against vectors.

use chrono::DateTime;

use super::*;
use crate::cell::Type;
use crate::spec::Shift;
use crate::world::{Column, Table, World};

fn calendar(now: &str, zone: Tz, ty: Type) -> Calendar {
    let columns = vec![Column::new("x", ty)];
    let table = Table { name: "t".to_owned(), columns, rows: Vec::new(), cluster_by: Vec::new() };
    let world = World::new("one", vec![table], Vec::new());
    let now = DateTime::parse_from_rfc3339(now).unwrap().timestamp_micros();
    let options = Options { zone: Some(zone), now: Some(now), ..Options::default() };
    Calendar::new(Ground::bare(&world), At { path: 0, column: 0 }, &options)
}

#[track_caller]
fn check(operator: Operator, quantity: i64, unit: u8, start: &str, end: &str) {
    let day = |text: &str| i64::from(wall::days(text.parse().unwrap()));
    let range = calendar("2026-03-18T10:30:00Z", Tz::UTC, Type::Date).relative(operator, quantity, Level(unit));
    assert_eq!(range, Range { start: Some(day(start)), end: Some(day(end)) });
}

#[test]
fn vectors_of_the_semantics() {
    check(Operator::LastNow, 7, 5, "2026-03-12", "2026-03-19");
    check(Operator::LastCompleted, 7, 5, "2026-03-11", "2026-03-18");
    check(Operator::LastCompleted, 1, 4, "2026-03-09", "2026-03-16");
    check(Operator::Current, 1, 4, "2026-03-16", "2026-03-23");
    check(Operator::LastCompleted, 3, 3, "2025-12-01", "2026-03-01");
    check(Operator::ToDate, 1, 2, "2026-01-01", "2026-03-19");
    check(Operator::NextFull, 1, 3, "2026-04-01", "2026-05-01");
    check(Operator::NextNow, 7, 5, "2026-03-18", "2026-03-25");
}

#[test]
fn days_of_a_changing_clock_are_shorter_and_longer() {
    let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros();
    let brussels = |now| calendar(now, Tz::Europe__Brussels, Type::Datetime);
    let range = brussels("2026-03-29T10:00:00Z").relative(Operator::Current, 1, Level(5));
    assert_eq!(range, Range { start: Some(at("2026-03-28T23:00:00Z")), end: Some(at("2026-03-29T22:00:00Z")) });
    let range = brussels("2026-10-25T10:00:00Z").relative(Operator::Current, 1, Level(5));
    assert_eq!(range, Range { start: Some(at("2026-10-24T22:00:00Z")), end: Some(at("2026-10-25T23:00:00Z")) });
}

#[test]
fn bases_meet_the_same_day_month_and_week() {
    let calendar = calendar("2026-03-18T10:30:00Z", Tz::UTC, Type::Date);
    let day = |text: &str| i64::from(wall::days(text.parse().unwrap()));
    let base = |label: &str, level, length| calendar.base_label(day(label), Level(level), length);
    assert_eq!(base("2026-03-31", 5, Length::Months(1)), None);
    assert_eq!(base("2026-03-28", 5, Length::Months(1)), Some(day("2026-02-28")));
    assert_eq!(base("2026-03-16", 4, Length::Months(12)), Some(day("2025-03-17")));
    assert_eq!(base("2026-03-01", 3, Length::Days(30)), None);
    assert_eq!(calendar.present_label(day("2024-02-29"), Level(5), Length::Months(12)), None);
    let march = Range { start: Some(day("2026-03-01")), end: Some(day("2026-04-01")) };
    assert_eq!(calendar.length(Shift::Previous, march), Some(Length::Months(1)));
    let trimmed = calendar.base_range(march, Length::Months(1), None, true);
    assert_eq!(trimmed, Range { start: Some(day("2026-02-01")), end: Some(day("2026-02-19")) });
}
