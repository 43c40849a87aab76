//! Closures against a tree that is written down and asked by recursion.
//!
//! - `model`: that tree, and all laws that hold for any closure of it
//! - `trees`, `paths`, `parents`: random hierarchies of each kind, their faults, and some that can be read
//! - `names`: shown names, colours, searching
//! - `large`: many members, and deep ones

mod large;
mod model;
mod names;
mod parents;
mod paths;
mod trees;

use crate::{Error, Fault};

/// The faults of an error, a line each.
fn told(error: &Error) -> Vec<String> {
    let line = |fault: &Fault| match fault {
        Fault::Cycle { members } => format!("cycle {}", members.join(" > ")),
        Fault::Duplicate { id } => format!("twice {id}"),
        Fault::TwoParents { id, parents } => format!("{id} under {}", parents.join(" | ")),
        Fault::Orphan { id, parent } => format!("{id} without {parent}"),
        other => panic!("another fault: {other}"),
    };
    error.faults().iter().map(line).collect()
}
