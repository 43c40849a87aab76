//! The best members of a dimension, and the remainder.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, UInt32Array, new_null_array};
use arrow::compute::take;
use drillcore_hierarchies::Node;

use super::columns::Columns;
use super::hidden::nodes;
use super::leaves::Leaves;
use super::order::{SortBy, groups, sorted};
use super::table::{Rows, broken};
use crate::error::{Error, Result};
use crate::resolve::{Scalar, Top};

/// Keeps the rows of the best members; the others leave the answer, or become its remainder.
pub(super) fn apply(top: &Top, rows: &mut Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<()> {
    let chosen = chosen(top, rows, leaves, columns)?;
    let kept: BooleanArray = chosen.iter().map(|chosen| Some(*chosen)).collect();
    if !top.other || chosen.iter().all(|chosen| *chosen) {
        return rows.keep(&kept);
    }
    let rest = remainder(top, rows, &chosen, leaves, columns)?;
    rows.keep(&kept)?;
    append(rows, &rest)
}

/// For each row whether its member is among the best.
fn chosen(top: &Top, rows: &Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<Vec<bool>> {
    let keys = |dimensions: &[usize]| -> Result<Vec<SortBy<'_>>> {
        dimensions.iter().map(|index| column(&rows.columns, *index).map(SortBy::ascending)).collect()
    };
    let dimensions: Vec<usize> = top.per.iter().copied().chain([top.of]).collect();
    let members = groups(&keys(&dimensions)?, rows.count)?;
    let count = members.firsts.len();
    let firsts = UInt32Array::from(members.firsts.clone());
    let group_of: Vec<Option<usize>> =
        rows.row_of.iter().map(|row| row.and_then(|row| members.of.get(row)).map(|group| *group as usize)).collect();
    let (present, base) = leaves.merge(&group_of, count, &dimensions, None, &columns.evaluator)?;
    // Dimensions beyond per and of have no one member here.
    let mut keys_of = Vec::with_capacity(columns.groups.dimensions.len());
    for index in 0..columns.groups.dimensions.len() {
        let values = column(&rows.columns, index)?;
        keys_of.push(if dimensions.contains(&index) {
            take(values, &firsts, None).map_err(broken)?
        } else {
            new_null_array(values.data_type(), count)
        });
    }
    let members_values = columns.of(keys_of, &present, base.as_deref(), count)?;
    let by = column(&members_values, top.by)?;
    let mut order = Vec::with_capacity(top.per.len() + 2);
    for index in &top.per {
        order.push(SortBy::ascending(column(&members_values, *index)?));
    }
    order.push(SortBy { descending: !top.ascending, ..SortBy::ascending(by) });
    order.push(SortBy::ascending(column(&members_values, top.of)?));
    let mut per = order.get(..top.per.len()).unwrap_or_default().to_vec();
    let parents = if top.per_parent { Some(parents(top, &members_values, columns)?) } else { None };
    per.extend(parents.iter().map(SortBy::ascending));
    let partitions = groups(&per, count)?;
    let mut taken = vec![0_u64; partitions.firsts.len()];
    let mut best = vec![false; count];
    for member in sorted(&order, count)?.values() {
        let member = *member as usize;
        let partition = partitions.of.get(member).map(|partition| *partition as usize);
        if let (Some(taken), Some(best)) = (partition.and_then(|at| taken.get_mut(at)), best.get_mut(member)) {
            *best = *taken < top.n;
            *taken += 1;
        }
    }
    Ok(members.of.iter().map(|member| best.get(*member as usize).copied().unwrap_or_default()).collect())
}

/// The members above those of a hierarchy, by number.
fn parents(top: &Top, members: &[ArrayRef], columns: &Columns<'_>) -> Result<ArrayRef> {
    let Some(Scalar::Node(of)) = columns.groups.dimensions.get(top.of).map(|dimension| &dimension.value) else {
        return Err(Error::internal("the members of a dimension have none above them"));
    };
    let closure = of.tree.closure();
    let parent = |node: Option<Node>| closure.parent(node?).map(|parent| i64::from(parent.number()));
    Ok(Arc::new(nodes(column(members, top.of)?, closure)?.into_iter().map(parent).collect::<Int64Array>()))
}

/// One row for each combination of the other dimensions, over the groups that are left out.
fn remainder(top: &Top, rows: &Rows, chosen: &[bool], leaves: &Leaves, columns: &Columns<'_>) -> Result<Rows> {
    let left: UInt32Array = (0_u32..).zip(chosen).filter(|(_, chosen)| !**chosen).map(|(row, _)| row).collect();
    let mut members = Vec::with_capacity(columns.groups.dimensions.len());
    for index in 0..columns.groups.dimensions.len() {
        members.push(take(column(&rows.columns, index)?, &left, None).map_err(broken)?);
    }
    let others: Vec<SortBy<'_>> = members
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != top.of)
        .map(|(_, values)| SortBy::ascending(values))
        .collect();
    let kept: Vec<usize> = (0..members.len()).filter(|index| *index != top.of).collect();
    let combined = groups(&others, left.len())?;
    let count = combined.firsts.len();
    let firsts = UInt32Array::from(combined.firsts);
    let mut group_of_row = vec![None; rows.count];
    for (row, group) in left.values().iter().zip(&combined.of) {
        if let Some(place) = group_of_row.get_mut(*row as usize) {
            *place = Some(*group as usize);
        }
    }
    let row_of: Vec<Option<usize>> =
        rows.row_of.iter().map(|row| row.and_then(|row| group_of_row.get(row).copied().flatten())).collect();
    let (present, base) = leaves.merge(&row_of, count, &kept, None, &columns.evaluator)?;
    let mut keys = Vec::with_capacity(members.len());
    for (index, values) in members.iter().enumerate() {
        keys.push(if index == top.of {
            new_null_array(values.data_type(), count)
        } else {
            take(values, &firsts, None).map_err(broken)?
        });
    }
    let columns = columns.of(keys, &present, base.as_deref(), count)?;
    Ok(Rows { columns, parts: present, count, row_of, remainder: Some(BooleanArray::from(vec![true; count])) })
}

/// Puts the remainder behind the rows.
fn append(rows: &mut Rows, rest: &Rows) -> Result<()> {
    for (at, from_rest) in rows.row_of.iter_mut().zip(&rest.row_of) {
        *at = at.or(from_rest.map(|row| rows.count + row));
    }
    rows.append(rest)
}

/// A column of rows.
pub(super) fn column(columns: &[ArrayRef], index: usize) -> Result<&ArrayRef> {
    columns.get(index).ok_or_else(|| Error::internal("a column of the answer is missing"))
}
