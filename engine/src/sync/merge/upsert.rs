//! Rows that are added, changed and deleted, told apart by their key and their version.

use drillcore_store::KeyEntry;

use super::{Counts, Dead, Merged, count};
use crate::sync::incoming::Incoming;
use crate::sync::versions::NO_TIME;

/// Puts the latest row of each key in place of the held one, unless that is of a later version. A row that is too old to
/// be held takes the held one away, as one does that says it is deleted. `winners` are the rows
/// that count, `held` says what is known of their keys. Rows of versions before `watermark` that were not held are late.
pub(crate) fn upsert(
    incoming: &Incoming,
    winners: &[usize],
    held: &[Option<KeyEntry>],
    watermark: Option<i64>,
) -> Merged {
    let mut merged = Merged::default();
    merged.counts.dropped = count(incoming.dropped_for(winners));
    for (row, held) in winners.iter().zip(held) {
        let Some(row) = Row::of(incoming, *row) else { continue };
        match held {
            None => row.meets_nothing(&mut merged, watermark),
            Some(held) => match held.place {
                Some(_) => row.meets_row(held, &mut merged),
                None => row.meets_tombstone(held, &mut merged),
            },
        }
    }
    merged
}

/// A row that counts.
#[derive(Debug, Clone, Copy)]
struct Row {
    number: usize,
    hash: u128,
    time: i64,
    digest: u64,
    /// Whether it is not to be held, because it says it is deleted or because it is too old.
    goes: bool,
    too_old: bool,
}

impl Row {
    fn of(incoming: &Incoming, number: usize) -> Option<Self> {
        let too_old = incoming.is_too_old(number);
        Some(Self {
            number,
            hash: *incoming.hashes.get(number)?,
            time: *incoming.times.get(number)?,
            digest: *incoming.digests.get(number)?,
            goes: too_old || incoming.deleted.get(number).copied().unwrap_or(false),
            too_old,
        })
    }

    /// Counts it where it changes nothing. A row that is too old does not count as fetched.
    fn count_idle(self, counts: &mut Counts) {
        counts.unchanged += u64::from(!self.too_old);
    }

    fn dead(self) -> Dead {
        Dead { hash: self.hash, version_time: Some(self.time).filter(|time| *time != NO_TIME) }
    }

    fn meets_nothing(self, merged: &mut Merged, watermark: Option<i64>) {
        if self.goes {
            // An older row of this key, read later, must not come back.
            merged.dead.push(self.dead());
            self.count_idle(&mut merged.counts);
            return;
        }
        merged.write.push(self.number);
        merged.counts.inserted += 1;
        merged.counts.late += u64::from(watermark.is_some_and(|watermark| self.time < watermark));
    }

    fn meets_row(self, held: &KeyEntry, merged: &mut Merged) {
        let known = held.version_time.unwrap_or(NO_TIME);
        let same = self.time == known && self.digest == held.digest && !self.goes;
        if self.time < known || same {
            self.count_idle(&mut merged.counts);
            return;
        }
        merged.remove.extend(held.place);
        if self.goes {
            merged.dead.push(self.dead());
            merged.counts.deleted += u64::from(!self.too_old);
            merged.counts.expired += u64::from(self.too_old);
            return;
        }
        merged.write.push(self.number);
        merged.counts.updated += 1;
        merged.counts.conflicts += u64::from(self.time == known);
    }

    fn meets_tombstone(self, held: &KeyEntry, merged: &mut Merged) {
        let known = held.version_time.unwrap_or(NO_TIME);
        if !self.goes && self.time >= known {
            merged.counts.inserted += 1;
            merged.write.push(self.number);
            return;
        }
        self.count_idle(&mut merged.counts);
        if self.goes && self.time > known {
            merged.dead.push(self.dead());
        }
    }
}
