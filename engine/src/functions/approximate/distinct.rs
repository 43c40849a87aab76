//! Numbers of different values.

use arrow::array::{Array, BooleanArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, UInt32Type, i256,
};
use datafusion::common::Result;
use datafusion::common::cast::{as_boolean_array, as_primitive_array, as_string_view_array};
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{Coupon, HllSketch, HllType, HllUnion};

use super::slots::{Sketching, damaged, refused};
use crate::functions::exact::{finite, selected};

/// A sketch has 2 to the power of this many registers.
pub(super) const DISTINCT_COUNT_LG_K: u8 = 14;

/// The relative standard error of an approximate count of many different values: 1.03896 over the root of the number
/// of registers. Two of three counts are off by no more, 95 of 100 by no more than twice as much. Up to some 1,500
/// values nearly all counts are exact.
#[cfg(test)]
pub(crate) const DISTINCT_COUNT_ERROR: f64 = 1.038_96 / 128.0;

/// The different values of a column in an HLL sketch, with the hash of these bytes:
///
/// - integers, dates (days), instants and wall clock times (microseconds), and truths (0 or 1) as 64-bit integers,
///   floats as they are (with one zero), all little-endian;
/// - decimals without their point as 256-bit integers, little-endian;
/// - texts as UTF-8.
#[derive(Debug, Clone)]
pub(super) struct Different {
    empty: HllSketch,
}

impl Different {
    pub(super) fn new() -> Result<Self> {
        let empty = HllSketch::new(DISTINCT_COUNT_LG_K, HllType::Hll8).map_err(refused)?;
        Ok(Self { empty })
    }
}

fn coupon(bytes: &[u8]) -> Coupon {
    Coupon::from_value(raw_bytes::from_slice(bytes))
}

fn of_integer(value: i64) -> Coupon {
    coupon(&value.to_le_bytes())
}

fn of_decimal(value: i256) -> Coupon {
    coupon(&value.to_le_bytes())
}

/// Calls `each` with some rows of a column and the coupons of their values.
fn each_native<T: ArrowPrimitiveType>(
    values: &dyn Array,
    rows: impl Iterator<Item = usize>,
    mut each: impl FnMut(usize, Coupon) -> Result<()>,
    coupon: impl Fn(T::Native) -> Coupon,
) -> Result<()> {
    let values = as_primitive_array::<T>(values)?.values();
    for row in rows {
        each(row, coupon(*values.get(row).ok_or_else(damaged)?))?;
    }
    Ok(())
}

impl Sketching for Different {
    type Sketch = HllSketch;
    type Item = Coupon;
    type Output = Int64Type;

    fn selection(values: &dyn Array, filter: Option<&BooleanArray>) -> Result<Option<BooleanBuffer>> {
        match values.data_type() {
            DataType::Float64 => finite(values, filter),
            _ => Ok(selected(values, filter)),
        }
    }

    fn each(
        values: &dyn Array,
        rows: impl Iterator<Item = usize>,
        mut each: impl FnMut(usize, Coupon) -> Result<()>,
    ) -> Result<()> {
        match values.data_type() {
            DataType::Int64 => each_native::<Int64Type>(values, rows, each, of_integer),
            DataType::UInt32 => each_native::<UInt32Type>(values, rows, each, |value| of_integer(value.into())),
            DataType::Date32 => each_native::<Date32Type>(values, rows, each, |value| of_integer(value.into())),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                each_native::<TimestampMicrosecondType>(values, rows, each, of_integer)
            }
            DataType::Decimal128(..) => {
                each_native::<Decimal128Type>(values, rows, each, |value| of_decimal(i256::from_i128(value)))
            }
            DataType::Decimal256(..) => each_native::<Decimal256Type>(values, rows, each, of_decimal),
            // -0.0 + 0.0 is 0.0.
            DataType::Float64 => {
                each_native::<Float64Type>(values, rows, each, |value| coupon(&(value + 0.0).to_le_bytes()))
            }
            DataType::Boolean => {
                let truths = as_boolean_array(values)?;
                for row in rows {
                    each(row, of_integer(truths.value(row).into()))?;
                }
                Ok(())
            }
            _ => {
                let texts = as_string_view_array(values)?;
                for row in rows {
                    each(row, coupon(texts.value(row).as_bytes()))?;
                }
                Ok(())
            }
        }
    }

    fn start(&self) -> HllSketch {
        self.empty.clone()
    }

    fn insert(sketch: &mut HllSketch, item: Coupon) {
        sketch.update_with_coupon(item);
    }

    fn merge(sketch: &mut HllSketch, other: &HllSketch) -> Result<()> {
        let mut union = HllUnion::new(DISTINCT_COUNT_LG_K).map_err(refused)?;
        union.update(sketch);
        union.update(other);
        *sketch = union.to_sketch(HllType::Hll8);
        Ok(())
    }

    fn write(sketch: &HllSketch) -> Vec<u8> {
        sketch.serialize()
    }

    fn read(bytes: &[u8]) -> Option<HllSketch> {
        let sketch = HllSketch::deserialize(bytes).ok()?;
        let ours = sketch.lg_config_k() == DISTINCT_COUNT_LG_K && sketch.target_type() == HllType::Hll8;
        ours.then_some(sketch)
    }

    fn result(&self, sketch: Option<&HllSketch>) -> Result<Option<i64>> {
        // The other estimate of the sketch is closer, but depends on the order in which the values came.
        Ok(Some(sketch.map_or(0, |sketch| whole(sketch.composite_estimate()))))
    }

    fn size(sketch: &HllSketch) -> usize {
        sketch.estimated_size()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no count of rows is beyond 2^63")]
fn whole(count: f64) -> i64 {
    count.round() as i64
}
