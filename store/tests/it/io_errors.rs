//! Promise: whatever operation the medium refuses, once or for good, the caller gets a typed error, what was
//! acknowledged stays readable, and after reopening everything works again.

use std::io;

use drillcore_store::{ErrorKind, FaultKind, FaultRepeat, FaultStorage};

use crate::scenario::{Progress, check, operations, run};
use crate::support::in_parallel;

#[test]
fn every_operation_may_fail() {
    let total = operations();
    let kinds = [
        FaultKind::Error(io::ErrorKind::Other),
        FaultKind::Error(io::ErrorKind::StorageFull),
        FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut),
        FaultKind::ShortWrite(io::ErrorKind::StorageFull),
    ];
    in_parallel(total, |operation| {
        for kind in kinds {
            for repeat in [FaultRepeat::Once, FaultRepeat::Persistent] {
                let place = format!("operation {operation} of {total}, {kind:?}, {repeat:?}");
                let storage = FaultStorage::new();
                storage.fail_at(operation, repeat, kind);
                let mut progress = Progress::default();
                if let Err(error) = run(&storage, &mut progress) {
                    let expected = [ErrorKind::Io, ErrorKind::CommitUnknown];
                    assert!(expected.contains(&error.kind()), "{place}: {error}");
                    assert!(error.path().is_some(), "{place}: {error}");
                } else {
                    assert_eq!(repeat, FaultRepeat::Once, "{place}: nothing failed");
                }
                storage.heal();
                check(&storage, &progress, &place);
            }
        }
    });
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
