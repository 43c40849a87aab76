//! What files of text can hold, and what their faults are called.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::CsvSource;
use super::record::Records;
use crate::error::Result;
use crate::model::{Column, ColumnType};
use crate::source::moment::DateFormat;
use crate::source::{ReadRequest, Source};

/// A file that is gone when it is dropped, and a source that reads it.
struct Fixture {
    file: NamedTempFile,
    source: CsvSource,
}

fn fixture(bytes: impl AsRef<[u8]>) -> Fixture {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(bytes.as_ref()).expect("written");
    let source = CsvSource::new(file.path());
    Fixture { file, source }
}

impl Fixture {
    fn with(mut self, set: impl FnOnce(CsvSource) -> CsvSource) -> Self {
        self.source = set(self.source);
        self
    }

    fn types(&self) -> Vec<String> {
        let columns = self.source.discover().expect("columns");
        columns.iter().map(|column| format!("{} {}", column.id, column.column_type.name())).collect()
    }

    fn read_as(&self, columns: Vec<Column>) -> Result<Vec<RecordBatch>> {
        self.source.read(&ReadRequest::new(columns))?.collect()
    }

    /// All rows under the columns found, as text.
    fn rows(&self) -> Vec<Vec<String>> {
        let batches = self.read_as(self.source.discover().expect("columns")).expect("reads");
        batches.iter().flat_map(rows).collect()
    }

    /// The error, with the file called `file`.
    fn error(&self, columns: Option<Vec<Column>>) -> String {
        let error = match columns {
            Some(columns) => self.read_as(columns).expect_err("refused"),
            None => self.source.discover().expect_err("refused"),
        };
        error.to_string().replace(&self.file.path().display().to_string(), "file")
    }
}

fn rows(batch: &RecordBatch) -> Vec<Vec<String>> {
    let cells = |array: &ArrayRef| -> Vec<String> {
        let options = FormatOptions::default().with_null("NULL");
        let formatter = ArrayFormatter::try_new(array, &options).expect("can be shown");
        (0..array.len()).map(|index| formatter.value(index).to_string()).collect()
    };
    let columns: Vec<Vec<String>> = batch.columns().iter().map(cells).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect()
}

fn column(name: &str, column_type: ColumnType) -> Column {
    Column::new(name, column_type)
}

#[test]
fn quotes_hold_delimiters_line_ends_and_quotes() {
    let file = fixture("a,b\n\"x,\"\"y\"\"\",1\n\"two\r\nlines\",2\nbare \"quote\" inside,3\n\"\",\n,\"\"\n");
    assert_eq!(file.types(), ["a text", "b integer"]);
    let wanted =
        [["x,\"y\"", "1"], ["two\r\nlines", "2"], ["bare \"quote\" inside", "3"], ["", "NULL"], ["NULL", "NULL"]];
    assert_eq!(file.rows(), wanted);
}

#[test]
fn line_ends_marks_and_empty_lines() {
    for text in ["a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4", "\u{feff}a,b\n1,2\n\n3,4\n\n", "\n\r\na,b\n1,2\n3,4\r\n\r\n"] {
        let file = fixture(text);
        assert_eq!(file.types(), ["a integer", "b integer"], "{text:?}");
        assert_eq!(file.rows(), [["1", "2"], ["3", "4"]], "{text:?}");
    }
    // Of one column an empty line is a row.
    assert_eq!(fixture("a\n1\n\n3\n").rows(), [["1"], ["NULL"], ["3"]]);
}

#[test]
fn files_without_a_header_or_with_other_delimiters() {
    let file = fixture("1;x\n2;y\n").with(|csv| csv.delimiter(b';').header(false));
    assert_eq!(file.types(), ["column_1 integer", "column_2 text"]);
    assert_eq!(file.rows(), [["1", "x"], ["2", "y"]]);
    assert_eq!(fixture("a\tb\n1\t2,5\n").with(|csv| csv.delimiter(b'\t')).types(), ["a integer", "b text"]);
    assert_eq!(fixture("a,,c\n1,2,3\n").types(), ["a integer", "column_2 integer", "c integer"]);
    assert_eq!(fixture("a,b\n").types(), ["a text", "b text"]);
    let error = fixture("a,b\n").with(|csv| csv.delimiter(b'"')).error(None);
    assert_eq!(error, "the delimiter must be an ASCII character other than a quote or a line end");
}

