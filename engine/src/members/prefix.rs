//! The first key columns of members that are paths: a level needs no more of them than it is deep, so columns below it are
//! not even read.

use std::sync::OnceLock;

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::take;
use drillcore_hierarchies::{Closure, HideIf, Hierarchy, Kind};

use super::index::Index;
use crate::error::{Error, Result};

/// The members at each level but the last one, by the columns that name them. Each level is put together when it is asked
/// for.
#[derive(Debug)]
pub(super) struct Prefixes {
    /// The different keys.
    keys: Vec<ArrayRef>,
    /// By the number of columns, from one.
    levels: Vec<OnceLock<Index>>,
}

impl Prefixes {
    /// Nothing for members that are not found by the columns above them alone: only of whole paths nothing is left out.
    pub(super) fn of(definition: &Hierarchy, keys: &[ArrayRef]) -> Option<Self> {
        let are_paths = match &definition.kind {
            Kind::Levels { hide_if, .. } => *hide_if == HideIf::Never,
            Kind::Datetime { .. } => true,
            Kind::Tree { .. } | Kind::ParentChild { .. } => false,
        };
        let levels = keys.len().checked_sub(1).filter(|levels| are_paths && *levels > 0)?;
        Some(Self { keys: keys.to_vec(), levels: (0..levels).map(|_| OnceLock::new()).collect() })
    }

    /// The members at the level of so many columns.
    pub(super) fn level(&self, columns: usize, closure: &Closure) -> Result<&Index> {
        let place = columns.checked_sub(1).and_then(|place| self.levels.get(place));
        let place = place.ok_or_else(|| Error::internal("a hierarchy has no level of so many columns"))?;
        if let Some(known) = place.get() {
            return Ok(known);
        }
        let made = self.make(columns, closure)?;
        Ok(place.get_or_init(|| made))
    }

    /// The columns of one row of each member are taken; that the others have the same there is what makes it a member.
    fn make(&self, columns: usize, closure: &Closure) -> Result<Index> {
        let at_level = closure.at_level(columns);
        let mut is_known = vec![false; closure.len()];
        let (mut rows, mut members) = (Vec::new(), Vec::new());
        for (row, node) in (0_u32..).zip(closure.row_nodes()) {
            let Some(member) = at_level.get(*node as usize) else { continue };
            if let Some(is_known) = is_known.get_mut(*member as usize)
                && !*is_known
            {
                *is_known = true;
                rows.push(row);
                members.push(*member);
            }
        }
        let rows = UInt32Array::from(rows);
        let broken = |error| Error::internal("the members of a level cannot be told").with_source(error);
        let keys = self.keys.iter().take(columns).map(|key| take(key, &rows, None).map_err(broken));
        Index::new(&keys.collect::<Result<Vec<_>>>()?, &members)
    }

    pub(super) fn bytes(&self) -> usize {
        let keys: usize = self.keys.iter().map(|key| key.get_array_memory_size()).sum();
        keys + self.levels.iter().filter_map(OnceLock::get).map(Index::bytes).sum::<usize>()
    }
}
