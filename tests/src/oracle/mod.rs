//! The oracle: the same question asked of SQLite, with functions of its own where SQLite has none.

mod condition;
pub mod exact;
pub mod functions;
mod sql;
#[cfg(test)]
mod tests;
pub mod text;
pub mod wall;

use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

pub use sql::{Sql, render};

use crate::cell::{Cell, Type};
use crate::world::World;
use sql::quoted;

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

    /// Asks a question.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn ask(&self, sql: &Sql) -> Result<Vec<Vec<Value>>> {
        let mut statement = self.db.prepare(&sql.text)?;
        // A rule for NULL may leave out a test whose values were counted already, the last of them among them.
        let used = statement.parameter_count();
        let mut rows = statement.query(params_from_iter(sql.parameters.iter().take(used)))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((0..sql.shown.len()).map(|index| row.get(index)).collect::<Result<_>>()?);
        }
        Ok(found)
    }
}
