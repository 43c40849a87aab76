//! Promise: a commit of changes is one step from the version before: rows go and come together, files are not written
//! anew, earlier versions stay as they were, and what does not fit is refused before anything is written.

use drillcore_store::{
    Changes, CommitOptions, DataFile, DaySet, DeletionVector, Error, ErrorKind, Full, KeyChanges, KeyEntry, KeyRunFile,
    Keys, MemoryStorage, Operation, Place, SnapshotWriter, SplitMix64, Touched, VerifyScope,
};

use crate::support::{
    DATASET, commit_append, commit_delta, commit_full, delta, latest_ids, open, places, read_ids, schema, small_store,
    write,
};

fn commit(writer: &SnapshotWriter, changes: Changes) -> Result<u64, Error> {
    let options = CommitOptions::default();
    writer.commit_changes(Operation::Delta, &schema(), changes, &options).map(|committed| committed.version)
}

/// Paths of the files of deletion vectors, by name.
fn vector_files(storage: &MemoryStorage) -> Vec<String> {
    storage.paths().into_iter().filter(|path| path.contains("/dv/")).collect()
}

#[test]
fn rows_go_and_come_and_earlier_versions_stay() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    commit_full(&dataset, &(0..25).collect::<Vec<i64>>())?;
    let first = dataset.latest()?.expect("committed");
    assert_eq!(first.files().len(), 3);

    let committed = commit_delta(&dataset, &[1, 11, 12], &[30, 31])?;
    assert_eq!((committed.version, committed.snapshot.manifest().operation), (2, Operation::Delta));
    let expected: Vec<i64> = (0..25).filter(|id| ![1, 11, 12].contains(id)).chain([30, 31]).collect();
    assert_eq!(latest_ids(&dataset)?, expected);
    let second = dataset.latest()?.expect("committed");
    assert_eq!((second.rows(), second.manifest().dead_rows(), second.files().len()), (24, 3, 4));
    assert_eq!(second.files()[0].path, first.files()[0].path, "nothing was written anew");
    assert_eq!((second.files()[0].rows, second.files()[0].live_rows()), (10, 9));
    assert_eq!(vector_files(&storage).len(), 1, "the vectors of a commit share a file");

    // More rows of the same file, all rows of another, and one that came with the commit before.
    let more: Vec<i64> = [2, 31].into_iter().chain(20..25).collect();
    commit_delta(&dataset, &more, &[])?;
    let third = dataset.latest()?.expect("committed");
    let expected: Vec<i64> = expected.into_iter().filter(|id| !more.contains(id)).collect();
    assert_eq!((read_ids(&third)?, third.files().len()), (expected.clone(), 3));
    let [first_file, second_file] = [third.deletions(0)?, third.deletions(1)?].map(Option::unwrap);
    assert_eq!(first_file.rows().collect::<Vec<_>>(), [1, 2], "all that were ever deleted");
    assert_eq!(second.files()[1].deletions, third.files()[1].deletions, "what stays is not written again");
    assert_eq!(second_file.rows().collect::<Vec<_>>(), [1, 2]);

    assert_eq!(commit_append(&dataset, &[40])?.snapshot.rows(), third.rows() + 1, "appends keep what is deleted");
    assert_eq!(latest_ids(&dataset)?, expected.into_iter().chain([40]).collect::<Vec<i64>>());
    let other = open(&storage, 2)?.dataset(DATASET);
    assert_eq!(read_ids(&*other.snapshot(1)?)?, (0..25).collect::<Vec<i64>>());
    assert_eq!(read_ids(&*other.snapshot(2)?)?.len(), 24);
    assert!(open(&storage, 3)?.verify(VerifyScope::AllKept)?.is_clean());
    Ok(())
}

