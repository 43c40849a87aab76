//! What columns are compared with.

/// A literal, with the meaning it has for the oracle and the text it has in a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// NULL.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A number with a fixed count of digits behind the point.
    Decimal {
        /// The number, in units of its last digit.
        units: i64,
        /// Digits behind the point.
        scale: u32,
    },
    /// Text.
    Text(String),
    /// A date.
    Day(i32),
    /// An instant, written with an offset.
    Instant {
        /// Microseconds since the epoch.
        micros: i64,
        /// The offset it is written with.
        offset_minutes: i64,
    },
    /// A wall clock time without an offset, in microseconds.
    Local(i64),
    /// `2013`, `2013-Q1`, `2013-02`, `2013-W05`, compared at just this level.
    Period {
        /// How it is written.
        text: String,
        /// The first day of the period.
        start: i32,
    },
}

/// A regular expression whose meaning can be told without a regular expression engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// `text`.
    Contains(String),
    /// `^text`.
    Prefix(String),
    /// `text$`.
    Suffix(String),
    /// `^text$`.
    Whole(String),
    /// `a|b`.
    Either(String, String),
    /// `[0-9]`.
    Digit,
    /// `.`.
    Any,
    /// `^$`.
    Empty,
}
