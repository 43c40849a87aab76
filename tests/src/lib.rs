//! What the cross-crate tests share: random worlds and queries, the oracle on SQLite that answers them a second time,
//! and the comparison of the two answers. The oracle shares no code with the engine.

pub mod arrow_form;
pub mod cell;
pub mod compare;
pub mod coverage;
pub mod document;
pub mod duckdb;
pub mod duel;
pub mod engine_side;
pub mod faults;
pub mod formulas;
pub mod generate;
pub mod ground;
pub mod hierarchies;
pub mod json;
pub mod nyc;
pub mod oracle;
pub mod random_world;
pub mod rng;
pub mod shown;
pub mod shrink;
pub mod spec;
pub mod sync;
pub mod tags;
pub mod world;
