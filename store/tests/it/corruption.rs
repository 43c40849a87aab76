//! Promise: any changed, missing or surplus byte in any file is reported as corruption that names the file, before a
//! single row is returned.

use drillcore_store::{
    ColumnStats, CommitOptions, Compression, Error, ErrorKind, MemoryStorage, ParquetLayout, Storage, VerifyScope,
};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::support::{
    DATASET, batch, commit_full, latest_ids, open, path_ending, read_ids, schema, small_layout, small_store, write,
};

/// Reads all there is to read with a new handle.
fn read(storage: &MemoryStorage) -> Result<Vec<i64>, Error> {
    let store = open(storage, 9)?;
    store.catalog().latest()?;
    latest_ids(&store.dataset(DATASET))
}

#[track_caller]
fn check_refused(storage: &MemoryStorage, path: &str, what: &str) {
    let error = read(storage).expect_err(what);
    assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(path)), "{what}: {error}");
}

/// `verify` must find the same, and go on.
#[track_caller]
fn check_reported(storage: &MemoryStorage, path: &str) {
    let store = open(storage, 9).unwrap();
    let report = store.verify(VerifyScope::AllKept).unwrap();
    let found = report.problems.iter().any(|problem| problem.path == path && problem.kind == ErrorKind::Corruption);
    assert!(found, "{path}: {:?}", report.problems);
}

fn changed(storage: &MemoryStorage, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> MemoryStorage {
    let fork = storage.fork();
    let mut content = fork.content(path).unwrap().to_vec();
    change(&mut content);
    fork.tamper(path, content);
    fork
}

/// A flip in any byte of a file is noticed. Gives the length of the file.
#[track_caller]
fn check_every_byte(storage: &MemoryStorage, path: &str) -> usize {
    let length = storage.content(path).unwrap().len();
    (0..length).into_par_iter().for_each(|position| {
        let flip = 1_u8 << (position % 8);
        let damaged = changed(storage, path, |content| content[position] ^= flip);
        check_refused(&damaged, path, &format!("{path} at {position}"));
    });
    length
}

/// Whether nothing is in it, and nobody minds what is.
pub(crate) fn is_a_lock_or_lease(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with(".writing") || path.starts_with("leases/")
}

#[test]
fn every_flipped_byte_of_every_file_is_noticed() {
    let storage = small_store(&[1, 2, 3, 4, 5]);
    let paths: Vec<String> = storage.paths().into_iter().filter(|path| !is_a_lock_or_lease(path)).collect();
    assert_eq!(paths.len(), 4, "format, catalog, manifest, data: {paths:?}");
    for path in paths {
        let length = check_every_byte(&storage, &path);
        if path != "format.json" {
            check_reported(&changed(&storage, &path, |content| content[length / 2] ^= 1), &path);
        }
    }
}

/// Rows enough for a data file of 64 KiB, which is still one block, and what leads to it.
#[test]
fn every_flipped_byte_of_a_store_of_64_kib_is_noticed() {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1).unwrap();
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer().unwrap();
    let ids: Vec<i64> = (0..3_000).collect();
    let layout = ParquetLayout::default().with_compression(Compression::None).with_dictionary(false);
    let files = writer.write_parquet(&schema(), [Ok::<_, Error>(batch(&ids))], &layout).unwrap();
    writer.commit_full(&schema(), files, &CommitOptions::default()).unwrap();
    drop((writer, dataset, store));
    assert_eq!(read(&storage).unwrap(), ids);

    let data = path_ending(&storage, ".parquet");
    let length = storage.content(&data).unwrap().len();
    assert!((64 * 1024..256 * 1024).contains(&length), "{length} bytes");
    let paths: Vec<String> = storage.paths().into_iter().filter(|path| !is_a_lock_or_lease(path)).collect();
    assert_eq!(paths.len(), 3, "format, manifest, data: {paths:?}");
    for path in paths {
        check_every_byte(&storage, &path);
    }
}

#[test]
fn statistics_that_rows_do_not_have_are_noticed() {
    type Change = fn(&mut [ColumnStats]);
    let wrong: [(&str, Change); 6] = [
        ("id", |columns| columns[0].min = Some("2".to_owned())),
        ("id", |columns| columns[0].sum = Some("16".to_owned())),
        ("name", |columns| columns[1].null_count = 0),
        ("name", |columns| columns[1].max_exact = false),
        ("value", |columns| columns[2].max = None),
        ("value", |columns| columns[2].max = Some("1.0".to_owned())),
    ];
    for (column, change) in wrong {
        let storage = MemoryStorage::new();
        let store = open(&storage, 1).unwrap();
        let writer = store.dataset(DATASET).writer().unwrap();
        let mut files = write(&writer, &[1, 2, 3, 4, 5]).unwrap();
        change(&mut files[0].columns);
        writer.commit_full(&schema(), files, &CommitOptions::default()).unwrap();
        let problems = store.verify(VerifyScope::AllKept).unwrap().problems;
        let [problem] = problems.as_slice() else { panic!("{column}: {problems:?}") };
        assert_eq!(
            (problem.path.as_str(), problem.kind),
            (path_ending(&storage, ".parquet").as_str(), ErrorKind::Corruption)
        );
        assert!(problem.message.contains(column), "{}", problem.message);
    }
}

