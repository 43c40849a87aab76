//! Functions between dates, times and texts, with the calendar of chrono and the zones of chrono-tz.
//!
//! | file | |
//! |---|---|
//! | `zone` | instants and wall clocks |
//! | `show`, `read` | dates and times in a format |

mod read;
mod show;
#[cfg(test)]
mod tests;
mod zone;

use chrono::NaiveDateTime;

use super::conversion::rounded;
use crate::interpret::convert::{exact, fraction_text, known_date, known_wall, micros_of, wall_of};
use crate::interpret::{Decimal, Value};
use crate::{ClockFunction, DateFormat};

pub(super) fn evaluate(function: ClockFunction, arguments: &[Value]) -> Option<Value> {
    match (function, arguments) {
        // A formula is checked for one instant. Constants stand for these in the checked formula, so nobody asks.
        (ClockFunction::Now | ClockFunction::Today, _) => None,
        (ClockFunction::Wall, [Value::Datetime(instant), Value::Text(zone)]) => {
            let utc = known_wall(*instant)?;
            let wall = utc.checked_add_signed(zone::offset(utc, zone.parse().ok()?))?;
            micros_of(wall).map(Value::LocalDatetime)
        }
        (ClockFunction::Instant, [Value::LocalDatetime(wall), Value::Text(zone)]) => {
            known_wall(*wall)?;
            let instant = zone::earliest_instant(*wall, zone.parse().ok()?);
            known_wall(instant).map(|_| Value::Datetime(instant))
        }
        (ClockFunction::ZoneOffset, [Value::Datetime(instant), Value::Text(zone)]) => {
            let offset = zone::offset(known_wall(*instant)?, zone.parse().ok()?);
            Some(Value::Integer(offset.num_seconds()))
        }
        (ClockFunction::MakeDate, [Value::Integer(year), Value::Integer(month), Value::Integer(day)]) => {
            let midnight = wall_of([*year, *month, *day], [0; 3])?;
            Some(Value::Date(midnight.date().to_epoch_days()))
        }
        (ClockFunction::MakeDatetime, parts) => {
            let parts = parts.iter().map(|part| if let Value::Integer(part) = part { Some(*part) } else { None });
            let parts: [i64; 6] = parts.collect::<Option<Vec<_>>>()?.try_into().ok()?;
            let [year, month, day, hour, minute, second] = parts;
            micros_of(wall_of([year, month, day], [hour, minute, second])?).map(Value::LocalDatetime)
        }
        (ClockFunction::DateOf, [Value::Date(day)]) => known_date(*day).map(|_| Value::Date(*day)),
        (ClockFunction::TimeOfDay, [Value::LocalDatetime(wall)]) => {
            let wall = known_wall(*wall)?;
            Some(Value::Text(format!("{}{}", wall.format("%H:%M:%S"), fraction_text(wall))))
        }
        (ClockFunction::ParseDate, [Value::Text(text), Value::Text(format)]) => {
            let wall = read::wall(text, &DateFormat::parse(format).ok()?)?;
            Some(Value::Date(wall.date().to_epoch_days()))
        }
        (ClockFunction::ParseDatetime, [Value::Text(text), Value::Text(format)]) => {
            micros_of(read::wall(text, &DateFormat::parse(format).ok()?)?).map(Value::LocalDatetime)
        }
        (ClockFunction::FormatDate, [time, Value::Text(format)]) => {
            let format = DateFormat::parse(format).ok()?;
            Some(Value::Text(show::text(midnight_or_time(time)?, &format)))
        }
        (ClockFunction::FromUnix, [seconds]) => known(micros_before(&exact(seconds)?)?),
        (ClockFunction::FromUnixMillis, [Value::Integer(millis)]) => known(millis.checked_mul(1_000)?),
        (ClockFunction::ToUnix, [Value::Datetime(instant)]) => {
            Some(Value::Decimal(Decimal::new(i128::from(*instant), 6)))
        }
        (ClockFunction::ToUnixMillis, [Value::Datetime(instant)]) => Some(Value::Integer(instant.div_euclid(1_000))),
        (ClockFunction::DurationText, [seconds]) => Some(Value::Text(duration(rounded(seconds)?))),
        _ => None,
    }
}

fn midnight_or_time(time: &Value) -> Option<NaiveDateTime> {
    match time {
        Value::Date(day) => known_date(*day)?.and_hms_opt(0, 0, 0),
        Value::LocalDatetime(wall) => known_wall(*wall),
        _ => None,
    }
}

/// An instant in a year that is known.
fn known(instant: i64) -> Option<Value> {
    known_wall(instant).map(|_| Value::Datetime(instant))
}

/// The last microsecond that is not after so many seconds.
fn micros_before(seconds: &Decimal) -> Option<i64> {
    let mut cut = seconds.truncated(6);
    if cut.compare(seconds).is_gt() {
        cut = cut.plus(&Decimal::new(-1, 6));
    }
    cut.to_string().replace('.', "").parse().ok()
}

fn duration(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let magnitude = seconds.unsigned_abs();
    let (hours, minutes, seconds) = (magnitude / 3600, magnitude / 60 % 60, magnitude % 60);
    format!("{sign}{hours}:{minutes:02}:{seconds:02}")
}
