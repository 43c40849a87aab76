//! Rows that are only ever added.

use drillcore_store::KeyEntry;

use super::exchange::Exchanged;
use super::{Merged, count};
use crate::sync::incoming::Incoming;

/// Adds the rows whose keys are not held. `winners` are the rows that count, `held` says what is known of their keys.
pub(crate) fn insert_by_key(
    incoming: &Incoming,
    winners: &[usize],
    held: &[Option<KeyEntry>],
    watermark: Option<i64>,
) -> Merged {
    let is_free = |held: Option<KeyEntry>| held.is_none_or(|held| held.place.is_none());
    let new = winners.iter().zip(held).filter(|(_, held)| is_free(**held)).map(|(row, _)| *row);
    inserted(incoming, new.collect(), watermark)
}

/// Adds the rows for which no equal one is held.
pub(crate) fn insert_missing(incoming: &Incoming, exchanged: Exchanged, watermark: Option<i64>) -> Merged {
    inserted(incoming, exchanged.new, watermark)
}

fn inserted(incoming: &Incoming, new: Vec<usize>, watermark: Option<i64>) -> Merged {
    let is_late = |row: &&usize| {
        let time = incoming.times.get(**row);
        time.zip(watermark).is_some_and(|(time, watermark)| *time < watermark)
    };
    let mut merged = Merged::default();
    merged.counts.inserted = count(new.len());
    merged.counts.late = count(new.iter().filter(is_late).count());
    merged.counts.dropped = count(incoming.times.len().saturating_sub(new.len()));
    merged.write = new;
    merged
}
