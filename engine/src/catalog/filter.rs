//! Filters that belong to a dataset and apply to every query that reaches it.

use serde::{Deserialize, Serialize};

use crate::query::{Literal, Operator};

/// A filter on one column of a dataset, added to every query over the dataset, also when it is only looked up through
/// a link. With a parameter, the [`Scope`](crate::Scope) of the query decides the value.
///
/// The JSON form is Luzmo's:
/// `{"column_id": "tenant", "expression": "? in ?", "value": {"parameter": "metadata.tenant_id", "type": "array[hierarchy]"}}`.
///
/// ```
/// use drillcore::{DatasetFilter, Operator, ParameterType};
///
/// let filter = DatasetFilter::parameter("tenant", Operator::In, "tenant_id", ParameterType::Hierarchy.list());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DatasetFilter {
    /// The column it tests.
    pub column_id: String,
    /// The test, in the words of the query document.
    pub expression: Operator,
    /// What the column is compared with; none for tests such as `? is null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<FilterValue>,
}

/// What a dataset filter compares with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum FilterValue {
    /// A value that the scope of a query must give.
    Parameter {
        /// The name; Luzmo's prefix `metadata.` is understood and left out in scopes.
        parameter: String,
        /// What values it takes.
        #[serde(rename = "type")]
        parameter_type: ParameterType,
        /// The value for scopes [with defaults](crate::Scope::with_defaults).
        #[serde(default, rename = "value", skip_serializing_if = "Option::is_none")]
        default: Option<Literal>,
    },
    /// A fixed value, which applies under every scope.
    Fixed(Literal),
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ParameterType {
    /// One text or boolean.
    #[serde(rename = "hierarchy")]
    Hierarchy,
    /// One number.
    #[serde(rename = "numeric")]
    Numeric,
    /// One date or instant, as text.
    #[serde(rename = "datetime")]
    Datetime,
    /// Several texts.
    #[serde(rename = "array[hierarchy]")]
    HierarchyList,
    /// Several numbers.
    #[serde(rename = "array[numeric]")]
    NumericList,
    /// Several dates or instants.
    #[serde(rename = "array[datetime]")]
    DatetimeList,
}

impl ParameterType {
    /// The list form of the type.
    #[must_use]
    pub fn list(self) -> Self {
        match self {
            Self::Hierarchy | Self::HierarchyList => Self::HierarchyList,
            Self::Numeric | Self::NumericList => Self::NumericList,
            Self::Datetime | Self::DatetimeList => Self::DatetimeList,
        }
    }

    /// Whether a value is of this type. NULL may stand in lists only.
    pub(crate) fn accepts(self, value: &Literal) -> bool {
        let each = |one: Self, value: &Literal| match value {
            Literal::List(items) => items.iter().all(|item| matches!(item, Literal::Null) || one.accepts(item)),
            _ => false,
        };
        match self {
            Self::Hierarchy => matches!(value, Literal::Text(_) | Literal::Boolean(_)),
            Self::Numeric => matches!(value, Literal::Integer(_) | Literal::Number(_) | Literal::Decimal(_)),
            Self::Datetime => matches!(value, Literal::Text(_)),
            Self::HierarchyList => each(Self::Hierarchy, value),
            Self::NumericList => each(Self::Numeric, value),
            Self::DatetimeList => each(Self::Datetime, value),
        }
    }
}

impl DatasetFilter {
    /// A filter with a fixed value, or none for tests such as [`Operator::IsNotNull`].
    #[must_use]
    pub fn fixed(column: impl Into<String>, expression: Operator, value: Option<Literal>) -> Self {
        Self { column_id: column.into(), expression, value: value.map(FilterValue::Fixed) }
    }

    /// A filter whose value the scope decides.
    #[must_use]
    pub fn parameter(
        column: impl Into<String>,
        expression: Operator,
        parameter: impl Into<String>,
        parameter_type: ParameterType,
    ) -> Self {
        let value = FilterValue::Parameter { parameter: parameter.into(), parameter_type, default: None };
        Self { column_id: column.into(), expression, value: Some(value) }
    }

    /// The value for scopes that take defaults.
    #[must_use]
    pub fn with_default(mut self, value: impl Into<Literal>) -> Self {
        if let Some(FilterValue::Parameter { default, .. }) = &mut self.value {
            *default = Some(value.into());
        }
        self
    }
}
