//! The aggregates inside of plans of several partitions.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::logical_expr::{Expr, ExprFunctionExt};
use datafusion::prelude::{cast, col, lit};

use super::oracle::Pairs;
use super::{OUTPUTS, Row};
use crate::functions::testing::aggregated;
use crate::functions::{exact_correlation, exact_covariance, exact_covariance_pop, exact_variance, exact_variance_pop};

const ROWS: i32 = 1_200;

fn x(row: i32) -> Option<f64> {
    (row % 5 != 0).then(|| 5e9 + f64::from(row * 7_919 % 1_000) * 0.1)
}

fn y(row: i32) -> Option<f64> {
    (row % 7 != 3).then(|| f64::from(row * 104_729 % 1_013) * 1e-3 - f64::from(row % 1_000) * 1e-4)
}

/// The rows of which both values are set.
fn pairs(rows: impl Iterator<Item = i32>) -> Vec<Row> {
    rows.filter_map(|row| Some((x(row)?, y(row)?))).collect()
}

/// 4 partitions of batches with columns `g` (an integer), `x` (great floats that differ little) and `y`.
fn partitions(groups: i32) -> Vec<Vec<RecordBatch>> {
    let partition = |partition: i32| {
        let rows: Vec<i32> = (0..ROWS).filter(|row| row % 4 == partition).collect();
        let batch = |rows: &[i32]| {
            let g = Int64Array::from_iter_values(rows.iter().map(|row| i64::from(row / 4 % groups)));
            let one: Float64Array = rows.iter().map(|row| x(*row)).collect();
            let other: Float64Array = rows.iter().map(|row| y(*row)).collect();
            let columns: [(&str, ArrayRef); 3] = [("g", Arc::new(g)), ("x", Arc::new(one)), ("y", Arc::new(other))];
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
        };
        rows.chunks(60).map(batch).collect()
    };
    (0..4).map(partition).collect()
}

/// One for each of [`OUTPUTS`].
fn all_three(one: &Expr, other: &Expr) -> Vec<Expr> {
    [exact_correlation, exact_covariance, exact_covariance_pop]
        .into_iter()
        .map(|function| function(one.clone(), other.clone()))
        .collect()
}

fn float(batch: &RecordBatch, column: usize, row: usize) -> Option<f64> {
    let column = batch.column(column).as_primitive::<Float64Type>();
    column.is_valid(row).then(|| column.value(row))
}

#[test]
fn a_total_over_partitions_is_exact() {
    let total = aggregated(partitions(1), vec![], all_three(&col("x"), &col("y"))).unwrap();
    assert_eq!(total.num_rows(), 1);
    let exact = Pairs::of(&pairs(0..ROWS));
    for (place, output) in OUTPUTS.into_iter().enumerate() {
        assert!(exact.rounds_to(output, float(&total, place, 0)), "{output:?}");
    }
}

#[test]
fn groups_over_partitions_are_exact() {
    // Few groups, and so many that partial aggregation is skipped.
    for groups in [3, 120] {
        let result = aggregated(partitions(groups), vec![col("g")], all_three(&col("x"), &col("y"))).unwrap();
        assert_eq!(result.num_rows(), usize::try_from(groups).unwrap());
        for row in 0..result.num_rows() {
            let group = result.column(0).as_primitive::<Int64Type>().value(row);
            let exact = Pairs::of(&pairs((0..ROWS).filter(|row| i64::from(row / 4 % groups) == group)));
            for (place, output) in OUTPUTS.into_iter().enumerate() {
                assert!(exact.rounds_to(output, float(&result, place + 1, row)), "{output:?}");
            }
        }
    }
}

#[test]
fn filters_take_rows_out() {
    let early = |aggregate: Expr| aggregate.filter(col("g").lt(lit(2_i64))).build().unwrap();
    let aggregates = all_three(&col("x"), &col("y")).into_iter().map(early).collect();
    let total = aggregated(partitions(5), vec![], aggregates).unwrap();
    let exact = Pairs::of(&pairs((0..ROWS).filter(|row| row / 4 % 5 < 2)));
    for (place, output) in OUTPUTS.into_iter().enumerate() {
        assert!(exact.rounds_to(output, float(&total, place, 0)), "{output:?}");
    }
    let none = |aggregate: Expr| aggregate.filter(lit(false)).build().unwrap();
    let aggregates = all_three(&col("x"), &col("y")).into_iter().map(none).collect();
    let total = aggregated(partitions(1), vec![], aggregates).unwrap();
    assert_eq!(total.num_rows(), 1);
    assert!((0..3).all(|column| total.column(column).is_null(0)));
}

#[test]
fn a_column_with_itself_has_its_variance() {
    let [correlation, sample, population]: [Expr; 3] = all_three(&col("x"), &col("x")).try_into().unwrap();
    let (variance, variance_pop) = (exact_variance(col("x")), exact_variance_pop(col("x")));
    let aggregates = vec![correlation, sample, variance, population, variance_pop];
    let result = aggregated(partitions(3), vec![col("g")], aggregates).unwrap();
    for row in 0..3 {
        assert_eq!(float(&result, 1, row), Some(1.0));
        assert_eq!(float(&result, 2, row), float(&result, 3, row));
        assert_eq!(float(&result, 4, row), float(&result, 5, row));
    }
}

#[test]
fn only_floats_are_taken() {
    let narrow = cast(col("y"), DataType::Float32);
    let total = aggregated(partitions(1), vec![], all_three(&narrow, &narrow)).unwrap();
    assert_eq!(float(&total, 0, 0), Some(1.0));
    for other in [col("g"), lit("text"), lit(true)] {
        for aggregate in all_three(&col("x"), &other) {
            assert!(aggregated(partitions(1), vec![], vec![aggregate]).is_err());
        }
    }
}
