//! Stored formulas, as measures and in other formulas: each stands for its text.

use std::sync::Arc;

use super::derived::EXPRESSION;
use super::measures::Measures;
use super::outputs::{Names, described};
use super::{Measure, Output, Predicate, Resolver, Scalar, wrong};
use crate::catalog::Formula;
use crate::error::{Error, Result};
use crate::query::{self, Reference};

impl Resolver<'_> {
    /// A stored formula as a measure. Its `where` is ANDed into every aggregate, also of the stored formulas it names.
    pub(super) fn stored_measure(
        &mut self,
        asked: &query::Measure,
        name: &str,
        path: &str,
        measures: &mut Measures,
    ) -> Result<Measure> {
        self.check_dataset(&asked.reference, path)?;
        let filter = self.filters(&asked.filters, &format!("{path}/where"))?;
        let unfiltered = filter == Predicate::Constant(true);
        let outside = measures.with_filter(filter);
        let found = self.stored_formula(name, measures);
        measures.with_filter(outside);
        let (value, formula) = found.map_err(|error| placed(&error, path))?;
        let name = measures.name(asked.name.as_deref(), || formula.name.clone());
        let output = described(Output::plain(&name, value.output_type()), &formula);
        Ok(Measure { value, aggregation: None, of: None, unfiltered, output })
    }

    /// A stored formula in having or the order.
    pub(super) fn stored_answer(&mut self, reference: &Reference, name: &str, path: &str) -> Result<Scalar> {
        self.check_dataset(reference, path)?;
        let mut measures = Measures::new(self.query.measures.len(), Names::new(self.query)?);
        self.stored_formula(name, &mut measures).map(|(value, _)| value).map_err(|error| placed(&error, path))
    }

    /// The value of a stored formula. In its text a name outside aggregates is that of a stored formula too, never that
    /// of a measure of the query, so it means the same in every query.
    pub(super) fn stored_formula(&mut self, name: &str, measures: &mut Measures) -> Result<(Scalar, Arc<Formula>)> {
        let formula = Arc::clone(self.catalog.formula(name)?);
        if formula.dataset != self.base.name {
            let message = format!(
                "stored formula `{}` is over the rows of `{}`, and these are those of `{}`",
                formula.name, formula.dataset, self.base.name
            );
            return Err(Error::query(message));
        }
        let found = self.stored_text(&formula, measures);
        let value = found.map_err(|error| {
            if measures.is_in_stored() {
                return error;
            }
            Error::new(error.kind(), format!("stored formula `{}`: {}", formula.name, error.message()))
        })?;
        Ok((value, formula))
    }

    /// The value of the text of a stored formula. Errors have their place in that.
    pub(super) fn stored_text(&mut self, formula: &Formula, measures: &mut Measures) -> Result<Scalar> {
        let filter = measures.enter_stored(&formula.name)?;
        let value = self.metric_formula(&formula.expression, None, &filter, measures, EXPRESSION);
        measures.leave_stored();
        value
    }

    /// A stored formula knows its dataset; what stands beside it must be the same one.
    fn check_dataset(&self, reference: &Reference, path: &str) -> Result<()> {
        match &reference.dataset {
            Some(dataset) if *dataset != self.base.name => {
                let message =
                    format!("a stored formula is over the rows of the query, which are those of `{}`", self.base.name);
                Err(wrong(&format!("{path}/dataset_id"), message))
            }
            _ => Ok(()),
        }
    }
}

/// The error at the place of the reference. A place in the text of the formula is none in the query.
fn placed(error: &Error, path: &str) -> Error {
    Error::new(error.kind(), error.message()).at(format!("{path}/formula_id"))
}
