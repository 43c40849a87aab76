//! A purge leaves nothing of deleted rows on the medium, nor of versions nobody reads.

use drillcore_store::{CompactOptions, Error, MemoryStorage, Operation, VacuumOptions, VerifyScope};

use super::table::{Model, Row, check, delta, load, rows, text};
use crate::support::{DATASET, open, small_layout};

/// Whether the text of a row is in any file; nothing is compressed.
fn holds(storage: &MemoryStorage, row: Row) -> bool {
    let text = text(row).expect("the row has a text");
    storage.paths().iter().any(|path| {
        let content = storage.content(path).expect("present");
        content.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

fn purge() -> VacuumOptions {
    VacuumOptions::default().with_purge(true).with_layout(small_layout())
}

/// Version 1 has rows 0 to 24 in three files; then some are replaced and deleted, in two of them.
fn deleted(storage: &MemoryStorage) -> Result<Model, Error> {
    let dataset = open(storage, 1)?.dataset(DATASET);
    load(&dataset, &rows(0..25, 1))?;
    delta(&dataset, &rows([4, 11], 2), &[5], 2)?;
    delta(&dataset, &rows([11], 3), &[1], 3)?;
    let mut model: Model = rows(0..25, 1).into_iter().chain([(4, 2), (11, 3)]).collect();
    model.retain(|id, _| ![5, 1].contains(id));
    Ok(model)
}

const GONE: [Row; 5] = [(1, 1), (4, 1), (5, 1), (11, 1), (11, 2)];
const LEFT: [Row; 4] = [(2, 1), (4, 2), (11, 3), (22, 1)];

#[test]
fn deleted_rows_leave_the_medium() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let model = deleted(&storage)?;
    let store = open(&storage, 2)?;
    let dataset = store.dataset(DATASET);
    let before = dataset.latest()?.expect("committed").files().to_vec();
    // A plain vacuum leaves what versions need, and so does a compaction.
    dataset.vacuum_with(&VacuumOptions::default())?;
    assert!(GONE.iter().chain(&LEFT).all(|row| holds(&storage, *row)));

    let report = dataset.vacuum_with(&purge())?;
    assert_eq!((report.versions_removed, report.postponed.len()), (2, 0), "{report:?}");
    for (row, held) in GONE.map(|row| (row, false)).into_iter().chain(LEFT.map(|row| (row, true))) {
        assert_eq!(holds(&storage, row), held, "{row:?}");
    }
    let latest = dataset.latest()?.expect("committed");
    check(&latest, &model, "purged");
    assert_eq!((latest.manifest().operation, latest.manifest().dead_rows()), (Operation::Purge, 0));
    assert!(latest.files().contains(&before[2]), "a file without deleted rows stays");
    assert_eq!(dataset.versions()?, [latest.version()]);
    let report = store.verify(VerifyScope::AllKept)?;
    assert!(report.is_clean() && report.orphans.is_empty(), "{report:?}");

    // There is nothing left to rewrite.
    assert_eq!(dataset.vacuum_with(&purge())?.removed, Vec::<String>::new());
    assert_eq!(dataset.latest()?.expect("committed").version(), latest.version());
    Ok(())
}

#[test]
fn what_somebody_reads_stays_until_the_next_purge() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    let model = deleted(&storage)?;
    let reader = open(&storage, 3)?;
    let held = reader.dataset(DATASET).snapshot(2)?;
    let dataset = open(&storage, 2)?.dataset(DATASET);
    dataset.vacuum_with(&purge())?;
    assert_eq!(dataset.versions()?, [2, 3, 4]);
    assert!(holds(&storage, (5, 1)), "the files of the version that is read");
    assert_eq!(held.rows(), 24);
    assert!(held.deletions(0)?.is_some());
    drop((held, reader));
    dataset.vacuum_with(&purge())?;
    assert_eq!(dataset.versions()?, [4]);
    assert!(GONE.iter().all(|row| !holds(&storage, *row)));
    check(&dataset.latest()?.expect("committed"), &model, "purged in the end");
    Ok(())
}

#[test]
fn a_compacted_dataset_is_purged_by_removing_versions() -> Result<(), Error> {
    let storage = MemoryStorage::new();
    deleted(&storage)?;
    let dataset = open(&storage, 2)?.dataset(DATASET);
    dataset.compact(&CompactOptions::default().with_layout(small_layout()).with_all(true))?;
    assert!(holds(&storage, (5, 1)));
    dataset.vacuum_with(&purge())?;
    assert_eq!(dataset.versions()?, [4], "the version of the compaction");
    assert!(GONE.iter().all(|row| !holds(&storage, *row)));
    assert!(LEFT.iter().all(|row| holds(&storage, *row)));
    Ok(())
}
