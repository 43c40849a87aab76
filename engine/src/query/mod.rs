//! The query document: what a query asks, as a Rust model, as a builder and as JSON. Names stay names here; they are
//! looked up in the catalog when a query is resolved.

mod aggregation_settings;
mod check;
mod compare;
mod decimal;
mod derived;
mod discretization;
mod document;
mod drilling;
mod filter;
mod filter_methods;
mod item;
mod json;
mod literal;
mod measure_shorthand;
mod member_methods;
mod members;
mod operator;
mod options;
mod order;
mod pivot;
mod reference;
mod relative_methods;
mod schema;
mod shorthand;
mod snapshot_at;
#[cfg(test)]
mod tests;
mod top;
mod totals;
mod window;

pub use aggregation_settings::{AggregationSettings, Cumulative, CumulativeSpan, PercentileKind, Pick};
pub use compare::{Compare, Shift};
pub(crate) use decimal::Digits;
pub use derived::Derived;
pub use discretization::{Discretization, MemberGroup};
pub use document::{Query, QueryBatch};
pub use drilling::{Clicked, Crumb, Drilled};
pub use filter::{Filter, Leaf, NullRule, Operand};
pub use item::{Dimension, Measure};
pub use literal::Literal;
pub use measure_shorthand::{
    approx_distinct_count, approx_percentile, cumulative_sum, first, histogram, last, mode, percentile, rate,
    stddev_pop, string_list, variance_pop, weighted_average,
};
pub use member_methods::{MembersField, hierarchy};
pub use members::{Expand, Member, MemberLevel, Members};
pub use operator::Operator;
pub use options::Options;
pub use order::{Limit, NullsOrder, Order, OrderKey};
pub use pivot::{Pivot, PivotCell};
pub use reference::{DatetimeLevel, Field, Reference, Target};
pub use schema::query_schema;
pub use shorthand::{
    and, asc, average, column, column_in, count, count_values, desc, distinct_count, expression, formula, level, max,
    median, min, name, not, or, stddev, stored_formula, sum, variance,
};
pub use snapshot_at::SnapshotAt;
pub use top::Top;
pub use totals::{Totals, TotalsOver};
pub use window::{Window, WindowFunction, WindowTotal, WindowValue};
