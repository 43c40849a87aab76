//! Every value lies in the bin whose borders hold it, in any order and any partitioning.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::{cast, col, lit};
use proptest::prelude::*;

use super::accumulate::{GroupedHistograms, SingleHistogram};
use super::{HistogramBins, histogram};
use crate::error::{Error, ErrorKind};
use crate::functions::testing::aggregated;

/// Lower border, upper border and number of values, the borders as bits.
type Bin = (u64, u64, i64);

fn grouped(bins: HistogramBins) -> GroupedHistograms {
    GroupedHistograms::new(bins.borders().unwrap())
}

fn single(bins: HistogramBins) -> SingleHistogram {
    SingleHistogram::new(bins.borders().unwrap())
}

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn read(lists: &ListArray) -> Vec<Option<Vec<Bin>>> {
    let one = |bins: ArrayRef| {
        let bins = bins.as_struct();
        let border =
            |index: usize| bins.column(index).as_primitive::<Float64Type>().values().iter().map(|x| x.to_bits());
        let counts = bins.column(2).as_primitive::<Int64Type>().values();
        border(0).zip(border(1)).zip(counts.iter()).map(|((low, high), count)| (low, high, *count)).collect()
    };
    lists.iter().map(|bins| bins.map(one)).collect()
}

fn evaluated(histograms: &mut GroupedHistograms, emit: EmitTo) -> Vec<Option<Vec<Bin>>> {
    read(histograms.evaluate(emit).unwrap().as_list())
}

fn of_values(bins: HistogramBins, values: &[f64]) -> Option<Vec<Bin>> {
    let mut histogram = single(bins);
    histogram.update_batch(&[floats(values)]).unwrap();
    let ScalarValue::List(list) = histogram.evaluate().unwrap() else { panic!("no list") };
    // Asking changes nothing.
    assert_eq!(histogram.evaluate().unwrap(), ScalarValue::List(Arc::clone(&list)));
    read(&list).pop().unwrap()
}

fn kind(error: DataFusionError) -> ErrorKind {
    match error {
        DataFusionError::External(error) => error.downcast::<Error>().unwrap().kind(),
        other => panic!("{other}"),
    }
}

#[track_caller]
fn check(bins: HistogramBins, values: &[f64], expected: Option<&[(f64, f64, i64)]>) {
    let expected: Option<Vec<Bin>> =
        expected.map(|bins| bins.iter().map(|bin| (bin.0.to_bits(), bin.1.to_bits(), bin.2)).collect());
    assert_eq!(of_values(bins, values), expected, "{values:?}");
}

#[test]
fn bins_of_a_width_run_from_the_first_to_the_last() {
    let bins = HistogramBins::of_width(0.0, 10.0);
    check(bins, &[], None);
    check(bins, &[f64::NAN, f64::INFINITY], None);
    check(bins, &[0.0, -0.0, 9.99, 10.0], Some(&[(0.0, 10.0, 3), (10.0, 20.0, 1)]));
    check(bins, &[-0.1, 25.0, 29.0], Some(&[(-10.0, 0.0, 1), (0.0, 10.0, 0), (10.0, 20.0, 0), (20.0, 30.0, 2)]));
    check(HistogramBins::of_width(5.0, 10.0), &[4.0], Some(&[(-5.0, 5.0, 1)]));
    // Three tenths lie below the float that is three times a tenth.
    check(HistogramBins::of_width(0.0, 0.1), &[0.3], Some(&[(0.2, 3.0 * 0.1, 1)]));
    // Bins far from the origin may be empty, but hold what is inside their borders.
    check(HistogramBins::of_width(1e16, 1.0), &[1e16], Some(&[(1e16, 1e16 + 2.0, 1)]));
}

#[test]
fn a_number_of_bins_is_listed_as_a_whole() {
    let bins = HistogramBins::between(0.0, 10.0, 4);
    check(bins, &[], None);
    check(bins, &[2.5, 10.0], Some(&[(0.0, 2.5, 0), (2.5, 5.0, 1), (5.0, 7.5, 0), (7.5, 10.0, 1)]));
    // What lies outside does not count, but for the rounding of a cast.
    check(bins, &[-1.0, 10.1], None);
    let near = 10.0_f64.next_up();
    check(bins, &[near], Some(&[(0.0, 2.5, 0), (2.5, 5.0, 0), (5.0, 7.5, 0), (7.5, 10.0, 1)]));
    check(HistogramBins::between(3.0, 3.0, 7), &[3.0, 3.0, 4.0], Some(&[(3.0, 3.0, 2)]));
    // Fewer floats than bins.
    let (low, high) = (1.0, 1.0_f64.next_up());
    check(HistogramBins::between(low, high, 2), &[low, high], Some(&[(low, low, 0), (low, high, 2)]));
    let whole = of_values(HistogramBins::between(f64::MIN, f64::MAX, 10_000), &[f64::MIN, 0.0, f64::MAX]).unwrap();
    assert_eq!(whole.len(), 10_000);
    assert_eq!((whole[0].2, whole[9_999].2), (1, 1));
    assert!(whole.windows(2).all(|pair| pair[0].1 == pair[1].0 && f64::from_bits(pair[0].0).is_finite()));
}

