//! The rows behind a cell of an answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drillcore_hierarchies::MemberPath;

use super::answer::Asker;
use super::query::Prepared;
use super::tables::Routes;
use super::{Engine, Inner};
use crate::answer::{groups_behind, with_fixed_values};
use crate::error::{Error, Result};
use crate::execute::within;
use crate::model::Aggregation;
use crate::query::{Dimension, Limit, Literal, Member, Query, Target, name};
use crate::resolve::{CellGroups, CellKey, Drill, Shape};
use crate::result::{Cell, MemberCell, MemberKind, QueryResult, Role};
use crate::scope::Scope;

/// A cell of an answer: the members of its dimensions, and its column.
///
/// ```
/// use drillcore::{DrillCell, Engine, Limit, PushMode, Query, Rows, Scope, column, sum};
///
/// # fn main() -> Result<(), drillcore::Error> {
/// # futures::executor::block_on(async {
/// let engine = Engine::in_memory()?;
/// let rows = vec![
///     vec!["Ghent".into(), 30.into()],
///     vec!["Bruges".into(), 40.into()],
///     vec!["Ghent".into(), 5.into()],
/// ];
/// engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
/// let scope = Scope::unrestricted();
///
/// let query = Query::on("sales").dimension(column("city")).measure(sum("amount").named("total"));
/// let cell = DrillCell::new().member("city", "Ghent").measure("total");
/// let behind = engine.drill_through(&query, &cell, None, Limit::default(), &scope).await?;
/// assert_eq!(behind.data_json(), r#"[["Ghent",30],["Ghent",5]]"#);
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DrillCell {
    /// By the name of a dimension: its member, as it stands in the answer. Month and weekday names are taken in English,
    /// bins by their lower border, bins between edges by their label. A dimension without a member is rolled up, so
    /// that the cell is a total.
    pub members: BTreeMap<String, Literal>,
    /// The same for dimensions over hierarchies. The NULL member may stand in either.
    pub nodes: BTreeMap<String, Member>,
    /// The measure, or a column of the comparison or of a window. Without one the rows are all those of the group,
    /// whatever the filters of measures say.
    pub measure: Option<String>,
    /// The dimension in which the cell is the remainder of a top.
    pub other: Option<String>,
}

impl DrillCell {
    /// The total of everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The member of a dimension.
    #[must_use]
    pub fn member(mut self, dimension: impl Into<String>, member: impl Into<Literal>) -> Self {
        self.members.insert(dimension.into(), member.into());
        self
    }

    /// The member of a dimension over a hierarchy.
    #[must_use]
    pub fn node(mut self, dimension: impl Into<String>, member: impl Into<Member>) -> Self {
        self.nodes.insert(dimension.into(), member.into());
        self
    }

    /// The measure, or a column of the comparison or of a window.
    #[must_use]
    pub fn measure(mut self, measure: impl Into<String>) -> Self {
        self.measure = Some(measure.into());
        self
    }

    /// The dimension in which the cell is the remainder of a top.
    #[must_use]
    pub fn other(mut self, dimension: impl Into<String>) -> Self {
        self.other = Some(dimension.into());
        self
    }

    /// The cells of a row of an answer. In a pivot the members of its columns have to be added.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the answer has no such row.
    pub fn of_row(answer: &QueryResult, row: usize) -> Result<Self> {
        let mut cell = Self::default();
        for (place, column) in answer.columns().iter().enumerate() {
            if column.role != Role::Dimension {
                continue;
            }
            let found = answer.cell(row, place);
            let found = found.ok_or_else(|| Error::input(format!("the answer has no row {row}")))?;
            if let Cell::Member(member) = &found {
                cell.nodes.insert(column.name.clone(), node(member));
                continue;
            }
            match literal(&found) {
                Some(member) => {
                    cell.members.insert(column.name.clone(), member);
                }
                None => cell.other = Some(column.name.clone()),
            }
        }
        Ok(cell)
    }
}

/// A member of a hierarchy as it may stand in a query.
fn node(cell: &MemberCell) -> Member {
    let path = || MemberPath::from_members(cell.path.iter().cloned());
    match cell.kind {
        MemberKind::Own => Member::Own(path()),
        MemberKind::Unassigned => Member::Unassigned,
        _ => Member::Path(path()),
    }
}

/// A member as it may stand in a query; none for the remainder of a top.
fn literal(cell: &Cell) -> Option<Literal> {
    Some(match cell {
        Cell::Null => Literal::Null,
        Cell::Boolean(value) => Literal::Boolean(*value),
        Cell::Integer(number) => match i64::try_from(*number) {
            Ok(number) => Literal::Integer(number),
            Err(_) => Literal::decimal(&number.to_string()).ok()?,
        },
        Cell::Decimal(digits) => Literal::decimal(digits).ok()?,
        Cell::Float(number) => Literal::from(*number),
        Cell::Text(text) => Literal::Text(text.clone()),
        Cell::Date(_) | Cell::Datetime(_) | Cell::LocalDatetime(_) => Literal::Text(cell.to_string()),
        Cell::Other | Cell::Bins(_) | Cell::Member(_) => return None,
    })
}

