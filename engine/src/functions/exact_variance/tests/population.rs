//! Variances of whole populations: the same sums, divided by the number of the values.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::Float64Type;
use datafusion::logical_expr::EmitTo;
use datafusion::prelude::{SessionContext, col};
use proptest::prelude::*;

use super::oracle::Variance;
use super::{Kind, OUTPUTS, float, state_of};
use crate::functions::exact_variance::finish::{Form, Output};
use crate::functions::exact_variance::{exact_stddev, exact_stddev_pop, exact_variance, exact_variance_pop};
use crate::functions::testing::Whole;

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn population(kind: Kind, output: Output, values: &ArrayRef) -> Option<f64> {
    let (_, mut single) = kind.both_of(output, Form::Population);
    single.update_batch(&[Arc::clone(values)]).unwrap();
    float(&single.evaluate().unwrap())
}

#[test]
fn known_populations_are_right() {
    #[track_caller]
    fn check(values: &[f64], variance: Option<f64>, deviation: Option<f64>) {
        let results = OUTPUTS.map(|output| population(Kind::Floats, output, &floats(values)).map(f64::to_bits));
        assert_eq!(results, [variance.map(f64::to_bits), deviation.map(f64::to_bits)], "{values:?}");
    }
    check(&[], None, None);
    check(&[f64::NAN, f64::INFINITY], None, None);
    check(&[7.5], Some(0.0), Some(0.0));
    check(&[f64::MAX], Some(0.0), Some(0.0));
    check(&[-0.0], Some(0.0), Some(0.0));
    check(&[1.0, 3.0], Some(1.0), Some(1.0));
    check(&[1.0, 2.0, 3.0, 4.0], Some(1.25), Some(1.25_f64.sqrt()));
    check(&[5e9, 5e9 + 1.0, 5e9 + 2.0, 5e9 + 1.0], Some(0.5), Some(std::f64::consts::FRAC_1_SQRT_2));
    // The variance is beyond all floats, the deviation is not.
    check(&[1e200, -1e200], None, Some(1e200));
    let integers: ArrayRef = Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX]));
    let half: f64 = 9_223_372_036_854_775_808.0;
    assert_eq!(population(Kind::Integers, Output::Deviation, &integers), Some(half));
    let one: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(i64::MAX)]));
    assert_eq!(population(Kind::Integers, Output::Variance, &one), Some(0.0));
    let cents: ArrayRef = Arc::new(Decimal128Array::from(vec![100_i128, 300]).with_precision_and_scale(38, 2).unwrap());
    assert_eq!(population(Kind::Wide128, Output::Variance, &cents), Some(1.0));
}

#[test]
fn plans_know_the_four_functions_apart() {
    let columns: [(&str, ArrayRef); 2] =
        [("x", floats(&[1.0, 3.0])), ("n", Arc::new(Int64Array::from(vec![None, Some(4)])))];
    let table = SessionContext::new().read_batch(RecordBatch::try_from_iter(columns).unwrap()).unwrap();
    let aggregates = ["x", "n"].into_iter().flat_map(|name| {
        [exact_variance(col(name)), exact_stddev(col(name)), exact_variance_pop(col(name)), exact_stddev_pop(col(name))]
    });
    let frame = table.aggregate(vec![], aggregates.collect()).unwrap();
    let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect()).unwrap();
    let results: Vec<Option<f64>> =
        batches[0].columns().iter().map(|column| column.as_primitive::<Float64Type>().iter().next().unwrap()).collect();
    let root = std::f64::consts::SQRT_2;
    assert_eq!(results, [Some(2.0), Some(root), Some(1.0), Some(1.0), None, None, Some(0.0), Some(0.0)]);
}

proptest! {
    #[test]
    fn results_are_rounded_once_in_any_partitioning(
        (values, shuffled) in prop::collection::vec(any::<i64>(), 2..30)
            .prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        size in 1_usize..20,
        way in 0_usize..3,
    ) {
        let column = |values: &[i64]| -> ArrayRef { Arc::new(Int64Array::from(values.to_vec())) };
        let wholes: Vec<Whole> = values.iter().map(|value| Whole::parse(&value.to_string())).collect();
        let exact = Variance::of_decimals(&wholes, 0).of_population(values.len());
        for output in OUTPUTS {
            let result = population(Kind::Integers, output, &column(&values));
            prop_assert!(exact.rounds_to(output, result), "{output:?} {result:?}");
            // A state does not know what it will be asked for.
            let (mut grouped, _) = Kind::Integers.both_of(output, Form::Population);
            for (index, part) in shuffled.chunks(size).enumerate() {
                grouped.merge_batch(&state_of(Kind::Integers, &column(part), way + index), &[0], 1).unwrap();
            }
            let merged = grouped.evaluate(EmitTo::All).unwrap();
            prop_assert_eq!(merged.as_primitive::<Float64Type>().value(0).to_bits(), result.unwrap().to_bits());
        }
    }
}
