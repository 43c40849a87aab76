//! What is wrong with the members of a hierarchy, as an error of the engine.

use drillcore_hierarchies::{Error as HierarchyError, Fault, Hierarchy, Kind};

use crate::error::Error;

/// The error of a hierarchy that cannot be closed. The ids of a tree stand in its definition and are named; those of
/// the other kinds are data and are counted. A mere number of members is no data.
pub(super) fn unusable(definition: &Hierarchy, error: &HierarchyError) -> Error {
    let what = match definition.kind {
        Kind::Tree { .. } => error.to_string(),
        _ if error.faults().iter().all(|fault| matches!(fault, Fault::TooMany { .. })) => error.to_string(),
        _ => counted(error.faults()),
    };
    Error::input(format!("hierarchy `{}` cannot be used: {what}", definition.id))
}

/// How many faults there are of each sort, in the order in which the sorts occur.
fn counted(faults: &[Fault]) -> String {
    let mut counts: Vec<((&str, &str), usize)> = Vec::new();
    for fault in faults {
        let sort = sort_of(fault);
        match counts.iter_mut().find(|(known, _)| *known == sort) {
            Some((_, count)) => *count += 1,
            None => counts.push((sort, 1)),
        }
    }
    let text = |((one, several), count): &((&str, &str), usize)| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    };
    counts.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// What one fault is called, and what several are.
fn sort_of(fault: &Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::Cycle { .. } => ("cycle", "cycles"),
        Fault::Duplicate { .. } => ("key given twice", "keys given twice"),
        Fault::TwoParents { .. } => ("key with several parents", "keys with several parents"),
        Fault::Orphan { .. } => ("key whose parent does not exist", "keys whose parent does not exist"),
        Fault::UnderItself { .. } => ("key under itself", "keys under themselves"),
        Fault::EmptyId => ("empty key", "empty keys"),
        Fault::IdTooLong { .. } => ("key that is too long", "keys that are too long"),
        Fault::ControlCharacter { .. } => ("key with a control character", "keys with control characters"),
        Fault::Reserved { .. } => ("key that means the root", "keys that mean the root"),
        Fault::TooDeep { .. } => ("key that is too deep", "keys that are too deep"),
        _ => ("other fault", "other faults"),
    }
}

#[cfg(test)]
mod tests {
    use drillcore_hierarchies::{Element, Error as HierarchyError, Fault, Hierarchy};

    use super::unusable;
    use crate::error::ErrorKind;

    fn faults() -> HierarchyError {
        let id = |id: &str| id.to_owned();
        HierarchyError::from(vec![
            Fault::Cycle { members: vec![id("secret"), id("hidden")] },
            Fault::Duplicate { id: id("secret") },
            Fault::Cycle { members: vec![id("own")] },
            Fault::TwoParents { id: id("secret"), parents: vec![id("hidden"), id("own")] },
            Fault::Orphan { id: id("secret"), parent: id("hidden") },
        ])
    }

    #[test]
    fn keys_of_data_are_counted() {
        let counts = "2 cycles, 1 key given twice, 1 key with several parents, 1 key whose parent does not exist";
        let org = Hierarchy::parent_child("org", "staff", "id", "manager");
        let geo = Hierarchy::levels("geo", "shops", ["country", "city"]);
        for definition in [org, geo] {
            let error = unusable(&definition, &faults());
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.message(), format!("hierarchy `{}` cannot be used: {counts}", definition.id));
            assert!(!format!("{error:?}").contains("secret"));
            let error = unusable(&definition, &HierarchyError::from(vec![Fault::TooMany { members: 9, most: 8 }]));
            assert!(error.message().ends_with("cannot be used: there are 9 members; the most are 8"));
        }
    }

    #[test]
    fn ids_of_definitions_are_named() {
        let tree = Hierarchy::tree("regions", "airports", "faa", vec![Element::value("LAX").under("west")]);
        let fault = Fault::Orphan { id: "LAX".to_owned(), parent: "west".to_owned() };
        let error = unusable(&tree, &HierarchyError::from(vec![fault]));
        let message = "hierarchy `regions` cannot be used: the parent `west` of `LAX` does not exist";
        assert_eq!(error.message(), message);
    }
}
