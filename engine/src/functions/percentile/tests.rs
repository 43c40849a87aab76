//! Percentiles are the exact ones, in any order and any partitioning.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Float64Type, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::{cast, col};
use proptest::prelude::*;

use super::continuous::{Continuous, Floats, Integers, NarrowDecimals, WideDecimals};
use super::discrete::Discrete;
use super::{Share, exact_percentile};
use crate::functions::exact_median;
use crate::functions::testing::aggregated;
use crate::functions::values::{Form, GroupedValues, SingleValues, Statistic, for_form};
use crate::query::PercentileKind;

fn share(text: &str) -> Share {
    Share::parse(text).unwrap()
}

fn floats(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn integers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn single(statistic: impl Statistic, values: &ArrayRef) -> ScalarValue {
    let mut single = SingleValues::new(statistic, values.data_type().clone());
    single.update_batch(&[Arc::clone(values)]).unwrap();
    let result = single.evaluate().unwrap();
    // Asking changes nothing.
    assert_eq!(single.evaluate().unwrap(), result);
    result
}

fn float(result: &ScalarValue) -> Option<f64> {
    let ScalarValue::Float64(value) = result else { panic!("{result} is no float") };
    *value
}

#[test]
fn continuous_percentiles_lie_on_the_line() {
    #[track_caller]
    fn check(p: &str, values: &[f64], expected: Option<f64>) {
        let result = float(&single(Continuous::new(Floats, share(p), 0), &floats(values)));
        assert_eq!(result.map(f64::to_bits), expected.map(f64::to_bits), "{p} of {values:?}");
    }
    let tiny = f64::from_bits(1);
    check("0.5", &[], None);
    check("0.5", &[f64::NAN, f64::INFINITY], None);
    check("0.3", &[7.0], Some(7.0));
    check("0", &[3.0, 1.0, 2.0], Some(1.0));
    check("1", &[3.0, 1.0, 2.0], Some(3.0));
    check("0.5", &[4.0, 1.0, 2.0, 3.0], Some(2.5));
    check("0.9", &[10.0, 20.0], Some(19.0));
    check("0.25", &[1.0, 2.0, 4.0, 8.0], Some(1.75));
    // A tenth of the way, where the difference has no float.
    check("0.1", &[f64::MIN, f64::MAX], Some(-0.8 * f64::MAX));
    check("0.5", &[f64::MIN, f64::MAX], Some(0.0));
    check("0.999999999", &[f64::MAX, f64::MAX], Some(f64::MAX));
    check("0.3", &[-0.0, 0.0], Some(0.0));
    check("0.4", &[0.0, tiny], Some(0.0));
    check("0.6", &[0.0, tiny], Some(tiny));
    check("0.5", &[tiny, f64::from_bits(2)], Some(f64::from_bits(2)));
}

#[test]
fn integers_and_decimals_are_rounded_once() {
    let check = |p: &str, values: &[i64], expected: f64| {
        let result = float(&single(Continuous::new(Integers, share(p), 0), &integers(values)));
        assert_eq!(result.map(f64::to_bits), Some(expected.to_bits()), "{p} of {values:?}");
    };
    let two_53 = 1_i64 << 53;
    check("0.5", &[i64::MIN, i64::MAX], -0.5);
    check("1", &[i64::MIN, i64::MAX], 9_223_372_036_854_775_808.0);
    // Half of the way to the next float, and a little more.
    check("0.5", &[two_53, two_53 + 2], 9_007_199_254_740_992.0);
    check("0.500000001", &[two_53, two_53 + 2], 9_007_199_254_740_994.0);
    let narrow: ArrayRef =
        Arc::new(Decimal128Array::from(vec![10_i128.pow(38) - 1, 0]).with_precision_and_scale(38, 2).unwrap());
    let narrow = single(Continuous::new(NarrowDecimals, share("0.25"), 2), &narrow);
    assert_eq!(float(&narrow), Some(2.5e35));
    let greatest = i256::from_i128(10).checked_pow(76).unwrap().wrapping_sub(i256::ONE);
    let wide: ArrayRef =
        Arc::new(Decimal256Array::from(vec![greatest, greatest]).with_precision_and_scale(76, 0).unwrap());
    assert_eq!(float(&single(Continuous::new(WideDecimals, share("0.123456789"), 0), &wide)), Some(1e76));
    let hundreds: ArrayRef = Arc::new(Decimal128Array::from(vec![1_i128, 2]).with_precision_and_scale(3, -2).unwrap());
    assert_eq!(float(&single(Continuous::new(NarrowDecimals, share("0.5"), -2), &hundreds)), Some(150.0));
}

#[test]
fn discrete_percentiles_are_values_of_any_type() {
    #[track_caller]
    fn check(p: &str, values: &ArrayRef, place: Option<usize>) {
        let data_type = values.data_type().clone();
        let expected = match place {
            Some(place) => ScalarValue::try_from_array(values, place).unwrap(),
            None => ScalarValue::try_from(&data_type).unwrap(),
        };
        let result = for_form!(Form::of("f", &data_type).unwrap(), H => {
            single(Discrete::<H>::new(share(p), data_type), values)
        });
        assert_eq!(result, expected, "{p}");
    }
    // Ten values: the fifth in their order has a cumulative share of 0.5.
    let numbers = integers(&[9, 1, 8, 2, 7, 3, 6, 4, 10, 5]);
    for (p, place) in [("0", 1), ("0.1", 1), ("0.100000001", 3), ("0.5", 9), ("0.9", 0), ("0.91", 8), ("1", 8)] {
        check(p, &numbers, Some(place));
    }
    check("0.5", &integers(&[]), None);
    check("0.6", &floats(&[3.5, -1.0, f64::NAN, 2.0]), Some(3));
    let texts: ArrayRef =
        Arc::new(StringViewArray::from(vec![Some("b"), None, Some("a text that is long"), Some("é"), Some("z")]));
    check("0.25", &texts, Some(2));
    check("0.75", &texts, Some(4));
    check("1", &texts, Some(3));
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]));
    check("0.5", &flags, Some(1));
    check("0.6", &flags, Some(0));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![20_000, -5, 3]));
    check("0", &days, Some(1));
    let instants = TimestampMicrosecondArray::from(vec![Some(5), None, Some(-7)]);
    check("1", &(Arc::new(instants.clone()) as ArrayRef), Some(0));
    check("0", &(Arc::new(instants.with_timezone("UTC")) as ArrayRef), Some(2));
    let decimals: ArrayRef =
        Arc::new(Decimal256Array::from(vec![i256::MAX, i256::MIN]).with_precision_and_scale(76, 3).unwrap());
    check("0.5", &decimals, Some(1));
}

