//! Floats as integers on a grid.

use super::number::Power;

/// How many positions above the lowest of a grid a value's last bit may have: then it takes at most 116 bits of the 128
/// of a window, and needs one shift of less than 64.
pub(super) const WIDTH: u64 = 64;

/// The position of the last bit of the smallest floats.
const SMALLEST: u64 = Power::First.lowest().unsigned_abs() - 1074;

const FRACTION: u64 = (1 << 52) - 1;

/// The signed mantissa of a finite float and the position of its last bit.
#[inline]
pub(crate) fn split(value: f64) -> (i64, u64) {
    let bits = value.to_bits();
    let exponent = (bits >> 52) & 0x7ff;
    let normal = u64::from(exponent != 0);
    let magnitude = ((bits & FRACTION) | (normal << 52)).cast_signed();
    let sign = bits.cast_signed() >> 63;
    ((magnitude ^ sign) - sign, exponent + SMALLEST - normal)
}

/// The position of the last bit of a float; nothing for 0 and for what is not finite.
#[inline]
pub(crate) fn position(value: f64) -> Option<u64> {
    let (mantissa, position) = split(value);
    (value.is_finite() && mantissa != 0).then_some(position)
}

/// The window with a finite float added, unless the float is not on the grid or the sum is too large.
#[inline]
pub(crate) fn added(window: i128, grid: u64, value: f64) -> Option<i128> {
    let (mantissa, position) = split(value);
    let shift = position.wrapping_sub(grid);
    let (sum, overflow) = window.overflowing_add(i128::from(mantissa) << (shift % WIDTH));
    // Without branches but the last, which nearly always goes the same way. Zero is on every grid.
    (((shift < WIDTH) | (mantissa == 0)) & !overflow).then_some(sum)
}

/// The grid that suits most values, which are given by the positions of their last bits; nothing without any. A grid
/// holds `width` positions.
pub(crate) fn choose(positions: impl Iterator<Item = u64>, power: Power, width: u64) -> Option<u64> {
    // How many values have their last bit at each position.
    let mut counts = vec![0_u32; power.positions()];
    for position in positions {
        if let Some(count) = usize::try_from(position).ok().and_then(|position| counts.get_mut(position)) {
            *count += 1;
        }
    }
    // The neighbours that hold most.
    let leaving = std::iter::repeat_n(&0, usize::try_from(width).ok()?).chain(&counts);
    let (mut held, mut most, mut top) = (0_u32, 0_u32, 0_u64);
    for (position, (enters, leaves)) in (0_u64..).zip(counts.iter().zip(leaving)) {
        held = held + enters - leaves;
        if held > most {
            (most, top) = (held, position);
        }
    }
    let bottom = (top + 1).saturating_sub(width);
    let mut occupied =
        (0_u64..).zip(&counts).filter(|(position, count)| (bottom..=top).contains(position) && **count > 0);
    let (first, _) = occupied.next()?;
    let last = occupied.last().map_or(first, |(position, _)| position);
    // Room to both sides, for what the next rows bring.
    Some(first.saturating_sub((width - 1 - (last - first)) / 2))
}

/// The grid that suits stored sums, each given by where its bits begin and end. Together they may take `width` bits.
pub(crate) fn choose_for(extents: impl Iterator<Item = (u64, u64)>, width: u64) -> Option<u64> {
    let (start, end) = extents.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))?;
    Some(match width.checked_sub(end - start) {
        Some(room) => start.saturating_sub(room / 2),
        None => end - width,
    })
}

/// A window of one grid on another, if that can hold it exactly.
pub(crate) fn moved(window: i128, from: u64, to: u64) -> Option<i128> {
    if to > from {
        let dropped = u64::from(window.trailing_zeros());
        return (dropped >= to - from).then(|| window >> (to - from));
    }
    let by = u32::try_from(from - to).ok()?;
    let moved = window.checked_shl(by)?;
    (moved >> by == window).then_some(moved)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{WIDTH, added, choose_for, moved, position, split};
    use crate::functions::exact::number::{Number, Power};

    fn choose(values: &[f64]) -> Option<u64> {
        super::choose(values.iter().filter_map(|value| position(*value)), Power::First, WIDTH)
    }

    #[test]
    fn the_parts_make_the_float_again() {
        for value in [1.0, -1.5, 0.1, f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1), -f64::from_bits(77), 0.0] {
            let (mantissa, position) = split(value);
            let exponent = i64::try_from(position).unwrap() + Power::First.lowest();
            let again = Number::from_i128(i128::from(mantissa), exponent).nearest();
            assert_eq!(again.map(f64::to_bits), Some(value.to_bits()));
        }
        assert_eq!(split(-0.0).0, 0);
    }

    #[test]
    fn a_grid_holds_what_it_was_chosen_for() {
        let prices: Vec<f64> = (1..2_000).map(|cents| f64::from(cents) * 0.01).collect();
        let grid = choose(&prices).unwrap();
        assert!(prices.iter().all(|price| added(0, grid, *price).is_some()));
        // And room to both sides.
        assert!(added(0, grid, 1e8).is_some());
        assert!(added(0, grid, 1e-6).is_some());
        assert_eq!(added(0, grid, 1e30), None);
        assert_eq!(added(7, grid, 0.0), Some(7));
        assert_eq!(added(i128::MAX, grid, 1.0), None);
        assert_eq!(choose(&[0.0, -0.0, f64::NAN]), None);
        // Most values win over a few far away.
        let mixed = [1e300, 1.0, 2.0, 3.5, 1e-300];
        let grid = choose(&mixed).unwrap();
        assert!(added(0, grid, 3.5).is_some() && added(0, grid, 1e300).is_none());
        for edge in [f64::MAX, f64::from_bits(1)] {
            assert!(added(0, choose(&[edge]).unwrap(), edge).is_some());
        }
    }

    #[test]
    fn stored_sums_share_a_grid() {
        assert_eq!(choose_for(std::iter::empty(), 110), None);
        assert_eq!(choose_for([(1_000, 1_010), (1_020, 1_040)].into_iter(), 110), Some(965));
        assert_eq!(choose_for([(100, 110), (1_020, 1_040)].into_iter(), 110), Some(930));
        assert_eq!(choose_for([(14, 15)].into_iter(), 110), Some(0));
    }

    proptest! {
        #[test]
        fn a_window_is_moved_without_loss_or_not_at_all(
            mantissa: i64,
            shift in 0_u32..60,
            from in 0_u64..200,
            to in 0_u64..200,
        ) {
            let window = i128::from(mantissa | 1) << shift;
            if let Some(there) = moved(window, from, to) {
                prop_assert_eq!(moved(there, to, from), Some(window));
            }
        }
    }
}
