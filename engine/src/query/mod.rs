//! The query document: what a query asks, as a Rust model, as a builder and as JSON. Names stay names here; they are
//! looked up in the catalog when a query is resolved.

mod check;
mod decimal;
mod document;
mod filter;
mod filter_methods;
mod item;
mod json;
mod literal;
mod operator;
mod options;
mod order;
mod reference;
mod shorthand;
#[cfg(test)]
mod tests;

pub use document::{Query, QueryBatch};
pub use filter::{Filter, Leaf, NullRule, Operand};
pub use item::{Dimension, Measure};
pub use literal::Literal;
pub use operator::Operator;
pub use options::Options;
pub use order::{Limit, NullsOrder, Order, OrderKey};
pub use reference::{DatetimeLevel, Field, Reference, Target};
pub use shorthand::{
    and, asc, average, column, column_in, count, count_values, desc, distinct_count, level, max, median, min, name,
    not, or, stddev, sum, variance,
};
