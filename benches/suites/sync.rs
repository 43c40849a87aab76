//! What syncs cost: a full load, a delta of 6,000 rows, and the query that comes next, over a table of order lines whose
//! rows are made while they are read. 6,000,000 rows, or as many as `DRILLCORE_BENCH_ROWS` says. The query is asked in
//! turns with a table that has no deltas. And how fast all that a store keeps is read and checked.
//!
//! Stores are in the folder for temporary files (`TMPDIR`), which must be on the disk that is to be measured: a delta is
//! made durable before it is acknowledged, and a disk in memory has nothing to wait for. Every full load that is printed
//! is one of a process of its own, so that its peak of memory is its own too; making the rows is part of its time.

use std::env;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group};
use drillcore::{Acceleration, Query};
use drillcore_benches::{
    Delta, DeltaFigures, LINES, Result, SyncedLines, Syncs, Turn, Turns, by_status, cores, grouped, keyed, median,
    megabytes, millis, peak_memory, rows_or, runtime, sync_times,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Of the table, unless something else is asked for.
const ROWS: u64 = 6_000_000;
/// Of a delta.
const DELTA: u64 = 6_000;
/// How many deltas there are of each kind.
const DELTAS: usize = 50;
/// After so many of them the query is asked again.
const ASKED_AFTER: [usize; 2] = [1, DELTAS];
/// The median of so many deltas is printed too.
const FIRST: usize = 9;

/// How often each thing is done for the lines that are printed; the median counts.
const LOADS: usize = 3;
const SYNCS: usize = 50;
const VERIFIES: usize = 5;

/// Has a process do one full load, that of this number.
const LOAD: &str = "DRILLCORE_BENCH_LOAD";

/// In which order the rows of a full load come.
type Order = (&'static str, fn() -> Acceleration);

const ORDERS: [Order; 3] = [
    ("in the order of the source", Acceleration::full),
    ("sorted by part", || Acceleration::full().cluster_by(["part"])),
    ("in the order of the source, with a key", keyed),
];

fn main() {
    if let Ok(order) = env::var(LOAD) {
        let (took, peak) = load(&order).expect("a full load");
        println!("{} {peak}", took.as_micros());
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

fn rows() -> u64 {
    rows_or(ROWS)
}

/// A full load in this process: how long it took, and the greatest memory in bytes, 0 if that is not known.
fn load(order: &str) -> Result<(Duration, u64)> {
    let (_, acceleration) = ORDERS[order.parse::<usize>()?];
    let (runtime, folder) = (runtime(cores())?, tempfile::tempdir()?);
    let store = runtime.block_on(SyncedLines::open(folder.path(), rows(), acceleration()))?;
    let start = Instant::now();
    let report = runtime.block_on(store.sync());
    let took = start.elapsed();
    assert_eq!(report.rows, rows(), "the rows of the dataset");
    Ok((took, peak_memory().unwrap_or(0)))
}

/// The same in a process of its own.
fn load_apart(order: usize) -> Result<(Duration, u64)> {
    let mut command = Command::new(env::current_exe()?);
    let output = command.env(LOAD, order.to_string()).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let figures: Vec<u64> = text.split_whitespace().map(str::parse::<u64>).collect::<Result<_, _>>()?;
    match figures.as_slice() {
        [micros, peak] if output.status.success() => Ok((Duration::from_micros(*micros), *peak)),
        _ => Err(format!("a full load ended with {}", output.status).into()),
    }
}

fn print_loads() {
    println!("full loads of {} rows", grouped(rows()));
    for (number, (order, _)) in ORDERS.iter().enumerate() {
        let loads = (0..LOADS).map(|_| load_apart(number)).collect::<Result<Vec<_>>>();
        let (times, peaks): (Vec<Duration>, Vec<u64>) = loads.expect("full loads").into_iter().unzip();
        let (took, peak) = (median(times), peaks.into_iter().max().unwrap_or(0));
        let rate = grouped((rows() as f64 / took.as_secs_f64()) as u64);
        let seconds = took.as_secs_f64();
        println!("  {order}: {seconds:.2} s, {rate} rows a second, at most {} MB of memory", megabytes(peak));
    }
}

fn print_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut times = sync_times(folder.path(), SYNCS).expect("a folder that can be written");
    times.sort();
    let (middle, late) = (millis(times[SYNCS / 2]), millis(times[SYNCS * 9 / 10]));
    println!("a small file in {}", env::temp_dir().display());
    println!("  is durable after {middle:.2} ms (median of {SYNCS}), nine of ten within {late:.2} ms");
}

/// A table with a key, loaded and ready for deltas.
struct Table {
    store: SyncedLines,
    query: Query,
    /// Goes last.
    _folder: TempDir,
}

impl Table {
    fn loaded(runtime: &Runtime) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = runtime.block_on(SyncedLines::open(folder.path(), rows(), keyed()))?;
        runtime.block_on(store.sync());
        Ok(Self { store, query: by_status(LINES), _folder: folder })
    }

    async fn delta(&self, kind: Delta) -> DeltaFigures {
        self.store.delta(kind, DELTA).await
    }

    async fn next_query(&self, untouched: &Self) -> NextQuery {
        let first = Turns::of(&[Turn::take(&untouched.store, &self.store, &self.query).await]);
        let later = Turns::take(&untouched.store, &self.store, &self.query).await;
        NextQuery { first, later, dead_share: self.store.dead_share().await }
    }
}

/// The query of a table, in turns with that of a table without deltas.
struct NextQuery {
    /// The first answer, which has to open what is new, and the one beside it.
    first: Turns,
    /// Those that follow.
    later: Turns,
    /// Dead rows for each row.
    dead_share: f64,
}

/// Prints how fast everything that the store of a table keeps is read and checked, and gives how many bytes that are. They
/// come from the page cache, unless the machine has too little memory for them.
async fn print_verify(table: &Table) -> u64 {
    let (mut times, mut bytes) = (Vec::with_capacity(VERIFIES), 0);
    for _ in 0..VERIFIES {
        let start = Instant::now();
        let report = table.store.verify().await;
        times.push(start.elapsed());
        assert_eq!(report.rows, rows(), "the rows that were checked");
        bytes = report.bytes;
    }
    let took = median(times);
    let rate = grouped((bytes as f64 / took.as_secs_f64() / 1e6) as u64);
    println!("verify of {} rows with a key", grouped(rows()));
    println!("  {} MB in {:.0} ms, {rate} MB/s (median of {VERIFIES})", megabytes(bytes), millis(took));
    bytes
}

/// Does all the deltas of a kind and prints what they took, and what the query takes beside an untouched table.
async fn print_deltas(table: &Table, untouched: &Table, kind: Delta) {
    let before = table.next_query(untouched).await;
    let (mut deltas, mut asked) = (Vec::with_capacity(DELTAS), Vec::new());
    for done in 1..=DELTAS {
        deltas.push(table.delta(kind).await);
        if ASKED_AFTER.contains(&done) {
            asked.push((done, table.next_query(untouched).await));
        }
    }

    let times = |deltas: &[DeltaFigures]| deltas.iter().map(|delta| delta.took).collect::<Vec<_>>();
    let (first, all) = (millis(median(times(&deltas[..FIRST]))), millis(median(times(&deltas))));
    let slowest = times(&deltas).into_iter().max().map_or(0.0, millis);
    let tidied = deltas.iter().filter(|delta| delta.upkeep).count();
    println!("{}, {}", grouped(DELTA), kind.name());
    println!("  a delta: {first:.1} ms (median of the first {FIRST})");
    println!("    of all {DELTAS}: {all:.1} ms (median), the slowest {slowest:.1} ms, {tidied} tidied up at the end");
    if let Some(Syncs { files, folders }) = deltas.iter().find(|delta| !delta.upkeep).map(|delta| delta.syncs) {
        println!("    one that did not makes {files} files and {folders} folders durable");
    }
    println!("  the next query, in turns with a table without deltas");
    println!("    before, when both are alike: {}", before.later);
    for (done, NextQuery { first, later, dead_share }) in asked {
        println!("    after {done}, the first time: {first}");
        println!("      from then on: {later}; dead rows are {:.2} % of the rows", dead_share * 100.0);
    }
}

fn syncs(criterion: &mut Criterion) {
    print_disk();
    print_loads();
    let runtime = runtime(cores()).expect("a runtime");
    let untouched = Table::loaded(&runtime).expect("a table");
    let tables = Delta::ALL.map(|kind| (kind, Table::loaded(&runtime).expect("a table")));
    let bytes = runtime.block_on(print_verify(&untouched));
    println!("deltas on {} rows with a key", grouped(rows()));
    for (kind, table) in &tables {
        runtime.block_on(print_deltas(table, &untouched, *kind));
    }

    let mut group = criterion.benchmark_group(format!("sync: delta of {DELTA} rows"));
    group.throughput(Throughput::Elements(DELTA));
    for (kind, table) in &tables {
        group.bench_function(kind.name(), |bencher| {
            // What happens at the source is not part of it.
            bencher.iter_custom(|times| (0..times).map(|_| runtime.block_on(table.delta(*kind)).took).sum());
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("sync: verify");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("no deltas", |bencher| {
        bencher.to_async(&runtime).iter(|| untouched.store.verify());
    });
    group.finish();

    let mut group = criterion.benchmark_group("sync: the query after many deltas");
    group.throughput(Throughput::Elements(rows()));
    let untouched = ("no deltas", &untouched);
    for (name, table) in [untouched].into_iter().chain(tables.iter().map(|(kind, table)| (kind.name(), table))) {
        group.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter(|| table.store.ask(&table.query));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(5));
    targets = syncs
}
