//! A period of the source in place of the same period of the cache.

use std::collections::HashSet;

use drillcore_store::KeyEntry;

use super::{Dead, Merged};
use crate::sync::incoming::Incoming;
use crate::sync::versions::NO_TIME;

/// What is held of the keys in question.
#[derive(Debug)]
pub(crate) struct HeldKeys<'a> {
    /// What is known of the key of each row that counts.
    pub(crate) winners: &'a [Option<KeyEntry>],
    /// What is known of the keys of all rows that the cache has of the period.
    pub(crate) period: &'a [Option<KeyEntry>],
    /// Keys of which the source has a row that is not to be read yet. Whatever is held of them stays.
    pub(crate) unsettled: &'a HashSet<u128>,
}

/// Makes the cache hold these rows, whatever the held versions are, and none of the other rows of their period. `winners`
/// are the rows that count. Of a key that is held outside of the period all rows of the source must be among them: one of
/// another period may count more than that of this one.
pub(crate) fn replace(incoming: &Incoming, winners: &[usize], held: &HeldKeys<'_>) -> Merged {
    let mut merged = Merged::default();
    merged.counts.dropped = super::count(incoming.dropped_for(winners));
    let mut told = HashSet::with_capacity(winners.len());
    for (row, known) in winners.iter().zip(held.winners) {
        let (Some(hash), Some(digest)) = (incoming.hashes.get(*row), incoming.digests.get(*row)) else { continue };
        let too_old = incoming.is_too_old(*row);
        told.insert(*hash);
        let alive = known.as_ref().filter(|known| known.place.is_some());
        if held.unsettled.contains(hash) {
            merged.counts.unchanged += u64::from(!too_old);
        } else if too_old || incoming.deleted.get(*row).copied().unwrap_or(false) {
            let Some(alive) = alive else {
                merged.counts.unchanged += u64::from(!too_old);
                continue;
            };
            let version_time = incoming.times.get(*row).copied().filter(|time| *time != NO_TIME);
            merged.remove.extend(alive.place);
            merged.dead.push(Dead { hash: *hash, version_time: version_time.max(alive.version_time) });
            merged.counts.expired += u64::from(too_old);
            merged.counts.deleted += u64::from(!too_old);
        } else if alive.is_some_and(|alive| alive.digest == *digest) {
            merged.counts.unchanged += 1;
        } else {
            merged.remove.extend(alive.and_then(|alive| alive.place));
            merged.write.push(*row);
            merged.counts.updated += u64::from(alive.is_some());
            merged.counts.inserted += u64::from(alive.is_none());
        }
    }
    for known in held.period.iter().flatten() {
        if !told.contains(&known.hash) && !held.unsettled.contains(&known.hash) && merged.bury(known) {
            merged.counts.deleted += 1;
        }
    }
    merged
}
