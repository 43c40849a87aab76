//! A world: a few tables and the links between them, on which queries are asked of the engine and of the oracle.

use chrono_tz::Tz;

use crate::cell::{Cell, Type};
use crate::rng::Rng;

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its id in queries.
    pub id: String,
    /// What it holds.
    pub ty: Type,
    /// The zone in which the source's values, which have none, are meant.
    pub source_zone: Option<Tz>,
    /// Whether sums of squares of its values stay far from the limits of a float.
    pub moderate: bool,
    /// Whether its numbers are few enough for narrow bins, or its times close enough for a row per bucket.
    pub narrow: bool,
    /// Some values that occur, from which literals are made.
    pub pool: Vec<Cell>,
}

impl Column {
    /// A column without a pool.
    #[must_use]
    pub fn new(id: &str, ty: Type) -> Self {
        Self { id: id.to_owned(), ty, source_zone: None, moderate: true, narrow: false, pool: Vec::new() }
    }
}

/// A table; its rows are in source order.
#[derive(Debug, Clone)]
pub struct Table {
    /// The dataset's name.
    pub name: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows. A large table may have them only in the oracle's database.
    pub rows: Vec<Vec<Cell>>,
    /// Columns by which its snapshot is sorted.
    pub cluster_by: Vec<String>,
}

impl Table {
    /// The place of a column.
    ///
    /// # Panics
    /// If there is none of that id.
    #[must_use]
    pub fn position(&self, id: &str) -> usize {
        self.columns.iter().position(|column| column.id == id).unwrap_or_else(|| panic!("no column {id}"))
    }

    /// Takes up to `size` values of each column into its pool.
    pub fn fill_pools(&mut self, rng: &mut Rng, size: usize) {
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.pool.clear();
            for _ in 0..if self.rows.is_empty() { 0 } else { size * 3 } {
                let cell = &rng.pick(&self.rows)[index];
                if column.pool.len() < size && !cell.is_null() && !column.pool.contains(cell) {
                    column.pool.push(cell.clone());
                }
            }
        }
    }
}

/// A lookup from one table into another.
#[derive(Debug, Clone)]
pub struct LinkDef {
    /// Its name.
    pub name: String,
    /// The table it starts from.
    pub from: usize,
    /// The table it looks up in.
    pub to: usize,
    /// Pairs of columns that must be equal.
    pub on: Vec<(String, String)>,
}

/// A way from the base to a table: no link, one, or a chain.
#[derive(Debug, Clone)]
pub struct Path {
    /// The links, from the base on.
    pub links: Vec<usize>,
    /// The table at the end.
    pub table: usize,
    /// What stands as `dataset_id` in a query.
    pub reference: String,
}

/// Tables, links and the ways through them. The first table is the base of every query.
#[derive(Debug, Clone)]
pub struct World {
    /// For messages.
    pub name: String,
    /// The tables.
    pub tables: Vec<Table>,
    /// The links.
    pub links: Vec<LinkDef>,
    /// The ways from the base; the first one is the base itself.
    pub paths: Vec<Path>,
}

impl World {
    /// A world, with every way of up to two links.
    #[must_use]
    pub fn new(name: &str, tables: Vec<Table>, links: Vec<LinkDef>) -> Self {
        let mut paths = vec![Path { links: Vec::new(), table: 0, reference: tables[0].name.clone() }];
        let mut from = 0;
        while from < paths.len() {
            let start = paths[from].clone();
            from += 1;
            if start.links.len() == 2 {
                continue;
            }
            for (index, link) in links.iter().enumerate().filter(|(_, link)| link.from == start.table) {
                let mut chain = start.links.clone();
                chain.push(index);
                let names: Vec<&str> = chain.iter().map(|link| links[*link].name.as_str()).collect();
                paths.push(Path { reference: names.join("."), links: chain, table: link.to });
            }
        }
        Self { name: name.to_owned(), tables, links, paths }
    }

    /// The column at the end of a way.
    #[must_use]
    pub fn column(&self, path: usize, column: usize) -> &Column {
        &self.tables[self.paths[path].table].columns[column]
    }

    /// The table of that name.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table {name}"))
    }
}
