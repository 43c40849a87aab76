//! The part of a float sum that is fast: an integer of fixed size in units of a grid.

use std::fmt::Debug;

use super::big::Big;
use super::grid::{WIDTH, added, moved, position, split};
use super::number::{Number, Power};
use super::row::Row;
use super::sums::Direction;

/// A sum of floats, or of products of two, in units of a grid.
pub(crate) trait Window: Debug + Clone + Copy + Default + PartialEq + Send + Sync + 'static {
    /// What a row gives to the sum.
    type Row: Row;

    /// The power that is summed up.
    const POWER: Power;

    /// How many positions above the lowest of a grid the last bit of what is added may have.
    const WIDTH: u64;

    /// Bits that stored sums may take together to share a grid; above them a window has room to grow.
    const STORED_WIDTH: u64;

    /// The position of the last bit of what a row adds; nothing for 0 and for what is not finite.
    fn position(row: Self::Row) -> Option<u64>;

    /// The window with a finite row added or taken out, unless that is not on the grid or the sum is too large.
    fn added(self, grid: u64, row: Self::Row, direction: Direction) -> Option<Self>;

    /// The window with a number added, if it can hold that exactly.
    fn joined(self, grid: u64, number: &Number) -> Option<Self>;

    /// The window on another grid, if that can hold it exactly.
    fn moved(self, from: u64, to: u64) -> Option<Self>;

    /// Whether one more value of the greatest size may be too much.
    fn is_nearly_full(self) -> bool;

    /// The sum.
    fn number(self, grid: u64) -> Number;

    /// Adds a finite row to a number of any size, or takes it out.
    fn add_beside(rest: &mut Big, row: Self::Row, direction: Direction);
}

/// A sum of the floats themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SumWindow(i128);

impl Window for SumWindow {
    type Row = f64;

    const POWER: Power = Power::First;
    const WIDTH: u64 = WIDTH;
    const STORED_WIDTH: u64 = 110;

    fn position(row: f64) -> Option<u64> {
        position(row)
    }

    #[inline]
    fn added(self, grid: u64, row: f64, direction: Direction) -> Option<Self> {
        added(self.0, grid, signed(row, direction)).map(Self)
    }

    fn joined(self, grid: u64, number: &Number) -> Option<Self> {
        let magnitude = number.small()?;
        let shift = u64::try_from(number.exponent() - Power::First.lowest()).ok()?.checked_sub(grid)?;
        if u64::from(magnitude.leading_zeros()) <= shift {
            return None;
        }
        let addend = i128::try_from(magnitude << shift).ok()?;
        let sum = if number.is_negative() { self.0.checked_sub(addend) } else { self.0.checked_add(addend) };
        sum.map(Self)
    }

    fn moved(self, from: u64, to: u64) -> Option<Self> {
        moved(self.0, from, to).map(Self)
    }

    fn is_nearly_full(self) -> bool {
        self.0.unsigned_abs().leading_zeros() < 4
    }

    fn number(self, grid: u64) -> Number {
        Number::from_i128(self.0, i64::try_from(grid).unwrap_or(i64::MAX) + Power::First.lowest())
    }

    fn add_beside(rest: &mut Big, row: f64, direction: Direction) {
        let (mantissa, position) = split(signed(row, direction));
        rest.add(mantissa < 0, u128::from(mantissa.unsigned_abs()), position);
    }
}

#[inline]
fn signed(value: f64, direction: Direction) -> f64 {
    match direction {
        Direction::In => value,
        Direction::Out => -value,
    }
}
