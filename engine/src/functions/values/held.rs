//! Values by themselves.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::Hash;

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use datafusion::common::Result;

use crate::functions::exact::{finite, selected};

/// A type that holds values one by one, in their order: numbers by size, texts by code point, false before true.
pub(crate) trait Held: Debug + Clone + Ord + Send + Sync + 'static {
    /// A column, ready to be read.
    type Column;

    /// A value in a column.
    type Item<'a>: Copy + Hash
    where
        Self: 'a;

    /// Makes a column ready.
    fn column(values: &dyn Array) -> Result<Self::Column>;

    /// The value in a row, which says nothing if the row is NULL; nothing beyond the last row.
    fn get(column: &Self::Column, row: usize) -> Option<Self::Item<'_>>;

    /// Takes a value out of a column.
    fn own(item: Self::Item<'_>) -> Self;

    /// The value as a column would have it, with the same hash.
    fn item(&self) -> Self::Item<'_>;

    /// How this value compares to one in a column.
    fn compare(&self, item: Self::Item<'_>) -> Ordering;

    /// Bytes on the heap.
    fn bytes(&self) -> usize;

    /// A column of this type.
    fn array<'a>(values: impl Iterator<Item = Option<&'a Self>>, data_type: &DataType) -> Result<ArrayRef>;
}

/// The rows that count: not NULL, finite, and let through by the filter. Nothing means all.
pub(crate) fn present(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
    if *values.data_type() == DataType::Float64 { finite(values, filter) } else { Ok(selected(values, filter)) }
}
