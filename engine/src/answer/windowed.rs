//! Window columns of rows and of totals.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array, new_null_array};
use arrow::compute::{cast, take};

use super::order::SortBy;
use super::table::{Rows, broken};
use super::top::column;
use super::windows::{WindowCall, compute};
use crate::error::Result;
use crate::query::{WindowFunction, WindowTotal};
use crate::resolve::{Scalar, SortKey, Top, Window};

/// Computes the window columns of rows one after the other, because later ones may use earlier ones.
pub(super) fn apply(windows: &[Window], top: Option<&Top>, rows: &mut Rows) -> Result<()> {
    for window in windows {
        let values = values(window, top, rows)?;
        match window.replaces.and_then(|place| rows.columns.get_mut(place)) {
            Some(place) => *place = cast(&values, place.data_type()).map_err(broken)?,
            None => rows.columns.push(values),
        }
    }
    Ok(())
}

fn values(window: &Window, top: Option<&Top>, rows: &Rows) -> Result<ArrayRef> {
    let remainder: Option<ArrayRef> = rows.remainder.clone().map(|flags| Arc::new(flags) as ArrayRef);
    let mut partition = Vec::with_capacity(window.partition.len() + 1);
    for index in &window.partition {
        partition.push(column(&rows.columns, *index)?);
        if top.is_some_and(|top| top.of == *index) {
            partition.extend(remainder.as_ref());
        }
    }
    let call = WindowCall {
        function: window.function,
        of: window.of.map(|of| column(&rows.columns, of)).transpose()?,
        size: window.size,
        offset: window.offset,
        default: window.default.as_ref(),
        order: keys(&window.order, top, rows)?,
        ties: window.asked,
        partition,
        remainder: rows.remainder.as_ref(),
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
    windows: &[Window],
    top: Option<&Top>,
    kept: &[usize],
    total: &mut Rows,
    rows: &Rows,
    below: &[Option<usize>],
) -> Result<()> {
    let mut place = total.columns.len();
    for window in windows {
        // A cumulative sum is a plain sum in totals.
        if window.replaces.is_some() {
            continue;
        }
        let shown = column(&rows.columns, place)?;
        let values = match window.total {
            WindowTotal::None => new_null_array(shown.data_type(), total.count),
            WindowTotal::Native => {
                let native = Window {
                    partition: window.partition.iter().copied().filter(|index| kept.contains(index)).collect(),
                    ..window.clone()
                };
                values(&native, top, total)?
            }
            WindowTotal::SumOfRows => summed(shown, below, total.count)?,
        };
        total.columns.push(values);
        place += 1;
    }
    Ok(())
}

/// The sum of a column over the rows of each total, in the type of the column.
fn summed(values: &ArrayRef, below: &[Option<usize>], totals: usize) -> Result<ArrayRef> {
    // The running total of a row that is the last of its partition is the sum of the partition.
    let groups: ArrayRef =
        Arc::new(below.iter().map(|total| total.and_then(|total| u32::try_from(total).ok())).collect::<UInt32Array>());
    let call = WindowCall {
        function: WindowFunction::RunningTotal,
        of: Some(values),
        size: 1,
        offset: 1,
        default: None,
        order: Vec::new(),
        ties: 0,
        partition: vec![&groups],
        remainder: None,
    };
    let running = compute(&call, values.len())?;
    let mut last = vec![None; totals];
    for (row, total) in (0_u32..).zip(below) {
        if let Some(place) = total.and_then(|total| last.get_mut(total)) {
            *place = Some(row);
        }
    }
    let sums = take(&running, &UInt32Array::from(last), None).map_err(broken)?;
    cast(&sums, values.data_type()).map_err(broken)
}
