//! Order lines in an engine, kept as a snapshot in a store on disk, and how long syncs and answers take.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use drillcore::{Acceleration, Dataset, Engine, Query, QueryResult, Scope, Source, SyncReport, VerifyReport};

use crate::{CountedStorage, Delta, Lines, Result, Syncs, bytes_below, median};

/// The dataset of order lines.
pub const LINES: &str = "lines";

/// Deltas by key: rows are added and changed.
pub fn keyed() -> Acceleration {
    Acceleration::delta("created_at").key(["id"]).insert_update("updated_at")
}

/// An engine with order lines.
#[derive(Debug)]
pub struct SyncedLines {
    engine: Engine,
    scope: Scope,
    storage: CountedStorage,
    folder: PathBuf,
    /// The source of the dataset.
    pub lines: Arc<Lines>,
}

/// What a delta took.
#[derive(Debug, Clone, Copy)]
pub struct DeltaFigures {
    /// From the call to the report.
    pub took: Duration,
    /// What was made durable meanwhile.
    pub syncs: Syncs,
    /// Whether upkeep had something to do at the end.
    pub upkeep: bool,
}

impl SyncedLines {
    /// So many rows in a store in a folder, not synced yet.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used.
    pub async fn open(folder: &Path, rows: u64, acceleration: Acceleration) -> Result<Self> {
        let storage = CountedStorage::open(folder)?;
        let engine = Engine::builder().storage(Arc::new(storage.clone())).await?;
        let lines = Arc::new(Lines::new(rows));
        let source: Arc<dyn Source> = Arc::<Lines>::clone(&lines);
        engine.create(Dataset::from_source(LINES, source)).await?;
        engine.accelerate(LINES, acceleration).await?;
        Ok(Self { engine, scope: Scope::unrestricted(), storage, folder: folder.to_owned(), lines })
    }

    /// Brings the snapshot up to date.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub async fn sync(&self) -> SyncReport {
        self.engine.sync(LINES).await.expect("a sync")
    }

    /// Changes or adds so many rows at the source and brings the snapshot up to date, which is what is measured.
    ///
    /// # Panics
    ///
    /// If that fails, or if other rows came.
    pub async fn delta(&self, delta: Delta, rows: u64) -> DeltaFigures {
        self.lines.change(delta, rows);
        let (before, start) = (self.storage.syncs(), Instant::now());
        let report = self.sync().await;
        let took = start.elapsed();
        let wanted = if delta == Delta::Appended { (rows, 0) } else { (0, rows) };
        assert_eq!((report.inserted, report.updated), wanted, "rows that were inserted and updated");
        assert_eq!(report.rows, self.lines.rows(), "the rows of the dataset");
        DeltaFigures { took, syncs: self.storage.syncs().since(before), upkeep: report.upkeep.is_some() }
    }

    /// The answer to a query, from the snapshot.
    ///
    /// # Panics
    ///
    /// If there is none, or if it came from the source.
    pub async fn answer(&self, query: &Query) -> QueryResult {
        let answer = self.engine.query(query, &self.scope).await.expect("an answer");
        assert_eq!(answer.provenance().path, drillcore::Path::Snapshot, "the answer came from another place");
        answer
    }

    /// The rows of [`SyncedLines::answer`].
    pub async fn ask(&self, query: &Query) -> Vec<RecordBatch> {
        self.answer(query).await.batches().to_vec()
    }

    /// How long an answer takes.
    pub async fn time_to_answer(&self, query: &Query) -> Duration {
        let start = Instant::now();
        self.ask(query).await;
        start.elapsed()
    }

    /// The median of so many answers, one after the other.
    pub async fn median_answer(&self, query: &Query, runs: usize) -> Duration {
        let mut times = Vec::with_capacity(runs);
        for _ in 0..runs {
            times.push(self.time_to_answer(query).await);
        }
        median(times)
    }

    /// Reads everything that the store keeps and checks it.
    ///
    /// # Panics
    ///
    /// If that fails, or if something is damaged.
    pub async fn verify(&self) -> VerifyReport {
        let report = self.engine.verify().await.expect("a check of the store");
        assert!(report.damage.is_empty(), "damage: {:?}", report.damage);
        report
    }

    /// How many rows are dead, which means deleted and still in the files, for each row that there is.
    ///
    /// # Panics
    ///
    /// If there is no version yet.
    pub async fn dead_share(&self) -> f64 {
        let versions = self.engine.versions(LINES).await.expect("the versions");
        let newest = versions.last().expect("a version");
        newest.deleted_rows as f64 / newest.rows as f64
    }

    /// The bytes of all that the store keeps, earlier versions included.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read.
    pub fn bytes_on_disk(&self) -> Result<u64> {
        Ok(bytes_below(&self.folder)?)
    }
}
