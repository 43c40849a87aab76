//! Members of a hierarchy above those below them: rows with native values, like totals.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, UInt32Array};
use arrow::compute::take;
use drillcore_hierarchies::{Closure, Node};

use super::columns::Columns;
use super::hidden::nodes;
use super::leaves::Leaves;
use super::order::{SortBy, groups, sorted};
use super::table::{Rows, broken};
use super::top::column;
use super::windowed;
use crate::error::{Error, Result};
use crate::execute::failed;
use crate::resolve::{Expanded, ResolvedQuery, Scalar};

/// Adds the rows of the expanded members. They are over the rows below them that are left.
pub(super) fn add(rows: Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<Rows> {
    let Some(expanded) = &columns.groups.steps.expanded else { return Ok(rows) };
    let closure = closure(expanded, columns)?;
    let members = nodes(column(&rows.columns, expanded.dimension)?, closure)?;
    let deepest = expanded.nodes.iter().filter_map(|number| closure.node(*number)).map(|node| closure.depth(node));
    let mut all = rows.clone();
    for depth in 1..=deepest.max().unwrap_or_default() {
        let above: Vec<Option<Node>> =
            members.iter().map(|node| node.and_then(|node| ancestor(closure, node, depth))).collect();
        let is_expanded = |node: &Node| expanded.nodes.binary_search(&node.number()).is_ok();
        let above: Vec<Option<Node>> = above.into_iter().map(|node| node.filter(is_expanded)).collect();
        // The finest groups stay with the rows that they had.
        all.append(&parents(expanded, &above, &rows, leaves, columns)?)?;
    }
    Ok(all)
}

fn closure<'a>(expanded: &Expanded, columns: &'a Columns<'_>) -> Result<&'a Closure> {
    match columns.groups.dimensions.get(expanded.dimension).map(|dimension| &dimension.value) {
        Some(Scalar::Node(of)) => Ok(of.tree.closure()),
        _ => Err(Error::internal("an expanded dimension is over no hierarchy")),
    }
}

/// The member at a depth above another one.
fn ancestor(closure: &Closure, node: Node, depth: usize) -> Option<Node> {
    std::iter::successors(closure.parent(node), |node| closure.parent(*node)).find(|node| closure.depth(*node) == depth)
}

/// The rows of members above some rows, one for each combination with the other dimensions.
fn parents(
    expanded: &Expanded,
    above: &[Option<Node>],
    rows: &Rows,
    leaves: &Leaves,
    columns: &Columns<'_>,
) -> Result<Rows> {
    let numbers = above.iter().map(|node| node.map(|node| i64::from(node.number())));
    let numbers: ArrayRef = Arc::new(numbers.collect::<Int64Array>());
    let dimensions = columns.groups.dimensions.len();
    let others: Vec<usize> = (0..dimensions).filter(|index| *index != expanded.dimension).collect();
    let top = columns.groups.steps.top.as_ref();
    let mut keys = vec![SortBy::ascending(&numbers)];
    for index in &others {
        let last = top.filter(|top| top.of == *index).and(rows.remainder.as_ref());
        keys.push(SortBy { last, ..SortBy::ascending(column(&rows.columns, *index)?) });
    }
    let found = groups(&keys, rows.count)?;
    // Rows without an expanded member above them make no row.
    let mut places = vec![None; found.firsts.len()];
    let mut firsts = Vec::new();
    for (group, first) in found.firsts.iter().enumerate() {
        if above.get(*first as usize).is_some_and(Option::is_some) {
            if let Some(place) = places.get_mut(group) {
                *place = Some(firsts.len());
            }
            firsts.push(*first);
        }
    }
    let count = firsts.len();
    let of_row: Vec<Option<usize>> =
        found.of.iter().map(|group| places.get(*group as usize).copied().flatten()).collect();
    let row_of: Vec<Option<usize>> =
        rows.row_of.iter().map(|row| row.and_then(|row| of_row.get(row).copied().flatten())).collect();
    let firsts = UInt32Array::from(firsts);
    let mut members = Vec::with_capacity(dimensions);
    for index in 0..dimensions {
        let values = if index == expanded.dimension { &numbers } else { column(&rows.columns, index)? };
        members.push(take(values, &firsts, None).map_err(broken)?);
    }
    let remainder = match &rows.remainder {
        Some(flags) if top.is_some_and(|top| top.of != expanded.dimension) => {
            take(flags, &firsts, None).map_err(broken)?.as_any().downcast_ref::<BooleanArray>().cloned()
        }
        _ => None,
    };
    let (present, base) = leaves.merge(&row_of, count, &others, None, &columns.evaluator)?;
    let values = columns.of(members, &present, base.as_deref(), count)?;
    let mut found = Rows { columns: values, parts: present, count, row_of, remainder };
    windowed::totals(columns, &others, &mut found, rows, &of_row)?;
    Ok(found)
}

/// The rows as a tree: each member before those below it, and these in the order of the query. Rows of one member with
/// different members of other dimensions are in that order too.
pub(super) fn tiered_order(
    query: &ResolvedQuery,
    expanded: &Expanded,
    rows: &Rows,
    columns: &Columns<'_>,
) -> Result<UInt32Array> {
    let closure = closure(expanded, columns)?;
    let members = nodes(column(&rows.columns, expanded.dimension)?, closure)?;
    let mut values = Vec::with_capacity(query.order.len());
    for key in &query.order {
        values.push(match key.of {
            Scalar::Output { index, .. } => Arc::clone(column(&rows.columns, index)?),
            _ => columns.evaluator.value(&key.of, &rows.parts, &rows.columns, rows.count).map_err(failed)?,
        });
    }
    let keys: Vec<SortBy<'_>> = query
        .order
        .iter()
        .zip(&values)
        .map(|(key, values)| SortBy { values, descending: key.descending, nulls_first: key.nulls_first, last: None })
        .collect();
    let flat = sorted(&keys, rows.count)?;
    // The place of each row in the flat order; of each member that of its first row.
    let mut first: BTreeMap<Node, usize> = BTreeMap::new();
    let mut place = vec![0; rows.count];
    for (at, row) in flat.values().iter().enumerate() {
        let row = *row as usize;
        if let Some(place) = place.get_mut(row) {
            *place = at;
        }
        if let Some(node) = members.get(row).copied().flatten() {
            first.entry(node).or_insert(at);
        }
    }
    let way = |row: usize| -> Vec<(usize, Option<Node>)> {
        let Some(node) = members.get(row).copied().flatten() else { return vec![(usize::MAX, None)] };
        let mut way: Vec<(usize, Option<Node>)> = std::iter::successors(Some(node), |node| closure.parent(*node))
            .filter_map(|node| first.get(&node).map(|at| (*at, Some(node))))
            .collect();
        way.reverse();
        way
    };
    let ways: Vec<Vec<(usize, Option<Node>)>> = (0..rows.count).map(way).collect();
    let mut order: Vec<usize> = (0..rows.count).collect();
    order.sort_by(|left, right| match (ways.get(*left), ways.get(*right)) {
        (Some(one), Some(other)) => one.cmp(other).then_with(|| place.get(*left).cmp(&place.get(*right))),
        _ => Ordering::Equal,
    });
    let order = order.into_iter().map(u32::try_from).collect::<Result<Vec<_>, _>>();
    order.map(UInt32Array::from).map_err(|_| Error::internal("an answer has more rows than can be put in order"))
}