#[test]
fn too_many_and_too_narrow_bins_are_refused() {
    let limit = |bins: HistogramBins, values: &[f64]| -> Result<ScalarValue> {
        let mut histogram = single(bins);
        histogram.update_batch(&[floats(values)])?;
        histogram.evaluate()
    };
    let bins = HistogramBins::of_width(0.0, 1.0);
    assert_eq!(of_values(bins, &[0.0, 9_999.0]).unwrap().len(), 10_000);
    assert_eq!(kind(limit(bins, &[0.0, 10_000.0]).unwrap_err()), ErrorKind::LimitExceeded);
    assert_eq!(kind(limit(bins, &[1e300]).unwrap_err()), ErrorKind::LimitExceeded);
    let far = HistogramBins::of_width(f64::MIN, 1.0);
    assert_eq!(kind(limit(far, &[f64::MAX]).unwrap_err()), ErrorKind::LimitExceeded);
    assert_eq!(HistogramBins::between(0.0, 1.0, 10_001).borders().unwrap_err().kind(), ErrorKind::LimitExceeded);
    for wrong in [
        HistogramBins::of_width(0.0, 0.0),
        HistogramBins::of_width(0.0, f64::INFINITY),
        HistogramBins::of_width(f64::NAN, 1.0),
        HistogramBins::between(0.0, 1.0, 0),
        HistogramBins::between(1.0, 0.0, 3),
        HistogramBins::between(f64::NAN, 1.0, 3),
    ] {
        assert_eq!(wrong.borders().unwrap_err().kind(), ErrorKind::InvalidQuery);
    }
}

#[test]
fn wrong_groups_and_states_are_refused() {
    let mut histograms = grouped(HistogramBins::between(0.0, 1.0, 2));
    assert!(histograms.update_batch(&[floats(&[1.0])], &[5], None, 1).is_err());
    let state = histograms.convert_to_state(&[floats(&[1.0])], None).unwrap();
    assert!(histograms.merge_batch(&state, &[5], 1).is_err());
    assert!(histograms.merge_batch(&[floats(&[1.0])], &[0], 1).is_err());
    let numbers = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]);
    assert!(histograms.merge_batch(&[Arc::new(numbers)], &[0], 1).is_err());
    // A bin of other bins.
    let other = grouped(HistogramBins::of_width(0.0, 1.0)).convert_to_state(&[floats(&[7.0])], None).unwrap();
    histograms.merge_batch(&other, &[0], 1).unwrap();
    assert!(histograms.evaluate(EmitTo::All).is_err());
}

/// The histogram of values, by the definition, among bins that surely hold them.
fn defined(bins: &[(f64, f64)], closed: bool, values: impl Iterator<Item = f64>) -> Option<Vec<Bin>> {
    let mut counts = BTreeMap::new();
    for value in values {
        let found = bins.iter().rposition(|(low, high)| *low <= value && value < *high);
        let last = closed && bins.last().is_some_and(|(_, high)| high.to_bits() == value.to_bits());
        *counts.entry(found.or_else(|| last.then(|| bins.len() - 1)).unwrap()).or_insert(0) += 1;
    }
    let first = *counts.first_key_value()?.0;
    let last = *counts.last_key_value()?.0;
    let listed = if closed { 0..bins.len() } else { first..last + 1 };
    let bin =
        |bin: usize| (bins[bin].0.to_bits(), bins[bin].1.to_bits(), counts.get(&bin).copied().unwrap_or_default());
    Some(listed.map(bin).collect())
}

/// Values with few digits, which often lie on borders.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![-8.0_f64..8.0, (-80_i32..80).prop_map(|tenths| f64::from(tenths) / 10.0)]
}

