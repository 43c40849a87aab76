//! The same bits in any order and any partitioning, and what is stored in between.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, Int64Array};
use arrow::datatypes::Int64Type;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use proptest::prelude::*;

use super::{OUTPUTS, Row, aggregate, columns, evaluated, grouped, hard_floats, hard_rows, shown, single};
use crate::functions::exact_covariance::moments::Output;

/// A way to a state of one group: with many groups, alone, or row by row.
fn state_of(output: Output, rows: &[Row], way: usize) -> Vec<ArrayRef> {
    let groups = vec![0; rows.len()];
    let values = columns(rows);
    let mut grouped = grouped(output);
    match way % 3 {
        0 => grouped.update_batch(&values, &groups, None, 1).unwrap(),
        1 => {
            let mut single = single(output);
            single.update_batch(&values).unwrap();
            return single.state().unwrap().iter().map(|column| column.to_array().unwrap()).collect();
        }
        _ => {
            let states = grouped.convert_to_state(&values, None).unwrap();
            grouped.merge_batch(&states, &groups, 1).unwrap();
        }
    }
    grouped.state(EmitTo::All).unwrap()
}

#[test]
fn states_are_the_documented_ones() {
    let one: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(4.0), Some(2.0), None]));
    let other: ArrayRef = Arc::new(Float64Array::from(vec![Some(5.0), None, Some(3.0), Some(7.0)]));
    for output in OUTPUTS {
        let mut grouped = grouped(output);
        let values = [Arc::clone(&one), Arc::clone(&other)];
        grouped.update_batch(&values, &[0, 0, 0, 1], None, 2).unwrap();
        let state = grouped.state(EmitTo::All).unwrap();
        // Of 1, 5 and 2, 3: sums 3 and 8 (from 2^-1088 on), products 11, squares 5 and 34 (from 2^-2176 on).
        let expected: [&[u8]; 5] =
            [&[0x40, 0x04, 3], &[0x43, 0x04, 1], &[0x80, 0x08, 11], &[0x80, 0x08, 5], &[0x81, 0x08, 17]];
        let (counts, sums) = state.split_last().unwrap();
        assert_eq!(counts.as_primitive::<Int64Type>().values().to_vec(), [2, 0]);
        assert_eq!(counts.null_count(), 0);
        assert_eq!(sums.len(), output.stored().len());
        for (sum, expected) in sums.iter().zip(expected) {
            assert_eq!(sum.as_binary::<i32>().iter().collect::<Vec<_>>(), [Some(expected), None]);
        }
    }
}

#[test]
fn null_filtered_and_infinite_values_do_not_count() {
    let one = vec![Some(1.0), None, Some(3.0), Some(f64::INFINITY), Some(9.0), Some(2.0), Some(5.0), Some(4.0)];
    let other = vec![Some(2.0), Some(1.0), Some(6.0), Some(1.0), Some(9.0), Some(f64::NAN), Some(5.0), None];
    let values: [ArrayRef; 2] = [Arc::new(Float64Array::from(one)), Arc::new(Float64Array::from(other))];
    let filter = [Some(true), Some(true), Some(true), Some(true), Some(false), Some(true), None, Some(true)];
    let filter = BooleanArray::from(filter.to_vec());
    let groups = [0, 0, 0, 0, 0, 1, 2, 0];
    for (output, expected) in OUTPUTS.into_iter().zip([1.0_f64, 4.0, 2.0]) {
        let expected = [Some(expected.to_bits()), None, None, None];
        let mut grouped = grouped(output);
        grouped.update_batch(&values, &groups, Some(&filter), 4).unwrap();
        assert_eq!(evaluated(&mut grouped), expected);
        let rows = grouped.convert_to_state(&values, Some(&filter)).unwrap();
        grouped.merge_batch(&rows, &groups, 4).unwrap();
        assert_eq!(evaluated(&mut grouped), expected);
        let mut all = single(output);
        all.update_batch(&values).unwrap();
        let kept = aggregate(output, &[(1.0, 2.0), (3.0, 6.0), (9.0, 9.0), (5.0, 5.0)]);
        assert_eq!(shown(&mut all), kept.map(f64::to_bits));
    }
}

#[test]
fn the_first_groups_can_be_emitted_alone() {
    for output in OUTPUTS {
        let result = |rows: &[Row]| aggregate(output, rows).map(f64::to_bits);
        let mut grouped = grouped(output);
        let rows = [(1.0, 2.0), (3.0, 7.0), (1e300, 1.0), (1.0, 1e-300), (2.0, 3.0)];
        grouped.update_batch(&columns(&rows), &[0, 0, 1, 1, 2], None, 3).unwrap();
        let first = grouped.evaluate(EmitTo::First(1)).unwrap();
        assert_eq!(&first, &columns(&[(aggregate(output, &rows[..2]).unwrap(), 0.0)])[0]);
        // Group 1 is group 0 now.
        grouped.update_batch(&columns(&[(1.0, 4.0), (4.0, 1.0)]), &[0, 1], None, 2).unwrap();
        let state = grouped.state(EmitTo::First(1)).unwrap();
        let mut rest = super::grouped(output);
        rest.merge_batch(&state, &[0], 1).unwrap();
        let expected = result(&[(1e300, 1.0), (1.0, 1e-300), (1.0, 4.0)]);
        assert!(expected.is_some());
        assert_eq!(evaluated(&mut rest), [expected]);
        assert_eq!(evaluated(&mut grouped), [result(&[(2.0, 3.0), (4.0, 1.0)])]);
        assert!(evaluated(&mut grouped).is_empty());
    }
}

