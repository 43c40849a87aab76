//! What stands beside plain rows: totals, the remainder of a top, bins, histograms, roles.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, StringViewArray, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};
use arrow::ipc::reader::StreamReader;
use datafusion::scalar::ScalarValue;

use super::{batch, csv, flights, sales, try_answer};
use crate::error::ErrorKind;
use crate::model::{ColumnType, Kind};
use crate::result::{
    Bin, Cell, CellShape, CsvDialect, QueryResult, Quoting, ResultColumn, Role, TotalRows, cell_of, column_texts,
};

#[test]
fn totals_and_the_remainder_stand_in_the_document() {
    let json = sales().to_json();
    let expected = concat!(
        r#"{"data":[["ASIA",null,1],["EUROPE","FRANCE",2000],["EUROPE",{"other":true},30]],"#,
        r#""columns":[{"name":"region""#
    );
    assert!(json.starts_with(expected), "{json}");
    let expected = concat!(
        r#"],"totals":[{"keys":["region"],"grouping_id":2,"data":[["ASIA",null,1],["EUROPE",null,2030]]},"#,
        r#"{"keys":[],"grouping_id":3,"data":[[null,null,2031]]}],"total_rows":3,"cached":false"#
    );
    assert!(json.contains(expected), "{json}");
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
}

#[test]
fn totals_can_be_read_cell_by_cell() {
    let result = sales();
    assert_eq!(result.num_rows(), 3);
    assert_eq!(result.total_rows(), Some(3));
    assert_eq!(result.cell(2, 1), Some(Cell::Other));
    assert_eq!(Cell::Other.to_string(), "(other)");
    let [regions, all] = result.totals() else { panic!("not two sets of totals") };
    assert_eq!((regions.keys(), regions.grouping_id(), regions.num_rows()), (&["region".to_owned()][..], 2, 2));
    assert_eq!((all.keys().len(), all.grouping_id(), all.batch().num_rows()), (0, 3, 1));
    assert_eq!(all.rows().collect::<Vec<_>>(), [[Cell::Null, Cell::Null, Cell::Integer(2031)]]);
    let shown = format!("{result:?}");
    assert!(shown.contains("grouping_id: 3") && !shown.contains("2031") && !shown.contains("EUROPE"), "{shown}");
}

#[test]
fn csv_shows_totals_if_asked() {
    let rows = "region,nation,n\nASIA,,1\nEUROPE,FRANCE,2000\nEUROPE,(other),30\n";
    assert_eq!(sales().to_csv(), rows);
    assert_eq!(
        csv(&sales(), &CsvDialect::default().totals(true)),
        "region,nation,n,grouping_id\nASIA,,1,0\nEUROPE,FRANCE,2000,0\nEUROPE,(other),30,0\n\
         ASIA,,1,2\nEUROPE,,2030,2\n,,2031,3\n"
    );
    let dialect = CsvDialect::default().header(false).delimiter(b'(');
    assert!(csv(&sales(), &dialect).ends_with("EUROPE(\"(other)\"(30\n"));
}

#[test]
fn text_that_reads_as_the_remainder_stands_in_quotes() {
    let member = ResultColumn::new("x", "x", Role::Dimension, Kind::Hierarchy);
    let texts: ArrayRef = Arc::new(StringViewArray::from(vec!["(other)", "hidden"]));
    let result = try_answer(vec![member], vec![batch(vec![texts])]).unwrap();
    let result = result.completed(Some((0, BooleanArray::from(vec![false, true]))), Vec::new(), None).unwrap();
    for (quoting, expected) in [(Quoting::Minimal, "\"(other)\"\n(other)\n"), (Quoting::All, "\"(other)\"\n(other)\n")]
    {
        assert_eq!(csv(&result, &CsvDialect::default().header(false).quoting(quoting)), expected);
    }
    assert_eq!(result.data_json(), r#"[["(other)"],[{"other":true}]]"#);
}

#[test]
fn tables_show_which_dimensions_are_rolled_up() {
    assert_eq!(
        sales().table().to_string().lines().collect::<Vec<_>>(),
        [
            "┌─────────┬─────────┬───────┐",
            "│ Region  ┆ Nation  ┆ Sales │",
            "╞═════════╪═════════╪═══════╡",
            "│ ASIA    ┆ ∅       ┆     1 │",
            "│ EUROPE  ┆ FRANCE  ┆ 2,000 │",
            "│ EUROPE  ┆ (other) ┆    30 │",
            "│ ASIA    ┆ (total) ┆     1 │",
            "│ EUROPE  ┆ (total) ┆ 2,030 │",
            "│ (total) ┆         ┆ 2,031 │",
            "└─────────┴─────────┴───────┘",
        ]
    );
}

#[test]
fn the_stream_says_what_is_the_remainder() {
    let stream = sales().to_arrow_ipc().unwrap();
    let reader = StreamReader::try_new(stream.as_slice(), None).unwrap();
    let names = reader.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    assert_eq!(names, ["region", "nation", "n", "nation_is_other"]);
    let batches = reader.map(|batch| batch.unwrap()).collect::<Vec<_>>();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[0].column(1).as_string::<i32>().iter().collect::<Vec<_>>(), [None, Some("FRANCE")]);
    assert_eq!(batches[0].column(3).as_boolean(), &BooleanArray::from(vec![false, false]));
    assert_eq!(batches[1].column(3).as_boolean(), &BooleanArray::from(vec![true]));
    assert!(!flights().to_arrow_ipc().unwrap().is_empty());
}

