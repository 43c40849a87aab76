//! Names, literals and types in SQL.

use chrono::DateTime;

use crate::oracle::wall;
use crate::spec::{Literal, Number};

/// A name.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value as another type.
pub(super) fn cast(sql: &str, ty: &str) -> String {
    format!("CAST({sql} AS {ty})")
}

/// The type of exact numbers with so many digits behind the point.
pub(super) fn decimal(digits: u32) -> String {
    format!("DECIMAL(38, {digits})")
}

/// A number with its digits behind the point.
pub(super) fn digits(units: i64, scale: u32) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let unit = 10_u64.pow(scale);
    let (whole, rest) = (units.unsigned_abs() / unit, units.unsigned_abs() % unit);
    format!("{sign}{whole}.{rest:0width$}", width = scale as usize)
}

/// An exact number of a type that has its digits.
pub(super) fn exact(number: Number, scale: u32) -> String {
    cast(&text(&digits(number.units, number.scale)), &decimal(scale))
}

/// The float nearest to a number.
pub(super) fn float(number: Number) -> String {
    cast(&text(&digits(number.units, number.scale)), "DOUBLE")
}

/// A date.
pub(super) fn day(day: i32) -> String {
    format!("DATE '{}'", wall::date(day))
}

/// A time, in microseconds.
pub(super) fn moment(micros: i64) -> String {
    format!("TIMESTAMP '{}'", written(micros))
}

/// A time as DuckDB reads it.
pub(super) fn written(micros: i64) -> String {
    let at = DateTime::from_timestamp_micros(micros).expect("a time that chrono can hold");
    at.naive_utc().format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

/// So many microseconds.
pub(super) fn interval(micros: i64) -> String {
    format!("INTERVAL ({micros}) MICROSECOND")
}

/// A literal that is no time.
pub(super) fn plain(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(value) => value.to_string().to_uppercase(),
        Literal::Integer(value) => format!("({value})"),
        Literal::Float(value) => cast(&text(&format!("{value:e}")), "DOUBLE"),
        Literal::Decimal { units, scale } => exact(Number { units: *units, scale: *scale }, *scale),
        Literal::Text(value) => text(value),
        other => panic!("{other:?} is no plain literal"),
    }
}
