//! Values that are held as integers: what is less as a value is less as an integer.

use std::cmp::Ordering;
use std::hash::Hash;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    TimestampMicrosecondArray,
};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{
    ArrowNativeType, DataType, Date32Type, Decimal128Type, Decimal256Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, i256,
};
use datafusion::common::cast::{as_boolean_array, as_primitive_array};
use datafusion::common::{DataFusionError, Result};

use super::held::Held;
use crate::functions::exact::damaged;

/// An integer that values are held as.
pub(crate) trait Key: ArrowNativeType + Ord + Hash {
    /// The values of a column; those of NULLs say nothing.
    fn keys(values: &dyn Array) -> Result<ScalarBuffer<Self>>;

    /// A column of this type.
    fn from_keys(keys: ScalarBuffer<Self>, nulls: Option<NullBuffer>, data_type: &DataType) -> Result<ArrayRef>;
}

impl<K: Key> Held for K {
    type Column = ScalarBuffer<K>;
    type Item<'a> = K;

    fn column(values: &dyn Array) -> Result<ScalarBuffer<K>> {
        K::keys(values)
    }

    fn get(column: &ScalarBuffer<K>, row: usize) -> Option<K> {
        column.get(row).copied()
    }

    fn own(item: K) -> Self {
        item
    }

    fn item(&self) -> K {
        *self
    }

    fn compare(&self, item: K) -> Ordering {
        self.cmp(&item)
    }

    fn bytes(&self) -> usize {
        0
    }

    fn array<'a>(values: impl Iterator<Item = Option<&'a Self>>, data_type: &DataType) -> Result<ArrayRef> {
        let (keys, valid): (Vec<K>, Vec<bool>) =
            values.map(|value| (value.copied().unwrap_or_default(), value.is_some())).unzip();
        let nulls = Some(NullBuffer::from(valid)).filter(|nulls| nulls.null_count() > 0);
        K::from_keys(keys.into(), nulls, data_type)
    }
}

impl Key for i64 {
    fn keys(values: &dyn Array) -> Result<ScalarBuffer<i64>> {
        Ok(match values.data_type() {
            DataType::Int64 => as_primitive_array::<Int64Type>(values)?.values().clone(),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                as_primitive_array::<TimestampMicrosecondType>(values)?.values().clone()
            }
            DataType::Date32 => {
                as_primitive_array::<Date32Type>(values)?.values().iter().copied().map(i64::from).collect()
            }
            DataType::Float64 => {
                as_primitive_array::<Float64Type>(values)?.values().iter().copied().map(key_of).collect()
            }
            DataType::Boolean => as_boolean_array(values)?.values().iter().map(i64::from).collect(),
            other => return Err(unexpected(other)),
        })
    }

    fn from_keys(keys: ScalarBuffer<i64>, nulls: Option<NullBuffer>, data_type: &DataType) -> Result<ArrayRef> {
        let array: ArrayRef = match data_type {
            DataType::Int64 => Arc::new(Int64Array::new(keys, nulls)),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Arc::new(TimestampMicrosecondArray::new(keys, nulls).with_data_type(data_type.clone()))
            }
            DataType::Date32 => {
                let days = keys.iter().map(|key| i32::try_from(*key)).collect::<Result<Vec<i32>, _>>();
                Arc::new(Date32Array::new(days.map_err(|_| damaged())?.into(), nulls))
            }
            DataType::Float64 => Arc::new(Float64Array::new(keys.iter().copied().map(float_of).collect(), nulls)),
            DataType::Boolean => Arc::new(BooleanArray::new(keys.iter().map(|key| *key != 0).collect(), nulls)),
            other => return Err(unexpected(other)),
        };
        Ok(array)
    }
}

impl Key for i128 {
    fn keys(values: &dyn Array) -> Result<ScalarBuffer<i128>> {
        Ok(as_primitive_array::<Decimal128Type>(values)?.values().clone())
    }

    fn from_keys(keys: ScalarBuffer<i128>, nulls: Option<NullBuffer>, data_type: &DataType) -> Result<ArrayRef> {
        match data_type {
            DataType::Decimal128(..) => {
                Ok(Arc::new(Decimal128Array::new(keys, nulls).with_data_type(data_type.clone())))
            }
            other => Err(unexpected(other)),
        }
    }
}

impl Key for i256 {
    fn keys(values: &dyn Array) -> Result<ScalarBuffer<i256>> {
        Ok(as_primitive_array::<Decimal256Type>(values)?.values().clone())
    }

    fn from_keys(keys: ScalarBuffer<i256>, nulls: Option<NullBuffer>, data_type: &DataType) -> Result<ArrayRef> {
        match data_type {
            DataType::Decimal256(..) => {
                Ok(Arc::new(Decimal256Array::new(keys, nulls).with_data_type(data_type.clone())))
            }
            other => Err(unexpected(other)),
        }
    }
}

/// The key of a float. There is one zero.
fn key_of(value: f64) -> i64 {
    mirrored((value + 0.0).to_bits().cast_signed())
}

/// The float of a key.
pub(crate) fn float_of(key: i64) -> f64 {
    f64::from_bits(mirrored(key).cast_unsigned())
}

/// Turns the order of negative numbers around: as bits, a float grows with its magnitude. Twice is not at all.
fn mirrored(bits: i64) -> i64 {
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

fn unexpected(data_type: &DataType) -> DataFusionError {
    DataFusionError::Internal(format!("an aggregate of single values was given the type {data_type}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{float_of, key_of};

    #[test]
    fn there_is_one_zero() {
        assert_eq!(key_of(-0.0), key_of(0.0));
        assert_eq!(float_of(key_of(-0.0)).to_bits(), 0);
        assert!(key_of(f64::MIN) < key_of(-f64::from_bits(1)));
        assert!(key_of(-f64::from_bits(1)) < key_of(0.0));
    }

    proptest! {
        #[test]
        fn keys_have_the_order_of_floats(left in any::<f64>(), right in any::<f64>()) {
            let [left, right] = [left + 0.0, right + 0.0];
            prop_assert_eq!(float_of(key_of(left)).to_bits(), left.to_bits());
            prop_assert_eq!(key_of(left).cmp(&key_of(right)), left.total_cmp(&right));
        }
    }
}
