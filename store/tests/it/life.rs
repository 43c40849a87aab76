//! Lives of a store that are cut short: the power fails, or the medium refuses, at every operation in turn. What the lives
//! are, and what must hold after them, is theirs to say.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use drillcore_store::{CrashMode, Error, ErrorKind, FaultKind, FaultRepeat, FaultStorage, MemoryStorage, Storage};

use crate::support::in_parallel;

/// Images of power cuts that all tests of the store check together, at least, unless `DRILLCORE_CRASH_IMAGES` asks for
/// another number.
const IMAGES: u64 = 30_000;

/// Thirtieths of them: loads and appends, deltas and restores, compactions and purges.
pub(crate) const OF_LOADS: u64 = 6;
pub(crate) const OF_CHANGES: u64 = 20;
pub(crate) const OF_UPKEEP: u64 = 4;
const _: () = assert!(OF_LOADS + OF_CHANGES + OF_UPKEEP == 30, "all images belong to a test");

/// What is done with a store, step by step.
pub(crate) trait Life: Sync {
    /// How far a run came: what it began, and what it was told had happened.
    type Progress: Debug;

    /// The storage before the first step.
    fn begin(&self) -> (FaultStorage, Self::Progress);

    /// All steps, up to the first that fails.
    fn run(&self, storage: &FaultStorage, progress: &mut Self::Progress) -> Result<(), Error>;

    /// Opens what is left and checks every promise; `place` says where the run was cut short.
    fn check<S: Storage + Clone>(&self, storage: &S, progress: &Self::Progress, place: &str);

    /// How many operations a run without faults takes.
    fn operations(&self) -> u64;

    /// Whether each run asks for the same operations in the same order. Where files are read in parallel it does not.
    fn is_repeatable(&self) -> bool {
        true
    }
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
fn print(line: &str) {
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

/// Lets every operation fail, in each of these ways, once and for good: the caller gets a typed error with a path, and
/// when the medium has come to itself, everything goes on.
pub(crate) fn fail_everywhere(what: &str, life: &impl Life, kinds: impl Fn(u64) -> Vec<FaultKind> + Sync) {
    let total = life.operations();
    let tried = AtomicU64::new(0);
    in_parallel(total, |operation| {
        for kind in kinds(operation) {
            for repeat in [FaultRepeat::Once, FaultRepeat::Persistent] {
                let place = format!("{what}: operation {operation} of {total}, {kind:?}, {repeat:?}");
                let (storage, mut progress) = life.begin();
                storage.fail_at(operation, repeat, kind);
                if let Err(error) = life.run(&storage, &mut progress) {
                    let expected = [ErrorKind::Io, ErrorKind::CommitUnknown];
                    assert!(expected.contains(&error.kind()), "{place}: {error}");
                    assert!(error.path().is_some(), "{place}: {error}");
                } else if life.is_repeatable() {
                    assert_eq!(repeat, FaultRepeat::Once, "{place}: nothing failed");
                }
                storage.heal();
                life.check(&storage, &progress, &place);
                tried.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    print(&format!("{what}: {} failures are told of, and nothing is lost", tried.into_inner()));
}

/// One of the usual ways to fail, another one from operation to operation.
pub(crate) fn in_turn(operation: u64) -> Vec<FaultKind> {
    let kind = match operation % 3 {
        0 => FaultKind::Error(io::ErrorKind::StorageFull),
        1 => FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut),
        _ => FaultKind::ShortWrite(io::ErrorKind::StorageFull),
    };
    vec![kind]
}
