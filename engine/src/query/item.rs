//! The columns of an answer: dimensions and measures.

use super::{AggregationSettings, DatetimeLevel, Discretization, Field, Filter, Reference};
use crate::model::Aggregation;

/// A column of the answer that groups: its values are the keys of the rows. NULL is a key of its own.
///
/// With [`Query::rows`](crate::Query::rows) it is a column of the row.
///
/// ```
/// use drillcore::{Dimension, Level, column, level};
///
/// let carrier: Dimension = column("carrier").into();
/// let month: Dimension = level("time_hour", Level::Month).named("month");
/// assert_eq!(month.name.as_deref(), Some("month"));
/// # let _ = carrier;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dimension {
    /// The column.
    pub reference: Reference,
    /// The level of a datetime: its buckets in the query's time zone, or a cyclic part.
    pub level: Option<DatetimeLevel>,
    /// The bins or groups into which the values are put.
    pub discretization: Option<Discretization>,
    /// Whether members without rows stand in the answer too.
    pub include_nonoccurring: bool,
    /// The name in the answer, `as` in JSON. A default name is made otherwise.
    pub name: Option<String>,
    /// For rows only, where it is ignored, as Luzmo does. Refused in a query that groups.
    pub aggregation: Option<Aggregation>,
}

impl Dimension {
    pub(crate) fn new(reference: Reference, level: Option<DatetimeLevel>, name: Option<String>) -> Self {
        Self { reference, level, discretization: None, include_nonoccurring: false, name, aggregation: None }
    }

    /// The name in the answer. It must be unique in the query.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Puts the values into bins or groups.
    #[must_use]
    pub fn discretized(mut self, discretization: Discretization) -> Self {
        self.discretization = Some(discretization);
        self
    }

    /// Lets members without rows stand in the answer too.
    #[must_use]
    pub fn include_nonoccurring(mut self) -> Self {
        self.include_nonoccurring = true;
        self
    }
}

impl Field {
    /// The field as a dimension with a name, which must be unique in the query.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Dimension {
        Dimension::from(self).named(name)
    }
}

impl From<Field> for Dimension {
    fn from(Field { reference, level }: Field) -> Self {
        Self::new(reference, level, None)
    }
}

impl From<Reference> for Dimension {
    fn from(reference: Reference) -> Self {
        Self::new(reference, None, None)
    }
}

impl From<&str> for Dimension {
    fn from(path: &str) -> Self {
        Self::new(Reference::column(path), None, None)
    }
}

/// A column of the answer that is computed over the rows of each group.
///
/// ```
/// use drillcore::{Measure, column, count, sum};
///
/// let miles: Measure = sum("distance").named("miles");
/// let late: Measure = count().named("late").filter(column("arr_delay").greater_than(15));
/// let default: Measure = column("distance").into();
/// assert_eq!(default.aggregation, None);
/// # let _ = (miles, late);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Measure {
    /// The column, or all rows for a count.
    pub reference: Reference,
    /// How it is aggregated; the column's default aggregation if none.
    pub aggregation: Option<Aggregation>,
    /// What the aggregation needs besides the column.
    pub settings: AggregationSettings,
    /// The level at which a datetime is taken before it is aggregated or, for rows, shown.
    pub level: Option<DatetimeLevel>,
    /// The measure's own filters (`where` in JSON), which must all hold. They take rows out of this measure only and
    /// never remove a group.
    pub filters: Vec<Filter>,
    /// The name in the answer, `as` in JSON. A default name is made otherwise.
    pub name: Option<String>,
}

impl Measure {
    /// A field under an aggregation.
    #[must_use]
    pub fn new(aggregation: Aggregation, field: impl Into<Field>) -> Self {
        let field: Field = field.into();
        Self { aggregation: Some(aggregation), ..Self::from(field) }
    }

    /// The name in the answer. It must be unique in the query.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a filter of this measure's own. It never removes a group.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.filters.push(filter.into());
        self
    }
}

impl From<Field> for Measure {
    fn from(Field { reference, level }: Field) -> Self {
        let settings = AggregationSettings::default();
        Self { reference, aggregation: None, settings, level, filters: Vec::new(), name: None }
    }
}
