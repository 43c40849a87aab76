//! How syncs and queries grow with a table: `growth FOLDER [ROWS ...]` measures a table of order lines of each of these
//! sizes, 60,000 to 6,000,000 without any, and writes a report (`growth.md`) and charts (`*.svg`) into the folder.
//!
//! Stores are kept in the folder while they are measured, so it must be on the disk that is to be measured.

use std::fmt::Write as _;
use std::fs::{File, create_dir_all};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use drillcore_benches::{
    Chart, Delta, LINES, Line, Result, SyncedLines, by_status, cores, grouped, keyed, median, megabytes, millis,
    peak_memory, processor, runtime, tiles,
};

/// The sizes that are measured if nothing else is asked for.
const STEPS: [u64; 5] = [60_000, 200_000, 600_000, 2_000_000, 6_000_000];
/// Rows of a delta.
const DELTA: u64 = 6_000;
/// How often each delta and each query is measured; the median counts.
const RUNS: usize = 9;

/// What was measured of one size.
struct Step {
    rows: u64,
    full: Duration,
    /// Of random keys.
    delta: Duration,
    slowest_delta: Duration,
    /// Sums in four groups, before the deltas.
    query: Duration,
    /// The first one after a delta.
    next_query: Duration,
    /// All tiles, one after the other, after the deltas.
    dashboard: Duration,
    bytes_full: u64,
    bytes_after: u64,
    /// Of the process so far.
    peak: u64,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else { return Err("usage: growth FOLDER [ROWS ...]".into()) };
    let asked = arguments.map(|text| text.replace('_', "").parse()).collect::<Result<Vec<u64>, _>>()?;
    let mut sizes = if asked.is_empty() { STEPS.to_vec() } else { asked };
    sizes.sort_unstable();
    if sizes.first().is_some_and(|least| *least < 2 * DELTA) {
        return Err(format!("a table must have {} rows at least", grouped(2 * DELTA)).into());
    }
    let folder = Path::new(&folder);
    create_dir_all(folder)?;
    let runtime = runtime(cores())?;
    let mut steps = Vec::new();
    for rows in sizes {
        let step = runtime.block_on(measure(folder, rows))?;
        println!("{} rows: full load {:.2} s, delta {:.1} ms", grouped(rows), seconds(step.full), millis(step.delta));
        steps.push(step);
    }
    write_report(folder, &steps)
}

async fn measure(folder: &Path, rows: u64) -> Result<Step> {
    let place = tempfile::tempdir_in(folder)?;
    let store = SyncedLines::open(place.path(), rows, keyed()).await?;
    let start = Instant::now();
    store.sync().await;
    let full = start.elapsed();
    let bytes_full = store.bytes_on_disk()?;
    let next = by_status(LINES);
    store.time_to_answer(&next).await;
    let query = store.median_answer(&next, RUNS).await;
    let (mut deltas, mut queries) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        deltas.push(store.delta(Delta::RandomKeys, DELTA).await.took);
        queries.push(store.time_to_answer(&next).await);
    }
    let mut dashboard = Duration::ZERO;
    for tile in tiles(LINES) {
        store.time_to_answer(&tile.query).await;
        dashboard += store.median_answer(&tile.query, RUNS).await;
    }
    Ok(Step {
        rows,
        full,
        slowest_delta: deltas.iter().copied().max().unwrap_or_default(),
        delta: median(deltas),
        query,
        next_query: median(queries),
        dashboard,
        bytes_full,
        bytes_after: store.bytes_on_disk()?,
        peak: peak_memory().unwrap_or(0),
    })
}

fn write_report(folder: &Path, steps: &[Step]) -> Result<()> {
    for (name, chart) in charts(steps) {
        chart.write_svg(&folder.join(name))?;
    }
    let mut file = File::create(folder.join("growth.md"))?;
    file.write_all(report(steps)?.as_bytes())?;
    println!("the report is {}", folder.join("growth.md").display());
    Ok(())
}

fn charts(steps: &[Step]) -> [(&'static str, Chart); 3] {
    let line = |name: &str, figure: fn(&Step) -> f64| {
        Line::new(name, steps.iter().map(|step| (step.rows as f64, figure(step))))
    };
    let chart = |title: &str, y: &str, lines: Vec<Line>| Chart {
        title: title.to_owned(),
        x: "rows of the table".to_owned(),
        y: y.to_owned(),
        lines,
    };
    let syncs = vec![line("full load", |step| millis(step.full)), line("delta", |step| millis(step.delta))];
    let queries = vec![
        line("sums in four groups", |step| millis(step.query)),
        line("the same, first after a delta", |step| millis(step.next_query)),
        line("five tiles", |step| millis(step.dashboard)),
    ];
    let bytes = vec![
        line("after the full load", |step| step.bytes_full as f64 / 1e6),
        line("after nine deltas", |step| step.bytes_after as f64 / 1e6),
    ];
    [
        ("syncs.svg", chart("A full load, and a delta of 6,000 keys at random", "milliseconds", syncs)),
        ("queries.svg", chart("Queries on the snapshot", "milliseconds", queries)),
        ("bytes.svg", chart("The store on disk", "megabytes", bytes)),
    ]
}

fn report(steps: &[Step]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "# How syncs and queries grow with a table\n")?;
    writeln!(text, "Order lines of ten columns, {} threads of {}. A delta changes", cores(), machine())?;
    writeln!(text, "{} keys at random; times are medians of {RUNS}. Memory is the peak of", grouped(DELTA))?;
    writeln!(text, "the process up to that size, with the rows made on the fly.\n")?;
    writeln!(
        text,
        "| rows | full load, s | rows/s | delta, ms | slowest | query, ms | after a delta | five tiles, ms \
        | on disk, MB | after deltas | bytes a row | memory, MB |"
    )?;
    writeln!(text, "|{}", "---:|".repeat(12))?;
    for step in steps {
        let rate = grouped((step.rows as f64 / seconds(step.full)) as u64);
        let times = [step.delta, step.slowest_delta, step.query, step.next_query, step.dashboard];
        let times: Vec<String> = times.iter().map(|time| format!("{:.1}", millis(*time))).collect();
        let (before, after) = (megabytes(step.bytes_full), megabytes(step.bytes_after));
        let (each, peak) = (step.bytes_full as f64 / step.rows as f64, megabytes(step.peak));
        let (rows, full, times) = (grouped(step.rows), seconds(step.full), times.join(" | "));
        writeln!(text, "| {rows} | {full:.2} | {rate} | {times} | {before} | {after} | {each:.1} | {peak} |")?;
    }
    for (name, chart) in charts(steps) {
        writeln!(text, "\n![{}]({name})", chart.title)?;
    }
    Ok(text)
}

fn machine() -> String {
    Some(processor()).filter(|name| !name.is_empty()).unwrap_or_else(|| "an unknown processor".to_owned())
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
