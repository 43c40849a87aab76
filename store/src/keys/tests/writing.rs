//! Runs of any size, entries that are refused, and runs that stay open.

use std::ops::Range;
use std::sync::{Arc, Weak};

use super::super::run::KeyRun;
use super::super::write::BATCH_ENTRIES;
use super::{Bed, KeyEntry, KeyRunFile, Place, StoreOptions, entry, shaped, sought};
use crate::error::ErrorKind;

fn spread(number: u32) -> u128 {
    shaped(0, u64::from(number))
}

#[test]
fn runs_of_any_size_are_found_again() {
    let bed = Bed::new(1);
    let batch = u32::try_from(BATCH_ENTRIES).unwrap();
    for count in [0, 1, 63, 64, 65, 128, batch - 1, batch, batch + 1, 2 * batch + 65] {
        let entries: Vec<KeyEntry> = (0..count).map(|number| entry(spread(number), number)).collect();
        let run = bed.write(entries.clone());
        assert_eq!((run.entries, run.dead, run.oldest_dead), (u64::from(count), 0, None));
        let snapshot = bed.commit(vec![run.clone()]);
        run.verify(&snapshot.files.context, snapshot.dataset()).unwrap();
        let index = snapshot.keys().unwrap().unwrap();
        let hashes: Vec<u128> = (0..count + 300).map(spread).collect();
        let found = index.find(&hashes).unwrap();
        let expected = entries.iter().copied().map(Some).chain([None; 300]);
        assert!(found.into_iter().eq(expected), "{count} entries");
        let all: usize = index.entries().map(|batch| batch.unwrap().len()).sum();
        assert_eq!(all, entries.len());
    }
}

#[test]
fn an_index_tells_what_its_hashes_are_made_of() {
    let bed = Bed::new(1);
    assert!(bed.commit(Vec::new()).keys().unwrap().is_some_and(|index| index.find(&[1]).unwrap() == [None]));
    let snapshot = bed.commit(vec![bed.write(vec![entry(5, 6)])]);
    let index = snapshot.keys().unwrap().unwrap();
    assert_eq!((index.columns(), index.secret().as_bytes()), (["id".to_owned()].as_slice(), &[3; 16]));
    let (one, other) = (bed.writer().new_key_secret(), bed.writer().new_key_secret());
    assert_ne!(one, other);
}

#[test]
fn what_cannot_be_looked_up_is_refused() {
    let bed = Bed::new(1);
    let refused = |entries: Vec<KeyEntry>| {
        assert_eq!(bed.writer().write_keys(&bed.files, entries).unwrap_err().kind(), ErrorKind::InvalidInput);
    };
    refused(vec![entry(7, 1), entry(8, 1), entry(7, 2)]);
    for file in [1, u32::MAX] {
        refused(vec![KeyEntry { place: Some(Place { file, row: 0 }), ..entry(7, 1) }]);
    }
    refused(vec![KeyEntry { version_time: Some(i64::MIN), ..entry(7, 1) }]);
    let runs = bed.storage.paths().into_iter().filter(|path| path.ends_with(".run")).count();
    assert_eq!(runs, 3, "the double was found before a file was made");
}

#[test]
fn an_entry_that_counts_must_lead_to_a_file_of_the_version() {
    let bed = Bed::new(2);
    let run = bed.write(vec![entry(7, 1), KeyEntry { place: Some(Place { file: 1, row: 5 }), ..entry(8, 1) }]);
    // The second file is gone, and with it the row of hash 8.
    let index = |runs: Vec<KeyRunFile>| bed.commit_files(&bed.files[..1], runs).keys().unwrap().unwrap();
    let alone = index(vec![run.clone()]);
    assert_eq!(alone.find(&[7, 9]).unwrap(), [Some(entry(7, 1)), None]);
    let error = alone.find(&[7, 8]).unwrap_err();
    assert_eq!((error.kind(), error.path().map(|path| path.ends_with(&run.path))), (ErrorKind::Corruption, Some(true)));
    assert_eq!(alone.entries().last().unwrap().unwrap_err().kind(), ErrorKind::Corruption);
    assert_eq!(alone.entries().count(), 1, "nothing comes after an error");

    let dead = KeyEntry { place: None, ..entry(8, 2) };
    let newer = bed.write(vec![dead]);
    let hidden = index(vec![run, newer]);
    assert_eq!(hidden.find(&[7, 8]).unwrap(), [Some(entry(7, 1)), Some(dead)]);
    let all: Vec<KeyEntry> = hidden.entries().flat_map(|batch| batch.unwrap()).collect();
    assert_eq!(all, [entry(7, 1), dead]);
}

