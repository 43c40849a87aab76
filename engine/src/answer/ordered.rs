//! The order of the rows of an answer.

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;

use super::columns::Columns;
use super::leaves::Leaves;
use super::order::{SortBy, sorted};
use super::table::{Rows, broken};
use super::top::column;
use super::totals::coarse;
use crate::error::{Error, Result};
use crate::execute::failed;
use crate::resolve::{ResolvedQuery, Scalar, SortKey};

/// A key with its values, for rows of the answer or of its pivot.
struct Key {
    values: ArrayRef,
    descending: bool,
    nulls_first: bool,
    /// The dimension whose members the values are.
    dimension: Option<usize>,
}

/// The rows in the order of the query. The remainder of a top stands behind the members that it was ranked with.
pub(super) fn order(query: &ResolvedQuery, rows: &Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<UInt32Array> {
    let dimensions = columns.groups.dimensions.len();
    let tiered = columns.groups.steps.order.as_ref();
    let mut keys = Vec::new();
    for (index, key) in query.order.iter().enumerate() {
        let is_tiered = tiered.and_then(|order| order.tiered.get(index)).copied().unwrap_or_default();
        let of_cell = tiered.is_some_and(|order| order.at.get(index).is_some_and(Option::is_some));
        match key.of {
            // Put in order once the pivot is laid out.
            _ if of_cell => {}
            Scalar::Output { index: place, .. } if place < dimensions => {
                let values = std::sync::Arc::clone(column(&rows.columns, place)?);
                keys.push(keyed(values, key, Some(place)));
            }
            _ => {
                for depth in (1..dimensions).filter(|_| is_tiered) {
                    let kept: Vec<usize> = (0..depth).collect();
                    let parents = coarse(&kept, rows, leaves, columns)?;
                    let of_row: UInt32Array = parents
                        .of_row
                        .iter()
                        .map(|parent| parent.and_then(|parent| u32::try_from(parent).ok()))
                        .collect();
                    // A window column has no value for a parent.
                    if let Some(values) = values_of(key, &parents.rows, columns)? {
                        keys.push(keyed(take(&values, &of_row, None).map_err(broken)?, key, None));
                    }
                    let member = column(&rows.columns, depth - 1)?;
                    keys.push(Key {
                        values: std::sync::Arc::clone(member),
                        descending: false,
                        nulls_first: false,
                        dimension: Some(depth - 1),
                    });
                }
                let values = values_of(key, rows, columns)?;
                let values = values.ok_or_else(|| Error::internal("a column of the answer is missing"))?;
                keys.push(keyed(values, key, None));
            }
        }
    }
    sorted(&with_remainder(&keys, rows, columns), rows.count)
}

/// The values of a key in some rows; none where it is a column that they do not have.
fn values_of(key: &SortKey, rows: &Rows, columns: &Columns<'_>) -> Result<Option<ArrayRef>> {
    match key.of {
        Scalar::Output { index, .. } => Ok(rows.columns.get(index).cloned()),
        _ => {
            let values = columns.evaluator.value(&key.of, &rows.parts, &rows.columns, rows.count);
            values.map(Some).map_err(failed)
        }
    }
}

fn keyed(values: ArrayRef, key: &SortKey, dimension: Option<usize>) -> Key {
    Key { values, descending: key.descending, nulls_first: key.nulls_first, dimension }
}

/// The remainder comes last among the rows that share the members the leading keys are on.
fn with_remainder<'a>(keys: &'a [Key], rows: &'a Rows, columns: &Columns<'_>) -> Vec<SortBy<'a>> {
    let of = columns.groups.steps.top.as_ref().map(|top| top.of);
    let flags = rows.remainder.as_ref().filter(|_| of.is_some());
    let leading = keys.iter().take_while(|key| key.dimension.is_some() && key.dimension != of).count();
    keys.iter()
        .enumerate()
        .map(|(index, key)| SortBy {
            values: &key.values,
            descending: key.descending,
            nulls_first: key.nulls_first,
            last: if index == leading { flags } else { None },
        })
        .collect()
}