#[test]
fn nulls_are_empty_or_named() {
    let file = fixture("a,b,c\n1,NA,x\nNA,,\"NA\"\n3,-,\n").with(|csv| csv.null_text("NA").null_text("-"));
    assert_eq!(file.types(), ["a integer", "b text", "c text"]);
    assert_eq!(file.rows(), [["1", "NULL", "x"], ["NULL", "NULL", "NULL"], ["3", "NULL", "NULL"]]);
    let file = fixture("a,b\n\"\",1\nx,2\n").with(|csv| csv.null_text(""));
    assert_eq!(file.rows()[0], ["NULL", "1"]);
}

#[test]
fn types_are_found_from_the_whole_file() {
    let rows = "1,1,2013-01-01\n".repeat(20_000);
    let file = fixture(format!("a,b,c\n{rows}1,0.5,2013-01-02\n"));
    assert_eq!(file.types(), ["a integer", "b float", "c date"]);
    let batches = file.read_as(file.source.discover().expect("columns")).expect("reads");
    assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [8192, 8192, 3617]);

    let sampled = fixture(format!("a,b,c\n{rows}1,0.5,2013-01-02\n")).with(|csv| csv.sample_rows(100));
    assert_eq!(sampled.types(), ["a integer", "b integer", "c date"]);
    let error = sampled.error(Some(sampled.source.discover().expect("columns")));
    assert_eq!(error, "column `b`: the value is not an integer of 64 bits (at file:20002)");
}

#[test]
fn types_of_texts_that_look_alike() {
    let check =
        |text: &str, wanted: &str| assert_eq!(fixture(format!("x,y\n{text}")).types()[0], format!("x {wanted}"));
    check("true,1\nFALSE,1\n", "boolean");
    check("01234,1\n04321,1\n", "text");
    check("18446744073709551615,1\n", "decimal(38,0)");
    check("1e3,1\nNaN,1\n", "float");
    check("01/02/2013,1\n03/04/2013,1\n", "text");
    check("01/02/2013,1\n31/04/2013,1\n", "text");
    check("01/02/2013,1\n30/04/2013,1\n", "date");
    check("2013-01-01 05:00,1\n2013-01-01T06:00:00.5+01:00,1\n", "datetime");
    check("\"1\",1\n\"\",1\n", "integer");
}

#[test]
fn dates_are_read_in_the_format_of_their_file() {
    let read = |text: &str| -> Vec<String> {
        let file = fixture(format!("d,n\n{text}"));
        assert_eq!(file.types()[0], "d date", "{text:?}");
        file.rows().into_iter().map(|mut row| row.swap_remove(0)).collect()
    };
    assert_eq!(read("1/2/2013,1\n13/2/2013,1\n"), ["2013-02-01", "2013-02-13"]);
    assert_eq!(read("1/2/2013,1\n2/13/2013,1\n"), ["2013-01-02", "2013-02-13"]);
    assert_eq!(read("1.2.2013,1\n,1\n"), ["2013-02-01", "NULL"]);
    assert_eq!(read("2013/02/01,1\n"), ["2013-02-01"]);

    let ambiguous = fixture("d\n1/2/2013\n");
    assert_eq!(
        ambiguous.error(Some(vec![column("d", ColumnType::Date)])),
        "every date of column `d` could be read with the day or with the month first; declare its date format (at file)"
    );
    let declared = ambiguous.with(|csv| csv.date_format("d", DateFormat::MonthFirstSlash));
    assert_eq!(declared.types(), ["d date"]);
    assert_eq!(declared.rows(), [["2013-01-02"]]);
    let unknown = declared.with(|csv| csv.date_format("day", DateFormat::Iso));
    assert_eq!(
        unknown.error(None),
        "a date format is given for the column `day`, which the file does not have; did you mean `d`? (at file)"
    );
    let wrong = fixture("d,n\n31/1/2013,1\n\n1/31/2013,1\n");
    assert_eq!(
        wrong.error(Some(vec![column("d", ColumnType::Date)])),
        "column `d`: the value is not a date of the form DD/MM/YYYY (at file:4)"
    );
    // Midnights are dates too, when they are declared to be.
    let midnights = fixture("d,n\n2013-01-01 00:00:00,1\n");
    assert_eq!(midnights.types()[0], "d datetime");
    let batches = midnights.read_as(vec![column("d", ColumnType::Date)]).expect("reads");
    assert_eq!(rows(&batches[0]), [["2013-01-01"]]);
}

