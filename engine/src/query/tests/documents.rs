//! Documents and the queries that the builder makes of the same words.

use crate::model::{Aggregation, CyclicPart, Level, WeekStart};
use crate::query::{
    Dimension, Filter, Leaf, Literal, NullRule, Operand, Operator, Query, QueryBatch, and, asc, average, column,
    column_in, count, count_values, desc, distinct_count, level, median, name, not, or, sum,
};

#[track_caller]
fn check(document: &str, expected: &Query) {
    assert_eq!(&Query::from_json(document).unwrap(), expected);
    assert_eq!(&Query::from_json(&expected.to_json().to_string()).unwrap(), expected);
}

/// A filter of a query on one column.
#[track_caller]
fn check_filter(document: &str, expected: &Filter) {
    let document = format!(r#"{{"dimensions": [{{"column_id": "origin"}}], "where": [{document}]}}"#);
    check(&document, &Query::default().dimension("origin").filter(expected.clone()));
}

#[test]
fn a_dashboard_query() {
    check(
        r#"{"queries": [{
            "as": "by_month",
            "dimensions": [
                {"dataset_id": "flights", "column_id": "carrier"},
                {"dataset_id": "flights", "column_id": "time_hour", "level": 3, "as": "month"},
                {"dataset_id": "airline", "column_id": "name", "include_nonoccurring": false, "level": null}
            ],
            "measures": [
                {"dataset_id": "flights", "column_id": "distance", "aggregation": {"type": "sum"}, "as": "miles"},
                {"column_id": "*", "aggregation": "count", "as": "late",
                 "where": [{"expression": "? > ?", "parameters": [{"column_id": "arr_delay"}, 15]}]},
                {"column_id": "air_time"}
            ],
            "where": [
                {"expression": "? = ?", "parameters": [{"dataset_id": "flights", "column_id": "origin"}, "JFK"]},
                {"or": [
                    {"expression": "? >= ?", "parameters": [{"column_id": "distance"}, 1000]},
                    {"not": {"expression": "? is null", "parameters": [{"column_id": "tailnum"}]}}
                ]}
            ],
            "having": [{"expression": "? > ?", "parameters": [{"name": "miles"}, 100.5]}],
            "order": [
                {"dataset_id": "flights", "column_id": "distance", "aggregation": {"type": "sum"}, "order": "desc"},
                {"by": "month", "nulls": "first"}
            ],
            "limit": {"by": 100, "offset": 20},
            "options": {"timezone_id": "Europe/Brussels", "locale_id": "en"}
        }]}"#,
        &Query::default()
            .named("by_month")
            .dimension(column("flights.carrier"))
            .dimension(level("flights.time_hour", Level::Month).named("month"))
            .dimension(column("airline.name"))
            .measure(sum("flights.distance").named("miles"))
            .measure(count().named("late").filter(column("arr_delay").greater_than(15)))
            .measure(column("air_time"))
            .filter(column("flights.origin").equals("JFK"))
            .filter(or([column("distance").at_least(1000), not(column("tailnum").is_null())]))
            .having(name("miles").greater_than(100.5))
            .order_by(desc(sum("flights.distance")))
            .order_by(asc("month").nulls_first())
            .limit(100)
            .offset(20)
            .timezone("Europe/Brussels")
            .locale("en"),
    );
}

