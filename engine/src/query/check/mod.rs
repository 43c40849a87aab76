//! What can be told of a query without the catalog: its shape and its limits.

mod aggregation;
mod bins;
mod columns;
mod filters;
mod members;
mod names;
mod steps;
mod values;
mod windows;

use super::{OrderKey, Query, SnapshotAt};
use crate::error::{Error, Result};

pub(super) use filters::wrong_count;
pub(super) use members::{hierarchy_refused, no_member_test, part_of_filter, part_of_key};

use columns::{check_column, check_dimension, check_formula, check_measure, stored_alone};
use filters::{Filters, Place};
use members::check_member_key;
use names::{Names, at_most, not_empty};

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
        not_empty(self.name.as_deref(), "/as")?;
        not_empty(self.dataset.as_deref(), "/dataset_id")?;
        if self.at == Some(SnapshotAt::Version(0)) {
            return Err(Error::query("the first version is 1").at("/at/version"));
        }
        self.check_derived()?;
        let mut filters = Filters::default();
        let mut names = Names::default();
        for (index, dimension) in self.dimensions.iter().enumerate() {
            check_dimension(dimension, self.options.rollup_data)
                .and_then(|()| names.dimension(dimension.name.as_deref()))
                .map_err(|error| error.within(&format!("/dimensions/{index}")))?;
        }
        for (index, measure) in self.measures.iter().enumerate() {
            check_measure(measure, &self.options)
                .and_then(|()| names.measure(measure.name.as_deref()))
                .and_then(|()| filters.list(&measure.filters, Place::Measure, "where"))
                .map_err(|error| error.within(&format!("/measures/{index}")))?;
        }
        filters.list(&self.filters, Place::Where, "where")?;
        if !self.options.rollup_data {
            self.check_rows_mode()?;
        }
        filters.list(&self.having, Place::Having, "having")?;
        self.check_compare(&mut names).map_err(|error| error.within("/compare"))?;
        self.check_windows(&mut names)?;
        self.check_top(&names).map_err(|error| error.within("/top"))?;
        filters.list(&self.post, Place::Post, "post")?;
        self.check_totals(&names).map_err(|error| error.within("/totals"))?;
        self.check_pivot(&names).map_err(|error| error.within("/pivot"))?;
        self.check_order()?;
        self.check_options().map_err(|error| error.within("/options"))
    }

    fn check_derived(&self) -> Result<()> {
        at_most(self.derived.len(), Self::MAX_DERIVED, "derived columns").map_err(|error| error.at("/derived"))?;
        let mut known = std::collections::BTreeSet::new();
        for (index, derived) in self.derived.iter().enumerate() {
            not_empty(Some(&derived.name), "/as")
                .and_then(|()| {
                    if known.insert(&derived.name) {
                        return check_formula(&derived.expression, "/expression");
                    }
                    Err(Error::query("this name is given to another derived column too").at("/as"))
                })
                .map_err(|error| error.within(&format!("/derived/{index}")))?;
        }
        Ok(())
    }

    /// Parts that work on groups are refused where there are none.
    fn check_rows_mode(&self) -> Result<()> {
        let parts = [
            (!self.having.is_empty(), "having", "filters"),
            (self.compare.is_some(), "compare", "compares"),
            (self.top.is_some(), "top", "ranks"),
            (!self.windows.is_empty(), "window", "computes over"),
            (!self.post.is_empty(), "post", "filters"),
            (self.totals.is_some(), "totals", "adds up"),
            (self.pivot.is_some(), "pivot", "lays out"),
        ];
        match parts.into_iter().find(|(given, ..)| *given) {
            Some((_, part, verb)) => Err(no_groups(&format!("`{part}` {verb} groups")).at(format!("/{part}"))),
            None => Ok(()),
        }
    }

    fn check_order(&self) -> Result<()> {
        at_most(self.order.len(), Self::MAX_COLUMNS, "keys of the order").map_err(|error| error.at("/order"))?;
        for (index, order) in self.order.iter().enumerate() {
            check_key(&order.key)
                .and_then(|()| {
                    if order.tiered && !self.options.rollup_data {
                        return Err(no_groups("`tiered` puts groups below their parents").at("/tiered"));
                    }
                    self.check_cell(&order.at).map_err(|error| error.within("/at"))
                })
                .map_err(|error| error.within(&format!("/order/{index}")))?;
        }
        Ok(())
    }

    fn check_options(&self) -> Result<()> {
        let options = &self.options;
        not_empty(options.timezone_id.as_deref(), "/timezone_id")?;
        not_empty(options.locale_id.as_deref(), "/locale_id")?;
        if !(1..=12).contains(&options.fiscal_year_start) {
            return Err(Error::query("expected a month from 1 to 12").at("/fiscal_year_start"));
        }
        for (value, path) in [(options.max_rows, "/max_rows"), (options.timeout_ms, "/timeout_ms")] {
            values::one_or_more(value, path)?;
        }
        Ok(())
    }
}

/// A key of an order, of the answer or of a window.
fn check_key(key: &OrderKey) -> Result<()> {
    match key {
        OrderKey::By(name) => not_empty(Some(name), ""),
        OrderKey::Field { reference, level, aggregation } => {
            check_column(reference, "a key of the order")?;
            if let Some(members) = reference.members() {
                return check_member_key(members, level.is_some(), aggregation.is_some());
            }
            stored_alone(reference, level.is_some(), aggregation.is_some())
        }
    }
}

/// The refusal of what works on groups where rows are not grouped.
fn no_groups(what: &str) -> Error {
    Error::query(format!("{what}, and `rollup_data` false makes none"))
}
