//! Workbooks, read back as Excel would read them.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray,
};
use regex::Regex;

use super::{answer, flights, sales, try_answer};
use crate::error::ErrorKind;
use crate::model::Kind;
use crate::result::{QueryResult, ResultColumn, Role, Spreadsheet};

/// The text of a file inside the workbook.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The cells of a sheet: what they are, what they hold, and the number of their style.
pub(super) struct Sheet {
    cells: HashMap<(usize, usize), (String, String, usize)>,
    xml: String,
}

impl Sheet {
    /// The sheet of that number, from 1 on.
    pub(super) fn read(workbook: &[u8], number: usize) -> Self {
        let xml = part(workbook, &format!("xl/worksheets/sheet{number}.xml"));
        let shared = Regex::new(r"(?s)<si>(?:<r>)?<t[^>]*>(.*?)</t>(?:</r>)?</si>").unwrap();
        let strings = if xml.contains(r#"t="s""#) { part(workbook, "xl/sharedStrings.xml") } else { String::new() };
        let strings: Vec<String> = shared.captures_iter(&strings).map(|found| unescaped(&found[1])).collect();
        let cell = Regex::new(r#"<c r="([A-Z]+)([0-9]+)"(?: s="([0-9]+)")?(?: t="([a-z]+)")?><v>([^<]*)</v></c>"#);
        let mut cells = HashMap::new();
        for found in cell.unwrap().captures_iter(&xml) {
            let column = found[1].bytes().fold(0, |sum, letter| sum * 26 + usize::from(letter - b'A') + 1) - 1;
            let row = found[2].parse::<usize>().unwrap() - 1;
            let style = found.get(3).map_or(0, |style| style.as_str().parse().unwrap());
            let held = found[5].to_owned();
            let (kind, held) = match found.get(4).map(|kind| kind.as_str()) {
                Some("s") => ("text", strings[held.parse::<usize>().unwrap()].clone()),
                Some("b") => ("boolean", held),
                None => ("number", held),
                Some(other) => panic!("a cell of the type {other}"),
            };
            assert!(cells.insert((row, column), (kind.to_owned(), held, style)).is_none());
        }
        assert_eq!(xml.matches("<c ").count(), cells.len(), "cells of another form");
        Self { cells, xml }
    }

    /// What a cell is, and what it holds; rows and columns count from 0.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<(String, String)> {
        self.cells.get(&(row, column)).map(|(kind, held, _)| (kind.clone(), held.clone()))
    }

    #[track_caller]
    fn check(&self, row: usize, column: usize, kind: &str, held: &str) {
        assert_eq!(self.cell(row, column), Some((kind.to_owned(), held.to_owned())), "{row} {column}");
    }
}

/// The names of the sheets.
fn sheets(workbook: &[u8]) -> Vec<String> {
    let xml = part(workbook, "xl/workbook.xml");
    let sheet = Regex::new(r#"<sheet name="([^"]*)""#).unwrap();
    sheet.captures_iter(&xml).map(|found| unescaped(&found[1])).collect()
}

/// Whether the cells of a style are bold, and their format of numbers.
fn style(workbook: &[u8], style: usize) -> (bool, String) {
    let xml = part(workbook, "xl/styles.xml");
    let (_, formats) = xml.split_once("<cellXfs").unwrap();
    let format = Regex::new(r#"<xf numFmtId="([0-9]+)" fontId="([0-9]+)""#).unwrap();
    let found = format.captures_iter(formats).nth(style).unwrap();
    let font = Regex::new("(?s)<font>(.*?)</font>").unwrap();
    let font = font.captures_iter(&xml).nth(found[2].parse().unwrap()).unwrap();
    let number = Regex::new(&format!(r#"<numFmt numFmtId="{}" formatCode="([^"]*)""#, &found[1])).unwrap();
    let number = number.captures(&xml).map_or_else(|| found[1].to_owned(), |number| number[1].to_owned());
    (font[1].contains("<b/>"), number)
}

#[test]
fn a_sheet_has_a_frozen_header_and_typed_cells() {
    let result = answer(vec![
        ("day", Arc::new(Date32Array::from(vec![15_706, -30_000])) as ArrayRef),
        (
            "at",
            Arc::new(
                TimestampMicrosecondArray::from(vec![1_357_020_000_000_000, 1_357_020_000_250_000])
                    .with_timezone("America/New_York"),
            ),
        ),
        ("ok", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("n", Arc::new(Int64Array::from(vec![42, (1 << 53) + 1]))),
        ("sum", Arc::new(Decimal128Array::from(vec![150, -5]).with_precision_and_scale(12, 2).unwrap())),
        ("mean", Arc::new(Float64Array::from(vec![0.1, 1e300]))),
        ("note", Arc::new(StringViewArray::from(vec![Some("a & <b>"), Some("")]))),
    ]);
    let file = result.to_xlsx().unwrap();
    let sheet = Sheet::read(&file, 1);
    for (column, name) in ["day", "at", "ok", "n", "sum", "mean", "note"].into_iter().enumerate() {
        sheet.check(0, column, "text", name);
        assert!(style(&file, sheet.cells[&(0, column)].2).0);
    }
    sheet.check(1, 0, "number", "41275");
    sheet.check(2, 0, "text", "1887-11-12");
    // 2013-01-01T06:00:00Z is one in the morning.
    sheet.check(1, 1, "number", &(41_275.0 + 1.0 / 24.0).to_string());
    sheet.check(1, 2, "boolean", "1");
    assert_eq!(sheet.cell(2, 2), None);
    sheet.check(1, 3, "number", "42");
    sheet.check(2, 3, "text", "9007199254740993");
    sheet.check(1, 4, "number", "1.5");
    sheet.check(2, 4, "number", "-0.05");
    sheet.check(1, 5, "number", "0.1");
    sheet.check(1, 6, "text", "a & <b>");
    assert_eq!(sheet.cell(2, 6), None);
    assert_eq!(sheet.cells.len(), 7 + 7 + 5);
    let shown = |row: usize, column: usize| style(&file, sheet.cells[&(row, column)].2);
    assert_eq!(shown(1, 0), (false, "yyyy-mm-dd".to_owned()));
    assert_eq!(shown(1, 1).1, "yyyy-mm-dd hh:mm:ss");
    assert_eq!(shown(2, 1).1, "yyyy-mm-dd hh:mm:ss.000");
    assert!(sheet.xml.contains(r#"ySplit="1""#) && sheet.xml.contains(r#"state="frozen""#), "{}", sheet.xml);
}

#[test]
fn text_is_never_a_formula_nor_markup() {
    let texts = ["=1+1", "@SUM(A1)", "-1", "https://example.com", "<r>a</r>", "<r><t>x</t></r>", "{=1}", "1e5"];
    let result = answer(vec![("=x", Arc::new(StringViewArray::from(texts.to_vec())) as ArrayRef)]);
    let file = result.to_xlsx().unwrap();
    let sheet = Sheet::read(&file, 1);
    sheet.check(0, 0, "text", "=x");
    for (row, text) in texts.into_iter().enumerate() {
        sheet.check(row + 1, 0, "text", text);
    }
    assert!(!sheet.xml.contains("<f>") && !sheet.xml.contains("hyperlink"));
}

#[test]
fn totals_stand_below_in_bold_if_asked() {
    let rows = 1 + 3;
    let without = Sheet::read(&sales().to_xlsx().unwrap(), 1);
    assert!(without.cells.keys().all(|(row, _)| *row < rows));
    without.check(3, 1, "text", "(other)");
    assert_eq!(without.cell(1, 1), None);
    let file = Spreadsheet::new().sheet(&sales()).totals(true).to_bytes().unwrap();
    let with = Sheet::read(&file, 1);
    with.check(4, 0, "text", "ASIA");
    with.check(4, 1, "text", "(total)");
    with.check(5, 2, "number", "2030");
    with.check(6, 0, "text", "(total)");
    assert_eq!(with.cell(6, 1), None);
    with.check(6, 2, "number", "2031");
    for row in 1..rows {
        assert!(!style(&file, with.cells[&(row, 2)].2).0);
    }
    for row in rows..7 {
        assert!(style(&file, with.cells[&(row, 2)].2).0);
    }
}

#[test]
fn several_answers_are_several_sheets() {
    let (one, two) = (flights(), sales());
    let file = Spreadsheet::new().sheet(&one).sheet(&two).to_bytes().unwrap();
    assert_eq!(sheets(&file), ["by_carrier", "by_carrier (2)"]);
    Sheet::read(&file, 1).check(1, 1, "number", "58665");
    Sheet::read(&file, 2).check(2, 2, "number", "2000");
    let error = Spreadsheet::new().to_bytes().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::InvalidInput, "a workbook has at least one sheet"));
}

#[test]
fn the_same_answer_is_the_same_file() {
    let file = flights().to_xlsx().unwrap();
    assert!(part(&file, "docProps/core.xml").contains(">2023-11-14T22:13:20Z</dcterms:created>"));
    assert_eq!(file, flights().to_xlsx().unwrap());
    let mut written = Vec::new();
    flights().write_xlsx(&mut written).unwrap();
    assert_eq!(written, file);
}

fn refused(result: &QueryResult, expected: &str) {
    let error = result.to_xlsx().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::LimitExceeded, expected));
}

#[test]
fn what_excel_does_not_hold_is_refused_with_its_place() {
    let text = |units: usize| "\u{1f600}".repeat(units / 2) + &"x".repeat(units % 2);
    let note = |text: &str| answer(vec![("note", Arc::new(StringViewArray::from(vec!["", text])) as ArrayRef)]);
    Sheet::read(&note(&text(32_767)).to_xlsx().unwrap(), 1).check(2, 0, "text", &text(32_767));
    let long = "column `note`, row 2: the text is longer than the 32767 characters of a cell of Excel";
    refused(&note(&text(32_768)), long);

    let column = ResultColumn::new("x", "x".repeat(40_000), Role::Measure, Kind::Numeric);
    let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let header = try_answer(vec![column], vec![super::batch(vec![one])]).unwrap();
    refused(&header, "column `x`, the header: the text is longer than the 32767 characters of a cell of Excel");

    let numbers = answer(vec![("n", Arc::new((0..1_048_576).collect::<Int64Array>()) as ArrayRef)]);
    refused(&numbers, "a sheet of Excel takes 1048575 rows below its header, and the answer has 1048576");
    let one: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let wide = answer(vec![("n", one); 16_385]);
    refused(&wide, "a sheet of Excel takes 16384 columns, and the answer has 16385");
}
