//! What constants, columns and NULLs make of a call. What the functions give is held against their reference elsewhere.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::datatypes::Int64Type;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ColumnarValue;
use drillcore_formulas::{MAX_GROWN_BYTES, TextFunction};

use super::super::call::Call;
use super::call;
use crate::model::ColumnType;

fn column(texts: &[Option<&str>]) -> ColumnarValue {
    ColumnarValue::Array(Arc::new(StringViewArray::from(texts.to_vec())))
}

fn constant(text: Option<&str>) -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Utf8View(text.map(str::to_owned)))
}

fn number(value: i64) -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Int64(Some(value)))
}

fn numbers(values: &[Option<i64>]) -> ColumnarValue {
    ColumnarValue::Array(Arc::new(Int64Array::from(values.to_vec())))
}

fn called(function: TextFunction, arguments: &[ColumnarValue], rows: usize) -> ArrayRef {
    let array = call(function, &Call::new(arguments, rows, ColumnType::Text)).unwrap();
    assert_eq!(array.len(), rows, "{}", function.entry().name);
    array
}

#[track_caller]
fn check_texts(function: TextFunction, arguments: &[ColumnarValue], expected: &[Option<&str>]) {
    let array = called(function, arguments, expected.len());
    assert_eq!(array.as_string_view().iter().collect::<Vec<_>>(), expected, "{}", function.entry().name);
}

#[track_caller]
fn check_conditions(function: TextFunction, arguments: &[ColumnarValue], expected: &[Option<bool>]) {
    let array = called(function, arguments, expected.len());
    assert_eq!(array.as_boolean().iter().collect::<Vec<_>>(), expected, "{}", function.entry().name);
}

#[track_caller]
fn check_numbers(function: TextFunction, arguments: &[ColumnarValue], expected: &[Option<i64>]) {
    let array = called(function, arguments, expected.len());
    let values = array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>();
    assert_eq!(values, expected, "{}", function.entry().name);
}

#[test]
fn parts_are_columns_or_constants() {
    let texts = column(&[Some("a text longer than a view"), None, Some("abc"), Some("")]);
    let parts = column(&[Some("longer"), Some("a"), None, Some("")]);
    for (function, by_column, by_constant) in [
        (TextFunction::Contains, [Some(true), None, None, Some(true)], [Some(true), None, Some(true), Some(false)]),
        (TextFunction::StartsWith, [Some(false), None, None, Some(true)], [Some(true), None, Some(true), Some(false)]),
        (TextFunction::EndsWith, [Some(false), None, None, Some(true)], [Some(false), None, Some(false), Some(false)]),
    ] {
        check_conditions(function, &[texts.clone(), parts.clone()], &by_column);
        check_conditions(function, &[texts.clone(), constant(Some("a"))], &by_constant);
        check_conditions(function, &[texts.clone(), constant(None)], &[None; 4]);
        check_conditions(function, &[constant(Some("a")), constant(Some("a"))], &[Some(true)]);
    }
    let anywhere = [Some(false), Some(true), None, Some(true)];
    check_conditions(TextFunction::Contains, &[constant(Some("abc")), parts.clone()], &anywhere);
    check_numbers(TextFunction::Position, &[texts.clone(), parts], &[Some(8), None, None, Some(1)]);
    check_numbers(TextFunction::CountOf, &[texts, constant(Some("e"))], &[Some(3), None, Some(0), Some(0)]);
}

#[test]
fn sets_of_characters_may_change_from_row_to_row() {
    let texts = column(&[Some("xax"), Some("xax"), Some("xax"), None, Some("éxé")]);
    let sets = column(&[Some("x"), Some(""), None, Some("x"), Some("éx")]);
    check_texts(TextFunction::Trim, &[texts.clone(), sets.clone()], &[Some("a"), Some("xax"), None, None, Some("")]);
    check_texts(TextFunction::Keep, &[texts.clone(), sets.clone()], &[Some("xx"), Some(""), None, None, Some("éxé")]);
    check_texts(
        TextFunction::Translate,
        &[texts, sets, column(&[Some("y"), Some("y"), Some("y"), Some("y"), Some("e")])],
        &[Some("yay"), Some("xax"), None, None, Some("ee")],
    );
}

#[test]
fn a_text_that_is_given_up_leaves_nothing_behind() {
    let most = i64::try_from(MAX_GROWN_BYTES).unwrap();
    let texts = column(&[Some("a"), Some("ab"), Some(""), None, Some("c")]);
    let counts = numbers(&[Some(2), Some(most), Some(most), Some(1), Some(1)]);
    check_texts(TextFunction::Repeat, &[texts.clone(), counts], &[Some("aa"), None, Some(""), None, Some("c")]);
    let whole = "a".repeat(MAX_GROWN_BYTES);
    let whole = whole.as_str();
    check_texts(
        TextFunction::Concat,
        &[texts.clone(), constant(None), column(&[Some(whole), None, Some(whole), None, Some("d")])],
        &[None, Some("ab"), Some(whole), Some(""), Some("cd")],
    );
    check_texts(
        TextFunction::PadLeft,
        &[texts, number(most), column(&[Some("é"), Some(""), None, Some("a"), Some("")])],
        &[None, Some("ab"), None, None, Some("c")],
    );
}

#[test]
fn calls_of_constants_give_one_row() {
    check_texts(TextFunction::Left, &[constant(Some("abc")), number(2)], &[Some("ab")]);
    check_texts(TextFunction::Join, &[constant(Some("-")), constant(None), constant(Some("a"))], &[Some("a")]);
    check_texts(TextFunction::UrlPart, &[constant(Some("http://h/")), constant(Some("host"))], &[Some("h")]);
    check_conditions(TextFunction::IsBlank, &[constant(None)], &[Some(true)]);
    check_numbers(TextFunction::Length, &[constant(None)], &[None]);
}

#[test]
fn codes_of_sounds_do_not_run_on() {
    let names = column(&[Some("Pfister"), Some("42"), Some("Lee"), None, Some("WwBbH")]);
    check_texts(TextFunction::Soundex, &[names], &[Some("P236"), Some(""), Some("L000"), None, Some("W100")]);
}
