//! A cell of every type, in JSON, in CSV, and as a [`Cell`] of its own.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray,
    Float64Array, Int32Array, Int64Array, LargeStringArray, StringArray, StringViewArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, new_null_array,
};
use arrow::datatypes::{DataType, Int8Type, TimeUnit, i256};
use chrono::{DateTime, NaiveDate};

use super::{answer, batch, csv, try_answer};
use crate::error::ErrorKind;
use crate::model::{ColumnType, Kind};
use crate::result::{Cell, CsvDialect, QueryResult, ResultColumn, Role};

fn one(array: impl Array + 'static) -> QueryResult {
    answer(vec![("x", Arc::new(array) as ArrayRef)])
}

#[track_caller]
fn check(array: impl Array + 'static, json: &str, csv_text: &str) {
    let result = one(array);
    assert_eq!(result.data_json(), format!("[[{json}]]"));
    serde_json::from_str::<serde_json::Value>(&result.to_json()).unwrap();
    assert_eq!(csv(&result, &CsvDialect::default().header(false)), format!("{csv_text}\n"));
    let shown = serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned());
    assert_eq!(result.cell(0, 0).unwrap().to_string(), shown);
}

#[test]
fn text_of_every_arrow_type() {
    check(StringViewArray::from(vec!["JFK"]), r#""JFK""#, "JFK");
    check(StringArray::from(vec!["JFK"]), r#""JFK""#, "JFK");
    check(LargeStringArray::from(vec!["JFK"]), r#""JFK""#, "JFK");
    check(DictionaryArray::<Int8Type>::from_iter(["JFK"]), r#""JFK""#, "JFK");
    check(StringViewArray::from(vec![""]), r#""""#, r#""""#);
    check(StringViewArray::from(vec!["null"]), r#""null""#, "null");
    check(StringViewArray::from(vec!["Zoë, \"Z\""]), r#""Zoë, \"Z\"""#, r#""Zoë, ""Z""""#);
    check(StringViewArray::from(vec!["a\r\nb"]), r#""a\r\nb""#, "\"a\r\nb\"");
    check(StringViewArray::from(vec!["\u{0}\u{1}\u{1b}\\"]), r#""\u0000\u0001\u001b\\""#, "\u{0}\u{1}\u{1b}\\");
}

#[test]
fn booleans_and_numbers() {
    check(BooleanArray::from(vec![true]), "true", "true");
    check(BooleanArray::from(vec![false]), "false", "false");
    check(Int64Array::from(vec![i64::MIN]), "-9223372036854775808", "-9223372036854775808");
    check(Int64Array::from(vec![i64::MAX]), "9223372036854775807", "9223372036854775807");
    check(Float64Array::from(vec![0.1]), "0.1", "0.1");
    check(Float64Array::from(vec![2.0]), "2.0", "2.0");
    check(Float64Array::from(vec![-0.0]), "0.0", "0.0");
    check(Float64Array::from(vec![f64::NAN]), "null", "");
    check(Float64Array::from(vec![f64::NEG_INFINITY]), "null", "");
    let decimal = |unscaled: i128, precision: u8, scale: i8| {
        Decimal128Array::from(vec![unscaled]).with_precision_and_scale(precision, scale).unwrap()
    };
    check(decimal(-5, 10, 2), "-0.05", "-0.05");
    check(decimal(150, 10, 2), "1.50", "1.50");
    check(decimal(5, 10, -2), "500", "500");
    let digits = "12345678901234567890123456789012345678";
    check(decimal(digits.parse().unwrap(), 38, 0), digits, digits);
    let digits = "1234567890".repeat(8).chars().take(76).collect::<String>();
    let long = Decimal256Array::from(vec![i256::from_string(&digits).unwrap()]);
    check(long.clone().with_precision_and_scale(76, 0).unwrap(), &digits, &digits);
    let fraction = format!("0.{digits}");
    check(long.with_precision_and_scale(76, 76).unwrap(), &fraction, &fraction);
}

#[test]
fn dates_and_times() {
    check(Date32Array::from(vec![15_706]), r#""2013-01-01""#, "2013-01-01");
    check(Date32Array::from(vec![i32::MAX]), r#""+5881580-07-11""#, "+5881580-07-11");
    check(Date32Array::from(vec![i32::MIN]), r#""-5877641-06-23""#, "-5877641-06-23");
    let instant = |micros: i64, zone: &str| TimestampMicrosecondArray::from(vec![micros]).with_timezone(zone);
    check(instant(1_357_034_400_000_000, "UTC"), r#""2013-01-01T10:00:00Z""#, "2013-01-01T10:00:00Z");
    check(
        instant(1_357_034_400_000_000, "America/New_York"),
        r#""2013-01-01T05:00:00-05:00""#,
        "2013-01-01T05:00:00-05:00",
    );
    check(
        instant(1_372_672_800_123_000, "America/New_York"),
        r#""2013-07-01T06:00:00.123-04:00""#,
        "2013-07-01T06:00:00.123-04:00",
    );
    check(
        instant(i64::MAX, "+02:00"),
        r#""+294247-01-10T06:00:54.775807+02:00""#,
        "+294247-01-10T06:00:54.775807+02:00",
    );
    let local = |micros: i64| TimestampMicrosecondArray::from(vec![micros]);
    check(local(1_357_016_400_000_001), r#""2013-01-01T05:00:00.000001""#, "2013-01-01T05:00:00.000001");
    check(local(i64::MIN), r#""-290308-12-21T19:59:05.224192""#, "-290308-12-21T19:59:05.224192");
}

#[test]
fn null_of_every_type() {
    let types = [
        DataType::Utf8View,
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        DataType::Boolean,
        DataType::Int64,
        DataType::Float64,
        DataType::Decimal128(10, 2),
        DataType::Decimal256(50, 2),
        DataType::Date32,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Timestamp(TimeUnit::Microsecond, None),
    ];
    for data_type in types {
        let result = one(new_null_array(&data_type, 1));
        assert_eq!(result.data_json(), "[[null]]", "{data_type}");
        assert_eq!(csv(&result, &CsvDialect::default().header(false).null_text("NA")), "NA\n", "{data_type}");
        assert_eq!(result.cell(0, 0), Some(Cell::Null), "{data_type}");
    }
}

#[test]
fn cells_are_typed() {
    let cell = |array: ArrayRef| answer(vec![("x", array)]).cell(0, 0).unwrap();
    let decimal = |precision: u8, scale: i8| {
        Arc::new(Decimal128Array::from(vec![1234]).with_precision_and_scale(precision, scale).unwrap())
    };
    assert_eq!(cell(decimal(20, 0)), Cell::Integer(1234));
    assert_eq!(cell(decimal(20, -2)), Cell::Integer(123_400));
    assert_eq!(cell(decimal(20, 2)), Cell::Decimal("12.34".into()));
    assert_eq!(cell(Arc::new(Date32Array::from(vec![0]))), Cell::Date(NaiveDate::default()));
    let zoned = TimestampMicrosecondArray::from(vec![1_357_034_400_000_000]).with_timezone("America/New_York");
    let expected = DateTime::parse_from_rfc3339("2013-01-01T05:00:00-05:00").unwrap();
    assert_eq!(cell(Arc::new(zoned)), Cell::Datetime(expected));
    let beyond_chrono = TimestampMicrosecondArray::from(vec![i64::MAX]);
    assert_eq!(cell(Arc::new(beyond_chrono)), Cell::Text("+294247-01-10T04:00:54.775807".into()));
}

#[test]
fn the_type_of_a_column_is_that_of_its_cells() {
    let check = |array: ArrayRef, expected: ColumnType, name: &str| {
        let result = answer(vec![("x", array)]);
        assert_eq!(result.columns()[0].column_type, expected);
        let json = serde_json::to_value(&result.columns()[0]).unwrap();
        assert_eq!(json["type"], name);
    };
    let decimal = |precision: u8, scale: i8| -> ArrayRef {
        Arc::new(Decimal128Array::from(vec![1]).with_precision_and_scale(precision, scale).unwrap())
    };
    check(decimal(20, 0), ColumnType::Decimal { precision: 20, scale: 0 }, "integer");
    check(decimal(20, 2), ColumnType::Decimal { precision: 20, scale: 2 }, "decimal");
    check(Arc::new(Int64Array::from(vec![1])), ColumnType::Integer, "integer");
    check(Arc::new(DictionaryArray::<Int8Type>::from_iter(["a"])), ColumnType::Text, "text");
    check(Arc::new(TimestampMicrosecondArray::from(vec![1])), ColumnType::LocalDatetime, "local_datetime");
}

#[test]
fn what_answers_do_not_hold_is_an_error_and_not_a_panic() {
    let column = || vec![ResultColumn::new("x", "x", Role::Measure, Kind::Numeric)];
    let check = |arrays: Vec<ArrayRef>, expected: &str| {
        let batches = arrays.into_iter().map(|array| batch(vec![array])).collect();
        let error = try_answer(column(), batches).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
        assert_eq!(error.to_string(), expected);
    };
    check(vec![], "an answer came without a batch, so its columns have no types");
    check(vec![Arc::new(Int32Array::from(vec![1]))], "column `x` came as Int32, which answers do not hold");
    check(
        vec![Arc::new(BinaryArray::from(vec![b"secret".as_slice()]))],
        "column `x` came as Binary, which answers do not hold",
    );
    check(
        vec![Arc::new(Int64Array::from(vec![1])), Arc::new(Float64Array::from(vec![1.0]))],
        "column `x` came both as Int64 and as Float64",
    );
    let unsupported: [ArrayRef; 2] = [
        Arc::new(TimestampMillisecondArray::from(vec![1])),
        Arc::new(TimestampMicrosecondArray::from(vec![1]).with_timezone("Mars/Olympus")),
    ];
    for array in unsupported {
        assert_eq!(try_answer(column(), vec![batch(vec![array])]).unwrap_err().kind(), ErrorKind::Internal);
    }
    let two: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let error = try_answer(column(), vec![batch(vec![Arc::clone(&two), two])]).unwrap_err();
    assert_eq!(error.to_string(), "an answer of 1 columns came with a batch of 2");
}

#[test]
fn batches_may_hold_text_in_different_ways() {
    let columns = vec![ResultColumn::new("x", "x", Role::Dimension, Kind::Hierarchy)];
    let result = try_answer(
        columns,
        vec![
            batch(vec![Arc::new(StringViewArray::from(vec!["a", "b"]))]),
            batch(vec![Arc::new(DictionaryArray::<Int8Type>::from_iter([Some("c"), None, Some("c")]))]),
            batch(vec![Arc::new(LargeStringArray::from(Vec::<&str>::new()))]),
            batch(vec![Arc::new(StringArray::from(vec!["d"]))]),
        ],
    )
    .unwrap();
    assert_eq!(result.num_rows(), 6);
    assert_eq!(result.data_json(), r#"[["a"],["b"],["c"],[null],["c"],["d"]]"#);
    let by_rows = result.rows().flatten().collect::<Vec<_>>();
    let by_cells = (0..7).map_while(|row| result.cell(row, 0)).collect::<Vec<_>>();
    assert_eq!(by_rows, by_cells);
    assert_eq!(by_cells[5], Cell::Text("d".into()));
    assert_eq!(result.cell(0, 1), None);
}