#[test]
fn damaged_states_are_refused() {
    let bytes = |bytes: &[u8]| -> ArrayRef { Arc::new(BinaryArray::from_vec(vec![bytes])) };
    let count: ArrayRef = Arc::new(Int64Array::from(vec![2]));
    let (zero, one) = (bytes(&[0, 0]), bytes(&[0x40, 0x04, 1]));
    let square = |factor: u8| bytes(&[0x80, 0x08, factor]);
    // Sums, products and squares; what merges may still be refused at the end.
    let check = |sums: [&ArrayRef; 5], merges: bool| {
        let columns: Vec<ArrayRef> = sums.into_iter().chain([&count]).map(Arc::clone).collect();
        let mut grouped = grouped(Output::Correlation);
        assert_eq!(grouped.merge_batch(&columns, &[0], 1).is_ok(), merges);
        assert!(!merges || grouped.evaluate(EmitTo::All).is_err());
    };
    check([&bytes(&[1]), &zero, &zero, &zero, &zero], false);
    check([&zero, &zero, &zero, &zero, &bytes(&[])], false);
    // Rows with a sum and without squares.
    check([&one, &zero, &zero, &zero, &square(1)], true);
    check([&zero, &one, &zero, &square(1), &zero], true);
    // A correlation of 5.
    check([&zero, &zero, &square(5), &square(1), &square(1)], true);
    let mut grouped = grouped(Output::Covariance);
    assert!(grouped.merge_batch(&[], &[0], 1).is_err());
    assert!(grouped.merge_batch(&[zero, Arc::clone(&count)], &[0], 1).is_err());
    // One column instead of two.
    assert!(single(Output::Covariance).update_batch(&[Arc::new(Float64Array::from(vec![1.0]))]).is_err());
}

proptest! {
    #[test]
    fn order_and_partitions_change_no_bit(
        (rows, shuffled) in hard_rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        size in 1_usize..20,
        way in 0_usize..3,
    ) {
        for output in OUTPUTS {
            let mut grouped = grouped(output);
            let mut single = single(output);
            for (index, part) in shuffled.chunks(size).enumerate() {
                let state = state_of(output, part, way + index);
                grouped.merge_batch(&state, &[0], 1).unwrap();
                single.merge_batch(&state).unwrap();
            }
            let result = aggregate(output, &rows).map(f64::to_bits);
            prop_assert_eq!(shown(&mut single), result);
            let merged = grouped.state(EmitTo::All).unwrap();
            prop_assert_eq!(&merged, &state_of(output, &rows, way));
            let mut again = super::grouped(output);
            again.merge_batch(&merged, &[0], 1).unwrap();
            prop_assert_eq!(evaluated(&mut again), [result]);
        }
    }

    #[test]
    fn groups_do_not_mix(
        rows in prop::collection::vec((hard_floats(), hard_floats(), 0_usize..4, any::<bool>()), 1..80),
        size in 1_usize..50,
    ) {
        for output in OUTPUTS {
            let mut grouped = grouped(output);
            for part in rows.chunks(size) {
                let values = columns(&part.iter().map(|row| (row.0, row.1)).collect::<Vec<Row>>());
                let groups: Vec<usize> = part.iter().map(|row| row.2).collect();
                let filter: BooleanArray = part.iter().map(|row| Some(row.3)).collect();
                grouped.update_batch(&values, &groups, Some(&filter), 4).unwrap();
            }
            for (group, result) in evaluated(&mut grouped).into_iter().enumerate() {
                let kept = rows.iter().filter(|row| row.2 == group && row.3).map(|row| (row.0, row.1));
                let alone = aggregate(output, &kept.collect::<Vec<Row>>());
                prop_assert_eq!(result, alone.map(f64::to_bits));
            }
        }
    }

    #[test]
    fn rows_leave_as_they_came(rows in hard_rows(), cut in 0_usize..30) {
        let (gone, left) = rows.split_at(cut.min(rows.len()));
        for output in OUTPUTS {
            let mut single = single(output);
            single.update_batch(&columns(&rows)).unwrap();
            single.retract_batch(&columns(gone)).unwrap();
            prop_assert_eq!(shown(&mut single), aggregate(output, left).map(f64::to_bits));
        }
    }
}
