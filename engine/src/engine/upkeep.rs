//! Looking after what the store keeps: which versions there are, going back to one, fewer and fuller files, removing
//! what nobody needs, and checking that everything is as it was written.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use drillcore_store::{
    CompactOptions, DatasetDescription, ErrorKind as StoreErrorKind, Snapshot, VacuumOptions, VerifyScope,
};
use serde_json::Value;
use uuid::Uuid;

use super::at::{check_names, missing};
use super::upkeep_report::{CompactionReport, VacuumReport, VerifyReport, VersionInfo};
use super::write::clustered_layout;
use super::{Engine, Inner};
use crate::catalog::{Acceleration, DatasetEntry};
use crate::error::Result;
use crate::query::SnapshotAt;
use crate::tables::{check_readable, table_schema};

/// How old the newest version of a dataset that the catalog does not name must be before it is taken for a dropped one,
/// in microseconds: rows that are pushed are there before their name is.
const DROPPED_SINCE_US: i64 = 15 * 60 * 1_000_000;

/// The property of a version in which a sync keeps how far it has come.
const SYNC: &str = "sync";

impl Engine {
    /// The versions of a dataset that are kept, the oldest first; none if nothing is kept of it.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset; `Storage` if the store cannot be read.
    pub async fn versions(&self, dataset: &str) -> Result<Vec<VersionInfo>> {
        let dataset = dataset.to_owned();
        self.blocking(move |inner| {
            let catalog = inner.catalog()?;
            let described = inner.store.dataset(catalog.dataset(&dataset)?.id).describe()?;
            Ok(described.versions.iter().map(VersionInfo::of_description).collect())
        })
        .await
    }

    /// Brings the rows of an earlier version back, as a new version: what came in between stays among the versions.
    /// How far syncs had come comes back with them, so that the next one reads again what has changed since then.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset or a version that is not kept; `NotSupported` if it holds a column as something
    /// else than the dataset has now; `Conflict`, to be tried again, if somebody else commits at the same time;
    /// `Storage` if the store refuses.
    ///
    /// ```
    /// use drillcore::{Engine, PushMode, Query, Rows, Scope, VersionOperation};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = |texts: [&str; 2]| Rows::new(["text"], texts.map(|text| vec![text.into()]).to_vec());
    /// engine.push("notes", PushMode::Create, rows(["one", "two"])).await?;
    /// engine.push("notes", PushMode::Replace, rows(["lost", "found"])).await?;
    ///
    /// let restored = engine.restore("notes", 1).await?;
    /// assert_eq!((restored.version, restored.operation), (3, VersionOperation::Restore));
    /// let answer = engine.query(&Query::on("notes").dimension("text"), &Scope::unrestricted()).await?;
    /// assert_eq!(answer.data_json(), r#"[["one"],["two"]]"#);
    /// assert_eq!(engine.versions("notes").await?.len(), 3);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn restore(&self, dataset: &str, version: u64) -> Result<VersionInfo> {
        let dataset = dataset.to_owned();
        self.blocking(move |inner| {
            let catalog = inner.catalog()?;
            inner.restore(catalog.dataset(&dataset)?, version)
        })
        .await
    }

    /// Puts small files of a dataset together, rewrites files of which many rows are deleted, and merges runs of keys,
    /// as far as that pays. The rows stay the same. Syncs do it themselves unless their acceleration leaves it to the
    /// host.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset; `Conflict`, to be tried again, if somebody else replaces the rows meanwhile;
    /// `Storage` if the store refuses.
    pub async fn compact(&self, dataset: &str) -> Result<CompactionReport> {
        self.compacted(dataset, false).await
    }

    /// As [`Engine::compact`], whether it pays or not: afterwards files are full, in order and without deleted rows.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::compact`].
    pub async fn compact_all(&self, dataset: &str) -> Result<CompactionReport> {
        self.compacted(dataset, true).await
    }

    async fn compacted(&self, dataset: &str, all: bool) -> Result<CompactionReport> {
        let (dataset, encoders) = (dataset.to_owned(), self.inner.executor.encoders());
        self.blocking(move |inner| {
            let catalog = inner.catalog()?;
            let entry = catalog.dataset(&dataset)?;
            let store = inner.store.dataset(entry.id);
            let Some(newest) = store.latest()? else { return Ok(CompactionReport::nothing(&dataset)) };
            let options = compact_options(entry, &newest).with_all(all);
            // Not needed any more, and what is pinned cannot be removed.
            drop(newest);
            let report = encoders.install(|| store.compact(&options))?;
            Ok(CompactionReport::new(&dataset, &report))
        })
        .await
    }

    /// Removes what nobody needs: versions past their retention, files that no version names, and dropped datasets.
    /// What is being read or written stays. With `purge` the rows that were deleted leave the files too, and of every
    /// dataset only the newest version is kept.
    ///
    /// # Errors
    ///
    /// `Conflict`, to be tried again, if a writer holds a lock for long; `Storage` if something that is kept cannot be
    /// read, and then nothing of that dataset is removed.
    pub async fn vacuum(&self, purge: bool) -> Result<VacuumReport> {
        let encoders = self.inner.executor.encoders();
        self.blocking(move |inner| encoders.install(|| inner.vacuum(purge))).await
    }

    /// Reads everything that is kept, of all versions, and checks that it is as it was written, and that rows have the
    /// statistics by which queries leave files out. Disturbs nobody. What is wrong is in the report, and is no error.
    ///
    /// # Errors
    ///
    /// `Storage` if folders of the store cannot be listed.
    pub async fn verify(&self) -> Result<VerifyReport> {
        let encoders = self.inner.executor.encoders();
        self.blocking(move |inner| {
            let report = encoders.install(|| inner.store.verify(VerifyScope::AllKept))?;
            Ok(VerifyReport::from(report))
        })
        .await
    }
}

