//! What refers to a dimension still does when another one is in its place.

use super::{member, value};
use crate::error::ErrorKind;
use crate::model::{Aggregation, Level};
use crate::query::drilling::Drilled;
use crate::query::{
    Compare, Cumulative, CumulativeSpan, Dimension, Discretization, Measure, MembersField, Pivot, Query, Reference,
    Shift, Top, Totals, Window, WindowFunction, asc, column, column_in, count, desc, hierarchy, level, name, sum,
};

fn months() -> Query {
    Query::on("flights").dimension(level("time_hour", Level::Month)).measure(count().named("n"))
}

fn down(query: Query) -> Query {
    Drilled::new(query).down("time_hour_month", &value("2013-02-01")).unwrap().query().clone()
}

fn to(query: Query, other: impl Into<Dimension>) -> Query {
    Drilled::new(query).to("time_hour_month", &value("2013-02-01"), other.into()).unwrap().query().clone()
}

#[track_caller]
fn check_name(query: Query, expected: Option<&str>) {
    assert_eq!(to(query.clone(), column("origin")).dimensions[0].name.as_deref(), expected);
    assert_eq!(down(query).dimensions[0].name.as_deref(), expected);
}

#[test]
fn a_dimension_gets_the_name_by_which_the_query_calls_it() {
    let known = "time_hour_month";
    check_name(months(), None);
    check_name(months().order_by(desc("n")), None);
    check_name(months().filter(column(known).equals(1)), None);
    check_name(months().order_by(asc(known)), Some(known));
    check_name(months().having(name(known).is_not_null()), Some(known));
    check_name(months().post(name("n").greater_than(1)).post(name(known).is_not_null()), Some(known));
    check_name(months().top(Top::new(3, "n").of(known)), Some(known));
    check_name(months().totals(Totals::default().level([known])), Some(known));
    check_name(months().pivot(Pivot::new([known])), Some(known));
    let share = || Window::new("share", WindowFunction::PercentOfTotal, Some("n"));
    check_name(months().window(share()), None);
    check_name(months().window(share().partition_by([known])), Some(known));
    check_name(months().window(share().order_by(desc(known))), Some(known));
    check_name(months().window(Window::formula("before", "LAG({n}) / {time_hour_month}")), Some(known));
}

#[test]
fn a_name_of_its_own_counts_where_the_query_has_none() {
    let named = column("origin").named("airport");
    assert_eq!(to(months(), named.clone()).dimensions[0].name.as_deref(), Some("airport"));
    let ordered = months().order_by(asc("time_hour_month"));
    assert_eq!(to(ordered, named.clone()).dimensions[0].name.as_deref(), Some("time_hour_month"));
    let mut called = months();
    called.dimensions[0].name = Some("when".to_owned());
    let next = Drilled::new(called).to("when", &value("2013-02-01"), named).unwrap();
    assert_eq!(next.query().dimensions[0].name.as_deref(), Some("when"));
}

#[test]
fn names_of_other_dimensions_stay_too() {
    // The second one is called `name_2` only while the first one is called `name`.
    let query = Query::on("flights")
        .dimension(column_in("flights", "name"))
        .dimension(column("name"))
        .measure(count())
        .order_by(asc("name_2"));
    let next = Drilled::new(query).to("name", &value("x"), column("origin").into()).unwrap();
    let names: Vec<_> = next.query().dimensions.iter().map(|dimension| dimension.name.as_deref()).collect();
    assert_eq!(names, [None, Some("name_2")]);
}

#[test]
fn dimensions_are_found_by_what_they_are_called() {
    let at = |query: &Query, called: &str| {
        let clicked = Drilled::new(query.clone()).to(called, &value("x"), column("carrier").into());
        clicked.map(|next| next.breadcrumb()[0].place()).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            error.message().to_owned()
        })
    };
    let query = Query::on("flights")
        .dimension(column("origin"))
        .dimension(column("airline.name"))
        .dimension(hierarchy("geo").level(2))
        .dimension(level("time_hour", Level::Month))
        .dimension(column("dest").named("origin_2"))
        .dimension(column("dest"))
        .dimension(column("dest"))
        .measure(count().named("geo_n"));
    let found = [
        ("origin", 0),
        ("airline.name", 1),
        ("name", 1),
        ("links.airline.name", 1),
        ("geo_2", 2),
        ("geo", 2),
        ("geo_nation", 2),
        ("time_hour_month", 3),
        ("link.time_hour_month", 3),
        ("time_hour", 3),
        ("origin_2", 4),
        ("dest", 5),
        ("dest_2", 6),
    ];
    for (called, place) in found {
        assert_eq!(at(&query, called), Ok(place), "{called}");
    }
    assert_eq!(at(&query, "orign").unwrap_err(), "the query has no dimension `orign`; did you mean `origin`?");
    for absent in ["geo_n", "time_hour_day", "geography", "q"] {
        assert!(at(&query, absent).is_err(), "{absent}");
    }
}

