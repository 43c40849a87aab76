//! SQL over the datasets: what it answers, what it refuses, and that no scope leaks.

use std::sync::Arc;
use std::time::Duration;

use drillcore::{
    BatchIter, Column, ColumnType, Dataset, DatasetFilter, Error, ErrorKind, Operator, ParameterType, Path, PushMode,
    QueryResult, ReadRequest, Rows, Scope, Source, SqlOptions,
};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// A source that takes its time.
#[derive(Debug)]
struct Slow;

impl Source for Slow {
    fn describe(&self) -> String {
        "slow".to_owned()
    }

    fn discover(&self) -> Result<Vec<Column>, Error> {
        Ok(vec![Column::new("x", ColumnType::Integer)])
    }

    fn read(&self, _: &ReadRequest) -> Result<BatchIter, Error> {
        std::thread::sleep(Duration::from_millis(500));
        Ok(Box::new(std::iter::empty()))
    }
}

/// A text that no message and no plan may hold.
const CANARY: &str = "canary-4711";

fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    push(
        &db,
        "sales",
        &["id", "city", "amount", "price", "day", "at", "Tenant"],
        json!([
            [1, "Ghent", 10, 0.5, "2026-03-02", "2026-03-02T10:00:00Z", "acme"],
            [2, "Ghent", 5, 1.5, "2026-03-30", "2026-03-30T10:00:00Z", "acme"],
            [3, CANARY, 0, 7.25, "2026-04-01", "2026-04-01T10:00:00Z", "zenith"],
            [4, "Bruges", i64::MAX, null, null, null, "zenith"],
            [5, "Bruges", i64::MAX, null, null, null, "zenith"],
        ]),
    );
    push(&db, "web events", &["city", "hits"], json!([["Ghent", 3], ["Bruges", 4]]));
    db
}

fn push(db: &Db, dataset: &str, header: &[&str], rows: Value) {
    let rows = serde_json::from_value(rows).expect("rows");
    block_on(db.engine().push(dataset, PushMode::Create, Rows::new(header.iter().copied(), rows))).expect("a push");
}

fn ask(db: &Db, text: &str, scope: &Scope) -> Result<QueryResult, Error> {
    block_on(db.engine().sql(text, scope))
}

#[track_caller]
fn check(db: &Db, text: &str, expected: &Value) {
    check_as(db, text, &Scope::unrestricted(), expected);
}

#[track_caller]
fn check_as(db: &Db, text: &str, scope: &Scope, expected: &Value) {
    let answer = ask(db, text, scope).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let data: Value = serde_json::from_str(&answer.data_json()).expect("JSON");
    assert_eq!(&data, expected, "{text}");
}

#[track_caller]
fn check_refused(db: &Db, text: &str, kind: ErrorKind) -> Error {
    let error = ask(db, text, &Scope::unrestricted()).expect_err(text);
    assert_eq!(error.kind(), kind, "{text}: {error:?}");
    assert!(!error.to_string().contains('\n'), "{error}");
    error
}

#[test]
fn queries_are_answered() {
    let db = db();
    check(&db, "SELECT 1 + 1 AS two", &json!([[2]]));
    check(
        &db,
        "SELECT city, count(*) FROM sales GROUP BY city HAVING count(*) > 1 ORDER BY city",
        &json!([["Bruges", 2], ["Ghent", 2]]),
    );
    check(
        &db,
        "SELECT s.id, e.hits FROM sales s JOIN \"web events\" e ON e.city = s.city ORDER BY s.id",
        &json!([[1, 3], [2, 3], [4, 4], [5, 4]]),
    );
    check(&db, "WITH g AS (SELECT * FROM sales WHERE city = 'Ghent') SELECT sum(amount) FROM g", &json!([[15]]));
    check(
        &db,
        "SELECT id FROM sales WHERE amount > (SELECT avg(amount) FROM sales) ORDER BY id DESC",
        &json!([[5], [4]]),
    );
    check(
        &db,
        "SELECT city FROM sales UNION SELECT city FROM \"web events\" ORDER BY city LIMIT 2",
        &json!([["Bruges"], ["Ghent"]]),
    );
    check(
        &db,
        "SELECT id, row_number() OVER (PARTITION BY city ORDER BY id) AS r FROM sales ORDER BY id LIMIT 3",
        &json!([[1, 1], [2, 2], [3, 1]]),
    );
    check(
        &db,
        "SELECT id FROM sales WHERE id IN (SELECT id FROM sales WHERE price IS NULL) ORDER BY id",
        &json!([[4], [5]]),
    );
    check(&db, "VALUES (1, 'a'), (2, NULL)", &json!([[1, "a"], [2, null]]));
    check(
        &db,
        "SELECT id, price FROM sales ORDER BY price, id",
        &json!([[1, 0.5], [2, 1.5], [3, 7.25], [4, null], [5, null]]),
    );
    check(&db, "SELECT id FROM sales WHERE \"Tenant\" = 'acme' ORDER BY id", &json!([[1], [2]]));
    check(
        &db,
        "SELECT upper(city), day, at FROM sales WHERE id = 1",
        &json!([["GHENT", "2026-03-02", "2026-03-02T10:00:00Z"]]),
    );
}

