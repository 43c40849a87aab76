//! Each part of the language as a document and as the builder has it.

use crate::model::{CyclicPart, Level};
use crate::query::{
    Compare, Cumulative, CumulativeSpan, Dimension, Discretization, Literal, MemberGroup, NullRule, PercentileKind,
    Pick, Pivot, Query, Reference, Shift, Target, Top, Totals, TotalsOver, Window, WindowFunction, WindowTotal,
    WindowValue, asc, average, column, count, cumulative_sum, desc, distinct_count, expression, first, formula,
    histogram, level, mode, name, not, percentile, rate, string_list, sum,
};

#[track_caller]
fn check(document: &str, expected: &Query) {
    assert_eq!(&Query::from_json(document).unwrap(), expected);
    assert_eq!(&Query::from_json(&expected.to_json().to_string()).unwrap(), expected);
}

#[test]
fn aggregations_with_settings() {
    let mut p90 = percentile("arr_delay", 0.9);
    p90.settings.kind = Some(PercentileKind::Discrete);
    check(
        r#"{"measures": [
            {"column_id": "arr_delay", "aggregation": {"type": "percentile", "p": 0.9, "kind": "discrete"}},
            {"column_id": "distance", "aggregation": {"type": "rate", "dataset_id": "flights", "column_id": "air_time"}},
            {"column_id": "origin", "aggregation": {"type": "first", "by": {"column_id": "time_hour"}}},
            {"column_id": "carrier", "aggregation":
                {"type": "string_list", "separator": "/", "distinct": true, "order": "desc", "max": 10}},
            {"column_id": "distance", "aggregation": {"type": "histogram", "bins": 20}},
            {"column_id": "distance", "aggregation": "cumulativesum"},
            {"expression": "{dep_delay} - {arr_delay}", "aggregation": "mode", "as": "usual"}
        ]}"#,
        &Query::default()
            .measure(p90)
            .measure(rate("distance", "flights.air_time"))
            .measure(first("origin", "time_hour"))
            .measure({
                let mut carriers = string_list("carrier").separator("/").distinct_values().at_most(10);
                carriers.settings.descending = Some(true);
                carriers
            })
            .measure(histogram("distance", 20))
            .measure(cumulative_sum("distance"))
            .measure(mode(expression("{dep_delay} - {arr_delay}")).named("usual")),
    );
}

#[test]
fn semi_additive_and_cumulative_aggregations() {
    check(
        r#"{"dataset_id": "balances", "dimensions": [{"column_id": "day", "level": 3, "as": "month"}], "measures": [
            {"column_id": "amount", "aggregation": {"type": "sum", "last_by": {"column_id": "day"},
             "entity": ["account", {"dataset_id": "bank", "column_id": "id"}], "pick": "last_common_date"}},
            {"column_id": "account", "aggregation": {"type": "distinctcount",
             "cumulative": {"over": "day", "window": {"quantity": 28, "unit": 5}}}},
            {"column_id": "amount", "aggregation": {"type": "sum", "cumulative": {"over": {"name": "month"}, "to_date": "year"}}},
            {"column_id": "amount", "aggregation": {"type": "sum", "cumulative": {"over": "day", "all": true}}}
        ]}"#,
        &Query::on("balances")
            .dimension(level("day", Level::Month).named("month"))
            .measure(sum("amount").last_by("day").entity("account").entity("bank.id").pick(Pick::LastCommonDate))
            .measure(
                distinct_count("account")
                    .cumulative(Cumulative::new("day", CumulativeSpan::Window { quantity: 28, unit: Level::Day })),
            )
            .measure(
                sum("amount")
                    .cumulative(Cumulative::new(Reference::name("month"), CumulativeSpan::ToDate(Level::Year))),
            )
            .measure(sum("amount").cumulative(Cumulative::new("day", CumulativeSpan::All))),
    );
}

