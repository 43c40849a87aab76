//! How the engine gets at the table: through a source of the test's own, which leaves out as much as it is allowed to,
//! or through a Parquet file with small row groups. Only the file outlives an engine.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drillcore::{BatchIter, Column, Dataset, Error, ReadRequest, Result, Source};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

use super::row::{Row, micros};
use super::table::Table;

/// Rows of a batch, and of a row group.
const BATCH_ROWS: usize = 4;

/// How a source takes the permission to leave out old rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// It gives all rows.
    Ignored,
    /// It gives all batches that have a row which is wanted.
    Batches,
    /// It gives just the rows that are wanted.
    Rows,
}

impl Since {
    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignored => "that gives all",
            Self::Batches => "that leaves out batches",
            Self::Rows => "that leaves out rows",
        }
    }
}

/// A source over a table that changes between two readings.
#[derive(Debug, Clone)]
pub struct TableSource {
    table: Arc<Mutex<Table>>,
    since: Since,
}

impl TableSource {
    /// A source over this table.
    #[must_use]
    pub fn new(table: &Arc<Mutex<Table>>, since: Since) -> Self {
        Self { table: Arc::clone(table), since }
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a request that allows to leave out old rows wants this one.
fn is_wanted(row: &Row, request: &ReadRequest) -> bool {
    request.since.as_ref().is_none_or(|since| {
        since.columns.iter().any(|column| {
            let at = match column.as_str() {
                "created_at" => row.created,
                "updated_at" => row.updated,
                "deleted_at" => row.deleted,
                // What the test does not know must not be left out.
                _ => return true,
            };
            at.is_some_and(|at| micros(at) >= since.at_us)
        })
    })
}

impl Source for TableSource {
    fn describe(&self) -> String {
        "a table of a test".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>> {
        let columns = lock(&self.table).columns;
        Ok(columns.ids().into_iter().map(|id| Column::new(id, columns.column_type(id))).collect())
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        let table = lock(&self.table).clone();
        let known = table.columns.ids();
        let mut ids = Vec::new();
        for column in &request.columns {
            let id = known.iter().find(|id| **id == column.source_name);
            ids.push(*id.ok_or_else(|| Error::source_error(format!("there is no column `{}`", column.source_name)))?);
        }
        let limit = request.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let rows: Vec<Row> = match self.since {
            Since::Rows => table.rows.iter().filter(|row| is_wanted(row, request)).take(limit).cloned().collect(),
            _ => table.rows.iter().take(limit).cloned().collect(),
        };
        let mut batches = Vec::new();
        for chunk in rows.chunks(BATCH_ROWS) {
            if self.since != Since::Batches || chunk.iter().any(|row| is_wanted(row, request)) {
                batches.push(Ok(table.batch(chunk, &ids)));
            }
        }
        Ok(Box::new(batches.into_iter()))
    }
}

/// The way from the table to the engine.
#[derive(Debug)]
pub struct Feed {
    table: Arc<Mutex<Table>>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Memory(Since),
    File { dir: TempDir },
}

impl Feed {
    /// An empty table behind a source of the test's own, or in a file if there is no `since`.
    ///
    /// # Panics
    /// If the file system refuses.
    #[must_use]
    pub fn new(since: Option<Since>) -> Self {
        let way = match since {
            Some(since) => Way::Memory(since),
            None => Way::File { dir: tempfile::tempdir().expect("a folder") },
        };
        let feed = Self { table: Arc::default(), way };
        feed.publish();
        feed
    }

    /// The table, to be changed or looked at.
    pub fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }

    /// A dataset over it.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Dataset {
        match &self.way {
            Way::Memory(since) => Dataset::from_source(name, Arc::new(TableSource::new(&self.table, *since))),
            Way::File { dir } => Dataset::parquet(name, path(dir)),
        }
    }

    /// Makes what was changed visible to the engine.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn publish(&self) {
        let Way::File { dir } = &self.way else { return };
        let table = self.table();
        let batch = table.batch(&table.rows, &table.columns.ids());
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(BATCH_ROWS)).build();
        let file = File::create(path(dir)).expect("a file");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
        writer.write(&batch).expect("a written batch");
        writer.close().expect("a finished file");
    }
}

fn path(dir: &TempDir) -> PathBuf {
    dir.path().join("table.parquet")
}