#[test]
fn rows_deleted_again_and_nothing_at_all_change_nothing() -> Result<(), Error> {
    let storage = small_store(&[1, 2, 3]);
    let dataset = open(&storage, 2)?.dataset(DATASET);
    commit_delta(&dataset, &[2], &[])?;
    let writer = dataset.writer()?;
    let path = writer.base()?.expect("committed").files()[0].path.clone();
    let again = Changes::default().with_deleted(&path, DeletionVector::from_rows([1]));
    assert_eq!(commit(&writer, again)?, 3);
    let nothing = Changes::default().with_deleted(&path, DeletionVector::default());
    assert_eq!(commit(&dataset.writer()?, nothing)?, 4);
    assert_eq!(commit(&dataset.writer()?, Changes::default())?, 5);
    assert_eq!(latest_ids(&dataset)?, [1, 3]);
    assert_eq!(vector_files(&storage).len(), 1, "written once");
    let (second, fifth) = (dataset.snapshot(2)?, dataset.snapshot(5)?);
    assert_eq!(second.files(), fifth.files());
    Ok(())
}

#[test]
fn the_first_commit_may_be_one_of_changes() -> Result<(), Error> {
    let dataset = open(&MemoryStorage::new(), 1)?.dataset(DATASET);
    let writer = dataset.writer()?;
    assert!(writer.base()?.is_none());
    let changes = delta(&writer, &[], &[5, 6])?;
    let path = changes.added[0].path.clone();
    assert_eq!(commit(&writer, changes.with_deleted(path, DeletionVector::from_rows([0])))?, 1);
    assert_eq!(latest_ids(&dataset)?, [6]);
    Ok(())
}

#[test]
fn changes_of_another_version_than_the_newest_are_conflicts() -> Result<(), Error> {
    let storage = small_store(&[1, 2, 3]);
    let dataset = open(&storage, 2)?.dataset(DATASET);
    let writer = dataset.writer()?;
    let changes = delta(&writer, &[1], &[9])?;
    commit_append(&open(&storage, 3)?.dataset(DATASET), &[4])?;
    let error = commit(&writer, changes.clone()).unwrap_err();
    assert!(error.is_retryable() && error.context().contains(&("newest", "2".to_owned())), "{error}");
    assert_eq!(writer.base()?.map(|base| base.version()), Some(1));
    assert_eq!(vector_files(&storage), Vec::<String>::new(), "refused before anything is written");

    // Whoever knows what came in between may go on.
    let options = CommitOptions::default().with_expected_version(2).with_token("t").with_property("watermark", "7");
    let committed = writer.commit_changes(Operation::Delta, &schema(), changes.clone(), &options)?;
    assert_eq!((committed.version, read_ids(&committed.snapshot)?), (3, vec![2, 3, 4, 9]));
    let again = writer.commit_changes(Operation::Delta, &schema(), changes, &options)?;
    assert_eq!((again.version, again.replayed), (3, true));
    // Properties are laid over.
    commit_delta(&dataset, &[], &[10])?;
    assert_eq!(dataset.latest()?.expect("committed").properties()["watermark"], "7");
    Ok(())
}

#[test]
fn a_base_that_is_gone_is_a_conflict() -> Result<(), Error> {
    let storage = small_store(&[1]);
    let dataset = open(&storage, 2)?.dataset(DATASET);
    let writer = dataset.writer()?;
    let other = open(&storage, 3)?;
    for id in 2..6 {
        commit_full(&other.dataset(DATASET), &[id])?;
    }
    other.vacuum()?;
    assert_eq!(writer.base().unwrap_err().kind(), ErrorKind::Conflict);
    Ok(())
}