#[test]
fn datetimes_without_an_offset_are_read_in_the_zone_of_the_column() {
    let file = fixture("at\n2026-03-29 02:30\n2026-10-25 02:30\n2026-07-01T12:00:00+00:00\n");
    let mut columns = file.source.discover().expect("columns");
    let read = |columns: &[Column]| rows(&file.read_as(columns.to_vec()).expect("reads")[0]);
    assert_eq!(read(&columns), [["2026-03-29T02:30:00Z"], ["2026-10-25T02:30:00Z"], ["2026-07-01T12:00:00Z"]]);
    columns[0].source_timezone = Some("Europe/Brussels".into());
    assert_eq!(read(&columns), [["2026-03-29T01:00:00Z"], ["2026-10-25T00:30:00Z"], ["2026-07-01T12:00:00Z"]]);
    columns[0].column_type = ColumnType::LocalDatetime;
    assert_eq!(read(&columns), [["2026-03-29T02:30:00"], ["2026-10-25T02:30:00"], ["2026-07-01T14:00:00"]]);
}

#[test]
fn declared_types_read_the_raw_text() {
    let file = fixture("zip,flag,amount,id\n01234,1,1.50,7\n00001,0,2,8\n");
    let columns = vec![
        column("amount", ColumnType::Decimal { precision: 10, scale: 2 }),
        column("zip", ColumnType::Text),
        column("zip", ColumnType::Integer),
        column("flag", ColumnType::Boolean),
        column("id", ColumnType::Text),
    ];
    let batches = file.read_as(columns).expect("reads");
    assert_eq!(rows(&batches[0]), [["1.50", "01234", "1234", "true", "7"], ["2.00", "00001", "1", "false", "8"]]);
    assert_eq!(batches[0].schema().field(0).name(), "amount");
    // Ids may differ from the names in the file.
    let mut renamed = column("postcode", ColumnType::Text);
    renamed.source_name = "zip".into();
    assert_eq!(file.read_as(vec![renamed]).expect("reads")[0].schema().field(0).name(), "postcode");
}

#[test]
fn rows_can_be_limited_or_only_counted() {
    let file = fixture("a\n1\n2\n3\n");
    let count = |request: ReadRequest| -> usize {
        let batches: Vec<RecordBatch> =
            file.source.read(&request).expect("opens").collect::<Result<_>>().expect("reads");
        batches.iter().map(RecordBatch::num_rows).sum()
    };
    let columns = file.source.discover().expect("columns");
    assert_eq!(count(ReadRequest::new(columns.clone()).with_limit(2)), 2);
    assert_eq!(count(ReadRequest::new(columns).with_limit(0)), 0);
    assert_eq!(count(ReadRequest::new(Vec::new())), 3);
}

