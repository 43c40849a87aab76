//! What a query is made over.

use crate::cell::Type;
use crate::ground::Ground;
use crate::rng::Rng;
use crate::spec::{At, Options};
use crate::world::Column;

/// The columns that a query can name, and its options.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) options: &'a Options,
}

impl<'a> Scene<'a> {
    pub(super) fn column(&self, at: At) -> &'a Column {
        self.ground.column(at)
    }

    pub(super) fn ty(&self, at: At) -> Type {
        self.column(at).ty
    }

    /// A random column that fits, of the base as often as of all the linked tables together; none if none fits.
    pub(super) fn find(&self, rng: &mut Rng, fits: impl Fn(&Column) -> bool) -> Option<At> {
        let world = self.ground.world;
        for _ in 0..60 {
            let path = if rng.chance(55) { 0 } else { rng.below(world.paths.len()) };
            let own = world.tables[world.paths[path].table].columns.len();
            let more = if path == 0 { self.ground.derived.len() * 3 } else { 0 };
            let column = rng.below(own + more);
            // Derived columns are few and come up more often than others.
            let column = if column < own { column } else { own + (column - own) / 3 };
            let at = At { path, column };
            if fits(self.column(at)) {
                return Some(at);
            }
        }
        self.ground.all().find(|at| fits(self.column(*at)))
    }

    /// The same, for what every world has.
    ///
    /// # Panics
    /// If no column fits.
    pub(super) fn pick(&self, rng: &mut Rng, fits: impl Fn(&Column) -> bool) -> At {
        self.find(rng, fits).expect("a column that fits")
    }

    /// A date, mostly one of those close to each other.
    pub(super) fn date(&self, rng: &mut Rng) -> At {
        let narrow = rng.chance(80);
        let found = self.find(rng, |column| column.ty.is_time() && column.narrow == narrow);
        found.unwrap_or_else(|| self.pick(rng, |column| column.ty.is_time()))
    }
}
