//! One pass over the rows for a query with further steps: keys and the arguments of aggregates as columns, and the
//! aggregates over them, so that their states can be kept and merged.

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::type_coercion::functions::fields_with_udf;
use datafusion::logical_expr::{AggregateUDF, Expr, ExprSchemable, LogicalPlan, cast, lit};

use super::scalars::Scalars;
use super::{Tables, filtered_rows, filters, key_name, measures, named};
use crate::resolve::{Domain, Part, Predicate, ResolvedQuery, Scalar};

/// What is aggregated in one pass.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    pub(crate) keys: Vec<&'a Scalar>,
    pub(crate) parts: Vec<&'a Part>,
    pub(crate) filter: &'a Predicate,
}

/// A plan whose first columns are the keys, and the aggregates over its further columns.
#[derive(Debug)]
pub(crate) struct PassPlan {
    pub(crate) plan: LogicalPlan,
    pub(crate) keys: usize,
    pub(crate) aggregates: Vec<Aggregate>,
}

/// An aggregate over columns of a plan.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub(crate) function: Arc<AggregateUDF>,
    pub(crate) distinct: bool,
    /// The places of its arguments.
    pub(crate) arguments: Vec<usize>,
    /// The place of its filter.
    pub(crate) filter: Option<usize>,
}

/// The plan of a pass.
pub(crate) fn pass_plan(query: &ResolvedQuery, tables: &Tables, pass: &Pass<'_>) -> Result<PassPlan> {
    let scalars = Scalars::new(query, tables);
    let rows = filtered_rows(query, tables, &scalars, pass.filter, false)?;
    let schema = Arc::clone(rows.schema());
    let mut columns = Vec::new();
    for (index, key) in pass.keys.iter().enumerate() {
        let (key, _) = scalars.key(key, lit(false))?;
        columns.push(key.alias(key_name(index)));
    }
    let mut aggregates = Vec::with_capacity(pass.parts.len());
    for part in &pass.parts {
        let mut column = |expr: Expr| {
            let place = columns.len();
            columns.push(expr.alias(format!("argument{place}")));
            place
        };
        let Expr::AggregateFunction(AggregateFunction { func, params }) = measures::aggregate(part, &scalars)? else {
            return Err(DataFusionError::Internal("an aggregate is none".to_owned()));
        };
        let fields =
            params.args.iter().map(|argument| Ok(argument.to_field(&schema)?.1)).collect::<Result<Vec<_>>>()?;
        let taken = fields_with_udf(&fields, func.as_ref())?;
        let arguments = params.args.into_iter().zip(taken).zip(&fields).map(|((argument, taken), field)| {
            let same = taken.data_type() == field.data_type();
            if same { argument } else { cast(argument, taken.data_type().clone()) }
        });
        let arguments = arguments.map(&mut column).collect();
        let filter = params.filter.map(|filter| column(*filter));
        aggregates.push(Aggregate { function: func, distinct: params.distinct, arguments, filter });
    }
    if columns.is_empty() {
        columns.push(lit(true).alias("row"));
    }
    Ok(PassPlan { plan: rows.project(columns)?.build()?, keys: pass.keys.len(), aggregates })
}

/// The distinct keys of a dimension over the rows of its domain.
pub(crate) fn domain_plan(query: &ResolvedQuery, tables: &Tables, of: &Scalar, domain: &Domain) -> Result<LogicalPlan> {
    let scalars = Scalars::new(query, tables);
    let filter = match domain {
        Domain::Rows(filter) => filter.clone(),
        _ => Predicate::Constant(true),
    };
    let rows = filtered_rows(query, tables, &scalars, &filter, false)?;
    let (key, _) = scalars.key(of, lit(false))?;
    rows.aggregate([key.alias(key_name(0))], Vec::<Expr>::new())?.project([named(&key_name(0))])?.build()
}

/// The condition that rows of a link's target must meet, and the key of a dimension on it, over its row numbers.
pub(crate) fn lookup_domain(
    query: &ResolvedQuery,
    tables: &Tables,
    of: &Scalar,
    filter: &Predicate,
) -> Result<(Expr, Expr)> {
    let scalars = Scalars::new(query, tables).without_ordinals();
    let (key, _) = scalars.key(of, lit(false))?;
    Ok((filters::condition(filter, &scalars)?, key))
}
