//! The two ranges of a comparison, for those who show them.

use datafusion::scalar::ScalarValue;

use super::dates::clamped;
use super::{Compare, Predicate, ResolvedQuery};
use crate::error::Result;
use crate::time::OpenRange;

/// The first value of a range, and the one behind its last.
pub(crate) type Ends = [Option<ScalarValue>; 2];

/// The present range of the date that a query compares, and that of its base.
pub(crate) fn compared_ranges(query: &ResolvedQuery, compare: &Compare) -> Result<[Ends; 2]> {
    // A filter that no row passes gives no period.
    if query.filter == Predicate::Constant(false) {
        return Ok([[None, None], [None, None]]);
    }
    let column_type = compare.date.output_type().column_type();
    let ends = |range: OpenRange| -> Result<Ends> {
        let at = |side: Option<i64>| side.map(|side| clamped(side, column_type)).transpose();
        Ok([at(range.start)?, at(range.end)?])
    };
    Ok([ends(compare.present)?, ends(compare.base)?])
}
