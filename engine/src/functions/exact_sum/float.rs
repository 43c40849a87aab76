//! Exact sums of floats.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryBuilder, BooleanArray, Float64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::common::cast::{as_binary_array, as_float64_array};
use datafusion::logical_expr::EmitTo;

use super::big::{BIG_BYTES, Big};
use super::bytes::{decode, encode, extent};
use super::grid::{added, choose, choose_for, moved, split};
use super::number::{LOWEST, Number};
use super::sums::{Direction, Sums, damaged, is_present, no_such_group, selected};

/// How often the grid may move to where the data have gone.
const MAX_MOVES: u8 = 8;

/// A sum is its window, in units of the grid, plus its rest: what the window could not hold. Which of the two a value
/// goes into depends on the order of the rows; what they add up to does not.
///
/// Infinities and NaN count as NULL.
#[derive(Debug, Default)]
pub(super) struct FloatSums {
    /// The position of the unit of all windows; nothing as long as there were only zeros.
    grid: Option<u64>,
    windows: Vec<i128>,
    /// As long as the windows, or empty.
    rests: Vec<Option<Box<Big>>>,
    /// How many rests there are.
    held_rests: usize,
    moves: u8,
}

impl FloatSums {
    /// Adds the values of a batch by `add`, which gets the grid and says how many values were not on it.
    fn add_batch(&mut self, values: &[f64], add: impl FnOnce(&mut Self, u64) -> Result<usize>) -> Result<()> {
        if self.grid.is_none() {
            self.grid = choose(values);
        }
        let Some(grid) = self.grid else { return Ok(()) };
        let misses = add(self, grid)?;
        if misses > values.len() / 4 && self.moves < MAX_MOVES {
            self.moves += 1;
            self.move_to(choose(values).unwrap_or(grid));
        }
        Ok(())
    }

    /// Adds values to the sums of their groups.
    fn add_rows(&mut self, grid: u64, rows: impl Iterator<Item = (f64, usize)>) -> Result<usize> {
        let Self { windows, rests, held_rests, .. } = self;
        let windows = windows.as_mut_slice();
        let groups = windows.len();
        let mut misses = 0;
        for (value, group) in rows {
            let window = windows.get_mut(group).ok_or_else(no_such_group)?;
            if let Some(sum) = added(*window, grid, value) {
                *window = sum;
            } else {
                misses += 1;
                *window = add_to_rest(*window, rest_of(rests, held_rests, groups, group)?, grid, value);
            }
        }
        Ok(misses)
    }

    /// Adds values to the sum of group 0.
    fn add_column(&mut self, grid: u64, values: impl Iterator<Item = f64>) -> Result<usize> {
        let Self { windows, rests, held_rests, .. } = self;
        let groups = windows.len();
        let first = windows.first_mut().ok_or_else(no_such_group)?;
        let mut window = *first;
        let mut misses = 0;
        for value in values {
            if let Some(sum) = added(window, grid, value) {
                window = sum;
            } else {
                misses += 1;
                window = add_to_rest(window, rest_of(rests, held_rests, groups, 0)?, grid, value);
            }
        }
        *first = window;
        Ok(misses)
    }

    /// Adds a stored sum to that of its group.
    fn add_number(&mut self, number: &Number, group: usize) -> Result<()> {
        if number.small() == Some(0) {
            return Ok(());
        }
        let groups = self.windows.len();
        let window = self.windows.get_mut(group).ok_or_else(no_such_group)?;
        if let Some(sum) = self.grid.and_then(|grid| joined(*window, grid, number)) {
            *window = sum;
        } else {
            rest_of(&mut self.rests, &mut self.held_rests, groups, group)?.add_number(number);
        }
        Ok(())
    }

    /// Gives all windows another unit.
    fn move_to(&mut self, grid: u64) {
        let Some(old) = self.grid.replace(grid).filter(|old| *old != grid) else { return };
        let groups = self.windows.len();
        for (group, window) in self.windows.iter_mut().enumerate().filter(|(_, window)| **window != 0) {
            if let Some(there) = moved(*window, old, grid) {
                *window = there;
            } else if let Ok(rest) = rest_of(&mut self.rests, &mut self.held_rests, groups, group) {
                rest.add_window(std::mem::take(window), old);
            }
        }
    }

    /// The sum of a group.
    fn number(&self, group: usize) -> Number {
        let window = self.windows.get(group).copied().unwrap_or(0);
        // Without a grid all windows are 0.
        let grid = self.grid.unwrap_or(0);
        match self.rests.get(group) {
            Some(Some(rest)) => {
                let mut sum = Big::clone(rest);
                sum.add_window(window, grid);
                sum.number()
            }
            _ => Number::from_i128(window, i64::try_from(grid).unwrap_or(i64::MAX) + LOWEST),
        }
    }
}

/// The rest of a group, made if there is none.
fn rest_of<'a>(
    rests: &'a mut Vec<Option<Box<Big>>>,
    held: &mut usize,
    groups: usize,
    group: usize,
) -> Result<&'a mut Big> {
    if rests.len() < groups {
        rests.resize_with(groups, || None);
    }
    let rest = rests.get_mut(group).ok_or_else(no_such_group)?;
    *held += usize::from(rest.is_none());
    Ok(rest.get_or_insert_default().as_mut())
}