#[test]
fn parameters_tell_functions_apart() {
    let name = |p: &str, kind| exact_percentile(col("x"), share(p), kind).schema_name().to_string();
    assert_eq!(name("0.90", PercentileKind::Continuous), "exact_percentile(9/10, continuous)(x)");
    let call = |p: &str, kind| exact_percentile(col("x"), share(p), kind);
    assert_eq!(call("0.9", PercentileKind::Discrete), call("0.90", PercentileKind::Discrete));
    assert_ne!(call("0.9", PercentileKind::Discrete), call("0.9", PercentileKind::Continuous));
    assert_ne!(call("0.9", PercentileKind::Discrete), call("0.8", PercentileKind::Discrete));
}

fn finite() -> impl Strategy<Value = f64> {
    use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

/// The nearest float to the point between integers, by long division.
fn by_long_division(sorted: &[i64], numerator: u64) -> f64 {
    let product = (sorted.len() as u64 - 1) * numerator;
    let (low, rest) = (usize::try_from(product / 1_000).unwrap(), i128::from(product % 1_000));
    let high = i128::from(sorted[(low + 1).min(sorted.len() - 1)]);
    let thousandfold = i128::from(sorted[low]) * (1_000 - rest) + high * rest;
    let magnitude = thousandfold.unsigned_abs();
    let text = format!("{}.{:03}", magnitude / 1_000, magnitude % 1_000);
    let nearest: f64 = text.parse().unwrap();
    if thousandfold < 0 { -nearest } else { nearest }
}

proptest! {
    #[test]
    fn order_and_partitions_change_no_bit(
        rows in prop::collection::vec((prop_oneof![any::<i64>(), -9_i64..9], 0_usize..3), 1..60),
        thousandths in 0_u64..=1_000,
        size in 1_usize..20,
    ) {
        let p = share(&format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000));
        let grouped = || GroupedValues::new(Continuous::new(Integers, p, 0), DataType::Int64);
        let discrete = || GroupedValues::new(Discrete::<i64>::new(p, DataType::Int64), DataType::Int64);
        let (mut whole, mut merged, mut one_of) = (grouped(), grouped(), discrete());
        let mut alone = SingleValues::new(Continuous::new(Integers, p, 0), DataType::Int64);
        for (index, part) in rows.chunks(size).enumerate() {
            let values = [integers(&part.iter().map(|row| row.0).collect::<Vec<_>>())];
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
            one_of.merge_batch(&state, &groups, 3).unwrap();
            alone.merge_batch(&state).unwrap();
        }
        let sorted = |kept: &dyn Fn(usize) -> bool| {
            let mut values: Vec<i64> = rows.iter().filter(|row| kept(row.1)).map(|row| row.0).collect();
            values.sort_unstable();
            values
        };
        let whole = whole.evaluate(EmitTo::All).unwrap();
        let merged = merged.evaluate(EmitTo::All).unwrap();
        prop_assert_eq!(&whole, &merged);
        let one_of = one_of.evaluate(EmitTo::All).unwrap();
        for group in 0..3 {
            let sorted = sorted(&|other| other == group);
            if sorted.is_empty() {
                prop_assert!(merged.is_null(group) && one_of.is_null(group));
                continue;
            }
            let result = merged.as_primitive::<Float64Type>().value(group);
            prop_assert_eq!(result.to_bits(), by_long_division(&sorted, thousandths).to_bits());
            let value = one_of.as_primitive::<Int64Type>().value(group);
            let count = |kept: &dyn Fn(i64) -> bool| sorted.iter().filter(|other| kept(**other)).count() as u64 * 1_000;
            let needed = sorted.len() as u64 * thousandths;
            prop_assert!(count(&|other| other <= value) >= needed);
            prop_assert!(count(&|other| other < value) < needed.max(1));
        }
        let result = float(&alone.evaluate().unwrap()).unwrap();
        prop_assert_eq!(result.to_bits(), by_long_division(&sorted(&|_| true), thousandths).to_bits());
    }

    #[test]
    fn points_between_floats_stay_between_them(
        low in finite(),
        high in finite(),
        digits in 0_u64..=1_000_000_000,
    ) {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        let p = share(&format!("{}.{:09}", digits / 1_000_000_000, digits % 1_000_000_000));
        let result = float(&single(Continuous::new(Floats, p, 0), &floats(&[low, high]))).unwrap();
        prop_assert!(low <= result && result <= high);
        // Reflected, to the last bit.
        let digits = 1_000_000_000 - digits;
        let p = share(&format!("{}.{:09}", digits / 1_000_000_000, digits % 1_000_000_000));
        let reflected = float(&single(Continuous::new(Floats, p, 0), &floats(&[-low, -high]))).unwrap();
        prop_assert_eq!((-reflected + 0.0).to_bits(), result.to_bits());
    }

    #[test]
    fn texts_come_through_states(
        rows in prop::collection::vec(("[a-cé]{0,14}", 0_usize..3), 1..40),
        size in 1_usize..9,
    ) {
        let p = share("0.35");
        let new = || GroupedValues::new(Discrete::<Box<str>>::new(p, DataType::Utf8View), DataType::Utf8View);
        let mut merged = new();
        for (index, part) in rows.chunks(size).enumerate() {
            let values: [ArrayRef; 1] = [Arc::new(StringViewArray::from_iter_values(part.iter().map(|row| &row.0)))];
            let groups: Vec<usize> = part.iter().map(|row| row.1).collect();
            let mut partial = new();
            if index % 2 == 0 {
                partial.update_batch(&values, &groups, None, 3).unwrap();
                merged.merge_batch(&partial.state(EmitTo::All).unwrap(), &[0, 1, 2], 3).unwrap();
                prop_assert_eq!(partial.size(), new().size());
            } else {
                let filter: BooleanArray = groups.iter().map(|group| Some(*group != 9)).collect();
                let rows = partial.convert_to_state(&values, Some(&filter)).unwrap();
                merged.merge_batch(&rows, &groups, 3).unwrap();
            }
        }
        let result = merged.evaluate(EmitTo::All).unwrap();
        for group in 0..3 {
            let mut texts: Vec<&str> = rows.iter().filter(|row| row.1 == group).map(|row| row.0.as_str()).collect();
            texts.sort_unstable();
            let expected = (texts.len() * 35).div_ceil(100).checked_sub(1).map(|place| texts[place]);
            let found = result.is_valid(group).then(|| result.as_string_view().value(group));
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn plans_of_several_partitions_agree_with_the_median() {
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 70));
        let x: Float64Array =
            rows().map(|row| (row % 9 != 0).then(|| f64::from(i32::try_from(row).unwrap()).sqrt())).collect();
        let t = StringViewArray::from_iter_values(rows().map(|row| format!("text {:04}", row * 7 % 1_000)));
        let columns: [(&str, ArrayRef); 3] = [("g", Arc::new(g)), ("x", Arc::new(x)), ("t", Arc::new(t))];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let continuous = |of, p: &str| exact_percentile(of, share(p), PercentileKind::Continuous);
    let aggregates = || {
        vec![
            exact_median(col("x")),
            continuous(col("x"), "0.5"),
            continuous(cast(col("x"), DataType::Float32), "1"),
            continuous(cast(col("g"), DataType::Decimal256(60, 2)), "0.25"),
            exact_percentile(col("t"), share("0"), PercentileKind::Discrete),
            datafusion::functions_aggregate::expr_fn::min(col("t")),
        ]
    };
    for groups in [vec![col("g")], vec![]] {
        let first = groups.len();
        let result = aggregated(partitions.clone(), groups, aggregates()).unwrap();
        assert_eq!(result.num_rows(), if first == 0 { 1 } else { 70 });
        assert_eq!(result.column(first), result.column(first + 1));
        assert_eq!(result.column(first).null_count(), 0);
        assert_eq!(result.column(first + 4), result.column(first + 5));
        if first == 1 {
            let groups = result.column(0).as_primitive::<Int64Type>().iter().flatten();
            let quarters = result.column(4).as_primitive::<Float64Type>().iter().flatten();
            for (group, quarter) in groups.zip(quarters) {
                assert_eq!(quarter.to_bits(), f64::from(i32::try_from(group).unwrap()).to_bits());
            }
        }
    }
}
