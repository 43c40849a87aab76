use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session as PlanSession, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::datasource::provider_as_source;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::table::tables;
use super::{Candidate, share};
use crate::error::{ErrorKind, Result};
use crate::execute::{Executor, ScanRequest, Session, failed};
use crate::model::{ColumnType, WeekStart};
use crate::resolve::{
    Bound, ColumnRef, DatasetRef, Dimension, Output, OutputType, Predicate, ResolvedQuery, Scalar, Shape, Test,
};
use crate::tables::LeafExec;
use crate::time::{Calendar, Zone};

const ROWS: usize = 100;

/// Batches of numbers in three columns. Counts how often it is scanned and how many batches it gave.
#[derive(Debug)]
struct Numbers {
    schema: SchemaRef,
    /// In each of the two partitions.
    batches: usize,
    fails: bool,
    scans: Arc<AtomicUsize>,
    given: Arc<AtomicUsize>,
}

impl Numbers {
    fn new(batches: usize) -> Self {
        let fields = ["a", "b", "c"].map(|name| Field::new(name, DataType::Int64, true));
        let schema = Arc::new(Schema::new(fields.to_vec()));
        Self { schema, batches, fails: false, scans: Arc::default(), given: Arc::default() }
    }

    /// The sum of a column over all rows.
    fn sum(&self) -> i64 {
        let (rows, batches) = (i64::try_from(ROWS).expect("few"), i64::try_from(self.batches).expect("few"));
        2 * batches * rows * (rows - 1) / 2
    }
}

#[async_trait]
impl TableProvider for Numbers {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn PlanSession,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
        self.scans.fetch_add(1, Ordering::SeqCst);
        let schema = Arc::new(self.schema.project(projection.expect("columns"))?);
        let (batches, fails, given) = (self.batches, self.fails, Arc::clone(&self.given));
        let part: Arc<dyn PartitionStream> = Arc::new(Part { schema: Arc::clone(&schema), batches, fails, given });
        Ok(Arc::new(LeafExec::new("Numbers", schema, vec![Arc::clone(&part), part], limit)))
    }
}

#[derive(Debug)]
struct Part {
    schema: SchemaRef,
    batches: usize,
    fails: bool,
    given: Arc<AtomicUsize>,
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..i64::try_from(ROWS).expect("few")));
        let columns = self.schema.fields().iter().map(|_| Arc::clone(&numbers)).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).expect("a batch");
        let (given, fails, last) = (Arc::clone(&self.given), self.fails, self.batches - 1);
        let batches = (0..self.batches).map(move |index| {
            given.fetch_add(1, Ordering::SeqCst);
            if fails && index == last {
                return Err(DataFusionError::External(Box::new(crate::Error::source_error("the disk is gone"))));
            }
            Ok(batch.clone())
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), futures::stream::iter(batches)))
    }
}

/// Runs a test on the threads of an executor.
fn on_threads<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(Session) -> F) {
    let executor = Executor::new(NonZeroUsize::new(3).expect("three"), 64 << 20).expect("threads");
    let test = test(executor.session());
    let run = async {
        let ended = executor.run(async move {
            test.await;
            Ok(())
        });
        ended.await.expect("no panic");
    };
    futures::executor::block_on(run);
}

fn request(numbers: Numbers, columns: &[usize]) -> Arc<ScanRequest> {
    Arc::new(ScanRequest { table: Arc::new(numbers), columns: columns.to_vec(), filters: Vec::new() })
}

/// What a plan over a table gives.
async fn read(
    session: Session,
    table: Arc<dyn TableProvider>,
    columns: Vec<usize>,
    limit: Option<usize>,
) -> Result<Vec<RecordBatch>> {
    let plan = LogicalPlanBuilder::scan("base", provider_as_source(table), Some(columns)).map_err(failed)?;
    let plan = if limit.is_some() { plan.limit(0, limit).map_err(failed)? } else { plan };
    let plan = session.plan(&plan.build().map_err(failed)?).await?;
    session.collect(plan).await
}

fn sum(batches: &[RecordBatch]) -> i64 {
    let first = batches.iter().filter_map(|batch| batch.columns().first());
    first.flat_map(|column| column.as_primitive::<Int64Type>().values().iter().copied()).sum()
}

fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

