//! The answer laid out as a pivot.

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::take;
use datafusion::scalar::ScalarValue;

use super::order::{SortBy, sorted};
use super::pivot::{PivotDimension, PivotInput, PivotLayout, PivotOrigin, PivotValue};
use super::run::window;
use super::table::broken;
use super::top::column;
use crate::error::{Error, Result};
use crate::finish::member_texts;
use crate::resolve::{Groups, Pivot, ResolvedQuery, Scalar};

/// A column of a pivot: its name, and the column of the answer that its cells show.
#[derive(Debug, Clone)]
pub(crate) struct PivotedColumn {
    pub(crate) name: String,
    /// The place among the columns of the answer.
    pub(crate) of: usize,
}

pub(super) struct LaidOut {
    pub(super) columns: Vec<ArrayRef>,
    pub(super) described: Vec<PivotedColumn>,
    pub(super) remainder: Option<BooleanArray>,
    /// Rows without the limit.
    pub(super) rows: usize,
}

/// Lays out the columns of an answer, whose rows are in order already.
pub(super) fn lay_out(
    query: &ResolvedQuery,
    groups: &Groups,
    pivot: &Pivot,
    columns: &[ArrayRef],
    remainder: Option<&BooleanArray>,
) -> Result<LaidOut> {
    let outputs: Vec<_> = groups.outputs().collect();
    let count = groups.dimensions.len();
    let rows = columns.first().map_or(0, |column| column.len());
    let of_top = groups.steps.top.as_ref().map(|top| top.of);
    let mut input = PivotInput { dimensions: Vec::new(), values: Vec::new(), rows, max_columns: pivot.max_columns };
    for (index, (values, output)) in columns.iter().zip(&outputs).enumerate() {
        if index < count {
            input.dimensions.push(PivotDimension {
                name: &output.name,
                values,
                order: None,
                is_column: pivot.columns.contains(&index),
                other: remainder.filter(|_| of_top == Some(index)),
            });
        } else {
            input.values.push(PivotValue { name: &output.name, values });
        }
    }
    let layout = PivotLayout::new(&input)?;
    let mut texts = Vec::with_capacity(count);
    for (index, dimension) in groups.dimensions.iter().enumerate() {
        texts.push(if pivot.columns.contains(&index) {
            member_texts(query, dimension, column(columns, index)?, remainder.filter(|_| of_top == Some(index)))?
        } else {
            Vec::new()
        });
    }
    let total = layout.rows().len();
    let order = by_cells(query, groups, pivot, columns, &layout)?;
    let (start, length) = window(query, total);
    let shown = match order {
        Some(order) => order.slice(start, length),
        None => UInt32Array::from_iter_values((0..u32::try_from(total).unwrap_or(u32::MAX)).skip(start).take(length)),
    };
    let label = |dimension: usize, row: usize| {
        texts.get(dimension).and_then(|texts| texts.get(row)).cloned().unwrap_or_default()
    };
    let laid_out = layout.columns(&input, Some(&shown), label)?;
    let described = laid_out.iter().map(|column| PivotedColumn {
        name: column.name.clone(),
        of: match column.origin {
            PivotOrigin::Dimension(index) => index,
            PivotOrigin::Value { value, .. } => count + value,
        },
    });
    let described = described.collect();
    let remainder = match remainder.filter(|_| of_top.is_some_and(|of| !pivot.columns.contains(&of))) {
        Some(flags) => {
            let first = take(layout.rows(), &shown, None).map_err(broken)?;
            let first = first.as_any().downcast_ref::<UInt32Array>().cloned();
            let first = first.ok_or_else(|| Error::internal("the rows of a pivot are no row numbers"))?;
            take(flags, &first, None).map_err(broken)?.as_any().downcast_ref::<BooleanArray>().cloned()
        }
        None => None,
    };
    let columns = laid_out.into_iter().map(|column| column.values).collect();
    Ok(LaidOut { columns, described, remainder, rows: total })
}

/// The order of the pivot's rows where it is by cells. Rows whose cells are equal stay in the order they have.
fn by_cells(
    query: &ResolvedQuery,
    groups: &Groups,
    pivot: &Pivot,
    columns: &[ArrayRef],
    layout: &PivotLayout,
) -> Result<Option<UInt32Array>> {
    let Some(order) = &groups.steps.order else { return Ok(None) };
    let mut keys = Vec::new();
    for (key, at) in query.order.iter().zip(&order.at) {
        let (Scalar::Output { index, .. }, Some(members)) = (&key.of, at) else { continue };
        let mut found = None;
        for (combination, sample) in layout.samples().enumerate() {
            let mut same = true;
            for (dimension, member) in pivot.columns.iter().zip(members) {
                let value = ScalarValue::try_from_array(column(columns, *dimension)?, sample as usize);
                same &= value.is_ok_and(|value| value == *member);
            }
            if same {
                found = Some(combination);
            }
        }
        // A cell that no row has decides nothing.
        let Some(combination) = found else { continue };
        let cells = layout.cells(combination)?;
        let values = take(column(columns, *index)?, &cells, None).map_err(broken)?;
        keys.push((values, key.descending, key.nulls_first));
    }
    let keys: Vec<SortBy<'_>> = keys
        .iter()
        .map(|(values, descending, nulls_first)| SortBy {
            descending: *descending,
            nulls_first: *nulls_first,
            ..SortBy::ascending(values)
        })
        .collect();
    Ok(Some(sorted(&keys, layout.rows().len())?))
}
