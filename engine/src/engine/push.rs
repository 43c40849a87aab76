//! Rows pushed by the service. They live in the store; there is no source behind them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use drillcore_store::Snapshot;
use uuid::Uuid;

use super::report::PushReport;
use super::write::{SnapshotSink, clustered_layout};
use super::{Engine, Inner};
use crate::catalog::{DatasetEntry, SourceShape, check_dataset_name};
use crate::error::{Error, ErrorKind, Result};
use crate::source::{Normalized, Rows, conform, infer_rows, rows_to_batch};
use crate::tables::numbered;

/// What a push does with the rows that a dataset has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushMode {
    /// Makes the dataset; its columns and their types are found in the rows.
    Create,
    /// Adds the rows behind those there are.
    Append,
    /// Puts the rows in place of those there are. The columns stay.
    Replace,
}

impl Engine {
    /// Puts rows into the store. When this returns, they are durable and every query sees them; before, none does.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if a row does not fit, naming rows and columns, and then no row is taken; if the dataset exists
    /// already (`Create`) or has a source of its own. `NotFound` if it does not exist (`Append`, `Replace`).
    pub async fn push(&self, dataset: &str, mode: PushMode, rows: Rows) -> Result<PushReport> {
        let (inner, dataset) = (Arc::clone(&self.inner), dataset.to_owned());
        self.inner.executor.run(async move { Box::pin(inner.push(&dataset, mode, rows)).await }).await
    }
}

impl Inner {
    async fn push(self: &Arc<Self>, dataset: &str, mode: PushMode, rows: Rows) -> Result<PushReport> {
        let catalog = self.catalog()?;
        let entry = match mode {
            PushMode::Create => new_entry(dataset, &rows)?,
            PushMode::Append | PushMode::Replace => DatasetEntry::clone(catalog.dataset(dataset)?),
        };
        if entry.source().is_some() {
            let message = format!("dataset `{dataset}` is read from a source and takes no pushed rows");
            return Err(Error::input(message));
        }
        if mode == PushMode::Create && catalog.datasets.contains_key(dataset) {
            return Err(Error::input(format!("there is already a dataset `{dataset}`")));
        }
        let mut met = Normalized::default();
        let batch = conform(&rows_to_batch(&rows, &entry.columns)?, &entry.columns, &mut met)?;
        let snapshot = self.write_rows(&entry, mode, &batch).await?;
        if mode == PushMode::Create {
            // The rows are there before the name is, so no query meets a dataset without rows.
            self.change(|catalog| Ok((catalog.with_dataset(entry)?, ())))?;
        }
        Ok(PushReport {
            dataset: dataset.to_owned(),
            rows: u64::try_from(batch.num_rows()).unwrap_or(u64::MAX),
            version: snapshot.version(),
            non_finite: met.nulled(),
        })
    }
}

impl Inner {
    async fn write_rows(
        self: &Arc<Self>,
        entry: &DatasetEntry,
        mode: PushMode,
        batch: &RecordBatch,
    ) -> Result<Arc<Snapshot>> {
        loop {
            let mut sink = SnapshotSink::start(self, entry.id, &entry.columns, &clustered_layout(&[]))?;
            if mode != PushMode::Append {
                sink.write(numbered(batch, 0)?).await?;
                return sink.commit_full(BTreeMap::new()).await;
            }
            let base = self.store.dataset(entry.id).latest()?;
            let first = base.as_ref().map_or(0, |base| base.rows());
            sink.write(numbered(batch, first)?).await?;
            match sink.commit_append().await {
                // Somebody else appended meanwhile: the rows are numbered anew, behind theirs.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                outcome => return outcome,
            }
        }
    }
}

fn new_entry(name: &str, rows: &Rows) -> Result<DatasetEntry> {
    check_dataset_name(name)?;
    Ok(DatasetEntry {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        columns: infer_rows(rows)?,
        shape: SourceShape::default(),
        source: None,
        filters: Vec::new(),
        acceleration: None,
        derived: Vec::new(),
        transient: None,
    })
}
