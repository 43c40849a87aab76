//! Sums of integers and of small decimals in `i128`.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Decimal128Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::ArrowPrimitiveType;
use datafusion::common::Result;
use datafusion::common::cast::{as_decimal128_array, as_primitive_array};
use datafusion::logical_expr::EmitTo;

use super::number::Number;
use super::sums::{Direction, Sums, add_each, column, for_each, no_such_group};

/// Sums of values below 2^64: no number of rows that can be counted makes an `i128` overflow.
#[derive(Debug)]
pub(crate) struct NarrowSums<T> {
    totals: Vec<i128>,
    precision: u8,
    scale: i8,
    input: PhantomData<T>,
}

impl<T> NarrowSums<T> {
    /// For sums of this precision and scale.
    pub(crate) fn new(precision: u8, scale: i8) -> Self {
        Self { totals: Vec::new(), precision, scale, input: PhantomData }
    }

    pub(crate) fn scale(&self) -> i8 {
        self.scale
    }
}

impl<T> Sums for NarrowSums<T>
where
    T: ArrowPrimitiveType + Debug + Send + Sync,
    T::Native: Into<i128>,
{
    fn fresh(&self) -> Self {
        Self::new(self.precision, self.scale)
    }

    fn resize(&mut self, groups: usize) {
        self.totals.resize(groups.max(self.totals.len()), 0);
    }

    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        let values = as_primitive_array::<T>(column(columns, 0)?)?;
        add_each(&mut self.totals, values.values(), groups, selected, |total, value| {
            *total = total.wrapping_add(value.into());
        })
    }

    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        let values = as_primitive_array::<T>(column(columns, 0)?)?;
        let mut sum = 0_i128;
        for_each(values.values(), selected, |value| sum = sum.wrapping_add(value.into()));
        let total = self.totals.first_mut().ok_or_else(no_such_group)?;
        *total = match direction {
            Direction::In => total.wrapping_add(sum),
            Direction::Out => total.wrapping_sub(sum),
        };
        Ok(())
    }

    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()> {
        let states = as_decimal128_array(states)?;
        let valid = states.nulls().map(NullBuffer::inner);
        add_each(&mut self.totals, states.values(), groups, valid, |total, sum| *total = total.wrapping_add(sum))
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        Self { totals: emit.take_needed(&mut self.totals), ..self.fresh() }
    }

    fn states(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        let sums = Decimal128Array::new(self.totals.clone().into(), nulls.cloned());
        Ok(Arc::new(sums.with_precision_and_scale(self.precision, self.scale)?))
    }

    fn number(&self, group: usize) -> Number {
        Number::from_i128(self.totals.get(group).copied().unwrap_or(0), 0)
    }

    fn size(&self) -> usize {
        self.totals.capacity() * size_of::<i128>()
    }
}
