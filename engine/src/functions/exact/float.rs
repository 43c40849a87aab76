//! Exact sums of floats, of their squares, and of their products with others.

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use datafusion::common::Result;
use datafusion::common::cast::as_binary_array;
use datafusion::logical_expr::EmitTo;

use super::big::{BIG_BYTES, Big};
use super::bytes::{decode, encode_all, extent};
use super::grid::{choose, choose_for};
use super::number::Number;
use super::product_window::ProductWindow;
use super::row::Row;
use super::sums::{Direction, Sums, damaged, no_such_group};
use super::window::{SumWindow, Window};

/// How often the grid may move to where the data have gone.
const MAX_MOVES: u8 = 8;

/// A sum is its window, in units of the grid, plus its rest: what the window could not hold. Which of the two a row
/// goes into depends on the order of the rows; what they add up to does not.
///
/// Infinities and NaN count as NULL.
#[derive(Debug, Default)]
pub(crate) struct FloatPowers<W> {
    /// The position of the unit of all windows; nothing as long as there were only zeros.
    grid: Option<u64>,
    windows: Vec<W>,
    /// As long as the windows, or empty.
    rests: Vec<Option<Box<Big>>>,
    /// How many rests there are.
    held_rests: usize,
    moves: u8,
}

/// Sums of the floats themselves.
pub(crate) type FloatSums = FloatPowers<SumWindow>;

/// Sums of the squares of floats.
pub(crate) type FloatSquares = FloatPowers<ProductWindow<f64>>;

/// Sums of the products of two columns of floats.
pub(crate) type FloatProducts = FloatPowers<ProductWindow<(f64, f64)>>;

impl<W: Window> FloatPowers<W> {
    /// How many sums there are.
    pub(crate) fn groups(&self) -> usize {
        self.windows.len()
    }

    /// Adds the rows of a batch by `add`, which gets the grid and says how many rows were not on it.
    fn add_batch(
        &mut self,
        rows: impl ExactSizeIterator<Item = W::Row> + Clone,
        add: impl FnOnce(&mut Self, u64) -> Result<usize>,
    ) -> Result<()> {
        if self.grid.is_none() {
            self.grid = Self::suited(rows.clone());
        }
        let Some(grid) = self.grid else { return Ok(()) };
        let misses = add(self, grid)?;
        if misses > rows.len() / 4 && self.moves < MAX_MOVES {
            self.moves += 1;
            self.move_to(Self::suited(rows).unwrap_or(grid));
        }
        Ok(())
    }

    /// The grid that suits most rows, or nothing if they add only zeros.
    fn suited(rows: impl Iterator<Item = W::Row>) -> Option<u64> {
        choose(rows.filter_map(W::position), W::POWER, W::WIDTH)
    }

    /// Adds rows to the sums of their groups.
    fn add_rows(&mut self, grid: u64, rows: impl Iterator<Item = (W::Row, usize)>) -> Result<usize> {
        let Self { windows, rests, held_rests, .. } = self;
        let windows = windows.as_mut_slice();
        let groups = windows.len();
        let mut misses = 0;
        for (row, group) in rows {
            let window = windows.get_mut(group).ok_or_else(no_such_group)?;
            if let Some(sum) = window.added(grid, row, Direction::In) {
                *window = sum;
            } else {
                misses += 1;
                let rest = rest_of(rests, held_rests, groups, group)?;
                *window = add_to_rest(*window, rest, grid, row, Direction::In);
            }
        }
        Ok(misses)
    }

