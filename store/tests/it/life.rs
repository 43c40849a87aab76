//! Lives of a store that are cut short: the power fails at every operation in turn, or the medium refuses it (in
//! `failing`). What the lives are, and what must hold after them, is theirs to say.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drillcore_store::{
    CrashMode, DatasetStore, Error, FaultKind, FaultRepeat, FaultStorage, MemoryStorage, SeededEnvironment, Storage,
    Store,
};

use crate::support::{environment, in_parallel, options};

/// Images of power cuts that all tests of the store check together, at least, unless `DRILLCORE_CRASH_IMAGES` asks for
/// another number.
const IMAGES: u64 = 30_000;

/// Thirtieths of them: loads and appends, deltas and restores, compactions and purges.
pub(crate) const OF_LOADS: u64 = 6;
pub(crate) const OF_CHANGES: u64 = 20;
pub(crate) const OF_UPKEEP: u64 = 4;
const _: () = assert!(OF_LOADS + OF_CHANGES + OF_UPKEEP == 30, "all images belong to a test");

/// An open store, and the clock that it goes by.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    pub(crate) clock: Arc<SeededEnvironment>,
}

impl Opened {
    /// With other ids than the stores have that tests prepare.
    pub(crate) fn on(storage: &FaultStorage) -> Result<Self, Error> {
        let clock = environment(2);
        let store = Store::open(Arc::new(storage.clone()), options(Arc::clone(&clock)))?;
        Ok(Self { store, clock })
    }
}

/// What is done with a store, step by step.
pub(crate) trait Life: Sync {
    /// How far a run came: what it began, and what it was told had happened.
    type Progress: Debug;

    /// The storage before the first step.
    fn begin(&self) -> (FaultStorage, Self::Progress);

    /// All steps, up to the first that fails.
    fn live(&self, opened: &Opened, progress: &mut Self::Progress) -> Result<(), Error>;

    /// Looks at the newest version through a store that is open, whatever has failed on it, and checks that its rows are
    /// those it should have.
    fn check_newest(&self, store: &Store, progress: &Self::Progress, place: &str);

    /// Opens what is left and checks every promise; `place` says where the run was cut short.
    fn check<S: Storage + Clone>(&self, storage: &S, progress: &Self::Progress, place: &str);

    /// Whether each run asks for the same operations in the same order. Where files are read in parallel it does not.
    fn is_repeatable(&self) -> bool {
        true
    }

    /// Opens the store, takes all steps up to the first that fails, and closes it.
    fn run(&self, storage: &FaultStorage, progress: &mut Self::Progress) -> Result<(), Error> {
        self.live(&Opened::on(storage)?, progress)
    }

    /// The operations of a run without faults, in order; tidying up at its end is not part of them.
    fn rehearse(&self) -> Vec<String> {
        let (storage, mut progress) = self.begin();
        let opened = Opened::on(&storage).unwrap();
        self.live(&opened, &mut progress).unwrap();
        storage.trace()
    }

    /// How many operations a run without faults takes.
    fn operations(&self) -> u64 {
        self.rehearse().len() as u64
    }
}

/// The newest version of a dataset, 0 if there is none: one between the last that was acknowledged and the last that was
/// attempted.
pub(crate) fn newest(dataset: &DatasetStore, expected: RangeInclusive<u64>, place: &str) -> u64 {
    let newest = dataset.latest().unwrap_or_else(|error| panic!("{place}: {error}"));
    let newest = newest.map_or(0, |snapshot| snapshot.version());
    assert!(expected.contains(&newest), "{place}: version {newest}");
    newest
}

/// What was looked at.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cuts {
    /// Moments at which the power failed.
    pub(crate) points: u64,
    /// Images of what the medium may hold then, all of them checked.
    pub(crate) images: u64,
    /// Those of them that differ from all others of the same moment.
    pub(crate) different: u64,
}

impl Cuts {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            points: self.points + other.points,
            images: self.images + other.images,
            different: self.different + other.different,
        }
    }

    /// Prints what was looked at, and fails if it was not enough.
    #[track_caller]
    pub(crate) fn expect(&self, what: &str, images: u64) {
        let Self { points, images: checked, different } = self;
        print(&format!("{what}: {checked} images of {points} moments are sound, {different} of them different"));
        assert!(*checked >= images, "{what}: {checked} images, {images} are wanted");
    }
}

/// Tells what a test has looked at; how much that is follows from how many operations its lives take.
#[expect(clippy::print_stdout, reason = "part of the output of a test")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}

/// As many images as these thirtieths of all.
pub(crate) fn images(thirtieths: u64) -> u64 {
    (asked() * thirtieths).div_ceil(30)
}

/// How many times as many images are asked for as usual, at least once.
pub(crate) fn times() -> u64 {
    asked().div_ceil(IMAGES)
}

fn asked() -> u64 {
    let given = std::env::var("DRILLCORE_CRASH_IMAGES").ok();
    given.map_or(IMAGES, |text| text.parse().expect("DRILLCORE_CRASH_IMAGES is a number"))
}

/// Lets the power fail before every operation, and after the last one, and checks so many images or a few more of what
/// the medium may hold.
pub(crate) fn cut_power(what: &str, life: &impl Life, wanted: u64) -> Cuts {
    let total = life.operations();
    // Where others come in between, the last one may come later.
    let points = total + u64::from(life.is_repeatable());
    // Two ways to lose data leave nothing to chance, of the four others there are several images.
    let seeds = wanted.div_ceil(points).saturating_sub(2).div_ceil(4).max(1);
    let (images, different) = (AtomicU64::new(0), AtomicU64::new(0));
    in_parallel(points, |operation| {
        let (storage, mut progress) = life.begin();
        storage.fail_at(operation, FaultRepeat::Persistent, FaultKind::Error(io::ErrorKind::Other));
        let outcome = life.run(&storage, &mut progress);
        if life.is_repeatable() {
            assert_eq!(outcome.is_ok(), operation > total, "{what}: operation {operation}: {outcome:?}");
        }
        let mut known = HashSet::new();
        for mode in CrashMode::ALL {
            let seeds = if matches!(mode, CrashMode::Lose | CrashMode::Keep) { 1 } else { seeds };
            for seed in 0..seeds {
                let image = storage.crash(seed ^ (operation << 8), mode);
                // Before the check, which writes into the image.
                known.insert(fingerprint(&image));
                let place = format!("{what}: operation {operation} of {total}, {mode:?}, seed {seed}");
                life.check(&image, &progress, &place);
                images.fetch_add(1, Ordering::Relaxed);
            }
        }
        different.fetch_add(known.len() as u64, Ordering::Relaxed);
    });
    Cuts { points, images: images.into_inner(), different: different.into_inner() }
}

fn fingerprint(image: &MemoryStorage) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in image.paths() {
        (&path, image.content(&path).as_deref()).hash(&mut hasher);
    }
    hasher.finish()
}
