//! Laws of shifted ranges and buckets.

use chrono::DateTime;
use proptest::prelude::*;

use super::{Displacement, Shift, previous_period};
use crate::model::{Level, WeekStart};
use crate::time::civil::{DAY, HOUR};
use crate::time::{Calendar, OpenRange, TimeKind, Zone, bucket_starts, label_of, label_range};

fn at(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let zones = ["UTC", "Europe/Brussels", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo"];
    let starts = [WeekStart::Monday, WeekStart::Thursday, WeekStart::Sunday];
    (prop::sample::select(zones.to_vec()), prop::sample::select(starts.to_vec()), 1..=12_u8)
        .prop_map(|(zone, start, fiscal)| Calendar::new(Zone::named(zone).unwrap(), start, fiscal).unwrap())
}

fn kinds() -> impl Strategy<Value = TimeKind> {
    prop::sample::select(vec![TimeKind::Date, TimeKind::Datetime, TimeKind::Local])
}

fn levels() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

fn shifts(units: &[Level]) -> impl Strategy<Value = Displacement> + use<> {
    (1..60_u32, prop::sample::select(units.to_vec()))
        .prop_map(|(quantity, unit)| Displacement::Calendar(Shift { quantity, unit }))
}

/// A value of a kind near an instant.
fn value(instant: i64, kind: TimeKind) -> i64 {
    if kind == TimeKind::Date { instant.div_euclid(DAY) } else { instant }
}

/// The first value of the bucket that holds a value.
fn border(level: Level, value: i64, calendar: &Calendar, kind: TimeKind) -> i64 {
    label_range(level, label_of(level, value, calendar, kind), calendar, kind).start
}

/// Some instant with changes of the clock before and behind it.
fn instants() -> std::ops::Range<i64> {
    at("1975-01-01T00:00:00Z")..at("2060-01-01T00:00:00Z")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn present_and_base_lead_to_each_other(
        calendar in calendars(),
        shift in prop_oneof![
            4 => shifts(&Level::ALL),
            1 => (1..2_000_i64).prop_map(|hours| Displacement::Micros(hours * HOUR)),
        ],
        level in levels(),
        kind in kinds(),
        instant in instants(),
    ) {
        prop_assume!(level.is_calendar() || kind != TimeKind::Date);
        let label = label_of(level, value(instant, kind), &calendar, kind);
        if let Some(base) = shift.base_of(label, level, &calendar, kind) {
            prop_assert!(base < label);
            prop_assert_eq!(label_of(level, label_range(level, base, &calendar, kind).start, &calendar, kind), base);
            prop_assert_eq!(shift.present_of(base, level, &calendar, kind), Some(label));
        }
        if let Some(present) = shift.present_of(label, level, &calendar, kind) {
            prop_assert_eq!(shift.base_of(present, level, &calendar, kind), Some(label));
        }
    }

    #[test]
    fn buckets_of_a_range_have_their_base_in_the_range_of_the_base(
        calendar in calendars(),
        shift in shifts(&[Level::Year, Level::Quarter, Level::Month, Level::Week, Level::Day]),
        level in levels(),
        kind in kinds(),
        instant in instants(),
        days in (-500..500_i64, 0..500_i64),
        far in any::<bool>(),
    ) {
        prop_assume!(level.is_calendar() || kind != TimeKind::Date);
        let sides = if level.is_calendar() { level } else { Level::Day };
        // Also ranges whose borders lie near the bucket.
        let days = if far { days } else { (days.0 / 250, days.1 / 250) };
        let [start, end] = [days.0, days.0 + days.1]
            .map(|days| border(sides, value(instant + days * DAY, kind), &calendar, kind));
        let present = OpenRange { start: Some(start), end: Some(end) };
        let base = shift.range(present, Some(level), &calendar, kind).unwrap();
        let label = label_of(level, value(instant, kind), &calendar, kind);
        if let Some(met) = shift.base_of(label, level, &calendar, kind) {
            let first = |label| label_range(level, label, &calendar, kind).start;
            prop_assert_eq!(present.contains(first(label)), base.contains(first(met)), "{:?} {:?}", present, base);
        }
    }

    #[test]
    fn the_previous_period_ends_where_the_range_begins(
        calendar in calendars(),
        unit in prop::sample::select(vec![Level::Year, Level::Quarter, Level::Month, Level::Week, Level::Day]),
        kind in kinds(),
        instant in instants(),
        more in 0..900_i64,
    ) {
        let [start, end] = [0, more].map(|days| border(unit, value(instant + days * DAY, kind), &calendar, kind));
        let present = OpenRange { start: Some(start), end: Some(end) };
        prop_assume!(start < end);
        let (base, displacement) = previous_period(present, &calendar, kind).unwrap();
        prop_assert_eq!(base.end, present.start);
        let Displacement::Calendar(shift) = displacement else { return Err(TestCaseError::fail("not a whole unit")) };
        prop_assert!(shift.unit <= unit);
        let count = |range: OpenRange| {
            bucket_starts(shift.unit, range.start.unwrap(), range.end.unwrap(), &calendar, kind, 2_000).unwrap().len()
        };
        prop_assert_eq!(count(base), usize::try_from(shift.quantity).unwrap());
        prop_assert_eq!(count(present), count(base));
    }

    #[test]
    fn the_rest_is_as_long_as_the_range(
        calendar in calendars(),
        start in instants(),
        length in 1..90 * DAY,
        kind in prop::sample::select(vec![TimeKind::Datetime, TimeKind::Local]),
    ) {
        let present = OpenRange { start: Some(start), end: Some(start + length) };
        let (base, displacement) = previous_period(present, &calendar, kind).unwrap();
        prop_assert_eq!(base.end, present.start);
        if displacement == Displacement::Micros(length) {
            prop_assert_eq!(base.start, Some(start - length));
        }
    }

    #[test]
    fn what_has_passed_meets_what_is_left_of_the_base(
        shift in shifts(&[Level::Year, Level::Quarter, Level::Month, Level::Week, Level::Day]),
        today in at("2020-01-01T00:00:00Z") / DAY..at("2030-01-01T00:00:00Z") / DAY,
        before in 0..400_i64,
        behind in 1..400_i64,
        share in any::<u32>(),
    ) {
        let utc = Calendar::new(Zone::utc(), WeekStart::Monday, 1).unwrap();
        let kind = TimeKind::Date;
        let present = OpenRange { start: Some(today - before), end: Some(today + behind) };
        let base = shift.range(present, None, &utc, kind).unwrap();
        let trimmed = shift.trim_running(base, present, today * DAY + HOUR, None, &utc, kind).unwrap();
        let day = today - before + i64::from(share) % (before + behind);
        if let Some(met) = shift.base_of(day, Level::Day, &utc, kind) {
            prop_assert_eq!(trimmed.contains(met), day <= today);
        }
    }
}
