//! Promise: what earlier builds wrote is read and written on, and what a newer one wrote is refused by type.
//!
//! `fixtures/store_v1` is a store of format version 1 (see `sample`), `fixtures/store_v1.txt` all there is to see of it.
//! `UPDATE_EXPECT=1` makes the folder if it is missing, and writes the text anew. A folder that is there is never made
//! again: it is worth something because the code that wrote it is gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use drillcore_store::{
    CommitOptions, CompactOptions, Error, ErrorKind, LocalStorage, MemoryStorage, Store, VerifyScope,
};
use serde_json::{Value, json};

use crate::corruption::is_a_lock_or_lease;
use crate::format::rewrite;
use crate::sample::{
    Document, ORDERS, READINGS, append, check_orders, delta, orders_of_versions, sample, shown, shown_versions,
};
use crate::support::{HOUR, environment, open, options};

/// The bytes of files, by path with `/`.
type Files = BTreeMap<String, Vec<u8>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/store_v1")
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("a folder"))?;
    File::create(path)?.write_all(content)
}

fn write_files(folder: &Path, files: &Files) -> io::Result<()> {
    files.iter().try_for_each(|(path, content)| write_file(&folder.join(path), content))
}

fn read_files(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let mut dirs = vec![String::new()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(folder.join(&dir))? {
            let entry = entry?;
            let name = entry.file_name().into_string().expect("names are Unicode");
            let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
            if entry.file_type()?.is_dir() {
                dirs.push(path);
            } else if !is_a_lock_or_lease(&path) {
                files.insert(path, fs::read(entry.path())?);
            }
        }
    }
    Ok(files)
}

fn content_of(storage: &MemoryStorage) -> Files {
    let kept = storage.paths().into_iter().filter(|path| !is_a_lock_or_lease(path));
    kept.map(|path| (path.clone(), storage.content(&path).expect("present").to_vec())).collect()
}

/// The files of the fixture.
fn fixture() -> &'static Files {
    static FIXTURE: OnceLock<Files> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let folder = folder();
        if !folder.exists() {
            let place = folder.display();
            assert!(is_update(), "{place} is missing: get it from the repository, or make it with UPDATE_EXPECT=1");
            write_files(&folder, &content_of(&sample().unwrap())).expect("the fixture is written");
        }
        read_files(&folder).expect("the fixture is read")
    })
}

/// A copy of the fixture in memory.
fn in_memory() -> MemoryStorage {
    let storage = MemoryStorage::new();
    for (path, content) in fixture() {
        storage.tamper(path, content.clone());
    }
    storage
}

/// A copy of the fixture in a folder.
fn in_a_folder() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    write_files(copy.path(), fixture()).expect("a copy");
    copy
}

fn open_folder(folder: &Path) -> Store {
    let clock = environment(77);
    // Long after everything in the fixture.
    clock.advance(HOUR * 1_000);
    let storage = LocalStorage::open(folder).unwrap();
    Store::open(Arc::new(storage), options(clock)).unwrap()
}

#[test]
fn the_fixture_holds_what_it_should() {
    let files = fixture();
    let count = |part: &str| files.keys().filter(|path| path.contains(part)).count();
    assert_eq!((count("format.json"), count("catalog/"), count("/manifest/")), (1, 2, 10));
    assert!(count("/data/") >= 7 && count("/dv/") == 3 && count("/keys/") == 5, "{:?}", files.keys());
    let bytes: usize = files.values().map(Vec::len).sum();
    assert!(bytes < 128 * 1024, "{bytes} bytes are too many for a repository");
}

#[test]
fn all_there_is_to_see_is_as_it_was() {
    let copy = in_a_folder();
    let store = open_folder(copy.path());
    let seen = shown(&store).unwrap();
    let orders = store.dataset(ORDERS);
    for (version, model) in (1..).zip(orders_of_versions()) {
        check_orders(&orders.snapshot(version).unwrap(), &model);
    }
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean() && report.orphans.is_empty() && report.foreign.is_empty(), "{report:?}");
    drop((orders, store));
    assert!(read_files(copy.path()).unwrap() == *fixture(), "reading changed files");

    let path = folder().with_extension("txt");
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if seen == expected {
        return;
    }
    if is_update() {
        return write_file(&path, seen.as_bytes()).expect("the text is written");
    }
    let differs = (1..).zip(seen.lines().zip(expected.lines())).find(|(_, (seen, expected))| seen != expected);
    let place = differs.map_or_else(
        || "one goes on where the other ends".to_owned(),
        |(line, (seen, expected))| format!("line {line} is\n{seen}\nand should be\n{expected}"),
    );
    panic!("{} is not what is seen; UPDATE_EXPECT=1 writes it\n{place}", path.display());
}

