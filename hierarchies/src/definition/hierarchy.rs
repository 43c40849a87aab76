//! The definition of a hierarchy.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::level::{ColumnLevel, LevelInfo};
use super::options::{HideIf, Orphans, OwnRows, Visibility, is_default};
use super::written::Written;
use crate::{Color, Element, Localized};

/// The definition of a hierarchy over one dataset.
///
/// It is read from JSON and written as JSON. Reading refuses fields that are unknown, or that belong to another kind,
/// and names those that are missing; whether the definition makes sense is what [`validate`](Self::validate) says.
///
/// ```
/// use drillcore_hierarchies::Hierarchy;
///
/// let json = r#"{"id":"geo","dataset_id":"airports","name":{"en":"Geography"},"kind":"levels",
///     "levels":[{"column_id":"country"},{"column_id":"state","name":"region"}],"hide_if":"blank"}"#;
/// let geo: Hierarchy = serde_json::from_str(json)?;
/// geo.validate()?;
/// assert_eq!(geo.columns(), ["country", "state"]);
/// assert_eq!(geo.level_names(), ["country", "region"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Hierarchy {
    /// The name in queries.
    pub id: String,
    /// The id of the dataset.
    #[serde(rename = "dataset_id")]
    pub dataset: String,
    /// The shown name; a hierarchy without one is shown by its id.
    #[serde(skip_serializing_if = "Localized::is_empty")]
    pub name: Localized,
    /// The shown name of the root; `All` if there is none.
    #[serde(skip_serializing_if = "Localized::is_empty")]
    pub all: Localized,
    /// What the members are.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether the member of the values without a place is shown.
    #[serde(skip_serializing_if = "is_default")]
    pub unassigned: Visibility,
    /// What becomes of the rows of a member that has children.
    #[serde(skip_serializing_if = "is_default")]
    pub own_rows: OwnRows,
}

/// What the members of a hierarchy are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// The values of ordered columns. A member is its path of values; NULL is a value.
    Levels {
        /// The columns, the coarsest first.
        levels: Vec<ColumnLevel>,
        /// Which members are left out.
        #[serde(skip_serializing_if = "is_default")]
        hide_if: HideIf,
    },
    /// A tree over the values of one text column. NULL is a child of the root.
    Tree {
        /// The id of the column.
        #[serde(rename = "column_id")]
        column: String,
        /// What is known of the levels; there may be fewer than the tree has, or none.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        levels: Vec<LevelInfo>,
        /// The members.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        elements: Vec<Element>,
    },
    /// Every row is a member and names its parent. A row without a parent, or that is its own, is a child of the root.
    ParentChild {
        /// The id of the column with the id of the member.
        key: String,
        /// The id of the column with the id of its parent.
        parent: String,
        /// The id of the column with the shown name.
        #[serde(rename = "name_column", skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What becomes of a row whose parent does not exist.
        #[serde(skip_serializing_if = "is_default")]
        orphans: Orphans,
        /// What is known of the levels; there may be fewer than the tree has, or none.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        levels: Vec<LevelInfo>,
    },
    /// Levels of one datetime column.
    Datetime {
        /// The id of the column.
        #[serde(rename = "column_id")]
        column: String,
        /// Names of [`DATETIME_LEVELS`](crate::DATETIME_LEVELS), the coarsest first.
        levels: Vec<String>,
    },
}

impl Hierarchy {
    /// The ids of all columns that are used, each once.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = match &self.kind {
            Kind::Levels { levels, .. } => levels.iter().map(|level| level.column.as_str()).collect(),
            Kind::Tree { column, .. } | Kind::Datetime { column, .. } => vec![column.as_str()],
            Kind::ParentChild { key, parent, name, .. } => {
                [Some(key), Some(parent), name.as_ref()].into_iter().flatten().map(String::as_str).collect()
            }
        };
        let mut seen = HashSet::new();
        columns.retain(|column| seen.insert(*column));
        columns
    }

    /// The colour of the members of a level that have none of their own; level 1 is below the root.
    #[must_use]
    pub fn level_color(&self, level: usize) -> Option<Color> {
        match &self.kind {
            Kind::Tree { levels, .. } | Kind::ParentChild { levels, .. } => {
                levels.get(level.checked_sub(1)?).and_then(|level| level.color)
            }
            Kind::Levels { .. } | Kind::Datetime { .. } => None,
        }
    }

    /// The names of the levels in queries, from the children of the root down.
    #[must_use]
    pub fn level_names(&self) -> Vec<&str> {
        match &self.kind {
            Kind::Levels { levels, .. } => levels.iter().map(|level| level.name.as_str()).collect(),
            Kind::Tree { levels, .. } | Kind::ParentChild { levels, .. } => {
                levels.iter().map(|level| level.name.as_str()).collect()
            }
            Kind::Datetime { levels, .. } => levels.iter().map(String::as_str).collect(),
        }
    }

    /// Follows a column to its new id, wherever it is used. Names of levels stay, so that queries mean what they meant.
    pub fn rename_column(&mut self, from: &str, to: &str) {
        let columns: Vec<&mut String> = match &mut self.kind {
            Kind::Levels { levels, .. } => levels.iter_mut().map(|level| &mut level.column).collect(),
            Kind::Tree { column, .. } | Kind::Datetime { column, .. } => vec![column],
            Kind::ParentChild { key, parent, name, .. } => {
                [Some(key), Some(parent), name.as_mut()].into_iter().flatten().collect()
            }
        };
        for column in columns {
            if column.as_str() == from {
                to.clone_into(column);
            }
        }
    }
}
