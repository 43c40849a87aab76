//! What is done with the groups: order, comparison, top, windows, totals, pivot.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::columns::AggregationForm;
use super::filter::NoDiscretization;
use super::members::{AnyLevel, levels};
use super::names::{Direction, FunctionName, NullsName, OverName, PreviousPeriod, WindowTotalName};
use super::values::{Given, Period, Scalar};

/// A key of the order: a column of the answer by its name or by what it is.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, transform = levels)]
pub(super) struct Order {
    /// The name of a column of the answer.
    by: Option<String>,
    /// The same as `by`.
    name: Option<String>,
    dataset_id: Option<String>,
    column_id: Option<String>,
    formula: Option<String>,
    /// A stored formula, by its name or id.
    formula_id: Option<String>,
    expression: Option<String>,
    /// The hierarchy of a dimension.
    hierarchy_id: Option<String>,
    level: Option<AnyLevel>,
    discretization: Option<NoDiscretization>,
    unnest: Option<bool>,
    /// The type of the measure's aggregation.
    aggregation: Option<AggregationForm>,
    /// Ascending without it.
    order: Option<Direction>,
    /// Where NULL comes; last without it.
    nulls: Option<NullsName>,
    /// Whether rows stand below their parents.
    tiered: Option<bool>,
    /// The column of a pivot by whose cells the rows are ordered.
    at: Option<BTreeMap<String, Scalar>>,
}

/// A comparison with an earlier period.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Compare {
    dataset_id: Option<String>,
    /// The date that is shifted.
    column_id: Option<String>,
    formula: Option<String>,
    /// Refused: a stored formula is of groups.
    formula_id: Option<String>,
    expression: Option<String>,
    /// Refused: a hierarchy is no date.
    hierarchy_id: Option<String>,
    /// The name of a dimension on the date.
    name: Option<String>,
    discretization: Option<NoDiscretization>,
    unnest: Option<bool>,
    /// How far it is shifted.
    shift: Shift,
    /// The names of the measures that are compared; all without it.
    measures: Option<Vec<String>>,
    /// Whether the earlier period is cut at the same elapsed part where the present one is still running.
    trim_running: Option<bool>,
}

/// A length of time, or as long as the range itself.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Shift {
    PreviousPeriod(PreviousPeriod),
    By(Period),
}

/// The best members of a dimension.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Top {
    /// The name of the dimension whose members are ranked.
    of: Option<String>,
    /// How many members are kept.
    n: Given<u64>,
    /// The name of the measure that ranks.
    by: String,
    /// Descending without it.
    order: Option<Direction>,
    /// The names of the dimensions within whose members the ranking starts anew.
    per: Option<Vec<String>>,
    /// Whether the members left out stand in the answer as one.
    other: Option<bool>,
}

/// A column that is computed over the rows of the answer.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Window {
    /// The name in the answer.
    #[schemars(rename = "as")]
    called: String,
    /// The function; either this or a formula must be there.
    function: Option<FunctionName>,
    /// A formula over columns of the answer.
    formula: Option<String>,
    /// The dataset of the bare columns in the aggregates of a formula.
    dataset_id: Option<String>,
    /// The name of the column that a function is computed from.
    of: Option<String>,
    /// The rows of a `moving_average`.
    size: Option<Given<u64>>,
    /// The parts of an `ntile`.
    n: Option<Given<u64>>,
    /// How many rows back or ahead; 1 without it.
    offset: Option<Given<u64>>,
    /// The value of a `lag` or `lead` outside of the partition.
    default: Option<Scalar>,
    /// The order of the rows; along the first date without it. In a formula that of the calls that say none.
    order_by: Option<Vec<Order>>,
    /// The names of the dimensions whose rows belong together. In a formula those of the calls that say none.
    partition_by: Option<Vec<String>>,
    /// What stands in rows of totals.
    total: Option<WindowTotalName>,
}

/// The totals that the answer carries beside its rows.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Totals {
    /// One row over everything.
    grand: Option<bool>,
    /// The names of the dimensions that each level of subtotals keeps.
    levels: Option<Vec<Vec<String>>>,
    /// Which rows count; the visible ones without it.
    over: Option<OverName>,
}

/// Dimensions as columns.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Pivot {
    /// The names of the dimensions.
    columns: Vec<String>,
    /// The most combinations; 100 without it.
    max_columns: Option<u64>,
}
