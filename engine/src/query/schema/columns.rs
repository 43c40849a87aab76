//! Dimensions and measures.

use schemars::JsonSchema;

use super::filter::{ColumnForm, Filter, NoDiscretization};
use super::members::{AnyLevel, Expand, Member, levels};
use super::names::{AggregationName, Direction, DiscretizationType, PercentileName, PickName};
use super::values::{Given, LevelForm, Number, ParameterUse, Period, Scalar, Unit};

/// A column of the answer that groups. Exactly one of `column_id`, `formula`, `expression` and `hierarchy_id` is given.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, transform = levels)]
pub(super) struct Dimension {
    /// A dataset, a link, or a chain of links.
    dataset_id: Option<String>,
    column_id: Option<String>,
    /// A formula of rows.
    formula: Option<String>,
    /// Refused: a stored formula is of groups.
    formula_id: Option<String>,
    /// A formula of rows.
    expression: Option<String>,
    /// A hierarchy, whose members are shown.
    hierarchy_id: Option<String>,
    name: Option<String>,
    /// The level at which a datetime is taken, or the level of a hierarchy.
    level: Option<AnyLevel>,
    /// The member of a hierarchy to whose subtree the dimension keeps.
    under: Option<Member>,
    /// The members of a hierarchy that are shown with their children; in place of a level.
    expand: Option<Expand>,
    /// The bins or groups into which the values are put.
    discretization: Option<Discretization>,
    /// Whether members without rows stand in the answer too.
    include_nonoccurring: Option<bool>,
    unnest: Option<bool>,
    /// Means nothing, and is refused in a query that groups.
    aggregation: Option<AggregationForm>,
    /// The name in the answer.
    #[schemars(rename = "as")]
    called: Option<String>,
}

/// Bins (`linear` by `size` or `bins`, `custom` by `edges`), named `groups`, or `none`.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Discretization {
    #[schemars(rename = "type")]
    kind: Given<DiscretizationType>,
    /// The width of the bins.
    size: Option<Number>,
    /// The number of bins.
    bins: Option<Given<u64>>,
    /// A border of a bin; 0 without it.
    origin: Option<Number>,
    /// The borders of the bins, in rising order.
    edges: Option<Given<Vec<Number>>>,
    groups: Option<Vec<MemberGroup>>,
    /// The name of the group of all members that are in no other.
    rest: Option<String>,
}

/// A named group of members.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct MemberGroup {
    name: String,
    #[schemars(rename = "in")]
    members: Given<Vec<Scalar>>,
}

/// A column of the answer that is computed over the rows of each group. Exactly one of `column_id`, `formula`,
/// `formula_id` and `expression` is given.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Measure {
    /// A dataset, a link, or a chain of links.
    dataset_id: Option<String>,
    /// A column; `*` stands for all rows, where they are counted.
    column_id: Option<String>,
    /// A formula over the rows of a group, or over other measures.
    formula: Option<String>,
    /// A stored formula, by its name or id.
    formula_id: Option<String>,
    /// A formula of rows, which is aggregated.
    expression: Option<String>,
    /// Refused: a hierarchy is no measure.
    hierarchy_id: Option<String>,
    name: Option<String>,
    /// How the column is aggregated; its default aggregation without this.
    aggregation: Option<AggregationForm>,
    level: Option<LevelForm>,
    discretization: Option<NoDiscretization>,
    unnest: Option<bool>,
    /// Filters of the measure's own. They never remove a group.
    #[schemars(rename = "where")]
    filters: Option<Vec<Filter>>,
    /// The name in the answer.
    #[schemars(rename = "as")]
    called: Option<String>,
}

/// An aggregation by its name, or with its settings.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(super) enum AggregationForm {
    Name(AggregationName),
    Settings(Box<Aggregation>),
    Parameter(ParameterUse),
}

/// An aggregation with its settings. Each setting belongs to some aggregations.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Aggregation {
    #[schemars(rename = "type")]
    aggregation: Given<AggregationName>,
    /// The dataset of the second column of `rate` and `weightedaverage`.
    dataset_id: Option<String>,
    /// The divisor of `rate`, the weight of `weightedaverage`.
    column_id: Option<String>,
    /// As `column_id`, by a formula.
    formula: Option<String>,
    /// As `column_id`, by a formula.
    expression: Option<String>,
    /// The share of a percentile, from 0 to 1.
    p: Option<Number>,
    /// How a percentile between two values is taken; continuous without it.
    kind: Option<PercentileName>,
    /// What orders the rows of `first` and `last`.
    by: Option<ColumnForm>,
    /// What stands between the values of a `string_list`.
    separator: Option<String>,
    /// Whether a `string_list` holds each value once.
    distinct: Option<bool>,
    /// The order of a `string_list`.
    order: Option<Direction>,
    /// The most values of a `string_list`.
    max: Option<Given<u64>>,
    /// The number of bins of a `histogram`.
    bins: Option<Given<u64>>,
    /// The width of the bins of a `histogram`.
    size: Option<Number>,
    /// Makes the aggregation semi-additive: only rows with the last date count.
    last_by: Option<ColumnForm>,
    /// The columns that tell entities apart, for `last_by`.
    entity: Option<Vec<ColumnForm>>,
    /// Whether each entity has a last date of its own, for `last_by`.
    pick: Option<PickName>,
    /// Makes the aggregation cumulative.
    cumulative: Option<Cumulative>,
}

/// How far a cumulative aggregation reaches back: exactly one of `window`, `to_date` and `all` is given.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Cumulative {
    /// The date along which it runs.
    over: ColumnForm,
    /// So many units, the current one included.
    window: Option<Period>,
    /// From the start of the unit.
    to_date: Option<Unit>,
    /// From the first row.
    all: Option<bool>,
}
