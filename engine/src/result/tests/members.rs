//! Members of hierarchies in every form of an answer.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringViewArray, StructArray, UInt32Array,
    new_null_array,
};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::{DataType, Field, Fields};
use arrow::ipc::reader::StreamReader;
use datafusion::scalar::ScalarValue;

use super::spreadsheets::Sheet;
use super::{answer, batch, csv, try_answer};
use crate::error::ErrorKind;
use crate::model::{ColumnType, Kind};
use crate::result::member::member_fields;
use crate::result::{
    Alert, AlertCondition, AlertState, Cell, CellShape, Comparison, CsvDialect, MemberCell, MemberColumn, MemberKind,
    QueryResult, Quoting, ResultColumn, Role, Threshold, TotalRows, cell_of, column_texts,
};

pub(super) fn column(members: &[Option<MemberCell>]) -> ArrayRef {
    let mut column = MemberColumn::new();
    for member in members {
        match member {
            Some(member) => column.push(member),
            None => column.push_null(),
        }
    }
    column.finish()
}

/// An answer of these members and their numbers, from 0 on.
pub(super) fn places(members: &[Option<MemberCell>]) -> QueryResult {
    numbered(column(members))
}

pub(super) fn numbered(column: ArrayRef) -> QueryResult {
    let numbers = (0_i64..).take(column.len()).collect::<Int64Array>();
    answer(vec![("place", column), ("n", Arc::new(numbers))])
}

/// A member without a name.
fn member(path: &[Option<&str>], kind: MemberKind) -> MemberCell {
    MemberCell {
        id: path.last().copied().flatten().map(str::to_owned),
        path: path.iter().map(|step| step.map(str::to_owned)).collect(),
        kind,
        ..MemberCell::default()
    }
}

/// A member of every kind, one that is NULL below another, and NULL.
fn every() -> Vec<Option<MemberCell>> {
    let europe = [Some("EUROPE")];
    vec![
        Some(MemberCell {
            id: Some(String::new()),
            depth: Some(0),
            expanded: Some(true),
            ..member(&[], MemberKind::All)
        }),
        Some(MemberCell {
            name: Some("Europe".into()),
            color: Some("#0033aa".into()),
            depth: Some(1),
            expanded: Some(true),
            hidden_children: Some(2),
            ..member(&europe, MemberKind::Member)
        }),
        Some(MemberCell {
            name: Some("Europe".into()),
            depth: Some(2),
            expanded: Some(false),
            ..member(&europe, MemberKind::Own)
        }),
        Some(member(&[Some("EUROPE"), Some("FR")], MemberKind::Member)),
        Some(member(&[Some("EUROPE"), None], MemberKind::Member)),
        Some(MemberCell { name: Some("The \"rest\"".into()), ..member(&[Some("rest")], MemberKind::Virtual) }),
        Some(MemberCell { id: Some(String::new()), ..member(&[], MemberKind::Unassigned) }),
        None,
    ]
}

const EVERY_JSON: [&str; 8] = [
    r#"{"id":"","path":[],"depth":0,"expanded":true,"all":true}"#,
    concat!(
        r##"{"id":"EUROPE","path":["EUROPE"],"name":"Europe","color":"#0033aa","depth":1,"expanded":true,"##,
        r#""hidden_children":2}"#
    ),
    r#"{"id":"EUROPE","path":["EUROPE"],"name":"Europe","depth":2,"expanded":false,"own":true}"#,
    r#"{"id":"FR","path":["EUROPE","FR"]}"#,
    r#"{"id":null,"path":["EUROPE",null]}"#,
    r#"{"id":"rest","path":["rest"],"name":"The \"rest\"","virtual":true}"#,
    r#"{"id":"","path":[],"unassigned":true}"#,
    "null",
];

const EVERY_TEXT: [&str; 8] = ["All", "EUROPE", "EUROPE (own)", "FR", "", "rest", "(unassigned)", ""];

#[test]
fn json_has_objects() {
    let result = places(&every());
    let rows = EVERY_JSON.iter().enumerate().map(|(row, member)| format!("[{member},{row}]")).collect::<Vec<_>>();
    assert_eq!(result.data_json(), format!("[{}]", rows.join(",")));
    let described = &result.columns()[0];
    assert_eq!((described.shape, described.column_type), (CellShape::Member, ColumnType::Text));
    assert_eq!(serde_json::to_value(described).unwrap()["type"], "member");
    serde_json::from_str::<serde_json::Value>(&result.to_json()).unwrap();
}

