//! Rows whose key the source no longer has.

use std::sync::Arc;

use drillcore_store::KeyEntry;
use rayon::slice::ParallelSliceMut;

use super::super::sync_report::SyncReport;
use super::apply::Step;
use super::job::{Base, Job};
use super::overtaken;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Column;
use crate::sync::{Merged, SyncState, key_columns_text, vanished};

impl Job {
    /// Reads the keys of the source, and takes rows away whose key is not among them.
    pub(super) async fn reconcile_keys(self: &Arc<Self>, report: &mut SyncReport) -> Result<()> {
        let job = Arc::clone(self);
        // What is held is chosen first: a row that comes after that is in neither, and must not be missed.
        let base = self.inner.executor.blocking(move || job.newest()).await?;
        let hasher = base.keys()?.hasher();
        let key = self.roles.key.iter().filter_map(|place| self.entry.columns.get(*place)).cloned();
        let hashes = self.fold(key.collect::<Vec<Column>>(), Vec::new(), move |hashes: &mut Vec<u128>, rows| {
            let hashed = hasher.hash(rows.columns())?;
            let nulls = hashed.nulls;
            let valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            hashes.extend(hashed.hashes.iter().enumerate().filter(|(row, _)| valid(*row)).map(|(_, hash)| *hash));
            Ok(())
        });
        let mut hashes = hashes.await?;
        let (job, encoders) = (Arc::clone(self), self.inner.executor.encoders());
        let work = move || {
            encoders.install(|| {
                hashes.par_sort_unstable();
                let gone = vanished(base.keys()?.entries(), &hashes)?;
                let first = base.snapshot.version();
                let stored = base.stored.clone();
                let decide = |base: &Base| job.still_gone(base, first, &stored, &gone);
                job.apply(base, &Step { incoming: None, decide: &decide, advance: &|_| {} })
            })
        };
        self.inner.executor.blocking(work).await?.tell(report);
        Ok(())
    }

    /// What was found of one version, in a later one: files may have been put together meanwhile, but if rows came, the
    /// source may have had their keys too late to be seen.
    fn still_gone(&self, base: &Base, first: u64, stored: &SyncState, gone: &[KeyEntry]) -> Result<Merged> {
        if base.snapshot.version() == first {
            return Ok(Merged::without(gone));
        }
        if base.stored != *stored {
            return Err(overtaken(&self.entry.name));
        }
        let hashes: Vec<u128> = gone.iter().map(|entry| entry.hash).collect();
        let found: Vec<KeyEntry> = base.keys()?.find(&hashes)?.into_iter().flatten().collect();
        Ok(Merged::without(&found))
    }

    /// The same without reading anything else.
    pub(super) async fn reconcile_alone(self: &Arc<Self>, report: &mut SyncReport) -> Result<()> {
        let dataset = &self.entry.name;
        if !self.acceleration.has_deltas() {
            return Err(Error::input(format!(
                "dataset `{dataset}` is read in full each time and needs no reconciling"
            )));
        }
        if !self.roles.is_keyed() {
            return Err(Error::input(format!("dataset `{dataset}` cannot be reconciled without a key")));
        }
        let job = Arc::clone(self);
        let base = self.inner.executor.blocking(move || job.newest()).await.map_err(|error| match error.kind() {
            ErrorKind::Conflict => Error::input(format!(
                "dataset `{dataset}` has no cache yet that can be reconciled by the key {}; sync it first",
                key_columns_text(&self.acceleration.key)
            )),
            _ => error,
        })?;
        report.version = base.snapshot.version();
        self.reconcile_keys(report).await
    }
}
