//! Dimensions laid out as columns: one column for each combination of their members and each value.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::{TakeOptions, take};
use arrow::error::ArrowError;

use super::order::{Groups, SortBy, groups, sorted};
use crate::error::{Error, ErrorKind, Result};

/// An answer whose rows differ in their dimensions, in the order in which the rows of the pivot shall appear.
#[derive(Debug)]
pub(crate) struct PivotInput<'a> {
    /// All dimensions, in the order of the answer.
    pub(crate) dimensions: Vec<PivotDimension<'a>>,
    /// Everything else: measures, comparison, windows.
    pub(crate) values: Vec<PivotValue<'a>>,
    pub(crate) rows: usize,
    /// The most combinations of members.
    pub(crate) max_columns: u64,
}

/// A dimension of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PivotDimension<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: &'a ArrayRef,
    /// What its members are ordered by, if that is not their value.
    pub(crate) order: Option<&'a ArrayRef>,
    /// Whether its members become columns.
    pub(crate) is_column: bool,
    /// The remainder of a top, if this is the dimension whose members it ranks.
    pub(crate) other: Option<&'a BooleanArray>,
}

/// A column of an answer that is no dimension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PivotValue<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: &'a ArrayRef,
}

/// Where each row of an answer goes.
#[derive(Debug)]
pub(crate) struct PivotLayout {
    rows: UInt32Array,
    combinations: Vec<Combination>,
}

/// Members that stand above columns.
#[derive(Debug)]
struct Combination {
    /// A row of the answer with these members.
    sample: u32,
    /// Rows of the pivot, and for each the row of the answer that it shows.
    cells: Vec<(u32, u32)>,
}

/// A column of the pivot.
#[derive(Debug)]
pub(crate) struct PivotColumn {
    /// A dimension's name, or that of a value and the texts of the members: `n|2013-01-01`.
    pub(crate) name: String,
    pub(crate) values: ArrayRef,
    pub(crate) origin: PivotOrigin,
}

/// What a column of the pivot shows, by place in the [`PivotInput`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PivotOrigin {
    Dimension(usize),
    Value { value: usize, combination: usize },
}

impl PivotLayout {
    /// Finds the rows and columns of a pivot. Columns are ordered by the members of their dimensions over the whole
    /// answer: ascending, then NULL, then the remainder of a top. Only combinations that occur become columns; rows
    /// come in the order in which they first appear.
    ///
    /// # Errors
    ///
    /// `LimitExceeded` for more combinations than allowed. `Internal` if columns have different numbers of rows.
    pub(crate) fn new(input: &PivotInput<'_>) -> Result<Self> {
        if input.values.iter().any(|value| value.values.len() != input.rows) {
            return Err(Error::internal("the columns of a pivot have different numbers of rows"));
        }
        let keys = |is_column: bool| -> Vec<SortBy<'_>> {
            let dimensions = input.dimensions.iter().filter(|dimension| dimension.is_column == is_column);
            dimensions.map(|dimension| key(dimension.values, dimension.other)).collect()
        };
        let rows = groups(&keys(false), input.rows)?;
        let columns = groups(&keys(true), input.rows)?;
        let count = columns.firsts.len();
        if u64::try_from(count).unwrap_or(u64::MAX) > input.max_columns {
            let message = format!(
                "the pivot has {count} combinations of members, and at most {} are allowed; filter the members or raise \
                 `max_columns`",
                input.max_columns
            );
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        let combinations = combinations(input, &rows, &columns)?;
        Ok(Self { rows: UInt32Array::from(rows.firsts), combinations })
    }

    /// For each row of the pivot a row of the answer with its members.
    pub(crate) fn rows(&self) -> &UInt32Array {
        &self.rows
    }

    /// For each combination, in the order of the columns, a row of the answer with its members.
    pub(crate) fn samples(&self) -> impl Iterator<Item = u32> {
        self.combinations.iter().map(|combination| combination.sample)
    }

    /// For each row of the pivot the row of the answer that is shown below a combination; NULL if there is none.
    ///
    /// # Errors
    ///
    /// `Internal` if there is no such combination, or two rows of the answer have the same members.
    pub(crate) fn cells(&self, combination: usize) -> Result<UInt32Array> {
        let found = self.combinations.get(combination);
        let combination = found.ok_or_else(|| Error::internal("a pivot has fewer combinations than asked for"))?;
        let mut cells = vec![None; self.rows.len()];
        for (row, shown) in &combination.cells {
            if let Some(cell) = cells.get_mut(*row as usize)
                && cell.replace(*shown).is_some()
            {
                return Err(Error::internal("two rows of a pivot's answer have the same members"));
            }
        }
        Ok(UInt32Array::from(cells))
    }

