//! What holds for every way through every query.

use drillcore_hierarchies::MemberPath;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::error::ErrorKind;
use crate::model::{CyclicPart, Level};
use crate::query::drilling::names::{answer_names, mentioned};
use crate::query::drilling::{Clicked, Drilled};
use crate::query::{
    Dimension, Discretization, Expand, Literal, Member, MemberLevel, Members, Order, OrderKey, Query, Reference,
    Target, Top, Totals, Window, WindowFunction, asc, column, column_in, count, desc, level, name,
};

fn member() -> impl Strategy<Value = Member> {
    select(vec![
        Member::from("a"),
        Member::from(["a"]),
        Member::from(["a", "b"]),
        Member::from(["a", "b", "c"]),
        Member::from(["z"]),
        Member::from(MemberPath::root()),
        Member::own(["a"]),
        Member::unassigned(),
        Member::null(),
    ])
}

fn over_members() -> impl Strategy<Value = Dimension> {
    let level = prop_oneof![(1..4_u16).prop_map(MemberLevel::Number), Just(MemberLevel::from("nation"))];
    let expand = (0..3_u16, vec(member(), 0..3)).prop_map(|(depth, open)| Expand { depth, open });
    (select(vec!["h", "g"]), option::of(level), option::of(member()), option::of(expand)).prop_map(
        |(id, level, under, expand)| {
            let expand = expand.filter(|_| level.is_none());
            let members = Members { level, under, expand, ..Members::new(id) };
            Dimension::from(Reference { dataset: None, target: Target::Hierarchy(members) })
        },
    )
}

fn dimension() -> impl Strategy<Value = Dimension> {
    let columns = vec![column("x"), column("y"), column_in("link", "x"), column_in("flights", "x")];
    let cyclic = vec![CyclicPart::MonthName, CyclicPart::HourInDay];
    prop_oneof![
        3 => select(columns).prop_map(Dimension::from),
        3 => select(Level::ALL.to_vec()).prop_map(|of| Dimension::from(level("t", of))),
        1 => select(cyclic).prop_map(|part| Dimension::from(level("t", part))),
        1 => Just(Dimension::from("x").discretized(Discretization::width(5))),
        4 => over_members(),
    ]
}

/// The key that names a dimension by what it is.
fn key(dimension: &Dimension) -> OrderKey {
    let mut reference = dimension.reference.clone();
    if let Target::Hierarchy(members) = &mut reference.target {
        (members.under, members.expand) = (None, None);
    }
    OrderKey::Field { reference, level: dimension.level, aggregation: None }
}

/// A query that refers to some of its dimensions.
fn query() -> impl Strategy<Value = Query> {
    let dimensions = vec((dimension(), any::<bool>()), 1..4);
    let uses = vec((any::<Index>(), 0..7_u8), 0..5);
    let rest = (option::of(1..9_u64), 0..3_u64, any::<bool>());
    (dimensions, uses, rest).prop_map(|(dimensions, uses, (by, offset, case_sensitive))| {
        let mut query = Query::on("flights").measure(count().named("n")).case_sensitive(case_sensitive);
        for (place, (dimension, is_named)) in dimensions.into_iter().enumerate() {
            query.dimensions.push(if is_named { dimension.named(format!("d{place}")) } else { dimension });
        }
        let names = answer_names(&query);
        for (number, (at, how)) in uses.into_iter().enumerate() {
            let place = at.index(names.len());
            let called = names[place].as_str();
            query = match how {
                0 => query.order_by(desc(called)),
                1 => {
                    let order = Order::from(key(&query.dimensions[place]));
                    query.order_by(order)
                }
                2 => query.having(name(called).is_not_null()),
                3 => query.totals(Totals::grand().level([called])),
                4 => query.top(Top::new(3, "n").of(called)),
                5 => {
                    let window = Window::new(format!("w{number}"), WindowFunction::PercentOfTotal, Some("n"));
                    query.window(window.partition_by([called]))
                }
                _ => query.order_by(asc("n")),
            };
        }
        if let Some(by) = by {
            query = query.limit(by);
        }
        if offset > 0 {
            query = query.offset(offset);
        }
        query
    })
}

/// A click, and where people go from it: down without another dimension.
#[derive(Debug, Clone)]
struct Move {
    at: Index,
    member: Member,
    is_null: bool,
    is_wild: bool,
    to: Option<(Dimension, bool)>,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let to = option::of((dimension(), any::<bool>()));
    let one = (any::<Index>(), member(), 0..10_u8, to).prop_map(|(at, member, luck, to)| Move {
        at,
        member,
        is_null: luck == 0,
        is_wild: luck == 1,
        to,
    });
    vec(one, 0..7)
}

