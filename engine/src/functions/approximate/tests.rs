//! The results are within the stated errors, and where nothing is left to chance they are the same in any order and any
//! partitioning.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array,
    Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray, UInt32Array,
};
use arrow::datatypes::{DataType, Float64Type, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::{cast, col, lit};
use datasketches::hll::{HllSketch, HllType};
use datasketches::kll::{KllFloat, KllSketch};
use proptest::prelude::*;

use super::accumulate::{GroupedSketches, SingleSketch};
use super::distinct::{DISTINCT_COUNT_LG_K, Different};
use super::percentile::{PERCENTILE_K, Quantile};
use super::{DISTINCT_COUNT_ERROR, PERCENTILE_ERROR, approx_distinct_count, approx_percentile};
use crate::functions::testing::aggregated;

fn different() -> GroupedSketches<Different> {
    GroupedSketches::new(Different::new().unwrap())
}

fn quantile(share: f64) -> GroupedSketches<Quantile> {
    GroupedSketches::new(Quantile::new(share).unwrap())
}

fn integers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn floats(values: impl IntoIterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

/// The count of the different values of a column.
fn count(values: ArrayRef) -> i64 {
    let mut single = SingleSketch::new(Different::new().unwrap());
    single.update_batch(&[values]).unwrap();
    let ScalarValue::Int64(Some(count)) = single.evaluate().unwrap() else { panic!("no count") };
    // Asking changes nothing.
    assert_eq!(single.evaluate().unwrap(), ScalarValue::Int64(Some(count)));
    count
}

fn counts(sketches: &mut GroupedSketches<Different>, emit: EmitTo) -> Vec<i64> {
    let array = sketches.evaluate(emit).unwrap();
    assert_eq!(array.null_count(), 0);
    array.as_primitive::<Int64Type>().values().to_vec()
}

/// How far a count is off, as a share.
fn off(count: i64, expected: i64) -> f64 {
    let float = |count: i64| f64::from(i32::try_from(count).unwrap());
    (float(count) / float(expected) - 1.0).abs()
}

/// The state of a column as one group.
fn state_of(values: ArrayRef) -> ArrayRef {
    let mut sketches = different();
    let groups = vec![0; values.len()];
    sketches.update_batch(&[values], &groups, None, 1).unwrap();
    sketches.state(EmitTo::All).unwrap().remove(0)
}

#[test]
fn the_stated_errors_are_those_of_the_sketches() {
    let registers = f64::from(1_u32 << DISTINCT_COUNT_LG_K);
    assert!((DISTINCT_COUNT_ERROR - 1.038_96 / registers.sqrt()).abs() < 1e-12);
    let error = KllSketch::<KllFloat<f64>>::new(PERCENTILE_K).unwrap().normalized_rank_error();
    assert!(error <= PERCENTILE_ERROR && error > PERCENTILE_ERROR * 0.99, "{error}");
}

#[test]
fn counts_are_within_the_error() {
    assert_eq!(count(integers([])), 0);
    assert_eq!(count(integers([7, 7, 7])), 1);
    for (expected, many) in [(10, 5), (1_000, 3), (3_000, 2), (20_000, 2), (60_000, 1), (300_000, 1)] {
        let values = (0..many).flat_map(|_| (0..expected).map(|value| value * value * 31 - 1_000_000));
        let found = count(integers(values));
        let allowed = if expected <= 1_000 { 0.001_5 } else { 4.0 * DISTINCT_COUNT_ERROR };
        assert!(off(found, expected) <= allowed, "{found} instead of {expected}");
        let texts = (0..expected).map(|value| format!("the text {value}"));
        let found = count(Arc::new(StringViewArray::from_iter_values(texts)));
        assert!(off(found, expected) <= allowed, "{found} instead of {expected}");
    }
}

#[test]
fn values_count_in_every_type() {
    #[track_caller]
    fn check(values: ArrayRef, expected: i64) {
        assert_eq!(count(values), expected);
    }
    check(Arc::new(Int64Array::from(vec![Some(1), None, Some(2), Some(1)])), 2);
    check(Arc::new(UInt32Array::from(vec![1, 2, u32::MAX])), 3);
    check(Arc::new(Date32Array::from(vec![0, -1, 0])), 2);
    check(Arc::new(TimestampMicrosecondArray::from(vec![1, 2, 1]).with_timezone("UTC")), 2);
    check(Arc::new(TimestampMicrosecondArray::from(vec![1, 2, 3])), 3);
    check(Arc::new(Decimal128Array::from(vec![i128::MAX, 0, 0]).with_precision_and_scale(38, 2).unwrap()), 2);
    let wide = vec![i256::from_i128(5), i256::from_i128(-5), i256::from_i128(5)];
    check(Arc::new(Decimal256Array::from(wide).with_precision_and_scale(60, 2).unwrap()), 2);
    check(Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), Some(true)])), 2);
    check(Arc::new(StringViewArray::from(vec![Some(""), Some("a"), None, Some("a")])), 2);
    check(floats([0.0, -0.0, 1.0, f64::NAN, f64::INFINITY]), 2);
}

