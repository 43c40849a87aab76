//! The size of a checked formula, which may be much more than that of its text: `((a IN (1, 2)) IN (..)) IN (..)`
//! doubles with every level.

use crate::limits::MAX_TYPED_NODES;
use crate::{Error, Span};

/// How many nodes were made.
#[derive(Debug, Default)]
pub(super) struct Budget(usize);

impl Budget {
    /// Counts nodes before they are made; they are blamed on a place.
    pub(super) fn take(&mut self, nodes: usize, span: Span) -> Result<(), Error> {
        self.0 = self.0.saturating_add(nodes);
        if self.0 > MAX_TYPED_NODES {
            return Err(Error::new(span, format!("the formula expands to more than {MAX_TYPED_NODES} parts")));
        }
        Ok(())
    }
}
