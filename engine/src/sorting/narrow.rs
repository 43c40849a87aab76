//! Numbers in fewer bytes than their type has, where all of them are small.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type};

/// The same numbers in four or eight bytes; `None` if that would be no fewer, or if one does not fit.
pub(super) fn narrowed(arrays: &[ArrayRef], data_type: &DataType) -> Option<Vec<ArrayRef>> {
    match data_type {
        DataType::Int64 => fitted::<Int64Type, Int32Type>(arrays),
        DataType::Decimal128(..) => {
            fitted::<Decimal128Type, Int32Type>(arrays).or_else(|| fitted::<Decimal128Type, Int64Type>(arrays))
        }
        _ => None,
    }
}

fn fitted<Wide, Narrow>(arrays: &[ArrayRef]) -> Option<Vec<ArrayRef>>
where
    Wide: ArrowPrimitiveType,
    Narrow: ArrowPrimitiveType,
    Narrow::Native: TryFrom<Wide::Native>,
{
    let fit = |array: &ArrayRef| {
        let fitted = array.as_primitive::<Wide>().try_unary::<_, Narrow, _>(Narrow::Native::try_from);
        fitted.ok().map(|fitted| Arc::new(fitted) as ArrayRef)
    };
    arrays.iter().map(fit).collect()
}

/// Numbers as they were before they were [`narrowed`].
pub(super) fn widened(array: &ArrayRef, data_type: &DataType) -> ArrayRef {
    match (array.data_type(), data_type) {
        (DataType::Int32, DataType::Int64) => wide::<Int32Type, Int64Type>(array, data_type),
        (DataType::Int32, DataType::Decimal128(..)) => wide::<Int32Type, Decimal128Type>(array, data_type),
        (DataType::Int64, DataType::Decimal128(..)) => wide::<Int64Type, Decimal128Type>(array, data_type),
        _ => Arc::clone(array),
    }
}

fn wide<Narrow, Wide>(array: &ArrayRef, data_type: &DataType) -> ArrayRef
where
    Narrow: ArrowPrimitiveType,
    Wide: ArrowPrimitiveType,
    Wide::Native: From<Narrow::Native>,
{
    let wide = array.as_primitive::<Narrow>().unary::<_, Wide>(Wide::Native::from);
    Arc::new(wide.with_data_type(data_type.clone()))
}