#[test]
fn equal_values_have_equal_states() {
    let stored = |values: ArrayRef| state_of(values).as_binary::<i32>().value(0).to_vec();
    let expected = stored(integers([1, 2]));
    assert_eq!(stored(Arc::new(UInt32Array::from(vec![1, 2]))), expected);
    assert_eq!(stored(Arc::new(Date32Array::from(vec![1, 2]))), expected);
    assert_eq!(stored(Arc::new(TimestampMicrosecondArray::from(vec![1, 2]))), expected);
    assert_ne!(stored(integers([1, 3])), expected);
    let narrow = Decimal128Array::from(vec![150]).with_precision_and_scale(10, 2).unwrap();
    let wide = Decimal256Array::from(vec![i256::from_i128(150)]).with_precision_and_scale(50, 2).unwrap();
    assert_eq!(stored(Arc::new(narrow)), stored(Arc::new(wide)));
    // The form that other programs read: a list of coupons, their number in byte 6, two of them behind 8 bytes.
    assert_eq!(expected.len(), 16);
    assert_eq!(expected[..8], [2, 1, 7, DISTINCT_COUNT_LG_K, 3, 8, 2, 8]);
    let ours = HllSketch::deserialize(&expected).unwrap();
    let mut theirs = HllSketch::new(DISTINCT_COUNT_LG_K, HllType::Hll8).unwrap();
    theirs.update(1_i64);
    theirs.update(2_i64);
    assert!(ours == theirs);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_partitioning_changes_a_count(
        lengths in prop::collection::vec(0_i64..3_000, 1..7),
        starts in prop::collection::vec(0_i64..20_000, 7),
        groups in prop::collection::vec(0_usize..2, 7),
        reversed: bool,
    ) {
        let mut parts: Vec<(Vec<i64>, usize)> = lengths
            .iter()
            .zip(&starts)
            .zip(&groups)
            .map(|((length, start), group)| ((*start..start + length).collect(), *group))
            .collect();
        let mut whole = different();
        for (values, group) in &parts {
            whole.update_batch(&[integers(values.clone())], &vec![*group; values.len()], None, 2).unwrap();
        }
        let expected = counts(&mut whole, EmitTo::All);
        if reversed {
            parts.reverse();
        }
        let mut merged = different();
        let mut alone = SingleSketch::new(Different::new().unwrap());
        for (index, (values, group)) in parts.iter().enumerate() {
            let values = integers(values.iter().rev().copied());
            if index % 3 == 2 {
                let length = values.len().min(50);
                // Few rows one by one, the others in the next batch.
                let state = merged.convert_to_state(&[values.slice(0, length)], None).unwrap();
                merged.merge_batch(&state, &vec![*group; length], 2).unwrap();
                alone.merge_batch(&state).unwrap();
                let rest = values.slice(length, values.len() - length);
                merged.update_batch(&[Arc::clone(&rest)], &vec![*group; rest.len()], None, 2).unwrap();
                alone.update_batch(&[rest]).unwrap();
            } else {
                let state = [state_of(values)];
                merged.merge_batch(&state, &[*group], 2).unwrap();
                alone.merge_batch(&state).unwrap();
            }
        }
        let mut found = counts(&mut merged, EmitTo::First(1));
        found.extend(counts(&mut merged, EmitTo::All));
        prop_assert_eq!(found, expected);
        let total = count(integers(parts.iter().flat_map(|part| part.0.iter().copied())));
        let states: Vec<ArrayRef> = alone.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
        let mut again = SingleSketch::new(Different::new().unwrap());
        again.merge_batch(&states).unwrap();
        prop_assert_eq!(again.evaluate().unwrap(), ScalarValue::Int64(Some(total)));
    }

    #[test]
    fn damaged_states_are_refused_or_read(
        values in prop_oneof![Just(5_i64), Just(100)],
        place: prop::sample::Index,
        change: u8,
    ) {
        // Whether a changed state is taken or not, nothing panics.
        let changed = |state: &ArrayRef| -> ArrayRef {
            let mut bytes = state.as_binary::<i32>().value(0).to_vec();
            let place = place.index(bytes.len());
            bytes[place] ^= change;
            Arc::new(BinaryArray::from_iter_values([&bytes]))
        };
        let mut sketches = different();
        if sketches.merge_batch(&[changed(&state_of(integers(0..values)))], &[0], 1).is_ok() {
            sketches.update_batch(&[integers(50..150)], &[0; 100], None, 1).unwrap();
            sketches.evaluate(EmitTo::All).unwrap();
        }
        let mut sketches = quantile(0.5);
        sketches.update_batch(&[floats(mixed(1_500))], &[0; 1_500], None, 1).unwrap();
        let state = sketches.state(EmitTo::All).unwrap();
        if sketches.merge_batch(&[changed(&state[0])], &[0], 1).is_ok() {
            sketches.update_batch(&[floats(mixed(100))], &[0; 100], None, 1).unwrap();
            sketches.evaluate(EmitTo::All).unwrap();
        }
    }
}

