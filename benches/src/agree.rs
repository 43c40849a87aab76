//! Two answers that are measured against each other must be the same answer.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};

/// How far two sums of floats may be apart, relative to their size: one of them is rounded at every step.
const NEAR: f64 = 1e-9;

/// Checks that both answers have the same groups with the same values. The first `keys` columns are the keys; the order
/// of the rows does not matter.
///
/// # Panics
///
/// If they differ.
pub fn assert_same_answers(left: &[RecordBatch], right: &[RecordBatch], keys: usize) {
    let (left, right) = (groups(left, keys), groups(right, keys));
    assert!(left.keys().eq(right.keys()), "the groups differ: {} and {}", left.len(), right.len());
    for ((key, left), right) in left.iter().zip(right.values()) {
        assert_eq!(left.len(), right.len(), "the answers have other columns");
        for (left, right) in left.iter().zip(right) {
            let near = match (left, right) {
                (Some(left), Some(right)) => (left - right).abs() <= NEAR * left.abs().max(right.abs()),
                (left, right) => left == right,
            };
            assert!(near, "group {key:?} has {left:?} and {right:?}");
        }
    }
}

/// The values of each group.
fn groups(batches: &[RecordBatch], keys: usize) -> BTreeMap<Vec<Option<String>>, Vec<Option<f64>>> {
    let mut groups = BTreeMap::new();
    for batch in batches {
        let (keys, values) = batch.columns().split_at(keys);
        let (keys, values) = (all_as(keys, &DataType::Utf8), all_as(values, &DataType::Float64));
        for row in 0..batch.num_rows() {
            let key = keys.iter().map(|key| key.is_valid(row).then(|| key.as_string::<i32>().value(row).to_owned()));
            let values =
                values.iter().map(|value| value.is_valid(row).then(|| value.as_primitive::<Float64Type>().value(row)));
            let known = groups.insert(key.collect(), values.collect());
            assert!(known.is_none(), "a group comes twice");
        }
    }
    groups
}

fn all_as(columns: &[ArrayRef], data_type: &DataType) -> Vec<ArrayRef> {
    columns.iter().map(|column| cast(column, data_type).expect("texts or numbers")).collect()
}
