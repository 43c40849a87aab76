//! Keys of links as fixed words, where every key column fits one: numbers, dates, and texts of up to twelve bytes,
//! whose string view is the text itself.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType,
};

/// The longest text that a string view holds in itself.
const INLINE_TEXT: u32 = 12;

/// The words of the rows of some key columns, side by side, and whether each row has a key at all.
pub(super) struct Words {
    pub(super) words: Vec<u128>,
    pub(super) present: Vec<bool>,
    /// Whether a text was too long for a word; such rows are not present.
    pub(super) long_text: bool,
}

/// Whether columns of these types have words.
pub(super) fn have_words(types: &[DataType]) -> bool {
    types.iter().all(|data_type| {
        matches!(
            data_type,
            DataType::Utf8View
                | DataType::Boolean
                | DataType::Int64
                | DataType::Float64
                | DataType::Date32
                | DataType::Decimal128(_, _)
                | DataType::Timestamp(TimeUnit::Microsecond, _)
        )
    })
}

/// The words of key columns of types that [have them](have_words).
pub(super) fn words(columns: &[ArrayRef]) -> Words {
    let rows = columns.first().map_or(0, |column| column.len());
    let stride = columns.len();
    let mut found = Words { words: vec![0; rows * stride], present: vec![true; rows], long_text: false };
    for (place, column) in columns.iter().enumerate() {
        if let Some(nulls) = column.nulls() {
            found.present.iter_mut().zip(nulls.iter()).for_each(|(present, valid)| *present &= valid);
        }
        let slots = found.words.iter_mut().skip(place).step_by(stride.max(1));
        match column.data_type() {
            DataType::Utf8View => {
                let views = column.as_string_view().views();
                for ((slot, view), present) in slots.zip(views.iter()).zip(&mut found.present) {
                    *slot = *view;
                    // The low four bytes of a view are the length.
                    if view & u128::from(u32::MAX) > u128::from(INLINE_TEXT) {
                        found.long_text |= *present;
                        *present = false;
                    }
                }
            }
            DataType::Boolean => {
                let values = column.as_boolean().values();
                slots.zip(values.iter()).for_each(|(slot, value)| *slot = u128::from(value));
            }
            DataType::Int64 => fill::<Int64Type>(slots, column, |value| u128::from(value.cast_unsigned())),
            DataType::Float64 => fill::<Float64Type>(slots, column, |value| u128::from(value.to_bits())),
            DataType::Date32 => fill::<Date32Type>(slots, column, |value| u128::from(value.cast_unsigned())),
            DataType::Decimal128(_, _) => fill::<Decimal128Type>(slots, column, i128::cast_unsigned),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                fill::<TimestampMicrosecondType>(slots, column, |value| u128::from(value.cast_unsigned()));
            }
            // Not reached for types with words; rows without a word have no key.
            _ => found.present.fill(false),
        }
    }
    found
}

fn fill<'a, T: ArrowPrimitiveType>(
    slots: impl Iterator<Item = &'a mut u128>,
    column: &ArrayRef,
    word: impl Fn(T::Native) -> u128,
) {
    let values = column.as_primitive::<T>().values();
    slots.zip(values.iter()).for_each(|(slot, value)| *slot = word(*value));
}
