//! The tests of a date that are relative to now, or to the newest row.

use super::{Field, Filter, Leaf, Operand, Operator};
use crate::model::Level;

impl Field {
    /// The last units up to now. From days on these are whole units that end today; below, they end with the instant.
    ///
    /// ```
    /// use drillcore::{Level, Query, column, count};
    ///
    /// let week = Query::on("flights").measure(count()).filter(column("time_hour").last_now(7, Level::Day));
    /// # week.check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn last_now(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::LastNow, Some((quantity, unit)))
    }

    /// The last units that are over; the present one is not in.
    #[must_use]
    pub fn last_completed(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::LastCompleted, Some((quantity, unit)))
    }

    /// The last units up to that of the newest row that the other filters leave. At the top level of the query's own
    /// filters only.
    #[must_use]
    pub fn last_available(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::LastAvailable, Some((quantity, unit)))
    }

    /// The next units from now on, the present one included.
    #[must_use]
    pub fn next_now(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::NextNow, Some((quantity, unit)))
    }

    /// The next units that begin after the present one.
    #[must_use]
    pub fn next_full(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::NextFull, Some((quantity, unit)))
    }

    /// From the start of the present unit up to now.
    #[must_use]
    pub fn to_date(&self, unit: Level) -> Filter {
        self.relative(Operator::ToDate, Some((1, unit)))
    }

    /// The one unit so many units ago; 1 is the one before the present one.
    #[must_use]
    pub fn ago(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::Ago, Some((quantity, unit)))
    }

    /// Before the unit so many units ago.
    #[must_use]
    pub fn more_than_ago(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::MoreThanAgo, Some((quantity, unit)))
    }

    /// In the unit so many units ago, or before.
    #[must_use]
    pub fn or_more_ago(&self, quantity: u32, unit: Level) -> Filter {
        self.relative(Operator::OrMoreAgo, Some((quantity, unit)))
    }

    /// In the present unit, all of it.
    #[must_use]
    pub fn in_current(&self, unit: Level) -> Filter {
        self.relative(Operator::Current, Some((1, unit)))
    }

    /// Not further into its own unit than now is into the present one: with years, the same part of every year.
    #[must_use]
    pub fn to_date_each(&self, unit: Level) -> Filter {
        self.relative(Operator::ToDateEach, Some((1, unit)))
    }

    /// This week up to now (`WTD`).
    #[must_use]
    pub fn week_to_date(&self) -> Filter {
        self.relative(Operator::WeekToDate, None)
    }

    /// This month up to now (`MTD`).
    #[must_use]
    pub fn month_to_date(&self) -> Filter {
        self.relative(Operator::MonthToDate, None)
    }

    /// This quarter, of the query's fiscal year, up to now (`QTD`).
    #[must_use]
    pub fn quarter_to_date(&self) -> Filter {
        self.relative(Operator::QuarterToDate, None)
    }

    /// This year, the query's fiscal one, up to now (`YTD`).
    #[must_use]
    pub fn year_to_date(&self) -> Filter {
        self.relative(Operator::YearToDate, None)
    }

    fn relative(&self, operator: Operator, period: Option<(u32, Level)>) -> Filter {
        let right = period.map(|(quantity, unit)| Operand::Period { quantity, unit });
        Leaf::new(operator, self.clone(), right).into()
    }
}
