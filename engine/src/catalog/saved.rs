//! Queries that are kept under a name.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Catalog;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Localized;
use crate::suggest;

/// A query that is kept under a name, with the values that are still open declared as parameters.
///
/// ```
/// use drillcore::SavedQuery;
///
/// let by_city = SavedQuery::new(
///     "by_city",
///     r#"{
///         "parameters": {"from": {"type": "date", "default": "2026-01-01"}},
///         "dataset_id": "sales",
///         "dimensions": [{"column_id": "city"}],
///         "measures": [{"column_id": "amount", "aggregation": "sum"}],
///         "where": [{"expression": "? >= ?", "parameters": [{"column_id": "day"}, {"parameter": "from"}]}]
///     }"#,
/// );
/// assert_eq!(by_city.name, "by_city");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedQuery {
    /// The identity, which stays when the query is renamed.
    pub id: Uuid,
    /// The name; no two saved queries share one.
    pub name: String,
    /// Shown description, by locale.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub description: Localized,
    /// The query document as it was written: JSON of one query.
    pub document: String,
}

impl SavedQuery {
    /// A query with a new id.
    #[must_use]
    pub fn new(name: impl Into<String>, document: impl Into<String>) -> Self {
        let (name, document) = (name.into(), document.into());
        Self { id: Uuid::new_v4(), name, description: Localized::default(), document }
    }

    /// The shown description.
    #[must_use]
    pub fn description(mut self, description: impl Into<Localized>) -> Self {
        self.description = description.into();
        self
    }
}

impl Catalog {
    /// The saved query of that name, else of that id.
    pub(crate) fn saved_query(&self, name_or_id: &str) -> Result<&Arc<SavedQuery>> {
        let by_id = || {
            let id = Uuid::parse_str(name_or_id).ok()?;
            self.saved_queries.values().find(|saved| saved.id == id)
        };
        self.saved_queries.get(name_or_id).or_else(by_id).ok_or_else(|| {
            let hint = suggest::hint(name_or_id, self.saved_queries.keys().map(String::as_str));
            Error::new(ErrorKind::NotFound, format!("there is no saved query `{name_or_id}`{hint}"))
        })
    }

    /// A catalog with a saved query, which takes the place of that with its id.
    pub(crate) fn with_saved_query(&self, saved: SavedQuery) -> Result<Self> {
        if saved.name.trim().is_empty() || saved.name.chars().any(char::is_control) {
            return Err(Error::input("a saved query needs a name with a visible character and no control character"));
        }
        if self.saved_queries.get(&saved.name).is_some_and(|held| held.id != saved.id) {
            return Err(Error::input(format!("there is already a saved query `{}`", saved.name)));
        }
        let mut next = self.clone();
        next.saved_queries.retain(|_, held| held.id != saved.id);
        next.saved_queries.insert(saved.name.clone(), Arc::new(saved));
        Ok(next)
    }

    /// A catalog without a saved query.
    pub(crate) fn without_saved_query(&self, name_or_id: &str) -> Result<Self> {
        let name = self.saved_query(name_or_id)?.name.clone();
        let mut next = self.clone();
        next.saved_queries.remove(&name);
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::SavedQuery;
    use crate::catalog::Catalog;
    use crate::error::ErrorKind;

    fn with(names: &[&str]) -> Catalog {
        let add = |catalog: Catalog, name: &&str| catalog.with_saved_query(SavedQuery::new(*name, "{}")).unwrap();
        names.iter().fold(Catalog::default(), add)
    }

    #[test]
    fn a_name_is_given_once_and_an_id_is_renamed() {
        let catalog = with(&["a", "b"]);
        let taken = catalog.with_saved_query(SavedQuery::new("a", "{}")).unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::InvalidInput);
        let mut renamed = SavedQuery::clone(catalog.saved_query("a").unwrap());
        "c".clone_into(&mut renamed.name);
        let catalog = catalog.with_saved_query(renamed).unwrap();
        assert_eq!(catalog.saved_queries.keys().collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn a_name_or_an_id_finds_a_query() {
        let catalog = with(&["sales by city"]);
        let id = catalog.saved_query("sales by city").unwrap().id;
        assert_eq!(catalog.saved_query(&id.to_string()).unwrap().name, "sales by city");
        let missing = catalog.saved_query("sales by cty").unwrap_err();
        assert_eq!(missing.message(), "there is no saved query `sales by cty`; did you mean `sales by city`?");
        assert!(catalog.without_saved_query(&id.to_string()).unwrap().saved_queries.is_empty());
    }

    #[test]
    fn saved_queries_persist_and_older_catalogs_have_none() {
        let catalog = with(&["a"]);
        let text = serde_json::to_string(&catalog.persistent()).unwrap();
        let back: Catalog = serde_json::from_str(&text).unwrap();
        assert_eq!(back.saved_queries, catalog.saved_queries);
        let old: Catalog = serde_json::from_str(r#"{"datasets": {}, "links": []}"#).unwrap();
        assert!(old.saved_queries.is_empty());
        assert_eq!(serde_json::to_string(&old).unwrap(), r#"{"datasets":{},"links":[]}"#);
    }

    #[test]
    fn names_can_be_seen() {
        for name in ["", " ", "a\nb"] {
            assert!(Catalog::default().with_saved_query(SavedQuery::new(name, "{}")).is_err(), "{name}");
        }
    }
}
