//! The oracle on a world small enough to be answered by hand.

use rusqlite::types::Value;

use super::functions::sortable;
use super::{Oracle, render};
use crate::cell::{Cell, Type};
use crate::spec::{
    Aggregation, At, Bucket, Dimension, Filter, Having, Key, Leaf, Level, Literal, Measure, Nulls, Operator, Options,
    Output, Right, Spec,
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

fn spec() -> Spec {
    Spec {
        dimensions: Vec::new(),
        measures: Vec::new(),
        filter: Vec::new(),
        having: Vec::new(),
        order: Vec::new(),
        limit: None,
        rows_mode: false,
        base_at_query: true,
        options: Options::default(),
    }
}

fn ask(spec: &Spec) -> Vec<Vec<Value>> {
    let world = world();
    Oracle::new(&world).unwrap().ask(&render(&world, spec)).unwrap()
}

fn leaf(at: At, operator: Operator, right: Right) -> Leaf {
    Leaf { at, bucket: None, operator, right, nulls: None, case_sensitive: None }
}

#[track_caller]
fn check_ids(leaf: Leaf, expected: &[i64]) {
    let mut spec = spec();
    spec.rows_mode = true;
    spec.dimensions = vec![Dimension { at: ID, bucket: None }];
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
    let mut spec = spec();
    let day = Bucket::Level { level: Level(5), named: false };
    spec.dimensions = vec![Dimension { at: TIME, bucket: Some(day) }];
    let not_b = Filter::Leaf(leaf(CODE, Operator::Ne, Right::Literal(Literal::Text("b".to_owned()))));
    spec.measures = vec![
        Measure { aggregation: Aggregation::Count, at: None, filter: vec![not_b] },
        Measure { aggregation: Aggregation::Sum, at: Some(ID), filter: Vec::new() },
    ];
    let row = |day: Value, count, sum| vec![day, Value::Integer(count), Value::Blob(sortable(sum))];
    let (first, second, none) = (row(0.into(), 2, 3), row(1.into(), 1, 3), row(Value::Null, 0, 4));
    assert_eq!(ask(&spec), [first.clone(), second.clone(), none.clone()]);
    spec.order = vec![Key { of: Output::Measure(1), descending: true, nulls_first: false }];
    assert_eq!(ask(&spec), [none.clone(), first.clone(), second.clone()]);
    spec.limit = Some((1, 1));
    assert_eq!(ask(&spec), [first]);
    spec.limit = None;
    let two = Having::Leaf { measure: 0, operator: Operator::Ge, right: Right::Literal(Literal::Integer(2)) };
    spec.having = vec![Having::Not(Box::new(two))];
    assert_eq!(ask(&spec), [none, second]);
}