proptest! {
    #[test]
    fn no_partitioning_changes_a_histogram(
        rows in prop::collection::vec((any_value(), 0_usize..3, prop::bool::weighted(0.8)), 1..60),
        size in 1_usize..20,
        origin in prop_oneof![Just(0.0), -1.0_f64..1.0],
        width in prop_oneof![Just(0.1), Just(1.0), 0.05_f64..3.0],
        count in prop::option::of(1_u32..40),
        first in 1_usize..=3,
    ) {
        let all = || rows.iter().map(|row| row.0);
        let (min, max) = (all().fold(f64::INFINITY, f64::min) + 0.0, all().fold(f64::NEG_INFINITY, f64::max) + 0.0);
        let (bins, listed) = match count {
            None => {
                let listed = (-400_i32..400).map(|bin| {
                    (origin + f64::from(bin) * width, origin + f64::from(bin + 1) * width)
                });
                (HistogramBins::of_width(origin, width), listed.collect::<Vec<_>>())
            }
            Some(count) if min < max => {
                let lower = |bin: u32| min + f64::from(bin) * ((max - min) / f64::from(count));
                let upper = |bin: u32| if bin + 1 < count { lower(bin + 1) } else { max };
                let listed = (0..count).map(|bin| (lower(bin), upper(bin)));
                (HistogramBins::between(min, max, count), listed.collect())
            }
            Some(count) => (HistogramBins::between(min, max, count), vec![(min, max)]),
        };
        let mut whole = grouped(bins);
        let mut merged = grouped(bins);
        let mut alone = single(bins);
        for (index, part) in rows.chunks(size).enumerate() {
            let values = [floats(&part.iter().map(|row| row.0).collect::<Vec<_>>())];
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            let filter: BooleanArray = part.iter().map(|row| Some(row.2)).collect();
            whole.update_batch(&values, &groups, Some(&filter), 3).unwrap();
            let (state, groups) = if index % 2 == 1 {
                (whole.convert_to_state(&values, Some(&filter)).unwrap(), groups)
            } else {
                let mut partial = grouped(bins);
                partial.update_batch(&values, &groups, Some(&filter), 3).unwrap();
                (partial.state(EmitTo::All).unwrap(), vec![0, 1, 2])
            };
            merged.merge_batch(&state, &groups, 3).unwrap();
            alone.merge_batch(&state).unwrap();
        }
        let of = |group: Option<usize>| {
            let kept = rows.iter().filter(|row| row.2 && group.is_none_or(|group| row.1 == group));
            defined(&listed, count.is_some(), kept.map(|row| row.0 + 0.0))
        };
        let expected: Vec<Option<Vec<Bin>>> = (0..3).map(|group| of(Some(group))).collect();
        let mut found = evaluated(&mut whole, EmitTo::First(first));
        found.extend(evaluated(&mut whole, EmitTo::All));
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(&evaluated(&mut merged, EmitTo::All), &expected);
        let states: Vec<ArrayRef> = alone.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
        let mut again = single(bins);
        again.merge_batch(&states).unwrap();
        let ScalarValue::List(list) = again.evaluate().unwrap() else { panic!("no list") };
        prop_assert_eq!(read(&list), vec![of(None)]);
    }
}

#[test]
fn plans_of_several_partitions_count_all_rows() {
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 100));
        let n: Int64Array = rows().map(|row| (row >= 100).then_some(row)).collect();
        let columns: [(&str, ArrayRef, bool); 2] = [("g", Arc::new(g), false), ("n", Arc::new(n), true)];
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let aggregates = || {
        vec![
            histogram(col("n"), HistogramBins::of_width(0.0, 500.0)).alias("width"),
            histogram(cast(col("n"), DataType::Decimal128(20, 2)), HistogramBins::between(100.0, 1_000.0, 3))
                .alias("count"),
        ]
    };
    let bin = |low: f64, high: f64, count: i64| (low.to_bits(), high.to_bits(), count);
    let total = aggregated(partitions.clone(), vec![], aggregates()).unwrap();
    let bins = [Some(vec![bin(0.0, 500.0, 400), bin(500.0, 1_000.0, 500)])];
    assert_eq!(read(total.column(0).as_list()), bins);
    let bins = [Some(vec![bin(100.0, 400.0, 300), bin(400.0, 700.0, 300), bin(700.0, 1_000.0, 300)])];
    assert_eq!(read(total.column(1).as_list()), bins);
    let grouped = aggregated(partitions.clone(), vec![col("g")], aggregates()).unwrap();
    assert_eq!(grouped.num_rows(), 100);
    let bins = Some(vec![bin(0.0, 500.0, 4), bin(500.0, 1_000.0, 5)]);
    assert_eq!(read(grouped.column(1).as_list()), vec![bins; 100]);
    let narrow = histogram(col("n"), HistogramBins::of_width(0.0, 0.01));
    let error = aggregated(partitions.clone(), vec![], vec![narrow]).unwrap_err();
    assert!(error.to_string().contains("10,000 bins"), "{error}");
    assert!(aggregated(partitions, vec![], vec![histogram(lit("text"), HistogramBins::of_width(0.0, 1.0))]).is_err());
}
