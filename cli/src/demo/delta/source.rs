//! A source as a service may have one: rows that are other ones the next time they are read.

use std::sync::{PoisonError, RwLock};

use arrow::array::RecordBatch;
use drillcore::{BatchIter, Column, MemorySource, ReadRequest, Result, Source};

/// Rows in memory that can be exchanged while an engine knows them.
#[derive(Debug)]
pub(super) struct ChangingSource {
    rows: RwLock<MemorySource>,
}

impl ChangingSource {
    pub(super) fn new(rows: Vec<RecordBatch>) -> Self {
        Self { rows: RwLock::new(MemorySource::new(rows)) }
    }

    /// Has these rows from now on. What is being read is read to its end as it was.
    pub(super) fn show(&self, rows: Vec<RecordBatch>) {
        *self.rows.write().unwrap_or_else(PoisonError::into_inner) = MemorySource::new(rows);
    }

    fn now(&self) -> MemorySource {
        self.rows.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Source for ChangingSource {
    fn describe(&self) -> String {
        "rows of the demo that change".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>> {
        self.now().discover()
    }

    /// A delta gets all rows too, because the engine leaves out what has not changed. A source that is far away would
    /// look at [`ReadRequest::since`] and send less.
    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        self.now().read(request)
    }
}
