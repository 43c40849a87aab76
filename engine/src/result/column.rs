//! What a column of an answer is.

use serde::{Serialize, Serializer};

use crate::model::{Aggregation, ColumnType, Kind, Subtype};

/// What a column does in its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// The rows are grouped by it, or list it.
    Dimension,
    /// It is computed for each group.
    Measure,
}

/// A column of an answer. Dimensions come first, then measures, each in the order of the query.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ResultColumn {
    /// The name by which the query calls it, unique in the answer: its `as`, or a made one.
    pub name: String,
    /// The name to show, in the locale of the query.
    pub label: String,
    /// Dimension or measure.
    pub role: Role,
    /// What its cells are. A decimal without decimals is named `integer` in JSON.
    #[serde(rename = "type", serialize_with = "type_name")]
    pub column_type: ColumnType,
    /// What kind of column the query took it for.
    pub kind: Kind,
    /// The level, where a datetime is bucketed: `month`, `weekday_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The aggregation, where the measure is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Aggregation>,
    /// The finer meaning of the column behind it, for display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtype: Option<Subtype>,
    /// The display format (d3 notation) of the column behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl ResultColumn {
    /// A column of an answer. Its type is a guess until the column stands in a result, which takes it from the rows.
    pub(crate) fn new(name: impl Into<String>, label: impl Into<String>, role: Role, kind: Kind) -> Self {
        let column_type = match kind {
            Kind::Hierarchy => ColumnType::Text,
            Kind::Numeric => ColumnType::Float,
            Kind::Datetime => ColumnType::Datetime,
        };
        Self {
            name: name.into(),
            label: label.into(),
            role,
            column_type,
            kind,
            level: None,
            aggregation: None,
            subtype: None,
            format: None,
        }
    }
}

fn type_name<S: Serializer>(column_type: &ColumnType, serializer: S) -> Result<S::Ok, S::Error> {
    match column_type {
        ColumnType::Decimal { scale, .. } if *scale <= 0 => serializer.serialize_str("integer"),
        ColumnType::Decimal { .. } => serializer.serialize_str("decimal"),
        other => serializer.serialize_str(&other.name()),
    }
}
