//! Dates and times around changes of clocks and calendars, and beyond what calendars know.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use crate::rng::Rng;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Zones whose clocks are changed by an hour, by half an hour, by a day, and not at all.
const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Europe/Dublin",
];

/// Instants at which clocks or dates change somewhere.
const EDGES: [&str; 16] = [
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2024-03-10T07:00:00Z",
    "2024-11-03T06:00:00Z",
    "2024-04-06T15:00:00Z",
    "2024-10-05T15:30:00Z",
    "1985-12-31T18:30:00Z",
    "2011-12-30T10:00:00Z",
    "2022-09-21T20:30:00Z",
    "2023-03-19T02:00:00Z",
    "2024-02-29T00:00:00Z",
    "2024-01-01T00:00:00Z",
    "1999-12-31T23:00:00Z",
    "1970-01-01T00:00:00Z",
    "1900-03-01T00:00:00Z",
    "2021-01-03T12:00:00Z",
];

/// Dates around which calendars differ.
const DATE_EDGES: [(i32, u32, u32); 14] = [
    (2024, 2, 29),
    (2023, 2, 28),
    (2000, 2, 29),
    (1900, 2, 28),
    (2024, 12, 31),
    (2025, 1, 1),
    (2021, 1, 3),
    (2020, 12, 31),
    (2026, 3, 29),
    (1970, 1, 1),
    (2024, 3, 31),
    (2024, 4, 30),
    (1999, 12, 31),
    (2024, 7, 1),
];

/// Years, in microseconds: the first instant of year 1, the last one of year 9999.
const FIRST: i64 = -719_162 * DAY;
const LAST: i64 = 2_932_897 * DAY - 1;

static INSTANTS: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let read = |text: &&str| DateTime::parse_from_rfc3339(text).expect("an instant").timestamp_micros();
    EDGES.iter().map(read).collect()
});

static DAYS: LazyLock<Vec<i32>> = LazyLock::new(|| {
    let read = |(year, month, day): &(i32, u32, u32)| NaiveDate::from_ymd_opt(*year, *month, *day).expect("a date");
    DATE_EDGES.iter().map(|date| read(date).to_epoch_days()).collect()
});

/// A zone of the pool.
pub(super) fn zone(rng: &mut Rng) -> Tz {
    rng.pick(&ZONES).parse().expect("a zone")
}

/// A date within the years that calendars know.
pub(super) fn day(rng: &mut Rng) -> i32 {
    if rng.chance(60) {
        return *rng.pick(&DAYS) + rng.between(-3, 3) as i32;
    }
    rng.between(-25_567, 47_846) as i32
}

/// A date at the ends of what calendars know, or beyond.
pub(super) fn wild_day(rng: &mut Rng) -> i32 {
    let first = (FIRST / DAY) as i32;
    let last = (LAST / DAY) as i32;
    *rng.pick(&[
        first,
        first - 1,
        first + 1,
        first - 366,
        last,
        last + 1,
        last - 1,
        last + 400,
        i32::MIN,
        i32::MAX,
        0,
        -1,
    ])
}

/// An instant around a change of clocks, or any.
pub(super) fn instant(rng: &mut Rng) -> i64 {
    if rng.chance(35) {
        let second = rng.between(-631_152_000, 3_471_292_800);
        return second * SECOND + if rng.chance(30) { rng.between(0, SECOND - 1) } else { 0 };
    }
    let near = rng.between(-2 * 86_400, 2 * 86_400) * SECOND;
    let offset = [0, -1, 1, 1_800 * SECOND, -1_800 * SECOND, 3_600 * SECOND, -3_600 * SECOND, DAY, -DAY, near, near];
    *rng.pick(&INSTANTS) + *rng.pick(&offset)
}

/// An instant at the ends of what calendars know, or beyond.
pub(super) fn wild_instant(rng: &mut Rng) -> i64 {
    *rng.pick(&[
        FIRST,
        FIRST - 1,
        FIRST + 1,
        FIRST + 14 * 3_600 * SECOND,
        LAST,
        LAST + 1,
        LAST - 1,
        LAST - 14 * 3_600 * SECOND,
        i64::MIN,
        i64::MAX,
        i64::MIN + 1,
        -1,
        0,
    ])
}

/// What a wall clock shows around its changes, or at any time.
pub(super) fn wall(rng: &mut Rng) -> i64 {
    instant(rng) + rng.between(-56, 56) * 900 * SECOND
}