/// The next step, unless it is refused for what was clicked.
fn step(from: &Drilled, number: usize, one: &Move) -> Result<Option<Drilled>, TestCaseError> {
    let names = answer_names(from.query());
    let place = one.at.index(names.len());
    let shown = &from.query().dimensions[place];
    let is_tree = shown.reference.members().is_some();
    let clicked = match (is_tree != one.is_wild, shown.level) {
        _ if one.is_null => Clicked::Null,
        (true, _) => Clicked::from(one.member.clone()),
        (false, Some(_)) => Clicked::from(Literal::from("2013-01-01")),
        (false, None) => Clicked::from(Literal::from(5)),
    };
    let next = match &one.to {
        None => from.down(&names[place], &clicked),
        Some((other, is_named)) => {
            let other = other.clone();
            from.to(&names[place], &clicked, if *is_named { other.named(format!("o{number}")) } else { other })
        }
    };
    match next {
        Ok(next) => {
            prop_assert_eq!(next.breadcrumb().last().map(|crumb| crumb.place()), Some(place));
            let expands = shown.reference.members().is_some_and(|members| members.expand.is_some());
            if let (true, None, Ok(member)) = (expands, &one.to, clicked.member("d")) {
                let called = &answer_names(next.query())[place];
                let closed = next.close(called, &member).map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(&closed, from);
            }
            Ok(Some(next))
        }
        Err(error) => {
            // What a step makes always passes the check.
            prop_assert_eq!(error.kind(), ErrorKind::InvalidInput, "{}", error);
            Ok(None)
        }
    }
}

/// All states on the way, the first one included.
fn states(query: Query, moves: &[Move]) -> Result<Vec<Drilled>, TestCaseError> {
    let mut last = Drilled::new(query);
    let mut states = vec![last.clone()];
    for (number, one) in moves.iter().enumerate() {
        if let Some(next) = step(&last, number, one)? {
            states.push(next.clone());
            last = next;
        }
    }
    Ok(states)
}

proptest! {
    #[test]
    fn every_step_can_be_undone(query in query(), moves in moves()) {
        prop_assert_eq!(query.check().map_err(|error| error.to_string()), Ok(()));
        let states = states(query, &moves)?;
        let last = &states[states.len() - 1];
        prop_assert_eq!(last.breadcrumb().len(), states.len() - 1);
        for (steps, state) in states.iter().enumerate() {
            prop_assert_eq!(last.up_to(steps), Some(state.clone()));
            prop_assert_eq!(state.up(), steps.checked_sub(1).map(|before| states[before].clone()));
        }
        prop_assert_eq!(last.up_to(states.len()), None);
    }

    #[test]
    fn filters_are_only_added_and_the_rest_stays(query in query(), moves in moves()) {
        let states = states(query, &moves)?;
        for (before, after) in states.iter().zip(states.iter().skip(1)) {
            let (before, after) = (before.query(), after.query());
            prop_assert_eq!(after.check().map_err(|error| error.to_string()), Ok(()));
            prop_assert!(after.filters.starts_with(&before.filters));
            prop_assert_eq!(&after.measures, &before.measures);
            prop_assert_eq!(&after.having, &before.having);
            prop_assert_eq!(&after.top, &before.top);
            prop_assert_eq!(&after.totals, &before.totals);
            prop_assert_eq!(&after.windows, &before.windows);
            prop_assert_eq!(after.order.len(), before.order.len());
            prop_assert_eq!(after.dimensions.len(), before.dimensions.len());
            prop_assert_eq!(after.limit.map_or(0, |limit| limit.offset), 0);
            prop_assert_eq!(after.limit.and_then(|limit| limit.by), before.limit.and_then(|limit| limit.by));
        }
    }

    #[test]
    fn names_go_on_to_mean_the_same_place(query in query(), moves in moves()) {
        let states = states(query, &moves)?;
        for (before, after) in states.iter().zip(states.iter().skip(1)) {
            let known = [before, after].map(|state| answer_names(state.query()));
            for (called, place) in mentioned(before.query()) {
                if known[0][place] == called {
                    prop_assert_eq!(&known[1][place], &called);
                }
            }
            for (before, after) in before.query().dimensions.iter().zip(&after.query().dimensions) {
                if before.name.is_some() {
                    prop_assert_eq!(&after.name, &before.name);
                }
            }
        }
    }

    #[test]
    fn a_key_that_names_a_dimension_by_what_it_is_names_the_one_in_its_place(
        shown in dimension(), other in dimension(), member in member(), at in any::<Index>(),
    ) {
        let query = Query::on("flights").dimension(shown.clone()).measure(count()).order_by(Order::from(key(&shown)));
        let only = Move { at, member, is_null: false, is_wild: false, to: Some((other, false)) };
        let Some(next) = step(&Drilled::new(query), 0, &only)? else { return Ok(()) };
        let new = &next.query().dimensions[0];
        let named = new.name.as_deref().map(|name| OrderKey::By(name.to_owned()));
        let found = &next.query().order[0].key;
        let same_tree = match (&shown.reference.target, &new.reference.target) {
            (Target::Hierarchy(before), Target::Hierarchy(after)) => before.hierarchy == after.hierarchy,
            _ => false,
        };
        prop_assert!(same_tree || Some(found) == named.as_ref() || *found == key(new), "{:?}", found);
    }

    #[test]
    fn ways_are_stored(query in query(), moves in moves()) {
        let states = states(query, &moves)?;
        let last = &states[states.len() - 1];
        let text = serde_json::to_string(last).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Drilled>(&text).unwrap(), last);
    }
}
