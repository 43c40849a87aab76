//! Promise: whatever operation the medium refuses or does by halves, once or for good, the caller gets a typed error,
//! what was acknowledged stays readable, and after reopening everything works again.

use drillcore_store::{FaultKind, FaultRepeat, FaultStorage};

use crate::compact::crash::Upkept;
use crate::failing::{Errors, Failures, Way, fail_everywhere};
use crate::scenario::{Loads, Progress, check, operations, run};
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
