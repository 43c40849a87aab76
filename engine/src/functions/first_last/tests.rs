//! First and last values are those of the least and the greatest pair, in any order and any partitioning.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, Float64Array, Int64Array,
    RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Int64Type, i256};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use datafusion::prelude::{cast, col};
use proptest::prelude::*;

use super::accumulate::{GroupedEnds, SingleEnd};
use super::pairs::{End, Types};
use super::{first_by, last_by};
use crate::functions::testing::aggregated;
use crate::functions::values::{Form, for_form};

const ENDS: [End; 2] = [End::First, End::Last];

fn types(columns: &[ArrayRef]) -> Types {
    Types { value: columns[0].data_type().clone(), by: columns[1].data_type().clone() }
}

fn single(end: End, columns: &[ArrayRef]) -> Box<dyn Accumulator> {
    let types = types(columns);
    let [value, by] = [&types.value, &types.by].map(|data_type| Form::of("f", data_type).unwrap());
    for_form!(by, B => for_form!(value, V => Box::new(SingleEnd::<B, V>::new(end, types))))
}

/// Some columns of four rows that differ from row to row, in this order: row 2, row 0, row 3, row 1.
fn columns() -> Vec<ArrayRef> {
    let instants = TimestampMicrosecondArray::from(vec![-5, 70, -6, 0]);
    vec![
        Arc::new(Int64Array::from(vec![-1, i64::MAX, i64::MIN, 5])),
        Arc::new(Float64Array::from(vec![-1e-300, f64::MAX, -1e300, 0.5])),
        Arc::new(Decimal128Array::from(vec![-1_i128, 3, -2, 0]).with_precision_and_scale(38, 2).unwrap()),
        Arc::new(
            Decimal256Array::from([0, 3, -2, 1].map(i256::from_i128).to_vec()).with_precision_and_scale(76, 2).unwrap(),
        ),
        Arc::new(StringViewArray::from(vec!["B", "é and what is too long for a view", "", "b"])),
        Arc::new(Date32Array::from(vec![-1, i32::MAX, i32::MIN, 5])),
        Arc::new(instants.clone()),
        Arc::new(instants.with_timezone("UTC")),
    ]
}

#[test]
fn all_types_order_all_types() {
    for by in columns() {
        for value in columns() {
            let pair = [Arc::clone(&value), Arc::clone(&by)];
            for (end, row) in [(End::First, 2), (End::Last, 1)] {
                let expected = ScalarValue::try_from_array(&value, row).unwrap();
                let mut single = single(end, &pair);
                single.update_batch(&pair).unwrap();
                assert_eq!(single.evaluate().unwrap(), expected);
                let state: Vec<ArrayRef> =
                    single.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
                assert_eq!([state[0].data_type(), state[1].data_type()], [value.data_type(), by.data_type()]);
                let mut again = self::single(end, &pair);
                again.merge_batch(&state).unwrap();
                assert_eq!(again.evaluate().unwrap(), expected);
            }
        }
    }
}

#[test]
fn rows_without_one_of_the_two_are_left_out_and_ties_are_decided() {
    #[track_caller]
    fn check(rows: &[(Option<&str>, Option<f64>)], first: Option<&str>, last: Option<&str>) {
        let values: StringViewArray = rows.iter().map(|row| row.0).collect();
        let bys: Float64Array = rows.iter().map(|row| row.1).collect();
        let pair: [ArrayRef; 2] = [Arc::new(values), Arc::new(bys)];
        for (end, expected) in ENDS.into_iter().zip([first, last]) {
            let mut single = single(end, &pair);
            single.update_batch(&pair).unwrap();
            assert_eq!(single.evaluate().unwrap(), ScalarValue::Utf8View(expected.map(str::to_owned)), "{rows:?}");
        }
    }
    check(&[], None, None);
    check(&[(None, Some(1.0)), (Some("a"), None), (None, None)], None, None);
    check(&[(Some("a"), Some(f64::NAN)), (Some("b"), Some(f64::INFINITY))], None, None);
    check(
        &[(None, Some(-5.0)), (Some("b"), Some(2.0)), (Some("a"), Some(3.0)), (None, Some(9.0))],
        Some("b"),
        Some("a"),
    );
    let ties = [(Some("m"), Some(1.0)), (Some("é"), Some(1.0)), (Some("Z"), Some(1.0))];
    check(&ties, Some("Z"), Some("é"));
    check(&[(Some("x"), Some(0.0)), (Some("y"), Some(-0.0)), (Some("w"), Some(-0.0))], Some("w"), Some("y"));
    // Booleans order rows too.
    let pair: [ArrayRef; 2] = [
        Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        Arc::new(BooleanArray::from(vec![false, true, true])),
    ];
    for (end, expected) in ENDS.into_iter().zip([true, false]) {
        let mut single = single(end, &pair);
        single.update_batch(&pair).unwrap();
        assert_eq!(single.evaluate().unwrap(), ScalarValue::Boolean(Some(expected)));
    }
}