#[test]
fn faults_name_the_line_on_which_the_record_starts() {
    // The record before the wrong one goes over two lines, which end in CRLF, and an empty line follows it.
    let file = fixture("a,b\r\n\"x\r\ny\",1\r\n\r\nz,w\r\n");
    let columns = || Some(vec![column("b", ColumnType::Integer)]);
    assert_eq!(file.error(columns()), "column `b`: the value is not an integer of 64 bits (at file:5)");

    let check = |bytes: &[u8], wanted: &str| assert_eq!(fixture(bytes).error(None), wanted);
    check(b"a,b\n1,2\n1,2,3\n", "the record has 3 fields where the first has 2 (at file:3)");
    check(b"a,b\n1\n", "the record has 1 fields where the first has 2 (at file:2)");
    check(b"a,b\n1,2\n\"x,2\n3,4\n", "a quote is opened and never closed (at file:3)");
    check(b"a,b\n\"x\"y,2\n", "text follows a closing quote; quotes inside quotes are doubled (at file:2)");
    check(b"a,b\r1,2\r", "a carriage return stands alone; lines end in LF or CRLF (at file:1)");
    check(b"a,b\n1,2\n3,\"4\r\"\n5\r,6\n", "a carriage return stands alone; lines end in LF or CRLF (at file:4)");
    check(b"a,b\n1,x\n2,caf\xE9\n", "column `b`: the value is not valid UTF-8 (at file:3)");
    check(b"a,caf\xE9\n1,2\n", "the header is not valid UTF-8 (at file:1)");
    check(b"a,b,a\n1,2,3\n", "the column name `a` occurs more than once (at file)");
    check(b"", "the file is empty: it has no header (at file)");
    let latin = fixture(b"a,b\n1,caf\xE9\n");
    assert_eq!(
        latin.error(Some(vec![column("b", ColumnType::Text)])),
        "column `b`: the value is not valid UTF-8 (at file:2)"
    );
    assert_eq!(
        fixture("carrier,n\nx,1\n").error(Some(vec![column("carier", ColumnType::Text)])),
        "the source has no column `carier`; did you mean `carrier`? (at file)"
    );
}

#[test]
fn nothing_follows_an_error() {
    let file = fixture("a\n1\nx\n3\n");
    let mut batches = file.source.read(&ReadRequest::new(vec![column("a", ColumnType::Integer)])).expect("opens");
    assert!(batches.next().expect("an error").is_err());
    assert!(batches.next().is_none());
}

#[test]
fn a_missing_file_is_named() {
    let error = CsvSource::new("nowhere/missing.csv").discover().expect_err("missing");
    assert_eq!(error.path(), Some("nowhere/missing.csv"));
    assert!(error.to_string().starts_with("cannot open the file: "), "{error}");
}

/// Fields that are likely to need quotes.
fn records() -> impl Strategy<Value = Vec<Vec<String>>> {
    let field = "[a,\"\r\n é]{0,6}";
    (2_usize..5).prop_flat_map(move |width| prop::collection::vec(prop::collection::vec(field, width), 1..8))
}

proptest! {
    #[test]
    fn what_another_implementation_writes_is_read(records in records(), crlf: bool, always: bool) {
        let mut builder = csv::WriterBuilder::new();
        if crlf {
            builder.terminator(csv::Terminator::CRLF);
        }
        if always {
            builder.quote_style(csv::QuoteStyle::Always);
        }
        let mut writer = builder.from_writer(Vec::new());
        for record in &records {
            writer.write_record(record).expect("written");
        }
        let written = writer.into_inner().expect("written");

        let mut reader = Records::new(written.as_slice(), b',');
        let mut found = Vec::new();
        while reader.advance().expect("well formed") {
            let text = |field: super::record::Field<'_>| String::from_utf8(field.bytes.to_vec()).expect("text");
            found.push(reader.fields().map(text).collect::<Vec<_>>());
        }
        prop_assert_eq!(found, records);
    }

    #[test]
    fn any_bytes_are_records_or_a_fault(bytes in "[a1,\"\r\n]{0,40}") {
        let mut reader = Records::new(bytes.as_bytes(), b',');
        let mut width = None;
        while let Ok(true) = reader.advance() {
            prop_assert_eq!(*width.get_or_insert_with(|| reader.width()), reader.width());
            prop_assert_eq!(reader.fields().count(), reader.width());
            prop_assert!(reader.line() >= 1);
        }
    }
}

#[test]
fn text_is_kept_as_it_is() {
    let file = fixture("a,b\n  blanks around  ,1\nnaïve café,2\n");
    let batches = file.read_as(file.source.discover().expect("columns")).expect("reads");
    let texts: Vec<Option<&str>> = batches[0].column(0).as_string_view().iter().collect();
    assert_eq!(texts, [Some("  blanks around  "), Some("naïve café")]);
}