#[test]
fn merging_minds_what_other_runs_know() {
    let bed = Bed::new(2);
    let in_second = |hash: u128| KeyEntry { place: Some(Place { file: 1, row: 5 }), ..entry(hash, 1) };
    let runs = [
        vec![entry(7, 1), in_second(8)],
        vec![entry(7, 2), entry(9, 2)],
        vec![KeyEntry { place: None, ..entry(8, 3) }],
    ];
    let runs: Vec<KeyRunFile> = runs.into_iter().map(|entries| bed.write(entries)).collect();
    let snapshot = bed.commit_files(&bed.files[..1], runs.clone());
    let merge = |runs: Range<usize>, map: &dyn Fn(Place) -> Option<Place>| {
        bed.writer().merge_keys(&snapshot, runs, map, &bed.files[..1], None)
    };
    let (same, gone) = (|place: Place| Some(place), |_: Place| None::<Place>);
    let kept = |run: KeyRunFile| {
        let index = bed.commit_files(&bed.files[..1], vec![run]).keys().unwrap().unwrap();
        index.entries().flat_map(|batch| batch.unwrap()).collect::<Vec<KeyEntry>>()
    };
    // The first run still says that 8 is in a file that is gone; the third one knows better, but is not merged.
    assert_eq!(kept(merge(0..2, &same).unwrap()), [entry(7, 2), entry(9, 2)]);
    // Row 2 is gone, and only the first run knows an older place of 7: it must not come up again.
    let dead = |hash: u128| KeyEntry { place: None, ..entry(hash, 2) };
    assert_eq!(kept(merge(1..2, &gone).unwrap()), [dead(7), dead(9)]);
    assert_eq!(kept(merge(0..3, &gone).unwrap()), [KeyEntry { place: None, ..entry(8, 3) }]);
    // Nothing else may say where 8 is.
    let first = bed.commit_files(&bed.files[..1], vec![runs[0].clone()]);
    let error = bed.writer().merge_keys(&first, 0..1, &same, &bed.files, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corruption);

    let astray = |place: Place| Some(Place { file: 1, row: place.row });
    for refused in [merge(0..4, &same), merge(2..2, &same), merge(0..3, &astray)] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    let without = bed.writer().commit_full(&bed.schema, bed.files.clone(), &Default::default()).unwrap().snapshot;
    assert!(without.keys().unwrap().is_none());
    let refused = bed.writer().merge_keys(&without, 0..1, &same, &bed.files, None);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn runs_stay_open_as_far_as_the_memory_for_them_reaches() {
    let kept = |bytes: usize| {
        let bed = Bed::open(1, StoreOptions::default().with_key_cache_bytes(bytes));
        let large = (0..2_000).map(|number| entry(spread(number), number)).collect();
        let runs = vec![bed.write(large), bed.write(vec![entry(spread(9_000), 1)])];
        let index = bed.commit(runs).keys().unwrap().unwrap();
        let runs: Vec<Weak<KeyRun>> = index.runs().iter().map(|placed| Arc::downgrade(placed.run())).collect();
        drop(index);
        runs.iter().map(|run| run.strong_count() > 0).collect::<Vec<bool>>()
    };
    assert_eq!(kept(0), [false, false]);
    assert_eq!(kept(1_000), [false, true], "the newer one is small");
    assert_eq!(kept(1_000_000), [true, true]);
    assert_eq!(kept(StoreOptions::default().key_cache_bytes), [true, true]);
}

#[test]
fn runs_stay_open_from_version_to_version() {
    let bed = Bed::new(1);
    let (older, newer) = (bed.write(vec![entry(7, 1)]), bed.write(vec![entry(8, 1)]));
    let run_of = |runs: Vec<KeyRunFile>| {
        let index = bed.commit(runs).keys().unwrap().unwrap();
        Arc::clone(index.runs()[0].run())
    };
    let first: Weak<KeyRun> = Arc::downgrade(&run_of(vec![older.clone()]));
    let again = run_of(vec![older.clone(), newer.clone()]);
    assert!(first.upgrade().is_some_and(|first| Arc::ptr_eq(&first, &again)), "nobody used it in between");
    drop(again);
    run_of(vec![newer]);
    assert!(first.upgrade().is_none(), "no version that was asked for its keys lately has it");

    // The same path with other content is another run.
    let open = run_of(vec![older.clone()]);
    let mut other = older;
    other.entries += 1;
    let error = bed.commit(vec![other]).keys().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corruption);
    assert_eq!(open.find(&sought([7])).unwrap(), [(0, entry(7, 1))]);
}
