//! Members of hierarchies that count in everything, but are not shown.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{ArrayRef, AsArray, BooleanArray};
use arrow::compute::filter;
use arrow::datatypes::Int64Type;
use drillcore_hierarchies::{Closure, Node, NodeKind};

use super::columns::Columns;
use super::table::{Rows, broken};
use super::top::column;
use super::totals::TotalLevel;
use crate::error::{Error, Result};
use crate::resolve::{Hidden, Scalar};

/// How many members below a member are hidden, by the place of the dimension and the number of the member.
pub(crate) type HiddenChildren = BTreeMap<(usize, u32), i64>;

/// Takes the rows of hidden members out.
pub(super) fn leave_out(mut rows: Rows, columns: &Columns<'_>) -> Result<(Rows, HiddenChildren)> {
    let mut children = HiddenChildren::new();
    for hidden in &columns.groups.steps.hidden {
        let Some(Scalar::Node(of)) = columns.groups.dimensions.get(hidden.dimension).map(|dimension| &dimension.value)
        else {
            continue;
        };
        let closure = of.tree.closure();
        let nodes = nodes(column(&rows.columns, hidden.dimension)?, closure)?;
        let top: Vec<Option<Node>> =
            nodes.iter().map(|node| node.and_then(|node| top(hidden, closure, node))).collect();
        let different: BTreeSet<Node> = top.iter().flatten().copied().collect();
        for parent in different.into_iter().filter_map(|node| closure.parent(node)) {
            *children.entry((hidden.dimension, parent.number())).or_default() += 1;
        }
        rows.keep(&top.iter().map(|top| Some(top.is_none())).collect::<BooleanArray>())?;
    }
    Ok((rows, children))
}

/// Takes the total rows of hidden members out.
pub(super) fn leave_out_of_totals(totals: &mut [TotalLevel], columns: &Columns<'_>) -> Result<()> {
    for hidden in &columns.groups.steps.hidden {
        let Some(Scalar::Node(of)) = columns.groups.dimensions.get(hidden.dimension).map(|dimension| &dimension.value)
        else {
            continue;
        };
        let closure = of.tree.closure();
        for total in totals.iter_mut().filter(|total| total.kept.contains(&hidden.dimension)) {
            let nodes = nodes(column(&total.columns, hidden.dimension)?, closure)?;
            let is_shown = |node: &Option<Node>| Some(node.and_then(|node| top(hidden, closure, node)).is_none());
            let kept: BooleanArray = nodes.iter().map(is_shown).collect();
            let only = total.columns.iter().map(|column| filter(column, &kept)).collect::<Result<_, _>>();
            total.columns = only.map_err(broken)?;
            if let Some(flags) = &total.remainder {
                let flags = filter(flags, &kept).map_err(broken)?;
                total.remainder = flags.as_boolean_opt().cloned();
            }
        }
    }
    Ok(())
}

/// The hidden member that a member is or stands below.
fn top(hidden: &Hidden, closure: &Closure, node: Node) -> Option<Node> {
    let unassigned = closure.unassigned().filter(|top| hidden.unassigned && closure.contains(*top, node));
    unassigned.or_else(|| (hidden.own_rows && closure.kind(node) == NodeKind::Own).then_some(node))
}

/// The members that stand in a column; none for what is rolled up or the remainder of a top.
pub(super) fn nodes(numbers: &ArrayRef, closure: &Closure) -> Result<Vec<Option<Node>>> {
    let numbers = numbers
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| Error::internal("a member of a hierarchy is not a number"))?;
    let node = |number: i64| u32::try_from(number).ok().and_then(|number| closure.node(number));
    Ok(numbers.iter().map(|number| number.and_then(node)).collect())
}
