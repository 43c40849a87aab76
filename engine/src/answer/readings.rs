//! What is read besides the finest groups, for aggregates over other groups.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::Int64Type;

use super::compare::present_keys;
use super::finer::FinerGroups;
use super::fixed_groups::FixedGroups;
use super::grains::Grains;
use super::leaves::Leaves;
use super::states::States;
use crate::error::{Error, Result};
use crate::execute::{Session, failed};
use crate::model::ColumnType;
use crate::plan::{Pass, Tables, pass_plan};
use crate::resolve::{
    Call, Compare, FinerReading, FixedReading, Grain, Groups, Part, Predicate, ResolvedQuery, Scalar,
};

/// Reads the groups that the aggregates of a query need besides the finest ones, which are known.
pub(super) async fn read(
    query: &ResolvedQuery,
    groups: &Groups,
    tables: &Tables,
    session: &Session,
    leaves: &Leaves,
) -> Result<Grains> {
    let mut grains = Grains::new(groups)?;
    if grains.is_empty() {
        return Ok(grains);
    }
    let reader = Reader { query, groups, tables, session, leaves };
    for reading in groups.fixed_readings() {
        reader.fixed(&reading, &mut grains).await?;
    }
    for reading in groups.finer_readings() {
        if reading.fixed {
            reader.finer_fixed(&reading, &mut grains).await?;
        } else {
            reader.included(&reading, &mut grains).await?;
        }
    }
    Ok(grains)
}

struct Reader<'a> {
    query: &'a ResolvedQuery,
    groups: &'a Groups,
    tables: &'a Tables,
    session: &'a Session,
    leaves: &'a Leaves,
}

