//! Exact sums that are read while their values come and go: running totals and moving averages.

use arrow::datatypes::i256;

use super::exact::{Big, Number, Power, split};

/// What kind of numbers a sum has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExactKind {
    Float,
    /// Integers and decimals, with so many digits behind the point.
    Whole {
        scale: i8,
    },
}

/// One number as exact sums take it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ExactValue {
    /// A finite float.
    Float(f64),
    /// An integer, or a decimal without its point.
    Whole(i256),
}

impl ExactValue {
    /// The nearest float of a number of this kind; nothing if that is infinite. Never -0.0.
    pub(crate) fn nearest(self, kind: ExactKind) -> Option<f64> {
        nearest(&self.number(), kind)
    }

    fn number(self) -> Number {
        match self {
            Self::Float(value) => {
                let (mantissa, position) = split(value);
                let exponent = i64::try_from(position).unwrap_or(i64::MAX) + Power::First.lowest();
                Number::from_i128(i128::from(mantissa), exponent)
            }
            Self::Whole(value) => {
                value.to_i128().map_or_else(|| Number::from_i256(value, 0), |value| Number::from_i128(value, 0))
            }
        }
    }
}

/// A sum of numbers of one kind. It is exact at every moment, so that neither the order of the values nor those that
/// have left it change a bit of what is read.
#[derive(Debug, Clone)]
pub(crate) struct RunningSum {
    kind: ExactKind,
    sum: Big,
    values: u32,
}

impl RunningSum {
    /// The sum of no values.
    pub(crate) fn new(kind: ExactKind) -> Self {
        Self { kind, sum: Big::default(), values: 0 }
    }

    /// Adds a value of the kind of the sum.
    pub(crate) fn add(&mut self, value: ExactValue) {
        self.sum.add_number(&value.number(), Power::First);
        self.values = self.values.saturating_add(1);
    }

    /// Takes out a value that was added before.
    pub(crate) fn take_out(&mut self, value: ExactValue) {
        self.sum.add_number(&value.number().negated(), Power::First);
        self.values = self.values.saturating_sub(1);
    }

    /// The sum of integers or decimals, without its point; nothing if there are no values or it has more than 76
    /// digits.
    pub(crate) fn whole(&self) -> Option<i256> {
        if self.values == 0 {
            return None;
        }
        let sum = self.sum.number(Power::First);
        let [first, second, third, fourth] = sum.in_units::<4>(0)?;
        let joined = |low: u64, high: u64| (u128::from(high) << 64) | u128::from(low);
        // The highest bit is free.
        let magnitude = i256::from_parts(joined(first, second), i128::try_from(joined(third, fourth)).ok()?);
        let signed = if sum.is_negative() { magnitude.wrapping_neg() } else { magnitude };
        (magnitude < i256::from_i128(10).checked_pow(76)?).then_some(signed)
    }

    /// The nearest float; nothing if there are no values or that is infinite. Never -0.0.
    pub(crate) fn nearest(&self) -> Option<f64> {
        if self.values == 0 {
            return None;
        }
        nearest(&self.sum.number(Power::First), self.kind)
    }

    /// The average as the aggregation gives it: of integers and decimals the quotient rounded once, of floats the sum,
    /// rounded, divided by the number of values. Nothing if there are no values or that is infinite. Never -0.0.
    pub(crate) fn average(&self) -> Option<f64> {
        if self.values == 0 {
            return None;
        }
        let sum = self.sum.number(Power::First);
        match self.kind {
            ExactKind::Whole { scale } => sum.decimal_average(i64::from(self.values), scale),
            ExactKind::Float => match sum.nearest() {
                Some(sum) => {
                    let average = sum / f64::from(self.values);
                    // A tiny negative sum may be divided down to -0.0.
                    Some(if average.abs() > 0.0 { average } else { 0.0 })
                }
                // The sum has no float, but the average may have.
                None => sum.quotient(&[u64::from(self.values)]),
            },
        }
    }
}

