//! From one date or time to another.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::date::Date;
use super::times::{DAY, Times, length};
use crate::functions::scalar::call::Call;

/// A number for each two times, in microseconds; the first stands at a place.
pub(super) fn between(call: &Call<'_>, place: usize, distance: impl Fn(i64, i64) -> i64) -> Result<ArrayRef> {
    let (from, to) = (Times::of(call, place)?, Times::of(call, place + 1)?);
    Ok(call.gather_integers(|row| Some(distance(from.micros(row)?, to.micros(row)?))))
}

/// A number for each two days; the first stands at a place.
pub(super) fn days_between(call: &Call<'_>, place: usize, distance: impl Fn(i64, i64) -> i64) -> Result<ArrayRef> {
    let (from, to) = (Times::of(call, place)?, Times::of(call, place + 1)?);
    Ok(call.gather_integers(|row| Some(distance(from.day(row)?, to.day(row)?))))
}

/// How many starts of a unit of days lie between, where a number of it goes with each day.
fn starts_of_days(call: &Call<'_>, unit: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    days_between(call, 1, |from, to| unit(to) - unit(from))
}

/// How many starts of a unit lie between.
pub(super) fn borders(call: &Call<'_>) -> Result<ArrayRef> {
    let week_start = call.constant(3)?;
    match call.word(0)?.as_str() {
        "year" => starts_of_days(call, |day| Date::of(day).year),
        "quarter" => starts_of_days(call, |day| Date::of(day).months().div_euclid(3)),
        "month" => starts_of_days(call, |day| Date::of(day).months()),
        // Day 4 was a Monday.
        "week" => starts_of_days(call, |day| (day - 4 - week_start).div_euclid(7)),
        "day" => starts_of_days(call, |day| day),
        unit => {
            let unit = length(unit).ok_or_else(|| call.unknown())?;
            between(call, 1, |from, to| to.div_euclid(unit) - from.div_euclid(unit))
        }
    }
}

/// The time between in a unit that always lasts the same.
pub(super) fn elapsed(call: &Call<'_>) -> Result<ArrayRef> {
    let unit = length(&call.word(0)?).ok_or_else(|| call.unknown())?;
    let (from, to) = (Times::of(call, 1)?, Times::of(call, 2)?);
    Ok(call.gather_floats(|row| Some(float(to.micros(row)? - from.micros(row)?) / float(unit))))
}

#[expect(clippy::cast_precision_loss, reason = "what has more than 53 bits is rounded to the nearest float")]
fn float(micros: i64) -> f64 {
    micros as f64
}

/// How many complete units lie between.
pub(super) fn complete(call: &Call<'_>) -> Result<ArrayRef> {
    let months = |each: i64| between(call, 1, move |from, to| complete_months(from, to) / each);
    match call.word(0)?.as_str() {
        "year" => months(12),
        "quarter" => months(3),
        "month" => months(1),
        unit => {
            let unit = length(unit).ok_or_else(|| call.unknown())?;
            between(call, 1, |from, to| (to - from) / unit)
        }
    }
}

/// How many complete months lie between two times, in microseconds: the whole ones, if each month had 32 days.
pub(super) fn complete_months(from: i64, to: i64) -> i64 {
    let spread = |micros: i64| {
        let date = Date::of(micros.div_euclid(DAY));
        (date.months() * 32 + date.day) * DAY + micros.rem_euclid(DAY)
    };
    (spread(to) - spread(from)) / (32 * DAY)
}
