//! Syncs that nobody waits for any more.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::execution::runtime_env::RuntimeEnv;
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::future::{Either, select};

use super::{SyncPhase, SyncProgress};
use crate::catalog::{Acceleration, Dataset};
use crate::engine::Engine;
use crate::error::{ErrorKind, Result};
use crate::model::Column;
use crate::source::{BatchIter, MemorySource, ReadRequest, Source};

const BATCHES: usize = 40;
const BATCH_ROWS: usize = 1_000;
const ROWS: u64 = (BATCHES * BATCH_ROWS) as u64;
/// A fifth of what the rows take.
const POOL: usize = 1 << 20;
/// More batches than may wait between the source and the sorting of its rows.
const WAITING: usize = 10;

/// Rows in an order of no use.
fn batch(number: usize) -> RecordBatch {
    let first = number * BATCH_ROWS;
    let mixed: Vec<i64> = (first..first + BATCH_ROWS).map(|row| i64::try_from(row * 7_919 % 40_009).unwrap()).collect();
    let texts: ArrayRef = Arc::new(mixed.iter().map(|value| Some(format!("{value:>100}"))).collect::<StringArray>());
    let numbers: ArrayRef = Arc::new(Int64Array::from(mixed));
    RecordBatch::try_from_iter([("number", numbers), ("text", texts)]).unwrap()
}

/// Batches, and whether they have come to their end.
#[derive(Debug)]
struct Many {
    batches: MemorySource,
    ended: Arc<AtomicBool>,
}

impl Source for Many {
    fn describe(&self) -> String {
        "many".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>> {
        self.batches.discover()
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        self.ended.store(false, Ordering::SeqCst);
        let ended = Arc::clone(&self.ended);
        let end = std::iter::from_fn(move || {
            ended.store(true, Ordering::SeqCst);
            None
        });
        Ok(Box::new(self.batches.read(request)?.chain(end)))
    }
}

/// Where a load is when it is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Half of its rows are read, most of which lie in temporary files.
    Reading,
    /// All are read, and come back in order to be written.
    Writing,
    /// All are written.
    Committing,
}

/// Tells when a stage is reached.
struct Watch {
    stage: Stage,
    ended: Arc<AtomicBool>,
    /// How often progress was told of since.
    since_end: AtomicUsize,
}

impl Watch {
    fn is_due(&self, progress: SyncProgress) -> bool {
        let ended = usize::from(self.ended.load(Ordering::SeqCst));
        let since_end = self.since_end.fetch_add(ended, Ordering::SeqCst) + ended;
        let committing = progress.phase == SyncPhase::Committing;
        match self.stage {
            Stage::Reading => progress.rows >= ROWS / 2,
            Stage::Writing => since_end > WAITING || committing,
            Stage::Committing => committing,
        }
    }
}

/// Bytes reserved, bytes in temporary files, and how many of these there are.
fn held(environment: &RuntimeEnv) -> (usize, u64, usize) {
    let files = environment.disk_manager.spilling_progress();
    (environment.memory_pool.reserved(), files.current_bytes, files.active_files_count)
}

/// How many files lie in the folders for temporary ones.
fn temporary(environment: &RuntimeEnv) -> usize {
    let folders = environment.disk_manager.temp_dir_paths();
    folders.iter().map(|folder| std::fs::read_dir(folder).unwrap().count()).sum()
}

/// Work that nobody waits for any more ends on its own.
fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("{what}");
}

/// Syncs, and drops that at a stage, at which the load waits till then. What was held there.
fn drop_at(engine: &Engine, stage: Stage, ended: &Arc<AtomicBool>) -> (usize, u64, usize) {
    let environment = engine.inner.executor.session().task().runtime_env();
    let watch = Watch { stage, ended: Arc::clone(ended), since_end: AtomicUsize::new(0) };
    let (reach, reached) = oneshot::channel();
    let (dropped, wait) = mpsc::channel::<()>();
    let stop = Mutex::new(Some((reach, wait)));
    let load = engine.sync_with("many", move |progress| {
        let stop = if watch.is_due(progress) { stop.lock().unwrap().take() } else { None };
        if let Some((reach, wait)) = stop {
            reach.send(held(&environment)).unwrap();
            // There is nothing to hear, but that the other end is gone.
            let _gone = wait.recv();
        }
    });
    let held_there = match block_on(select(Box::pin(load), reached)) {
        Either::Left((outcome, _)) => panic!("{stage:?}: the load has ended: {outcome:?}"),
        Either::Right((held_there, _load)) => held_there.unwrap(),
    };
    drop(dropped);
    held_there
}

#[test]
fn nothing_stays_of_a_sorted_load_that_is_dropped() {
    let ended = Arc::new(AtomicBool::new(false));
    let batches = MemorySource::new((0..BATCHES).map(batch).collect());
    for stage in [Stage::Reading, Stage::Writing, Stage::Committing] {
        let engine = Engine::builder().threads(2).memory_bytes(POOL).in_memory().unwrap();
        let source = Many { batches: batches.clone(), ended: Arc::clone(&ended) };
        block_on(engine.create(Dataset::from_source("many", Arc::new(source)))).unwrap();
        block_on(engine.accelerate("many", Acceleration::full().cluster_by(["number"]))).unwrap();
        let environment = engine.inner.executor.session().task().runtime_env();

        let (bytes, _, files) = drop_at(&engine, stage, &ended);
        assert!(stage != Stage::Reading || (bytes > 0 && files > 0), "{bytes} bytes in memory, {files} files");
        let nothing_is_held = || held(&environment) == (0, 0, 0) && temporary(&environment) == 0;
        soon("memory or temporary files are held", nothing_is_held);

        // A commit that had begun goes on to its end, and another load may lose against it.
        let mut conflicts = 0;
        let report = loop {
            match block_on(engine.sync("many")) {
                Ok(report) => break report,
                Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{stage:?}: {error}"),
            }
            conflicts += 1;
            assert!(conflicts < 10, "{stage:?}: nobody else is at work any more");
        };
        assert_eq!(report.rows, ROWS, "{stage:?}");
        soon("memory or temporary files are held", nothing_is_held);

        // Nor does anything stay that the load had written, once the last of its threads is done.
        soon("files stay that no version needs", || {
            block_on(engine.vacuum(false)).unwrap();
            let verified = block_on(engine.verify()).unwrap();
            assert!(verified.is_sound(), "{stage:?}: {verified:?}");
            verified.unneeded.is_empty()
        });
    }
}
