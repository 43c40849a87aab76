//! Constants.

use std::fmt::{self, Display, Formatter};

use chrono::NaiveDate;

use crate::lexer::UNITS;
use crate::tree::Literal;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean(true) => f.write_str("TRUE"),
            Self::Boolean(false) => f.write_str("FALSE"),
            Self::Integer(value) => value.fmt(f),
            Self::Decimal { unscaled, scale } => write_decimal(*unscaled, usize::from(*scale), f),
            Self::Float(value) => write!(f, "{value:e}"),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Date(days) => write_date(i64::from(*days), f),
            Self::Datetime(micros) => {
                write_time(*micros, f)?;
                f.write_str("Z")
            }
            Self::LocalDatetime(micros) => write_time(*micros, f),
            Self::Duration(micros) => write_duration(*micros, f),
        }
    }
}

fn write_decimal(unscaled: i128, scale: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - scale).unwrap_or((&digits, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    write!(f, "{sign}{whole}{point}{fraction}")
}

fn write_date(days: i64, f: &mut Formatter<'_>) -> fmt::Result {
    match i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days) {
        Some(date) => write!(f, "@{date}"),
        // A tree can be made that no text has.
        None => f.write_str("@?"),
    }
}

/// A date and a time of the day, as short as it can be.
fn write_time(micros: i64, f: &mut Formatter<'_>) -> fmt::Result {
    write_date(micros.div_euclid(DAY), f)?;
    let (seconds, fraction) = (micros.rem_euclid(DAY) / SECOND, micros.rem_euclid(SECOND));
    write!(f, "T{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
    if seconds % 60 != 0 || fraction != 0 {
        write!(f, ":{:02}", seconds % 60)?;
    }
    if fraction != 0 {
        write!(f, ".{}", format!("{fraction:06}").trim_end_matches('0'))?;
    }
    Ok(())
}

/// A duration in the longest units that it has.
fn write_duration(micros: i64, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str(if micros < 0 { "-@" } else { "@" })?;
    if micros == 0 {
        return f.write_str("0s");
    }
    let mut rest = micros.unsigned_abs();
    for (unit, length) in UNITS {
        let length = length.unsigned_abs();
        if rest >= length {
            write!(f, "{}{unit}", rest / length)?;
        }
        rest %= length;
    }
    Ok(())
}
