//! Totals and subtotals: native values over the rows below them.

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array, new_null_array};
use arrow::compute::take;

use super::coarser::Blurred;
use super::columns::Columns;
use super::leaves::Leaves;
use super::order::{SortBy, groups, sorted};
use super::table::{Rows, broken};
use super::top::column;
use super::windowed;
use crate::error::Result;
use crate::query::TotalsOver;
use crate::resolve::Totals;

/// The total rows of one level.
#[derive(Debug)]
pub(crate) struct TotalLevel {
    /// The dimensions that stay.
    pub(crate) kept: Vec<usize>,
    pub(crate) columns: Vec<ArrayRef>,
    /// The rows that are the remainder of a top.
    pub(crate) remainder: Option<BooleanArray>,
}

/// Computes totals over the rows of an answer, or over all its groups.
pub(super) fn compute(
    totals: &Totals,
    rows: &Rows,
    all: &Rows,
    leaves: &Leaves,
    columns: &Columns<'_>,
) -> Result<Vec<TotalLevel>> {
    let over = match totals.over {
        TotalsOver::Visible => rows,
        TotalsOver::AllRows => all,
    };
    totals.levels.iter().map(|kept| level(kept, over, rows, leaves, columns)).collect()
}

/// Rows of a coarser grain: the row of each row that they are over, and their own.
pub(super) struct Coarse {
    pub(super) of_row: Vec<Option<usize>>,
    pub(super) rows: Rows,
}

/// The rows of a grain that keeps some dimensions, without windows.
pub(super) fn coarse(kept: &[usize], over: &Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<Coarse> {
    let top = columns.groups.steps.top.as_ref();
    let mut keys = Vec::with_capacity(kept.len());
    for index in kept {
        let last = top.filter(|top| top.of == *index).and(over.remainder.as_ref());
        keys.push(SortBy { last, ..SortBy::ascending(column(&over.columns, *index)?) });
    }
    let found = groups(&keys, over.count)?;
    // A total over everything is there also if nothing is.
    let count = if kept.is_empty() { 1 } else { found.firsts.len() };
    let of_row: Vec<Option<usize>> = found.of.iter().map(|group| Some(*group as usize)).collect();
    let row_of: Vec<Option<usize>> =
        over.row_of.iter().map(|row| row.and_then(|row| of_row.get(row).copied().flatten())).collect();
    let firsts = UInt32Array::from(found.firsts);
    let mut members = Vec::with_capacity(columns.groups.dimensions.len());
    for index in 0..columns.groups.dimensions.len() {
        let values = column(&over.columns, index)?;
        members.push(if kept.contains(&index) {
            take(values, &firsts, None).map_err(broken)?
        } else {
            new_null_array(values.data_type(), count)
        });
    }
    let remainder = match &over.remainder {
        Some(flags) if top.is_some_and(|top| kept.contains(&top.of)) => {
            take(flags, &firsts, None).map_err(broken)?.as_any().downcast_ref::<BooleanArray>().cloned()
        }
        _ => None,
    };
    let blurred = top.zip(remainder.as_ref()).map(|(top, groups)| Blurred { dimension: top.of, groups });
    let (present, base) = leaves.merge(&row_of, count, kept, blurred, &columns.evaluator)?;
    let columns = columns.of(members, &present, base.as_deref(), count)?;
    Ok(Coarse { of_row, rows: Rows { columns, parts: present, count, row_of, remainder } })
}

fn level(kept: &[usize], over: &Rows, rows: &Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<TotalLevel> {
    let Coarse { rows: mut total, .. } = coarse(kept, over, leaves, columns)?;
    let steps = &columns.groups.steps;
    // Window columns exist for the rows of the answer only; a total finds those below it through their leaves.
    let mut below = vec![None; rows.count];
    for (row, group) in rows.row_of.iter().zip(&total.row_of) {
        if let Some(place) = row.and_then(|row| below.get_mut(row)) {
            *place = *group;
        }
    }
    windowed::totals(columns, kept, &mut total, rows, &below)?;
    let keys: Vec<SortBy<'_>> = kept
        .iter()
        .filter_map(|index| {
            let last = steps.top.as_ref().filter(|top| top.of == *index).and(total.remainder.as_ref());
            total.columns.get(*index).map(|values| SortBy { last, ..SortBy::ascending(values) })
        })
        .collect();
    let order = sorted(&keys, total.count)?;
    let (columns, remainder) = total.taken(&order)?;
    Ok(TotalLevel { kept: kept.to_vec(), columns, remainder })
}
