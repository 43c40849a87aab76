//! The bins of a column.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::i256;
use datafusion::common::{Result as FunctionResult, ScalarValue};

use super::exact::ExactBins;
use super::float::FloatBins;
use super::number::{Number, aligned, aligned_all};
use super::shape::{End, Shape};
use crate::error::{Error, Result};
use crate::functions::arithmetic::{Integer, Shortest, float_of, push_decimal};
use crate::model::ColumnType;

/// How the numbers of a column are put into bins.
///
/// On columns of integers and decimals, borders are exact decimals wherever they have at most 76 digits; numbers that
/// are written as floats stand for their shortest form. On columns of floats, and where that is not possible, the border
/// of bin n is `origin + n * size` in floats, and values count as the nearest floats.
///
/// A bin whose number has more than 64 bits has none: its values are as NULL. That takes a value that is more than 9e18
/// widths away from the origin, or a width so small that floats lose that many of them beside the origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Bins {
    column: ColumnType,
    grid: Grid,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Grid {
    Exact(ExactBins),
    Float(FloatBins),
}

impl Bins {
    /// Bins of one width: number n is `[origin + n * size, origin + (n + 1) * size)`.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` if a text is no number, or the size is not above 0.
    pub(crate) fn linear(column: ColumnType, origin: &str, size: &str) -> Result<Self> {
        let (origin, size) = (Number::read(origin)?, Number::read(size)?);
        if size.float <= 0.0 {
            return Err(Error::query("the size of a bin must be above 0"));
        }
        let floats = Shape::Even { origin: origin.float, size: size.float, end: None };
        let exact = aligned([&origin, &size]);
        let exact = exact.map(|([origin, size], scale)| (Shape::Even { origin, size, end: None }, scale));
        Self::new(column, exact, &floats)
    }

    /// So many bins of one width from the least to the greatest value, which belongs to the last one. If both are the
    /// same there is one bin. Number 0 is the first; what is less than all of them has number -1, what is greater has
    /// their count for a number. Without values there are no bins, and all numbers are NULL.
    ///
    /// # Errors
    ///
    /// `Internal` if the greatest value is less than the least.
    pub(crate) fn between(column: ColumnType, least: &ScalarValue, greatest: &ScalarValue, count: u32) -> Result<Self> {
        let ends = Number::of(least).zip(Number::of(greatest));
        let count = if ends.is_some() { i64::from(count.max(1)) } else { 0 };
        let (least, greatest) = ends.unwrap_or((Number::ZERO, Number::ZERO));
        if greatest.float < least.float {
            return Err(Error::internal("the greatest value of a column is less than the least"));
        }
        let exact = aligned([&least, &greatest]).and_then(|(ends, scale)| exact_between(ends, count, scale));
        Self::new(column, exact, &floats_between(least.float, greatest.float, count))
    }

    /// Bins between edges in rising order. The number of a bin is how many edges are not above its values: number 0 has
    /// no lower border, the last one no upper one.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` if a text is no number, or the edges do not rise.
    pub(crate) fn edges(column: ColumnType, edges: &[String]) -> Result<Self> {
        let numbers = edges.iter().map(|edge| Number::read(edge)).collect::<Result<Vec<_>>>()?;
        if !numbers.is_sorted_by(|one, next| one.float <= next.float) {
            return Err(Error::query("the edges of bins must be in rising order"));
        }
        let exact = aligned_all(&numbers.iter().collect::<Vec<_>>());
        let exact = exact.map(|(edges, scale)| (Shape::Edges(edges), scale));
        Self::new(column, exact, &Shape::Edges(numbers.iter().map(|edge| edge.float).collect()))
    }

    fn new(column: ColumnType, exact: Option<(Shape<i256>, i8)>, floats: &Shape<f64>) -> Result<Self> {
        let exact = exact.and_then(|(shape, scale)| ExactBins::new(column, shape, scale));
        let floats = || FloatBins::new(floats).map(Grid::Float);
        let grid = exact.map(Grid::Exact).or_else(floats);
        let grid = grid.ok_or_else(|| Error::query("the borders of bins are too large"))?;
        Ok(Self { column, grid })
    }

    /// The type of the column.
    pub(crate) fn column_type(&self) -> ColumnType {
        self.column
    }

