//! The rows behind a cell of a grouped answer, as a query of rows. Cells of a row that is told by its members alone come
//! of tests of rows; for the others the groups that they stand for must be known.

mod behind;
mod cell;
mod figure;
mod groups;
mod period;

use std::collections::BTreeMap;

pub(crate) use cell::{CellKey, CellOver};
pub(crate) use groups::{CellGroups, GroupSet, GroupTuples, LostLabels};

use super::outputs::Names;
use super::{Dimension, Predicate, Resolution, Resolver, Shape, Surroundings, wrong};
use crate::error::{Error, Result};
use crate::query::{self, Limit, Literal, Member, Query, Reference, Target};

/// A cell, and what is wanted of the rows behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drill<'a> {
    /// By the name of a dimension: the member as it stands in the answer. A dimension that is not named is rolled up.
    pub(crate) members: &'a BTreeMap<String, Literal>,
    /// The same of dimensions over hierarchies.
    pub(crate) nodes: &'a BTreeMap<String, Member>,
    /// The dimension in which the cell is the remainder of a top.
    pub(crate) other: Option<&'a str>,
    /// The column of the answer that is not a dimension. Without one all rows of the group are meant.
    pub(crate) measure: Option<&'a str>,
    /// The columns of the rows; none: all of the base.
    pub(crate) columns: Option<&'a [query::Dimension]>,
    pub(crate) page: Limit,
    /// The groups of the cell, where [`CellKey::depends_on_groups`].
    pub(crate) groups: Option<&'a CellGroups>,
}

/// Resolves a query for the rows behind one of its cells.
///
/// # Errors
///
/// Those of [`super::resolve`]; `InvalidQuery` for names and members that the query does not have, at `/members/..`,
/// `/other`, `/measure` and `/columns/..`.
pub(crate) fn rows_behind(query: &Query, drill: &Drill<'_>, surroundings: &Surroundings<'_>) -> Result<Resolution> {
    if !query.options.rollup_data {
        return Err(wrong("/options/rollup_data", "a query of rows has no groups with rows behind them"));
    }
    let mut resolver = Resolver::begin(query, surroundings)?;
    let (shape, _) = resolver.grouped()?;
    let Shape::Grouped(groups) = shape else { return Err(Error::internal("a query that groups has no groups")) };
    // Bins that depend on the rows are not known before the rows are.
    let filter = if resolver.needed.is_empty() {
        let cell = CellKey::of(query, &groups, drill, &resolver.calendar)?;
        resolver.behind(&groups, &cell, drill)?
    } else {
        Predicate::Constant(false)
    };
    let columns = resolver.shown_columns(drill.columns)?;
    Ok(resolver.finish(filter, Shape::Rows { columns }, Vec::new(), Some(drill.page), surroundings))
}

impl Resolver<'_> {
    fn shown_columns(&mut self, asked: Option<&[query::Dimension]>) -> Result<Vec<Dimension>> {
        let all: Vec<query::Dimension>;
        let asked = if let Some(asked) = asked {
            asked
        } else {
            let column = |id: &str| Reference { dataset: None, target: Target::Column(id.to_owned()) };
            let columns = self.base.own_columns().into_iter();
            all = columns.map(|id| query::Dimension::new(column(id), None, Some(id.to_owned()))).collect();
            all.as_slice()
        };
        if asked.is_empty() {
            return Err(wrong("/columns", "the rows need a column"));
        }
        if asked.len() > Query::MAX_COLUMNS {
            return Err(wrong("/columns", format!("more than {} columns", Query::MAX_COLUMNS)));
        }
        let rows = Query { dimensions: asked.to_vec(), ..Query::default() };
        let mut names = Names::new(&rows).map_err(|error| error.at("/columns"))?;
        let mut columns = Vec::with_capacity(asked.len());
        for (index, column) in asked.iter().enumerate() {
            columns.push(self.dimension(column, &format!("/columns/{index}"), &mut names)?);
        }
        Ok(columns)
    }
}
