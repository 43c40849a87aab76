//! What can be told of a query without the catalog: its shape and its limits.

use std::collections::BTreeSet;

use super::decimal::Digits;
use super::operator::Right;
use super::{Dimension, Field, Filter, Leaf, Literal, Measure, Operand, Operator, OrderKey, Query, Reference, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Aggregation;

impl Query {
    /// Checks what can be told without knowing the datasets. The engine does it before anything else, and
    /// [`Query::from_json`] has done it.
    ///
    /// # Errors
    ///
    /// `InvalidQuery` for what cannot be meant, `LimitExceeded` for more than the limits that stand at [`Query`],
    /// `NotSupported` for what this version does not answer. The path is that of the query's JSON.
    pub fn check(&self) -> Result<()> {
        let columns = self.dimensions.len() + self.measures.len();
        if columns == 0 {
            return Err(Error::query("a query needs a dimension or a measure"));
        }
        at_most(columns, Self::MAX_COLUMNS, "dimensions and measures")?;
        at_most(self.order.len(), Self::MAX_COLUMNS, "keys of the order").map_err(|error| error.at("/order"))?;
        not_empty(self.name.as_deref(), "/as")?;
        not_empty(self.dataset.as_deref(), "/dataset_id")?;
        let mut filters = Filters::default();
        let mut names = BTreeSet::new();
        for (index, dimension) in self.dimensions.iter().enumerate() {
            check_dimension(dimension, self.options.rollup_data)
                .and_then(|()| unique(dimension.name.as_deref(), &mut names))
                .map_err(|error| error.within(&format!("/dimensions/{index}")))?;
        }
        for (index, measure) in self.measures.iter().enumerate() {
            check_measure(measure, self.options.rollup_data)
                .and_then(|()| unique(measure.name.as_deref(), &mut names))
                .and_then(|()| filters.list(&measure.filters, Place::Measure, "where"))
                .map_err(|error| error.within(&format!("/measures/{index}")))?;
        }
        filters.list(&self.filters, Place::Where, "where")?;
        if !self.options.rollup_data && !self.having.is_empty() {
            return Err(Error::query("`having` filters groups, and `rollup_data` false makes none").at("/having"));
        }
        filters.list(&self.having, Place::Having, "having")?;
        for (index, order) in self.order.iter().enumerate() {
            match &order.key {
                OrderKey::By(name) => not_empty(Some(name), ""),
                OrderKey::Field { reference, .. } => check_column(reference, "a key of the order"),
            }
            .map_err(|error| error.within(&format!("/order/{index}")))?;
        }
        self.check_options().map_err(|error| error.within("/options"))
    }

    fn check_options(&self) -> Result<()> {
        let options = &self.options;
        not_empty(options.timezone_id.as_deref(), "/timezone_id")?;
        not_empty(options.locale_id.as_deref(), "/locale_id")?;
        if !(1..=12).contains(&options.fiscal_year_start) {
            return Err(Error::query("expected a month from 1 to 12").at("/fiscal_year_start"));
        }
        for (value, path) in [(options.max_rows, "/max_rows"), (options.timeout_ms, "/timeout_ms")] {
            if value == Some(0) {
                return Err(Error::query("expected 1 or more").at(path));
            }
        }
        Ok(())
    }
}

fn at_most(count: usize, limit: usize, what: &str) -> Result<()> {
    if count > limit {
        return Err(Error::new(ErrorKind::LimitExceeded, format!("more than {limit} {what}")));
    }
    Ok(())
}

fn not_empty(name: Option<&str>, path: &str) -> Result<()> {
    if name.is_some_and(str::is_empty) {
        return Err(Error::query("a name must not be empty").at(path));
    }
    Ok(())
}

fn unique<'q>(name: Option<&'q str>, names: &mut BTreeSet<&'q str>) -> Result<()> {
    not_empty(name, "/as")?;
    match name {
        Some(name) if !names.insert(name) => {
            Err(Error::query("this name is given to another dimension or measure too").at("/as"))
        }
        _ => Ok(()),
    }
}

fn check_reference(reference: &Reference) -> Result<()> {
    not_empty(reference.dataset.as_deref(), "/dataset_id")?;
    match &reference.target {
        Target::Column(column) => not_empty(Some(column), "/column_id"),
        Target::Name(name) => not_empty(Some(name), "/name"),
    }
}

/// A column of rows, not a name of the query nor all rows.
fn check_column(reference: &Reference, what: &str) -> Result<()> {
    check_reference(reference)?;
    if matches!(reference.target, Target::Name(_)) {
        return Err(Error::query(format!("{what} takes a `column_id`, not a `name`")).at("/name"));
    }
    Ok(())
}

