//! The rows behind a cell of a grouped answer: the query's own filters, the members of the group as tests of rows, and
//! the filters of a measure.

use std::collections::BTreeMap;

use super::filters::is_null;
use super::outputs::Names;
use super::{
    Dimension, Groups, Part, Predicate, Resolution, Resolver, Scalar, Shape, Surroundings, Test, dates, member, wrong,
};
use crate::error::{Error, Result};
use crate::query::{self, Limit, Literal, Query, Reference, Target, TotalsOver};
use crate::suggest;
use crate::time::{OpenRange, label_range};

/// A cell, and what is wanted of the rows behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drill<'a> {
    /// By the name of a dimension: the member as it stands in the answer. A dimension that is not named is rolled up.
    pub(crate) members: &'a BTreeMap<String, Literal>,
    /// The measure whose filters the rows must pass.
    pub(crate) measure: Option<&'a str>,
    /// The columns of the rows; none: all of the base.
    pub(crate) columns: Option<&'a [query::Dimension]>,
    pub(crate) page: Limit,
}

/// Resolves a query for the rows behind one of its cells.
///
/// # Errors
///
/// Those of [`super::resolve`]; `InvalidQuery` for names and members that the query does not have, at `/members/..`,
/// `/measure` and `/columns/..`; `NotSupported` for cells that are made of other rows than those of their group.
pub(crate) fn rows_behind(query: &Query, drill: &Drill<'_>, surroundings: &Surroundings<'_>) -> Result<Resolution> {
    if !query.options.rollup_data {
        return Err(wrong("/options/rollup_data", "a query of rows has no groups with rows behind them"));
    }
    let mut resolver = Resolver::begin(query, surroundings)?;
    let (shape, _) = resolver.grouped()?;
    let Shape::Grouped(groups) = shape else { return Err(Error::internal("a query that groups has no groups")) };
    let mut parts = vec![resolver.asked.all()];
    // Bins that depend on the rows are not known before the rows are.
    if resolver.needed.is_empty() {
        rolled_up(query, &groups, drill)?;
        for (name, literal) in drill.members {
            let dimension = named(name, &groups)?;
            let test = resolver.of_member(&dimension.value, literal);
            parts.push(test.map_err(|error| error.at(format!("/members/{name}")))?);
        }
        if let Some(name) = drill.measure {
            parts.push(of_measure(name, &groups).map_err(|error| error.at("/measure"))?);
        }
    }
    let columns = resolver.shown_columns(drill.columns)?;
    Ok(resolver.finish(Predicate::all(parts), Shape::Rows { columns }, Vec::new(), Some(drill.page), surroundings))
}

/// A total stands for the groups that are left in the answer; only without such filters are these all its rows.
fn rolled_up(query: &Query, groups: &Groups, drill: &Drill<'_>) -> Result<()> {
    let all = groups.dimensions.iter().all(|dimension| drill.members.contains_key(&dimension.output.name));
    let over = query.totals.as_ref().map_or(TotalsOver::Visible, |totals| totals.over);
    let cut = !query.having.is_empty() || !query.post.is_empty() || query.top.is_some();
    if all || !cut || over == TotalsOver::AllRows {
        return Ok(());
    }
    let what = "the rows behind a total over the groups that `having`, `top` or `post` leave";
    Err(Error::not_supported(format!("finding {what}")).at("/members"))
}

fn named<'a>(name: &str, groups: &'a Groups) -> Result<&'a Dimension> {
    let names = || groups.dimensions.iter().map(|dimension| dimension.output.name.as_str());
    groups.dimensions.iter().find(|dimension| dimension.output.name == name).ok_or_else(|| {
        let hint = suggest::hint(name, names());
        wrong(&format!("/members/{name}"), format!("the query has no dimension `{name}`{hint}"))
    })
}

/// The rows that count for a measure: those that one of its aggregates takes.
fn of_measure(name: &str, groups: &Groups) -> Result<Predicate> {
    let found = groups.measures.iter().position(|measure| measure.output.name == name);
    let Some((place, measure)) = found.and_then(|place| Some((place, groups.measures.get(place)?))) else {
        if groups.outputs().skip(groups.dimensions.len()).any(|output| output.name == name) {
            return Err(Error::not_supported(format!("`{name}` is no measure; finding the rows behind it")));
        }
        let hint = suggest::hint(name, groups.measures.iter().map(|measure| measure.output.name.as_str()));
        return Err(Error::query(format!("the query has no measure `{name}`{hint}")));
    };
    let mut parts: Vec<&Part> = Vec::new();
    measure.value.visit_parts(&mut |index| parts.extend(groups.parts.get(index)));
    let column = groups.dimensions.len() + place;
    let runs = groups.steps.windows.iter().any(|window| window.replaces == Some(column));
    if runs || parts.iter().any(|part| part.cumulative.is_some()) {
        let what = "finding the rows behind a cell that adds up over several groups";
        return Err(Error::not_supported(format!("`{name}` is cumulative; {what}")));
    }
    if parts.is_empty() {
        return Ok(Predicate::Constant(true));
    }
    let mut filters: Vec<Predicate> = Vec::new();
    for part in parts {
        if !filters.contains(&part.filter) {
            filters.push(part.filter.clone());
        }
    }
    Ok(Predicate::any(filters))
}

impl Resolver<'_> {
    /// The test of a row for the group of a member.
    fn of_member(&self, of: &Scalar, literal: &Literal) -> Result<Predicate> {
        if *literal == Literal::Null {
            return Ok(is_null(of));
        }
        let Some(value) = member::value(of, literal, &self.calendar)? else { return Ok(Predicate::Constant(false)) };
        if let Scalar::Bucket { of: date, level } = of
            && let (Some(label), Some(kind)) = (dates::raw(&value), date.time_kind())
        {
            // The same rows as a test of the bucket, and files can be pruned by it.
            let range = label_range(*level, label, &self.calendar, kind);
            return dates::between_raw(date, OpenRange { start: Some(range.start), end: Some(range.end) });
        }
        Ok(Predicate::Test(Test::OneOf { of: of.clone(), values: vec![value], folded: false }))
    }

    fn shown_columns(&mut self, asked: Option<&[query::Dimension]>) -> Result<Vec<Dimension>> {
        let all: Vec<query::Dimension>;
        let asked = if let Some(asked) = asked {
            asked
        } else {
            let column = |id: &String| Reference { dataset: None, target: Target::Column(id.clone()) };
            let columns = self.base.columns.iter();
            all = columns.map(|c| query::Dimension::new(column(&c.id), None, Some(c.id.clone()))).collect();
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