#[test]
fn the_stream_does_not_tell_what_stood_under_the_remainder() {
    let member = ResultColumn::new("x", "x", Role::Dimension, Kind::Hierarchy);
    let taken = ResultColumn::new("x_is_other", "y", Role::Dimension, Kind::Hierarchy);
    let texts: ArrayRef = Arc::new(StringViewArray::from(vec!["a", "hidden"]));
    let result = try_answer(vec![member, taken], vec![batch(vec![Arc::clone(&texts), texts])]).unwrap();
    let result = result.completed(Some((0, BooleanArray::from(vec![false, true]))), Vec::new(), None).unwrap();
    let stream = result.to_arrow_ipc().unwrap();
    let read = StreamReader::try_new(stream.as_slice(), None).unwrap().next().unwrap().unwrap();
    assert_eq!(read.schema().field(2).name(), "x_is_other_");
    assert_eq!(read.column(0).as_string::<i32>().iter().collect::<Vec<_>>(), [Some("a"), None]);
}

#[test]
fn what_does_not_fit_beside_the_rows_is_an_error() {
    let marks = |count: usize| BooleanArray::from(vec![true; count]);
    let numbers = || batch(vec![Arc::new(Int64Array::from(vec![1])), Arc::new(Int64Array::from(vec![1]))]);
    let row = || batch(vec![Arc::new(StringViewArray::from(vec!["UA"])), Arc::new(Int64Array::from(vec![1]))]);
    let check = |result: crate::error::Result<QueryResult>, expected: &str| {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Internal, expected));
    };
    check(
        flights().completed(Some((0, marks(1))), Vec::new(), None),
        "an answer of 2 rows came with 1 marks of the remainder",
    );
    check(flights().completed(Some((2, marks(2))), Vec::new(), None), "column 2 of the remainder does not exist");
    check(
        flights().completed(None, vec![(TotalRows::new(Vec::new(), [0], numbers()), None)], None),
        "column `carrier` came as text in the rows and as integer in the totals",
    );
    check(
        flights().completed(None, vec![(TotalRows::new(Vec::new(), [0], row()), Some(marks(1)))], None),
        "totals came with the remainder of a top, and the rows without",
    );
    let unmarked = Some(BooleanArray::from(vec![false]));
    let fits = flights().completed(None, vec![(TotalRows::new(Vec::new(), [0], row()), unmarked)], None);
    assert_eq!(fits.unwrap().totals().len(), 1);
}

#[test]
fn more_dimensions_than_bits_do_not_overflow() {
    let total = TotalRows::new(Vec::new(), [0, 63, 64, 4000], batch(vec![Arc::new(Int64Array::from(vec![1]))]));
    assert_eq!(total.grouping_id(), 1 | (1 << 63));
}

#[test]
fn bins_stand_in_their_column() {
    let mut column = ResultColumn::new("miles", "Miles", Role::Dimension, Kind::Numeric);
    column.bins = vec![
        Bin::new(None, Some(Cell::Integer(10)), 0),
        Bin::new(Some(Cell::Integer(10)), Some(Cell::Decimal("22.50".into())), 1),
        Bin::new(Some(Cell::Decimal("12345678901234567.89".into())), None, 2),
    ];
    assert_eq!(column.bins.iter().map(Bin::label).collect::<Vec<_>>()[1..], ["10 - 22.50", ">= 12345678901234567.89"]);
    let labels: ArrayRef = Arc::new(StringViewArray::from(vec!["< 10"]));
    let result = try_answer(vec![column], vec![batch(vec![labels])]).unwrap();
    assert_eq!(
        serde_json::to_string(&result.columns()[0]).unwrap(),
        concat!(
            r#"{"name":"miles","label":"Miles","role":"dimension","type":"text","kind":"numeric","bins":["#,
            r#"{"lo":null,"hi":10,"order":0},{"lo":10,"hi":22.5,"order":1},"#,
            r#"{"lo":{"decimal":"12345678901234567.89"},"hi":null,"order":2}]}"#
        )
    );
}

