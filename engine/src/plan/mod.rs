//! From a [`ResolvedQuery`] to a logical plan of DataFusion, built with its plan builder and never through SQL text.

mod filters;
mod measures;
mod scalars;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SortExpr};

use crate::links::LookupTable;
use crate::resolve::{ColumnRef, Dimension, Measure, Predicate, ResolvedQuery, Scalar, Shape, SortKey};
use scalars::{Scalars, row_name};

/// The column that keeps the order of the source in every table of the engine. Not a column of the dataset.
pub(crate) const ORDINAL: &str = "#ordinal";

/// The tables that a query reads.
pub(crate) struct Tables {
    pub(crate) base: Arc<dyn TableProvider>,
    /// One per lookup of the query, in its order.
    pub(crate) lookups: Vec<LookupTable>,
}

/// The columns that a query reads of its base (`None`) and of each lookup, keys of links included.
pub(crate) fn columns_read(query: &ResolvedQuery) -> BTreeMap<Option<usize>, BTreeSet<String>> {
    let mut read: BTreeMap<Option<usize>, BTreeSet<String>> = BTreeMap::from([(None, BTreeSet::new())]);
    let mut add = |column: &ColumnRef| {
        read.entry(column.lookup).or_default().insert(column.column.clone());
    };
    let mut add_scalar = |scalar: &Scalar| {
        if let Some(column) = scalar.column_ref() {
            add(column);
        }
    };
    query.filter.visit_scalars(&mut add_scalar);
    match &query.shape {
        Shape::Grouped { dimensions, measures, .. } => {
            dimensions.iter().for_each(|dimension| add_scalar(&dimension.value));
            for measure in measures {
                measure.of.iter().for_each(&mut add_scalar);
                measure.filter.visit_scalars(&mut add_scalar);
            }
        }
        Shape::Rows { columns } => columns.iter().for_each(|column| add_scalar(&column.value)),
    }
    query.order.iter().for_each(|key| add_scalar(&key.of));
    query.lookups.iter().flat_map(|lookup| &lookup.keys).for_each(|key| add(&key.from));
    read
}

/// The plan of a query. Its columns are named `c0`, `c1` and so on, in the order of the answer.
pub(crate) fn logical_plan(query: &ResolvedQuery, tables: &Tables) -> Result<LogicalPlan> {
    let mut read = columns_read(query);
    let columns = read.remove(&None).unwrap_or_default();
    let scalars = Scalars::new(query, &tables.lookups);
    let with_ordinal = matches!(query.shape, Shape::Rows { .. });
    let mut plan = looked_up(scan(&tables.base, &columns, with_ordinal)?, &scalars)?;
    if query.filter != Predicate::Constant(true) {
        plan = plan.filter(filters::condition(&query.filter, &scalars)?)?;
    }
    match &query.shape {
        Shape::Grouped { dimensions, measures, having } => grouped(plan, query, &scalars, dimensions, measures, having),
        Shape::Rows { columns } => rows(plan, query, &scalars, columns),
    }
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
        read.extend(scalar.column_ref().map(|column| column.column.clone()));
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

/// The name of a column of the answer inside plans.
fn place(index: usize) -> String {
    format!("c{index}")
}

fn grouped(
    plan: LogicalPlanBuilder,
    query: &ResolvedQuery,
    scalars: &Scalars<'_>,
    dimensions: &[Dimension],
    measures: &[Measure],
    having: &Predicate,
) -> Result<LogicalPlan> {
    let mut keys = Vec::with_capacity(dimensions.len());
    let mut finished = Vec::with_capacity(dimensions.len() + measures.len());
    for (index, dimension) in dimensions.iter().enumerate() {
        // Not the name of the answer's column: an optimizer rule takes columns of one name for the same.
        let name = format!("key{index}");
        let (key, value) = scalars.key(&dimension.value, named(&name))?;
        keys.push(key.alias(name));
        finished.push(value.alias(place(index)));
    }
    let mut values = Vec::with_capacity(measures.len());
    for (index, measure) in measures.iter().enumerate() {
        let name = format!("value{index}");
        finished.push(named(&name).alias(place(dimensions.len() + index)));
        values.push(measures::aggregate(measure, scalars)?.alias(name));
    }
    let mut plan = plan.aggregate(keys, values)?.project(finished)?;
    if *having != Predicate::Constant(true) {
        plan = plan.filter(filters::condition(having, scalars)?)?;
    }
    let order = query.order.iter().map(|key| sort_expr(key, scalars)).collect::<Result<Vec<_>>>()?;
    ordered(plan, order, query)?.build()
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
