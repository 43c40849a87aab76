//! Sets of rows against plain sets, their bytes against other software's.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use proptest::collection::{btree_set, vec};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use roaring::RoaringTreemap;
use uuid::Uuid;

use super::encoding::{decode, unframe};
use super::{DeletionVector, FileDeletions, VectorFile};
use crate::context::Context;
use crate::digest::Digest;
use crate::env::SystemEnvironment;
use crate::error::ErrorKind;
use crate::layout::{dataset_dir, deletions_path, join};
use crate::lockless::Lockless;
use crate::options::Retention;
use crate::storage::MemoryStorage;

const DATASET: Uuid = Uuid::from_u128(7);

/// Few rows, many rows, long runs, and rows on both sides of where Roaring begins a new container.
fn rows() -> impl Strategy<Value = BTreeSet<u32>> {
    let runs = vec((0_u32..200_000, 1_u32..20_000), 0..4);
    let cover = |runs: Vec<(u32, u32)>| -> BTreeSet<u32> {
        runs.into_iter().flat_map(|(start, length)| start..start + length).collect()
    };
    prop_oneof![
        btree_set(0_u32..200, 0..100),
        btree_set(0_u32..140_000, 0..6_000),
        btree_set(65_530_u32..65_545, 0..15),
        btree_set(any::<u32>(), 0..50),
        runs.prop_map(cover),
    ]
}

fn written(vector: &DeletionVector) -> (VectorFile, FileDeletions) {
    let mut file = VectorFile::new(deletions_path(Uuid::from_u128(1)));
    let place = file.add(vector).unwrap();
    (file, place)
}

fn data_of(vector: &DeletionVector) -> Vec<u8> {
    let (file, _) = written(vector);
    file.content()[5..file.content().len() - 4].to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_vector_survives_its_bytes(rows in rows()) {
        let vector = DeletionVector::from_rows(rows.iter().copied());
        let (file, place) = written(&vector);
        prop_assert_eq!((place.offset, place.cardinality), (1, rows.len() as u64));
        prop_assert_eq!(file.content().len() as u64, 1 + place.size + 8);
        let data = unframe(&file.content()[1..], place.digest).unwrap();
        let read = decode(data).unwrap();
        prop_assert!(read.rows().eq(rows.iter().copied()));
        prop_assert_eq!(&read, &vector);
        // What other software understands.
        let treemap = RoaringTreemap::deserialize_from(&data[4..]).unwrap();
        prop_assert!(treemap.iter().eq(rows.iter().copied().map(u64::from)));
    }

    #[test]
    fn sets_behave_like_sets(one in rows(), other in rows()) {
        let (left, right) =
            (DeletionVector::from_rows(one.iter().copied()), DeletionVector::from_rows(other.iter().copied()));
        prop_assert!(left.union(&right).rows().eq(one.union(&other).copied()));
        prop_assert!(left.without(&right).rows().eq(one.difference(&other).copied()));
        prop_assert_eq!((left.len(), left.last()), (one.len() as u64, one.last().copied()));
        prop_assert!(other.iter().all(|row| left.contains(*row) == one.contains(row)));
        let mut grown = left.clone();
        for row in &other {
            prop_assert_eq!(grown.insert(*row), !one.contains(row));
        }
        prop_assert_eq!(grown, left.union(&right));
    }

    #[test]
    fn live_ranges_are_what_is_not_deleted(deleted in rows(), total in 0_u64..160_000) {
        let vector = DeletionVector::from_rows(deleted.iter().copied());
        let live = vector.live(total);
        prop_assert!(live.iter().all(|range| range.start < range.end && range.end <= total));
        prop_assert!(live.windows(2).all(|pair| pair[0].end < pair[1].start), "one range per run: {live:?}");
        let expected = (0..total).filter(|row| !deleted.contains(&u32::try_from(*row).unwrap()));
        prop_assert!(live.into_iter().flatten().eq(expected));
    }

    #[test]
    fn strange_bytes_are_no_vector_and_no_reason_to_panic(bytes in vec(any::<u8>(), 0..80), rows in rows()) {
        let _read = decode(&bytes);
        let mut data = data_of(&DeletionVector::from_rows(rows));
        data.extend_from_slice(&bytes);
        prop_assert_eq!(decode(&data).is_some(), bytes.is_empty());
    }
}