#[test]
fn files_take_the_place_of_others() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    commit_full(&dataset, &(0..25).collect::<Vec<i64>>())?;
    commit_delta(&dataset, &[0, 3, 21], &[])?;
    let writer = dataset.writer()?;
    let base = writer.base()?.expect("committed");
    let living: Vec<i64> = read_ids(&base)?.into_iter().filter(|id| *id < 10 || *id >= 20).collect();
    let removed = vec![base.files()[0].path.clone(), base.files()[2].path.clone()];
    let added = write(&writer, &living)?;
    let changes = Changes::default().with_added(added).with_removed(removed);
    let options = CommitOptions::default();
    let compacted = writer.commit_changes(Operation::Compact, &schema(), changes, &options)?.snapshot;
    let expected: Vec<i64> = (10..20).chain(living).collect();
    assert_eq!((read_ids(&compacted)?, compacted.rows(), compacted.manifest().dead_rows()), (expected, 22, 0));
    assert!(compacted.header().reader_features.is_empty());
    assert_eq!(compacted.manifest().touched("id"), Touched::nothing(), "the same rows");
    drop((base, writer));
    // What only earlier versions need goes with them.
    commit_append(&dataset, &[50])?;
    store.vacuum()?;
    assert_eq!(dataset.versions()?, [3, 4]);
    assert_eq!(vector_files(&storage), Vec::<String>::new());
    assert!(store.verify(VerifyScope::AllKept)?.orphans.is_empty());
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() -> Result<(), Error> {
    let storage = small_store(&[1, 2, 3]);
    let store = open(&storage, 2)?;
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer()?;
    let base = writer.base()?.expect("committed");
    let path = base.files()[0].path.as_str();
    let added = write(&writer, &[4])?;
    let one = || DeletionVector::from_rows([0]);
    let strange = |change: &dyn Fn(&mut DataFile)| {
        let mut file = added[0].clone();
        change(&mut file);
        Changes::default().with_added(vec![file])
    };
    let cases = [
        ("rows of no file", Changes::default().with_deleted("data/x.parquet", one())),
        ("a row too many", Changes::default().with_deleted(path, DeletionVector::from_rows([1, 3]))),
        ("no such file to remove", Changes::default().with_removed(vec!["data/x.parquet".to_owned()])),
        ("deleted and removed", Changes::default().with_deleted(path, one()).with_removed(vec![path.to_owned()])),
        ("added twice", Changes::default().with_added([added.clone(), added.clone()].concat())),
        ("held already", Changes::default().with_added(base.files().to_vec())),
        ("outside", strange(&|file| file.path = "../../format.json".to_owned())),
        ("not there", strange(&|file| file.path = format!("data/{}.parquet", uuid::Uuid::from_u128(5)))),
        ("other columns", strange(&|file| file.columns.truncate(1))),
        ("no keys", Changes::default().with_keys(KeyChanges::Change { added: Vec::new(), removed: Vec::new() })),
    ];
    for (what, changes) in cases {
        // A sound part does not help.
        let changes = if changes.deleted.is_empty() { changes.with_deleted(path, one()) } else { changes };
        assert_eq!(commit(&writer, changes).unwrap_err().kind(), ErrorKind::InvalidInput, "{what}");
        assert_eq!(vector_files(&storage), Vec::<String>::new(), "{what}");
    }
    assert_eq!((latest_ids(&dataset)?, dataset.versions()?), (vec![1, 2, 3], vec![1]));
    Ok(())
}

#[test]
fn full_loads_may_delete_rows_and_take_over_nothing() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let dataset = open(&storage, 1)?.dataset(DATASET);
    let writer = dataset.writer()?;
    let files = write(&writer, &(0..25).collect::<Vec<i64>>())?;
    let (first, last) = (files[0].path.clone(), files[2].path.clone());
    let full = Full::new(files)
        .with_deleted(first, DeletionVector::from_rows([0, 9]))
        .with_deleted(last, DeletionVector::from_rows(0..5));
    let committed = writer.commit_full_with(&schema(), full, &CommitOptions::default())?;
    assert_eq!(read_ids(&committed.snapshot)?, (1..9).chain(10..20).collect::<Vec<i64>>());
    assert_eq!((committed.snapshot.files().len(), committed.snapshot.rows()), (2, 18));
    let unknown = Full::default().with_deleted("data/x.parquet", DeletionVector::from_rows([0]));
    let refused = dataset.writer()?.commit_full_with(&schema(), unknown, &CommitOptions::default());
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    commit_full(&dataset, &[7])?;
    let latest = dataset.latest()?.expect("committed");
    assert_eq!((latest.rows(), latest.manifest().dead_rows()), (1, 0));
    Ok(())
}

