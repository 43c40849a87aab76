//! Values as they stand in a document.

use chrono::DateTime;
use serde_json::Value;

use crate::oracle::wall;
use crate::spec::{Literal, Number, Pattern};

/// A literal as it stands in a document.
pub(super) fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(value) => (*value).into(),
        Literal::Integer(value) => (*value).into(),
        Literal::Float(value) => (*value).into(),
        Literal::Decimal { units, scale } => serde_json::from_str(&decimal(*units, *scale)).expect("a number"),
        Literal::Text(text) => text.as_str().into(),
        Literal::Day(day) => wall::date(*day).to_string().into(),
        Literal::Instant { micros, offset_minutes } => instant(*micros, *offset_minutes).into(),
        Literal::Local(wall) => time(*wall).into(),
        Literal::Period { text, .. } => text.as_str().into(),
    }
}

/// A number with its digits behind the point.
pub(super) fn decimal(units: i64, scale: u32) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let unit = 10_u64.pow(scale);
    let (whole, rest) = (units.unsigned_abs() / unit, units.unsigned_abs() % unit);
    format!("{sign}{whole}.{rest:0width$}", width = scale as usize)
}

/// A number of the document.
pub(super) fn number(number: Number) -> Value {
    serde_json::from_str(&decimal(number.units, number.scale)).expect("a number")
}

/// An instant with an offset.
pub(super) fn instant(micros: i64, offset_minutes: i64) -> String {
    if offset_minutes == 0 {
        return format!("{}Z", time(micros));
    }
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let minutes = offset_minutes.abs();
    format!("{}{sign}{:02}:{:02}", time(micros + offset_minutes * 60_000_000), minutes / 60, minutes % 60)
}

fn time(micros: i64) -> String {
    let at = DateTime::from_timestamp_micros(micros).expect("a time that chrono can hold");
    at.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

/// A regular expression.
pub(super) fn pattern(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Contains(text) => text.clone(),
        Pattern::Prefix(text) => format!("^{text}"),
        Pattern::Suffix(text) => format!("{text}$"),
        Pattern::Whole(text) => format!("^{text}$"),
        Pattern::Either(one, other) => format!("{one}|{other}"),
        Pattern::Digit => "[0-9]".to_owned(),
        Pattern::Any => ".".to_owned(),
        Pattern::Empty => "^$".to_owned(),
    }
}