#[test]
fn every_truncation_is_noticed() {
    let storage = small_store(&[1, 2, 3, 4, 5]);
    for path in storage.paths().into_iter().filter(|path| !is_a_lock_or_lease(path)) {
        let length = storage.content(&path).unwrap().len();
        let cuts: Vec<usize> = (0..length).step_by(length.div_ceil(256)).collect();
        cuts.par_iter().for_each(|cut| {
            let damaged = changed(&storage, &path, |content| content.truncate(*cut));
            check_refused(&damaged, &path, &format!("{path} cut at {cut}"));
        });
        check_refused(&changed(&storage, &path, |content| content.push(0)), &path, "a byte too many");
    }
}

#[test]
fn files_of_several_blocks_are_checked_block_by_block() {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1).unwrap();
    let dataset = store.dataset(DATASET);
    let ids: Vec<i64> = (0..40_000).collect();
    let writer = dataset.writer().unwrap();
    let layout = ParquetLayout::default().with_compression(Compression::None).with_dictionary(false);
    let files = writer.write_parquet(&schema(), [Ok::<_, Error>(batch(&ids))], &layout).unwrap();
    let size = files[0].size;
    assert!(size > 2 * 256 * 1024, "{size}");
    writer.commit_full(&schema(), files, &CommitOptions::default()).unwrap();
    drop((writer, dataset, store));
    assert_eq!(read(&storage).unwrap(), ids);

    let data = path_ending(&storage, ".parquet");
    let length = storage.content(&data).unwrap().len();
    let positions: Vec<usize> = (0..length).step_by(length / 60).collect();
    positions.par_iter().for_each(|position| {
        let damaged = changed(&storage, &data, |content| content[*position] ^= 0x10);
        check_refused(&damaged, &data, &format!("data at {position}"));
    });
    let digests = path_ending(&storage, ".blk");
    let length = storage.content(&digests).unwrap().len();
    for position in 0..length {
        let damaged = changed(&storage, &digests, |content| content[position] ^= 0x10);
        check_refused(&damaged, &digests, &format!("digests at {position}"));
    }
    check_reported(&changed(&storage, &data, |content| content[length / 2] ^= 1), &data);
}

#[test]
fn swapped_manifests_and_data_files_are_noticed() {
    let storage = small_store(&[1]);
    let store = open(&storage, 2).unwrap();
    commit_full(&store.dataset(DATASET), &[2]).unwrap();
    drop(store);
    let swap = |suffix: &str| {
        let fork = storage.fork();
        let of_dataset = |path: &String| path.starts_with("datasets/") && path.ends_with(suffix);
        let paths: Vec<String> = fork.paths().into_iter().filter(of_dataset).collect();
        let contents: Vec<_> = paths.iter().map(|path| fork.content(path).unwrap()).collect();
        fork.tamper(&paths[0], contents[1].clone());
        fork.tamper(&paths[1], contents[0].clone());
        read(&fork).unwrap_err().kind()
    };
    assert_eq!(swap(".json"), ErrorKind::Corruption);
    assert_eq!(swap(".parquet"), ErrorKind::Corruption);
}

#[test]
fn manifests_of_other_datasets_are_noticed() {
    let storage = small_store(&[1]);
    let manifest = path_ending(&storage, &format!("{DATASET}/manifest/00000000000000000001.json"));
    let other = uuid::Uuid::from_u128(5);
    let copy = manifest.replace(&DATASET.to_string(), &other.to_string());
    storage.tamper(&copy, storage.content(&manifest).unwrap());
    let error = open(&storage, 2).unwrap().dataset(other).latest().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(copy.as_str())));
}

#[test]
fn missing_files_are_noticed_by_name() {
    let storage = small_store(&[1, 2]);
    let data = path_ending(&storage, ".parquet");
    let without = |path: &str| {
        let fork = storage.fork();
        fork.remove(path).unwrap();
        fork
    };
    check_refused(&without(&data), &data, "no data file");
    check_reported(&without(&data), &data);
    check_refused(&without("format.json"), "format.json", "no format file");
}

#[test]
fn a_sound_older_version_stays_readable_beside_a_damaged_newer_one() {
    let storage = small_store(&[1, 2]);
    let store = open(&storage, 2).unwrap();
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer().unwrap();
    let rows = [Ok::<_, Error>(batch(&[3]))];
    let files = writer.write_parquet(&schema(), rows, &small_layout()).unwrap();
    let newer = format!("datasets/{DATASET}/{}", files[0].path);
    writer.commit_full(&schema(), files, &CommitOptions::default()).unwrap();
    let damaged = changed(&storage, &newer, |content| content[100] ^= 1);
    check_refused(&damaged, &newer, "the newer version");
    let dataset = open(&damaged, 3).unwrap().dataset(DATASET);
    assert_eq!(read_ids(&dataset.snapshot(1).unwrap()).unwrap(), [1, 2]);
}
