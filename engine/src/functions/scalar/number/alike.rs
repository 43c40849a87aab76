//! The greatest and the least of values of one type, limits, and what is zero or NULL.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowNativeTypeOp, AsArray, BooleanArray, PrimitiveArray, UInt32Array};
use arrow::compute::kernels::cmp::{gt, lt};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{is_null, nullif, or, or_kleene, take};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, Float64Type, Int64Type};
use datafusion::common::{DataFusionError, Result};

use crate::functions::scalar::call::Call;

/// An argument of any type, with a value for each row.
fn column(call: &Call<'_>, place: usize) -> Result<ArrayRef> {
    let (array, constant) = call.array(place)?;
    if !constant {
        return Ok(array);
    }
    Ok(take(array.as_ref(), &UInt32Array::from_value(0, call.rows()), None)?)
}

/// The greatest or the least of the arguments that are not NULL.
pub(super) fn extreme(call: &Call<'_>, greatest: bool) -> Result<ArrayRef> {
    let mut best = column(call, 0)?;
    for place in 1..call.count() {
        let next = column(call, place)?;
        let better = if greatest { gt(&next, &best)? } else { lt(&next, &best)? };
        // A comparison with NULL is NULL, which takes what there is.
        let better = if best.null_count() > 0 { or_kleene(&is_null(best.as_ref())?, &better)? } else { better };
        best = zip(&better, &next, &best)?;
    }
    Ok(best)
}

/// The first argument, but not below the second and not above the third one; NULL if those are the wrong way round.
pub(super) fn clamp(call: &Call<'_>) -> Result<ArrayRef> {
    let [value, low, high] = [column(call, 0)?, column(call, 1)?, column(call, 2)?];
    let raised = zip(&lt(&value, &low)?, &low, &value)?;
    let clamped = zip(&gt(&raised, &high)?, &high, &raised)?;
    let without_limit = or(&is_null(low.as_ref())?, &is_null(high.as_ref())?)?;
    let refused = or_kleene(&without_limit, &gt(&low, &high)?)?;
    Ok(nullif(clamped.as_ref(), &refused)?)
}

/// The numbers, and 0 where they are NULL.
pub(super) fn zero_if_null(call: &Call<'_>) -> Result<ArrayRef> {
    let array = column(call, 0)?;
    match array.data_type() {
        DataType::Int64 => Ok(filled::<Int64Type>(&array)),
        DataType::Float64 => Ok(filled::<Float64Type>(&array)),
        DataType::Decimal128(..) => Ok(filled::<Decimal128Type>(&array)),
        DataType::Decimal256(..) => Ok(filled::<Decimal256Type>(&array)),
        other => Err(no_number(other)),
    }
}

fn filled<T: ArrowPrimitiveType>(array: &ArrayRef) -> ArrayRef {
    if array.null_count() == 0 {
        return Arc::clone(array);
    }
    let values = array.as_primitive::<T>().iter().map(Option::unwrap_or_default);
    Arc::new(PrimitiveArray::<T>::from_iter_values(values).with_data_type(array.data_type().clone()))
}

/// The numbers, and NULL where they are 0.
pub(super) fn null_if_zero(call: &Call<'_>) -> Result<ArrayRef> {
    let array = column(call, 0)?;
    let nulls = match array.data_type() {
        DataType::Int64 => zeros::<Int64Type>(&array),
        DataType::Float64 => zeros::<Float64Type>(&array),
        DataType::Decimal128(..) => zeros::<Decimal128Type>(&array),
        DataType::Decimal256(..) => zeros::<Decimal256Type>(&array),
        other => return Err(no_number(other)),
    };
    Ok(nullif(array.as_ref(), &nulls)?)
}

fn zeros<T: ArrowPrimitiveType>(array: &ArrayRef) -> BooleanArray {
    let values = array.as_primitive::<T>().values();
    values.iter().map(|value| Some(value.is_zero())).collect()
}

fn no_number(given: &DataType) -> DataFusionError {
    DataFusionError::Internal(format!("a number was expected, not {given}"))
}
