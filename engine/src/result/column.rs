//! What a column of an answer is.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::bin::Bin;
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
    /// A measure in the time that the query compares with, or how it changed since.
    Comparison,
    /// It is computed from other rows of the answer.
    Window,
}

impl Role {
    /// The name in documents: `dimension`, `measure`, `comparison`, `window`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dimension => "dimension",
            Self::Measure => "measure",
            Self::Comparison => "comparison",
            Self::Window => "window",
        }
    }
}

/// Whether the cells of a column are single values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CellShape {
    /// Each cell is one value of the column's type.
    #[default]
    Value,
    /// Each cell is a histogram: `[[lo, hi, n], ..]`.
    Histogram,
    /// Each cell is a member of a hierarchy.
    Member,
}

/// A column of an answer. Dimensions come first, then measures, comparisons and windows, each in the order of the
/// query.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ResultColumn {
    /// The name by which the query calls it, unique in the answer: its `as`, or a made one.
    pub name: String,
    /// The name to show, in the locale of the query.
    pub label: String,
    /// Dimension, measure, comparison or window.
    pub role: Role,
    /// What its cells are, [`ColumnType::Text`] for histograms and members of hierarchies. The name in JSON is
    /// [`ResultColumn::type_name`].
    pub column_type: ColumnType,
    /// Whether its cells are single values. Not in JSON, where the type tells.
    pub shape: CellShape,
    /// What kind of column the query took it for.
    pub kind: Kind,
    /// The level, where a datetime is bucketed: `month`, `weekday_name`.
    pub level: Option<String>,
    /// The aggregation, where the measure is one.
    pub aggregation: Option<Aggregation>,
    /// The finer meaning of the column behind it, for display.
    pub subtype: Option<Subtype>,
    /// The display format (d3 notation) of the column behind it.
    pub format: Option<String>,
    /// The bins of a dimension of bins, in their order; empty for any other column. The bin of NULL is not among them.
    pub bins: Vec<Bin>,
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
            shape: CellShape::Value,
            kind,
            level: None,
            aggregation: None,
            subtype: None,
            format: None,
            bins: Vec::new(),
        }
    }

    /// The name of the type of its cells in documents: `text`, `boolean`, `integer`, `decimal`, `float`, `date`,
    /// `datetime`, `local_datetime`, `histogram` or `member`. A decimal without decimals is an `integer`.
    #[must_use]
    pub fn type_name(&self) -> Cow<'static, str> {
        match (self.shape, self.column_type) {
            (CellShape::Histogram, _) => "histogram".into(),
            (CellShape::Member, _) => "member".into(),
            (CellShape::Value, ColumnType::Decimal { scale, .. }) if scale <= 0 => "integer".into(),
            (CellShape::Value, ColumnType::Decimal { .. }) => "decimal".into(),
            (CellShape::Value, other) => other.name().into(),
        }
    }

    /// Whether its cells are single numbers.
    pub(super) fn is_number(&self) -> bool {
        self.shape == CellShape::Value && self.column_type.kind() == Kind::Numeric
    }
}

impl Serialize for ResultColumn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("name", &self.name)?;
        fields.serialize_entry("label", &self.label)?;
        fields.serialize_entry("role", &self.role)?;
        fields.serialize_entry("type", &self.type_name())?;
        fields.serialize_entry("kind", &self.kind)?;
        if let Some(level) = &self.level {
            fields.serialize_entry("level", level)?;
        }
        if let Some(aggregation) = &self.aggregation {
            fields.serialize_entry("aggregation", aggregation)?;
        }
        if let Some(subtype) = &self.subtype {
            fields.serialize_entry("subtype", subtype)?;
        }
        if let Some(format) = &self.format {
            fields.serialize_entry("format", format)?;
        }
        if !self.bins.is_empty() {
            fields.serialize_entry("bins", &self.bins)?;
        }
        fields.end()
    }
}