/// Adds a value that is not on the grid, or that the window has no room for. Gives the window as it is after that.
#[cold]
fn add_to_rest(window: i128, rest: &mut Big, grid: u64, value: f64) -> i128 {
    let (mantissa, position) = split(value);
    rest.add(mantissa < 0, u128::from(mantissa.unsigned_abs()), position);
    // A window that is nearly full would turn away what comes next too.
    if window.unsigned_abs().leading_zeros() < 4 {
        rest.add_window(window, grid);
        0
    } else {
        window
    }
}

/// The window with a number added, if it can hold that.
fn joined(window: i128, grid: u64, number: &Number) -> Option<i128> {
    let magnitude = number.small()?;
    let shift = u64::try_from(number.exponent() - LOWEST).ok()?.checked_sub(grid)?;
    if u64::from(magnitude.leading_zeros()) <= shift {
        return None;
    }
    let addend = i128::try_from(magnitude << shift).ok()?;
    if number.is_negative() { window.checked_sub(addend) } else { window.checked_add(addend) }
}

/// The sum divided by the count, if that is not infinite.
fn average(sum: &Number, count: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "fewer rows than 2^53 can be counted in a lifetime")]
    let divisor = count as f64;
    match sum.nearest() {
        Some(sum) => {
            let average = sum / divisor;
            // A tiny negative sum may be divided down to -0.0.
            Some(if average.abs() > 0.0 { average } else { 0.0 })
        }
        // The sum has no f64, but the average may have.
        None => sum.quotient(&[u64::try_from(count).ok()?]),
    }
}

impl Sums for FloatSums {
    fn fresh(&self) -> Self {
        Self::default()
    }

    fn resize(&mut self, groups: usize) {
        self.windows.resize(groups.max(self.windows.len()), 0);
    }

    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        let floats = as_float64_array(values)?.values();
        let kept = selected(values, filter);
        // Not `all`, which would stop at the first and not use vectors.
        if floats.iter().fold(true, |finite, value| finite & value.is_finite()) {
            return Ok(kept);
        }
        let finite: BooleanBuffer = floats.iter().map(|value| value.is_finite()).collect();
        Ok(Some(match kept {
            Some(kept) => &kept & &finite,
            None => finite,
        }))
    }

    fn add(&mut self, values: &dyn Array, groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        let values: &[f64] = as_float64_array(values)?.values();
        let rows = values.iter().copied().zip(groups.iter().copied());
        self.add_batch(values, |sums, grid| match selected {
            None => sums.add_rows(grid, rows),
            // A zero changes nothing, and costs less than a branch that goes either way.
            Some(selected) => {
                let kept = rows.zip(selected.iter());
                sums.add_rows(grid, kept.map(|((value, group), kept)| (if kept { value } else { 0.0 }, group)))
            }
        })
    }

    fn add_to_first(
        &mut self,
        values: &dyn Array,
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        let values: &[f64] = as_float64_array(values)?.values();
        let sign = if direction == Direction::In { 1.0 } else { -1.0 };
        let signed = values.iter().map(|value| value * sign);
        self.add_batch(values, |sums, grid| match selected {
            None => sums.add_column(grid, signed),
            Some(selected) => {
                let kept = signed.zip(selected.iter());
                sums.add_column(grid, kept.map(|(value, kept)| if kept { value } else { 0.0 }))
            }
        })
    }

    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()> {
        let states = as_binary_array(states)?;
        if self.grid.is_none() {
            self.grid = choose_for(states.iter().flatten().filter_map(extent));
        }
        for (state, group) in states.iter().zip(groups) {
            if let Some(bytes) = state {
                self.add_number(&decode(bytes).ok_or_else(damaged)?, *group)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, emit: EmitTo) -> Self {
        let rests = if self.rests.is_empty() {
            Vec::new()
        } else {
            self.rests.resize_with(self.windows.len(), || None);
            emit.take_needed(&mut self.rests)
        };
        let held_rests = rests.iter().flatten().count();
        self.held_rests -= held_rests;
        Self { grid: self.grid, windows: emit.take_needed(&mut self.windows), rests, held_rests, moves: self.moves }
    }

    fn states(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        let mut builder = BinaryBuilder::with_capacity(self.windows.len(), 16 * self.windows.len());
        let mut bytes = Vec::new();
        for group in 0..self.windows.len() {
            if is_present(nulls, group) {
                encode(&self.number(group), &mut bytes);
                builder.append_value(&bytes);
            } else {
                builder.append_null();
            }
        }
        Ok(Arc::new(builder.finish()))
    }

    fn totals(&self, nulls: Option<&NullBuffer>) -> Result<ArrayRef> {
        let sums: Float64Array = (0..self.windows.len())
            .map(|group| if is_present(nulls, group) { self.number(group).nearest() } else { None })
            .collect();
        Ok(Arc::new(sums))
    }

    fn averages(&self, counts: &[i64]) -> Result<ArrayRef> {
        let averages: Float64Array = counts
            .iter()
            .enumerate()
            .map(|(group, count)| if *count > 0 { average(&self.number(group), *count) } else { None })
            .collect();
        Ok(Arc::new(averages))
    }

    fn size(&self) -> usize {
        self.windows.capacity() * size_of::<i128>()
            + self.rests.capacity() * size_of::<Option<Box<Big>>>()
            + self.held_rests * BIG_BYTES
    }
}