#[test]
fn cells_are_what_was_pushed() {
    let result = places(&every());
    let shown = ["All", "Europe", "Europe (own)", "FR", "∅", "The \"rest\"", "(unassigned)", "null"];
    for (row, expected) in every().into_iter().enumerate() {
        let cell = result.cell(row, 0).unwrap();
        assert_eq!(cell, expected.map_or(Cell::Null, Cell::Member));
        assert_eq!(serde_json::to_string(&cell).unwrap(), EVERY_JSON[row]);
        assert_eq!(cell.to_string(), shown[row]);
    }
    assert_eq!(format!("[{:>4}]", result.cell(3, 0).unwrap()), "[  FR]");
}

#[test]
fn generated_members_are_called_by_what_is_known_of_them() {
    let named = |name: &str, kind: MemberKind| MemberCell { name: Some(name.into()), ..member(&[], kind) };
    let check = |member: MemberCell, text: &str, shown: &str| {
        assert_eq!(member.to_string(), shown);
        assert_eq!(column_texts(&column(&[Some(member)])).unwrap(), [text]);
    };
    check(named("World", MemberKind::All), "World", "World");
    check(named("Elsewhere", MemberKind::Unassigned), "(unassigned)", "Elsewhere");
    // The rows of the root itself, and of a member that is NULL.
    check(member(&[Some("")], MemberKind::Own), "(own)", "(own)");
    check(member(&[Some("a"), None], MemberKind::Own), "(own)", "(own)");
}

