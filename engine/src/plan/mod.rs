//! From a [`ResolvedQuery`] to a logical plan of DataFusion, built with its plan builder and never through SQL text.

#[cfg(feature = "sql")]
mod dataset;
mod filters;
mod fixed;
mod formula;
mod measures;
mod pass;
mod post;
mod pruning;
mod row_nodes;
mod row_values;
mod scalars;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SortExpr};
use datafusion::physical_plan::ExecutionPlan;

use crate::links::LookupTable;
use crate::resolve::{ColumnRef, Dimension, Groups, Predicate, ResolvedQuery, Shape, SortKey};
#[cfg(feature = "sql")]
pub(crate) use dataset::dataset_plan;
pub(crate) use fixed::FixedValues;
pub(crate) use pass::{Pass, PassPlan, domain_plan, pass_plan};
pub(crate) use post::{Arguments, Evaluator};
pub(crate) use pruning::scan_filters;
pub(crate) use row_nodes::{RowMembers, base_columns, nodes_read, row_key, row_nodes_plan};
pub(crate) use row_values::RowValues;
use scalars::{Scalars, row_name};

/// The column that keeps the order of the source in every table of the engine. Not a column of the dataset.
pub(crate) const ORDINAL: &str = "#ordinal";

/// The tables that a query reads.
pub(crate) struct Tables {
    pub(crate) base: Arc<dyn TableProvider>,
    /// One per lookup of the query, in its order.
    pub(crate) lookups: Vec<LookupTable>,
    /// Empty until they are read.
    pub(crate) fixed: FixedValues,
    /// The members of rows that are known by ordinal.
    pub(crate) rows: RowMembers,
}

/// The columns that a query reads of its base (`None`) and of each lookup, keys of links included.
pub(crate) fn columns_read(query: &ResolvedQuery) -> BTreeMap<Option<usize>, BTreeSet<String>> {
    let mut read: BTreeMap<Option<usize>, BTreeSet<String>> = BTreeMap::from([(None, BTreeSet::new())]);
    let mut add = |column: &ColumnRef| {
        read.entry(column.lookup).or_default().insert(column.column.clone());
    };
    query.visit_row_values(&mut |scalar| scalar.visit_columns(&mut add));
    query.lookups.iter().flat_map(|lookup| &lookup.keys).for_each(|key| add(&key.from));
    read
}

/// The plan of a query without further steps. Its columns are named `c0`, `c1` and so on, in the order of the answer.
pub(crate) fn logical_plan(query: &ResolvedQuery, tables: &Tables) -> Result<LogicalPlan> {
    let scalars = Scalars::new(query, tables);
    let with_ordinal = matches!(query.shape, Shape::Rows { .. });
    let plan = filtered_rows(query, tables, &scalars, &query.filter, with_ordinal)?;
    match &query.shape {
        Shape::Grouped(groups) => grouped(plan, query, &scalars, groups),
        Shape::Rows { columns } => rows(plan, query, &scalars, columns),
    }
}

/// The plan that counts the rows of an answer of rows.
pub(crate) fn count_plan(query: &ResolvedQuery, tables: &Tables) -> Result<LogicalPlan> {
    let scalars = Scalars::new(query, tables);
    let plan = filtered_rows(query, tables, &scalars, &query.filter, false)?;
    let rows = datafusion::functions_aggregate::expr_fn::count(datafusion::logical_expr::lit(1_i64));
    plan.aggregate(Vec::<Expr>::new(), [rows.alias("rows")])?.build()
}

/// The rows of the base that pass a filter, with the rows that its links find.
fn filtered_rows(
    query: &ResolvedQuery,
    tables: &Tables,
    scalars: &Scalars<'_>,
    filter: &Predicate,
    with_ordinal: bool,
) -> Result<LogicalPlanBuilder> {
    let columns = columns_read(query).remove(&None).unwrap_or_default();
    // What the plan does not use in the end is not read.
    let with_ordinal = with_ordinal || !tables.rows.is_empty();
    let plan = looked_up(scan(&tables.base, &columns, with_ordinal)?, scalars)?;
    if *filter == Predicate::Constant(true) { Ok(plan) } else { plan.filter(filters::condition(filter, scalars)?) }
}

/// Reads the rows of one dataset that pass its own filters, in the order of the source, for a lookup.
pub(crate) fn lookup_plan(
    query: &ResolvedQuery,
    table: &Arc<dyn TableProvider>,
    columns: &BTreeSet<String>,
    filter: &Predicate,
) -> Result<LogicalPlan> {
    let mut read = columns.clone();
    filter.visit_scalars(&mut |scalar| {
        scalar.visit_columns(&mut |column| {
            read.insert(column.column.clone());
        });
    });
    let mut plan = scan(table, &read, true)?;
    if *filter != Predicate::Constant(true) {
        plan = plan.filter(filters::condition(filter, &Scalars::of_base(query))?)?;
    }
    let plan = plan.sort([named(ORDINAL).sort(true, false)])?;
    plan.project(columns.iter().map(|column| named(column)).collect::<Vec<_>>())?.build()
}

fn scan(table: &Arc<dyn TableProvider>, columns: &BTreeSet<String>, with_ordinal: bool) -> Result<LogicalPlanBuilder> {
    let schema = table.schema();
    let mut projection = columns.iter().map(|column| schema.index_of(column)).collect::<Result<Vec<_>, _>>()?;
    if with_ordinal {
        projection.push(schema.index_of(ORDINAL)?);
    }
    LogicalPlanBuilder::scan("base", provider_as_source(Arc::clone(table)), Some(projection))
}

