//! What a definition says of its levels.

use serde::Serialize;

use crate::{Color, Localized};

/// A level of a level hierarchy: a column.
///
/// ```
/// use drillcore_hierarchies::ColumnLevel;
///
/// let level = ColumnLevel::new("country_code").named("country").labelled("Country");
/// assert_eq!((level.column.as_str(), level.name.as_str()), ("country_code", "country"));
/// assert_eq!(ColumnLevel::from("region").name, "region");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnLevel {
    /// The id of the column.
    #[serde(rename = "column_id")]
    pub column: String,
    /// The name of the level in queries: that of the column if none is given. It stays when the column is renamed.
    pub name: String,
    /// The shown name; a level without one is shown by its name.
    #[serde(skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
}

impl ColumnLevel {
    /// A level that is called like its column.
    #[must_use]
    pub fn new(column: impl Into<String>) -> Self {
        let column = column.into();
        Self { name: column.clone(), column, label: Localized::default() }
    }

    /// Sets the name in queries.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the shown name.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<Localized>) -> Self {
        self.label = label.into();
        self
    }
}

impl<T: Into<String>> From<T> for ColumnLevel {
    fn from(column: T) -> Self {
        Self::new(column)
    }
}

/// What is known of a level of a tree: the first one is that of the children of the root.
///
/// ```
/// use drillcore_hierarchies::{Color, LevelInfo};
///
/// let level = LevelInfo::new("region").labelled("Region").colored(Color::new(0, 128, 255));
/// assert_eq!(level.name, "region");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelInfo {
    /// The name in queries.
    pub name: String,
    /// The shown name; a level without one is shown by its name.
    #[serde(skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
    /// The colour of its members that have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

impl LevelInfo {
    /// A level of that name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), label: Localized::default(), color: None }
    }

    /// Sets the shown name.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<Localized>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the colour.
    #[must_use]
    pub fn colored(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }
}
