//! Of each key the row that counts, however many rows fit into memory.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::super::sorter::{KeyRule, KeySorter};
use super::{Bed, KeyEntry, Place, entry, shaped};
use crate::error::ErrorKind;

fn key_files(bed: &Bed) -> Vec<String> {
    bed.storage.paths().into_iter().filter(|path| path.ends_with(".run")).collect()
}

/// The rows that count and the others, both in the order of their hashes.
fn chosen(rows: &[(KeyEntry, i64)], rule: KeyRule) -> (Vec<KeyEntry>, Vec<KeyEntry>) {
    let mut keys: BTreeMap<u128, Vec<(KeyEntry, i64)>> = BTreeMap::new();
    rows.iter().for_each(|row| keys.entry(row.0.hash).or_default().push(*row));
    let (mut counts, mut others) = (Vec::new(), Vec::new());
    for mut rows in keys.into_values() {
        rows.sort_by_key(|(entry, ordinal)| match rule {
            KeyRule::Latest => (entry.version_time, *ordinal),
            KeyRule::First => (None, -ordinal),
        });
        counts.extend(rows.pop().map(|(entry, _)| entry));
        others.extend(rows.into_iter().map(|(entry, _)| entry));
    }
    (counts, others)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_row_that_counts_does_not_depend_on_memory(
        rows in vec((0_u64..90, any::<bool>(), option::of(0_i64..4)), 0..300),
        memory in 1_usize..150,
        shape in 0_usize..4,
        first in any::<bool>(),
    ) {
        let bed = Bed::new(1);
        let rule = if first { KeyRule::First } else { KeyRule::Latest };
        let rows: Vec<(KeyEntry, i64)> = (0_u32..)
            .zip(rows)
            .map(|(number, (key, placed, version_time))| {
                let place = placed.then_some(Place { file: 0, row: number });
                let entry = KeyEntry { hash: shaped(shape, key), place, version_time, digest: u64::from(number) };
                // Every ordinal once, in no order.
                (entry, i64::from(number) * 31 % 307 - 9)
            })
            .collect();
        let sorter = || {
            let mut sorter = bed.writer().key_sorter(rule).with_memory_rows(memory);
            rows.iter().for_each(|(entry, ordinal)| sorter.push(*entry, *ordinal).unwrap());
            sorter
        };
        let (counts, mut expected) = chosen(&rows, rule);
        expected.sort_by_key(|entry| (entry.hash, entry.digest));

        let mut others: Vec<KeyEntry> = Vec::new();
        let mut ordinals = true;
        sorter()
            .finish(&mut |entry, ordinal| {
                ordinals &= rows.contains(&(entry, ordinal));
                others.push(entry);
            })
            .unwrap();
        prop_assert!(ordinals);
        prop_assert!(others.is_sorted_by_key(|entry| entry.hash));
        others.sort_by_key(|entry| (entry.hash, entry.digest));
        prop_assert_eq!(&others, &expected);
        prop_assert_eq!(key_files(&bed).len(), 0, "what was put aside is gone");

        others.clear();
        let run = sorter().finish_run(&bed.files, &mut |entry, _| others.push(entry)).unwrap();
        others.sort_by_key(|entry| (entry.hash, entry.digest));
        prop_assert_eq!(&others, &expected);
        prop_assert_eq!(key_files(&bed).len(), 1);
        let index = bed.commit(vec![run]).keys().unwrap().unwrap();
        let entries: Vec<KeyEntry> = index.entries().collect::<Result<Vec<_>, _>>().unwrap().concat();
        prop_assert_eq!(entries, counts);
    }
}

/// Five parts of two rows and one in memory.
fn spilled(bed: &Bed) -> KeySorter {
    let mut sorter = bed.writer().key_sorter(KeyRule::Latest).with_memory_rows(2);
    for number in 0..11 {
        sorter.push(entry(shaped(0, u64::from(number)), number), i64::from(number)).unwrap();
    }
    sorter
}

#[test]
fn rows_that_were_put_aside_are_checked() {
    let bed = Bed::new(1);
    drop(spilled(&bed));
    assert_eq!(key_files(&bed), Vec::<String>::new());
    for position in [0, 39, 95] {
        let sorter = spilled(&bed);
        let paths = key_files(&bed);
        assert_eq!(paths.len(), 5);
        let mut content = bed.storage.content(&paths[2]).unwrap().to_vec();
        assert_eq!(content.len(), 96);
        content[position] ^= 1;
        bed.storage.tamper(&paths[2], content);
        let error = sorter.finish(&mut |_, _| {}).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(paths[2].as_str())), "byte {position}");
    }
    let short = spilled(&bed);
    bed.storage.tamper(&key_files(&bed)[0], vec![0; 50]);
    assert_eq!(short.finish_run(&bed.files, &mut |_, _| {}).unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn what_a_run_cannot_hold_is_refused_here_too() {
    let bed = Bed::new(1);
    let mut sorter = bed.writer().key_sorter(KeyRule::First);
    sorter.push(KeyEntry { place: Some(Place { file: 1, row: 0 }), ..entry(7, 1) }, 0).unwrap();
    let error = sorter.finish_run(&bed.files, &mut |_, _| {}).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