#[test]
fn bins_groups_and_members_without_rows() {
    check(
        r#"{"dimensions": [
            {"column_id": "distance", "discretization": {"type": "linear", "size": 500, "origin": -0.5}},
            {"column_id": "distance", "discretization": {"type": "linear", "bins": 10}, "as": "tenth"},
            {"column_id": "distance", "discretization": {"type": "custom", "edges": [0, 0.5, 1000]}, "as": "class"},
            {"column_id": "origin", "as": "city", "discretization":
                {"type": "groups", "groups": [{"name": "NY", "in": ["JFK", "LGA"]}], "rest": "Other"}},
            {"column_id": "time_hour", "level": "hour_in_day", "include_nonoccurring": true},
            {"formula": "{distance} / {air_time}", "discretization": {"type": "none"}, "as": "speed"}
        ]}"#,
        &Query::default()
            .dimension(
                Dimension::from(column("distance"))
                    .discretized(Discretization::Width { size: 500.into(), origin: Some((-0.5).into()) }),
            )
            .dimension(column("distance").named("tenth").discretized(Discretization::Count(10)))
            .dimension(column("distance").named("class").discretized(Discretization::Edges(vec![
                0.into(),
                0.5.into(),
                1000.into(),
            ])))
            .dimension(column("origin").named("city").discretized(Discretization::Groups {
                groups: vec![MemberGroup::new("NY", ["JFK", "LGA"])],
                rest: Some("Other".to_owned()),
            }))
            .dimension(Dimension::from(level("time_hour", CyclicPart::HourInDay)).include_nonoccurring())
            .dimension(Dimension::from(Reference::formula("{distance} / {air_time}")).named("speed")),
    );
}

#[test]
fn formulas_and_derived_columns() {
    check(
        r#"{"dataset_id": "flights",
            "derived": [{"as": "speed", "expression": "{distance} / {air_time}"}],
            "measures": [
                {"column_id": "*", "aggregation": "count", "as": "n"},
                {"formula": "SUM({speed}) / {n}", "as": "mean",
                 "where": [{"expression": "? > ?", "parameters": [{"expression": "{distance} * 2"}, {"column_id": "air_time"}]}]}
            ]}"#,
        &Query::on("flights").derive("speed", "{distance} / {air_time}").measure(count().named("n")).measure(
            formula("SUM({speed}) / {n}")
                .named("mean")
                .filter(expression("{distance} * 2").greater_than(column("air_time"))),
        ),
    );
}

#[test]
fn tests_relative_to_now() {
    let t = column("t");
    check(
        r#"{"dimensions": [{"column_id": "t"}], "where": [
            {"expression": "last_now", "parameters": [{"column_id": "t"}, {"quantity": 7, "unit": 5}]},
            {"expression": "LAST_COMPLETED", "parameters": [{"column_id": "t"}, {"unit": "month"}]},
            {"not": {"expression": "to_date", "parameters": [{"column_id": "t"}, {"unit": "quarter"}]}},
            {"expression": "current", "parameters": [{"column_id": "t"}, {"quantity": 1, "unit": 4}]},
            {"expression": "ytd", "parameters": [{"column_id": "t"}], "nulls": "include"},
            {"expression": "last_available", "parameters": [{"column_id": "t"}, {"quantity": 2, "unit": "week"}]}
        ], "having": [{"expression": "more_than_ago", "parameters": [{"name": "t"}, {"quantity": 3, "unit": 1}]}]}"#,
        &Query::default()
            .dimension("t")
            .filter(t.last_now(7, Level::Day))
            .filter(t.last_completed(1, Level::Month))
            .filter(not(t.to_date(Level::Quarter)))
            .filter(t.in_current(Level::Week))
            .filter(t.year_to_date().nulls(NullRule::Include))
            .filter(t.last_available(2, Level::Week))
            .having(name("t").more_than_ago(3, Level::Year)),
    );
}

