//! Filters and values of a document.

use super::node::Node;
use super::object::{Later, Object, each, not_yet, unknown};
use super::references;
use crate::error::{Error, Result};
use crate::query::check::wrong_count;
use crate::query::{Field, Filter, Leaf, Literal, NullRule, Operand, Operator};

const LEAF: [&str; 5] = ["expression", "parameters", "nulls", "case_sensitive", "context"];
const GROUPS: [&str; 3] = ["and", "or", "not"];

/// Tests against the clock, in lower case.
const RELATIVE: [&str; 15] = [
    "last_now",
    "last_completed",
    "last_available",
    "next_now",
    "next_full",
    "to_date",
    "ago",
    "more_than_ago",
    "or_more_ago",
    "current",
    "to_date_each",
    "wtd",
    "mtd",
    "qtd",
    "ytd",
];

const PARAMETERS_LATER: &Later = &[
    ("aggregation", "an aggregation in a filter is"),
    ("parameter", "parameters are"),
    ("path", "hierarchy members are"),
    ("own", "hierarchy members are"),
    ("unassigned", "hierarchy members are"),
];

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
    let parameters = object.read("parameters", |node| parameters(operator, node.list()?))?;
    let (left, right) = parameters.ok_or_else(|| wrong_count(operator))?;
    let mut leaf = Leaf::new(operator, left, right);
    leaf.nulls = object.read("nulls", |node| node.one_of("rule for nulls", &NullRule::ALL, NullRule::as_str))?;
    leaf.case_sensitive = object.boolean("case_sensitive")?;
    leaf.context = object.boolean("context")?.unwrap_or_default();
    Ok(leaf.into())
}

/// The operator of an expression.
pub(super) fn operator(text: &str) -> Result<Operator> {
    if let Some(operator) = Operator::parse(text) {
        return Ok(operator);
    }
    if RELATIVE.contains(&text.trim().to_lowercase().as_str()) {
        return Err(not_yet(&format!("the filter `{}` is", text.trim())));
    }
    Err(unknown("filter expression", text, Operator::ALL.into_iter().map(Operator::as_str).chain(RELATIVE)))
}

fn parameters(operator: Operator, nodes: &[Node]) -> Result<(Field, Option<Operand>)> {
    let left = |node: &Node| node.object("a reference").and_then(field).map_err(|error| error.within("/0"));
    match nodes {
        [first] => Ok((left(first)?, None)),
        [first, second] => Ok((left(first)?, Some(operand(second).map_err(|error| error.within("/1"))?))),
        _ => Err(wrong_count(operator)),
    }
}

fn field(object: Object<'_>) -> Result<Field> {
    let known: Vec<&str> = references::FIELDS.into_iter().chain(["level"]).collect();
    object.only(&known, &[references::LATER, PARAMETERS_LATER])?;
    Ok(Field { reference: references::reference(object)?, level: object.read("level", references::level)? })
}

fn operand(node: &Node) -> Result<Operand> {
    match node {
        Node::Object(fields) if !fields.contains_key("decimal") => {
            field(node.object("a value or a reference")?).map(Operand::Field)
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

fn scalar(node: &Node) -> Result<Literal> {
    match node {
        Node::Null => Ok(Literal::Null),
        Node::Boolean(value) => Ok(Literal::Boolean(*value)),
        Node::Number(token) => Literal::from_number(token).ok_or_else(too_long),
        Node::Text(text) => Ok(Literal::Text(text.clone())),
        Node::List(_) => Err(Error::query("a list cannot stand in a list")),
        Node::Object(_) => {
            let object = node.object("a value")?;
            object.only(&["decimal"], &[PARAMETERS_LATER])?;
            let decimal = object.read("decimal", |node| Literal::from_digits(node.text()?).ok_or_else(too_long))?;
            decimal.ok_or_else(|| Error::query("expected a value, found an object"))
        }
    }
}

fn too_long() -> Error {
    Error::query("expected a number of at most 76 digits")
}