    /// The type of the borders by which bins are shown; nothing for bins between edges, which are shown by their number,
    /// as the first one has no lower border.
    pub(crate) fn border_type(&self) -> Option<ColumnType> {
        match &self.grid {
            Grid::Exact(bins) if !matches!(bins.shape(), Shape::Edges(_)) => Some(bins.border_type()),
            Grid::Float(bins) if !matches!(bins.shape(), Shape::Edges(_)) => Some(ColumnType::Float),
            _ => None,
        }
    }

    /// The numbers of the bins that hold the values of a column; NULL for NULL.
    pub(crate) fn numbers(&self, values: &dyn Array) -> FunctionResult<Int64Array> {
        match &self.grid {
            Grid::Exact(bins) => bins.numbers(values),
            Grid::Float(bins) => bins.numbers(values),
        }
    }

    /// The numbers of bins by the borders that they are shown by; none for borders of too many digits.
    pub(crate) fn numbers_of_lows(&self, lows: &dyn Array) -> FunctionResult<Int64Array> {
        match &self.grid {
            Grid::Exact(bins) => match ExactBins::new(bins.border_type(), bins.shape().clone(), bins.scale()) {
                Some(bins) => bins.numbers(lows),
                None => Ok(Int64Array::new_null(lows.len())),
            },
            Grid::Float(bins) => bins.numbers(lows),
        }
    }

    /// What bins are shown by: the lower borders of the bins with these numbers, or for bins between edges the numbers.
    /// A border that is less than all numbers of its type is the least of them.
    pub(crate) fn lows(&self, numbers: &Int64Array) -> FunctionResult<ArrayRef> {
        match &self.grid {
            _ if self.border_type().is_none() => Ok(Arc::new(numbers.clone())),
            Grid::Exact(bins) => bins.lows(numbers),
            Grid::Float(bins) => Ok(bins.lows(numbers)),
        }
    }

    /// Where a bin begins and where the next one does. Nothing for a side that is open, or ends beyond all numbers of
    /// the type.
    pub(crate) fn border(&self, number: i64) -> (Option<ScalarValue>, Option<ScalarValue>) {
        match &self.grid {
            Grid::Exact(bins) => bins.border(number),
            Grid::Float(bins) => bins.border(number),
        }
    }

    /// What tells it from other bins, for the names of functions.
    pub(super) fn description(&self) -> String {
        match &self.grid {
            Grid::Exact(bins) => described(bins.shape(), |value| {
                let mut text = Vec::new();
                push_decimal(&mut text, *value, bins.scale());
                text
            }),
            Grid::Float(bins) => described(bins.shape(), |value| Shortest::of(value.get()).bytes().to_vec()),
        }
    }
}

fn described<N>(shape: &Shape<N>, text: impl Fn(&N) -> Vec<u8>) -> String {
    let text = |value: &N| String::from_utf8(text(value)).unwrap_or_default();
    match shape {
        Shape::Even { origin, size, end: None } => format!("{} from {}", text(size), text(origin)),
        Shape::Even { origin, end: Some(end), .. } => {
            format!("{} from {} to {}", end.count, text(origin), text(&end.greatest))
        }
        Shape::Edges(edges) => edges.iter().map(text).collect::<Vec<_>>().join(", "),
    }
}

/// Exact bins, if their width has an end: at the latest after 13 digits more, as no count of up to 10,000 has more
/// factors of 2 or 5.
fn exact_between([least, greatest]: [i256; 2], count: i64, scale: i8) -> Option<(Shape<i256>, i8)> {
    let parts = i256::from_i64(count);
    for more in 0..=13 {
        let factor = i256::power_of_ten(more)?;
        let (least, greatest) = (least.times(factor)?, greatest.times(factor)?);
        let range = greatest.minus(least)?;
        let scale = scale.checked_add(i8::try_from(more).ok()?)?;
        if range <= i256::ZERO {
            let end = End { count: count.min(1), greatest };
            return Some((Shape::Even { origin: least, size: i256::ONE, end: Some(end) }, scale));
        }
        let (size, remainder) = range.divided(parts);
        if remainder == i256::ZERO {
            let end = End { count, greatest };
            return Some((Shape::Even { origin: least, size, end: Some(end) }, scale));
        }
    }
    None
}

fn floats_between(least: f64, greatest: f64, count: i64) -> Shape<f64> {
    if least >= greatest {
        let end = Some(End { count: count.min(1), greatest });
        return Shape::Even { origin: least, size: 1.0, end };
    }
    let parts = float_of(count);
    let range = greatest - least;
    let size = if range.is_finite() { range / parts } else { greatest / parts - least / parts };
    Shape::Even { origin: least, size, end: Some(End { count, greatest }) }
}
