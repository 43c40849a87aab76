//! The functions from which queries are built: fields, measures, the order, and filters joined together.

use super::{DatetimeLevel, Field, Filter, Measure, Order, OrderKey, Reference, Target};
use crate::model::Aggregation;

/// A column by its path: `origin`, or `airline.name` through the link `airline`. What stands behind the last dot is the
/// column; [`column_in`] names columns whose ids hold dots.
///
/// ```
/// use drillcore::{Query, column};
///
/// let query = Query::on("flights")
///     .dimension(column("airline.name"))
///     .filter(column("origin").equals("JFK"));
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn column(path: &str) -> Field {
    Field::new(Reference::column(path))
}

/// A column of a dataset, a link, or a chain of links.
///
/// ```
/// use drillcore::{column, column_in};
///
/// assert_eq!(column_in("origin_airport.country", "name"), column("origin_airport.country.name"));
/// assert_ne!(column_in("events", "properties.url"), column("events.properties.url"));
/// ```
#[must_use]
pub fn column_in(dataset: impl Into<String>, column: impl Into<String>) -> Field {
    Field::new(Reference::column_in(dataset, column))
}

/// A datetime at a level: its buckets in the query's time zone, or a cyclic part.
///
/// ```
/// use drillcore::{CyclicPart, Level, level};
///
/// let month = level("time_hour", Level::Month).named("month");
/// let weekday = level("time_hour", CyclicPart::WeekdayName);
/// # let _ = (month, weekday);
/// ```
#[must_use]
pub fn level(field: impl Into<Field>, level: impl Into<DatetimeLevel>) -> Field {
    let field: Field = field.into();
    field.at_level(level)
}

/// A dimension or measure of the same query by its name, for `having` and the order.
///
/// ```
/// use drillcore::{Query, column, count, name};
///
/// let query = Query::on("flights")
///     .dimension(column("dest"))
///     .measure(count().named("n"))
///     .having(name("n").greater_than(100));
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn name(name: impl Into<String>) -> Field {
    Field::new(Reference::name(name))
}

/// The exact sum. No values: NULL.
///
/// ```
/// use drillcore::{column, sum};
///
/// let miles = sum("distance").named("miles");
/// let long = sum("distance").named("long").filter(column("distance").at_least(1000));
/// # let _ = (miles, long);
/// ```
#[must_use]
pub fn sum(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Sum, field)
}

/// The exact sum divided by the number of values. No values: NULL.
#[must_use]
pub fn average(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Average, field)
}

/// The middle value, or the mean of the two in the middle. No values: NULL.
#[must_use]
pub fn median(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Median, field)
}

/// The number of rows.
///
/// ```
/// use drillcore::{column, count};
///
/// let late = count().named("late").filter(column("arr_delay").greater_than(15));
/// # let _ = late;
/// ```
#[must_use]
pub fn count() -> Measure {
    let rows = Reference { dataset: None, target: Target::Column(Target::ALL_ROWS.to_owned()) };
    Measure::new(Aggregation::Count, rows)
}

/// The number of rows where the column is not NULL.
#[must_use]
pub fn count_values(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::CountValues, field)
}

/// The number of different values. NULL is none.
#[must_use]
pub fn distinct_count(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::DistinctCount, field)
}

/// The least value; text by code point. No values: NULL.
#[must_use]
pub fn min(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Min, field)
}

/// The greatest value; text by code point. No values: NULL.
#[must_use]
pub fn max(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Max, field)
}

/// The sample standard deviation. Under two values: NULL.
#[must_use]
pub fn stddev(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Stddev, field)
}

/// The sample variance. Under two values: NULL.
#[must_use]
pub fn variance(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Variance, field)
}

/// A measure by a formula: `SUM({distance}) / COUNTR()`, or over other measures of the query: `{late} / {n}`.
///
/// ```
/// use drillcore::{Query, column, count, formula};
///
/// let query = Query::on("flights")
///     .measure(count().named("n"))
///     .measure(count().named("late").filter(column("arr_delay").greater_than(15)))
///     .measure(formula("{late} / {n}").named("late_rate"));
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn formula(text: impl Into<String>) -> Measure {
    Measure::from(Field::new(Reference::formula(text)))
}

/// A [stored formula](crate::Formula) as a measure, by its name or id.
///
/// ```
/// use drillcore::{Query, column, desc, stored_formula};
///
/// let query = Query::on("flights")
///     .dimension(column("carrier"))
///     .measure(stored_formula("on_time_rate").named("on_time"))
///     .order_by(desc("on_time"));
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn stored_formula(name_or_id: impl Into<String>) -> Measure {
    Measure::from(Field::new(Reference::stored_formula(name_or_id)))
}

/// A field by a formula of row level: `{distance} / {air_time}`.
#[must_use]
pub fn expression(text: impl Into<String>) -> Field {
    Field::new(Reference::expression(text))
}

/// All filters must hold; none given: all rows.
///
/// ```
/// use drillcore::{and, column, not, or};
///
/// let filter = and([
///     column("origin").equals("JFK"),
///     or([column("distance").at_least(1000), column("tailnum").is_null()]),
///     not(column("carrier").is_in(["UA", "AA"])),
/// ]);
/// # let _ = filter;
/// ```
#[must_use]
pub fn and<F: Into<Filter>>(filters: impl IntoIterator<Item = F>) -> Filter {
    Filter::And(filters.into_iter().map(Into::into).collect())
}

/// At least one filter must hold; none given: no rows.
#[must_use]
pub fn or<F: Into<Filter>>(filters: impl IntoIterator<Item = F>) -> Filter {
    Filter::Or(filters.into_iter().map(Into::into).collect())
}

/// The exact complement of a filter: the rows that it drops, also those it drops because of a NULL.
#[must_use]
pub fn not(filter: impl Into<Filter>) -> Filter {
    Filter::Not(Box::new(filter.into()))
}

/// Least first. NULL comes last unless the order says otherwise.
#[must_use]
pub fn asc(key: impl Into<OrderKey>) -> Order {
    Order::from(key)
}

/// Greatest first. NULL comes last unless the order says otherwise.
///
/// ```
/// use drillcore::{Query, column, desc, sum};
///
/// let query = Query::on("flights")
///     .dimension(column("carrier"))
///     .measure(sum("distance").named("miles"))
///     .order_by(desc("miles"))
///     .limit(10);
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn desc(key: impl Into<OrderKey>) -> Order {
    Order { descending: true, ..Order::from(key) }
}
