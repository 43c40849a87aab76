//! Rows that are only ever added: each at most once by its key, or as often as the source has it.

use std::collections::BTreeSet;

use super::{Cache, Counts, Fault, Model, Refusal};
use crate::sync::config::Key;
use crate::sync::row::Row;

impl Model<'_> {
    pub(super) fn insert(&self, cache: &mut Cache, rows: &[Row], counts: &mut Counts) -> Result<(), Refusal> {
        if self.is_keyless() {
            self.insert_by_value(cache, rows, counts);
            return Ok(());
        }
        let mut known: BTreeSet<Key> = cache.rows.iter().filter_map(|row| self.config.key_of(row)).collect();
        for (key, row) in self.keyed(rows, counts)? {
            if known.insert(key) {
                self.add(cache, row, counts);
            } else {
                counts.dropped += 1;
            }
        }
        Ok(())
    }

    /// Every row that is held takes one away that was fetched and is equal to it.
    fn insert_by_value(&self, cache: &mut Cache, rows: &[Row], counts: &mut Counts) {
        let mut held: Vec<Row> = self.overlapping(cache).cloned().collect();
        for row in rows {
            match held.iter().position(|other| other == row) {
                Some(place) => {
                    if !self.has(Fault::DoublesAreLost) {
                        held.swap_remove(place);
                    }
                    counts.dropped += 1;
                }
                None => self.add(cache, row.clone(), counts),
            }
        }
    }

    /// The rows held that may be fetched again.
    fn overlapping<'a>(&self, cache: &'a Cache) -> impl Iterator<Item = &'a Row> {
        let (from, config) = (self.window(cache), self.config);
        cache.rows.iter().filter(move |row| from.is_none_or(|from| config.time_of(row).is_some_and(|at| at >= from)))
    }

    fn add(&self, cache: &mut Cache, row: Row, counts: &mut Counts) {
        counts.inserted += 1;
        counts.late += u64::from(self.is_late(cache, &row));
        cache.rows.push(row);
    }
}
