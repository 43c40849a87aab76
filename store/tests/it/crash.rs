//! Promise: whatever moment the power fails at, and whatever unsynced bytes and folder entries survive it, every
//! acknowledged commit is there, no version is a mixture, and nothing needs repair.

use drillcore_store::{CrashMode, FaultKind, FaultRepeat, FaultStorage};

use crate::scenario::{Progress, check, operations, run};
use crate::support::{in_parallel, open};

#[test]
fn power_may_fail_at_every_operation() {
    let total = operations();
    assert!(total > 100, "the scenario shrank to {total} operations");
    in_parallel(total + 1, |operation| {
        let storage = FaultStorage::new();
        storage.fail_at(operation, FaultRepeat::Persistent, FaultKind::Error(std::io::ErrorKind::Other));
        let mut progress = Progress::default();
        let outcome = run(&storage, &mut progress);
        assert_eq!(outcome.is_ok(), operation > total, "operation {operation}: {outcome:?}");
        for mode in CrashMode::ALL {
            let seeds = if matches!(mode, CrashMode::Lose | CrashMode::Keep) { 0..1 } else { 0..2 };
            for seed in seeds {
                let image = storage.crash(seed ^ (operation << 8), mode);
                check(&image, &progress, &format!("operation {operation} of {total}, {mode:?}, seed {seed}"));
            }
        }
    });
}

#[test]
fn power_may_fail_again_while_the_store_is_looked_after() {
    let total = operations();
    // A first crash near the end leaves orphans; a second one hits the run that would clean them up.
    let first = FaultStorage::new();
    first.fail_at(total - 8, FaultRepeat::Persistent, FaultKind::Error(std::io::ErrorKind::Other));
    let mut progress = Progress::default();
    assert!(run(&first, &mut progress).is_err());
    let image = first.crash(1, CrashMode::Keep);
    let clean_up = |storage: &FaultStorage| open(storage, 5).and_then(|store| store.vacuum());
    let dry = FaultStorage::from_image(&image);
    clean_up(&dry).unwrap();
    in_parallel(dry.operations(), |operation| {
        let second = FaultStorage::from_image(&image);
        second.fail_at(operation, FaultRepeat::Persistent, FaultKind::Error(std::io::ErrorKind::Other));
        let _interrupted = clean_up(&second);
        for mode in CrashMode::ALL {
            check(&second.crash(operation, mode), &progress, &format!("second crash at {operation}, {mode:?}"));
        }
    });
}

#[test]
fn the_same_seed_makes_the_same_store_byte_for_byte() {
    let content = || {
        let storage = FaultStorage::new();
        run(&storage, &mut Progress::default()).unwrap();
        let image = storage.crash(0, CrashMode::Keep);
        image.paths().into_iter().map(|path| (path.clone(), image.content(&path))).collect::<Vec<_>>()
    };
    assert_eq!(content(), content());
}
