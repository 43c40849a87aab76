//! Laws of the boundary, and every way from a found type to a declared one.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, Decimal256Array,
    DictionaryArray, Float32Array, Float64Array, Int8Array, Int32Array, Int64Array, LargeStringArray, NullArray,
    RecordBatch, StringArray, Time32SecondArray, Time64NanosecondArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow::datatypes::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType, i256};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::prelude::*;

use super::{Normalized, conform};
use crate::model::{Column, ColumnType};
use crate::source::fields;

fn column(column_type: ColumnType) -> Column {
    Column::new("x", column_type)
}

fn one(array: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([("x", array, true)]).expect("a batch")
}

fn conformed(array: ArrayRef, column: &Column) -> crate::error::Result<ArrayRef> {
    let batch = conform(&one(array), std::slice::from_ref(column), &mut Normalized::default())?;
    Ok(Arc::clone(batch.column(0)))
}

fn texts(array: &ArrayRef) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let formatter = ArrayFormatter::try_new(array, &options).expect("can be shown");
    (0..array.len()).map(|index| formatter.value(index).to_string()).collect()
}

/// The values of the array as the declared type, as text.
fn check(array: ArrayRef, declared: ColumnType, wanted: &[&str]) {
    let found = array.data_type().clone();
    let array = conformed(array, &column(declared)).unwrap_or_else(|error| panic!("{found}: {error}"));
    assert_eq!(*array.data_type(), declared.arrow(), "{found}");
    assert_eq!(texts(&array), wanted, "{found} as {}", declared.name());
}

fn check_refused(array: ArrayRef, declared: ColumnType, wanted: &str) {
    let found = array.data_type().clone();
    let error = conformed(array, &column(declared)).expect_err(&found.to_string());
    assert_eq!(error.to_string(), wanted, "{found} as {}", declared.name());
}

const fn decimal(precision: u8, scale: i8) -> ColumnType {
    ColumnType::Decimal { precision, scale }
}

#[test]
fn every_arrow_type_has_one_canonical_type() {
    let natural = |array: ArrayRef, wanted: ColumnType, shown: &[&str]| {
        assert_eq!(fields::column_type(array.data_type()), Some(wanted), "{}", array.data_type());
        check(array, wanted, shown);
    };
    natural(Arc::new(NullArray::new(2)), ColumnType::Text, &["NULL", "NULL"]);
    natural(Arc::new(BooleanArray::from(vec![Some(true), None])), ColumnType::Boolean, &["true", "NULL"]);
    natural(Arc::new(Int8Array::from(vec![Some(-1), None])), ColumnType::Integer, &["-1", "NULL"]);
    natural(Arc::new(UInt64Array::from(vec![u64::MAX])), decimal(20, 0), &["18446744073709551615"]);
    natural(Arc::new(Float32Array::from(vec![0.5])), ColumnType::Float, &["0.5"]);
    natural(Arc::new(LargeStringArray::from(vec!["a"])), ColumnType::Text, &["a"]);
    natural(Arc::new(Date64Array::from(vec![86_400_000, -1])), ColumnType::Date, &["1970-01-02", "1969-12-31"]);
    natural(Arc::new(TimestampSecondArray::from(vec![1])), ColumnType::Datetime, &["1970-01-01T00:00:01Z"]);
    let zoned = TimestampMillisecondArray::from(vec![1]).with_timezone("Europe/Brussels");
    natural(Arc::new(zoned), ColumnType::Datetime, &["1970-01-01T00:00:00.001Z"]);
    natural(
        Arc::new(TimestampNanosecondArray::from(vec![1_999, -1])),
        ColumnType::Datetime,
        &["1970-01-01T00:00:00.000001Z", "1969-12-31T23:59:59.999999Z"],
    );
    natural(Arc::new(Time32SecondArray::from(vec![3_661])), ColumnType::Text, &["01:01:01"]);
    natural(Arc::new(Time64NanosecondArray::from(vec![1_500_000_999])), ColumnType::Text, &["00:00:01.500000"]);
    let decimals = Decimal128Array::from(vec![-150]).with_precision_and_scale(10, 2).expect("a type");
    natural(Arc::new(decimals), decimal(10, 2), &["-1.50"]);
    let narrow = Decimal256Array::from(vec![i256::from_i128(-150)]).with_precision_and_scale(10, 2).expect("a type");
    natural(Arc::new(narrow), decimal(10, 2), &["-1.50"]);
    let wide = Decimal256Array::from(vec![i256::from_i128(7)]).with_precision_and_scale(50, 0).expect("a type");
    natural(Arc::new(wide), decimal(50, 0), &["7"]);
}

