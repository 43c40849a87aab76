//! Keeping a dataset quick to read: fewer and fuller files, rows in order, deleted rows gone, key runs merged.

mod choose;
mod columns;
mod compact;
mod live;
mod moves;
mod options;
mod positions;
mod purge;
mod rewrite;
mod runs;
mod sort;
mod source;

pub use self::options::{CompactOptions, CompactReport, VacuumOptions};