/// `n` whole numbers from 0, well mixed.
fn mixed(n: u32) -> impl Iterator<Item = f64> {
    (0..u64::from(n)).map(move |row| f64::from(u32::try_from(row * 1_000_003 % u64::from(n)).unwrap()))
}

fn percentiles(sketches: &mut GroupedSketches<Quantile>) -> Vec<Option<f64>> {
    sketches.evaluate(EmitTo::All).unwrap().as_primitive::<Float64Type>().iter().collect()
}

#[test]
fn percentiles_are_within_the_error() {
    for n in [5_000_u32, 100_000] {
        for share in [0.0, 0.01, 0.25, 0.5, 0.9, 0.999, 1.0] {
            let values: Vec<f64> = mixed(n).collect();
            // One group as a whole, one merged from parts.
            let mut sketches = quantile(share);
            sketches.update_batch(&[floats(values.clone())], &vec![0; values.len()], None, 2).unwrap();
            for part in values.chunks(700) {
                let mut partial = quantile(share);
                partial.update_batch(&[floats(part.to_vec())], &vec![0; part.len()], None, 1).unwrap();
                sketches.merge_batch(&partial.state(EmitTo::All).unwrap(), &[1], 2).unwrap();
            }
            for found in percentiles(&mut sketches) {
                // Of 0, 1, 2 .. the value tells the rank. Far more than 99 of 100 are within three times the error.
                let rank = found.unwrap() / f64::from(n);
                let allowed = 3.0 * PERCENTILE_ERROR + 1.0 / f64::from(n);
                assert!((rank - share).abs() <= allowed, "{rank} instead of {share}");
            }
        }
    }
}

#[test]
fn percentiles_of_few_values_are_exact() {
    #[track_caller]
    fn check(share: f64, values: &[f64], expected: Option<f64>) {
        let mut single = SingleSketch::new(Quantile::new(share).unwrap());
        for value in values {
            single.update_batch(&[floats([*value])]).unwrap();
        }
        assert_eq!(single.evaluate().unwrap(), ScalarValue::Float64(expected));
    }
    check(0.5, &[], None);
    check(0.5, &[f64::NAN, f64::INFINITY], None);
    check(0.5, &[3.0, 1.0, 2.0], Some(2.0));
    check(0.5, &[4.0, 3.0, 1.0, 2.0], Some(2.0));
    check(0.75, &[4.0, 3.0, 1.0, 2.0], Some(3.0));
    check(1.0, &[4.0, 3.0, 1.0, 2.0], Some(4.0));
    check(0.0, &[4.0, 3.0, 1.0, 2.0], Some(1.0));
    let values: Vec<f64> = mixed(1_024).collect();
    let parts: Vec<ArrayRef> = values.chunks(100).map(|part| floats(part.to_vec())).collect();
    let mut merged = quantile(0.25);
    for part in parts.iter().rev() {
        let state = merged.convert_to_state(&[Arc::clone(part)], None).unwrap();
        merged.merge_batch(&state, &vec![0; part.len()], 1).unwrap();
    }
    assert_eq!(percentiles(&mut merged), [Some(255.0)]);
    assert!(SingleSketch::new(Quantile::new(1.5).unwrap()).evaluate().is_ok());
    let mut wrong = SingleSketch::new(Quantile::new(1.5).unwrap());
    wrong.update_batch(&[floats([1.0])]).unwrap();
    assert!(wrong.evaluate().is_err());
}

