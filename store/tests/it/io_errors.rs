//! Promise: whatever operation the medium refuses, once or for good, the caller gets a typed error, what was
//! acknowledged stays readable, and after reopening everything works again.

use std::io;

use drillcore_store::{FaultKind, FaultRepeat, FaultStorage};

use crate::life::fail_everywhere;
use crate::scenario::{Loads, Progress, check, operations, run};

#[test]
fn every_operation_may_fail() {
    let kinds = [
        FaultKind::Error(io::ErrorKind::Other),
        FaultKind::Error(io::ErrorKind::StorageFull),
        FaultKind::Error(io::ErrorKind::PermissionDenied),
        FaultKind::ErrorAfterEffect(io::ErrorKind::TimedOut),
        FaultKind::ShortWrite(io::ErrorKind::StorageFull),
    ];
    fail_everywhere("loads and appends", &Loads, |_| kinds.to_vec());
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
