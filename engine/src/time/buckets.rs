//! Every bucket of a range, every value of a cyclic part.
//!
//! A bucket is known by its label, which is what the bucket function gives: its first day at day and coarser, whatever
//! the kind, and its start below.

use std::ops::RangeInclusive;

use super::calendar::{Bucket, Calendar, clock_unit};
use super::literal::{TimeInterval, TimeKind};
use crate::model::{CyclicPart, Level};

/// The labels of all buckets that hold a value from `from` to before `to`, in order; nothing if there are more than
/// `most`. A level below day on dates gives days.
pub(crate) fn bucket_starts(
    level: Level,
    from: i64,
    to: i64,
    calendar: &Calendar,
    kind: TimeKind,
    most: usize,
) -> Option<Vec<i64>> {
    if to <= from {
        return Some(Vec::new());
    }
    let [first, last] = [from, to - 1].map(|value| label_of(level, value, calendar, kind));
    buckets_between(level, first, last, calendar, kind, most)
}

/// The labels from `first` to `last`, both included; nothing if there are more than `most`.
pub(crate) fn buckets_between(
    level: Level,
    first: i64,
    last: i64,
    calendar: &Calendar,
    kind: TimeKind,
    most: usize,
) -> Option<Vec<i64>> {
    let mut labels = Vec::new();
    let mut label = first;
    while label <= last {
        if labels.len() == most {
            return None;
        }
        labels.push(label);
        let next = next_bucket(level, label, calendar, kind);
        // Behind the last bucket of all there is none.
        if next <= label {
            break;
        }
        label = next;
    }
    Some(labels)
}

/// The label of the bucket behind one. An hour that the clock skips is no bucket, nor is a day.
pub(crate) fn next_bucket(level: Level, label: i64, calendar: &Calendar, kind: TimeKind) -> i64 {
    label_of(level, label_range(level, label, calendar, kind).end, calendar, kind)
}

/// The label of the bucket that holds a value.
pub(crate) fn label_of(level: Level, value: i64, calendar: &Calendar, kind: TimeKind) -> i64 {
    match kind {
        TimeKind::Datetime if clock_unit(level).is_some() => calendar.bucket(level, value).start_micros,
        TimeKind::Datetime => i64::from(calendar.dated_bucket(&calendar.zone().segment_at(value), level, value).0),
        TimeKind::Local if clock_unit(level).is_some() => calendar.local_bucket(level, value).start_micros,
        TimeKind::Date | TimeKind::Local => calendar.days(level, calendar.day_of(value, kind)).0,
    }
}

/// The values of a bucket that is given by its label.
pub(crate) fn label_range(level: Level, label: i64, calendar: &Calendar, kind: TimeKind) -> TimeInterval {
    let of_bucket = |bucket: Bucket| TimeInterval { start: bucket.start_micros, end: bucket.end_micros };
    match kind {
        TimeKind::Datetime if clock_unit(level).is_some() => of_bucket(calendar.bucket(level, label)),
        TimeKind::Local if clock_unit(level).is_some() => of_bucket(calendar.local_bucket(level, label)),
        _ => {
            let (first, next) = calendar.days(level, label);
            TimeInterval { start: calendar.start_of_day(first, kind), end: calendar.start_of_day(next, kind) }
        }
    }
}

