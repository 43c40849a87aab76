//! Values.

use std::cmp::Ordering;

use super::Decimal;

/// A value of a formula.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// A float; what comes out of a formula is finite and not -0.0.
    Float(f64),
    /// A text.
    Text(String),
    /// A calendar date: days since 1970-01-01.
    Date(i32),
    /// An instant: microseconds since 1970-01-01, in UTC.
    Datetime(i64),
    /// A wall clock time without a zone: microseconds since 1970-01-01.
    LocalDatetime(i64),
}

impl Value {
    /// How it is ordered to another of its type; nothing if a side is NULL or of another type.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => Some(left.cmp(right)),
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(right)),
            (Self::Decimal(left), Self::Decimal(right)) => Some(left.compare(right)),
            (Self::Float(left), Self::Float(right)) => left.partial_cmp(right),
            (Self::Text(left), Self::Text(right)) => Some(left.chars().cmp(right.chars())),
            (Self::Date(left), Self::Date(right)) => Some(left.cmp(right)),
            (Self::Datetime(left), Self::Datetime(right)) | (Self::LocalDatetime(left), Self::LocalDatetime(right)) => {
                Some(left.cmp(right))
            }
            _ => None,
        }
    }
}

impl From<Option<Self>> for Value {
    /// Nothing is NULL.
    fn from(value: Option<Self>) -> Self {
        value.unwrap_or(Self::Null)
    }
}
