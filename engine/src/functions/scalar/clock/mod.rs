//! Functions between dates, times and texts.
//!
//! | file | |
//! |---|---|
//! | `zone` | instants and wall clocks |
//! | `unix` | instants as numbers |
//! | `show`, `read` | dates and times in a format |

mod read;
mod show;
mod unix;
mod zone;

use arrow::array::{Array as _, ArrayRef};
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, Result};
use drillcore_formulas::{ClockFunction, DateFormat};

use super::call::Call;
use super::conversion::{rounded_integers, written};
use crate::functions::arithmetic::{day_of_date, known_day, known_time, push_clock, push_padded, time_of_day};
use crate::time::DAY;

pub(super) fn call(function: ClockFunction, call: &Call<'_>) -> Result<ArrayRef> {
    match function {
        // A formula is checked for one instant. Constants stand for these in the checked formula, so nobody asks.
        ClockFunction::Now => call.gather_micros(|_| None),
        ClockFunction::Today => Ok(call.gather_days(|_| None)),
        ClockFunction::Wall => zone::wall(call),
        ClockFunction::Instant => zone::instant(call),
        ClockFunction::ZoneOffset => zone::offset(call),
        ClockFunction::MakeDate => made_date(call),
        ClockFunction::MakeDatetime => made_time(call),
        ClockFunction::DateOf => {
            let days = call.days(0)?;
            Ok(call.gather_days(|row| days.get(row).filter(|day| known_day(i64::from(*day)).is_some())))
        }
        ClockFunction::TimeOfDay => {
            let times = call.micros(0)?;
            written(call.rows(), |row, out| {
                push_clock(out, known_time(times.get(row)?)?.rem_euclid(DAY));
                Some(())
            })
        }
        ClockFunction::ParseDate => {
            let (texts, format) = (call.texts(0)?, format(call)?);
            Ok(call.gather_days(|row| i32::try_from(read::time(texts.get(row)?, &format)?.div_euclid(DAY)).ok()))
        }
        ClockFunction::ParseDatetime => {
            let (texts, format) = (call.texts(0)?, format(call)?);
            call.gather_micros(|row| read::time(texts.get(row)?, &format))
        }
        ClockFunction::FormatDate => shown(call),
        ClockFunction::FromUnix => unix::from_seconds(call),
        ClockFunction::FromUnixMillis => {
            let millis = call.integers(0)?;
            call.gather_micros(|row| millis.get(row)?.checked_mul(1_000).and_then(known_time))
        }
        ClockFunction::ToUnix => unix::to_seconds(call),
        ClockFunction::ToUnixMillis => {
            let instants = call.micros(0)?;
            Ok(call.gather_integers(|row| Some(instants.get(row)?.div_euclid(1_000))))
        }
        ClockFunction::DurationText => duration(call),
    }
}

/// The format of a call, its second argument. The check of formulas made sure that it can be read.
fn format(call: &Call<'_>) -> Result<DateFormat> {
    DateFormat::parse(&call.word(1)?).map_err(DataFusionError::Internal)
}

fn made_date(call: &Call<'_>) -> Result<ArrayRef> {
    let (years, months, days) = (call.integers(0)?, call.integers(1)?, call.integers(2)?);
    Ok(call.gather_days(|row| {
        let day = day_of_date(years.get(row)?, months.get(row)?, days.get(row)?)?;
        i32::try_from(day).ok()
    }))
}

fn made_time(call: &Call<'_>) -> Result<ArrayRef> {
    let (years, months, days) = (call.integers(0)?, call.integers(1)?, call.integers(2)?);
    let (hours, minutes, seconds) = (call.integers(3)?, call.integers(4)?, call.integers(5)?);
    call.gather_micros(|row| {
        let day = day_of_date(years.get(row)?, months.get(row)?, days.get(row)?)?;
        Some(day * DAY + time_of_day(hours.get(row)?, minutes.get(row)?, seconds.get(row)?)?)
    })
}

fn shown(call: &Call<'_>) -> Result<ArrayRef> {
    let format = format(call)?;
    if call.data_type(0)? == DataType::Date32 {
        let days = call.days(0)?;
        return written(call.rows(), |row, out| {
            show::push(out, &format, known_day(days.get(row)?.into())? * DAY);
            Some(())
        });
    }
    let times = call.micros(0)?;
    written(call.rows(), |row, out| {
        show::push(out, &format, known_time(times.get(row)?)?);
        Some(())
    })
}

/// Hours, minutes and seconds.
fn duration(call: &Call<'_>) -> Result<ArrayRef> {
    let (numbers, _) = call.array(0)?;
    let seconds = rounded_integers(numbers.as_ref())?;
    written(call.rows(), |row, out| {
        let seconds = seconds.is_valid(row).then(|| seconds.value(row))?;
        if seconds < 0 {
            out.push(b'-');
        }
        // The hours of the least integer have a counterpart, and what is left of it too.
        push_padded(out, (seconds / 3_600).abs(), 1);
        out.push(b':');
        push_padded(out, (seconds / 60 % 60).abs(), 2);
        out.push(b':');
        push_padded(out, (seconds % 60).abs(), 2);
        Some(())
    })
}
