//! Groups that stand in the answer although no row falls into them.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, UInt32Array};
use arrow::compute::{concat_batches, is_not_null, take};
use arrow::datatypes::Int64Type;

use super::compare::kind_of;
use super::keys::KeyTable;
use super::leaves::Leaves;
use super::order::{SortBy, groups as put_together};
use super::table::broken;
use super::times::{label_array, labels};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Session, failed};
use crate::model::{ColumnType, Level};
use crate::plan::{Evaluator, Tables, domain_plan};
use crate::resolve::{Domain, Groups, ResolvedQuery, Scalar};
use crate::time::{OpenRange, TimeKind, bucket_starts, buckets_between, cyclic_values, label_of, label_range};

/// Adds the groups of all members that the dimensions' domains hold, crossed with each other and with the combinations
/// that the other dimensions occur in.
pub(super) async fn add(
    query: &ResolvedQuery,
    groups: &Groups,
    tables: &Tables,
    session: &Session,
    leaves: &mut Leaves,
) -> Result<()> {
    let domains = &groups.steps.domains;
    if domains.is_empty() {
        return Ok(());
    }
    let keys = leaves.keys()?;
    let mut factors = Vec::new();
    let open: Vec<usize> = (0..keys.len()).filter(|index| domains.get(*index).is_none_or(Option::is_none)).collect();
    for (index, domain) in domains.iter().enumerate() {
        let (Some(domain), Some(occurring)) = (domain, keys.get(index)) else { continue };
        let candidates = candidates(query, groups, tables, session, index, domain, occurring).await?;
        factors.push(Factor { places: vec![index], rows: candidates.len(), keys: vec![candidates] });
    }
    if !open.is_empty() {
        factors.push(occurring(&open, &keys, leaves.len())?);
    }
    let product = factors.iter().try_fold(1_usize, |product, factor| product.checked_mul(factor.rows));
    let most = usize::try_from(query.max_rows).unwrap_or(usize::MAX);
    let Some(rows) = product.filter(|rows| *rows <= most) else {
        let message = format!(
            "`include_nonoccurring` makes more than {most} combinations of members; ask for fewer dimensions or members"
        );
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    };
    let crossed = crossed(&factors, keys.len(), rows)?;
    leaves.add(&crossed, rows)
}

/// Keys that are crossed with others: their dimensions, and their combinations.
struct Factor {
    places: Vec<usize>,
    keys: Vec<ArrayRef>,
    rows: usize,
}

/// The combinations of the dimensions without a domain.
fn occurring(open: &[usize], keys: &[ArrayRef], rows: usize) -> Result<Factor> {
    let columns: Vec<&ArrayRef> = open.iter().filter_map(|index| keys.get(*index)).collect();
    let by: Vec<SortBy<'_>> = columns.iter().map(|column| SortBy::ascending(column)).collect();
    let firsts = UInt32Array::from(put_together(&by, rows)?.firsts);
    let keys = columns.iter().map(|column| take(column, &firsts, None)).collect::<Result<Vec<_>, _>>();
    Ok(Factor { places: open.to_vec(), rows: firsts.len(), keys: keys.map_err(broken)? })
}

fn crossed(factors: &[Factor], dimensions: usize, rows: usize) -> Result<Vec<ArrayRef>> {
    let mut columns: Vec<Option<ArrayRef>> = vec![None; dimensions];
    let mut repeat = rows;
    for factor in factors {
        repeat = repeat.checked_div(factor.rows).unwrap_or_default();
        let number =
            |row: usize| row.checked_div(repeat).and_then(|at| at.checked_rem(factor.rows)).unwrap_or_default();
        let picks: UInt32Array = (0..rows).map(|row| u32::try_from(number(row)).ok()).collect();
        for (place, keys) in factor.places.iter().zip(&factor.keys) {
            if let Some(column) = columns.get_mut(*place) {
                *column = Some(take(keys, &picks, None).map_err(broken)?);
            }
        }
    }
    let complete: Option<Vec<ArrayRef>> = columns.into_iter().collect();
    complete.ok_or_else(|| Error::internal("a dimension has neither members nor a domain"))
}

