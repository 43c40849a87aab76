//! The states of aggregates, kept for the finest groups and merged into coarser ones.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, filter, take};
use datafusion::error::Result as PlanResult;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::{AggregateExprBuilder, AggregateFunctionExpr};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};
use datafusion::physical_plan::{ExecutionPlan, coalesce_partitions::CoalescePartitionsExec};

use super::by_group::ByGroup;
use crate::error::{Error, Result};
use crate::execute::{Session, failed};
use crate::plan::{PassPlan, key_name, part_name, rows_scanned};

/// States of aggregates by key. A key may have several states, from different partitions.
#[derive(Debug)]
pub(super) struct States {
    pub(super) keys: Vec<ArrayRef>,
    pub(super) rows: usize,
    /// For each aggregate the columns of its state.
    states: Vec<Vec<ArrayRef>>,
    functions: Vec<Arc<AggregateFunctionExpr>>,
    pub(super) rows_scanned: Option<u64>,
}

impl States {
    /// Reads the rows of a pass and aggregates them as far as states.
    pub(super) async fn read(session: &Session, pass: PassPlan) -> Result<Self> {
        // Without keys there is one group, also where nothing is aggregated.
        if pass.keys == 0 && pass.aggregates.is_empty() {
            let (keys, states, functions) = (Vec::new(), Vec::new(), Vec::new());
            return Ok(Self { keys, rows: 1, states, functions, rows_scanned: Some(0) });
        }
        let input = session.plan(&pass.plan).await?;
        let (plan, functions) = partial(&pass, input).map_err(failed)?;
        let schema = plan.schema();
        let batches = session.collect(Arc::clone(&plan)).await?;
        let batch = concat_batches(&schema, &batches).map_err(|error| broken().with_source(error))?;
        Self::split(&batch, pass.keys, functions, rows_scanned(plan.as_ref())).map_err(failed)
    }

    fn split(
        batch: &RecordBatch,
        keys: usize,
        functions: Vec<Arc<AggregateFunctionExpr>>,
        rows_scanned: Option<u64>,
    ) -> PlanResult<Self> {
        let mut columns = batch.columns().iter().cloned();
        let keys: Vec<ArrayRef> = columns.by_ref().take(keys).collect();
        let mut states = Vec::with_capacity(functions.len());
        for function in &functions {
            let width = function.state_fields()?.len();
            states.push(columns.by_ref().take(width).collect());
        }
        Ok(Self { keys, rows: batch.num_rows(), states, functions, rows_scanned })
    }

    /// The aggregates of `count` groups. `group_of` gives the group of each state; states of none are left out. A group
    /// without states has the aggregates of no rows.
    pub(super) fn merge(&self, group_of: &[Option<usize>], count: usize) -> Result<Vec<ArrayRef>> {
        let every: Vec<usize> = (0..self.functions.len()).collect();
        self.merge_only(&every, group_of, count)
    }

    /// The same for some of the aggregates, by place.
    pub(super) fn merge_only(
        &self,
        which: &[usize],
        group_of: &[Option<usize>],
        count: usize,
    ) -> Result<Vec<ArrayRef>> {
        let groups: Vec<usize> = group_of.iter().copied().flatten().collect();
        let kept = (groups.len() < group_of.len())
            .then(|| group_of.iter().map(|group| Some(group.is_some())).collect::<BooleanArray>());
        self.merged(which, &groups, count, |state| match &kept {
            Some(kept) => Ok(filter(state, kept)?),
            None => Ok(Arc::clone(state)),
        })
    }

    /// The aggregates of `count` groups of which each state may count in several. `rows` are states, `groups` where each
    /// of them counts.
    pub(super) fn merge_rows(&self, rows: &UInt64Array, groups: &[usize], count: usize) -> Result<Vec<ArrayRef>> {
        let every: Vec<usize> = (0..self.functions.len()).collect();
        self.merged(&every, groups, count, |state| Ok(take(state, rows, None)?))
    }

    fn merged(
        &self,
        which: &[usize],
        groups: &[usize],
        count: usize,
        pick: impl Fn(&ArrayRef) -> PlanResult<ArrayRef>,
    ) -> Result<Vec<ArrayRef>> {
        let groups = ByGroup::new(groups, count)?;
        let mut merged = Vec::with_capacity(which.len());
        for place in which {
            let (Some(function), Some(columns)) = (self.functions.get(*place), self.states.get(*place)) else {
                return Err(Error::internal("there is no such aggregate"));
            };
            let values = groups.aggregate(function, |accumulator, places, met| {
                let columns = columns.iter().map(&pick).collect::<PlanResult<Vec<_>>>()?;
                accumulator.merge_batch(&columns, places, met)
            });
            let values = values.map_err(failed)?;
            if values.len() != count {
                return Err(Error::internal("an aggregate lost some of its groups"));
            }
            merged.push(values);
        }
        Ok(merged)
    }
}

fn broken() -> Error {
    Error::internal("the states of the groups cannot be put together")
}

/// The plan that gives keys and states, and its aggregates.
#[expect(clippy::type_complexity, reason = "the two results belong together only here")]
fn partial(
    pass: &PassPlan,
    input: Arc<dyn ExecutionPlan>,
) -> PlanResult<(Arc<dyn ExecutionPlan>, Vec<Arc<AggregateFunctionExpr>>)> {
    let schema = input.schema();
    let column = |index: usize| -> Arc<dyn PhysicalExpr> { Arc::new(Column::new(schema.field(index).name(), index)) };
    let keys = (0..pass.keys).map(|index| (column(index), key_name(index))).collect();
    let mut functions = Vec::with_capacity(pass.aggregates.len());
    let mut filters = Vec::with_capacity(pass.aggregates.len());
    for (index, aggregate) in pass.aggregates.iter().enumerate() {
        let arguments = aggregate.arguments.iter().map(|index| column(*index)).collect();
        let function = AggregateExprBuilder::new(Arc::clone(&aggregate.function), arguments)
            .schema(Arc::clone(&schema))
            .alias(part_name(index))
            .with_distinct(aggregate.distinct)
            .build()?;
        functions.push(Arc::new(function));
        filters.push(aggregate.filter.map(column));
    }
    let plan = AggregateExec::try_new(
        AggregateMode::Partial,
        PhysicalGroupBy::new_single(keys),
        functions.clone(),
        filters,
        input,
        schema,
    )?;
    Ok((Arc::new(CoalescePartitionsExec::new(Arc::new(plan))), functions))
}
