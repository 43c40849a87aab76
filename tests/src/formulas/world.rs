//! An engine with a few tables, over which many formulas are asked.

use drillcore_formulas::Setting;

use super::table::Table;
use super::times;
use crate::engine_side::Db;
use crate::rng::Rng;

/// Rows of each table, and how many of a hundred rounds are over it.
const TABLES: [(usize, usize); 5] = [(0, 4), (1, 16), (7, 25), (7, 25), (64, 30)];

/// An engine with a few tables.
#[derive(Debug)]
pub struct World {
    /// The engine.
    pub db: Db,
    /// What it holds.
    pub tables: Vec<Table>,
}

impl World {
    /// A random world. Some of its tables are read from where they came from, others from a snapshot.
    ///
    /// # Panics
    /// If the engine refuses a table.
    #[must_use]
    pub fn new(rng: &mut Rng) -> Self {
        let db = Db::in_memory().expect("an engine");
        let mut tables = Vec::new();
        for (place, (rows, _)) in TABLES.iter().enumerate() {
            let table = Table::random(&format!("table {place}"), *rows, rng);
            db.create(table.dataset()).expect("a dataset");
            if rng.chance(40) {
                db.accelerate(&table.name, &[]).expect("a snapshot");
            }
            tables.push(table);
        }
        Self { db, tables }
    }

    /// One of the tables.
    pub fn table(&self, rng: &mut Rng) -> &Table {
        let roll = rng.below(TABLES.iter().map(|(_, share)| share).sum());
        let mut passed = 0;
        let found = self.tables.iter().zip(TABLES).find(|(_, (_, share))| {
            passed += share;
            roll < passed
        });
        found.map_or(&self.tables[0], |(table, _)| table)
    }

    /// A zone, a calendar and a clock.
    pub fn setting(rng: &mut Rng) -> Setting {
        Setting {
            zone: times::zone(rng),
            week_start: rng.below(7) as u8,
            fiscal_year_start: if rng.chance(40) { 1 } else { rng.between(1, 12) as u8 },
            now: times::instant(rng),
        }
    }
}
