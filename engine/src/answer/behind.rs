//! Which of the finest groups a cell of an answer stands for, where that depends on the others: on what having, top and
//! post leave, or on the order of a running sum.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::kernels::cmp::{eq, gt_eq, lt};
use arrow::compute::{and, filter, is_null, not, prep_null_mask_filter, take};
use datafusion::scalar::ScalarValue;

use super::columns::Columns;
use super::leaves::Leaves;
use super::order::{SortBy, groups as put_together, sorted};
use super::run::{all_rows, ranked, read, shown};
use super::table::{Rows, broken};
use super::top::column;
use super::windowed::keys;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Session, failed};
use crate::plan::{Evaluator, Tables};
use crate::resolve::{CellGroups, CellKey, CellOver, GroupSet, GroupTuples, Groups, ResolvedQuery};

/// Groups that are told apart one by one.
const MOST_GROUPS: usize = 1_000_000;

/// Where the answer has a finest group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the cell.
    Cell,
    /// In another row of the kind that the cell stands in.
    Elsewhere,
    Gone,
}

/// The groups of a cell.
///
/// # Errors
///
/// Those of an answer; `LimitExceeded` where too many groups must be told apart.
pub(crate) async fn groups_behind(
    query: &ResolvedQuery,
    groups: &Groups,
    tables: &Tables,
    session: &Session,
    cell: &CellKey,
) -> Result<CellGroups> {
    let leaves = read(query, groups, tables, session).await?;
    let columns = Columns { evaluator: Evaluator::new(query, groups, tables), groups, calendar: &query.calendar };
    let all = all_rows(&leaves, &columns)?;
    let places = places(cell, &all, &leaves, &columns)?;
    Ok(CellGroups {
        taken: taken(cell, groups, &all, &places)?,
        is_empty: !places.contains(&Place::Cell),
        left: left(cell, groups, &all, &places)?,
        lost: leaves.lost().clone(),
    })
}

/// The place of each leaf.
fn places(cell: &CellKey, all: &Rows, leaves: &Leaves, columns: &Columns<'_>) -> Result<Vec<Place>> {
    let groups = columns.groups;
    let rows = match cell.over {
        CellOver::Members | CellOver::Every => all.clone(),
        CellOver::Visible => shown(ranked(all, leaves, columns)?, columns)?,
        CellOver::Remainder | CellOver::Running(_) => ranked(all, leaves, columns)?,
    };
    let picked = match cell.over {
        CellOver::Running(window) => up_to(window, cell, groups, &rows)?,
        _ => matching(cell, groups, &rows, |_| true)?,
    };
    // What top keeps is no part of its remainder.
    let kept = match (cell.over, &rows.remainder) {
        (CellOver::Remainder, Some(flags)) => not(flags).map_err(broken)?,
        _ => none(rows.count),
    };
    let place = |row: &Option<usize>| match row {
        Some(row) if holds(&picked, *row) => Place::Cell,
        Some(row) if !holds(&kept, *row) => Place::Elsewhere,
        _ => Place::Gone,
    };
    Ok(rows.row_of.iter().map(place).collect())
}

fn none(rows: usize) -> BooleanArray {
    BooleanArray::from(vec![false; rows])
}

fn holds(flags: &BooleanArray, row: usize) -> bool {
    row < flags.len() && flags.value(row)
}

/// The rows with the members of the cell, in some of the dimensions.
fn sharing(cell: &CellKey, rows: &Rows, on: impl Fn(usize) -> bool) -> Result<BooleanArray> {
    let mut found = BooleanArray::from(vec![true; rows.count]);
    for (index, member) in cell.members.iter().enumerate().filter(|(index, _)| on(*index)) {
        let Some(member) = member else { continue };
        let values = column(&rows.columns, index)?;
        let same = match cell.ends.get(&index) {
            Some(end) => between(values, member, *end)?,
            None => equal(values, member)?,
        };
        found = and(&found, &same).map_err(broken)?;
    }
    Ok(found)
}

/// The same, and of the remainder of a top those rows alone that the cell is of.
fn matching(cell: &CellKey, groups: &Groups, rows: &Rows, on: impl Fn(usize) -> bool) -> Result<BooleanArray> {
    let found = sharing(cell, rows, &on)?;
    let Some(top) = groups.steps.top.as_ref().filter(|top| on(top.of)) else { return Ok(found) };
    let of_member = cell.members.get(top.of).is_some_and(Option::is_some);
    let remainder = rows.remainder.clone().unwrap_or_else(|| none(rows.count));
    let wanted = match (cell.other, of_member) {
        (true, _) => remainder,
        (false, true) => not(&remainder).map_err(broken)?,
        (false, false) => return Ok(found),
    };
    and(&found, &wanted).map_err(broken)
}

