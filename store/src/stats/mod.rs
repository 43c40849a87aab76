//! Statistics of the columns of a file, collected while it is written.

#[cfg(test)]
mod tests;
mod text;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{cast, max, max_boolean, min, min_boolean};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
};
use arrow::error::ArrowError;

use self::text::text_bounds;
use crate::manifest::ColumnStats;

/// String bounds longer than this many bytes are cut.
const BOUND_BYTES: usize = 64;

/// The statistics of one column so far.
#[derive(Debug)]
pub(crate) struct ColumnAccumulator {
    null_count: u64,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Integers { bounds: Bounds<i128>, sum: Option<i128>, summed: bool },
    Wide(Bounds<i256>),
    Floats { bounds: Bounds<f64>, unordered: bool },
    Booleans(Bounds<bool>),
    Text(Bounds<String>),
    Opaque,
}

/// A lower and an upper bound as text, each with whether it occurs.
type BoundTexts = (Option<(String, bool)>, Option<(String, bool)>);

#[derive(Debug)]
struct Bounds<T> {
    min: Option<T>,
    max: Option<T>,
}

impl<T: PartialOrd> Bounds<T> {
    const NONE: Self = Self { min: None, max: None };

    fn widen(&mut self, other: Self) {
        if let Some(min) = other.min
            && self.min.as_ref().is_none_or(|held| min < *held)
        {
            self.min = Some(min);
        }
        if let Some(max) = other.max
            && self.max.as_ref().is_none_or(|held| max > *held)
        {
            self.max = Some(max);
        }
    }

    fn describe(&self, text: impl Fn(&T) -> String) -> BoundTexts {
        let exact = |bound: &Option<T>| bound.as_ref().map(|bound| (text(bound), true));
        (exact(&self.min), exact(&self.max))
    }
}

impl ColumnAccumulator {
    pub(crate) fn new(data_type: &DataType) -> Self {
        Self { null_count: 0, values: Values::new(data_type) }
    }

    pub(crate) fn update(&mut self, array: &ArrayRef) -> Result<(), ArrowError> {
        self.null_count += array.logical_null_count() as u64;
        match array.data_type() {
            DataType::Dictionary(_, value_type) => self.values.update(&cast(array, value_type)?),
            _ => self.values.update(array),
        }
        Ok(())
    }

    pub(crate) fn finish(self, name: &str) -> ColumnStats {
        let (min, max) = self.values.bounds();
        let sum = match self.values {
            Values::Integers { sum, summed: true, .. } => sum.map(|sum| sum.to_string()),
            _ => None,
        };
        ColumnStats {
            name: name.to_owned(),
            null_count: self.null_count,
            min_exact: min.as_ref().is_some_and(|(_, exact)| *exact),
            max_exact: max.as_ref().is_some_and(|(_, exact)| *exact),
            min: min.map(|(text, _)| text),
            max: max.map(|(text, _)| text),
            sum,
        }
    }
}

impl Values {
    fn new(data_type: &DataType) -> Self {
        let integers = |summed| Self::Integers { bounds: Bounds::NONE, sum: Some(0), summed };
        match data_type {
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => integers(true),
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => integers(true),
            DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) => integers(true),
            DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => integers(false),
            DataType::Timestamp(..) | DataType::Duration(_) => integers(false),
            DataType::Decimal256(..) => Self::Wide(Bounds::NONE),
            DataType::Float32 | DataType::Float64 => Self::Floats { bounds: Bounds::NONE, unordered: false },
            DataType::Boolean => Self::Booleans(Bounds::NONE),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text(Bounds::NONE),
            DataType::Dictionary(_, value_type) => Self::new(value_type),
            _ => Self::Opaque,
        }
    }

    fn update(&mut self, array: &dyn Array) {
        match self {
            Self::Integers { bounds, sum, summed } => {
                if let Some(part) = integers(array, *summed) {
                    bounds.widen(part.bounds);
                    *sum = sum.zip(part.sum).and_then(|(held, added)| held.checked_add(added));
                }
            }
            Self::Wide(bounds) => {
                if let Some(array) = array.as_primitive_opt::<Decimal256Type>() {
                    bounds.widen(Bounds { min: min(array), max: max(array) });
                }
            }
            Self::Floats { bounds, unordered } => {
                if let Some(array) = array.as_primitive_opt::<Float64Type>() {
                    array.iter().flatten().for_each(|value| add_float(bounds, unordered, value));
                } else if let Some(array) = array.as_primitive_opt::<Float32Type>() {
                    array.iter().flatten().for_each(|value| add_float(bounds, unordered, f64::from(value)));
                }
            }
            Self::Booleans(bounds) => {
                if let Some(array) = array.as_boolean_opt() {
                    bounds.widen(Bounds { min: min_boolean(array), max: max_boolean(array) });
                }
            }
            Self::Text(bounds) => {
                let (min, max) = text_bounds(array);
                bounds.widen_text(min, max);
            }
            Self::Opaque => {}
        }
    }

    fn bounds(&self) -> BoundTexts {
        match self {
            Self::Integers { bounds, .. } => bounds.describe(i128::to_string),
            Self::Wide(bounds) => bounds.describe(i256::to_string),
            Self::Floats { unordered: true, .. } | Self::Opaque => (None, None),
            Self::Floats { bounds, .. } => bounds.describe(float_text),
            Self::Booleans(bounds) => bounds.describe(bool::to_string),
            Self::Text(bounds) => (bounds.min.as_deref().map(lower_bound), bounds.max.as_deref().and_then(upper_bound)),
        }
    }
}

