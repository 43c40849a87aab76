//! What deltas by key take on tables of several sizes: `deltas FOLDER [ROWS[:KEYS] ...]`, 6,000 keys on 6 and on 30 million
//! rows and 30,000 on 30 million if nothing else is said.
//!
//! The tables take turns, because the speed of a machine moves by a third within minutes: a delta of one can only be
//! compared with a delta of another that comes right behind it. Upkeep is part of a delta where it is due. All tables are
//! read before their deltas are measured: keys at random lie in all blocks of a key run, and what of it the system does not
//! hold in memory comes from the disk.
//!
//! Stores are kept in the folder while they are measured, so it must be on the disk that is to be measured.

use std::fs::create_dir_all;
use std::path::Path;
use std::time::Instant;

use drillcore_benches::{
    Case, DELTA_KEYS, Delta, DeltaFigures, Result, SyncedLines, Syncs, bytes_from_disk, cores, grouped, keyed, median,
    millis, processor, runtime, sync_times,
};

const CASES: [Case; 3] = [
    Case { rows: 6_000_000, keys: DELTA_KEYS },
    Case { rows: 30_000_000, keys: DELTA_KEYS },
    Case { rows: 30_000_000, keys: 5 * DELTA_KEYS },
];
const KINDS: [(&str, Delta); 3] =
    [("random keys", Delta::RandomKeys), ("the newest keys", Delta::NewestKeys), ("new keys", Delta::Appended)];
/// Deltas of each kind that each table gets. An odd number, so that one is in the middle.
const ROUNDS: usize = 31;
/// Small files that are synced to see what the disk takes.
const SYNCS: usize = 50;

/// A table and the deltas of one kind that came to it.
struct Table {
    case: Case,
    lines: SyncedLines,
    deltas: Vec<DeltaFigures>,
    /// Bytes that came from the disk all the same for each of them.
    read: Vec<u64>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else { return Err("usage: deltas FOLDER [ROWS[:KEYS] ...]".into()) };
    let asked = arguments.map(|text| Case::parse(&text)).collect::<Result<Vec<Case>>>()?;
    let cases = if asked.is_empty() { CASES.to_vec() } else { asked };
    let folder = Path::new(&folder);
    create_dir_all(folder)?;
    let mut times = sync_times(folder, SYNCS)?;
    times.sort();
    println!(
        "{} threads of {}; a small file is durable after {:.2} ms (median of {SYNCS}), nine of ten within {:.2} ms",
        cores(),
        processor(),
        millis(times[SYNCS / 2]),
        millis(times[SYNCS * 9 / 10])
    );
    runtime(cores())?.block_on(measure(folder, &cases))
}

async fn measure(folder: &Path, cases: &[Case]) -> Result<()> {
    let place = tempfile::tempdir_in(folder)?;
    let mut tables = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let lines = SyncedLines::open(&place.path().join(number.to_string()), case.rows, keyed()).await?;
        let start = Instant::now();
        lines.sync().await;
        println!("{case}: the full load took {:.1} s", start.elapsed().as_secs_f64());
        tables.push(Table { case: *case, lines, deltas: Vec::new(), read: Vec::new() });
    }
    for (name, delta) in KINDS {
        for table in &mut tables {
            table.deltas.clear();
            table.read.clear();
            // Reads all of it, so that the system holds it in memory.
            table.lines.verify().await;
        }
        for _ in 0..ROUNDS {
            for table in &mut tables {
                let before = bytes_from_disk().unwrap_or(0);
                table.deltas.push(table.lines.delta(delta, table.case.keys).await);
                table.read.push(bytes_from_disk().unwrap_or(0) - before);
            }
        }
        println!("{name}, medians of {ROUNDS} deltas:");
        for table in &tables {
            println!("  {}: {}", table.case, table.figures(&tables[0]));
        }
    }
    Ok(())
}

impl Table {
    /// The deltas beside those that came right before them to the first table.
    fn figures(&self, first: &Self) -> String {
        let slowest = self.deltas.iter().map(|delta| delta.took).max().unwrap_or_default();
        let upkeep = self.deltas.iter().filter(|delta| delta.upkeep).count();
        let alone = self.deltas.iter().filter(|delta| !delta.upkeep).map(|delta| delta.syncs);
        let Syncs { files, folders } = alone.max_by_key(|syncs| syncs.files).unwrap_or_default();
        let mut read = self.read.clone();
        read.sort_unstable();
        format!(
            "{:.1} ms, the slowest {:.1} ms, {:.2} times those of the first table; at most {files} files and {folders} \
             folders are synced, without the {upkeep} with upkeep; {} kB come from the disk",
            millis(median(self.deltas.iter().map(|delta| delta.took).collect())),
            millis(slowest),
            self.ratio(first),
            grouped(read[read.len() / 2] / 1_000)
        )
    }

    /// The median of the ratios of the rounds, which is not that of the medians.
    fn ratio(&self, first: &Self) -> f64 {
        let rounds = self.deltas.iter().zip(&first.deltas);
        let mut ratios: Vec<f64> =
            rounds.map(|(delta, first)| delta.took.as_secs_f64() / first.took.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}
