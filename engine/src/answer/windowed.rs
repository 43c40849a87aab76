//! Window columns of rows and of totals.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array, new_null_array};
use arrow::compute::{cast, take};
use drillcore_formulas::WindowFunction;

use super::columns::Columns;
use super::order::SortBy;
use super::table::{Rows, broken};
use super::top::column;
use super::windows::{WindowCall, compute};
use crate::error::{Error, Result};
use crate::execute::failed;
use crate::model::ColumnType;
use crate::query::WindowTotal;
use crate::resolve::{Scalar, SortKey, Top, Window, WindowPart};

/// Computes the window columns of rows one after the other, because later ones may use earlier ones.
pub(super) fn apply(columns: &Columns<'_>, rows: &mut Rows) -> Result<()> {
    for window in &columns.groups.steps.windows {
        let values = values(window, None, columns, rows)?;
        match window.replaces.and_then(|place| rows.columns.get_mut(place)) {
            Some(place) => *place = cast(&values, place.data_type()).map_err(broken)?,
            None => rows.columns.push(values),
        }
    }
    Ok(())
}

/// A window column. `kept` has the dimensions of total rows, whose partitions are by these only.
fn values(window: &Window, kept: Option<&[usize]>, columns: &Columns<'_>, rows: &Rows) -> Result<ArrayRef> {
    if rows.columns.len() != window.place {
        return Err(Error::internal("a window stands behind other columns than it was made for"));
    }
    let mut calls = Vec::with_capacity(window.parts.len());
    for part in &window.parts {
        calls.push(call(part, kept, columns, rows)?);
    }
    match window.value {
        Scalar::Output { index, .. } => {
            let own = index.checked_sub(window.place).map(|call| column(&calls, call));
            own.unwrap_or_else(|| column(&rows.columns, index)).cloned()
        }
        _ => {
            let all: Vec<ArrayRef> = rows.columns.iter().cloned().chain(calls).collect();
            columns.evaluator.value(&window.value, &rows.parts, &all, rows.count).map_err(failed)
        }
    }
}

/// The values of one call of a window function.
fn call(part: &WindowPart, kept: Option<&[usize]>, columns: &Columns<'_>, rows: &Rows) -> Result<ArrayRef> {
    let top = columns.groups.steps.top.as_ref();
    let remainder: Option<ArrayRef> = rows.remainder.clone().map(|flags| Arc::new(flags) as ArrayRef);
    let mut partition = Vec::with_capacity(part.partition.len() + 1);
    for index in part.partition.iter().filter(|index| kept.is_none_or(|kept| kept.contains(index))) {
        partition.push(column(&rows.columns, *index)?);
        if top.is_some_and(|top| top.of == *index) {
            partition.extend(remainder.as_ref());
        }
    }
    let of = match &part.of {
        Some(Scalar::Output { index, .. }) => Some(Arc::clone(column(&rows.columns, *index)?)),
        Some(of) => Some(columns.evaluator.value(of, &rows.parts, &rows.columns, rows.count).map_err(failed)?),
        None => None,
    };
    let call = WindowCall {
        function: part.function,
        of: of.as_ref(),
        reach: part.reach,
        default: part.default.as_ref(),
        order: keys(&part.order, top, rows)?,
        ties: part.asked,
        partition,
        remainder: rows.remainder.as_ref(),
        output: part.output_type.column_type(),
    };
    compute(&call, rows.count)
}

/// The keys of an order over columns of rows.
pub(super) fn keys<'a>(order: &[SortKey], top: Option<&Top>, rows: &'a Rows) -> Result<Vec<SortBy<'a>>> {
    let mut keys = Vec::with_capacity(order.len());
    for key in order {
        let Scalar::Output { index, .. } = key.of else { continue };
        let last = top.filter(|top| top.of == index).and(rows.remainder.as_ref());
        keys.push(SortBy {
            values: column(&rows.columns, index)?,
            descending: key.descending,
            nulls_first: key.nulls_first,
            last,
        });
    }
    Ok(keys)
}

/// Appends the window columns of total rows. `below` gives the total row of each row of the answer.
pub(super) fn totals(
    columns: &Columns<'_>,
    kept: &[usize],
    total: &mut Rows,
    rows: &Rows,
    below: &[Option<usize>],
) -> Result<()> {
    // A cumulative sum is a plain sum in totals.
    for window in columns.groups.steps.windows.iter().filter(|window| window.replaces.is_none()) {
        let shown = column(&rows.columns, window.place)?;
        let values = match window.total {
            WindowTotal::None => new_null_array(shown.data_type(), total.count),
            WindowTotal::Native => values(window, Some(kept), columns, total)?,
            WindowTotal::SumOfRows => summed(shown, window.output.output_type.column_type(), below, total.count)?,
        };
        total.columns.push(values);
    }
    Ok(())
}

/// The sum of a column over the rows of each total, in the type of the column.
fn summed(values: &ArrayRef, column_type: ColumnType, below: &[Option<usize>], totals: usize) -> Result<ArrayRef> {
    let groups: ArrayRef =
        Arc::new(below.iter().map(|total| total.and_then(|total| u32::try_from(total).ok())).collect::<UInt32Array>());
    let call = WindowCall {
        function: WindowFunction::WindowSum,
        of: Some(values),
        reach: 1,
        default: None,
        order: Vec::new(),
        ties: 0,
        partition: vec![&groups],
        remainder: None,
        output: column_type,
    };
    let sums = compute(&call, values.len())?;
    // Every row of a total has its sum.
    let mut last = vec![None; totals];
    for (row, total) in (0_u32..).zip(below) {
        if let Some(place) = total.and_then(|total| last.get_mut(total)) {
            *place = Some(row);
        }
    }
    take(&sums, &UInt32Array::from(last), None).map_err(broken)
}
