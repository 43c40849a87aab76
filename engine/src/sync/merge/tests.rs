use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use drillcore_store::{KeyEntry, Place};
use proptest::collection::vec;
use proptest::prelude::{Just, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Counts, HeldKeys, Merged, insert_by_key, latest_of_each, replace, upsert};
use crate::catalog::Strategy;
use crate::sync::incoming::Incoming;
use crate::sync::versions::NO_TIME;

/// A row of a source: key, version, content, whether it is deleted.
type Event = (u128, i64, u64, bool);

fn incoming(events: &[Event]) -> Incoming {
    Incoming {
        rows: RecordBatch::new_empty(Arc::new(Schema::empty())),
        times: events.iter().map(|event| event.1).collect(),
        hashes: events.iter().map(|event| event.0).collect(),
        digests: events.iter().map(|event| event.2).collect(),
        deleted: events.iter().map(|event| event.3).collect(),
        too_old: Vec::new(),
        null_keys: 0,
    }
}

/// A cache that knows of each key what the key runs would.
#[derive(Debug, Default)]
struct Cache {
    known: HashMap<u128, KeyEntry>,
    rows: u32,
}

impl Cache {
    fn find(&self, hashes: &[u128]) -> Vec<Option<KeyEntry>> {
        hashes.iter().map(|hash| self.known.get(hash).copied()).collect()
    }

    fn find_rows(&self, incoming: &Incoming, rows: &[usize]) -> Vec<Option<KeyEntry>> {
        self.find(&rows.iter().map(|row| incoming.hashes[*row]).collect::<Vec<_>>())
    }

    /// Does what was decided, and checks that it can be done.
    fn apply(&mut self, incoming: &Incoming, merged: &Merged) {
        for place in &merged.remove {
            let held = self.known.values_mut().filter(|held| held.place == Some(*place));
            assert_eq!(held.map(|held| held.place = None).count(), 1, "{place:?} is removed");
        }
        let written = merged.write.iter().map(|row| {
            let (hash, time) = (incoming.hashes[*row], incoming.times[*row]);
            self.rows += 1;
            let place = Some(Place { file: 0, row: self.rows });
            KeyEntry { hash, place, version_time: (time != NO_TIME).then_some(time), digest: incoming.digests[*row] }
        });
        let dead = merged.dead.iter().map(|dead| KeyEntry {
            hash: dead.hash,
            place: None,
            version_time: dead.version_time,
            digest: 0,
        });
        let (mut told, entries) = (BTreeMap::new(), written.chain(dead).collect::<Vec<_>>());
        for entry in entries {
            assert!(told.insert(entry.hash, ()).is_none(), "a key is told twice");
            let replaced = self.known.insert(entry.hash, entry);
            assert!(replaced.is_none_or(|replaced| replaced.place.is_none()), "a row is left behind");
        }
    }

    fn upsert(&mut self, events: &[Event], watermark: Option<i64>) -> Merged {
        let incoming = incoming(events);
        let winners = latest_of_each(&incoming.hashes, &incoming.times);
        let merged = upsert(&incoming, &winners, &self.find_rows(&incoming, &winners), watermark);
        self.apply(&incoming, &merged);
        merged
    }

    /// Puts rows in place of those of a period that have these keys, and leaves those alone that are unsettled.
    fn replace(&mut self, incoming: &Incoming, winners: &[usize], period: &[u128], unsettled: &[u128]) -> Merged {
        let (known, period) = (self.find_rows(incoming, winners), self.find(period));
        let unsettled = unsettled.iter().copied().collect();
        let held = HeldKeys { winners: &known, period: &period, unsettled: &unsettled };
        let merged = replace(incoming, winners, &held);
        self.apply(incoming, &merged);
        merged
    }

    /// What is decided where rows are only ever added.
    fn insert(&self, incoming: &Incoming) -> Merged {
        let winners = incoming.winners(Strategy::Insert);
        insert_by_key(incoming, &winners, &self.find_rows(incoming, &winners), None)
    }

    /// The contents of the rows, by key.
    fn rows(&self) -> BTreeMap<u128, u64> {
        self.known.values().filter(|held| held.place.is_some()).map(|held| (held.hash, held.digest)).collect()
    }
}

