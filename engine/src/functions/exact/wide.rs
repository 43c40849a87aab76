//! Sums of decimals of more than 19 digits, in 320 bits.
//!
//! They are stored in 40 bytes of two's complement, `low` (32 bytes) and `carry` (8 bytes): the unscaled sum is
//! `low + carry * 2^256`. All is little-endian.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryBuilder, Decimal256Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::{ArrowPrimitiveType, i256};
use datafusion::common::Result;
use datafusion::common::cast::{as_binary_array, as_primitive_array};
use datafusion::logical_expr::EmitTo;

use super::limbs::low_limb;
use super::number::Number;
use super::sums::{Direction, Sums, add_each, column, damaged, for_each, is_present, no_such_group};

/// `low + carry * 2^256`: with the carry, a sum that leaves 256 bits and comes back is the same in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wide {
    low: i256,
    carry: i64,
}

impl Wide {
    fn add(&mut self, value: i256) {
        let (sum, overflow) = self.low.overflowing_add(value);
        self.low = sum;
        if overflow {
            self.carry += if value.is_negative() { -1 } else { 1 };
        }
    }

    fn subtract(&mut self, value: i256) {
        let (difference, overflow) = self.low.overflowing_sub(value);
        self.low = difference;
        if overflow {
            self.carry -= if value.is_negative() { -1 } else { 1 };
        }
    }

    fn merge(&mut self, other: Self) {
        self.add(other.low);
        self.carry += other.carry;
    }

    /// The sum, if it is less than the bound.
    fn below(self, bound: i256) -> Option<i256> {
        let magnitude = if self.carry == 0 { self.low.checked_abs() } else { None };
        magnitude.filter(|magnitude| *magnitude < bound).map(|_| self.low)
    }

    fn number(self) -> Number {
        let (low, high) = self.low.to_parts();
        let sign = if high < 0 { -1 } else { 0 };
        let high = high.cast_unsigned();
        let top = (self.carry + sign).cast_unsigned();
        let limbs = vec![low_limb(low), low_limb(low >> 64), low_limb(high), low_limb(high >> 64), top];
        Number::from_twos_complement(limbs, 0)
    }

    fn to_bytes(self) -> [u8; 40] {
        let mut bytes = [0; 40];
        let sources = self.low.to_le_bytes().into_iter().chain(self.carry.to_le_bytes());
        bytes.iter_mut().zip(sources).for_each(|(byte, source)| *byte = source);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (low, carry) = bytes.split_first_chunk::<32>()?;
        Some(Self { low: i256::from_le_bytes(*low), carry: i64::from_le_bytes(carry.try_into().ok()?) })
    }
}

/// Sums of decimals that come as `i128` or `i256`.
#[derive(Debug)]
pub(crate) struct WideSums<T> {
    totals: Vec<Wide>,
    precision: u8,
    scale: i8,
    input: PhantomData<T>,
}

impl<T> WideSums<T> {
    /// For sums of this precision and scale; what has more digits is NULL.
    pub(crate) fn new(precision: u8, scale: i8) -> Self {
        Self { totals: Vec::new(), precision, scale, input: PhantomData }
    }

    pub(crate) fn scale(&self) -> i8 {
        self.scale
    }

    /// The sums as decimals.
    pub(crate) fn decimals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        let bound = i256::from_i128(10).checked_pow(u32::from(self.precision)).unwrap_or(i256::MAX);
        let sums: Decimal256Array = self
            .totals
            .iter()
            .enumerate()
            .map(|(group, total)| if is_present(nulls, group) { total.below(bound) } else { None })
            .collect();
        Ok(Arc::new(sums.with_precision_and_scale(self.precision, self.scale)?))
    }
}

impl<T> Sums for WideSums<T>
where
    T: ArrowPrimitiveType + Debug + Send + Sync,
    T::Native: Into<i256>,
{
    fn fresh(&self) -> Self {
        Self::new(self.precision, self.scale)
    }

    fn resize(&mut self, groups: usize) {
        self.totals.resize(groups.max(self.totals.len()), Wide::default());
    }

    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        let values = as_primitive_array::<T>(column(columns, 0)?)?;
        add_each(&mut self.totals, values.values(), groups, selected, |total, value| total.add(value.into()))
    }

    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        let values = as_primitive_array::<T>(column(columns, 0)?)?;
        let total = self.totals.first_mut().ok_or_else(no_such_group)?;
        match direction {
            Direction::In => for_each(values.values(), selected, |value| total.add(value.into())),
            Direction::Out => for_each(values.values(), selected, |value| total.subtract(value.into())),
        }
        Ok(())
    }

    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()> {
        for (state, group) in as_binary_array(states)?.iter().zip(groups) {
            if let Some(bytes) = state {
                let sum = Wide::from_bytes(bytes).ok_or_else(damaged)?;
                self.totals.get_mut(*group).ok_or_else(no_such_group)?.merge(sum);
            }
        }
        Ok(())
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        Self { totals: emit.take_needed(&mut self.totals), ..self.fresh() }
    }

    fn states(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        let mut builder = BinaryBuilder::with_capacity(self.totals.len(), 40 * self.totals.len());
        for (group, total) in self.totals.iter().enumerate() {
            builder.append_option(is_present(nulls, group).then(|| total.to_bytes()));
        }
        Ok(Arc::new(builder.finish()))
    }

    fn number(&self, group: usize) -> Number {
        self.totals.get(group).copied().unwrap_or_default().number()
    }

    fn size(&self) -> usize {
        self.totals.capacity() * size_of::<Wide>()
    }
}