fn nearest(number: &Number, kind: ExactKind) -> Option<f64> {
    match kind {
        ExactKind::Float | ExactKind::Whole { scale: 0 } => number.nearest(),
        ExactKind::Whole { scale } => number.decimal_average(1, scale),
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::i256;
    use proptest::prelude::*;

    use super::{ExactKind, ExactValue, RunningSum};

    const INTEGERS: ExactKind = ExactKind::Whole { scale: 0 };

    fn sum_of(kind: ExactKind, values: impl IntoIterator<Item = ExactValue>) -> RunningSum {
        let mut sum = RunningSum::new(kind);
        values.into_iter().for_each(|value| sum.add(value));
        sum
    }

    fn whole(value: i128) -> ExactValue {
        ExactValue::Whole(i256::from_i128(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
    fn nearest_float(value: i128) -> f64 {
        value as f64
    }

    fn bits(value: Option<f64>) -> Option<u64> {
        value.map(f64::to_bits)
    }

    #[test]
    fn floats_that_come_and_go_leave_no_trace() {
        let mut sum = RunningSum::new(ExactKind::Float);
        assert_eq!((sum.nearest(), sum.average()), (None, None));
        for (value, expected) in [(0.1, 0.1), (1e300, 1e300), (0.2, 1e300), (-1e300, 0.1 + 0.2)] {
            sum.add(ExactValue::Float(value));
            assert_eq!(bits(sum.nearest()), bits(Some(expected)), "after {value}");
        }
        sum.take_out(ExactValue::Float(1e300));
        sum.take_out(ExactValue::Float(-1e300));
        sum.take_out(ExactValue::Float(0.2));
        assert_eq!((bits(sum.nearest()), bits(sum.average())), (bits(Some(0.1)), bits(Some(0.1))));
        sum.take_out(ExactValue::Float(0.1));
        assert_eq!((sum.nearest(), sum.average()), (None, None));
    }

    #[test]
    fn what_no_float_holds_is_nothing_until_it_comes_back() {
        let mut sum = sum_of(ExactKind::Float, [ExactValue::Float(f64::MAX), ExactValue::Float(f64::MAX)]);
        assert_eq!((sum.nearest(), bits(sum.average())), (None, bits(Some(f64::MAX))));
        sum.add(ExactValue::Float(-f64::MAX));
        assert_eq!(bits(sum.nearest()), bits(Some(f64::MAX)));
        let tiny = sum_of(ExactKind::Float, [ExactValue::Float(-f64::from_bits(1)), ExactValue::Float(0.0)]);
        assert_eq!(bits(tiny.average()), Some(0));
    }

    #[test]
    fn decimals_keep_their_point() {
        let cents = ExactKind::Whole { scale: 2 };
        let sum = sum_of(cents, [whole(150), whole(151)]);
        assert_eq!(sum.whole(), Some(i256::from_i128(301)));
        assert_eq!((bits(sum.nearest()), bits(sum.average())), (bits(Some(3.01)), bits(Some(1.505))));
        assert_eq!(bits(whole(7).nearest(ExactKind::Whole { scale: -2 })), bits(Some(700.0)));
        assert_eq!(bits(ExactValue::Float(-0.0).nearest(ExactKind::Float)), Some(0));
    }

    #[test]
    fn sums_of_too_many_digits_come_back() {
        let largest = i256::from_i128(10).checked_pow(76).unwrap().wrapping_sub(i256::ONE);
        for value in [largest, largest.wrapping_neg()] {
            let mut sum = sum_of(INTEGERS, [ExactValue::Whole(value)]);
            assert_eq!(sum.whole(), Some(value));
            for _ in 0..100 {
                sum.add(ExactValue::Whole(value));
            }
            assert_eq!(sum.whole(), None);
            for _ in 0..100 {
                sum.take_out(ExactValue::Whole(value));
            }
            assert_eq!(sum.whole(), Some(value));
        }
    }

    proptest! {
        #[test]
        fn sums_of_integers_are_those_of_integers(
            values in prop::collection::vec((any::<i64>(), any::<i64>()), 1..40),
            left in 0_usize..40,
        ) {
            let products = values.iter().map(|(a, b)| i128::from(*a) * i128::from(*b) / 64).collect::<Vec<_>>();
            let mut sum = sum_of(INTEGERS, products.iter().copied().map(whole));
            let gone = left.min(products.len() - 1);
            products.iter().take(gone).for_each(|value| sum.take_out(whole(*value)));
            let expected: i128 = products.iter().skip(gone).sum();
            prop_assert_eq!(sum.whole(), Some(i256::from_i128(expected)));
            prop_assert_eq!(bits(sum.nearest()), bits(Some(nearest_float(expected))));
        }

        #[test]
        fn floats_in_any_order_give_the_same_bits(
            values in prop::collection::vec(any::<f64>().prop_filter("finite", |value| value.is_finite()), 1..30),
            gone in 0_usize..30,
        ) {
            let gone = gone.min(values.len());
            let mut sum = sum_of(ExactKind::Float, values.iter().copied().map(ExactValue::Float));
            values.iter().take(gone).for_each(|value| sum.take_out(ExactValue::Float(*value)));
            let rest = sum_of(ExactKind::Float, values.iter().skip(gone).rev().copied().map(ExactValue::Float));
            prop_assert_eq!(bits(sum.nearest()), bits(rest.nearest()));
            prop_assert_eq!(bits(sum.average()), bits(rest.average()));
        }
    }
}