impl Reader<'_> {
    async fn states(
        &self,
        keys: Vec<&Scalar>,
        parts: &[&Part],
        filter: &Predicate,
        grains: &mut Grains,
    ) -> Result<States> {
        let pass = Pass { keys, parts: parts.to_vec(), filter };
        let plan = pass_plan(self.query, self.tables, &pass).map_err(failed)?;
        let states = States::read(self.session, plan).await?;
        grains.rows_scanned.push(states.rows_scanned);
        Ok(states)
    }

    /// States over the rows of the context, in the present and, where there is a comparison, in its base.
    async fn of_context(
        &self,
        keys: Vec<&Scalar>,
        parts: &[&Part],
        grains: &mut Grains,
    ) -> Result<(Arc<States>, Option<Arc<States>>)> {
        let filter = self.groups.context.as_ref().ok_or_else(|| Error::internal("a fixed value has no context"))?;
        let present = Arc::new(self.states(keys.clone(), parts, filter, grains).await?);
        let Some(compare) = self.compare() else { return Ok((present, None)) };
        let base = match &compare.context {
            Some(filter) => Arc::new(self.states(keys, parts, filter, grains).await?),
            None => Arc::clone(&present),
        };
        Ok((present, Some(base)))
    }

    fn compare(&self) -> Option<&Compare> {
        self.groups.steps.compare.as_ref()
    }

    /// Groups by some dimensions.
    async fn fixed(&self, reading: &FixedReading<'_>, grains: &mut Grains) -> Result<()> {
        let dimension = |index: &usize| self.groups.dimensions.get(*index).map(|dimension| &dimension.value);
        let keys: Vec<&Scalar> = reading.by.iter().filter_map(dimension).collect();
        let (present, base) = self.of_context(keys, &reading.parts, grains).await?;
        grains.present.fixed.push(FixedGroups::new(reading.by, present));
        if let (Some(compare), Some(base)) = (self.compare(), base) {
            let moved = present_keys(self.query, self.groups, compare, reading.by, &base.keys, base.rows)?;
            grains.base.fixed.push(FixedGroups::of_base(reading.by, base, moved));
        }
        Ok(())
    }

    /// Finer groups with values of their own rows.
    async fn included(&self, reading: &FinerReading<'_>, grains: &mut Grains) -> Result<()> {
        let states = self.states(self.finer_keys(reading), &reading.parts, &self.query.filter, grains).await?;
        let (leaf_of, by) = self.placed(&states, None)?;
        grains.present.finer.push(FinerGroups::included(states, leaf_of, &by)?);
        if let Some(compare) = self.compare() {
            let states = self.states(self.finer_keys(reading), &reading.parts, &compare.filter, grains).await?;
            let (leaf_of, by) = self.placed(&states, Some(compare))?;
            grains.base.finer.push(FinerGroups::included(states, leaf_of, &by)?);
        }
        Ok(())
    }

    /// Finer groups with values of the context: which of these occur in the finest groups, and their values.
    async fn finer_fixed(&self, reading: &FinerReading<'_>, grains: &mut Grains) -> Result<()> {
        let (present, base) = self.of_context(reading.by.iter().collect(), &reading.parts, grains).await?;
        let (leaf_of, by) = self.occurring(reading, None, grains).await?;
        grains.present.finer.push(FinerGroups::fixed(present, leaf_of, &by)?);
        if let (Some(compare), Some(base)) = (self.compare(), base) {
            let (leaf_of, by) = self.occurring(reading, Some(compare), grains).await?;
            grains.base.finer.push(FinerGroups::fixed(base, leaf_of, &by)?);
        }
        Ok(())
    }

    /// The finest group of each combination that occurs in a period, and its further columns.
    async fn occurring(
        &self,
        reading: &FinerReading<'_>,
        compare: Option<&Compare>,
        grains: &mut Grains,
    ) -> Result<(Vec<Option<usize>>, Vec<ArrayRef>)> {
        let filter = compare.map_or(&self.query.filter, |compare| &compare.filter);
        let keys = self.finer_keys(reading);
        if !keys.is_empty() {
            let states = self.states(keys, &[], filter, grains).await?;
            return self.placed(&states, compare);
        }
        // Without any keys there is one group also where no row is.
        let counted = count_of_rows();
        let states = self.states(keys, &[&counted], filter, grains).await?;
        let counts = states.merge(&vec![Some(0); states.rows], 1)?;
        let counts = counts.first().and_then(|counts| counts.as_primitive_opt::<Int64Type>());
        let occurs = counts.is_some_and(|counts| counts.iter().flatten().any(|count| count > 0));
        Ok((if occurs { vec![Some(0)] } else { Vec::new() }, Vec::new()))
    }

    /// The dimensions, then what makes the groups finer.
    fn finer_keys<'r>(&'r self, reading: &'r FinerReading<'_>) -> Vec<&'r Scalar> {
        let dimensions = self.groups.dimensions.iter().map(|dimension| &dimension.value);
        dimensions.chain(reading.by).collect()
    }

    /// The finest group of each state by the dimensions and further columns, and these columns.
    fn placed(&self, states: &States, compare: Option<&Compare>) -> Result<(Vec<Option<usize>>, Vec<ArrayRef>)> {
        let count = self.groups.dimensions.len();
        let (keys, by) =
            states.keys.split_at_checked(count).ok_or_else(|| Error::internal("a finer group lacks its keys"))?;
        let Some(compare) = compare else { return Ok((self.leaves.find(keys, states.rows)?, by.to_vec())) };
        let every: Vec<usize> = (0..count).collect();
        let moved = present_keys(self.query, self.groups, compare, &every, keys, states.rows)?;
        let found = self.leaves.find(&moved.keys, states.rows)?;
        let leaf_of = found.into_iter().zip(moved.counts).map(|(leaf, counts)| leaf.filter(|_| counts)).collect();
        Ok((leaf_of, by.to_vec()))
    }
}

fn count_of_rows() -> Part {
    Part {
        call: Call::CountRows,
        of: None,
        by: None,
        filter: Predicate::Constant(true),
        latest: None,
        cumulative: None,
        grain: Grain::Row,
        column_type: ColumnType::Integer,
    }
}
