//! The oracle on a world small enough to be answered by hand.

use rusqlite::types::Value;

use super::value::{exact, remainder};
use super::{Answer, Oracle};
use crate::cell::{Cell, Type};
use crate::spec::{
    Aggregation, At, Bucket, Compare, Dimension, Filter, Having, Key, Leaf, Level, Literal, Measure, Nulls, Operator,
    Options, Output, Right, Shift, Spec, Top, Totals, Window, WindowFunction, WindowTotal,
};
use crate::world::{Column, LinkDef, Table, World};

const ID: At = At { path: 0, column: 0 };
const CODE: At = At { path: 0, column: 1 };
const TIME: At = At { path: 0, column: 2 };
const LABEL: At = At { path: 1, column: 1 };

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

/// Four rows; codes `A`, `a`, NULL, `b`; two labels for `a`, the first of which counts.
fn world() -> World {
    let hours = |hours: i64| Cell::Micros(hours * 3_600_000_000);
    let base = Table {
        name: "base".to_owned(),
        columns: vec![
            Column::new("id", Type::Integer),
            Column::new("code", Type::Text),
            Column::new("time", Type::Datetime),
        ],
        rows: vec![
            vec![Cell::Integer(1), text("A"), hours(0)],
            vec![Cell::Integer(2), text("a"), hours(23)],
            vec![Cell::Integer(3), Cell::Null, hours(24)],
            vec![Cell::Integer(4), text("b"), Cell::Null],
        ],
        cluster_by: Vec::new(),
    };
    let labels = Table {
        name: "labels".to_owned(),
        columns: vec![Column::new("code", Type::Text), Column::new("label", Type::Text)],
        rows: vec![
            vec![text("a"), text("first")],
            vec![text("a"), text("second")],
            vec![Cell::Null, text("never")],
            vec![text("A"), Cell::Null],
        ],
        cluster_by: Vec::new(),
    };
    let on = vec![("code".to_owned(), "code".to_owned())];
    World::new("by hand", vec![base, labels], vec![LinkDef { name: "label".to_owned(), from: 0, to: 1, on }])
}

fn answer(world: &World, spec: &Spec) -> Answer {
    Oracle::new(world).unwrap().answer(world, spec).unwrap()
}

fn ask(spec: &Spec) -> Vec<Vec<Value>> {
    answer(&world(), spec).rows
}

fn leaf(at: At, operator: Operator, right: Right) -> Leaf {
    Leaf { at, bucket: None, operator, right, nulls: None, case_sensitive: None }
}

fn measure(aggregation: Aggregation, at: Option<At>) -> Measure {
    Measure { aggregation, at, filter: Vec::new() }
}

fn key(of: Output, descending: bool) -> Key {
    Key { of, descending, nulls_first: false, tiered: false }
}

#[track_caller]
fn check_ids(leaf: Leaf, expected: &[i64]) {
    let mut spec = Spec { rows_mode: true, dimensions: vec![Dimension::new(ID, None)], ..Spec::default() };
    let every: Vec<i64> = (1..=4).filter(|id| !expected.contains(id)).collect();
    for (filter, expected) in
        [(Filter::Leaf(leaf.clone()), expected), (Filter::Not(Box::new(Filter::Leaf(leaf.clone()))), every.as_slice())]
    {
        spec.filter = vec![filter];
        let expected: Vec<Vec<Value>> = expected.iter().map(|id| vec![Value::Integer(*id)]).collect();
        assert_eq!(ask(&spec), expected, "{:?}", spec.filter);
    }
}

