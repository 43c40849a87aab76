//! What the next sync reads.

use super::state::{Basis, SyncState};
use crate::catalog::{Acceleration, LoadType};

/// What a sync reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// Everything.
    Full,
    /// What has changed.
    Delta,
}

/// What is to be read on top of a version that remembers `known`. `fits` says whether the version has all else that a
/// delta goes by: columns that can become those there are now, the keys of its rows, and the derived columns as they are
/// defined now.
pub(crate) fn load_due(acceleration: &Acceleration, known: Option<&SyncState>, fits: bool) -> Load {
    let Some(known) = known.filter(|_| acceleration.has_deltas() && fits) else { return Load::Full };
    let every = match acceleration.load_type {
        LoadType::FullDelta { every } => every,
        _ => u32::MAX,
    };
    let in_turn = known.deltas.saturating_add(1) < every;
    let comparable = known.watermark.is_some() && known.basis == Basis::of(acceleration);
    // What was not kept can only come back with everything.
    let kept = match (known.retention, retention_us(acceleration)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(before), Some(now)) => now <= before,
    };
    if in_turn && comparable && kept { Load::Delta } else { Load::Full }
}

/// How long rows are kept, in microseconds.
pub(crate) fn retention_us(acceleration: &Acceleration) -> Option<i64> {
    acceleration.retention.map(|length| i64::try_from(length.as_micros()).unwrap_or(i64::MAX))
}

/// Whether the delta on top of a version compares the keys as well.
pub(crate) fn is_reconcile_due(acceleration: &Acceleration, known: &SyncState) -> bool {
    acceleration.reconcile_every.is_some_and(|every| known.since_reconcile.saturating_add(1) >= every)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Load, is_reconcile_due, load_due};
    use crate::catalog::Acceleration;
    use crate::sync::{Basis, SyncState};

    fn after(acceleration: &Acceleration, deltas: u32) -> SyncState {
        SyncState {
            watermark: Some(5),
            next_ordinal: Some(9),
            deltas,
            since_reconcile: deltas,
            retention: super::retention_us(acceleration),
            basis: Basis::of(acceleration),
            added: Vec::new(),
        }
    }

    #[test]
    fn every_so_many_syncs_is_full() {
        let kinds = |acceleration: Acceleration| -> Vec<bool> {
            let (mut known, mut kinds): (Option<SyncState>, _) = (None, Vec::new());
            for _ in 0..7 {
                let full = load_due(&acceleration, known.as_ref(), true) == Load::Full;
                let deltas = known.map_or(0, |known| known.deltas);
                known = Some(after(&acceleration, if full { 0 } else { deltas + 1 }));
                kinds.push(full);
            }
            kinds
        };
        let (f, d) = (true, false);
        assert_eq!(kinds(Acceleration::full()), [f; 7]);
        assert_eq!(kinds(Acceleration::full_delta(1, "a")), [f; 7]);
        assert_eq!(kinds(Acceleration::full_delta(3, "a")), [f, d, d, f, d, d, f]);
        assert_eq!(kinds(Acceleration::delta("a")), [f, d, d, d, d, d, d]);
    }

    #[test]
    fn a_delta_needs_something_to_go_on_from() {
        let given = Acceleration::delta("a").key(["id"]);
        let known = after(&given, 2);
        assert_eq!(load_due(&given, Some(&known), true), Load::Delta);
        assert_eq!(load_due(&given, Some(&known), false), Load::Full);
        for other in [
            SyncState { watermark: None, ..known.clone() },
            SyncState { basis: Basis { key: Vec::new(), ..known.basis.clone() }, ..known.clone() },
            after(&given.clone().insert_update("b"), 2),
        ] {
            assert_eq!(load_due(&given, Some(&other), true), Load::Full, "{other:?}");
        }
    }

    #[test]
    fn what_was_not_kept_comes_back_with_everything() {
        let kept = |seconds: u64| Acceleration::delta("a").retention(Duration::from_secs(seconds));
        for (before, now, expected) in [
            (Acceleration::delta("a"), kept(9), Load::Delta),
            (kept(9), kept(9), Load::Delta),
            (kept(9), kept(5), Load::Delta),
            (kept(9), kept(10), Load::Full),
            (kept(9), Acceleration::delta("a"), Load::Full),
        ] {
            assert_eq!(load_due(&now, Some(&after(&before, 1)), true), expected, "{before:?}, {now:?}");
        }
    }

    #[test]
    fn keys_are_compared_in_their_turn() {
        let due = |every: u32, deltas: u32| {
            let given = Acceleration::delta("a").key(["id"]).reconcile_every(every);
            is_reconcile_due(&given, &after(&given, deltas))
        };
        assert_eq!([due(1, 0), due(3, 0), due(3, 1), due(3, 2), due(3, 9)], [true, false, false, true, true]);
        assert!(!is_reconcile_due(&Acceleration::delta("a"), &after(&Acceleration::delta("a"), 9)));
    }
}
