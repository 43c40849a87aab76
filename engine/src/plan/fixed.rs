//! The values of a query that are fixed for the keys of rows.

use std::sync::Arc;

use crate::links::FixedTable;
use crate::resolve::{FixedValue, ResolvedQuery};

/// The values by key that are read before the rows of a query.
#[derive(Debug, Default)]
pub(crate) struct FixedValues(Vec<Known>);

#[derive(Debug)]
struct Known {
    of: Arc<FixedValue>,
    table: FixedTable,
    rows_scanned: Option<u64>,
}

impl FixedValues {
    /// Values of which nothing but the type is known, for plans that are not run.
    pub(crate) fn unread(query: &ResolvedQuery) -> Self {
        let unread = |of: &Arc<FixedValue>| {
            let value_type = of.value.output_type().column_type().arrow();
            Known { of: Arc::clone(of), table: FixedTable::unread(&value_type), rows_scanned: Some(0) }
        };
        Self(query.fixed_values().into_iter().map(unread).collect())
    }

    /// Adds the values that were read, from so many rows.
    pub(crate) fn add(&mut self, of: &Arc<FixedValue>, table: FixedTable, rows_scanned: Option<u64>) {
        self.0.push(Known { of: Arc::clone(of), table, rows_scanned });
    }

    pub(super) fn find(&self, of: &Arc<FixedValue>) -> Option<&FixedTable> {
        self.0.iter().find(|known| known.of == *of).map(|known| &known.table)
    }

    /// Rows that were read.
    pub(crate) fn rows_scanned(&self) -> Option<u64> {
        self.0.iter().map(|known| known.rows_scanned).sum()
    }
}
