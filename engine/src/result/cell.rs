//! One cell of an answer, for those who go through it in Rust.

use std::fmt;

use arrow::datatypes::i256;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::calendar::{push_date, push_instant, push_local};
use super::exact::float_of;
use super::histogram::push_bins;
use super::member::MemberCell;
use super::number::push_float;
use super::output::into_text;
use super::value::{OTHER, Value};

/// One cell of an answer.
///
/// It displays as it stands in JSON, but text without quotes, the remainder as `(other)`, and a member of a hierarchy
/// by its name.
///
/// With serde it is a JSON value: `null`, a boolean, a text, a number; `{"other": true}`; `[[lo, hi, n], ..]`; the
/// object of a member. A number that a 64-bit float would round is `{"decimal": "12345678901234567.89"}`, as in a
/// query.
///
/// ```
/// use drillcore::Cell;
///
/// assert_eq!(Cell::Integer(336_776).to_string(), "336776");
/// assert_eq!(Cell::Float(0.5).to_string(), "0.5");
/// assert_eq!(Cell::Text("JFK".into()).to_string(), "JFK");
/// assert_eq!(Cell::Null.to_string(), "null");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// An integer.
    Integer(i128),
    /// A decimal with all its digits, or an integer that is too long for [`Cell::Integer`]. The text is a JSON number.
    Decimal(String),
    /// A float, always finite.
    Float(f64),
    /// Text. Also a date or an instant in a year beyond those that chrono knows, as it stands in JSON.
    Text(String),
    /// A calendar date, or the first day of a week, month, quarter or year.
    Date(NaiveDate),
    /// An instant, in the zone of the query. Its offset is of whole minutes.
    Datetime(DateTime<FixedOffset>),
    /// A wall clock time without a zone.
    LocalDatetime(NaiveDateTime),
    /// The remainder: all members that a top left out, as one.
    Other,
    /// A histogram: the lower end, the upper end and the count of each bin.
    Bins(Vec<(f64, f64, i64)>),
    /// A member of a hierarchy.
    Member(MemberCell),
}

impl Cell {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        match self {
            Self::Null => return f.pad("null"),
            Self::Boolean(value) => return fmt::Display::fmt(value, f),
            Self::Integer(number) => return fmt::Display::fmt(number, f),
            Self::Decimal(text) | Self::Text(text) => return f.pad(text),
            Self::Other => return f.pad(OTHER),
            Self::Member(member) => return fmt::Display::fmt(member, f),
            Self::Float(number) => push_float(&mut out, *number),
            Self::Bins(bins) => push_bins(&mut out, bins.iter().copied()),
            Self::Date(date) => push_date(&mut out, date.to_epoch_days().into()),
            Self::Datetime(at) => push_instant(&mut out, at.timestamp_micros(), at.offset().local_minus_utc()),
            Self::LocalDatetime(at) => push_local(&mut out, at.and_utc().timestamp_micros()),
        }
        f.pad(&into_text(out))
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(number) => match i64::try_from(*number) {
                Ok(small) => serializer.serialize_i64(small),
                Err(_) => serialize_digits(&number.to_string(), serializer),
            },
            Self::Decimal(digits) => serialize_digits(digits, serializer),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Date(_) | Self::Datetime(_) | Self::LocalDatetime(_) => serializer.collect_str(self),
            Self::Other => serialize_entry("other", &true, serializer),
            Self::Bins(bins) => serializer.collect_seq(bins),
            Self::Member(member) => member.serialize(serializer),
        }
    }
}

fn serialize_digits<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match float_of(digits) {
        Some(float) => serializer.serialize_f64(float),
        None => serialize_entry("decimal", digits, serializer),
    }
}

fn serialize_entry<S: Serializer>(
    key: &str,
    value: &(impl Serialize + ?Sized),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

impl From<Value<'_>> for Cell {
    fn from(value: Value<'_>) -> Self {
        let cell = match value {
            Value::Null => Some(Self::Null),
            Value::Boolean(value) => Some(Self::Boolean(value)),
            Value::Integer(number) => Some(Self::Integer(number.into())),
            Value::Float(number) => Some(Self::Float(number)),
            Value::Decimal128(unscaled, scale) => Some(decimal(Some(unscaled), scale, value)),
            Value::Decimal256(unscaled, scale) => Some(decimal(i256::to_i128(unscaled), scale, value)),
            Value::Text(_) => None,
            Value::Date(days) => NaiveDate::from_epoch_days(days).map(Self::Date),
            Value::Datetime(micros, offset) => instant(micros, offset).map(Self::Datetime),
            Value::LocalDatetime(micros) => wall_clock(micros).map(Self::LocalDatetime),
            Value::Other => Some(Self::Other),
            Value::Bins(bins) => Some(Self::Bins(bins.iter().collect())),
            Value::Member(member) => Some(Self::Member(member.to_cell())),
        };
        // Text itself, and the dates and times that chrono cannot hold.
        cell.unwrap_or_else(|| Self::Text(value.to_text()))
    }
}

/// An integer where the scale leaves no decimals and it fits, else the digits.
fn decimal(unscaled: Option<i128>, scale: i8, value: Value<'_>) -> Cell {
    let factor = if scale <= 0 { 10_i128.checked_pow(scale.unsigned_abs().into()) } else { None };
    match unscaled.zip(factor).and_then(|(unscaled, factor)| unscaled.checked_mul(factor)) {
        Some(integer) => Cell::Integer(integer),
        None => Cell::Decimal(value.to_text()),
    }
}

fn wall_clock(micros: i64) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
}

/// The instant, if its wall clock time is in the calendar of chrono too: there chrono's own methods panic otherwise.
fn instant(micros: i64, offset_seconds: i32) -> Option<DateTime<FixedOffset>> {
    let utc = wall_clock(micros)?;
    let offset = FixedOffset::east_opt(offset_seconds)?;
    utc.checked_add_offset(offset)?;
    Some(DateTime::from_naive_utc_and_offset(utc, offset))
}
