//! Full loads of TPC-H's `lineitem` from a Parquet file: `load FOLDER [SCALE [CASE ...]]`, scale 1 (6,001,215 rows of 16
//! columns) and the cases `unsorted`, `sorted` and `keyed` if nothing else is said.
//!
//! The file is written into the folder once. Every load goes into a store of its own there, so the folder must be on the
//! disk that is to be measured, and is done by a process of its own, so that its peak of memory is its own too. A load
//! is durable when it ends; the median of three counts.

use std::env;
use std::fs::{File, create_dir_all};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use drillcore::{Acceleration, Dataset, Engine};
use drillcore_benches::{
    Result, bytes_below, bytes_written, cores, grouped, median, megabytes, millis, peak_memory, processor, runtime,
    sync_times, tpch_lines, tpch_rows, write_parquet,
};
use parquet::file::reader::{FileReader, SerializedFileReader};

const LINEITEM: &str = "lineitem";

/// Loads of a case; the median counts.
const RUNS: usize = 3;
/// Small files that are synced to see what the disk takes.
const SYNCS: usize = 50;

/// Has a process do one load of this case.
const CASE: &str = "DRILLCORE_BENCH_LOAD_CASE";

/// What a case is called, and how the dataset is accelerated.
type Case = (&'static str, fn() -> Acceleration);

const CASES: [Case; 3] = [
    ("unsorted", Acceleration::full),
    ("sorted", || Acceleration::full().cluster_by(["l_shipdate"])),
    // Rows that have been shipped stay as they are, so deltas would add rows; the load writes the keys of all.
    ("keyed", || Acceleration::delta("l_shipdate").key(["l_orderkey", "l_linenumber"])),
];

/// What one load took.
#[derive(Debug, Clone, Copy)]
struct Load {
    took: Duration,
    /// Of the process.
    peak: u64,
    /// By the process, what was spilled included.
    written: u64,
    /// In the store afterwards.
    stored: u64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Ok(case) = env::var(CASE) {
        let [folder, file] = arguments.as_slice() else { return Err("a load needs a folder and a file".into()) };
        let Load { took, peak, written, stored } = load(Path::new(folder), Path::new(file), case_of(&case)?)?;
        println!("{} {peak} {written} {stored}", took.as_micros());
        return Ok(());
    }
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        return Err("usage: load FOLDER [SCALE [CASE ...]]".into());
    };
    let scale = arguments.get(1).map_or(Ok(1.0), |text| text.parse::<f64>())?;
    let rows = tpch_rows(scale);
    if rows == 0 {
        return Err(format!("a scale of {scale} has no rows").into());
    }
    let asked = arguments.iter().skip(2).map(|name| case_of(name)).collect::<Result<Vec<Case>>>()?;
    let cases = if asked.is_empty() { CASES.to_vec() } else { asked };
    create_dir_all(&folder)?;
    let file = lineitem(&folder, rows)?;
    print_circumstances(&folder, &file, rows)?;
    for (name, _) in cases {
        print_loads(&folder, &file, name, rows)?;
    }
    Ok(())
}

fn case_of(name: &str) -> Result<Case> {
    let found = CASES.into_iter().find(|(known, _)| *known == name);
    found.ok_or_else(|| format!("there is no case {name}; unsorted, sorted and keyed are known").into())
}

/// The file of the table, which is written if it is not there.
fn lineitem(folder: &Path, rows: u64) -> Result<PathBuf> {
    let path = folder.join(format!("lineitem-{rows}.parquet"));
    if rows_of(&path).is_none_or(|found| found != rows) {
        write_parquet(&path, tpch_lines(rows))?;
    }
    Ok(path)
}

/// None if the file is not there, or was not finished.
fn rows_of(path: &Path) -> Option<u64> {
    let reader = SerializedFileReader::new(File::open(path).ok()?).ok()?;
    u64::try_from(reader.metadata().file_metadata().num_rows()).ok()
}

fn print_circumstances(folder: &Path, file: &Path, rows: u64) -> Result<()> {
    let (bytes, mut times) = (file.metadata()?.len(), sync_times(folder, SYNCS)?);
    times.sort();
    let (middle, late) = (millis(times[SYNCS / 2]), millis(times[SYNCS * 9 / 10]));
    println!("{} rows of 16 columns in {} MB of Parquet", grouped(rows), megabytes(bytes));
    println!("{} threads of {}", cores(), processor());
    println!("a small file is durable after {middle:.2} ms (median of {SYNCS}), nine of ten within {late:.2} ms");
    Ok(())
}

/// A load in this process.
fn load(folder: &Path, file: &Path, (_, acceleration): Case) -> Result<Load> {
    let (runtime, place) = (runtime(cores())?, tempfile::tempdir_in(folder)?);
    let engine = runtime.block_on(async {
        let engine = Engine::open(place.path()).await?;
        engine.create(Dataset::parquet(LINEITEM, file)).await?;
        engine.accelerate(LINEITEM, acceleration()).await?;
        Ok::<_, drillcore::Error>(engine)
    })?;
    let (before, start) = (bytes_written().unwrap_or(0), Instant::now());
    let report = runtime.block_on(engine.sync(LINEITEM))?;
    let took = start.elapsed();
    let written = bytes_written().unwrap_or(0) - before;
    if Some(report.rows) != rows_of(file) {
        return Err(format!("{} rows came out of {}", report.rows, file.display()).into());
    }
    Ok(Load { took, peak: peak_memory().unwrap_or(0), written, stored: bytes_below(place.path())? })
}

/// The same in a process of its own.
fn load_apart(folder: &Path, file: &Path, case: &str) -> Result<Load> {
    let mut command = Command::new(env::current_exe()?);
    let output = command.arg(folder).arg(file).env(CASE, case).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let figures: Vec<u64> = text.split_whitespace().map(str::parse::<u64>).collect::<Result<_, _>>()?;
    match figures.as_slice() {
        [micros, peak, written, stored] if output.status.success() => {
            Ok(Load { took: Duration::from_micros(*micros), peak: *peak, written: *written, stored: *stored })
        }
        _ => Err(format!("a load ended with {}", output.status).into()),
    }
}

fn print_loads(folder: &Path, file: &Path, case: &str, rows: u64) -> Result<()> {
    let loads = (0..RUNS).map(|_| load_apart(folder, file, case)).collect::<Result<Vec<Load>>>()?;
    let most = |figure: fn(&Load) -> u64| megabytes(loads.iter().map(figure).max().unwrap_or(0));
    let seconds = median(loads.iter().map(|load| load.took).collect()).as_secs_f64();
    let rate = grouped((rows as f64 / seconds) as u64);
    let (peak, written, stored) = (most(|load| load.peak), most(|load| load.written), most(|load| load.stored));
    println!(
        "{case}: {rate} rows a second, {seconds:.2} s (median of {RUNS}), at most {peak} MB of memory, \
         {written} MB written, {stored} MB in the store"
    );
    Ok(())
}
