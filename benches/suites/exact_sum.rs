//! What exactness costs: the engine's sums and averages against DataFusion's own, which round at every row, over the
//! same batches in one run. The greatest value of the same columns is measured too: it needs no sum, so it shows what
//! the rest of the two engines costs.
//!
//! The engine checks every batch for NaN and infinities when it reads it, on a thread beside those that compute.

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::functions_aggregate::expr_fn::{avg, max, sum};
use datafusion::prelude::{DataFrame, Expr, col};
use drillcore::{Aggregation, Measure, Query, column};
use drillcore_benches::{Sides, assert_same_answers, cores, lineitems, runtime};
use tokio::runtime::Runtime;

const ROWS: usize = 6_000_000;
const COLUMNS: [&str; 4] = ["quantity", "price", "items", "wide"];

fn exact_sum(criterion: &mut Criterion) {
    let batches = lineitems(ROWS);
    let mut threads = vec![1, cores()];
    threads.dedup();
    for threads in threads {
        let runtime = runtime(threads).expect("a runtime");
        let sides = runtime
            .block_on(Sides::new(threads, &[("lineitems", batches.as_slice())], Vec::new()))
            .expect("both engines");
        for grouped in [true, false] {
            let bench = Bench { runtime: &runtime, sides: &sides, threads, grouped };
            bench.run(criterion, Aggregation::Sum, &COLUMNS);
            for column in COLUMNS {
                bench.run(criterion, Aggregation::Sum, &[column]);
            }
            bench.run(criterion, Aggregation::Average, &COLUMNS);
            bench.run(criterion, Aggregation::Max, &COLUMNS);
        }
    }
}

struct Bench<'a> {
    runtime: &'a Runtime,
    sides: &'a Sides,
    threads: usize,
    grouped: bool,
}

impl Bench<'_> {
    fn run(&self, criterion: &mut Criterion, aggregation: Aggregation, columns: &[&str]) {
        let (runtime, sides) = (self.runtime, self.sides);
        let query = self.query(aggregation, columns);
        let frame = runtime.block_on(self.frame(aggregation, columns));
        let (ours, theirs) = runtime.block_on(async { (sides.ask(&query).await, sides.collect(&frame).await) });
        assert_same_answers(&ours, &theirs, usize::from(self.grouped));

        let by = if self.grouped { "by status" } else { "in all" };
        let title = format!("{} of {} {by}, threads {}", aggregation.as_str(), columns.join(" "), self.threads);
        let mut group = criterion.benchmark_group(title);
        group.throughput(Throughput::Elements(ROWS as u64));
        group.bench_function("drillcore", |bencher| bencher.to_async(runtime).iter(|| sides.ask(&query)));
        group.bench_function("datafusion", |bencher| bencher.to_async(runtime).iter(|| sides.collect(&frame)));
        group.finish();
    }

    fn query(&self, aggregation: Aggregation, columns: &[&str]) -> Query {
        let query = Query::on("lineitems");
        let query = if self.grouped { query.dimension(column("status")) } else { query };
        columns.iter().fold(query, |query, name| query.measure(Measure::new(aggregation, *name)))
    }

    async fn frame(&self, aggregation: Aggregation, columns: &[&str]) -> DataFrame {
        let of: fn(Expr) -> Expr = match aggregation {
            Aggregation::Average => avg,
            Aggregation::Max => max,
            _ => sum,
        };
        let keys = if self.grouped { vec![col("status")] } else { Vec::new() };
        let values = columns.iter().map(|name| of(col(*name))).collect();
        let table = self.sides.session.table("lineitems").await.expect("the table");
        table.aggregate(keys, values).expect("an aggregation")
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(3));
    targets = exact_sum
}
criterion_main!(benches);