fn not_all_rows(reference: &Reference, rule: &str) -> Result<()> {
    if reference.is_all_rows() {
        return Err(Error::query(format!("`*` stands for all rows: {rule}")).at("/column_id"));
    }
    Ok(())
}

fn check_dimension(dimension: &Dimension, grouped: bool) -> Result<()> {
    check_column(&dimension.reference, "a dimension")?;
    not_all_rows(&dimension.reference, "only a count takes it")?;
    if grouped && dimension.aggregation.is_some() {
        return Err(Error::query("a dimension takes no aggregation; make it a measure").at("/aggregation"));
    }
    Ok(())
}

fn check_measure(measure: &Measure, grouped: bool) -> Result<()> {
    check_column(&measure.reference, "a measure")?;
    if !grouped {
        not_all_rows(&measure.reference, "it is no column of a row")?;
        if !measure.filters.is_empty() {
            return Err(Error::query("a measure takes no filter where `rollup_data` is false").at("/where"));
        }
    } else if measure.aggregation.is_some_and(|aggregation| aggregation != Aggregation::Count) {
        not_all_rows(&measure.reference, "only a count takes it")?;
    }
    Ok(())
}

/// Where a filter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Where,
    Having,
    Measure,
}

/// Walks the filters of a query and counts their leaves.
#[derive(Debug, Default)]
struct Filters {
    leaves: usize,
}

impl Filters {
    fn list(&mut self, filters: &[Filter], place: Place, field: &str) -> Result<()> {
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
    if leaf.context && (place != Place::Where || depth > 0) {
        return Err(Error::query("a context filter must stand at the top level of the query's `where`").at("/context"));
    }
    check_field(&leaf.left, place).map_err(|error| error.within("/parameters/0"))?;
    match (leaf.operator.right(), &leaf.right) {
        (Right::Nothing, None) => Ok(()),
        (Right::Nothing, Some(_)) | (_, None) => Err(wrong_count(leaf.operator).at("/parameters")),
        (Right::Value { .. }, Some(Operand::Field(field))) => {
            check_field(field, place).map_err(|error| error.within("/parameters/1"))
        }
        (_, Some(Operand::Field(_))) => {
            let what = format!("a reference on the right of `{}`", leaf.operator);
            Err(Error::not_supported(what).at("/parameters/1"))
        }
        (right, Some(Operand::Literal(literal))) => {
            check_right(leaf.operator, right, literal).map_err(|error| error.within("/parameters/1"))
        }
    }
}

fn check_field(field: &Field, place: Place) -> Result<()> {
    check_reference(&field.reference)?;
    if place == Place::Having { Ok(()) } else { not_all_rows(&field.reference, "it has no value to test") }
}

fn takes(operator: Operator, what: &str) -> Error {
    Error::query(format!("`{operator}` takes {what}"))
}

/// Too few or too many parameters.
pub(super) fn wrong_count(operator: Operator) -> Error {
    takes(operator, if operator.right() == Right::Nothing { "one parameter" } else { "two parameters" })
}

fn check_right(operator: Operator, right: Right, literal: &Literal) -> Result<()> {
    let wanted = |what: &str| takes(operator, &format!("{what} on the right, not {}", literal.describe()));
    match (right, literal) {
        (Right::Value { .. }, Literal::List(_)) => Err(wanted("one value")),
        (Right::Value { null: false }, Literal::Null) => Err(no_null(operator)),
        (Right::Value { .. }, value) => check_number(value),
        (Right::Pair, Literal::List(values)) if values.len() == 2 => check_list(values, Some(operator)),
        (Right::Pair, Literal::List(_)) => Err(takes(operator, "a list of two values on the right")),
        (Right::Pair, _) => Err(wanted("a list of two values")),
        (Right::List, Literal::List(values)) => check_list(values, None),
        (Right::List, _) => Err(wanted("a list")),
        (Right::Text, Literal::Text(_)) | (Right::Nothing, _) => Ok(()),
        (Right::Text, Literal::Null) => Err(no_null(operator)),
        (Right::Text, _) => Err(wanted("a text")),
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

/// Numbers as the builder may have made them by hand.
fn check_number(value: &Literal) -> Result<()> {
    let fine = match value {
        Literal::Number(number) => number.is_finite(),
        Literal::Decimal(text) => Digits::parse(text).and_then(|digits| digits.plain()).as_ref() == Some(text),
        _ => true,
    };
    if fine { Ok(()) } else { Err(Error::query("not a finite number in plain digits")) }
}
