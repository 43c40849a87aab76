//! What a step makes of a query, and which steps are refused.

mod laws;
mod references;
mod stored;

use drillcore_hierarchies::MemberPath;

use crate::error::ErrorKind;
use crate::model::{CyclicPart, Level};
use crate::query::drilling::{Clicked, Drilled};
use crate::query::{
    Dimension, Discretization, Filter, Literal, Member, MemberGroup, Query, and, column, column_in, count, expression,
    hierarchy, level,
};

fn start(dimension: impl Into<Dimension>) -> Drilled {
    Drilled::new(Query::on("flights").dimension(dimension).measure(count().named("n")))
}

fn member(member: impl Into<Member>) -> Clicked {
    Clicked::from(member.into())
}

fn value(value: impl Into<Literal>) -> Clicked {
    Clicked::from(value.into())
}

/// Goes down in a dimension that is called `d`.
#[track_caller]
fn check_down(shown: impl Into<Dimension>, clicked: &Clicked, next: impl Into<Dimension>, filters: &[Filter]) {
    let shown = start(shown.into().named("d"));
    let down = shown.down("d", clicked).unwrap();
    assert_eq!(down.query().dimensions, vec![next.into().named("d")]);
    assert_eq!(down.query().filters, filters);
    assert_eq!(down.up(), Some(shown));
}

/// Goes to carriers from a dimension that is called `d`.
#[track_caller]
fn check_to(shown: impl Into<Dimension>, clicked: &Clicked, filters: &[Filter]) {
    let shown = start(shown.into().named("d"));
    let next = shown.to("d", clicked, column("carrier").into()).unwrap();
    assert_eq!(next.query().dimensions, vec![column("carrier").named("d")]);
    assert_eq!(next.query().filters, filters);
    assert_eq!(next.up(), Some(shown));
}

#[test]
fn below_a_member_is_its_subtree_one_level_deeper() {
    let geo = || hierarchy("geo");
    let europe = member(["EUROPE"]);
    check_down(geo(), &europe, geo().level(2).under(["EUROPE"]), &[]);
    check_down(geo().level(1), &europe, geo().level(2).under(["EUROPE"]), &[]);
    check_down(geo().level(1), &member("EUROPE"), geo().level(2).under("EUROPE"), &[]);
    check_down(geo().level("region"), &europe, geo().under(["EUROPE"]), &[]);
    check_down(geo().under(["EUROPE"]), &member(["EUROPE", "FRANCE"]), geo().under(["EUROPE", "FRANCE"]), &[]);
    check_down(geo().level(1), &member(Member::unassigned()), geo().level(2).under(Member::unassigned()), &[]);
    check_down(geo().level(1), &Clicked::Null, geo().level(2).under(Member::null()), &[]);
    check_down(geo().level(1), &value("EUROPE"), geo().level(2).under("EUROPE"), &[]);
    check_down(
        geo().in_dataset("origin_airport").level(u16::MAX - 1),
        &europe,
        geo().in_dataset("origin_airport").level(u16::MAX).under(["EUROPE"]),
        &[],
    );
}

#[test]
fn the_subtree_before_stays_where_the_member_may_be_outside() {
    let geo = || hierarchy("geo");
    let paris = ["EUROPE", "FRANCE", "Paris"];
    let deeper = || geo().level(4).under(paris);
    check_down(geo().level(3).under(["EUROPE"]), &member(paris), deeper(), &[]);
    check_down(geo().level(3).under("FRANCE"), &member(paris), deeper(), &[]);
    check_down(geo().level(3).under(paris), &member(paris), deeper(), &[]);
    check_down(geo().level(3).under(MemberPath::root()), &member(paris), deeper(), &[]);
    check_down(geo().level(3).under("ASIA"), &member(paris), deeper(), &[geo().is("ASIA")]);
    let unassigned = Member::unassigned();
    check_down(
        geo().level(2).under(unassigned.clone()),
        &member(["x"]),
        geo().level(3).under(["x"]),
        &[geo().is(unassigned)],
    );
    let by_id = geo().level(3).under("Paris");
    check_down(geo().level(2).under(["EUROPE"]), &member("Paris"), by_id, &[geo().is(["EUROPE"])]);
    check_to(geo().under(["EUROPE"]), &member("Paris"), &[geo().is(["EUROPE"]), geo().is("Paris")]);
}