fn counts(of: [u64; 5]) -> Counts {
    let [inserted, updated, deleted, dropped, unchanged] = of;
    Counts { inserted, updated, deleted, dropped, unchanged, ..Counts::default() }
}

#[test]
fn the_later_version_wins_and_the_same_row_changes_nothing() {
    let mut cache = Cache::default();
    for (event, expected, rows) in [
        ((1, 5, 10, false), counts([1, 0, 0, 0, 0]), Some(10)),
        ((1, 5, 10, false), counts([0, 0, 0, 0, 1]), Some(10)),
        ((1, 4, 9, false), counts([0, 0, 0, 0, 1]), Some(10)),
        ((1, 6, 11, false), counts([0, 1, 0, 0, 0]), Some(11)),
        ((1, 6, 12, false), Counts { conflicts: 1, ..counts([0, 1, 0, 0, 0]) }, Some(12)),
        ((1, 6, 12, true), counts([0, 0, 1, 0, 0]), None),
        ((1, 5, 13, false), counts([0, 0, 0, 0, 1]), None),
        ((1, 6, 14, false), counts([1, 0, 0, 0, 0]), Some(14)),
        ((1, 8, 14, true), counts([0, 0, 1, 0, 0]), None),
        ((1, 9, 14, true), counts([0, 0, 0, 0, 1]), None),
        ((1, 8, 15, false), counts([0, 0, 0, 0, 1]), None),
        ((1, NO_TIME, 16, false), counts([0, 0, 0, 0, 1]), None),
        ((1, 10, 17, false), counts([1, 0, 0, 0, 0]), Some(17)),
    ] {
        assert_eq!(cache.upsert(&[event], None).counts, expected, "{event:?}");
        assert_eq!(cache.rows().get(&1).copied(), rows, "{event:?}");
    }
}

#[test]
fn a_delete_of_what_is_not_held_keeps_an_older_row_away() {
    let mut cache = Cache::default();
    assert_eq!(cache.upsert(&[(7, 5, 0, true)], None).counts, counts([0, 0, 0, 0, 1]));
    assert_eq!(cache.upsert(&[(7, 4, 1, false)], None).counts, counts([0, 0, 0, 0, 1]));
    assert_eq!(cache.upsert(&[(7, 5, 1, false)], None).counts, counts([1, 0, 0, 0, 0]));
}

#[test]
fn a_version_that_is_too_old_takes_the_held_row_away_and_is_not_counted_otherwise() {
    let mut cache = Cache::default();
    cache.upsert(&[(1, 5, 10, false), (2, 5, 20, false)], None);
    let rows = [(1, 6, 11, false), (2, 4, 21, false), (3, 6, 30, false), (4, 6, 40, false), (4, 5, 41, false)];
    let mut events = incoming(&rows);
    events.too_old = vec![true, true, true, true, false];
    for expected in [
        Counts { expired: 1, ..counts([0, 0, 0, 1, 0]) },
        // Once is twice.
        counts([0, 0, 0, 1, 0]),
    ] {
        let winners = latest_of_each(&events.hashes, &events.times);
        let merged = upsert(&events, &winners, &cache.find_rows(&events, &winners), None);
        cache.apply(&events, &merged);
        assert_eq!((merged.counts, events.fetched()), (expected, 1));
        assert_eq!(cache.rows(), BTreeMap::from([(2, 20)]));
    }
    assert_eq!(events.latest(i64::MAX), Some(5), "what is not held moves no watermark");
    assert_eq!(cache.upsert(&[(1, 5, 10, false)], None).counts, counts([0, 0, 0, 0, 1]), "older than what was too old");
}

#[test]
fn rows_before_the_watermark_are_late_if_they_are_new() {
    let mut cache = Cache::default();
    cache.upsert(&[(1, 5, 0, false)], None);
    let merged = cache.upsert(&[(1, 6, 1, false), (2, 6, 1, false), (3, 8, 1, false)], Some(7));
    assert_eq!((merged.counts.inserted, merged.counts.updated, merged.counts.late), (2, 1, 1));
}

