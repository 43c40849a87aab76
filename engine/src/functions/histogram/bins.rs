//! Where bins begin and end.

use crate::error::{Error, ErrorKind, Result};

/// The most bins of a histogram.
pub(super) const MAX_BINS: u32 = 10_000;

/// Beyond so many bins from the origin, the numbers of bins are no exact floats.
const FARTHEST: f64 = 4_503_599_627_370_496.0;

/// How far beyond an end a value may lie by the rounding of a cast, as a share of the end.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The bins of a histogram, all of one width. Floats are held as their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum HistogramBins {
    /// `[origin + n * size, origin + (n + 1) * size)` for each integer `n`.
    OfWidth { origin: u64, size: u64 },
    /// So many bins between two ends, both of them included.
    Between { min: u64, max: u64, count: u32 },
}

impl HistogramBins {
    /// Bins of a width, which is finite and above 0; one begins at the origin.
    pub(crate) fn of_width(origin: f64, size: f64) -> Self {
        Self::OfWidth { origin: bits(origin), size: bits(size) }
    }

    /// So many bins (1 to 10,000) between a least and a greatest value, which are finite. The last one is closed. If
    /// the two are equal there is one bin. Values outside are not counted.
    pub(crate) fn between(min: f64, max: f64, count: u32) -> Self {
        Self::Between { min: bits(min), max: bits(max), count }
    }

    /// Where the bins begin and end.
    ///
    /// # Errors
    /// `InvalidQuery` for bins that have no width or no ends, `LimitExceeded` for more than 10,000 of them.
    pub(super) fn borders(self) -> Result<Borders> {
        match self {
            Self::OfWidth { origin, size } => {
                let (origin, size) = (f64::from_bits(origin), f64::from_bits(size));
                if origin.is_finite() && size.is_finite() && size > 0.0 {
                    return Ok(Borders::Even { origin, size });
                }
                Err(Error::query("the width of the bins of a histogram is a number above 0"))
            }
            Self::Between { min, max, count } => {
                let (min, max) = (f64::from_bits(min), f64::from_bits(max));
                if count > MAX_BINS {
                    return Err(limit_exceeded("a histogram has at most 10,000 bins"));
                }
                if count == 0 || !min.is_finite() || !max.is_finite() || min > max {
                    return Err(Error::query("a histogram has at least one bin, between two numbers"));
                }
                let inner = (0..count).map(|bin| border(min, max, f64::from(bin), f64::from(count)));
                let mut borders: Vec<f64> = if min < max { inner.collect() } else { vec![min] };
                borders.push(max);
                Ok(Borders::Listed(borders))
            }
        }
    }
}

/// The bits of a float, of which there is one zero.
fn bits(float: f64) -> u64 {
    (float + 0.0).to_bits()
}

/// The border below a bin.
fn border(min: f64, max: f64, bin: f64, count: f64) -> f64 {
    let spread = max - min;
    let border = if spread.is_finite() {
        min + bin * (spread / count)
    } else {
        let share = bin / count;
        min * (1.0 - share) + max * share
    };
    border.min(max)
}

pub(super) fn limit_exceeded(message: &str) -> Error {
    Error::new(ErrorKind::LimitExceeded, message)
}

/// Where bins begin and end.
#[derive(Debug, Clone)]
pub(super) enum Borders {
    /// Bins of a width, of which one begins at the origin and has number 0.
    Even { origin: f64, size: f64 },
    /// The borders of bins numbered from 0. The last bin is closed.
    Listed(Vec<f64>),
}

impl Borders {
    /// The number of the bin of a finite value; nothing if it has none.
    ///
    /// # Errors
    /// `LimitExceeded` if the bins are so narrow that floats of that size cannot tell them apart.
    pub(super) fn bin(&self, value: f64) -> Result<Option<i64>> {
        match self {
            Self::Even { origin, size } => {
                let guess = ((value - origin) / size).floor();
                // A quotient is rounded, and so are borders: the bin is the one whose borders hold the value.
                let near = [0.0, -1.0, 1.0, -2.0, 2.0].map(|step| guess + step);
                let found = near.into_iter().find(|bin| {
                    let (low, high) = even(*origin, *size, *bin);
                    bin.abs() < FARTHEST && low <= value && value < high
                });
                let found = found
                    .ok_or_else(|| limit_exceeded("the bins of a histogram are too narrow for the size of its values"));
                found.map(|bin| Some(whole(bin)))
            }
            Self::Listed(borders) => {
                let (Some(min), Some(max)) = (borders.first(), borders.last()) else { return Ok(None) };
                if value < min - ROUNDING * min.abs() || value > max + ROUNDING * max.abs() {
                    return Ok(None);
                }
                let last = borders.len().saturating_sub(2);
                let bin = borders.partition_point(|border| *border <= value).saturating_sub(1).min(last);
                Ok(i64::try_from(bin).ok())
            }
        }
    }

    /// The lower and the upper border of a bin; nothing if there is no such bin.
    pub(super) fn ends(&self, bin: i64) -> Option<(f64, f64)> {
        match self {
            Self::Even { origin, size } => Some(even(*origin, *size, number(bin))),
            Self::Listed(borders) => {
                let bin = usize::try_from(bin).ok()?;
                Some((*borders.get(bin)?, *borders.get(bin.checked_add(1)?)?))
            }
        }
    }

    /// The first and the last bin that are listed, given those that have values.
    pub(super) fn listed(&self, first: i64, last: i64) -> (i64, i64) {
        match self {
            Self::Even { .. } => (first, last),
            Self::Listed(borders) => (0, i64::try_from(borders.len().saturating_sub(2)).unwrap_or(i64::MAX)),
        }
    }
}

/// The borders of a bin of a width.
fn even(origin: f64, size: f64, bin: f64) -> (f64, f64) {
    (origin + bin * size, origin + (bin + 1.0) * size)
}

#[expect(clippy::cast_possible_truncation, reason = "an integer below 2^52")]
fn whole(bin: f64) -> i64 {
    bin as i64
}

#[expect(clippy::cast_precision_loss, reason = "the numbers of bins are below 2^52")]
fn number(bin: i64) -> f64 {
    bin as f64
}
