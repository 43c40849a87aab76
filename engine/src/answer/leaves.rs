//! The finest groups of an answer: those that rows fall into, in the present period or in the base of a comparison, and
//! those that only stand in the answer because they were asked for.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::compute::filter;

use super::coarser::{Blurred, Grouping};
use super::compare::Moved;
use super::cumulative::Cumulated;
use super::grains::{Grains, Readings};
use super::keys::KeyTable;
use super::states::States;
use super::table::broken;
use crate::error::Result;
use crate::plan::Evaluator;
use crate::resolve::LostLabels;

/// The finest groups, by number, and where their states are.
#[derive(Debug)]
pub(super) struct Leaves {
    table: KeyTable,
    present: States,
    /// The leaf of each present state.
    present_of: Vec<Option<usize>>,
    base: Option<(States, Vec<Option<usize>>)>,
    /// The labels of the base without a counterpart in the present.
    lost: LostLabels,
    cumulated: Cumulated,
    grains: Grains,
}

impl Leaves {
    /// The groups of the present rows.
    pub(super) fn new(present: States, cumulated: Cumulated) -> Result<Self> {
        let mut table = KeyTable::new(present.keys.iter().map(|keys| keys.data_type().clone()))?;
        let present_of = table.add(&present.keys, present.rows)?.into_iter().map(Some).collect();
        let lost = cumulated.lost();
        Ok(Self { table, present, present_of, base: None, lost, cumulated, grains: Grains::default() })
    }

    /// Gives the groups the aggregates over other groups than theirs.
    pub(super) fn set_grains(&mut self, grains: Grains) {
        self.grains = grains;
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// The keys of all groups.
    pub(super) fn keys(&self) -> Result<Vec<ArrayRef>> {
        self.table.columns()
    }

    /// The numbers of groups by their keys; none where there is no such group.
    pub(super) fn find(&self, keys: &[ArrayRef], rows: usize) -> Result<Vec<Option<usize>>> {
        self.table.find(keys, rows)
    }

    /// Adds groups without rows.
    pub(super) fn add(&mut self, keys: &[ArrayRef], rows: usize) -> Result<()> {
        self.table.add(keys, rows).map(|_| ())
    }

    /// Adds the base of a comparison, with the keys of its states as they are called in the present. A state without a
    /// counterpart there is in no group.
    pub(super) fn compare(&mut self, base: States, moved: Moved) -> Result<()> {
        let Moved { keys, counts, lost } = moved;
        let kept = BooleanArray::from(counts.clone());
        let keys = keys.iter().map(|keys| filter(keys, &kept)).collect::<Result<Vec<_>, _>>().map_err(broken)?;
        let mut leaves = self.table.add(&keys, kept.true_count())?.into_iter();
        let leaf_of = counts.iter().map(|counts| if *counts { leaves.next() } else { None }).collect();
        self.base = Some((base, leaf_of));
        for (dimension, labels) in lost {
            self.lost.entry(dimension).or_default().extend(labels);
        }
        Ok(())
    }

    /// The labels of the base that have no counterpart in the present.
    pub(super) fn lost(&self) -> &LostLabels {
        &self.lost
    }

    /// The aggregates of `count` groups of leaves, in the present and in the base. `group_of` gives the group of a
    /// leaf, `kept` the dimensions that have one member in each group, but for those that are `blurred`.
    pub(super) fn merge(
        &self,
        group_of: &[Option<usize>],
        count: usize,
        kept: &[usize],
        blurred: Option<Blurred<'_>>,
        evaluator: &Evaluator<'_>,
    ) -> Result<(Vec<ArrayRef>, Option<Vec<ArrayRef>>)> {
        let by_states = self.grains.is_empty() && self.cumulated.is_empty();
        let keys = if by_states { Vec::new() } else { self.keys()? };
        let grouping = Grouping { keys: &keys, group_of, count, kept, blurred };
        let period = |readings: &Readings, states: &States, leaf_of: &[Option<usize>]| {
            if !self.grains.is_empty() {
                return self.grains.values(readings, states, leaf_of, &grouping, evaluator);
            }
            let group = |leaf: &Option<usize>| leaf.and_then(|leaf| group_of.get(leaf).copied().flatten());
            states.merge(&leaf_of.iter().map(group).collect::<Vec<_>>(), count)
        };
        let mut present = period(&self.grains.present, &self.present, &self.present_of)?;
        let mut base = match &self.base {
            Some((states, leaf_of)) => Some(period(&self.grains.base, states, leaf_of)?),
            None => None,
        };
        if !self.cumulated.is_empty() {
            self.cumulated.fill(&keys, group_of, count, kept, &mut present, base.as_mut())?;
        }
        Ok((present, base))
    }

    pub(super) fn rows_scanned(&self) -> Option<u64> {
        let base = self.base.as_ref().map_or(Some(0), |(states, _)| states.rows_scanned);
        let grains = self.grains.rows_scanned.iter().copied().sum::<Option<u64>>();
        Some(self.present.rows_scanned? + base? + grains?)
    }
}
