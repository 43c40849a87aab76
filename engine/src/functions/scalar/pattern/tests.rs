//! What the rows of a batch and a replacement make of a call. What the functions give is held against their reference
//! elsewhere.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringViewArray};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ColumnarValue;
use drillcore_formulas::{MAX_GROWN_BYTES, PatternFunction};
use proptest::prelude::*;

use super::super::call::Call;
use super::call;
use crate::model::ColumnType;

fn column(texts: &[Option<&str>]) -> ColumnarValue {
    ColumnarValue::Array(Arc::new(StringViewArray::from(texts.to_vec())))
}

fn constant(text: &str) -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Utf8View(Some(text.to_owned())))
}

fn called(function: PatternFunction, arguments: &[ColumnarValue], rows: usize) -> ArrayRef {
    call(function, &Call::new(arguments, rows, ColumnType::Text)).unwrap()
}

#[track_caller]
fn check_texts(function: PatternFunction, arguments: &[ColumnarValue], expected: &[Option<&str>]) {
    let array = called(function, arguments, expected.len());
    assert_eq!(array.as_string_view().iter().collect::<Vec<_>>(), expected, "{}", function.entry().name);
}

#[test]
fn groups_of_one_row_are_not_those_of_the_next() {
    let texts = column(&[Some("ab"), Some("b"), None, Some("x"), Some("ab")]);
    let pattern = constant("(a)?b");
    let group = |group| ColumnarValue::Scalar(ScalarValue::Int64(Some(group)));
    let first = [Some("a"), None, None, None, Some("a")];
    check_texts(PatternFunction::Extract, &[texts.clone(), pattern.clone()], &first);
    check_texts(PatternFunction::Extract, &[texts.clone(), pattern.clone(), group(1)], &first);
    check_texts(
        PatternFunction::Extract,
        &[texts.clone(), pattern.clone(), group(0)],
        &[Some("ab"), Some("b"), None, None, Some("ab")],
    );
    check_texts(PatternFunction::Extract, &[texts, pattern, group(2)], &[None; 5]);
}

#[test]
fn replacements_may_change_from_row_to_row() {
    let texts = column(&[Some("ab"), Some("ab"), Some("ab"), None, Some("ab")]);
    let others = column(&[Some("$1$1"), Some("x"), None, Some("x"), Some("")]);
    let expected = [Some("aab"), Some("xb"), None, None, Some("b")];
    check_texts(PatternFunction::Replace, &[texts, constant("(a)"), others], &expected);
}

#[test]
fn replacements_stop_at_the_bound() {
    let half = "a".repeat(MAX_GROWN_BYTES / 2);
    let texts = column(&[Some(half.as_str()), Some("a")]);
    check_texts(
        PatternFunction::Replace,
        &[texts.clone(), constant("a"), constant("bc")],
        &[Some("bc".repeat(MAX_GROWN_BYTES / 2).as_str()), Some("bc")],
    );
    check_texts(PatternFunction::Replace, &[texts.clone(), constant("a"), constant("bcd")], &[None, Some("bcd")]);
    check_texts(PatternFunction::Replace, &[texts, constant("a"), constant("$0$0$0")], &[None, Some("aaa")]);
}

#[test]
fn wildcards_may_change_from_row_to_row() {
    let texts = column(&[Some("Abc"), Some("Abc"), Some("ÉTÉ"), None, Some("")]);
    let patterns = column(&[Some("a%"), Some("A_c"), Some("été"), Some("%"), Some("")]);
    let fit =
        |function| called(function, &[texts.clone(), patterns.clone()], 5).as_boolean().iter().collect::<Vec<_>>();
    assert_eq!(fit(PatternFunction::Like), [Some(false), Some(true), Some(false), None, Some(true)]);
    assert_eq!(fit(PatternFunction::LikeAnyCase), [Some(true), Some(true), Some(true), None, Some(true)]);
}

proptest! {
    #[test]
    fn replacements_are_those_of_the_regex_crate(text in "[ab ]{0,9}", by in "([$]|[{}]|[01nb_é$]){0,9}") {
        let pattern = "(?<n>a)(b)?";
        let expected = drillcore_formulas::pattern(pattern).unwrap().replace_all(&text, by.as_str()).into_owned();
        let array = called(PatternFunction::Replace, &[constant(&text), constant(pattern), constant(&by)], 1);
        prop_assert_eq!(array.as_string_view().value(0), expected);
    }
}