#[test]
fn dictionaries_are_unpacked_with_the_nulls_among_their_entries() {
    let keys = Int32Array::from(vec![Some(0), Some(1), None, Some(0)]);
    let texts = StringArray::from(vec![Some("a text that is not kept inline"), None]);
    let array = DictionaryArray::new(keys.clone(), Arc::new(texts));
    let wanted = ["a text that is not kept inline", "NULL", "NULL", "a text that is not kept inline"];
    check(Arc::new(array), ColumnType::Text, &wanted);
    let array = DictionaryArray::new(keys.clone(), Arc::new(StringArray::from(vec!["a", "b"])));
    check(Arc::new(array), ColumnType::Text, &["a", "b", "NULL", "a"]);
    let array = DictionaryArray::new(keys, Arc::new(Int64Array::from(vec![7, 8])));
    check(Arc::new(array), ColumnType::Integer, &["7", "8", "NULL", "7"]);
}

#[test]
fn a_declared_type_is_reached_without_loss() {
    let integers = || Arc::new(Int64Array::from(vec![Some(1), None])) as ArrayRef;
    check(integers(), ColumnType::Text, &["1", "NULL"]);
    check(integers(), ColumnType::Boolean, &["true", "NULL"]);
    check(integers(), ColumnType::Float, &["1.0", "NULL"]);
    check(integers(), decimal(3, 2), &["1.00", "NULL"]);
    check(Arc::new(Float64Array::from(vec![3.0, f64::NAN, -0.0])), ColumnType::Integer, &["3", "NULL", "0"]);
    check(Arc::new(Float64Array::from(vec![0.1])), decimal(3, 2), &["0.10"]);
    check(Arc::new(Float64Array::from(vec![f64::INFINITY, 0.5])), ColumnType::Text, &["NULL", "0.5"]);
    check(Arc::new(UInt64Array::from(vec![7])), ColumnType::Integer, &["7"]);
    check(Arc::new(StringArray::from(vec!["01234"])), ColumnType::Integer, &["1234"]);
    check(Arc::new(StringArray::from(vec!["NaN", "1.5", "-0"])), ColumnType::Float, &["NULL", "1.5", "0.0"]);
    check(Arc::new(StringArray::from(vec!["2013-01-01"])), ColumnType::Date, &["2013-01-01"]);
    check(Arc::new(StringArray::from(vec!["2013-01-01T05:00+02:00"])), ColumnType::Datetime, &["2013-01-01T03:00:00Z"]);
    check(Arc::new(BooleanArray::from(vec![true])), ColumnType::Text, &["true"]);
    check(Arc::new(Date32Array::from(vec![1])), ColumnType::Datetime, &["1970-01-02T00:00:00Z"]);
    check(Arc::new(Date32Array::from(vec![1])), ColumnType::Text, &["1970-01-02"]);
    check(Arc::new(TimestampSecondArray::from(vec![1])), ColumnType::LocalDatetime, &["1970-01-01T00:00:01"]);
    check(Arc::new(TimestampSecondArray::from(vec![86_400])), ColumnType::Date, &["1970-01-02"]);
    let decimals = Decimal128Array::from(vec![1250]).with_precision_and_scale(10, 2).expect("a type");
    check(Arc::new(decimals.clone()), decimal(10, 1), &["12.5"]);
    check(Arc::new(decimals.clone()), ColumnType::Float, &["12.5"]);
    check(Arc::new(decimals), ColumnType::Text, &["12.50"]);
    check(Arc::new(NullArray::new(1)), ColumnType::Datetime, &["NULL"]);
}

