//! What names and calls are above the level of rows.

use crate::tree::{OrderKey, Reference};
use crate::{AggregateFunction, Constant, Typed, WindowFunction};

/// What a name or call stands for in a formula of aggregate level.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AggregateLeaf<C, M> {
    /// A measure of the same query, or a stored formula.
    Measure(M),
    /// An aggregate over the rows of the group.
    Aggregate(Box<Aggregate<C>>),
    /// An aggregate over finer groups.
    Nested(Box<Nested<C, M>>),
}

/// An aggregate over formulas of row level.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Aggregate<C> {
    /// How the values become one.
    pub function: AggregateFunction,
    /// The values; none for a count of rows.
    pub argument: Option<Typed<C>>,
    /// The divisor of a rate, the weight of a weighted average, what orders first and last, the other side of a
    /// correlation.
    pub second: Option<Typed<C>>,
    /// Constants: the share of a percentile, the separator of a list.
    pub parameters: Vec<Constant>,
    /// Only rows where this is true count; NULL is not true.
    pub filter: Option<Typed<C>>,
    /// Which rows are one group.
    pub groups: Groups<C>,
}

/// Which rows are one group of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Groups<C> {
    /// Those with the same dimensions of the query.
    Query,
    /// All rows that pass the filters of the query.
    Full,
    /// Those with the same values of these columns, among all rows that pass the context filters.
    Fixed(Vec<Typed<C>>),
    /// Those with the same dimensions but these.
    Exclude(Vec<Reference>),
}

/// An aggregate over the values of finer groups: `AVG(SUM({x} INCLUDE {customer}))`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nested<C, M> {
    /// How the values of the finer groups become one.
    pub function: AggregateFunction,
    /// The values; its aggregates are over the finer groups, as if these had the query's dimensions.
    pub argument: Typed<AggregateLeaf<C, M>>,
    /// As [`Aggregate::second`].
    pub second: Option<Typed<AggregateLeaf<C, M>>>,
    /// As [`Aggregate::parameters`].
    pub parameters: Vec<Constant>,
    /// Only finer groups where this is true count.
    pub filter: Option<Typed<AggregateLeaf<C, M>>>,
    /// What makes the groups finer.
    pub finer: Finer<C>,
}

/// What the finer groups of a nested aggregate are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Finer<C> {
    /// Rows with the same dimensions of the query and the same values of these columns.
    Include(Vec<Typed<C>>),
    /// Rows with the same values of these columns, among all rows that pass the context filters. Those count of which a
    /// row is in the group of the query.
    Fixed(Vec<Typed<C>>),
}

/// What a name or call stands for in a formula of window level.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum WindowLeaf<C, M> {
    /// A value of the group that the row stands for.
    Group(AggregateLeaf<C, M>),
    /// A value over the rows of the answer.
    Window(Box<Window<C, M>>),
}

/// A call of a window function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Window<C, M> {
    /// Which.
    pub function: WindowFunction,
    /// The values; ranks and counts have none.
    pub argument: Option<Typed<AggregateLeaf<C, M>>>,
    /// The rows of a moving window, the offset, the number of parts.
    pub parameters: Vec<i64>,
    /// What stands behind `PARTITION BY`, if it stands there.
    pub partition: Option<Vec<Reference>>,
    /// What stands behind `ORDER BY`.
    pub order: Vec<OrderKey>,
}
