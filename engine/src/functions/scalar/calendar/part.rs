//! Parts of one date or time.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::date::KNOWN_YEARS;
use super::days::PerDay;
use super::times::Times;
use crate::functions::scalar::call::Call;
use crate::model::{CyclicPart, WeekStart};
use crate::time::part_label;

/// A number for each day.
pub(super) fn of_day(call: &Call<'_>, part: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let parts = PerDay::new(call, &Times::of(call, 0)?, part);
    Ok(call.gather_integers(|row| parts.get(row)))
}

/// The same where the number is found faster than it is remembered.
pub(super) fn of_each_day(call: &Call<'_>, part: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let times = Times::of(call, 0)?;
    Ok(call.gather_integers(|row| times.day(row).map(&part)))
}

/// A number for each time, in microseconds.
pub(super) fn of_time(call: &Call<'_>, part: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let times = Times::of(call, 0)?;
    Ok(call.gather_integers(|row| times.micros(row).map(&part)))
}

/// A year for each day.
pub(super) fn year(call: &Call<'_>, year: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let years = PerDay::new(call, &Times::of(call, 0)?, year);
    Ok(call.gather_integers(|row| years.get(row).filter(|year| KNOWN_YEARS.contains(year))))
}

/// Whether each day is such a day.
pub(super) fn test(call: &Call<'_>, test: impl Fn(i64) -> bool) -> Result<ArrayRef> {
    let truths = PerDay::new(call, &Times::of(call, 0)?, test);
    Ok(call.gather_booleans(|row| truths.get(row)))
}

/// The name that a number has as this part.
pub(super) fn name(call: &Call<'_>, part: CyclicPart, number: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    let numbers = PerDay::new(call, &Times::of(call, 0)?, number);
    Ok(call.gather_texts(|row| part_label(part, numbers.get(row)?, WeekStart::Monday, "en")))
}
