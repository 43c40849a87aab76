//! A query as the generator makes it: neither JSON nor SQL, so that both can be written from it independently.

mod aggregation;
mod filter;
mod literal;
mod operator;
mod query;
mod time;

pub use aggregation::Aggregation;
pub use filter::{Filter, Having, Leaf, Nulls, Right};
pub use literal::{Literal, Pattern};
pub use operator::Operator;
pub use query::{At, Dimension, Key, Measure, Options, Output, Spec};
pub use time::{Bucket, Level, Part};
