//! The accumulators that DataFusion drives: one for many groups, one for a single histogram.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::cast::{as_float64_array, as_int64_array, as_list_array, as_struct_array};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::bins::{Borders, MAX_BINS, limit_exceeded};
use super::counts::BinCounts;
use crate::functions::exact::{column, damaged, finite};
use crate::functions::lists::{each_list, lists};

/// What is known of a bin in a result.
pub(super) static RESULT: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("lo", DataType::Float64, false),
        Field::new("hi", DataType::Float64, false),
        Field::new("count", DataType::Int64, false),
    ])
});

/// What is known of a bin in a state.
pub(super) static STATE: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![Field::new("bin", DataType::Int64, false), Field::new("count", DataType::Int64, false)])
});

fn external(error: crate::error::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// Calls `each` with the number and the bin of each row that counts and has one.
fn each_bin(
    borders: &Borders,
    values: &dyn Array,
    filter: Option<&BooleanArray>,
    mut each: impl FnMut(usize, i64) -> Result<()>,
) -> Result<()> {
    let selected = finite(values, filter)?;
    let values = as_float64_array(values)?.values();
    let mut one = |row: usize| -> Result<()> {
        let value = values.get(row).ok_or_else(damaged)?;
        borders.bin(*value).map_err(external)?.map_or(Ok(()), |bin| each(row, bin))
    };
    match selected {
        None => (0..values.len()).try_for_each(&mut one),
        Some(selected) => selected.set_indices().try_for_each(&mut one),
    }
}

/// Calls `each` with the number of each stored list, and each of its bins with the number of values.
fn each_stored(states: &dyn Array, mut each: impl FnMut(usize, i64, i64) -> Result<()>) -> Result<()> {
    let states = as_list_array(states)?;
    let [bins, counts] = as_struct_array(states.values().as_ref())?.columns() else { return Err(damaged()) };
    let bins = as_int64_array(bins.as_ref())?.values();
    let counts = as_int64_array(counts.as_ref())?.values();
    each_list(states, |row, range| {
        let bins = bins.get(range.clone()).ok_or_else(damaged)?;
        let counts = counts.get(range).ok_or_else(damaged)?;
        bins.iter().zip(counts).try_for_each(|(bin, count)| each(row, *bin, *count))
    })
}

/// Bins as they are stored. Those of group `i` end before `ends[i]`.
fn stored(bins: Vec<i64>, counts: Vec<i64>, ends: impl Iterator<Item = usize>) -> Result<ListArray> {
    let columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(bins)), Arc::new(Int64Array::from(counts))];
    lists(Arc::new(StructArray::try_new(STATE.clone(), columns, None)?), ends, None)
}

/// Groups as they are stored.
fn stored_groups(groups: &[Vec<(i64, i64)>]) -> Result<ListArray> {
    let (bins, counts) = groups.iter().flatten().copied().unzip();
    let ends = groups.iter().scan(0, |end, group| {
        *end += group.len();
        Some(*end)
    });
    stored(bins, counts, ends)
}

/// Groups as they are shown.
fn shown(borders: &Borders, groups: &[Vec<(i64, i64)>]) -> Result<ListArray> {
    let (mut low, mut high, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let mut ends = Vec::with_capacity(groups.len());
    for group in groups {
        if let (Some((first, _)), Some((last, _))) = (group.first(), group.last()) {
            let (first, last) = borders.listed(*first, *last);
            if last.abs_diff(first) >= u64::from(MAX_BINS) {
                let message = "a histogram has more than 10,000 bins from its first to its last; make them wider";
                return Err(external(limit_exceeded(message)));
            }
            let mut rest = group.iter().peekable();
            for bin in first..=last {
                let (from, to) = borders.ends(bin).ok_or_else(damaged)?;
                low.push(from);
                high.push(to);
                counts.push(rest.next_if(|(next, _)| *next == bin).map_or(0, |(_, count)| *count));
            }
            if rest.next().is_some() {
                return Err(damaged());
            }
        }
        ends.push(counts.len());
    }
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Float64Array::from(low)), Arc::new(Float64Array::from(high)), Arc::new(Int64Array::from(counts))];
    let bins = StructArray::try_new(RESULT.clone(), columns, None)?;
    let nulls = groups.iter().map(|group| !group.is_empty()).collect();
    lists(Arc::new(bins), ends.into_iter(), Some(nulls))
}

/// Histograms of many groups.
#[derive(Debug)]
pub(super) struct GroupedHistograms {
    borders: Borders,
    counts: BinCounts,
}

impl GroupedHistograms {
    pub(super) fn new(borders: Borders) -> Self {
        Self { borders, counts: BinCounts::default() }
    }
}

impl GroupsAccumulator for GroupedHistograms {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        let Self { borders, counts } = self;
        counts.resize(total_num_groups);
        each_bin(borders, column(values, 0)?, opt_filter, |row, bin| {
            counts.add(group_indices.get(row).copied(), bin, 1)
        })
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.counts.resize(total_num_groups);
        each_stored(column(values, 0)?, |row, bin, count| self.counts.add(group_indices.get(row).copied(), bin, count))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = self.counts.take(emit_to);
        Ok(Arc::new(shown(&self.borders, &groups)?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(stored_groups(&self.counts.take(emit_to))?)])
    }

    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        // Every row is a group of its own, with one bin or none.
        let values = column(values, 0)?;
        let mut bins = Vec::with_capacity(values.len());
        let mut lengths = vec![0_usize; values.len()];
        each_bin(&self.borders, values, opt_filter, |row, bin| {
            bins.push(bin);
            *lengths.get_mut(row).ok_or_else(damaged)? = 1;
            Ok(())
        })?;
        let counts = vec![1; bins.len()];
        let ends = lengths.into_iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        Ok(vec![Arc::new(stored(bins, counts, ends)?)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.counts.size()
    }
}

/// A single histogram.
#[derive(Debug)]
pub(super) struct SingleHistogram {
    borders: Borders,
    counts: BinCounts,
}

impl SingleHistogram {
    pub(super) fn new(borders: Borders) -> Self {
        let mut counts = BinCounts::default();
        counts.resize(1);
        Self { borders, counts }
    }
}

impl Accumulator for SingleHistogram {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Self { borders, counts } = self;
        each_bin(borders, column(values, 0)?, None, |_, bin| counts.add(Some(0), bin, 1))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_stored(column(states, 0)?, |_, bin, count| self.counts.add(Some(0), bin, count))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let groups = self.counts.clone().take(EmitTo::All);
        Ok(ScalarValue::List(Arc::new(shown(&self.borders, &groups)?)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let groups = self.counts.take(EmitTo::All);
        self.counts.resize(1);
        Ok(vec![ScalarValue::List(Arc::new(stored_groups(&groups)?))])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.counts.size()
    }
}
