//! Columns: what they hold, how they are read, how they are shown.

use arrow::datatypes::{DataType, TimeUnit};
use serde::{Deserialize, Serialize};

use super::{Aggregation, Localized};

/// The three kinds of column of the query vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Members to group by and filter on: text and booleans.
    Hierarchy,
    /// Numbers to aggregate.
    Numeric,
    /// Dates and instants, bucketed by levels.
    Datetime,
}

impl Kind {
    /// The name in documents: `hierarchy`, `numeric`, `datetime`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hierarchy => "hierarchy",
            Self::Numeric => "numeric",
            Self::Datetime => "datetime",
        }
    }
}

/// What a column holds. Every source is brought to these types when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// True or false.
    Boolean,
    /// A signed 64-bit integer.
    Integer,
    /// A 64-bit float; never NaN, infinite or -0.0.
    Float,
    /// An exact decimal of up to 76 digits.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: i8,
    },
    /// A calendar date. It never moves with a time zone.
    Date,
    /// An instant in microseconds, bucketed in the zone of the query.
    Datetime,
    /// A wall clock time without a zone, in microseconds. It never moves.
    LocalDatetime,
}

impl ColumnType {
    /// The kind of column that holds this.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Text | Self::Boolean => Kind::Hierarchy,
            Self::Integer | Self::Float | Self::Decimal { .. } => Kind::Numeric,
            Self::Date | Self::Datetime | Self::LocalDatetime => Kind::Datetime,
        }
    }

    /// The one Arrow type in which the engine holds it.
    #[must_use]
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Decimal { precision, scale } if precision <= 38 => DataType::Decimal128(precision, scale),
            Self::Decimal { precision, scale } => DataType::Decimal256(precision, scale),
            Self::Date => DataType::Date32,
            Self::Datetime => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::LocalDatetime => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }

    /// The name in documents, for example `integer`, `decimal(10,2)`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Boolean => "boolean".into(),
            Self::Integer => "integer".into(),
            Self::Float => "float".into(),
            Self::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
            Self::Date => "date".into(),
            Self::Datetime => "datetime".into(),
            Self::LocalDatetime => "local_datetime".into(),
        }
    }
}

/// A finer meaning of a column, for display. The subtypes date, datetime and local_datetime follow from the
/// [`ColumnType`] and are not repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subtype {
    /// An amount of money.
    Currency,
    /// A length of time.
    Duration,
    /// A difference between two points.
    Interval,
    /// A latitude or longitude.
    Coordinates,
    /// An address of the internet protocol.
    IpAddress,
}

/// A column of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Column {
    /// The id by which queries name it.
    pub id: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// Shown names, by locale.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub name: Localized,
    /// Shown description, by locale.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub description: Localized,
    /// A finer meaning for display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<Subtype>,
    /// A display format (d3 notation), kept and handed to the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What a measure without an aggregation uses.
    pub default_aggregation: Aggregation,
    /// The name in the source.
    pub source_name: String,
    /// The zone in which source values without one are read; UTC if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_timezone: Option<String>,
}

impl Column {
    /// A column as the source calls it, with the defaults of its type: numbers are summed, others counted.
    #[must_use]
    pub fn new(id: impl Into<String>, column_type: ColumnType) -> Self {
        let id = id.into();
        let default_aggregation =
            if column_type.kind() == Kind::Numeric { Aggregation::Sum } else { Aggregation::Count };
        Self {
            source_name: id.clone(),
            id,
            column_type,
            name: Localized::default(),
            description: Localized::default(),
            subtype: None,
            format: None,
            default_aggregation,
            source_timezone: None,
        }
    }

    /// The kind of the column.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.column_type.kind()
    }

    /// The shown name for a locale; the id where none is given.
    #[must_use]
    pub fn label(&self, locale: &str) -> &str {
        self.name.get(locale).unwrap_or(&self.id)
    }
}