/// Where a column holds a member. NULL equals NULL.
fn equal(values: &ArrayRef, member: &ScalarValue) -> Result<BooleanArray> {
    if member.is_null() {
        return is_null(values).map_err(broken);
    }
    let member = member.cast_to(values.data_type()).and_then(|member| member.to_scalar()).map_err(failed)?;
    let found = eq(values, &member).map_err(broken)?;
    Ok(if found.nulls().is_some() { prep_null_mask_filter(&found) } else { found })
}

/// Where a column of nodes holds one of a subtree.
fn between(values: &ArrayRef, node: &ScalarValue, end: i64) -> Result<BooleanArray> {
    let [node, end] = [node, &ScalarValue::Int64(Some(end))].map(|value| value.to_scalar().map_err(failed));
    let found = and(&gt_eq(values, &node?).map_err(broken)?, &lt(values, &end?).map_err(broken)?).map_err(broken)?;
    Ok(if found.nulls().is_some() { prep_null_mask_filter(&found) } else { found })
}

/// The rows that a running sum has added up when it comes to the cell.
fn up_to(window: usize, cell: &CellKey, groups: &Groups, rows: &Rows) -> Result<BooleanArray> {
    let Some(window) = groups.steps.windows.get(window).and_then(|window| window.parts.first()) else {
        return Err(Error::internal("a cell is over no window"));
    };
    let own = matching(cell, groups, rows, |_| true)?;
    let Some(last) = (0..rows.count).find(|row| holds(&own, *row)) else { return Ok(none(rows.count)) };
    let partition = matching(cell, groups, rows, |dimension| window.partition.contains(&dimension))?;
    let mut found = vec![false; rows.count];
    for row in sorted(&keys(&window.order, groups.steps.top.as_ref(), rows)?, rows.count)?.values() {
        let row = *row as usize;
        if let Some(found) = found.get_mut(row) {
            *found = holds(&partition, row);
        }
        if row == last {
            break;
        }
    }
    Ok(found.into())
}

/// The groups of the cell among those that share its members, or the others, which are fewer.
fn taken(cell: &CellKey, groups: &Groups, all: &Rows, places: &[Place]) -> Result<GroupSet> {
    let is_shared = |dimension: usize| cell.shared(groups, dimension).is_some();
    let own: BooleanArray = places.iter().map(|place| Some(*place == Place::Cell)).collect();
    let near = sharing(cell, all, is_shared)?;
    let rest = and(&near, &not(&own).map_err(broken)?).map_err(broken)?;
    let excluded = rest.true_count() < own.true_count();
    let chosen = if excluded { rest } else { own };
    let members = members(all, groups).map(|values| filter(values, &chosen)).collect::<Result<Vec<_>, _>>();
    let differs = |dimension: &usize| !is_shared(*dimension) || cell.above.contains(dimension);
    let open: Vec<usize> = (0..groups.dimensions.len()).filter(differs).collect();
    Ok(GroupSet { excluded, tuples: tuples(&members.map_err(broken)?, &open, chosen.true_count())? })
}

/// For each cumulative aggregate the combinations of its other dimensions that do not count in the cell, because all
/// their groups in its bucket left the answer.
fn left(cell: &CellKey, groups: &Groups, all: &Rows, places: &[Place]) -> Result<BTreeMap<usize, GroupSet>> {
    let mut found = BTreeMap::new();
    if !places.contains(&Place::Gone) {
        return Ok(found);
    }
    let has_member = |dimension: usize| cell.members.get(dimension).is_some_and(Option::is_some);
    for (index, part) in groups.parts.iter().enumerate() {
        let Some(rule) = &part.cumulative else { continue };
        let others = rule.others(&groups.dimensions);
        let date = rule.dates(&groups.dimensions).into_iter().map(|(date, _)| date).find(|date| has_member(*date));
        let near = sharing(cell, all, |dimension| others.contains(&dimension) || Some(dimension) == date)?;
        let near_places: Vec<Place> =
            places.iter().enumerate().filter(|(row, _)| holds(&near, *row)).map(|(_, place)| *place).collect();
        let members = members(all, groups).map(|values| filter(values, &near)).collect::<Result<Vec<_>, _>>();
        let members = members.map_err(broken)?;
        let by: Vec<SortBy<'_>> = others.iter().filter_map(|at| members.get(*at)).map(SortBy::ascending).collect();
        let combined = put_together(&by, near_places.len())?;
        let mut stays = vec![false; combined.firsts.len()];
        for (combination, place) in combined.of.iter().zip(&near_places) {
            if let Some(stays) = stays.get_mut(*combination as usize) {
                *stays |= *place != Place::Gone;
            }
        }
        let gone: UInt32Array =
            combined.firsts.iter().zip(&stays).filter(|(_, stays)| !**stays).map(|(first, _)| *first).collect();
        if gone.is_empty() {
            continue;
        }
        let members = members.iter().map(|values| take(values, &gone, None)).collect::<Result<Vec<_>, _>>();
        let differs = |dimension: &usize| !has_member(*dimension) || cell.above.contains(dimension);
        let open: Vec<usize> = others.into_iter().filter(differs).collect();
        let tuples = tuples(&members.map_err(broken)?, &open, gone.len())?;
        found.insert(index, GroupSet { excluded: true, tuples });
    }
    Ok(found)
}