/// The keys of a domain, without NULL.
async fn candidates(
    query: &ResolvedQuery,
    groups: &Groups,
    tables: &Tables,
    session: &Session,
    index: usize,
    domain: &Domain,
    occurring: &ArrayRef,
) -> Result<ArrayRef> {
    let Some(dimension) = groups.dimensions.get(index) else {
        return Err(Error::internal("a domain belongs to no dimension"));
    };
    let found = match domain {
        Domain::Rows(_) => {
            let plan = domain_plan(query, tables, &dimension.value, domain).map_err(failed)?;
            let physical = session.plan(&plan).await?;
            let schema = physical.schema();
            let batches = session.collect(physical).await?;
            let rows = concat_batches(&schema, &batches).map_err(broken)?;
            rows.columns().first().cloned().ok_or_else(|| Error::internal("a domain has no column"))?
        }
        Domain::Lookup { lookup, filter } => {
            let evaluator = Evaluator::new(query, groups, tables);
            let keys = evaluator.lookup_keys(&dimension.value, *lookup, filter).map_err(failed)?;
            let mut table = KeyTable::new([keys.data_type().clone()])?;
            table.add(&[Arc::clone(&keys)], keys.len())?;
            table.columns()?.pop().unwrap_or(keys)
        }
        Domain::Buckets { level, range, condition } => {
            let found = buckets(query, groups, index, *level, *range, occurring)?;
            let of: &Scalar = match &dimension.value {
                Scalar::Bucket { of, .. } => of,
                date => date,
            };
            let evaluator = Evaluator::new(query, groups, tables);
            let kept = evaluator.holds_of_bucket(condition, of, &starts(query, groups, index, *level, &found)?);
            match kept.map_err(failed)? {
                Some(kept) => arrow::compute::filter(&found, &kept).map_err(broken)?,
                None => found,
            }
        }
        Domain::Cyclic(condition) => match &dimension.value {
            Scalar::Cyclic { part, .. } => {
                let all: ArrayRef = Arc::new(Int64Array::from_iter_values(cyclic_values(*part)));
                let evaluator = Evaluator::new(query, groups, tables);
                let kept = evaluator.holds(condition, &[], std::slice::from_ref(&all), all.len()).map_err(failed)?;
                arrow::compute::filter(&all, &kept).map_err(broken)?
            }
            _ => Arc::clone(occurring),
        },
        Domain::Bins => bins(occurring, query.max_rows)?,
        Domain::Nodes { placed, condition } => {
            let all: ArrayRef = Arc::new(placed.iter().copied().map(i64::from).collect::<Int64Array>());
            let evaluator = Evaluator::new(query, groups, tables);
            let kept = evaluator.holds(condition, &[], std::slice::from_ref(&all), all.len()).map_err(failed)?;
            let shown = match &dimension.value {
                Scalar::Node(node) => node.shown.of.as_deref(),
                _ => None,
            };
            let placed = placed.iter().zip(kept.iter()).filter(|(_, kept)| *kept == Some(true));
            let members: BTreeSet<i64> = placed
                .map(|(node, _)| shown.and_then(|of| of.get(*node as usize)).unwrap_or(node))
                .map(|node| i64::from(*node))
                .collect();
            Arc::new(Int64Array::from_iter_values(members))
        }
    };
    arrow::compute::filter(&found, &is_not_null(&found).map_err(broken)?).map_err(broken)
}

fn buckets(
    query: &ResolvedQuery,
    groups: &Groups,
    index: usize,
    level: Level,
    range: OpenRange,
    occurring: &ArrayRef,
) -> Result<ArrayRef> {
    let kind = kind_of(groups, index)?;
    let calendar = &query.calendar;
    let met = labels(occurring)?;
    let (least, greatest) = (met.iter().flatten().min().copied(), met.iter().flatten().max().copied());
    let most = usize::try_from(query.max_rows).unwrap_or(usize::MAX);
    let label = |value: i64| label_of(level, value, calendar, kind);
    let found = match (range.start, range.end) {
        (Some(from), Some(to)) => bucket_starts(level, from, to, calendar, kind, most),
        (start, end) => {
            let first = start.map(label).or(least);
            let last = end.map(|end| label(end.saturating_sub(1))).or(greatest);
            match (first, last) {
                (Some(first), Some(last)) => buckets_between(level, first, last, calendar, kind, most),
                _ => Some(Vec::new()),
            }
        }
    };
    let Some(found) = found else {
        let message =
            format!("`include_nonoccurring` makes more than {most} buckets; narrow the range or take a coarser level");
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    };
    let found: Vec<Option<i64>> = found.into_iter().map(Some).collect();
    label_array(&found, occurring.data_type())
}

/// The first values of buckets, as the column holds them.
fn starts(query: &ResolvedQuery, groups: &Groups, index: usize, level: Level, buckets: &ArrayRef) -> Result<ArrayRef> {
    let kind = kind_of(groups, index)?;
    let first = |label: i64| label_range(level, label, &query.calendar, kind).start;
    let starts: Vec<Option<i64>> = labels(buckets)?.into_iter().map(|label| label.map(first)).collect();
    let data_type = match kind {
        TimeKind::Date => ColumnType::Date.arrow(),
        TimeKind::Datetime => ColumnType::Datetime.arrow(),
        TimeKind::Local => ColumnType::LocalDatetime.arrow(),
    };
    label_array(&starts, &data_type)
}

/// All bins from the first to the last that occurs, by number.
fn bins(occurring: &ArrayRef, max_rows: u64) -> Result<ArrayRef> {
    let numbers = occurring
        .as_primitive_opt::<Int64Type>()
        .ok_or_else(|| Error::internal("the bins of a dimension have no numbers"))?;
    let (Some(first), Some(last)) = (arrow::compute::min(numbers), arrow::compute::max(numbers)) else {
        return Ok(Arc::new(Int64Array::from(Vec::<i64>::new())));
    };
    if last.abs_diff(first) >= max_rows {
        let message = format!("`include_nonoccurring` makes more than {max_rows} bins; make them wider");
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    Ok(Arc::new(Int64Array::from_iter_values(first..=last)))
}
