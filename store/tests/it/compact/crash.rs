//! Wherever the power fails, every version that is left is whole, with its keys.

use drillcore_store::{CompactOptions, Error, FaultStorage, SortColumn, Storage, Store, VacuumOptions};

use super::table::{Model, Row, check, delta, load, rows};
use crate::life::{Life, OF_UPKEEP, Opened, cut_power, images, newest};
use crate::support::{DATASET, HOUR, check_sound_and_swept, open, small_layout};

/// A step of the scenario; each makes one version.
#[derive(Debug)]
enum Step {
    Load(Vec<Row>),
    Delta { upserts: Vec<Row>, deleted: Vec<i64> },
    Compact(CompactOptions),
    Purge,
}

#[derive(Debug, Default)]
pub(crate) struct Progress {
    attempted: u64,
    acknowledged: u64,
}

fn steps() -> Vec<Step> {
    let layout = || small_layout().with_sorting(vec![SortColumn::descending("id")]);
    let some = CompactOptions::default().with_small_file_rows(10).with_min_small_files(2).with_layout(layout());
    vec![
        Step::Load(rows(0..12, 1)),
        Step::Delta { upserts: rows([3, 20], 2), deleted: vec![5] },
        Step::Delta { upserts: rows([4, 21], 3), deleted: vec![20] },
        Step::Compact(some),
        Step::Delta { upserts: rows([3], 5), deleted: vec![0] },
        Step::Compact(CompactOptions::default().with_layout(layout()).with_all(true).with_dead_horizon_us(3)),
        Step::Delta { upserts: rows([1], 7), deleted: vec![2] },
        Step::Purge,
    ]
}

/// What every version holds, from version 1 on.
fn models() -> Vec<Model> {
    let mut model = Model::new();
    let after = |step: Step| {
        match step {
            Step::Load(rows) => model = rows.into_iter().collect(),
            Step::Delta { upserts, deleted } => {
                model.extend(upserts);
                model.retain(|id, _| !deleted.contains(id));
            }
            Step::Compact(_) | Step::Purge => {}
        }
        model.clone()
    };
    steps().into_iter().map(after).collect()
}

fn live(Opened { store, clock }: &Opened, progress: &mut Progress) -> Result<(), Error> {
    let dataset = store.dataset(DATASET);
    for (version, step) in (1..).zip(steps()) {
        clock.advance(HOUR);
        progress.attempted = version;
        match step {
            Step::Load(rows) => drop(load(&dataset, &rows)?),
            Step::Delta { upserts, deleted } => drop(delta(&dataset, &upserts, &deleted, version.cast_signed())?),
            Step::Compact(options) => assert_eq!(dataset.compact(&options)?.version, Some(version)),
            Step::Purge => drop(dataset.vacuum_with(&VacuumOptions::default().with_purge(true))?),
        }
        assert_eq!(dataset.latest()?.map(|latest| latest.version()), Some(version));
        progress.acknowledged = version;
    }
    Ok(())
}

/// Opens what is left and checks every promise; `place` says where the run was cut short.
fn check_image(storage: &(impl Storage + Clone), progress: &Progress, models: &[Model], place: &str) {
    let store = open(storage, 77).unwrap_or_else(|error| panic!("{place}: {error}"));
    let dataset = store.dataset(DATASET);
    let newest = newest(&dataset, progress.acknowledged..=progress.attempted, place);
    for version in dataset.versions().unwrap() {
        let model = &models[usize::try_from(version).unwrap() - 1];
        check(&dataset.snapshot(version).unwrap(), model, &format!("{place}: version {version}"));
    }
    check_sound_and_swept(&store, place);

    // Upkeep goes on where it was cut short.
    let Some(model) = newest.checked_sub(1).map(|index| &models[usize::try_from(index).unwrap()]) else { return };
    dataset.compact(&CompactOptions::default().with_layout(small_layout()).with_all(true)).unwrap();
    dataset.vacuum_with(&VacuumOptions::default().with_purge(true)).unwrap();
    let latest = dataset.latest().unwrap().unwrap();
    assert_eq!((dataset.versions().unwrap(), latest.manifest().dead_rows()), (vec![latest.version()], 0), "{place}");
    check(&latest, model, place);
}

const WHAT: &str = "compactions and purges";

/// The scenario, with what every version of it holds.
#[derive(Debug)]
pub(crate) struct Upkept {
    models: Vec<Model>,
}

impl Upkept {
    pub(crate) fn new() -> Self {
        Self { models: models() }
    }
}

impl Life for Upkept {
    type Progress = Progress;

    fn begin(&self) -> (FaultStorage, Progress) {
        (FaultStorage::new(), Progress::default())
    }

    fn live(&self, opened: &Opened, progress: &mut Progress) -> Result<(), Error> {
        live(opened, progress)
    }

    fn check_newest(&self, store: &Store, progress: &Progress, place: &str) {
        let dataset = store.dataset(DATASET);
        let newest = newest(&dataset, progress.acknowledged..=progress.attempted, place);
        if let Some(index) = newest.checked_sub(1) {
            let model = &self.models[usize::try_from(index).unwrap()];
            check(&dataset.snapshot(newest).unwrap(), model, &format!("{place}: through the same handle"));
        }
    }

    fn check<S: Storage + Clone>(&self, storage: &S, progress: &Progress, place: &str) {
        check_image(storage, progress, &self.models, place);
    }

    /// Files are read in parallel, so that it is not always the same operation that fails.
    fn is_repeatable(&self) -> bool {
        false
    }
}

#[test]
fn nothing_is_wrong_without_a_fault() {
    let upkept = Upkept::new();
    let (storage, mut progress) = upkept.begin();
    upkept.run(&storage, &mut progress).unwrap();
    assert_eq!(progress.acknowledged, 8);
    upkept.check(&storage, &progress, "without a fault");
}

#[test]
fn power_may_fail_at_every_operation() {
    let upkept = Upkept::new();
    let total = upkept.operations();
    assert!(total > 200, "the scenario shrank to {total} operations");
    let wanted = images(OF_UPKEEP);
    cut_power(WHAT, &upkept, wanted).expect(WHAT, wanted);
}