    /// The columns of the pivot: dimensions that stay rows, then all values of the first combination, and so on. Of the
    /// rows those in `shown` in that order, or all. `label` gives the text of a dimension's member in a row of the
    /// answer. Names that would be the same are numbered.
    ///
    /// # Errors
    ///
    /// `Internal` if the input is not that of the layout.
    pub(crate) fn columns(
        &self,
        input: &PivotInput<'_>,
        shown: Option<&UInt32Array>,
        label: impl Fn(usize, usize) -> String,
    ) -> Result<Vec<PivotColumn>> {
        let mut taken = HashSet::new();
        let mut columns = Vec::new();
        let all: &dyn Array = &self.rows;
        let rows = shown.map(|shown| taken_from(all, shown)).transpose()?;
        let rows = rows.as_deref().unwrap_or(all);
        for (index, dimension) in input.dimensions.iter().enumerate().filter(|(_, dimension)| !dimension.is_column) {
            let (name, values) = (unique(&mut taken, dimension.name), taken_from(dimension.values.as_ref(), rows)?);
            columns.push(PivotColumn { name, values, origin: PivotOrigin::Dimension(index) });
        }
        for (combination, sample) in self.samples().enumerate() {
            let cells = self.cells(combination)?;
            let picked = shown.map(|shown| taken_from(&cells, shown)).transpose()?;
            let cells = picked.as_deref().unwrap_or(&cells);
            let above = input.dimensions.iter().enumerate().filter(|(_, dimension)| dimension.is_column);
            let members: String = above.map(|(index, _)| format!("|{}", label(index, sample as usize))).collect();
            for (value, shown) in input.values.iter().enumerate() {
                let name = unique(&mut taken, &format!("{}{members}", shown.name));
                let values = taken_from(shown.values.as_ref(), cells)?;
                columns.push(PivotColumn { name, values, origin: PivotOrigin::Value { value, combination } });
            }
        }
        Ok(columns)
    }
}

/// The combinations in the order of their members.
fn combinations(input: &PivotInput<'_>, rows: &Groups, columns: &Groups) -> Result<Vec<Combination>> {
    let samples = UInt32Array::from(columns.firsts.clone());
    let mut members = Vec::new();
    for dimension in input.dimensions.iter().filter(|dimension| dimension.is_column) {
        let values = taken_from(dimension.order.unwrap_or(dimension.values).as_ref(), &samples)?;
        let other = dimension.other.map(|other| -> BooleanArray {
            columns.firsts.iter().map(|row| Some(is_set(other, *row as usize))).collect()
        });
        members.push((values, other));
    }
    let keys: Vec<SortBy<'_>> = members.iter().map(|(values, other)| key(values, other.as_ref())).collect();
    let order = sorted(&keys, columns.firsts.len())?;

    let mut cells: Vec<Vec<(u32, u32)>> = vec![Vec::new(); columns.firsts.len()];
    for ((shown, row), column) in (0_u32..).zip(&rows.of).zip(&columns.of) {
        if let Some(cells) = cells.get_mut(*column as usize) {
            cells.push((*row, shown));
        }
    }
    let combination = |column: &u32| {
        let column = *column as usize;
        let sample = columns.firsts.get(column).copied()?;
        Some(Combination { sample, cells: std::mem::take(cells.get_mut(column)?) })
    };
    Ok(order.values().iter().filter_map(combination).collect())
}

fn key<'a>(values: &'a ArrayRef, other: Option<&'a BooleanArray>) -> SortBy<'a> {
    SortBy { last: other, ..SortBy::ascending(values) }
}

fn is_set(flags: &BooleanArray, row: usize) -> bool {
    row < flags.len() && flags.is_valid(row) && flags.value(row)
}

/// The values at some places; NULL where there is no place.
fn taken_from(values: &dyn Array, places: &dyn Array) -> Result<ArrayRef> {
    let broken = |error: ArrowError| Error::internal("the cells of a pivot cannot be taken").with_source(error);
    take(values, places, Some(TakeOptions { check_bounds: true })).map_err(broken)
}

/// The name, with a number behind it if it is taken.
fn unique(taken: &mut HashSet<String>, plain: &str) -> String {
    let mut name = plain.to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests;
