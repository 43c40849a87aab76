//! The finest groups of an answer: those that rows fall into, in the present period or in the base of a comparison, and
//! those that only stand in the answer because they were asked for.

use arrow::array::ArrayRef;

use super::cumulative::Cumulated;
use super::keys::KeyTable;
use super::states::States;
use crate::error::Result;

/// The finest groups, by number, and where their states are.
#[derive(Debug)]
pub(super) struct Leaves {
    table: KeyTable,
    present: States,
    /// The leaf of each present state.
    present_of: Vec<usize>,
    base: Option<(States, Vec<Option<usize>>)>,
    cumulated: Cumulated,
}

impl Leaves {
    /// The groups of the present rows.
    pub(super) fn new(present: States, cumulated: Cumulated) -> Result<Self> {
        let mut table = KeyTable::new(present.keys.iter().map(|keys| keys.data_type().clone()))?;
        let present_of = table.add(&present.keys, present.rows)?;
        Ok(Self { table, present, present_of, base: None, cumulated })
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// The keys of all groups.
    pub(super) fn keys(&self) -> Result<Vec<ArrayRef>> {
        self.table.columns()
    }

    /// Adds groups without rows.
    pub(super) fn add(&mut self, keys: &[ArrayRef], rows: usize) -> Result<()> {
        self.table.add(keys, rows).map(|_| ())
    }

    /// Adds the base of a comparison. `keys` are those of its states as they are called in the present; a state that
    /// `counts` leaves out has no counterpart there.
    pub(super) fn compare(&mut self, base: States, keys: &[ArrayRef], counts: &[bool]) -> Result<()> {
        let kept = arrow::array::BooleanArray::from(counts.to_vec());
        let kept_keys = keys.iter().map(|keys| arrow::compute::filter(keys, &kept)).collect::<Result<Vec<_>, _>>();
        let kept_keys = kept_keys
            .map_err(|error| crate::error::Error::internal("the base cannot be compared").with_source(error))?;
        let mut leaves = self.table.add(&kept_keys, kept.true_count())?.into_iter();
        let leaf_of = counts.iter().map(|counts| if *counts { leaves.next() } else { None }).collect();
        self.base = Some((base, leaf_of));
        Ok(())
    }

    /// The aggregates of `count` groups of leaves, in the present and in the base. `group_of` gives the group of a
    /// leaf, `kept` the dimensions that have one member in each group.
    pub(super) fn merge(
        &self,
        group_of: &[Option<usize>],
        count: usize,
        kept: &[usize],
    ) -> Result<(Vec<ArrayRef>, Option<Vec<ArrayRef>>)> {
        let group = |leaf: usize| group_of.get(leaf).copied().flatten();
        let present: Vec<Option<usize>> = self.present_of.iter().map(|leaf| group(*leaf)).collect();
        let mut present = self.present.merge(&present, count)?;
        let mut base = match &self.base {
            Some((states, leaf_of)) => {
                let groups: Vec<Option<usize>> = leaf_of.iter().map(|leaf| leaf.and_then(group)).collect();
                Some(states.merge(&groups, count)?)
            }
            None => None,
        };
        if !self.cumulated.is_empty() {
            let keys = self.keys()?;
            self.cumulated.fill(&keys, group_of, count, kept, &mut present, base.as_mut())?;
        }
        Ok((present, base))
    }

    pub(super) fn rows_scanned(&self) -> Option<u64> {
        let base = self.base.as_ref().map_or(Some(0), |(states, _)| states.rows_scanned);
        Some(self.present.rows_scanned? + base?)
    }
}
