//! Values of a row as expressions.

use arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, cast};

use super::{LookupTable, named, place};
use crate::functions::{bucket_expr, cyclic_expr};
use crate::links::{link_column, link_row};
use crate::resolve::{ColumnRef, ResolvedQuery, Scalar};
use crate::time::Calendar;

/// Turns the values of one query into expressions.
pub(super) struct Scalars<'a> {
    query: &'a ResolvedQuery,
    lookups: &'a [LookupTable],
    /// The expression that finds the row of each lookup.
    rows: Vec<Expr>,
}

impl<'a> Scalars<'a> {
    pub(super) fn new(query: &'a ResolvedQuery, lookups: &'a [LookupTable]) -> Result<Self> {
        let mut scalars = Self { query, lookups, rows: Vec::with_capacity(lookups.len()) };
        for (lookup, table) in query.lookups.iter().zip(lookups) {
            let mut keys = Vec::with_capacity(lookup.keys.len());
            for key in &lookup.keys {
                keys.push(as_type(scalars.column(&key.from)?, &key.from, &key.key_type.arrow()));
            }
            scalars.rows.push(link_row(std::sync::Arc::clone(&table.index), &lookup.chain, keys));
        }
        Ok(scalars)
    }

    /// For plans over one dataset alone.
    pub(super) fn of_base(query: &'a ResolvedQuery) -> Self {
        Self { query, lookups: &[], rows: Vec::new() }
    }

    pub(super) fn calendar(&self) -> &Calendar {
        &self.query.calendar
    }

    pub(super) fn expr(&self, scalar: &Scalar) -> Result<Expr> {
        match scalar {
            Scalar::Column(column) => self.column(column),
            Scalar::Bucket { of, level } => Ok(bucket_expr(self.column(of)?, *level, self.calendar())),
            Scalar::Cyclic { of, part } => Ok(cyclic_expr(self.column(of)?, *part, self.calendar())),
            Scalar::Output { index, .. } => Ok(named(&place(*index))),
        }
    }

    fn column(&self, column: &ColumnRef) -> Result<Expr> {
        let Some(lookup) = column.lookup else { return Ok(named(&column.column)) };
        let missing = || DataFusionError::Internal(format!("lookup column {} was not read", column.column));
        let table = self.lookups.get(lookup).ok_or_else(missing)?;
        let chain = self.query.lookups.get(lookup).map(|lookup| lookup.chain.as_str()).ok_or_else(missing)?;
        let row = self.rows.get(lookup).cloned().ok_or_else(missing)?;
        let values = table.columns.get(&column.column).ok_or_else(missing)?;
        Ok(link_column(&table.index, chain, &column.column, std::sync::Arc::clone(values), row))
    }
}

/// The expression, cast where the column holds another type.
fn as_type(expr: Expr, column: &ColumnRef, data_type: &DataType) -> Expr {
    if column.column_type.arrow() == *data_type { expr } else { cast(expr, data_type.clone()) }
}
