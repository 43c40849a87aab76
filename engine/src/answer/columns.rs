//! The columns of an answer that follow from the keys and aggregates of its rows.

use arrow::array::{ArrayRef, BooleanArray, new_null_array};
use arrow::compute::{and, not, nullif};

use super::compare::kind_of;
use super::table::broken;
use super::times::labels;

use crate::error::Result;
use crate::execute::failed;
use crate::plan::Evaluator;
use crate::resolve::{Compare, Groups};
use crate::time::Calendar;

/// Computes columns of rows.
pub(super) struct Columns<'a> {
    pub(super) evaluator: Evaluator<'a>,
    pub(super) groups: &'a Groups,
    pub(super) calendar: &'a Calendar,
}

impl Columns<'_> {
    /// The members that keys stand for, one column per dimension.
    pub(super) fn members(&self, keys: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
        let members = keys.iter().enumerate().map(|(index, keys)| self.evaluator.members(index, keys));
        members.collect::<Result<Vec<_>, _>>().map_err(failed)
    }

    /// Dimensions, measures and comparisons of rows whose dimensions and aggregates are known.
    pub(super) fn of(
        &self,
        members: Vec<ArrayRef>,
        present: &[ArrayRef],
        base: Option<&[ArrayRef]>,
        rows: usize,
    ) -> Result<Vec<ArrayRef>> {
        let mut columns = members;
        for measure in &self.groups.measures {
            let value = self.evaluator.value(&measure.value, present, &[], rows).map_err(failed)?;
            columns.push(value);
        }
        let Some(compare) = &self.groups.steps.compare else { return Ok(columns) };
        let comparable = self.comparable(compare, &columns)?;
        for compared in &compare.measures {
            let Some(measure) = self.groups.measures.get(compared.measure) else { continue };
            let previous = match base {
                Some(base) => self.evaluator.value(&measure.value, base, &[], rows).map_err(failed)?,
                None => new_null_array(&measure.output.output_type.column_type().arrow(), rows),
            };
            let previous = match &comparable {
                Some(comparable) => nullif(&previous, &not(comparable).map_err(broken)?).map_err(broken)?,
                None => previous,
            };
            columns.push(previous);
            let change = self.evaluator.value(&compared.change_value, present, &columns, rows).map_err(failed)?;
            let ratio = self.evaluator.value(&compared.ratio_value, present, &columns, rows).map_err(failed)?;
            columns.extend([change, ratio]);
        }
        Ok(columns)
    }

    /// Whether the bucket of each row has a counterpart in the base; none where all have. A day that does not exist
    /// there has no figures, not those of no rows.
    fn comparable(&self, compare: &Compare, columns: &[ArrayRef]) -> Result<Option<BooleanArray>> {
        let mut all: Option<BooleanArray> = None;
        for (index, level) in &compare.shifted {
            let Some(members) = columns.get(*index) else { continue };
            let kind = kind_of(self.groups, *index)?;
            let has_base = |label: Option<i64>| {
                label.is_none_or(|label| compare.displacement.base_of(label, *level, self.calendar, kind).is_some())
            };
            let found: BooleanArray = labels(members)?.into_iter().map(|label| Some(has_base(label))).collect();
            all = Some(match all {
                Some(all) => and(&all, &found).map_err(broken)?,
                None => found,
            });
        }
        Ok(all.filter(|all| all.false_count() > 0))
    }
}
