//! The query and its columns.

use chrono_tz::Tz;

use super::{Aggregation, Bucket, Filter, Having};

/// A column reached over one of the world's ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Index into the world's paths.
    pub path: usize,
    /// Index into the columns of the table at its end.
    pub column: usize,
}

/// A dimension, or a column in rows mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimension {
    /// The column.
    pub at: At,
    /// Its level.
    pub bucket: Option<Bucket>,
}

/// A measure; without a column it counts rows by `*`.
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
    /// A measure, by place.
    Measure(usize),
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
}

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Dimensions; in rows mode the columns.
    pub dimensions: Vec<Dimension>,
    /// Measures; in rows mode columns whose aggregation is ignored.
    pub measures: Vec<Measure>,
    /// Filters, all of which must hold.
    pub filter: Vec<Filter>,
    /// Conditions on the answer, all of which must hold.
    pub having: Vec<Having>,
    /// The order.
    pub order: Vec<Key>,
    /// Rows to give, rows to skip.
    pub limit: Option<(u64, u64)>,
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
        self.options.zone.unwrap_or(Tz::UTC)
    }
}
