//! What the engine knows: datasets, their columns, filters and accelerations, the links between them, hierarchies of
//! their columns, stored formulas, saved queries. A catalog is an immutable value; a change makes a new one, which the
//! store commits as `catalog/<n>.json`.

mod acceleration;
mod dataset;
mod dependency;
mod derived;
mod entry;
mod filter;
mod formula;
mod hierarchy;
mod links;
mod saved;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use acceleration::{Acceleration, Audit, LoadType, NullKeys, SchemaChange, Strategy, Upkeep};
pub(crate) use dataset::check_dataset_name;
pub use dataset::{ColumnSpec, Dataset};
pub use dependency::{Definition, Dependency};
pub use derived::DerivedColumn;
pub(crate) use entry::{DatasetEntry, FoundColumn, SourceShape};
pub use filter::{DatasetFilter, FilterValue, ParameterType};
pub use formula::Formula;
pub(crate) use hierarchy::HierarchyEntry;
pub(crate) use links::key_type;
pub use saved::SavedQuery;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Link;
use crate::suggest;

/// All datasets, links, hierarchies, stored formulas and saved queries, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Catalog {
    pub(crate) datasets: BTreeMap<String, Arc<DatasetEntry>>,
    pub(crate) links: Vec<Link>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) formulas: BTreeMap<String, Arc<Formula>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) hierarchies: BTreeMap<String, HierarchyEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) saved_queries: BTreeMap<String, Arc<SavedQuery>>,
}

impl Catalog {
    /// The dataset of that name.
    pub(crate) fn dataset(&self, name: &str) -> Result<&Arc<DatasetEntry>> {
        self.datasets.get(name).ok_or_else(|| {
            let hint = suggest::hint(name, self.datasets.keys().map(String::as_str));
            Error::new(ErrorKind::NotFound, format!("there is no dataset `{name}`{hint}"))
        })
    }

    /// The links that start from a dataset.
    pub(crate) fn links_from<'a>(&'a self, dataset: &'a str) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| link.from == dataset)
    }

    /// A catalog with one more dataset.
    pub(crate) fn with_dataset(&self, entry: DatasetEntry) -> Result<Self> {
        if self.datasets.contains_key(&entry.name) {
            return Err(Error::input(format!("there is already a dataset `{}`", entry.name)));
        }
        Ok(self.with_entry(entry))
    }

    /// A catalog in which the dataset of that name is this one.
    pub(crate) fn with_entry(&self, entry: DatasetEntry) -> Self {
        let mut next = self.clone();
        next.datasets.insert(entry.name.clone(), Arc::new(entry));
        next
    }

    /// A catalog without a dataset, which no link, no hierarchy and no formula may still need.
    pub(crate) fn without_dataset(&self, name: &str) -> Result<Self> {
        self.dataset(name)?;
        if let Some(formula) = self.formulas_of(name).next() {
            let message =
                format!("dataset `{name}` is that of the stored formula `{}`; remove the formula first", formula.name);
            return Err(Error::input(message));
        }
        if let Some(hierarchy) = self.hierarchies_of(name).next() {
            let id = &hierarchy.definition.id;
            let message = format!("dataset `{name}` is that of the hierarchy `{id}`; drop the hierarchy first");
            return Err(Error::input(message));
        }
        if let Some(link) = self.links.iter().find(|link| link.to == name && link.from != name) {
            return Err(Error::input(format!(
                "dataset `{name}` is the target of link `{}` from `{}`; remove the link first",
                link.name, link.from
            )));
        }
        let mut next = self.clone();
        next.datasets.remove(name);
        next.links.retain(|link| link.from != name);
        Ok(next)
    }

    /// Whether anything is defined by a formula.
    pub(crate) fn has_formulas(&self) -> bool {
        !self.formulas.is_empty() || self.datasets.values().any(|entry| !entry.derived.is_empty())
    }

    /// Whether two catalogs, one of which was made from the other, have the same datasets, links and formulas. Hierarchies
    /// are left out: they are checked when they are kept, and no definition is made of them.
    pub(crate) fn has_same_definitions(&self, other: &Self) -> bool {
        fn same<T>(one: &BTreeMap<String, Arc<T>>, other: &BTreeMap<String, Arc<T>>) -> bool {
            let mut pairs = one.values().zip(other.values());
            one.len() == other.len() && pairs.all(|(left, right)| Arc::ptr_eq(left, right))
        }
        self.links == other.links && same(&self.datasets, &other.datasets) && same(&self.formulas, &other.formulas)
    }

    /// The part that outlives the process: datasets whose source does too, the links between them, the hierarchies and
    /// formulas over them, and saved queries.
    pub(crate) fn persistent(&self) -> Self {
        let datasets: BTreeMap<_, _> = self
            .datasets
            .iter()
            .filter(|(_, entry)| entry.transient.is_none())
            .map(|(name, entry)| (name.clone(), Arc::clone(entry)))
            .collect();
        let links = self
            .links
            .iter()
            .filter(|link| datasets.contains_key(&link.from) && datasets.contains_key(&link.to))
            .cloned()
            .collect();
        let formulas = self.formulas.iter().filter(|(_, formula)| datasets.contains_key(&formula.dataset));
        let formulas = formulas.map(|(name, formula)| (name.clone(), Arc::clone(formula))).collect();
        let hierarchies = self.hierarchies.iter().filter(|(_, one)| datasets.contains_key(&one.definition.dataset));
        let hierarchies = hierarchies.map(|(id, one)| (id.clone(), one.clone())).collect();
        Self { datasets, links, formulas, hierarchies, saved_queries: self.saved_queries.clone() }
    }

    /// This catalog, read from the store, with the datasets of `other` that live only in this process, their links,
    /// hierarchies and formulas.
    pub(crate) fn with_transient_of(mut self, other: &Self) -> Self {
        for (name, entry) in &other.datasets {
            if entry.transient.is_some() && !self.datasets.contains_key(name) {
                self.datasets.insert(name.clone(), Arc::clone(entry));
            }
        }
        for link in &other.links {
            let lives_here = [&link.from, &link.to]
                .iter()
                .any(|end| other.datasets.get(*end).is_some_and(|e| e.transient.is_some()));
            if lives_here && self.datasets.contains_key(&link.from) && self.datasets.contains_key(&link.to) {
                self.links.push(link.clone());
            }
        }
        for (name, formula) in &other.formulas {
            let lives_here = self.datasets.get(&formula.dataset).is_some_and(|entry| entry.transient.is_some());
            if lives_here && !self.formulas.contains_key(name) {
                self.formulas.insert(name.clone(), Arc::clone(formula));
            }
        }
        for (id, one) in &other.hierarchies {
            let lives_here = self.datasets.get(&one.definition.dataset).is_some_and(|entry| entry.transient.is_some());
            if lives_here && !self.hierarchies.contains_key(id) {
                self.hierarchies.insert(id.clone(), one.clone());
            }
        }
        self
    }
}
