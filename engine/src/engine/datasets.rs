//! Datasets and links: making, changing and describing them.

use chrono::DateTime;

use super::derived::current_columns;
use super::report::{DerivedDescription, Description, SnapshotDescription};
use super::{Engine, Inner};
use crate::catalog::{Acceleration, Dataset, DatasetEntry, DatasetFilter, Formula};
use crate::error::{Error, Result};
use crate::model::Link;
use crate::resolve::column_type_of;

impl Engine {
    /// Makes a dataset known. Its source is looked at for names and types, and not kept open.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if there is a dataset of that name or the description does not fit the source; `SourceError` if
    /// the source cannot be read.
    pub async fn create(&self, dataset: Dataset) -> Result<()> {
        self.blocking(move |inner| {
            let catalog = inner.catalog()?;
            if catalog.datasets.contains_key(dataset.name()) {
                return Err(Error::input(format!("there is already a dataset `{}`", dataset.name())));
            }
            let entry = dataset.into_entry()?;
            inner.change(|catalog| Ok((catalog.with_dataset(entry)?, ())))
        })
        .await
    }

    /// Makes a dataset known in place of the one of that name, if there is one. Links to and from it stay, if they
    /// still fit, and so do its derived columns and the hierarchies and formulas over it; its filters and acceleration
    /// stay unless the description has its own filters; its snapshot goes.
    ///
    /// # Errors
    ///
    /// As [`Engine::create`], and `InvalidInput` if a link, filter, acceleration, derived column, hierarchy or formula
    /// no longer fits, here or in another dataset.
    pub async fn replace(&self, dataset: Dataset) -> Result<()> {
        self.blocking(move |inner| {
            let mut entry = dataset.into_entry()?;
            inner.change(|catalog| {
                let Some(old) = catalog.datasets.get(&entry.name) else {
                    return Ok((catalog.with_dataset(entry)?, ()));
                };
                entry = entry.with_derived(old.derived.clone())?;
                if entry.filters.is_empty() {
                    entry = entry.with_filters(old.filters.clone())?;
                }
                if let Some(acceleration) = &old.acceleration {
                    entry = entry.with_acceleration(acceleration.clone())?;
                }
                let mut next = catalog.with_entry(entry);
                for link in std::mem::take(&mut next.links) {
                    next = next.with_link(link)?;
                }
                Ok((next, ()))
            })
        })
        .await
    }

    /// Forgets a dataset, its derived columns and the links that start from it. Its files stay until the store is
    /// vacuumed.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none; `InvalidInput` if it is the target of a link or there are hierarchies or formulas over
    /// it.
    pub async fn drop_dataset(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.blocking(move |inner| inner.change(|catalog| Ok((catalog.without_dataset(&name)?, ())))).await
    }

    /// Adds a link.
    ///
    /// # Errors
    ///
    /// `NotFound` for unknown datasets and columns; `InvalidInput` if the name is taken or the columns cannot be
    /// compared.
    pub async fn link(&self, link: Link) -> Result<()> {
        self.blocking(move |inner| inner.change(|catalog| Ok((catalog.with_link(link)?, ())))).await
    }

    /// Removes a link.
    ///
    /// # Errors
    ///
    /// `NotFound` if the dataset has no such link; `InvalidInput` if derived columns or formulas follow it.
    pub async fn unlink(&self, from: &str, name: &str) -> Result<()> {
        let (from, name) = (from.to_owned(), name.to_owned());
        self.blocking(move |inner| inner.change(|catalog| Ok((catalog.without_link(&from, &name)?, ())))).await
    }

    /// Sets the filters that apply to every query over a dataset, in place of those it has.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset or column; `InvalidInput` if a filter does not fit its column.
    pub async fn set_filters(&self, dataset: &str, filters: Vec<DatasetFilter>) -> Result<()> {
        self.change_entry(dataset, |entry| entry.with_filters(filters)).await
    }

    /// Says how a dataset is kept in the store. [`Engine::sync`] fills the cache; until then queries go to the source.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset or column; `InvalidInput` for a pushed dataset, which lives in the store anyway.
    pub async fn accelerate(&self, dataset: &str, acceleration: Acceleration) -> Result<()> {
        self.change_entry(dataset, |entry| entry.with_acceleration(acceleration)).await
    }

    async fn change_entry(
        &self,
        dataset: &str,
        change: impl FnOnce(DatasetEntry) -> Result<DatasetEntry> + Send + 'static,
    ) -> Result<()> {
        let dataset = dataset.to_owned();
        self.blocking(move |inner| {
            inner.change(|catalog| {
                let entry = DatasetEntry::clone(catalog.dataset(&dataset)?);
                Ok((catalog.with_entry(change(entry)?), ()))
            })
        })
        .await
    }

    /// The names of all datasets, in order.
    ///
    /// # Errors
    ///
    /// `Storage` if the catalog cannot be read.
    pub async fn datasets(&self) -> Result<Vec<String>> {
        self.blocking(|inner| Ok(inner.catalog()?.datasets.keys().cloned().collect())).await
    }

    /// What is known of a dataset.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    pub async fn describe(&self, dataset: &str) -> Result<Description> {
        let dataset = dataset.to_owned();
        self.blocking(move |inner| inner.description(&dataset)).await
    }
}

impl Inner {
    fn description(&self, dataset: &str) -> Result<Description> {
        let catalog = self.catalog()?;
        let entry = catalog.dataset(dataset)?;
        let snapshot = self.store.dataset(entry.id).latest()?;
        let held = snapshot.as_ref().map(|snapshot| current_columns(snapshot, entry)).transpose()?.unwrap_or_default();
        let derived = entry.derived.iter().map(|derived| {
            let found = column_type_of(&catalog, dataset, &derived.name);
            DerivedDescription {
                definition: derived.clone(),
                stored: held.contains_key(&derived.name),
                problem: found.as_ref().err().map(|error| error.message().to_owned()),
                column_type: found.ok(),
            }
        });
        Ok(Description {
            name: entry.name.clone(),
            source: entry.source().map_or_else(|| "pushed".to_owned(), |source| source.describe()),
            columns: entry.columns.clone(),
            derived: derived.collect(),
            formulas: catalog.formulas_of(dataset).map(|formula| Formula::clone(formula)).collect(),
            links: catalog.links_from(dataset).cloned().collect(),
            filters: entry.filters.clone(),
            acceleration: entry.acceleration.clone(),
            snapshot: snapshot.map(|snapshot| SnapshotDescription {
                version: snapshot.version(),
                rows: snapshot.rows(),
                files: snapshot.files().len(),
                bytes: snapshot.manifest().bytes(),
                committed_at: DateTime::from_timestamp_micros(snapshot.committed_at_us()).unwrap_or_default(),
            }),
        })
    }
}