#[test]
fn it_is_written_on() -> Result<(), Error> {
    let copy = in_a_folder();
    let store = open_folder(copy.path());
    let before = shown_versions(&store)?;
    let (orders, readings) = (store.dataset(ORDERS), store.dataset(READINGS));
    let mut model = orders_of_versions().pop().expect("six versions");

    // The keys of rows that another build wrote are found, those of the restored version among them.
    let committed = delta(&orders, &[(3, 7), (50, 7)], &[6, 14], false, &CommitOptions::default())?;
    assert_eq!((committed.version, committed.replayed), (7, false));
    model.extend([(3, 7), (50, 7)]);
    model.retain(|id, _| ![6, 14].contains(id));
    check_orders(&committed.snapshot, &model);
    // Tokens are remembered.
    let again = append(&readings, 100..105, &CommitOptions::default().with_token("first"))?;
    assert_eq!((again.version, again.replayed), (1, true));
    let committed = append(&readings, 10..12, &CommitOptions::default())?;
    assert_eq!((committed.version, committed.snapshot.rows()), (5, 12));
    store.catalog().commit(2, &Document::new(&[], "after"))?;
    let after = shown_versions(&store)?;
    assert_eq!(after.len(), before.len() + 2);
    for (version, text) in &before {
        assert_eq!(after.get(version), Some(text), "earlier versions stay as they were");
    }

    assert_eq!(orders.compact(&CompactOptions::default().with_all(true))?.version, Some(8));
    check_orders(orders.snapshot(8)?.as_ref(), &model);
    drop(committed);
    store.vacuum()?;
    assert_eq!(
        (orders.versions()?, readings.versions()?, store.catalog().versions()?),
        (vec![7, 8], vec![4, 5], vec![2, 3])
    );
    let report = store.verify(VerifyScope::AllKept)?;
    assert!(report.is_clean() && report.orphans.is_empty(), "{report:?}");
    check_orders(orders.snapshot(7)?.as_ref(), &model);
    check_orders(orders.snapshot(8)?.as_ref(), &model);
    Ok(())
}

#[test]
fn made_again_it_is_the_same_byte_for_byte() {
    let [one, other] = [(), ()].map(|()| content_of(&sample().unwrap()));
    assert!(one == other, "{:?} and {:?}", one.keys(), other.keys());
}

const CATALOG: &str = "catalog/00000000000000000002.json";

/// The newest manifest of the dataset with a key.
fn manifest() -> String {
    format!("datasets/{ORDERS}/manifest/00000000000000000006.json")
}

/// A copy in which a sealed file says something else, with a digest that fits.
fn with(path: &str, change: &dyn Fn(&mut Value)) -> MemoryStorage {
    let storage = in_memory();
    rewrite(&storage, path, change);
    storage
}

#[track_caller]
fn check_refused<T>(outcome: Result<T, Error>, path: &str) {
    match outcome {
        Ok(_) => panic!("{path} should be refused"),
        Err(error) => assert_eq!((error.kind(), error.path()), (ErrorKind::UnsupportedFormat, Some(path)), "{error}"),
    }
}

fn change_orders(store: &Store) -> Result<u64, Error> {
    let committed = delta(&store.dataset(ORDERS), &[(1, 7)], &[2], false, &CommitOptions::default())?;
    Ok(committed.version)
}

fn change_readings(store: &Store) -> Result<u64, Error> {
    append(&store.dataset(READINGS), 20..21, &CommitOptions::default()).map(|committed| committed.version)
}

fn change_catalog(store: &Store) -> Result<u64, Error> {
    store.catalog().commit(2, &Document::new(&[], "")).map(|committed| committed.version())
}

/// What a reader must know and this build does not.
const FOR_READERS: [fn(&mut Value); 3] = [
    |header| header["format_version"] = json!(2),
    |header| header["reader_features"] = json!(["rows_elsewhere"]),
    |header| header["reader_features"] = json!(["deletion_vectors", "rows_elsewhere"]),
];

