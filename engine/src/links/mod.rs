//! Lookups through links. The rows of a link's target are indexed by key once; a query then finds the row of each base
//! row and takes the columns it needs. A base row finds at most one row, so no link can multiply or drop base rows.
//! Values that are fixed for the keys of rows are looked up in the same way.

mod cache;
mod expr;
mod fixed;
mod index;
mod keys;
mod table;

pub(crate) use cache::{LookupCache, LookupKey};
pub(crate) use expr::{link_column, link_row};
pub(crate) use fixed::{FixedTable, fixed_value};
pub(crate) use index::LinkIndex;
pub(crate) use table::{LookupColumn, LookupTable};
