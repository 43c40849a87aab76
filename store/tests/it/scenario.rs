//! A life of a store in several steps, and what must hold wherever it was cut short.

use std::sync::Arc;

use drillcore_store::{Error, FaultStorage, Storage, Store, VerifyScope};

use crate::life::Life;
use crate::support::{DATASET, HOUR, commit_append, commit_full, environment, latest_ids, open, options, read_ids};

/// How far a run came: what it began and what it was told had happened.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    attempted: u64,
    acknowledged: u64,
    catalog_attempted: u64,
    catalog_acknowledged: u64,
    /// How many operations a run took that came to its end.
    operations: u64,
}

/// The scenario.
#[derive(Debug)]
pub(crate) struct Loads;

impl Life for Loads {
    type Progress = Progress;

    fn begin(&self) -> (FaultStorage, Progress) {
        (FaultStorage::new(), Progress::default())
    }

    fn run(&self, storage: &FaultStorage, progress: &mut Progress) -> Result<(), Error> {
        run(storage, progress)
    }

    fn check<S: Storage + Clone>(&self, storage: &S, progress: &Progress, place: &str) {
        check(storage, progress, place);
    }

    fn operations(&self) -> u64 {
        operations()
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

/// Makes the store, commits the catalog twice, loads three times, appends, vacuums, appends again.
pub(crate) fn run(storage: &FaultStorage, progress: &mut Progress) -> Result<(), Error> {
    let environment = environment(1);
    let store = Store::open(Arc::new(storage.clone()), options(Arc::clone(&environment)))?;
    let dataset = store.dataset(DATASET);
    let model = model();
    for (version, ids) in (1_u64..).zip(&model) {
        environment.advance(HOUR);
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
    progress.operations = storage.operations();
    Ok(())
}

/// How many operations a run without faults takes, tidying up at its end not included.
pub(crate) fn operations() -> u64 {
    let mut progress = Progress::default();
    run(&FaultStorage::new(), &mut progress).unwrap();
    progress.operations
}

/// Opens what is left and checks every promise; `place` says where the run was cut short.
pub(crate) fn check(storage: &(impl Storage + Clone), progress: &Progress, place: &str) {
    let store = open(storage, 77).unwrap_or_else(|error| panic!("{place}: {error}"));
    let dataset = store.dataset(DATASET);
    let model = model();

    let catalog = store.catalog().latest().unwrap();
    let catalog_version = catalog.as_ref().map_or(0, |catalog| catalog.version());
    assert!((progress.catalog_acknowledged..=progress.catalog_attempted).contains(&catalog_version), "{place}");
    if let Some(catalog) = catalog {
        assert_eq!(catalog.parse::<String>().unwrap(), format!("catalog {catalog_version}"), "{place}");
    }

    let newest = dataset.latest().unwrap().map_or(0, |snapshot| snapshot.version());
    assert!((progress.acknowledged..=progress.attempted).contains(&newest), "{place}: version {newest}");
    for version in dataset.versions().unwrap() {
        let ids = read_ids(&dataset.snapshot(version).unwrap()).unwrap();
        assert_eq!(ids, model[usize::try_from(version).unwrap() - 1], "{place}: version {version}");
    }
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean(), "{place}: {:?}", report.problems);

    let vacuumed = store.vacuum().unwrap();
    assert!(vacuumed.postponed.is_empty() && vacuumed.foreign.is_empty(), "{place}: {vacuumed:?}");
    let report = store.verify(VerifyScope::AllKept).unwrap();
    assert!(report.is_clean() && report.orphans.is_empty(), "{place}: {report:?}");
    let kept = if newest == 0 { Vec::new() } else { model[usize::try_from(newest).unwrap() - 1].clone() };
    assert_eq!(latest_ids(&dataset).unwrap(), kept, "{place}: after vacuum");

    assert_eq!(commit_full(&dataset, &[7, 8]).unwrap().version, newest + 1, "{place}");
    assert_eq!(latest_ids(&dataset).unwrap(), [7, 8], "{place}");
    let next = store.catalog().commit(catalog_version, "next").unwrap();
    assert_eq!(next.version(), catalog_version + 1, "{place}");
}