#[test]
fn the_steps_behind_the_groups() {
    let mut share = Window::new("share", WindowFunction::PercentOfTotal, Some("n")).partition_by(["region"]);
    share.total = WindowTotal::SumOfRows;
    let mut lag = Window::new("prev", WindowFunction::Lag, Some("n")).order_by(asc("week")).offset(2);
    lag.default = Some(0.into());
    let mut compare = Compare::new("time_hour", Shift::By { quantity: 1, unit: Level::Year });
    compare.measures = vec!["n".to_owned()];
    compare.trim_running = true;
    let mut totals = Totals::grand().level(["region"]).level(["region", "nation"]);
    totals.over = TotalsOver::AllRows;
    let mut pivot = Pivot::new(["month"]);
    pivot.max_columns = Some(50);
    check(
        r#"{"dataset_id": "flights",
            "dimensions": [{"column_id": "region", "as": "region"}, {"column_id": "nation", "as": "nation"},
                           {"column_id": "time_hour", "level": 3, "as": "month"}],
            "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}, {"column_id": "delay", "aggregation": "average"}],
            "compare": {"column_id": "time_hour", "shift": {"unit": 1}, "measures": ["n"], "trim_running": true},
            "top": {"of": "nation", "n": 3, "by": "n", "order": "asc", "per": ["region", "month"], "other": true},
            "window": [
                {"as": "share", "function": "percent_of_total", "of": "n", "partition_by": ["region"], "total": "sum_of_rows"},
                {"as": "prev", "function": "lag", "of": "n", "offset": 2, "default": 0, "order_by": [{"by": "week"}]},
                {"as": "ma", "function": "moving_average", "of": "n", "size": 7},
                {"as": "above", "formula": "{n} / WINDOW_AVG({n})", "partition_by": ["region"], "total": "native"},
                {"as": "so far", "formula": "RUNNING_SUM(SUM({delay}))", "dataset_id": "flights", "order_by": [{"by": "month"}]},
                {"as": "part", "function": "ntile", "n": 4, "order_by": [{"by": "n", "order": "desc"}], "partition_by": []}
            ],
            "post": [{"expression": "? <= ?", "parameters": [{"name": "part"}, 2]}],
            "totals": {"grand": true, "levels": [["region"], ["region", "nation"]], "over": "all_rows"},
            "pivot": {"columns": ["month"], "max_columns": 50},
            "order": [{"by": "region", "tiered": true}, {"by": "n", "order": "desc", "at": {"month": "2013-01-01"}},
                      {"by": "n_change", "at": {"month": null}}]}"#,
        &Query::on("flights")
            .dimension(column("region").named("region"))
            .dimension(column("nation").named("nation"))
            .dimension(level("time_hour", Level::Month).named("month"))
            .measure(count().named("n"))
            .measure(average("delay"))
            .compare(compare)
            .top({
                let mut top = Top::new(3, "n").of("nation").per(["region", "month"]).with_other();
                top.ascending = true;
                top
            })
            .window(share)
            .window(lag)
            .window(Window::new("ma", WindowFunction::MovingAverage, Some("n")).size(7))
            .window(
                Window::formula("above", "{n} / WINDOW_AVG({n})").partition_by(["region"]).total(WindowTotal::Native),
            )
            .window({
                let mut so_far = Window::formula("so far", "RUNNING_SUM(SUM({delay}))").order_by(asc("month"));
                so_far.value = WindowValue::Formula(Reference {
                    dataset: Some("flights".to_owned()),
                    target: Target::Formula("RUNNING_SUM(SUM({delay}))".to_owned()),
                });
                so_far
            })
            .window(
                Window::new("part", WindowFunction::Ntile, None)
                    .size(4)
                    .order_by(desc("n"))
                    .partition_by(Vec::<String>::new()),
            )
            .post(name("part").at_most(2))
            .totals(totals)
            .pivot(pivot)
            .order_by(asc("region").tiered())
            .order_by(desc("n").at("month", "2013-01-01"))
            .order_by(asc("n_change").at("month", Literal::Null)),
    );
    check(
        r#"{"dimensions": [{"column_id": "day"}], "measures": [{"column_id": "x"}], "totals": {},
            "compare": {"column_id": "day", "shift": "previous_period"}, "top": {"n": 1, "by": "x"}}"#,
        &Query::default()
            .dimension("day")
            .measure(column("x"))
            .totals(Totals::default())
            .compare(Compare::new("day", Shift::PreviousPeriod))
            .top(Top::new(1, "x")),
    );
}

#[test]
fn earlier_versions() {
    let query = || Query::on("flights").dimension(column("origin"));
    let document =
        |at: &str| format!(r#"{{"dataset_id": "flights", "at": {at}, "dimensions": [{{"column_id": "origin"}}]}}"#);
    check(&document("null"), &query());
    check(&document(r#"{"version": 3}"#), &query().at_version(3));
    check(&document(r#"{"version": 3, "time": null}"#), &query().at_version(3));
    let time = "2026-11-01T00:00:00Z".parse().unwrap();
    check(&document(r#"{"time": "2026-11-01T01:00:00+01:00"}"#), &query().at_time(time));
    check(
        r#"{"parameters": {"when": {"type": "datetime", "value": "2026-11-01T00:00:00Z"}}, "dataset_id": "flights",
            "at": {"time": {"parameter": "when"}}, "dimensions": [{"column_id": "origin"}]}"#,
        &query().at_time(time),
    );
}
