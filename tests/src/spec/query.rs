//! The query and its columns.

use chrono_tz::Tz;

use super::{Aggregation, Bins, Bucket, Compare, Derived, Filter, Having, Top, Totals, Window};

/// A column reached over one of the world's ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Index into the world's paths.
    pub path: usize,
    /// Index into the columns of the table at its end; of the base, derived columns follow the others.
    pub column: usize,
}

/// A dimension, or a column in rows mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// The column.
    pub at: At,
    /// Its level.
    pub bucket: Option<Bucket>,
    /// Its bins, if it has no level.
    pub bins: Option<Bins>,
    /// `include_nonoccurring`.
    pub gaps: bool,
}

impl Dimension {
    /// A dimension without bins.
    #[must_use]
    pub fn new(at: At, bucket: Option<Bucket>) -> Self {
        Self { at, bucket, bins: None, gaps: false }
    }
}

/// A measure; without a column it counts rows by `*`, or is a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The aggregation.
    pub aggregation: Aggregation,
    /// The column.
    pub at: Option<At>,
    /// Its own filters, all of which must hold.
    pub filter: Vec<Filter>,
}

/// A column of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// A dimension, by place.
    Dimension(usize),
    /// A measure, a column of the comparison or a window, counted from behind the dimensions.
    Cell(usize),
}

/// One key of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// What is sorted by.
    pub of: Output,
    /// Greatest first.
    pub descending: bool,
    /// NULL first; last otherwise.
    pub nulls_first: bool,
    /// Rows below their parents.
    pub tiered: bool,
}

/// Options of a query; `None` leaves the option out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// `timezone_id`.
    pub zone: Option<Tz>,
    /// `week_start`, in days after Monday.
    pub week_start: Option<u32>,
    /// `fiscal_year_start`, a month.
    pub fiscal: Option<u32>,
    /// `case_sensitive`.
    pub case_sensitive: Option<bool>,
    /// `as_of`, in microseconds. There is one in every generated query.
    pub now: Option<i64>,
}

impl Options {
    /// The week start, in days after Monday.
    #[must_use]
    pub fn first_weekday(&self) -> u32 {
        self.week_start.unwrap_or(0)
    }

    /// The first month of the year.
    #[must_use]
    pub fn first_month(&self) -> u32 {
        self.fiscal.unwrap_or(1)
    }

    /// The zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone.unwrap_or(Tz::UTC)
    }
}

/// A query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spec {
    /// Columns that the query adds to the base.
    pub derived: Vec<Derived>,
    /// Dimensions; in rows mode the columns.
    pub dimensions: Vec<Dimension>,
    /// Measures; in rows mode columns whose aggregation is ignored.
    pub measures: Vec<Measure>,
    /// Filters, all of which must hold.
    pub filter: Vec<Filter>,
    /// Conditions on the answer, all of which must hold.
    pub having: Vec<Having>,
    /// The comparison.
    pub compare: Option<Compare>,
    /// The best members.
    pub top: Option<Top>,
    /// Window calculations.
    pub windows: Vec<Window>,
    /// Conditions behind the windows, all of which must hold.
    pub post: Vec<Having>,
    /// The totals.
    pub totals: Option<Totals>,
    /// The dimensions that become columns; none: no pivot.
    pub pivot: Vec<usize>,
    /// The order.
    pub order: Vec<Key>,
    /// Rows to give, rows to skip.
    pub limit: Option<(u64, u64)>,
    /// Whether the number of rows without the limit is asked for.
    pub total_rows: bool,
    /// Whether rows are asked for instead of groups.
    pub rows_mode: bool,
    /// Whether the base stands as the query's own `dataset_id` and not at each of its columns.
    pub base_at_query: bool,
    /// The options.
    pub options: Options,
}

impl Spec {
    /// The zone of the query.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.options.zone()
    }

    /// The first cell behind the measures and the comparison.
    #[must_use]
    pub fn first_window(&self) -> usize {
        self.measures.len() + self.compare.as_ref().map_or(0, |compare| 3 * compare.measures.len())
    }

    /// Whether some figure is approximate.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        self.measures.iter().any(|measure| measure.aggregation.is_approximate())
    }
}
