//! The promises of the exact variances.

mod floats;
mod integers;
mod oracle;
mod plans;
mod population;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{Decimal128Type, Decimal256Type, Float64Type, Int64Type};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::finish::{Finish, Form, Output};
use super::integer_squares::IntegerSquares;
use super::moments::VarianceMoments;
use crate::functions::exact::{FloatSquares, FloatSums, GroupedMoments, NarrowSums, SingleMoments, Sums, WideSums};

const OUTPUTS: [Output; 2] = [Output::Variance, Output::Deviation];

/// What is aggregated. Decimals have 2 digits behind the point.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Floats,
    Integers,
    Narrow,
    Wide128,
    Wide256,
}

impl Kind {
    fn grouped(self, output: Output) -> Box<dyn GroupsAccumulator> {
        self.both(output).0
    }

    fn single(self, output: Output) -> Box<dyn Accumulator> {
        self.both(output).1
    }

    fn both(self, output: Output) -> (Box<dyn GroupsAccumulator>, Box<dyn Accumulator>) {
        self.both_of(output, Form::Sample)
    }

    fn both_of(self, output: Output, form: Form) -> (Box<dyn GroupsAccumulator>, Box<dyn Accumulator>) {
        let decimals = Finish { output, form, scale: 2 };
        let whole = Finish { output, form, scale: 0 };
        match self {
            Self::Floats => both(|| (FloatSums::default(), FloatSquares::default()), whole),
            Self::Integers => {
                both(|| (NarrowSums::<Int64Type>::new(38, 0), IntegerSquares::<Int64Type, 3>::new()), whole)
            }
            Self::Narrow => both(
                || (NarrowSums::<Decimal128Type>::new(38, 2), IntegerSquares::<Decimal128Type, 5>::new()),
                decimals,
            ),
            Self::Wide128 => {
                both(|| (WideSums::<Decimal128Type>::new(57, 2), IntegerSquares::<Decimal128Type, 5>::new()), decimals)
            }
            Self::Wide256 => {
                both(|| (WideSums::<Decimal256Type>::new(76, 2), IntegerSquares::<Decimal256Type, 9>::new()), decimals)
            }
        }
    }
}

fn both<S: Sums, Q: Sums>(
    make: impl Fn() -> (S, Q),
    finish: Finish,
) -> (Box<dyn GroupsAccumulator>, Box<dyn Accumulator>) {
    let moments = || {
        let (sums, squares) = make();
        VarianceMoments::new(sums, squares, finish)
    };
    (Box::new(GroupedMoments::new(moments())), Box::new(SingleMoments::new(moments())))
}

fn float(scalar: &ScalarValue) -> Option<f64> {
    let ScalarValue::Float64(value) = scalar else { panic!("{scalar} is no float") };
    *value
}

/// A single result over one column.
fn aggregate(kind: Kind, output: Output, values: &ArrayRef) -> Option<f64> {
    let mut single = kind.single(output);
    single.update_batch(&[Arc::clone(values)]).unwrap();
    float(&single.evaluate().unwrap())
}

/// All groups, as bits, so that -0.0 is not 0.0.
fn evaluated(grouped: &mut dyn GroupsAccumulator) -> Vec<Option<u64>> {
    let result = grouped.evaluate(EmitTo::All).unwrap();
    result.as_primitive::<Float64Type>().iter().map(|value| value.map(f64::to_bits)).collect()
}

/// A way to a state of one group: with many groups, alone, or row by row.
fn state_of(kind: Kind, values: &ArrayRef, way: usize) -> Vec<ArrayRef> {
    let groups = vec![0; values.len()];
    let values = [Arc::clone(values)];
    let mut grouped = kind.grouped(Output::Variance);
    match way % 3 {
        0 => grouped.update_batch(&values, &groups, None, 1).unwrap(),
        1 => {
            let mut single = kind.single(Output::Variance);
            single.update_batch(&values).unwrap();
            return single.state().unwrap().iter().map(|column| column.to_array().unwrap()).collect();
        }
        _ => {
            let rows = grouped.convert_to_state(&values, None).unwrap();
            grouped.merge_batch(&rows, &groups, 1).unwrap();
        }
    }
    grouped.state(EmitTo::All).unwrap()
}

/// Checks that the parts make the same state and the same results as the whole, to the last bit.
#[track_caller]
fn check_parts(kind: Kind, whole: &ArrayRef, parts: &[ArrayRef], way: usize) {
    let expected = state_of(kind, whole, way);
    for output in OUTPUTS {
        let mut grouped = kind.grouped(output);
        let mut single = kind.single(output);
        for (index, part) in parts.iter().enumerate() {
            let state = state_of(kind, part, way + index);
            grouped.merge_batch(&state, &[0], 1).unwrap();
            single.merge_batch(&state).unwrap();
        }
        let result = aggregate(kind, output, whole).map(f64::to_bits);
        assert_eq!(float(&single.evaluate().unwrap()).map(f64::to_bits), result);
        let merged = grouped.state(EmitTo::All).unwrap();
        assert_eq!(merged, expected);
        let mut again = kind.grouped(output);
        again.merge_batch(&merged, &[0], 1).unwrap();
        assert_eq!(evaluated(again.as_mut()), [result]);
    }
}