impl Bounds<String> {
    /// Copies a string only when it becomes a bound.
    fn widen_text(&mut self, min: Option<&str>, max: Option<&str>) {
        let min = min.filter(|min| self.min.as_deref().is_none_or(|held| *min < held)).map(str::to_owned);
        let max = max.filter(|max| self.max.as_deref().is_none_or(|held| *max > held)).map(str::to_owned);
        self.min = min.or_else(|| self.min.take());
        self.max = max.or_else(|| self.max.take());
    }
}

struct IntegerPart {
    bounds: Bounds<i128>,
    sum: Option<i128>,
}

/// Bounds and, if wanted, the sum of whatever is stored as integers of up to 128 bits.
fn integers(array: &dyn Array, summed: bool) -> Option<IntegerPart> {
    match array.data_type() {
        DataType::Int8 => integers_of::<Int8Type>(array, summed),
        DataType::Int16 => integers_of::<Int16Type>(array, summed),
        DataType::Int32 => integers_of::<Int32Type>(array, summed),
        DataType::Int64 => integers_of::<Int64Type>(array, summed),
        DataType::UInt8 => integers_of::<UInt8Type>(array, summed),
        DataType::UInt16 => integers_of::<UInt16Type>(array, summed),
        DataType::UInt32 => integers_of::<UInt32Type>(array, summed),
        DataType::UInt64 => integers_of::<UInt64Type>(array, summed),
        DataType::Decimal32(..) => integers_of::<Decimal32Type>(array, summed),
        DataType::Decimal64(..) => integers_of::<Decimal64Type>(array, summed),
        DataType::Decimal128(..) => integers_of::<Decimal128Type>(array, summed),
        DataType::Date32 => integers_of::<Date32Type>(array, summed),
        DataType::Date64 => integers_of::<Date64Type>(array, summed),
        DataType::Time32(TimeUnit::Second) => integers_of::<Time32SecondType>(array, summed),
        DataType::Time32(_) => integers_of::<Time32MillisecondType>(array, summed),
        DataType::Time64(TimeUnit::Microsecond) => integers_of::<Time64MicrosecondType>(array, summed),
        DataType::Time64(_) => integers_of::<Time64NanosecondType>(array, summed),
        DataType::Timestamp(TimeUnit::Second, _) => integers_of::<TimestampSecondType>(array, summed),
        DataType::Timestamp(TimeUnit::Millisecond, _) => integers_of::<TimestampMillisecondType>(array, summed),
        DataType::Timestamp(TimeUnit::Microsecond, _) => integers_of::<TimestampMicrosecondType>(array, summed),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => integers_of::<TimestampNanosecondType>(array, summed),
        DataType::Duration(TimeUnit::Second) => integers_of::<DurationSecondType>(array, summed),
        DataType::Duration(TimeUnit::Millisecond) => integers_of::<DurationMillisecondType>(array, summed),
        DataType::Duration(TimeUnit::Microsecond) => integers_of::<DurationMicrosecondType>(array, summed),
        DataType::Duration(TimeUnit::Nanosecond) => integers_of::<DurationNanosecondType>(array, summed),
        _ => None,
    }
}

fn integers_of<T>(array: &dyn Array, summed: bool) -> Option<IntegerPart>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128>,
{
    let array = array.as_primitive_opt::<T>()?;
    let bounds = Bounds { min: min(array).map(Into::into), max: max(array).map(Into::into) };
    let add = |sum: i128, value: T::Native| sum.checked_add(value.into());
    let sum = if !summed {
        Some(0)
    } else if array.null_count() == 0 {
        array.values().iter().copied().try_fold(0, add)
    } else {
        array.iter().flatten().try_fold(0, add)
    };
    Some(IntegerPart { bounds, sum })
}

/// NaN has no place between bounds: they are given up then.
fn add_float(bounds: &mut Bounds<f64>, unordered: &mut bool, value: f64) {
    if value.is_nan() {
        *unordered = true;
    } else {
        bounds.widen(Bounds { min: Some(value), max: Some(value) });
    }
}

/// The shortest text that reads back as the same number.
fn float_text(value: &f64) -> String {
    format!("{value:?}")
}

/// The string itself, or its beginning, which is never greater.
fn lower_bound(text: &str) -> (String, bool) {
    let cut = beginning(text);
    (cut.to_owned(), cut.len() == text.len())
}

/// The string itself, or its beginning with the last character raised as far as needed to be greater than all strings
/// that begin so; none if no character can be raised.
fn upper_bound(text: &str) -> Option<(String, bool)> {
    let mut cut = beginning(text);
    if cut.len() == text.len() {
        return Some((cut.to_owned(), true));
    }
    while let Some(last) = cut.chars().next_back() {
        let kept = cut.get(..cut.len() - last.len_utf8())?;
        if let Some(raised) = raise(last) {
            return Some((format!("{kept}{raised}"), false));
        }
        cut = kept;
    }
    None
}

/// The next character in order, leaping over the gap of the surrogates.
fn raise(character: char) -> Option<char> {
    match character {
        '\u{D7FF}' => Some('\u{E000}'),
        _ => char::from_u32(u32::from(character) + 1),
    }
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(BOUND_BYTES)).unwrap_or(text)
}
