//! Members of rows that are kept by ordinal give the answers that looking each of them up gives: asked for once, twice and
//! again, before and after a sync of what has changed, on the rows themselves and behind links.

use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Field, Schema};
use drillcore::{
    Acceleration, BatchIter, Column, ColumnType, Dataset, DatasetFilter, Element, Engine, Error, Hierarchy, Link,
    Operator, ParameterType, Query, QueryBatch, ReadRequest, Result, Scope, Source, SyncMode,
};
use drillcore_tests::engine_side::Db;
use drillcore_tests::hierarchies::asking::{ask_as, by, data, ids, numbers, rows_of, save, table, test, texts};
use drillcore_tests::sync::{HandClock, micros};
use futures::executor::block_on;
use serde_json::{Value, json};

/// More than the rows from which on it pays to keep the member of each.
const ROWS: i64 = 70_000;

/// The time of the clock, far behind all changes.
const NOW: i64 = 10_000_000;

#[derive(Debug, Clone)]
struct Fact {
    id: i64,
    belt: String,
    piece: Option<String>,
    station: Option<i64>,
    updated: i64,
    deleted: Option<i64>,
}

fn fact(id: i64, updated: i64) -> Fact {
    let piece = (id % 13 != 5).then(|| format!("piece number {}", id * 7 % 101));
    // Some are nowhere, some where nobody is.
    let station = (id % 11 != 3).then_some(id * 3 % 45);
    Fact { id, belt: format!("b{}", id % 4), piece, station, updated, deleted: None }
}

/// What the owner of the facts does between two syncs: some go, some change, some come.
fn change(facts: &mut Vec<Fact>, at: i64) {
    for fact in facts.iter_mut() {
        if fact.id % 97 == 0 {
            (fact.deleted, fact.updated) = (Some(at), at);
        } else if fact.id % 89 == 1 {
            fact.piece = Some(format!("piece number {}", fact.id % 103));
            fact.station = fact.station.map(|station| station + 1);
            fact.updated = at;
        }
    }
    facts.extend((ROWS..ROWS + 300).map(|id| fact(id, at)));
}

/// The facts, with those that are deleted or without.
#[derive(Debug)]
struct Facts {
    facts: Arc<Mutex<Vec<Fact>>>,
    with_deleted: bool,
}

const COLUMNS: [(&str, ColumnType); 8] = [
    ("id", ColumnType::Integer),
    ("belt", ColumnType::Text),
    ("piece", ColumnType::Text),
    ("station", ColumnType::Integer),
    ("amount", ColumnType::Integer),
    ("created_at", ColumnType::Datetime),
    ("updated_at", ColumnType::Datetime),
    ("deleted_at", ColumnType::Datetime),
];

fn array(facts: &[&Fact], column: &str) -> ArrayRef {
    match column {
        "id" => integers(facts, |fact| Some(fact.id)),
        "belt" => strings(facts, |fact| Some(fact.belt.as_str())),
        "piece" => strings(facts, |fact| fact.piece.as_deref()),
        "station" => integers(facts, |fact| fact.station),
        "amount" => integers(facts, |fact| Some(fact.id % 1_000)),
        "created_at" => times(facts, |fact| Some(if fact.id < ROWS { 0 } else { fact.updated })),
        "updated_at" => times(facts, |fact| Some(fact.updated)),
        _ => times(facts, |fact| fact.deleted),
    }
}

fn strings<'a>(facts: &[&'a Fact], value: impl Fn(&'a Fact) -> Option<&'a str>) -> ArrayRef {
    Arc::new(facts.iter().copied().map(value).collect::<StringArray>())
}

fn integers(facts: &[&Fact], value: impl Fn(&Fact) -> Option<i64>) -> ArrayRef {
    Arc::new(facts.iter().copied().map(value).collect::<Int64Array>())
}

fn times(facts: &[&Fact], value: impl Fn(&Fact) -> Option<i64>) -> ArrayRef {
    let times: TimestampMicrosecondArray = facts.iter().copied().map(|fact| value(fact).map(micros)).collect();
    Arc::new(times.with_timezone("UTC"))
}