#[test]
fn null_and_filtered_values_do_not_count() {
    let values: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(3.0), Some(9.0), Some(5.0)]));
    let filter = BooleanArray::from(vec![Some(true), Some(true), Some(true), Some(false), None]);
    let groups = [0, 0, 1, 1, 2];
    let mut sketches = quantile(1.0);
    sketches.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
    assert!(sketches.size() > quantile(1.0).size());
    assert_eq!(percentiles(&mut sketches), [Some(1.0), Some(3.0), None, None]);
    // All that was held is gone.
    assert_eq!(sketches.size(), quantile(1.0).size());
    let rows = sketches.convert_to_state(&[Arc::clone(&values)], Some(&filter)).unwrap();
    assert_eq!(rows[0].null_count(), 3);
    sketches.merge_batch(&rows, &groups, 4).unwrap();
    assert_eq!(percentiles(&mut sketches), [Some(1.0), Some(3.0), None, None]);
    let mut sketches = different();
    sketches.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
    assert_eq!(counts(&mut sketches, EmitTo::All), [1, 1, 0, 0]);
    // Groups that do not exist, and sketches with other parameters.
    assert!(sketches.update_batch(&[values], &[0, 0, 0, 0, 9], None, 1).is_err());
    let smaller = HllSketch::new(12, HllType::Hll8).unwrap().serialize();
    let states: ArrayRef = Arc::new(BinaryArray::from_iter_values([&smaller]));
    assert!(sketches.merge_batch(&[states], &[0], 1).is_err());
}

#[test]
fn plans_of_several_partitions_are_within_the_error() {
    let batch = |partition: i64| {
        let rows = || (0..2_500).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 100));
        let n = Int64Array::from_iter_values(rows().map(|row| row / 2));
        let columns: [(&str, ArrayRef); 2] = [("g", Arc::new(g)), ("n", Arc::new(n))];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let aggregates = || {
        vec![
            approx_distinct_count(col("n")).alias("count"),
            approx_distinct_count(cast(col("n"), DataType::Utf8)).alias("texts"),
            approx_percentile(cast(col("n"), DataType::Decimal128(20, 2)), 0.5).alias("median"),
            approx_percentile(col("n"), 0.9).alias("p90"),
        ]
    };
    let total = aggregated(partitions.clone(), vec![], aggregates()).unwrap();
    for column in 0..2 {
        let found = total.column(column).as_primitive::<Int64Type>().value(0);
        assert!(off(found, 5_000) <= 4.0 * DISTINCT_COUNT_ERROR, "{found}");
    }
    for (column, share) in [(2, 0.5), (3, 0.9)] {
        let rank = total.column(column).as_primitive::<Float64Type>().value(0) / 5_000.0;
        assert!((rank - share).abs() <= 3.0 * PERCENTILE_ERROR + 0.001, "{rank}");
    }
    let grouped = aggregated(partitions.clone(), vec![col("g")], aggregates()).unwrap();
    assert_eq!(grouped.num_rows(), 100);
    for row in 0..100 {
        // 100 rows g, g + 100 .. with the values g / 2, g / 2 + 50 ..
        let least = grouped.column(0).as_primitive::<Int64Type>().value(row) / 2;
        assert_eq!(grouped.column(1).as_primitive::<Int64Type>().value(row), 100);
        assert_eq!(grouped.column(2).as_primitive::<Int64Type>().value(row), 100);
        let median = f64::from(i32::try_from(least + 49 * 50).unwrap());
        assert_eq!(grouped.column(3).as_primitive::<Float64Type>().value(row).to_bits(), median.to_bits());
    }
    assert!(aggregated(partitions, vec![], vec![approx_percentile(lit("text"), 0.5)]).is_err());
}