#[test]
fn the_bytes_are_those_of_delta_lake() {
    let (file, place) = written(&DeletionVector::from_rows([3, 4, 7, 11, 18, 29]));
    let header = [1_u8, 0, 0, 0, 44];
    let magic = [0xD1_u8, 0xD3, 0x39, 0x64];
    let buckets = [1_u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    // One array container: cookie, count, key and cardinality less one, offset, values.
    let bitmap = [0x3A_u8, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 5, 0, 16, 0, 0, 0, 3, 0, 4, 0, 7, 0, 11, 0, 18, 0, 29, 0];
    let data = [magic.as_slice(), buckets.as_slice(), bitmap.as_slice()].concat();
    let checksum = crc32fast::hash(&data).to_be_bytes();
    assert_eq!(file.content(), [header.as_slice(), data.as_slice(), checksum.as_slice()].concat());
    assert_eq!((place.offset, place.size, place.cardinality), (1, 44, 6));
    assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926, "the CRC-32 of zip and Delta Lake");
}

#[test]
fn the_first_and_the_last_row_bound_live_ranges() {
    let check = |deleted: &[u32], rows: u64, expected: &[std::ops::Range<u64>]| {
        assert_eq!(DeletionVector::from_rows(deleted.iter().copied()).live(rows), expected, "{deleted:?} of {rows}");
    };
    check(&[], 0, &[]);
    check(&[], 3, std::slice::from_ref(&(0..3)));
    check(&[0, 1, 2], 3, &[]);
    check(&[0, 2], 3, std::slice::from_ref(&(1..2)));
    check(&[1], 3, &[0..1, 2..3]);
    check(&[u32::MAX], 1 << 33, &[0..u64::from(u32::MAX), 1 << 32..1 << 33]);
}

/// Two vectors in one file, in a storage.
fn stored() -> (MemoryStorage, Context, Vec<FileDeletions>, Vec<DeletionVector>) {
    let vectors = vec![DeletionVector::from_rows([0, 9]), DeletionVector::from_rows(1..5_000)];
    let mut file = VectorFile::new(deletions_path(Uuid::from_u128(1)));
    let places = vectors.iter().map(|vector| file.add(vector).unwrap()).collect();
    let storage = MemoryStorage::new();
    storage.tamper(&join(&dataset_dir(DATASET), file.path()), file.content().to_vec());
    let context = Context {
        storage: Arc::new(storage.clone()),
        env: Arc::new(SystemEnvironment),
        retention: Retention::default(),
        lock_timeout: Duration::ZERO,
        key_cache_bytes: 0,
        lockless: Lockless::default(),
        writer_features: Vec::new(),
    };
    (storage, context, places, vectors)
}

#[test]
fn vectors_of_one_file_are_read_one_by_one_and_every_changed_byte_is_noticed() {
    let (storage, context, places, vectors) = stored();
    let read = |place: &FileDeletions| place.read(&context, DATASET, 5_000).map_err(|error| error.kind());
    for (place, vector) in places.iter().zip(&vectors) {
        assert_eq!(read(place).as_ref(), Ok(vector));
    }
    let path = join(&dataset_dir(DATASET), &places[0].path);
    let sound = storage.content(&path).unwrap();
    let second = usize::try_from(places[1].offset).unwrap();
    for position in 0..sound.len() {
        let mut changed = sound.to_vec();
        changed[position] ^= 1 << (position % 8);
        storage.tamper(&path, changed);
        let first = read(&places[0]).err();
        let other = read(&places[1]).err();
        let damaged = Some(ErrorKind::Corruption);
        let expected = match position {
            0 => (damaged, damaged),
            _ if position < second => (damaged, None),
            _ => (None, damaged),
        };
        assert_eq!((first, other), expected, "position {position}");
    }
    storage.tamper(&path, sound.slice(..sound.len() - 1));
    assert_eq!(read(&places[1]), Err(ErrorKind::Corruption), "cut");
    storage.tamper(&path, Vec::<u8>::new());
    assert_eq!(read(&places[0]), Err(ErrorKind::Corruption), "empty");
}

#[test]
fn what_the_manifest_says_about_a_vector_must_be_so() {
    let (_, context, places, _) = stored();
    let refused = |change: &dyn Fn(&mut FileDeletions), rows: u64| {
        let mut place = places[0].clone();
        change(&mut place);
        place.read(&context, DATASET, rows).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(refused(&|_| {}, 10), Ok(()));
    assert_eq!(refused(&|_| {}, 9), Err(ErrorKind::Corruption), "row 9 of 9 rows");
    let changes: [&dyn Fn(&mut FileDeletions); 7] = [
        &|place| place.cardinality = 3,
        &|place| place.offset = 0,
        &|place| place.offset = u64::MAX,
        &|place| place.size += 1,
        &|place| place.size = u64::MAX,
        &|place| place.digest = Digest::of(b""),
        &|place| place.path = deletions_path(Uuid::from_u128(2)),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert_eq!(refused(change, 10), Err(ErrorKind::Corruption), "change {index}");
    }
}