#[test]
fn aggregations_and_levels_by_every_name_and_number() {
    for aggregation in Aggregation::ALL {
        let name = aggregation.as_str();
        let needed = match aggregation {
            Aggregation::Percentile | Aggregation::ApproxPercentile => r#", "p": 0.5"#,
            Aggregation::Rate | Aggregation::WeightedAverage => r#", "column_id": "seats""#,
            Aggregation::First | Aggregation::Last => r#", "by": "time_hour""#,
            Aggregation::Histogram => r#", "bins": 10"#,
            _ => "",
        };
        let mut forms = vec![format!(r#"{{"type": "{name}"{needed}}}"#)];
        if needed.is_empty() {
            forms.push(format!(r#""{name}""#));
        }
        for form in forms {
            let document = format!(
                r#"{{"measures": [{{"column_id": "distance", "aggregation": {form}}}], "options": {{"exact": false}}}}"#
            );
            let read = Query::from_json(&document).unwrap();
            assert_eq!(read.measures[0].aggregation, Some(aggregation), "{form}");
            assert_eq!(read.measures[0].settings.is_empty(), needed.is_empty(), "{form}");
        }
    }
    let dimension = |level: &str| {
        let document = format!(r#"{{"dimensions": [{{"column_id": "time_hour", "level": {level}}}]}}"#);
        Query::from_json(&document).unwrap().dimensions.remove(0)
    };
    for (number, bucket) in (1_u8..).zip(Level::ALL) {
        let expected: Dimension = level("time_hour", bucket).into();
        assert_eq!(dimension(&number.to_string()), expected);
        assert_eq!(dimension(&format!(r#""{}""#, bucket.name())), expected);
    }
    for part in CyclicPart::ALL {
        assert_eq!(dimension(&format!(r#""{}""#, part.name())), Dimension::from(level("time_hour", part)));
    }
}

#[test]
fn what_luzmo_has_around_a_query() {
    let expected = Query::default().dimension("origin").limit(5).offset(10);
    for document in [
        r#"{"action": "get", "version": "0.1.0", "key": "k", "token": "t", "find": {"queries": [
            {"dimensions": [{"column_id": "origin", "discretization": {"type": "none"}, "unnest": false}],
             "context": {"chart_id": "c"}, "options": {"paging": {"by": 5, "offset": 10}, "synchronized": true}}]}}"#,
        r#"{"key": "k", "token": "t", "queries": [
            {"dimensions": [{"column_id": "origin"}], "limit": {"by": 5, "offset": 10}}]}"#,
        r#"{"key": "k", "dimensions": [{"column_id": "origin"}], "limit": {"by": 5, "offset": 10}, "measures": null,
            "options": {"exact": true, "total_rows": false, "rollup_data": true, "week_start": "monday"}}"#,
        r#"{"find": {"dimensions": [{"column_id": "origin"}], "limit": {"by": 5, "offset": 10}, "totals": null}}"#,
    ] {
        check(document, &expected);
    }
}

#[test]
fn every_option() {
    check(
        r#"{"dataset_id": "flights", "dimensions": [{"column_id": "dest", "aggregation": "sum"}],
            "measures": [{"column_id": "distance", "aggregation": "sum"}],
            "order": [{"name": "dest", "order": "asc", "tiered": false}],
            "options": {"rollup_data": false, "week_start": "sunday", "fiscal_year_start": 4, "case_sensitive": false,
                        "max_rows": 7, "timeout_ms": 1500, "exact": false, "total_rows": true,
                        "as_of": "2026-03-18T11:30:00+01:00"}}"#,
        &Query::on("flights")
            .rows()
            .dimension(Dimension { aggregation: Some(Aggregation::Sum), ..column("dest").into() })
            .measure(sum("distance"))
            .order_by("dest")
            .week_start(WeekStart::Sunday)
            .fiscal_year_start(4)
            .case_sensitive(false)
            .max_rows(7)
            .timeout(std::time::Duration::from_millis(1500))
            .approximate()
            .total_rows()
            .as_of("2026-03-18T10:30:00Z".parse().unwrap()),
    );
}

#[test]
fn filters() {
    let leaf = |text: &str| format!(r#"{{"expression": "{text}", "parameters": [{{"column_id": "dest"}}, 1]}}"#);
    check_filter(&leaf("?<=?"), &column("dest").at_most(1));
    check_filter(&leaf(" ?  !=  ? "), &column("dest").not_equals(1));
    check_filter(r#"{"and": []}"#, &Filter::And(Vec::new()));
    check_filter(r#"{"or": []}"#, &Filter::Or(Vec::new()));
    check_filter(r#"{"or": [], "and": null, "not": null, "expression": null}"#, &Filter::Or(Vec::new()));
    check_filter(r#"{"not": {"or": []}, "or": null, "nulls": null}"#, &not(Filter::Or(Vec::new())));
    check_filter(
        r#"{"not": {"and": [{"expression": "? IN ?", "parameters": [{"column_id": "dest"}, ["A", null]]}]}}"#,
        &not(and([column("dest").is_in([Some("A"), None])])),
    );
    check_filter(
        r#"{"expression": "? between ?", "parameters": [{"column_id": "time_hour", "level": "week"}, ["2013-W05", "2013-W07"]]}"#,
        &level("time_hour", Level::Week).between("2013-W05", "2013-W07"),
    );
    check_filter(
        r#"{"expression": "? != ?", "parameters": [{"column_id": "origin"}, {"dataset_id": "airport", "column_id": "faa.code"}]}"#,
        &column("origin").not_equals(column_in("airport", "faa.code")),
    );
    check_filter(
        r#"{"expression": "? not like ?", "parameters": [{"column_id": "dest"}, "x"], "nulls": "exclude", "case_sensitive": false, "context": true}"#,
        &column("dest").not_contains("x").nulls(NullRule::Exclude).case_sensitive(false).in_context(),
    );
}

#[test]
fn values() {
    let check = |json: &str, value: Literal| {
        let leaf = Leaf::new(Operator::Equal, column("x"), Some(Operand::Literal(value)));
        check_filter(
            &format!(r#"{{"expression": "? = ?", "parameters": [{{"column_id": "x"}}, {json}]}}"#),
            &leaf.into(),
        );
    };
    check("null", Literal::Null);
    check("false", Literal::Boolean(false));
    check("-7", Literal::Integer(-7));
    check("0.1", Literal::Number(0.1));
    check("1e2", Literal::Number(100.0));
    check("18446744073709551615", Literal::Decimal("18446744073709551615".into()));
    check("0.12345678901234567890", Literal::Decimal("0.1234567890123456789".into()));
    check(r#"{"decimal": "1e3"}"#, Literal::Decimal("1000".into()));
    check(r#""caf\u00e9 \"2\"""#, Literal::Text("café \"2\"".into()));
}

#[test]
fn every_method_makes_the_test_of_its_name() {
    let x = column("x");
    let all = [
        x.equals(1),
        x.not_equals(1),
        x.less_than(1),
        x.at_most(1),
        x.greater_than(1),
        x.at_least(1),
        x.between(1, 2),
        x.not_between(1, 2),
        x.is_in([1]),
        x.not_in([1]),
        x.contains("a"),
        x.not_contains("a"),
        x.starts_with("a"),
        x.not_starts_with("a"),
        x.ends_with("a"),
        x.not_ends_with("a"),
        x.is_null(),
        x.is_not_null(),
        x.matches("a"),
        x.not_matches("a"),
        x.is_empty(),
        x.is_not_empty(),
        x.last_now(7, Level::Day),
        x.last_completed(7, Level::Day),
        x.last_available(7, Level::Day),
        x.next_now(7, Level::Day),
        x.next_full(7, Level::Day),
        x.to_date(Level::Month),
        x.ago(7, Level::Day),
        x.more_than_ago(7, Level::Day),
        x.or_more_ago(7, Level::Day),
        x.in_current(Level::Month),
        x.to_date_each(Level::Year),
        x.week_to_date(),
        x.month_to_date(),
        x.quarter_to_date(),
        x.year_to_date(),
    ];
    assert_eq!(all.len(), Operator::ALL.len());
    for (filter, operator) in all.iter().zip(Operator::ALL) {
        assert!(matches!(filter, Filter::Leaf(leaf) if leaf.operator == operator), "{operator}");
        Query::on("t").dimension("x").filter(filter.clone()).check().unwrap();
    }
}

#[test]
fn what_is_not_set_is_not_written() {
    let query = Query::on("flights")
        .dimension(column("carrier"))
        .measure(distinct_count("tailnum"))
        .measure(average("dep_delay").filter(column("dep_delay").greater_than(0)))
        .measure(median("arr_delay").named("m"))
        .measure(count_values("arr_delay"))
        .order_by(desc("m"));
    let document = r#"{
        "dataset_id": "flights",
        "dimensions": [{"column_id": "carrier"}],
        "measures": [
            {"column_id": "tailnum", "aggregation": "distinctcount"},
            {"column_id": "dep_delay", "aggregation": "average",
             "where": [{"expression": "? > ?", "parameters": [{"column_id": "dep_delay"}, 0]}]},
            {"column_id": "arr_delay", "aggregation": "median", "as": "m"},
            {"column_id": "arr_delay", "aggregation": "count_values"}
        ],
        "order": [{"by": "m", "order": "desc"}]
    }"#;
    assert_eq!(query.to_json(), serde_json::from_str::<serde_json::Value>(document).unwrap());
}

#[test]
fn serde_reads_and_writes_what_the_catalog_keeps() {
    let operator: Operator = serde_json::from_str(r#""? not in ?""#).unwrap();
    assert_eq!(operator, Operator::NotIn);
    assert_eq!(serde_json::to_string(&operator).unwrap(), r#""? not in ?""#);
    let literal: Literal = serde_json::from_str(r#"["JFK", null, 3]"#).unwrap();
    assert_eq!(literal, Literal::List(vec!["JFK".into(), Literal::Null, 3.into()]));
    assert_eq!(serde_json::to_string(&literal).unwrap(), r#"["JFK",null,3]"#);
    let batch: QueryBatch = serde_json::from_str(r#"{"queries": []}"#).unwrap();
    assert_eq!(batch, QueryBatch::default());
    let error = serde_json::from_str::<Query>(r#"{"dimensions": [{"column_id": 1}]}"#).unwrap_err();
    assert_eq!(error.to_string(), "expected text, found a number (at /dimensions/0/column_id)");
}
