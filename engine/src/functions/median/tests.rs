//! The median is the exact one, in any order and any partitioning.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Decimal256Array, Float64Array, Int64Array, ListArray,
    RecordBatch,
};
use arrow::datatypes::{DataType, Decimal256Type, Float64Type, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::{SessionConfig, SessionContext, cast, col};
use proptest::prelude::*;

use super::exact_median;
use super::middle::{Floats, FullDecimals, Integers, Median, Middle, NarrowDecimals, WideDecimals};
use crate::functions::values::{GroupedValues, SingleValues};

fn float_median_function() -> Median<Floats> {
    Median { middle: Floats, output: DataType::Float64 }
}

fn grouped() -> GroupedValues<Median<Floats>> {
    GroupedValues::new(float_median_function(), DataType::Float64)
}

fn single() -> SingleValues<Median<Floats>> {
    SingleValues::new(float_median_function(), DataType::Float64)
}

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

/// A single median over one column.
fn median<M: Middle>(middle: M, output: DataType, values: &ArrayRef) -> ScalarValue {
    let mut single = SingleValues::new(Median { middle, output }, values.data_type().clone());
    single.update_batch(&[Arc::clone(values)]).unwrap();
    let median = single.evaluate().unwrap();
    // Asking changes nothing.
    assert_eq!(single.evaluate().unwrap(), median);
    median
}

fn float_median(values: &[f64]) -> Option<f64> {
    let ScalarValue::Float64(median) = median(Floats, DataType::Float64, &floats(values)) else { panic!("no float") };
    median
}

/// All groups, as bits, so that -0.0 is not 0.0.
fn evaluated(grouped: &mut GroupedValues<Median<Floats>>) -> Vec<Option<u64>> {
    let result = grouped.evaluate(EmitTo::All).unwrap();
    result.as_primitive::<Float64Type>().iter().map(|value| value.map(f64::to_bits)).collect()
}

#[test]
fn medians_of_floats_are_the_nearest_floats() {
    #[track_caller]
    fn check(values: &[f64], expected: Option<f64>) {
        assert_eq!(float_median(values).map(f64::to_bits), expected.map(f64::to_bits), "{values:?}");
    }
    let tiny = f64::from_bits(1);
    check(&[], None);
    check(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY], None);
    check(&[7.0], Some(7.0));
    check(&[3.0, 1.0, 2.0], Some(2.0));
    check(&[4.0, 1.0, 2.0, 3.0], Some(2.5));
    check(&[f64::INFINITY, 1.0, 2.0], Some(1.5));
    check(&[1e308, 1e308], Some(1e308));
    check(&[f64::MAX, f64::MAX], Some(f64::MAX));
    check(&[f64::MAX, f64::MAX.next_down()], Some(f64::MAX.next_down()));
    check(&[f64::MIN, f64::MIN], Some(f64::MIN));
    check(&[f64::MIN, f64::MAX], Some(0.0));
    check(&[-0.0], Some(0.0));
    check(&[-0.0, 0.0, -0.0], Some(0.0));
    // Half of the smallest float is a tie with 0.
    check(&[tiny, 0.0], Some(0.0));
    check(&[-tiny, 0.0], Some(0.0));
    check(&[tiny, f64::from_bits(2)], Some(f64::from_bits(2)));
    check(&[tiny, f64::from_bits(4)], Some(f64::from_bits(2)));
    check(&[1.0, 1.0_f64.next_up()], Some(1.0));
}

#[test]
fn medians_of_integers_are_rounded_once() {
    #[track_caller]
    fn check(values: &[i64], expected: Option<f64>) {
        let values: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
        assert_eq!(median(Integers, DataType::Float64, &values), ScalarValue::Float64(expected));
    }
    let two_53 = 1_i64 << 53;
    check(&[], None);
    check(&[3, 1, 2], Some(2.0));
    check(&[3, 1], Some(2.0));
    check(&[2, 1], Some(1.5));
    check(&[-1, 0], Some(-0.5));
    check(&[i64::MIN, i64::MAX], Some(-0.5));
    check(&[i64::MAX, i64::MAX], Some(9_223_372_036_854_775_808.0));
    check(&[two_53 + 1], Some(9_007_199_254_740_992.0));
    // Above the middle of two floats by a half, which would be lost if the values were rounded first.
    check(&[two_53 + 1, two_53 + 2], Some(9_007_199_254_740_994.0));
    check(&[two_53, two_53 + 1], Some(9_007_199_254_740_992.0));
}

