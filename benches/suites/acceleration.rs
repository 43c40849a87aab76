//! What the same dashboard costs from every place where rows may be: files, memory, a snapshot, snapshots in which some
//! of the rows are deleted, and one that was compacted. 1,000,000 order lines, or what `DRILLCORE_BENCH_ROWS` says.
//!
//! Rows are deleted by deltas that bring them again with another `updated_at`, all over the table, without upkeep. No
//! query looks at that column, so all places must give the same answers.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use drillcore::{Acceleration, Dataset, Engine, Query, Scope, Source, Upkeep};
use drillcore_benches::{
    Lines, Result, assert_same_answers, cores, grouped, keyed, median, millis, rows_or, runtime, tiles, write_csv,
    write_parquet,
};

/// Of the table, unless something else is asked for.
const ROWS: u64 = 1_000_000;
/// How often each query is asked for the table that is printed; the median counts.
const RUNS: usize = 9;

/// Deleted rows per thousand rows of the file, and whether they are still there.
const DEAD: [(u64, bool, &str); 5] = [
    (1, true, "0.1 % deleted"),
    (10, true, "1 % deleted"),
    (100, true, "10 % deleted"),
    (300, true, "30 % deleted"),
    (300, false, "compacted"),
];

/// Where rows are.
struct Place {
    title: &'static str,
    dataset: String,
    /// Whether answers come from a snapshot.
    kept: bool,
}

impl Place {
    fn new(title: &'static str, kept: bool) -> Self {
        Self { title, dataset: title.to_owned(), kept }
    }
}

/// The same rows in all places.
struct World {
    engine: Engine,
    scope: Scope,
    places: Vec<Place>,
}

impl World {
    /// A store and files in a folder.
    async fn new(folder: &Path, rows: u64) -> Result<Self> {
        let engine = Engine::builder().threads(cores()).open(folder.join("store")).await?;
        let mut world = Self { engine, scope: Scope::unrestricted(), places: Vec::new() };
        let lines = Lines::new(rows);
        let (csv, parquet) = (folder.join("lines.csv"), folder.join("lines.parquet"));
        write_csv(&csv, lines.batches(None))?;
        write_parquet(&parquet, lines.batches(None))?;
        world.add(Place::new("CSV", false), |name| Dataset::csv(name, csv)).await?;
        world.add(Place::new("Parquet", false), |name| Dataset::parquet(name, parquet)).await?;
        let batches = lines.batches(None).collect();
        world.add(Place::new("memory", false), |name| Dataset::batches(name, batches)).await?;
        world.add_snapshot(Place::new("snapshot", true), rows, Acceleration::full()).await?;
        for (dead, stay, title) in DEAD {
            world.add_deleted(Place::new(title, true), rows, rows * dead / 1000, stay).await?;
        }
        Ok(world)
    }

    async fn add(&mut self, place: Place, dataset: impl FnOnce(&str) -> Dataset) -> Result<()> {
        self.engine.create(dataset(&place.dataset)).await?;
        self.places.push(place);
        Ok(())
    }

    async fn add_snapshot(&mut self, place: Place, rows: u64, acceleration: Acceleration) -> Result<Arc<Lines>> {
        let (lines, name) = (Arc::new(Lines::new(rows)), place.dataset.clone());
        let source: Arc<dyn Source> = Arc::<Lines>::clone(&lines);
        self.add(place, |name| Dataset::from_source(name, source)).await?;
        self.engine.accelerate(&name, acceleration).await?;
        self.engine.sync(&name).await?;
        Ok(lines)
    }

    /// A snapshot in which so many rows came again.
    async fn add_deleted(&mut self, place: Place, rows: u64, deleted: u64, stay: bool) -> Result<()> {
        let name = place.dataset.clone();
        let lines = self.add_snapshot(place, rows, keyed().upkeep(Upkeep::Manual)).await?;
        lines.touch(deleted);
        self.engine.sync(&name).await?;
        if !stay {
            self.engine.compact_all(&name).await?;
        }
        let versions = self.engine.versions(&name).await?;
        let newest = versions.last().ok_or("there is no version")?;
        let left = if stay { deleted } else { 0 };
        assert_eq!((newest.rows, newest.deleted_rows), (rows, left), "the rows of {name}, and those deleted");
        Ok(())
    }

    async fn ask(&self, query: &Query) -> Vec<RecordBatch> {
        self.engine.query(query, &self.scope).await.expect("an answer").batches().to_vec()
    }

    /// All places must give the same answer, each from where its rows are.
    async fn check(&self, queries: &[Query], keys: usize) {
        let mut expected: Option<Vec<RecordBatch>> = None;
        for (place, query) in self.places.iter().zip(queries) {
            let answer = self.engine.query(query, &self.scope).await.expect("an answer");
            let kept = answer.provenance().path == drillcore::Path::Snapshot;
            assert_eq!(kept, place.kept, "the answer of {} came from another place", place.title);
            match &expected {
                Some(expected) => assert_same_answers(expected, answer.batches(), keys),
                None => expected = Some(answer.batches().to_vec()),
            }
        }
    }

    /// Milliseconds that each place takes. They take turns, so that what slows the machine down slows all of them.
    async fn times(&self, queries: &[Query]) -> Vec<f64> {
        let mut times = vec![Vec::new(); queries.len()];
        for _ in 0..RUNS {
            for (query, times) in queries.iter().zip(&mut times) {
                let start = Instant::now();
                self.ask(query).await;
                times.push(start.elapsed());
            }
        }
        times.into_iter().map(|times| millis(median(times))).collect()
    }
}

fn acceleration(criterion: &mut Criterion) {
    let rows = rows_or(ROWS);
    let (runtime, folder) = (runtime(cores()).expect("a runtime"), tempfile::tempdir().expect("a folder"));
    let world = runtime.block_on(World::new(folder.path(), rows)).expect("the rows in all places");
    // Of each tile its query in every place.
    let tiles: Vec<(&str, usize, Vec<Query>)> = {
        let by_place: Vec<_> = world.places.iter().map(|place| tiles(&place.dataset)).collect();
        let first = by_place.first().expect("a place").iter().enumerate();
        let queries = |tile: usize| by_place.iter().map(|tiles| tiles[tile].query.clone()).collect();
        first.map(|(number, tile)| (tile.name, tile.keys, queries(number))).collect()
    };

    let titles: Vec<&str> = world.places.iter().map(|place| place.title).collect();
    println!("{} rows, medians of {RUNS} in milliseconds, {} threads\n", grouped(rows), cores());
    println!("| query | {} |", titles.join(" | "));
    println!("|---|{}", "---:|".repeat(titles.len()));
    for (name, keys, queries) in &tiles {
        runtime.block_on(world.check(queries, *keys));
        let times = runtime.block_on(world.times(queries));
        let times: Vec<String> = times.iter().map(|time| format!("{time:.1}")).collect();
        println!("| {name} | {} |", times.join(" | "));
    }
    println!();

    for (name, _, queries) in &tiles {
        let mut group = criterion.benchmark_group(format!("acceleration: {name}"));
        group.throughput(Throughput::Elements(rows));
        for (place, query) in world.places.iter().zip(queries) {
            group.bench_function(place.title, |bencher| bencher.to_async(&runtime).iter(|| world.ask(query)));
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2));
    targets = acceleration
}
criterion_main!(benches);
