//! Aggregates by group, through the accumulators of DataFusion.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt64Array, new_empty_array};
use arrow::compute::{concat, take};
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_expr::GroupsAccumulatorAdapter;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;

use crate::error::{Error, Result};

/// The groups of some rows. Accumulators give anything for a group that they never met, so only those are handed over
/// that have rows.
#[derive(Debug)]
pub(super) struct ByGroup {
    /// The place of each row's group among those that have rows.
    of_rows: Vec<usize>,
    /// The place of each group; none where it has no rows.
    of_groups: Vec<Option<usize>>,
    met: usize,
}

impl ByGroup {
    /// Rows in `count` groups.
    pub(super) fn new(groups: &[usize], count: usize) -> Result<Self> {
        let mut of_groups = vec![None; count];
        let mut met = 0;
        let mut of_rows = Vec::with_capacity(groups.len());
        for group in groups {
            let place = of_groups.get_mut(*group).ok_or_else(|| Error::internal("there is no such group"))?;
            let place = *place.get_or_insert_with(|| {
                met += 1;
                met - 1
            });
            of_rows.push(place);
        }
        Ok(Self { of_rows, of_groups, met })
    }

    /// The aggregate of each group. `fill` hands the rows over, with the places of their groups and the number of these.
    pub(super) fn aggregate(
        &self,
        function: &Arc<AggregateFunctionExpr>,
        fill: impl FnOnce(&mut dyn GroupsAccumulator, &[usize], usize) -> PlanResult<()>,
    ) -> PlanResult<ArrayRef> {
        let count = self.of_groups.len();
        // DataFusion's adapter cannot tell the type of no values.
        if count == 0 {
            return Ok(new_empty_array(function.field().data_type()));
        }
        let empty = || function.create_accumulator()?.evaluate();
        if self.met == 0 {
            return empty()?.to_array_of_size(count);
        }
        let mut accumulator = accumulator(function)?;
        fill(accumulator.as_mut(), &self.of_rows, self.met)?;
        let values = accumulator.evaluate(EmitTo::All)?;
        if self.of_groups.iter().enumerate().all(|(group, place)| *place == Some(group)) {
            return Ok(values);
        }
        let values = concat(&[values.as_ref(), empty()?.to_array()?.as_ref()])?;
        let picks: UInt64Array =
            self.of_groups.iter().map(|place| u64::try_from(place.unwrap_or(self.met)).ok()).collect();
        Ok(take(&values, &picks, None)?)
    }
}

fn accumulator(function: &Arc<AggregateFunctionExpr>) -> PlanResult<Box<dyn GroupsAccumulator>> {
    if function.groups_accumulator_supported() {
        return function.create_groups_accumulator();
    }
    let function = Arc::clone(function);
    Ok(Box::new(GroupsAccumulatorAdapter::new(move || function.create_accumulator())))
}