#[test]
fn what_would_be_lost_is_refused_by_column_and_row() {
    let second = |reason: &str| format!("column `x`, row 2: the value {reason}");
    check_refused(
        Arc::new(Float64Array::from(vec![3.0, 3.5])),
        ColumnType::Integer,
        &second("is not an integer of 64 bits"),
    );
    check_refused(
        Arc::new(Int64Array::from(vec![1 << 53, (1 << 53) + 1])),
        ColumnType::Float,
        &second("is an integer that no float can hold"),
    );
    check_refused(
        Arc::new(UInt64Array::from(vec![1, u64::MAX])),
        ColumnType::Integer,
        &second("is not an integer of 64 bits"),
    );
    let decimals = Decimal128Array::from(vec![125, 12_345_678_901_234_567]).with_precision_and_scale(20, 2);
    let decimals: ArrayRef = Arc::new(decimals.expect("a type"));
    check_refused(Arc::clone(&decimals), ColumnType::Float, &second("has more digits than a float can hold"));
    check_refused(decimals, decimal(4, 2), &second("is not a number that fits decimal(4,2)"));
    check_refused(Arc::new(Int64Array::from(vec![1, 2])), ColumnType::Boolean, &second("is not true or false"));
    check_refused(
        Arc::new(TimestampSecondArray::from(vec![0, 1])),
        ColumnType::Date,
        &second("is not a date of the form YYYY-MM-DD"),
    );
    check_refused(
        Arc::new(TimestampSecondArray::from(vec![0, i64::MAX])),
        ColumnType::Datetime,
        &second("does not fit datetime"),
    );
    check_refused(
        Arc::new(BooleanArray::from(vec![true])),
        ColumnType::Integer,
        "column `x`, row 1: the value is not an integer of 64 bits",
    );
    check_refused(
        Arc::new(BinaryArray::from_vec(vec![b"x".as_slice()])),
        ColumnType::Text,
        "column `x` has type Binary, which drillcore does not hold; leave it out",
    );
}

#[test]
fn rows_are_counted_over_batches() {
    let columns = [column(ColumnType::Integer)];
    let mut counts = Normalized::default();
    conform(&one(Arc::new(Int64Array::from(vec![1, 2, 3]))), &columns, &mut counts).expect("fits");
    assert_eq!(counts.rows, 3);
    let error = conform(&one(Arc::new(Float64Array::from(vec![1.0, 0.5]))), &columns, &mut counts).expect_err("a half");
    assert_eq!(error.to_string(), "column `x`, row 5: the value is not an integer of 64 bits");
    let error = conform(&one(Arc::new(Int64Array::from(vec![1]))), &[], &mut counts).expect_err("too many");
    assert_eq!(error.to_string(), "the source gave 1 columns where 0 were asked for");
}

#[test]
fn wall_clocks_are_read_in_the_zone_of_the_column() {
    let mut instant = column(ColumnType::Datetime);
    instant.source_timezone = Some("Europe/Brussels".into());
    // 2026-03-29T02:30 is skipped, 2026-10-25T02:30 comes twice, then a day in winter.
    let walls = || Arc::new(TimestampSecondArray::from(vec![1_774_751_400, 1_792_895_400, 1_767_225_600])) as ArrayRef;
    let wanted = ["2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2025-12-31T23:00:00Z"];
    assert_eq!(texts(&conformed(walls(), &instant).expect("reads")), wanted);

    let mut local = instant.clone();
    local.column_type = ColumnType::LocalDatetime;
    let shown = ["2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-01-01T00:00:00"];
    assert_eq!(texts(&conformed(walls(), &local).expect("never moves")), shown);

    let zoned = TimestampSecondArray::from(vec![1_767_222_000]).with_timezone("UTC");
    assert_eq!(texts(&conformed(Arc::new(zoned.clone()), &local).expect("moves")), ["2026-01-01T00:00:00"]);
    let mut date = instant.clone();
    date.column_type = ColumnType::Date;
    assert_eq!(texts(&conformed(Arc::new(zoned), &date).expect("is midnight there")), ["2026-01-01"]);
}

