//! Formulas that are as large, as deep and as greedy as they can be: refused at once or answered, on a small stack.

use std::time::{Duration, Instant};

use drillcore::{ErrorKind, PushMode, Rows};
use drillcore_formulas::{MAX_GROWN_BYTES, MAX_SOURCE_BYTES};
use drillcore_tests::engine_side::Db;
use futures::executor::block_on;
use serde_json::{Value, json};

/// The stack of whoever asks. The threads of the engine have as much.
const STACK_BYTES: usize = 2 << 20;

/// What a refusal may take. It takes a few milliseconds; the rest is for a machine that is busy, and for tests that are
/// built without optimisation.
const REFUSAL: Duration = Duration::from_secs(2);

/// What an answer may take.
const ANSWER: Duration = Duration::from_secs(60);

/// Runs this on a small stack.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap();
}

/// Three rows: `a` is 1, 2 and NULL, `s` is `ab`, empty and NULL.
fn db() -> Db {
    let db = Db::in_memory().expect("an engine");
    let rows =
        Rows::new(["a", "s"], vec![vec![json!(1), json!("ab")], vec![json!(2), json!("")], vec![Value::Null; 2]]);
    block_on(db.engine().push("t", PushMode::Create, rows)).expect("a push");
    db
}

/// Queries with a formula of row level, and one that groups.
fn by_rows(formula: &str) -> [Value; 4] {
    let count = json!({"column_id": "*", "aggregation": "count"});
    let derived = json!([{"as": "x", "expression": formula}]);
    let rows = json!({"rollup_data": false});
    let test = json!({"expression": "? is not null", "parameters": [{"expression": formula}]});
    [
        json!({"dataset_id": "t", "derived": derived, "dimensions": [{"column_id": "x"}], "options": rows}),
        json!({"dataset_id": "t", "dimensions": [{"expression": formula}], "measures": [count]}),
        json!({"dataset_id": "t", "measures": [count], "where": [test]}),
        json!({"dataset_id": "t", "measures": [count, {"formula": format!("COUNT({formula})")}]}),
    ]
}

/// Queries with a formula of aggregate level.
fn by_groups(formula: &str) -> [Value; 3] {
    let count = json!({"column_id": "*", "aggregation": "count"});
    let test = json!({"expression": "? is not null", "parameters": [{"formula": formula}]});
    let key = json!({"formula": formula, "order": "desc"});
    [
        json!({"dataset_id": "t", "measures": [{"formula": formula}]}),
        json!({"dataset_id": "t", "dimensions": [{"column_id": "a"}], "measures": [count], "having": [test]}),
        json!({"dataset_id": "t", "dimensions": [{"column_id": "a"}], "measures": [count], "order": [key]}),
    ]
}

/// Asks in every place of a query where formulas stand, each of which refuses in a line and at once.
fn check_refused(db: &Db, formula: &str) {
    let shown: String = formula.chars().take(40).collect();
    for query in by_rows(formula).iter().chain(&by_groups(formula)) {
        let text = query.to_string();
        let start = Instant::now();
        let error = db.ask(&text).expect_err(&shown);
        let took = start.elapsed();
        let refused = matches!(error.kind(), ErrorKind::InvalidQuery | ErrorKind::LimitExceeded);
        assert!(refused, "{shown}: {error:?}");
        assert_eq!(error.message().lines().count(), 1, "{shown}");
        assert!(error.message().len() < 500, "{shown}: {}", error.message());
        assert!(took < REFUSAL, "{shown}: {took:?}");
    }
}

/// Asks for the three values of a formula of row level, and in the other places.
fn check_values(db: &Db, formula: &str, expected: &str) {
    let shown: String = formula.chars().take(60).collect();
    for (place, query) in by_rows(formula).iter().enumerate() {
        let start = Instant::now();
        let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{shown}: {error:?}"));
        assert!(start.elapsed() < ANSWER, "{shown}: {:?}", start.elapsed());
        if place == 0 {
            assert_eq!(answer.data_json(), expected, "{shown}");
        }
    }
}

