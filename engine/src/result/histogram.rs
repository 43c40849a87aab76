//! The cells of a histogram: how many values lie in each of some bins.

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray};
use arrow::datatypes::{Float64Type, Int64Type};

use super::number::{push_float, push_integer};

/// A column of histograms: lists of bins, each with its lower end, its upper end and a count.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    lists: ListArray,
    low: Float64Array,
    high: Float64Array,
    count: Int64Array,
}

impl Histogram {
    /// The histograms of an array of `List<Struct<Float64, Float64, Int64>>`; nothing for any other.
    pub(super) fn new(array: &ArrayRef) -> Option<Self> {
        let lists = array.as_list_opt::<i32>()?.clone();
        let [low, high, count] = lists.values().as_struct_opt()?.columns() else { return None };
        let low = low.as_primitive_opt::<Float64Type>()?.clone();
        let high = high.as_primitive_opt::<Float64Type>()?.clone();
        let count = count.as_primitive_opt::<Int64Type>()?.clone();
        Some(Self { lists, low, high, count })
    }

    /// The histogram of a row, which must be below the number of rows; nothing for NULL.
    pub(super) fn cell(&self, row: usize) -> Option<Bins<'_>> {
        self.lists.is_valid(row).then_some(Bins { histogram: self, row })
    }
}

/// The histogram of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bins<'a> {
    histogram: &'a Histogram,
    row: usize,
}

impl Bins<'_> {
    /// The bins: lower end, upper end, count.
    pub(super) fn iter(&self) -> impl Iterator<Item = (f64, f64, i64)> {
        let Histogram { lists, low, high, count } = self.histogram;
        let offset = |at: usize| lists.value_offsets().get(at).and_then(|at| usize::try_from(*at).ok());
        let bins = offset(self.row).unwrap_or(0)..offset(self.row + 1).unwrap_or(0);
        bins.map(move |bin| (low.value(bin) + 0.0, high.value(bin) + 0.0, count.value(bin)))
    }
}

/// Appends the bins as JSON: `[[lo,hi,n],..]`.
pub(super) fn push_bins(out: &mut Vec<u8>, bins: impl Iterator<Item = (f64, f64, i64)>) {
    out.push(b'[');
    for (index, (low, high, count)) in bins.enumerate() {
        let open: &[u8] = if index == 0 { b"[" } else { b",[" };
        out.extend_from_slice(open);
        push_float(out, low);
        out.push(b',');
        push_float(out, high);
        out.push(b',');
        push_integer(out, count);
        out.push(b']');
    }
    out.push(b']');
}
