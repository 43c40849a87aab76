//! Reading the source.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt as _;

use super::job::Job;
use crate::error::{Error, Result};
use crate::execute::{ScanRequest, failed};
use crate::model::Column;
use crate::source::ChangedSince;
use crate::sync::{NO_TIME, Window, version_times};
use crate::tables::SourceTable;

/// Rows that are handed over to other threads at once.
const CHUNK_ROWS: usize = 131_072;

/// Rows of the source.
#[derive(Debug)]
pub(super) struct Fetched {
    /// The columns of the dataset, then the ordinal, in the order of the source.
    pub(super) rows: RecordBatch,
    /// The earliest version of the rows that come after.
    pub(super) beyond: Option<i64>,
    /// NaN and infinite values that became NULL.
    pub(super) non_finite: u64,
}

impl Job {
    /// Reads the rows in question by their times, and looks at when those come that are behind them, up to `end`.
    pub(super) async fn fetch(&self, window: Window, end: Option<i64>) -> Result<Fetched> {
        let all = Window { before: end, ..window };
        let mut beyond: Option<i64> = None;
        let look_behind = window.before != end;
        let pick = |rows: &RecordBatch| -> Result<Option<BooleanArray>> {
            let times = version_times(rows, &self.roles.versions)?;
            let created = if window.kept_from.is_some() { self.roles.created_of(rows)? } else { None };
            let kept = window.mask(&times, created.as_deref());
            if look_behind && kept.is_some() {
                let behind = |time: &i64| *time != NO_TIME && window.before.is_some_and(|before| *time >= before);
                let in_question = all.mask(&times, created.as_deref());
                let in_question = |row: usize| in_question.as_ref().is_none_or(|mask| mask.value(row));
                let times = times.iter().enumerate().filter(|(row, time)| behind(time) && in_question(*row));
                let earliest = times.map(|(_, time)| *time).min();
                beyond = beyond.into_iter().chain(earliest).min();
            }
            Ok(kept)
        };
        let (rows, non_finite) = self.read_picked(window.from, pick).await?;
        Ok(Fetched { rows, beyond, non_finite })
    }

    /// Reads the rows that are picked. Rows in which no time by which syncs go is at `since` or later may be left out
    /// before anybody looks at them.
    pub(super) async fn read_picked(
        &self,
        since: Option<i64>,
        mut pick: impl FnMut(&RecordBatch) -> Result<Option<BooleanArray>>,
    ) -> Result<(RecordBatch, u64)> {
        let since = since.map(|at| ChangedSince::new(self.acceleration.version_columns(), at));
        let table = SourceTable::new(Arc::clone(&self.source), self.entry.columns.clone()).with_since(since);
        let table = Arc::new(table);
        let columns = (0..=self.entry.columns.len()).collect();
        let mut stream = self.stream(&table, columns).await?;
        let mut kept = Vec::new();
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(failed)?;
            self.tell_read(batch.num_rows() as u64);
            match pick(&batch)? {
                None if batch.num_rows() > 0 => kept.push(batch),
                Some(mask) if mask.true_count() > 0 => kept.push(picked(&batch, &mask)?),
                _ => {}
            }
        }
        Ok((together(&table.schema(), &kept)?, table.met().nulled()))
    }

    /// Reads some columns of all rows, chunk by chunk, and makes something of them on threads that may be kept busy.
    pub(super) async fn fold<T: Send + 'static>(
        &self,
        columns: Vec<Column>,
        mut folded: T,
        fold: impl Fn(&mut T, &RecordBatch) -> Result<()> + Send + Sync + 'static,
    ) -> Result<T> {
        let fold = Arc::new(fold);
        let wanted = (0..columns.len()).collect();
        let table = Arc::new(SourceTable::new(Arc::clone(&self.source), columns));
        let mut stream = self.stream(&table, wanted).await?;
        let (mut waiting, mut rows, mut more): (Vec<RecordBatch>, _, _) = (Vec::new(), 0, true);
        while more {
            match stream.next().await {
                Some(batch) => {
                    let batch = batch.map_err(failed)?;
                    rows += batch.num_rows();
                    self.tell_read(batch.num_rows() as u64);
                    waiting.push(batch);
                }
                None => more = false,
            }
            if rows < CHUNK_ROWS && more {
                continue;
            }
            let Some(schema) = waiting.first().map(RecordBatch::schema) else { continue };
            let chunk = together(&schema, &waiting)?;
            (rows, waiting) = (0, Vec::new());
            let (fold, encoders) = (Arc::clone(&fold), self.inner.executor.encoders());
            let work = move || {
                encoders.install(|| fold(&mut folded, &chunk))?;
                Ok(folded)
            };
            folded = self.inner.executor.blocking(work).await?;
        }
        Ok(folded)
    }

    async fn stream(&self, table: &Arc<SourceTable>, columns: Vec<usize>) -> Result<SendableRecordBatchStream> {
        let table = Arc::clone(table) as Arc<dyn TableProvider>;
        let session = self.inner.executor.session();
        let request = ScanRequest { table, columns, filters: Vec::new() };
        session.stream(session.scan(&request).await.map_err(failed)?)
    }
}

/// The rows for which the mask is true, without what is left of the others.
fn picked(batch: &RecordBatch, mask: &BooleanArray) -> Result<RecordBatch> {
    let unfit = |error| Error::internal("rows of a source cannot be picked").with_source(error);
    let rows = filter_record_batch(batch, mask).map_err(unfit)?;
    if rows.num_rows().saturating_mul(2) > batch.num_rows() {
        return Ok(rows);
    }
    let compact = |column: &ArrayRef| -> ArrayRef {
        match column.data_type() {
            DataType::Utf8View => Arc::new(column.as_string_view().gc()),
            _ => Arc::clone(column),
        }
    };
    RecordBatch::try_new(rows.schema(), rows.columns().iter().map(compact).collect()).map_err(unfit)
}

fn together(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<RecordBatch> {
    concat_batches(schema, batches)
        .map_err(|error| Error::internal("rows of a source cannot be put together").with_source(error))
}
