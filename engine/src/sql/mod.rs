//! Read-only SQL over the datasets. A text is parsed and planned by DataFusion, with tables and functions of our choice;
//! what a scope hides is taken out where a dataset is read, below everything that the text can say.

mod barrier;
mod canonical;
mod check;
mod errors;
mod functions;
mod names;
mod parse;
mod table;

pub(crate) use canonical::canonical;
pub(crate) use check::check;
pub(crate) use errors::{broken, refused};
pub(crate) use names::plan;
pub(crate) use parse::{Statement, parse};
pub(crate) use table::source;
