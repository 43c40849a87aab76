//! From one date or time to another.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use super::period;

/// How many starts of a unit lie between two wall clock times.
pub(super) fn borders(from: NaiveDateTime, to: NaiveDateTime, unit: &str, week_start: Weekday) -> Option<i64> {
    let clock = || Some(period::clock(to, unit)? - period::clock(from, unit)?);
    match unit {
        "year" => Some(i64::from(to.year() - from.year())),
        "quarter" => Some(quarters(to) - quarters(from)),
        "month" => Some(months(from, to)),
        "week" => Some((period::week(to.date(), week_start)? - period::week(from.date(), week_start)?).num_days() / 7),
        "day" => Some((to.date() - from.date()).num_days()),
        "hour" => Some(clock()?.num_hours()),
        "minute" => Some(clock()?.num_minutes()),
        "second" => Some(clock()?.num_seconds()),
        "millisecond" => Some(clock()?.num_milliseconds()),
        _ => None,
    }
}

fn quarters(time: NaiveDateTime) -> i64 {
    4 * i64::from(time.year()) + i64::from(time.quarter())
}

/// How many months later the month of a time is.
fn months(from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    let years = i64::from(to.year()) - i64::from(from.year());
    12 * years + i64::from(to.month()) - i64::from(from.month())
}

/// The time between two, in a unit that always lasts the same: their microseconds, as a float, divided by its own.
pub(super) fn elapsed(from: NaiveDateTime, to: NaiveDateTime, unit: &str) -> Option<f64> {
    let length = match unit {
        "week" => 604_800e6,
        "day" => 86_400e6,
        "hour" => 3_600e6,
        "minute" => 60e6,
        "second" => 1e6,
        "millisecond" => 1e3,
        _ => return None,
    };
    // Reading the digits rounds once, to the nearest.
    let micros: f64 = (to - from).num_microseconds()?.to_string().parse().ok()?;
    Some(micros / length)
}

/// How many complete units lie between two wall clock times.
pub(super) fn complete(from: NaiveDateTime, to: NaiveDateTime, unit: &str) -> Option<i64> {
    if to < from {
        return complete(to, from, unit).map(|units| -units);
    }
    // The month of `to` is not complete before its day and time of day are those of `from`.
    let unfinished = (to.day(), to.time()) < (from.day(), from.time());
    let months = months(from, to) - i64::from(unfinished);
    match unit {
        "year" => Some(months / 12),
        "quarter" => Some(months / 3),
        "month" => Some(months),
        "week" => Some((to - from).num_weeks()),
        "day" => Some((to - from).num_days()),
        _ => None,
    }
}

/// How many days from Monday to Friday there are from a date to before another: five in each whole week, and those
/// among the days that are left.
pub(super) fn working_days(from: NaiveDate, to: NaiveDate) -> Option<i64> {
    if to < from {
        return working_days(to, from).map(|days| -days);
    }
    let days = (to - from).num_days();
    let mut rest = 0;
    let mut day = from;
    for _ in 0..days % 7 {
        rest += i64::from(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
        day = day.succ_opt()?;
    }
    Some(days / 7 * 5 + rest)
}
