//! Committing: full loads, appends, properties, idempotency tokens, conflicts.

use drillcore_store::{CommitOptions, Error, ErrorKind, FaultStorage, MemoryStorage, Operation};

use crate::support::{
    DATASET, batch, commit_append, commit_delta, commit_full, latest_ids, open, read_ids, schema, write,
};

#[test]
fn full_replaces_and_append_adds() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    assert!(dataset.latest()?.is_none());
    assert_eq!(commit_append(&dataset, &[1, 2])?.version, 1);
    assert_eq!(commit_append(&dataset, &[3])?.version, 2);
    assert_eq!(latest_ids(&dataset)?, [1, 2, 3]);
    let full = commit_full(&dataset, &[9])?;
    assert_eq!((full.version, full.replayed), (3, false));
    assert_eq!(latest_ids(&dataset)?, [9]);
    // Earlier versions are still there, also for others.
    let other = open(&storage, 2)?.dataset(DATASET);
    let second = other.snapshot(2)?;
    assert_eq!(read_ids(&second)?, [1, 2, 3]);
    let description = other.describe()?;
    let rows: Vec<(Operation, u64)> =
        description.versions.iter().map(|version| (version.operation, version.rows)).collect();
    assert_eq!(rows, [(Operation::Append, 2), (Operation::Append, 3), (Operation::Full, 1)]);
    assert_eq!((description.files, description.orphan_bytes), (3, 0));
    assert_eq!(other.snapshot(4).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(other.snapshot(0).unwrap_err().kind(), ErrorKind::InvalidInput);
    Ok(())
}

#[test]
fn an_empty_load_is_an_empty_table_with_columns() -> Result<(), Error> {
    let store = open(&MemoryStorage::new(), 1)?;
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer()?;
    let files = writer.write_parquet(&schema(), [Ok::<_, Error>(batch(&[]))], &Default::default())?;
    assert!(files.is_empty());
    let snapshot = writer.commit_full(&schema(), files, &CommitOptions::default())?.snapshot;
    assert_eq!((snapshot.rows(), snapshot.schema()), (0, &schema()));
    assert_eq!(latest_ids(&dataset)?, Vec::<i64>::new());
    Ok(())
}

#[test]
fn a_full_load_conflicts_when_its_base_moved_and_an_append_does_not() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    commit_full(&dataset, &[1])?;
    let (full, append) = (dataset.writer()?, dataset.writer()?);
    let (full_files, append_files) = (write(&full, &[2])?, write(&append, &[3])?);
    assert_eq!(open(&storage, 2)?.dataset(DATASET).writer()?.base_version(), 1);
    commit_append(&open(&storage, 3)?.dataset(DATASET), &[4])?;

    let error = full.commit_full(&schema(), full_files.clone(), &CommitOptions::default()).unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(error.context().contains(&("newest", "2".to_owned())), "{error}");
    append.commit_append(&schema(), append_files.clone(), &CommitOptions::default())?;
    assert_eq!(latest_ids(&dataset)?, [1, 4, 3]);

    // Whoever knows what came in between can commit on top of it.
    let expected = CommitOptions::default().with_expected_version(3);
    assert_eq!(full.commit_full(&schema(), full_files, &expected)?.version, 4);
    let stale = append.commit_append(&schema(), append_files, &CommitOptions::default().with_expected_version(3));
    assert_eq!(stale.unwrap_err().kind(), ErrorKind::Conflict);
    Ok(())
}

#[test]
fn properties_of_a_full_load_replace_and_those_of_an_append_are_laid_over() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    let properties = |pairs: &[(&str, &str)]| {
        pairs.iter().fold(CommitOptions::default(), |options, (name, value)| options.with_property(*name, *value))
    };
    let of_latest = || -> Result<Vec<String>, Error> {
        let latest = dataset.latest()?.expect("committed");
        Ok(latest.properties().iter().map(|(name, value)| format!("{name}={value}")).collect())
    };
    let writer = dataset.writer()?;
    writer.commit_full(&schema(), Vec::new(), &properties(&[("watermark", "1"), ("source", "s")]))?;
    let files = write(&writer, &[1])?;
    writer.commit_append(&schema(), files, &properties(&[("watermark", "2")]))?;
    assert_eq!(of_latest()?, ["source=s", "watermark=2"]);
    dataset.writer()?.commit_full(&schema(), Vec::new(), &properties(&[("fresh", "yes")]))?;
    assert_eq!(of_latest()?, ["fresh=yes"]);
    Ok(())
}

