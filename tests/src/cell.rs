//! One cell of a table as the oracle sees it: behind the source boundary, where no NaN, infinity or -0.0 is left.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// UTF-8 text.
    Text,
    /// True or false.
    Boolean,
    /// A signed 64-bit integer.
    Integer,
    /// A 64-bit float.
    Float,
    /// A decimal of up to 18 digits, this many of them behind the point.
    Decimal(u32),
    /// A calendar date.
    Date,
    /// An instant.
    Datetime,
    /// A wall clock time.
    LocalDatetime,
}

impl Type {
    /// Whether the column can be summed.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal(_))
    }

    /// Whether the column has levels.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Datetime | Self::LocalDatetime)
    }
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A decimal, counted in units of its last digit.
    Decimal(i64),
    /// Days since 1970-01-01.
    Day(i32),
    /// Microseconds since 1970-01-01T00:00, of an instant or of a wall clock.
    Micros(i64),
}

impl Cell {
    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as SQLite keeps it: booleans as 0 and 1, decimals in units, times as numbers.
    #[must_use]
    pub fn to_sqlite(&self) -> rusqlite::types::Value {
        use rusqlite::types::Value;
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(text.clone()),
            Self::Boolean(value) => Value::Integer(i64::from(*value)),
            Self::Integer(value) | Self::Decimal(value) | Self::Micros(value) => Value::Integer(*value),
            Self::Float(value) => Value::Real(*value),
            Self::Day(days) => Value::Integer(i64::from(*days)),
        }
    }
}