#[test]
fn the_first_groups_can_be_emitted_alone() {
    let types = || Types { value: DataType::Utf8View, by: DataType::Int64 };
    let new = || GroupedEnds::<i64, Box<str>>::new(End::Last, types());
    let batch = |rows: &[(&str, i64)]| -> [ArrayRef; 2] {
        let values = StringViewArray::from_iter_values(rows.iter().map(|row| row.0));
        [Arc::new(values), Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)))]
    };
    let mut ends = new();
    ends.update_batch(&batch(&[("a", 1), ("bb", 5), ("c", 3), ("d", 3)]), &[0, 1, 1, 2], None, 4).unwrap();
    let first = ends.evaluate(EmitTo::First(1)).unwrap();
    assert_eq!(first.as_string_view().value(0), "a");
    // Group 1 is group 0 now.
    ends.update_batch(&batch(&[("e", 6), ("f", 2)]), &[0, 1], None, 3).unwrap();
    let state = ends.state(EmitTo::First(1)).unwrap();
    assert_eq!(state[0].as_string_view().value(0), "e");
    assert_eq!(state[1].as_primitive::<Int64Type>().value(0), 6);
    let rest = ends.evaluate(EmitTo::All).unwrap();
    assert_eq!(rest.as_string_view().iter().collect::<Vec<_>>(), [Some("d"), None]);
    // All that was held is gone.
    assert_eq!(ends.size(), new().size());
    assert!(ends.update_batch(&batch(&[("a", 1)]), &[1], None, 1).is_err());
    assert!(ends.merge_batch(&state[..1], &[0], 1).is_err());
}

/// The end of some rows, by sorting.
fn sorted<'a>(end: End, rows: impl Iterator<Item = &'a (Option<i64>, Option<i64>, usize, bool)>) -> Option<i64> {
    let mut pairs: Vec<(i64, i64)> = rows.filter(|row| row.3).filter_map(|row| row.1.zip(row.0)).collect();
    pairs.sort_unstable();
    let pair = match end {
        End::First => pairs.first(),
        End::Last => pairs.last(),
    };
    pair.map(|pair| pair.1)
}

proptest! {
    #[test]
    fn order_and_partitions_change_nothing(
        rows in prop::collection::vec(
            (prop::option::of(-3_i64..3), prop::option::weighted(0.8, -3_i64..3), 0_usize..3, any::<bool>()),
            1..60,
        ),
        size in 1_usize..20,
    ) {
        for end in ENDS {
            let types = || Types { value: DataType::Int64, by: DataType::Int64 };
            let new = || GroupedEnds::<i64, i64>::new(end, types());
            let (mut whole, mut merged) = (new(), new());
            let mut alone = SingleEnd::<i64, i64>::new(end, types());
            for (index, part) in rows.chunks(size).enumerate() {
                let values: Int64Array = part.iter().map(|row| row.0).collect();
                let bys: Int64Array = part.iter().map(|row| row.1).collect();
                let pair: [ArrayRef; 2] = [Arc::new(values), Arc::new(bys)];
                let groups: Vec<usize> = part.iter().map(|row| row.2).collect();
                let filter: BooleanArray = part.iter().map(|row| Some(row.3)).collect();
                whole.update_batch(&pair, &groups, Some(&filter), 3).unwrap();
                let (state, groups) = if index % 2 == 1 {
                    (whole.convert_to_state(&pair, Some(&filter)).unwrap(), groups)
                } else {
                    let mut partial = new();
                    partial.update_batch(&pair, &groups, Some(&filter), 3).unwrap();
                    (partial.state(EmitTo::All).unwrap(), vec![0, 1, 2])
                };
                merged.merge_batch(&state, &groups, 3).unwrap();
                alone.merge_batch(&state).unwrap();
            }
            let expected: Vec<Option<i64>> =
                (0..3).map(|group| sorted(end, rows.iter().filter(|row| row.2 == group))).collect();
            for mut accumulator in [whole, merged] {
                let result = accumulator.evaluate(EmitTo::All).unwrap();
                prop_assert_eq!(&result.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), &expected);
            }
            prop_assert_eq!(alone.evaluate().unwrap(), ScalarValue::Int64(sorted(end, rows.iter())));
        }
    }
}

#[test]
fn plans_of_several_partitions_are_exact() {
    let batch = |partition: i64| {
        let rows = || (0..250).map(move |row| row * 4 + partition);
        let g = Int64Array::from_iter_values(rows().map(|row| row % 70));
        let by: Int64Array = rows().map(|row| (row % 9 != 0).then_some(row * 7_919 % 1_000)).collect();
        let value = StringViewArray::from_iter_values(rows().map(|row| (row * 7_919 % 1_000).to_string()));
        let columns: [(&str, ArrayRef); 3] = [("g", Arc::new(g)), ("by", Arc::new(by)), ("value", Arc::new(value))];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|partition| vec![batch(partition)]).collect();
    let aggregates = || {
        use datafusion::functions_aggregate::expr_fn::{max, min};
        vec![
            first_by(cast(col("value"), DataType::Utf8), col("by")),
            min(col("by")),
            last_by(cast(col("by"), DataType::Float32), cast(col("by"), DataType::Decimal128(9, 2))),
            max(cast(col("by"), DataType::Float64)),
        ]
    };
    for groups in [vec![col("g")], vec![]] {
        let first = groups.len();
        let result = aggregated(partitions.clone(), groups, aggregates()).unwrap();
        assert_eq!(result.num_rows(), if first == 0 { 1 } else { 70 });
        assert_eq!(result.column(first + 2), result.column(first + 3));
        let texts = result.column(first).as_string_view();
        let least = result.column(first + 1).as_primitive::<Int64Type>();
        for row in 0..result.num_rows() {
            assert_eq!(texts.value(row), least.value(row).to_string());
        }
    }
}
