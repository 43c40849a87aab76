//! Which column a query takes.

use crate::rng::Rng;
use crate::spec::At;
use crate::world::{Column, World};

/// A random column that fits, of the base as often as of all the linked tables together.
///
/// # Panics
/// If no column of the world fits.
pub(super) fn pick(rng: &mut Rng, world: &World, fits: impl Fn(&Column) -> bool) -> At {
    for _ in 0..100 {
        let path = if rng.chance(55) { 0 } else { rng.below(world.paths.len()) };
        let columns = &world.tables[world.paths[path].table].columns;
        let column = rng.below(columns.len());
        if fits(&columns[column]) {
            return At { path, column };
        }
    }
    let all = world
        .paths
        .iter()
        .enumerate()
        .flat_map(|(path, way)| (0..world.tables[way.table].columns.len()).map(move |column| At { path, column }));
    let mut fitting = all.filter(|at| fits(world.column(at.path, at.column)));
    fitting.next().expect("a column of the world that fits")
}
