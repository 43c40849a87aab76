//! Runs, merges and lookups against maps that do the same.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use super::{Bed, KeyEntry, KeyRunFile, Place, Snapshot, SplitMix64, shaped};

const FILES: u32 = 3;
/// Keys come out of this many, so that runs know the same ones.
const NUMBERS: u64 = 600;

/// A run as a map, places as a snapshot with all files counts them.
type Model = BTreeMap<u128, KeyEntry>;

/// Entries for about `share` of 600 keys.
fn some_entries(seed: u64, share: usize, shape: usize) -> Vec<KeyEntry> {
    let mut rng = SplitMix64::new(seed);
    let numbers: Vec<u64> = (0..NUMBERS).filter(|_| rng.chance(share, 600)).collect();
    let mut small = |limit: usize| u32::try_from(rng.below(limit)).unwrap();
    let mut entries: Vec<KeyEntry> = numbers
        .into_iter()
        .map(|number| KeyEntry {
            hash: shaped(shape, number),
            place: (small(5) > 0).then(|| Place { file: small(3), row: small(1_000) }),
            version_time: (small(6) > 0).then(|| i64::from(small(100))),
            digest: u64::from(small(1_000)),
        })
        .collect();
    // They come in any order.
    entries.sort_by_key(|entry| entry.digest);
    entries
}

/// Writes a run in which files have other numbers than in the snapshot.
fn write(bed: &Bed, entries: &[KeyEntry], turn: u32) -> (KeyRunFile, Model) {
    let mut files = bed.files.clone();
    files.rotate_left(usize::try_from(turn).unwrap());
    let run = bed.writer().write_keys(&files, entries.to_vec()).unwrap();
    let turned = |place: Place| Place { file: (place.file + turn) % FILES, row: place.row };
    let model =
        entries.iter().map(|entry| (entry.hash, KeyEntry { place: entry.place.map(turned), ..*entry })).collect();
    (run, model)
}

/// What a merge should leave of runs that follow each other; rows whose number is a multiple of 7 are gone.
fn merged(models: &[Model], with_oldest: bool, horizon: Option<i64>) -> Model {
    let mut merged = Model::new();
    models.iter().for_each(|model| merged.extend(model));
    let kept = merged.into_values().filter_map(|entry| match entry.place {
        None => {
            let old = horizon.is_some_and(|horizon| entry.version_time.unwrap_or(i64::MIN) < horizon);
            (!(with_oldest && old)).then_some(entry)
        }
        Some(place) => match map(place) {
            None if with_oldest => None,
            place => Some(KeyEntry { place, ..entry }),
        },
    });
    kept.map(|entry| (entry.hash, entry)).collect()
}

fn map(place: Place) -> Option<Place> {
    (!place.row.is_multiple_of(7)).then(|| Place { file: (place.file + 1) % FILES, row: place.row + 1 })
}

fn check(snapshot: &Snapshot, models: &[Model], shape: usize) -> Result<(), TestCaseError> {
    let index = snapshot.keys().unwrap().unwrap();
    let known = |hash: &u128| models.iter().rev().find_map(|model| model.get(hash)).copied();
    // Every key twice and as many that no run knows, neither sorted nor all at once.
    let hashes: Vec<u128> =
        (0..NUMBERS * 4).map(|number| shaped(shape, number.wrapping_mul(7) % (NUMBERS * 2))).collect();
    for part in [hashes.as_slice(), &hashes[..5], &hashes[1_000..1_100], &[]] {
        prop_assert_eq!(index.find(part).unwrap(), part.iter().map(known).collect::<Vec<_>>());
    }
    let mut all = Model::new();
    models.iter().for_each(|model| all.extend(model));
    let entries: Vec<KeyEntry> = index.entries().collect::<Result<Vec<_>, _>>().unwrap().concat();
    prop_assert_eq!(entries, all.into_values().collect::<Vec<_>>());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn runs_do_what_maps_do(
        shape in 0_usize..4,
        runs in vec((any::<u64>(), 0_usize..500, 0..FILES), 1..5),
        merges in vec((any::<usize>(), any::<usize>(), option::of(0_i64..100)), 0..3),
    ) {
        let bed = Bed::new(i64::from(FILES));
        let (mut runs, mut models): (Vec<_>, Vec<_>) = runs
            .into_iter()
            .map(|(seed, share, turn)| write(&bed, &some_entries(seed, share, shape), turn))
            .unzip();
        let mut snapshot = bed.commit(runs.clone());
        check(&snapshot, &models, shape)?;
        for (start, length, horizon) in merges {
            let start = start % runs.len();
            let range = start..start + 1 + length % (runs.len() - start);
            let run = bed.writer().merge_keys(&snapshot, range.clone(), &map, &bed.files, horizon).unwrap();
            let model = merged(&models[range.clone()], start == 0, horizon);
            let dead = || model.values().filter(|entry| entry.place.is_none());
            let oldest_dead = dead().map(|entry| entry.version_time.unwrap_or(i64::MIN)).min();
            prop_assert_eq!((run.entries, run.dead), (model.len() as u64, dead().count() as u64));
            prop_assert_eq!(run.oldest_dead, oldest_dead);
            drop(runs.splice(range.clone(), [run]));
            drop(models.splice(range, [model]));
            snapshot = bed.commit(runs.clone());
            check(&snapshot, &models, shape)?;
        }
        for run in &runs {
            run.verify(&snapshot.files.context, snapshot.dataset()).unwrap();
        }
    }
}