#[test]
fn every_role_has_a_name() {
    for role in [Role::Dimension, Role::Measure, Role::Comparison, Role::Window] {
        assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
    }
}

/// Three histograms: of two bins, of none, and NULL.
fn histograms() -> ArrayRef {
    let fields = Fields::from(vec![
        Field::new("lo", DataType::Float64, false),
        Field::new("hi", DataType::Float64, false),
        Field::new("count", DataType::Int64, false),
    ]);
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from(vec![-0.0, 10.0])),
        Arc::new(Float64Array::from(vec![10.0, 20.5])),
        Arc::new(Int64Array::from(vec![3, 0])),
    ];
    let bins = StructArray::try_new(fields, arrays, None).unwrap();
    let field = Arc::new(Field::new_list_field(bins.data_type().clone(), true));
    let nulls = NullBuffer::from(vec![true, true, false]);
    Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths([2, 0, 0]), Arc::new(bins), Some(nulls)).unwrap())
}

#[test]
fn a_histogram_is_one_cell() {
    let column = ResultColumn::new("spread", "Spread", Role::Measure, Kind::Numeric);
    let result = try_answer(vec![column], vec![batch(vec![histograms()])]).unwrap();
    assert_eq!(result.data_json(), "[[[[0.0,10.0,3],[10.0,20.5,0]]],[[]],[null]]");
    assert_eq!(result.to_csv(), "spread\n\"[[0.0,10.0,3],[10.0,20.5,0]]\"\n\"[]\"\n\n");
    assert_eq!(result.cell(0, 0), Some(Cell::Bins(vec![(0.0, 10.0, 3), (10.0, 20.5, 0)])));
    assert_eq!(result.cell(0, 0).unwrap().to_string(), "[[0.0,10.0,3],[10.0,20.5,0]]");
    assert_eq!(result.cell(2, 0), Some(Cell::Null));
    let described = &result.columns()[0];
    assert_eq!((described.shape, described.column_type), (CellShape::Histogram, ColumnType::Text));
    assert_eq!(serde_json::to_value(described).unwrap()["type"], "histogram");
    let stream = result.to_arrow_ipc().unwrap();
    let read = StreamReader::try_new(stream.as_slice(), None).unwrap().next().unwrap().unwrap();
    assert_eq!(read.column(0), &histograms());
}

#[test]
fn a_sliced_histogram_shows_its_own_bins() {
    let column = ResultColumn::new("spread", "Spread", Role::Measure, Kind::Numeric);
    let result = try_answer(vec![column], vec![batch(vec![histograms().slice(1, 2)])]).unwrap();
    assert_eq!(result.data_json(), "[[[]],[null]]");
}

#[test]
fn lists_of_anything_else_are_refused() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let field = Arc::new(Field::new_list_field(DataType::Int64, true));
    let list: ArrayRef = Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths([2]), numbers, None).unwrap());
    let column = ResultColumn::new("x", "x", Role::Measure, Kind::Numeric);
    assert_eq!(try_answer(vec![column], vec![batch(vec![list])]).unwrap_err().kind(), ErrorKind::Internal);
}

#[test]
fn cells_are_json_values() {
    let check = |cell: Cell, expected: &str| assert_eq!(serde_json::to_string(&cell).unwrap(), expected);
    check(Cell::Null, "null");
    check(Cell::Boolean(true), "true");
    check(Cell::Integer(-7), "-7");
    check(Cell::Integer(i128::from(u64::MAX)), r#"{"decimal":"18446744073709551615"}"#);
    check(Cell::Decimal("0.10".into()), "0.1");
    check(Cell::Decimal("0.1000000000000000055".into()), r#"{"decimal":"0.1000000000000000055"}"#);
    check(Cell::Float(0.1), "0.1");
    check(Cell::Text("a\"b".into()), r#""a\"b""#);
    check(Cell::Date(chrono::NaiveDate::default()), r#""1970-01-01""#);
    check(Cell::Other, r#"{"other":true}"#);
    check(Cell::Bins(vec![(0.0, 0.5, 2)]), "[[0.0,0.5,2]]");
}

#[test]
fn single_values_and_columns_outside_of_answers_have_the_same_forms() {
    assert_eq!(cell_of(&ScalarValue::Int64(Some(10))), Cell::Integer(10));
    assert_eq!(cell_of(&ScalarValue::Decimal128(Some(1050), 10, 2)), Cell::Decimal("10.50".into()));
    assert_eq!(cell_of(&ScalarValue::Float64(None)), Cell::Null);
    assert_eq!(cell_of(&ScalarValue::Binary(Some(vec![1]))), Cell::Null);
    let texts: ArrayRef = Arc::new(StringViewArray::from(vec![Some("a,b"), None]));
    assert_eq!(column_texts(&texts).unwrap(), ["a,b", ""]);
}
