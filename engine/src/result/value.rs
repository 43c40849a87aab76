//! One cell as the readers hand it out, borrowed from its batch.

use arrow::datatypes::i256;

use super::calendar::{push_date, push_instant, push_local};
use super::number::{push_decimal128, push_decimal256, push_float, push_integer};
use super::output::into_text;

/// A cell borrowed from a batch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// Always finite, never -0.0.
    Float(f64),
    /// Unscaled digits and scale.
    Decimal128(i128, i8),
    /// Unscaled digits and scale.
    Decimal256(i256, i8),
    Text(&'a str),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z, and the offset in seconds at which it is shown.
    Datetime(i64, i32),
    /// Microseconds since 1970-01-01T00:00:00 on the same wall clock.
    LocalDatetime(i64),
}

impl Value<'_> {
    /// Appends the form that JSON and CSV share: text bare, without any quoting; nothing for NULL.
    pub(super) fn push(self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Integer(number) => push_integer(out, number),
            Self::Float(number) => push_float(out, number),
            Self::Decimal128(unscaled, scale) => push_decimal128(out, unscaled, scale),
            Self::Decimal256(unscaled, scale) => push_decimal256(out, unscaled, scale),
            Self::Text(text) => out.extend_from_slice(text.as_bytes()),
            Self::Date(days) => push_date(out, days.into()),
            Self::Datetime(micros, offset) => push_instant(out, micros, offset),
            Self::LocalDatetime(micros) => push_local(out, micros),
        }
    }

    /// The form of [`Value::push`] as a text of its own.
    pub(super) fn to_text(self) -> String {
        let mut out = Vec::new();
        self.push(&mut out);
        into_text(out)
    }
}
