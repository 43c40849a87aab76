//! Values of rows that are fixed for their keys: `AVG({price} FIXED {carrier})` beside `{price}`. They are computed
//! first, over the rows that pass the context filters, and then looked up for each row.

use std::sync::Arc;

use drillcore_formulas::{Aggregate, Groups};

use super::formulas::scalar;
use super::{Grain, Part, Predicate, Resolver, Scalar};

/// The most different fixed values of rows in a query; each is a reading of its own.
const MOST_FIXED: usize = 64;

/// A value that all rows with the same keys share. NULL is a key like others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FixedValue {
    /// Without any, all rows share the value.
    pub(crate) keys: Vec<Scalar>,
    /// The aggregates over the rows with the same keys.
    pub(crate) parts: Vec<Part>,
    /// The value, over the aggregates.
    pub(crate) value: Scalar,
    /// The rows that count: those that pass the filters of the dataset, the scope and the context.
    pub(crate) filter: Predicate,
}

impl Resolver<'_> {
    /// A column of rows that holds an aggregate over the rows with the same keys.
    pub(super) fn fixed_value(&mut self, aggregate: Aggregate<Scalar>) -> Result<Scalar, String> {
        let filter = self.context.clone().map_err(str::to_owned)?;
        let Groups::Fixed(keys) = &aggregate.groups else {
            return Err("only FIXED gives a value of a row".to_owned());
        };
        let mut distinct: Vec<Scalar> = Vec::with_capacity(keys.len());
        for key in keys.iter().cloned().map(scalar) {
            if !distinct.contains(&key) {
                distinct.push(key);
            }
        }
        let everything = Predicate::Constant(true);
        let (value, parts) = self.apart(|resolver| resolver.over_rows(aggregate, &everything, &Grain::Row));
        let value = value.map_err(|error| error.message().to_owned())?;
        let fixed = FixedValue { keys: distinct, parts, value, filter };
        let mut nested = false;
        fixed.visit_row_values(&mut |value| value.visit_fixed(&mut |_| nested = true));
        if nested {
            return Err("a FIXED value cannot be computed from another FIXED value of rows".to_owned());
        }
        if let Some(known) = self.fixed.iter().find(|known| ***known == fixed) {
            return Ok(Scalar::Fixed(Arc::clone(known)));
        }
        if self.fixed.len() >= MOST_FIXED {
            return Err(format!("a query has at most {MOST_FIXED} different FIXED values of rows"));
        }
        let fixed = Arc::new(fixed);
        self.fixed.push(Arc::clone(&fixed));
        Ok(Scalar::Fixed(fixed))
    }

    /// What `make` gives, and the aggregates that it takes, kept apart from those of the query.
    pub(super) fn apart<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> (T, Vec<Part>) {
        let outside = std::mem::take(&mut self.parts);
        let made = make(self);
        (made, std::mem::replace(&mut self.parts, outside))
    }
}
