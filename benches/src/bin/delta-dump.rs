//! Keyed deltas for `benches/peers/delta.py`: `delta-dump FOLDER [ROWS [DELTAS]]`, 6,000,000 rows and 9 deltas without.
//!
//! Writes a table of order lines (`base.parquet`), changes of 6,000 keys at random (`delta_0.parquet` and so on; the
//! first one is not measured), and how long the engine took for each, with its answers (`drillcore.json`). The store
//! stays in the folder (`store`).

use std::fs::{File, create_dir_all};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use drillcore::{Query, count, sum};
use drillcore_benches::{
    Delta, LINES, Result, SyncedLines, by_status, cores, grouped, keyed, millis, runtime, write_parquet,
};

const ROWS: u64 = 6_000_000;
const DELTAS: u64 = 9;
/// Rows of a delta.
const DELTA: u64 = 6_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first().map(Path::new) else {
        return Err("usage: delta-dump FOLDER [ROWS [DELTAS]]".into());
    };
    let number = |place: usize, default: u64| {
        arguments.get(place).map_or(Ok(default), |text| text.replace('_', "").parse::<u64>())
    };
    let (rows, deltas) = (number(1, ROWS)?, number(2, DELTAS)?);
    let kept = folder.join("store");
    if kept.exists() {
        return Err(format!("there is a store in {} already", kept.display()).into());
    }
    create_dir_all(folder)?;
    let runtime = runtime(cores())?;
    runtime.block_on(dump(folder, rows, deltas))
}

async fn dump(folder: &Path, rows: u64, deltas: u64) -> Result<()> {
    let store = SyncedLines::open(&folder.join("store"), rows, keyed()).await?;
    write_parquet(&folder.join("base.parquet"), store.lines.batches(None))?;
    let start = Instant::now();
    store.sync().await;
    let full = start.elapsed().as_secs_f64();
    println!("{} rows, full load {full:.2} s", grouped(rows));

    let (next, checked) = (by_status(LINES), Query::on(LINES).measure(count()).measure(sum("items")));
    let checked = checked.measure(sum("price"));
    let mut lines = Vec::new();
    for number in 0..=deltas {
        let since_us = store.lines.now_us() + 1;
        let took = millis(store.delta(Delta::RandomKeys, DELTA).await.took);
        let asked = millis(store.time_to_answer(&next).await);
        let file = format!("delta_{number}.parquet");
        write_parquet(&folder.join(&file), store.lines.batches(Some(since_us)))?;
        let answer = store.answer(&checked).await.data_json();
        println!("{file}: {took:.1} ms, the next query {asked:.1} ms");
        let (took, asked) = (format!("\"milliseconds\":{took}"), format!("\"query_milliseconds\":{asked}"));
        lines.push(format!("{{\"file\":\"{file}\",{took},{asked},\"answer\":{answer}}}"));
    }
    let mut file = BufWriter::new(File::create(folder.join("drillcore.json"))?);
    let head = format!("\"rows\":{rows},\"delta_rows\":{DELTA},\"full_seconds\":{full},\"threads\":{}", cores());
    writeln!(file, "{{{head},\"deltas\":[\n{}\n]}}", lines.join(",\n"))?;
    file.flush()?;
    Ok(())
}
