//! The order of an answer and the part of it that is wanted.

use super::pivot::PivotCell;
use super::{DatetimeLevel, Field, Literal, Measure, Reference, Target};
use crate::model::Aggregation;

/// One key of the order. NULL comes last in both directions unless [`Order::nulls`] says otherwise. Dimensions that are
/// not among the keys follow as tie-breakers, so that the order is always the same.
///
/// The functions [`asc`](crate::asc) and [`desc`](crate::desc) make orders.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Order {
    /// What is sorted by.
    pub key: OrderKey,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Where NULL comes; last if none.
    pub nulls: Option<NullsOrder>,
    /// Whether rows stand below their parents: the members of a dimension are put in the order of their totals, and the
    /// next dimension is ordered inside them.
    pub tiered: bool,
    /// The column of a pivot by whose cells the rows are ordered: `{"by": "n", "at": {"month": "2013-01-01"}}`.
    pub at: PivotCell,
}

impl Order {
    /// NULL comes before every value.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls = Some(NullsOrder::First);
        self
    }

    /// NULL comes behind every value, which it does anyway.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.nulls = Some(NullsOrder::Last);
        self
    }
}

impl Order {
    /// Puts rows below their parents.
    #[must_use]
    pub fn tiered(mut self) -> Self {
        self.tiered = true;
        self
    }

    /// Orders the rows of a pivot by one of its columns: adds the member of a dimension that names it.
    #[must_use]
    pub fn at(mut self, dimension: impl Into<String>, member: impl Into<Literal>) -> Self {
        let dimension = dimension.into();
        // In the order in which a document is read.
        let place = self.at.partition_point(|(name, _)| *name <= dimension);
        self.at.insert(place, (dimension, member.into()));
        self
    }
}

impl<K: Into<OrderKey>> From<K> for Order {
    fn from(key: K) -> Self {
        Self { key: key.into(), descending: false, nulls: None, tiered: false, at: Vec::new() }
    }
}

/// What an [`Order`] sorts by.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OrderKey {
    /// A column of the answer by its name: `{"by": "miles"}`.
    By(String),
    /// A column of the answer by what it is: the same reference, level and aggregation as the dimension or measure.
    Field {
        /// The column.
        reference: Reference,
        /// The level of the dimension.
        level: Option<DatetimeLevel>,
        /// The aggregation of the measure; none for a dimension or a measure with its default aggregation.
        aggregation: Option<Aggregation>,
    },
}

impl From<&str> for OrderKey {
    fn from(name: &str) -> Self {
        Self::By(name.to_owned())
    }
}

impl From<String> for OrderKey {
    fn from(name: String) -> Self {
        Self::By(name)
    }
}

impl From<Field> for OrderKey {
    fn from(Field { reference, level }: Field) -> Self {
        match reference {
            Reference { target: Target::Name(name), .. } => Self::By(name),
            reference => Self::Field { reference, level, aggregation: None },
        }
    }
}

/// The measure's name if it has one, else what it is.
impl From<Measure> for OrderKey {
    fn from(measure: Measure) -> Self {
        match measure.name {
            Some(name) => Self::By(name),
            None => {
                Self::Field { reference: measure.reference, level: measure.level, aggregation: measure.aggregation }
            }
        }
    }
}

/// Where NULL comes in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NullsOrder {
    /// Before every value.
    First,
    /// Behind every value.
    Last,
}

impl NullsOrder {
    /// Both places.
    pub const ALL: [Self; 2] = [Self::First, Self::Last];

    /// The name in a query document: `first`, `last`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
        }
    }
}

/// The part of the sorted answer that is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limit {
    /// At most so many rows; all if none. More rows than the engine or the query allows are an error all the same.
    pub by: Option<u64>,
    /// So many rows are left out first.
    pub offset: u64,
}