#[test]
fn null_follows_the_table_of_rules() {
    let list = |items: &[Option<&str>]| {
        let literal = |item: &Option<&str>| item.map_or(Literal::Null, |text| Literal::Text(text.to_owned()));
        Right::List(items.iter().map(literal).collect())
    };
    let a = || Right::Literal(Literal::Text("a".to_owned()));
    check_ids(leaf(CODE, Operator::Eq, a()), &[2]);
    check_ids(leaf(CODE, Operator::Ne, a()), &[1, 3, 4]);
    check_ids(leaf(CODE, Operator::Lt, a()), &[1]);
    check_ids(leaf(CODE, Operator::Eq, Right::Literal(Literal::Null)), &[3]);
    check_ids(leaf(CODE, Operator::In, list(&[Some("a"), None])), &[2, 3]);
    check_ids(leaf(CODE, Operator::NotIn, list(&[Some("a")])), &[1, 3, 4]);
    check_ids(leaf(CODE, Operator::NotIn, list(&[Some("a"), None])), &[1, 4]);
    check_ids(leaf(CODE, Operator::In, list(&[])), &[]);
    check_ids(leaf(CODE, Operator::NotLike, a()), &[1, 3, 4]);
    check_ids(leaf(CODE, Operator::Eq, Right::Column(LABEL)), &[]);
    let with = |nulls| Leaf { nulls: Some(nulls), ..leaf(CODE, Operator::Ne, a()) };
    check_ids(with(Nulls::Exclude), &[1, 4]);
    check_ids(with(Nulls::Only), &[3]);
    check_ids(Leaf { nulls: Some(Nulls::Include), ..leaf(CODE, Operator::Eq, a()) }, &[2, 3]);
    check_ids(Leaf { case_sensitive: Some(false), ..leaf(CODE, Operator::Eq, a()) }, &[1, 2]);
}

#[test]
fn dates_are_whole_days_and_links_find_the_first() {
    check_ids(leaf(TIME, Operator::Le, Right::Literal(Literal::Day(0))), &[1, 2]);
    check_ids(leaf(TIME, Operator::Gt, Right::Literal(Literal::Local(0))), &[2, 3]);
    check_ids(leaf(LABEL, Operator::IsNotNull, Right::Nothing), &[2]);
    check_ids(leaf(LABEL, Operator::Eq, Right::Literal(Literal::Text("second".to_owned()))), &[]);
}

#[test]
fn groups_are_counted_filtered_sorted_and_cut() {
    let day = Bucket::Level { level: Level(5), named: false };
    let not_b = Filter::Leaf(leaf(CODE, Operator::Ne, Right::Literal(Literal::Text("b".to_owned()))));
    let mut spec = Spec {
        dimensions: vec![Dimension::new(TIME, Some(day))],
        measures: vec![
            Measure { filter: vec![not_b], ..measure(Aggregation::Count, None) },
            measure(Aggregation::Sum, Some(ID)),
        ],
        ..Spec::default()
    };
    let row = |day: Value, count, sum| vec![day, Value::Integer(count), exact(sum)];
    let (first, second, none) = (row(0.into(), 2, 3), row(1.into(), 1, 3), row(Value::Null, 0, 4));
    assert_eq!(ask(&spec), [first.clone(), second.clone(), none.clone()]);
    spec.order = vec![key(Output::Cell(1), true)];
    assert_eq!(ask(&spec), [none.clone(), first.clone(), second.clone()]);
    spec.limit = Some((1, 1));
    assert_eq!(ask(&spec), [first]);
    spec.limit = None;
    let two = Having::Leaf { cell: 0, operator: Operator::Ge, right: Right::Literal(Literal::Integer(2)) };
    spec.having = vec![Having::Not(Box::new(two))];
    assert_eq!(ask(&spec), [none, second]);
}

#[test]
fn the_remainder_is_native_and_totals_see_it() {
    let spec = Spec {
        dimensions: vec![Dimension::new(CODE, None)],
        measures: vec![measure(Aggregation::Sum, Some(ID))],
        top: Some(Top { of: 0, named: true, n: 2, by: 0, ascending: false, per: Vec::new(), other: true }),
        totals: Some(Totals { grand: true, levels: vec![vec![0]], all_rows: false }),
        ..Spec::default()
    };
    let found = answer(&world(), &spec);
    let rows =
        vec![vec![Value::Text("b".to_owned()), exact(4)], vec![Value::Null, exact(3)], vec![remainder(), exact(3)]];
    assert_eq!(found.rows, rows);
    assert_eq!(found.totals[0].rows, [vec![Value::Null, exact(10)]]);
    assert_eq!(found.totals[1].rows, rows);
}

