//! How syncs and queries grow with a table: `growth FOLDER [ROWS[:KEYS] ...]` measures a table of order lines of each of
//! these sizes, 60,000 to 6,000,000 without any, and writes a report (`growth.md`) and charts (`*.svg`) into the folder.
//! A delta changes 6,000 keys, or as many as stand behind the size; the charts show those of 6,000.
//!
//! What deltas do to the query that comes next is measured beside a second store of the same rows that has no deltas: the
//! two are asked in turns.
//!
//! Stores are kept in the folder while they are measured, so it must be on the disk that is to be measured.

use std::fmt::Write as _;
use std::fs::{File, create_dir_all};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use drillcore::Query;
use drillcore_benches::{
    Case, Chart, DELTA_KEYS, Delta, LINES, Line, Result, SyncedLines, TURNS, Turn, Turns, by_status, cores, grouped,
    keyed, median, megabytes, millis, peak_memory, processor, runtime, sync_times, tiles,
};

/// The sizes that are measured if nothing else is asked for.
const STEPS: [u64; 5] = [60_000, 200_000, 600_000, 2_000_000, 6_000_000];
/// This one is measured too: after all deltas a bit more than a fifth of the rows in its first files are dead, and at a
/// quarter upkeep rewrites a file, so that hardly a query has to skip more of them.
const MANY_DEAD: Case = Case { rows: 6_000_000, keys: 30_000 };
/// How often each tile is asked, and how many deltas are measured; the median counts.
const RUNS: usize = 9;
/// How many deltas there are altogether. After each of them the query is asked once.
const DELTAS: usize = 50;
/// After so many of them the query is asked in turns. After none both stores are alike, so that their ratio tells what
/// is left to chance.
const ASKED_AFTER: [usize; 4] = [0, 1, RUNS, DELTAS];
/// Small files that are synced to see what the disk takes.
const SYNCS: usize = 50;

/// What was measured of one size.
struct Step {
    rows: u64,
    /// Of a delta.
    keys: u64,
    full: Duration,
    /// Of random keys; the median of the first deltas, and the slowest of these.
    delta: Duration,
    slowest_delta: Duration,
    /// Sums in four groups, asked for the first time after a delta: the middle of all deltas.
    first: Turns,
    /// The same from then on, in the order of `ASKED_AFTER`.
    next: Vec<NextQuery>,
    /// All tiles, one after the other, after the first deltas.
    dashboard: Duration,
    bytes_full: u64,
    /// After the first deltas.
    bytes_after: u64,
    /// Of the process so far, which keeps two stores open.
    peak: u64,
}

impl Step {
    /// The query after all deltas.
    fn last(&self) -> &Turns {
        &self.next.last().expect("the query after all deltas").turns
    }
}

/// The query after some deltas.
struct NextQuery {
    deltas: usize,
    turns: Turns,
    /// Dead rows for each row.
    dead_share: f64,
}

impl NextQuery {
    async fn ask(deltas: usize, stores: &Stores) -> Self {
        let Stores { untouched, changed, query } = stores;
        Self { deltas, turns: Turns::take(untouched, changed, query).await, dead_share: changed.dead_share().await }
    }
}

/// Two stores that take turns in answering a query.
struct Stores {
    untouched: SyncedLines,
    /// The one that deltas come to.
    changed: SyncedLines,
    query: Query,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else { return Err("usage: growth FOLDER [ROWS[:KEYS] ...]".into()) };
    let asked = arguments.map(|text| Case::parse(&text)).collect::<Result<Vec<Case>>>()?;
    let usual =
        || STEPS.map(|rows| Case { rows, keys: DELTA_KEYS }).into_iter().chain([MANY_DEAD]).collect::<Vec<Case>>();
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
        println!("  the query, the first time after a delta: {}", step.first);
        for NextQuery { deltas, turns, dead_share } in &step.next {
            println!("  from then on, after {deltas}: {turns}; dead rows are {:.2} % of the rows", dead_share * 100.0);
        }
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
    let (changed, full) = loaded(&place.path().join("changed"), rows).await?;
    let (untouched, _) = loaded(&place.path().join("untouched"), rows).await?;
    let bytes_full = changed.bytes_on_disk()?;
    let stores = Stores { untouched, changed, query: by_status(LINES) };
    let Stores { untouched, changed, query } = &stores;
    // Opens both.
    Turn::take(untouched, changed, query).await;
    let mut next = vec![NextQuery::ask(0, &stores).await];
    let (mut deltas, mut first) = (Vec::new(), Vec::new());
    let (mut dashboard, mut bytes_after) = (Duration::ZERO, bytes_full);
    for done in 1..=DELTAS {
        deltas.push(changed.delta(Delta::RandomKeys, keys).await.took);
        first.push(Turn::take(untouched, changed, query).await);
        if ASKED_AFTER.contains(&done) {
            next.push(NextQuery::ask(done, &stores).await);
        }
        if done == RUNS {
            dashboard = time_of_tiles(changed).await;
            bytes_after = changed.bytes_on_disk()?;
        }
    }
    deltas.truncate(RUNS);
    Ok(Step {
        rows,
        keys,
        full,
        slowest_delta: deltas.iter().copied().max().unwrap_or_default(),
        delta: median(deltas),
        first: Turns::of(&first),
        next,
        dashboard,
        bytes_full,
        bytes_after,
        peak: peak_memory().unwrap_or(0),
    })
}

