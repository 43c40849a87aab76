//! The answer laid out as a pivot.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, UInt32Array};
use arrow::compute::{concat, take};
use arrow::datatypes::Int64Type;
use datafusion::scalar::ScalarValue;

use super::order::{SortBy, sorted};
use super::pivot::{PivotDimension, PivotInput, PivotLayout, PivotOrigin, PivotValue};
use super::run::window;
use super::table::broken;
use super::top::column;
use super::totals::TotalLevel;
use crate::error::{Error, ErrorKind, Result};
use crate::finish::member_texts;
use crate::resolve::{Groups, Pivot, ResolvedQuery, Scalar};

/// The most cells of a pivot, before limit and offset.
const MOST_CELLS: usize = 100_000_000;

/// A column of a pivot: its name, and the column of the answer that its cells show.
#[derive(Debug, Clone)]
pub(crate) struct PivotedColumn {
    pub(crate) name: String,
    /// The place among the columns of the answer.
    pub(crate) of: usize,
}

pub(super) struct LaidOut {
    pub(super) columns: Vec<ArrayRef>,
    pub(super) described: Vec<PivotedColumn>,
    pub(super) remainder: Option<BooleanArray>,
    /// Rows without the limit.
    pub(super) rows: usize,
    pub(super) totals: Vec<TotalLevel>,
}

/// Lays out the columns of an answer, whose rows are in order already. Totals that roll up dimensions of the columns
/// stand in columns of their own, named `n|(total)`; those that roll up dimensions of the rows stay totals.
pub(super) fn lay_out(
    query: &ResolvedQuery,
    groups: &Groups,
    pivot: &Pivot,
    columns: &[ArrayRef],
    remainder: Option<&BooleanArray>,
    totals: &[TotalLevel],
) -> Result<LaidOut> {
    let all = Together::new(groups, pivot, columns, remainder, totals)?;
    let outputs: Vec<_> = groups.outputs().collect();
    let count = groups.dimensions.len();
    let of_top = groups.steps.top.as_ref().map(|top| top.of);
    let most = pivot.max_columns.saturating_add(u64::try_from(totals.len()).unwrap_or(u64::MAX));
    let flag = |values, is_column| PivotDimension { name: "", values, order: None, is_column, other: None };
    let mut input = PivotInput {
        dimensions: vec![flag(&all.rolled_rows, false), flag(&all.rolled_columns, true)],
        values: Vec::new(),
        rows: all.rows,
        max_columns: most,
    };
    for (index, (values, output)) in all.columns.iter().zip(&outputs).enumerate() {
        if index < count {
            input.dimensions.push(PivotDimension {
                name: &output.name,
                values,
                order: None,
                is_column: pivot.columns.contains(&index),
                other: all.remainder.as_ref().filter(|_| of_top == Some(index)),
            });
        } else {
            input.values.push(PivotValue { name: &output.name, values });
        }
    }
    let layout = PivotLayout::new(&input)?;
    check_cells(&layout, &input)?;
    let names = Names { query, groups, pivot, all: &all, of_top }.of_combinations(&layout)?;

    // The rows of the answer come first, because its rows do.
    let own = layout.rows().values().iter().filter(|row| (**row as usize) < all.own).count();
    let order = by_cells(query, groups, pivot, &all, &layout, own)?;
    let (start, length) = window(query, own);
    let shown = match order {
        Some(order) => order.slice(start, length),
        None => UInt32Array::from_iter_values((0..u32::try_from(own).unwrap_or(u32::MAX)).skip(start).take(length)),
    };
    let (columns, described) = laid_out(&layout, &input, &shown, &names, count)?;
    let remainder = flags(&all, groups, pivot, &layout, &shown)?;
    let mut levels = Vec::new();
    for (kept, rows) in total_rows(&all, pivot, count, &layout, own) {
        let (columns, _) = laid_out(&layout, &input, &rows, &names, count)?;
        let remainder = flags(&all, groups, pivot, &layout, &rows)?;
        levels.push(TotalLevel { kept, columns, remainder });
    }
    Ok(LaidOut { columns, described, remainder, rows: own, totals: levels })
}

/// Rows and columns that are allowed each on their own may have more cells than memory has room for.
fn check_cells(layout: &PivotLayout, input: &PivotInput<'_>) -> Result<()> {
    let columns = layout.samples().count().saturating_mul(input.values.len());
    if layout.rows().len().saturating_mul(columns) <= MOST_CELLS {
        return Ok(());
    }
    let message = format!("the pivot has more than {MOST_CELLS} cells; filter the members of its rows or its columns");
    Err(Error::new(ErrorKind::LimitExceeded, message))
}

