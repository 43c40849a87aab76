//! The first of several values that is not NULL. Unlike a CASE that tests each value before it takes it, it names each
//! once, and so a nest of them does not grow.

use arrow::array::Array as _;
use arrow::compute::is_not_null;
use arrow::compute::kernels::zip::zip;
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

pub(super) fn first_present(args: &ScalarFunctionArgs) -> Result<ColumnarValue> {
    let mut columns = ColumnarValue::values_to_arrays(&args.args)?.into_iter();
    let Some(mut present) = columns.next() else {
        return Err(DataFusionError::Internal("there is no first of no values".into()));
    };
    for next in columns {
        if present.null_count() == 0 {
            break;
        }
        present = zip(&is_not_null(present.as_ref())?, &present, &next)?;
    }
    if args.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_))) {
        return ScalarValue::try_from_array(present.as_ref(), 0).map(ColumnarValue::Scalar);
    }
    Ok(ColumnarValue::Array(present))
}
