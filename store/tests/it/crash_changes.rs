//! Promise: deltas and restores are whole or not there, whatever moment the power fails at: no version has rows that came
//! without those that went, and none lacks a deletion vector it names.

use crate::life::{Cuts, Life, OF_CHANGES, cut_power, images, times};
use crate::workload::Workload;

/// Workloads in which the power fails.
const WORKLOADS: u64 = 20;

#[test]
fn power_may_fail_at_every_operation_of_a_delta() {
    let total = Workload::first().operations();
    assert!(total > 60, "the scenario shrank to {total} operations");
    let (workloads, wanted) = (Workload::several(WORKLOADS * times()), images(OF_CHANGES));
    let each = wanted.div_ceil(workloads.len() as u64);
    let cuts = (0..).zip(&workloads).map(|(number, workload)| cut_power(&format!("workload {number}"), workload, each));
    cuts.fold(Cuts::default(), Cuts::and).expect("deltas and restores", wanted);
}

#[test]
fn a_version_is_never_there_before_its_vectors() {
    let workload = Workload::first();
    let (storage, mut progress) = workload.begin();
    workload.run(&storage, &mut progress).unwrap();
    let trace = storage.trace();
    let place = |operation: &str, path: &str| {
        trace.iter().position(|step| step.starts_with(operation) && step.contains(path)).unwrap()
    };
    let (content, folder, version) =
        (place("sync ", "/dv/"), place("sync_dir ", "/dv"), place("publish ", "/manifest/"));
    assert!(content < folder && folder < version, "{trace:?}");
}
