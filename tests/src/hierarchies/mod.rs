//! What the tests of hierarchies share: how they ask, fixed and random worlds, and the same hierarchies in SQLite.

pub mod asking;
pub mod cells;
pub mod oracle;
pub mod planted;
pub mod worlds;