#[test]
fn a_period_becomes_what_the_source_says_whatever_the_versions() {
    let mut cache = Cache::default();
    cache.upsert(&[(1, 5, 1, false), (2, 5, 2, false), (3, 5, 3, false), (9, 5, 9, false)], None);
    let events = incoming(&[(1, 5, 1, false), (2, 3, 20, false), (4, 1, 4, false), (3, 6, 0, true)]);
    let winners = latest_of_each(&events.hashes, &events.times);
    let merged = cache.replace(&events, &winners, &[1, 2, 3], &[]);
    assert_eq!(merged.counts, counts([1, 1, 1, 0, 1]));
    assert_eq!(cache.rows(), BTreeMap::from([(1, 1), (2, 20), (4, 4), (9, 9)]));
    assert_eq!(cache.known[&3].version_time, Some(6), "what deleted it is remembered");
}

#[test]
fn every_row_of_a_period_is_counted_once() {
    let mut cache = Cache::default();
    cache.upsert(&[(1, 5, 1, false), (2, 5, 2, false), (3, 5, 3, false), (4, 5, 4, false)], None);
    // 1 is deleted and 5 was never held; 2 is too old; 3 may not be read yet; 4 is gone.
    let rows = [(1, 6, 1, true), (5, 6, 5, true), (2, 6, 20, false), (3, 5, 30, false)];
    let mut events = incoming(&rows);
    events.too_old = vec![false, false, true, false];
    let winners = latest_of_each(&events.hashes, &events.times);
    let merged = cache.replace(&events, &winners, &[1, 2, 3, 4], &[3]);
    // One of the two that are deleted was not fetched.
    assert_eq!((events.fetched(), merged.counts), (3, Counts { expired: 1, ..counts([0, 0, 2, 0, 2]) }));
    assert_eq!(cache.rows(), BTreeMap::from([(3, 3)]));
}

#[test]
fn rows_that_may_not_be_read_yet_keep_what_is_held_of_their_keys() {
    let mut cache = Cache::default();
    cache.upsert(&[(1, 5, 1, false), (2, 5, 2, false)], None);
    let merged = cache.replace(&incoming(&[]), &[], &[1, 2], &[1]);
    assert_eq!((merged.counts, cache.rows()), (counts([0, 0, 1, 0, 0]), BTreeMap::from([(1, 1)])));
}

/// Rows of a few keys and versions, so that they meet.
fn batches() -> impl proptest::strategy::Strategy<Value = Vec<Vec<Event>>> {
    let time = prop_oneof![9 => 0..6_i64, 1 => Just(NO_TIME)];
    let event = (0..5_u128, time, 0..3_u64, prop::bool::weighted(0.2));
    vec(vec(event, 0..12), 1..8)
}

proptest! {
    #[test]
    fn the_latest_version_that_ever_came_is_held(batches in batches()) {
        let mut cache = Cache::default();
        let mut best: BTreeMap<u128, Event> = BTreeMap::new();
        for batch in &batches {
            let counts = cache.upsert(batch, None).counts;
            let told = counts.inserted + counts.updated + counts.deleted + counts.dropped + counts.unchanged;
            prop_assert_eq!(told, batch.len() as u64, "every row is told once");
            for event in batch {
                let known = best.entry(event.0).or_insert(*event);
                if event.1 >= known.1 {
                    *known = *event;
                }
            }
            let expected: BTreeMap<u128, u64> =
                best.values().filter(|event| !event.3).map(|event| (event.0, event.2)).collect();
            prop_assert_eq!(cache.rows(), expected);
            prop_assert!(cache.upsert(batch, None).is_nothing(), "once is twice");
        }
    }

    #[test]
    fn the_first_row_of_a_key_stays(batches in batches()) {
        let mut cache = Cache::default();
        let mut first: BTreeMap<u128, u64> = BTreeMap::new();
        for batch in &batches {
            let events = incoming(batch);
            let merged = cache.insert(&events);
            cache.apply(&events, &merged);
            for event in batch {
                first.entry(event.0).or_insert(event.2);
            }
            prop_assert_eq!(cache.rows(), first.clone());
            prop_assert!(cache.insert(&events).is_nothing());
        }
    }
}
