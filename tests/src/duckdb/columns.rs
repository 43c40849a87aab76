//! The columns that statements read.

use super::formulas::{Typed, express};
use super::literals::quoted;
use crate::ground::Ground;
use crate::shown::{self, Shown};
use crate::spec::{At, Expr, Spec};
use crate::world::World;

/// Writes the parts of one query.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) spec: &'a Spec,
    /// What the dimensions hold.
    pub(super) dimensions: Vec<Shown>,
    /// What the cells behind them hold.
    pub(super) cells: Vec<Shown>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(world: &'a World, spec: &'a Spec) -> Self {
        let (dimensions, cells) = shown::columns(world, spec);
        Self { ground: Ground::new(world, spec), spec, dimensions, cells }
    }

    /// A column, or its formula.
    pub(super) fn column(&self, at: At) -> String {
        match self.ground.derived(at) {
            Some(derived) => self.formula(&derived.formula).sql,
            None => quoted(&column_name(self.ground.world, at)),
        }
    }

    /// A column with what it holds.
    pub(super) fn typed(&self, at: At) -> Typed {
        Typed::new(self.column(at), shown::column(self.ground, at))
    }

    /// A formula of row level.
    pub(super) fn formula(&self, formula: &Expr) -> Typed {
        express(formula, &mut |leaf| match leaf {
            Expr::Column(at) => self.typed(*at),
            other => panic!("{other:?} is no leaf of a row"),
        })
    }

    /// The names of all dimensions.
    pub(super) fn keys(&self) -> Vec<String> {
        (0..self.dimensions.len()).map(key).collect()
    }
}

/// The name of a dimension.
pub(super) fn key(index: usize) -> String {
    format!("k{index}")
}

/// The name of a column in the wide table.
fn column_name(world: &World, at: At) -> String {
    let id = &world.column(at.path, at.column).id;
    if at.path == 0 { id.clone() } else { format!("{}.{id}", world.paths[at.path].reference) }
}

/// The statement that makes the wide table: each row of the base, and behind each way of links the first row whose keys
/// are equal.
///
/// # Panics
/// If a way of the world does not go on from another one.
#[must_use]
pub fn wide_table(world: &World) -> String {
    let mut columns = vec!["p0._row".to_owned()];
    let mut tables = format!("{} p0", quoted(&world.tables[0].name));
    for (path, way) in world.paths.iter().enumerate() {
        for (index, column) in world.tables[way.table].columns.iter().enumerate() {
            let name = quoted(&column_name(world, At { path, column: index }));
            columns.push(format!("p{path}.{} AS {name}", quoted(&column.id)));
        }
        let Some((last, before)) = way.links.split_last() else { continue };
        let from = world.paths.iter().position(|other| other.links == before).expect("a path");
        let link = &world.links[*last];
        let keys: Vec<String> = link.on.iter().map(|(_, right)| quoted(right)).collect();
        let equal = link.on.iter().map(|(left, right)| format!("p{path}.{} = p{from}.{}", quoted(right), quoted(left)));
        tables += &format!(
            " LEFT JOIN (SELECT * FROM {} QUALIFY row_number() OVER (PARTITION BY {} ORDER BY _row) = 1) p{path} ON {}",
            quoted(&world.tables[way.table].name),
            keys.join(", "),
            equal.collect::<Vec<_>>().join(" AND ")
        );
    }
    format!("CREATE OR REPLACE TABLE rows AS SELECT {} FROM {tables}", columns.join(", "))
}
