//! The columns of an answer that follow from the keys and aggregates of its rows.

use arrow::array::{ArrayRef, new_null_array};

use crate::error::Result;
use crate::execute::failed;
use crate::plan::Evaluator;
use crate::resolve::Groups;

/// Computes columns of rows.
pub(super) struct Columns<'a> {
    pub(super) evaluator: Evaluator<'a>,
    pub(super) groups: &'a Groups,
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
        for compared in &compare.measures {
            let Some(measure) = self.groups.measures.get(compared.measure) else { continue };
            let previous = match base {
                Some(base) => self.evaluator.value(&measure.value, base, &[], rows).map_err(failed)?,
                None => new_null_array(&measure.output.output_type.column_type().arrow(), rows),
            };
            columns.push(previous);
            let change = self.evaluator.value(&compared.change_value, present, &columns, rows).map_err(failed)?;
            let ratio = self.evaluator.value(&compared.ratio_value, present, &columns, rows).map_err(failed)?;
            columns.extend([change, ratio]);
        }
        Ok(columns)
    }
}