/// The members of rows, by dimension.
fn members<'a>(rows: &'a Rows, groups: &Groups) -> impl Iterator<Item = &'a ArrayRef> + use<'a> {
    rows.columns.iter().take(groups.dimensions.len())
}

/// So many groups by what tells them apart. The dimension with the most members is that of the lists, so that there are
/// few of these.
fn tuples(members: &[ArrayRef], open: &[usize], count: usize) -> Result<Vec<GroupTuples>> {
    if count > MOST_GROUPS {
        let message = format!("the rows of the cell can only be told by more than {MOST_GROUPS} groups");
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut fixed = Vec::with_capacity(open.len());
    for dimension in open {
        let values = column(members, *dimension)?;
        let different = put_together(&[SortBy::ascending(values)], count)?.firsts.len();
        fixed.push((different, *dimension, values));
    }
    fixed.sort_by_key(|(different, ..)| *different);
    let Some((_, listed, listed_values)) = fixed.pop() else {
        return Ok(vec![GroupTuples { fixed: Vec::new(), listed: None }]);
    };
    let by: Vec<SortBy<'_>> = fixed.iter().map(|(_, _, values)| SortBy::ascending(values)).collect();
    let same = put_together(&by, count)?;
    let mut lists: Vec<Vec<ScalarValue>> = vec![Vec::new(); same.firsts.len()];
    for (row, group) in same.of.iter().enumerate() {
        if let Some(list) = lists.get_mut(*group as usize) {
            list.push(ScalarValue::try_from_array(listed_values, row).map_err(failed)?);
        }
    }
    let mut found = Vec::with_capacity(lists.len());
    for (first, list) in same.firsts.iter().zip(lists) {
        let mut shared = Vec::with_capacity(fixed.len());
        for (_, dimension, values) in &fixed {
            shared.push((*dimension, ScalarValue::try_from_array(values, *first as usize).map_err(failed)?));
        }
        found.push(GroupTuples { fixed: shared, listed: Some((listed, list)) });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringViewArray};

    use super::{MOST_GROUPS, tuples};
    use crate::error::ErrorKind;

    fn members() -> [ArrayRef; 3] {
        let regions = [Some("N"), Some("N"), Some("S"), None];
        [
            Arc::new(regions.into_iter().collect::<StringViewArray>()),
            Arc::new(Int64Array::from(vec![Some(1), Some(2), None, Some(1)])),
            Arc::new(BooleanArray::from(vec![true, true, true, false])),
        ]
    }

    /// Each with its members: those shared, and those listed.
    #[track_caller]
    fn check(open: &[usize], count: usize, expected: &[&str]) {
        let members = members().map(|values| values.slice(0, count));
        let found = tuples(&members, open, count).unwrap();
        let shown = found.iter().map(|tuples| {
            let fixed = tuples.fixed.iter().map(|(dimension, member)| format!("{dimension}={member}"));
            let listed = tuples.listed.iter().map(|(dimension, members)| {
                let members: Vec<String> = members.iter().map(ToString::to_string).collect();
                format!("{dimension} in {}", members.join(","))
            });
            fixed.chain(listed).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn groups_are_listed_in_the_dimension_with_the_most_members() {
        check(&[0, 1], 4, &["0=N 1 in 1,2", "0=S 1 in NULL", "0=NULL 1 in 1"]);
        check(&[1, 2], 4, &["2=true 1 in 1,2,NULL", "2=false 1 in 1"]);
        check(&[0], 3, &["0 in N,N,S"]);
        // What differs in nothing is one group, or none.
        check(&[], 1, &[""]);
        check(&[], 0, &[]);
        check(&[0, 1], 0, &[]);
    }

    #[test]
    fn too_many_groups_are_not_told_apart() {
        let refused = tuples(&members(), &[0], MOST_GROUPS + 1).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::LimitExceeded);
    }
}
