//! Semi-additive aggregates are those of the rows with the last dates, in any partitioning.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, max, min};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Accumulator, Expr, ExprFunctionExt, lit};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::{AggregateExprBuilder, AggregateFunctionExpr};
use datafusion::physical_expr::expressions;
use datafusion::prelude::{cast, col};
use proptest::prelude::*;

use super::latest;
use crate::functions::testing::aggregated;
use crate::functions::{exact_average, exact_median, exact_stddev, exact_sum, exact_variance};

/// A date, two columns that tell entities apart, and a value.
type Row = (Option<i32>, Option<&'static str>, Option<i64>, Option<i64>);

fn batch(rows: &[Row]) -> RecordBatch {
    let dates: Date32Array = rows.iter().map(|row| row.0).collect();
    let names: StringViewArray = rows.iter().map(|row| row.1).collect();
    let numbers: Int64Array = rows.iter().map(|row| row.2).collect();
    let values: Int64Array = rows.iter().map(|row| row.3).collect();
    let columns: [(&str, ArrayRef); 4] =
        [("date", Arc::new(dates)), ("name", Arc::new(names)), ("number", Arc::new(numbers)), ("x", Arc::new(values))];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

/// The aggregates that can be inside.
fn inners() -> Vec<Expr> {
    vec![
        exact_sum(col("x")),
        exact_average(col("x")),
        count(lit(1_i64)),
        count(col("x")),
        count_distinct(col("x")),
        count_distinct(col("name")),
        min(col("name")),
        max(col("x")),
        exact_median(col("x")),
        exact_variance(col("x")),
        exact_stddev(col("x")),
    ]
}

fn entities() -> Vec<Expr> {
    vec![col("name"), col("number")]
}

/// The rows that count.
fn naive(rows: &[Row], per_entity: bool) -> Vec<Row> {
    let entity = |row: &Row| if per_entity { (row.1, row.2) } else { (None, None) };
    let mut last = BTreeMap::new();
    for row in rows.iter().filter(|row| row.0.is_some()) {
        let date = last.entry(entity(row)).or_insert(row.0);
        *date = (*date).max(row.0);
    }
    rows.iter().filter(|row| row.0.is_some() && last.get(&entity(row)) == Some(&row.0)).copied().collect()
}

/// An aggregate over the columns of a batch.
fn physical(expr: &Expr, schema: &SchemaRef) -> AggregateFunctionExpr {
    let Expr::AggregateFunction(AggregateFunction { func, params }) = expr else { panic!("no aggregate") };
    let args = params.args.iter().map(|arg| -> Arc<dyn PhysicalExpr> {
        match arg {
            Expr::Column(column) => expressions::col(&column.name, schema).unwrap(),
            Expr::Literal(value, _) => Arc::new(expressions::Literal::new(value.clone())),
            other => panic!("{other}"),
        }
    });
    let builder = AggregateExprBuilder::new(Arc::clone(func), args.collect()).schema(Arc::clone(schema));
    builder.alias("a").with_distinct(params.distinct).build().unwrap()
}

fn update(accumulator: &mut dyn Accumulator, aggregate: &AggregateFunctionExpr, rows: &[Row]) {
    let batch = batch(rows);
    let columns = aggregate.expressions().into_iter();
    let columns: Vec<ArrayRef> =
        columns.map(|expr| expr.evaluate(&batch).unwrap().into_array(batch.num_rows()).unwrap()).collect();
    accumulator.update_batch(&columns).unwrap();
}

/// Checks all aggregates over rows that come in parts and in more than one way.
#[track_caller]
fn check(rows: &[Row], size: usize) {
    let schema = batch(&[]).schema();
    for per_entity in [true, false] {
        let kept = naive(rows, per_entity);
        for inner in inners() {
            let plain = physical(&inner, &schema);
            let mut expected = plain.create_accumulator().unwrap();
            update(expected.as_mut(), &plain, &kept);
            let expected = expected.evaluate().unwrap();
            let aggregate = physical(&latest(inner.clone(), col("date"), entities(), per_entity).unwrap(), &schema);
            assert_eq!(aggregate.field().data_type(), &expected.data_type());
            let mut whole = aggregate.create_accumulator().unwrap();
            let mut merged = aggregate.create_accumulator().unwrap();
            for part in rows.chunks(size) {
                update(whole.as_mut(), &aggregate, part);
                let mut partial = aggregate.create_accumulator().unwrap();
                update(partial.as_mut(), &aggregate, part);
                let state: Vec<ArrayRef> =
                    partial.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect();
                let types: Vec<DataType> = state.iter().map(|column| column.data_type().clone()).collect();
                let fields = aggregate.state_fields().unwrap();
                assert_eq!(types, fields.iter().map(|field| field.data_type().clone()).collect::<Vec<_>>());
                merged.merge_batch(&state).unwrap();
            }
            for accumulator in [&mut whole, &mut merged] {
                assert_eq!(accumulator.evaluate().unwrap(), expected, "{inner} {rows:?}");
                // Asking changes nothing.
                assert_eq!(accumulator.evaluate().unwrap(), expected, "{inner} {rows:?}");
            }
        }
    }
}

#[test]
fn the_last_rows_of_each_entity_count() {
    // Days of April; the vector of the semantics.
    let accounts: [Row; 4] = [
        (Some(10), Some("ACME"), None, Some(500)),
        (Some(10), Some("Globex"), None, Some(300)),
        (Some(11), Some("ACME"), None, Some(550)),
        (Some(11), Some("Globex"), None, Some(280)),
    ];
    let total = |rows: &[Row], per_entity| {
        let sum = latest(exact_sum(col("x")), col("date"), vec![col("name")], per_entity).unwrap();
        let aggregate = physical(&sum, &batch(&[]).schema());
        let mut accumulator = aggregate.create_accumulator().unwrap();
        update(accumulator.as_mut(), &aggregate, rows);
        accumulator.evaluate().unwrap()
    };
    let decimal = |value| ScalarValue::Decimal128(Some(value), 38, 0);
    assert_eq!(total(&accounts, true), decimal(830));
    assert_eq!(total(&accounts, false), decimal(830));
    assert_eq!(total(&accounts[..3], true), decimal(850));
    assert_eq!(total(&accounts[..3], false), decimal(550));
    assert_eq!(total(&[], true), ScalarValue::Decimal128(None, 38, 0));
}

#[test]
fn dates_and_entities_that_are_null_are_told_apart() {
    check(&[], 1);
    // A row without a value determines the date.
    check(&[(Some(1), Some("a"), None, Some(5)), (Some(2), Some("a"), None, None)], 1);
    // No row has a date.
    check(&[(None, Some("a"), None, Some(5)), (None, None, None, Some(6))], 1);
    // All rows of the last date, and NULL is an entity.
    let rows = [
        (Some(3), None, None, Some(1)),
        (Some(3), None, None, Some(2)),
        (Some(3), None, Some(0), Some(4)),
        (Some(2), Some(""), None, Some(8)),
        (Some(-2), Some(""), None, Some(16)),
        (None, Some(""), None, Some(32)),
        (Some(-9), Some("a"), Some(1), Some(64)),
    ];
    for size in 1..8 {
        check(&rows, size);
    }
}

#[test]
fn only_plain_aggregates_can_be_inside() {
    let take = |inner: Expr| latest(inner, col("date"), vec![], true);
    assert!(take(col("x")).is_err());
    assert!(take(exact_sum(col("x")).order_by(vec![col("x").sort(true, true)]).build().unwrap()).is_err());
    let sum = take(exact_sum(col("x")).alias("s")).unwrap();
    assert_eq!(sum.schema_name().to_string(), "last_per_entity(exact_sum)(x,date)");
    let distinct = take(count_distinct(col("x"))).unwrap();
    assert_eq!(distinct.schema_name().to_string(), "last_per_entity(distinct count)(x,date)");
    assert_ne!(distinct, take(count(col("x"))).unwrap());
    assert_eq!(sum, take(exact_sum(col("x"))).unwrap());
    let common = latest(exact_sum(col("x")), col("date"), entities(), false).unwrap();
    assert_eq!(common.schema_name().to_string(), "last_common_date(exact_sum)(x,date)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_partitioning_gives_the_aggregate_of_the_last_rows(
        (rows, size) in (
            prop::collection::vec(
                (
                    prop::option::weighted(0.9, -3_i32..4),
                    prop::option::of(prop::sample::select(vec!["", "a", "b", "a name that is long"])),
                    prop::option::of(0_i64..2),
                    prop::option::weighted(0.8, -5_i64..5),
                ),
                0..40,
            ),
            1_usize..20,
        ),
    ) {
        check(&rows, size);
    }
}

#[test]
fn plans_of_several_partitions_are_exact() {
    // Each of 3 accounts has two rows on each day of its group, the last of which differs from account to account.
    let rows = |g: i64| -> Vec<Row> {
        let days = |account: i64| (0..=i32::try_from((g * 7 + account) % 11).unwrap()).rev();
        let row = |account: i64, day: i32| (Some(day), None, Some(account), Some(i64::from(day) * 100 + account + g));
        (0..3).flat_map(|account| days(account).flat_map(move |day| [row(account, day), row(account, day)])).collect()
    };
    let groups = 40_i64;
    let all: Vec<(i64, Row)> = (0..groups).flat_map(|g| rows(g).into_iter().map(move |row| (g, row))).collect();
    let partition = |number: usize| {
        let part: Vec<(i64, Row)> = all.iter().skip(number).step_by(4).copied().collect();
        let g: ArrayRef = Arc::new(Int64Array::from_iter_values(part.iter().map(|row| row.0)));
        let rest = batch(&part.iter().map(|row| row.1).collect::<Vec<_>>());
        let names = ["date", "number", "x"];
        let columns = names.map(|name| (name, Arc::clone(rest.column_by_name(name).unwrap()), true));
        RecordBatch::try_from_iter_with_nullable(std::iter::once(("g", g, true)).chain(columns)).unwrap()
    };
    let partitions: Vec<Vec<RecordBatch>> = (0..4).map(|number| vec![partition(number)]).collect();
    let positive = count(cast(col("x"), DataType::Int32)).filter(col("number").gt(lit(0_i64))).build().unwrap();
    let aggregates = || {
        let last =
            |inner, per_entity| latest(inner, col("date"), vec![cast(col("number"), DataType::Int32)], per_entity);
        vec![
            last(max(col("x")), true).unwrap(),
            last(count(lit(1_i64)), true).unwrap(),
            last(count(lit(1_i64)), false).unwrap(),
            last(count_distinct(cast(col("x"), DataType::Utf8)), true).unwrap(),
            last(positive.clone(), true).unwrap(),
        ]
    };
    for keys in [vec![col("g")], vec![]] {
        let first = keys.len();
        let result = aggregated(partitions.clone(), keys, aggregates()).unwrap();
        assert_eq!(result.num_rows(), if first == 0 { 1 } else { 40 });
        let numbers = |place: usize| result.column(first + place).as_primitive::<Int64Type>();
        for row in 0..result.num_rows() {
            let group = (first == 1).then(|| result.column(0).as_primitive::<Int64Type>().value(row));
            let rows: Vec<Row> =
                all.iter().filter(|(g, _)| group.is_none_or(|group| group == *g)).map(|(_, row)| *row).collect();
            let kept = naive(&rows, true);
            let mut values: Vec<i64> = kept.iter().filter_map(|row| row.3).collect();
            values.sort_unstable();
            assert_eq!(numbers(0).value(row), values[values.len() - 1]);
            assert_eq!(numbers(1).value(row), i64::try_from(kept.len()).unwrap());
            assert_eq!(numbers(2).value(row), i64::try_from(naive(&rows, false).len()).unwrap());
            values.dedup();
            assert_eq!(numbers(3).value(row), i64::try_from(values.len()).unwrap());
            let positive = kept.iter().filter(|row| row.2 > Some(0)).count();
            assert_eq!(numbers(4).value(row), i64::try_from(positive).unwrap());
        }
    }
}