#[test]
fn in_a_tree_a_member_is_opened_and_closed() {
    let tree = || hierarchy("geo").expanded(1);
    let [europe, asia] = [["EUROPE"], ["ASIA"]];
    check_down(tree(), &member(europe), tree().open(europe), &[]);
    check_down(tree().open(europe), &member(asia), tree().open(europe).open(asia), &[]);
    let none = start(tree());
    let both = none.down("geo", &member(europe)).unwrap().down("geo", &member(asia)).unwrap();
    let [only_europe, only_asia] = [europe, asia].map(|one| none.down("geo", &member(one)).unwrap());
    assert_eq!(both.close("geo", &asia.into()).unwrap(), only_europe);
    // As if it had never been opened, also on the way up; a path and a unique id may mean the same.
    assert_eq!(both.close("geo", &"EUROPE".into()).unwrap(), only_asia);
    assert_eq!(both.close("geo", &europe.into()).unwrap().up(), Some(none.clone()));
    assert_eq!(both.close("geo", &asia.into()).unwrap().close("geo", &europe.into()).unwrap(), none);
    // What was open from the start is closed on the whole way.
    let open = start(tree().open(europe)).down("geo", &member(asia)).unwrap();
    assert_eq!(open.close("geo", &europe.into()).unwrap(), only_asia);
    // What another tree had open in the same place is not touched.
    let other = only_europe.to("geo", &member(europe), hierarchy("other").expanded(1).open(europe).into()).unwrap();
    let closed = other.close("other", &europe.into()).unwrap();
    assert_eq!(closed.up(), Some(only_europe));
    assert_eq!(closed.query().dimensions, vec![Dimension::from(hierarchy("other").expanded(1))]);
}

#[test]
fn below_a_bucket_are_the_finer_ones_in_it() {
    use Level as L;
    let from_to = [
        (L::Year, L::Quarter),
        (L::Quarter, L::Month),
        (L::Month, L::Day),
        (L::Week, L::Day),
        (L::Day, L::Hour),
        (L::Hour, L::Minute),
        (L::Minute, L::Second),
        (L::Second, L::Millisecond),
    ];
    for (from, to) in from_to {
        let at = |of: Level| level("time_hour", of);
        check_down(at(from), &value("2013-01-01"), at(to), &[at(from).equals("2013-01-01")]);
    }
    let of = || expression("{time_hour}");
    let month = of().at_level(Level::Month);
    check_down(month.clone(), &value("2013-02"), of().at_level(Level::Day), &[month.equals("2013-02")]);
}

#[test]
fn what_was_clicked_becomes_a_filter() {
    check_to(column("origin"), &value("JFK"), &[column("origin").equals("JFK")]);
    check_to(column_in("airline", "name"), &value("x"), &[column_in("airline", "name").equals("x")]);
    check_to(column("origin"), &Clicked::Null, &[column("origin").is_null()]);
    check_to(column("distance"), &value(1.5), &[column("distance").equals(1.5)]);
    check_to(column("late"), &value(true), &[column("late").equals(true)]);
    let month = level("time_hour", Level::Month);
    check_to(month.clone(), &value("2013-02-01"), &[month.equals("2013-02-01")]);
    check_to(month.clone(), &Clicked::Null, &[month.is_null()]);
    let weekday = level("time_hour", CyclicPart::WeekdayName);
    check_to(weekday.clone(), &value("Monday"), &[weekday.equals("Monday")]);
    let geo = hierarchy("geo");
    check_to(geo.clone().level(2), &member(["EUROPE", "FRANCE"]), &[geo.is(["EUROPE", "FRANCE"])]);
    check_to(geo.clone(), &member(Member::own(["EUROPE"])), &[geo.is(Member::own(["EUROPE"]))]);
    check_to(geo.clone().expanded(2), &member(Member::unassigned()), &[geo.is(Member::unassigned())]);
    check_to(geo.clone(), &Clicked::Null, &[geo.is(Member::null())]);
    check_to(geo.clone().under(["EUROPE"]), &member(Member::own(["EUROPE"])), &[geo.is(Member::own(["EUROPE"]))]);
}

#[test]
fn groups_tell_letter_case_apart_and_so_do_their_filters() {
    let query = Query::on("flights").dimension(column("origin")).measure(count()).case_sensitive(false);
    let next = Drilled::new(query).to("origin", &value("jfk"), column("dest").into()).unwrap();
    assert_eq!(next.query().filters, [column("origin").equals("jfk").case_sensitive(true)]);
}

#[test]
fn filters_stay_and_pages_begin_anew() {
    let before = and([column("dest").equals("LAX"), column("origin").not_equals("JFK")]);
    let month = level("time_hour", Level::Month);
    let query = Query::on("flights").dimension(month.clone()).measure(count()).filter(before.clone());
    let page = Drilled::new(query.clone().limit(10).offset(20));
    let next = page.down("time_hour_month", &value("2013-02-01")).unwrap();
    assert_eq!(next.query().filters, [before, month.equals("2013-02-01")]);
    assert_eq!(next.query().limit, query.clone().limit(10).limit);
    assert_eq!(next.up(), Some(page));
    let offset = Drilled::new(query.offset(20)).down("time_hour_month", &value("2013-02-01")).unwrap();
    assert_eq!(offset.query().limit, None);
}

