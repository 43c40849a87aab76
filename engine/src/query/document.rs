//! The query, and how one is built.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{
    Compare, Derived, Dimension, Filter, Limit, Measure, Options, Order, Pivot, SnapshotAt, Top, Totals, Window,
};
use crate::model::WeekStart;

/// A question: dimensions to group by, measures over the rows of each group, filters, an order and a limit.
///
/// Without dimensions the answer is one row. Without measures it is the distinct tuples of the dimensions. The same
/// query can be written as JSON and read with [`Query::from_json`].
///
/// ```
/// use drillcore::{Level, Query, column, count, desc, level, name, sum};
///
/// let query = Query::on("flights")
///     .dimension(level("time_hour", Level::Month).named("month"))
///     .dimension(column("airline.name"))
///     .measure(sum("distance").named("miles"))
///     .measure(count().named("late").filter(column("arr_delay").greater_than(15)))
///     .filter(column("origin").equals("JFK"))
///     .having(name("miles").greater_than(100_000))
///     .order_by(desc("miles"))
///     .limit(10)
///     .timezone("America/New_York");
/// query.check()?;
///
/// let json = query.to_json().to_string();
/// assert_eq!(Query::from_json(&json)?, query);
/// # Ok::<(), drillcore::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Query {
    /// The name of the query, `as` in JSON. In a batch, results and files are called so.
    pub name: Option<String>,
    /// The dataset in which a column without one is looked up, `dataset_id` in JSON. It may be left out where the
    /// columns leave no doubt.
    pub dataset: Option<String>,
    /// The version of the base that is read; none: the newest.
    pub at: Option<SnapshotAt>,
    /// Columns of this query only, computed row by row.
    pub derived: Vec<Derived>,
    /// What the rows are grouped by; without grouping, columns of the rows.
    pub dimensions: Vec<Dimension>,
    /// What is computed over each group; without grouping, further columns of the rows.
    pub measures: Vec<Measure>,
    /// What rows must satisfy, all of it; `where` in JSON.
    pub filters: Vec<Filter>,
    /// What groups must satisfy, all of it.
    pub having: Vec<Filter>,
    /// The comparison with an earlier period.
    pub compare: Option<Compare>,
    /// The best members of a dimension.
    pub top: Option<Top>,
    /// Columns computed over the rows of the answer, `window` in JSON.
    pub windows: Vec<Window>,
    /// What rows of the answer must satisfy after the window calculations, all of it.
    pub post: Vec<Filter>,
    /// The totals that the answer carries beside its rows.
    pub totals: Option<Totals>,
    /// The dimensions that become columns.
    pub pivot: Option<Pivot>,
    /// The keys of the order, the first first. None: the dimensions, ascending.
    pub order: Vec<Order>,
    /// The part of the sorted answer that is wanted.
    pub limit: Option<Limit>,
    /// What holds for the whole query.
    pub options: Options,
}

impl Query {
    /// The most dimensions and measures together, and the most keys of an order.
    pub const MAX_COLUMNS: usize = 4_096;
    /// The most tests in all the filters of a query.
    pub const MAX_FILTERS: usize = 10_000;
    /// How deep `and`, `or` and `not` nest at most.
    pub const MAX_FILTER_DEPTH: usize = 50;
    /// The most values in one list.
    pub const MAX_LIST_VALUES: usize = 100_000;
    /// The most derived columns.
    pub const MAX_DERIVED: usize = 64;
    /// The most window calculations.
    pub const MAX_WINDOWS: usize = 64;
    /// The most levels of totals, the grand total apart.
    pub const MAX_TOTAL_LEVELS: usize = 64;
    /// The most bins that a dimension or a histogram is cut into.
    pub const MAX_BINS: u64 = 10_000;
    /// The depth above which all members of a hierarchy are expanded at most.
    pub const MAX_EXPAND_DEPTH: u16 = 64;
    /// The most members that a dimension over a hierarchy expands one by one.
    pub const MAX_OPEN_MEMBERS: usize = 10_000;
    /// The most columns that tell the entities of a semi-additive aggregation apart.
    pub const MAX_ENTITIES: usize = 64;

    /// A query in which columns without a dataset are those of `dataset`.
    #[must_use]
    pub fn on(dataset: impl Into<String>) -> Self {
        Self { dataset: Some(dataset.into()), ..Self::default() }
    }

    /// The name of the query.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Groups by one more column.
    #[must_use]
    pub fn dimension(mut self, dimension: impl Into<Dimension>) -> Self {
        self.dimensions.push(dimension.into());
        self
    }

    /// Computes one more column.
    #[must_use]
    pub fn measure(mut self, measure: impl Into<Measure>) -> Self {
        self.measures.push(measure.into());
        self
    }

