//! The values of rows that are fixed for their keys: read before all else, then looked up.

use super::keys::KeyTable;
use super::states::States;
use crate::error::Result;
use crate::execute::{Session, failed};
use crate::links::FixedTable;
use crate::plan::{Evaluator, Pass, Tables, pass_plan};
use crate::resolve::{FixedValue, ResolvedQuery};

/// The tables of a query with the values that are fixed for the keys of its rows. Every plan over the rows of a query
/// needs them.
pub(crate) async fn with_fixed_values(query: &ResolvedQuery, mut tables: Tables, session: &Session) -> Result<Tables> {
    for fixed in query.fixed_values() {
        let pass =
            Pass { keys: fixed.keys.iter().collect(), parts: fixed.parts.iter().collect(), filter: &fixed.filter };
        let plan = pass_plan(query, &tables, &pass).map_err(failed)?;
        let states = States::read(session, plan).await?;
        let table = table(query, &tables, fixed, &states)?;
        tables.fixed.add(fixed, table, states.rows_scanned);
    }
    Ok(tables)
}

fn table(query: &ResolvedQuery, tables: &Tables, fixed: &FixedValue, states: &States) -> Result<FixedTable> {
    let mut keys = KeyTable::new(states.keys.iter().map(|keys| keys.data_type().clone()))?;
    let key_of: Vec<Option<usize>> = keys.add(&states.keys, states.rows)?.into_iter().map(Some).collect();
    // The last value is that of no rows, for rows whose keys no row of the context has.
    let count = keys.len() + 1;
    let parts = states.merge(&key_of, count)?;
    let values = Evaluator::of_aggregates(query, tables).value(&fixed.value, &parts, &[], count).map_err(failed)?;
    FixedTable::new(&keys.columns()?, values)
}
