//! The groups of a cell as tests of rows, in the present or in the base of a comparison.

use datafusion::scalar::ScalarValue;

use super::{CellGroups, CellKey, GroupSet};
use crate::error::{Error, Result};
use crate::resolve::filters::is_null;
use crate::resolve::{Compare, Dimension, Groups, Predicate, Scalar, Test, dates};
use crate::time::{Calendar, OpenRange, label_range};

/// The rows of a cell in one period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period<'a> {
    pub(super) groups: &'a Groups,
    pub(super) cell: &'a CellKey,
    pub(super) known: Option<&'a CellGroups>,
    /// The comparison, if this is its base.
    pub(super) compare: Option<&'a Compare>,
    pub(super) calendar: &'a Calendar,
}

impl Period<'_> {
    /// Whether a row belongs to a group of the cell.
    pub(super) fn group(&self) -> Result<Predicate> {
        let taken = match self.known {
            Some(known) => self.among(&known.taken)?,
            None => Predicate::Constant(true),
        };
        Ok(Predicate::all([self.shared(|_| true)?, taken, self.with_counterpart(|_| true)?]))
    }

    /// Whether a row has the members that all groups of the cell share, in some of the dimensions.
    pub(super) fn shared(&self, on: impl Fn(usize) -> bool) -> Result<Predicate> {
        let mut tests = Vec::new();
        for index in (0..self.groups.dimensions.len()).filter(|index| on(*index)) {
            if let Some(member) = self.cell.shared(self.groups, index) {
                tests.push(self.of_member(index, member)?);
            }
        }
        Ok(Predicate::all(tests))
    }

    /// Whether a row is in one of some groups.
    pub(super) fn among(&self, set: &GroupSet) -> Result<Predicate> {
        let mut found = Vec::with_capacity(set.tuples.len());
        for tuples in &set.tuples {
            let mut tests = Vec::with_capacity(tuples.fixed.len() + 1);
            for (index, member) in &tuples.fixed {
                tests.push(self.of_member(*index, member)?);
            }
            if let Some((index, members)) = &tuples.listed {
                tests.push(self.one_of(*index, members)?);
            }
            found.push(Predicate::all(tests));
        }
        let found = Predicate::any(found);
        Ok(if set.excluded { found.negate() } else { found })
    }

    /// Whether the buckets of a row of the base have a counterpart in the present, for those of some dimensions that
    /// are rolled up.
    pub(super) fn with_counterpart(&self, on: impl Fn(usize) -> bool) -> Result<Predicate> {
        let (Some(_), Some(known)) = (self.compare, self.known) else { return Ok(Predicate::Constant(true)) };
        let mut tests = Vec::new();
        for (index, labels) in known.lost.iter().filter(|(index, _)| on(**index)) {
            if self.cell.shared(self.groups, *index).is_some() {
                continue;
            }
            let of = &self.dimension(*index)?.value;
            let column_type = of.output_type().column_type();
            let values = labels.iter().map(|label| dates::value(*label, column_type)).collect::<Result<Vec<_>>>()?;
            tests.push(Predicate::Test(Test::OneOf { of: of.clone(), values, folded: false }).negate());
        }
        Ok(Predicate::all(tests))
    }

    fn dimension(&self, index: usize) -> Result<&Dimension> {
        let found = self.groups.dimensions.get(index);
        found.ok_or_else(|| Error::internal("a cell has a dimension that its query has not"))
    }

    /// The member as it is called in the period; none where the bucket does not exist there.
    fn counterpart(&self, index: usize, member: &ScalarValue) -> Result<Option<ScalarValue>> {
        let shifted = self.compare.and_then(|compare| {
            let (_, level) = compare.shifted.iter().find(|(shifted, _)| *shifted == index)?;
            Some((compare.displacement, *level))
        });
        let of = &self.dimension(index)?.value;
        let (Some((displacement, level)), Some(label), Some(kind)) = (shifted, dates::raw(member), of.time_kind())
        else {
            return Ok(Some(member.clone()));
        };
        let base = displacement.base_of(label, level, self.calendar, kind);
        base.map(|base| dates::value(base, of.output_type().column_type())).transpose()
    }

    /// Whether a row has a member.
    fn of_member(&self, index: usize, member: &ScalarValue) -> Result<Predicate> {
        let of = &self.dimension(index)?.value;
        let Some(value) = self.counterpart(index, member)? else { return Ok(Predicate::Constant(false)) };
        if value.is_null() {
            return Ok(is_null(of));
        }
        if let (Scalar::Node(node), ScalarValue::Int64(Some(number))) = (of, &value) {
            return Ok(node.holds(*number));
        }
        if let Scalar::Bucket { of: date, level } = of
            && let (Some(label), Some(kind)) = (dates::raw(&value), date.time_kind())
        {
            // The same rows as a test of the bucket, and files can be pruned by it.
            let range = label_range(*level, label, self.calendar, kind);
            return dates::between_raw(date, OpenRange { start: Some(range.start), end: Some(range.end) });
        }
        Ok(Predicate::Test(Test::OneOf { of: of.clone(), values: vec![value], folded: false }))
    }

    /// Whether a row has one of some members.
    fn one_of(&self, index: usize, members: &[ScalarValue]) -> Result<Predicate> {
        let of = &self.dimension(index)?.value;
        let mut tests = Vec::new();
        let mut values = Vec::with_capacity(members.len());
        for member in members {
            match self.counterpart(index, member)? {
                Some(value) if value.is_null() => tests.push(is_null(of)),
                Some(value) => values.push(value),
                None => {}
            }
        }
        if !values.is_empty() {
            tests.push(Predicate::Test(Test::OneOf { of: of.clone(), values, folded: false }));
        }
        Ok(Predicate::any(tests))
    }
}