#[test]
fn touched_days_are_kept_with_the_version() -> Result<(), Error> {
    let storage = small_store(&[1, 2]);
    let dataset = open(&storage, 2)?.dataset(DATASET);
    let touched = |version: u64| -> Result<[Touched; 2], Error> {
        let snapshot = open(&storage, 9)?.dataset(DATASET).snapshot(version)?;
        Ok(["at", "other"].map(|column| snapshot.manifest().touched(column)))
    };
    let days = Touched::days(DaySet::from_days([20_600, -3]));
    let writer = dataset.writer()?;
    commit(&writer, delta(&writer, &[1], &[])?.with_touched("at", days.clone()))?;
    commit(&dataset.writer()?, Changes::default())?;
    commit_delta(&dataset, &[2], &[])?;
    commit_append(&dataset, &[3])?;
    assert_eq!(touched(1)?, [Touched::All, Touched::All], "a full load");
    assert_eq!(touched(2)?, [days, Touched::All]);
    assert_eq!(touched(3)?, [Touched::nothing(), Touched::nothing()], "the same rows");
    assert_eq!(touched(4)?, [Touched::All, Touched::All], "a delta that does not say it");
    assert_eq!(touched(5)?, [Touched::All, Touched::All], "an append");
    Ok(())
}

#[test]
fn key_runs_come_and_go_with_versions() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let store = open(&storage, 1)?;
    let dataset = store.dataset(DATASET);
    let writer = dataset.writer()?;
    let run = |hash: u128, files: &[DataFile]| {
        let place = Some(Place { file: 0, row: 0 });
        writer.write_keys(files, vec![KeyEntry { hash, place, version_time: None, digest: 0 }])
    };
    let files = write(&writer, &[1, 2])?;
    let [a, b, c] = [run(1, &files)?, run(2, &files)?, run(3, &files)?];
    let secret = writer.new_key_secret();
    let keys = Keys { columns: vec!["id".to_owned()], secret, runs: vec![a.clone(), b.clone(), c.clone()] };
    let full = Full::new(files.clone()).with_keys(keys);
    let first = writer.commit_full_with(&schema(), full, &CommitOptions::default())?.snapshot;
    assert_eq!(first.header().writer_features, ["key_runs"]);
    assert!(first.header().reader_features.is_empty());
    let description = dataset.describe()?;
    assert_eq!((description.versions[0].key_runs, description.files, description.orphan_bytes), (3, 4, 0));

    let paths = || -> Result<Vec<String>, Error> {
        let latest = dataset.latest()?.expect("committed");
        Ok(latest.manifest().keys.iter().flat_map(|keys| &keys.runs).map(|run| run.path.clone()).collect())
    };
    let change = |added: &[&KeyRunFile], removed: &[&str]| {
        let added = added.iter().map(|run| (*run).clone()).collect();
        let removed = removed.iter().map(|path| (*path).to_owned()).collect();
        commit(&dataset.writer()?, Changes::default().with_keys(KeyChanges::Change { added, removed }))
    };
    let [d, e] = [run(4, &files)?, run(5, &files)?];
    change(&[&d], &[])?;
    assert_eq!(paths()?, [&a.path, &b.path, &c.path, &d.path].map(Clone::clone), "a new run is the newest");
    change(&[&e], &[&a.path, &b.path])?;
    assert_eq!(paths()?, [&e.path, &c.path, &d.path].map(Clone::clone), "a merged one takes the place of its parts");
    let refused = |outcome: Result<u64, Error>| outcome.unwrap_err().kind();
    assert_eq!(refused(change(&[&a], &[&e.path, &d.path])), ErrorKind::InvalidInput, "not next to each other");
    assert_eq!(refused(change(&[&c], &[])), ErrorKind::InvalidInput, "twice");
    assert_eq!(refused(change(&[], &[&a.path])), ErrorKind::InvalidInput, "not part of it");
    let mut strange = a.clone();
    strange.path = "keys/../format.json".to_owned();
    assert_eq!(refused(change(&[&strange], &[])), ErrorKind::InvalidInput, "outside");

    // Whoever changes rows has to say what becomes of their keys, and nothing is written before.
    let row = Changes::default().with_deleted(&files[0].path, DeletionVector::from_rows([0]));
    let more = write(&writer, &[3])?;
    let removed = Changes::default().with_removed(vec![files[0].path.clone()]);
    for changes in [row, Changes::default().with_added(more), removed] {
        assert_eq!(refused(commit(&dataset.writer()?, changes)), ErrorKind::InvalidInput, "rows change, keys do not");
    }
    assert_eq!(vector_files(&storage), Vec::<String>::new());

    // Versions with the same rows keep them, vacuum knows them, appends of rows that no run has do not.
    commit(&dataset.writer()?, Changes::default())?;
    assert_eq!(paths()?.len(), 3);
    drop(first);
    let removed = store.vacuum()?.removed;
    let is_removed = |run: &KeyRunFile| removed.iter().any(|path| path.ends_with(&run.path));
    assert!(is_removed(&a) && is_removed(&b) && !is_removed(&c), "{removed:?}");
    assert!(store.verify(VerifyScope::AllKept)?.is_clean());
    assert_eq!(store.verify(VerifyScope::Latest)?.key_runs_checked, 3);
    commit_append(&dataset, &[4])?;
    assert_eq!(paths()?.len(), 0);
    dataset.restore(4)?;
    assert_eq!(paths()?.len(), 3, "an earlier version has them");
    commit_full(&dataset, &[5])?;
    let latest = dataset.latest()?.expect("committed");
    assert!(latest.manifest().keys.is_none() && latest.header().writer_features.is_empty());
    Ok(())
}