#[test]
fn what_is_too_large_is_refused_at_once() {
    on_small_stack(|| {
        let db = db();
        for opening in
            ["(", "-(", "IF(", "CASE WHEN ", "NOT ", "1 IN (", "COALESCE(", "SUM(", "CAST(", "{", "'", "@", "1,"]
        {
            for length in [MAX_SOURCE_BYTES, 1 << 20] {
                check_refused(&db, &opening.repeat(length / opening.len()));
            }
        }
        let terms = 100_000;
        for (link, last, closing) in [
            ("1 + ", "1", ""),
            ("TRUE OR ", "TRUE", ""),
            ("TRUE AND ", "TRUE", ""),
            ("'a' || ", "'a'", ""),
            ("IF(TRUE, 1, ", "1", ")"),
            ("CASE WHEN TRUE THEN ", "1", " END"),
            ("CASE 1 WHEN 1 THEN ", "1", " END"),
        ] {
            check_refused(&db, &format!("{}{last}{}", link.repeat(terms), closing.repeat(terms)));
        }
        check_refused(&db, &format!("1 IN ({}1)", "1,".repeat(terms)));
    });
}

/// Some texts, each made from its number from 1000 on, with something between.
fn numbered(count: usize, between: &str, make: impl Fn(usize) -> String) -> String {
    (1000..1000 + count).map(make).collect::<Vec<_>>().join(between)
}

#[test]
fn what_is_as_large_as_it_may_be_is_answered() {
    on_small_stack(|| {
        let db = db();
        let equal = numbered(3_300, " OR ", |number| format!("{{a}} = {number}"));
        check_values(&db, &format!("{equal} OR {{a}} = 2"), "[[false],[true],[null]]");
        let other = numbered(3_300, " AND ", |number| format!("{{a}} <> {number}"));
        check_values(&db, &other, "[[true],[true],[null]]");
        let list = numbered(9_900, ",", |number| number.to_string());
        check_values(&db, &format!("{{a}} IN ({list},2)"), "[[false],[true],[null]]");
        let branches = numbered(3_000, " ", |number| format!("WHEN {number} THEN 1"));
        check_values(&db, &format!("CASE {{a}} {branches} WHEN 2 THEN 7 ELSE 0 END"), "[[0],[7],[0]]");
        let conditions = numbered(1_900, ",", |number| format!("{{a}}={number},{number}"));
        check_values(&db, &format!("IFS({conditions},{{a}}=2,7)"), "[[null],[7],[null]]");
        check_values(&db, &format!("COALESCE({}7)", "{a},".repeat(9_900)), "[[1],[2],[7]]");
        check_values(
            &db,
            &format!("GREATEST({{a}},{})", numbered(9_900, ",", |number| number.to_string())),
            "[[10899],[10899],[10899]]",
        );
    });
}

#[test]
fn what_is_as_deep_as_it_may_be_is_answered() {
    // One level is left for the aggregate around them.
    on_small_stack(|| {
        let db = db();
        let around = |open: &str, value: &str, close: &str, times: usize| {
            format!("{}{value}{}", open.repeat(times), close.repeat(times))
        };
        check_values(&db, &around("", "{a}", " + 1", 126), "[[127],[128],[null]]");
        check_values(&db, &around("1 + (", "{a}", ")", 126), "[[127],[128],[null]]");
        check_values(&db, &around("(", "{a}", ")", 200), "[[1],[2],[null]]");
        check_values(&db, &around("NOT ", "({a} = 1)", "", 124), "[[true],[false],[null]]");
        check_values(&db, &around("ABS(", "{a}", ")", 126), "[[1],[2],[null]]");
        check_values(&db, &around("IF({a} = 1, ", "1", ")", 120), "[[1],[null],[null]]");
        check_values(&db, &around("CASE WHEN {a} > 0 THEN ", "{a}", " ELSE 5 END", 120), "[[1],[2],[5]]");
        check_values(&db, &around("CASE {a} WHEN ", "1", " THEN {a} END", 100), "[[1],[null],[null]]");
        check_values(&db, &format!("LENGTH({})", around("", "{s}", " || 'ab'", 124)), "[[250],[248],[null]]");
    });
}

#[test]
fn formulas_of_groups_are_as_large_and_deep() {
    on_small_stack(|| {
        let db = db();
        let equal = numbered(3_000, " OR ", |number| format!("{{a}} = {number}"));
        let sums = format!("SUM({{a}}){}", " + SUM({a})".repeat(119));
        for (formula, expected) in [
            (format!("SUM({{a}} WHERE {equal} OR {{a}} = 2)"), "[[2]]"),
            (format!("SUM(IF({equal}, 0, 1))"), "[[3]]"),
            (format!("{}COUNTR(){}", "ABS(".repeat(126), ")".repeat(126)), "[[3]]"),
            (format!("COALESCE({}COUNTR())", "NULL,".repeat(9_000)), "[[3]]"),
            (format!("{sums} - SUM({{a}}) * 120"), "[[0]]"),
        ] {
            let shown: String = formula.chars().take(60).collect();
            for (place, query) in by_groups(&formula).iter().enumerate() {
                let start = Instant::now();
                let answer = db.ask(&query.to_string()).unwrap_or_else(|error| panic!("{shown}: {error:?}"));
                assert!(start.elapsed() < ANSWER, "{shown}: {:?}", start.elapsed());
                if place == 0 {
                    assert_eq!(answer.data_json(), expected, "{shown}");
                }
            }
        }
    });
}

