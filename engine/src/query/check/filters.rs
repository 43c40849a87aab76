//! Filters, wherever they stand.

use super::columns::{check_reference, not_all_rows, of_rows, stored_alone};
use super::members::{check_member_field, check_member_operand, hierarchy_refused, no_member_test};
use super::names::at_most;
use super::values::{check_number, one_or_more};
use crate::error::{Error, ErrorKind, Result};
use crate::query::operator::Right;
use crate::query::{Field, Filter, Leaf, Literal, Operand, Operator, Query, Target};

/// Where a filter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Where,
    Having,
    Measure,
    Post,
}

/// Walks the filters of a query and counts their leaves.
#[derive(Debug, Default)]
pub(super) struct Filters {
    leaves: usize,
}

impl Filters {
    pub(super) fn list(&mut self, filters: &[Filter], place: Place, field: &str) -> Result<()> {
        self.each(filters, place, 0, field)
    }

    fn each(&mut self, filters: &[Filter], place: Place, depth: usize, field: &str) -> Result<()> {
        for (index, filter) in filters.iter().enumerate() {
            self.filter(filter, place, depth).map_err(|error| error.within(&format!("/{field}/{index}")))?;
        }
        Ok(())
    }

    fn filter(&mut self, filter: &Filter, place: Place, depth: usize) -> Result<()> {
        if let Filter::Leaf(leaf) = filter {
            self.leaves += 1;
            at_most(self.leaves, Query::MAX_FILTERS, "tests in the filters of a query")?;
            return check_leaf(leaf, place, depth);
        }
        let depth = depth + 1;
        if depth > Query::MAX_FILTER_DEPTH {
            let message = format!("filters nest more than {} deep", Query::MAX_FILTER_DEPTH);
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        match filter {
            Filter::And(parts) => self.each(parts, place, depth, "and"),
            Filter::Or(parts) => self.each(parts, place, depth, "or"),
            Filter::Not(inner) => self.filter(inner, place, depth).map_err(|error| error.within("/not")),
            Filter::Leaf(_) => Ok(()),
        }
    }
}

fn check_leaf(leaf: &Leaf, place: Place, depth: usize) -> Result<()> {
    let top = place == Place::Where && depth == 0;
    if leaf.context && !top {
        return Err(Error::query("a context filter must stand at the top level of the query's `where`").at("/context"));
    }
    if leaf.operator == Operator::LastAvailable && !top {
        let message = format!("`{}` must stand at the top level of the query's `where`", leaf.operator);
        return Err(Error::query(message).at("/expression"));
    }
    check_field(&leaf.left, place).map_err(|error| error.within("/parameters/0"))?;
    let of_members = leaf.left.reference.members().is_some();
    if of_members && !leaf.operator.tests_members() {
        return Err(no_member_test(leaf.operator));
    }
    let right = leaf.operator.right();
    match &leaf.right {
        None if right == Right::Nothing => Ok(()),
        None => Err(wrong_count(leaf.operator).at("/parameters")),
        Some(_) if right == Right::Nothing => Err(wrong_count(leaf.operator).at("/parameters")),
        Some(operand) if of_members => check_member_operand(leaf.operator, right == Right::List, operand)
            .map_err(|error| error.within("/parameters/1")),
        Some(operand) => {
            check_operand(leaf.operator, right, operand, place).map_err(|error| error.within("/parameters/1"))
        }
    }
}

fn check_field(field: &Field, place: Place) -> Result<()> {
    check_reference(&field.reference)?;
    stored_alone(&field.reference, field.level.is_some(), false)?;
    match (place, &field.reference.target) {
        (Place::Having, Target::Hierarchy(_)) => Err(hierarchy_refused("`having`")),
        (Place::Post, Target::Name(_)) | (Place::Having, _) => Ok(()),
        (Place::Post, target) => {
            let path = match target {
                Target::Formula(_) => "/formula",
                Target::Expression(_) => "/expression",
                Target::StoredFormula(_) => "/formula_id",
                Target::Hierarchy(_) => "/hierarchy_id",
                _ => "/column_id",
            };
            Err(Error::query("`post` tests columns of the answer, each by its `name`").at(path))
        }
        (Place::Where | Place::Measure, Target::Hierarchy(members)) => {
            check_member_field(members, field.level.is_some())
        }
        (Place::Where | Place::Measure, _) => {
            of_rows(&field.reference, "a filter on rows")?;
            not_all_rows(&field.reference, "it has no value to test")
        }
    }
}

fn takes(operator: Operator, what: &str) -> Error {
    Error::query(format!("`{operator}` takes {what}"))
}

/// Too few or too many parameters.
pub(in crate::query) fn wrong_count(operator: Operator) -> Error {
    takes(operator, if operator.right() == Right::Nothing { "one parameter" } else { "two parameters" })
}

fn check_operand(operator: Operator, right: Right, operand: &Operand, place: Place) -> Result<()> {
    match (operand, right) {
        (Operand::Field(Field { reference, .. }), _) if reference.members().is_some() => {
            Err(Error::query("a hierarchy stands on the left of a filter").at("/hierarchy_id"))
        }
        (Operand::Field(field), _) if operator.takes_field() => check_field(field, place),
        (Operand::Field(_), _) => Err(wanted(operator, right, "a reference")),
        (Operand::Period { quantity, .. }, Right::Period { counted }) => {
            one_or_more(Some((*quantity).into()), "/quantity")?;
            if counted || *quantity == 1 {
                return Ok(());
            }
            Err(takes(operator, "a `unit` alone").at("/quantity"))
        }
        (Operand::Period { .. }, _) => Err(wanted(operator, right, "a period")),
        (Operand::Members(_), _) => {
            Err(Error::query("members are compared with a hierarchy, which the left side is not"))
        }
        (Operand::Literal(literal), _) => check_literal(operator, right, literal),
    }
}

/// The refusal of what stands on the right.
fn wanted(operator: Operator, right: Right, found: &str) -> Error {
    let what = match right {
        Right::Nothing => "nothing",
        Right::Value { .. } => "one value",
        Right::Pair => "a list of two values",
        Right::List => "a list",
        Right::Text => "a text",
        Right::Period { .. } => "a period",
    };
    takes(operator, &format!("{what} on the right, not {found}"))
}

fn check_literal(operator: Operator, right: Right, literal: &Literal) -> Result<()> {
    match (right, literal) {
        (Right::Value { null: false } | Right::Text, Literal::Null) => Err(no_null(operator)),
        (Right::Value { .. }, Literal::List(_)) => Err(wanted(operator, right, literal.describe())),
        (Right::Value { .. }, value) => check_number(value),
        (Right::Pair, Literal::List(values)) if values.len() == 2 => check_list(values, Some(operator)),
        (Right::Pair, Literal::List(_)) => Err(takes(operator, "a list of two values on the right")),
        (Right::List, Literal::List(values)) => check_list(values, None),
        (Right::Text, Literal::Text(_)) => Ok(()),
        (right, literal) => Err(wanted(operator, right, literal.describe())),
    }
}

fn no_null(operator: Operator) -> Error {
    Error::query(format!("`{operator}` cannot compare with null; ask for it with `? is null` or \"nulls\""))
}

/// The values of a list; NULL is refused for the operator that is given.
fn check_list(values: &[Literal], no_nulls: Option<Operator>) -> Result<()> {
    at_most(values.len(), Query::MAX_LIST_VALUES, "values in a list")?;
    for (index, value) in values.iter().enumerate() {
        match (value, no_nulls) {
            (Literal::List(_), _) => Err(Error::query("a list cannot stand in a list")),
            (Literal::Null, Some(operator)) => Err(no_null(operator)),
            _ => check_number(value),
        }
        .map_err(|error| error.within(&format!("/{index}")))?;
    }
    Ok(())
}
