//! A query as the generator makes it: neither JSON nor SQL, so that both can be written from it independently.

mod aggregation;
mod bins;
mod expression;
mod filter;
mod literal;
mod operator;
mod query;
mod steps;
mod time;

pub use aggregation::{Aggregation, Span};
pub use bins::{Bins, Number};
pub use expression::{Call, Comparison, Derived, Expr, Function, Sign};
pub use filter::{Filter, Having, Leaf, Nulls, Right};
pub use literal::{Literal, Pattern};
pub use operator::Operator;
pub use query::{At, Dimension, Key, Measure, Options, Output, Spec};
pub use steps::{Compare, Shift, Top, Totals, Window, WindowFunction, WindowTotal};
pub use time::{Bucket, Level, Part};