/// The rows of an answer with its totals behind them.
struct Together {
    columns: Vec<ArrayRef>,
    remainder: Option<BooleanArray>,
    rows: usize,
    /// Rows of the answer itself.
    own: usize,
    /// For each row which dimensions of the pivot's rows are rolled up, by place, as bits.
    rolled_rows: ArrayRef,
    /// The same for those of its columns.
    rolled_columns: ArrayRef,
}

impl Together {
    fn new(
        groups: &Groups,
        pivot: &Pivot,
        columns: &[ArrayRef],
        remainder: Option<&BooleanArray>,
        totals: &[TotalLevel],
    ) -> Result<Self> {
        let own = columns.first().map_or(0, |column| column.len());
        let mut rolled = vec![(0_i64, 0_i64); own];
        let mut marks: Vec<bool> = (0..own).map(|row| remainder.is_some_and(|flags| set(flags, row))).collect();
        for level in totals {
            let count = level.columns.first().map_or(0, |column| column.len());
            let bits = |is_column: bool| {
                (0..groups.dimensions.len())
                    .filter(|index| !level.kept.contains(index) && pivot.columns.contains(index) == is_column)
                    .fold(0_i64, |bits, index| {
                        bits | 1_i64.checked_shl(u32::try_from(index).unwrap_or(63)).unwrap_or(0)
                    })
            };
            rolled.extend(std::iter::repeat_n((bits(false), bits(true)), count));
            marks.extend((0..count).map(|row| level.remainder.as_ref().is_some_and(|flags| set(flags, row))));
        }
        let mut all = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let below = totals.iter().filter_map(|level| level.columns.get(index));
            let parts: Vec<&dyn Array> = std::iter::once(column).chain(below).map(AsRef::as_ref).collect();
            all.push(concat(&parts).map_err(broken)?);
        }
        let bits = |pick: fn(&(i64, i64)) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(rolled.iter().map(pick)))
        };
        Ok(Self {
            columns: all,
            remainder: remainder.map(|_| marks.into_iter().map(Some).collect()),
            rows: rolled.len(),
            own,
            rolled_rows: bits(|(rows, _)| *rows),
            rolled_columns: bits(|(_, columns)| *columns),
        })
    }

    fn bits(of: &ArrayRef, row: u32) -> i64 {
        of.as_primitive_opt::<Int64Type>().map_or(0, |bits| bits.value(row as usize))
    }
}

fn set(flags: &BooleanArray, row: usize) -> bool {
    flags.is_valid(row) && flags.value(row)
}

/// Whether a dimension is rolled up.
fn is_rolled(bits: i64, dimension: usize) -> bool {
    bits.checked_shr(u32::try_from(dimension).unwrap_or(u32::MAX)).is_some_and(|bits| bits & 1 == 1)
}

/// What the members above columns are called.
struct Names<'a> {
    query: &'a ResolvedQuery,
    groups: &'a Groups,
    pivot: &'a Pivot,
    all: &'a Together,
    of_top: Option<usize>,
}

impl Names<'_> {
    /// For each combination its members: `|2013-01-01|JFK`.
    fn of_combinations(&self, layout: &PivotLayout) -> Result<Vec<String>> {
        let mut names = vec![String::new(); layout.samples().count()];
        for (index, dimension) in self.groups.dimensions.iter().enumerate() {
            if !self.pivot.columns.contains(&index) {
                continue;
            }
            let other = self.all.remainder.as_ref().filter(|_| self.of_top == Some(index));
            let texts = member_texts(self.query, dimension, column(&self.all.columns, index)?, other)?;
            for (name, sample) in names.iter_mut().zip(layout.samples()) {
                name.push('|');
                if is_rolled(Together::bits(&self.all.rolled_columns, sample), index) {
                    name.push_str("(total)");
                } else {
                    name.push_str(texts.get(sample as usize).map_or("", String::as_str));
                }
            }
        }
        Ok(names)
    }
}

/// The columns of some rows of the pivot, without those that only tell totals apart.
fn laid_out(
    layout: &PivotLayout,
    input: &PivotInput<'_>,
    rows: &UInt32Array,
    names: &[String],
    dimensions: usize,
) -> Result<(Vec<ArrayRef>, Vec<PivotedColumn>)> {
    let mut taken = std::collections::BTreeSet::new();
    let (mut columns, mut described) = (Vec::new(), Vec::new());
    for shown in layout.columns(input, Some(rows), |_, _| String::new())? {
        let (name, of) = match shown.origin {
            // The first two dimensions are not those of the answer.
            PivotOrigin::Dimension(index) if index < 2 => continue,
            PivotOrigin::Dimension(index) => (shown.name, index - 2),
            PivotOrigin::Value { value, combination } => {
                let members = names.get(combination).map_or("", String::as_str);
                let of = input.values.get(value).map_or("", |value| value.name);
                (format!("{of}{members}"), dimensions + value)
            }
        };
        let mut unique = name.clone();
        let mut number = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        columns.push(shown.values);
        described.push(PivotedColumn { name: unique, of });
    }
    Ok((columns, described))
}

