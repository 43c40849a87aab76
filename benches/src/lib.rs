//! What the suites share: the demo's data and queries, rows made in memory, the same rows in an engine and in a session
//! of plain DataFusion, side by side, a table of any size that changes between syncs, and two stores that take turns.
//!
//! The suites are in `suites/`; `cargo bench --bench dashboard` runs one. What they showed, and
//! how to read it, is in `docs/performance.md`.

mod agree;
mod case;
mod chart;
mod counted_storage;
mod documents;
mod export;
mod figures;
mod flights;
mod lineitems;
mod lines;
mod machine;
mod random;
mod sides;
mod synced_lines;
mod tiles;
mod tpch;
mod turns;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

pub use agree::assert_same_answers;
pub use case::{Case, DELTA_KEYS};
pub use chart::{Chart, Line};
pub use counted_storage::{CountedStorage, Syncs};
pub use documents::documents;
pub use export::{write_csv, write_parquet};
pub use figures::{grouped, median, megabytes, millis};
pub use flights::{Flights, Place, rows_of};
pub use lineitems::lineitems;
pub use lines::{Delta, Lines};
pub use machine::{bytes_below, bytes_from_disk, bytes_written, peak_memory, processor, sync_times};
pub use sides::Sides;
pub use synced_lines::{DeltaFigures, LINES, SyncedLines, keyed};
pub use tiles::{Tile, by_status, tiles};
pub use tpch::{tpch_lines, tpch_rows};
pub use turns::{TURNS, Turn, Turns};

use tokio::runtime::{Builder, Runtime};

/// A result of setting something up.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// The cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// The rows that `DRILLCORE_BENCH_ROWS` asks for.
///
/// # Panics
///
/// If that is not a number.
pub fn rows_or(default: u64) -> u64 {
    let given = std::env::var("DRILLCORE_BENCH_ROWS").ok();
    given.map_or(default, |text| text.replace('_', "").parse().expect("DRILLCORE_BENCH_ROWS is a number of rows"))
}

/// A runtime as a service would have it. The engine brings its own threads and uses none of these; DataFusion runs here.
pub fn runtime(threads: usize) -> Result<Runtime> {
    Ok(Builder::new_multi_thread().worker_threads(threads).enable_time().build()?)
}

/// A path below `data/` at the root of the repository.
fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data").join(path)
}
