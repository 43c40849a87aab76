//! Rows that replace one another by key and version.

use std::collections::BTreeMap;

use super::{Cache, Counts, Fault, Model, Refusal};
use crate::sync::config::Key;
use crate::sync::row::{Minute, Row};

impl Model<'_> {
    pub(super) fn merge(
        &self,
        cache: &mut Cache,
        rows: &[Row],
        now: Minute,
        counts: &mut Counts,
    ) -> Result<(), Refusal> {
        for (key, row) in self.winners(rows, now, counts)? {
            let held = cache.rows.iter().position(|held| self.config.key_of(held).as_ref() == Some(&key));
            match held {
                Some(place) => self.meet_row(cache, place, key, row, now, counts),
                None => self.meet_nothing(cache, key, row, now, counts),
            }
        }
        Ok(())
    }

    /// Rows with a key, in order. Those without are refused or left out.
    pub(super) fn keyed(&self, rows: &[Row], counts: &mut Counts) -> Result<Vec<(Key, Row)>, Refusal> {
        let mut keyed = Vec::new();
        for row in rows {
            match self.config.key_of(row) {
                Some(key) => keyed.push((key, row.clone())),
                None if self.config.drops_nulls => counts.null_keys += 1,
                None => return Err(Refusal::NullKey),
            }
        }
        Ok(keyed)
    }

    /// Per key the newest version, of equally new ones the last.
    fn winners(&self, rows: &[Row], now: Minute, counts: &mut Counts) -> Result<BTreeMap<Key, Row>, Refusal> {
        let mut winners: BTreeMap<Key, Row> = BTreeMap::new();
        for (key, row) in self.keyed(rows, counts)? {
            let at = self.config.time_of(&row);
            if let Some(other) = winners.get(&key) {
                let before = self.config.time_of(other);
                let loses = at < before || (at == before && self.has(Fault::FirstOfBatchWins));
                // Rows that are too old to be held are not counted.
                counts.dropped += u64::from(!self.is_expired(if loses { &row } else { other }, now));
                if loses {
                    continue;
                }
            }
            winners.insert(key, row);
        }
        Ok(winners)
    }

    /// Whether a row came after later ones were seen.
    pub(super) fn is_late(&self, cache: &Cache, row: &Row) -> bool {
        self.config.time_of(row).zip(cache.watermark).is_some_and(|(at, watermark)| at < watermark)
    }

    fn meet_row(&self, cache: &mut Cache, place: usize, key: Key, row: Row, now: Minute, counts: &mut Counts) {
        let (old, new) = (self.config.time_of(&cache.rows[place]), self.config.time_of(&row));
        let is_stale = if self.has(Fault::TiesLose) { new <= old } else { new < old };
        if (is_stale && !self.has(Fault::StaleWins)) || cache.rows[place] == row {
            return;
        }
        let is_expired = self.is_expired(&row, now);
        if is_expired || self.config.is_tombstone(&row) {
            cache.rows.remove(place);
            self.bury(cache, key, &row);
            counts.expired += u64::from(is_expired);
            counts.deleted += u64::from(!is_expired);
        } else {
            cache.rows[place] = row;
            counts.updated += 1;
            counts.conflicts += u64::from(new == old);
        }
    }

    fn meet_nothing(&self, cache: &mut Cache, key: Key, row: Row, now: Minute, counts: &mut Counts) {
        let is_stale = cache.dead.get(&key).is_some_and(|at| self.config.time_of(&row) < *at);
        if is_stale {
            return;
        }
        if self.is_expired(&row, now) || self.config.is_tombstone(&row) {
            self.bury(cache, key, &row);
            return;
        }
        let is_late = u64::from(self.is_late(cache, &row));
        if cache.dead.remove(&key).is_some() {
            // That it was deleted may be forgotten after a while, and nobody can tell but by this.
            counts.perhaps_late += is_late;
        } else {
            counts.late += is_late;
        }
        counts.inserted += 1;
        cache.rows.push(row);
    }

    /// Remembers by which version a key was deleted, or which one it had.
    pub(super) fn bury(&self, cache: &mut Cache, key: Key, row: &Row) {
        if !self.has(Fault::DeletesAreForgotten) {
            cache.dead.insert(key, self.config.time_of(row));
        }
    }
}
