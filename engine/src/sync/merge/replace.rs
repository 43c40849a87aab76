//! A period of the source in place of the same period of the cache.

use std::collections::HashSet;

use drillcore_store::KeyEntry;

use super::Merged;
use crate::sync::incoming::Incoming;

/// Makes the cache hold these rows, whatever the versions are, and none of the other rows of their period. `winners` are
/// the rows that count, `held` says what is known of their keys, and `period` of the keys of all rows that the cache has
/// of the period.
pub(crate) fn replace(
    incoming: &Incoming,
    winners: &[usize],
    held: &[Option<KeyEntry>],
    period: &[Option<KeyEntry>],
) -> Merged {
    let mut merged = Merged::default();
    merged.counts.dropped = super::count(incoming.times.len().saturating_sub(winners.len()));
    let mut wanted = HashSet::with_capacity(winners.len());
    for (row, held) in winners.iter().zip(held) {
        let (Some(hash), Some(digest)) = (incoming.hashes.get(*row), incoming.digests.get(*row)) else { continue };
        if incoming.deleted.get(*row).copied().unwrap_or(false) {
            continue;
        }
        wanted.insert(*hash);
        match held.as_ref().filter(|held| held.place.is_some()) {
            Some(held) if held.digest == *digest => merged.counts.unchanged += 1,
            Some(held) => {
                merged.remove.extend(held.place);
                merged.write.push(*row);
                merged.counts.updated += 1;
            }
            None => {
                merged.write.push(*row);
                merged.counts.inserted += 1;
            }
        }
    }
    for held in period.iter().flatten().filter(|held| !wanted.contains(&held.hash)) {
        if merged.bury(held) {
            merged.counts.deleted += 1;
        }
    }
    merged
}
