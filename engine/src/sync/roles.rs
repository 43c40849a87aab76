//! The columns that a sync goes by.

use arrow::array::{Array, ArrayRef, RecordBatch};

use crate::catalog::{Acceleration, Strategy};
use crate::error::{Error, Result};
use crate::model::Column;

use super::versions::micros;

/// Where the columns stand that a sync goes by, among the columns of the dataset. In all rows that a sync handles these
/// come first, and the ordinal comes last.
#[derive(Debug, Clone)]
pub(crate) struct Roles {
    pub(crate) strategy: Strategy,
    /// Empty without a key.
    pub(crate) key: Vec<usize>,
    pub(crate) created: Option<usize>,
    /// The columns whose latest value is the version of a row.
    pub(crate) versions: Vec<usize>,
    /// Only where a value there means that the row is deleted.
    pub(crate) deleted: Option<usize>,
    pub(crate) cluster: Vec<usize>,
    /// How many columns the dataset has.
    pub(crate) columns: usize,
}

impl Roles {
    pub(crate) fn new(acceleration: &Acceleration, columns: &[Column]) -> Result<Self> {
        let place = |id: &str| {
            let found = columns.iter().position(|column| column.id == id);
            found.ok_or_else(|| Error::internal(format!("there is no column `{id}` any more that syncs go by")))
        };
        let deletes = acceleration.strategy == Strategy::InsertUpdateDelete;
        let deleted = acceleration.deleted_at.as_deref().filter(|_| deletes);
        Ok(Self {
            strategy: acceleration.strategy,
            key: acceleration.key.iter().map(|id| place(id)).collect::<Result<_>>()?,
            created: acceleration.created_at.as_deref().map(place).transpose()?,
            versions: acceleration.version_columns().map(place).collect::<Result<_>>()?,
            deleted: deleted.map(place).transpose()?,
            cluster: acceleration.cluster_by.iter().map(|id| place(id)).collect::<Result<_>>()?,
            columns: columns.len(),
        })
    }

    pub(crate) fn is_keyed(&self) -> bool {
        !self.key.is_empty()
    }

    /// The columns of the key, in its order.
    pub(crate) fn key_of(&self, rows: &RecordBatch) -> Vec<ArrayRef> {
        self.key.iter().filter_map(|place| rows.columns().get(*place)).cloned().collect()
    }

    /// The columns of the dataset.
    pub(crate) fn content_of(&self, rows: &RecordBatch) -> Vec<ArrayRef> {
        rows.columns().iter().take(self.columns).cloned().collect()
    }

    /// When each row was made.
    pub(crate) fn created_of(&self, rows: &RecordBatch) -> Result<Option<Vec<i64>>> {
        self.created.and_then(|place| rows.columns().get(place)).map(micros).transpose()
    }

    /// Which rows say that they are deleted; none if no row ever does.
    pub(crate) fn deleted_of(&self, rows: &RecordBatch) -> Option<Vec<bool>> {
        let column = rows.columns().get(self.deleted?)?;
        Some(match column.logical_nulls() {
            None => vec![true; rows.num_rows()],
            Some(nulls) => nulls.iter().collect(),
        })
    }
}