/// A store after its full load, and how long that took.
async fn loaded(folder: &Path, rows: u64) -> Result<(SyncedLines, Duration)> {
    let store = SyncedLines::open(folder, rows, keyed()).await?;
    let start = Instant::now();
    store.sync().await;
    Ok((store, start.elapsed()))
}

/// Of all tiles, one after the other.
async fn time_of_tiles(store: &SyncedLines) -> Duration {
    let mut time = Duration::ZERO;
    for tile in tiles(LINES) {
        store.time_to_answer(&tile.query).await;
        time += store.median_answer(&tile.query, RUNS).await;
    }
    time
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
    let usual: Vec<&Step> = steps.iter().filter(|step| step.keys == DELTA_KEYS).collect();
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
        line("sums in four groups, without deltas", |step| millis(step.last().untouched)),
        line("the same after 50 deltas", |step| millis(step.last().changed)),
        line("the same, first after a delta", |step| millis(step.first.changed)),
        line("five tiles after nine deltas", |step| millis(step.dashboard)),
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
    writeln!(text, "keys at random; deltas are medians of the first {RUNS}, each tile is one of {RUNS} answers after")?;
    writeln!(text, "these. Memory is the peak of the process up to that size, with the rows made on the fly and two")?;
    writeln!(text, "stores open. {disk}\n")?;
    writeln!(text, "A store without deltas and the one with them take turns in answering the query, sums in four")?;
    writeln!(text, "groups. Its times are medians of {TURNS} turns after {DELTAS} deltas. The other columns say how")?;
    writeln!(text, "many times as long the store with deltas takes, which is the median of the ratios of the turns:")?;
    writeln!(text, "the first time after each of {DELTAS} deltas, when what is new is opened, and from then on, in")?;
    writeln!(text, "{TURNS} turns after so many deltas. Dead rows for each hundred rows are in brackets. After 0 the")?;
    writeln!(text, "stores are alike, and their ratio is chance.\n")?;
    let after: Vec<String> = ASKED_AFTER.iter().map(|deltas| format!("after {deltas}")).collect();
    writeln!(
        text,
        "| rows | full load, s | rows/s | keys | delta, ms | slowest | query, ms | with deltas | first time, ratio | {} \
        | five tiles, ms | on disk, MB | after {RUNS} deltas | memory, MB |",
        after.join(" | ")
    )?;
    writeln!(text, "|{}", "---:|".repeat(13 + ASKED_AFTER.len()))?;
    for step in steps {
        writeln!(text, "| {} |", cells(step).join(" | "))?;
    }
    for (name, chart) in charts(steps).into_iter().flatten() {
        writeln!(text, "\n![{}]({name})", chart.title)?;
    }
    Ok(text)
}

/// The row of the table.
fn cells(step: &Step) -> Vec<String> {
    let time = |time: Duration| format!("{:.1}", millis(time));
    let rate = grouped((step.rows as f64 / seconds(step.full)) as u64);
    let mut cells = vec![grouped(step.rows), format!("{:.2}", seconds(step.full)), rate, grouped(step.keys)];
    cells.extend([time(step.delta), time(step.slowest_delta)]);
    cells.extend([time(step.last().untouched), time(step.last().changed), format!("{:.2}", step.first.ratio)]);
    let next = |next: &NextQuery| format!("{:.2} ({:.2})", next.turns.ratio, next.dead_share * 100.0);
    cells.extend(step.next.iter().map(next));
    cells.extend([time(step.dashboard), megabytes(step.bytes_full), megabytes(step.bytes_after), megabytes(step.peak)]);
    cells
}

fn machine() -> String {
    Some(processor()).filter(|name| !name.is_empty()).unwrap_or_else(|| "an unknown processor".to_owned())
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
