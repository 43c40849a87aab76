//! A dataset as its asker may see it, without a query.

use super::{
    ColumnRef, DEFAULT_MAX_ROWS, DatasetRef, Dimension, Output, OutputType, ResolvedQuery, Scalar, Shape, scoped,
};
use crate::catalog::DatasetEntry;
use crate::error::Result;
use crate::model::WeekStart;
use crate::scope::Scope;
use crate::time::{Calendar, Zone};

/// All columns of a dataset, over the rows that its own filters leave under a scope.
///
/// # Errors
///
/// `AccessDenied` if the scope does not decide a filter.
pub(crate) fn dataset_rows(dataset: &DatasetEntry, scope: &Scope) -> Result<ResolvedQuery> {
    let calendar = Calendar::new(Zone::utc(), WeekStart::default(), 1)?;
    let columns = dataset.columns.iter().map(|column| Dimension {
        value: Scalar::Column(ColumnRef { lookup: None, column: column.id.clone(), column_type: column.column_type }),
        output: Output::plain(&column.id, OutputType::Plain(column.column_type)),
    });
    Ok(ResolvedQuery {
        base: DatasetRef { name: dataset.name.clone(), id: dataset.id },
        filter: scoped::dataset_filters(dataset, scope, &calendar)?,
        calendar,
        locale: "en".to_owned(),
        lookups: Vec::new(),
        shape: Shape::Rows { columns: columns.collect() },
        order: Vec::new(),
        limit: None,
        offset: 0,
        max_rows: DEFAULT_MAX_ROWS,
        total_rows: false,
    })
}