impl Engine {
    /// The rows of the base that a cell of an answer is made of: those that pass the filters of the query, belong to
    /// the members of the cell, and pass the filters of its measure. Aggregating them again gives the cell.
    ///
    /// `columns` says what is shown of the rows, as in a query of rows; none: all columns of the base by their ids, of
    /// the derived ones those that follow no link.
    /// The rows come in the order of the source. Relative dates mean the same as in the query if it says what
    /// [now](Query::as_of) is. [`Query::total_rows`] asks for their number.
    ///
    /// - A formula is made of the rows that at least one of its aggregates takes.
    /// - A total, and the remainder of a top, is made of the rows of its groups: those that `having`, `top` and `post`
    ///   leave, or those that `top` leaves out.
    /// - A cumulative measure is made of the rows in the window of its bucket, those before the range of the query
    ///   included; a `cumulativesum` of the rows of all groups up to its own.
    /// - What a comparison compares with is made of the rows of the same groups in the base; a change of both.
    /// - A window is made of the rows of the cell that it is computed from, in its own group; a formula of several
    ///   columns, or with aggregates of its own, of all rows of the group.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::query`]; `InvalidQuery` for a cell that the query cannot have, at `/members/..`, `/other` or
    /// `/measure`; `LimitExceeded` for a cell whose groups can only be told apart one by one and are more than a
    /// million.
    pub async fn drill_through(
        &self,
        query: &Query,
        cell: &DrillCell,
        columns: Option<Vec<Dimension>>,
        page: Limit,
        scope: &Scope,
    ) -> Result<QueryResult> {
        let inner = Arc::clone(&self.inner);
        let (query, cell, scope) = (query.clone(), cell.clone(), scope.clone());
        let work = async move {
            let limit = query.options.timeout_ms.map(Duration::from_millis);
            Box::pin(within(limit, inner.rows_behind(&query, &cell, columns.as_deref(), page, &scope))).await
        };
        self.inner.executor.run(work).await
    }
}

impl Inner {
    async fn rows_behind(
        self: &Arc<Self>,
        query: &Query,
        cell: &DrillCell,
        columns: Option<&[Dimension]>,
        page: Limit,
        scope: &Scope,
    ) -> Result<QueryResult> {
        let started = Instant::now();
        let mut query = query.clone();
        // What is read first, for the groups, and what is read then must mean the same by now.
        query.options.as_of.get_or_insert_with(|| self.clock.now());
        let mut routes = Routes::new();
        let mut drill = Drill {
            members: &cell.members,
            nodes: &cell.nodes,
            other: cell.other.as_deref(),
            measure: cell.measure.as_deref(),
            columns,
            page,
            groups: None,
        };
        let groups = if may_depend_on_groups(&query) {
            Box::pin(self.groups_behind(&query, &drill, scope, &mut routes)).await?
        } else {
            None
        };
        drill.groups = groups.as_ref();
        let prepared = Box::pin(self.prepare_for(&query, Some(&drill), scope, &mut routes)).await?;
        let query = told(&query, cell);
        let asker = Asker { query: &query, scope, preparing: started.elapsed(), call: None };
        Box::pin(self.answer_prepared(&asker, prepared, &self.executor.session())).await
    }

    /// The groups of a cell, where that depends on all groups of the answer.
    async fn groups_behind(
        &self,
        query: &Query,
        drill: &Drill<'_>,
        scope: &Scope,
        routes: &mut Routes,
    ) -> Result<Option<CellGroups>> {
        let Prepared { facts, tables } = Box::pin(self.prepare(query, scope, routes)).await?;
        let resolved = &facts.resolved;
        let Shape::Grouped(groups) = &resolved.shape else { return Ok(None) };
        let cell = CellKey::of(query, groups, drill, &resolved.calendar)?;
        if !cell.depends_on_groups() {
            return Ok(None);
        }
        let session = self.executor.session();
        let tables = Box::pin(with_fixed_values(resolved, tables, &session)).await?;
        Box::pin(groups_behind(resolved, groups, &tables, &session, &cell)).await.map(Some)
    }
}

/// Whether a query may have cells that depend on all groups of its answer.
fn may_depend_on_groups(query: &Query) -> bool {
    // The aggregation that is the default of a column is not known yet.
    let runs = query.measures.iter().any(|measure| {
        let is_formula = matches!(measure.reference.target, Target::Formula(_) | Target::StoredFormula(_));
        !is_formula && measure.aggregation.is_none_or(|aggregation| aggregation == Aggregation::CumulativeSum)
    });
    let steps = query.top.is_some() || query.compare.is_some() || !query.having.is_empty() || !query.post.is_empty();
    query.options.rollup_data && (steps || runs)
}

/// The query with all that was asked of the rows among its filters, for those who read where the answer came from.
fn told(query: &Query, cell: &DrillCell) -> Query {
    let mut told = query.clone();
    told.filters.extend(cell.members.iter().map(|(dimension, member)| name(dimension).equals(member.clone())));
    let measure = query.measures.iter().find(|measure| measure.name.is_some() && measure.name == cell.measure);
    told.filters.extend(measure.into_iter().flat_map(|measure| measure.filters.clone()));
    told
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::literal;
    use crate::query::Literal;
    use crate::result::Cell;

    #[track_caller]
    fn check(cell: &Cell, expected: impl Into<Option<Literal>>) {
        assert_eq!(literal(cell), expected.into(), "{cell}");
    }

    #[test]
    fn cells_are_members_again() {
        check(&Cell::Null, Literal::Null);
        check(&Cell::Integer(-7), Literal::Integer(-7));
        check(&Cell::Integer(1 << 70), Literal::Decimal("1180591620717411303424".into()));
        check(&Cell::Decimal("0.10".into()), Literal::Decimal("0.1".into()));
        check(&Cell::Float(0.5), Literal::Number(0.5));
        check(&Cell::Text(String::new()), Literal::Text(String::new()));
        check(&Cell::Date(NaiveDate::from_ymd_opt(2013, 1, 31).unwrap()), Literal::Text("2013-01-31".into()));
        check(&Cell::Other, None);
    }
}