#[test]
fn medians_of_decimals_have_one_digit_more() {
    let narrow = Decimal128Array::from(vec![150_i128, 175, -3, 1_000]).with_precision_and_scale(37, 2).unwrap();
    let result = median(NarrowDecimals, DataType::Decimal128(38, 3), &(Arc::new(narrow) as ArrayRef));
    assert_eq!(result, ScalarValue::Decimal128(Some(1_625), 38, 3));
    let greatest = 10_i128.pow(38) - 1;
    let wide = Decimal128Array::from(vec![greatest, greatest - 1]).with_precision_and_scale(38, 0).unwrap();
    let wide: ArrayRef = Arc::new(wide);
    let result = median(WideDecimals::<i128>::new(), DataType::Decimal256(39, 1), &wide);
    let expected = i256::from_string(&format!("{}985", "9".repeat(36)));
    assert!(expected.is_some());
    assert_eq!(result, ScalarValue::Decimal256(expected, 39, 1));
    let ten = i256::from_i128(10);
    let greatest = ten.checked_pow(75).unwrap().wrapping_sub(i256::ONE);
    let wide = Decimal256Array::from(vec![greatest; 3]).with_precision_and_scale(75, 4).unwrap();
    let wide: ArrayRef = Arc::new(wide);
    let result = median(WideDecimals::<i256>::new(), DataType::Decimal256(76, 5), &wide);
    assert_eq!(result, ScalarValue::Decimal256(greatest.checked_mul(ten), 76, 5));
    // No room for a digit more.
    let greatest = ten.checked_pow(76).unwrap().wrapping_sub(i256::ONE);
    for (values, expected) in
        [(vec![greatest, greatest], 1e74), (vec![i256::from_i128(301), i256::from_i128(302)], 3.015)]
    {
        let full: ArrayRef = Arc::new(Decimal256Array::from(values).with_precision_and_scale(76, 2).unwrap());
        let result = median(FullDecimals { scale: 2 }, DataType::Float64, &full);
        assert_eq!(result, ScalarValue::Float64(Some(expected)));
    }
}

#[test]
fn null_filtered_and_infinite_values_do_not_count() {
    let values = vec![Some(1.0), None, Some(3.0), Some(f64::INFINITY), Some(9.0), Some(f64::NAN), Some(5.0)];
    let values: ArrayRef = Arc::new(Float64Array::from(values));
    let filter = vec![Some(true), Some(true), Some(true), Some(true), Some(false), Some(true), None];
    let filter = BooleanArray::from(filter);
    let groups = [0, 0, 0, 0, 0, 1, 2];
    let expected = [Some(2.0_f64.to_bits()), None, None, None];
    let mut medians = grouped();
    medians.update_batch(&[Arc::clone(&values)], &groups, Some(&filter), 4).unwrap();
    assert_eq!(evaluated(&mut medians), expected);
    let rows = medians.convert_to_state(&[Arc::clone(&values)], Some(&filter)).unwrap();
    assert_eq!(rows[0].null_count(), 5);
    medians.merge_batch(&rows, &groups, 4).unwrap();
    assert_eq!(evaluated(&mut medians), expected);
    // A part of a column, as batches that were cut have it.
    let rows = medians.convert_to_state(&[values.slice(2, 3)], None).unwrap();
    medians.merge_batch(&[rows[0].slice(1, 2)], &[0, 1], 2).unwrap();
    assert_eq!(evaluated(&mut medians), [None, Some(9.0_f64.to_bits())]);
}

#[test]
fn the_first_groups_can_be_emitted_alone() {
    let mut medians = grouped();
    medians.update_batch(&[floats(&[1.0, 2.0, 3.0, 4.0, 6.0])], &[0, 1, 2, 2, 2], None, 3).unwrap();
    let first = medians.evaluate(EmitTo::First(1)).unwrap();
    assert_eq!(&first, &floats(&[1.0]));
    // Group 1 is group 0 now.
    medians.update_batch(&[floats(&[5.0, 7.0])], &[0, 1], None, 3).unwrap();
    let state = medians.state(EmitTo::First(1)).unwrap();
    let lists: &ListArray = state[0].as_list();
    assert_eq!(&lists.value(0), &floats(&[2.0, 5.0]));
    let mut rest = grouped();
    rest.merge_batch(&state, &[0], 1).unwrap();
    assert_eq!(evaluated(&mut rest), [Some(3.5_f64.to_bits())]);
    assert_eq!(evaluated(&mut medians), [Some(5.0_f64.to_bits()), None]);
    assert!(evaluated(&mut medians).is_empty());
    // All that was held is gone.
    assert_eq!(medians.size(), grouped().size());
}

#[test]
fn wrong_groups_and_states_are_refused() {
    let mut medians = grouped();
    assert!(medians.update_batch(&[floats(&[1.0])], &[5], None, 1).is_err());
    let state = medians.convert_to_state(&[floats(&[1.0])], None).unwrap();
    assert!(medians.merge_batch(&state, &[5], 1).is_err());
    assert!(medians.merge_batch(&[], &[0], 1).is_err());
    let with_null = ListArray::from_iter_primitive::<Float64Type, _, _>([Some([Some(1.0), None])]);
    assert!(medians.merge_batch(&[Arc::new(with_null)], &[0], 1).is_err());
}

