//! Values as keys of a hash table.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, PrimitiveArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{ArrowPrimitiveType, DataType};
use datafusion::common::Result;
use datafusion::common::cast::{as_boolean_array, as_float64_array, as_primitive_array};

use crate::functions::exact::{damaged, finite, selected};

/// How the values of a column become keys, equal for equal values, and values again.
pub(super) trait Values: Debug + Send + Sync + Sized + 'static {
    type Key: Debug + Copy + Eq + Hash + Send + Sync;

    /// The same kind, which knows no value yet.
    fn fresh(&self) -> Self;

    /// The rows that count: not NULL, and let through by the filter. Nothing means all.
    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        Ok(selected(values, filter))
    }

    /// Calls `each` with each of some rows and its key.
    fn each(
        &mut self,
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        each: impl FnMut(usize, Self::Key) -> Result<()>,
    ) -> Result<()>;

    /// The key for a key that another one of the same kind gave.
    fn adopt(&mut self, other: &Self, key: Self::Key) -> Result<Self::Key>;

    /// The values of keys.
    fn array(&self, keys: Vec<Self::Key>) -> Result<ArrayRef>;

    /// Bytes on the heap.
    fn size(&self) -> usize;
}

/// Values of a fixed size that are equal where their bits are.
#[derive(Debug)]
pub(super) struct Plain<T> {
    data_type: DataType,
    values: PhantomData<fn() -> T>,
}

impl<T> Plain<T> {
    /// Of a type, which may have a time zone or digits.
    pub(super) fn new(data_type: &DataType) -> Self {
        Self { data_type: data_type.clone(), values: PhantomData }
    }
}

impl<T> Values for Plain<T>
where
    T: ArrowPrimitiveType + Debug,
    T::Native: Eq + Hash,
{
    type Key = T::Native;

    fn fresh(&self) -> Self {
        Self::new(&self.data_type)
    }

    fn each(
        &mut self,
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        mut each: impl FnMut(usize, T::Native) -> Result<()>,
    ) -> Result<()> {
        let values = as_primitive_array::<T>(values)?.values();
        for row in rows {
            each(row, *values.get(row).ok_or_else(damaged)?)?;
        }
        Ok(())
    }

    fn adopt(&mut self, _other: &Self, key: T::Native) -> Result<T::Native> {
        Ok(key)
    }

    fn array(&self, keys: Vec<T::Native>) -> Result<ArrayRef> {
        let values = PrimitiveArray::<T>::new(keys.into(), None);
        Ok(Arc::new(values.with_data_type(self.data_type.clone())))
    }

    fn size(&self) -> usize {
        0
    }
}

/// Floats. There is one zero; infinities and NaN count as NULL.
#[derive(Debug)]
pub(super) struct Floats;

impl Values for Floats {
    type Key = u64;

    fn fresh(&self) -> Self {
        Self
    }

    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        finite(values, filter)
    }

    fn each(
        &mut self,
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        mut each: impl FnMut(usize, u64) -> Result<()>,
    ) -> Result<()> {
        let values = as_float64_array(values)?.values();
        for row in rows {
            // -0.0 + 0.0 is 0.0.
            each(row, (*values.get(row).ok_or_else(damaged)? + 0.0).to_bits())?;
        }
        Ok(())
    }

    fn adopt(&mut self, _other: &Self, key: u64) -> Result<u64> {
        Ok(key)
    }

    fn array(&self, keys: Vec<u64>) -> Result<ArrayRef> {
        Ok(Arc::new(Float64Array::from_iter_values(keys.into_iter().map(f64::from_bits))))
    }

    fn size(&self) -> usize {
        0
    }
}

/// True and false.
#[derive(Debug)]
pub(super) struct Truths;

impl Values for Truths {
    type Key = bool;

    fn fresh(&self) -> Self {
        Self
    }

    fn each(
        &mut self,
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        mut each: impl FnMut(usize, bool) -> Result<()>,
    ) -> Result<()> {
        let values = as_boolean_array(values)?;
        for row in rows {
            each(row, values.value(row))?;
        }
        Ok(())
    }

    fn adopt(&mut self, _other: &Self, key: bool) -> Result<bool> {
        Ok(key)
    }

    fn array(&self, keys: Vec<bool>) -> Result<ArrayRef> {
        Ok(Arc::new(BooleanArray::from(keys)))
    }

    fn size(&self) -> usize {
        0
    }
}