/// An array of some Arrow type with random values and NULLs.
fn arrays() -> impl Strategy<Value = ArrayRef> {
    let numbers = prop::collection::vec(prop::option::of(any::<i64>()), 0..40);
    let floats = prop::collection::vec(prop::option::of(odd_float()), 0..40);
    let texts = prop::collection::vec(prop::option::of(".{0,20}"), 0..40);
    prop_oneof![
        numbers.clone().prop_map(|values| Arc::new(Int64Array::from(values)) as ArrayRef),
        numbers.prop_map(|values| Arc::new(TimestampMicrosecondArray::from(values)) as ArrayRef),
        floats.clone().prop_map(|values| Arc::new(Float64Array::from(values)) as ArrayRef),
        floats.prop_map(|values| {
            #[expect(clippy::cast_possible_truncation, reason = "any 32-bit float will do")]
            let narrow = values.into_iter().map(|value| value.map(|value| value as f32)).collect::<Float32Array>();
            Arc::new(narrow) as ArrayRef
        }),
        texts.clone().prop_map(|values| Arc::new(StringArray::from(values)) as ArrayRef),
        texts.prop_map(|values| {
            let values = values.iter().map(Option::as_deref).collect::<DictionaryArray<arrow::datatypes::Int32Type>>();
            Arc::new(values) as ArrayRef
        }),
    ]
}

fn odd_float() -> impl Strategy<Value = f64> + Clone {
    let odd = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0];
    prop_oneof![prop::num::f64::ANY, prop::sample::select(odd)]
}

proptest! {
    #[test]
    fn the_boundary_lets_only_canonical_values_through(
        array in arrays(),
        zone in prop::sample::select(vec!["UTC", "Asia/Kathmandu"]),
    ) {
        let natural = fields::column_type(array.data_type()).expect("a type that is held");
        let mut column = column(natural);
        column.source_timezone = Some(zone.into());
        let mut counts = Normalized::default();
        // Random instants are mostly beyond the years that a zone knows.
        prop_assume!(zone == "UTC" || natural != ColumnType::Datetime);
        let batch = conform(&one(Arc::clone(&array)), &[column], &mut counts).expect("conforms");
        let passed = batch.column(0);

        prop_assert_eq!(passed.data_type(), &natural.arrow());
        prop_assert_eq!(passed.len(), array.len());
        prop_assert_eq!(counts.rows, array.len() as u64);
        prop_assert_eq!(passed.null_count() as u64, array.logical_null_count() as u64 + counts.nulled());
        if let Some(floats) = passed.as_primitive_opt::<Float64Type>() {
            for number in floats.values() {
                prop_assert!(number.is_finite() && number.to_bits() != (-0.0_f64).to_bits());
            }
        }
        // What is canonical passes unchanged, and nothing is counted a second time.
        let mut again = Normalized::default();
        let column = Column::new("x", natural);
        prop_assert_eq!(&conform(&batch, &[column], &mut again).expect("conforms"), &batch);
        prop_assert!(again.columns.is_empty());
    }

    #[test]
    fn integers_decimals_and_dates_survive_being_text(
        values in prop::collection::vec(prop::option::of(any::<i64>()), 1..20),
    ) {
        let there_and_back = |array: ArrayRef, natural: ColumnType| {
            let text = conformed(array, &column(ColumnType::Text)).expect("everything is text");
            conformed(text, &column(natural)).expect("reads back")
        };
        let integers: ArrayRef = Arc::new(Int64Array::from(values.clone()));
        let back = there_and_back(Arc::clone(&integers), ColumnType::Integer);
        prop_assert_eq!(back.as_primitive::<Int64Type>(), integers.as_primitive::<Int64Type>());

        let decimals = values.iter().map(|value| value.map(i128::from)).collect::<Decimal128Array>();
        let decimals: ArrayRef = Arc::new(decimals.with_precision_and_scale(20, 7).expect("a type"));
        let back = there_and_back(Arc::clone(&decimals), decimal(20, 7));
        prop_assert_eq!(back.as_primitive::<Decimal128Type>(), decimals.as_primitive::<Decimal128Type>());

        let days = values.iter().map(|value| value.and_then(|value| i32::try_from(value.rem_euclid(2_000_000)).ok()));
        let dates: ArrayRef = Arc::new(days.collect::<Date32Array>());
        let back = there_and_back(Arc::clone(&dates), ColumnType::Date);
        prop_assert_eq!(back.as_primitive::<Date32Type>(), dates.as_primitive::<Date32Type>());

        let micros = values.iter().map(|value| value.map(|value| value.rem_euclid(100_000_000_000_000_000)));
        let instants: ArrayRef = Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"));
        let back = there_and_back(Arc::clone(&instants), ColumnType::Datetime);
        prop_assert_eq!(
            back.as_primitive::<TimestampMicrosecondType>(),
            instants.as_primitive::<TimestampMicrosecondType>()
        );
    }
}
