//! Which cell is meant.

use datafusion::scalar::ScalarValue;

use super::Drill;
use super::figure::Figure;
use crate::error::Result;
use crate::query::{Literal, Query, TotalsOver};
use crate::resolve::{Groups, member, wrong};
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
        for (name, literal) in drill.members {
            let path = format!("/members/{name}");
            let place = place(name, groups, &path)?;
            let Some(dimension) = groups.dimensions.get(place) else { continue };
            let value = match literal {
                Literal::Null => Some(ScalarValue::Null),
                literal => member::value(&dimension.value, literal, calendar).map_err(|error| error.at(path))?,
            };
            is_nowhere |= value.is_none();
            if let Some(member) = members.get_mut(place) {
                *member = value;
            }
        }
        let other = drill.other.map(|name| remainder(name, groups, drill)).transpose()?.is_some();
        let figure = Figure::of(drill.measure, groups).map_err(|error| error.at("/measure"))?;
        let is_complete = drill.members.len() + usize::from(other) == members.len();
        let visible = query.totals.as_ref().map_or(TotalsOver::Visible, |totals| totals.over) == TotalsOver::Visible;
        let cut = !query.having.is_empty() || !query.post.is_empty() || query.top.is_some();
        let rolled_up = |index: usize| members.get(index).is_none_or(Option::is_none);
        let mut shifted = groups.steps.compare.iter().flat_map(|compare| &compare.shifted);
        let moves = figure.base && shifted.any(|(index, _)| rolled_up(*index));
        let over = match figure.running {
            Some(window) if is_complete => CellOver::Running(window),
            _ if is_complete && other => CellOver::Remainder,
            _ if !is_complete && cut && visible => CellOver::Visible,
            _ if other || moves => CellOver::Every,
            _ => CellOver::Members,
        };
        Ok(Self { members, other, over, is_nowhere })
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
