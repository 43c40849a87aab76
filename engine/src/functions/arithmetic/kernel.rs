//! What runs a function over the rows of columns and constants. A row without a result is NULL.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, PrimitiveArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::ArrowPrimitiveType;
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

use super::float::float_of;

/// A side of an operation: a column, or one value that stands for every row.
#[derive(Debug, Clone)]
pub(super) struct Side<A> {
    pub(super) values: A,
    pub(super) constant: bool,
}

impl Side<ArrayRef> {
    fn new(value: &ColumnarValue) -> Result<Self> {
        Ok(match value {
            ColumnarValue::Array(array) => Self { values: Arc::clone(array), constant: false },
            ColumnarValue::Scalar(value) => Self { values: value.to_array()?, constant: true },
        })
    }

    pub(super) fn typed<T: ArrowPrimitiveType>(&self) -> Result<Side<PrimitiveArray<T>>> {
        let values = as_primitive_array::<T>(self.values.as_ref())?.clone();
        Ok(Side { values, constant: self.constant })
    }
}

impl<T: ArrowPrimitiveType> Side<PrimitiveArray<T>> {
    /// The value of a constant.
    fn only(&self) -> Option<T::Native> {
        self.values.iter().next().flatten()
    }
}

/// Runs a kernel over the two arguments.
pub(super) fn binary(
    args: &ScalarFunctionArgs,
    kernel: impl FnOnce(&Side<ArrayRef>, &Side<ArrayRef>) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let [left, right] = args.args.as_slice() else {
        return Err(DataFusionError::Internal("a function of two arguments was called with another number".into()));
    };
    let (left, right) = (Side::new(left)?, Side::new(right)?);
    let result = kernel(&left, &right)?;
    if left.constant && right.constant {
        return ScalarValue::try_from_array(result.as_ref(), 0).map(ColumnarValue::Scalar);
    }
    Ok(ColumnarValue::Array(result))
}

/// The results of an operation on each value. Values below a NULL are computed too, for nothing.
pub(crate) fn mapped<I, O>(
    values: &PrimitiveArray<I>,
    operation: impl Fn(I::Native) -> Option<O::Native>,
) -> PrimitiveArray<O>
where
    I: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    gathered(values.values().iter().map(|value| operation(*value)), values.nulls().cloned())
}

/// The results of an operation on the two values of each row.
pub(super) fn combined<L, R, O>(
    left: &Side<PrimitiveArray<L>>,
    right: &Side<PrimitiveArray<R>>,
    operation: impl Fn(L::Native, R::Native) -> Option<O::Native>,
) -> PrimitiveArray<O>
where
    L: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    if right.constant {
        return match right.only() {
            Some(right) => mapped(&left.values, |left| operation(left, right)),
            None => PrimitiveArray::new_null(left.values.len()),
        };
    }
    if left.constant {
        return match left.only() {
            Some(left) => mapped(&right.values, |right| operation(left, right)),
            None => PrimitiveArray::new_null(right.values.len()),
        };
    }
    let nulls = NullBuffer::union(left.values.nulls(), right.values.nulls());
    let rows = left.values.values().iter().zip(right.values.values().iter());
    gathered(rows.map(|(left, right)| operation(*left, *right)), nulls)
}

/// A number that an operation on floats takes as it is, so that it needs no column of floats made of it before.
pub(super) trait AsFloat: Copy {
    fn as_float(self) -> f64;
}

impl AsFloat for f64 {
    fn as_float(self) -> f64 {
        self
    }
}

impl AsFloat for i64 {
    fn as_float(self) -> f64 {
        float_of(self)
    }
}

/// The results of an operation on the two numbers of each row as floats; NULL where they are not finite.
pub(super) fn combined_floats<L, R>(
    left: &Side<PrimitiveArray<L>>,
    right: &Side<PrimitiveArray<R>>,
    operation: impl Fn(f64, f64) -> f64,
) -> Float64Array
where
    L: ArrowPrimitiveType<Native: AsFloat>,
    R: ArrowPrimitiveType<Native: AsFloat>,
{
    let (lefts, rights) = (left.values.values().chunks(WORD), right.values.values().chunks(WORD));
    if right.constant {
        let Some(right) = right.only() else { return Float64Array::new_null(left.values.len()) };
        let results = lefts.map(|some| some.iter().map(|left| operation(left.as_float(), right.as_float())));
        return finite_ones(results, left.values.len(), left.values.nulls().cloned());
    }
    if left.constant {
        let Some(left) = left.only() else { return Float64Array::new_null(right.values.len()) };
        let results = rights.map(|some| some.iter().map(|right| operation(left.as_float(), right.as_float())));
        return finite_ones(results, right.values.len(), right.values.nulls().cloned());
    }
    let nulls = NullBuffer::union(left.values.nulls(), right.values.nulls());
    let results = lefts.zip(rights).map(|(lefts, rights)| {
        lefts.iter().zip(rights).map(|(left, right)| operation(left.as_float(), right.as_float()))
    });
    finite_ones(results, left.values.len(), nulls)
}

/// Rows for which one word says which of them are NULL.
const WORD: usize = 64;

/// So many floats, in chunks of [`WORD`], as a column in which those that are not finite are NULL. A chunk is looked at
/// while it is at hand.
fn finite_ones(
    chunks: impl Iterator<Item = impl Iterator<Item = f64>>,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> Float64Array {
    let mut values: Vec<f64> = Vec::with_capacity(rows);
    let mut words = Vec::with_capacity(rows.div_ceil(WORD));
    let mut complete = true;
    for some in chunks {
        let start = values.len();
        // Never -0.0.
        values.extend(some.map(|result| result + 0.0));
        // Nearly every chunk is whole: that is told more cheaply than the word is built.
        if values.iter().skip(start).fold(true, |whole, value| whole & value.is_finite()) {
            words.push(u64::MAX);
            continue;
        }
        complete = false;
        let mut word = 0_u64;
        for (bit, value) in values.iter_mut().skip(start).enumerate() {
            let is_finite = value.is_finite();
            word |= u64::from(is_finite) << bit;
            *value = if is_finite { *value } else { 0.0 };
        }
        words.push(word.to_le());
    }
    let rows = values.len();
    let values = values.into();
    if complete {
        return Float64Array::new(values, nulls);
    }
    let present = NullBuffer::new(BooleanBuffer::new(words.into(), 0, rows));
    Float64Array::new(values, NullBuffer::union(nulls.as_ref(), Some(&present)))
}

/// The results as a column. Rarely is one of them missing, so that is only noted while they are computed; if one is,
/// a second round finds which.
fn gathered<O: ArrowPrimitiveType>(
    results: impl Iterator<Item = Option<O::Native>> + Clone,
    nulls: Option<NullBuffer>,
) -> PrimitiveArray<O> {
    let mut complete = true;
    let values: Vec<O::Native> = results
        .clone()
        .map(|result| {
            complete &= result.is_some();
            result.unwrap_or_default()
        })
        .collect();
    if complete {
        return PrimitiveArray::new(values.into(), nulls);
    }
    let present: BooleanBuffer = results.map(|result| result.is_some()).collect();
    PrimitiveArray::new(values.into(), NullBuffer::union(nulls.as_ref(), Some(&NullBuffer::new(present))))
}
