//! A table whose rows come from a shared scan.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session as PlanSession, TableProvider};
use datafusion::common::Result;
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::Stream;

use super::scan::{Seat, SharedScan};
use crate::execute::{ScanRequest, Session};
use crate::tables::LeafExec;

/// The table of one of the queries that share scans, in place of the table that is scanned.
///
/// The first plan over it reads from the first shared scan, the second plan from the second one, and so on; plans
/// beyond those that were foreseen read the table themselves.
#[derive(Debug)]
pub(super) struct SharedScanTable {
    base: Arc<dyn TableProvider>,
    seats: Mutex<VecDeque<Seat>>,
}

/// The tables of queries that share their scans. `passes` tells for each query how many plans over the table it makes,
/// one after the other.
pub(super) fn tables(request: &Arc<ScanRequest>, session: &Session, passes: &[usize]) -> Vec<Arc<dyn TableProvider>> {
    let mut seats: Vec<VecDeque<Seat>> = passes.iter().map(|_| VecDeque::new()).collect();
    for round in 0..passes.iter().copied().max().unwrap_or_default() {
        let takers = passes.iter().filter(|passes| **passes > round).count();
        if takers < 2 {
            break;
        }
        let mut free = SharedScan::seats(request, session, takers).into_iter();
        for (seats, _) in seats.iter_mut().zip(passes).filter(|(_, passes)| **passes > round) {
            seats.extend(free.next());
        }
    }
    let table = |seats| SharedScanTable { base: Arc::clone(&request.table), seats: Mutex::new(seats) };
    seats.into_iter().map(|seats| Arc::new(table(seats)) as Arc<dyn TableProvider>).collect()
}

#[async_trait]
impl TableProvider for SharedScanTable {
    fn schema(&self) -> SchemaRef {
        self.base.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// The rows of a shared scan are not filtered for the query, so every filter stays above.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let supported = self.base.supports_filters_pushdown(filters)?.into_iter();
        Ok(supported
            .map(|support| match support {
                TableProviderFilterPushDown::Exact => TableProviderFilterPushDown::Inexact,
                other => other,
            })
            .collect())
    }

    async fn scan(
        &self,
        state: &dyn PlanSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.base.schema();
        let wanted = projection.cloned().unwrap_or_else(|| (0..schema.fields().len()).collect());
        let seat = self.seats.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let places = seat.as_ref().and_then(|seat| places(&wanted, seat.columns()));
        let Some((seat, places)) = seat.zip(places) else {
            return self.base.scan(state, projection, filters, limit).await;
        };
        let schema = Arc::new(schema.project(&wanted)?);
        let partitions = state.config().target_partitions();
        let reading = Arc::new(Reading { seat, partitions, ended: AtomicUsize::new(0) });
        let part = SharedPartition { reading, schema: Arc::clone(&schema), places: places.into() };
        let parts = (0..partitions).map(|_| Arc::new(part.clone()) as Arc<dyn PartitionStream>);
        Ok(Arc::new(LeafExec::new("SharedScanExec", schema, parts.collect(), limit)))
    }
}

/// Where the columns wanted stand among those that are scanned.
fn places(wanted: &[usize], scanned: &[usize]) -> Option<Vec<usize>> {
    wanted.iter().map(|column| scanned.iter().position(|other| other == column)).collect()
}

/// One plan of a query that reads from a shared scan.
#[derive(Debug)]
struct Reading {
    seat: Seat,
    partitions: usize,
    ended: AtomicUsize,
}

/// One partition of such a plan. All of them read from the same queue.
#[derive(Debug, Clone)]
struct SharedPartition {
    reading: Arc<Reading>,
    schema: SchemaRef,
    places: Arc<[usize]>,
}

impl SharedPartition {
    fn projected(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let columns = self.places.iter().filter_map(|place| batch.columns().get(*place)).cloned().collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}

impl PartitionStream for SharedPartition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        Box::pin(SharedStream { part: self.clone() })
    }
}

struct SharedStream {
    part: SharedPartition,
}

impl Stream for SharedStream {
    type Item = Result<RecordBatch>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.part.reading.seat.started().poll_next(context);
        polled.map(|batch| batch.map(|batch| self.part.projected(&batch?)))
    }
}

impl RecordBatchStream for SharedStream {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.part.schema)
    }
}

impl Drop for SharedStream {
    fn drop(&mut self) {
        let Reading { seat, partitions, ended } = &*self.part.reading;
        // The plan may live on for its metrics; the others must not wait for it.
        if ended.fetch_add(1, Ordering::AcqRel) + 1 >= *partitions {
            seat.leave();
        }
    }
}
