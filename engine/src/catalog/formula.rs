//! Formulas that are kept under a name.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Catalog;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Localized, Subtype};
use crate::suggest;

/// A formula of aggregate level that is kept under a name, over the rows of one dataset.
///
/// Queries that start from the dataset use it as a measure (`{"formula_id": "on_time_rate"}`), in `having` and in the
/// order, and in other formulas by its name: `{on_time_rate} * 100`. In its own text a name outside aggregates is that
/// of another stored formula of the same dataset, and one inside an aggregate is a column, as in every formula.
///
/// ```
/// use drillcore::{Engine, Formula, PushMode, Query, Rows, Scope, column, stored_formula};
///
/// # fn main() -> Result<(), drillcore::Error> {
/// # futures::executor::block_on(async {
/// let engine = Engine::in_memory()?;
/// let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Ghent".into(), 5.into()], vec!["Bruges".into(), 40.into()]];
/// engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
///
/// engine.save_formula(Formula::new("small_share", "sales", "COUNTR(WHERE {amount} < 10) / COUNTR()")).await?;
/// let query = Query::on("sales").dimension(column("city")).measure(stored_formula("small_share"));
/// let answer = engine.query(&query, &Scope::unrestricted()).await?;
/// assert_eq!(answer.data_json(), r#"[["Bruges",0.0],["Ghent",0.5]]"#);
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Formula {
    /// The identity, which stays when the formula is renamed.
    pub id: Uuid,
    /// The name; no two stored formulas share one.
    pub name: String,
    /// The dataset whose rows it is over, by name.
    pub dataset: String,
    /// The text, of aggregate level.
    pub expression: String,
    /// Shown description, by locale.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub description: Localized,
    /// A finer meaning of its value, for display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<Subtype>,
    /// A display format (d3 notation), kept and handed to the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl Formula {
    /// A formula with a new id.
    #[must_use]
    pub fn new(name: impl Into<String>, dataset: impl Into<String>, expression: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4(),
            name: name.into(),
            dataset: dataset.into(),
            expression: expression.into(),
            description: Localized::default(),
            subtype: None,
            format: None,
        }
    }

    /// The shown description.
    #[must_use]
    pub fn description(mut self, description: impl Into<Localized>) -> Self {
        self.description = description.into();
        self
    }

    /// A finer meaning for display.
    #[must_use]
    pub fn subtype(mut self, subtype: Subtype) -> Self {
        self.subtype = Some(subtype);
        self
    }

    /// The display format handed to clients.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.format = Some(format.into());
        self
    }
}

impl Catalog {
    /// The stored formula of that name, else of that id.
    pub(crate) fn formula(&self, name_or_id: &str) -> Result<&Arc<Formula>> {
        let by_id = || {
            let id = Uuid::parse_str(name_or_id).ok()?;
            self.formulas.values().find(|formula| formula.id == id)
        };
        self.formulas.get(name_or_id).or_else(by_id).ok_or_else(|| {
            let hint = suggest::hint(name_or_id, self.formulas.keys().map(String::as_str));
            Error::new(ErrorKind::NotFound, format!("there is no stored formula `{name_or_id}`{hint}"))
        })
    }

    /// The stored formulas over a dataset.
    pub(crate) fn formulas_of<'a>(&'a self, dataset: &'a str) -> impl Iterator<Item = &'a Arc<Formula>> {
        self.formulas.values().filter(move |formula| formula.dataset == dataset)
    }

    /// A catalog with a stored formula, which takes the place of that with its id. Its text is not looked at.
    pub(crate) fn with_formula(&self, formula: Formula) -> Result<Self> {
        if formula.name.trim().is_empty() || formula.name.chars().any(char::is_control) {
            return Err(Error::input("a formula needs a name with a visible character and no control character"));
        }
        if self.formulas.get(&formula.name).is_some_and(|held| held.id != formula.id) {
            return Err(Error::input(format!("there is already a stored formula `{}`", formula.name)));
        }
        self.dataset(&formula.dataset)?;
        let mut next = self.clone();
        next.formulas.retain(|_, held| held.id != formula.id);
        next.formulas.insert(formula.name.clone(), Arc::new(formula));
        Ok(next)
    }

    /// A catalog without a stored formula.
    pub(crate) fn without_formula(&self, name_or_id: &str) -> Result<Self> {
        let name = self.formula(name_or_id)?.name.clone();
        let mut next = self.clone();
        next.formulas.remove(&name);
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::Formula;
    use crate::catalog::{Catalog, DatasetEntry, SourceShape};
    use crate::error::ErrorKind;
    use crate::model::{Column, ColumnType};

    fn with(names: &[&str]) -> Catalog {
        let entry = DatasetEntry {
            id: Uuid::nil(),
            name: "sales".to_owned(),
            columns: vec![Column::new("amount", ColumnType::Integer)],
            shape: SourceShape::default(),
            derived: Vec::new(),
            source: None,
            filters: Vec::new(),
            acceleration: None,
            transient: None,
        };
        let mut catalog = Catalog::default();
        catalog.datasets.insert("sales".to_owned(), Arc::new(entry));
        let add = |catalog: Catalog, name: &&str| catalog.with_formula(Formula::new(*name, "sales", "1")).unwrap();
        names.iter().fold(catalog, add)
    }

    #[test]
    fn a_name_is_given_once_and_an_id_is_renamed() {
        let catalog = with(&["a", "b"]);
        let taken = catalog.with_formula(Formula::new("a", "sales", "1")).unwrap_err();
        assert_eq!(taken.message(), "there is already a stored formula `a`");
        let mut renamed = Formula::clone(catalog.formula("a").unwrap());
        "c".clone_into(&mut renamed.name);
        let id = renamed.id;
        let catalog = catalog.with_formula(renamed).unwrap();
        assert_eq!(catalog.formulas.keys().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(catalog.formula(&id.to_string()).unwrap().name, "c");
        assert!(catalog.without_formula(&id.to_string()).unwrap().formula("c").is_err());
    }

    #[test]
    fn names_can_be_seen_and_datasets_exist() {
        for (name, dataset, kind) in [
            ("", "sales", ErrorKind::InvalidInput),
            (" ", "sales", ErrorKind::InvalidInput),
            ("a\nb", "sales", ErrorKind::InvalidInput),
            ("a", "sale", ErrorKind::NotFound),
        ] {
            let refused = with(&[]).with_formula(Formula::new(name, dataset, "1")).unwrap_err();
            assert_eq!(refused.kind(), kind, "{name:?} {dataset}");
        }
        let missing = with(&["on_time_rate"]).formula("on_time").unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn formulas_persist_and_older_catalogs_have_none() {
        let catalog = with(&["a"]);
        let text = serde_json::to_string(&catalog.persistent()).unwrap();
        let back: Catalog = serde_json::from_str(&text).unwrap();
        assert_eq!(back.formulas, catalog.formulas);
        let old: Catalog = serde_json::from_str(r#"{"datasets": {}, "links": []}"#).unwrap();
        assert!(old.formulas.is_empty());
        assert_eq!(serde_json::to_string(&old).unwrap(), r#"{"datasets":{},"links":[]}"#);
    }
}
