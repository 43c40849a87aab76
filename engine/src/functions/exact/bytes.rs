//! The stored form of a number of any size. It is stable, and the same for equal numbers.
//!
//! For `m * 2^e` with an odd integer `m`, two bytes hold the sign in the highest bit and, in the others, `e` counted
//! from position 0 (`e + 1088` for a sum, `e + 2176` for a sum of squares); the bytes of `m` follow without zeros at
//! its end. Two zero bytes are 0. All is little-endian.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder};
use arrow::buffer::NullBuffer;

use super::limbs::bits_from;
use super::number::{Number, Power};
use super::sums::is_present;

const SIGN: u16 = 1 << 15;

/// The numbers of groups in their stored form; NULL for a group that has none.
pub(crate) fn encode_all(
    groups: usize,
    power: Power,
    nulls: Option<&NullBuffer>,
    number: impl Fn(usize) -> Number,
) -> ArrayRef {
    let mut builder = BinaryBuilder::with_capacity(groups, 16 * groups);
    let mut bytes = Vec::new();
    for group in 0..groups {
        if is_present(nulls, group) {
            encode(&number(group), power, &mut bytes);
            builder.append_value(&bytes);
        } else {
            builder.append_null();
        }
    }
    Arc::new(builder.finish())
}

/// Writes a number over what the buffer holds.
fn encode(number: &Number, power: Power, bytes: &mut Vec<u8>) {
    bytes.clear();
    let limbs = number.limbs();
    let Some(zeros) = trailing_zeros(limbs) else {
        bytes.extend_from_slice(&[0, 0]);
        return;
    };
    let position = number.exponent() - power.lowest() + i64::try_from(zeros).unwrap_or(i64::MAX);
    // Positions end far below the bit of the sign.
    let header = u16::try_from(position).unwrap_or(SIGN - 1) | if number.is_negative() { SIGN } else { 0 };
    bytes.extend_from_slice(&header.to_le_bytes());
    for (bit, _) in (zeros..).step_by(64).zip(limbs) {
        bytes.extend_from_slice(&bits_from(limbs, bit).to_le_bytes());
    }
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(2, |last| last + 1);
    bytes.truncate(length.max(2));
}

/// Reads a number, unless the bytes are damaged.
pub(crate) fn decode(bytes: &[u8], power: Power) -> Option<Number> {
    let (header, magnitude) = bytes.split_first_chunk::<2>()?;
    let header = u16::from_le_bytes(*header);
    let position = header & !SIGN;
    // What claims more is no sum of ours.
    if u64::from(position) + 8 * u64::try_from(magnitude.len()).ok()? > power.bits() {
        return None;
    }
    let limbs = magnitude
        .chunks(8)
        .map(|chunk| chunk.iter().rev().fold(0_u64, |limb, byte| (limb << 8) | u64::from(*byte)))
        .collect();
    Some(Number::from_limbs(header & SIGN != 0, limbs, i64::from(position) + power.lowest()))
}

/// Where a stored number begins and ends, in bits from position 0; nothing for 0.
pub(crate) fn extent(bytes: &[u8]) -> Option<(u64, u64)> {
    let (header, magnitude) = bytes.split_first_chunk::<2>()?;
    let top = magnitude.last()?;
    let start = u64::from(u16::from_le_bytes(*header) & !SIGN);
    let bits = 8 * u64::try_from(magnitude.len()).ok()? - u64::from(top.leading_zeros());
    Some((start, start + bits))
}

/// The number of zero bits below the lowest bit that is set; nothing for 0.
fn trailing_zeros(limbs: &[u64]) -> Option<u64> {
    let mut lower = (0_u64..).step_by(64).zip(limbs);
    lower.find(|(_, limb)| **limb != 0).map(|(base, limb)| base + u64::from(limb.trailing_zeros()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode, extent};
    use crate::functions::exact::number::{Number, Power};

    fn encoded(number: &Number) -> Vec<u8> {
        encoded_as(number, Power::First)
    }

    fn encoded_as(number: &Number, power: Power) -> Vec<u8> {
        let mut bytes = vec![9; 5];
        encode(number, power, &mut bytes);
        bytes
    }

    #[test]
    fn the_form_is_the_documented_one() {
        assert_eq!(encoded(&Number::from_i128(0, 5)), [0, 0]);
        // 1 = 1 * 2^0: 1088 is 0x0440.
        assert_eq!(encoded(&Number::from_i128(1, 0)), [0x40, 0x04, 1]);
        assert_eq!(encoded(&Number::from_i128(-1, 0)), [0x40, 0x84, 1]);
        // 1536 = 3 * 2^9, whatever the exponent it comes with.
        assert_eq!(encoded(&Number::from_i128(1536, 0)), [0x49, 0x04, 3]);
        assert_eq!(encoded(&Number::from_i128(6, 8)), [0x49, 0x04, 3]);
        assert_eq!(encoded(&Number::from_i128(0x0101, -1)), [0x3f, 0x04, 1, 1]);
        let wide = Number::from_limbs(false, vec![0, 1 << 63, 1], 0);
        assert_eq!(encoded(&wide), [0xbf, 0x04, 3]);
        // Squares count from 2^-2176, which is 0x0880 below 1.
        assert_eq!(encoded_as(&Number::from_i128(1536, 0), Power::Second), [0x89, 0x08, 3]);
        assert_eq!(encoded_as(&Number::from_i128(-1, -2_148), Power::Second), [0x1c, 0x80, 1]);
    }

    #[test]
    fn damaged_bytes_are_not_read() {
        for power in [Power::First, Power::Second] {
            assert_eq!(decode(&[], power), None);
            assert_eq!(decode(&[1], power), None);
            assert_eq!(decode(&[0xff, 0x7f, 1], power), None);
            assert_eq!(decode(&[1; 600], power), None);
        }
        assert_eq!(extent(&[0, 0]), None);
        assert_eq!(extent(&[0x40, 0x04, 0, 1]), Some((1088, 1097)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            negative: bool,
            limbs in prop::collection::vec(any::<u64>(), 0..8),
            position in 14_i64..1_500,
            second: bool,
        ) {
            let power = if second { Power::Second } else { Power::First };
            let number = Number::from_limbs(negative, limbs, position + power.lowest());
            let bytes = encoded_as(&number, power);
            let again = decode(&bytes, power).unwrap();
            prop_assert_eq!(encoded_as(&again, power), bytes);
            prop_assert_eq!(again.nearest().map(f64::to_bits), number.nearest().map(f64::to_bits));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            for power in [Power::First, Power::Second] {
                if let Some(number) = decode(&bytes, power) {
                    number.nearest();
                }
            }
            extent(&bytes);
        }
    }
}
