//! Promise: whatever operation the medium refuses or does by halves, once or for good, the caller gets a typed error,
//! what was acknowledged stays readable, and after reopening everything works again.

use std::io;
use std::sync::Arc;

use drillcore_store::{ErrorKind, FaultKind, FaultOver, FaultRepeat, FaultStorage, VerifyScope};

use crate::compact::crash::Upkept;
use crate::failing::{Errors, Failures, Way, fail_everywhere};
use crate::sample::sample;
use crate::scenario::{Loads, Progress, check, operations, run};
use crate::support::open;
use crate::workload::Workload;

/// Lives with deltas; beside them there are one of loads and appends and one of compactions and a purge.
const WORKLOADS: u64 = 8;

/// There must be at least so many operations in all lives, and so many runs in which one of them fails in some way; so
/// that this cannot shrink to nothing unnoticed.
const OPERATIONS: u64 = 2_500;
const RUNS: u64 = 10_000;
const RUNS_BY_WAY: [(Way, u64); Way::ALL.len()] = [
    (Way::Broken, 1_500),
    (Way::Full, 1_500),
    (Way::Denied, 1_500),
    (Way::Late, 1_000),
    (Way::ShortWrite, 100),
    (Way::ShortRead, 2_000),
];
const POISONED: u64 = 500;

#[test]
fn every_operation_of_ten_lives_may_fail() {
    let loads = fail_everywhere("loads and appends", &Loads, Errors::All);
    let upkept = fail_everywhere("compactions and purges", &Upkept::new(), Errors::InTurn);
    let changed = (0..).zip(Workload::several(WORKLOADS)).map(|(number, workload): (u64, Workload)| {
        fail_everywhere(&format!("workload {number}"), &workload, Errors::InTurn)
    });
    let failures = changed.fold(loads.and(upkept), Failures::and);
    failures.print("ten lives");

    assert_eq!(failures.lives, 10);
    assert!(failures.operations >= OPERATIONS && failures.all_runs() >= RUNS, "{failures:?}");
    for (way, least) in RUNS_BY_WAY {
        let runs = failures.runs.get(&way).copied().unwrap_or_default();
        assert!(runs >= least, "{way:?}: {runs} runs, {least} are wanted");
    }
    assert!(failures.poisoned >= POISONED, "{failures:?}");
}

#[test]
fn a_repeated_request_is_recognised_as_our_own() {
    for operation in 1..=operations() {
        let storage = FaultStorage::new();
        storage.fail_at(operation, FaultRepeat::Once, FaultKind::RepeatedPublish);
        let mut progress = Progress::default();
        run(&storage, &mut progress).unwrap_or_else(|error| panic!("operation {operation}: {error}"));
        check(&storage, &progress, &format!("operation {operation}"));
    }
}

/// Whatever operation of a check fails, what is sound is called neither damaged nor superfluous.
#[test]
fn a_check_tells_a_failing_medium_from_damage() {
    let sound = sample().unwrap();
    let verify = |fault: Option<(usize, io::ErrorKind)>| {
        let storage = FaultOver::new(Arc::new(sound.fork()));
        let store = open(&storage, 2).unwrap();
        let before = storage.operations();
        if let Some((operation, kind)) = fault {
            storage.fail_at(before + operation as u64, FaultRepeat::Once, FaultKind::Error(kind));
        }
        let report = store.verify(VerifyScope::AllKept);
        (storage.trace().split_off(usize::try_from(before).unwrap()), report)
    };
    let (steps, report) = verify(None);
    assert!(report.unwrap().is_clean());
    assert!(steps.len() > 20, "{steps:?}");
    for operation in 1..=steps.len() {
        for kind in [io::ErrorKind::Other, io::ErrorKind::PermissionDenied] {
            let (steps, report) = verify(Some((operation, kind)));
            let place = format!("operation {operation}, {}, {kind:?}", steps[operation - 1]);
            match report {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Io, "{place}: {error}"),
                Ok(report) => {
                    let told = report.problems.iter().all(|problem| problem.kind == ErrorKind::Io);
                    assert!(told && report.orphans.is_empty() && report.foreign.is_empty(), "{place}: {report:?}");
                    // A lease that is not removed when it is given up is in nobody's way.
                    let given_up = steps[operation - 1].starts_with("remove leases/");
                    assert_eq!(report.is_clean(), given_up, "{place}: {report:?}");
                }
            }
        }
    }
}
