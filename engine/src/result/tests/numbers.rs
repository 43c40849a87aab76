//! A number is the same number, digit by digit, in every form.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array};
use proptest::prelude::*;

use super::answer;
use super::spreadsheets::Sheet;
use crate::query::Digits;
use crate::result::{Cell, QueryResult};

type Row = (Option<i64>, Option<f64>, Option<i128>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let float = proptest::num::f64::POSITIVE | proptest::num::f64::NEGATIVE | proptest::num::f64::NORMAL;
    let limit = 10_i128.pow(38) - 1;
    let decimal = prop_oneof![-limit..=limit, -1_000_000_i128..1_000_000];
    let integer = prop_oneof![any::<i64>(), -1000_i64..1000];
    let row = (proptest::option::of(integer), proptest::option::of(float), proptest::option::of(decimal));
    proptest::collection::vec(row, 1..6)
}

fn result(rows: &[Row]) -> QueryResult {
    let integers = rows.iter().map(|(integer, _, _)| *integer).collect::<Int64Array>();
    let floats = rows.iter().map(|(_, float, _)| *float).collect::<Float64Array>();
    let decimals = rows.iter().map(|(_, _, decimal)| *decimal).collect::<Decimal128Array>();
    let decimals = decimals.with_precision_and_scale(38, 4).unwrap();
    answer(vec![("i", Arc::new(integers) as ArrayRef), ("f", Arc::new(floats)), ("d", Arc::new(decimals))])
}

/// The cells of the rows between some marks.
fn cells<'a>(text: &'a str, header: usize, between: &str) -> Vec<Vec<&'a str>> {
    text.lines().skip(header).map(|line| line.split(between).map(str::trim).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_form_shows_the_digits_of_the_document(rows in rows()) {
        let result = result(&rows);
        let expected = result
            .rows()
            .map(|row| row.iter().map(|cell| if cell.is_null() { String::new() } else { cell.to_string() }).collect())
            .collect::<Vec<Vec<String>>>();
        let json = result.rows().map(|row| row.iter().map(Cell::to_string).collect::<Vec<_>>().join(","));
        let json = json.map(|row| format!("[{row}]")).collect::<Vec<_>>().join(",");
        prop_assert_eq!(result.data_json(), format!("[{json}]"));

        let csv = result.to_csv();
        prop_assert_eq!(cells(&csv, 1, ","), expected.clone());
        let markdown = result.to_markdown();
        let markdown = cells(&markdown, 2, "|");
        prop_assert_eq!(markdown.len(), expected.len());
        for (found, expected) in markdown.iter().zip(&expected) {
            prop_assert_eq!(&found[1..=3], &expected[..]);
        }

        let sheet = Sheet::read(&result.to_xlsx().unwrap(), 1);
        for (row, expected) in expected.iter().enumerate() {
            for (column, expected) in expected.iter().enumerate() {
                let (kind, found) = sheet.cell(row + 1, column).unwrap_or_default();
                match kind.as_str() {
                    "number" => {
                        let found = format!("{:e}", found.parse::<f64>().unwrap());
                        prop_assert_eq!(Digits::parse(&found), Digits::parse(expected));
                    }
                    _ => prop_assert_eq!(&found, expected),
                }
            }
        }
    }
}
