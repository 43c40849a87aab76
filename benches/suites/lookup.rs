//! What links cost: lookups from flights into airports against DataFusion's left hash join, over the same batches in
//! one run. Both sides build their table of airports anew for every query.

use std::time::Duration;

use arrow::array::RecordBatch;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use datafusion::functions_aggregate::expr_fn::{count, max};
use datafusion::prelude::{DataFrame, Expr, JoinType, SessionContext, col, lit};
use drillcore::{Link, Query, column};
use drillcore_benches::{Result, Sides, assert_same_answers, cores, rows_of, runtime};

/// The year of flights is taken so many times, to give both sides something to do.
const YEARS: usize = 10;

fn lookup(criterion: &mut Criterion) {
    let runtime = runtime(cores()).expect("a runtime");
    let (flights, airports) = runtime.block_on(tables()).expect("the demo's data");
    let rows: usize = flights.iter().map(RecordBatch::num_rows).sum();
    let links = vec![
        Link::new("origin_airport").from("flights", ["origin"]).to("airports", ["faa"]),
        Link::new("dest_airport").from("flights", ["dest"]).to("airports", ["faa"]),
    ];
    let tables = [("flights", flights.as_slice()), ("airports", airports.as_slice())];
    let sides = runtime.block_on(Sides::new(cores(), &tables, links)).expect("both engines");
    for case in runtime.block_on(cases(&sides.session)).expect("plans") {
        let Case { title, keys, query, frame } = case;
        let (ours, theirs) = runtime.block_on(async { (sides.ask(&query).await, sides.collect(&frame).await) });
        assert_same_answers(&ours, &theirs, keys);
        let mut group = criterion.benchmark_group(title);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function("drillcore", |bencher| bencher.to_async(&runtime).iter(|| sides.ask(&query)));
        group.bench_function("datafusion", |bencher| bencher.to_async(&runtime).iter(|| sides.collect(&frame)));
        group.finish();
    }
}

async fn tables() -> Result<(Vec<RecordBatch>, Vec<RecordBatch>)> {
    let year = rows_of("flights", &["origin", "dest", "distance"]).await?;
    let flights = vec![year; YEARS].concat();
    Ok((flights, rows_of("airports", &["faa", "name", "alt"]).await?))
}

struct Case {
    title: &'static str,
    keys: usize,
    query: Query,
    frame: DataFrame,
}

/// The measures are a count and a greatest value, which both sides compute alike.
async fn cases(session: &SessionContext) -> Result<Vec<Case>> {
    let flights = session.table("flights").await?;
    let airports = session.table("airports").await?;
    let to = |frame: DataFrame, key: &str| -> Result<DataFrame> {
        let named = |name: &str| format!("{key}_{name}");
        let columns = ["faa", "name", "alt"].map(|name| col(name).alias(named(name)));
        let airports = airports.clone().select(columns)?;
        Ok(frame.join(airports, JoinType::Left, &[key], &[named("faa").as_str()], None)?)
    };
    let dest = to(flights.clone(), "dest")?;
    let both = to(dest.clone(), "origin")?;
    let measures = || -> Vec<Expr> { vec![count(lit(1_i64)), max(col("distance"))] };
    let asked = |query: Query| query.measure(drillcore::count()).measure(drillcore::max("distance"));
    let by_dest = Query::on("flights").dimension(column("dest_airport.name"));
    let by_both = Query::on("flights").dimension(column("origin_airport.name")).dimension(column("dest_airport.name"));
    let high = Query::on("flights").filter(column("dest_airport.alt").greater_than(1000));
    Ok(vec![
        Case {
            title: "one link, by its name",
            keys: 1,
            query: asked(by_dest),
            frame: dest.clone().aggregate(vec![col("dest_name")], measures())?,
        },
        Case {
            title: "two links, by both names",
            keys: 2,
            query: asked(by_both),
            frame: both.aggregate(vec![col("origin_name"), col("dest_name")], measures())?,
        },
        Case {
            title: "one link, filtered by its altitude",
            keys: 0,
            query: asked(high),
            frame: dest.filter(col("dest_alt").gt(lit(1000_i64)))?.aggregate(Vec::new(), measures())?,
        },
    ])
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(5));
    targets = lookup
}
criterion_main!(benches);
