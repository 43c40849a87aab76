//! Which cell is meant.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::scalar::ScalarValue;

use super::Drill;
use super::figure::Figure;
use crate::error::Result;
use crate::query::{Literal, Member, Query, TotalsOver};
use crate::resolve::{Groups, Scalar, member, members, wrong};
use crate::suggest;
use crate::time::Calendar;

/// A cell by the places of its dimensions.
#[derive(Debug)]
pub(crate) struct CellKey {
    /// The member of each dimension; none where it is rolled up, or the remainder of a top.
    pub(crate) members: Vec<Option<ScalarValue>>,
    /// Whether it stands in the remainder.
    pub(crate) other: bool,
    pub(crate) over: CellOver,
    /// Where the subtrees of the members end that are nodes of a hierarchy, by dimension.
    pub(crate) ends: BTreeMap<usize, i64>,
    /// The dimensions whose member stands above others of the answer, so that its groups differ in them.
    pub(crate) above: BTreeSet<usize>,
    /// Whether a dimension can never have the member that is asked for.
    pub(super) is_nowhere: bool,
}

/// Which groups a cell is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellOver {
    /// Those with its members, which can be told without looking at them.
    Members,
    /// All with its members.
    Every,
    /// Those that having, top and post leave.
    Visible,
    /// Those that a top leaves out.
    Remainder,
    /// All up to its own, in the order of a window by its place.
    Running(usize),
}

impl CellKey {
    /// The cell that is meant.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` at `/members/..`, `/other` and `/measure`.
    pub(crate) fn of(query: &Query, groups: &Groups, drill: &Drill<'_>, calendar: &Calendar) -> Result<Self> {
        let mut members = vec![None; groups.dimensions.len()];
        let mut is_nowhere = false;
        let mut nodes = BTreeMap::new();
        for (name, literal) in drill.members {
            let path = format!("/members/{name}");
            let place = place(name, groups, &path)?;
            let Some(dimension) = groups.dimensions.get(place) else { continue };
            let value = match literal {
                Literal::Null if matches!(dimension.value, Scalar::Node(_)) => {
                    nodes.insert(place, (Member::null(), path));
                    continue;
                }
                Literal::Text(id) if matches!(dimension.value, Scalar::Node(_)) => {
                    nodes.insert(place, (Member::Id(id.clone()), path));
                    continue;
                }
                Literal::Null => Some(ScalarValue::Null),
                literal => member::value(&dimension.value, literal, calendar).map_err(|error| error.at(path))?,
            };
            is_nowhere |= value.is_none();
            if let Some(member) = members.get_mut(place) {
                *member = value;
            }
        }
        for (name, member) in drill.nodes {
            let path = format!("/members/{name}");
            nodes.insert(place(name, groups, &path)?, (member.clone(), path));
        }
        let mut ends = BTreeMap::new();
        let mut above = BTreeSet::new();
        for (place, (asked, path)) in &nodes {
            let found = node_of(groups, *place, asked, path)?;
            is_nowhere |= found.is_none();
            let Some((node, end, is_expanded)) = found else { continue };
            if is_expanded {
                above.insert(*place);
            }
            ends.insert(*place, end);
            if let Some(member) = members.get_mut(*place) {
                *member = Some(ScalarValue::Int64(Some(node)));
            }
        }
        let other = drill.other.map(|name| remainder(name, groups, drill)).transpose()?.is_some();
        let figure = Figure::of(drill.measure, groups).map_err(|error| error.at("/measure"))?;
        let named = drill.members.len() + drill.nodes.len() + usize::from(other);
        let is_complete = named == members.len() && above.is_empty();
        let visible = query.totals.as_ref().map_or(TotalsOver::Visible, |totals| totals.over) == TotalsOver::Visible;
        let cut = !query.having.is_empty() || !query.post.is_empty() || query.top.is_some();
        let rolled_up = |index: usize| members.get(index).is_none_or(Option::is_none);
        let mut shifted = groups.steps.compare.iter().flat_map(|compare| &compare.shifted);
        let moves = figure.base && shifted.any(|(index, _)| rolled_up(*index));
        let over = match figure.running {
            Some(window) if is_complete => CellOver::Running(window),
            _ if is_complete && other => CellOver::Remainder,
            _ if !above.is_empty() && cut => CellOver::Visible,
            _ if !is_complete && cut && visible => CellOver::Visible,
            _ if other || moves => CellOver::Every,
            _ => CellOver::Members,
        };
        Ok(Self { members, other, over, ends, above, is_nowhere })
    }

    /// Whether the groups of the cell must be known.
    pub(crate) fn depends_on_groups(&self) -> bool {
        !self.is_nowhere && self.over != CellOver::Members
    }

    /// The member that a dimension has in all groups of the cell.
    pub(crate) fn shared(&self, groups: &Groups, dimension: usize) -> Option<&ScalarValue> {
        let runs_along = match self.over {
            CellOver::Running(window) => {
                let call = groups.steps.windows.get(window).and_then(|window| window.parts.first());
                call.is_some_and(|call| !call.partition.contains(&dimension))
            }
            _ => false,
        };
        self.members.get(dimension).and_then(Option::as_ref).filter(|_| !runs_along)
    }
}

/// The node that a member of a dimension over a hierarchy is, the end of its subtree, and whether it stands above members
/// that the answer shows too.
fn node_of(groups: &Groups, place: usize, member: &Member, path: &str) -> Result<Option<(i64, i64, bool)>> {
    let Some(Scalar::Node(of)) = groups.dimensions.get(place).map(|dimension| &dimension.value) else {
        return Err(wrong(path, "this dimension is over no hierarchy"));
    };
    let Some(node) = members::node(&of.tree, member, path)? else { return Ok(None) };
    let is_expanded = of.shown.expanded_nodes().is_some_and(|nodes| nodes.binary_search(&node.number()).is_ok());
    // A member that the answer does not show has no cell.
    let shown = of.shown.of.as_ref().and_then(|of| of.get(node.number() as usize));
    let is_shown = is_expanded || shown == Some(&node.number());
    Ok(is_shown.then(|| (node.number().into(), of.tree.closure().end(node).into(), is_expanded)))
}

/// The place of a dimension.
fn place(name: &str, groups: &Groups, path: &str) -> Result<usize> {
    let names = || groups.dimensions.iter().map(|dimension| dimension.output.name.as_str());
    names().position(|known| known == name).ok_or_else(|| {
        let hint = suggest::hint(name, names());
        wrong(path, format!("the query has no dimension `{name}`{hint}"))
    })
}

/// Checks that a dimension has a remainder.
fn remainder(name: &str, groups: &Groups, drill: &Drill<'_>) -> Result<()> {
    let path = "/other";
    let place = place(name, groups, path)?;
    if drill.members.contains_key(name) {
        return Err(wrong(path, format!("a cell has either a member of `{name}` or its remainder")));
    }
    match &groups.steps.top {
        Some(top) if top.other && top.of == place => Ok(()),
        _ => Err(wrong(path, format!("`{name}` has no remainder; the dimension of a `top` with `other` has one"))),
    }
}
