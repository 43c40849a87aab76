//! Promise: an earlier version can be named by a moment and brought back whole, as a new version.

use std::sync::Arc;
use std::time::Duration;

use drillcore_store::{
    CommitOptions, Error, ErrorKind, MemoryStorage, Operation, Retention, Storage, Store, Touched, VerifyScope,
};

use crate::support::{
    DATASET, HOUR, START_US, commit_append, commit_delta, commit_full, environment, latest_ids, open, options,
    read_ids, schema, small_store, write,
};

#[test]
fn an_earlier_version_comes_back_with_all_it_had() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer()?;
    let options = CommitOptions::default().with_property("watermark", "1").with_token("first");
    writer.commit_full(&schema(), write(&writer, &(0..15).collect::<Vec<i64>>())?, &options)?;
    commit_delta(&dataset, &[1, 12], &[20])?;
    let second = dataset.snapshot(2)?;
    let writer = dataset.writer()?;
    let options = CommitOptions::default().with_property("watermark", "3").with_token("third");
    writer.commit_full(&schema(), write(&writer, &[99])?, &options)?;

    let restored = dataset.restore(2)?;
    assert_eq!((restored.version, restored.replayed), (4, false));
    let snapshot = restored.snapshot;
    assert_eq!(snapshot.manifest().operation, Operation::Restore);
    assert_eq!(read_ids(&snapshot)?, read_ids(&second)?);
    assert_eq!((snapshot.files(), snapshot.properties()), (second.files(), second.properties()));
    assert_eq!((snapshot.schema(), snapshot.rows()), (second.schema(), 14));
    assert_eq!(snapshot.header().reader_features, ["deletion_vectors"]);
    assert_eq!(snapshot.manifest().touched("id"), Touched::All);
    // Tokens are those of the newest version: nothing is committed twice because somebody went back.
    assert_eq!((dataset.find_token("first")?, dataset.find_token("third")?), (Some(1), Some(3)));

    // One may go back and forth, and on.
    assert_eq!(dataset.restore(3)?.version, 5);
    assert_eq!(latest_ids(&dataset)?, [99]);
    assert_eq!(dataset.restore(4)?.version, 6);
    assert_eq!(commit_delta(&dataset, &[20], &[21])?.version, 7);
    drop((snapshot, second, writer));
    store.vacuum()?;
    assert_eq!(dataset.versions()?, [6, 7]);
    assert!(store.verify(VerifyScope::AllKept)?.is_clean());
    assert_eq!(latest_ids(&dataset)?.len(), 14);
    Ok(())
}

#[test]
fn versions_that_are_gone_or_never_were_do_not_come_back() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    let refused = |version: u64| dataset.restore(version).unwrap_err().kind();
    assert_eq!(refused(1), ErrorKind::InvalidInput, "nothing was ever committed");
    for id in 1..=4 {
        commit_full(&dataset, &[id])?;
    }
    store.vacuum()?;
    assert_eq!((refused(0), refused(5)), (ErrorKind::InvalidInput, ErrorKind::InvalidInput));
    let expired = dataset.restore(2).unwrap_err();
    assert_eq!(expired.kind(), ErrorKind::VersionExpired);
    assert!(expired.context().contains(&("oldest", "3".to_owned())), "{expired}");
    assert_eq!((dataset.versions()?, latest_ids(&dataset)?), (vec![3, 4], vec![4]));
    Ok(())
}

#[test]
fn a_version_with_a_missing_file_does_not_come_back() -> Result<(), Error> {
    let storage = small_store(&[1, 2]);
    let dataset = open(&storage, 2)?.dataset(DATASET);
    let lost = format!("datasets/{DATASET}/{}", dataset.snapshot(1)?.files()[0].path);
    commit_full(&dataset, &[3])?;
    storage.remove(&lost).expect("present");
    let error = dataset.restore(1).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Corruption, Some(lost.as_str())));
    assert_eq!(latest_ids(&dataset)?, [3]);
    Ok(())
}

#[test]
fn a_version_is_found_by_a_moment() -> Result<(), Error> {
    let clock = environment(1);
    let storage = MemoryStorage::new();
    let retention = Retention { max_age: Duration::ZERO, min_versions: 4 };
    let store = Store::open(Arc::new(storage), options(Arc::clone(&clock)).with_retention(retention))?;
    let dataset = store.dataset(DATASET);
    assert_eq!(dataset.version_at(START_US)?, None);
    let hour = i64::try_from(HOUR.as_micros()).expect("small");
    // One version per full hour, from START_US on; the sixth is committed at the same moment as the fifth.
    for id in 0..7 {
        commit_append(&dataset, &[id])?;
        if id != 4 {
            clock.advance(HOUR);
        }
    }
    let expected = [1, 2, 3, 4, 5].map(|hours| START_US + (hours - 1) * hour);
    for (version, at) in (1..).zip(expected) {
        let before = (version > 1).then_some(version - 1);
        assert_eq!(dataset.version_at(at - 1)?, before, "right before version {version}");
        // Times increase though the clock stood still.
        let found = dataset.version_at(at)?;
        assert_eq!(found, Some(version), "at version {version}");
    }
    assert_eq!(dataset.version_at(START_US + 4 * hour + 1)?, Some(6));
    assert_eq!(dataset.version_at(i64::MAX)?, Some(7));
    assert_eq!(dataset.version_at(i64::MIN)?, None, "before the first version there was none");

    store.vacuum()?;
    assert_eq!(dataset.versions()?, [4, 5, 6, 7]);
    let expired = dataset.version_at(START_US + 2 * hour).unwrap_err();
    assert_eq!(expired.kind(), ErrorKind::VersionExpired);
    assert!(expired.context().contains(&("oldest", "4".to_owned())), "{expired}");
    assert_eq!(dataset.version_at(START_US + 3 * hour)?, Some(4));
    Ok(())
}
