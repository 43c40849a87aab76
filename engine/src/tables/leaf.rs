//! The leaf of a plan that gives on what some streams give, and counts it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
};
use futures::Stream;

/// A leaf of a plan over streams of one schema, one per partition.
#[derive(Debug, Clone)]
pub(crate) struct LeafExec {
    name: &'static str,
    streams: Vec<Arc<dyn PartitionStream>>,
    /// Rows of each partition that are wanted at most.
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl LeafExec {
    /// A leaf that is called `name` where plans are shown.
    pub(crate) fn new(
        name: &'static str,
        schema: SchemaRef,
        streams: Vec<Arc<dyn PartitionStream>>,
        limit: Option<usize>,
    ) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(streams.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let properties = Arc::new(properties.with_scheduling_type(SchedulingType::Cooperative));
        Self { name, streams, limit, properties, metrics: ExecutionPlanMetricsSet::new() }
    }
}

impl DisplayAs for LeafExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.properties.eq_properties.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "{}: partitions={}, columns=[{}]", self.name, self.streams.len(), columns.join(", "))?;
        self.limit.map_or(Ok(()), |limit| write!(f, ", limit={limit}"))
    }
}

impl ExecutionPlan for LeafExec {
    fn name(&self) -> &str {
        self.name
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() { Ok(self) } else { Err(DataFusionError::Internal("a leaf got a child".to_owned())) }
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let stream = self.streams.get(partition);
        let stream = stream.ok_or_else(|| DataFusionError::Internal(format!("there is no partition {partition}")))?;
        let counted = Counted {
            input: Some(stream.execute(context)),
            schema: self.schema(),
            left: self.limit.unwrap_or(usize::MAX),
            metrics: BaselineMetrics::new(&self.metrics, partition),
        };
        Ok(Box::pin(cooperative(counted)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn fetch(&self) -> Option<usize> {
        self.limit
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        Some(Arc::new(Self { limit, ..self.clone() }))
    }
}

/// Counts the rows of a stream, and ends it when no more are wanted.
struct Counted {
    /// None when the end is reached, so that what feeds the stream stops then.
    input: Option<SendableRecordBatchStream>,
    schema: SchemaRef,
    /// Rows that are still wanted.
    left: usize,
    metrics: BaselineMetrics,
}

impl Stream for Counted {
    type Item = Result<RecordBatch>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { input, left, metrics, .. } = self.get_mut();
        if *left == 0 {
            *input = None;
        }
        let polled = match input {
            Some(input) => input.as_mut().poll_next(context),
            None => Poll::Ready(None),
        };
        let polled = polled.map_ok(|batch| if batch.num_rows() > *left { batch.slice(0, *left) } else { batch });
        match &polled {
            Poll::Ready(Some(Ok(batch))) => *left = left.saturating_sub(batch.num_rows()),
            Poll::Ready(Some(Err(_)) | None) => *input = None,
            Poll::Pending => {}
        }
        metrics.record_poll(polled)
    }
}

impl RecordBatchStream for Counted {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}
