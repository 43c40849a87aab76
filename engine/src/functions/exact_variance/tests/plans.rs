//! The aggregates inside of plans of several partitions.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::datasource::MemTable;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext, cast, col, lit};

use super::oracle::Variance;
use crate::functions::exact_variance::finish::Output;
use crate::functions::testing::Whole;
use crate::functions::{exact_stddev, exact_variance};

const ROWS: i64 = 2_000;

fn x(row: i64) -> Option<f64> {
    let small = f64::from(i32::try_from(row * 7_919 % 1_000).unwrap()) * 0.1;
    (row % 5 != 0).then_some(5e9 + small)
}

fn n(row: i64) -> i64 {
    i64::MAX - row * row
}

/// 4 partitions of batches with columns `g` (an integer), `x` (great floats that differ little, some NULL), `n` (great
/// integers) and `d` (decimals with as many cents).
fn frame(groups: i64) -> DataFrame {
    let partitions: Vec<Vec<RecordBatch>> = (0..4)
        .map(|partition| {
            let rows: Vec<i64> = (0..ROWS).filter(|row| row % 4 == partition).collect();
            let batch = |rows: &[i64]| {
                let g = Int64Array::from_iter_values(rows.iter().map(|row| row / 4 % groups));
                let x: Float64Array = rows.iter().map(|row| x(*row)).collect();
                let whole = Int64Array::from_iter_values(rows.iter().map(|row| n(*row)));
                let d = Decimal128Array::from_iter_values(rows.iter().map(|row| i128::from(n(*row))));
                let d = d.with_precision_and_scale(25, 2).unwrap();
                let columns: [(&str, ArrayRef); 4] =
                    [("g", Arc::new(g)), ("x", Arc::new(x)), ("n", Arc::new(whole)), ("d", Arc::new(d))];
                RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
            };
            rows.chunks(100).map(batch).collect()
        })
        .collect();
    let schema = partitions[0][0].schema();
    let config = SessionConfig::new()
        .with_target_partitions(4)
        .with_batch_size(64)
        .set_str("datafusion.execution.skip_partial_aggregation_probe_rows_threshold", "100")
        .set_str("datafusion.execution.skip_partial_aggregation_probe_ratio_threshold", "0.1");
    let table = MemTable::try_new(schema, partitions).unwrap();
    SessionContext::new_with_config(config).read_table(Arc::new(table)).unwrap()
}

fn run(frame: DataFrame, groups: Vec<Expr>, aggregates: Vec<Expr>) -> RecordBatch {
    let frame = frame.aggregate(groups, aggregates).unwrap();
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let batches = tokio::runtime::Runtime::new().unwrap().block_on(frame.collect()).unwrap();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

fn aggregates() -> Vec<Expr> {
    ["x", "n", "d"]
        .into_iter()
        .flat_map(|name| {
            [exact_variance(col(name)).alias(format!("v{name}")), exact_stddev(col(name)).alias(format!("s{name}"))]
        })
        .collect()
}

/// Checks the six results of some rows.
#[track_caller]
fn check(batch: &RecordBatch, first: usize, row: usize, of: &[i64]) {
    let floats: Vec<f64> = of.iter().filter_map(|row| x(*row)).collect();
    let wholes: Vec<Whole> = of.iter().map(|row| Whole::parse(&n(*row).to_string())).collect();
    let exact = [Variance::of_floats(&floats), Variance::of_decimals(&wholes, 0), Variance::of_decimals(&wholes, 2)];
    for (place, exact) in exact.iter().enumerate() {
        for (offset, output) in [Output::Variance, Output::Deviation].into_iter().enumerate() {
            let column = batch.column(first + 2 * place + offset).as_primitive::<Float64Type>();
            let result = column.is_valid(row).then(|| column.value(row));
            assert!(exact.rounds_to(output, result), "{place} {output:?} {result:?}");
        }
    }
}

#[test]
fn a_total_over_partitions_is_exact() {
    let total = run(frame(1), vec![], aggregates());
    assert_eq!(total.num_rows(), 1);
    check(&total, 0, 0, &(0..ROWS).collect::<Vec<_>>());
}

#[test]
fn groups_over_partitions_are_exact() {
    // Few groups, and so many that partial aggregation is skipped.
    for groups in [3, 400] {
        let result = run(frame(groups), vec![col("g")], aggregates());
        assert_eq!(result.num_rows(), usize::try_from(groups).unwrap());
        for row in 0..result.num_rows() {
            let group = result.column(0).as_primitive::<Int64Type>().value(row);
            let rows: Vec<i64> = (0..ROWS).filter(|row| row / 4 % groups == group).collect();
            check(&result, 1, row, &rows);
        }
    }
}

#[test]
fn no_rows_give_null_and_one_row() {
    let empty = frame(1).filter(col("g").gt(lit(5_i64))).unwrap();
    let total = run(empty, vec![], aggregates());
    assert_eq!(total.num_rows(), 1);
    assert!((0..6).all(|column| total.column(column).is_null(0)));
}

#[test]
fn other_numbers_are_brought_to_the_types() {
    let aggregates = vec![
        exact_variance(cast(col("g"), DataType::Float32)).alias("a"),
        exact_stddev(cast(col("g"), DataType::UInt64)).alias("b"),
        exact_stddev(cast(col("g"), DataType::Decimal256(20, 3))).alias("c"),
    ];
    let total = run(frame(1), vec![], aggregates);
    for column in total.columns() {
        assert_eq!(column.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), [Some(0.0)]);
    }
    let text = frame(1).aggregate(vec![], vec![exact_variance(lit("text"))]);
    assert!(text.is_err());
}