    /// Adds a filter that rows must satisfy too.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.filters.push(filter.into());
        self
    }

    /// Adds a filter that groups must satisfy too; its fields are [names](crate::name) of the query.
    #[must_use]
    pub fn having(mut self, filter: impl Into<Filter>) -> Self {
        self.having.push(filter.into());
        self
    }

    /// Adds a column that is computed row by row from others.
    #[must_use]
    pub fn derive(mut self, name: impl Into<String>, expression: impl Into<String>) -> Self {
        self.derived.push(Derived::new(name, expression));
        self
    }

    /// Compares with an earlier period.
    #[must_use]
    pub fn compare(mut self, compare: Compare) -> Self {
        self.compare = Some(compare);
        self
    }

    /// Keeps the best members of a dimension.
    #[must_use]
    pub fn top(mut self, top: Top) -> Self {
        self.top = Some(top);
        self
    }

    /// Adds a column that is computed over the rows of the answer.
    #[must_use]
    pub fn window(mut self, window: Window) -> Self {
        self.windows.push(window);
        self
    }

    /// Adds a filter on the rows of the answer, behind the window calculations.
    #[must_use]
    pub fn post(mut self, filter: impl Into<Filter>) -> Self {
        self.post.push(filter.into());
        self
    }

    /// Asks for totals.
    #[must_use]
    pub fn totals(mut self, totals: Totals) -> Self {
        self.totals = Some(totals);
        self
    }

    /// Lays dimensions out as columns.
    #[must_use]
    pub fn pivot(mut self, pivot: Pivot) -> Self {
        self.pivot = Some(pivot);
        self
    }

    /// Adds a key to the order, behind the ones there are.
    ///
    /// ```
    /// use drillcore::{Query, column, count, desc};
    ///
    /// let query = Query::on("flights")
    ///     .dimension(column("carrier"))
    ///     .measure(count().named("n"))
    ///     .order_by(desc("n").nulls_first())
    ///     .order_by(column("carrier"));
    /// # query.check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn order_by(mut self, order: impl Into<Order>) -> Self {
        self.order.push(order.into());
        self
    }

    /// At most so many rows. It does not lift the bound of [`Query::max_rows`].
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit.get_or_insert_default().by = Some(rows);
        self
    }

    /// Leaves out so many rows first.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.limit.get_or_insert_default().offset = rows;
        self
    }

    /// Returns rows one by one instead of groups (`"rollup_data": false` in JSON).
    ///
    /// ```
    /// use drillcore::{Query, column};
    ///
    /// let query = Query::on("flights").rows().dimension(column("flight")).dimension(column("dest")).limit(100);
    /// # query.check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn rows(mut self) -> Self {
        self.options.rollup_data = false;
        self
    }

    /// The IANA zone in which datetimes are bucketed and date literals are read; UTC without it.
    #[must_use]
    pub fn timezone(mut self, zone: impl Into<String>) -> Self {
        self.options.timezone_id = Some(zone.into());
        self
    }

    /// The first day of weeks; Monday without it.
    #[must_use]
    pub fn week_start(mut self, day: WeekStart) -> Self {
        self.options.week_start = day;
        self
    }

    /// The first month of years and quarters, from 1 to 12; January without it.
    #[must_use]
    pub fn fiscal_year_start(mut self, month: u8) -> Self {
        self.options.fiscal_year_start = month;
        self
    }

    /// The locale of shown names; `en` without it.
    #[must_use]
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.options.locale_id = Some(locale.into());
        self
    }

    /// Whether text is compared with its letter case; it is without this.
    #[must_use]
    pub fn case_sensitive(mut self, yes: bool) -> Self {
        self.options.case_sensitive = yes;
        self
    }

    /// Allows approximations: the aggregations that are approximate by name, and nothing else.
    #[must_use]
    pub fn approximate(mut self) -> Self {
        self.options.exact = false;
        self
    }

    /// Asks for the number of rows that the answer would have without a limit.
    #[must_use]
    pub fn total_rows(mut self) -> Self {
        self.options.total_rows = true;
        self
    }

    /// What is taken for now; the engine's clock without this.
    #[must_use]
    pub fn as_of(mut self, now: DateTime<Utc>) -> Self {
        self.options.as_of = Some(now);
        self
    }

    /// An answer of more rows is an error (`LimitExceeded`) and never cut, also if it keeps within the query's own
    /// limit. The engine has a bound of its own, and the smaller one counts.
    #[must_use]
    pub fn max_rows(mut self, rows: u64) -> Self {
        self.options.max_rows = Some(rows);
        self
    }

    /// Gives the query up after so long, counted in whole milliseconds.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.options.timeout_ms = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self
    }
}

/// Several queries that are asked together.
///
/// ```
/// use drillcore::{Query, QueryBatch, column, count};
///
/// let total = Query::on("flights").named("total").measure(count());
/// let carriers = Query::on("flights").named("carriers").dimension(column("carrier")).measure(count());
/// let batch = QueryBatch::new([total, carriers]);
/// assert_eq!(QueryBatch::from_json(&batch.to_json().to_string())?, batch);
/// # Ok::<(), drillcore::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct QueryBatch {
    /// The queries; results come in the same order.
    pub queries: Vec<Query>,
}

impl QueryBatch {
    /// The most queries in a batch.
    pub const MAX_QUERIES: usize = 1_000;
    /// The most bytes in a query document.
    pub const MAX_BYTES: usize = 4 << 20;

    /// A batch of queries.
    #[must_use]
    pub fn new(queries: impl IntoIterator<Item = Query>) -> Self {
        Self { queries: queries.into_iter().collect() }
    }
}

impl From<Query> for QueryBatch {
    fn from(query: Query) -> Self {
        Self { queries: vec![query] }
    }
}