#[test]
fn a_token_commits_once() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let push = |seed: u64, ids: &[i64], token: &str| {
        let writer = open(&storage, seed)?.dataset(DATASET).writer()?;
        writer.commit_append(&schema(), write(&writer, ids)?, &CommitOptions::default().with_token(token))
    };
    assert_eq!(push(1, &[1], "a")?.version, 1);
    assert_eq!(push(2, &[2], "b")?.version, 2);
    let again = push(3, &[1], "a")?;
    assert_eq!((again.version, again.replayed, again.snapshot.version()), (1, true, 2));
    let dataset = open(&storage, 4)?.dataset(DATASET);
    assert_eq!(latest_ids(&dataset)?, [1, 2]);
    assert_eq!((dataset.find_token("a")?, dataset.find_token("c")?), (Some(1), None));
    // Tokens outlive full loads.
    commit_full(&dataset, &[5])?;
    assert!(push(6, &[1], "a")?.replayed);
    let long = "x".repeat(257);
    for (seed, bad) in [(7, ""), (8, long.as_str())] {
        assert_eq!(push(seed, &[1], bad).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    Ok(())
}

#[test]
fn appends_with_other_columns_are_conflicts_and_strange_files_are_refused() -> Result<(), Error> {
    use arrow::datatypes::{DataType, Field, Schema};
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    commit_full(&dataset, &[1])?;
    let writer = dataset.writer()?;
    let files = write(&writer, &[2])?;
    let other = Schema::new(vec![Field::new("other", DataType::Int64, true)]);
    let refused = |schema: &Schema, files: Vec<drillcore_store::DataFile>| {
        writer.commit_append(schema, files, &CommitOptions::default()).unwrap_err().kind()
    };
    assert_eq!(refused(&other, Vec::new()), ErrorKind::Conflict);
    assert_eq!(refused(&schema(), [files.clone(), files.clone()].concat()), ErrorKind::InvalidInput, "twice");
    let mut strange = files.clone();
    strange[0].path = "../../format.json".to_owned();
    assert_eq!(refused(&schema(), strange), ErrorKind::InvalidInput, "outside");
    let elsewhere = store.dataset(uuid::Uuid::from_u128(3)).writer()?;
    assert_eq!(refused(&schema(), write(&elsewhere, &[3])?), ErrorKind::InvalidInput, "of another dataset");
    let full = writer.commit_full(&other, files, &CommitOptions::default());
    assert_eq!(full.unwrap_err().kind(), ErrorKind::InvalidInput, "of other columns");
    assert_eq!(latest_ids(&dataset)?, [1]);
    Ok(())
}

#[test]
fn removed_datasets_are_gone_unless_somebody_reads_them() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    commit_full(&dataset, &[1])?;
    commit_append(&dataset, &[2])?;
    let reader = open(&storage, 2)?;
    let held = reader.dataset(DATASET).latest()?;
    assert_eq!(store.remove_dataset(DATASET).unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(latest_ids(&dataset)?, [1, 2], "nothing was removed");
    drop((held, reader));
    store.remove_dataset(DATASET)?;
    assert!(store.dataset_ids()?.is_empty());
    assert!(storage.paths().iter().all(|path| !path.starts_with("datasets/")), "{:?}", storage.paths());
    store.remove_dataset(DATASET)?;
    Ok(())
}

/// The folder of versions is read once, to find the first; what that costs grows with their number.
#[test]
fn who_knows_the_newest_version_lists_no_others() -> Result<(), Error> {
    let storage = FaultStorage::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    commit_full(&dataset, &[1, 2, 3])?;
    let is_listing = |step: &&String| step.starts_with("list ") && step.ends_with("/manifest");
    let listed = || storage.trace().iter().filter(is_listing).count();
    let before = listed();
    for id in 4..8 {
        commit_delta(&dataset, &[id - 1], &[id])?;
        assert_eq!(latest_ids(&dataset)?, [1, 2, id]);
    }
    assert_eq!(listed(), before);
    // Another one came in between.
    commit_append(&open(&storage, 2)?.dataset(DATASET), &[9])?;
    let before = listed();
    assert_eq!(commit_append(&dataset, &[10])?.version, 7);
    assert!(listed() > before);
    assert_eq!(latest_ids(&dataset)?, [1, 2, 7, 9, 10]);
    Ok(())
}
