//! Lives of a store with changes: deltas, restored versions, appends, loads and a vacuum, in an order of chance, and the
//! rows of every version.

use drillcore_store::{DatasetStore, Error, FaultStorage, MemoryStorage, SplitMix64, Storage, Store};

use crate::life::{Life, Opened, newest};
use crate::support::{
    DATASET, HOUR, check_sound_and_swept, commit_append, commit_delta, commit_full, latest_ids, open, read_ids,
    small_store,
};

/// Steps of a life that is made by chance.
const STEPS: u64 = 4;
/// Rows that are always left, so that there is something to delete.
const LEFT: usize = 3;

/// What makes the next version.
#[derive(Debug)]
enum Step {
    Delta { deleted: Vec<i64>, added: Vec<i64> },
    Restore(u64),
    Append(Vec<i64>),
    Load(Vec<i64>),
}

/// A life that begins with one version.
#[derive(Debug)]
pub(crate) struct Workload {
    base: MemoryStorage,
    /// The ids of every version, from version 1 on.
    versions: Vec<Vec<i64>>,
    /// What makes each version, from version 2 on.
    steps: Vec<Step>,
    /// Before this version is made, what nobody needs is removed.
    vacuum_before: u64,
}

/// How far a run came.
#[derive(Debug)]
pub(crate) struct Progress {
    attempted: u64,
    acknowledged: u64,
}

impl Workload {
    /// Two deltas, a restore of the first of them, another delta.
    pub(crate) fn first() -> Self {
        let mut workload = Self::begun(5);
        // Rows of two files.
        workload.add(Step::Delta { deleted: vec![3, 4, 12, 13, 14], added: (100..103).collect() });
        // More of the first file, the rest of the second, one of a file that a delta added.
        let deleted = [5, 10, 11, 101].into_iter().chain(15..20).collect();
        workload.add(Step::Delta { deleted, added: (200..212).collect() });
        workload.add(Step::Restore(2));
        // The rest of the first file, and nothing new.
        let deleted = [0, 1, 2].into_iter().chain(5..10).collect();
        workload.add(Step::Delta { deleted, added: Vec::new() });
        workload
    }

    /// A life that is decided by its number, from 1 on.
    pub(crate) fn random(number: u64) -> Self {
        let rng = &mut SplitMix64::new(number);
        let mut workload = Self::begun(2 + rng.next_u64() % STEPS);
        let mut next = 1_000;
        for _ in 0..STEPS {
            workload.add_random(rng, &mut next);
        }
        workload
    }

    /// The first life and others, so many in all.
    pub(crate) fn several(count: u64) -> Vec<Self> {
        (0..count).map(|number| if number == 0 { Self::first() } else { Self::random(number) }).collect()
    }

    fn begun(vacuum_before: u64) -> Self {
        let ids: Vec<i64> = (0..25).collect();
        Self { base: small_store(&ids), versions: vec![ids], steps: Vec::new(), vacuum_before }
    }

    fn newest(&self) -> u64 {
        self.versions.len() as u64
    }

    fn ids_of(&self, version: u64) -> &[i64] {
        &self.versions[usize::try_from(version).unwrap() - 1]
    }

    fn add(&mut self, step: Step) {
        let now = self.ids_of(self.newest());
        let then = match &step {
            Step::Delta { deleted, added } => {
                now.iter().filter(|id| !deleted.contains(id)).chain(added).copied().collect()
            }
            Step::Restore(version) => self.ids_of(*version).to_vec(),
            Step::Append(added) => now.iter().chain(added).copied().collect(),
            Step::Load(ids) => ids.clone(),
        };
        self.versions.push(then);
        self.steps.push(step);
    }

    fn add_random(&mut self, rng: &mut SplitMix64, next: &mut i64) {
        let mut new = |least: usize, most: usize, rng: &mut SplitMix64| -> Vec<i64> {
            let count = i64::try_from(least + rng.below(most + 1 - least)).unwrap();
            *next += count;
            (*next - count..*next).collect()
        };
        let newest = self.newest();
        // Two versions outlive a vacuum.
        let oldest = if newest + 1 >= self.vacuum_before { newest.max(2) - 1 } else { 1 };
        let step = match rng.below(10) {
            0 => Step::Load(new(LEFT, 25, rng)),
            1 | 2 => Step::Append(new(1, 12, rng)),
            3 | 4 => Step::Restore(oldest + rng.next_u64() % (newest + 1 - oldest)),
            _ => {
                let share = 1 + rng.below(6);
                let mut deleted = self.ids_of(newest).to_vec();
                let most = deleted.len() - LEFT;
                deleted.retain(|_| rng.chance(share, 10));
                deleted.truncate(most);
                let least = usize::from(deleted.is_empty());
                Step::Delta { added: new(least, 12, rng), deleted }
            }
        };
        self.add(step);
    }
}

fn take(step: &Step, dataset: &DatasetStore) -> Result<(), Error> {
    match step {
        Step::Delta { deleted, added } => commit_delta(dataset, deleted, added)?,
        Step::Restore(version) => dataset.restore(*version)?,
        Step::Append(ids) => commit_append(dataset, ids)?,
        Step::Load(ids) => commit_full(dataset, ids)?,
    };
    Ok(())
}

impl Life for Workload {
    type Progress = Progress;

    /// The first version is there before anything can fail.
    fn begin(&self) -> (FaultStorage, Progress) {
        (FaultStorage::from_image(&self.base), Progress { attempted: 1, acknowledged: 1 })
    }

    fn live(&self, Opened { store, clock }: &Opened, progress: &mut Progress) -> Result<(), Error> {
        let dataset = store.dataset(DATASET);
        for (version, step) in (2..).zip(&self.steps) {
            clock.advance(HOUR);
            if version == self.vacuum_before {
                store.vacuum()?;
            }
            progress.attempted = version;
            take(step, &dataset)?;
            progress.acknowledged = version;
            assert_eq!(latest_ids(&dataset)?, self.ids_of(version));
        }
        Ok(())
    }

    fn check_newest(&self, store: &Store, progress: &Progress, place: &str) {
        let dataset = store.dataset(DATASET);
        let expected = self.ids_of(newest(&dataset, progress.acknowledged..=progress.attempted, place));
        assert_eq!(latest_ids(&dataset).unwrap(), expected, "{place}: through the same handle");
    }

    fn check<S: Storage + Clone>(&self, storage: &S, progress: &Progress, place: &str) {
        let store = open(storage, 77).unwrap_or_else(|error| panic!("{place}: {error}"));
        let dataset = store.dataset(DATASET);
        let newest = newest(&dataset, progress.acknowledged..=progress.attempted, place);
        for version in dataset.versions().unwrap() {
            let ids = read_ids(&dataset.snapshot(version).unwrap()).unwrap();
            assert_eq!(ids, self.ids_of(version), "{place}: version {version}");
        }
        check_sound_and_swept(&store, place);
        assert_eq!(latest_ids(&dataset).unwrap(), self.ids_of(newest), "{place}: after vacuum");

        // It goes on from here.
        let gone = self.ids_of(newest)[0];
        assert_eq!(commit_delta(&dataset, &[gone], &[900]).unwrap().version, newest + 1, "{place}");
        let expected: Vec<i64> = self.ids_of(newest).iter().copied().skip(1).chain([900]).collect();
        assert_eq!(latest_ids(&dataset).unwrap(), expected, "{place}");
        assert_eq!(dataset.restore(newest).unwrap().version, newest + 2, "{place}");
        assert_eq!(latest_ids(&dataset).unwrap(), self.ids_of(newest), "{place}: restored");
    }
}
