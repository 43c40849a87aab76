//! A column of sorted rows, held in as few bytes as its values allow, so that more rows stay in memory and fewer bytes are
//! moved when they are put in order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use arrow::compute::{concat, take};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::codes::{Codes, coded};
use super::narrow::{narrowed, widened};

/// How the values of a column are held.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// As they are.
    Plain,
    /// As numbers of fewer bytes.
    Narrow,
    /// As numbers of these values.
    Coded(ArrayRef),
}

impl Form {
    /// The values of a column of that type from how they are held.
    pub(super) fn unpack(&self, held: ArrayRef, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
        match self {
            Self::Plain => Ok(held),
            Self::Narrow => Ok(widened(&held, data_type)),
            Self::Coded(values) => take(values, &held, None),
        }
    }
}

/// Puts the values of some arrays of one type in order, and says how they are held from now on. The order has the number
/// of every row once.
pub(super) fn pack(arrays: &[ArrayRef], order: &UInt32Array) -> Result<(ArrayRef, Form), ArrowError> {
    let data_type = arrays.first().map_or(&DataType::Null, |array| array.data_type());
    if let Some(narrow) = narrowed(arrays, data_type) {
        return Ok((ordered(&narrow, order)?, Form::Narrow));
    }
    if let Some(Codes { numbers, values }) = codes_of(arrays, data_type)? {
        return Ok((take(&numbers, order, None)?, Form::Coded(owned(values))));
    }
    Ok((owned(ordered(arrays, order)?), Form::Plain))
}

fn ordered(arrays: &[ArrayRef], order: &UInt32Array) -> Result<ArrayRef, ArrowError> {
    let arrays: Vec<&dyn Array> = arrays.iter().map(|array| array.as_ref()).collect();
    take(&concat(&arrays)?, order, None)
}

fn codes_of(arrays: &[ArrayRef], data_type: &DataType) -> Result<Option<Codes>, ArrowError> {
    match data_type {
        DataType::Utf8View => coded(&arrays.iter().map(|array| array.as_string_view()).collect::<Vec<_>>()),
        DataType::BinaryView => coded(&arrays.iter().map(|array| array.as_binary_view()).collect::<Vec<_>>()),
        _ => Ok(None),
    }
}

/// The same values in buffers that hold nothing else.
pub(super) fn owned(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().gc()),
        DataType::BinaryView => Arc::new(array.as_binary_view().gc()),
        _ => array,
    }
}
