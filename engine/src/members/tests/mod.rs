//! Trees over keys, and rows to nodes in plans.

mod known_rows;
mod plans;
mod trees;
