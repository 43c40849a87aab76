//! The part of a sum of squares of floats that is fast: 256 bits in units of a grid.

use arrow::datatypes::i256;

use crate::functions::exact::{Big, Direction, FloatPowers, Number, Power, Window, choose, split};

/// How many positions above the lowest of a grid the last bit of a square may have: then it takes at most 234 bits of
/// the 256 of a window, and needs one shift of less than 128.
const WIDTH: u64 = 128;

/// Sums of the squares of floats.
pub(super) type FloatSquares = FloatPowers<SquareWindow>;

/// A sum of squares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SquareWindow(i256);

impl SquareWindow {
    /// The sum with a square added or taken out, and whether that is too large.
    #[inline]
    fn plus(self, square: i256, direction: Direction) -> (Self, bool) {
        let (sum, overflow) = match direction {
            Direction::In => self.0.overflowing_add(square),
            Direction::Out => self.0.overflowing_sub(square),
        };
        (Self(sum), overflow)
    }
}

/// The square of the mantissa of a finite float, of at most 106 bits, and the position of its last bit.
#[inline]
fn squared(value: f64) -> (u128, u64) {
    let (mantissa, position) = split(value);
    let magnitude = u128::from(mantissa.unsigned_abs());
    (magnitude * magnitude, 2 * position)
}

impl Window for SquareWindow {
    const POWER: Power = Power::Second;
    const STORED_WIDTH: u64 = 238;

    fn choose(values: &[f64]) -> Option<u64> {
        choose(values).map(|grid| 2 * grid)
    }

    #[inline]
    fn added(self, grid: u64, value: f64, direction: Direction) -> Option<Self> {
        let (square, position) = squared(value);
        let shift = position.wrapping_sub(grid);
        let within = shift % WIDTH;
        let high = (square >> 1) >> (WIDTH - 1 - within);
        let (sum, overflow) = self.plus(i256::from_parts(square << within, high.cast_signed()), direction);
        // Without branches but the last, which nearly always goes the same way. Zero is on every grid.
        (((shift < WIDTH) | (square == 0)) & !overflow).then_some(sum)
    }

    fn joined(self, grid: u64, number: &Number) -> Option<Self> {
        let [a, b, c, d] = number.in_units::<4>(i64::try_from(grid).ok()? + Power::Second.lowest())?;
        let wide = |low: u64, high: u64| u128::from(low) | (u128::from(high) << 64);
        let direction = if number.is_negative() { Direction::Out } else { Direction::In };
        let (sum, overflow) = self.plus(i256::from_parts(wide(a, b), wide(c, d).cast_signed()), direction);
        (!overflow).then_some(sum)
    }

    fn moved(self, from: u64, to: u64) -> Option<Self> {
        Self::default().joined(to, &self.number(from))
    }

    fn is_nearly_full(self) -> bool {
        self.0.wrapping_abs().leading_zeros() < 4
    }

    fn number(self, grid: u64) -> Number {
        Number::from_i256(self.0, i64::try_from(grid).unwrap_or(i64::MAX) + Power::Second.lowest())
    }

    fn add_beside(rest: &mut Big, value: f64, direction: Direction) {
        let (square, position) = squared(value);
        rest.add(direction == Direction::Out, square, position);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SquareWindow;
    use crate::functions::exact::{Big, Direction, Number, Power, Window};

    /// The grid on which the squares of 0.125 (the lowest bit of its mantissa, that is) and above lie.
    const GRID: u64 = Power::Second.lowest().unsigned_abs() - 110;

    fn added(grid: u64, values: &[f64]) -> Option<SquareWindow> {
        values.iter().try_fold(SquareWindow::default(), |window, value| window.added(grid, *value, Direction::In))
    }

    #[test]
    fn squares_of_a_middle_size_are_on_the_grid() {
        let window = added(GRID, &[3.0, -4.0, 0.0]).unwrap();
        assert_eq!(window.number(GRID).nearest(), Some(25.0));
        let back = window.added(GRID, 4.0, Direction::Out).unwrap();
        assert_eq!(back.number(GRID).nearest(), Some(9.0));
        for (value, held) in [(0.125, true), (0.1, false), (1e18, true), (1e19, false), (f64::MAX, false)] {
            assert_eq!(added(GRID, &[value]).is_some(), held, "{value}");
        }
        let values = [0.1, 7.0, 1e9];
        let grid = SquareWindow::choose(&values).unwrap();
        assert!(added(grid, &values).is_some());
        assert_eq!(SquareWindow::choose(&[0.0]), None);
    }

    #[test]
    fn a_full_window_takes_no_more() {
        let unit = |bit: i64| Number::from_i128(1, Power::Second.lowest() + i64::try_from(GRID).unwrap() + bit);
        let mut window = SquareWindow::default();
        assert!(!window.is_nearly_full());
        for bit in (0..255).rev() {
            window = window.joined(GRID, &unit(bit)).unwrap();
            assert!(window.is_nearly_full());
        }
        assert_eq!(window.joined(GRID, &unit(0)), None);
        assert_eq!(window.joined(GRID, &unit(255)), None);
        assert_eq!(window.joined(GRID, &unit(-1)), None);
        assert_eq!(window.added(GRID, 1.0, Direction::In), None);
        let less = window.added(GRID, 1.0, Direction::Out).unwrap();
        assert_eq!(less.added(GRID, 1.0, Direction::In), Some(window));
    }

    proptest! {
        #[test]
        fn a_window_is_the_number_that_is_kept_beside_it(
            values in prop::collection::vec((-1_000_i32..1_000, -20_i32..20), 0..40),
            from in 1_900_u64..2_100,
            to in 1_900_u64..2_100,
        ) {
            let mut window = SquareWindow::default();
            let mut big = Big::default();
            for (factor, exponent) in values {
                let value = f64::from(factor) * 2.0_f64.powi(exponent);
                match window.added(from, value, Direction::In) {
                    Some(more) => window = more,
                    None => continue,
                }
                SquareWindow::add_beside(&mut big, value, Direction::In);
            }
            let expected = big.number(Power::Second).nearest();
            prop_assert_eq!(window.number(from).nearest(), expected);
            if let Some(there) = window.moved(from, to) {
                prop_assert_eq!(there.number(to).nearest(), expected);
                prop_assert_eq!(there.moved(to, from), Some(window));
            } else {
                prop_assert!(to != from);
            }
        }
    }
}
