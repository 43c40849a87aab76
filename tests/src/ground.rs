//! The columns that a query can name: those of its world and those it derives itself.

use crate::spec::{At, Derived, Spec};
use crate::world::{Column, World};

/// A world and the derived columns of a query.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The world.
    pub world: &'a World,
    /// The derived columns; in queries they follow the columns of the base.
    pub derived: &'a [Derived],
}

impl<'a> Ground<'a> {
    /// The ground of a query.
    #[must_use]
    pub fn new(world: &'a World, spec: &'a Spec) -> Self {
        Self { world, derived: &spec.derived }
    }

    /// The ground without derived columns.
    #[must_use]
    pub fn bare(world: &'a World) -> Self {
        Self { world, derived: &[] }
    }

    /// A column.
    #[must_use]
    pub fn column(&self, at: At) -> &'a Column {
        match self.derived(at) {
            Some(derived) => &derived.column,
            None => self.world.column(at.path, at.column),
        }
    }

    /// The derived column at a place, if it is one.
    #[must_use]
    pub fn derived(&self, at: At) -> Option<&'a Derived> {
        let own = self.world.tables[0].columns.len();
        (at.path == 0).then(|| at.column.checked_sub(own).and_then(|index| self.derived.get(index))).flatten()
    }

    /// Every column, those of the base first.
    pub fn all(&self) -> impl Iterator<Item = At> + use<'a> {
        let (world, derived) = (self.world, self.derived.len());
        world.paths.iter().enumerate().flat_map(move |(path, way)| {
            let more = if path == 0 { derived } else { 0 };
            (0..world.tables[way.table].columns.len() + more).map(move |column| At { path, column })
        })
    }
}
