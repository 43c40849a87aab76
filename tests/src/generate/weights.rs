//! How often the generator takes a part of the language, in percent. 0 switches it off.

/// Rows one by one instead of groups.
pub(super) const ROWS_MODE: u64 = 10;
/// Derived columns.
pub(super) const DERIVED: u64 = 30;
/// Bins or groups, of dimensions that can have them.
pub(super) const BINS: u64 = 30;
/// A relative expression, of filters on dates.
pub(super) const RELATIVE: u64 = 40;
/// `last_available`.
pub(super) const AVAILABLE: u64 = 8;
/// Context, of filters that can be of it.
pub(super) const CONTEXT: u64 = 15;
/// Formulas, of measures.
pub(super) const FORMULA: u64 = 22;
/// Aggregations with settings, of measures.
pub(super) const SETTINGS: u64 = 30;
/// Semi-additive figures, of aggregations with settings.
pub(super) const LATEST: u64 = 22;
/// Approximations, of aggregations with settings.
pub(super) const APPROXIMATE: u64 = 10;
/// Filters of measures.
pub(super) const MEASURE_FILTER: u64 = 20;
/// `cumulativesum`, where there is a date to run along.
pub(super) const CUMULATIVE_SUM: u64 = 12;
/// Cumulative figures.
pub(super) const CUMULATIVE: u64 = 9;
/// Members without rows.
pub(super) const GAPS: u64 = 28;
/// Comparisons.
pub(super) const COMPARE: u64 = 30;
/// A further filter on the date that is compared or accumulated; there may be two.
pub(super) const DATE_FILTER: u64 = 25;
/// Top.
pub(super) const TOP: u64 = 32;
/// Windows.
pub(super) const WINDOWS: u64 = 38;
/// Conditions behind the windows.
pub(super) const POST: u64 = 35;
/// Totals.
pub(super) const TOTALS: u64 = 40;
/// Having.
pub(super) const HAVING: u64 = 28;
/// Pivots.
pub(super) const PIVOT: u64 = 6;
/// Tiered keys of orders by a cell.
pub(super) const TIERED: u64 = 20;
/// The number of rows.
pub(super) const TOTAL_ROWS: u64 = 15;
/// A limit.
pub(super) const LIMIT: u64 = 32;
