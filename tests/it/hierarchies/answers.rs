//! Answers over hierarchies of fixed worlds. The expected rows are worked out by hand.

mod datetimes;
mod levels;
mod members;
mod parents;
mod refusals;
mod together;
mod trees;
