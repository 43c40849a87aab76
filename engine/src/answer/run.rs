//! The steps of an answer, one after the other.

use arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::logical_expr::LogicalPlan;

use super::columns::Columns;
use super::cumulative::Cumulated;
use super::leaves::Leaves;
use super::pivoted::{self, PivotedColumn};
use super::states::States;
use super::table::Rows;
use super::{compare, domains, expanded, hidden, ordered, readings, top, totals, windowed};
use crate::error::Result;
use crate::execute::{Session, failed};
use crate::plan::{Evaluator, Pass, Tables, pass_plan};
use crate::resolve::{Groups, Predicate, ResolvedQuery};

pub(crate) use super::hidden::HiddenChildren;
pub(crate) use super::totals::TotalLevel;

/// An answer whose steps are done.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) columns: Vec<ArrayRef>,
    /// The rows that are the remainder of a top.
    pub(crate) remainder: Option<BooleanArray>,
    pub(crate) totals: Vec<TotalLevel>,
    /// What the columns are, where they are those of a pivot.
    pub(crate) pivoted: Option<Vec<PivotedColumn>>,
    /// How many members below a member of a hierarchy are hidden.
    pub(crate) hidden_children: HiddenChildren,
    /// Rows without the limit.
    pub(crate) total_rows: usize,
    pub(crate) rows_scanned: Option<u64>,
}

/// Answers a grouped query whose steps go beyond one plan.
pub(crate) async fn run(
    query: &ResolvedQuery,
    groups: &Groups,
    tables: &Tables,
    session: &Session,
) -> Result<Answered> {
    let leaves = read(query, groups, tables, session).await?;
    let columns = Columns { evaluator: Evaluator::new(query, groups, tables), groups, calendar: &query.calendar };
    finish(query, &leaves, &columns)
}

/// The plan of the rows that the finest groups are made of.
pub(crate) fn first_pass(query: &ResolvedQuery, groups: &Groups, tables: &Tables) -> Result<LogicalPlan> {
    Ok(pass_plan(query, tables, &pass(groups, &query.filter)).map_err(failed)?.plan)
}

fn pass<'a>(groups: &'a Groups, filter: &'a Predicate) -> Pass<'a> {
    Pass {
        keys: groups.dimensions.iter().map(|dimension| &dimension.value).collect(),
        parts: groups.own_parts(),
        filter,
    }
}

/// Reads the finest groups.
pub(super) async fn read(query: &ResolvedQuery, groups: &Groups, tables: &Tables, session: &Session) -> Result<Leaves> {
    let states = async |filter: &Predicate| {
        let plan = pass_plan(query, tables, &pass(groups, filter)).map_err(failed)?;
        States::read(session, plan).await
    };
    let cumulated = Cumulated::read(query, groups, tables, session).await?;
    let mut leaves = Leaves::new(states(&query.filter).await?, cumulated)?;
    if let Some(asked) = &groups.steps.compare {
        let base = states(&asked.filter).await?;
        let every: Vec<usize> = (0..groups.dimensions.len()).collect();
        let moved = compare::present_keys(query, groups, asked, &every, &base.keys, base.rows)?;
        leaves.compare(base, moved)?;
    }
    let grains = Box::pin(readings::read(query, groups, tables, session, &leaves)).await?;
    leaves.set_grains(grains);
    domains::add(query, groups, tables, session, &mut leaves).await?;
    Ok(leaves)
}

fn finish(query: &ResolvedQuery, leaves: &Leaves, columns: &Columns<'_>) -> Result<Answered> {
    let groups = columns.groups;
    let steps = &groups.steps;
    let all = all_rows(leaves, columns)?;
    let rows = shown(ranked(&all, leaves, columns)?, columns)?;
    let mut totals = match &steps.totals {
        Some(asked) => totals::compute(asked, &rows, &all, leaves, columns)?,
        None => Vec::new(),
    };
    hidden::leave_out_of_totals(&mut totals, columns)?;
    let rows = expanded::add(rows, leaves, columns)?;
    let (rows, hidden_children) = hidden::leave_out(rows, columns)?;
    let order = match &steps.expanded {
        Some(asked) if asked.tiered => expanded::tiered_order(query, asked, &rows, columns)?,
        _ => ordered::order(query, &rows, leaves, columns)?,
    };
    let (sorted, remainder) = rows.taken(&order)?;
    let rows_scanned = leaves.rows_scanned();
    if let Some(pivot) = &steps.pivot {
        let laid_out = pivoted::lay_out(query, groups, pivot, &sorted, remainder.as_ref(), &totals)?;
        let total_rows = laid_out.rows;
        return Ok(Answered {
            columns: laid_out.columns,
            remainder: laid_out.remainder,
            totals: laid_out.totals,
            pivoted: Some(laid_out.described),
            hidden_children,
            total_rows,
            rows_scanned,
        });
    }
    let (columns, remainder) = cut(query, sorted, remainder, rows.count);
    let total_rows = rows.count;
    Ok(Answered { columns, remainder, totals, pivoted: None, hidden_children, total_rows, rows_scanned })
}

/// The rows that having and top leave.
pub(super) fn ranked(all: &Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<Rows> {
    let groups = columns.groups;
    let mut rows = all.clone();
    if groups.having != Predicate::Constant(true) {
        let kept = columns.evaluator.holds(&groups.having, &rows.parts, &rows.columns, rows.count).map_err(failed)?;
        rows.keep(&kept)?;
    }
    if let Some(asked) = &groups.steps.top {
        top::apply(asked, &mut rows, leaves, columns)?;
    }
    Ok(rows)
}

/// The rows that post leaves of them, with their windows.
pub(super) fn shown(mut rows: Rows, columns: &Columns<'_>) -> Result<Rows> {
    let steps = &columns.groups.steps;
    windowed::apply(columns, &mut rows)?;
    if let Some(post) = &steps.post {
        let kept = columns.evaluator.holds(post, &rows.parts, &rows.columns, rows.count).map_err(failed)?;
        rows.keep(&kept)?;
    }
    Ok(rows)
}

/// Every leaf as a row.
pub(super) fn all_rows(leaves: &Leaves, columns: &Columns<'_>) -> Result<Rows> {
    let count = leaves.len();
    let identity: Vec<Option<usize>> = (0..count).map(Some).collect();
    let every: Vec<usize> = (0..columns.groups.dimensions.len()).collect();
    let (parts, base) = leaves.merge(&identity, count, &every, None, &columns.evaluator)?;
    let members = columns.members(&leaves.keys()?)?;
    let columns = columns.of(members, &parts, base.as_deref(), count)?;
    Ok(Rows { columns, parts, count, row_of: identity, remainder: None })
}

/// The rows that offset and limit leave.
pub(super) fn cut(
    query: &ResolvedQuery,
    columns: Vec<ArrayRef>,
    remainder: Option<BooleanArray>,
    rows: usize,
) -> (Vec<ArrayRef>, Option<BooleanArray>) {
    let (start, length) = window(query, rows);
    let columns = columns.into_iter().map(|column| column.slice(start, length)).collect();
    (columns, remainder.map(|flags| flags.slice(start, length)))
}

/// Where the wanted rows begin, and how many they are. One more than allowed is kept, so that too many can be noticed.
pub(super) fn window(query: &ResolvedQuery, rows: usize) -> (usize, usize) {
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let start = whole(query.offset).min(rows);
    let most = whole(query.max_rows.saturating_add(1));
    (start, (rows - start).min(query.limit.map_or(most, whole)).min(most))
}
