//! Rows that are added, changed and deleted, told apart by their key and their version.

use drillcore_store::KeyEntry;

use super::{Counts, Dead, Merged, count};
use crate::sync::incoming::Incoming;
use crate::sync::versions::NO_TIME;

/// Puts the latest row of each key in place of the held one, unless that is of a later version. `winners` are the rows
/// that count, `held` says what is known of their keys. Rows of versions before `watermark` that were not held are late.
pub(crate) fn upsert(
    incoming: &Incoming,
    winners: &[usize],
    held: &[Option<KeyEntry>],
    watermark: Option<i64>,
) -> Merged {
    let mut merged = Merged::default();
    merged.counts.dropped = count(incoming.times.len().saturating_sub(winners.len()));
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
    deleted: bool,
}

impl Row {
    fn of(incoming: &Incoming, number: usize) -> Option<Self> {
        Some(Self {
            number,
            hash: *incoming.hashes.get(number)?,
            time: *incoming.times.get(number)?,
            digest: *incoming.digests.get(number)?,
            deleted: incoming.deleted.get(number).copied().unwrap_or(false),
        })
    }

    fn dead(self) -> Dead {
        Dead { hash: self.hash, version_time: Some(self.time).filter(|time| *time != NO_TIME) }
    }

    fn meets_nothing(self, merged: &mut Merged, watermark: Option<i64>) {
        if self.deleted {
            // An older row of this key, read later, must not come back.
            merged.dead.push(self.dead());
            merged.counts.unchanged += 1;
            return;
        }
        merged.write.push(self.number);
        merged.counts.inserted += 1;
        merged.counts.late += u64::from(watermark.is_some_and(|watermark| self.time < watermark));
    }

    fn meets_row(self, held: &KeyEntry, merged: &mut Merged) {
        let known = held.version_time.unwrap_or(NO_TIME);
        let same = self.time == known && self.digest == held.digest && !self.deleted;
        if self.time < known || same {
            merged.counts.unchanged += 1;
            return;
        }
        merged.remove.extend(held.place);
        if self.deleted {
            merged.dead.push(self.dead());
            merged.counts.deleted += 1;
            return;
        }
        merged.write.push(self.number);
        merged.counts.updated += 1;
        merged.counts.conflicts += u64::from(self.time == known);
    }

    fn meets_tombstone(self, held: &KeyEntry, merged: &mut Merged) {
        let known = held.version_time.unwrap_or(NO_TIME);
        let Counts { inserted, unchanged, .. } = &mut merged.counts;
        if self.deleted {
            *unchanged += 1;
            if self.time > known {
                merged.dead.push(self.dead());
            }
        } else if self.time >= known {
            *inserted += 1;
            merged.write.push(self.number);
        } else {
            *unchanged += 1;
        }
    }
}
