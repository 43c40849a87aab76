//! Filters for every place where they stand.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::members::{hierarchy, member};
use super::values::{level, named, scalar, scalar_or_null, unit, value};
use crate::query::operator::Right;
use crate::query::{Field, Filter, Leaf, Literal, Member, NullRule, Operand, Operator};

fn field() -> BoxedStrategy<Field> {
    let reference = prop_oneof![3 => value(), 1 => named()];
    (reference, option::of(level())).prop_map(|(reference, level)| Field { reference, level }).boxed()
}

/// A column of the answer.
fn answer_field() -> BoxedStrategy<Field> {
    named().prop_map(Field::new).boxed()
}

fn literal(right: Right) -> BoxedStrategy<Literal> {
    match right {
        Right::Value { null: true } => scalar_or_null(),
        Right::Value { null: false } => scalar(),
        Right::Pair => (scalar(), scalar()).prop_map(|(low, high)| Literal::List(vec![low, high])).boxed(),
        Right::List => vec(scalar_or_null(), 0..4).prop_map(Literal::List).boxed(),
        Right::Nothing | Right::Text | Right::Period { .. } => any::<String>().prop_map(Literal::Text).boxed(),
    }
}

fn right(operator: Operator, field: fn() -> BoxedStrategy<Field>) -> BoxedStrategy<Option<Operand>> {
    let right = operator.right();
    let operand = match right {
        Right::Nothing => return Just(None).boxed(),
        Right::Period { counted } => (1..if counted { u32::MAX } else { 2 }, unit())
            .prop_map(|(quantity, unit)| Operand::Period { quantity, unit })
            .boxed(),
        _ if operator.takes_field() => {
            prop_oneof![literal(right).prop_map(Operand::Literal), field().prop_map(Operand::Field)].boxed()
        }
        _ => literal(right).prop_map(Operand::Literal).boxed(),
    };
    operand.prop_map(Some).boxed()
}

fn leaf(operators: Vec<Operator>, field: fn() -> BoxedStrategy<Field>) -> impl Strategy<Value = Leaf> {
    select(operators).prop_flat_map(move |operator| {
        let rule = option::of(select(NullRule::ALL.to_vec()));
        (field(), right(operator, field), rule, option::of(any::<bool>())).prop_map(
            move |(left, right, nulls, case_sensitive)| Leaf {
                operator,
                left,
                right,
                nulls,
                case_sensitive,
                context: false,
            },
        )
    })
}

/// A test of a hierarchy.
fn member_leaf() -> impl Strategy<Value = Leaf> {
    let operators = Operator::ALL.into_iter().filter(|operator| operator.tests_members());
    select(operators.collect::<Vec<_>>()).prop_flat_map(|operator| {
        let right = match operator.right() {
            Right::Nothing => Just(None::<Vec<Member>>).boxed(),
            Right::List => vec(member(), 0..4).prop_map(Some).boxed(),
            _ => member().prop_map(|member| Some(vec![member])).boxed(),
        };
        let rule = option::of(select(NullRule::ALL.to_vec()));
        (hierarchy(), right, rule).prop_map(move |(left, right, nulls)| {
            let mut leaf = Leaf::new(operator, left, right.map(Operand::Members));
            leaf.nulls = nulls;
            leaf
        })
    })
}

/// The operators that can stand anywhere.
fn anywhere() -> Vec<Operator> {
    Operator::ALL.into_iter().filter(|operator| *operator != Operator::LastAvailable).collect()
}

fn nested(leaf: impl Strategy<Value = Leaf> + 'static) -> BoxedStrategy<Filter> {
    let nest = leaf.prop_map(Filter::Leaf).prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::And),
            vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    });
    nest.boxed()
}

/// On rows.
pub(super) fn filter() -> BoxedStrategy<Filter> {
    nested(prop_oneof![4 => leaf(anywhere(), field), 1 => member_leaf()])
}

pub(super) fn group_filter() -> BoxedStrategy<Filter> {
    nested(leaf(anywhere(), field))
}

pub(super) fn post_filter() -> BoxedStrategy<Filter> {
    nested(leaf(anywhere(), answer_field))
}

pub(super) fn top_filter() -> BoxedStrategy<Filter> {
    let context = leaf(Operator::ALL.to_vec(), field).prop_map(|leaf| Filter::Leaf(Leaf { context: true, ..leaf }));
    let available = leaf(vec![Operator::LastAvailable], field).prop_map(Filter::Leaf);
    prop_oneof![6 => filter(), 2 => context, 1 => available].boxed()
}
