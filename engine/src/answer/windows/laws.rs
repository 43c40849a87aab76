//! Laws of the functions, against models that look at all rows for each row.

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{Decimal128Type, Float64Type, Int64Type};
use drillcore_formulas::WindowFunction::{self, *};
use proptest::prelude::*;

use super::tests::{call, float_bits, floats, integers};
use super::{WindowCall, compute};
use crate::answer::order::SortBy;
use crate::functions::{ExactKind, ExactValue, RunningSum};

/// The functions that rank rows.
fn is_rank(function: WindowFunction) -> bool {
    matches!(function, Rank | DenseRank | RowNumber | Ntile)
}

/// A row of an answer: a partition, what it is ordered by, and a value.
type Row = (Option<i64>, Option<i64>, Option<i64>);

fn answers() -> impl Strategy<Value = Vec<Row>> {
    let row = (prop::option::of(0_i64..3), prop::option::of(0_i64..4), prop::option::of(-50_i64..50));
    prop::collection::vec(row, 0..25)
}

/// The rows of the partition of a row, in order, and its place among them.
fn partition_of(rows: &[Row], row: usize) -> (Vec<usize>, usize) {
    let mut partition: Vec<usize> = (0..rows.len()).filter(|other| rows[*other].0 == rows[row].0).collect();
    partition.sort_by_key(|other| (rows[*other].1.is_none(), rows[*other].1, *other));
    let place = partition.iter().position(|other| *other == row).unwrap();
    (partition, place)
}

/// A function over the rows; `size` is its size and its offset.
fn computed(rows: &[Row], function: WindowFunction, size: u64, of: &ArrayRef) -> ArrayRef {
    let keys = integers(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
    let order = integers(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
    let call = WindowCall {
        of: (!is_rank(function)).then_some(of),
        reach: size,
        order: vec![SortBy::ascending(&order)],
        ties: 1,
        partition: vec![&keys],
        ..call(function, of)
    };
    compute(&call, rows.len()).unwrap()
}

proptest! {
    #[test]
    fn results_are_those_of_a_model(rows in answers(), size in 1_u64..6) {
        let of = integers(&rows.iter().map(|row| row.2).collect::<Vec<_>>());
        let distance = usize::try_from(size).unwrap();
        let value = |place: Option<&usize>| place.and_then(|row| rows[*row].2);
        let result = |function| computed(&rows, function, size, &of);
        let whole = |function| result(function).as_primitive::<Int64Type>().iter().collect::<Vec<_>>();
        let real = |function| result(function).as_primitive::<Float64Type>().iter().collect::<Vec<_>>();
        let totals = result(RunningSum);
        let totals: Vec<Option<i128>> = totals.as_primitive::<Decimal128Type>().iter().collect();
        let (lags, leads, differences) = (whole(Lag), whole(Lead), whole(Difference));
        let (firsts, lasts) = (whole(FirstValue), whole(LastValue));
        let (averages, shares, changes) = (real(MovingAverage), real(PercentOfTotal), real(PercentChange));
        for row in 0..rows.len() {
            let (partition, place) = partition_of(&rows, row);
            let so_far: Vec<i64> = partition[..=place].iter().filter_map(|row| rows[*row].2).collect();
            let total = (!so_far.is_empty()).then(|| so_far.iter().copied().map(i128::from).sum::<i128>());
            prop_assert_eq!(totals[row], total);
            let earlier = value(place.checked_sub(distance).and_then(|place| partition.get(place)));
            let own = rows[row].2;
            prop_assert_eq!(lags[row], earlier);
            prop_assert_eq!(leads[row], value(partition.get(place + distance)));
            prop_assert_eq!(differences[row], own.zip(earlier).map(|(own, earlier)| own - earlier));
            prop_assert_eq!(firsts[row], value(partition.first()));
            prop_assert_eq!(lasts[row], value(partition.last()));
            let float = |value: i64| f64::from(i32::try_from(value).unwrap());
            let frame = &partition[(place + 1).saturating_sub(distance)..=place];
            let frame: Vec<i64> = frame.iter().filter_map(|row| rows[*row].2).collect();
            let count = f64::from(u32::try_from(frame.len()).unwrap());
            let average = (!frame.is_empty()).then(|| float(frame.iter().sum()) / count);
            prop_assert_eq!(averages[row], average);
            let sum: i64 = partition.iter().filter_map(|row| rows[*row].2).sum();
            prop_assert_eq!(shares[row], own.filter(|_| sum != 0).map(|own| float(own) / float(sum)));
            let change = own.zip(earlier.filter(|base| *base != 0)).map(|(own, base)| float(own) / float(base) - 1.0);
            prop_assert_eq!(changes[row], change);
        }
    }

    #[test]
    fn ranks_are_those_of_a_model(rows in answers(), parts in 1_u64..6) {
        let of = integers(&vec![None; rows.len()]);
        let ranks = |function| computed(&rows, function, parts, &of).as_primitive::<Int64Type>().values().to_vec();
        let (all, dense, numbers, tiles) = (ranks(Rank), ranks(DenseRank), ranks(RowNumber), ranks(Ntile));
        let key = |row: usize| (rows[row].1.is_none(), rows[row].1);
        let count = |number: usize| i64::try_from(number).unwrap();
        for row in 0..rows.len() {
            let (partition, place) = partition_of(&rows, row);
            prop_assert_eq!(numbers[row], count(place) + 1);
            let mut before: Vec<_> = partition.iter().map(|other| key(*other)).filter(|other| *other < key(row)).collect();
            prop_assert_eq!(all[row], count(before.len()) + 1);
            before.dedup();
            prop_assert_eq!(dense[row], count(before.len()) + 1);
            // Dealt out one by one, each part has what it has in the end.
            let mut sizes = vec![0_usize; usize::try_from(parts).unwrap()];
            (0..partition.len()).for_each(|card| sizes[card % usize::try_from(parts).unwrap()] += 1);
            let mut ends = sizes.iter().scan(0_usize, |end, size| {
                *end += *size;
                Some(*end)
            });
            prop_assert_eq!(tiles[row], count(ends.position(|end| place < end).unwrap()) + 1);
        }
    }

    #[test]
    fn float_results_do_not_depend_on_what_has_left(
        values in prop::collection::vec(prop::option::of(prop_oneof![-1e9_f64..1e9, -1e300_f64..1e300, Just(-0.0_f64)]), 1..25),
        size in 1_usize..6,
    ) {
        let of = floats(&values);
        let totals = float_bits(&call(RunningSum, &of), values.len());
        let averages = WindowCall { reach: u64::try_from(size).unwrap(), ..call(MovingAverage, &of) };
        let averages = float_bits(&averages, values.len());
        // Added the other way round, and nothing taken out.
        let sum = |values: &[Option<f64>]| {
            let mut sum = RunningSum::new(ExactKind::Float);
            values.iter().rev().flatten().for_each(|value| sum.add(ExactValue::Float(*value)));
            sum
        };
        for row in 0..values.len() {
            prop_assert_eq!(totals[row], sum(&values[..=row]).nearest().map(f64::to_bits));
            let frame = &values[(row + 1).saturating_sub(size)..=row];
            prop_assert_eq!(averages[row], sum(frame).average().map(f64::to_bits));
        }
    }
}