#[test]
fn every_query_gets_all_rows_of_one_scan() {
    on_threads(|session| async move {
        let numbers = Numbers::new(200);
        let (scans, expected) = (Arc::clone(&numbers.scans), numbers.sum());
        let shared = tables(&request(numbers, &[2, 0]), &session, &[1; 6]);
        let mut queries = JoinSet::new();
        for (index, table) in shared.into_iter().enumerate() {
            let columns = vec![vec![0], vec![2], vec![2, 0], vec![0, 2], vec![2], vec![0]].swap_remove(index);
            let session = session.clone().with_partitions(1 + index % 3);
            queries.spawn(read(session, table, columns, None));
        }
        while let Some(query) = queries.join_next().await {
            let batches = query.expect("no panic").expect("rows");
            assert_eq!((rows(&batches), sum(&batches)), (2 * 200 * ROWS, expected));
        }
        assert_eq!(scans.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn those_who_end_early_or_never_read_hold_nobody_up() {
    on_threads(|session| async move {
        let numbers = Numbers::new(200);
        let (scans, expected) = (Arc::clone(&numbers.scans), numbers.sum());
        let mut shared = tables(&request(numbers, &[0]), &session, &[1; 4]);
        let (never, early) = (shared.pop().expect("a table"), shared.pop().expect("a table"));
        let mut queries = JoinSet::new();
        for table in shared {
            queries.spawn(read(session.clone(), table, vec![0], None));
        }
        // Its table lives on after it has ended.
        let few = read(session.clone(), Arc::clone(&early), vec![0], Some(10)).await.expect("rows");
        assert_eq!(rows(&few), 10);
        drop(never);
        while let Some(batches) = queries.join_next().await {
            assert_eq!(sum(&batches.expect("no panic").expect("rows")), expected);
        }
        assert_eq!(scans.load(Ordering::SeqCst), 1);
        drop(early);
    });
}

#[test]
fn second_plans_share_a_second_scan_and_further_ones_read_alone() {
    on_threads(|session| async move {
        let numbers = Numbers::new(50);
        let (scans, expected) = (Arc::clone(&numbers.scans), numbers.sum());
        let shared = tables(&request(numbers, &[0]), &session, &[2, 1, 2]);
        let mut queries = JoinSet::new();
        for (table, plans) in shared.into_iter().zip([2, 1, 3]) {
            let session = session.clone();
            queries.spawn(async move {
                for _ in 0..plans {
                    let batches = read(session.clone(), Arc::clone(&table), vec![0], None).await.expect("rows");
                    assert_eq!(sum(&batches), expected);
                }
            });
        }
        while let Some(query) = queries.join_next().await {
            query.expect("no panic");
        }
        assert_eq!(scans.load(Ordering::SeqCst), 3, "one for all, one for two, one alone");
    });
}

#[test]
fn a_column_that_is_not_scanned_is_read_alone() {
    on_threads(|session| async move {
        let numbers = Numbers::new(3);
        let (scans, expected) = (Arc::clone(&numbers.scans), numbers.sum());
        let shared = tables(&request(numbers, &[0]), &session, &[1, 1]);
        for (table, column) in shared.into_iter().zip([1, 0]) {
            // The first one gives its seat back, so the second one is not held up.
            assert_eq!(sum(&read(session.clone(), table, vec![column], None).await.expect("rows")), expected);
        }
        assert_eq!(scans.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_failed_scan_fails_for_everybody() {
    on_threads(|session| async move {
        let numbers = Numbers { fails: true, ..Numbers::new(40) };
        let mut queries = JoinSet::new();
        for table in tables(&request(numbers, &[0]), &session, &[1; 3]) {
            queries.spawn(read(session.clone(), table, vec![0], None));
        }
        while let Some(batches) = queries.join_next().await {
            let error = batches.expect("no panic").expect_err("an error");
            assert_eq!((error.kind(), error.message()), (ErrorKind::SourceError, "the disk is gone"));
        }
    });
}

#[test]
fn the_scan_stops_when_nobody_reads_any_more() {
    on_threads(|session| async move {
        let numbers = Numbers::new(usize::MAX);
        let given = Arc::clone(&numbers.given);
        let mut queries = JoinSet::new();
        for table in tables(&request(numbers, &[0]), &session, &[1; 3]) {
            let stream = session.clone();
            queries.spawn(async move {
                let plan = LogicalPlanBuilder::scan("base", provider_as_source(table), Some(vec![0]));
                let plan = plan.and_then(LogicalPlanBuilder::build).expect("a plan");
                let plan = stream.plan(&plan).await.expect("a plan");
                let mut batches = stream.stream(plan).expect("a stream");
                while futures::StreamExt::next(&mut batches).await.is_some() {}
            });
        }
        let started = Instant::now();
        while given.load(Ordering::SeqCst) < 100 {
            assert!(started.elapsed() < Duration::from_secs(5), "the scan does not start");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        queries.shutdown().await;
        let stopped = Instant::now();
        let mut before = given.load(Ordering::SeqCst);
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let now = given.load(Ordering::SeqCst);
            if now == before {
                break;
            }
            before = now;
            assert!(stopped.elapsed() < Duration::from_secs(2), "the scan goes on");
        }
    });
}

fn column(name: &str) -> Scalar {
    Scalar::Column(ColumnRef { lookup: None, column: name.to_owned(), column_type: ColumnType::Integer })
}

fn at_least(name: &str, least: i64) -> Predicate {
    let low = Some(Bound { value: least.into(), inclusive: true });
    Predicate::Test(Test::Range { of: column(name), low, high: None, folded: false })
}

/// A query for the rows of one column.
fn query(dataset: u128, shown: &str, filter: Predicate) -> ResolvedQuery {
    let output = Output {
        name: shown.to_owned(),
        label: shown.to_owned(),
        output_type: OutputType::Plain(ColumnType::Integer),
        level: None,
        subtype: None,
        format: None,
    };
    ResolvedQuery {
        base: DatasetRef { name: "numbers".to_owned(), id: Uuid::from_u128(dataset) },
        calendar: Calendar::new(Zone::utc(), WeekStart::Monday, 1).expect("a calendar"),
        locale: "en".to_owned(),
        lookups: Vec::new(),
        filter,
        shape: Shape::Rows { columns: vec![Dimension { value: column(shown), output }] },
        order: Vec::new(),
        limit: None,
        offset: 0,
        max_rows: 10,
        total_rows: false,
    }
}

#[test]
fn those_share_who_read_the_same_rows_of_the_same_table() {
    let all = || Predicate::Constant(true);
    let both = |left, right| Predicate::all([left, right]);
    let recent = || at_least("day", 100);
    let queries = [
        (query(1, "a", both(at_least("a", 1), at_least("b", 2))), Some(7)),
        (query(1, "b", both(at_least("b", 2), at_least("c", 3))), Some(7)),
        (query(1, "a", recent()), Some(7)),
        (query(1, "c", both(recent(), at_least("a", 5))), Some(7)),
        (query(1, "a", at_least("day", 101)), Some(7)),
        (query(1, "a", all()), Some(8)),
        (query(1, "a", all()), None),
        (query(2, "a", all()), Some(7)),
    ];
    let candidates: Vec<Candidate> =
        queries.iter().map(|(query, version)| Candidate::new(query, *version, Some("day"))).collect();
    let groups = share(&candidates);
    let members: Vec<_> = groups.iter().map(|group| group.members.clone()).collect();
    assert_eq!(members, [vec![0, 1], vec![2, 3]]);
    assert_eq!(groups[0].filters, [at_least("b", 2)], "what both ask for");
    assert_eq!(groups[1].filters, [recent()]);
    assert_eq!(groups[0].columns.iter().map(String::as_str).collect::<Vec<_>>(), ["#ordinal", "a", "b", "c"]);
    assert_eq!(groups[0].passes, [1, 1]);
}

#[test]
fn a_query_that_counts_its_rows_reads_twice() {
    let counting = ResolvedQuery { total_rows: true, ..query(1, "a", at_least("a", 1)) };
    let candidates = [&counting, &query(1, "a", at_least("a", 1))].map(|query| Candidate::new(query, None, None));
    assert_eq!(share(&candidates)[0].passes, [2, 1]);
}

#[test]
fn a_group_has_a_greatest_size() {
    let queries: Vec<_> = (0..33).map(|least| query(1, "a", at_least("a", least))).collect();
    let candidates: Vec<_> = queries.iter().map(|query| Candidate::new(query, None, None)).collect();
    let sizes: Vec<_> = share(&candidates).iter().map(|group| group.members.len()).collect();
    assert_eq!(sizes, [32], "one is left alone");
}
