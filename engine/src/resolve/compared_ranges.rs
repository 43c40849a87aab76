//! The two ranges of a comparison, for those who show them.

use datafusion::scalar::ScalarValue;

use super::dates::{raw, value};
use super::{Compare, Predicate, ResolvedQuery, Scalar, Test};
use crate::error::Result;

/// The first value of a range, and the one behind its last.
pub(crate) type Ends = [Option<ScalarValue>; 2];

/// The present range of the date that a query compares, and that of its base.
pub(crate) fn compared_ranges(query: &ResolvedQuery, compare: &Compare) -> Result<[Ends; 2]> {
    // Whatever else the filter of the base tests, the shifted range stands behind it.
    let date = conditions(&compare.filter).iter().rev().find_map(|condition| match condition {
        Predicate::Test(Test::Range { of, .. }) if of.time_kind().is_some() => Some(of),
        _ => None,
    });
    match date {
        Some(date) => Ok([ends(&query.filter, date)?, ends(&compare.filter, date)?]),
        None => Ok([[None, None], [None, None]]),
    }
}

fn conditions(filter: &Predicate) -> &[Predicate] {
    match filter {
        Predicate::And(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

/// The range that the conditions of a filter put on a date together.
fn ends(filter: &Predicate, date: &Scalar) -> Result<Ends> {
    let (mut start, mut end): (Option<i64>, Option<i64>) = (None, None);
    for condition in conditions(filter) {
        if let Predicate::Test(Test::Range { of, low, high, .. }) = condition
            && of == date
        {
            let low = low.as_ref().and_then(|bound| raw(&bound.value));
            let high = high.as_ref().and_then(|bound| raw(&bound.value));
            start = start.max(low);
            end = match (end, high) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
    }
    let column_type = date.output_type().column_type();
    let at = |side: Option<i64>| side.map(|side| value(side, column_type)).transpose();
    Ok([at(start)?, at(end)?])
}
