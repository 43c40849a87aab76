//! A dataset read straight from its source, as a table of DataFusion: one stream in the order of the source, each batch
//! brought to the canonical types, with the ordinal of each row.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream};

use super::leaf::LeafExec;
use crate::model::Column;
use crate::plan::ORDINAL;
use crate::source::{ChangedSince, Normalized, ReadRequest, Source, changed_rows, conform};

/// Batches that may wait for the consumer.
const WAITING_BATCHES: usize = 4;

/// The schema of a dataset's tables: its columns, then the ordinal.
pub(crate) fn table_schema(columns: &[Column]) -> SchemaRef {
    let fields = columns.iter().map(|column| Field::new(&column.id, column.column_type.arrow(), true));
    let ordinal = Field::new(ORDINAL, DataType::Int64, false);
    Arc::new(Schema::new(fields.chain([ordinal]).collect::<Vec<_>>()))
}

/// A table over a source.
#[derive(Debug)]
pub(crate) struct SourceTable {
    source: Arc<dyn Source>,
    columns: Vec<Column>,
    schema: SchemaRef,
    since: Option<ChangedSince>,
    met: Arc<Mutex<Normalized>>,
}

impl SourceTable {
    pub(crate) fn new(source: Arc<dyn Source>, columns: Vec<Column>) -> Self {
        let schema = table_schema(&columns);
        Self { source, columns, schema, since: None, met: Arc::default() }
    }

    /// The same table, which may leave out rows that have not changed since then. It takes effect where all columns of
    /// it are read.
    pub(crate) fn with_since(mut self, since: Option<ChangedSince>) -> Self {
        self.since = since;
        self
    }

    /// What the latest scan has met so far: rows, and floats that had to become NULL.
    pub(crate) fn met(&self) -> Normalized {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all = (0..self.schema.fields().len()).collect();
        let wanted: &Vec<usize> = projection.unwrap_or(&all);
        let partition = SourcePartition {
            source: Arc::clone(&self.source),
            columns: wanted.iter().filter_map(|index| self.columns.get(*index)).cloned().collect(),
            schema: Arc::new(self.schema.project(wanted)?),
            places: wanted.iter().map(|index| *index < self.columns.len()).collect(),
            limit: limit.and_then(|limit| u64::try_from(limit).ok()),
            since: self.since.clone(),
            met: Arc::clone(&self.met),
        };
        let schema = Arc::clone(&partition.schema);
        Ok(Arc::new(LeafExec::new("SourceExec", schema, vec![Arc::new(partition)], limit)))
    }
}

#[derive(Debug)]
struct SourcePartition {
    source: Arc<dyn Source>,
    columns: Vec<Column>,
    schema: SchemaRef,
    /// For each column of the schema whether it comes from the source; if not, it is the ordinal.
    places: Vec<bool>,
    limit: Option<u64>,
    since: Option<ChangedSince>,
    met: Arc<Mutex<Normalized>>,
}

impl PartitionStream for SourcePartition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _ctx: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), WAITING_BATCHES);
        let out = builder.tx();
        let source = Arc::clone(&self.source);
        let mut request = ReadRequest::new(self.columns.clone());
        request.limit = self.limit;
        request.since.clone_from(&self.since);
        let (schema, places, shared) = (Arc::clone(&self.schema), self.places.clone(), Arc::clone(&self.met));
        builder.spawn_blocking(move || {
            let external = |error: crate::Error| DataFusionError::External(Box::new(error));
            let (mut ordinal, mut met) = (0_i64, Normalized::default());
            for batch in source.read(&request).map_err(external)? {
                if out.is_closed() {
                    // Nobody reads on: the query ended early or was dropped while the source was at work.
                    break;
                }
                let batch = batch.and_then(|batch| changed_rows(batch, &request));
                let batch = batch.and_then(|batch| conform(&batch, &request.columns, &mut met));
                let batch = with_ordinal(&batch.map_err(external)?, &schema, &places, &mut ordinal)?;
                shared.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&met);
                if out.blocking_send(Ok(batch)).is_err() {
                    break;
                }
            }
            Ok(())
        });
        builder.build()
    }
}

/// Canonical rows with the ordinals that follow `first`, as a table holds them.
pub(crate) fn numbered(batch: &RecordBatch, first: u64) -> crate::Result<RecordBatch> {
    let failed = |error| crate::Error::internal("rows cannot be numbered").with_source(error);
    let mut fields: Vec<Arc<Field>> = batch.schema_ref().fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new(ORDINAL, DataType::Int64, false)));
    let places: Vec<bool> = (0..fields.len()).map(|place| place < batch.num_columns()).collect();
    let mut next = i64::try_from(first).unwrap_or(i64::MAX);
    with_ordinal(batch, &Arc::new(Schema::new(fields)), &places, &mut next).map_err(failed)
}

fn with_ordinal(batch: &RecordBatch, schema: &SchemaRef, places: &[bool], next: &mut i64) -> Result<RecordBatch> {
    let rows = i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
    let first = mem::replace(next, next.saturating_add(rows));
    let ordinals = || -> ArrayRef { Arc::new(Int64Array::from_iter_values(first..*next)) };
    let mut columns = batch.columns().iter();
    let filled = places
        .iter()
        .filter_map(|from_source| if *from_source { columns.next().cloned() } else { Some(ordinals()) })
        .collect();
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), filled, &options)?)
}