#[test]
fn aggregates_are_the_exact_ones() {
    let db = db();
    check(
        &db,
        "SELECT sum(amount) FROM sales WHERE city = 'Bruges'",
        &serde_json::from_str("[[18446744073709551614]]").expect("JSON"),
    );
    check(&db, "SELECT avg(price), median(price), var_pop(price) FROM sales WHERE id < 3", &json!([[1.0, 1.0, 0.25]]));
    check(&db, "SELECT sum(amount) FROM sales WHERE false", &json!([[null]]));
    let answer = ask(&db, "SELECT sum(amount), avg(price) FROM sales", &Scope::unrestricted()).expect("an answer");
    let names: Vec<&str> = answer.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["sum(sales.amount)", "avg(sales.price)"]);
    check(
        &db,
        "SELECT id, sum(price) OVER (ORDER BY id) FROM sales WHERE id < 4 ORDER BY id",
        &json!([[1, 0.5], [2, 2.0], [3, 9.25]]),
    );
}

#[test]
fn answers_have_the_types_of_answers() {
    let db = db();
    let answer =
        ask(&db, "SELECT cast(id AS INT), cast(price AS FLOAT), length(city), NULL FROM sales", &Scope::unrestricted());
    let answer = answer.expect("an answer");
    let types: Vec<String> = answer.columns().iter().map(|column| column.type_name().into_owned()).collect();
    assert_eq!(types, ["integer", "float", "integer", "text"]);
    check(&db, "SELECT 0.0 / 0.0, 1.0 / 0.0, -0.0", &json!([[null, null, 0.0]]));
    let refused = check_refused(&db, "SELECT INTERVAL '1' DAY AS span", ErrorKind::InvalidQuery);
    assert!(refused.message().contains("`span`"), "{refused}");
    check(&db, "SELECT * FROM \"web events\" WHERE false", &json!([]));
    // The order of the source is kept for the engine alone.
    let all = ask(&db, "SELECT * FROM sales", &Scope::unrestricted()).expect("an answer");
    assert_eq!(all.columns().len(), 7);
    check_refused(&db, "SELECT \"#ordinal\" FROM sales", ErrorKind::InvalidQuery);
}

#[test]
fn an_answer_tells_where_it_came_from() {
    let db = db();
    let batches = ask(&db, "SELECT * FROM \"web events\"", &Scope::unrestricted()).expect("rows").batches().to_vec();
    db.create(Dataset::batches("copies", batches)).expect("a dataset");
    let answer = ask(&db, "SELECT * FROM sales, copies", &Scope::unrestricted()).expect("an answer");
    assert_eq!(answer.provenance().path, Path::Mixed);
    assert_eq!(answer.provenance().sources, ["copies"]);
    db.accelerate("copies", &[]).expect("a sync");
    let answer = ask(&db, "WITH sales AS (SELECT * FROM copies) SELECT * FROM sales", &Scope::unrestricted());
    let answer = answer.expect("an answer");
    assert_eq!(answer.provenance().path, Path::Snapshot);
    let read: Vec<&str> = answer.provenance().snapshots.iter().map(|snapshot| snapshot.dataset.as_str()).collect();
    assert_eq!(read, ["copies"]);
}

