//! Limits: at the limit a query is accepted, one beyond it is refused, and hostile documents fit a small stack.

use crate::error::ErrorKind;
use crate::query::{
    Discretization, Filter, Query, QueryBatch, Totals, Window, WindowFunction, column, count, hierarchy, name, not, or,
};

#[track_caller]
fn accepted(query: &Query) {
    query.check().unwrap();
    assert_eq!(&Query::from_json(&query.to_json().to_string()).unwrap(), query);
}

#[track_caller]
fn refused(query: &Query, path: Option<&str>) {
    let error = query.check().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::LimitExceeded, path), "{error}");
}

fn nested(depth: usize) -> Query {
    let alternate = |inner: Filter, level: usize| if level.is_multiple_of(2) { not(inner) } else { or([inner]) };
    Query::on("flights").measure(count().filter((0..depth).fold(column("origin").is_in(["JFK"]), alternate)))
}

#[test]
fn nesting_of_filters() {
    accepted(&nested(Query::MAX_FILTER_DEPTH));
    assert_eq!(nested(Query::MAX_FILTER_DEPTH + 1).check().unwrap_err().kind(), ErrorKind::LimitExceeded);
}

#[test]
fn the_deepest_filter_fits_the_deepest_document() {
    let deepest = (0..Query::MAX_FILTER_DEPTH).fold(column("origin").is_in(["JFK"]), |inner, _| or([inner]));
    let query = Query::on("flights").measure(count().filter(deepest));
    let text = format!(r#"{{"action": "get", "find": {}}}"#, QueryBatch::from(query.clone()).to_json());
    assert_eq!(Query::from_json(&text).unwrap(), query);
}

#[test]
fn tests_in_filters() {
    let query = |tests: usize| {
        let many = or((0..tests).map(|_| column("origin").is_null()));
        Query::on("flights").measure(count().named("n")).filter(many).having(name("n").greater_than(0))
    };
    accepted(&query(Query::MAX_FILTERS - 1));
    refused(&query(Query::MAX_FILTERS), Some("/having/0"));
}

#[test]
fn values_in_a_list() {
    let query = |values: u64| Query::on("flights").measure(count()).filter(column("flight").is_in(0..values));
    let limit = u64::try_from(Query::MAX_LIST_VALUES).unwrap();
    accepted(&query(limit));
    refused(&query(limit + 1), Some("/where/0/parameters/1"));
}

#[test]
fn members_in_a_list_and_expanded_members() {
    let query = |members: usize| {
        let list = (0..members).map(|number| number.to_string());
        Query::on("airports").measure(count()).filter(hierarchy("geo").is_in(list))
    };
    accepted(&query(Query::MAX_LIST_VALUES));
    refused(&query(Query::MAX_LIST_VALUES + 1), Some("/where/0/parameters/1"));

    let open = |members: usize| {
        let geo = (0..members).fold(hierarchy("geo"), |geo, number| geo.open(number.to_string()));
        Query::on("airports").dimension(geo)
    };
    accepted(&open(Query::MAX_OPEN_MEMBERS));
    refused(&open(Query::MAX_OPEN_MEMBERS + 1), Some("/dimensions/0/expand/open"));

    let depth = |depth: u16| Query::on("airports").dimension(hierarchy("geo").expanded(depth));
    accepted(&depth(0));
    accepted(&depth(Query::MAX_EXPAND_DEPTH));
    for deep in [Query::MAX_EXPAND_DEPTH + 1, u16::MAX] {
        refused(&depth(deep), Some("/dimensions/0/expand/depth"));
    }
    let document = r#"{"dimensions": [{"hierarchy_id": "geo", "expand": {"depth": 4294967297}}]}"#;
    let error = Query::from_json(document).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::LimitExceeded, Some("/dimensions/0/expand/depth")));
}

#[test]
fn columns_and_queries() {
    let query = |columns: usize| (0..columns).fold(Query::on("flights"), |query, _| query.dimension("origin"));
    accepted(&query(Query::MAX_COLUMNS));
    refused(&query(Query::MAX_COLUMNS + 1), None);

    let batch = |queries: usize| QueryBatch::new((0..queries).map(|_| query(1))).to_json().to_string();
    QueryBatch::from_json(&batch(QueryBatch::MAX_QUERIES)).unwrap();
    let error = QueryBatch::from_json(&batch(QueryBatch::MAX_QUERIES + 1)).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::LimitExceeded, Some("/queries")));
}

#[test]
fn derived_columns_windows_totals_and_bins() {
    let query = || Query::on("flights").dimension(column("origin").named("o")).measure(count().named("n"));
    let derived = |count: usize| (0..count).fold(query(), |query, index| query.derive(format!("d{index}"), "1"));
    accepted(&derived(Query::MAX_DERIVED));
    refused(&derived(Query::MAX_DERIVED + 1), Some("/derived"));

    let share = |index: usize| Window::new(format!("w{index}"), WindowFunction::PercentOfTotal, Some("n"));
    let windows = |count: usize| (0..count).fold(query(), |query, index| query.window(share(index)));
    accepted(&windows(Query::MAX_WINDOWS));
    refused(&windows(Query::MAX_WINDOWS + 1), Some("/window"));

    let totals = |count: usize| query().totals((0..count).fold(Totals::grand(), |totals, _| totals.level(["o"])));
    accepted(&totals(Query::MAX_TOTAL_LEVELS));
    refused(&totals(Query::MAX_TOTAL_LEVELS + 1), Some("/totals/levels"));

    let bins = |count: u64| {
        Query::on("flights").dimension(column("distance").named("d").discretized(Discretization::Count(count)))
    };
    accepted(&bins(Query::MAX_BINS));
    refused(&bins(Query::MAX_BINS + 1), Some("/dimensions/0/discretization/bins"));
}

#[test]
fn the_length_of_a_document() {
    let query = r#"{"dimensions": [{"column_id": "origin"}]}"#;
    let padded = |bytes: usize| format!("{query}{}", " ".repeat(bytes - query.len()));
    Query::from_json(&padded(QueryBatch::MAX_BYTES)).unwrap();
    let error = Query::from_json(&padded(QueryBatch::MAX_BYTES + 1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

#[test]
fn hostile_documents_fit_a_stack_of_two_mebibytes() {
    let deep = |open: &str, times: usize| format!(r#"{{"where": [{}"#, open.repeat(times));
    let documents = [
        deep("[", 1_000_000),
        deep(r#"{"not":"#, 500_000),
        deep(r#"{"or":["#, 500_000),
        deep(r#"{"not":"#, 120) + &"}".repeat(120) + "]}",
        format!(r#"{{"where": [{}null{}]}}"#, r#"{"not":"#.repeat(120), "}".repeat(120)),
        format!("{{{}}}", (0..200_000).map(|index| format!(r#""f{index}":0"#)).collect::<Vec<_>>().join(",")),
        format!(r#"{{"{}": 1}}"#, "x".repeat(4_000_000)),
        format!(
            r#"{{"dimensions": [{{"hierarchy_id": "geo", "level": 0, "under": [{}null]}}]}}"#,
            "null,".repeat(800_000)
        ),
    ];
    let reader = move || documents.iter().filter(|text| QueryBatch::from_json(text).is_err()).count();
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(reader).unwrap();
    assert_eq!(thread.join().unwrap(), 8);
}
