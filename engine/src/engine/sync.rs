//! Bringing the cache of an accelerated dataset up to date with its source: everything is read once into a snapshot that
//! replaces the old one, or what has changed is merged into it. What that means for rows stands in `crate::sync`.

mod apply;
mod audit;
mod columns;
mod delta;
mod fetch;
mod full;
mod job;
mod links;
mod plan;
mod reconcile;
mod retention;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use chrono::DateTime;

use super::sync_report::{SyncMode, SyncPhase, SyncProgress, SyncReport};
use super::upkeep::compact_options;
use super::upkeep_report::CompactionReport;
use super::{Engine, Inner};
use crate::catalog::Upkeep;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Load, SyncState};
use delta::After;
use job::{Job, Tell};
use plan::{Plan, plan};

impl Engine {
    /// Brings the cache of an accelerated dataset up to date, to which queries go from then on. Whether everything is
    /// read or what has changed follows from its [`Acceleration`](crate::Acceleration). Until a version is committed and
    /// durable, queries see the one before, whole; a sync that catches up in pieces commits each of them.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the dataset is not accelerated, or if the columns of the source have changed in a way that the
    /// acceleration does not allow; `SourceError` if the source cannot be read or has rows without a key; `Conflict`, to
    /// be tried again, if another process synced it meanwhile; `Storage` if the store refuses.
    ///
    /// ```
    /// use drillcore::{Acceleration, Dataset, Engine, SyncMode};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # futures::executor::block_on(async {
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("orders.csv");
    /// std::fs::write(&file, "id,made,paid\n1,2021-03-01T10:00:00Z,5\n")?;
    ///
    /// let engine = Engine::in_memory()?;
    /// engine.create(Dataset::csv("orders", &file)).await?;
    /// engine.accelerate("orders", Acceleration::delta("made").key(["id"])).await?;
    /// assert_eq!(engine.sync("orders").await?.mode, SyncMode::Full);
    ///
    /// std::fs::write(&file, "id,made,paid\n1,2021-03-01T10:00:00Z,5\n2,2021-03-02T10:00:00Z,7\n")?;
    /// let report = engine.sync("orders").await?;
    /// assert_eq!((report.mode, report.inserted, report.rows), (SyncMode::Delta, 1, 2));
    /// assert_eq!(engine.sync("orders").await?.mode, SyncMode::Unchanged);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn sync(&self, dataset: &str) -> Result<SyncReport> {
        self.sync_with(dataset, |_| {}).await
    }

    /// [`Engine::sync`], telling how far it is whenever it has come further.
    ///
    /// # Errors
    ///
    /// As [`Engine::sync`].
    pub async fn sync_with(
        &self,
        dataset: &str,
        progress: impl Fn(SyncProgress) + Send + Sync + 'static,
    ) -> Result<SyncReport> {
        let (inner, dataset, tell) = (Arc::clone(&self.inner), dataset.to_owned(), Arc::new(progress) as Tell);
        self.inner.executor.run(async move { Box::pin(inner.sync(dataset, tell)).await }).await
    }

    /// Reads the keys of the source, and deletes the rows of the cache whose key it no longer has. Nothing else is read,
    /// so rows that are new or have changed stay as they are until the next sync.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the acceleration of the dataset has no deltas or no key, or if the next sync has to read
    /// everything anyway, because there is no cache yet or it was made by other rules; otherwise as [`Engine::sync`].
    pub async fn reconcile(&self, dataset: &str) -> Result<SyncReport> {
        let (inner, dataset) = (Arc::clone(&self.inner), dataset.to_owned());
        self.inner.executor.run(async move { Box::pin(inner.reconcile(dataset)).await }).await
    }
}

impl Inner {
    async fn sync(self: Arc<Self>, dataset: String, tell: Tell) -> Result<SyncReport> {
        let started = Instant::now();
        let mut report = SyncReport::begun(&dataset);
        let inner = Arc::clone(&self);
        let Plan { job, load, mode, taken_over } = self.executor.blocking(move || plan(&inner, &dataset, tell)).await?;
        let in_full = match load {
            Load::Full => true,
            // Where most periods differ, everything is read.
            Load::Delta => Box::pin(job.delta(&mut report)).await? == After::ReadEverything,
        };
        if in_full {
            Box::pin(job.full(mode, &mut report)).await?;
        }
        if let Some(columns) = taken_over {
            let inner = Arc::clone(&self);
            self.executor.blocking(move || columns.commit(&inner)).await?;
        }
        Box::pin(self.finish(&job, started, report)).await
    }

    async fn reconcile(self: Arc<Self>, dataset: String) -> Result<SyncReport> {
        let started = Instant::now();
        let mut report = SyncReport::begun(&dataset);
        let inner = Arc::clone(&self);
        let job =
            self.executor.blocking(move || Job::new(&inner, &inner.catalog()?, &dataset, Arc::new(|_| {}))).await?;
        Box::pin(job.reconcile_alone(&mut report)).await?;
        Box::pin(self.finish(&job, started, report)).await
    }

    /// What is left when the rows are there: links, upkeep, and what the version says.
    async fn finish(self: &Arc<Self>, job: &Arc<Job>, started: Instant, mut report: SyncReport) -> Result<SyncReport> {
        // That reads all keys of the dataset, which a delta must not.
        if matches!(report.mode, SyncMode::Full | SyncMode::FullReload) {
            let entry = Arc::clone(&job.entry);
            report.duplicate_keys = self.duplicate_keys(&job.catalog, &entry).await?;
        }
        let (inner, tidied) = (Arc::clone(self), Arc::clone(job));
        let changed = report.mode == SyncMode::Delta;
        let (upkeep, rows, watermark) = self.executor.blocking(move || inner.after(&tidied, changed)).await?;
        (report.upkeep, report.rows) = (upkeep, rows);
        report.watermark = watermark.and_then(DateTime::from_timestamp_micros);
        report.took = started.elapsed();
        Ok(report)
    }

    /// Tidies up after changes, and looks at the version that is there then: its rows, and how far it has come.
    fn after(&self, job: &Job, changed: bool) -> Result<(Option<CompactionReport>, u64, Option<i64>)> {
        let store = self.store.dataset(job.entry.id);
        let Some(newest) = store.latest()? else { return Ok((None, 0, None)) };
        let watermark = SyncState::of(&newest)?.and_then(|state| state.watermark);
        let rows = newest.rows();
        if !changed || job.acceleration.upkeep == Upkeep::Manual {
            return Ok((None, rows, watermark));
        }
        job.tell(SyncPhase::Upkeep);
        let options = compact_options(&job.entry, &newest);
        drop(newest);
        let encoders = self.executor.encoders();
        match encoders.install(|| store.compact(&options)) {
            Ok(report) if report.version.is_some() => {
                Ok((Some(CompactionReport::new(&job.entry.name, &report)), rows, watermark))
            }
            Ok(_) => Ok((None, rows, watermark)),
            // The rows are there; whoever was faster may tidy up, or the next sync.
            Err(error) if error.is_retryable() => Ok((None, rows, watermark)),
            Err(error) => Err(error.into()),
        }
    }
}

/// What another process has done meanwhile, so that this one must begin anew.
fn overtaken(dataset: &str) -> Error {
    let message = format!("dataset `{dataset}` was synced or changed by somebody else in the meantime");
    Error::new(ErrorKind::Conflict, message)
}
