//! What the suites share: the demo's data and queries, rows made in memory, and the same rows in an engine and in a
//! session of plain DataFusion, side by side.
//!
//! The suites are in `suites/`; `cargo bench -p drillcore-benches --bench dashboard` runs one. What they showed, and
//! how to read it, is in `docs/performance.md`.

mod agree;
mod documents;
mod flights;
mod lineitems;
mod sides;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

pub use agree::assert_same_answers;
pub use documents::documents;
pub use flights::{Flights, Place, rows_of};
pub use lineitems::lineitems;
pub use sides::Sides;

use tokio::runtime::{Builder, Runtime};

/// A result of setting something up.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// The cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A runtime as a service would have it. The engine brings its own threads and uses none of these; DataFusion runs here.
pub fn runtime(threads: usize) -> Result<Runtime> {
    Ok(Builder::new_multi_thread().worker_threads(threads).enable_time().build()?)
}

/// A path below `data/` at the root of the repository.
fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data").join(path)
}
