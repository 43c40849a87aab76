//! Which keys are held that the source no longer has.

use drillcore_store::KeyEntry;

use super::merge::Merged;
use crate::error::Result;

/// The held rows whose keys are not among those of the source, both in the order of their hashes. What is held comes
/// piece by piece.
pub(crate) fn vanished<E>(
    held: impl Iterator<Item = Result<Vec<KeyEntry>, E>>,
    source: &[u128],
) -> Result<Vec<KeyEntry>, E> {
    let mut gone = Vec::new();
    let mut source = source.iter().peekable();
    for entries in held {
        for entry in entries? {
            while source.next_if(|hash| **hash < entry.hash).is_some() {}
            if entry.place.is_some() && source.peek() != Some(&&entry.hash) {
                gone.push(entry);
            }
        }
    }
    Ok(gone)
}

impl Merged {
    /// Takes rows away that the source no longer has. A row that comes back there, even as it was, comes back here.
    pub(crate) fn without(gone: &[KeyEntry]) -> Self {
        let mut merged = Self::default();
        for entry in gone {
            if merged.bury(entry) {
                merged.counts.reconciled += 1;
            }
        }
        merged
    }

    /// Takes rows away that are older than rows may be.
    pub(crate) fn expired(entries: &[KeyEntry]) -> Self {
        let mut merged = Self::default();
        for entry in entries {
            if merged.bury(entry) {
                merged.counts.expired += 1;
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use drillcore_store::{KeyEntry, Place};

    use super::{Merged, vanished};

    fn entry(hash: u128, alive: bool) -> KeyEntry {
        let place = alive.then_some(Place { file: 0, row: 1 });
        KeyEntry { hash, place, version_time: Some(4), digest: 0 }
    }

    #[test]
    fn live_keys_that_the_source_lacks_have_vanished() {
        let held =
            [vec![entry(1, true), entry(3, true)], vec![], vec![entry(4, false), entry(7, true), entry(9, true)]];
        let gone = |source: &[u128]| -> Vec<u128> {
            let held = held.iter().cloned().map(Ok::<_, ()>);
            vanished(held, source).unwrap().iter().map(|entry| entry.hash).collect()
        };
        assert_eq!(gone(&[1, 3, 4, 7, 9]), Vec::<u128>::new());
        assert_eq!(gone(&[0, 2, 3, 3, 8]), [1, 7, 9]);
        assert_eq!(gone(&[]), [1, 3, 7, 9]);
        assert_eq!(vanished([Err(5)].into_iter(), &[]), Err(5));
    }

    #[test]
    fn what_is_taken_away_can_come_back_as_it_was() {
        let merged = Merged::without(&[entry(1, true), entry(2, false)]);
        assert_eq!((merged.counts.reconciled, merged.remove.len(), merged.dead.len()), (1, 1, 1));
        assert_eq!(merged.dead[0].version_time, Some(4));
    }
}
