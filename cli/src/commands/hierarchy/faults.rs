//! What is wrong with hierarchies, a line each.

use std::error::Error as _;

use drillcore::Error;
use drillcore_hierarchies::Error as HierarchyError;

use crate::failure::Failure;
use crate::output;

/// A line for each fault.
pub(super) fn lines(error: &HierarchyError) -> Vec<String> {
    match error.faults() {
        [] => vec![error.to_string()],
        faults => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The failure of what has so many faults.
pub(super) fn failure(of: &str, faults: usize) -> Failure {
    match faults {
        1 => Failure::new(format!("{of} has a fault")),
        several => Failure::new(format!("{of} has {several} faults")),
    }
}

/// Tells all faults of members on standard error, where one line would not hold them.
pub(super) fn told(of: &str, error: &HierarchyError) -> Failure {
    let faults = error.faults();
    if faults.is_empty() {
        return Failure::new(format!("{of}: {error}"));
    }
    for fault in faults {
        output::note(&fault.to_string());
    }
    failure(of, faults.len())
}

/// The same for what the engine says.
pub(super) fn told_by_engine(of: &str, error: Error) -> Failure {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<HierarchyError>());
    match cause.filter(|cause| !cause.faults().is_empty()) {
        Some(cause) => told(of, cause),
        None => Failure::from(error),
    }
}

#[cfg(test)]
mod tests {
    use drillcore_hierarchies::{Element, Hierarchy, validate};

    use super::{lines, told};

    #[test]
    fn every_fault_has_a_line_and_they_are_counted() {
        let elements: Vec<Element> = (0..30).map(|number| Element::value(number.to_string()).under("west")).collect();
        let error = validate(&elements).unwrap_err();
        let found = lines(&error);
        assert_eq!((found.len(), found[29].as_str()), (30, "the parent `west` of `29` does not exist"));
        assert_eq!(told("`tree.json`", &error).render(), "error: `tree.json` has 30 faults\n");
        let error = validate(&elements[..1]).unwrap_err();
        assert_eq!(told("`tree.json`", &error).render(), "error: `tree.json` has a fault\n");
    }

    #[test]
    fn what_is_wrong_at_a_place_is_one_line() {
        let error = Hierarchy::datetime("when", "flights", "day", ["month", "year"]).validate().unwrap_err();
        let line = "at /levels/1: `year` is not finer than `month`, the level before it";
        assert_eq!(lines(&error), [line]);
        assert_eq!(told("`when.json`", &error).render(), format!("error: `when.json`: {line}\n"));
    }
}