/// All values of a part that comes round again, in order. Names are given by the numbers that order them.
pub(crate) fn cyclic_values(part: CyclicPart) -> RangeInclusive<i64> {
    match part {
        CyclicPart::QuarterNumber => 1..=4,
        CyclicPart::MonthNumber | CyclicPart::MonthName => 1..=12,
        CyclicPart::WeekNumber => 1..=53,
        CyclicPart::DayInMonth => 1..=31,
        CyclicPart::DayInYear => 1..=366,
        CyclicPart::WeekdayNumber | CyclicPart::WeekdayName => 1..=7,
        CyclicPart::HourInDay => 0..=23,
        CyclicPart::MinuteInHour | CyclicPart::SecondInMinute => 0..=59,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;

    use super::{bucket_starts, buckets_between, cyclic_values, label_of, label_range, next_bucket};
    use crate::model::{CyclicPart, Level, WeekStart};
    use crate::time::civil::{DAY, HOUR, MINUTE};
    use crate::time::{Calendar, TimeKind, Zone};

    fn calendar(zone: &str) -> Calendar {
        Calendar::new(Zone::named(zone).unwrap(), WeekStart::Monday, 4).unwrap()
    }

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()
    }

    fn day(text: &str) -> i64 {
        i64::from(text.parse::<NaiveDate>().unwrap().to_epoch_days())
    }

    #[test]
    fn buckets_are_those_of_every_minute_of_a_change() {
        for (zone, noon) in [
            ("Europe/Brussels", "2026-03-29T12:00:00Z"),
            ("Europe/Brussels", "2026-10-25T12:00:00Z"),
            ("America/New_York", "2026-11-01T12:00:00Z"),
            ("Australia/Lord_Howe", "2025-04-06T12:00:00Z"),
            ("Australia/Lord_Howe", "2025-10-05T12:00:00Z"),
            ("America/St_Johns", "2010-11-07T12:00:00Z"),
            ("America/Sao_Paulo", "2018-11-04T12:00:00Z"),
            ("Pacific/Apia", "2011-12-30T12:00:00Z"),
            ("Asia/Kathmandu", "2026-01-01T12:00:00Z"),
        ] {
            let calendar = calendar(zone);
            let (from, to) = (at(noon) - 2 * DAY, at(noon) + 2 * DAY);
            for kind in [TimeKind::Datetime, TimeKind::Local] {
                for level in [Level::Year, Level::Month, Level::Week, Level::Day, Level::Hour, Level::Minute] {
                    let mut expected: Vec<i64> =
                        (from..to).step_by(60_000_000).map(|value| label_of(level, value, &calendar, kind)).collect();
                    expected.dedup();
                    let starts = bucket_starts(level, from, to, &calendar, kind, expected.len());
                    assert_eq!(starts.as_ref(), Some(&expected), "{zone} {} {kind:?}", level.name());
                    assert_eq!(bucket_starts(level, from, to, &calendar, kind, expected.len() - 1), None);
                }
            }
        }
    }

    #[test]
    fn days_and_hours_that_do_not_exist_are_no_buckets() {
        let apia = calendar("Pacific/Apia");
        let next = |kind| next_bucket(Level::Day, day("2011-12-29"), &apia, kind);
        assert_eq!(next(TimeKind::Datetime), day("2011-12-31"));
        assert_eq!(next(TimeKind::Local), day("2011-12-30"));
        assert_eq!(next(TimeKind::Date), day("2011-12-30"));
        let hours = bucket_starts(
            Level::Hour,
            at("2026-03-28T23:00:00Z"),
            at("2026-03-29T22:00:00Z"),
            &calendar("Europe/Brussels"),
            TimeKind::Datetime,
            100,
        );
        assert_eq!(hours.unwrap().len(), 23);
    }

    #[test]
    fn dates_have_buckets_of_days() {
        let utc = calendar("UTC");
        let check = |level, from, to, expected: &[&str]| {
            let starts = bucket_starts(level, day(from), day(to), &utc, TimeKind::Date, 10).unwrap();
            assert_eq!(starts, expected.iter().map(|label| day(label)).collect::<Vec<_>>(), "{from} {to}");
        };
        check(Level::Month, "2026-01-15", "2026-03-01", &["2026-01-01", "2026-02-01"]);
        check(Level::Month, "2026-01-15", "2026-03-02", &["2026-01-01", "2026-02-01", "2026-03-01"]);
        check(Level::Year, "2026-03-31", "2026-04-02", &["2025-04-01", "2026-04-01"]);
        check(Level::Week, "2026-03-18", "2026-03-19", &["2026-03-16"]);
        check(Level::Day, "2026-03-18", "2026-03-18", &[]);
        let between = buckets_between(Level::Quarter, day("2026-01-01"), day("2026-07-01"), &utc, TimeKind::Date, 3);
        assert_eq!(between, Some(vec![day("2026-01-01"), day("2026-04-01"), day("2026-07-01")]));
        assert_eq!(bucket_starts(Level::Day, i64::MIN, i64::MAX, &utc, TimeKind::Datetime, 1_000), None);
    }

    #[test]
    fn cyclic_values_are_those_that_occur() {
        let utc = calendar("UTC");
        for part in CyclicPart::ALL {
            let values = cyclic_values(part);
            let seen: std::collections::BTreeSet<i64> = if part.is_below_day() {
                (0..DAY).step_by(1_000_000).map(|local| utc.part_of_local(part, local)).collect()
            } else {
                (day("1990-01-01")..day("2040-01-01")).map(|day| utc.part_of_day(part, day)).collect()
            };
            assert_eq!(values.collect::<Vec<_>>(), seen.into_iter().collect::<Vec<_>>(), "{}", part.name());
        }
    }

    proptest! {
        #[test]
        fn buckets_tile(
            zone in prop::sample::select(vec!["UTC", "Africa/Casablanca", "Australia/Lord_Howe", "America/St_Johns"]),
            level in prop::sample::select(Level::ALL.to_vec()),
            value in at("1950-01-01T00:00:00Z")..at("2100-01-01T00:00:00Z"),
            kind in prop::sample::select(vec![TimeKind::Datetime, TimeKind::Local]),
        ) {
            let calendar = calendar(zone);
            let label = label_of(level, value, &calendar, kind);
            let range = label_range(level, label, &calendar, kind);
            prop_assert!(range.start <= value && value < range.end);
            let next = next_bucket(level, label, &calendar, kind);
            prop_assert!(next > label);
            prop_assert_eq!(label_range(level, next, &calendar, kind).start, range.end);
            prop_assert_eq!(bucket_starts(level, range.start, range.end, &calendar, kind, 1), Some(vec![label]));
            if level == Level::Hour {
                prop_assert!(range.end - range.start <= HOUR && range.end - range.start >= MINUTE);
            }
        }
    }
}