#[test]
fn windows_run_along_the_first_date() {
    let day = Bucket::Level { level: Level(5), named: false };
    let window = |function, of| Window {
        function,
        of,
        size: None,
        offset: None,
        default: None,
        order: Vec::new(),
        partition: None,
        total: WindowTotal::None,
    };
    let spec = Spec {
        dimensions: vec![Dimension::new(TIME, Some(day))],
        measures: vec![measure(Aggregation::Sum, Some(ID))],
        windows: vec![
            window(WindowFunction::RunningTotal, Some(0)),
            window(WindowFunction::Lag, Some(0)),
            window(WindowFunction::PercentOfTotal, Some(0)),
            Window { order: vec![key(Output::Cell(0), true)], ..window(WindowFunction::Rank, None) },
        ],
        ..Spec::default()
    };
    let row = |day: Value, sum, total, lag, share, rank| {
        vec![day, exact(sum), exact(total), lag, Value::Real(share), Value::Integer(rank)]
    };
    let expected = [
        row(0.into(), 3, 3, Value::Null, 0.3, 2),
        row(1.into(), 3, 6, exact(3), 0.3, 2),
        row(Value::Null, 4, 10, exact(3), 0.4, 1),
    ];
    assert_eq!(ask(&spec), expected);
}

#[test]
fn a_day_is_compared_with_the_one_before() {
    let day = Bucket::Level { level: Level(5), named: false };
    let second = Filter::Leaf(leaf(TIME, Operator::Between, Right::Ends(Literal::Day(1), Literal::Day(1))));
    let spec = Spec {
        dimensions: vec![Dimension::new(TIME, Some(day))],
        measures: vec![measure(Aggregation::Sum, Some(ID)), measure(Aggregation::Count, None)],
        filter: vec![second],
        compare: Some(Compare { at: TIME, shift: Shift::Previous, measures: vec![0, 1], trim_running: false }),
        options: Options { now: Some(0), ..Options::default() },
        ..Spec::default()
    };
    let one = |value| Value::Integer(value);
    let expected =
        vec![one(1), exact(3), one(1), exact(3), exact(0), Value::Real(0.0), one(2), one(-1), Value::Real(-0.5)];
    assert_eq!(ask(&spec), [expected]);
}

/// Balances of two accounts on two days; Globex has none on the second unless `both`.
fn balances(both: bool) -> World {
    let row = |day, account: &str, amount| vec![Cell::Day(day), text(account), Cell::Integer(amount)];
    let mut rows = vec![row(10, "ACME", 500), row(10, "Globex", 300), row(11, "ACME", 550)];
    if both {
        rows.push(row(11, "Globex", 280));
    }
    let columns =
        vec![Column::new("date", Type::Date), Column::new("account", Type::Text), Column::new("amount", Type::Integer)];
    let table = Table { name: "balances".to_owned(), columns, rows, cluster_by: Vec::new() };
    World::new("balances", vec![table], Vec::new())
}

#[test]
fn balances_are_not_added_up_over_time() {
    let check = |both, common, expected| {
        let latest = Aggregation::Latest { of: Box::new(Aggregation::Sum), date: ID, entities: vec![CODE], common };
        let spec = Spec { measures: vec![measure(latest, Some(TIME))], ..Spec::default() };
        assert_eq!(answer(&balances(both), &spec).rows, [vec![exact(expected)]]);
    };
    check(true, false, 830);
    check(true, true, 830);
    check(false, false, 850);
    check(false, true, 550);
}
