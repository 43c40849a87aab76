//! CSV reads back as what was written, in every dialect, with NULL and empty text told apart.

use std::mem;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringViewArray};
use proptest::prelude::*;

use super::{answer, csv, flights};
use crate::error::ErrorKind;
use crate::result::{CsvDialect, LineEnd, QueryResult, Quoting};

type Row = (Option<String>, Option<i64>, Option<f64>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = proptest::option::of(r#"[abNA0,;|.:"' \n\r\t=+\-@\\\x{feff}é]{0,5}"#);
    let float = proptest::num::f64::POSITIVE | proptest::num::f64::NEGATIVE | proptest::num::f64::NORMAL;
    proptest::collection::vec((text, any::<Option<i64>>(), proptest::option::of(float)), 0..8)
}

pub(super) fn dialects() -> impl Strategy<Value = CsvDialect> {
    let delimiter = proptest::sample::select(b",;\t|.:-+ ".to_vec());
    let null = proptest::sample::select(vec!["", "NA", "\\N", "0", "a"]);
    let marks = proptest::sample::select(b".,".to_vec());
    let quoting = proptest::sample::select(vec![Quoting::Minimal, Quoting::Text, Quoting::All]);
    (delimiter, marks, null, quoting, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(delimiter, mark, null, quoting, header, bom, windows)| {
            CsvDialect::default()
                .delimiter(delimiter)
                .quoting(quoting)
                .decimal_mark(mark)
                .null_text(null)
                .header(header)
                .bom(bom)
                .line_end(if windows { LineEnd::CrLf } else { LineEnd::Lf })
        },
    )
}

fn result(rows: &[Row]) -> QueryResult {
    let texts = rows.iter().map(|(text, _, _)| text.as_deref()).collect::<StringViewArray>();
    let integers = rows.iter().map(|(_, integer, _)| *integer).collect::<Int64Array>();
    let floats = rows.iter().map(|(_, _, float)| *float).collect::<Float64Array>();
    answer(vec![("te,xt", Arc::new(texts) as ArrayRef), ("i", Arc::new(integers)), ("f", Arc::new(floats))])
}

/// The fields of a CSV, each with whether it stood in quotes.
pub(super) fn fields(csv: &str, delimiter: char) -> Vec<Vec<(bool, String)>> {
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut rest = csv.chars().peekable();
    while rest.peek().is_some() {
        let quoted = rest.next_if_eq(&'"').is_some();
        let mut text = String::new();
        if quoted {
            loop {
                match rest.next().unwrap() {
                    '"' if rest.next_if_eq(&'"').is_none() => break,
                    character => text.push(character),
                }
            }
        } else {
            while let Some(character) = rest.next_if(|next| *next != delimiter && !"\r\n\"".contains(*next)) {
                text.push(character);
            }
        }
        row.push((quoted, text));
        match rest.next().unwrap() {
            '\r' => {
                assert_eq!(rest.next(), Some('\n'));
                rows.push(mem::take(&mut row));
            }
            '\n' => rows.push(mem::take(&mut row)),
            between => assert_eq!(between, delimiter),
        }
    }
    assert!(row.is_empty(), "the last line has no end");
    rows
}

proptest! {
    #[test]
    fn what_is_written_reads_back(rows in rows(), dialect in dialects()) {
        let written = csv(&result(&rows), &dialect);
        prop_assert_eq!(written.starts_with('\u{feff}'), dialect.bom);
        let mut read = fields(written.trim_start_matches('\u{feff}'), char::from(dialect.delimiter));

        // A reader that does not care for quotes sees the same fields.
        let mut reader =
            ::csv::ReaderBuilder::new().delimiter(dialect.delimiter).has_headers(false).from_reader(written.as_bytes());
        let theirs = reader.records().map(|record| record.unwrap()).collect::<Vec<_>>();
        prop_assert_eq!(theirs.len(), read.len());
        for (record, ours) in theirs.iter().zip(&read) {
            prop_assert!(record.iter().eq(ours.iter().map(|(_, text)| text.as_str())), "{record:?} {ours:?}");
        }

        if dialect.header {
            let names = read.remove(0).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
            prop_assert_eq!(names, ["te,xt", "i", "f"]);
        }
        prop_assert_eq!(read.len(), rows.len());
        for (read, (text, integer, float)) in read.iter().zip(&rows) {
            let read = read
                .iter()
                .map(|(quoted, text)| (*quoted || *text != dialect.null_text).then_some(text.as_str()))
                .collect::<Vec<_>>();
            prop_assert_eq!(read[0], text.as_deref());
            prop_assert_eq!(read[1].map(|read| read.parse::<i64>().unwrap()), *integer);
            let read_float = read[2].map(|read| read.replace(char::from(dialect.decimal_mark), "."));
            prop_assert_eq!(read_float.map(|read| read.parse::<f64>().unwrap().to_bits()), float.map(f64::to_bits));
        }
    }
}

#[test]
fn the_default_is_plain() {
    assert_eq!(flights().to_csv(), "carrier,n\nUA,58665\n,32\n");
    let result = result(&[(Some(String::new()), None, Some(1.5)), (None, Some(-1), None)]);
    assert_eq!(result.to_csv(), "\"te,xt\",i,f\n\"\",,1.5\n,-1,\n");
}

#[test]
fn what_reads_as_null_or_as_a_delimiter_stands_in_quotes() {
    let rows: [Row; 2] = [(Some("0".to_owned()), Some(0), Some(0.5)), (None, None, None)];
    let dialect = CsvDialect::default().header(false);
    assert_eq!(csv(&result(&rows), &dialect.clone().null_text("0")), "\"0\",\"0\",0.5\n0,0,0\n");
    assert_eq!(csv(&result(&rows), &dialect.clone().decimal_mark(b',')), "0,0,\"0,5\"\n,,\n");
    assert_eq!(csv(&result(&rows), &dialect.clone().decimal_mark(b',').delimiter(b';')), "0;0;0,5\n;;\n");
    assert_eq!(csv(&result(&rows), &dialect.delimiter(b'.')), "0.0.\"0.5\"\n..\n");
}

#[test]
fn quotes_stand_where_they_are_asked_for() {
    let rows: [Row; 2] = [(Some("a".to_owned()), Some(1), Some(0.5)), (None, None, None)];
    let check = |quoting: Quoting, expected: &str| {
        assert_eq!(csv(&result(&rows), &CsvDialect::default().quoting(quoting)), expected);
    };
    check(Quoting::Minimal, "\"te,xt\",i,f\na,1,0.5\n,,\n");
    check(Quoting::Text, "\"te,xt\",\"i\",\"f\"\n\"a\",1,0.5\n,,\n");
    check(Quoting::All, "\"te,xt\",\"i\",\"f\"\n\"a\",\"1\",\"0.5\"\n,,\n");
}

#[test]
fn formulas_are_guarded_in_text_only() {
    let check = |text: &str, expected: &str| {
        let texts: ArrayRef = Arc::new(StringViewArray::from(vec![text]));
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![-1]));
        let result = answer(vec![("x", texts), ("y", numbers)]);
        let dialect = CsvDialect::default().header(false);
        assert_eq!(csv(&result, &dialect.clone().guard_formulas(true)), format!("{expected},-1\n"));
        assert!(!csv(&result, &dialect).contains('\''));
    };
    check("=1+1", "'=1+1");
    check("+1", "'+1");
    check("-1", "'-1");
    check("@SUM(A1)", "'@SUM(A1)");
    check("\t=1", "'\t=1");
    check("\r=1", "\"'\r=1\"");
    check("＝1", "'＝1");
    check("=\"a\",b", "\"'=\"\"a\"\",b\"");
    check("a=1", "a=1");
    check("", "\"\"");
    let empty: ArrayRef = Arc::new(Int64Array::from(Vec::<i64>::new()));
    assert_eq!(csv(&answer(vec![("=x", empty)]), &CsvDialect::default().guard_formulas(true)), "'=x\n");
}

#[test]
fn a_dialect_that_contradicts_itself_is_refused() {
    let check = |dialect: CsvDialect| {
        let mut out = Vec::new();
        let error = flights().write_csv(&mut out, &dialect).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(out.is_empty());
    };
    for delimiter in [b'"', b'\n', b'\r', b'a', b'7', 0xe9] {
        check(CsvDialect::default().delimiter(delimiter));
    }
    check(CsvDialect::default().decimal_mark(b'x'));
    for null in ["a,b", "\"", "\n", "\u{feff}"] {
        check(CsvDialect::default().null_text(null));
    }
}
