//! Instants and wall clocks, as the zone database says.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// No wall clock was ever further from UTC than this, in seconds.
const FURTHEST: i64 = 16 * 3_600;

/// No two changes of a wall clock are nearer to each other than this, in seconds.
const STEP: i64 = 15 * 60;

/// How far the wall clock is ahead of UTC at an instant.
pub(super) fn offset(utc: NaiveDateTime, zone: Tz) -> TimeDelta {
    TimeDelta::seconds(i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()))
}

/// The earliest instant at which the wall clock shows this time or a later one, both in microseconds. The search starts
/// where no clock shows it yet, and goes from change to change.
pub(super) fn earliest_instant(wall: i64, zone: Tz) -> i64 {
    let mut from = wall.div_euclid(MICROS_PER_SECOND) - FURTHEST;
    loop {
        let until = next_change(from, zone);
        // When it would be shown if the clock were never changed again, and there was no earlier time.
        let shown = (wall - seconds_ahead(from, zone) * MICROS_PER_SECOND).max(from * MICROS_PER_SECOND);
        match until {
            Some(until) if shown >= until * MICROS_PER_SECOND => from = until,
            _ => return shown,
        }
    }
}

/// The first second after this one at which the clock is another distance from UTC, if that is soon enough to matter.
fn next_change(from: i64, zone: Tz) -> Option<i64> {
    let ahead = seconds_ahead(from, zone);
    let steps = 2 * FURTHEST / STEP;
    let mut after = (1..=steps).map(|step| from + step * STEP).find(|second| seconds_ahead(*second, zone) != ahead)?;
    let mut before = after - STEP;
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if seconds_ahead(middle, zone) == ahead {
            before = middle;
        } else {
            after = middle;
        }
    }
    Some(after)
}

fn seconds_ahead(second: i64, zone: Tz) -> i64 {
    DateTime::from_timestamp(second, 0).map_or(0, |instant| offset(instant.naive_utc(), zone).num_seconds())
}