/// Which of some rows are the remainder of a top that stays in the rows.
fn flags(
    all: &Together,
    groups: &Groups,
    pivot: &Pivot,
    layout: &PivotLayout,
    rows: &UInt32Array,
) -> Result<Option<BooleanArray>> {
    let in_rows = groups.steps.top.as_ref().is_some_and(|top| !pivot.columns.contains(&top.of));
    let Some(marks) = all.remainder.as_ref().filter(|_| in_rows) else { return Ok(None) };
    let first = take(layout.rows(), rows, None).map_err(broken)?;
    Ok(take(marks, &first, None).map_err(broken)?.as_any().downcast_ref::<BooleanArray>().cloned())
}

/// The totals among the rows of a pivot, by the dimensions of its rows that they keep.
fn total_rows(
    all: &Together,
    pivot: &Pivot,
    dimensions: usize,
    layout: &PivotLayout,
    own: usize,
) -> Vec<(Vec<usize>, UInt32Array)> {
    let mut levels: Vec<(i64, Vec<u32>)> = Vec::new();
    for (row, source) in (0_u32..).zip(layout.rows().values()).skip(own) {
        let bits = Together::bits(&all.rolled_rows, *source);
        match levels.iter_mut().find(|(known, _)| *known == bits) {
            Some((_, rows)) => rows.push(row),
            None => levels.push((bits, vec![row])),
        }
    }
    let kept = |bits: i64| {
        (0..dimensions).filter(|index| !pivot.columns.contains(index) && !is_rolled(bits, *index)).collect()
    };
    levels.into_iter().map(|(bits, rows)| (kept(bits), UInt32Array::from(rows))).collect()
}

/// The order of the pivot's rows where it is by cells. Keys on the dimensions of the rows count in their place, and the
/// remainder of a top comes last among the rows that share the members of the leading ones. Rows that are equal in all
/// that stay in the order they have.
fn by_cells(
    query: &ResolvedQuery,
    groups: &Groups,
    pivot: &Pivot,
    all: &Together,
    layout: &PivotLayout,
    own: usize,
) -> Result<Option<UInt32Array>> {
    let Some(order) = &groups.steps.order else { return Ok(None) };
    let Some(last) = order.at.iter().rposition(Option::is_some) else { return Ok(None) };
    let own_rows = layout.rows().slice(0, own);
    let every = UInt32Array::from_iter_values(0..u32::try_from(own).unwrap_or(u32::MAX));
    let remainder = flags(all, groups, pivot, layout, &every)?;
    let of_top = groups.steps.top.as_ref().map(|top| top.of);
    let mut keys = Vec::new();
    let mut leading = 0;
    // By what comes behind the last cell the rows are in order already.
    for (key, at) in query.order.iter().zip(&order.at).take(last + 1) {
        let Scalar::Output { index, .. } = &key.of else { continue };
        let Some(members) = at else {
            if *index < groups.dimensions.len() && !pivot.columns.contains(index) {
                leading += usize::from(leading == keys.len() && Some(*index) != of_top);
                let values = take(column(&all.columns, *index)?, &own_rows, None).map_err(broken)?;
                keys.push((values, key.descending, key.nulls_first));
            }
            continue;
        };
        let mut found = None;
        for (combination, sample) in layout.samples().enumerate() {
            let mut same = Together::bits(&all.rolled_columns, sample) == 0;
            for (dimension, member) in pivot.columns.iter().zip(members) {
                let value = ScalarValue::try_from_array(column(&all.columns, *dimension)?, sample as usize);
                same &= value.is_ok_and(|value| value == *member);
            }
            if same {
                found = Some(combination);
            }
        }
        // A cell that no row has decides nothing.
        let Some(combination) = found else { continue };
        let cells = layout.cells(combination)?;
        let values = take(column(&all.columns, *index)?, &cells.slice(0, own), None).map_err(broken)?;
        keys.push((values, key.descending, key.nulls_first));
    }
    let keys: Vec<SortBy<'_>> = keys
        .iter()
        .enumerate()
        .map(|(place, (values, descending, nulls_first))| SortBy {
            values,
            descending: *descending,
            nulls_first: *nulls_first,
            last: remainder.as_ref().filter(|_| place == leading),
        })
        .collect();
    Ok(Some(sorted(&keys, own)?))
}
