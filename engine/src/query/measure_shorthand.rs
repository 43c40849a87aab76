//! Measures whose aggregation has settings, and the functions and methods that make them.

use super::{AggregationSettings, Cumulative, Field, Literal, Measure, PercentileKind, Pick, Reference};
use crate::model::Aggregation;

fn with(aggregation: Aggregation, field: impl Into<Field>, settings: AggregationSettings) -> Measure {
    Measure { settings, ..Measure::new(aggregation, field) }
}

/// The value below which a share of the values lies, from 0 to 1, on the line between the two nearest. No values: NULL.
///
/// ```
/// use drillcore::{PercentileKind, Query, percentile};
///
/// let query = Query::on("flights")
///     .measure(percentile("arr_delay", 0.9).named("p90"))
///     .measure(percentile("arr_delay", 0.9).percentile_kind(PercentileKind::Discrete).named("p90_of_the_values"));
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn percentile(field: impl Into<Field>, p: impl Into<Literal>) -> Measure {
    with(Aggregation::Percentile, field, AggregationSettings { p: Some(p.into()), ..AggregationSettings::default() })
}

/// The sum of one column divided by the sum of another, each without its own NULLs. A divisor of 0: NULL.
#[must_use]
pub fn rate(dividend: impl Into<Field>, divisor: impl Into<Reference>) -> Measure {
    let settings = AggregationSettings { column: Some(divisor.into()), ..AggregationSettings::default() };
    with(Aggregation::Rate, dividend, settings)
}

/// The mean of a column weighted by another, over the rows where both are set. Weights that add up to 0: NULL.
#[must_use]
pub fn weighted_average(field: impl Into<Field>, weight: impl Into<Reference>) -> Measure {
    let settings = AggregationSettings { column: Some(weight.into()), ..AggregationSettings::default() };
    with(Aggregation::WeightedAverage, field, settings)
}

/// The value of the row where another column is least; of several the least. Rows where either is NULL are left out.
#[must_use]
pub fn first(field: impl Into<Field>, by: impl Into<Reference>) -> Measure {
    let settings = AggregationSettings { by: Some(by.into()), ..AggregationSettings::default() };
    with(Aggregation::First, field, settings)
}

/// The value of the row where another column is greatest; of several the greatest. Rows where either is NULL are left
/// out.
#[must_use]
pub fn last(field: impl Into<Field>, by: impl Into<Reference>) -> Measure {
    let settings = AggregationSettings { by: Some(by.into()), ..AggregationSettings::default() };
    with(Aggregation::Last, field, settings)
}

/// The most frequent value; of several the least. No values: NULL.
#[must_use]
pub fn mode(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::Mode, field)
}

/// The standard deviation of the values as a whole population. No values: NULL.
#[must_use]
pub fn stddev_pop(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::StddevPop, field)
}

/// The variance of the values as a whole population. No values: NULL.
#[must_use]
pub fn variance_pop(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::VariancePop, field)
}

/// The texts of a group as one, in their order.
///
/// ```
/// use drillcore::{Query, string_list};
///
/// let query = Query::on("flights").dimension("dest").measure(string_list("carrier").separator("/").distinct_values());
/// # query.check()?;
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn string_list(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::StringList, field)
}

/// How many values lie in each of so many bins of one width.
#[must_use]
pub fn histogram(field: impl Into<Field>, bins: u64) -> Measure {
    with(Aggregation::Histogram, field, AggregationSettings { bins: Some(bins), ..AggregationSettings::default() })
}

/// The sum, added up along the first date among the dimensions.
#[must_use]
pub fn cumulative_sum(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::CumulativeSum, field)
}

/// About the number of different values. The query must be [approximate](crate::Query::approximate).
#[must_use]
pub fn approx_distinct_count(field: impl Into<Field>) -> Measure {
    Measure::new(Aggregation::ApproxDistinctCount, field)
}

/// About the value below which a share of the values lies. The query must be
/// [approximate](crate::Query::approximate).
#[must_use]
pub fn approx_percentile(field: impl Into<Field>, p: impl Into<Literal>) -> Measure {
    let settings = AggregationSettings { p: Some(p.into()), ..AggregationSettings::default() };
    with(Aggregation::ApproxPercentile, field, settings)
}

impl Measure {
    /// How a percentile between two values is taken.
    #[must_use]
    pub fn percentile_kind(mut self, kind: PercentileKind) -> Self {
        self.settings.kind = Some(kind);
        self
    }

    /// What stands between the values of a [`string_list`].
    #[must_use]
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.settings.separator = Some(separator.into());
        self
    }

    /// Lets a [`string_list`] hold each value once.
    #[must_use]
    pub fn distinct_values(mut self) -> Self {
        self.settings.distinct = Some(true);
        self
    }

    /// The most values of a [`string_list`].
    #[must_use]
    pub fn at_most(mut self, values: u64) -> Self {
        self.settings.max = Some(values);
        self
    }

    /// Makes the measure semi-additive: only the rows with the last date count, in each group and for each of its
    /// [entities](Measure::entity).
    ///
    /// ```
    /// use drillcore::{Pick, Query, sum};
    ///
    /// let balance = sum("balance").last_by("day").entity("account").pick(Pick::LastCommonDate);
    /// # Query::on("balances").measure(balance).check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn last_by(mut self, date: impl Into<Reference>) -> Self {
        self.settings.last_by = Some(date.into());
        self
    }

    /// Adds a column that tells the entities of a semi-additive measure apart.
    #[must_use]
    pub fn entity(mut self, column: impl Into<Reference>) -> Self {
        self.settings.entity.push(column.into());
        self
    }

    /// Whether each entity of a semi-additive measure has a last date of its own.
    #[must_use]
    pub fn pick(mut self, pick: Pick) -> Self {
        self.settings.pick = Some(pick);
        self
    }

    /// Makes the measure run over earlier rows too.
    ///
    /// ```
    /// use drillcore::{Cumulative, CumulativeSpan, Level, Query, distinct_count, level};
    ///
    /// let month = CumulativeSpan::Window { quantity: 28, unit: Level::Day };
    /// let query = Query::on("visits")
    ///     .dimension(level("day", Level::Day))
    ///     .measure(distinct_count("user").cumulative(Cumulative::new("day", month)));
    /// # query.check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn cumulative(mut self, cumulative: Cumulative) -> Self {
        self.settings.cumulative = Some(cumulative);
        self
    }
}
