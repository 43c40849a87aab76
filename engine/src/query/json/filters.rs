//! Filters and values of a document.

use super::members;
use super::node::Node;
use super::object::{Later, Object, each, unknown};
use super::periods;
use super::references::field;
use crate::error::{Error, Result};
use crate::query::check::{no_member_test, wrong_count};
use crate::query::operator::Right;
use crate::query::{Field, Filter, Leaf, Literal, NullRule, Operand, Operator};

pub(super) const LEAF: [&str; 5] = ["expression", "parameters", "nulls", "case_sensitive", "context"];
pub(super) const GROUPS: [&str; 3] = ["and", "or", "not"];

const LATER: &Later = &[("aggregation", "an aggregation in a filter is")];

/// A leaf or a group.
pub(super) fn filter(node: &Node) -> Result<Filter> {
    let object = node.object("a filter")?;
    let known: Vec<&str> = LEAF.into_iter().chain(GROUPS).collect();
    object.only(&known, &[])?;
    let nothing = || Error::query("expected an `expression`, `and`, `or` or `not`");
    match GROUPS.into_iter().find(|group| object.has(group)) {
        None if object.has("expression") => leaf(object),
        None => Err(nothing()),
        Some(group) => {
            if let Some(other) = known.into_iter().find(|field| *field != group && object.has(field)) {
                return Err(Error::query(format!("`{group}` takes nothing beside it")).at(format!("/{other}")));
            }
            match group {
                "and" => object.list(group, filter).map(Filter::And),
                "or" => object.list(group, filter).map(Filter::Or),
                _ => object.read(group, filter)?.map(|inner| Filter::Not(Box::new(inner))).ok_or_else(nothing),
            }
        }
    }
}

fn leaf(object: Object<'_>) -> Result<Filter> {
    let expression = object.read("expression", |node| operator(node.text()?))?;
    let operator = expression.ok_or_else(|| Error::query("expected an `expression`"))?;
    if !operator.tests_members() && tests_hierarchy(object) {
        return Err(no_member_test(operator));
    }
    let parameters = object.read("parameters", |node| parameters(operator, node.list()?))?;
    let (left, right) = parameters.ok_or_else(|| wrong_count(operator))?;
    let mut leaf = Leaf::new(operator, left, right);
    leaf.nulls = object.read("nulls", |node| node.one_of("rule for nulls", &NullRule::ALL, NullRule::as_str))?;
    leaf.case_sensitive = object.boolean("case_sensitive")?;
    leaf.context = object.boolean("context")?.unwrap_or_default();
    Ok(leaf.into())
}

/// Whether the left side of a leaf is a hierarchy, told before the sides are read.
fn tests_hierarchy(object: Object<'_>) -> bool {
    let Some(Node::List(nodes)) = object.get("parameters") else { return false };
    nodes.first().and_then(|left| left.object("a reference").ok()).is_some_and(|left| left.has("hierarchy_id"))
}

/// The operator of an expression.
pub(super) fn operator(text: &str) -> Result<Operator> {
    Operator::parse(text)
        .ok_or_else(|| unknown("filter expression", text, Operator::ALL.into_iter().map(Operator::as_str)))
}

fn parameters(operator: Operator, nodes: &[Node]) -> Result<(Field, Option<Operand>)> {
    let left = |node: &Node| {
        node.object("a reference").and_then(|object| field(object, LATER)).map_err(|error| error.within("/0"))
    };
    match nodes {
        [first] => Ok((left(first)?, None)),
        [_, _] if operator.right() == Right::Nothing => Err(wrong_count(operator)),
        [first, second] => {
            let left = left(first)?;
            let of_members = left.reference.members().is_some();
            let right = if of_members { members::operand(operator, second) } else { operand(operator, second) };
            Ok((left, Some(right.map_err(|error| error.within("/1"))?)))
        }
        _ => Err(wrong_count(operator)),
    }
}

fn operand(operator: Operator, node: &Node) -> Result<Operand> {
    if matches!(operator.right(), Right::Period { .. }) {
        return periods::period(node).map(|(quantity, unit)| Operand::Period { quantity, unit });
    }
    match node {
        Node::Object(fields) if !fields.contains_key("decimal") => {
            let object = node.object("a value or a reference")?;
            members::no_member(object)?;
            field(object, LATER).map(Operand::Field)
        }
        _ => literal(node).map(Operand::Literal),
    }
}

/// A value or a list of values.
pub(super) fn literal(node: &Node) -> Result<Literal> {
    match node {
        Node::List(nodes) => each(nodes, scalar).map(Literal::List),
        _ => scalar(node),
    }
}

/// One value.
pub(super) fn scalar(node: &Node) -> Result<Literal> {
    match node {
        Node::Null => Ok(Literal::Null),
        Node::Boolean(value) => Ok(Literal::Boolean(*value)),
        Node::Number(token) => Literal::from_number(token).ok_or_else(too_long),
        Node::Text(text) => Ok(Literal::Text(text.clone())),
        Node::List(_) => Err(Error::query("a list cannot stand in a list")),
        Node::Object(_) => {
            let object = node.object("a value")?;
            members::no_member(object)?;
            object.only(&["decimal"], &[LATER])?;
            let decimal = object.read("decimal", |node| Literal::from_digits(node.text()?).ok_or_else(too_long))?;
            decimal.ok_or_else(|| Error::query("expected a value, found an object"))
        }
    }
}

fn too_long() -> Error {
    Error::query("expected a number of at most 76 digits")
}
