//! The stored form of a float sum: `m * 2^e` with an odd `m`, as the module's head lays it down.

use super::number::{LOWEST, Number};
use super::round::bits_from;

const SIGN: u16 = 1 << 15;

/// Bits that a sum of finite floats can have. What claims more is no sum of ours.
const MAX_BITS: u64 = 2_304;

/// Writes a number over what the buffer holds.
pub(super) fn encode(number: &Number, bytes: &mut Vec<u8>) {
    bytes.clear();
    let limbs = number.limbs();
    let Some(zeros) = trailing_zeros(limbs) else {
        bytes.extend_from_slice(&[0, 0]);
        return;
    };
    let position = number.exponent() - LOWEST + i64::try_from(zeros).unwrap_or(i64::MAX);
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
pub(super) fn decode(bytes: &[u8]) -> Option<Number> {
    let (header, magnitude) = bytes.split_first_chunk::<2>()?;
    let header = u16::from_le_bytes(*header);
    let position = header & !SIGN;
    if u64::from(position) + 8 * u64::try_from(magnitude.len()).ok()? > MAX_BITS {
        return None;
    }
    let limbs = magnitude
        .chunks(8)
        .map(|chunk| chunk.iter().rev().fold(0_u64, |limb, byte| (limb << 8) | u64::from(*byte)))
        .collect();
    Some(Number::from_limbs(header & SIGN != 0, limbs, i64::from(position) + LOWEST))
}

/// Where a stored number begins and ends, in bits from position 0; nothing for 0.
pub(super) fn extent(bytes: &[u8]) -> Option<(u64, u64)> {
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
    use crate::functions::exact_sum::number::{LOWEST, Number};

    fn encoded(number: &Number) -> Vec<u8> {
        let mut bytes = vec![9; 5];
        encode(number, &mut bytes);
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
    }

    #[test]
    fn damaged_bytes_are_not_read() {
        assert_eq!(decode(&[]), None);
        assert_eq!(decode(&[1]), None);
        assert_eq!(decode(&[0xff, 0x7f, 1]), None);
        assert_eq!(decode(&[1; 400]), None);
        assert_eq!(extent(&[0, 0]), None);
        assert_eq!(extent(&[0x40, 0x04, 0, 1]), Some((1088, 1097)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            negative: bool,
            limbs in prop::collection::vec(any::<u64>(), 0..8),
            position in 14_i64..1_500,
        ) {
            let number = Number::from_limbs(negative, limbs, position + LOWEST);
            let bytes = encoded(&number);
            let again = decode(&bytes).unwrap();
            prop_assert_eq!(encoded(&again), bytes);
            prop_assert_eq!(again.nearest().map(f64::to_bits), number.nearest().map(f64::to_bits));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Some(number) = decode(&bytes) {
                number.nearest();
            }
            extent(&bytes);
        }
    }
}
