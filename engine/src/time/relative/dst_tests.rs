//! Every minute of days on which clocks were changed, against definitions spelt out over the zone database.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;

use super::{Relative, relative_range};
use crate::model::{Level, WeekStart};
use crate::time::civil::MINUTE;
use crate::time::{Calendar, OpenRange, TimeKind, Zone};

/// Days with a change of the clock; the last is an ordinary day in a zone with an odd offset.
static DAYS: [(&str, (i32, u32, u32)); 8] = [
    ("Europe/Brussels", (2026, 3, 29)),
    ("Europe/Brussels", (2026, 10, 25)),
    ("America/New_York", (2026, 3, 8)),
    ("America/New_York", (2026, 11, 1)),
    ("Australia/Lord_Howe", (2025, 4, 6)),
    ("Australia/Lord_Howe", (2025, 10, 5)),
    ("America/St_Johns", (2010, 11, 7)),
    ("Asia/Kathmandu", (2026, 1, 1)),
];

/// What the zone database says about one zone, looked up minute by minute.
struct Naive {
    zone: Tz,
    /// The first instant of each day that was asked for.
    starts: BTreeMap<NaiveDate, i64>,
}

impl Naive {
    fn local(&self, instant: i64) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_micros(instant).unwrap().naive_utc();
        utc + TimeDelta::seconds(i64::from(self.offset(instant)))
    }

    fn offset(&self, instant: i64) -> i32 {
        let utc = DateTime::from_timestamp_micros(instant).unwrap().naive_utc();
        self.zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    }

    /// The first minute at which the wall clock shows the day.
    fn start(&mut self, date: NaiveDate) -> i64 {
        if let Some(start) = self.starts.get(&date) {
            return *start;
        }
        let midnight = date.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros();
        let start = (-15 * 60..15 * 60)
            .map(|minute| midnight + minute * MINUTE)
            .find(|instant| self.local(*instant).date() >= date)
            .unwrap();
        self.starts.insert(date, start);
        start
    }

    /// The day that has begun and the next has not, though the wall clock may show the day before once more.
    fn today(&mut self, instant: i64) -> NaiveDate {
        let shown = self.local(instant).date();
        let next = shown.succ_opt().unwrap();
        if self.start(next) <= instant { next } else { shown }
    }

    /// The starts of all hours from three days before an instant to three days behind it: wherever the hour on the
    /// wall clock or the offset is another than a minute before.
    fn hours(&self, around: i64) -> Vec<i64> {
        let shown = |instant: i64| {
            let local = self.local(instant);
            (local.date(), local.hour(), self.offset(instant))
        };
        (-3 * 1_440..3 * 1_440)
            .map(|minute| around + minute * MINUTE)
            .filter(|instant| shown(*instant) != shown(*instant - MINUTE))
            .collect()
    }
}

/// The first day of the calendar unit of a day, and the day so many units on.
fn unit_start(unit: Level, date: NaiveDate) -> NaiveDate {
    match unit {
        Level::Month => date.with_day(1).unwrap(),
        Level::Week => date - Days::new(u64::from(date.weekday().num_days_from_monday())),
        _ => date,
    }
}

fn plus(unit: Level, date: NaiveDate, count: i32) -> NaiveDate {
    let (much, back) = (count.unsigned_abs(), count < 0);
    match (unit, back) {
        (Level::Month, false) => date + Months::new(much),
        (Level::Month, true) => date - Months::new(much),
        (Level::Week, false) => date + Days::new(7 * u64::from(much)),
        (Level::Week, true) => date - Days::new(7 * u64::from(much)),
        (_, false) => date + Days::new(u64::from(much)),
        (_, true) => date - Days::new(u64::from(much)),
    }
}

