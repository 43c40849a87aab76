//! Percentiles.

use arrow::array::{Array, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Float64Type;
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datasketches::common::SearchCriteria;
use datasketches::kll::{KllFloat, KllSketch};

use super::slots::{Sketching, damaged, refused};
use crate::functions::exact::finite;

/// The parameter of a sketch. It keeps up to this many values all, and some three times as many of any number.
pub(super) const PERCENTILE_K: u16 = 1024;

/// The error of an approximate percentile, in ranks as a share of the number of values: 2.296 / k^0.9723. A percentile
/// `p` is a value whose share of values up to it is, in 99 of 100 cases, off `p` by no more.
#[cfg(test)]
pub(crate) const PERCENTILE_ERROR: f64 = 0.002_72;

/// Values in a KLL sketch, and the value at a share of them.
#[derive(Debug, Clone)]
pub(super) struct Quantile {
    empty: KllSketch<KllFloat<f64>>,
    share: f64,
}

impl Quantile {
    pub(super) fn new(share: f64) -> Result<Self> {
        Ok(Self { empty: KllSketch::new(PERCENTILE_K).map_err(refused)?, share })
    }
}

impl Sketching for Quantile {
    type Sketch = KllSketch<KllFloat<f64>>;
    type Item = KllFloat<f64>;
    type Output = Float64Type;

    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        finite(values, filter)
    }

    fn each(
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        mut each: impl FnMut(usize, KllFloat<f64>) -> Result<()>,
    ) -> Result<()> {
        let values = as_float64_array(values)?.values();
        for row in rows {
            // -0.0 + 0.0 is 0.0.
            let value = *values.get(row).ok_or_else(damaged)? + 0.0;
            each(row, KllFloat::<f64>::new(value).map_err(refused)?)?;
        }
        Ok(())
    }

    fn start(&self) -> Self::Sketch {
        self.empty.clone()
    }

    fn insert(sketch: &mut Self::Sketch, item: KllFloat<f64>) {
        sketch.update(item);
    }

    fn merge(sketch: &mut Self::Sketch, other: &Self::Sketch) -> Result<()> {
        sketch.merge(other).map_err(refused)
    }

    fn write(sketch: &Self::Sketch) -> Vec<u8> {
        sketch.serialize()
    }

    fn read(bytes: &[u8]) -> Option<Self::Sketch> {
        let sketch: Self::Sketch = KllSketch::deserialize(bytes).ok()?;
        (sketch.k() == PERCENTILE_K && sketch.min_k() == PERCENTILE_K).then_some(sketch)
    }

    fn result(&self, sketch: Option<&Self::Sketch>) -> Result<Option<f64>> {
        let Some(sketch) = sketch else { return Ok(None) };
        let value = sketch.quantile(self.share, SearchCriteria::Inclusive).map_err(refused)?;
        Ok(value.map(KllFloat::into_inner))
    }

    fn size(sketch: &Self::Sketch) -> usize {
        // Vectors that grow have up to twice the room.
        2 * sketch.num_retained() * size_of::<f64>()
    }
}
