//! References, dimensions and measures.

use super::aggregation::check_aggregation;
use super::bins::check_discretization;
use super::members::{check_member_dimension, check_members, no_hierarchy};
use super::names::not_empty;
use super::no_groups;
use crate::error::{Error, Result};
use crate::model::Aggregation;
use crate::query::{Dimension, Measure, Options, Reference, Target};

pub(super) fn check_reference(reference: &Reference) -> Result<()> {
    not_empty(reference.dataset.as_deref(), "/dataset_id")?;
    match &reference.target {
        Target::Column(column) => not_empty(Some(column), "/column_id"),
        Target::Name(name) => not_empty(Some(name), "/name"),
        Target::Formula(text) => check_formula(text, "/formula"),
        Target::Expression(text) => check_formula(text, "/expression"),
        Target::StoredFormula(name) => not_empty(Some(name), "/formula_id"),
        Target::Hierarchy(members) => check_members(members),
    }
}

/// Not a stored formula, which has a value per group only.
pub(super) fn of_rows(reference: &Reference, what: &str) -> Result<()> {
    if matches!(reference.target, Target::StoredFormula(_)) {
        let message = format!("{what} takes no stored formula, which is of groups; make a derived column of it");
        return Err(Error::query(message).at("/formula_id"));
    }
    Ok(())
}

pub(super) fn check_formula(text: &str, path: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::query("a formula must not be empty").at(path));
    }
    Ok(())
}

/// A column of rows, a hierarchy or a formula, not a name of the query.
pub(super) fn check_column(reference: &Reference, what: &str) -> Result<()> {
    check_reference(reference)?;
    if matches!(reference.target, Target::Name(_)) {
        return Err(Error::query(format!("{what} takes a `column_id`, not a `name`")).at("/name"));
    }
    Ok(())
}

pub(super) fn not_all_rows(reference: &Reference, rule: &str) -> Result<()> {
    if reference.is_all_rows() {
        return Err(Error::query(format!("`*` stands for all rows: {rule}")).at("/column_id"));
    }
    Ok(())
}

/// A stored formula has neither a level nor an aggregation.
pub(super) fn stored_alone(reference: &Reference, level: bool, aggregation: bool) -> Result<()> {
    match &reference.target {
        Target::StoredFormula(_) if level => Err(Error::query("a stored formula has no level").at("/level")),
        Target::StoredFormula(_) if aggregation => {
            Err(Error::query("a stored formula says itself how it aggregates").at("/aggregation"))
        }
        _ => Ok(()),
    }
}

/// A column or formula of rows that belongs to a setting.
pub(super) fn check_value(reference: &Reference, what: &str) -> Result<()> {
    check_column(reference, what)?;
    no_hierarchy(reference, what)?;
    of_rows(reference, what)?;
    not_all_rows(reference, "only a count takes it")
}

pub(super) fn check_dimension(dimension: &Dimension, grouped: bool) -> Result<()> {
    let reference = &dimension.reference;
    match reference.members() {
        Some(members) => {
            check_reference(reference)?;
            check_member_dimension(members, dimension, grouped)?;
        }
        None => check_value(reference, "a dimension")?,
    }
    if grouped && dimension.aggregation.is_some() {
        return Err(Error::query("a dimension takes no aggregation; make it a measure").at("/aggregation"));
    }
    if !grouped && dimension.include_nonoccurring {
        return Err(no_groups("`include_nonoccurring` adds groups").at("/include_nonoccurring"));
    }
    let Some(discretization) = &dimension.discretization else { return Ok(()) };
    if dimension.level.is_some() {
        let message = "a dimension takes either a `level` or a `discretization`, not both";
        return Err(Error::query(message).at("/discretization"));
    }
    check_discretization(discretization).map_err(|error| error.within("/discretization"))
}

pub(super) fn check_measure(measure: &Measure, options: &Options) -> Result<()> {
    let Measure { reference, aggregation, settings, filters, .. } = measure;
    check_column(reference, "a measure")?;
    no_hierarchy(reference, "a measure")?;
    if matches!(reference.target, Target::StoredFormula(_)) {
        if !options.rollup_data {
            return Err(no_groups("a stored formula computes groups").at("/formula_id"));
        }
        stored_alone(reference, measure.level.is_some(), aggregation.is_some() || !settings.is_empty())?;
    }
    if matches!(reference.target, Target::Formula(_)) {
        if !options.rollup_data {
            let what = "a `formula` computes groups (an `expression` computes rows)";
            return Err(no_groups(what).at("/formula"));
        }
        if aggregation.is_some() || !settings.is_empty() {
            let message = "a `formula` says itself how it aggregates; what is aggregated is an `expression`";
            return Err(Error::query(message).at("/aggregation"));
        }
    }
    if !options.rollup_data {
        not_all_rows(reference, "it is no column of a row")?;
        if !filters.is_empty() {
            return Err(Error::query("a measure takes no filter where `rollup_data` is false").at("/where"));
        }
    } else if aggregation.is_some_and(|aggregation| aggregation != Aggregation::Count) {
        not_all_rows(reference, "only a count takes it")?;
    }
    check_aggregation(*aggregation, settings, options.exact).map_err(|error| error.within("/aggregation"))
}
