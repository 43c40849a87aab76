//! Keys of links as fixed words, where every key column fits one: numbers, dates, and texts of up to twelve bytes,
//! whose string view is the text itself.

use std::hash::BuildHasher;

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit,
    TimestampMicrosecondType,
};
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// The longest text that a string view holds in itself.
const INLINE_TEXT: u128 = 12;
/// The low four bytes of a view are the length.
const LENGTH_BITS: u128 = 0xFFFF_FFFF;

/// Keys remembered while a batch is looked up.
const RECENT_KEYS: usize = 64;

/// Rows by keys of `N` words.
#[derive(Debug)]
pub(super) struct WordTable<const N: usize> {
    rows: HashTable<([u128; N], u32)>,
    /// Differs from index to index, so that nobody can choose keys that collide.
    seed: u128,
}

impl<const N: usize> WordTable<N> {
    /// The rows of the key columns and the number of those whose key an earlier row has; none if a key has no words.
    pub(super) fn build(columns: &[ArrayRef]) -> Option<(Self, u64)> {
        let words: Words<N> = words(columns)?;
        if words.long_text {
            return None;
        }
        let hasher = DefaultHashBuilder::default();
        let seed = u128::from(hasher.hash_one(0_u8)) << 64 | u128::from(hasher.hash_one(1_u8));
        let mut rows = HashTable::with_capacity(words.keys.len());
        let mut duplicates = 0;
        for ((row, key), present) in (0_u32..).zip(&words.keys).zip(&words.present) {
            if !present {
                continue;
            }
            match rows.entry(mixed(seed, key), |(other, _)| other == key, |(other, _)| mixed(seed, other)) {
                Entry::Occupied(_) => duplicates += 1,
                Entry::Vacant(entry) => {
                    entry.insert((*key, row));
                }
            }
        }
        Some((Self { rows, seed }, duplicates))
    }

    /// The row of each key, NULL where there is none.
    pub(super) fn find(&self, columns: &[ArrayRef]) -> UInt32Array {
        if let [column] = columns
            && let Some(texts) = column.as_string_view_opt()
        {
            // The views are the words already.
            let keys = texts.views().iter().map(|view| (view & LENGTH_BITS <= INLINE_TEXT).then_some([*view; N]));
            return match texts.nulls() {
                Some(nulls) => self.rows_of(keys.zip(nulls).map(|(key, valid)| key.filter(|_| valid))),
                None => self.rows_of(keys),
            };
        }
        let Some(words) = words::<N>(columns) else {
            return UInt32Array::new_null(columns.first().map_or(0, |column| column.len()));
        };
        self.rows_of(words.keys.iter().zip(&words.present).map(|(key, present)| present.then_some(*key)))
    }

    fn rows_of(&self, keys: impl ExactSizeIterator<Item = Option<[u128; N]>>) -> UInt32Array {
        let mut rows = Vec::with_capacity(keys.len());
        let mut found = Vec::with_capacity(keys.len());
        // The same few keys come again and again within a batch; they are found here without a walk through memory.
        let mut recent = [([0; N], None); RECENT_KEYS];
        for key in keys {
            let row = key.and_then(|key| {
                let hash = mixed(self.seed, &key);
                let place = usize::try_from(hash).map_or(0, |hash| hash % RECENT_KEYS);
                if let Some((same, Some(row))) = recent.get(place)
                    && *same == key
                {
                    return *row;
                }
                let row = self.rows.find(hash, |(other, _)| *other == key).map(|(_, row)| *row);
                if let Some(slot) = recent.get_mut(place) {
                    *slot = (key, Some(row));
                }
                row
            });
            rows.push(row.unwrap_or_default());
            found.push(row.is_some());
        }
        UInt32Array::new(rows.into(), Some(NullBuffer::from(found)))
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<([u128; N], u32)>()
    }
}

/// A hash of few operations: all words folded into one by multiplications.
fn mixed<const N: usize>(seed: u128, key: &[u128; N]) -> u64 {
    const SPREAD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    let folded = key.iter().fold(seed, |folded, word| {
        let product = (folded ^ word).wrapping_mul(SPREAD);
        product ^ product >> 67
    });
    let [low, high] = [folded, folded >> 64].map(|half| half & u128::from(u64::MAX));
    u64::try_from(low ^ high).unwrap_or_default()
}

/// The words of the rows of some key columns, and whether each row has a key at all.
struct Words<const N: usize> {
    keys: Vec<[u128; N]>,
    present: Vec<bool>,
    /// Whether a text was too long for a word; such rows are not present.
    long_text: bool,
}

/// The words of `N` key columns; none if one of them is of a type without.
fn words<const N: usize>(columns: &[ArrayRef]) -> Option<Words<N>> {
    let rows = columns.first().map_or(0, |column| column.len());
    let mut found = Words { keys: vec![[0; N]; rows], present: vec![true; rows], long_text: false };
    for (place, column) in columns.iter().enumerate() {
        if let Some(nulls) = column.nulls() {
            found.present.iter_mut().zip(nulls.iter()).for_each(|(present, valid)| *present &= valid);
        }
        let slots = found.keys.iter_mut().filter_map(|key| key.get_mut(place));
        match column.data_type() {
            DataType::Utf8View => {
                let views = column.as_string_view().views();
                for ((slot, view), present) in slots.zip(views.iter()).zip(&mut found.present) {
                    *slot = *view;
                    if view & LENGTH_BITS > INLINE_TEXT {
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
            _ => return None,
        }
    }
    Some(found)
}

fn fill<'a, T: ArrowPrimitiveType>(
    slots: impl Iterator<Item = &'a mut u128>,
    column: &ArrayRef,
    word: impl Fn(T::Native) -> u128,
) {
    let values = column.as_primitive::<T>().values();
    slots.zip(values.iter()).for_each(|(slot, value)| *slot = word(*value));
}
