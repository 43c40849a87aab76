//! The aggregates inside of plans of several partitions.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::datasource::MemTable;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext, col, lit};

use crate::functions::{exact_average, exact_sum};

/// 4 partitions of batches with columns `g` (an integer), `x` (floats of very different sizes) and `n` (large
/// integers, some NULL).
fn frame(groups: i64) -> DataFrame {
    let partitions: Vec<Vec<RecordBatch>> = (0..4_i64)
        .map(|partition| {
            (0..5_i64)
                .map(|batch| {
                    let rows: Vec<i64> = (0..200).map(|row| (partition * 5 + batch) * 200 + row).collect();
                    let x = rows.iter().map(|row| match row % 4 {
                        0 => Some(1e17),
                        1 => Some(0.1),
                        2 => Some(-1e17),
                        _ => None,
                    });
                    let x: Float64Array = x.collect();
                    let n: Int64Array = rows.iter().map(|row| (row % 3 != 0).then_some(i64::MAX - row)).collect();
                    let g = Int64Array::from_iter_values(rows.iter().map(|row| row / 4 % groups));
                    let columns: [(&str, ArrayRef); 3] = [("g", Arc::new(g)), ("x", Arc::new(x)), ("n", Arc::new(n))];
                    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
                        .unwrap()
                })
                .collect()
        })
        .collect();
    let schema = partitions[0][0].schema();
    let config = SessionConfig::new()
        .with_target_partitions(4)
        .with_batch_size(128)
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
    vec![
        exact_sum(col("x")).alias("sum_x"),
        exact_average(col("x")).alias("average_x"),
        exact_sum(col("n")).alias("sum_n"),
        exact_average(col("n")).alias("average_n"),
    ]
}

/// What the sums of `n` of some rows are.
fn sum_of_n(rows: impl Iterator<Item = i64>) -> i128 {
    rows.filter(|row| row % 3 != 0).map(|row| i128::from(i64::MAX - row)).sum()
}

#[test]
fn a_total_over_partitions_is_exact() {
    let total = run(frame(1), vec![], aggregates());
    assert_eq!(total.num_rows(), 1);
    // A thousand times 0.1: 1e17 and -1e17 cancel. 0.1 is a bit more than a tenth.
    let sum = total.column(0).as_primitive::<Float64Type>().value(0);
    assert_eq!(sum.to_bits(), 100.0_f64.to_bits());
    assert_eq!(total.column(1).as_primitive::<Float64Type>().value(0).to_bits(), (100.0_f64 / 3_000.0).to_bits());
    assert_eq!(total.column(2).data_type(), &DataType::Decimal128(38, 0));
    assert_eq!(total.column(2).as_primitive::<Decimal128Type>().value(0), sum_of_n(0..4_000));
}

#[test]
fn groups_over_partitions_are_exact() {
    // Few groups, and so many that partial aggregation is skipped.
    for groups in [3, 1_000] {
        let result = run(frame(groups), vec![col("g")], aggregates());
        assert_eq!(result.num_rows(), usize::try_from(groups).unwrap());
        for row in 0..result.num_rows() {
            let group = result.column(0).as_primitive::<Int64Type>().value(row);
            let blocks = (0..1_000_i64).filter(|block| block % groups == group).count();
            let expected = exactly_a_tenth_times(blocks);
            let sum = result.column(1).as_primitive::<Float64Type>().value(row);
            assert_eq!(sum.to_bits(), expected.to_bits(), "{group} of {groups}");
            let sum = result.column(3).as_primitive::<Decimal128Type>().value(row);
            assert_eq!(sum, sum_of_n((0..4_000).filter(|row| row / 4 % groups == group)), "{group} of {groups}");
        }
    }
}

/// The float 0.1 times a small number, rounded once as multiplication does.
fn exactly_a_tenth_times(count: usize) -> f64 {
    0.1 * f64::from(u32::try_from(count).unwrap())
}

#[test]
fn no_rows_give_null_and_one_row() {
    let empty = frame(1).filter(col("g").gt(lit(5_i64))).unwrap();
    let total = run(empty, vec![], aggregates());
    assert_eq!(total.num_rows(), 1);
    assert!((0..4).all(|column| total.column(column).is_null(0)));
}

#[test]
fn other_numbers_are_brought_to_the_types() {
    let aggregates = vec![
        exact_sum(datafusion::prelude::cast(col("n"), DataType::Float32)).alias("a"),
        exact_sum(datafusion::prelude::cast(col("g"), DataType::Int16)).alias("b"),
    ];
    let total = run(frame(1), vec![], aggregates);
    assert_eq!(total.column(0).data_type(), &DataType::Float64);
    assert_eq!(total.column(1).data_type(), &DataType::Decimal128(38, 0));
    let text = frame(1).aggregate(vec![], vec![exact_sum(lit("text"))]);
    assert!(text.is_err());
}
