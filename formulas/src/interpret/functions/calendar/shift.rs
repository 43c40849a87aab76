//! Later and earlier dates and times.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// So many years, quarters, months, weeks or days later. Where a month has no such day, `chrono` takes its last.
pub(super) fn periods(time: NaiveDateTime, n: i64, unit: &str) -> Option<NaiveDateTime> {
    match unit {
        "year" => months(time, n, 12),
        "quarter" => months(time, n, 3),
        "month" => months(time, n, 1),
        "week" => days(time, n, 7),
        "day" => days(time, n, 1),
        _ => None,
    }
}

fn months(time: NaiveDateTime, n: i64, each: u64) -> Option<NaiveDateTime> {
    let months = Months::new(u32::try_from(n.unsigned_abs().checked_mul(each)?).ok()?);
    if n < 0 { time.checked_sub_months(months) } else { time.checked_add_months(months) }
}

fn days(time: NaiveDateTime, n: i64, each: u64) -> Option<NaiveDateTime> {
    let days = Days::new(n.unsigned_abs().checked_mul(each)?);
    if n < 0 { time.checked_sub_days(days) } else { time.checked_add_days(days) }
}

/// So many hours, minutes, seconds or milliseconds later.
pub(super) fn lengths(time: NaiveDateTime, n: i64, unit: &str) -> Option<NaiveDateTime> {
    let length = match unit {
        "hour" => TimeDelta::try_hours(n),
        "minute" => TimeDelta::try_minutes(n),
        "second" => TimeDelta::try_seconds(n),
        "millisecond" => TimeDelta::try_milliseconds(n),
        _ => None,
    };
    time.checked_add_signed(length?)
}

/// So many days from Monday to Friday later. Seven days in a row hold five of them; the last ones are walked.
pub(super) fn working_days(day: NaiveDate, n: i64) -> Option<NaiveDate> {
    let Some(but_one) = n.unsigned_abs().checked_sub(1) else { return Some(day) };
    let weeks = Days::new((but_one / 5).checked_mul(7)?);
    let mut day = if n < 0 { day.checked_sub_days(weeks)? } else { day.checked_add_days(weeks)? };
    let mut left = but_one % 5 + 1;
    while left > 0 {
        day = if n < 0 { day.pred_opt()? } else { day.succ_opt()? };
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    Some(day)
}

/// The first of the days that `step` leads to that is this weekday.
pub(super) fn to_weekday(
    day: NaiveDate,
    weekday: Weekday,
    step: impl Fn(NaiveDate) -> Option<NaiveDate>,
) -> Option<NaiveDate> {
    let mut found = step(day)?;
    while found.weekday() != weekday {
        found = step(found)?;
    }
    Some(found)
}
