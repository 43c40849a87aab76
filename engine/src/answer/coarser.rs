//! Groups of the finest groups, and the coarser ones that they belong to.

use arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use arrow::compute::take;

use super::keys::KeyTable;
use super::states::States;
use super::table::broken;
use crate::error::Result;

/// How the finest groups are put together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grouping<'a> {
    /// The keys of the finest groups.
    pub(super) keys: &'a [ArrayRef],
    /// The group of each; none where it left the answer.
    pub(super) group_of: &'a [Option<usize>],
    pub(super) count: usize,
    /// The dimensions that have one member in each group.
    pub(super) kept: &'a [usize],
    pub(super) blurred: Option<Blurred<'a>>,
}

/// Groups that have several members in a dimension that the others have one in: the remainder of a top.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blurred<'a> {
    pub(super) dimension: usize,
    pub(super) groups: &'a BooleanArray,
}

/// Coarser groups, by some of the dimensions that have one member in each group. What left the answer is in them too.
#[derive(Debug)]
pub(super) struct Coarser {
    pub(super) table: KeyTable,
    /// The coarser group of each of the finest groups.
    pub(super) of_leaf: Vec<usize>,
    /// The coarser group of each group.
    of_group: Vec<Option<usize>>,
}

impl Coarser {
    pub(super) fn new(by: &[usize], grouping: &Grouping<'_>) -> Result<Self> {
        let columns: Vec<ArrayRef> = by.iter().filter_map(|index| grouping.keys.get(*index)).cloned().collect();
        let mut table = KeyTable::new(columns.iter().map(|keys| keys.data_type().clone()))?;
        let of_leaf = table.add(&columns, grouping.group_of.len())?;
        // Without keys every group belongs to the one of all rows, also a group of none.
        let mut of_group = vec![by.is_empty().then_some(0); grouping.count];
        for (coarser, group) in of_leaf.iter().zip(grouping.group_of) {
            if let Some(place) = group.and_then(|group| of_group.get_mut(group)) {
                *place = Some(*coarser);
            }
        }
        Ok(Self { table, of_leaf, of_group })
    }

    /// For each group some aggregates of its coarser group. `of_state` gives the coarser group of each state.
    pub(super) fn values(&self, states: &States, which: &[usize], of_state: &[Option<usize>]) -> Result<Vec<ArrayRef>> {
        // The last one has no rows.
        let none = self.table.len();
        let values = states.merge_only(which, of_state, none + 1)?;
        let picks: UInt64Array =
            self.of_group.iter().map(|coarser| u64::try_from(coarser.unwrap_or(none)).ok()).collect();
        values.iter().map(|values| take(values, &picks, None).map_err(broken)).collect()
    }
}
