//! Columns that a dataset derives from its other columns.

use std::collections::BTreeMap;

use drillcore_formulas::{Expr, parse, references};
use serde::{Deserialize, Serialize};

use super::DatasetEntry;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Localized, Subtype};
use crate::suggest;

/// A column that a dataset derives row by row from its other columns: `{distance} / {air_time}`.
///
/// It is used like any column of the dataset, also behind links to it. A name in its formula is a column of the same
/// dataset, derived ones among them; one with a link before it (`{airline:name}`) is a column of the row that the link
/// finds. Where a link finds no row of the dataset its derived columns are NULL, whatever their formulas say.
///
/// What a formula takes from the query (its zone, the first day of its weeks, its fiscal year, its clock) is that of the
/// query that asks for the column.
///
/// ```
/// use drillcore::{DerivedColumn, Engine, PushMode, Query, Rows, Scope, column, count};
///
/// # fn main() -> Result<(), drillcore::Error> {
/// # futures::executor::block_on(async {
/// let engine = Engine::in_memory()?;
/// let rows = vec![vec![30.into()], vec![5.into()], vec![40.into()]];
/// engine.push("sales", PushMode::Create, Rows::new(["amount"], rows)).await?;
///
/// engine.derive("sales", DerivedColumn::new("size", "IF({amount} < 10, 'small', 'large')")).await?;
/// let query = Query::on("sales").dimension(column("size")).measure(count());
/// let answer = engine.query(&query, &Scope::unrestricted()).await?;
/// assert_eq!(answer.data_json(), r#"[["large",2],["small",1]]"#);
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DerivedColumn {
    /// The id by which queries name it. The dataset has no other column of that id.
    pub name: String,
    /// The formula, of row level.
    pub expression: String,
    /// Shown names, by locale; the id where there are none.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
    /// A finer meaning for display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<Subtype>,
    /// A display format (d3 notation), kept and handed to the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Whether a sync computes the column and stores it in the snapshot, so that queries over the dataset read it
    /// there. It changes no answer. Only for formulas that look at nothing but the row itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub materialize: bool,
}

impl DerivedColumn {
    /// A column that is computed when it is asked for.
    #[must_use]
    pub fn new(name: impl Into<String>, expression: impl Into<String>) -> Self {
        let (name, expression) = (name.into(), expression.into());
        Self { name, expression, label: Localized::default(), subtype: None, format: None, materialize: false }
    }

    /// The shown name.
    #[must_use]
    pub fn label(mut self, label: impl Into<Localized>) -> Self {
        self.label = label.into();
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

    /// Lets a sync store the column in the snapshot.
    #[must_use]
    pub fn materialize(mut self) -> Self {
        self.materialize = true;
        self
    }
}

impl DatasetEntry {
    /// The derived column of that name.
    pub(crate) fn derived_column(&self, name: &str) -> Option<&DerivedColumn> {
        self.derived.iter().find(|derived| derived.name == name)
    }

    /// The columns that are meant where nobody says which: those of the source, and the derived ones that are made of
    /// its rows alone.
    pub(crate) fn own_columns(&self) -> Vec<&str> {
        let derived = self.derived.iter().map(|derived| derived.name.as_str());
        let own = derived.filter(|name| self.own_texts(name).is_ok());
        self.columns.iter().map(|column| column.id.as_str()).chain(own).collect()
    }

    /// The refusal of a name that is neither a column nor a derived column.
    pub(crate) fn no_column(&self, name: &str) -> Error {
        let columns = self.columns.iter().map(|column| column.id.as_str());
        let hint = suggest::hint(name, columns.chain(self.derived.iter().map(|derived| derived.name.as_str())));
        Error::new(ErrorKind::NotFound, format!("dataset `{}` has no column `{name}`{hint}", self.name))
    }

    /// The dataset with these derived columns in place of those it has. Their formulas are not looked at.
    pub(crate) fn with_derived(mut self, derived: Vec<DerivedColumn>) -> Result<Self> {
        for (index, one) in derived.iter().enumerate() {
            let name = one.name.as_str();
            if name.trim().is_empty() || name == "*" || name.chars().any(char::is_control) {
                let message =
                    "a derived column needs a name with a visible character and no control character, not `*`";
                return Err(Error::input(message));
            }
            let twice = derived.iter().take(index).any(|earlier| earlier.name == name);
            if twice || self.columns.iter().any(|column| column.id == name) {
                return Err(Error::input(format!("dataset `{}` has a column `{name}` already", self.name)));
            }
            if one.materialize && self.source().is_none() {
                let message = format!(
                    "dataset `{}` was pushed and is never synced, so its column `{name}` cannot be stored by a sync",
                    self.name
                );
                return Err(Error::input(message));
            }
            // Names of that form stand for columns that the engine adds itself.
            if one.materialize && name.starts_with('#') {
                return Err(Error::input(format!("a stored column cannot be called `{name}`; leave the `#` out")));
            }
        }
        self.derived = derived;
        Ok(self)
    }

    /// The texts that a derived column is made of, by name: its own, and those of the derived columns it uses. Refused,
    /// with the reason, for one that depends on more than the row of the dataset.
    pub(crate) fn own_texts(&self, name: &str) -> Result<BTreeMap<String, String>, String> {
        let mut found = BTreeMap::new();
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            let Some(derived) = self.derived_column(&name).filter(|_| !found.contains_key(&name)) else { continue };
            let tree = parse(&derived.expression).map_err(|error| error.message().to_owned())?;
            open.extend(own_names(&tree, &self.name).map_err(|reason| match reason {
                Beyond::Link(link) => format!("column `{name}` follows the link `{link}`"),
                Beyond::Rows => format!("column `{name}` looks at other rows"),
            })?);
            found.insert(name, tree.to_string());
        }
        Ok(found)
    }
}