impl Source for Facts {
    fn describe(&self) -> String {
        "facts of a test".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>> {
        Ok(COLUMNS.into_iter().map(|(id, column_type)| Column::new(id, column_type)).collect())
    }

    fn read(&self, request: &ReadRequest) -> Result<BatchIter> {
        let facts = self.facts.lock().expect("the facts");
        let limit = request.limit.map_or(usize::MAX, |limit| usize::try_from(limit).expect("few rows"));
        let wanted = facts.iter().filter(|fact| self.with_deleted || fact.deleted.is_none());
        let wanted: Vec<&Fact> = wanted.take(limit).collect();
        let batch = |facts: &[&Fact]| {
            let arrays: Vec<ArrayRef> =
                request.columns.iter().map(|column| array(facts, &column.source_name)).collect();
            let fields = request.columns.iter().zip(&arrays);
            let fields = fields.map(|(column, array)| Field::new(&column.source_name, array.data_type().clone(), true));
            let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
            let options = RecordBatchOptions::new().with_row_count(Some(facts.len()));
            let batch = RecordBatch::try_new_with_options(schema, arrays, &options);
            batch.map_err(|error| Error::source_error(error.to_string()))
        };
        let batches: Vec<Result<RecordBatch>> = wanted.chunks(8_192).map(batch).collect();
        Ok(Box::new(batches.into_iter()))
    }
}

/// An engine with facts, people at their stations, and hierarchies over both.
fn filled(facts: Facts) -> Db {
    let engine = Engine::builder().threads(2).clock(Arc::new(HandClock::new(NOW))).in_memory().expect("an engine");
    let db = Db::from(engine);
    db.create(Dataset::from_source("facts", Arc::new(facts))).expect("facts");
    let people = || 1..=40_i64;
    let names: Vec<String> = people().map(|id| format!("n{id}")).collect();
    let columns = vec![
        ("person", numbers(people().map(Some))),
        ("boss", numbers(people().map(|id| (id > 1).then_some((id + 1) / 3)))),
        ("team", texts(people().map(|id| Some(if id % 3 == 0 { "blue" } else { "red" })))),
        ("called", texts(names.iter().map(|name| Some(name.as_str())))),
    ];
    table(&db, "people", columns);
    db.link(Link::new("who").from("facts", ["station"]).to("people", ["person"])).expect("a link");
    let groups = ["g0", "g1"].map(Element::group);
    let placed = (0..60).map(|number| {
        let group = if number % 3 == 0 { "g0" } else { "g1" };
        Element::value(format!("piece number {number}")).under(group)
    });
    save(&db, Hierarchy::tree("parts", "facts", "piece", groups.into_iter().chain(placed)));
    save(&db, Hierarchy::levels("floors", "facts", ["belt", "piece"]));
    save(&db, Hierarchy::parent_child("org", "people", "person", "boss"));
    save(&db, Hierarchy::levels("teams", "people", ["team", "called"]));
    db
}

/// Groups by members, of the base and behind the link, some of rows below a member.
fn queries() -> Vec<Value> {
    let boss = json!({"dataset_id": "who", "hierarchy_id": "org"});
    let below = json!({"expression": "? = ?", "parameters": [boss, ["1", "2"]]});
    let mut filtered = by("facts", json!([{"hierarchy_id": "parts", "level": 2}]));
    filtered["where"] = json!([test("parts", "? = ?", json!(["g0"])), below]);
    let mut of_team = by("facts", json!([{"dataset_id": "who", "hierarchy_id": "teams", "level": 1}]));
    of_team["where"] = json!([test("floors", "? = ?", json!(["b1"]))]);
    let mut total = by("facts", json!([]));
    total["where"] = json!([below]);
    vec![
        by("facts", json!([{"hierarchy_id": "parts"}])),
        by("facts", json!([{"hierarchy_id": "parts", "expand": {"depth": 1, "open": ["g1"]}}])),
        by("facts", json!([{"hierarchy_id": "floors", "level": 1}, {"hierarchy_id": "parts", "level": 1}])),
        by("facts", json!([{"hierarchy_id": "floors", "level": 2}])),
        by("facts", json!([{"dataset_id": "who", "hierarchy_id": "org", "level": 3}])),
        by("facts", json!([{"dataset_id": "who", "hierarchy_id": "org", "expand": {"depth": 2}}])),
        by("facts", json!([{"dataset_id": "who", "hierarchy_id": "teams", "level": 2}, {"hierarchy_id": "floors"}])),
        filtered,
        of_team,
        total,
    ]
}

fn parsed(query: &Value) -> Query {
    Query::from_json(&query.to_string()).unwrap_or_else(|error| panic!("{error}\n{query}"))
}

fn plan(db: &Db, query: &Value) -> String {
    block_on(db.engine().explain(&parsed(query), &Scope::unrestricted())).expect("a plan").physical_plan
}

/// Asks everything three times, and again in one batch. Members are looked up at first, and not any more at the end.
fn check_thrice(db: &Db, live: &Db) -> Vec<Value> {
    let expected: Vec<Value> = queries().iter().map(|query| data(live, query)).collect();
    for query in &queries() {
        assert!(!plan(db, query).contains("member_of_row["), "nothing was read for a plan:\n{}", plan(db, query));
    }
    for time in 1..=3 {
        for (query, expected) in queries().iter().zip(&expected) {
            let found = data(db, query);
            assert_eq!(found, *expected, "\nfound    {found}\nexpected {expected}\nof {query}, time {time}");
        }
    }
    for query in &queries() {
        let plan = plan(db, query);
        assert!(plan.contains("member_of_row["), "{plan}\nof {query}");
        for unread in ["piece", "belt", "station", "link_row"] {
            assert!(!plan.contains(unread), "{unread} is read in\n{plan}\nof {query}");
        }
    }
    let batch = QueryBatch::new(queries().iter().map(parsed));
    let answers = block_on(db.engine().query_batch(&batch, &Scope::unrestricted()));
    for ((query, expected), answer) in queries().iter().zip(&expected).zip(answers) {
        let found = rows_of(&answer.unwrap_or_else(|error| panic!("{error}\n{query}")));
        assert_eq!(found, *expected, "\nfound    {found}\nexpected {expected}\nof {query} in a batch");
    }
    expected
}

#[test]
fn answers_stay_the_same_when_the_members_of_rows_are_kept() {
    let facts = Arc::new(Mutex::new((0..ROWS).map(|id| fact(id, 0)).collect::<Vec<_>>()));
    let [db, live] = [true, false].map(|with_deleted| filled(Facts { facts: Arc::clone(&facts), with_deleted }));
    db.accelerate("people", &[]).expect("a sync");
    let delta = Acceleration::delta("created_at").key(["id"]).insert_update_delete("updated_at", "deleted_at");
    block_on(db.engine().accelerate("facts", delta)).expect("an acceleration");
    let first = db.sync("facts").expect("a first sync").version;
    let before = check_thrice(&db, &live);

    change(&mut facts.lock().expect("the facts"), 50);
    let report = db.sync("facts").expect("a sync of changes");
    assert_eq!(report.mode, SyncMode::Delta, "{report}");
    let after = check_thrice(&db, &live);
    assert!(before.iter().zip(&after).all(|(before, after)| before != after), "the changes are seen everywhere");

    // Rows one by one, and those of the version before.
    let some = json!([test("parts", "? = ?", json!(["g1", "piece number 7"])), test("floors", "? = ?", json!(["b2"]))]);
    let expected = ids(&live, "facts", some.clone());
    assert!(expected.len() > 100, "{expected:?}");
    let mut then = Vec::new();
    for time in 1..=3 {
        assert_eq!(ids(&db, "facts", some.clone()), expected, "time {time}");
        for query in &queries() {
            let query = parsed(query).at_version(first);
            let answer = block_on(db.engine().query(&query, &Scope::unrestricted())).expect("an answer");
            then.push(rows_of(&answer));
        }
    }
    for (asked, found) in then.iter().enumerate() {
        assert_eq!(*found, before[asked % before.len()], "question {asked}");
    }

    // What a scope hides.
    for db in [&db, &live] {
        let filter = DatasetFilter::parameter("belt", Operator::Equal, "belt", ParameterType::Hierarchy);
        block_on(db.engine().set_filters("facts", vec![filter])).expect("filters");
    }
    let scope = Scope::new().parameter("belt", "b1");
    for query in &queries() {
        let expected = rows_of(&ask_as(&live, query, &scope));
        for time in 1..=3 {
            assert_eq!(rows_of(&ask_as(&db, query, &scope)), expected, "time {time} of {query}");
        }
    }
}
