//! The filters that a dataset brings along, as the scope of a query decides them.

use crate::catalog::{DatasetEntry, DatasetFilter, FilterValue};
use crate::error::{Error, ErrorKind, Result};
use crate::model::WeekStart;
use crate::query::Literal;
use crate::scope::{Decision, Scope};
use crate::time::{Calendar, Zone};

use super::definitions::own_value;
use super::filters::{LeafRules, leaf};
use super::{Predicate, Scalar};

/// The condition that the dataset's own filters put on its rows, under a scope. `value` gives the columns they test.
///
/// # Errors
///
/// `AccessDenied` if the scope leaves a parameter undecided or gives it a value of another type. Messages name the
/// parameter, never a value.
pub(super) fn dataset_filters(
    dataset: &DatasetEntry,
    scope: &Scope,
    calendar: &Calendar,
    value: &mut dyn FnMut(&str) -> Result<Scalar>,
) -> Result<Predicate> {
    let mut parts = Vec::with_capacity(dataset.filters.len());
    for filter in &dataset.filters {
        if let Some(literal) = decide(dataset, filter, scope)? {
            let of = value(&filter.column_id)?;
            parts.push(condition(of, filter, literal.as_ref(), calendar).map_err(|_| denied(dataset, filter))?);
        }
    }
    Ok(Predicate::all(parts))
}

/// The literal to compare with, `Some(None)` for tests without one, `None` if the filter is dropped.
fn decide(dataset: &DatasetEntry, filter: &DatasetFilter, scope: &Scope) -> Result<Option<Option<Literal>>> {
    let (parameter, parameter_type, default) = match &filter.value {
        None => return Ok(Some(None)),
        Some(FilterValue::Fixed(literal)) => return Ok(Some(Some(literal.clone()))),
        Some(FilterValue::Parameter { parameter, parameter_type, default }) => (parameter, parameter_type, default),
    };
    if scope.is_unrestricted() {
        return Ok(None);
    }
    let name = parameter.strip_prefix("metadata.").unwrap_or(parameter);
    let literal = match (scope.decision(name), default) {
        (Some(Decision::Clear), _) => return Ok(None),
        (Some(Decision::Value(literal)), _) => literal,
        (None, Some(default)) if scope.takes_defaults() => default,
        (None, _) => {
            let message = format!("dataset `{}` needs a scope that decides the parameter `{name}`", dataset.name);
            return Err(Error::new(ErrorKind::AccessDenied, message));
        }
    };
    if !parameter_type.accepts(literal) {
        return Err(denied(dataset, filter));
    }
    Ok(Some(Some(literal.clone())))
}

fn denied(dataset: &DatasetEntry, filter: &DatasetFilter) -> Error {
    let what = match &filter.value {
        Some(FilterValue::Parameter { parameter, .. }) => {
            format!("the scope gives the parameter `{}` a value that", parameter.trim_start_matches("metadata."))
        }
        _ => "a value that".to_owned(),
    };
    let message =
        format!("{what} does not fit the filter on column `{}` of dataset `{}`", filter.column_id, dataset.name);
    Error::new(ErrorKind::AccessDenied, message)
}

fn condition(of: Scalar, filter: &DatasetFilter, literal: Option<&Literal>, calendar: &Calendar) -> Result<Predicate> {
    let rules = LeafRules { calendar, folded: false, level: None };
    leaf(of, filter.expression, literal, &rules)
}

impl DatasetEntry {
    /// The dataset with these filters, once each of them is known to fit its column, which is one of the dataset's own
    /// or is derived from such.
    pub(crate) fn with_filters(mut self, filters: Vec<DatasetFilter>) -> Result<Self> {
        let calendar = Calendar::new(Zone::utc(), WeekStart::default(), 1)?;
        for filter in &filters {
            let samples: Vec<Option<Literal>> = match &filter.value {
                None => vec![None],
                Some(FilterValue::Fixed(literal)) => vec![Some(literal.clone())],
                Some(FilterValue::Parameter { parameter, parameter_type, default }) => {
                    if default.as_ref().is_some_and(|default| !parameter_type.accepts(default)) {
                        let message = format!("the default of parameter `{parameter}` is not of its type");
                        return Err(Error::input(message));
                    }
                    default.iter().cloned().map(Some).collect()
                }
            };
            let of = own_value(&self, &filter.column_id, &calendar, 0)?;
            for literal in samples {
                condition(of.clone(), filter, literal.as_ref(), &calendar)
                    .map_err(|error| Error::input(format!("filter on `{}`: {}", filter.column_id, error.message())))?;
            }
        }
        self.filters = filters;
        Ok(self)
    }
}
