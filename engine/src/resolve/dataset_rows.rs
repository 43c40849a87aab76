//! A dataset as its asker may see it, without a query.

use super::definitions::own_value;
use super::{DEFAULT_MAX_ROWS, DatasetRef, Dimension, Output, ResolvedQuery, Shape, scoped};
use crate::catalog::DatasetEntry;
use crate::error::Result;
use crate::model::WeekStart;
use crate::scope::Scope;
use crate::time::{Calendar, Zone};

/// All columns of a dataset, derived ones too if they are made of its rows alone, over the rows that its own filters
/// leave under a scope. `now` is in microseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
///
/// `AccessDenied` if the scope does not decide a filter.
pub(crate) fn dataset_rows(dataset: &DatasetEntry, scope: &Scope, now: i64) -> Result<ResolvedQuery> {
    let calendar = Calendar::new(Zone::utc(), WeekStart::default(), 1)?;
    let mut value = |id: &str| own_value(dataset, id, &calendar, now);
    let mut columns = Vec::with_capacity(dataset.columns.len() + dataset.derived.len());
    for id in dataset.own_columns() {
        let value = value(id)?;
        columns.push(Dimension { output: Output::plain(id, value.output_type()), value });
    }
    let filter = scoped::dataset_filters(dataset, scope, &calendar, &mut value)?;
    Ok(ResolvedQuery {
        base: DatasetRef { name: dataset.name.clone(), id: dataset.id },
        filter,
        calendar,
        locale: "en".to_owned(),
        lookups: Vec::new(),
        shape: Shape::Rows { columns },
        order: Vec::new(),
        limit: None,
        offset: 0,
        max_rows: DEFAULT_MAX_ROWS,
        total_rows: false,
    })
}