proptest! {
    #[test]
    fn order_and_partitions_change_no_bit(
        rows in prop::collection::vec((prop_oneof![-8.0_f64..8.0, Just(0.0), Just(1e308)], 0_usize..3), 1..60),
        size in 1_usize..20,
    ) {
        let mut whole = grouped();
        let mut merged = grouped();
        let mut alone = single();
        for (index, part) in rows.chunks(size).enumerate() {
            let values = [floats(&part.iter().map(|row| row.0).collect::<Vec<_>>())];
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            whole.update_batch(&values, &groups, None, 3).unwrap();
            let (state, groups) = if index % 2 == 1 {
                (whole.convert_to_state(&values, None).unwrap(), groups)
            } else {
                let mut partial = grouped();
                partial.update_batch(&values, &groups, None, 3).unwrap();
                (partial.state(EmitTo::All).unwrap(), vec![0, 1, 2])
            };
            merged.merge_batch(&state, &groups, 3).unwrap();
            alone.merge_batch(&state).unwrap();
        }
        let expected: Vec<Option<u64>> = (0..3).map(|group| sorted_median(&rows, |row| row.1 == group)).collect();
        prop_assert_eq!(&evaluated(&mut whole), &expected);
        prop_assert_eq!(&evaluated(&mut merged), &expected);
        let states: Vec<ArrayRef> = alone.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
        let mut again = single();
        again.merge_batch(&states).unwrap();
        let median = ScalarValue::Float64(sorted_median(&rows, |_| true).map(f64::from_bits));
        prop_assert_eq!(again.evaluate().unwrap(), median);
    }
}

/// The bits of the median of some rows, by sorting.
fn sorted_median(rows: &[(f64, usize)], kept: impl Fn(&(f64, usize)) -> bool) -> Option<u64> {
    let mut values: Vec<f64> = rows.iter().filter(|row| kept(row)).map(|row| row.0).collect();
    values.sort_by(f64::total_cmp);
    let high = values.get(values.len() / 2)?;
    let low = values[(values.len() - 1) / 2];
    Some((low / 2.0 + high / 2.0).to_bits())
}

#[test]
fn plans_of_several_partitions_are_exact() {
    // Ten values in each of 100 groups: the group `g` has 100 g to 100 g + 9.
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 100));
        let n = Int64Array::from_iter_values(rows().map(|row| row % 100 * 100 + row / 100));
        let columns: [(&str, ArrayRef); 2] = [("g", Arc::new(g)), ("n", Arc::new(n))];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let schema = partitions[0][0].schema();
    let config = SessionConfig::new()
        .with_target_partitions(4)
        .with_batch_size(50)
        .set_str("datafusion.execution.skip_partial_aggregation_probe_rows_threshold", "50")
        .set_str("datafusion.execution.skip_partial_aggregation_probe_ratio_threshold", "0.1");
    let table = Arc::new(MemTable::try_new(schema, partitions).unwrap());
    let session = SessionContext::new_with_config(config);
    let aggregates = || {
        vec![
            exact_median(col("n")).alias("integer"),
            exact_median(cast(col("n"), DataType::Decimal128(38, 2))).alias("decimal"),
            exact_median(cast(col("n"), DataType::Float32)).alias("float"),
        ]
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for groups in [vec![col("g")], vec![]] {
        let alone = groups.is_empty();
        let frame = session.read_table(Arc::<MemTable>::clone(&table)).unwrap();
        let frame = frame.aggregate(groups, aggregates()).unwrap();
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = runtime.block_on(frame.collect()).unwrap();
        let result = arrow::compute::concat_batches(&schema, &batches).unwrap();
        assert_eq!(result.num_rows(), if alone { 1 } else { 100 });
        let first = usize::from(!alone);
        assert_eq!(result.column(first + 1).data_type(), &DataType::Decimal256(39, 3));
        let integers = result.column(first).as_primitive::<Float64Type>();
        let decimals = result.column(first + 1).as_primitive::<Decimal256Type>();
        assert_eq!(integers, result.column(first + 2).as_primitive::<Float64Type>());
        for row in 0..result.num_rows() {
            let group = if alone { None } else { Some(result.column(0).as_primitive::<Int64Type>().value(row)) };
            // In all, the middle is between the ends of groups 49 and 50.
            let thousandths = group.map_or(4_954_500, |group| group * 100_000 + 4_500);
            assert_eq!(decimals.value(row), i256::from(thousandths));
            let thousandths = f64::from(i32::try_from(thousandths).unwrap());
            assert_eq!(integers.value(row).to_bits(), (thousandths / 1_000.0).to_bits());
        }
    }
}
