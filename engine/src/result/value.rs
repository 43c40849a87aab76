//! One cell as the readers hand it out, borrowed from its batch.

use std::cmp::Ordering;

use arrow::datatypes::i256;

use super::calendar::{push_date, push_instant, push_local};
use super::histogram::{Bins, push_bins};
use super::member_reader::Member;
use super::number::{push_decimal128, push_decimal256, push_float, push_integer};
use super::output::into_text;

/// The remainder of a top, where cells are text.
pub(super) const OTHER: &str = "(other)";

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
    /// All members that a top left out.
    Other,
    Bins(Bins<'a>),
    /// A member of a hierarchy.
    Member(Member<'a>),
}

impl Value<'_> {
    /// Appends the form that JSON and CSV share: text bare, without any quoting; nothing for NULL; the text of the
    /// remainder; a member as it stands in CSV.
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
            Self::Other => out.extend_from_slice(OTHER.as_bytes()),
            Self::Bins(bins) => push_bins(out, bins.iter()),
            Self::Member(member) => {
                if let Some(text) = member.text() {
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
    }

    /// The form of [`Value::push`] as a text of its own.
    pub(super) fn to_text(self) -> String {
        let mut out = Vec::new();
        self.push(&mut out);
        into_text(out)
    }

    /// Appends bytes that are the same for two cells just if they are the same value, also behind one another: NULL is
    /// NULL, decimals are compared by number, instants without their offset, and members by their kinds and paths.
    pub(super) fn push_key(self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        let tag = match self {
            Self::Null => b'0',
            Self::Other => b'*',
            Self::Boolean(_) => b'b',
            Self::Integer(_) | Self::Decimal128(..) | Self::Decimal256(..) => b'n',
            Self::Float(_) => b'f',
            Self::Text(_) => b't',
            Self::Date(_) => b'd',
            Self::Datetime(..) => b'i',
            Self::LocalDatetime(_) => b'l',
            Self::Bins(_) => b'h',
            Self::Member(_) => b'm',
        };
        match self {
            Self::Datetime(micros, _) => push_integer(&mut body, micros),
            Self::Member(member) => member.push_key(&mut body),
            Self::Decimal128(..) | Self::Decimal256(..) => {
                self.push(&mut body);
                if body.contains(&b'.') {
                    let kept = body.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
                    body.truncate(kept);
                    body.pop_if(|last| *last == b'.');
                }
            }
            _ => self.push(&mut body),
        }
        out.push(tag);
        out.extend_from_slice(&u64::try_from(body.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend_from_slice(&body);
    }

    /// Which of two values of one column is less; text by code point. Nothing where one is no value or has no order.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Boolean(one), Self::Boolean(two)) => one.cmp(&two),
            (Self::Integer(one), Self::Integer(two)) => one.cmp(&two),
            (Self::Float(one), Self::Float(two)) => one.total_cmp(&two),
            (Self::Decimal128(one, _), Self::Decimal128(two, _)) => one.cmp(&two),
            (Self::Decimal256(one, _), Self::Decimal256(two, _)) => one.cmp(&two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Date(one), Self::Date(two)) => one.cmp(&two),
            (Self::Datetime(one, _), Self::Datetime(two, _)) => one.cmp(&two),
            (Self::LocalDatetime(one), Self::LocalDatetime(two)) => one.cmp(&two),
            _ => return None,
        })
    }
}
