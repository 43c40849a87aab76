//! Exact sums of the squares of integers and of unscaled decimals.

use std::fmt::Debug;
use std::marker::PhantomData;

use arrow::array::{Array, ArrayRef};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::{ArrowPrimitiveType, i256};
use datafusion::common::Result;
use datafusion::common::cast::{as_binary_array, as_primitive_array};
use datafusion::logical_expr::EmitTo;

use crate::functions::exact::{
    Direction, Number, Power, Sums, add_each, column, damaged, decode, encode_all, for_each, low_limb, no_such_group,
    product,
};

/// Values with squares that leave a limb of `LIMBS` for the sum of many: no number of rows that can be counted makes
/// that overflow.
pub(super) trait Square<const LIMBS: usize> {
    fn squared(self) -> [u64; LIMBS];
}

impl Square<3> for i64 {
    fn squared(self) -> [u64; 3] {
        let magnitude = u128::from(self.unsigned_abs());
        let product = magnitude * magnitude;
        [low_limb(product), low_limb(product >> 64), 0]
    }
}

impl Square<5> for i128 {
    fn squared(self) -> [u64; 5] {
        let magnitude = self.unsigned_abs();
        squared([low_limb(magnitude), low_limb(magnitude >> 64)])
    }
}

impl Square<9> for i256 {
    fn squared(self) -> [u64; 9] {
        // The least has no positive counterpart, but its bits are those of its magnitude.
        let (low, high) = self.wrapping_abs().to_parts();
        let high = high.cast_unsigned();
        squared([low_limb(low), low_limb(low >> 64), low_limb(high), low_limb(high >> 64)])
    }
}

/// The square of a magnitude, in at least twice as many limbs.
fn squared<const OF: usize, const LIMBS: usize>(limbs: [u64; OF]) -> [u64; LIMBS] {
    let mut square = [0; LIMBS];
    product(&limbs, &limbs, &mut square);
    square
}

/// Sums of squares in two's complement, each in `LIMBS` limbs from the lowest on.
#[derive(Debug)]
pub(super) struct IntegerSquares<T, const LIMBS: usize> {
    totals: Vec<[u64; LIMBS]>,
    input: PhantomData<T>,
}

impl<T, const LIMBS: usize> IntegerSquares<T, LIMBS> {
    pub(super) fn new() -> Self {
        Self { totals: Vec::new(), input: PhantomData }
    }
}

fn add<const LIMBS: usize>(total: &mut [u64; LIMBS], addend: &[u64; LIMBS]) {
    let mut carry = false;
    for (limb, part) in total.iter_mut().zip(addend) {
        let (sum, first) = limb.overflowing_add(*part);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        *limb = sum;
        carry = first | second;
    }
}

fn subtract<const LIMBS: usize>(total: &mut [u64; LIMBS], subtrahend: &[u64; LIMBS]) {
    let mut borrow = false;
    for (limb, part) in total.iter_mut().zip(subtrahend) {
        let (difference, first) = limb.overflowing_sub(*part);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        *limb = difference;
        borrow = first | second;
    }
}

impl<T, const LIMBS: usize> Sums for IntegerSquares<T, LIMBS>
where
    T: ArrowPrimitiveType + Debug + Send + Sync,
    T::Native: Square<LIMBS>,
{
    fn fresh(&self) -> Self {
        Self::new()
    }

    fn resize(&mut self, groups: usize) {
        self.totals.resize(groups.max(self.totals.len()), [0; LIMBS]);
    }

    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        let values = as_primitive_array::<T>(column(columns, 0)?)?;
        add_each(&mut self.totals, values.values(), groups, selected, |total, value| add(total, &value.squared()))
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
            Direction::In => for_each(values.values(), selected, |value| add(total, &value.squared())),
            Direction::Out => for_each(values.values(), selected, |value| subtract(total, &value.squared())),
        }
        Ok(())
    }

    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()> {
        for (state, group) in as_binary_array(states)?.iter().zip(groups) {
            if let Some(bytes) = state {
                let number = decode(bytes, Power::Second).ok_or_else(damaged)?;
                let units = number.in_units::<LIMBS>(0).ok_or_else(damaged)?;
                let total = self.totals.get_mut(*group).ok_or_else(no_such_group)?;
                if number.is_negative() { subtract(total, &units) } else { add(total, &units) }
            }
        }
        Ok(())
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        Self { totals: emit.take_needed(&mut self.totals), input: PhantomData }
    }

    fn states(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        Ok(encode_all(self.totals.len(), Power::Second, nulls, |group| self.number(group)))
    }

    fn number(&self, group: usize) -> Number {
        let limbs = self.totals.get(group).map_or_else(Vec::new, |limbs| limbs.to_vec());
        Number::from_twos_complement(limbs, 0)
    }

    fn size(&self) -> usize {
        self.totals.capacity() * size_of::<[u64; LIMBS]>()
    }
}
