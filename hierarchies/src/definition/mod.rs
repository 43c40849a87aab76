//! Definitions: what is kept of a hierarchy, and what can be checked of it without the data.

mod build;
mod check;
mod hierarchy;
mod level;
mod options;
#[cfg(test)]
mod tests;
mod written;

pub use check::{DATETIME_LEVELS, MOST_LEVELS};
pub use hierarchy::{Hierarchy, Kind};
pub use level::{ColumnLevel, LevelInfo};
pub use options::{HideIf, Orphans, OwnRows, Visibility};