#[test]
fn mistakes_are_told() {
    let db = db();
    let unknown = check_refused(&db, "SELECT id,\n       colour FROM sales", ErrorKind::InvalidQuery);
    assert_eq!(unknown.path(), Some("line 2, column 8"), "{unknown}");
    let missing = check_refused(&db, "SELECT * FROM sale", ErrorKind::NotFound);
    assert_eq!(missing.message(), "there is no dataset `sale`; did you mean `sales`?");
    check_refused(&db, "SELECT Id FROM sales", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT * FROM Sales", ErrorKind::NotFound);
    check_refused(&db, "SELECT * FROM information_schema.tables", ErrorKind::NotFound);
    check_refused(&db, "SELECT * FROM public.sales", ErrorKind::NotFound);
    check_refused(&db, "SELECT * FROM '/etc/passwd'", ErrorKind::NotFound);
    check_refused(&db, "SELECT * FROM generate_series(1, 10)", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT * FROM range(1, 10)", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT * FROM read_csv('x.csv')", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT input_file_name() FROM sales", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT random()", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT $1", ErrorKind::InvalidQuery);
    check_refused(&db, "SELECT sum(DISTINCT amount), sum(id) FROM sales", ErrorKind::NotSupported);
    check_refused(
        &db,
        "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) SELECT * FROM n",
        ErrorKind::NotSupported,
    );
}

#[test]
fn nothing_is_written() {
    let db = db();
    for text in [
        "SELECT * INTO copy FROM sales",
        "INSERT INTO sales VALUES (1)",
        "WITH x AS (SELECT 1) INSERT INTO sales SELECT * FROM x",
        "CREATE TABLE copy AS SELECT * FROM sales",
        "COPY sales TO 'sales.csv'",
        "COPY (SELECT * FROM sales) TO 'sales.parquet'",
        "SET datafusion.execution.batch_size = 1",
        "EXPLAIN SELECT * FROM sales",
        "EXPLAIN ANALYZE SELECT * FROM sales",
        "SELECT 1; DROP TABLE sales",
    ] {
        let error = ask(&db, text, &Scope::unrestricted()).expect_err(text);
        assert!(matches!(error.kind(), ErrorKind::InvalidQuery | ErrorKind::NotSupported), "{text}: {error:?}");
    }
    check(&db, "SELECT count(*) FROM sales", &json!([[5]]));
}

#[test]
fn limits_hold() {
    let db = db();
    let ask = |text: &str, options| block_on(db.engine().sql_with(text, options, &Scope::unrestricted()));
    let few = SqlOptions::default().max_rows(2);
    assert_eq!(ask("SELECT * FROM sales", few).expect_err("too many").kind(), ErrorKind::LimitExceeded);
    assert_eq!(ask("SELECT * FROM sales LIMIT 2", few).expect("two rows").num_rows(), 2);
    db.create(Dataset::from_source("slow", Arc::new(Slow))).expect("a dataset");
    let soon = SqlOptions::default().timeout(Duration::from_millis(20));
    assert_eq!(ask("SELECT x FROM slow", soon).expect_err("too long").kind(), ErrorKind::LimitExceeded);
    // As long a chain as there may be.
    let chain = format!("SELECT id{} FROM sales WHERE id = 1", " + 1".repeat(190));
    let answer = ask(&chain, SqlOptions::default()).expect("an answer");
    assert_eq!(answer.data_json(), "[[191]]");
}

fn scoped() -> Db {
    let db = db();
    let by_tenant = DatasetFilter::parameter("Tenant", Operator::Equal, "tenant_id", ParameterType::Hierarchy);
    block_on(db.engine().set_filters("sales", vec![by_tenant])).expect("a filter");
    db
}

#[test]
fn no_way_leads_around_a_scope() {
    let db = scoped();
    let acme = Scope::new().parameter("tenant_id", "acme");
    for text in [
        "SELECT id FROM sales ORDER BY id",
        "SELECT sales.id FROM sales AS sales ORDER BY 1",
        "SELECT x.id FROM sales x ORDER BY x.id",
        "SELECT id FROM (SELECT * FROM sales) AS s ORDER BY id",
        "WITH s AS (SELECT * FROM sales) SELECT id FROM s ORDER BY id",
        "WITH sales AS (SELECT * FROM sales) SELECT id FROM sales ORDER BY id",
        "SELECT id FROM sales UNION SELECT id FROM sales ORDER BY id",
        "SELECT DISTINCT a.id FROM sales a CROSS JOIN sales b ORDER BY a.id",
        "SELECT a.id FROM sales a FULL JOIN sales b ON a.id = b.id ORDER BY a.id",
        "SELECT id FROM sales WHERE id IN (SELECT id FROM sales) ORDER BY id",
        "SELECT id FROM sales WHERE \"Tenant\" = 'zenith' OR true ORDER BY id",
        "SELECT id FROM sales GROUP BY ROLLUP (id) HAVING id IS NOT NULL ORDER BY id",
        "SELECT id FROM sales s WHERE EXISTS (SELECT 1 FROM sales t WHERE t.id = s.id) ORDER BY id",
    ] {
        check_as(&db, text, &acme, &json!([[1], [2]]));
    }
    check_as(&db, "SELECT count(*), max(id), min(id), count(DISTINCT city) FROM sales", &acme, &json!([[2, 2, 1, 1]]));
    check_as(&db, "SELECT (SELECT max(id) FROM sales) AS last", &acme, &json!([[2]]));
    check_as(&db, "SELECT id FROM sales WHERE \"Tenant\" <> 'acme' OR \"Tenant\" IS NULL", &acme, &json!([]));
    check_as(&db, "SELECT count(*) FROM sales", &Scope::unrestricted(), &json!([[5]]));
    check_as(&db, "SELECT count(*) FROM sales", &Scope::new().clear("tenant_id"), &json!([[5]]));
}

#[test]
fn a_scope_that_does_not_decide_is_refused() {
    let db = scoped();
    for text in [
        "SELECT 1 FROM sales",
        "SELECT hits FROM \"web events\" WHERE hits > (SELECT count(*) FROM sales)",
        "SELECT hits FROM \"web events\" UNION ALL SELECT id FROM sales",
        "WITH s AS (SELECT * FROM sales) SELECT hits FROM \"web events\", s",
    ] {
        let error = ask(&db, text, &Scope::new()).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{text}: {error:?}");
    }
    check_as(&db, "SELECT sum(hits) FROM \"web events\"", &Scope::new(), &json!([[7]]));
}

#[test]
fn hidden_rows_cannot_make_a_query_fail() {
    let db = scoped();
    let acme = Scope::new().parameter("tenant_id", "acme");
    // Among the hidden rows are an amount of 0 and a city that is no number.
    for text in [
        "SELECT id FROM sales WHERE 100 / amount > 1 ORDER BY id",
        "SELECT id FROM sales WHERE 100 / amount > 1 AND \"Tenant\" = 'acme' ORDER BY id",
        "SELECT id FROM (SELECT id, 100 / amount AS share FROM sales) AS s WHERE share > 1 ORDER BY id",
        "SELECT a.id FROM sales a JOIN sales b ON a.id = b.id AND 100 / b.amount > 1 ORDER BY a.id",
    ] {
        check_as(&db, text, &acme, &json!([[1], [2]]));
        let error = ask(&db, text, &Scope::unrestricted()).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error:?}");
    }
    let cast = "SELECT id FROM sales WHERE cast(replace(city, 'Ghent', '1') AS INT) = 1 ORDER BY id";
    check_as(&db, cast, &acme, &json!([[1], [2]]));
    let error = ask(&db, cast, &Scope::unrestricted()).expect_err("no number");
    let told = format!("{error} {error:?} {}", error.to_json());
    assert!(!told.contains(CANARY), "{told}");
}

#[test]
fn a_fixed_filter_holds_for_everybody() {
    let db = db();
    let only = DatasetFilter::fixed("city", Operator::Equal, Some("Ghent".into()));
    block_on(db.engine().set_filters("sales", vec![only])).expect("a filter");
    check(&db, "SELECT count(*), sum(100 / amount) FROM sales", &json!([[2, 30]]));
    let answer = ask(&db, "SELECT 1 FROM sales", &Scope::unrestricted()).expect("an answer");
    assert_eq!(answer.provenance().filters, ["sales.city = 'Ghent'"]);
}
