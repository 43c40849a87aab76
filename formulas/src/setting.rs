//! What a formula takes from where it is asked: the zone, the calendar and the clock.

use chrono_tz::Tz;

/// The zone, the calendar and the clock that a formula is checked for. They become constants of the
/// [`Typed`](crate::Typed) tree, so whoever evaluates that needs none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The zone whose wall clock shows instants.
    pub zone: Tz,
    /// The first day of the week: 0 is Monday, 6 is Sunday.
    pub week_start: u8,
    /// The month in which the fiscal year starts, 1 to 12; the year is named after the one in which it ends.
    pub fiscal_year_start: u8,
    /// What `NOW()` gives: microseconds since 1970-01-01T00:00Z.
    pub now: i64,
}

impl Default for Setting {
    /// UTC, weeks from Monday, years from January, and a clock that stands at 1970-01-01T00:00Z.
    fn default() -> Self {
        Self { zone: Tz::UTC, week_start: 0, fiscal_year_start: 1, now: 0 }
    }
}
