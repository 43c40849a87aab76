//! What the engine knows: datasets, their columns, filters and accelerations, the links between them, saved queries. A
//! catalog is an immutable value; a change makes a new one, which the store commits as `catalog/<n>.json`.

mod acceleration;
mod dataset;
mod entry;
mod filter;
mod links;
mod saved;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use acceleration::{Acceleration, LoadType};
pub(crate) use dataset::check_dataset_name;
pub use dataset::{ColumnSpec, Dataset};
pub(crate) use entry::DatasetEntry;
pub use filter::{DatasetFilter, FilterValue, ParameterType};
pub(crate) use links::key_type;
pub use saved::SavedQuery;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Link;
use crate::suggest;

/// All datasets, links and saved queries, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Catalog {
    pub(crate) datasets: BTreeMap<String, Arc<DatasetEntry>>,
    pub(crate) links: Vec<Link>,
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

    /// A catalog without a dataset, which no link may still need.
    pub(crate) fn without_dataset(&self, name: &str) -> Result<Self> {
        self.dataset(name)?;
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

    /// The part that outlives the process: datasets whose source does too, the links between them, and saved queries.
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
        Self { datasets, links, saved_queries: self.saved_queries.clone() }
    }

    /// This catalog, read from the store, with the datasets of `other` that live only in this process.
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
        self
    }
}