    /// Adds rows to the sum of group 0, or takes them out of it.
    fn add_column(&mut self, grid: u64, rows: impl Iterator<Item = W::Row>, direction: Direction) -> Result<usize> {
        let Self { windows, rests, held_rests, .. } = self;
        let groups = windows.len();
        let first = windows.first_mut().ok_or_else(no_such_group)?;
        let mut window = *first;
        let mut misses = 0;
        for row in rows {
            if let Some(sum) = window.added(grid, row, direction) {
                window = sum;
            } else {
                misses += 1;
                let rest = rest_of(rests, held_rests, groups, 0)?;
                window = add_to_rest(window, rest, grid, row, direction);
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
        if let Some(sum) = self.grid.and_then(|grid| window.joined(grid, number)) {
            *window = sum;
        } else {
            rest_of(&mut self.rests, &mut self.held_rests, groups, group)?.add_number(number, W::POWER);
        }
        Ok(())
    }

    /// Gives all windows another unit.
    fn move_to(&mut self, grid: u64) {
        let Some(old) = self.grid.replace(grid).filter(|old| *old != grid) else { return };
        let groups = self.windows.len();
        for (group, window) in self.windows.iter_mut().enumerate().filter(|(_, window)| **window != W::default()) {
            if let Some(there) = window.moved(old, grid) {
                *window = there;
            } else if let Ok(rest) = rest_of(&mut self.rests, &mut self.held_rests, groups, group) {
                rest.add_number(&std::mem::take(window).number(old), W::POWER);
            }
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

/// Adds a row that is not on the grid, or that the window has no room for. Gives the window as it is after that.
#[cold]
fn add_to_rest<W: Window>(window: W, rest: &mut Big, grid: u64, row: W::Row, direction: Direction) -> W {
    W::add_beside(rest, row, direction);
    // A window that is nearly full would turn away what comes next too.
    if window.is_nearly_full() {
        rest.add_number(&window.number(grid), W::POWER);
        W::default()
    } else {
        window
    }
}

impl<W: Window> Sums for FloatPowers<W> {
    fn fresh(&self) -> Self {
        Self::default()
    }

    fn resize(&mut self, groups: usize) {
        self.windows.resize(groups.max(self.windows.len()), W::default());
    }

    fn selection(columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        W::Row::selection(columns, filter)
    }

    fn add(&mut self, columns: &[ArrayRef], groups: &[usize], selected: Option<&BooleanBuffer>) -> Result<()> {
        let all = W::Row::rows(columns)?;
        let rows = all.clone().zip(groups.iter().copied());
        self.add_batch(all, |sums, grid| match selected {
            None => sums.add_rows(grid, rows),
            // A zero changes nothing, and costs less than a branch that goes either way.
            Some(selected) => {
                let zero = W::Row::default();
                let rows = rows.zip(selected.iter());
                sums.add_rows(grid, rows.map(|((row, group), kept)| (if kept { row } else { zero }, group)))
            }
        })
    }

    fn add_to_first(
        &mut self,
        columns: &[ArrayRef],
        selected: Option<&BooleanBuffer>,
        direction: Direction,
    ) -> Result<()> {
        let all = W::Row::rows(columns)?;
        let rows = all.clone();
        self.add_batch(all, |sums, grid| match selected {
            None => sums.add_column(grid, rows, direction),
            Some(selected) => {
                let zero = W::Row::default();
                let rows = rows.zip(selected.iter());
                sums.add_column(grid, rows.map(|(row, kept)| if kept { row } else { zero }), direction)
            }
        })
    }

    fn merge(&mut self, states: &dyn Array, groups: &[usize]) -> Result<()> {
        let states = as_binary_array(states)?;
        if self.grid.is_none() {
            self.grid = choose_for(states.iter().flatten().filter_map(extent), W::STORED_WIDTH);
        }
        for (state, group) in states.iter().zip(groups) {
            if let Some(bytes) = state {
                self.add_number(&decode(bytes, W::POWER).ok_or_else(damaged)?, *group)?;
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
        Ok(encode_all(self.windows.len(), W::POWER, nulls, |group| self.number(group)))
    }

    fn number(&self, group: usize) -> Number {
        let window = self.windows.get(group).copied().unwrap_or_default();
        // Without a grid all windows are 0.
        let grid = self.grid.unwrap_or(0);
        match self.rests.get(group) {
            Some(Some(rest)) => {
                let mut sum = Big::clone(rest);
                sum.add_number(&window.number(grid), W::POWER);
                sum.number(W::POWER)
            }
            _ => window.number(grid),
        }
    }

    fn size(&self) -> usize {
        self.windows.capacity() * size_of::<W>()
            + self.rests.capacity() * size_of::<Option<Box<Big>>>()
            + self.held_rests * BIG_BYTES
    }
}
