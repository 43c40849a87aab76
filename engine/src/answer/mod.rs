//! What happens to the groups of an answer once their rows are aggregated, on arrays in memory: gap rows, comparison,
//! having, top, windows, post, totals, order, pivot.
//!
//! The rows are read once per filter. The states of all aggregates are kept for each leaf group, so that a total, a
//! subtotal, the rank of a member and the remainder of a top are merged from them and are native values, not sums of
//! what is shown. Aggregates over finer groups, and over those of the context, have readings of their own.

mod behind;
mod by_group;
mod coarser;
mod columns;
mod compare;
mod cumulative;
mod domains;
mod expanded;
mod finer;
mod fixed_groups;
mod fixed_values;
mod grains;
mod hidden;
mod keys;
mod leaves;
mod members;
mod order;
mod ordered;
mod pivot;
mod pivoted;
mod readings;
mod run;
mod states;
mod table;
mod times;
mod top;
mod totals;
mod windowed;
mod windows;

pub(crate) use behind::groups_behind;
pub(crate) use fixed_values::with_fixed_values;
pub(crate) use hidden::HiddenChildren;
pub(crate) use pivoted::PivotedColumn;
pub(crate) use run::{first_pass, run};
pub(crate) use windows::window_type;
