//! A life of a store in several steps, and what must hold wherever it was cut short.

use drillcore_store::{Error, FaultStorage, Storage, Store};

use crate::life::{Life, Opened, newest};
use crate::support::{DATASET, HOUR, check_sound_and_swept, commit_append, commit_full, latest_ids, open, read_ids};

/// How far a run came: what it began and what it was told had happened.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    attempted: u64,
    acknowledged: u64,
    catalog_attempted: u64,
    catalog_acknowledged: u64,
}

/// The scenario.
#[derive(Debug)]
pub(crate) struct Loads;

impl Life for Loads {
    type Progress = Progress;

    fn begin(&self) -> (FaultStorage, Progress) {
        (FaultStorage::new(), Progress::default())
    }

    fn live(&self, opened: &Opened, progress: &mut Progress) -> Result<(), Error> {
        live(opened, progress)
    }

    fn check_newest(&self, store: &Store, progress: &Progress, place: &str) {
        let dataset = store.dataset(DATASET);
        let expected = rows_of(newest(&dataset, progress.acknowledged..=progress.attempted, place));
        assert_eq!(latest_ids(&dataset).unwrap(), expected, "{place}: through the same handle");
    }

    fn check<S: Storage + Clone>(&self, storage: &S, progress: &Progress, place: &str) {
        check(storage, progress, place);
    }
}

/// The ids of every version the scenario makes, from version 1 on.
fn model() -> Vec<Vec<i64>> {
    let first: Vec<i64> = (0..12).collect();
    let second: Vec<i64> = (100..103).collect();
    let third: Vec<i64> = (200..211).collect();
    let fourth: Vec<i64> = (200..211).chain(300..305).collect();
    let fifth: Vec<i64> = (200..211).chain(300..305).chain(400..401).collect();
    vec![first, second, third, fourth, fifth]
}

/// The ids of a version; none before the first.
fn rows_of(version: u64) -> Vec<i64> {
    match version.checked_sub(1) {
        None => Vec::new(),
        Some(index) => model().swap_remove(usize::try_from(index).unwrap()),
    }
}

/// Commits the catalog twice, loads three times, appends, vacuums, appends again.
fn live(Opened { store, clock }: &Opened, progress: &mut Progress) -> Result<(), Error> {
    let dataset = store.dataset(DATASET);
    let model = model();
    for (version, ids) in (1_u64..).zip(&model) {
        clock.advance(HOUR);
        if version <= 2 {
            progress.catalog_attempted = version;
            store.catalog().commit(version - 1, &format!("catalog {version}"))?;
            progress.catalog_acknowledged = version;
        }
        if version == 5 {
            store.vacuum()?;
        }
        progress.attempted = version;
        match version {
            1..=3 => commit_full(&dataset, ids)?,
            4 => commit_append(&dataset, &ids[11..])?,
            _ => commit_append(&dataset, &ids[16..])?,
        };
        progress.acknowledged = version;
        // Readers come in between, so that snapshots and leases are held across commits.
        assert_eq!(&latest_ids(&dataset)?, ids);
    }
    Ok(())
}

/// Makes the store and lives in it.
pub(crate) fn run(storage: &FaultStorage, progress: &mut Progress) -> Result<(), Error> {
    Loads.run(storage, progress)
}

/// How many operations a run without faults takes, tidying up at its end not included.
pub(crate) fn operations() -> u64 {
    Loads.operations()
}

/// Opens what is left and checks every promise; `place` says where the run was cut short.
pub(crate) fn check(storage: &(impl Storage + Clone), progress: &Progress, place: &str) {
    let store = open(storage, 77).unwrap_or_else(|error| panic!("{place}: {error}"));
    let dataset = store.dataset(DATASET);

    let catalog = store.catalog().latest().unwrap();
    let catalog_version = catalog.as_ref().map_or(0, |catalog| catalog.version());
    assert!((progress.catalog_acknowledged..=progress.catalog_attempted).contains(&catalog_version), "{place}");
    if let Some(catalog) = catalog {
        assert_eq!(catalog.parse::<String>().unwrap(), format!("catalog {catalog_version}"), "{place}");
    }

    let newest = newest(&dataset, progress.acknowledged..=progress.attempted, place);
    for version in dataset.versions().unwrap() {
        let ids = read_ids(&dataset.snapshot(version).unwrap()).unwrap();
        assert_eq!(ids, rows_of(version), "{place}: version {version}");
    }
    check_sound_and_swept(&store, place);
    assert_eq!(latest_ids(&dataset).unwrap(), rows_of(newest), "{place}: after vacuum");

    assert_eq!(commit_full(&dataset, &[7, 8]).unwrap().version, newest + 1, "{place}");
    assert_eq!(latest_ids(&dataset).unwrap(), [7, 8], "{place}");
    let next = store.catalog().commit(catalog_version, "next").unwrap();
    assert_eq!(next.version(), catalog_version + 1, "{place}");
}
