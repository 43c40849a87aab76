//! What follows from the day of each row.

use super::date::KNOWN_DAYS;
use super::times::Times;
use crate::functions::scalar::call::Call;

/// Stands for a row without a day.
const NO_DAY: i64 = i64::MIN;

/// The days of the rows, and what a function says of each. Where rows lie so close that days come again, it is asked once
/// for each day between the first and the last and not for each row.
#[derive(Debug)]
pub(super) struct PerDay<V, F> {
    days: Vec<i64>,
    /// The day that the first place of `known` is of.
    first: i64,
    /// Empty where each row is asked for.
    known: Vec<V>,
    of: F,
}

impl<V: Copy, F: Fn(i64) -> V> PerDay<V, F> {
    pub(super) fn new(call: &Call<'_>, times: &Times, of: F) -> Self {
        let (mut first, mut last) = (*KNOWN_DAYS.end(), *KNOWN_DAYS.start());
        let days: Vec<i64> = (0..call.rows())
            .map(|row| match times.day(row) {
                Some(day) => {
                    (first, last) = (first.min(day), last.max(day));
                    day
                }
                None => NO_DAY,
            })
            .collect();
        let comes_again = usize::try_from(last - first).is_ok_and(|between| between < days.len() / 2);
        let known = if comes_again { (first..=last).map(&of).collect() } else { Vec::new() };
        Self { days, first, known, of }
    }

    /// What is said of the day of a row; none if it has no day.
    pub(super) fn get(&self, row: usize) -> Option<V> {
        let day = *self.days.get(row)?;
        match usize::try_from(day.wrapping_sub(self.first)).ok().and_then(|place| self.known.get(place)) {
            Some(known) => Some(*known),
            None if day == NO_DAY => None,
            None => Some((self.of)(day)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Date32Array;
    use datafusion::logical_expr::ColumnarValue;

    use super::PerDay;
    use crate::functions::scalar::calendar::times::Times;
    use crate::functions::scalar::call::Call;
    use crate::model::ColumnType;

    /// The days twice and a bit, and what is outside of the known years has none.
    fn check(days: &[Option<i32>], asked: usize) {
        let column = ColumnarValue::Array(Arc::new(Date32Array::from(days.to_vec())));
        let arguments = [column];
        let call = Call::new(&arguments, days.len(), ColumnType::Integer);
        let times = Times::of(&call, 0).unwrap();
        let count = std::cell::Cell::new(0);
        let per_day = PerDay::new(&call, &times, |day| {
            count.set(count.get() + 1);
            2 * day + 1
        });
        for (row, day) in days.iter().enumerate() {
            let known = day.filter(|day| (-719_162..=2_932_896).contains(day));
            assert_eq!(per_day.get(row), known.map(|day| 2 * i64::from(day) + 1), "{day:?}");
        }
        assert_eq!(per_day.get(days.len()), None);
        assert_eq!(count.get(), asked);
    }

    #[test]
    fn days_that_come_again_are_asked_for_once() {
        let close: Vec<Option<i32>> = (0..100).map(|row| (row % 7 != 3).then_some(-5 + row % 20)).collect();
        check(&close, 20);
        let far: Vec<Option<i32>> = (0..100).map(|row| Some(row * 1_000)).collect();
        check(&far, 100);
        check(&[Some(i32::MAX), Some(i32::MIN), None, Some(7)], 1);
        check(&[Some(2_932_896), Some(-719_162), Some(2_932_897)], 2);
        check(&[None, None], 0);
        check(&[], 0);
    }
}
