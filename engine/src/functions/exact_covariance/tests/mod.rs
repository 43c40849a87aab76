//! The promises of the exact correlations and covariances.

mod oracle;
mod pairs;
mod plans;
mod states;

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::datatypes::Float64Type;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use proptest::prelude::*;

use super::moments::{Output, PairMoments};
use crate::functions::exact::{GroupedMoments, SingleMoments};

const OUTPUTS: [Output; 3] = [Output::Correlation, Output::Covariance, Output::PopulationCovariance];

type Row = (f64, f64);

fn grouped(output: Output) -> GroupedMoments<PairMoments> {
    GroupedMoments::new(PairMoments::new(output))
}

fn single(output: Output) -> SingleMoments<PairMoments> {
    SingleMoments::new(PairMoments::new(output))
}

fn columns(rows: &[Row]) -> [ArrayRef; 2] {
    let one = Float64Array::from_iter_values(rows.iter().map(|row| row.0));
    let other = Float64Array::from_iter_values(rows.iter().map(|row| row.1));
    [Arc::new(one), Arc::new(other)]
}

/// What a single accumulator has, as bits, so that -0.0 is not 0.0.
fn shown(single: &mut impl Accumulator) -> Option<u64> {
    match single.evaluate().unwrap() {
        ScalarValue::Float64(value) => value.map(f64::to_bits),
        other => panic!("{other} is no float"),
    }
}

/// A single result over some rows.
fn aggregate(output: Output, rows: &[Row]) -> Option<f64> {
    let mut single = single(output);
    single.update_batch(&columns(rows)).unwrap();
    shown(&mut single).map(f64::from_bits)
}

/// All groups.
fn evaluated(grouped: &mut impl GroupsAccumulator) -> Vec<Option<u64>> {
    let result = grouped.evaluate(EmitTo::All).unwrap();
    result.as_primitive::<Float64Type>().iter().map(|value| value.map(f64::to_bits)).collect()
}

/// Floats that are hard to add and to multiply: of all sizes, near each other, integers, and powers of two with small
/// factors.
fn hard_floats() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |value| value.is_finite()),
        -1_000.0_f64..1_000.0,
        1e15_f64..1.000_000_1e15,
        (-1_000_i32..1_000).prop_map(f64::from),
        (-8_i32..8, -60_i32..60).prop_map(|(factor, exponent)| f64::from(factor) * 2.0_f64.powi(exponent)),
        (0_u64..64).prop_map(f64::from_bits),
        Just(f64::MAX),
        Just(f64::MIN),
        Just(1.0),
    ]
}

fn hard_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((hard_floats(), hard_floats()), 2..30)
}
