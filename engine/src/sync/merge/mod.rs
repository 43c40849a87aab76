//! Which rows are written and which held ones go.

mod exchange;
mod insert;
mod replace;
#[cfg(test)]
mod tests;
mod upsert;
mod winners;

use drillcore_store::{KeyEntry, Place};

pub(crate) use exchange::{Exchanged, exchange};
pub(crate) use insert::{insert_by_key, insert_missing};
pub(crate) use replace::{HeldKeys, replace};
pub(crate) use upsert::upsert;
pub(in crate::sync) use winners::{first_of_each, latest_of_each};

/// What becomes of some rows, and of those that are held.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Merged {
    /// The rows that are written, by their number, in order.
    pub(crate) write: Vec<usize>,
    /// Keys that have no row from now on. None of them is that of a row that is written.
    pub(crate) dead: Vec<Dead>,
    /// Held rows that go.
    pub(crate) remove: Vec<Place>,
    pub(crate) counts: Counts,
}

/// A key without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dead {
    pub(crate) hash: u128,
    /// The version of what deleted it, or of the row that it had.
    pub(crate) version_time: Option<i64>,
}

/// What was done, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) inserted: u64,
    pub(crate) updated: u64,
    pub(crate) deleted: u64,
    /// Left out because the same or a better row was there.
    pub(crate) dropped: u64,
    /// Known already, or of no consequence.
    pub(crate) unchanged: u64,
    pub(crate) conflicts: u64,
    pub(crate) late: u64,
    pub(crate) reconciled: u64,
    pub(crate) expired: u64,
}

impl Merged {
    /// Whether everything stays as it is.
    pub(crate) fn is_nothing(&self) -> bool {
        self.write.is_empty() && self.dead.is_empty() && self.remove.is_empty()
    }

    /// Takes the row of a key away, if it has one.
    pub(in crate::sync) fn bury(&mut self, held: &KeyEntry) -> bool {
        let Some(place) = held.place else { return false };
        self.remove.push(place);
        self.dead.push(Dead { hash: held.hash, version_time: held.version_time });
        true
    }
}

/// A number of rows.
fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
