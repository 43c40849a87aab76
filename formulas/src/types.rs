//! The types of values in formulas.

use std::fmt;

/// What a formula gives. NULL is a value of every type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Boolean,
    /// A signed 64-bit integer.
    Integer,
    /// An exact decimal of up to 76 digits.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: i8,
    },
    /// A 64-bit float; never NaN, infinite or -0.0.
    Float,
    /// UTF-8 text.
    Text,
    /// A calendar date.
    Date,
    /// An instant.
    Datetime,
    /// A wall clock time without a zone.
    LocalDatetime,
}

impl Type {
    /// Whether it is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal { .. } | Self::Float)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("boolean"),
            Self::Integer => f.write_str("integer"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Float => f.write_str("float"),
            Self::Text => f.write_str("text"),
            Self::Date => f.write_str("date"),
            Self::Datetime => f.write_str("datetime"),
            Self::LocalDatetime => f.write_str("local_datetime"),
        }
    }
}
