//! The accumulators that DataFusion drives: one for many groups, one for a single result.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::cast::as_int64_array;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::finish::Finish;
use super::moments::Moments;
use crate::functions::exact::{Counts, Direction, Sums, column};

/// Variances of many groups.
#[derive(Debug)]
pub(super) struct GroupedVariances<S, Q> {
    moments: Moments<S, Q>,
    counts: Counts,
    finish: Finish,
}

impl<S: Sums, Q: Sums> GroupedVariances<S, Q> {
    pub(super) fn new(sums: S, squares: Q, finish: Finish) -> Self {
        Self { moments: Moments::new(sums, squares), counts: Counts::default(), finish }
    }
}

/// The columns of a state.
fn states<S: Sums, Q: Sums>(moments: &Moments<S, Q>, counts: Counts) -> Result<Vec<ArrayRef>> {
    let mut columns = moments.states(counts.nulls().as_ref())?;
    columns.push(counts.into_state());
    Ok(columns)
}

impl<S: Sums, Q: Sums> GroupsAccumulator for GroupedVariances<S, Q> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let values = column(values, 0)?;
        let selected = Moments::<S, Q>::selection(values, opt_filter)?;
        self.moments.resize(total_num_groups);
        self.counts.mark(group_indices, selected.as_ref(), total_num_groups);
        self.moments.add(values, group_indices, selected.as_ref())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.moments.resize(total_num_groups);
        self.counts.merge(column(values, 2)?, group_indices, total_num_groups)?;
        self.moments.merge(values, group_indices)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let moments = self.moments.take(emit_to);
        moments.results(self.counts.take(emit_to).values(), self.finish)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let moments = self.moments.take(emit_to);
        states(&moments, self.counts.take(emit_to))
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own.
        let values = column(values, 0)?;
        let groups: Vec<usize> = (0..values.len()).collect();
        let selected = Moments::<S, Q>::selection(values, opt_filter)?;
        let mut moments = self.moments.fresh();
        moments.resize(values.len());
        moments.add(values, &groups, selected.as_ref())?;
        let mut counts = Counts::default();
        counts.mark(&groups, selected.as_ref(), values.len());
        states(&moments, counts)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.moments.size() + self.counts.size()
    }
}

/// A single variance. Values can be taken out again, so that it serves sliding windows.
#[derive(Debug)]
pub(super) struct SingleVariance<S, Q> {
    moments: Moments<S, Q>,
    count: i64,
    finish: Finish,
}

impl<S: Sums, Q: Sums> SingleVariance<S, Q> {
    pub(super) fn new(sums: S, squares: Q, finish: Finish) -> Self {
        let mut moments = Moments::new(sums, squares);
        moments.resize(1);
        Self { moments, count: 0, finish }
    }

    fn apply(&mut self, values: &[ArrayRef], direction: Direction) -> Result<()> {
        let values = column(values, 0)?;
        let selected = Moments::<S, Q>::selection(values, None)?;
        let count = selected.as_ref().map_or_else(|| values.len(), BooleanBuffer::count_set_bits);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match direction {
            Direction::In => self.count += count,
            Direction::Out => self.count -= count,
        }
        self.moments.add_to_first(values, selected.as_ref(), direction)
    }
}

impl<S: Sums, Q: Sums> Accumulator for SingleVariance<S, Q> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.apply(values, Direction::In)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.apply(values, Direction::Out)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let result = self.moments.results(&[self.count], self.finish)?;
        ScalarValue::try_from_array(result.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let nulls = (self.count == 0).then(|| NullBuffer::new_null(1));
        let columns = self.moments.states(nulls.as_ref())?;
        let sums = columns.iter().map(|column| ScalarValue::try_from_array(column.as_ref(), 0));
        sums.chain([Ok(ScalarValue::Int64(Some(self.count)))]).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let counts = as_int64_array(column(states, 2)?)?;
        self.count += counts.values().iter().sum::<i64>();
        self.moments.merge(states, &vec![0; counts.values().len()])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.moments.size()
    }
}
