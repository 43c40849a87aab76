//! Conditions for reading a table outside the plan of a query.

use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use super::filters::condition;
use super::scalars::Scalars;
use crate::resolve::{Predicate, ResolvedQuery};

/// Conditions on columns of the base alone, as a table takes them for pruning.
pub(crate) fn scan_filters(query: &ResolvedQuery, conditions: &[Predicate]) -> Result<Vec<Expr>> {
    let scalars = Scalars::of_base(query);
    conditions.iter().map(|part| condition(part, &scalars)).collect()
}
