//! Filters that are relative to now, or to the newest row, as ranges.

use super::filters::is_null;
use super::{Predicate, Resolver, Scalar, Test, dates};
use crate::error::{Error, Result};
use crate::model::Level;
use crate::query::{Leaf, NullRule, Operand, Operator};
use crate::time::{Elapsed, OpenRange, Relative, TimeKind, available_range, relative_range};

impl Resolver<'_> {
    /// A test relative to now.
    pub(super) fn relative(&mut self, of: Scalar, leaf: &Leaf) -> Result<Predicate> {
        let of = dates::unbucketed(of);
        let kind = time_kind(&of, leaf.operator)?;
        let (quantity, unit) = period(leaf);
        let which = match leaf.operator {
            Operator::LastNow => Relative::LastNow,
            Operator::LastCompleted => Relative::LastCompleted,
            Operator::NextNow => Relative::NextNow,
            Operator::NextFull => Relative::NextFull,
            Operator::Ago => Relative::Ago,
            Operator::MoreThanAgo => Relative::MoreThanAgo,
            Operator::OrMoreAgo => Relative::OrMoreAgo,
            Operator::Current => Relative::Current,
            Operator::ToDateEach => {
                let elapsed = Elapsed::at(unit, self.now, &self.calendar, kind)?;
                return Ok(Predicate::Test(Test::Elapsed { of, elapsed }));
            }
            Operator::LastAvailable => {
                return Err(Error::query("`last_available` must stand at the top level of the query's `where`"));
            }
            _ => Relative::ToDate,
        };
        let range = relative_range(which, quantity, unit, self.now, &self.calendar, kind)?;
        dates::between_raw(&of, range)
    }

    /// The last units up to the newest of the rows that pass the other filters.
    pub(super) fn last_available(&mut self, leaf: &Leaf, rows: &Predicate, path: &str) -> Result<Predicate> {
        let of = self.side(&leaf.left, &format!("{path}/parameters/0"), None)?;
        let of = dates::unbucketed(of);
        let kind = time_kind(&of, leaf.operator).map_err(|error| error.within(path))?;
        let (quantity, unit) = period(leaf);
        let Some(extent) = self.extent(&of, rows) else { return Ok(Predicate::Constant(false)) };
        let test = match dates::raw(&extent.greatest) {
            None => Predicate::Constant(false),
            Some(greatest) => {
                let OpenRange { start, end } = available_range(greatest, quantity, unit, &self.calendar, kind)
                    .map_err(|error| error.within(path))?;
                dates::between_raw(&of, OpenRange { start, end }).map_err(|error| error.within(path))?
            }
        };
        Ok(with_nulls(test, is_null(&of), leaf.nulls))
    }
}

/// A test under the rule for NULLs that its leaf gives.
pub(super) fn with_nulls(test: Predicate, null: Predicate, rule: Option<NullRule>) -> Predicate {
    match rule {
        None => test,
        Some(NullRule::Include) => Predicate::any([test, null]),
        Some(NullRule::Exclude) => Predicate::all([test, null.negate()]),
        Some(NullRule::Only) => null,
    }
}

/// Quantity and unit of a leaf, whose shape is checked already.
fn period(leaf: &Leaf) -> (u32, Level) {
    match (leaf.operator, &leaf.right) {
        (_, Some(Operand::Period { quantity, unit })) => (*quantity, *unit),
        (Operator::WeekToDate, _) => (1, Level::Week),
        (Operator::MonthToDate, _) => (1, Level::Month),
        (Operator::QuarterToDate, _) => (1, Level::Quarter),
        _ => (1, Level::Year),
    }
}

fn time_kind(of: &Scalar, operator: Operator) -> Result<TimeKind> {
    of.time_kind().ok_or_else(|| {
        let message =
            format!("`{operator}` is for dates, but the left side is {}", of.output_type().column_type().name());
        Error::query(message).at("/parameters/0")
    })
}
