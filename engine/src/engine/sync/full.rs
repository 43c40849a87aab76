//! Reading everything: the source is read once, sorted by the clustering columns with bounded memory, and written as a
//! new snapshot that replaces the old one.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use futures::StreamExt as _;

use super::super::sync_report::{SyncMode, SyncPhase, SyncReport};
use super::super::write::{NORMALIZED, SnapshotSink};
use super::job::Job;
use crate::catalog::Strategy;
use crate::error::Result;
use crate::execute::failed;
use crate::sorting::Sorter;
use crate::sync::{Basis, FullLoad, FullRows, SyncState, Window, retention_us};
use crate::tables::SourceTable;

impl Job {
    /// Puts all rows of the source in place of those of the cache.
    pub(super) async fn full(self: &Arc<Self>, mode: SyncMode, report: &mut SyncReport) -> Result<()> {
        let table = Arc::new(SourceTable::new(Arc::clone(&self.source), self.entry.columns.clone()));
        let session = self.inner.executor.session();
        let by = &self.acceleration.cluster_by;
        let plan = all_rows(Arc::clone(&table) as Arc<dyn TableProvider>).map_err(failed)?;
        let mut rows = session.stream(session.plan(&plan).await?)?;
        let layout = self.layout();
        let mut sink = SnapshotSink::start(&self.inner, self.entry.id, &self.adder.columns, &layout)?;
        let secret = self.roles.is_keyed().then(|| sink.new_key_secret());
        let mut load = FullLoad::new(
            self.roles.clone(),
            self.acceleration.clone(),
            self.entry.name.clone(),
            self.window(),
            secret.map(|secret| (secret, sink.writer())),
            layout.target_file_rows as u64,
        )
        .trusting(self.latest_trusted());
        let mut read = 0;
        // Before rows are sorted they are read, and that is what takes its time.
        let mut tell = || {
            let met = table.met().rows;
            self.tell_read(met.saturating_sub(read));
            read = met;
        };
        if by.is_empty() {
            while let Some(batch) = rows.next().await {
                let batch = self.adder.add(&batch.map_err(failed)?)?;
                load = sink.write_made(load, move |load| load.take(&batch)).await?;
                tell();
            }
        } else {
            // Rows that are equal there stay in the order of the source, which is that of their ordinals.
            let mut sorter = Sorter::start(&self.inner.executor, &table.schema(), by)?;
            while let Some(batch) = rows.next().await {
                sorter.add(&batch.map_err(failed)?).await?;
                tell();
            }
            drop(rows);
            let mut sorted = sorter.finish().await?;
            while let Some(batch) = sorted.next().await? {
                let batch = self.adder.add(&batch)?;
                load = sink.write_made(load, move |load| load.take(&batch)).await?;
                tell();
            }
        }
        self.tell(SyncPhase::Committing);
        let (met, taken) = (table.met(), load.rows());
        let normalized = serde_json::to_string(&met.columns).unwrap_or_default();
        let mut properties = BTreeMap::from([(NORMALIZED.to_owned(), normalized), self.begun(&taken).property()?]);
        properties.extend(self.adder.property()?);
        // Nobody looks keys up where everything is read each time.
        let kept = secret.filter(|_| self.acceleration.has_deltas());
        let keys = kept.map(|secret| (self.acceleration.key.clone(), secret));
        let committed = sink.commit_full_with(load, keys, properties).await?;
        let snapshot = committed.snapshot;
        (report.mode, report.version) = (mode, snapshot.version());
        (report.fetched, report.null_keys, report.dropped) = (taken.fetched, taken.null_keys, committed.dropped);
        report.unchanged = taken.fetched.saturating_sub(taken.null_keys + committed.dropped + snapshot.rows());
        (report.inserted, report.updated, report.deleted) = (snapshot.rows(), 0, 0);
        (report.conflicts, report.late) = (0, 0);
        // A delta may have come first; what it committed is written as well, but all pieces of it are read anew.
        report.pieces = 0;
        let bytes = snapshot.manifest().bytes().saturating_add(committed.key_bytes);
        report.bytes = report.bytes.saturating_add(bytes);
        report.non_finite = met.nulled();
        Ok(())
    }

    /// What the version of everything remembers.
    fn begun(&self, taken: &FullRows) -> SyncState {
        let mut state = SyncState {
            watermark: None,
            next_ordinal: Some(taken.last_ordinal.map_or(0, |last| last.saturating_add(1))),
            deltas: 0,
            since_reconcile: 0,
            retention: retention_us(&self.acceleration),
            basis: Basis::of(&self.acceleration),
            added: Vec::new(),
        };
        state.advance(taken.latest);
        state
    }

    /// The latest time to which the watermark may move.
    pub(super) fn latest_trusted(&self) -> i64 {
        self.now.saturating_add(super::job::micros_of(self.acceleration.clock_tolerance))
    }

    /// The rows that may be read at all: not too new, and not too old.
    pub(super) fn window(&self) -> Window {
        let lag = self.acceleration.lag;
        Window {
            from: None,
            before: (!lag.is_zero()).then(|| self.before_now(lag)),
            kept_from: self.acceleration.retention.map(|kept| self.before_now(kept)),
            // Rows that are only ever added do not take others away.
            expels: self.roles.strategy != Strategy::Insert,
        }
    }
}

/// All rows in the order of the source.
fn all_rows(table: Arc<dyn TableProvider>) -> datafusion::error::Result<LogicalPlan> {
    LogicalPlanBuilder::scan("source", provider_as_source(table), None)?.build()
}