/// Adds the row that each lookup finds as a column, so that it is searched once.
fn looked_up(mut plan: LogicalPlanBuilder, scalars: &Scalars<'_>) -> Result<LogicalPlanBuilder> {
    let mut index = 0;
    while let Some(row) = scalars.row_of(index)? {
        let mut columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
        columns.push(row.alias(row_name(index)));
        plan = plan.project(columns)?;
        index += 1;
    }
    Ok(plan)
}

/// A column of the plan by its exact name.
fn named(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

/// The rows that the leaves of a plan gave out, after pruning.
pub(crate) fn rows_scanned(plan: &dyn ExecutionPlan) -> Option<u64> {
    let children = plan.children();
    if children.is_empty() {
        return plan.metrics()?.output_rows().and_then(|rows| u64::try_from(rows).ok());
    }
    children.into_iter().map(|child| rows_scanned(child.as_ref())).sum()
}

/// The name of a column of the answer inside plans.
fn place(index: usize) -> String {
    format!("c{index}")
}

/// The name of a key to group by inside plans. Not that of the answer's column: an optimizer rule takes columns of one
/// name for the same.
pub(crate) fn key_name(index: usize) -> String {
    format!("key{index}")
}

/// The name of an aggregate inside plans.
pub(crate) fn part_name(index: usize) -> String {
    format!("value{index}")
}

fn grouped(
    plan: LogicalPlanBuilder,
    query: &ResolvedQuery,
    scalars: &Scalars<'_>,
    groups: &Groups,
) -> Result<LogicalPlan> {
    let mut keys = Vec::with_capacity(groups.dimensions.len());
    let mut finished = Vec::with_capacity(groups.dimensions.len() + groups.measures.len());
    for (index, dimension) in groups.dimensions.iter().enumerate() {
        let (key, value) = scalars.key(&dimension.value, named(&key_name(index)))?;
        keys.push(key.alias(key_name(index)));
        finished.push(value.alias(place(index)));
    }
    for (index, measure) in groups.measures.iter().enumerate() {
        finished.push(scalars.expr(&measure.value)?.alias(place(groups.dimensions.len() + index)));
    }
    let shown = finished.len();
    let mut parts = Vec::with_capacity(groups.parts.len());
    for (index, part) in groups.parts.iter().enumerate() {
        parts.push(measures::aggregate(part, scalars)?.alias(part_name(index)));
    }
    if keys.is_empty() && parts.is_empty() {
        // A formula without an aggregate; there is one group all the same.
        parts.push(datafusion::functions_aggregate::expr_fn::count(datafusion::logical_expr::lit(1_i64)).alias("rows"));
    }
    // Having and the order may hold formulas of their own.
    let kept = used_parts(groups, &query.order);
    finished.extend(kept.iter().map(|index| named(&part_name(*index))));
    let mut plan = plan.aggregate(keys, parts)?.project(finished)?;
    if groups.having != Predicate::Constant(true) {
        plan = plan.filter(filters::condition(&groups.having, scalars)?)?;
    }
    let order = query.order.iter().map(|key| sort_expr(key, scalars)).collect::<Result<Vec<_>>>()?;
    let plan = ordered(plan, order, query)?;
    if kept.is_empty() {
        return plan.build();
    }
    plan.project((0..shown).map(|index| named(&place(index))).collect::<Vec<_>>())?.build()
}

/// The aggregates that having and the order use besides the columns of the answer.
fn used_parts(groups: &Groups, order: &[SortKey]) -> BTreeSet<usize> {
    let mut used = BTreeSet::new();
    groups.having.visit_scalars(&mut |scalar| {
        scalar.visit_parts(&mut |index| {
            used.insert(index);
        })
    });
    for key in order {
        key.of.visit_parts(&mut |index| {
            used.insert(index);
        });
    }
    used
}

fn rows(
    plan: LogicalPlanBuilder,
    query: &ResolvedQuery,
    scalars: &Scalars<'_>,
    columns: &[Dimension],
) -> Result<LogicalPlan> {
    let mut shown = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        shown.push(scalars.expr(&column.value)?.alias(place(index)));
    }
    let mut all = shown.clone();
    let mut order = Vec::with_capacity(query.order.len() + 1);
    for (index, key) in query.order.iter().enumerate() {
        let name = format!("order{index}");
        all.push(scalars.expr(&key.of)?.alias(name.clone()));
        order.push(named(&name).sort(!key.descending, key.nulls_first));
    }
    all.push(named(ORDINAL));
    order.push(named(ORDINAL).sort(true, false));
    let plan = ordered(plan.project(all)?, order, query)?;
    plan.project((0..columns.len()).map(|index| named(&place(index))).collect::<Vec<_>>())?.build()
}

fn sort_expr(key: &SortKey, scalars: &Scalars<'_>) -> Result<SortExpr> {
    Ok(scalars.expr(&key.of)?.sort(!key.descending, key.nulls_first))
}

/// Sorts and cuts. At most one row more than allowed is asked for, so that too many rows can be noticed.
fn ordered(plan: LogicalPlanBuilder, order: Vec<SortExpr>, query: &ResolvedQuery) -> Result<LogicalPlanBuilder> {
    let plan = if order.is_empty() { plan } else { plan.sort(order)? };
    let most = query.max_rows.saturating_add(1);
    let fetch = query.limit.map_or(most, |limit| limit.min(most));
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX >> 1);
    plan.limit(whole(query.offset), Some(whole(fetch)))
}
