//! Which rows there are, and what happened to them when.

use std::collections::{BTreeMap, HashSet};
use std::iter::once;
use std::ops::Range;

use super::values::Row;
use crate::random::{STEP, mixed};

/// When the first row was made: 2010-01-01T00:00:00Z.
const START_US: i64 = 1_262_304_000_000_000;
/// Between two of the rows that are there from the beginning; a hundred million of them take until 2025.
const BETWEEN_US: i64 = 5_000_000;

/// Every event has a moment of its own, later than all before.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) rows: u64,
    /// In the order of their rows; there is always one.
    stretches: Vec<Stretch>,
    /// The latest event.
    pub(super) now_us: i64,
    /// The latest change of each row that was changed.
    changes: BTreeMap<u64, Change>,
    /// All changes in their order.
    log: Vec<(i64, u64)>,
    /// Random numbers taken so far.
    drawn: u64,
}

/// Rows that were made one after the other.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    first: u64,
    from_us: i64,
    between_us: i64,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    revision: u64,
    at_us: i64,
}

impl State {
    pub(super) fn new(rows: u64) -> Self {
        let stretch = Stretch { first: 0, from_us: START_US, between_us: BETWEEN_US };
        let now_us = START_US + rows as i64 * BETWEEN_US;
        Self { rows, stretches: vec![stretch], now_us, changes: BTreeMap::new(), log: Vec::new(), drawn: 0 }
    }

    /// Adds rows at the end.
    pub(super) fn append(&mut self, count: u64) {
        self.stretches.push(Stretch { first: self.rows, from_us: self.now_us + 1, between_us: 1 });
        self.rows += count;
        self.now_us += count as i64;
    }

    /// Changes rows one after the other; with `values` more than the time of their change.
    pub(super) fn change(&mut self, ids: impl IntoIterator<Item = u64>, values: bool) {
        for id in ids {
            self.now_us += 1;
            let change = self.changes.entry(id).or_insert(Change { revision: 0, at_us: 0 });
            change.revision += u64::from(values);
            change.at_us = self.now_us;
            self.log.push((self.now_us, id));
        }
    }

    /// So many different rows at random.
    pub(super) fn draw(&mut self, count: u64) -> Vec<u64> {
        assert!(2 * count <= self.rows, "{count} of {} rows are too many to be drawn at random", self.rows);
        let (mut ids, mut known) = (Vec::new(), HashSet::new());
        while (ids.len() as u64) < count {
            self.drawn += 1;
            let id = mixed(self.drawn.wrapping_mul(STEP)) % self.rows;
            if known.insert(id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The rows that were made or changed then or later, each once.
    pub(super) fn changed_since(&self, at_us: i64) -> Vec<Range<u64>> {
        let made = self.made_since(at_us);
        let first = self.log.partition_point(|(at, _)| *at < at_us);
        let latest = |(at, id): &&(i64, u64)| self.changes.get(id).is_some_and(|change| change.at_us == *at);
        let changed = self.log[first..].iter().filter(latest).map(|(_, id)| *id).filter(|id| *id < made);
        changed.map(|id| id..id + 1).chain(once(made..self.rows)).collect()
    }

    /// The first row made then or later.
    fn made_since(&self, at_us: i64) -> u64 {
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.created_us(middle) < at_us { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn created_us(&self, id: u64) -> i64 {
        let stretch = self.stretches[self.stretches.partition_point(|stretch| stretch.first <= id) - 1];
        stretch.from_us + (id - stretch.first) as i64 * stretch.between_us
    }

    /// Puts rows as they are now behind others.
    pub(super) fn put_rows(&self, ids: Range<u64>, rows: &mut Vec<Row>) {
        let before = rows.len();
        rows.extend(ids.clone().map(|id| {
            let created_us = self.created_us(id);
            Row { id, revision: 0, created_us, updated_us: created_us }
        }));
        for (id, change) in self.changes.range(ids.clone()) {
            let row = &mut rows[before + (id - ids.start) as usize];
            (row.revision, row.updated_us) = (change.revision, change.at_us);
        }
    }
}
