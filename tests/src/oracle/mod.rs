//! The oracle: the same question asked of SQLite, with functions of its own where SQLite has none. Filters, links and
//! formulas are SQL, and so are the aggregates; which rows belong to which row of the answer is told by a plain model in
//! Rust.

pub mod calendar;
mod condition;
pub mod exact;
mod facts;
mod formula;
pub mod functions;
mod model;
mod parts;
mod rows;
#[cfg(test)]
mod tests;
pub mod text;
pub mod value;
pub mod wall;

use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

pub use model::{Answer, Level};
pub use rows::Sql;

use crate::cell::{Cell, Type};
use crate::shown;
use crate::spec::{Bins, Filter, Operator, Spec};
use crate::world::World;
use model::Model;
use rows::{Probes, Writer, quoted};

/// More rows than this are refused by an engine with its default settings, and so are more members that are crossed.
pub const MAX_ROWS: usize = 100_000;

/// A world in a database in memory.
#[derive(Debug)]
pub struct Oracle {
    db: Connection,
}

impl Oracle {
    /// Loads a world.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn new(world: &World) -> Result<Self> {
        let db = Connection::open_in_memory()?;
        functions::register(&db)?;
        let oracle = Self { db };
        for table in &world.tables {
            let columns: Vec<String> = (table.columns.iter())
                .map(|column| {
                    let affinity = match column.ty {
                        Type::Text => "TEXT",
                        Type::Float => "REAL",
                        _ => "INTEGER",
                    };
                    format!("{} {affinity}", quoted(&column.id))
                })
                .collect();
            oracle.db.execute_batch(&format!("CREATE TABLE {} ({})", quoted(&table.name), columns.join(", ")))?;
            oracle.insert(&table.name, &table.rows)?;
        }
        for (number, link) in world.links.iter().enumerate() {
            let columns: Vec<String> = link.on.iter().map(|(_, right)| quoted(right)).collect();
            let target = quoted(&world.tables[link.to].name);
            oracle.db.execute_batch(&format!("CREATE INDEX link{number} ON {target} ({})", columns.join(", ")))?;
        }
        oracle.db.execute_batch("PRAGMA temp_store = MEMORY; CREATE TEMP TABLE s (g INTEGER, id INTEGER)")?;
        Ok(oracle)
    }

    /// Appends rows to a table.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn insert(&self, table: &str, rows: &[Vec<Cell>]) -> Result<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        let places = vec!["?"; first.len()].join(", ");
        self.db.execute_batch("BEGIN")?;
        {
            let mut statement = self.db.prepare(&format!("INSERT INTO {} VALUES ({places})", quoted(table)))?;
            for row in rows {
                statement.execute(params_from_iter(row.iter().map(Cell::to_sqlite)))?;
            }
        }
        self.db.execute_batch("COMMIT")
    }

    /// The answer to a query.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn answer(&self, world: &World, spec: &Spec) -> Result<Answer> {
        let probes = self.probes(world, spec)?;
        if spec.rows_mode {
            let (mut shown, cells) = shown::columns(world, &as_rows(spec));
            shown.extend(cells);
            let rows = ask(&self.db, &Writer::new(world, spec, &probes).rows(), shown.len())?;
            let total_rows = if spec.total_rows && spec.limit.is_some() {
                let whole = Spec { limit: None, ..spec.clone() };
                ask(&self.db, &Writer::new(world, &whole, &probes).rows(), shown.len())?.len()
            } else {
                rows.len()
            };
            return Ok(Answer { rows, shown, totals: Vec::new(), total_rows, groups: 0 });
        }
        Model::new(&self.db, world, spec, &probes).answer()
    }

    /// The newest dates that `last_available` looks at, then the ends of bins, which are those of all rows.
    fn probes(&self, world: &World, spec: &Spec) -> Result<Probes> {
        let mut probes = Probes::default();
        let is_available =
            |filter: &Filter| matches!(filter, Filter::Leaf(leaf) if leaf.operator == Operator::LastAvailable);
        let mut newest = Vec::new();
        for filter in &spec.filter {
            let Filter::Leaf(leaf) = filter else { continue };
            if leaf.operator != Operator::LastAvailable {
                continue;
            }
            let mut writer = Writer::new(world, spec, &probes);
            let column = writer.column(leaf.at);
            let kept = writer.all(spec.filter.iter().filter(|filter| !is_available(filter)));
            let text = format!("SELECT MAX({column}) FROM {} WHERE {kept}", writer.tables());
            let found = ask(&self.db, &writer.finish(text), 1)?;
            newest.push((leaf.at, if let Value::Integer(newest) = found[0][0] { Some(newest) } else { None }));
        }
        probes.newest = newest;
        let mut extents = Vec::new();
        for (index, dimension) in spec.dimensions.iter().enumerate() {
            if !matches!(dimension.bins, Some(Bins::Count(_))) {
                continue;
            }
            let mut writer = Writer::new(world, spec, &probes);
            let column = writer.column(dimension.at);
            let kept = writer.all(&spec.filter);
            let text = format!("SELECT MIN({column}), MAX({column}) FROM {} WHERE {kept}", writer.tables());
            let found = ask(&self.db, &writer.finish(text), 2)?;
            let extent = match found[0].as_slice() {
                [Value::Integer(least), Value::Integer(greatest)] => Some((*least, *greatest)),
                _ => None,
            };
            extents.push((index, extent));
        }
        probes.extents = extents;
        Ok(probes)
    }
}

/// The query with its measures as further columns, without the aggregations that rows ignore.
fn as_rows(spec: &Spec) -> Spec {
    let columns = spec.measures.iter().filter_map(|measure| measure.at);
    let more = columns.map(|at| crate::spec::Dimension::new(at, None));
    Spec {
        derived: spec.derived.clone(),
        dimensions: spec.dimensions.iter().cloned().chain(more).collect(),
        ..Spec::default()
    }
}

/// The rows of a statement.
fn ask(db: &Connection, sql: &Sql, columns: usize) -> Result<Vec<Vec<Value>>> {
    let mut statement = db.prepare(&sql.text)?;
    // A rule for NULL may leave out a test whose values were counted already, the last of them among them.
    let used = statement.parameter_count();
    let mut rows = statement.query(params_from_iter(sql.parameters.iter().take(used)))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((0..columns).map(|index| row.get(index)).collect::<Result<_>>()?);
    }
    Ok(found)
}

/// Runs a statement that gives nothing.
fn run(db: &Connection, sql: &Sql) -> Result<()> {
    let mut statement = db.prepare(&sql.text)?;
    let used = statement.parameter_count();
    statement.execute(params_from_iter(sql.parameters.iter().take(used))).map(drop)
}
