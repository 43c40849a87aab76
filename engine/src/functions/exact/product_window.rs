//! The part of a sum of products of floats that is fast: 256 bits in units of a grid.

use std::marker::PhantomData;

use arrow::datatypes::i256;

use super::big::Big;
use super::grid::split;
use super::number::{Number, Power};
use super::row::Row;
use super::sums::Direction;
use super::window::Window;

/// How many positions above the lowest of a grid the last bit of a product may have: then it takes at most 234 bits of
/// the 256 of a window, and needs one shift of less than 128.
const WIDTH: u64 = 128;

/// What is multiplied: a float by itself, or one by another.
pub(crate) trait Factors: Row {
    /// The product of the mantissas, of at most 106 bits, and the position of its last bit.
    fn product(self) -> (i128, u64);

    /// Whether there is a number to that.
    fn is_number(self) -> bool;
}

impl Factors for f64 {
    #[inline]
    fn product(self) -> (i128, u64) {
        let (mantissa, position) = split(self);
        let mantissa = i128::from(mantissa);
        (mantissa * mantissa, 2 * position)
    }

    fn is_number(self) -> bool {
        self.is_finite()
    }
}

impl Factors for (f64, f64) {
    #[inline]
    fn product(self) -> (i128, u64) {
        let (one, here) = split(self.0);
        let (other, there) = split(self.1);
        (i128::from(one) * i128::from(other), here + there)
    }

    fn is_number(self) -> bool {
        self.0.is_finite() && self.1.is_finite()
    }
}

/// A sum of products.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ProductWindow<F> {
    sum: i256,
    factors: PhantomData<F>,
}

impl<F> ProductWindow<F> {
    /// The sum with an addend added or taken out, and whether that is too large.
    #[inline]
    fn plus(self, addend: i256, direction: Direction) -> (Self, bool) {
        let (sum, overflow) = match direction {
            Direction::In => self.sum.overflowing_add(addend),
            Direction::Out => self.sum.overflowing_sub(addend),
        };
        (Self { sum, factors: PhantomData }, overflow)
    }
}

impl<F: Factors> Window for ProductWindow<F> {
    type Row = F;

    const POWER: Power = Power::Second;
    const WIDTH: u64 = WIDTH;
    const STORED_WIDTH: u64 = 238;

    fn position(row: F) -> Option<u64> {
        let (product, position) = row.product();
        (row.is_number() && product != 0).then_some(position)
    }

    #[inline]
    fn added(self, grid: u64, row: F, direction: Direction) -> Option<Self> {
        let (product, position) = row.product();
        let shift = position.wrapping_sub(grid);
        let within = shift % WIDTH;
        // The shift to the right fills up with the sign.
        let high = (product >> 1) >> (WIDTH - 1 - within);
        let addend = i256::from_parts((product << within).cast_unsigned(), high);
        let (sum, overflow) = self.plus(addend, direction);
        // Without branches but the last, which nearly always goes the same way. Zero is on every grid.
        (((shift < WIDTH) | (product == 0)) & !overflow).then_some(sum)
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
        self.sum.wrapping_abs().leading_zeros() < 4
    }

    fn number(self, grid: u64) -> Number {
        Number::from_i256(self.sum, i64::try_from(grid).unwrap_or(i64::MAX) + Power::Second.lowest())
    }

    fn add_beside(rest: &mut Big, row: F, direction: Direction) {
        let (product, position) = row.product();
        let is_negative = (product < 0) != (direction == Direction::Out);
        rest.add(is_negative, product.unsigned_abs(), position);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Factors, ProductWindow};
    use crate::functions::exact::big::Big;
    use crate::functions::exact::grid::choose;
    use crate::functions::exact::number::{Number, Power};
    use crate::functions::exact::sums::Direction;
    use crate::functions::exact::window::Window;

    type SquareWindow = ProductWindow<f64>;
    type PairWindow = ProductWindow<(f64, f64)>;

    /// The grid on which the squares of 0.125 (the lowest bit of its mantissa, that is) and above lie.
    const GRID: u64 = Power::Second.lowest().unsigned_abs() - 110;

    fn added<F: Factors>(grid: u64, rows: &[F]) -> Option<ProductWindow<F>> {
        rows.iter().try_fold(ProductWindow::<F>::default(), |window, row| window.added(grid, *row, Direction::In))
    }

    fn suited<F: Factors>(rows: &[F]) -> Option<u64> {
        let positions = rows.iter().filter_map(|row| ProductWindow::<F>::position(*row));
        choose(positions, Power::Second, ProductWindow::<F>::WIDTH)
    }

    #[test]
    fn squares_of_a_middle_size_are_on_the_grid() {
        let window: SquareWindow = added(GRID, &[3.0, -4.0, 0.0]).unwrap();
        assert_eq!(window.number(GRID).nearest(), Some(25.0));
        let back = window.added(GRID, 4.0, Direction::Out).unwrap();
        assert_eq!(back.number(GRID).nearest(), Some(9.0));
        for (value, held) in [(0.125, true), (0.1, false), (1e18, true), (1e19, false), (f64::MAX, false)] {
            assert_eq!(added(GRID, &[value]).is_some(), held, "{value}");
        }
        let values = [0.1, 7.0, 1e9];
        let grid = suited(&values).unwrap();
        assert!(added(grid, &values).is_some());
        assert_eq!(suited(&[0.0, f64::NAN, f64::INFINITY]), None);
    }

    #[test]
    fn products_have_the_signs_of_both() {
        let window: PairWindow = added(GRID, &[(3.0, -4.0), (-5.0, -6.0), (0.0, 1e300), (-0.5, 8.0)]).unwrap();
        assert_eq!(window.number(GRID).nearest(), Some(14.0));
        let below = window.added(GRID, (20.0, 1.0), Direction::Out).unwrap();
        assert_eq!(below.number(GRID).nearest(), Some(-6.0));
        let back = below.added(GRID, (-2.0, 3.0), Direction::Out).unwrap();
        assert_eq!(back, PairWindow::default());
        // The factors are far apart, the products are not.
        let rows = [(1e-200, 3e200), (-2e150, 1e-150), (1.0, 1.0), (1e300, 0.0), (f64::NAN, 1.0)];
        let grid = suited(&rows).unwrap();
        assert!(added(grid, &rows[..4]).is_some());
        assert_eq!(suited(&[(0.0, 1.0), (1.0, f64::INFINITY), (f64::NAN, 2.0)]), None);
        // The largest and the smallest products are in the range of positions.
        for row in [(f64::MAX, f64::MIN), (f64::from_bits(1), -f64::from_bits(1))] {
            assert!(added(suited(&[row]).unwrap(), &[row]).is_some());
        }
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
            rows in prop::collection::vec((-1_000_i32..1_000, -20_i32..20, -9_i32..9, any::<bool>()), 0..40),
            from in 1_900_u64..2_100,
            to in 1_900_u64..2_100,
        ) {
            let mut window = PairWindow::default();
            let mut big = Big::default();
            for (factor, exponent, other, out) in rows {
                let row = (f64::from(factor) * 2.0_f64.powi(exponent), f64::from(other));
                let direction = if out { Direction::Out } else { Direction::In };
                match window.added(from, row, direction) {
                    Some(more) => window = more,
                    None => continue,
                }
                PairWindow::add_beside(&mut big, row, direction);
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