/// Two-sided ranges of whole days, as dates.
fn expected_days(which: Relative, count: i32, unit: Level, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let tomorrow = plus(Level::Day, today, 1);
    let start = unit_start(unit, today);
    match which {
        Relative::LastNow => (plus(unit, tomorrow, -count), tomorrow),
        Relative::LastCompleted => (plus(unit, start, -count), start),
        Relative::NextFull => (plus(unit, start, 1), plus(unit, start, count + 1)),
        Relative::Ago => (plus(unit, start, -count), plus(unit, start, 1 - count)),
        Relative::NextNow => (today, plus(unit, today, count)),
        Relative::ToDate => (start, tomorrow),
        _ => (start, plus(unit, start, 1)),
    }
}

const RANGES: [Relative; 7] = [
    Relative::LastNow,
    Relative::LastCompleted,
    Relative::NextNow,
    Relative::NextFull,
    Relative::ToDate,
    Relative::Ago,
    Relative::Current,
];

/// The minutes of a day of changes and of half a day on both sides.
fn minutes((year, month, day): (i32, u32, u32)) -> impl Iterator<Item = i64> {
    let noon = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(12, 0, 0).unwrap().and_utc();
    (-1_440..1_440).map(move |minute| noon.timestamp_micros() + minute * MINUTE)
}

#[test]
fn whole_days_at_every_minute_of_a_change() {
    for (name, day) in DAYS {
        let calendar = Calendar::new(Zone::named(name).unwrap(), WeekStart::Monday, 1).unwrap();
        let mut naive = Naive { zone: name.parse().unwrap(), starts: BTreeMap::new() };
        for now in minutes(day) {
            let today = naive.today(now);
            for unit in [Level::Day, Level::Week, Level::Month] {
                for (which, count) in RANGES.into_iter().flat_map(|which| [(which, 1), (which, 2)]) {
                    let (start, end) = expected_days(which, count, unit, today);
                    let quantity = count.unsigned_abs();
                    let place = format!("{which:?} {count} {} in {name} at {now}", unit.name());
                    let dates = relative_range(which, quantity, unit, now, &calendar, TimeKind::Date).unwrap();
                    let days = |date: NaiveDate| Some(i64::from(date.to_epoch_days()));
                    assert_eq!(dates, OpenRange { start: days(start), end: days(end) }, "{place}");
                    let instants = relative_range(which, quantity, unit, now, &calendar, TimeKind::Datetime).unwrap();
                    let first = if which == Relative::NextNow { now } else { naive.start(start) };
                    let last = if which == Relative::ToDate { now } else { naive.start(end) };
                    assert_eq!(instants, OpenRange { start: Some(first), end: Some(last) }, "{place}");
                }
            }
        }
    }
}

#[test]
fn hours_at_every_minute_of_a_change() {
    for (name, day) in DAYS {
        let calendar = Calendar::new(Zone::named(name).unwrap(), WeekStart::Monday, 1).unwrap();
        let naive = Naive { zone: name.parse().unwrap(), starts: BTreeMap::new() };
        let all: Vec<i64> = minutes(day).collect();
        let hours = naive.hours(all[all.len() / 2]);
        for now in all {
            let current = hours.partition_point(|start| *start <= now) - 1;
            for count in 0..5_usize {
                let quantity = u32::try_from(count).unwrap();
                let check = |which, start, end| {
                    let range = relative_range(which, quantity, Level::Hour, now, &calendar, TimeKind::Datetime);
                    let expected = OpenRange { start: Some(start), end: Some(end) };
                    assert_eq!(range.unwrap(), expected, "{which:?} {count} hour in {name} at {now}");
                };
                check(Relative::LastCompleted, hours[current - count], hours[current]);
                check(Relative::NextFull, hours[current + 1], hours[current + count + 1]);
                check(Relative::Ago, hours[current - count], hours[current + 1 - count]);
                check(Relative::Current, hours[current], hours[current + 1]);
                check(Relative::ToDate, hours[current], now);
                let elapsed = i64::from(quantity) * 60 * MINUTE;
                check(Relative::LastNow, now - elapsed, now);
                check(Relative::NextNow, now, now + elapsed);
            }
        }
    }
}
