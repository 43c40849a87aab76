//! What nobody waits for any more stops soon, and executions tell how they ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use drillcore::{
    BatchIter, Column, Dataset, Engine, Error, ErrorKind, ExecutionStage, ExecutionStatus, MemorySource, Query,
    ReadRequest, Scope, Source, column, count, distinct_count, median, stddev, sum,
};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

const BATCH: i64 = 8_192;
/// What is aimed at is a tenth of a second; a machine that is busy with other tests may take longer.
const SOON: Duration = Duration::from_secs(1);

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().expect("a runtime")
}

fn batch() -> RecordBatch {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values((0..BATCH).map(|row| row * 7_919 % 1_009)));
    let texts = (0..BATCH).map(|row| format!("member {}", row * 104_729 % 5_003));
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    RecordBatch::try_from_iter([("n", numbers), ("t", texts)]).expect("a batch")
}

/// The same batch without end, or up to a failure.
#[derive(Debug)]
struct Endless {
    batches: MemorySource,
    rows: Arc<AtomicU64>,
    fails_after: Option<u64>,
}

impl Source for Endless {
    fn describe(&self) -> String {
        "endless".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>, Error> {
        self.batches.discover()
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter, Error> {
        let batch = self.batches.read(request)?.next().expect("one batch")?;
        let (rows, fails_after) = (Arc::clone(&self.rows), self.fails_after);
        Ok(Box::new(std::iter::from_fn(move || {
            let before = rows.fetch_add(batch.num_rows() as u64, Ordering::SeqCst);
            if fails_after.is_some_and(|last| before > last) {
                return Some(Err(Error::source_error("the line is cut")));
            }
            Some(Ok(batch.clone()))
        })))
    }
}

/// An engine with a dataset `endless`, a small one `few`, and what counts the rows read of the first.
async fn engine(threads: usize, fails_after: Option<u64>) -> (Engine, Arc<AtomicU64>) {
    let engine = Engine::builder().threads(threads).in_memory().expect("an engine");
    let rows = Arc::new(AtomicU64::new(0));
    let source = Endless { batches: MemorySource::new(vec![batch()]), rows: Arc::clone(&rows), fails_after };
    engine.create(Dataset::from_source("endless", Arc::new(source))).await.expect("a dataset");
    engine.create(Dataset::batches("few", vec![batch()])).await.expect("a dataset");
    (engine, rows)
}

fn totals(dataset: &str) -> Query {
    Query::on(dataset).dimension(column("t")).measure(sum("n")).measure(count())
}

fn all() -> Scope {
    Scope::unrestricted()
}

/// Waits until rows are read.
async fn begun(rows: &AtomicU64) {
    let started = Instant::now();
    while rows.load(Ordering::SeqCst) == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "nothing is read");
        sleep(Duration::from_millis(1)).await;
    }
}

/// How long it takes until no row is read any more.
async fn stopped(rows: &AtomicU64) -> Duration {
    let started = Instant::now();
    let (mut before, mut last) = (rows.load(Ordering::SeqCst), Duration::ZERO);
    // Still for a while means stopped: the source itself never waits.
    while started.elapsed() < last + Duration::from_millis(100) {
        assert!(started.elapsed() < Duration::from_secs(10), "the source is read for ever");
        sleep(Duration::from_millis(2)).await;
        let now = rows.load(Ordering::SeqCst);
        if now != before {
            (before, last) = (now, started.elapsed());
        }
    }
    last
}

#[test]
fn a_dropped_query_stops_reading_its_source() {
    runtime().block_on(async {
        let (engine, rows) = engine(2, None).await;
        for attempt in 0..3 {
            rows.store(0, Ordering::SeqCst);
            let (query, scope) = (totals("endless"), all());
            let ended = timeout(Duration::from_millis(150), engine.query(&query, &scope)).await;
            assert!(ended.is_err(), "an endless query has ended");
            let took = stopped(&rows).await;
            println!("attempt {attempt}: {} rows read, stopped after {took:?}", rows.load(Ordering::SeqCst));
            assert!(rows.load(Ordering::SeqCst) > 0);
            assert!(took < SOON, "{took:?}");
        }
    });
}

#[test]
fn a_dropped_aggregation_frees_its_thread() {
    runtime().block_on(async {
        // The only thread of the engine: another query is answered only when it is free.
        let (engine, _) = engine(1, None).await;
        engine.create(Dataset::batches("many", vec![batch(); 2_000])).await.expect("a dataset");
        let heavy = Query::on("many")
            .dimension(column("t"))
            .measure(median("n"))
            .measure(stddev("n"))
            .measure(distinct_count("n"));
        let few = Query::on("few").measure(sum("n"));
        engine.query(&few, &all()).await.expect("an answer");
        for attempt in 0..3 {
            let ended = timeout(Duration::from_millis(60), engine.query(&heavy, &all())).await;
            assert!(ended.is_err(), "the long query is too short for this test");
            let dropped = Instant::now();
            engine.query(&few, &all()).await.expect("an answer");
            let took = dropped.elapsed();
            println!("attempt {attempt}: the thread is free after {took:?} at the latest");
            assert!(took < SOON, "{took:?}");
        }
    });
}

