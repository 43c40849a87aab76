//! How syncs and queries grow with a table: `growth FOLDER [ROWS[:KEYS] ...]` measures a table of order lines of each of
//! these sizes, 60,000 to 6,000,000 without any, and writes a report (`growth.md`) and charts (`*.svg`) into the folder.
//! A delta changes 6,000 keys, or as many as stand behind the size; the charts show those of 6,000.
//!
//! Stores are kept in the folder while they are measured, so it must be on the disk that is to be measured.

use std::fmt::Write as _;
use std::fs::{File, create_dir_all};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use drillcore_benches::{
    Chart, Delta, LINES, Line, Result, SyncedLines, by_status, cores, grouped, keyed, median, megabytes, millis,
    peak_memory, processor, runtime, sync_times, tiles,
};

/// The sizes that are measured if nothing else is asked for.
const STEPS: [u64; 5] = [60_000, 200_000, 600_000, 2_000_000, 6_000_000];
/// Rows of a delta, unless something else is asked for.
const DELTA: u64 = 6_000;
/// How often each delta and each query is measured; the median counts.
const RUNS: usize = 9;
/// Small files that are synced to see what the disk takes.
const SYNCS: usize = 50;

/// A table, and how many of its keys a delta changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    rows: u64,
    keys: u64,
}

impl Case {
    /// `ROWS` or `ROWS:KEYS`.
    fn parse(text: &str) -> Result<Self> {
        let text = text.replace('_', "");
        let (rows, keys) = text.split_once(':').unwrap_or((text.as_str(), ""));
        let keys: u64 = if keys.is_empty() { DELTA } else { keys.parse()? };
        let rows: u64 = rows.parse()?;
        if rows < 2 * keys {
            return Err(format!("a table must have {} rows at least", grouped(2 * keys)).into());
        }
        Ok(Self { rows, keys })
    }
}

/// What was measured of one size.
struct Step {
    rows: u64,
    /// Of a delta.
    keys: u64,
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
    let Some(folder) = arguments.next() else { return Err("usage: growth FOLDER [ROWS[:KEYS] ...]".into()) };
    let asked = arguments.map(|text| Case::parse(&text)).collect::<Result<Vec<Case>>>()?;
    let usual = || STEPS.map(|rows| Case { rows, keys: DELTA }).to_vec();
    let mut cases = if asked.is_empty() { usual() } else { asked };
    cases.sort_unstable();
    let folder = Path::new(&folder);
    create_dir_all(folder)?;
    let runtime = runtime(cores())?;
    let mut steps = Vec::new();
    let disk = disk(folder)?;
    println!("{disk}");
    for case in cases {
        let step = runtime.block_on(measure(folder, case))?;
        let (rows, keys) = (grouped(step.rows), grouped(step.keys));
        let (delta, slowest) = (millis(step.delta), millis(step.slowest_delta));
        println!(
            "{rows} rows: full load {:.2} s, delta of {keys} keys {delta:.1} ms (median of {RUNS}, the slowest \
             {slowest:.1} ms)",
            seconds(step.full)
        );
        steps.push(step);
    }
    write_report(folder, &disk, &steps)
}

/// What the disk takes to make a small file durable, as a sentence.
fn disk(folder: &Path) -> Result<String> {
    let mut times = sync_times(folder, SYNCS)?;
    times.sort();
    let (middle, late) = (millis(times[SYNCS / 2]), millis(times[SYNCS * 9 / 10]));
    Ok(format!("A small file is durable after {middle:.2} ms (median of {SYNCS}), nine of ten within {late:.2} ms."))
}

async fn measure(folder: &Path, Case { rows, keys }: Case) -> Result<Step> {
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
        deltas.push(store.delta(Delta::RandomKeys, keys).await.took);
        queries.push(store.time_to_answer(&next).await);
    }
    let mut dashboard = Duration::ZERO;
    for tile in tiles(LINES) {
        store.time_to_answer(&tile.query).await;
        dashboard += store.median_answer(&tile.query, RUNS).await;
    }
    Ok(Step {
        rows,
        keys,
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

fn write_report(folder: &Path, disk: &str, steps: &[Step]) -> Result<()> {
    for (name, chart) in charts(steps).into_iter().flatten() {
        chart.write_svg(&folder.join(name))?;
    }
    let mut file = File::create(folder.join("growth.md"))?;
    file.write_all(report(disk, steps)?.as_bytes())?;
    println!("the report is {}", folder.join("growth.md").display());
    Ok(())
}

/// Of the usual deltas, if there are any.
fn charts(steps: &[Step]) -> Option<[(&'static str, Chart); 3]> {
    let usual: Vec<&Step> = steps.iter().filter(|step| step.keys == DELTA).collect();
    if usual.is_empty() {
        return None;
    }
    let line = |name: &str, figure: fn(&Step) -> f64| {
        Line::new(name, usual.iter().map(|step| (step.rows as f64, figure(step))))
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
    Some([
        ("syncs.svg", chart("A full load, and a delta of 6,000 keys at random", "milliseconds", syncs)),
        ("queries.svg", chart("Queries on the snapshot", "milliseconds", queries)),
        ("bytes.svg", chart("The store on disk", "megabytes", bytes)),
    ])
}

fn report(disk: &str, steps: &[Step]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "# How syncs and queries grow with a table\n")?;
    writeln!(text, "Order lines of ten columns, {} threads of {}. A delta changes", cores(), machine())?;
    writeln!(text, "keys at random; times are medians of {RUNS}. Memory is the peak of the process up to that size,")?;
    writeln!(text, "with the rows made on the fly. {disk}\n")?;
    writeln!(
        text,
        "| rows | full load, s | rows/s | keys | delta, ms | slowest | query, ms | after a delta | five tiles, ms \
        | on disk, MB | after deltas | bytes a row | memory, MB |"
    )?;
    writeln!(text, "|{}", "---:|".repeat(13))?;
    for step in steps {
        let rate = grouped((step.rows as f64 / seconds(step.full)) as u64);
        let times = [step.delta, step.slowest_delta, step.query, step.next_query, step.dashboard];
        let times: Vec<String> = times.iter().map(|time| format!("{:.1}", millis(*time))).collect();
        let (before, after) = (megabytes(step.bytes_full), megabytes(step.bytes_after));
        let (each, peak) = (step.bytes_full as f64 / step.rows as f64, megabytes(step.peak));
        let (rows, full, times) = (grouped(step.rows), seconds(step.full), times.join(" | "));
        let keys = grouped(step.keys);
        writeln!(text, "| {rows} | {full:.2} | {rate} | {keys} | {times} | {before} | {after} | {each:.1} | {peak} |")?;
    }
    for (name, chart) in charts(steps).into_iter().flatten() {
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
