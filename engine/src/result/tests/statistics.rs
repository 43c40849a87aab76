//! Counts and bounds of columns.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray,
};

use super::{answer, flights, sales};
use crate::result::ColumnStatistics;

#[track_caller]
fn check(array: impl Array + 'static, expected: &str) {
    let result = answer(vec![("x", Arc::new(array) as ArrayRef)]);
    assert_eq!(serde_json::to_string(&result.statistics()).unwrap(), format!(r#"[{{"name":"x",{expected}}}]"#));
}

#[test]
fn every_type_is_counted_and_ordered() {
    check(
        StringViewArray::from(vec![Some("b"), None, Some("é"), Some("Z"), Some("b"), Some("")]),
        r#""type":"text","values":5,"nulls":1,"distinct":4,"min":"","max":"é","is_key":false"#,
    );
    check(
        BooleanArray::from(vec![true, false]),
        r#""type":"boolean","values":2,"nulls":0,"distinct":2,"min":false,"max":true,"is_key":true"#,
    );
    check(
        Int64Array::from(vec![Some(5), Some(-7), Some(i64::MAX)]),
        r#""type":"integer","values":3,"nulls":0,"distinct":3,"min":-7,"max":9223372036854775807,"is_key":true"#,
    );
    check(
        Float64Array::from(vec![0.5, -0.0, 0.0, f64::NAN]),
        r#""type":"float","values":3,"nulls":1,"distinct":2,"min":0.0,"max":0.5,"is_key":false"#,
    );
    check(
        Decimal128Array::from(vec![12_345_678_901_234_567_890, -5]).with_precision_and_scale(38, 2).unwrap(),
        concat!(
            r#""type":"decimal","values":2,"nulls":0,"distinct":2,"min":-0.05,"#,
            r#""max":{"decimal":"123456789012345678.90"},"is_key":true"#
        ),
    );
    check(
        Date32Array::from(vec![15_706, 0]),
        r#""type":"date","values":2,"nulls":0,"distinct":2,"min":"1970-01-01","max":"2013-01-01","is_key":true"#,
    );
    // The repeated hour of 2013-11-03: later by the instant, not by the wall clock.
    check(
        TimestampMicrosecondArray::from(vec![1_383_458_400_000_000, 1_383_456_600_000_000])
            .with_timezone("America/New_York"),
        concat!(
            r#""type":"datetime","values":2,"nulls":0,"distinct":2,"#,
            r#""min":"2013-11-03T01:30:00-04:00","max":"2013-11-03T01:00:00-05:00","is_key":true"#
        ),
    );
}

#[test]
fn no_values_have_no_bounds() {
    check(
        Int64Array::from(vec![None, None]),
        r#""type":"integer","values":0,"nulls":2,"distinct":0,"min":null,"max":null,"is_key":false"#,
    );
    check(
        Int64Array::from(Vec::<i64>::new()),
        r#""type":"integer","values":0,"nulls":0,"distinct":0,"min":null,"max":null,"is_key":true"#,
    );
}

#[test]
fn all_batches_count_and_totals_do_not() {
    let keys = |statistics: Vec<ColumnStatistics>| -> Vec<(usize, usize, usize, bool)> {
        statistics.into_iter().map(|column| (column.values, column.nulls, column.distinct, column.is_key)).collect()
    };
    assert_eq!(keys(flights().statistics()), [(1, 1, 1, false), (2, 0, 2, true)]);
    // The remainder is a value, but has no place among the others.
    assert_eq!(keys(sales().statistics()), [(3, 0, 2, false), (2, 1, 2, false), (3, 0, 3, true)]);
    assert_eq!(sales().statistics()[1].max.to_string(), "FRANCE");
}