#[track_caller]
fn check_refused(shown: impl Into<Dimension>, clicked: &Clicked, down: Option<&str>, to: Option<&str>) {
    let shown = start(shown.into().named("d"));
    let tried = [(shown.down("d", clicked), down), (shown.to("d", clicked, column("carrier").into()), to)];
    for (tried, expected) in tried {
        let error = tried.map(drop).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            error.message().to_owned()
        });
        assert_eq!(error, expected.map_or(Ok(()), |message| Err(message.to_owned())));
    }
}

#[test]
fn what_has_nothing_below_says_so() {
    let plain = "`d` shows plain values, which have no level below; go `to` another dimension";
    check_refused(column("origin"), &value("JFK"), Some(plain), None);
    check_refused(column("origin"), &Clicked::Null, Some(plain), None);
    let cyclic = "`d` shows cyclic parts, which have no level below; go `to` another dimension";
    check_refused(level("time_hour", CyclicPart::HourInDay), &value(7), Some(cyclic), None);
    let finest = "`d` shows each millisecond, which has no level below; go `to` another dimension";
    check_refused(level("time_hour", Level::Millisecond), &value("2013-01-01T00:00Z"), Some(finest), None);
    let null = "in `d` nothing is below NULL; go `to` another dimension";
    check_refused(level("time_hour", Level::Month), &Clicked::Null, Some(null), None);
    let own = "in `d` nothing is below the own rows of a member; go `to` another dimension";
    check_refused(hierarchy("geo"), &member(Member::own(["EUROPE"])), Some(own), None);
    check_refused(hierarchy("geo").expanded(1), &member(Member::own(["EUROPE"])), Some(own), None);
    let root = "in `d` the root is no member to go below: it is all that is shown";
    check_refused(hierarchy("geo"), &member(MemberPath::root()), Some(root), None);
    let deepest = "`d` shows the deepest level that can be named";
    check_refused(hierarchy("geo").level(u16::MAX), &member("x"), Some(deepest), None);
    let open = "this member of `d` is open already";
    check_refused(hierarchy("geo").open("EUROPE"), &member(["EUROPE"]), Some(open), None);
}

#[test]
fn what_cannot_have_been_clicked_is_refused() {
    let below = "`d` shows bins or groups, which have no level below; go `to` another dimension";
    let exact = "`d` shows bins or groups, whose values no filter tells exactly; filter by a range";
    let bins = || Dimension::from("distance").discretized(Discretization::width(500));
    check_refused(bins(), &value(500), Some(below), Some(exact));
    let groups = Discretization::Groups { groups: vec![MemberGroup::new("NY", ["JFK", "LGA"])], rest: None };
    check_refused(Dimension::from("origin").discretized(groups), &value("NY"), Some(below), Some(exact));
    let no_member = "`d` is over no hierarchy: expected a value, found a member";
    check_refused(column("origin"), &member("JFK"), Some(no_member), Some(no_member));
    let no_list = "expected one value of `d`, found a list";
    check_refused(level("time_hour", Level::Year), &value(vec!["2013"]), Some(no_list), Some(no_list));
    let no_text = "expected the start of a bucket of `d` as text";
    check_refused(level("time_hour", Level::Year), &value(2013), Some(no_text), None);
    let no_value = "`d` is over a hierarchy: expected a member of it";
    check_refused(hierarchy("geo"), &value(7), Some(no_value), Some(no_value));
    let outside = "`d` does not show this member: it is not under the one shown";
    let europe = || hierarchy("geo").under(["EUROPE"]);
    check_refused(europe(), &member(["ASIA", "JAPAN"]), Some(outside), Some(outside));
    check_refused(europe(), &Clicked::Null, Some(outside), Some(outside));
    let error = start(hierarchy("geo").expanded(2)).close("geo", &"EUROPE".into()).unwrap_err();
    assert_eq!(error.message(), "this member of `geo` is not among those that are open one by one");
}

#[test]
fn what_the_check_refuses_is_refused() {
    let error = start(column("origin")).to("origin", &value("JFK"), column("dest").named("n")).unwrap_err();
    assert_eq!(error.path(), Some("/measures/0/as"));
    let error = start(column("origin")).to("origin", &value("JFK"), column("*").into()).unwrap_err();
    assert_eq!(error.path(), Some("/dimensions/0/column_id"));
}
