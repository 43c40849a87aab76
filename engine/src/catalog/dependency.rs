//! What definitions are made of.

use serde::Serialize;

/// Something that is defined in a catalog, or a column of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Definition {
    /// A column of a dataset, also a derived one.
    Column {
        /// The dataset.
        dataset: String,
        /// The id of the column.
        column: String,
    },
    /// A stored formula.
    Formula {
        /// The name.
        name: String,
    },
}

/// What a derived column or a stored formula is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dependency {
    /// The derived column or stored formula.
    pub of: Definition,
    /// The columns and stored formulas that its own text names, each once, in order.
    pub uses: Vec<Definition>,
}

impl Definition {
    pub(crate) fn column(dataset: impl Into<String>, column: impl Into<String>) -> Self {
        Self::Column { dataset: dataset.into(), column: column.into() }
    }

    pub(crate) fn formula(name: impl Into<String>) -> Self {
        Self::Formula { name: name.into() }
    }
}

impl std::fmt::Display for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Column { dataset, column } => write!(f, "column `{column}` of dataset `{dataset}`"),
            Self::Formula { name } => write!(f, "stored formula `{name}`"),
        }
    }
}
