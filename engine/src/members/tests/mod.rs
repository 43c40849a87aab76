//! Trees over keys, and rows to nodes in plans.

mod plans;
mod trees;
