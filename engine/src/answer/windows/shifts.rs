//! Values of other rows.

use arrow::array::{Array, ArrayRef, UInt64Array};
use arrow::compute::{concat, take};
use arrow::error::ArrowError;
use datafusion::scalar::ScalarValue;

use super::partitions::{Partitions, later, with_earlier};
use crate::error::{Error, Result};

/// The value `offset` rows before, or the default where there is no such row.
pub(super) fn lag(
    of: &ArrayRef,
    partitions: &Partitions,
    offset: u64,
    default: Option<&ScalarValue>,
) -> Result<ArrayRef> {
    let sources = partitions.column(|rows| with_earlier(rows, offset).map(|(_, earlier)| earlier).collect());
    values(of, &sources, default)
}

/// The value `offset` rows behind, or the default where there is no such row.
pub(super) fn lead(
    of: &ArrayRef,
    partitions: &Partitions,
    offset: u64,
    default: Option<&ScalarValue>,
) -> Result<ArrayRef> {
    values(of, &partitions.column(|rows| later(rows, offset).collect()), default)
}

/// The value of the first row of the partition.
pub(super) fn first(of: &ArrayRef, partitions: &Partitions) -> Result<ArrayRef> {
    values(of, &partitions.column(|rows| vec![rows.first().copied(); rows.len()]), None)
}

/// The value of the last row of the partition.
pub(super) fn last(of: &ArrayRef, partitions: &Partitions) -> Result<ArrayRef> {
    values(of, &partitions.column(|rows| vec![rows.last().copied(); rows.len()]), None)
}

/// The value of another row for each row, and the default for those that have none.
pub(super) fn values(of: &ArrayRef, sources: &[Option<usize>], default: Option<&ScalarValue>) -> Result<ArrayRef> {
    let broken = |error: ArrowError| Error::internal("values of other rows cannot be taken").with_source(error);
    let places = |missing: Option<usize>| -> UInt64Array {
        sources.iter().map(|source| source.or(missing).and_then(|row| u64::try_from(row).ok())).collect()
    };
    let Some(default) = default else {
        return take(of.as_ref(), &places(None), None).map_err(broken);
    };
    let default = default.to_array().map_err(|error| {
        Error::internal("the default of a window column is no value of a column").with_source(error)
    })?;
    // The default stands behind the last row.
    let extended = concat(&[of.as_ref(), default.as_ref()]).map_err(broken)?;
    take(extended.as_ref(), &places(Some(of.len())), None).map_err(broken)
}