/// Random deltas, appends, full loads, restores and vacuums against a list of ids for every version.
#[test]
fn any_sequence_of_commits_gives_the_rows_of_a_model() -> Result<(), Error> {
    for seed in 0..25 {
        let storage = MemoryStorage::new();
        let mut random = SplitMix64::new(seed);
        let mut below = |limit: u64| random.next_u64() % limit;
        let store = open(&storage, seed)?;
        let dataset = store.dataset(DATASET);
        let mut model: Vec<Vec<i64>> = vec![(0..30).collect()];
        let mut next = 30;
        commit_full(&dataset, &model[0])?;
        for _ in 0..12 {
            let now = model.last().cloned().unwrap_or_default();
            let fresh: Vec<i64> = (next..next + i64::try_from(below(12)).expect("small")).collect();
            next += 12;
            match below(8) {
                0 => {
                    commit_full(&dataset, &fresh)?;
                    model.push(fresh);
                }
                1 => {
                    commit_append(&dataset, &fresh)?;
                    model.push([now, fresh].concat());
                }
                2 => {
                    let kept = dataset.versions()?;
                    let version = kept[usize::try_from(below(kept.len() as u64)).expect("small")];
                    dataset.restore(version)?;
                    model.push(model[usize::try_from(version).expect("small") - 1].clone());
                }
                3 => {
                    store.vacuum()?;
                }
                _ => {
                    let share = 1 + below(4);
                    let deleted: Vec<i64> = now.iter().copied().filter(|_| below(share) == 0).collect();
                    commit_delta(&dataset, &deleted, &fresh)?;
                    let kept = now.into_iter().filter(|id| !deleted.contains(id));
                    model.push(kept.chain(fresh).collect());
                }
            }
            let other = open(&storage, 1_000 + seed)?;
            for version in other.dataset(DATASET).versions()? {
                let expected = &model[usize::try_from(version).expect("small") - 1];
                let snapshot = other.dataset(DATASET).snapshot(version)?;
                assert_eq!(&read_ids(&snapshot)?, expected, "seed {seed}, version {version}");
            }
        }
        assert_eq!(dataset.latest()?.map(|latest| latest.version()), Some(model.len() as u64));
        store.vacuum()?;
        let report = store.verify(VerifyScope::AllKept)?;
        assert!(report.is_clean() && report.orphans.is_empty(), "seed {seed}: {report:?}");
        let newest = dataset.latest()?.expect("committed");
        assert_eq!(places(&newest, &read_ids(&newest)?)?.len(), newest.files().len(), "no file without living rows");
    }
    Ok(())
}
