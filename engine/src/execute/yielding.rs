//! Leaves of plans that let go of their thread every few milliseconds, so that a query that nobody waits for any more
//! is gone soon.
//!
//! A task can only be stopped where it yields. DataFusion's own leaves yield after 128 batches; with expensive
//! aggregates on top that may be a quarter of a second.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{DataFusionError, Result, Statistics};
use datafusion::execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::execution_plan::SchedulingType;
use datafusion::physical_plan::{
    ChildStats, ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties,
    ReplaceChildrenOptions, StatisticsArgs,
};
use futures::Stream;

/// A task works on the batches of a leaf no longer than this before it yields, but for the last batch.
const LONGEST: Duration = Duration::from_millis(5);

/// Puts a [`YieldExec`] on every leaf, when all other rules are done.
#[derive(Debug)]
pub(super) struct YieldOften;

impl PhysicalOptimizerRule for YieldOften {
    fn name(&self) -> &str {
        "YieldOften"
    }

    fn schema_check(&self) -> bool {
        true
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let wrapped = plan.transform_up(|plan| {
            if plan.children().is_empty() {
                return Ok(Transformed::yes(Arc::new(YieldExec::new(plan)) as Arc<dyn ExecutionPlan>));
            }
            Ok(Transformed::no(plan))
        });
        wrapped.map(|wrapped| wrapped.data)
    }
}

/// Gives on what its input gives, and yields in between.
#[derive(Debug)]
pub(super) struct YieldExec {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl YieldExec {
    pub(super) fn new(input: Arc<dyn ExecutionPlan>) -> Self {
        let properties = PlanProperties::clone(input.properties()).with_scheduling_type(SchedulingType::Cooperative);
        Self { input, properties: Arc::new(properties) }
    }
}

impl DisplayAs for YieldExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YieldExec")
    }
}

impl ExecutionPlan for YieldExec {
    fn name(&self) -> &str {
        "YieldExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
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
        let input = children.into_iter().next();
        let input = input.ok_or_else(|| DataFusionError::Internal("YieldExec has lost its input".to_owned()))?;
        Ok(Arc::new(Self::new(input)))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        Ok(Box::pin(YieldStream { input, busy_since: None }))
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(
        &self,
        input_stats: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(input_stats.first().map_or_else(|| Arc::new(Statistics::new_unknown(&self.schema())), Arc::clone))
    }
}

struct YieldStream {
    input: SendableRecordBatchStream,
    /// When the first batch was given since the task last had to wait.
    busy_since: Option<Instant>,
}

impl Stream for YieldStream {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.busy_since.is_some_and(|since| since.elapsed() >= LONGEST) {
            self.busy_since = None;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = self.input.as_mut().poll_next(context);
        if polled.is_pending() {
            self.busy_since = None;
        } else {
            self.busy_since.get_or_insert_with(Instant::now);
        }
        polled
    }
}

impl RecordBatchStream for YieldStream {
    fn schema(&self) -> SchemaRef {
        self.input.schema()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};
    use std::time::Instant;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
    use futures::Stream as _;

    use super::{LONGEST, YieldStream};

    #[test]
    fn a_stream_that_always_has_a_batch_still_yields() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let batch = RecordBatch::try_from_iter([("n", numbers)]).expect("a batch");
        let schema = batch.schema();
        let endless = futures::stream::repeat_with(move || Ok(batch.clone()));
        let input = Box::pin(RecordBatchStreamAdapter::new(schema, endless));
        let mut stream = Box::pin(YieldStream { input, busy_since: None });
        let mut context = Context::from_waker(Waker::noop());
        let mut yields = 0;
        let started = Instant::now();
        while started.elapsed() < LONGEST * 10 {
            match stream.as_mut().poll_next(&mut context) {
                Poll::Pending => yields += 1,
                Poll::Ready(batch) => assert!(batch.is_some_and(|batch| batch.is_ok())),
            }
        }
        // Each takes its milliseconds; a machine under load may leave some out.
        assert!((1..=10).contains(&yields), "{yields}");
    }
}
