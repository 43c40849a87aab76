//! The columns that exact aggregates take.

use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{DataFusionError, Result};

use crate::functions::argument::not_taken;

/// How the values of a column are summed up. Precision and scale are those of the sum.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Method {
    Integer,
    Narrow { precision: u8, scale: i8 },
    Wide128 { precision: u8, scale: i8 },
    Wide256 { precision: u8, scale: i8 },
    Float,
}

impl Method {
    /// For the arguments of a function, brought to the types it takes.
    pub(crate) fn of(function: &str, types: &[DataType]) -> Result<Self> {
        let digits = |precision: &u8| precision.saturating_add(19).min(76);
        Ok(match types {
            [DataType::Int64] => Self::Integer,
            [DataType::Float64] => Self::Float,
            [DataType::Decimal128(precision, scale)] if *precision <= 19 => {
                Self::Narrow { precision: digits(precision), scale: *scale }
            }
            [DataType::Decimal128(precision, scale)] => Self::Wide128 { precision: digits(precision), scale: *scale },
            [DataType::Decimal256(precision, scale)] => Self::Wide256 { precision: digits(precision), scale: *scale },
            _ => return Err(not_taken(function, "one number", types)),
        })
    }

    /// For the columns of an accumulator.
    pub(crate) fn of_fields(function: &str, fields: &[FieldRef]) -> Result<Self> {
        let types: Vec<DataType> = fields.iter().map(|field| field.data_type().clone()).collect();
        Self::of(function, &types)
    }

    /// The type of the sum.
    pub(crate) fn sum_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Decimal128(38, 0),
            Self::Narrow { precision, scale } => DataType::Decimal128(precision, scale),
            Self::Wide128 { precision, scale } | Self::Wide256 { precision, scale } => {
                DataType::Decimal256(precision, scale)
            }
            Self::Float => DataType::Float64,
        }
    }

    /// The type of a stored sum.
    pub(crate) fn state_type(self) -> DataType {
        match self {
            Self::Integer | Self::Narrow { .. } => self.sum_type(),
            Self::Wide128 { .. } | Self::Wide256 { .. } | Self::Float => DataType::Binary,
        }
    }

    /// How many digits of the values are behind the point.
    pub(crate) fn scale(self) -> i8 {
        match self {
            Self::Narrow { scale, .. } | Self::Wide128 { scale, .. } | Self::Wide256 { scale, .. } => scale,
            Self::Integer | Self::Float => 0,
        }
    }
}

/// The type to which the one number of a function is brought.
pub(crate) fn coerced(function: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    Ok(vec![match types {
        [
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::Null,
        ] => DataType::Int64,
        [DataType::UInt64] => DataType::Decimal128(20, 0),
        [DataType::Float16 | DataType::Float32 | DataType::Float64] => DataType::Float64,
        [
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale),
        ] => DataType::Decimal128(*precision, *scale),
        [DataType::Decimal256(precision, scale)] if *precision <= 38 => DataType::Decimal128(*precision, *scale),
        [wide @ DataType::Decimal256(..)] => wide.clone(),
        _ => return Err(not_taken(function, "one number", types)),
    }])
}

/// An aggregate of different values only is another one.
pub(crate) fn refuse_distinct(function: &str, distinct: bool) -> Result<()> {
    if distinct {
        return Err(DataFusionError::NotImplemented(format!("`{function}` of distinct values")));
    }
    Ok(())
}