#[test]
fn csv_has_ids() {
    let check = |dialect: &CsvDialect, expected: [&str; 8]| {
        let lines = expected.iter().enumerate().map(|(row, text)| format!("{text},{row}\n")).collect::<String>();
        assert_eq!(csv(&places(&every()), &dialect.clone().header(false)), lines);
    };
    let default = CsvDialect::default();
    check(&default, EVERY_TEXT);
    let mut with_null = EVERY_TEXT;
    (with_null[4], with_null[7]) = ("NA", "NA");
    check(&default.clone().null_text("NA"), with_null);
    check(
        &default.clone().quoting(Quoting::Text),
        [r#""All""#, r#""EUROPE""#, r#""EUROPE (own)""#, r#""FR""#, "", r#""rest""#, r#""(unassigned)""#, ""],
    );

    let one = |id: &str, kind: MemberKind| places(&[Some(member(&[Some(id)], kind))]);
    let guarded = default.clone().header(false).guard_formulas(true);
    assert_eq!(csv(&one("=1+1", MemberKind::Own), &guarded), "'=1+1 (own),0\n");
    assert_eq!(one("(other)", MemberKind::Member).to_csv(), "place,n\n\"(other)\",0\n");
    assert_eq!(one("a,\"b\"", MemberKind::Member).to_csv(), "place,n\n\"a,\"\"b\"\"\",0\n");
    assert_eq!(one("", MemberKind::Member).to_csv(), "place,n\n\"\",0\n");
    assert_eq!(column_texts(&column(&every())).unwrap(), EVERY_TEXT);
}

#[test]
fn people_read_names() {
    let table = places(&every()).table().to_string();
    let expected = [
        "┌──────────────┬───┐",
        "│ place        ┆ n │",
        "╞══════════════╪═══╡",
        "│ All          ┆ 0 │",
        "│ Europe       ┆ 1 │",
        "│ Europe (own) ┆ 2 │",
        "│ FR           ┆ 3 │",
        "│ ∅            ┆ 4 │",
        "│ The \"rest\"   ┆ 5 │",
        "│ (unassigned) ┆ 6 │",
        "│ ∅            ┆ 7 │",
        "└──────────────┴───┘",
    ];
    assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    let markdown = places(&every()).to_markdown();
    let expected = [
        "| place | n |",
        "| --- | ---: |",
        "| All | 0 |",
        "| Europe | 1 |",
        "| Europe (own) | 2 |",
        "| FR | 3 |",
        "|  | 4 |",
        "| The \"rest\" | 5 |",
        "| (unassigned) | 6 |",
        "|  | 7 |",
    ];
    assert_eq!(markdown.lines().collect::<Vec<_>>(), expected);
    let hostile = places(&[Some(member(&[Some("a|\u{1b}[31m")], MemberKind::Member))]);
    assert!(hostile.table().to_string().contains("a|\\u{1b}[31m"));
    assert!(hostile.to_markdown().contains("| a\\|\u{fffd}\\[31m | 0 |"));
}

#[test]
fn workbooks_have_ids() {
    let sheet = Sheet::read(&places(&every()).to_xlsx().unwrap(), 1);
    for (row, text) in EVERY_TEXT.into_iter().enumerate() {
        let expected = (!text.is_empty()).then(|| ("text".to_owned(), text.to_owned()));
        assert_eq!(sheet.cell(row + 1, 0), expected);
    }
}

/// The only batch of the stream, with the members as they are in answers.
pub(super) fn streamed(result: &QueryResult) -> (RecordBatch, ArrayRef) {
    let stream = result.to_arrow_ipc().unwrap();
    let batch = StreamReader::try_new(stream.as_slice(), None).unwrap().next().unwrap().unwrap();
    let members = cast(batch.column(0), &DataType::Struct(member_fields())).unwrap();
    (batch, members)
}

#[test]
fn the_arrow_stream_has_structs_with_plain_text() {
    let result = places(&every());
    let (batch, members) = streamed(&result);
    let DataType::Struct(fields) = batch.column(0).data_type() else { panic!("no struct") };
    let expected = ["id", "path", "name", "color", "kind", "depth", "expanded", "hidden_children"];
    assert!(fields.iter().map(|field| field.name().as_str()).eq(expected));
    for (place, field) in fields.iter().enumerate().take(5) {
        let text = if place == 1 { DataType::new_list(DataType::Utf8, true) } else { DataType::Utf8 };
        assert_eq!(field.data_type(), &text);
    }
    assert_eq!(numbered(members).data_json(), result.data_json());
    assert!(batch.column(0).is_null(7));
    let kinds = batch.column(0).as_struct().column(4).as_string::<i32>();
    assert_eq!(kinds.iter().take(3).flatten().collect::<Vec<_>>(), ["all", "member", "own"]);
    let none = places(&[]);
    assert_eq!(streamed(&none).0.num_rows(), 0);
    assert_eq!((none.data_json().as_str(), none.to_csv().as_str()), ("[]", "place,n\n"));
}

#[test]
fn the_remainder_stands_in_the_place_of_a_member() {
    let columns = vec![ResultColumn::new("place", "Place", Role::Dimension, Kind::Hierarchy)];
    let rows = column(&[Some(member(&[Some("FR")], MemberKind::Member)), Some(MemberCell::default())]);
    let result = try_answer(columns, vec![batch(vec![rows])]).unwrap();
    let others = BooleanArray::from(vec![false, true]);
    let result = result.completed(Some((0, others.clone())), Vec::new(), None).unwrap();
    assert_eq!(result.data_json(), r#"[[{"id":"FR","path":["FR"]}],[{"other":true}]]"#);
    assert_eq!(result.to_csv(), "place\nFR\n(other)\n");
    let (batch, _) = streamed(&result);
    assert_eq!((batch.column(0).is_null(0), batch.column(0).is_null(1)), (false, true));
    assert_eq!(batch.schema().field(1).name(), "place_is_other");
    assert_eq!(batch.column(1).as_boolean(), &others);
}

#[test]
fn totals_roll_members_up() {
    let columns = vec![
        ResultColumn::new("place", "Place", Role::Dimension, Kind::Hierarchy),
        ResultColumn::new("code", "Code", Role::Dimension, Kind::Hierarchy),
        ResultColumn::new("n", "N", Role::Measure, Kind::Numeric),
    ];
    let rows = |place: Option<MemberCell>, code: Option<&str>| {
        batch(vec![column(&[place]), Arc::new(StringViewArray::from(vec![code])), Arc::new(Int64Array::from(vec![5]))])
    };
    let europe = || Some(MemberCell { name: Some("Europe".into()), ..member(&[Some("EU")], MemberKind::Member) });
    let totals = vec![
        (TotalRows::new(vec!["place".to_owned()], [1], rows(europe(), None)), None),
        (TotalRows::new(Vec::new(), [0, 1], rows(None, None)), None),
    ];
    let result = try_answer(columns.clone(), vec![rows(europe(), Some("x"))]).unwrap();
    let result = result.completed(None, totals, None).unwrap();
    let expected = [
        "| Place | Code | N |",
        "| --- | --- | ---: |",
        "| Europe | x | 5 |",
        "| **Europe** | **(total)** | **5** |",
        "| **(total)** |  | **5** |",
    ];
    assert_eq!(result.to_markdown().lines().collect::<Vec<_>>(), expected);
    assert!(result.to_json().contains(r#""data":[[{"id":"EU","path":["EU"],"name":"Europe"},null,5]]"#));

    let text: ArrayRef = Arc::new(StringViewArray::from(vec![Some("EU")]));
    let wrong = batch(vec![Arc::clone(&text), text, Arc::new(Int64Array::from(vec![5]))]);
    let result = try_answer(columns, vec![rows(europe(), Some("x"))]).unwrap();
    let wrong = vec![(TotalRows::new(vec!["place".to_owned()], [1], wrong), None)];
    let error = result.completed(None, wrong, None).unwrap_err();
    assert_eq!(error.to_string(), "column `place` came as member in the rows and as text in the totals");
}

#[test]
fn members_are_counted_by_path_and_kind() {
    let mut members = every();
    // The same path and kind with another name, and the other way round.
    members.push(Some(MemberCell { name: Some("L'Europe".into()), ..member(&[Some("EUROPE")], MemberKind::Member) }));
    members.push(Some(member(&[Some("ASIA"), Some("FR")], MemberKind::Member)));
    let statistics = places(&members).statistics();
    assert_eq!(
        serde_json::to_string(&statistics[0]).unwrap(),
        concat!(
            r#"{"name":"place","type":"member","values":9,"nulls":1,"distinct":8,"#,
            r#""min":null,"max":null,"is_key":false}"#
        )
    );
    // Steps do not run into one another.
    let paths = [vec![Some("a"), Some("b")], vec![Some("at"), None], vec![Some("ab")], vec![None, Some("ab")], vec![]];
    let paths = paths.iter().map(|path| Some(member(path, MemberKind::Member))).collect::<Vec<_>>();
    assert_eq!((places(&paths).statistics()[0].distinct, places(&paths).statistics()[0].is_key), (5, true));
}

#[test]
fn differences_match_members_by_path_and_kind() {
    let places = |members: &[(MemberCell, i64)]| {
        let cells = members.iter().map(|(member, _)| Some(member.clone())).collect::<Vec<_>>();
        let numbers = members.iter().map(|(_, number)| *number).collect::<Int64Array>();
        answer(vec![("place", column(&cells)), ("n", Arc::new(numbers))])
    };
    let europe = |name: &str, kind: MemberKind| MemberCell { name: Some(name.into()), ..member(&[Some("EU")], kind) };
    let paris = |country: &str| member(&[Some(country), Some("Paris")], MemberKind::Member);
    let before =
        places(&[(europe("Europe", MemberKind::Member), 1), (europe("Europe", MemberKind::Own), 2), (paris("FR"), 3)]);
    let after = places(&[
        (europe("L'Europe", MemberKind::Own), 2),
        (europe("L'Europe", MemberKind::Member), 5),
        (paris("US"), 3),
    ]);
    let difference = before.difference(&after).unwrap();
    assert_eq!(difference.unchanged, 1);
    assert_eq!(difference.added, [[Cell::Member(paris("US")), Cell::Integer(3)]]);
    assert_eq!(difference.removed, [[Cell::Member(paris("FR")), Cell::Integer(3)]]);
    let [changed] = difference.changed.as_slice() else { panic!("not one change") };
    assert_eq!(changed.keys, [Cell::Member(europe("L'Europe", MemberKind::Member))]);
    assert_eq!((changed.cells.len(), &changed.cells[0].change), (1, &Cell::Integer(4)));
    let expected = [
        "|  | place | n |",
        "| --- | --- | ---: |",
        "| added | Paris | 3 |",
        "| removed | Paris | 3 |",
        "| changed | L'Europe | 1 → 5 (+4) |",
    ];
    assert_eq!(difference.to_markdown().lines().collect::<Vec<_>>(), expected);

    let texts: ArrayRef = Arc::new(StringViewArray::from(vec!["EU"]));
    let error = before.difference(&numbered(texts)).unwrap_err();
    assert_eq!(error.message(), "column `place` is member in the earlier answer and text in the later one");
}

#[test]
fn members_are_no_numbers_for_alerts() {
    let alert = |column: &str| Alert::new(AlertCondition::Any(Threshold::new(column, Comparison::Greater, 6)));
    let outcome = alert("place").evaluate(Ok(&places(&every())), None);
    assert_eq!(outcome.state, AlertState::Error);
    assert_eq!(outcome.error.as_deref(), Some("column `place` of the answer does not hold numbers"));
    assert_eq!(alert("n").evaluate(Ok(&places(&every())), None).state, AlertState::Triggered);
}

#[test]
fn rows_can_be_cut_picked_and_joined() {
    let all = column(&every());
    let rows = |column: ArrayRef| {
        let result = numbered(column);
        let (_, streamed) = streamed(&result);
        let cells = result.rows().map(|row| serde_json::to_string(&row[0]).unwrap()).collect::<Vec<_>>();
        assert_eq!(numbered(streamed).data_json(), result.data_json());
        cells
    };
    assert_eq!(rows(all.slice(2, 4)), EVERY_JSON[2..6]);
    let picked = take(all.as_ref(), &UInt32Array::from(vec![Some(3), None, Some(1), Some(3)]), None).unwrap();
    assert_eq!(rows(picked), [EVERY_JSON[3], "null", EVERY_JSON[1], EVERY_JSON[3]]);
    let (start, end) = (all.slice(6, 2), all.slice(0, 2));
    let joined = concat(&[start.as_ref(), end.as_ref()]).unwrap();
    assert_eq!(rows(joined), [EVERY_JSON[6], EVERY_JSON[7], EVERY_JSON[0], EVERY_JSON[1]]);
    assert_eq!(rows(new_null_array(&DataType::Struct(member_fields()), 1)), ["null"]);

    let columns = vec![ResultColumn::new("place", "place", Role::Dimension, Kind::Hierarchy)];
    let batches = vec![batch(vec![all.slice(0, 3)]), batch(vec![all.slice(3, 5)])];
    let result = try_answer(columns, batches).unwrap();
    assert_eq!(result.data_json(), format!("[[{}]]", EVERY_JSON.join("],[")));
    assert_eq!(result.cell(3, 0), every()[3].clone().map(Cell::Member));
}

#[test]
fn single_members_have_the_same_form() {
    let all = column(&every());
    let scalar = |row: usize| ScalarValue::try_from_array(&all, row).unwrap();
    assert_eq!(cell_of(&scalar(1)), Cell::Member(every()[1].clone().unwrap()));
    assert_eq!(cell_of(&scalar(7)), Cell::Null);
}

#[test]
fn other_structs_are_refused() {
    let check = |fields: Fields, arrays: Vec<ArrayRef>| {
        let array: ArrayRef = Arc::new(StructArray::try_new(fields, arrays, None).unwrap());
        let column = ResultColumn::new("x", "x", Role::Dimension, Kind::Hierarchy);
        assert_eq!(try_answer(vec![column], vec![batch(vec![array])]).unwrap_err().kind(), ErrorKind::Internal);
    };
    let good = column(&every()[..1]);
    let (fields, arrays) = (member_fields(), good.as_struct().columns().to_vec());

    let mut unknown = arrays.clone();
    unknown[4] = Arc::new(StringViewArray::from(vec!["cousin"]));
    check(fields.clone(), unknown);

    let mut renamed = fields.iter().map(|field| field.as_ref().clone()).collect::<Vec<_>>();
    renamed[2] = Field::new("title", DataType::Utf8View, true);
    check(renamed.into(), arrays.clone());

    let mut number = fields.iter().map(|field| field.as_ref().clone()).collect::<Vec<_>>();
    number[0] = Field::new("id", DataType::Int64, true);
    let mut numbers = arrays.clone();
    numbers[0] = Arc::new(Int64Array::from(vec![1]));
    check(number.into(), numbers);

    check(fields.iter().take(5).cloned().collect(), arrays[..5].to_vec());
}