/// Why a formula depends on more than its row.
enum Beyond {
    Link(String),
    Rows,
}

/// The columns of a dataset that a formula of its rows names.
fn own_names(tree: &Expr, dataset: &str) -> Result<Vec<String>, Beyond> {
    let found = references(tree);
    if found.has_aggregates {
        return Err(Beyond::Rows);
    }
    let own = |reference: &&drillcore_formulas::Reference| reference.dataset.as_deref().is_none_or(|of| of == dataset);
    match found.outside.iter().find(|reference| !own(reference)) {
        Some(reference) => Err(Beyond::Link(reference.dataset.clone().unwrap_or_default())),
        None => Ok(found.outside.iter().map(|reference| reference.name.clone()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use uuid::Uuid;

    use super::DerivedColumn;
    use crate::catalog::{DatasetEntry, SourceShape};
    use crate::model::{Column, ColumnType};
    use crate::source::MemorySource;

    /// A dataset with two columns.
    fn flights() -> DatasetEntry {
        DatasetEntry {
            id: Uuid::nil(),
            name: "flights".to_owned(),
            columns: vec![Column::new("distance", ColumnType::Integer), Column::new("air_time", ColumnType::Float)],
            shape: SourceShape::default(),
            derived: Vec::new(),
            source: None,
            filters: Vec::new(),
            acceleration: None,
            transient: Some(Arc::new(MemorySource::new(Vec::new()))),
        }
    }

    fn derived(columns: &[(&str, &str)]) -> Vec<DerivedColumn> {
        columns.iter().map(|(name, expression)| DerivedColumn::new(*name, *expression)).collect()
    }

    #[test]
    fn names_are_unique_and_can_be_seen() {
        let unseen = "a derived column needs a name with a visible character and no control character, not `*`";
        for (columns, refused) in [
            (vec![("speed", "1"), ("size", "2"), ("#1", "1")], None),
            (vec![("distance", "1")], Some("dataset `flights` has a column `distance` already")),
            (vec![("a", "1"), ("a", "2")], Some("dataset `flights` has a column `a` already")),
            (vec![("*", "1")], Some(unseen)),
            (vec![("\n", "1")], Some(unseen)),
        ] {
            let found = flights().with_derived(derived(&columns));
            assert_eq!(found.err().map(|error| error.message().to_owned()).as_deref(), refused, "{columns:?}");
        }
        let stored = vec![DerivedColumn::new("#row0", "1").materialize()];
        assert!(flights().with_derived(stored).is_err());
    }

    #[test]
    fn pushed_datasets_store_none() {
        let pushed = DatasetEntry { transient: None, ..flights() };
        assert!(pushed.clone().with_derived(vec![DerivedColumn::new("a", "1").materialize()]).is_err());
        assert!(pushed.with_derived(derived(&[("a", "1")])).is_ok());
    }

    /// The texts of `a`, or why it has none of its own.
    #[track_caller]
    fn check(columns: &[(&str, &str)], expected: Result<&[(&str, &str)], &str>) {
        let dataset = flights().with_derived(derived(columns)).unwrap();
        let found = dataset.own_texts("a");
        let found = found
            .as_ref()
            .map(|texts| texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>());
        assert_eq!(found.map_err(String::as_str), expected.map(<[_]>::to_vec), "{columns:?}");
    }

    #[test]
    fn a_column_is_made_of_the_texts_it_uses() {
        check(&[("a", "{distance}/{air_time}")], Ok(&[("a", "{distance} / {air_time}")]));
        check(
            &[("c", "{a}"), ("a", "{b} + {flights:b}"), ("b", "{distance} -- miles")],
            Ok(&[("a", "{b} + {flights:b}"), ("b", "{distance}")]),
        );
        // A circle ends; whether it is one is told elsewhere.
        check(&[("a", "{b}"), ("b", "{a}")], Ok(&[("a", "{b}"), ("b", "{a}")]));
    }

    #[test]
    fn a_column_may_depend_on_more_than_its_row() {
        check(&[("a", "{airline:name}")], Err("column `a` follows the link `airline`"));
        check(&[("a", "{b}"), ("b", "{airline:name}")], Err("column `b` follows the link `airline`"));
        check(&[("a", "SUM({distance} FIXED {air_time})")], Err("column `a` looks at other rows"));
        let broken = flights().with_derived(derived(&[("a", "1 +")])).unwrap();
        assert!(broken.own_texts("a").is_err());
    }

    #[test]
    fn definitions_persist_and_older_datasets_have_none() {
        let one = DerivedColumn::new("a", "1").label("A").format(".1f").materialize();
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(text, r#"{"name":"a","expression":"1","label":{"en":"A"},"format":".1f","materialize":true}"#);
        assert_eq!(serde_json::from_str::<DerivedColumn>(&text).unwrap(), one);
        let plain = flights().with_derived(derived(&[("a", "1")])).unwrap();
        let text = serde_json::to_string(&plain).unwrap();
        assert!(text.ends_with(r#""derived":[{"name":"a","expression":"1"}]}"#), "{text}");
        let old = text.replace(r#","derived":[{"name":"a","expression":"1"}]"#, "");
        assert!(serde_json::from_str::<DatasetEntry>(&old).unwrap().derived.is_empty());
    }
}
