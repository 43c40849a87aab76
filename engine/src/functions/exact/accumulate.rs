//! The accumulators that DataFusion drives for results of several exact sums: one for many groups, one for a single
//! result. What they store is the sums and, in the last column, the number of rows.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::cast::as_int64_array;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::counts::Counts;
use super::moments::Moments;
use super::sums::{Direction, column, too_few_columns};

/// Results of many groups.
#[derive(Debug)]
pub(crate) struct GroupedMoments<M> {
    moments: M,
    counts: Counts,
}

impl<M: Moments> GroupedMoments<M> {
    /// For no groups yet.
    pub(crate) fn new(moments: M) -> Self {
        Self { moments, counts: Counts::default() }
    }
}

/// The columns of a state.
fn states<M: Moments>(moments: &M, counts: Counts) -> Result<Vec<ArrayRef>> {
    let mut columns = moments.states(counts.nulls().as_ref())?;
    columns.push(counts.into_state());
    Ok(columns)
}

/// The counts and the sums of a state.
fn parts(states: &[ArrayRef]) -> Result<(&dyn Array, &[ArrayRef])> {
    let (counts, sums) = states.split_last().ok_or_else(too_few_columns)?;
    Ok((counts.as_ref(), sums))
}

/// The results of groups of so many rows.
fn results<M: Moments>(moments: &M, counts: &[i64]) -> Result<Float64Array> {
    let results = counts.iter().enumerate().map(|(group, count)| match u64::try_from(*count) {
        Ok(count) => moments.result(group, count),
        Err(_) => Ok(None),
    });
    results.collect()
}

impl<M: Moments> GroupsAccumulator for GroupedMoments<M> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let selected = M::selection(values, opt_filter)?;
        self.moments.resize(total_num_groups);
        self.counts.mark(group_indices, selected.as_ref(), total_num_groups);
        self.moments.add(values, group_indices, selected.as_ref())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        let (counts, sums) = parts(values)?;
        self.moments.resize(total_num_groups);
        self.counts.merge(counts, group_indices, total_num_groups)?;
        self.moments.merge(sums, group_indices)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let moments = self.moments.take(emit_to);
        Ok(Arc::new(results(&moments, self.counts.take(emit_to).values())?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let moments = self.moments.take(emit_to);
        states(&moments, self.counts.take(emit_to))
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own.
        let rows = column(values, 0)?.len();
        let groups: Vec<usize> = (0..rows).collect();
        let mut moments = Self::new(self.moments.fresh());
        moments.update_batch(values, &groups, opt_filter, rows)?;
        moments.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.moments.size() + self.counts.size()
    }
}

/// A single result. Rows can be taken out again, so that it serves sliding windows.
#[derive(Debug)]
pub(crate) struct SingleMoments<M> {
    moments: M,
    count: i64,
}

impl<M: Moments> SingleMoments<M> {
    /// For no rows yet.
    pub(crate) fn new(mut moments: M) -> Self {
        moments.resize(1);
        Self { moments, count: 0 }
    }

    fn apply(&mut self, values: &[ArrayRef], direction: Direction) -> Result<()> {
        let rows = column(values, 0)?.len();
        let selected = M::selection(values, None)?;
        let count = selected.as_ref().map_or(rows, BooleanBuffer::count_set_bits);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match direction {
            Direction::In => self.count += count,
            Direction::Out => self.count -= count,
        }
        self.moments.add_to_first(values, selected.as_ref(), direction)
    }
}

impl<M: Moments> Accumulator for SingleMoments<M> {
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
        ScalarValue::try_from_array(&results(&self.moments, &[self.count])?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let nulls = (self.count == 0).then(|| NullBuffer::new_null(1));
        let columns = self.moments.states(nulls.as_ref())?;
        let sums = columns.iter().map(|column| ScalarValue::try_from_array(column.as_ref(), 0));
        sums.chain([Ok(ScalarValue::Int64(Some(self.count)))]).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (counts, sums) = parts(states)?;
        let counts = as_int64_array(counts)?;
        self.count += counts.values().iter().sum::<i64>();
        self.moments.merge(sums, &vec![0; counts.values().len()])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.moments.size()
    }
}
