//! Floats that are not numbers become NULL, and there is one zero.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::datatypes::Float64Type;
use serde::{Deserialize, Serialize};

/// What was changed in the floats of one column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FloatCounts {
    /// Values that were NaN and became NULL.
    pub nan: u64,
    /// Values that were infinite and became NULL.
    pub infinite: u64,
    /// Values that were -0.0 and became 0.0.
    pub negative_zero: u64,
}

/// What was changed while rows were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Normalized {
    /// Rows read.
    pub rows: u64,
    /// Changes by column id; only columns where something was changed.
    pub columns: BTreeMap<String, FloatCounts>,
}

impl Normalized {
    /// Values that became NULL, in all columns.
    #[must_use]
    pub fn nulled(&self) -> u64 {
        self.columns.values().map(|counts| counts.nan + counts.infinite).sum()
    }
}

const NEGATIVE_ZERO: u64 = (-0.0_f64).to_bits();

fn is_canonical(number: f64) -> bool {
    number.is_finite() && number.to_bits() != NEGATIVE_ZERO
}

/// The array with canonical floats only, also where it is NULL.
pub(super) fn normalize(array: ArrayRef, column: &str, counts: &mut Normalized) -> ArrayRef {
    let Some(floats) = array.as_primitive_opt::<Float64Type>() else { return array };
    if floats.values().iter().all(|number| is_canonical(*number)) {
        return array;
    }
    let mut changed = FloatCounts::default();
    let canonical: Float64Array = floats
        .iter()
        .map(|slot| match slot {
            Some(number) if number.is_nan() => {
                changed.nan += 1;
                None
            }
            Some(number) if number.is_infinite() => {
                changed.infinite += 1;
                None
            }
            Some(number) if number.to_bits() == NEGATIVE_ZERO => {
                changed.negative_zero += 1;
                Some(0.0)
            }
            slot => slot,
        })
        .collect();
    if changed != FloatCounts::default() {
        let total = counts.columns.entry(column.to_owned()).or_default();
        total.nan += changed.nan;
        total.infinite += changed.infinite;
        total.negative_zero += changed.negative_zero;
    }
    Arc::new(canonical)
}
