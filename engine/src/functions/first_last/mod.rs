//! The value of the row where another column is least or greatest.
//!
//! Rows where either is NULL are left out. Of several rows with the same least of the other column the least value is
//! taken, of several with the same greatest the greatest: so it is the value of the least or the greatest pair, and the
//! order of the rows does not matter.
//!
//! What the aggregate stores between its phases is that pair as it comes in: the value and the other column, both NULL
//! without any.

mod accumulate;
mod function;
mod pairs;
#[cfg(test)]
mod tests;

pub(crate) use function::{first_by, last_by};
