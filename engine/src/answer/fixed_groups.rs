//! Groups by some dimensions over the rows of the context, whatever the filters of the query say.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::nullif;

use super::coarser::{Coarser, Grouping};
use super::compare::Moved;
use super::states::States;
use super::table::broken;
use crate::error::Result;

/// The states of these groups, in one period.
#[derive(Debug)]
pub(super) struct FixedGroups {
    by: Vec<usize>,
    states: Arc<States>,
    /// Their keys as they are called in the present.
    keys: Vec<ArrayRef>,
    /// The states without a counterpart in the present count nowhere.
    counts: Option<Vec<bool>>,
}

impl FixedGroups {
    pub(super) fn new(by: &[usize], states: Arc<States>) -> Self {
        Self { by: by.to_vec(), keys: states.keys.clone(), counts: None, states }
    }

    /// Those of the base of a comparison.
    pub(super) fn of_base(by: &[usize], states: Arc<States>, moved: Moved) -> Self {
        Self { by: by.to_vec(), keys: moved.keys, counts: Some(moved.counts), states }
    }

    /// Some aggregates for each group; none, or NULL, where a group has several members in a dimension that it takes one
    /// of.
    pub(super) fn values(&self, which: &[usize], grouping: &Grouping<'_>) -> Result<Option<Vec<ArrayRef>>> {
        if !self.by.iter().all(|dimension| grouping.kept.contains(dimension)) {
            return Ok(None);
        }
        let coarser = Coarser::new(&self.by, grouping)?;
        let mut of_state = coarser.table.find(&self.keys, self.states.rows)?;
        if let Some(counts) = &self.counts {
            for (place, counts) in of_state.iter_mut().zip(counts) {
                *place = place.filter(|_| *counts);
            }
        }
        let values = coarser.values(&self.states, which, &of_state)?;
        match grouping.blurred.filter(|blurred| self.by.contains(&blurred.dimension)) {
            None => Ok(Some(values)),
            Some(blurred) => {
                let only = values.iter().map(|values| nullif(values, blurred.groups).map_err(broken));
                only.collect::<Result<Vec<_>>>().map(Some)
            }
        }
    }
}