/// Small formulas that are made of each other.
#[test]
fn columns_that_are_made_of_each_other_end() {
    on_small_stack(|| {
        let db = db();
        let chain = |links: usize, formula: &dyn Fn(&str) -> String| {
            let derived = (0..links).map(|link| {
                let before = if link == 0 { "{a}".to_owned() } else { format!("{{c{}}}", link - 1) };
                json!({"as": format!("c{link}"), "expression": formula(&before)})
            });
            let query = json!({
                "dataset_id": "t",
                "derived": derived.collect::<Vec<_>>(),
                "dimensions": [{"column_id": format!("c{}", links - 1)}],
                "options": {"rollup_data": false}
            });
            db.ask(&query.to_string())
        };
        let twice = |before: &str| format!("{before} + {before}");
        assert_eq!(chain(10, &twice).expect("a sum").data_json(), "[[1024],[2048],[null]]");
        let deep = |before: &str| format!("{before}{}", " + 1".repeat(100));
        assert_eq!(chain(3, &deep).expect("a sum").data_json(), "[[301],[302],[null]]");
        for refused in [chain(40, &twice), chain(64, &twice), chain(20, &deep), chain(64, &deep)] {
            let error = refused.expect_err("too large");
            assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{error:?}");
        }
    });
}

#[test]
fn texts_that_grow_without_end_are_null() {
    on_small_stack(|| {
        let db = db();
        let most = MAX_GROWN_BYTES;
        let more = most + 1;
        for (formula, expected) in [
            (format!("LENGTH(REPEAT('a', {most}))"), format!("[[{most}],[{most}],[{most}]]")),
            (format!("LENGTH(REPEAT('a', {more}))"), "[[null],[null],[null]]".to_owned()),
            (
                "LENGTH(REPEAT(REPEAT(REPEAT('abcdefghij', 1000), 1000), 1000))".to_owned(),
                "[[null],[null],[null]]".to_owned(),
            ),
            (format!("LENGTH(REPEAT({{s}}, {}))", i64::MAX), "[[null],[0],[null]]".to_owned()),
            (format!("LENGTH(PAD_LEFT({{s}}, {}))", i64::MAX), "[[null],[null],[null]]".to_owned()),
            (format!("LENGTH(PAD_RIGHT({{s}}, {}, 'xyz'))", i64::MAX), "[[null],[null],[null]]".to_owned()),
            (
                "LENGTH(REPLACE(REPLACE(REPEAT({s}, 30000), 'a', 'aaaa'), 'a', 'aaaa'))".to_owned(),
                "[[null],[0],[null]]".to_owned(),
            ),
            ("LENGTH(REGEX_REPLACE(REPEAT('a', 200000), 'a', '$0$0'))".to_owned(), "[[null],[null],[null]]".to_owned()),
            (format!("LENGTH(CONCAT(REPEAT('a', {most}), 'a'))"), "[[null],[null],[null]]".to_owned()),
            ("LENGTH(JOIN(REPEAT(',', 200000), 'a', 'b', 'c'))".to_owned(), "[[null],[null],[null]]".to_owned()),
        ] {
            check_values(&db, &formula, &expected);
        }
    });
}

#[test]
fn patterns_are_bounded() {
    on_small_stack(|| {
        let db = db();
        let brackets = "(".repeat(4_000);
        for pattern in ["((a{100}){100}){100}", r"\w{10000}", "(((((a{9}){9}){9}){9}){9}){9}", brackets.as_str()] {
            check_refused(&db, &format!("REGEX_MATCHES({{s}}, '{pattern}')"));
        }
        // What takes other machines exponential time.
        let text = "REPEAT('a', 100000)";
        check_values(&db, &format!("REGEX_MATCHES({text}, '^(a|a)*b$')"), "[[false],[false],[false]]");
        check_values(&db, &format!("REGEX_MATCHES({text}, '^(a*)*(a*)*(a*)*b$')"), "[[false],[false],[false]]");
        check_values(&db, &format!("{text} LIKE '{}b'", "%a".repeat(200)), "[[false],[false],[false]]");
    });
}
