//! What is wrong with a formula, on standard error.

use drillcore::Error;
use drillcore_formulas::{Diagnostic, Severity, Span};

use crate::failure::{Failure, Outcome};
use crate::output;

/// Tells everything that was found. A failure if there is an error among it.
pub(super) fn all(source: &str, found: &[Diagnostic]) -> Outcome {
    for one in found {
        output::note(one.render(source).trim_end());
    }
    match found.iter().filter(|one| one.severity == Severity::Error).count() {
        0 => Ok(()),
        1 => Err(Failure::new("the formula has an error")),
        errors => Err(Failure::new(format!("the formula has {errors} errors"))),
    }
}

/// What the engine says of a query whose formula this is, with the place in the formula if it is there.
pub(super) fn by_engine(source: &str, error: Error) -> Failure {
    let Some((start, end)) = error.span() else { return Failure::from(error) };
    let (span, message) = (Span::new(start, end), error.message().to_owned());
    let found = Diagnostic { severity: Severity::Error, span, message };
    all(source, &[found]).err().unwrap_or_else(|| Failure::from(error))
}
