//! The accumulators that DataFusion drives: one for many groups, one for a single sum.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::cast::as_int64_array;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::presence::{Presence, Seen};
use super::totals::Totals;
use crate::functions::exact::{Counts, Direction, column, selected};

/// What becomes of a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Output {
    Sum,
    Average,
}

/// Sums or averages of many groups.
#[derive(Debug)]
pub(super) struct GroupedSums<S> {
    sums: S,
    presence: Presence,
}

impl<S: Totals> GroupedSums<S> {
    pub(super) fn new(sums: S, output: Output) -> Self {
        let presence = match output {
            Output::Sum => Presence::Seen(Seen::default()),
            Output::Average => Presence::Counted(Counts::default()),
        };
        Self { sums, presence }
    }
}

/// The columns of a state: the sums, and the counts if there are any.
fn states<S: Totals>(sums: &S, presence: Presence) -> Result<Vec<ArrayRef>> {
    let nulls = presence.nulls();
    let mut columns = vec![sums.states(nulls.as_ref())?];
    if let Presence::Counted(counts) = presence {
        columns.push(counts.into_state());
    }
    Ok(columns)
}

impl<S: Totals> GroupsAccumulator for GroupedSums<S> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let selected = S::selection(values, opt_filter)?;
        self.sums.resize(total_num_groups);
        self.presence.mark(group_indices, selected.as_ref(), total_num_groups);
        self.sums.add(values, group_indices, selected.as_ref())
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        let sums = column(values, 0)?;
        self.sums.resize(total_num_groups);
        if let Presence::Counted(counts) = &mut self.presence {
            counts.merge(column(values, 1)?, group_indices, total_num_groups)?;
        } else {
            self.presence.mark(group_indices, selected(sums, None).as_ref(), total_num_groups);
        }
        self.sums.merge(sums, group_indices)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = self.sums.take(emit_to);
        let presence = self.presence.take(emit_to);
        match &presence {
            Presence::Counted(counts) => sums.averages(counts.values()),
            Presence::Seen(_) => sums.totals(presence.nulls().as_ref()),
        }
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = self.sums.take(emit_to);
        states(&sums, self.presence.take(emit_to))
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own.
        let rows = column(values, 0)?.len();
        let groups: Vec<usize> = (0..rows).collect();
        let selected = S::selection(values, opt_filter)?;
        let mut sums = self.sums.fresh();
        sums.resize(rows);
        sums.add(values, &groups, selected.as_ref())?;
        let mut presence = self.presence.fresh();
        presence.mark(&groups, selected.as_ref(), rows);
        states(&sums, presence)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.sums.size() + self.presence.size()
    }
}

/// A single sum or average. Values can be taken out again, so that it serves sliding windows.
#[derive(Debug)]
pub(super) struct SingleSum<S> {
    sums: S,
    output: Output,
    count: i64,
}

impl<S: Totals> SingleSum<S> {
    pub(super) fn new(mut sums: S, output: Output) -> Self {
        sums.resize(1);
        Self { sums, output, count: 0 }
    }

    fn apply(&mut self, values: &[ArrayRef], direction: Direction) -> Result<()> {
        let rows = column(values, 0)?.len();
        let selected = S::selection(values, None)?;
        let count = selected.as_ref().map_or(rows, BooleanBuffer::count_set_bits);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match direction {
            Direction::In => self.count += count,
            Direction::Out => self.count -= count,
        }
        self.sums.add_to_first(values, selected.as_ref(), direction)
    }

    fn nulls(&self) -> Option<NullBuffer> {
        (self.count == 0).then(|| NullBuffer::new_null(1))
    }
}

impl<S: Totals> Accumulator for SingleSum<S> {
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
        let result = match self.output {
            Output::Sum => self.sums.totals(self.nulls().as_ref())?,
            Output::Average => self.sums.averages(&[self.count])?,
        };
        ScalarValue::try_from_array(result.as_ref(), 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let sum = self.sums.states(self.nulls().as_ref())?;
        let mut columns = vec![ScalarValue::try_from_array(sum.as_ref(), 0)?];
        if self.output == Output::Average {
            columns.push(ScalarValue::Int64(Some(self.count)));
        }
        Ok(columns)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sums = column(states, 0)?;
        self.count += match self.output {
            Output::Average => as_int64_array(column(states, 1)?)?.values().iter().sum::<i64>(),
            // A sum need only know whether it has values.
            Output::Sum => i64::try_from(sums.len() - sums.null_count()).unwrap_or(i64::MAX),
        };
        self.sums.merge(sums, &vec![0; sums.len()])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.sums.size()
    }
}
