//! Queries as SQL for DuckDB: the third opinion of long runs. What it cannot say is named, so that it can be counted.
//!
//! A statement is a chain of named parts: the rows with what the aggregates take of each (`facts`), their groups
//! (`grouped`), and a part for every step behind them. Columns are called `k0`, `k1`, .. for the dimensions and `c0`,
//! `c1`, .. for the cells; `other` says which rows are the remainder of a top. Each statement reads one wide table,
//! `rows`, that holds the rows of the base with what their links find.

mod aggregates;
mod chain;
mod clock;
mod columns;
mod comparison;
mod conditions;
mod cumulative;
mod dimensions;
mod facts;
mod files;
mod filters;
mod formulas;
mod gaps;
mod groups;
mod limits;
mod literals;
mod order;
mod output;
mod parts;
mod relative;
mod statement;
mod steps;
mod totals;
mod windows;

pub use columns::wide_table;
pub use files::{column_type, csv};
pub use limits::Skipped;
pub use statement::{Asked, asked};

/// The macros that the statements use.
pub const MACROS: &str = include_str!("macros.sql");