/// What a writer must know and this build does not.
const FOR_WRITERS: [fn(&mut Value); 2] = [
    |header| header["writer_features"] = json!(["rollups"]),
    |header| header["writer_features"] = json!(["key_runs", "rollups"]),
];

#[test]
fn a_store_of_a_newer_format_is_not_opened() {
    let changes: [fn(&mut Value); 3] = [
        |format| format["version"] = json!(2),
        |format| format["version"] = json!(0),
        |format| format["reader_features"] = json!(["deletion_vectors", "rows_elsewhere"]),
    ];
    for change in changes {
        let storage = with("format.json", &change);
        let before = content_of(&storage);
        check_refused(open(&storage, 5), "format.json");
        assert!(content_of(&storage) == before, "refusing changed files");
    }
}

#[test]
fn a_store_that_asks_more_of_writers_is_read_and_not_written() -> Result<(), Error> {
    let before = shown(&open(&in_memory(), 5)?)?;
    for change in FOR_WRITERS {
        let storage = with("format.json", &change);
        let store = open(&storage, 5)?;
        assert_eq!(shown(&store)?, before);
        check_refused(change_orders(&store), "format.json");
        check_refused(change_readings(&store), "format.json");
        check_refused(change_catalog(&store), "format.json");
        check_refused(store.vacuum(), "format.json");
        assert_eq!(shown(&store)?, before);
    }
    Ok(())
}

#[test]
fn a_version_of_a_newer_format_is_refused_and_the_others_are_not() -> Result<(), Error> {
    let before = shown_versions(&open(&in_memory(), 5)?)?;
    for change in FOR_READERS {
        let storage = with(&manifest(), &|version| change(&mut version["header"]));
        let store = open(&storage, 5)?;
        let orders = store.dataset(ORDERS);
        check_refused(orders.latest(), &manifest());
        check_refused(orders.snapshot(6), &manifest());
        for version in 1..6 {
            check_orders(
                orders.snapshot(version)?.as_ref(),
                &orders_of_versions()[usize::try_from(version).unwrap() - 1],
            );
        }
        // Nobody builds on it, nor removes what it may need.
        check_refused(change_orders(&store), &manifest());
        check_refused(orders.restore(2), &manifest());
        check_refused(orders.vacuum(), &manifest());
        assert_eq!(orders.versions()?, [1, 2, 3, 4, 5, 6]);
        assert!(fixture().keys().all(|path| storage.content(path).is_some()), "files of the fixture were removed");
        assert_eq!((change_readings(&store)?, change_catalog(&store)?), (5, 3));

        let storage = with(CATALOG, &|version| change(&mut version["header"]));
        let store = open(&storage, 5)?;
        check_refused(store.catalog().latest(), CATALOG);
        check_refused(change_catalog(&store), CATALOG);
        assert_eq!(store.catalog().read(1)?.parse::<Document>()?.datasets, ["orders"]);
        assert_eq!(shown_versions(&store)?, before);
    }
    Ok(())
}

#[test]
fn a_version_that_asks_more_of_writers_is_read_and_not_built_upon() -> Result<(), Error> {
    let before = shown_versions(&open(&in_memory(), 5)?)?;
    for change in FOR_WRITERS {
        let storage = with(&manifest(), &|version| change(&mut version["header"]));
        let store = open(&storage, 5)?;
        check_orders(store.dataset(ORDERS).snapshot(6)?.as_ref(), &orders_of_versions()[5]);
        check_refused(change_orders(&store), &manifest());
        check_refused(store.dataset(ORDERS).restore(2), &manifest());
        assert_eq!(store.dataset(ORDERS).versions()?, [1, 2, 3, 4, 5, 6]);
        assert_eq!((change_readings(&store)?, change_catalog(&store)?), (5, 3));
        // Removing what is past its retention changes no version.
        store.vacuum()?;
        assert_eq!(store.dataset(ORDERS).versions()?, [5, 6]);

        let storage = with(CATALOG, &|version| change(&mut version["header"]));
        let store = open(&storage, 5)?;
        let catalog = store.catalog().latest()?.expect("two versions");
        assert_eq!(catalog.parse::<Document>()?, Document::new(&["orders", "readings"], ""));
        assert_eq!(shown_versions(&store)?, before);
        check_refused(change_catalog(&store), CATALOG);
        assert_eq!((change_orders(&store)?, change_readings(&store)?), (7, 5));
    }
    Ok(())
}