#[test]
fn keys_of_the_order_follow() {
    let month = || level("time_hour", Level::Month);
    let day = || level("time_hour", Level::Day);
    let ordered = months().order_by(desc(month()).nulls_first()).order_by(desc(level("time_hour", Level::Year)));
    let next = down(ordered.clone());
    assert_eq!(next.order, [desc(day()).nulls_first(), desc(level("time_hour", Level::Year))]);
    let next = to(ordered.clone(), column("airline.name"));
    assert_eq!(next.order[0], desc(column("airline.name")).nulls_first());
    let next = to(ordered.clone(), hierarchy("geo").level(2).under(["EUROPE"]));
    assert_eq!(next.order[0], desc(hierarchy("geo").level(2)).nulls_first());
    assert_eq!(next.check().map_err(|error| error.to_string()), Ok(()));
    let bins = Dimension::from("distance").discretized(Discretization::width(500));
    let next = to(ordered, bins);
    assert_eq!(next.order[0], desc("distance").nulls_first());
    assert_eq!(next.dimensions[0].name.as_deref(), Some("distance"));
    let full = months().order_by(asc(column_in("flights", "time_hour").at_level(Level::Month)));
    assert_eq!(down(full).order, [asc(day())]);
}

#[test]
fn keys_over_hierarchies_follow() {
    let over = |key: MembersField| {
        let query = Query::on("flights").dimension(hierarchy("geo").level(1)).measure(count()).order_by(desc(key));
        Drilled::new(query).down("geo_1", &member(["EUROPE"])).unwrap().query().order.clone()
    };
    assert_eq!(over(hierarchy("geo")), [desc(hierarchy("geo"))]);
    assert_eq!(over(hierarchy("geo").level(1)), [desc(hierarchy("geo").level(2))]);
    assert_eq!(over(hierarchy("when").level(1)), [desc(hierarchy("when").level(1))]);
}

#[test]
fn a_cell_of_the_old_dimension_orders_no_more() {
    let query = months()
        .pivot(Pivot::new(["time_hour_month"]))
        .order_by(desc("n").at("time_hour_month", "2013-01-01"))
        .order_by(desc("n"));
    assert_eq!(down(query.clone()).order, [desc("n")]);
    assert_eq!(to(query, column("origin")).order, [desc("n")]);
}

#[test]
fn conditions_on_buckets_follow_where_no_measure_is_meant() {
    let month = level("time_hour", Level::Month);
    let query = months().having(month.at_least("2013-02"));
    assert_eq!(down(query.clone()).having, [level("time_hour", Level::Day).at_least("2013-02")]);
    let measured = query.measure(Measure::new(Aggregation::Max, month.clone()).named("last"));
    assert_eq!(down(measured).having, [month.at_least("2013-02")]);
}

#[test]
fn comparisons_and_cumulative_measures_stay_with_their_date() {
    let mut query = months();
    query.dimensions[0].name = Some("when".to_owned());
    let mut running = sum("distance").named("running");
    running.settings.cumulative = Some(Cumulative::new(Reference::name("when"), CumulativeSpan::All));
    let shift = Shift::By { quantity: 1, unit: Level::Year };
    let query = query.measure(running).compare(Compare::new(Reference::name("when"), shift));
    let dates = |query: &Query| {
        let cumulative = query.measures[1].settings.cumulative.clone().unwrap();
        [query.compare.clone().unwrap().reference, cumulative.over]
    };
    let start = Drilled::new(query);
    let next = start.down("when", &value("2013-02-01")).unwrap();
    assert_eq!(dates(next.query()), [Reference::name("when"), Reference::name("when")]);
    let next = start.to("when", &value("2013-02-01"), column("origin").into()).unwrap();
    assert_eq!(dates(next.query()), [Reference::column("time_hour"), Reference::column("time_hour")]);
}
