//! Aggregates over the values of finer groups.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema};
use datafusion::error::Result as PlanResult;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::{AggregateExprBuilder, AggregateFunctionExpr};
use datafusion::physical_expr::expressions::Column;

use super::by_group::ByGroup;
use super::coarser::Grouping;
use super::keys::KeyTable;
use super::states::States;
use super::table::broken;
use crate::error::Result;
use crate::execute::failed;
use crate::plan::{Arguments, Evaluator, part_name};
use crate::resolve::Part;

/// Rows by the finest groups and by further columns, in one period.
#[derive(Debug)]
pub(super) struct FinerGroups {
    /// The finest group of each row; none where it is in none.
    leaf_of: Vec<Option<usize>>,
    /// The number of what stands in the further columns.
    tuple_of: Vec<usize>,
    values: Values,
}

/// What the finer groups have values of.
#[derive(Debug)]
enum Values {
    /// The rows are states, and these are merged.
    Own(States),
    /// Each number has its value, wherever it occurs.
    Fixed { states: Arc<States>, tuple_of: Vec<Option<usize>>, tuples: usize },
}

/// An aggregate over finer groups.
#[derive(Debug)]
pub(super) struct Outer<'a> {
    pub(super) part: &'a Part,
    /// The places of what it is made of.
    pub(super) inner: &'a [usize],
}

/// The groups of an answer that finer groups are in.
struct Pairs {
    /// The finer group of each row.
    of_row: Vec<Option<usize>>,
    /// The group of each finer group, and what stands in its further columns.
    groups: Vec<usize>,
    tuples: Vec<usize>,
}

impl FinerGroups {
    /// Finer groups with values of their own: states by the finest groups and by further columns.
    pub(super) fn included(states: States, leaf_of: Vec<Option<usize>>, by: &[ArrayRef]) -> Result<Self> {
        let mut table = KeyTable::new(by.iter().map(|keys| keys.data_type().clone()))?;
        let tuple_of = table.add(by, states.rows)?;
        Ok(Self { leaf_of, tuple_of, values: Values::Own(states) })
    }

    /// Finer groups with values by further columns alone: the states of these, and what occurs in the finest groups.
    pub(super) fn fixed(states: Arc<States>, leaf_of: Vec<Option<usize>>, by: &[ArrayRef]) -> Result<Self> {
        let mut table = KeyTable::new(states.keys.iter().map(|keys| keys.data_type().clone()))?;
        let tuple_of_state = table.add(&states.keys, states.rows)?.into_iter().map(Some).collect();
        // What occurs without a state has the aggregates of no rows.
        let tuple_of = table.add(by, leaf_of.len())?;
        let values = Values::Fixed { states, tuple_of: tuple_of_state, tuples: table.len() };
        Ok(Self { leaf_of, tuple_of, values })
    }

    /// Some aggregates for each group.
    pub(super) fn values(
        &self,
        outer: &[Outer<'_>],
        grouping: &Grouping<'_>,
        evaluator: &Evaluator<'_>,
    ) -> Result<Vec<ArrayRef>> {
        let pairs = self.pairs(grouping);
        let count = pairs.groups.len();
        let inner = match &self.values {
            Values::Own(states) => states.merge(&pairs.of_row, count)?,
            Values::Fixed { states, tuple_of, tuples } => {
                let picks: UInt64Array = pairs.tuples.iter().map(|tuple| u64::try_from(*tuple).ok()).collect();
                let values = states.merge(tuple_of, *tuples)?;
                values.iter().map(|values| take(values, &picks, None).map_err(broken)).collect::<Result<_>>()?
            }
        };
        let groups = ByGroup::new(&pairs.groups, grouping.count)?;
        let mut found = Vec::with_capacity(outer.len());
        for Outer { part, inner: places } in outer {
            let inner: Vec<ArrayRef> = places.iter().filter_map(|place| inner.get(*place)).cloned().collect();
            let arguments = evaluator.arguments(part, &inner, count).map_err(failed)?;
            found.push(aggregate(&arguments, &groups).map_err(failed)?);
        }
        Ok(found)
    }

    /// The finer groups of each group, which are those of the rows in it.
    fn pairs(&self, grouping: &Grouping<'_>) -> Pairs {
        let mut numbers: HashMap<(usize, usize), usize> = HashMap::new();
        let mut pairs =
            Pairs { of_row: Vec::with_capacity(self.leaf_of.len()), groups: Vec::new(), tuples: Vec::new() };
        for (leaf, tuple) in self.leaf_of.iter().zip(&self.tuple_of) {
            let group = leaf.and_then(|leaf| grouping.group_of.get(leaf).copied().flatten());
            let number = group.map(|group| {
                let next = pairs.groups.len();
                let number = *numbers.entry((group, *tuple)).or_insert(next);
                if number == next {
                    pairs.groups.push(group);
                    pairs.tuples.push(*tuple);
                }
                number
            });
            pairs.of_row.push(number);
        }
        pairs
    }
}

/// An aggregate over values at hand.
fn aggregate(arguments: &Arguments, groups: &ByGroup) -> PlanResult<ArrayRef> {
    let function = Arc::new(function(arguments)?);
    groups.aggregate(&function, |accumulator, places, met| {
        accumulator.update_batch(&arguments.values, places, arguments.filter.as_ref(), met)
    })
}

fn function(arguments: &Arguments) -> PlanResult<AggregateFunctionExpr> {
    let name = |place: usize| format!("argument{place}");
    let values = arguments.values.iter().enumerate();
    let fields = values.map(|(place, values)| Field::new(name(place), values.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let columns = (0..arguments.values.len()).map(|place| {
        let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(&name(place), place));
        column
    });
    AggregateExprBuilder::new(Arc::clone(&arguments.function), columns.collect())
        .schema(schema)
        .alias(part_name(0))
        .with_distinct(arguments.distinct)
        .build()
}
