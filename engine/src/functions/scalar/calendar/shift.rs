//! Later and earlier dates and times.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::date::{Date, KNOWN_YEARS, day_number, days_from_monday, month_length};
use super::times::{DAY, Times, gather_days, gather_micros, length};
use crate::functions::scalar::call::Call;

/// A period by what it moves.
#[derive(Debug, Clone, Copy)]
enum Step {
    Months(i64),
    Days(i64),
}

impl Step {
    fn named(unit: &str) -> Option<Self> {
        match unit {
            "year" => Some(Self::Months(12)),
            "quarter" => Some(Self::Months(3)),
            "month" => Some(Self::Months(1)),
            "week" => Some(Self::Days(7)),
            "day" => Some(Self::Days(1)),
            _ => None,
        }
    }

    /// The day so many steps later; may be any day.
    fn later(self, day: i64, n: i64) -> Option<i64> {
        match self {
            Self::Days(each) => day.checked_add(n.checked_mul(each)?),
            Self::Months(each) => {
                let date = Date::of(day);
                let months = date.months().checked_add(n.checked_mul(each)?)?;
                let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
                let day = date.day.min(month_length(year, month));
                KNOWN_YEARS.contains(&year).then(|| day_number(year, month, day))
            }
        }
    }
}

/// A date or time so many periods later, at the same time of day.
pub(super) fn periods(call: &Call<'_>) -> Result<ArrayRef> {
    let (times, counts) = (Times::of(call, 0)?, call.integers(1)?);
    let step = Step::named(&call.word(2)?).ok_or_else(|| call.unknown())?;
    match times {
        Times::Days(_) => Ok(gather_days(call, |row| step.later(times.day(row)?, counts.get(row)?))),
        Times::Micros(_) => gather_micros(call, |row| {
            let micros = times.micros(row)?;
            let day = step.later(micros.div_euclid(DAY), counts.get(row)?)?;
            day.checked_mul(DAY)?.checked_add(micros.rem_euclid(DAY))
        }),
    }
}

/// A time so many units of a clock later.
pub(super) fn lengths(call: &Call<'_>) -> Result<ArrayRef> {
    let (times, counts) = (Times::of(call, 0)?, call.integers(1)?);
    let unit = length(&call.word(2)?).ok_or_else(|| call.unknown())?;
    gather_micros(call, |row| times.micros(row)?.checked_add(counts.get(row)?.checked_mul(unit)?))
}

/// A date so many days from Monday to Friday later.
pub(super) fn working_days(call: &Call<'_>) -> Result<ArrayRef> {
    let (times, counts) = (Times::of(call, 0)?, call.integers(1)?);
    Ok(gather_days(call, |row| after_working_days(times.day(row)?, counts.get(row)?)))
}

/// Whole weeks, then the rest; if that passes a weekend, two days more. From a weekend it starts at the Friday before,
/// or where it goes back at the Monday behind.
fn after_working_days(day: i64, n: i64) -> Option<i64> {
    let weekday = days_from_monday(day);
    let (weeks, rest) = (n / 5, n % 5);
    let (day, weekday) = match n {
        0 => return Some(day),
        1.. => (day - (weekday - 4).max(0), weekday.min(4)),
        _ if weekday > 4 => (day + 7 - weekday, 0),
        _ => (day, weekday),
    };
    let weekend = match weekday + rest {
        5.. => 2,
        0..=4 => 0,
        _ => -2,
    };
    weeks.checked_mul(7)?.checked_add(day + rest + weekend)
}

/// Where a function of the day and of days from Monday to a weekday leads.
pub(super) fn to_weekday(call: &Call<'_>, moved: impl Fn(i64, i64) -> i64) -> Result<ArrayRef> {
    let (times, weekdays) = (Times::of(call, 0)?, call.integers(1)?);
    Ok(gather_days(call, |row| {
        let (day, weekday) = (times.day(row)?, weekdays.get(row)?);
        (1..=7).contains(&weekday).then(|| moved(day, weekday - 1))
    }))
}