impl Inner {
    fn restore(&self, entry: &DatasetEntry, version: u64) -> Result<VersionInfo> {
        let store = self.store.dataset(entry.id);
        let wanted = SnapshotAt::Version(version);
        let earlier = store.snapshot(version).map_err(|error| missing(entry, wanted, error))?;
        check_names(&earlier, entry)?;
        check_readable(&earlier, table_schema(&entry.columns).fields())?;
        let restored = store.restore(version).map_err(|error| missing(entry, wanted, error))?;
        Ok(VersionInfo::of_snapshot(&restored.snapshot))
    }

    fn vacuum(&self, purge: bool) -> Result<VacuumReport> {
        let catalog = self.catalog()?;
        let known: HashSet<Uuid> = catalog.datasets.values().map(|entry| entry.id).collect();
        // Open files take space after they are removed.
        self.open.clear();
        let mut report = VacuumReport::default();
        for id in self.store.dataset_ids()? {
            if !known.contains(&id) {
                self.remove_dropped(id, &mut report)?;
            } else if purge {
                report.add_removed(&self.store.dataset(id).vacuum_with(&VacuumOptions::default().with_purge(true))?);
            }
        }
        let rest = self.store.vacuum()?;
        report.add_removed(&rest);
        report.postponed.extend(rest.postponed);
        report.foreign.extend(rest.foreign);
        Ok(report)
    }

    /// Removes a dataset that the catalog does not name, unless it may be one that is being made.
    fn remove_dropped(&self, id: Uuid, report: &mut VacuumReport) -> Result<()> {
        let described = match self.store.dataset(id).describe() {
            Ok(described) if self.is_dropped(&described) => described,
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == StoreErrorKind::Corruption => {
                report.postponed.push(format!("datasets/{id}"));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        match self.store.remove_dataset(id) {
            Ok(()) => report.add_dataset(&described),
            Err(error) if error.is_retryable() => report.postponed.push(format!("datasets/{id}")),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn is_dropped(&self, described: &DatasetDescription) -> bool {
        let since = self.clock.now().timestamp_micros().saturating_sub(DROPPED_SINCE_US);
        described.versions.last().is_some_and(|newest| newest.committed_at_us < since)
    }
}

/// How the files of a dataset are put together whose newest version is given.
pub(super) fn compact_options(entry: &DatasetEntry, newest: &Snapshot) -> CompactOptions {
    let by = entry.acceleration.iter().flat_map(|acceleration| &acceleration.cluster_by);
    let by: Vec<String> = by.filter(|column| newest.schema().field_with_name(column).is_ok()).cloned().collect();
    let options = CompactOptions::default().with_layout(clustered_layout(&by));
    let horizon = entry.acceleration.as_ref().and_then(|acceleration| dead_horizon(acceleration, newest));
    match horizon {
        Some(horizon) => options.with_dead_horizon_us(horizon),
        None => options,
    }
}

/// The version time before which nothing has to be known of deleted rows any more, because no sync reads rows that old.
/// That counts from how far syncs have come and not from now: the next one may come late.
fn dead_horizon(acceleration: &Acceleration, newest: &Snapshot) -> Option<i64> {
    let state: Value = serde_json::from_str(newest.properties().get(SYNC)?).ok()?;
    let watermark: i64 = state.get("watermark")?.as_str()?.parse().ok()?;
    let back = acceleration.overlap.checked_add(acceleration.lag)?.checked_add(acceleration.clock_tolerance)?;
    watermark.checked_sub(i64::try_from(back.as_micros()).ok()?)
}