#[test]
fn an_execution_is_waited_for_by_many() {
    runtime().block_on(async {
        let (engine, _) = engine(2, None).await;
        let execution = engine.execute(&totals("few").named("members"), &all());
        let other = execution.clone();
        let (one, two) = futures::join!(execution.wait(), other.wait());
        let (one, two) = (one.expect("an answer"), two.expect("an answer"));
        assert_eq!(one.num_rows(), 5_003.min(BATCH as usize));
        assert_eq!(one.to_json(), two.to_json());
        assert_eq!(execution.status(), ExecutionStatus::Success);
        let progress = execution.progress();
        assert_eq!((progress.stage, progress.rows_read), (ExecutionStage::Finishing, BATCH as u64));
        sleep(Duration::from_millis(5)).await;
        assert_eq!(execution.progress(), progress, "time stands still at the end");
        execution.cancel();
        assert_eq!(other.status(), ExecutionStatus::Success, "a final state never changes");
        assert_eq!(other.wait().await.expect("an answer").to_json(), one.to_json());
        assert!(engine.executions().is_empty());
    });
}

#[test]
fn an_execution_can_be_cancelled() {
    runtime().block_on(async {
        let (engine, rows) = engine(2, None).await;
        let execution = engine.execute(&totals("endless").named("for ever"), &all());
        begun(&rows).await;
        let listed = engine.executions();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].id, listed[0].name.as_deref()), (execution.id(), Some("for ever")));
        assert_eq!((listed[0].dataset.as_deref(), listed[0].status), (Some("endless"), ExecutionStatus::Running));
        let started = Instant::now();
        while execution.progress().rows_read == 0 {
            assert!(started.elapsed() < Duration::from_secs(10), "no progress");
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(execution.progress().stage, ExecutionStage::Reading);
        let waiting = execution.clone();
        let (error, ()) = futures::join!(waiting.wait(), async { execution.cancel() });
        assert_eq!(error.expect_err("no answer").kind(), ErrorKind::Cancelled);
        assert_eq!(execution.status(), ExecutionStatus::Cancelled);
        execution.cancel();
        assert_eq!(execution.wait().await.expect_err("no answer").kind(), ErrorKind::Cancelled);
        assert!(stopped(&rows).await < SOON);
        assert!(engine.executions().is_empty());
    });
}

#[test]
fn the_last_handle_cancels() {
    runtime().block_on(async {
        let (engine, rows) = engine(2, None).await;
        let execution = engine.execute(&totals("endless"), &all());
        let other = execution.clone();
        begun(&rows).await;
        drop(execution);
        let before = rows.load(Ordering::SeqCst);
        let started = Instant::now();
        while rows.load(Ordering::SeqCst) == before {
            assert!(started.elapsed() < Duration::from_secs(10), "it stopped although somebody holds it");
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(other.status(), ExecutionStatus::Running);
        drop(other);
        assert!(stopped(&rows).await < SOON);
        assert!(engine.executions().is_empty());
    });
}

#[test]
fn failures_are_told_apart() {
    runtime().block_on(async {
        let (engine, _) = engine(2, Some(100_000)).await;
        let unending = self::engine(2, None).await.0;
        let cases = [
            (&engine, totals("nowhere"), ExecutionStatus::Failed(ErrorKind::InvalidQuery), ErrorKind::NotFound),
            (&engine, totals("endless"), ExecutionStatus::Failed(ErrorKind::SourceError), ErrorKind::SourceError),
            (
                &engine,
                totals("few").max_rows(3),
                ExecutionStatus::Failed(ErrorKind::LimitExceeded),
                ErrorKind::LimitExceeded,
            ),
            (
                &unending,
                totals("endless").timeout(Duration::from_millis(60)),
                ExecutionStatus::TimedOut,
                ErrorKind::LimitExceeded,
            ),
        ];
        for (engine, query, status, kind) in cases {
            let execution = engine.execute(&query, &all());
            let error = execution.wait().await.expect_err("no answer");
            assert_eq!((execution.status(), error.kind()), (status, kind), "{error}");
            execution.cancel();
            assert_eq!(execution.status(), status);
        }
    });
}

#[test]
fn equal_queries_over_a_snapshot_all_get_the_answer() {
    runtime().block_on(async {
        let (engine, _) = engine(2, None).await;
        engine.accelerate("few", drillcore::Acceleration::full()).await.expect("accelerated");
        engine.sync("few").await.expect("a sync");
        let alone = engine.query(&totals("few"), &all()).await.expect("an answer");
        let (query, scope) = (totals("few"), all());
        let asked = (0..20).map(|index| {
            let query = query.clone().named(format!("query {index}"));
            let (engine, scope) = (engine.clone(), scope.clone());
            async move { (index, engine.query(&query, &scope).await.expect("an answer")) }
        });
        let mut ids = std::collections::BTreeSet::new();
        for (index, answer) in futures::future::join_all(asked).await {
            assert_eq!(answer.data_json(), alone.data_json());
            assert_eq!(answer.name(), Some(format!("query {index}").as_str()), "each keeps its own name");
            assert!(ids.insert(answer.query_id()), "each has its own identity");
        }
    });
}
