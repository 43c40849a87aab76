//! What holds for a whole query.

use chrono::{DateTime, Utc};

use crate::model::WeekStart;

/// The options of a query. What is not set takes the default that stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options {
    /// Whether rows are grouped by the dimensions (the default) or returned one by one.
    pub rollup_data: bool,
    /// The IANA zone in which datetimes are bucketed and date literals are read; UTC.
    pub timezone_id: Option<String>,
    /// The first day of weeks; Monday.
    pub week_start: WeekStart,
    /// The first month of years and quarters, from 1 to 12; January. A year is labelled by the year it ends in.
    pub fiscal_year_start: u8,
    /// The locale of shown names; `en`. It never changes how text is compared or sorted.
    pub locale_id: Option<String>,
    /// Whether text is compared with its letter case (the default) or by Unicode simple folding.
    pub case_sensitive: bool,
    /// An answer of more rows is an error, also if the query has a limit; none: the engine's own bound, which holds in
    /// any case.
    pub max_rows: Option<u64>,
    /// The query is given up after so many milliseconds.
    pub timeout_ms: Option<u64>,
    /// Whether every figure must be exact. False allows the aggregations that are approximate by name.
    pub exact: bool,
    /// Whether the answer says how many rows it would have without a limit.
    pub total_rows: bool,
    /// What is taken for now where the query speaks of it; the engine's clock without it.
    pub as_of: Option<DateTime<Utc>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rollup_data: true,
            timezone_id: None,
            week_start: WeekStart::Monday,
            fiscal_year_start: 1,
            locale_id: None,
            case_sensitive: true,
            max_rows: None,
            timeout_ms: None,
            exact: true,
            total_rows: false,
            as_of: None,
        }
    }
}
