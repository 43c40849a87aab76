//! The promises of the exact aggregates.

mod decimals;
mod floats;
mod oracle;
mod plans;

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::datatypes::Float64Type;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::accumulate::{GroupedSums, Output, SingleSum};
use super::totals::Totals;

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// A single aggregate over one column.
fn aggregate<S: Totals>(sums: S, output: Output, values: &ArrayRef) -> ScalarValue {
    let mut single = SingleSum::new(sums, output);
    single.update_batch(&[Arc::clone(values)]).unwrap();
    single.evaluate().unwrap()
}

/// All groups of a float aggregate, as bits, so that -0.0 is not 0.0.
fn evaluated<S: Totals>(grouped: &mut GroupedSums<S>) -> Vec<Option<u64>> {
    let result = grouped.evaluate(EmitTo::All).unwrap();
    result.as_primitive::<Float64Type>().iter().map(|value| value.map(f64::to_bits)).collect()
}
