//! Every refusal of a document: its kind, its words and its place.

mod aggregations;
mod bins;
mod columns;
mod documents;
mod filters;
mod member_filters;
mod members;
mod relative;
mod steps;
mod windows;

use expect_test::Expect;

use crate::query::Query;

#[track_caller]
fn check(document: &str, expected: &Expect) {
    expected.assert_eq(&Query::from_json(document).unwrap_err().to_json().to_string());
}
