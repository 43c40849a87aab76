//! What asking together saves: twenty tiles of a dashboard over the flights in one batch, against twenty queries that
//! are asked at the same time and against twenty queries one after the other.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{Criterion, criterion_group, criterion_main};
use drillcore::{
    Acceleration, BatchIter, Column, CyclicPart, Dataset, Engine, Level, Link, ParquetSource, Query, QueryBatch,
    ReadRequest, Scope, Source, average, column, count, desc, distinct_count, level, max, median, min, name, stddev,
    sum,
};
use drillcore_benches::{Place, Result, cores, runtime};

/// The flights as they stand in their file. Counts the rows it gives.
#[derive(Debug)]
struct Counted {
    file: ParquetSource,
    rows: Arc<AtomicU64>,
}

impl Source for Counted {
    fn describe(&self) -> String {
        self.file.describe()
    }

    fn discover(&self) -> drillcore::Result<Vec<Column>> {
        self.file.discover()
    }

    fn read(&self, request: &ReadRequest) -> drillcore::Result<BatchIter> {
        let rows = Arc::clone(&self.rows);
        let batches = self.file.read(request)?;
        Ok(Box::new(batches.inspect(move |batch| {
            let found = batch.as_ref().map_or(0, |batch| batch.num_rows() as u64);
            rows.fetch_add(found, Ordering::Relaxed);
        })))
    }
}

/// An engine with the flights and their airlines, and what counts the rows that are read of the flights' file.
async fn engine(place: Place) -> Result<(Engine, Arc<AtomicU64>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/nycflights13");
    let engine = Engine::in_memory()?;
    let rows = Arc::new(AtomicU64::new(0));
    let flights = Counted { file: ParquetSource::new(data.join("flights.parquet")), rows: Arc::clone(&rows) };
    engine.create(Dataset::from_source("flights", Arc::new(flights))).await?;
    engine.create(Dataset::csv("airlines", data.join("airlines.csv"))).await?;
    engine.link(Link::new("airline").from("flights", ["carrier"]).to("airlines", ["carrier"])).await?;
    if place == Place::Snapshot {
        for (dataset, acceleration) in
            [("flights", Acceleration::full().cluster_by(["time_hour"])), ("airlines", Acceleration::full())]
        {
            engine.accelerate(dataset, acceleration).await?;
            engine.sync(dataset).await?;
        }
    }
    Ok((engine, rows))
}

/// Twenty tiles: figures, charts over time, lists of the best, a few with filters.
fn tiles() -> Vec<Query> {
    let on = || Query::on("flights");
    let of = |dimension: &str| on().dimension(column(dimension));
    let month = || on().dimension(level("time_hour", Level::Month));
    let july = || level("time_hour", Level::Month).equals("2013-07");
    vec![
        on().measure(count()).measure(average("arr_delay")),
        on().measure(distinct_count("tailnum")),
        on().measure(sum("distance")).measure(sum("air_time")),
        on().measure(median("dep_delay")),
        month().measure(count()),
        month().measure(average("arr_delay")),
        month().dimension(column("origin")).measure(count()),
        on().dimension(level("time_hour", Level::Day)).measure(count()),
        on().dimension(level("time_hour", CyclicPart::WeekdayName)).measure(average("dep_delay")),
        on().dimension(level("time_hour", CyclicPart::HourInDay)).measure(count()),
        of("carrier").measure(count()).measure(average("arr_delay")),
        of("airline.name").measure(sum("distance")),
        of("origin").measure(count()).measure(max("dep_delay")).measure(min("dep_delay")),
        of("dest").measure(count().named("n")).order_by(desc(name("n"))).limit(10),
        of("tailnum").measure(sum("distance").named("miles")).order_by(desc(name("miles"))).limit(10),
        of("dest").measure(stddev("arr_delay").named("spread")).order_by(desc(name("spread"))).limit(10),
        of("carrier").measure(count()).filter(column("arr_delay").greater_than(60)),
        of("origin").measure(average("air_time")).filter(column("distance").greater_than(1000)),
        of("carrier").measure(count()).filter(july()),
        on().dimension(level("time_hour", Level::Day)).measure(average("arr_delay")).filter(july()),
    ]
}

fn batch(criterion: &mut Criterion) {
    let runtime = runtime(cores()).expect("a runtime");
    let (tiles, scope) = (tiles(), Scope::unrestricted());
    let batch = QueryBatch::new(tiles.iter().cloned());
    for place in Place::ALL {
        let (engine, rows) = runtime.block_on(engine(place)).expect("the demo's data");
        let together = || async {
            for answer in engine.query_batch(&batch, &scope).await {
                answer.expect("an answer");
            }
        };
        let beside = || async {
            let asked: Vec<_> = tiles.iter().map(|tile| engine.execute(tile, &scope)).collect();
            for execution in asked {
                execution.wait().await.expect("an answer");
            }
        };
        let one_by_one = || async {
            for tile in &tiles {
                engine.query(tile, &scope).await.expect("an answer");
            }
        };
        for (way, scanned) in [
            ("together", runtime.block_on(async { counted(&rows, together()).await })),
            ("one by one", runtime.block_on(async { counted(&rows, one_by_one()).await })),
        ] {
            println!("20 tiles {way} from {}: {scanned} rows read of the file", place.name());
        }
        let mut group = criterion.benchmark_group(format!("20 tiles from {}", place.name()));
        group.bench_function("together", |bencher| bencher.to_async(&runtime).iter(together));
        group.bench_function("beside each other", |bencher| bencher.to_async(&runtime).iter(beside));
        group.bench_function("one by one", |bencher| bencher.to_async(&runtime).iter(one_by_one));
        group.finish();
    }
}

/// The rows that are read while something is done.
async fn counted(rows: &AtomicU64, work: impl Future<Output = ()>) -> u64 {
    let before = rows.load(Ordering::Relaxed);
    work.await;
    rows.load(Ordering::Relaxed) - before
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = batch
}
criterion_main!(benches);
