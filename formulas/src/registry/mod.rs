//! All functions, by name.

mod entry;
mod table;

pub use entry::{Entry, Kind, NullRule, Parameter, Presence, ResultType};

pub(crate) use entry::{optional, repeated, required};
pub(crate) use table::functions;
